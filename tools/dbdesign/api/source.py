"""What a `source` argument stands for: a file, the text itself, standard input, or a configured database; and in which format it is."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import PurePath
from typing import TYPE_CHECKING

from dbdesign.api.access import limited
from dbdesign.api.call import Call
from dbdesign.api.recent import Recent
from dbdesign.api.text import checked, decoded
from dbdesign.errors import AccessError, DesignError, InputError

if TYPE_CHECKING:
    from dbdesign.model.design import Design
    from dbdesign.model.schema import Engine
    from dbdesign.readers.base import ReadResult

DATABASE = "database:"
IMPORTED = "sqlalchemy-import"
"""The format of metadata that is imported, which runs the program: only where the user allowed it."""

MONGODB = "mongodb"
"""The format of collections as validators and indexes in JSON or YAML."""

SAMPLE = 64_000
"""Characters that a reader's `recognise` is shown first; a format shows itself early, and every reader looks at all of them."""

LONG_SAMPLE = 200_000
"""Characters, half from the beginning and half from the end, that they are shown where the first ones said nothing."""

_BEGINS_LIKE_SQL = re.compile(
    r"\s*(?:--|/\*|#|\{|\[\s*\{|db(?:\.\w+){1,2}\(|(?:model|datasource)\s+\w+\s*\{|(?:create|alter|drop|set|begin|use|go|pragma|comment|insert|if|table|enum|ref|project|engine|schema)\b[\s:\[{(])",
    re.IGNORECASE,
)
_DECLARES_A_TABLE = re.compile(r"\bcreate\s+(?:\w+\s+){0,2}table\b", re.IGNORECASE)
_BEGINS_LIKE_DESIGN = re.compile(
    r"(?:\s|#[^\n]*\n)*[\"']?(?:engine|schema|workload|volumes|targets|transactions|lifecycle|entities|relations|patterns|regions)[\"']?\s*:\s"
)
_URL = re.compile(r"\s*(?:\w+:)*[A-Za-z]\w*(?:\+\w+)?://")
_CREDENTIALS = re.compile(r"\b(?:password|pwd)\s*=", re.IGNORECASE)
_VERSION = re.compile(r"\d{1,4}(?:\.\d{1,4}){0,3}\Z")
_LONGEST_PATH = 4096
_ANY, _SURE, _LEAD = 0.01, 0.25, 0.05


@dataclass(frozen=True)
class Loaded:
    """A source that was read.

    Attributes:
        name: how it is called in messages: the path, `the text given`, `database:main`, `standard input`.
        format: the reader's name, or `design`, or `live`.
        key: equal for equal schemas; None where the source may have changed since (a live database).
        lines_of: the file whose lines the result counts: the source itself, or the schema that a design file names.
    """

    design: Design
    result: ReadResult
    name: str
    format: str
    lines_of: str
    key: str | None = None


_recent: Recent[ReadResult] = Recent(3)
_guesses: Recent[tuple[str, str | None]] = Recent(50)


def load(
    source: str,
    call: Call,
    *,
    format: str | None = None,  # noqa: A002
    engine_version: str | None = None,
    lenient: bool = False,
    documents: bool = False,
    engine: Engine | None = None,
) -> Loaded:
    """Read a source.

    Args:
        source: a path, the text itself, `database:<name>`, or `-` where standard input is allowed. A path may be a folder: of a program's
            models, of migrations, or a repository in which one schema is declared.
        format: a reader's name, a history's (`flyway`, `alembic` …) or `design`; found out from the suffix and the text if None.
        engine_version: of the engine that the schema is for, `16`, or the engine too, `mysql 8.4`; None where the source says, or nobody
            knows.
        lenient: whether queries of a design file that do not parse or fit the schema are the caller's concern.
        documents: whether the caller can do with collections of documents; they are an error otherwise.
        engine: that a program's models are for, where they do not say; a version's engine comes first.

    Raises:
        DesignError: of the kind that fits, with the place and the remedy.
    """
    named, version = _engine_and_version(engine_version)
    call.step(0.0, "reading the source")
    asked = Asked(format, named or engine, lenient)
    loaded = load_as(source.strip() if "\n" not in source else source, call, asked)
    if loaded.result.documents is not None and not documents:
        raise _only_documents(loaded)
    if named is not None and loaded.design.schema_.engine is not named and loaded.result.documents is None:
        raise InputError(
            f"the source is for {loaded.design.schema_.engine.value}, not {named.value}",
            where="engine_version",
            remedy="Leave the engine out",
        )
    if version is not None:
        schema = loaded.design.schema_.model_copy(update={"version": version})
        loaded = replace(
            loaded,
            design=loaded.design.model_copy(update={"schema_": schema}),
            result=loaded.result.model_copy(update={"schema_": schema}),
            key=f"{loaded.key} as {version}" if loaded.key else None,
        )
    return loaded


