"""Checks and foreign keys: NOT VALID first, validated in another transaction under a lock that lets writes go on."""

from __future__ import annotations

from typing import TypeVar

from dbdesign.migrations.postgresql.creations import CREATE, CREATE_TITLE
from dbdesign.migrations.postgresql.draft import BRIEF, SCAN
from dbdesign.migrations.postgresql.planning import Planning, temporary
from dbdesign.migrations.postgresql.statements import add_constraint, drop_constraint, rename_constraint, validate
from dbdesign.model.migration import Operation
from dbdesign.model.schema import Check, Exclusion, ForeignKey, Table
from dbdesign.writers.postgresql import objects
from dbdesign.writers.postgresql.spelling import identifier, literal

PARTITIONED_NOT_VALID = 18
"""Foreign keys of partitioned tables can be NOT VALID (release notes of 18)."""

C = TypeVar("C", Check, ForeignKey)


def plan(planning: Planning) -> None:
    """Every operation on a check or a foreign key."""
    for operation in planning.take("exclusion", "drop"):
        _drop_exclusion(planning, operation)
    for operation in planning.take(("check", "foreign key"), ("add", "alter", "drop")):
        label = operation.table
        if label is None or label in planning.replaced:
            continue
        before, after = operation.before, operation.after
        if operation.action == "drop" and isinstance(before, Check | ForeignKey):
            _drop(planning, operation, label, before)
        elif isinstance(after, ForeignKey):
            _foreign_key(planning, label, after, before if isinstance(before, ForeignKey) else None)
        elif isinstance(after, Check):
            _check(planning, label, after, before if isinstance(before, Check) else None)


def _drop_exclusion(planning: Planning, operation: Operation) -> None:
    before, label = operation.before, operation.table
    if not isinstance(before, Exclusion) or label is None or label in planning.replaced:
        return
    if label not in planning.after.table_by_label:
        return  # goes with its table
    place, name = planning.place(label), before.name or operation.name
    table = planning.renamed.table_by_label.get(label) or planning.table(label)
    planning.add(
        "switch",
        f"Drop {name} of {label}",
        [drop_constraint(place, name)],
        [
            add_constraint(place, table, before),
            *objects.comment("CONSTRAINT", f"{identifier(name)} ON {place}", before.comment),
        ],
        notes=["Taking it back builds its index under ACCESS EXCLUSIVE: no index built beforehand can be taken over."],
    )


def inherited(planning: Planning, label: str, one: Check | ForeignKey) -> bool:
    """Whether a partition gets it from its parent."""
    table = planning.after.table_by_label.get(label)
    parent = planning.after.table_by_label.get(table.partition_of.label) if table and table.partition_of else None
    if parent is None:
        return False
    if isinstance(one, Check):
        return any(other.name == one.name for other in parent.checks) or inherited(planning, parent.label, one)
    same = (
        other for other in parent.foreign_keys if other.columns == one.columns and other.references == one.references
    )
    return any(same) or inherited(planning, parent.label, one)


def _only_state(before: C, after: C) -> bool:
    """Whether only `valid` differs."""
    return before.model_copy(update={"valid": after.valid, "name": after.name, "comment": after.comment}) == after


def _foreign_key(planning: Planning, label: str, after: ForeignKey, before: ForeignKey | None) -> None:
    if inherited(planning, label, after):
        return
    table = planning.table(label)
    if planning.is_new(label):
        _at_once(planning, label, after)
    elif before is not None and _only_state(before, after) and after.valid:
        _validate(planning, planning.place(label), label, after.name or "", before=planning.reference(before))
    elif table.partitioning is not None and planning.major < PARTITIONED_NOT_VALID:
        _by_partition(planning, table, after)
    else:
        _in_two(planning, label, after, before)


