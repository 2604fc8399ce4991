"""Schemas that a program declares, as a source: one file with what it imports, a folder, or the text of a file."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from dbdesign.api.program_folder import Folder, common_folder
from dbdesign.api.program_imports import imported
from dbdesign.api.recent import Recent
from dbdesign.errors import DesignError, InputError, LimitError

if TYPE_CHECKING:
    from dbdesign.api.call import Call
    from dbdesign.api.program_candidates import Candidate
    from dbdesign.model.schema import Engine, Schema, Table
    from dbdesign.model.types import DataType
    from dbdesign.readers.base import ReadResult, SourceReader

MOST_WHOLE_FILES = 2000
MOST_WHOLE_BYTES = 16 * 1024 * 1024
"""Up to these a component is given to its reader whole; beyond, the files that declare something, what they import, and settings."""

_SETTINGS = (
    "settings.py", "apps.py", "base.py", "data-source.ts", "data-source.js", "datasource.ts", "ormconfig.ts", "ormconfig.js",
    "app.module.ts", "drizzle.config.ts", "prisma.config.ts",
)  # fmt: skip
_CERTAIN = 0.05
_recent: Recent[ReadResult] = Recent(3)


@dataclass(frozen=True)
class Program:
    """Files of a program that are read together.

    Attributes:
        texts: path, as the caller names it → text.
        base: the folder, as the caller names it, from which the reader sees their paths; empty for the top.
        keep: paths of the files whose declarations are wanted; None for all.
    """

    texts: Mapping[str, str]
    base: str
    keep: frozenset[str] | None = None
    notes: tuple[str, ...] = ()


def program_format(text: str, name: str, *, inline: bool) -> tuple[float, str] | None:
    """The source reader that a text is most likely for, and how sure that is; None where none claims it."""
    from dbdesign.readers.base import source_readers

    scores = [
        (one.declares(text), one.name) for one in source_readers().values() if inline or name.endswith(one.suffixes)
    ]
    best = max(scores, default=(0.0, ""))
    return best if best[0] >= _CERTAIN else None


def is_program_file(name: str) -> bool:
    """Whether a file's name is one that source readers look at."""
    from dbdesign.readers.base import source_readers

    return any(name.endswith(one.suffixes) for one in source_readers().values())


def read_file(name: str, text: str, format_: str, call: Call, engine: Engine | None) -> tuple[ReadResult, str]:
    """What a file of a program declares; files that it imports are read with it, and what it needs of them is kept."""
    own = posixpath.normpath(name)
    texts = _prisma_files(own, text, call) if format_ == "prisma" else imported({own: text}, call)
    others = len(texts) - 1
    lists = format_ == "typeorm" and "DataSource" in text  # a data source declares the entities that it imports
    keep = frozenset({own}) if others and not lists else None
    notes = (
        (f"read together with {others} file{'s' if others > 1 else ''} that it imports or belongs to",)
        if others
        else ()
    )
    return read_program(Program(texts, _base(texts), keep, notes), format_, call, engine)


def read_text(text: str, format_: str, call: Call, engine: Engine | None) -> tuple[ReadResult, str]:
    """What the text of one file declares."""
    from dbdesign.readers.base import source_readers

    path = {"django": "app/models.py"}.get(format_, f"source{source_readers()[format_].suffixes[0]}")
    result, key = read_program(Program({path: text}, ""), format_, call, engine)
    unread = tuple(one.model_copy(update={"path": None}) for one in result.unread)
    said = {"": result.remarks[path]} if path in result.remarks else {}
    return result.model_copy(update={"files": {}, "unread": unread, "remarks": said}), key


def read_folder(folder: Folder, candidate: Candidate, call: Call, engine: Engine | None) -> tuple[ReadResult, str]:
    """What the models in a folder declare."""
    from dbdesign.readers.base import source_readers

    reader = source_readers()[candidate.format]
    paths = list(_component_files(folder, candidate, reader))
    texts = {folder.named(path): folder.text(path) for path in paths}
    texts = imported(texts, call) if candidate.format != "prisma" else texts
    outside = [
        path for path in texts if folder.name not in {".", ""} and not path.startswith(folder.name.rstrip("/") + "/")
    ]
    base = _base(texts) if outside else _above_packages(folder.name, call)
    left = _bigger(folder, candidate, reader, len(paths))
    return read_program(Program(texts, base, None, (*folder.notes(), *left)), candidate.format, call, engine)


