"""The forms of a source beyond SQL: folders, programs, histories of migrations, collections of documents, imported metadata."""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePath
from posixpath import normpath
from typing import TYPE_CHECKING, Any

from dbdesign.api.source import IMPORTED, MONGODB, SAMPLE, Asked, Loaded, as_design, key_of, load_as, text_scores
from dbdesign.errors import AccessError, InputError

if TYPE_CHECKING:
    from dbdesign.api.call import Call
    from dbdesign.model.documents import DocumentSchema
    from dbdesign.readers.base import ReadResult


def read_folder_source(source: str, call: Call, asked: Asked) -> Loaded:
    """A folder: what in it declares the schema, read as what it is."""
    from dbdesign.api.migration_history import ALIASES, TOOLS
    from dbdesign.api.program_candidates import HISTORY, MODELS, chosen
    from dbdesign.api.program_folder import Folder
    from dbdesign.readers.base import reader, source_readers

    asked = replace(asked, format=ALIASES.get(asked.format or "", asked.format))
    if asked.format is not None and asked.format not in {*source_readers(), *TOOLS}:
        reader(asked.format)  # an unknown name is an error that names the nearest
        raise InputError(f"is a folder, and {asked.format} is read from one file", where=source, remedy="Name the file")
    source = _plain(source)
    folder = Folder(source, call)
    candidate, others = chosen(folder, asked.format)
    where = folder.named(candidate.path)
    if candidate.rank == MODELS:
        from dbdesign.api.program_source import read_folder

        result, key = read_folder(folder, candidate, call, asked.engine)
    elif candidate.rank == HISTORY:
        from dbdesign.api.migration_source import history_files

        result, key = history_files(folder, candidate, call, asked.engine)
    else:
        inner = load_as(where, call, Asked(candidate.format or None))
        notes = (f"{where} was read", *others, *inner.result.notes)
        return replace(inner, result=inner.result.model_copy(update={"notes": notes}))
    read = (f"{where} was read as {candidate.format}",) if where != source else ()
    result = result.model_copy(update={"notes": (*read, *others, *result.notes)})
    _check_any(result, candidate.format, where)
    return Loaded(as_design(result), result, source, candidate.format, where, key)


def _plain(path: str) -> str:
    """A path without `./` and doubled or trailing slashes, so that a file has one name; `..` stays: links may be on the way."""
    return path if ".." in path.split("/") else normpath(path)


def history_format(text: str, name: str, format: str | None) -> str | None:  # noqa: A002
    """The history that a single file is of: a changelog, a revision, a script with marks; None for anything else."""
    from dbdesign.api.migration_history import ALIASES, TOOLS
    from dbdesign.api.program_candidates import history_of

    if format is not None:
        format = ALIASES.get(format, format)  # noqa: A001
        return format if format in TOOLS else None
    if "databaseChangeLog" in text[:20_000] and PurePath(name).suffix.lower() in {".xml", ".yaml", ".yml", ".json"}:
        return "liquibase"
    found = history_of(name if name.endswith((".sql", ".py", ".ts", ".js")) else "text.sql", lambda: text)
    return (
        found if found in {"liquibase", "alembic", "goose", "dbmate", "typeorm-migrations", "knex-migrations"} else None
    )


def read_history_source(text: str, name: str, format: str, call: Call, asked: Asked) -> Loaded:  # noqa: A002
    """A single file, or the text of one, that is a migration, or a changelog with what it includes."""
    from dbdesign.api.migration_history import read_history
    from dbdesign.api.migration_source import beside
    from dbdesign.migrations.files.source_file import SourceFile

    on_disk = name not in {"the text given", "standard input"}
    root = SourceFile(name if on_disk else f"migration{_ending(text, format)}", text)
    others = beside(name, call) if format == "liquibase" and on_disk else []
    files = [root, *(one for one in others if one.name != name)]
    begin = root if format == "liquibase" else None
    result, key = read_history(files, format, call, engine=asked.engine, root=begin)
    if not on_disk:
        unread = tuple(one.model_copy(update={"path": None}) for one in result.unread)
        result = result.model_copy(update={"files": {}, "unread": unread})
    _check_any(result, format, name)
    return Loaded(as_design(result), result, name, format, name, key)


