"""What a schema of another engine brings along, made plain for an engine without domains, named enumerations and the like.

Shared by the writers for SQL Server and SQLite, and in part by that for MySQL.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from dbdesign.model.schema import Check, Column, Engine, Schema, Table, View, label
from dbdesign.model.types import Kind
from dbdesign.writers.mysql.context import Context

MEANT_BY_TABLE = ("unlogged", "temporary", "memory_optimized", "system_versioned", "system_versioning", "graph", "ttl",
                  "ttl_expire_after", "ttl_expiration_expression", "locality")  # fmt: skip
"""Options of a table that its rows or its users notice; how pages are stored is not among them."""
MEANT_BY_COLUMN = frozenset({"masked", "encrypted", "generated", "hidden", "invisible", "srid"})
MEANT_BY_VIEW = frozenset({"security_barrier", "security_invoker"})
VALUE = re.compile(r"\bVALUE\b", re.IGNORECASE)


def plain_column(column: Column, schema: Schema) -> tuple[Column, tuple[Check, ...]]:
    """The column with the type under its domains, and the domains' checks, still in the source's dialect, on the column."""
    checks: list[Check] = []
    kind = column.type
    default, nullable, collation = column.default, column.nullable, column.collation
    for _ in range(32):
        domain = schema.domain_by_label.get(str(kind.name)) if kind.name is not None else None
        if domain is None:
            break
        name = _quoted(column.name, schema.engine)
        checks += [Check(expression=VALUE.sub(lambda _: name, check.expression)) for check in domain.checks]  # noqa: B023 - used at once
        default = default if default is not None else domain.default
        nullable = nullable and domain.nullable
        collation = collation or domain.collation
        kind = domain.type
    kind = schema.resolve_type(kind)
    update = {"type": kind, "default": default, "nullable": nullable, "collation": collation}
    return column.model_copy(update=update), tuple(checks)


def _quoted(name: str, engine: Engine) -> str:
    from dbdesign.dialects.base import dialect

    return dialect(engine).identifier(name)


def whole_tables(schema: Schema, context: Context) -> list[Table]:
    """The tables without those that are partitions of others."""
    kept = []
    for table in schema.tables:
        if table.partition_of is not None:
            context.note(table.label, "a partition of another table", f"its rows belong to {table.partition_of.label}")
        else:
            kept.append(table)
        if table.inherits:
            context.note(
                table.label,
                f"inherits from {', '.join(table.inherits)}",
                "a table of its own, with the inherited columns",
            )
    return kept


def note_columns_alike(tables: Iterable[Table], context: Context, title: str) -> None:
    """Notes on columns of one table whose names differ in case only: the target does not tell them apart."""
    for table in tables:
        seen: dict[str, str] = {}
        for column in table.columns:
            first = seen.setdefault(column.name.lower(), column.name)
            if first != column.name:
                context.note(
                    f"{table.label}.{column.name}",
                    f"the name differs from the column {first} in case only, which {title} does not tell apart",
                    "both, which it refuses: rename one of them",
                )


def note_lost_objects(schema: Schema, context: Context, title: str) -> None:
    """Notes on what stands beside the tables and has no counterpart."""
    for extension in schema.extensions:
        context.note(extension.name, "an extension of PostgreSQL")
    for routine in schema.routines:
        context.note(
            routine.label,
            f"{'an' if routine.kind == 'aggregate' else 'a'} {routine.kind} in the source's language",
            "write it again by hand, or in the application",
        )
    for carried in schema.carried:
        context.note(label(carried.namespace, carried.name), f"{carried.kind} of the source")
    for composite in schema.composites:
        context.note(composite.label, "a composite type", "JSON where a column has it")
    for table in schema.tables:
        _note_table(table, context, title)
    for view in schema.views:
        _note_view(view, context)


def _note_table(table: Table, context: Context, title: str) -> None:
    for trigger in table.triggers:
        context.note(f"{table.label} ({trigger.name})", "a trigger in the source's language", "write it again by hand")
    for exclusion in table.exclusions:
        where = f"{table.label} ({exclusion.name or 'exclusion'})"
        context.note(where, "an exclusion constraint", "check it in a serializable transaction or a trigger")
    if table.row_security != "off" or table.policies:
        context.note(table.label, "row security policies", f"{title} has none like them; filter by views")
    if table.partitioning is not None:
        context.note(table.label, f"partitioning by {table.partitioning.strategy}", "one table")
    if context.options.grants and table.grants:
        context.note(table.label, "grants", "grant to the roles of the target")

    for column in table.columns:
        for name in sorted(MEANT_BY_COLUMN & set(column.options)):
            context.note(f"{table.label}.{column.name}", f"the column option {name}")


def _note_view(view: View, context: Context) -> None:
    for name in sorted(MEANT_BY_VIEW & set(view.options)):
        context.note(view.label, f"the view option {name}")
    if view.materialized:
        context.note(view.label, "a materialised view", "a plain view")
    if view.triggers:
        context.note(view.label, "triggers of a view in the source's language", "write them again by hand")


def values_check(column: Column, quote: str) -> Check | None:
    """`column IN ('a', 'b')` for an enumeration; `quote` is the column's name as SQL."""
    if column.type.kind is not Kind.ENUM or not column.type.values:
        return None
    values = ", ".join("'" + value.replace("'", "''") + "'" for value in column.type.values)
    return Check(expression=f"{quote} IN ({values})")


def free_name(owner: str, wanted: str, taken: set[str]) -> str:
    """The name, or one with its owner's before it, that is not yet taken; `taken`, in lower case, grows."""
    candidate, number = wanted, 1
    while candidate.lower() in taken:
        candidate = f"{owner}_{wanted}" if number == 1 else f"{owner}_{wanted}_{number}"
        number += 1
    taken.add(candidate.lower())
    return candidate
