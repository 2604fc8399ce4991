"""What goes, goes last, and only with consent where data goes with it."""

from __future__ import annotations

from dbdesign.migrations.postgresql.planning import Planning
from dbdesign.migrations.postgresql.statements import (
    add_column,
    add_constraint,
    alter,
    create,
    drop,
    not_null_name,
)
from dbdesign.model.migration import Operation
from dbdesign.model.schema import (
    Carried,
    Column,
    CompositeType,
    Domain,
    EnumType,
    Extension,
    Namespace,
    Routine,
    Sequence,
    Table,
)
from dbdesign.writers.postgresql import objects
from dbdesign.writers.postgresql.clauses import index_statement
from dbdesign.writers.postgresql.spelling import identifier, qualified
from dbdesign.writers.postgresql.tables import TableWriter

_STANDING = ("routine", "carried", "sequence", "domain", "composite", "enum", "extension", "namespace")


def plan(planning: Planning) -> None:
    """Dropped columns and tables, then what they were made of."""
    for operation in planning.take("column", "drop"):
        _column(planning, operation)
    for operation in planning.take("table", "drop"):
        _table(planning, operation)
    for operation in planning.take(_STANDING, "drop"):
        _standing(planning, operation)


def refused(planning: Planning, operation: Operation, what: str) -> bool:
    """Whether data would go without consent; says what to do then."""
    if not operation.destructive or planning.settings.allow_destructive:
        return False
    planning.refused.append(what)
    return True


def _column(planning: Planning, operation: Operation) -> None:
    before, label = operation.before, operation.table
    if not isinstance(before, Column) or label is None or label in planning.replaced:
        return
    table, old = planning.after.table_by_label.get(label), planning.old(label)
    if table is None or old is None or before.name in old.inherited:
        return
    computed = before.generated is not None
    if not computed and refused(planning, operation, f"column {label}.{operation.name} is dropped with its data"):
        return
    place = planning.place(label, "contract")
    if not before.nullable and before.default is None and before.identity is None and not computed:
        _make_optional(planning, label, operation.name, old, before)
    shown = before.model_copy(update={"name": operation.name})
    told = [] if computed else ["The rollback makes the column again, without its values."]
    in_key = old.primary_key is not None and before.name in old.primary_key.columns
    if in_key:
        told = ["Nothing takes it back: its values told the rows apart."]
    planning.add(
        "contract",
        f"Drop {label}.{operation.name}",
        [alter(place, f"DROP COLUMN {identifier(operation.name)}")],
        [] if in_key else _again(place, old, shown),
        reversible=computed,
        down_transactional=True,
        notes=told,
    )


def _make_optional(planning: Planning, label: str, name: str, old: Table, before: Column) -> None:
    """The new version does not write it any more."""
    if old.primary_key is not None and before.name in old.primary_key.columns:
        return
    place = planning.place(label)
    from dbdesign.migrations.postgresql.not_null import restoring

    planning.add(
        "switch",
        f"Let {label}.{name} be left out",
        [alter(place, f"ALTER COLUMN {identifier(name)} DROP NOT NULL")],
        restoring(
            old,
            before.model_copy(update={"name": name, "not_null_name": not_null_name(old, before)}),
            place,
            planning.major,
        ),
        down_transactional=False,
        notes=["The rollback fails where the new version has left it out; fill those rows first."],
    )


def _again(place: str, old: Table, column: Column) -> list[str]:
    made = [add_column(place, old, column.model_copy(update={"identity": None}))]
    keys = (*([old.primary_key] if old.primary_key else []), *old.unique_keys)
    made += [add_constraint(place, old, key) for key in keys if column.name in key.columns]
    made += [index_statement(place, one) for one in old.indexes if column.name in one.columns and not one.partition_of]
    return made


def _table(planning: Planning, operation: Operation) -> None:
    before = operation.before
    if not isinstance(before, Table) or before.label in planning.replaced:
        return
    if refused(planning, operation, f"table {before.label} is dropped with its rows"):
        return
    parent = before.partition_of
    detached = parent is not None and parent.label in planning.after.table_by_label
    if parent is not None and not detached and parent.label in planning.before.table_by_label:
        return  # goes with its parent
    whole = planning.before.table_by_label[before.label]
    writer = TableWriter(planning.before.model_copy(update={"tables": (whole,)}))
    bare = whole.model_copy(
        update={
            "foreign_keys": (),
            "triggers": (),
            "policies": (),
            "partition_of": None,
            "inherited": () if whole.partition_of else whole.inherited,
        }
    )
    written = writer.write(bare)
    again = [*written.before, *written.now, *written.later, *objects.table_comments(bare)]
    if detached:
        from dbdesign.migrations.postgresql.partitions import detach

        detach(planning, before, "contract")
    planning.add(
        "contract",
        f"Drop table {before.label}",
        [drop(before)],
        again,
        reversible=False,
        notes=["The rollback makes the table again, without its rows."],
    )


def _standing(planning: Planning, operation: Operation) -> None:
    before = operation.before
    if refused(planning, operation, f"{operation.kind} {operation.name} is dropped"):
        return
    if isinstance(before, Namespace | Extension | EnumType | CompositeType | Domain | Sequence | Routine | Carried):
        if isinstance(before, Sequence) and before.owned_by and _goes_with_owner(planning, before):
            return
        text = drop(before) if not isinstance(before, Carried) else drop_carried(before)
        if text is None:
            planning.manual.append(f"{operation.kind} {operation.name} is to be dropped by hand")
            return
        planning.add(
            "contract",
            f"Drop {operation.kind} {operation.name}",
            [text],
            list(create(before, planning.major)),
            reversible=not isinstance(before, Sequence),
        )


def _goes_with_owner(planning: Planning, sequence: Sequence) -> bool:
    table, _, column = (sequence.owned_by or "").rpartition(".")
    after = planning.after.table_by_label.get(table)
    return after is None or after.column(column) is None


_DROPPABLE = {
    "statistics",
    "collation",
    "range type",
    "text search configuration",
    "text search dictionary",
    "publication",
    "operator class",
}


def drop_carried(one: Carried) -> str | None:
    """DROP of an object that is carried as it is; None where it cannot be said."""
    if one.kind == "range type":
        return f"DROP TYPE {qualified(one.namespace, one.name)}"
    if one.kind in _DROPPABLE:
        return f"DROP {one.kind.upper()} {qualified(one.namespace, one.name)}"
    return None