def _component_files(folder: Folder, candidate: Candidate, reader: SourceReader) -> Iterator[str]:
    if candidate.format == "prisma":
        yield from candidate.files
        return
    inside = _inside(folder, candidate, reader)
    size = sum(folder.tree.sizes[path] for path in inside)
    if len(inside) <= MOST_WHOLE_FILES and size <= MOST_WHOLE_BYTES:
        yield from inside
        return
    declaring = set(candidate.files)
    yield from (path for path in inside if path in declaring or path.rpartition("/")[2] in _SETTINGS)


def _inside(folder: Folder, candidate: Candidate, reader: SourceReader) -> list[str]:
    """The files of the candidate's component; tests only where they declare what is read."""
    from dbdesign.api.program_candidates import ELSEWHERE
    from dbdesign.detect.places import scope_of

    component = folder.component(candidate.files[0])
    declaring = set(candidate.files)
    return [
        path
        for path in folder.paths(reader.suffixes)
        if path in declaring
        or (folder.component(path) == component and scope_of(path) not in ELSEWHERE and not path.endswith(".d.ts"))
    ]


def _bigger(folder: Folder, candidate: Candidate, reader: SourceReader, taken: int) -> Iterator[str]:
    if candidate.format == "prisma":
        return
    all_of_them = len(_inside(folder, candidate, reader))
    if all_of_them > taken:
        yield f"of {all_of_them:,} files, the {taken:,} that declare something or are settings were read, and what they import"


def read_program(program: Program, format_: str, call: Call, engine: Engine | None) -> tuple[ReadResult, str]:
    """Read the files: the result, with places as the caller names them, and a key that is equal for equal files.

    Raises:
        DesignError: as the reader raises it, its place named.
        LimitError: too much text.
    """
    from dbdesign.api.access import MAX_BYTES
    from dbdesign.readers.base import source_readers
    from dbdesign.readers.remarks import remarks

    if sum(map(len, program.texts.values())) > MAX_BYTES:
        raise LimitError("is more text than is read", where=program.base or ".", remedy="Name a part of it")
    call.step(0.1, f"reading {len(program.texts):,} files as {format_}")
    key = program_key(program, format_, engine)
    result = _recent.get(key)
    if result is None:
        inner = {_relative(path, program.base): text for path, text in program.texts.items()}
        try:
            result = source_readers()[format_].read(inner, engine=engine)
        except DesignError as error:
            raise error.within(program.base or next(iter(program.texts))) from None
        result = _placed(result, program.base).model_copy(update={"remarks": remarks(program.texts)})
        if program.keep is not None:
            result = _kept(result, program.keep)
            result = result.model_copy(
                update={"remarks": {path: result.remarks[path] for path in result.remarks if path in program.keep}}
            )
        _recent.put(key, result)
    call.step(0.6, "schema read")
    return result.model_copy(update={"notes": (*program.notes, *result.notes)}), key


def program_key(program: Program, format_: str, engine: Engine | None) -> str:
    """Equal for equal files read the same way."""
    digest = sha256(repr((format_, engine, program.base, program.keep and sorted(program.keep))).encode())
    for path, text in sorted(program.texts.items()):
        digest.update(f"\0{path}\0{len(text)}\0".encode("utf-8", "surrogatepass"))
        digest.update(text.encode("utf-8", "surrogatepass"))
    return f"{format_} {digest.hexdigest()}"


def _relative(path: str, base: str) -> str:
    return path.removeprefix(f"{base}/") if base else path.lstrip("/")


def _base(paths: Iterable[str]) -> str:
    """The folder from which all paths are seen: one above what they share, so that a module's package is part of its name."""
    shared = common_folder(paths)
    shared = posixpath.dirname(shared) if shared.endswith(_suffixes()) else shared
    return "" if shared == "." else posixpath.dirname(shared).rstrip("/")


def _suffixes() -> tuple[str, ...]:
    from dbdesign.readers.base import source_readers

    return tuple(suffix for one in source_readers().values() for suffix in one.suffixes)


