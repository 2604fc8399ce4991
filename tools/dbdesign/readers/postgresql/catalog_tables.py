"""From catalogue rows to tables: what they are made of, and how they inherit, are split and are guarded."""

from __future__ import annotations

import re
from typing import Literal

from dbdesign.model.schema import IndexKey, Partitioning, PartitionOf, Policy, Table, Trigger, label
from dbdesign.readers.postgresql.catalog_columns import Columns
from dbdesign.readers.postgresql.catalog_expressions import faithful, unwrapped
from dbdesign.readers.postgresql.catalog_keys import Keys
from dbdesign.readers.postgresql.catalog_rows import Row, Rows
from dbdesign.readers.postgresql.catalog_types import namespace_of

STRATEGY = {"r": "range", "l": "list", "h": "hash"}
COMMANDS: dict[str, Literal["all", "select", "insert", "update", "delete"]] = {
    "*": "all",
    "r": "select",
    "a": "insert",
    "w": "update",
    "d": "delete",
}
ENABLED = {"O": "enabled", "D": "disabled", "R": "replica", "A": "always"}
REPLICA_IDENTITY = {"f": "full", "n": "nothing"}
# Bits of pg_trigger.tgtype (src/include/catalog/pg_trigger.h).
BEFORE, INSERT, DELETE, UPDATE, TRUNCATE, INSTEAD = 2, 4, 8, 16, 32, 64


def tables(rows: Rows, columns: Columns) -> tuple[Table, ...]:
    """The tables, partitioned ones and partitions included."""
    return tuple(_table(row, rows, columns) for row in rows["relations"] if row.kind in "rp")


def _table(row: Row, rows: Rows, columns: Columns) -> Table:
    keys = Keys(rows, row)
    parents = [rows.relation_by_oid[oid] for oid in rows.parents_of.get(row.oid, ()) if oid in rows.relation_by_oid]
    return Table(
        namespace=namespace_of(row.namespace),
        name=row.name,
        columns=columns.of(row),
        primary_key=keys.primary_key(),
        unique_keys=keys.unique_keys(),
        foreign_keys=keys.foreign_keys(),
        checks=keys.checks(),
        exclusions=keys.exclusions(),
        indexes=keys.indexes(),
        partitioning=_partitioning(rows.partitioned_by_oid.get(row.oid), rows),
        partition_of=_partition_of(row, parents),
        inherits=() if row.is_partition else tuple(label(namespace_of(one.namespace), one.name) for one in parents),
        inherited=tuple(one.name for one in rows.columns_of.get(row.oid, ()) if not one.is_local),
        triggers=triggers(row.oid, rows),
        policies=_policies(row.oid, rows),
        row_security=_row_security(row),
        grants=rows.grants("pg_class", row.oid),
        owner=rows.owner(row),
        comment=rows.comment("pg_class", row.oid),
        options=_options(row, rows),
    )


def _partition_of(row: Row, parents: list[Row]) -> PartitionOf | None:
    if not row.is_partition or not parents:
        return None
    return PartitionOf(namespace=namespace_of(parents[0].namespace), table=parents[0].name, bound=row.bound)


def _partitioning(row: Row | None, rows: Rows) -> Partitioning | None:
    if row is None:
        return None
    names = rows.column_names[row.relation]
    expressions = iter(_expressions(row.definition))
    keys = []
    for number, opclass, collation in zip(row.columns, row.opclasses, row.collations, strict=True):
        column = names[number] if number else None
        expression = None if number else next(expressions)
        keys.append(IndexKey(column=column, expression=expression, opclass=opclass, collation=collation))
    return Partitioning(strategy=STRATEGY[row.strategy], keys=tuple(keys))


