"""Foreign keys from and to a table that is made anew: made a second time, to the new one, before the switch."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.postgresql.draft import SCAN
from dbdesign.migrations.postgresql.planning import Planning, temporary
from dbdesign.migrations.postgresql.rebuilt_tables import Rebuilt
from dbdesign.migrations.postgresql.statements import (
    add_constraint,
    drop_constraint,
    validate,
)
from dbdesign.model.schema import ForeignKey, Table


def incoming_keys(planning: Planning, one: Rebuilt) -> Iterator[tuple[str, ForeignKey]]:
    """Foreign keys of other tables to this one, in both schemas."""
    for table in planning.after.tables:
        renamed = planning.renamed.table_by_label.get(table.label)
        if (
            renamed is None
            or table.label in planning.replaced
            or (table.partition_of and table.partition_of.label != one.label and _same_as_parent(planning, table))
        ):
            continue
        called = _new_names(planning, table.label)
        there = {called.get(key.name, key.name) for key in renamed.foreign_keys if key.references == one.label}
        for key in table.foreign_keys:
            if key.references == one.label and key.name in there:
                yield table.label, key


def _new_names(planning: Planning, label: str) -> dict[str | None, str]:
    """Foreign keys of a table that have another name by then: the name before → after."""
    return {
        operation.before.name: operation.name
        for operation in planning.operations
        if operation.action == "rename" and operation.table == label and isinstance(operation.before, ForeignKey)
    }


def _same_as_parent(planning: Planning, table: Table) -> bool:
    parent = planning.after.table_by_label.get(table.partition_of.label) if table.partition_of else None
    return parent is not None and bool(parent.foreign_keys)


def refer_to_new(planning: Planning, one: Rebuilt) -> None:
    """Make the foreign keys of the new table to itself, and those of others to it."""
    for key in one.final.foreign_keys:
        if key.references == one.label:
            own = key.model_copy(update={"referenced_table": one.interim.name})
            planning.add(
                "validate",
                f"Refer from the new {one.label} to itself",
                [add_constraint(one.new, one.interim, own, valid=False)],
                [drop_constraint(one.new, key.name or "")],
            )
            planning.add(
                "validate", f"Check the rows of the new {one.label}", [validate(one.new, key.name or "")], manner=SCAN
            )
    for label, key in incoming_keys(planning, one):
        place, name = planning.place(label), temporary(key.name or "", "new")
        shown = key.model_copy(update={"name": name, "referenced_table": one.interim.name})
        planning.add(
            "validate",
            f"Refer from {label} to the new {one.label}",
            [add_constraint(place, planning.table(label), shown, valid=False)],
            [drop_constraint(place, name)],
        )
        if key.valid:
            planning.add("validate", f"Check the rows of {label} against {name}", [validate(place, name)], manner=SCAN)
        planning.left = [
            op
            for op in planning.left
            if not (op.kind == "foreign key" and op.table == label and op.name == key.name and op.action == "alter")
        ]