def _above_packages(folder: str, call: Call) -> str:
    """The folder itself; for a Python package that above the outermost one."""
    place = "" if folder in {".", ""} else folder.rstrip("/")
    while place and call.access.exists(f"{place}/__init__.py"):
        place = posixpath.dirname(place)
    return place


def _placed(result: ReadResult, base: str) -> ReadResult:
    if not base:
        return result
    documents = result.documents
    if documents is not None:
        pipelines = tuple(one.model_copy(update={"path": f"{base}/{one.path}"}) for one in documents.pipelines)
        documents = documents.model_copy(update={"pipelines": pipelines})
    return result.model_copy(
        update={
            "documents": documents,
            "files": {label: f"{base}/{path}" for label, path in result.files.items()},
            "unread": tuple(
                one.model_copy(update={"path": f"{base}/{one.path}"}) if one.path else one for one in result.unread
            ),
        }
    )


def _kept(result: ReadResult, keep: frozenset[str]) -> ReadResult:
    """What some files declare, and what that needs: tables that are referenced or inherited, directly or not, and their types.

    Raises:
        InputError: they declare nothing.
    """
    if result.documents is not None:
        own = tuple(one for one in result.documents.collections if result.files.get(one.name) in {*keep, None})
        if own:
            return result.model_copy(update={"documents": result.documents.model_copy(update={"collections": own})})
        raise _declares_nothing(keep)
    schema = result.schema_
    wanted = {one.label for one in schema.tables if result.files.get(one.label) in {*keep, None}}
    if not wanted and schema.tables:
        raise _declares_nothing(keep)
    waiting = list(wanted)
    while waiting:
        table = schema.table_by_label.get(waiting.pop())
        for label in _needed(table) if table else ():
            if label not in wanted:
                wanted.add(label)
                waiting.append(label)
    unread = tuple(one for one in result.unread if one.path is None or one.path in keep)
    return result.model_copy(update={"schema_": _narrowed(schema, wanted), "unread": unread, "declared_tables": None})


def _declares_nothing(keep: frozenset[str]) -> InputError:
    return InputError("declares no table or collection itself", where=", ".join(sorted(keep)), remedy="Name its folder")


def _needed(table: Table) -> Iterator[str]:
    yield from (key.references for key in table.foreign_keys)
    yield from table.inherits
    if table.partition_of:
        yield table.partition_of.label


def _narrowed(schema: Schema, labels: set[str]) -> Schema:
    tables = tuple(one for one in schema.tables if one.label in labels)
    used = {_type_name(column.type) for table in tables for column in table.columns}
    return schema.model_copy(
        update={
            "tables": tables,
            "enums": tuple(one for one in schema.enums if one.name in used),
            "views": tuple(one for one in schema.views if one.label in labels),
        }
    )


def _type_name(data_type: DataType) -> str | None:
    named = data_type.element.name if data_type.element else data_type.name
    return named.name if named else None


def _prisma_files(name: str, text: str, call: Call) -> dict[str, str]:
    """The other files of a schema that is split over a folder: beside and below the one with the datasource."""
    from dbdesign.api.source import decoded_file

    own = posixpath.normpath(name)
    folder = posixpath.dirname(own)
    if "datasource" not in text:
        folder = next((one for one in _above(folder) if _has_datasource(one, call)), folder)
    found = {own: text}
    for path in _prisma_below(folder, call):
        if path not in found:
            other = decoded_file(path, call)
            if "datasource" not in text or "datasource" not in other:
                found[path] = other
    return found


def _above(folder: str) -> Iterator[str]:
    for _ in range(3):
        yield folder
        if not folder or folder == "/":
            return
        folder = posixpath.dirname(folder)


def _has_datasource(folder: str, call: Call) -> bool:
    from dbdesign.api.source import decoded_file

    return any("datasource" in decoded_file(path, call) for path in _prisma_below(folder, call, deep=False))


def _prisma_below(folder: str, call: Call, *, deep: bool = True) -> list[str]:
    """The .prisma files of a folder, and of those in it that are no schema of their own."""
    if not call.access.is_folder(folder or "."):
        return []
    inside = Folder(folder or ".", call)
    return [inside.named(one) for one in inside.paths((".prisma",)) if deep or "/" not in one]
