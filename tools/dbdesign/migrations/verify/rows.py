"""Whether rows are kept: checksums of the tables of the start, found again by their numbers, and of what the target takes over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dbdesign.benchmark.quoting import name, relation
from dbdesign.migrations.settings import PlanSettings
from dbdesign.model.migration import Operation
from dbdesign.model.schema import Column, Schema, Table, label

_STANDING = """
SELECT c.oid::bigint, n.nspname, c.relname, array_agg(a.attname::text ORDER BY a.attnum),
    array_agg(a.attnum || ' ' || a.atttypid ORDER BY a.attnum)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
WHERE c.relkind = 'r' AND NOT c.relforcerowsecurity AND n.nspname NOT IN ('pg_catalog', 'information_schema')
    AND n.nspname NOT LIKE 'pg\\_%'
GROUP BY 1, 2, 3
"""


@dataclass(frozen=True)
class Standing:
    """The tables of the start: number → the numbers of their columns and of their types."""

    columns: Mapping[int, frozenset[str]]

    @classmethod
    def of(cls, admin: Any, leaving_out: Iterable[str] = ()) -> Standing:
        """As they are now, but for columns whose rows the plan is told to fill: `orders.note`."""
        filled, found = set(leaving_out), {}
        for oid, namespace, table, names, numbers in admin.execute(_STANDING).fetchall():
            of = label(None if namespace == "public" else namespace, table)
            kept = (number for one, number in zip(names, numbers, strict=True) if f"{of}.{one}" not in filled)
            found[oid] = frozenset(kept)
        return cls(found)


def fingerprints(admin: Any, session: Any, start: Standing) -> dict[int, tuple[frozenset[str], int, str]]:
    """Of every table of the start that is still there: which of its first columns are, how many rows, and their checksum."""
    found: dict[int, tuple[frozenset[str], int, str]] = {}
    queries, keys = [], []
    for oid, namespace, table, names, numbers in admin.execute(_STANDING).fetchall():
        kept = [one for one, number in zip(names, numbers, strict=True) if number in start.columns.get(oid, ())]
        if kept:
            keys.append((oid, frozenset(number for number in numbers if number in start.columns[oid])))
            queries.append(_checksum(f"{name(namespace)}.{name(table)}", (name(one) for one in kept)))
    for at in range(0, len(queries), 200):
        rows = session.execute(
            " UNION ALL ".join(
                f"SELECT {number}, * FROM ({one}) x" for number, one in enumerate(queries[at : at + 200])
            ).encode()
        )
        for number, count, total in rows.fetchall():
            oid, columns = keys[at + number]
            found[oid] = (columns, count, total)
    return found


def _checksum(place: str, expressions: Iterable[str]) -> str:
    row = ", ".join(expressions)
    return f"SELECT count(*), coalesce(sum(hashtextextended(ROW({row})::text, 0)::numeric), 0)::text FROM {place}"


def changed(
    before: Mapping[int, tuple[frozenset[str], int, str]], now: Mapping[int, tuple[frozenset[str], int, str]]
) -> list[int]:
    """Numbers of the tables whose rows differ, in as far as their columns are still the same."""
    return [oid for oid, was in before.items() if oid in now and now[oid][0] == was[0] and now[oid] != was]


def taken_over(
    before: Schema, after: Schema, operations: tuple[Operation, ...], settings: PlanSettings
) -> dict[str, tuple[str, str]]:
    """By label after: a query of a checksum over what is kept, for the start and for the end."""
    old_tables = {
        one.name: one.before
        for one in operations
        if one.action == "rename" and one.kind == "table" and isinstance(one.before, Table)
    }
    old_columns = {
        (one.table, one.name): one.before.name
        for one in operations
        if one.action == "rename" and one.kind == "column" and isinstance(one.before, Column)
    }
    filled = set(settings.fills)
    added = {one.name for one in operations if one.kind == "table" and one.action == "add"}
    found: dict[str, tuple[str, str]] = {}
    for table in after.tables:
        was = old_tables.get(table.label) or before.table_by_label.get(table.label)
        if was is None or table.label in added:
            continue
        if table.partitioning and _members(before, was.label) != _members(after, table.label):
            continue
        pairs = []
        for column in table.columns:
            old = was.column(old_columns.get((table.label, column.name), column.name))
            name_of = f"{table.label}.{column.name}"
            if old is None or name_of in filled or old.generated or column.generated:
                continue
            if (pair := _pair(old, column, settings.casts.get(name_of))) is not None:
                pairs.append(pair)
        if pairs:
            found[table.label] = (
                _checksum(relation(was), (one for one, _ in pairs)),
                _checksum(relation(table), (other for _, other in pairs)),
            )
    return found


def _members(schema: Schema, label: str) -> set[str]:
    """The partitions of a table: rows come and go with them."""
    return {one.label for one in schema.tables if one.partition_of and one.partition_of.label == label}


def _pair(old: Column, new: Column, cast: str | None) -> tuple[str, str] | None:
    """How a value is read before and after so that both are equal; None where the change may lose some of it."""
    one, other = name(old.name), name(new.name)
    if old.type.native == new.type.native:
        return (one, other)
    if old.type.name is not None or new.type.name is not None:
        return (f"({cast or one})::text", f"({other})::text")
    value = f"({cast})" if cast else one
    return (f"({value})::{new.type.native}::text", f"({other})::text")
