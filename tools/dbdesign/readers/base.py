"""What a reader takes and gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Protocol

from pydantic import Field

import dbdesign.readers
from dbdesign.errors import UnknownNameError
from dbdesign.model.base import Model
from dbdesign.model.documents import DocumentSchema
from dbdesign.model.finding import Proof
from dbdesign.model.schema import Engine, Schema


class Unread(Model):
    """A piece of the input that was not understood. `text` is its beginning, at most 200 characters."""

    line: int
    text: str
    reason: str
    path: str | None = None
    """Of the file, where the source has several."""


class Skipped(Model):
    """Pieces that were understood and left out on purpose, grouped by kind: `INSERT`, `SET`, `OWNER TO` …"""

    kind: str
    count: int
    lines: tuple[int, ...] = ()
    reason: str


class ReadResult(Model):
    """What a reader found.

    Attributes:
        declared_tables: number of CREATE TABLE statements counted in the text by tokens, independently of the parser; None for
            live sources. Readers must explain a difference from `len(schema.tables)` in `unread` or `notes`.
        lines: where objects are declared: by label (`orders`), `label.column`, `label.constraint or index name` → line, from 1.
        files: of a source of several files: where objects are declared, by the same names → path; `lines` counts within it.
        documents: the collections, where the source declares a document database; the schema is then empty.
        comments: SQL line and block comments by the line that they start on (for `dbdesign: allow …`).
        remarks: of a program's files: the lines that hold a remark to dbdesign (`# dbdesign: allow …`), by path and line; the path of a
            text that is no file is empty.
        notes: what the caller should know: which way was taken and why, assumptions.
    """

    schema_: Schema = Field(alias="schema")
    unread: tuple[Unread, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    declared_tables: int | None = None
    lines: Mapping[str, int] = Field(default_factory=dict)
    files: Mapping[str, str] = Field(default_factory=dict)
    documents: DocumentSchema | None = None
    comments: Mapping[int, str] = Field(default_factory=dict)
    remarks: Mapping[str, Mapping[int, str]] = Field(default_factory=dict)
    notes: tuple[str, ...] = ()
    proof: Proof

    @property
    def schema(self) -> Schema:  # type: ignore[override]
        """The schema (pydantic's deprecated class method of this name is shadowed on purpose)."""
        return self.schema_


@dataclass(frozen=True)
class Reader:
    """A reader of one text format.

    Attributes:
        name: the `format` argument that selects it: `postgresql`, `mysql`, `sqlserver`, `sqlite`, `cockroachdb`, `tidb`, `dbml`.
        suffixes: of files that are certainly this format (`.dbml`); `.sql` is decided by `recognise`.
        recognise: how sure it is, 0 to 1, that a text is in this format, from cheap evidence (at most the first 200 kB are passed).
        read: text to result; raises `SqlError`/`InputError` where nothing can be read at all. The keyword `execute=False` forbids
            readers that can execute to do so.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    recognise: Callable[[str], float]
    read: Callable[..., ReadResult]


@cache
def readers() -> Mapping[str, Reader]:
    """Every reader by name. Modules load in full; heavy parsers are imported inside their functions."""
    found: dict[str, Reader] = {}
    for module in iter_modules(dbdesign.readers.__path__):
        reader = getattr(import_module(f"dbdesign.readers.{module.name}"), "READER", None)
        if isinstance(reader, Reader):
            found[reader.name] = reader
    return found


def reader(name: str) -> Reader:
    """The reader of that name, or an `UnknownNameError` with the nearest."""
    try:
        return readers()[name]
    except KeyError:
        raise UnknownNameError.among("format", name, {*readers(), *source_readers()}) from None


class ReadSource(Protocol):
    """How a source reader is called."""

    def __call__(self, files: Mapping[str, str], *, engine: Engine | None = None) -> ReadResult:
        """Read the declarations in some files.

        Args:
            files: path, relative to the source with `/` → text; also files that declare nothing, which may be imported by those that do.
            engine: that the schema is for; None where the files say (a Prisma provider, a Drizzle import), or nobody knows.

        Raises:
            InputError: where nothing is declared at all, or a file cannot be parsed and is the only one.
        """
        ...


@dataclass(frozen=True)
class SourceReader:
    """A reader of schemas that a program declares, in one file or in many; nothing of the program is executed.

    Attributes:
        name: the `format` argument that selects it: `prisma`, `sqlalchemy`, `django`, `typeorm`, `mongoose`, `drizzle`.
        suffixes: of files worth looking at (`.py`).
        declares: how sure it is, 0 to 1, that a text declares a part of a schema in this form, from cheap evidence.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    declares: Callable[[str], float]
    read: ReadSource


@cache
def source_readers() -> Mapping[str, SourceReader]:
    """Every source reader by name: modules and packages of `dbdesign.readers` that define `SOURCE_READER`."""
    found: dict[str, SourceReader] = {}
    for module in iter_modules(dbdesign.readers.__path__):
        reader = getattr(import_module(f"dbdesign.readers.{module.name}"), "SOURCE_READER", None)
        if isinstance(reader, SourceReader):
            found[reader.name] = reader
    return found
