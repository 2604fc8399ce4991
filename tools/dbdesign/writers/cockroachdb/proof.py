"""The proof of CockroachDB's DDL: what was written is read back by the reader, and must be what was meant.

There is no CockroachDB to execute it on. The reader knows PostgreSQL's grammar and CockroachDB's clauses; a statement that it does not
take, or a model that differs from the one that was written, is a note.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from dbdesign.errors import DesignError
from dbdesign.model.finding import Proof
from dbdesign.model.schema import Schema, Table
from dbdesign.writers.base import Note, WriteOptions

MOST = 10
"""Differences that are noted one by one."""
_EXPRESSIONS = {"default", "expression", "where", "on_update", "using", "check"}
_UNCOMPARED = {"native", "depends_on", "column_types", "owner", "cache", "name", "definition", "grants", "comment"}


def prove(meant: Schema, text: str, options: WriteOptions) -> tuple[Proof, tuple[Note, ...]]:
    """Reads the text back and compares."""
    from dbdesign.readers.cockroachdb import read

    try:
        result = read(text) if text.strip(";\n ") else None
    except DesignError as error:
        return Proof(level="by rule"), (
            Note(object="schema", lost="the text could not be read back", instead=str(error)),
        )
    if result is None:
        return Proof(level="by rule", detail="nothing was written"), ()
    said = [
        Note(object=f"line {one.line}", lost=f"not read back: {one.reason}", instead=one.text[:120])
        for one in result.unread
    ]
    said += [
        Note(object=place, lost=f"read back otherwise: {what}")
        for place, what in differences(meant, result.schema, options)
    ]
    if said:
        return Proof(level="by rule"), tuple(said[:MOST])
    by = str(result.proof.by)
    return Proof(
        level="parsed", by=by, detail="read back by dbdesign's CockroachDB reader, equal to what was meant"
    ), ()


def differences(meant: Schema, found: Schema, options: WriteOptions) -> Iterator[tuple[str, str]]:
    """What differs, by the table or kind that it belongs to."""
    spelling = _spelling()
    tables = found.table_by_label
    for table in meant.tables:
        other = tables.get(table.label)
        if other is None:
            yield table.label, "the table is missing"
            continue
        for name in ("columns", "primary_key", "unique_keys", "indexes", "foreign_keys", "checks", "policies"):
            one, two = (_plain(_ordered(each, name), spelling, named=True) for each in (table, other))
            if not _same(one, two):
                yield table.label, f"{name}: meant {_first_difference(one, two)}"
        if options.carried and [one.name for one in _by_name(table.triggers)] != [
            one.name for one in _by_name(other.triggers)
        ]:
            yield table.label, "its triggers"
        if dict(table.options) != dict(other.options):
            yield table.label, "its options"
    kinds = ("enums", "composites", "sequences", "views") + (("routines",) if options.carried else ())
    for kind in kinds:
        one, two = (sorted(each.label for each in getattr(schema, kind)) for schema in (meant, found))
        if one != two:
            yield kind, f"{sorted(set(one) ^ set(two))[:5]}"


def _ordered(table: Table, name: str) -> Any:
    """A part of a table; foreign keys and checks in an order of their own, because some are added after all tables."""
    found = getattr(table, name)
    if name == "foreign_keys":
        return tuple(sorted(found, key=lambda key: (key.columns, key.references)))
    return tuple(sorted(found, key=lambda check: not check.valid)) if name == "checks" else found


def _by_name(items: Any) -> list[Any]:
    return sorted(items, key=lambda one: one.name)


def _spelling() -> Callable[[str], str]:
    """One spelling for expressions: that of libpg_query's deparser."""
    from dbdesign.readers.cockroachdb.fragments import postgresql_spelling
    from dbdesign.readers.postgresql.libpg_query import ParseError, deparse, parse

    known: dict[str, str] = {}

    def spelt(text: str) -> str:
        if text not in known:
            try:
                found = deparse(parse(f"SELECT {postgresql_spelling(text)}")).removeprefix("SELECT ")
                known[text] = deparse(parse(f"SELECT ({found})")).removeprefix("SELECT ")
            except ParseError:
                known[text] = text
        return known[text]

    return spelt


def _plain(value: Any, spelling: Callable[[str], str], *, named: bool = False) -> Any:
    """A model as plain data: expressions in one spelling, types by kind and size, defaults left out."""
    if isinstance(value, tuple):
        return [_plain(one, spelling, named=named) for one in value]
    if not hasattr(value, "model_fields_set"):
        return value
    data: dict[str, Any] = {}
    for name in type(value).model_fields:
        found = getattr(value, name)
        if name in _EXPRESSIONS and isinstance(found, str):
            data[name] = spelling(found)
        elif name == "name":
            data["name"] = found if named else None
        elif name == "type":
            data[name] = found.native
        elif name not in _UNCOMPARED:
            data[name] = _plain(found, spelling, named=named)
    return data


def _same(one: Any, two: Any) -> bool:
    """Equal, where a name that was left to the server to choose is equal to any."""
    if isinstance(one, dict) and isinstance(two, dict):
        pairs = ((key, one[key], two.get(key)) for key in one)
        return all(_same_name(first, second) if key == "name" else _same(first, second) for key, first, second in pairs)
    if isinstance(one, list) and isinstance(two, list):
        return len(one) == len(two) and all(_same(first, second) for first, second in zip(one, two, strict=True))
    return bool(one == two)


def _same_name(one: Any, two: Any) -> bool:
    """The reader knows the first 63 bytes of a name, as PostgreSQL's grammar does; CockroachDB keeps longer ones."""
    return one is None or one == two or (isinstance(one, str) and len(one.encode()) > 63 and one.startswith(str(two)))


def _first_difference(one: Any, two: Any) -> str:
    if isinstance(one, list) and isinstance(two, list) and len(one) == len(two):
        for first, second in zip(one, two, strict=True):
            if not _same(first, second):
                return _first_difference(first, second)
    if isinstance(one, dict) and isinstance(two, dict):
        keys = [
            key
            for key in one
            if not _same(one[key], two.get(key)) and not (key == "name" and _same_name(one[key], two.get(key)))
        ]
        listed = ", ".join(f"{key} {one[key]!r} but found {two.get(key)!r}" for key in keys[:3])
        return f"{one.get('name') or one.get('column') or ''} {listed}".strip()[:300]
    return f"{one!r} but found {two!r}"[:300]