def _ending(text: str, format: str) -> str:  # noqa: A002
    """The suffix that a text of a history would have as a file."""
    if format == "liquibase":
        start = text.lstrip()[:1]
        return (
            ".xml"
            if start == "<"
            else ".json"
            if start == "{"
            else ".sql"
            if text.lstrip().startswith("--")
            else ".yaml"
        )
    return {"alembic": ".py", "django-migrations": ".py", "typeorm-migrations": ".ts", "knex-migrations": ".js"}.get(
        format, ".sql"
    )


def program_form(text: str, name: str, format: str | None) -> str | None:  # noqa: A002
    """The source reader for a text, where one is: by its name, or because none of the text formats claims it more."""
    from dbdesign.api.program_source import is_program_file, program_format
    from dbdesign.readers.base import source_readers

    if format is not None:
        return format if format in source_readers() else None
    inline = PurePath(name).suffix == "" or name in {"the text given", "standard input"}
    if not inline and not is_program_file(name):
        return None
    found = program_format(text, name, inline=inline)
    if found is not None and (not inline or found[0] > text_scores(text[:SAMPLE])[0][0]):
        return found[1]
    if inline:
        return None
    raise InputError(
        "declares no models that are known",
        where=name,
        remedy=f"Name its format ({', '.join(source_readers())}), or the file or folder with the models",
    )


def read_program_source(text: str, name: str, format: str, call: Call, asked: Asked) -> Loaded:  # noqa: A002
    """A file of a program with what it imports, or the text of one."""
    from dbdesign.api.program_source import read_file, read_text

    if name in {"the text given", "standard input"}:
        result, key = read_text(text, format, call, asked.engine)
    else:
        result, key = read_file(_plain(name), text, format, call, asked.engine)
    _check_any(result, format, name)
    return Loaded(as_design(result), result, name, format, name, key)


def _check_any(result: ReadResult, format: str, name: str) -> None:  # noqa: A002
    """Refuse a program or a history of which nothing was understood."""
    schema = result.schema_
    if result.documents is not None or not result.unread or schema.tables or schema.views or schema.enums:
        return
    first = result.unread[0]
    raise InputError(
        f"nothing was understood as {format}: {first.reason[:300]}",
        where=f"{first.path or name}, line {first.line}",
        remedy="Mend it, or name another format",
    )


def read_imported_source(source: str, call: Call, asked: Asked) -> Loaded:
    """SQLAlchemy's metadata as the program itself makes it, in a process of its own.

    Raises:
        AccessError: the user has not allowed it.
    """
    if not call.access.imports:
        raise AccessError(
            "a program's code is not run here",
            where="format",
            remedy="Read it statically with format=sqlalchemy; or the user runs dbdesign read --import, or serves with --allow-import",
        )
    from dbdesign.readers.sqlalchemy.imported import read_imported

    name = source.strip()
    path = call.access.folder(name) if call.access.is_folder(name) else call.access.file(name)
    call.step(0.1, f"importing {name}")
    result = read_imported(path, engine=asked.engine)
    return Loaded(as_design(result), result, name, IMPORTED, name)


def read_documents(text: str, name: str, format: str | None) -> Loaded | None:  # noqa: A002
    """Collections by validators and indexes, a script for mongosh, or pipelines; None where the text is something else."""
    from dbdesign.api.document_collections import described

    if format not in {None, MONGODB}:
        return None
    found = described(text, name, certain=format == MONGODB)
    if found is None:
        return None
    from dbdesign.readers.base import Unread

    lines = text.splitlines()
    unread = tuple(
        Unread(line=line, text=lines[line - 1].strip()[:200], reason=reason) for line, reason in found.unread
    )
    result = documents_read(found.schema, unread=unread, lines=found.lines, comments=found.comments)
    return Loaded(as_design(result), result, name, MONGODB, name, key_of(MONGODB, text))


def documents_read(schema: DocumentSchema, **parts: Any) -> ReadResult:
    """A result of reading that has documents and no tables."""
    from dbdesign.model.finding import Proof
    from dbdesign.model.schema import Engine, Schema
    from dbdesign.readers.base import ReadResult

    proof = Proof(level="parsed", by="dbdesign")
    return ReadResult(schema=Schema(engine=Engine.POSTGRESQL), documents=schema, proof=proof, **parts)