@dataclass(frozen=True)
class Asked:
    """How a source is to be read."""

    format: str | None = None
    engine: Engine | None = None
    lenient: bool = False


def _engine_and_version(given: str | None) -> tuple[Engine | None, str | None]:
    """`16` or `mysql 8.4` or `mysql`."""
    from dbdesign.model.schema import Engine

    if given is None:
        return None, None
    first, _, rest = given.strip().partition(" ")
    engine = Engine(first.lower()) if first.lower() in set(Engine) else None
    version = (rest.strip() or None) if engine else given
    if version is not None and not _VERSION.match(version):
        raise InputError(f"{given!r} is not a version", where="engine_version", remedy="Write 16 or mysql 8.4")
    return engine, version


def _only_documents(loaded: Loaded) -> InputError:
    return InputError(
        f"declares collections of documents ({loaded.format}), and this tool works on relational schemas",
        where=loaded.name,
        remedy="read_schema shows them, review_schema reviews them, compare_schemas compares them, generate_schema writes them with"
        " to=mongoose, and plan_migration takes validators and indexes by collection",
    )


def load_as(source: str, call: Call, asked: Asked) -> Loaded:
    """Read a source as it was asked for; collections of documents as well."""
    from dbdesign.api import source_forms as forms
    from dbdesign.api.document_design import read_document_design

    if source.startswith(DATABASE):
        refuse_url(source)
        return _live(source, call)
    if asked.format == IMPORTED:
        return forms.read_imported_source(source, call, asked)
    if source != "-" and not is_inline(source) and call.access.is_folder(source):
        return forms.read_folder_source(source, call, asked)
    text, name, note = _text(source, call)
    if (history := forms.history_format(text, name, asked.format)) is not None:
        return forms.read_history_source(text, name, history, call, asked)
    if (found := forms.read_documents(text, name, asked.format)) is not None:
        return found
    if asked.format == "design" or (asked.format is None and _is_design(text, name)):
        return read_document_design(text, name, call, asked) or _design(text, name, call, asked)
    if (program := forms.program_form(text, name, asked.format)) is not None:
        return forms.read_program_source(text, name, program, call, asked)
    name_of_format, guess = _format(text, name, asked.format)
    result = _read(text, name_of_format, name, call, notes=tuple(one for one in (note, guess) if one))
    return Loaded(as_design(result), result, name, name_of_format, name, key_of(name_of_format, text))


def _text(source: str, call: Call) -> tuple[str, str, str | None]:
    """The text, what it is called, and a note on its encoding."""
    if source == "-":
        if call.access.standard_input is None:
            raise AccessError(
                "standard input is not available here", where="-", remedy="Give a path or the text itself"
            )
        text, note = decoded(limited(call.access.standard_input(), "standard input"), "standard input")
        return checked(text, "standard input"), "standard input", note
    if is_inline(source):
        limited(source.encode("utf-8", "surrogatepass"), "the text given")
        return checked(source, "the text given"), "the text given", None
    text, note = decoded(call.access.read_bytes(source), source)
    return checked(text, source), source, note


def decoded_file(path: str, call: Call) -> str:
    """The text of a file under an allowed root, or of standard input for `-`."""
    return _text(path, call)[0]