def _at_once(planning: Planning, label: str, key: ForeignKey) -> None:
    """A new table has few rows or none; NOT VALID all the same, since its parent could be read for the check."""
    place, shown = planning.place(label), planning.new_reference(key)
    table = planning.table(label)
    lasting = table.partitioning is None or planning.major >= PARTITIONED_NOT_VALID
    up = [add_constraint(place, table, shown, valid=not (lasting and key.enforced))]
    up += objects.comment("CONSTRAINT", f"{identifier(key.name or '')} ON {place}", key.comment)
    parent = planning.after.table_by_label.get(key.references)
    needs = parent is not None and not planning.is_new(parent.label) and _key_is_new(planning, parent, key)
    needs = needs or key.references in planning.remade
    down = [drop_constraint(place, key.name or "")]
    if needs:
        planning.add("validate", f"Refer from {label} to {key.references}", up, down)
    else:
        planning.merge("expand", CREATE, CREATE_TITLE, up, down)
    if lasting and key.valid and key.enforced:
        _validate(planning, place, label, key.name or "", before=shown)


def _key_is_new(planning: Planning, parent: Table, key: ForeignKey) -> bool:
    old = planning.old(parent.label)
    if old is None:
        return False
    wanted = {planning.old_column(parent.label, one) for one in key.referenced_columns}
    keys = [*([old.primary_key.columns] if old.primary_key else []), *(one.columns for one in old.unique_keys)]
    keys += [one.columns for one in old.indexes if one.unique]
    return all(set(one) != wanted for one in keys)


def _in_two(planning: Planning, label: str, after: C, before: C | None) -> None:
    """NOT VALID; then validated; a changed one beside the old one, whose name it takes in the switch."""
    place, table = planning.place(label), planning.table(label)
    name = after.name or ""
    shown = planning.new_reference(after) if isinstance(after, ForeignKey) else after
    interim = temporary(name, "new") if before is not None else name
    shown = shown.model_copy(update={"name": interim})
    what = "rows that do not fit" if isinstance(after, Check) else f"rows without a row in {after.references}"
    planning.add(
        "validate",
        f"Refuse new {what}: {name} of {label}",
        [add_constraint(place, table, shown, valid=False) if after.enforced else add_constraint(place, table, shown)],
        [drop_constraint(place, interim)],
    )
    if after.valid and after.enforced:
        _validate(planning, place, label, interim)
    said = list(objects.comment("CONSTRAINT", f"{identifier(name)} ON {place}", after.comment))
    if before is not None:
        _exchange(planning, place, table, before, name, interim, said)
    elif said:
        planning.merge("validate", "said of constraints", "Comments of new constraints", said)


def _exchange(
    planning: Planning, place: str, table: Table, before: C, name: str, interim: str, said: list[str]
) -> None:
    old: Check | ForeignKey = before.model_copy(update={"name": name})
    if isinstance(old, ForeignKey):
        old = planning.reference(old)
    again: list[str] = [add_constraint(place, planning.old(table.label) or table, old, valid=False)]
    if before.valid:
        again.append(validate(place, name))
    planning.add(
        "switch",
        f"Replace {name} of {table.label}",
        [drop_constraint(place, name), rename_constraint(place, interim, name), *said],
        [rename_constraint(place, name, interim), *again],
        down_transactional=False,
    )


def _validate(
    planning: Planning, place: str, label: str, name: str, *, before: Check | ForeignKey | None = None
) -> None:
    again: list[str] = []
    if before is not None:  # nothing makes a constraint NOT VALID again but making it anew
        again = [drop_constraint(place, name), add_constraint(place, planning.table(label), before, valid=False)]
    planning.add(
        "validate",
        f"Check the rows of {label} against {name}",
        [validate(place, name)],
        again,
        manner=SCAN,
        postcondition=f"SELECT convalidated FROM pg_constraint WHERE conrelid = {literal(place)}::regclass AND conname = {literal(name)}",
        notes=["Where rows do not fit it fails and changes nothing: mend them and run it again."],
    )


