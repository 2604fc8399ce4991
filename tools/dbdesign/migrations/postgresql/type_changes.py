"""Changes of a column's type: in the catalogue where that is enough, by a shadow column or a shadow table where it is not."""

from __future__ import annotations

import re

from dbdesign.migrations.postgresql.draft import SCAN
from dbdesign.migrations.postgresql.exchange import PREPARED
from dbdesign.migrations.postgresql.planning import Planning
from dbdesign.migrations.postgresql.shadow_columns import Change, shadow
from dbdesign.migrations.postgresql.statements import (
    add_constraint,
    alter_column,
    create,
    drop,
    drop_constraint,
    set_default,
    validate,
)
from dbdesign.migrations.postgresql.type_matrix import is_free, is_utc
from dbdesign.migrations.postgresql.views import dependents, in_order
from dbdesign.model.migration import Operation
from dbdesign.model.schema import Check, Column, Table, View
from dbdesign.writers.postgresql.spelling import identifier


def plan(planning: Planning) -> None:
    """Every column whose type, or collation, changes."""
    wanted = {"type", "collation"}
    changes: dict[str, list[Change]] = {}
    for operation in [
        one for one in planning.left if one.kind == "column" and one.action == "alter" and wanted & set(one.changed)
    ]:
        label, before, after = operation.table, operation.before, operation.after
        if (
            label is None
            or label in planning.replaced
            or not isinstance(before, Column)
            or not isinstance(after, Column)
        ):
            continue
        table = planning.after.table_by_label[label]
        if after.name in table.inherited and table.partition_of is not None:
            planning.left.remove(operation)
            continue
        if _in_place(planning, operation, table, before, after):
            _alter(planning, operation, table, before, after)
        else:
            changes.setdefault(label, []).append(Change(operation, before, after))
    shadow(planning, changes)


def mentions(expression: str | None, column: str) -> bool:
    """Whether an expression names a column."""
    if not expression:
        return False
    text = re.sub(r"'(?:[^']|'')*'", "''", expression)
    words = (
        one[1:-1].replace('""', '"') if one[0] == '"' else one.lower()
        for one in re.findall(r'"(?:[^"]|"")+"|[^\W\d][\w$]*', text)
    )
    return column in words


def _indexed(table: Table, column: str) -> bool:
    """Whether an index would be built anew when the column's collation changes, or when an expression over it is read again."""
    return any(
        column in one.columns
        or any(mentions(key.expression, column) for key in one.keys)
        or mentions(one.where, column)
        for one in table.indexes
    ) or any(column in key.columns for key in (*([table.primary_key] if table.primary_key else []), *table.unique_keys))


def _rebuilt(table: Table, column: str) -> bool:
    """Whether an index over an expression or a condition names the column: ALTER TYPE builds it anew under ACCESS EXCLUSIVE."""
    return any(
        any(mentions(key.expression, column) for key in one.keys) or mentions(one.where, column)
        for one in table.indexes
    )


def _in_place(planning: Planning, operation: Operation, table: Table, before: Column, after: Column) -> bool:
    cast = planning.settings.casts.get(f"{table.label}.{after.name}")
    free = is_free(before.type, after.type, planning.after) and cast is None
    free = free or is_utc(before.type, after.type, cast)
    named = {str(before.type.name), str(before.type.element.name if before.type.element else None)}
    if named & planning.retyped.keys() or ("type" in operation.changed and not free):
        return False
    if before.collation != after.collation and _indexed(table, after.name):
        return False
    return not _rebuilt(table, after.name) and not any(
        mentions(one.generated.expression, after.name) for one in table.columns if one.generated
    )


def _alter(planning: Planning, operation: Operation, table: Table, before: Column, after: Column) -> None:
    """ALTER TYPE in one short transaction; views that read the column are made again in it, checks are validated behind it."""
    place, label = planning.place(table.label), f"{table.label}.{after.name}"
    cast = planning.settings.casts.get(label)
    utc = is_utc(before.type, after.type, cast)
    views_before = dependents(planning.renamed, [table.label])
    gone = [one for one in views_before if not one.materialized]
    if any(one.materialized for one in views_before):
        planning.notes.append(
            f"{label}: materialized views that read it are dropped, and filled again, in the transaction of the change."
        )
        gone = views_before
    again = _after(planning, gone)
    old = planning.old(table.label) or table
    checks = [
        one
        for one in old.checks
        if mentions(one.expression, planning.old_column(table.label, after.name)) and not _gone(table, one)
    ]
    collate = f" COLLATE {after.collation}" if after.collation else ""
    up = ["SET LOCAL timezone = 'UTC'"] if utc else []
    up += [drop(one) for one in reversed(gone)] + [drop_constraint(place, one.name or "") for one in checks]
    up.append(alter_column(place, after.name, f"TYPE {after.type.native}{collate}"))
    if after.default != before.default:
        up.append(set_default(place, table, after))
    kept = [one for one in table.checks if one.name in {check.name for check in checks}]
    up += [add_constraint(place, table, one, valid=False) for one in kept]
    up += [text for one in again for text in create(one, planning.major)]
    collate = f" COLLATE {before.collation}" if before.collation else ""
    back = ["SET LOCAL timezone = 'UTC'"] if utc else []
    back += [drop(one) for one in reversed(again)] + [drop_constraint(place, one.name or "") for one in kept]
    back.append(
        alter_column(
            place,
            after.name,
            f"TYPE {before.type.native}{collate} USING {identifier(after.name)}::{before.type.native}",
        )
    )
    if after.default != before.default:
        back.append(set_default(place, table, before))
    back += [add_constraint(place, old, one, valid=True) for one in checks]
    back += [text for one in gone for text in create(one, planning.major)]
    notes = [
        "The planner's statistics of the column are gone: the next step collects them.",
        "Taking it back writes the table anew under ACCESS EXCLUSIVE.",
        PREPARED,
    ]
    planning.add("switch", f"Type of {label}: {before.type.native} to {after.type.native}", up, back, notes=notes)
    for one in kept:
        if one.valid and one.enforced:
            planning.add(
                "switch",
                f"Check the rows of {table.label} against {one.name}",
                [validate(place, one.name or "")],
                manner=SCAN,
            )
    planning.add(
        "switch", f"Collect statistics of {label}", [f"ANALYZE {place} ({identifier(after.name)})"], manner=SCAN
    )
    rest = tuple(one for one in operation.changed if one not in {"type", "collation", "default"})
    planning.left.remove(operation)
    if rest:
        planning.left.append(operation.model_copy(update={"changed": rest}))


def _gone(table: Table, check: Check) -> bool:
    return all(one.name != check.name for one in table.checks)


def _after(planning: Planning, gone: list[View]) -> list[View]:
    """The views of the schema after in place of those that are dropped."""
    labels = {one.label for one in gone}
    found = [one for one in planning.after.views if one.label in labels]
    planning.done_views |= labels
    planning.left = [one for one in planning.left if not (one.kind == "view" and one.name in labels)]
    return in_order(found)