def is_dump(source: str, call: Call) -> bool:
    """Whether a source is a dump with statistics (`pg_dump --statistics`)."""
    if source.startswith(DATABASE) or source == "-" or is_inline(source):
        return False
    return b"pg_restore_relation_stats" in call.access.read_bytes(source)


def is_inline(source: str) -> bool:
    """Whether a source is the text itself rather than a path: it has several lines or statements, or begins as a schema does."""
    if not source.strip():
        raise InputError("is empty", where="source", remedy="Give a path, the text itself, or database:<name>")
    refuse_url(source)
    inline = (
        "\n" in source or ";" in source or len(source) > _LONGEST_PATH or _BEGINS_LIKE_SQL.match(source) is not None
    )
    if not inline and _CREDENTIALS.search(source):
        raise _url_refused("a connection string")
    return inline


def refuse_url(source: str) -> None:
    """Raises an `AccessError` where a source is an URL, which may hold a password."""
    if _URL.match(source):
        raise _url_refused("an URL")


def _url_refused(what: str) -> AccessError:
    """Its words are never repeated: they may hold a password."""
    return AccessError(
        f"{what} is not accepted as a source",
        where="source",
        remedy="Databases are named in the configuration of dbdesign: database:<name>",
    )


def design_text(source: str, call: Call) -> tuple[str, str] | None:
    """The text and the name of a source that is a design file; None where it is something else."""
    if source.startswith(DATABASE):
        refuse_url(source)
        return None
    text, name, _ = _text(source.strip() if "\n" not in source else source, call)
    return (text, name) if _is_design(text, name) else None


def _is_design(text: str, name: str) -> bool:
    from dbdesign.readers.design import is_design

    if PurePath(name).suffix.lower() in {".yaml", ".yml"}:
        return True
    if _BEGINS_LIKE_DESIGN.match(text):  # also where its schema is DDL in the document itself
        return True
    return not re.search(r"\bcreate\s+table\b", text[:2000], re.IGNORECASE) and is_design(text[:SAMPLE])


def _design(text: str, name: str, call: Call, asked: Asked) -> Loaded:
    """A design file; the schema that it names is looked for beside it."""
    from dbdesign.readers.design import read_design

    found: list[Loaded] = []

    def read(source: str, format: str | None) -> ReadResult:  # noqa: A002
        inside = source.startswith(DATABASE) or is_inline(source)
        place = source if inside else beside(source, name)
        if place == name:
            raise InputError(
                "the design file names itself as its schema", where=name, remedy="Name the file with the DDL"
            )
        found.append(load_as(place, call, Asked(format, asked.engine)))
        if found[-1].format == "design":
            raise InputError("the schema of a design file is another design file", where=name, remedy="Name the DDL")
        return found[-1].result

    design, result = read_design(text, read, name=name, lenient=asked.lenient)
    inner = found[-1]
    key = f"{inner.key} as {design.schema_.version}" if inner.key else None
    result = result.model_copy(update={"schema_": design.schema_})
    return Loaded(design, result, name, "design", inner.lines_of, key)


def beside(source: str, name: str) -> str:
    """The path of what a design file names, which is looked for beside it; `name` is the design file's."""
    absolute = PurePath(source).is_absolute() or not PurePath(name).suffix
    return source if absolute else str(PurePath(name).parent / source)


def _format(text: str, name: str, format: str | None) -> tuple[str, str | None]:  # noqa: A002
    """The reader's name, and a note where it was a guess."""
    from dbdesign.readers.base import reader, readers

    if format is not None:
        return reader(format).name, None
    suffix = PurePath(name).suffix.lower()
    certain = [one.name for one in readers().values() if suffix and suffix in one.suffixes and suffix != ".sql"]
    if len(certain) == 1:
        return certain[0], None
    key = key_of("any", text)
    found = _guesses.get(key)
    if found is None:
        found = recognised(text, name)
        _guesses.put(key, found)
    return found