def _by_partition(planning: Planning, table: Table, key: ForeignKey) -> None:
    """Up to 17 a partitioned table takes no NOT VALID foreign key: each partition has its own, and the parent's then finds them."""
    place = planning.place(table.label)
    shown = planning.new_reference(key)
    for child in planning.partitions(table.label):
        if child.partitioning is None and planning.old(child.label) is not None:
            own = next(
                (one for one in child.foreign_keys if one.columns == key.columns and one.references == key.references),
                key,
            )
            where, name = planning.place(child.label), own.name or key.name or ""
            made = planning.new_reference(own).model_copy(update={"name": name})
            planning.add(
                "validate",
                f"Refuse new rows of {child.label} without a row in {key.references}",
                [add_constraint(where, planning.table(child.label), made, valid=False)],
                [f"ALTER TABLE {where} DROP CONSTRAINT IF EXISTS {identifier(name)}"],
            )
            _validate(planning, where, child.label, name)
    planning.add(
        "validate",
        f"Add {key.name} to {table.label}: its partitions have it already",
        [add_constraint(place, table, shown)],
        [drop_constraint(place, key.name or "")],
        notes=["Up to 17 it reads the partitions that have no equal foreign key; all have."],
    )


def _check(planning: Planning, label: str, after: Check, before: Check | None) -> None:
    if inherited(planning, label, after):
        return
    if before is not None and _only_state(before, after) and after.valid:
        _validate(planning, planning.place(label), label, after.name or "", before=before)
    else:
        _in_two(planning, label, after, before)


def _drop(planning: Planning, operation: Operation, label: str, before: Check | ForeignKey) -> None:
    """New code may write what it forbids: it goes in the switch."""
    table = planning.after.table_by_label.get(label)
    if table is None:
        if isinstance(before, ForeignKey) and before.references in planning.after.table_by_label:
            _cut_off(planning, label, before)
        return
    if inherited_before(planning, label, before):
        return
    name, place = before.name or operation.name, planning.place(label)
    old = planning.old(label) or table
    here = _in_force(planning, label, before)
    if here is None:
        return
    if isinstance(here, ForeignKey):
        here = planning.reference(here)
    again = [add_constraint(place, old, here, valid=False)] if before.enforced else [add_constraint(place, old, here)]
    if before.valid and before.enforced:
        again.append(validate(place, name))
    again += objects.comment("CONSTRAINT", f"{identifier(name)} ON {place}", before.comment)
    partitioned = (
        table.partitioning is not None and isinstance(here, ForeignKey) and planning.major < PARTITIONED_NOT_VALID
    )
    if partitioned:
        again = [add_constraint(place, old, here)]
    to_remade = isinstance(here, ForeignKey) and here.references in planning.replaced
    planning.add(
        "switch",
        f"Drop {name} of {label}",
        [drop_constraint(place, name)],
        again,
        down_transactional=False,
        manner=BRIEF,
        first=to_remade,  # taken back behind the exchange of names: it refers to the old table again
    )


def _in_force(planning: Planning, label: str, one: Check | ForeignKey) -> Check | ForeignKey | None:
    """The constraint as it reads once the renames are made."""
    renamed = planning.renamed.table_by_label.get(label)
    if renamed is None:
        return one
    group: tuple[Check | ForeignKey, ...] = renamed.checks if isinstance(one, Check) else renamed.foreign_keys
    return next((other for other in group if other.name == one.name), one)


def inherited_before(planning: Planning, label: str, one: Check | ForeignKey) -> bool:
    """Whether a partition had it from its parent."""
    old = planning.old(label)
    parent = planning.before.table_by_label.get(old.partition_of.label) if old and old.partition_of else None
    if parent is None:
        return False
    if isinstance(one, Check):
        return any(other.name == one.name for other in parent.checks)
    return any(other.columns == one.columns and other.references == one.references for other in parent.foreign_keys)


def _cut_off(planning: Planning, label: str, key: ForeignKey) -> None:
    """The foreign key of a table that goes locks its parent too: in a step of its own."""
    if not planning.settings.allow_destructive:
        return
    old = planning.before.table_by_label[label]
    from dbdesign.writers.postgresql.spelling import qualified

    place = qualified(old.namespace, old.name)
    planning.add(
        "contract",
        f"Cut {label} off from {key.references}",
        [drop_constraint(place, key.name or "")],
        [add_constraint(place, old, key, valid=False), validate(place, key.name or "")],
        down_transactional=False,
        first=True,  # the key that it refers to may be exchanged in this phase
    )