def _expressions(definition: str) -> list[str]:
    """The keys of `RANGE (a, lower(b), ((c + 1)))` that are not plain names, without their own parentheses."""
    inside = definition[definition.index("(") + 1 : -1]
    parts, depth, start = [], 0, 0
    for match in re.finditer(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|[(),]""", inside):
        depth += {"(": 1, ")": -1}.get(match.group(), 0)
        if match.group() == "," and depth == 0:
            parts.append(inside[start : match.start()].strip())
            start = match.end()
    parts.append(inside[start:].strip())
    heads = (_KEY_EXPRESSION.match(part) for part in parts)
    return [unwrapped(_without_extras(match.string)) for match in heads if match]


_KEY_EXPRESSION = re.compile(r"""(?:\(|(?:[\w$]+|"(?:[^"]|"")*")(?:\.(?:[\w$]+|"(?:[^"]|"")*"))?\()""")


def _without_extras(part: str) -> str:
    """`lower(b) COLLATE "C" text_ops` → `lower(b)`: what follows the closing parenthesis is said by the catalogue's columns."""
    depth = 0
    for match in re.finditer(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|[()]""", part):
        depth += {"(": 1, ")": -1}.get(match.group(), 0)
        if match.group() == ")" and depth == 0:
            return part[: match.end()]
    return part


def triggers(oid: int, rows: Rows) -> tuple[Trigger, ...]:
    """The triggers of a table or view."""
    return tuple(
        Trigger(
            name=row.name,
            definition=row.definition,
            timing="instead of" if row.flags & INSTEAD else "before" if row.flags & BEFORE else "after",
            events=tuple(_events(row.flags)),
            function=label(namespace_of(row.function_namespace), row.function),
            enabled=ENABLED[row.enabled],
            comment=rows.comment("pg_trigger", row.oid),
        )
        for row in rows.triggers_of.get(oid, ())
    )


def _events(flags: int) -> list[str]:
    names = ((INSERT, "insert"), (UPDATE, "update"), (DELETE, "delete"), (TRUNCATE, "truncate"))
    return [name for bit, name in names if flags & bit]


def _policies(oid: int, rows: Rows) -> tuple[Policy, ...]:
    return tuple(
        Policy(
            name=row.name,
            command=COMMANDS[row.command],
            permissive=row.permissive,
            roles=tuple(row.roles),
            using=faithful(row.condition, row.plain_condition),
            check=faithful(row.checked, row.plain_checked),
            comment=rows.comment("pg_policy", row.oid),
        )
        for row in rows.policies_of.get(oid, ())
    )


def _row_security(row: Row) -> Literal["off", "enabled", "forced"]:
    if not row.row_security:
        return "off"
    return "forced" if row.forced else "enabled"


def storage_options(row: Row, rows: Rows) -> dict[str, str]:
    """Storage parameters (TOAST's with the prefix `toast.`), access method and tablespace, where they are not the default."""
    options = dict(option.split("=", 1) for option in row.options or ())
    options |= {f"toast.{name}": value for name, _, value in (one.partition("=") for one in row.toast_options or ())}
    if row.access_method and row.access_method != "heap":
        options["access_method"] = row.access_method
    if row.tablespace and rows.facts:
        options["tablespace"] = row.tablespace
    return options


def _options(row: Row, rows: Rows) -> dict[str, str]:
    options = storage_options(row, rows)
    if row.persistence == "u":
        options["unlogged"] = "true"
    if row.of_type:
        options["of_type"] = row.of_type
    if row.forced and not row.row_security:
        options["force_row_security"] = "true"
    options |= _index_choices(row, rows)
    return options


def _index_choices(row: Row, rows: Rows) -> dict[str, str]:
    """Which index is the replica identity, and which one CLUSTER orders the table by."""
    options = {}
    if row.identity in REPLICA_IDENTITY:
        options["replica_identity"] = REPLICA_IDENTITY[row.identity]
    for index in rows.indexes_of.get(row.oid, ()):
        if index.replica_identity and row.identity == "i":
            options["replica_identity_index"] = index.name
        if index.clustered:
            options["cluster_on"] = index.name
    return options
