"""A source reader for tests: a form of models so small that it can be read by eye, in files that import one another.

from shop.base import *          # any import is fine
table orders: id, total, customer_id -> customers.id
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from dbdesign.errors import InputError
from dbdesign.model.finding import Proof
from dbdesign.model.schema import Column, Engine, ForeignKey, Key, Schema, Table
from dbdesign.model.types import DataType, Kind
from dbdesign.readers.base import ReadResult, SourceReader, Unread

_TABLE = re.compile(r"^(?:#|//)\s*table (\w+): (.*)$")
SEEN: list[Mapping[str, str]] = []
"""The files of each call, so that a test can see what a reader was given."""


def declares(text: str) -> float:
    """Sure where a line declares a table."""
    return 1.0 if any(_TABLE.match(line) for line in text.splitlines()) else 0.0


def read(files: Mapping[str, str], *, engine: Engine | None = None) -> ReadResult:
    """The tables of all files."""
    SEEN.append(files)
    tables, unread = [], []
    lines: dict[str, int] = {}
    places: dict[str, str] = {}
    for path, text in files.items():
        for number, line in enumerate(text.splitlines(), start=1):
            if match := _TABLE.match(line):
                tables.append(_table(match[1], match[2]))
                lines[match[1]], places[match[1]] = number, path
            elif line.startswith(("# broken", "// broken")):
                unread.append(Unread(path=path, line=number, text=line, reason="broken"))
    if not tables and not unread:
        raise InputError("declares nothing")
    schema = Schema(engine=engine or Engine.POSTGRESQL, tables=tuple(tables))
    return ReadResult(
        schema=schema, lines=lines, files=places, unread=tuple(unread), proof=Proof(level="parsed", by="eye")
    )


def _table(name: str, said: str) -> Table:
    columns, keys = [], []
    for part in said.split(", "):
        column, arrow, target = part.partition(" -> ")
        columns.append(Column(name=column, type=DataType(kind=Kind.INT64, native="bigint"), nullable=column != "id"))
        if arrow:
            table, _, referenced = target.partition(".")
            keys.append(ForeignKey(columns=(column,), referenced_table=table, referenced_columns=(referenced,)))
    primary = Key(columns=("id",)) if "id" in said else None
    return Table(name=name, columns=tuple(columns), primary_key=primary, foreign_keys=tuple(keys))


SHEET = SourceReader("sheet", "Sheets in Python", (".py",), declares, read)
LEAF = SourceReader("leaf", "Sheets in TypeScript", (".ts", ".js"), declares, read)
