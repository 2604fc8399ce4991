"""What two schemas differ in that no note of the Django writer explains."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from dbdesign.model.schema import Schema, Table
from dbdesign.writers.base import Note


def unexplained(meant: Schema, found: Schema, notes: tuple[Note, ...]) -> list[str]:
    """Differences between what was meant and what Django made that no note names."""
    said = {one.object for one in notes}
    tables = {one.name: one for one in found.tables}
    differences: list[str] = []
    for table in meant.tables:
        if table.partition_of is None:
            differences += [one for one in _differences(table, tables.get(table.name)) if not _is_said(one, said)]
    return differences


def _is_said(difference: str, said: set[str]) -> bool:
    return (
        any(difference == one or difference.startswith(f"{one}:") for one in said)
        or f"{difference.split(':')[0]} (elements)" in said
    )


def _differences(table: Table, found: Table | None) -> Iterator[str]:
    label = table.label
    if found is None:
        yield f"{label}: it is not there"
        return
    for column in table.columns:
        other = found.column(column.name)
        subject = f"{label}.{column.name}"
        if other is None:
            yield f"{subject}: it is not there"
        elif (column.type.native, column.nullable, _said(column.default), column.collation, column.comment) != (
            other.type.native,
            other.nullable,
            _said(other.default),
            other.collation,
            other.comment,
        ):
            yield f"{subject}: {column} != {other}"
        elif _said(column.generated and column.generated.expression) != _said(
            other.generated and other.generated.expression
        ):
            yield f"{subject}: {column.generated} != {other.generated}"
    yield from _key_differences(table, found)


def _key_differences(table: Table, found: Table) -> Iterator[str]:
    label = table.label
    if table.primary_key and (found.primary_key is None or table.primary_key.columns != found.primary_key.columns):
        yield f"{label}: the primary key"
    theirs = {one.name: one for one in (*found.unique_keys, *found.checks, *found.indexes, *found.exclusions)}
    for key in table.unique_keys:
        if theirs.get(key.name) != key:
            yield f"{label} ({key.name}): {key} != {theirs.get(key.name)}"
    for check in table.checks:
        other = theirs.get(check.name)
        if other is None or _said(check.expression) != _said(other.expression):
            yield f"{label} ({check.name}): {check.expression} != {other and other.expression}"
    for index in table.indexes:
        other = theirs.get(index.name)
        same = other is not None and _said(repr(index)) == _said(repr(other))
        if not same:
            yield f"{label} ({index.name}): {index} != {other}"
    for exclusion in table.exclusions:
        if theirs.get(exclusion.name) != exclusion:
            yield f"{label} ({exclusion.name}): {exclusion} != {theirs.get(exclusion.name)}"
    keys = {(one.columns, one.referenced_table, one.referenced_columns) for one in found.foreign_keys}
    for key in table.foreign_keys:
        if (key.columns, key.referenced_table, key.referenced_columns) not in keys:
            yield f"{label} ({key.name}): a foreign key"


def _said(expression: Any) -> str | None:
    """An expression without what the server spells in two ways: the clock, and the negation of an equality."""
    if expression is None:
        return None
    text = re.sub(r"\s+", " ", str(expression))
    text = re.sub(r"\bCURRENT_TIMESTAMP\b", "now()", text)
    text = re.sub(r"\bNOT ([\w:]+) = ('[^']*'::\w+|-?[\w.:]+)", r"\1 <> \2", text)
    text = re.sub(r"\b(\d+)\.0::", r"\1::", text)
    text = re.sub(
        r"'([\d: .-]+)(?:\+00)?'::timestamp with(?:out)? time zone", r"'\1'", text
    )  # in UTC, as the notes say
    text = re.sub(r"::(?:text|bpchar|character varying)\b", "", text)  # what a column's other type brings along
    return re.sub(r"[()]", "", text)