def recognised(text: str, name: str) -> tuple[str, str | None]:
    """The format that the text is most likely in, and a note where the evidence is thin.

    Raises:
        InputError: where nothing speaks for any format; the scores are in the error.
    """
    from dbdesign.readers.base import readers

    scores = text_scores(text[:SAMPLE])
    if scores[0][0] < _ANY and len(text) > SAMPLE:  # the beginning may be one long statement: what ends it tells more
        scores = text_scores(f"{text[: LONG_SAMPLE // 2]}\n{text[-LONG_SAMPLE // 2 :]}")
    (best, first), *others = scores
    evidence = ", ".join(f"{title} {score:.2f}" for score, title in scores[:4])
    if best < _ANY:
        raise InputError(
            "no format recognises this text as a schema",
            where=name,
            remedy=f"Name its format ({', '.join(sorted(readers()))}) if it is one",
        )
    rivals = [title for score, title in others if best - score < _LEAD]
    if not rivals and best >= _SURE:
        return first, None
    choice = "postgresql" if "postgresql" in [first, *rivals] else first
    if rivals and best >= 0.7:
        raise InputError(
            f"could be {' or '.join(sorted([first, *rivals]))} alike ({evidence})",
            where=name,
            remedy="Say which with the format argument",
        )
    return choice, f"the format was guessed as {choice} ({evidence}); name it with the format argument if that is wrong"


def text_scores(sample: str) -> list[tuple[float, str]]:
    """How sure each reader of a text format is, the surest first."""
    from dbdesign.readers.base import readers

    found = ((one.recognise(sample), one.name) for one in readers().values())
    return sorted(found, key=lambda one: (-one[0], one[1]))


def _read(text: str, format: str, name: str, call: Call, *, notes: tuple[str, ...]) -> ReadResult:  # noqa: A002
    from dbdesign.readers.base import reader

    call.step(0.1, f"reading {len(text):,} characters as {format}")
    key = key_of(format, text)
    result = _recent.get(key)
    if result is None:
        try:
            result = reader(format).read(text)
        except DesignError as error:
            raise error.within(name) from None
    _check_understood(result, format, name, text)
    call.step(0.6, f"{len(result.schema_.tables)} tables read")  # a cancelled reading ends here and is not kept
    _recent.put(key, result)
    return result.model_copy(update={"notes": (*notes, *result.notes)}) if notes else result


def _check_understood(result: ReadResult, format: str, name: str, text: str) -> None:  # noqa: A002
    """Refuse a source of which nothing was understood: to a review it would be a schema without a defect."""
    schema = result.schema_
    found = (schema.tables, schema.views, schema.routines, schema.enums, schema.domains, schema.composites)
    if not result.unread or any(found):
        return
    first = result.unread[0]
    others = f" (and {len(result.unread) - 1} more)" if len(result.unread) > 1 else ""
    surest = text_scores(text[:SAMPLE])[0][1]
    if surest != format:
        remedy = f"Say that its format is {surest}, if it is"
    elif _DECLARES_A_TABLE.search(text) is None:
        remedy = "Give it together with the script that creates the tables that it names"
    else:
        remedy = "Mend the statement"
    raise InputError(
        f"nothing was understood as {format}: {first.reason[:300]}{others}",
        where=f"{name}, line {first.line}",
        remedy=remedy,
    )


def key_of(format: str, text: str) -> str:  # noqa: A002
    """Equal for equal texts read the same way."""
    return f"{format} {sha256(text.encode()).hexdigest()}"


def _live(source: str, call: Call) -> Loaded:
    from dbdesign.readers.live import read_live

    name = source.removeprefix(DATABASE).strip()
    database = call.access.database(name)
    call.step(0.1, f"reading the catalog of {name}")
    result = read_live(database)
    return Loaded(as_design(result), result, f"{DATABASE}{name}", "live", f"{DATABASE}{name}")


def as_design(result: ReadResult) -> Design:
    """A schema that was read as a design without a workload."""
    from dbdesign.model.design import Design

    return Design(
        schema=result.schema_,
        lines=result.lines,
        files=result.files,
        comments=result.comments,
        remarks=result.remarks,
    )
