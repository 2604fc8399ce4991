"""What a reader takes and gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pkgutil import iter_modules

from pydantic import Field

import dbdesign.readers
from dbdesign.errors import UnknownNameError
from dbdesign.model.base import Model
from dbdesign.model.finding import Proof
from dbdesign.model.schema import Schema


class Unread(Model):
    """A piece of the input that was not understood. `text` is its beginning, at most 200 characters."""

    line: int
    text: str
    reason: str


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
        comments: SQL line and block comments by the line that they start on (for `dbdesign: allow …`).
        notes: what the caller should know: which way was taken and why, assumptions.
    """

    schema_: Schema = Field(alias="schema")
    unread: tuple[Unread, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    declared_tables: int | None = None
    lines: Mapping[str, int] = Field(default_factory=dict)
    comments: Mapping[int, str] = Field(default_factory=dict)
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
        raise UnknownNameError.among("format", name, readers()) from None
