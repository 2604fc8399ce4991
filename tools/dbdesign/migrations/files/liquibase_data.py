"""Liquibase's loadData and loadUpdateData: the rows of a CSV file as INSERT statements.

Source: https://docs.liquibase.com/change-types/load-data.html and load-update-data.html.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dbdesign.dialects.postgresql import DIALECT
from dbdesign.migrations.files.liquibase_changes import Change, Unrendered, columns_of, is_true, table_name

KINDS = frozenset({"loadData", "loadUpdateData"})
ROWS = 500
"""Rows in an INSERT."""

MOST_ROWS = 100_000

_AS_IT_STANDS = {"COMPUTED", "SEQUENCE"}
_NUMBERS = {"NUMERIC", "INT", "INTEGER", "BIGINT", "DECIMAL", "NUMBER"}


def load(kind: str, change: Change, text: str) -> Iterator[str]:
    """The statements of a change, given its file's text.

    Raises:
        Unrendered: where the file is no CSV, or has more than `MOST_ROWS` rows.
    """
    names, rows = _table(change, text)
    declared = _declared(change)
    kept = [at for at, name in enumerate(names) if _kind(declared, name) != "SKIP"]
    columns = [str(declared.get(names[at], {}).get("name", names[at])) for at in kept]
    values = [[_value(_kind(declared, names[at]), row[at]) for at in kept] for row in rows]
    if kind == "loadUpdateData":
        yield from _upserts(change, columns, values)
        return
    listed = ", ".join(map(DIALECT.identifier, columns))
    written = [f"({', '.join(row)})" for row in values]
    for at in range(0, len(written), ROWS):
        yield f"INSERT INTO {table_name(change)} ({listed}) VALUES {', '.join(written[at : at + ROWS])}"


def _table(change: Change, text: str) -> tuple[list[str], list[list[str]]]:
    separator, quote = str(change.get("separator", ",")), str(change.get("quotchar", '"'))
    separator = "\t" if separator in {"\\t", "tab"} else separator
    try:
        lines = list(csv.reader(io.StringIO(text.lstrip("\ufeff")), delimiter=separator, quotechar=quote))
    except (csv.Error, TypeError) as error:
        raise Unrendered(f"the file {change.get('file')} is no CSV: {error}") from None
    mark = change.get("commentLineStartsWith", "#")
    lines = [one for one in lines if one and not (mark and one[0].startswith(str(mark)))]
    if len(lines) > MOST_ROWS:
        raise Unrendered(f"the file {change.get('file')} has more than {MOST_ROWS:,} rows")
    if not lines or any(len(one) != len(lines[0]) for one in lines):
        raise Unrendered(f"the rows of {change.get('file')} are not all as long as its first")
    return [one.strip() for one in lines[0]], lines[1:]


def _declared(change: Change) -> dict[str, Mapping[str, Any]]:
    """What the change says of columns, by their names in the file."""
    found = {str(one.get("header") or one.get("name")): one for one in columns_of(change, required=False)}
    return {name: one for name, one in found.items() if name != "None"}


def _kind(declared: Mapping[str, Mapping[str, Any]], name: str) -> str:
    return str(declared.get(name, {}).get("type", "")).upper()


def _value(kind: str, text: str) -> str:
    if text.upper() == "NULL" or (text == "" and kind != "STRING"):
        return "NULL"
    if kind in _AS_IT_STANDS or (kind in _NUMBERS and text.replace(".", "", 1).lstrip("+-").isdigit()):
        return text
    return "'" + text.replace("'", "''") + "'"


def _upserts(change: Change, columns: Sequence[str], values: Sequence[Sequence[str]]) -> Iterator[str]:
    """An UPDATE for each row, and an INSERT where it found none."""
    table, keys = table_name(change), [one.strip() for one in str(change.get("primaryKey", "")).split(",")]
    if not set(keys) <= set(columns):
        raise Unrendered("loadUpdateData has no primaryKey among the columns of its file")
    names = list(map(DIALECT.identifier, columns))
    for row in values:
        told = dict(zip(columns, row, strict=True))
        match = " AND ".join(f"{DIALECT.identifier(one)} = {told[one]}" for one in keys)
        given = ", ".join(f"{DIALECT.identifier(name)} = {value}" for name, value in told.items() if name not in keys)
        if given:
            yield f"UPDATE {table} SET {given} WHERE {match}"
        if not is_true(change.get("onlyUpdate")):
            absent = f"WHERE NOT EXISTS (SELECT FROM {table} WHERE {match})"
            yield f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(row)} {absent}"
