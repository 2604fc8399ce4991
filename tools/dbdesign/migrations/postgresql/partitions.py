"""Partitions attached and detached: what ATTACH would check is proven by constraints first, also on the default partition."""

from __future__ import annotations

from functools import cache

from dbdesign.dialects.postgresql import chosen_name, joined_columns
from dbdesign.migrations.postgresql.creations import CREATE, CREATE_TITLE
from dbdesign.migrations.postgresql.draft import BRIEF, CONCURRENT, SCAN
from dbdesign.migrations.postgresql.indexes import concurrently
from dbdesign.migrations.postgresql.keys import as_index, using_index
from dbdesign.migrations.postgresql.planning import Planning, temporary
from dbdesign.migrations.postgresql.server_facts import partition_constraints
from dbdesign.migrations.postgresql.statements import add_constraint, alter, drop_constraint, validate
from dbdesign.model.migration import Operation, PhaseName
from dbdesign.model.schema import Index, Key, PartitionOf, Schema, Table
from dbdesign.writers.postgresql.spelling import identifier, qualified

CONCURRENT_SINCE = 14
"""DETACH PARTITION … CONCURRENTLY (release notes of 14); not where there is a default partition (55000)."""


def plan(planning: Planning) -> None:
    """Every partition that comes or goes while its table stays."""
    for operation in planning.take("partition", ("drop", "alter")):
        table = planning.before.table_by_label.get(operation.name)
        if table is not None and operation.name not in planning.replaced:
            detach(planning, table, "contract" if operation.action == "drop" else "switch")
        if operation.action == "alter":
            planning.left.append(operation.model_copy(update={"action": "add"}))
    for operation in planning.take("partition", "add"):
        _attach(planning, operation)


@cache
def _constraints(text: str) -> dict[str, str]:
    return partition_constraints(Schema.model_validate_json(text))


def _default_of(tables: tuple[Table, ...], parent: str) -> Table | None:
    found = (one for one in tables if one.partition_of and one.partition_of.label == parent)
    return next(
        (one for one in found if one.partition_of and one.partition_of.bound.strip().upper() == "DEFAULT"), None
    )


def _attach(planning: Planning, operation: Operation) -> None:
    of = operation.after
    if not isinstance(of, PartitionOf) or operation.name in planning.replaced or of.label in planning.replaced:
        return
    table = planning.after.table_by_label[operation.name]
    place, parent = planning.place(table.label), planning.place(of.label)
    attach, away = alter(parent, f"ATTACH PARTITION {place} {of.bound}"), alter(parent, f"DETACH PARTITION {place}")
    standing = _default_of(planning.before.tables, of.label)
    if planning.is_new(table.label):
        if standing is None:
            planning.merge("expand", CREATE, CREATE_TITLE, [attach], [away])
        else:
            _attach_new(planning, table, standing, attach, away)
    else:
        _attach_filled(planning, table, of, standing, attach, away)


_BESIDE_DEFAULT = (
    "ATTACH locks the default partition too; the proven constraint spares it the scan.",
    "Rows of the default partition that belong into the new one must be moved first: the check fails on them.",
)


def _attach_new(planning: Planning, table: Table, standing: Table, attach: str, away: str) -> None:
    """An empty table: its own bound is proven while nobody sees it, the default partition's behind that."""
    facts = _constraints(planning.after.model_dump_json())
    place, where, own = planning.place(table.label), planning.place(standing.label), _proof(table, table.label)
    bound = alter(place, f"ADD CONSTRAINT {identifier(own)} CHECK ({facts[table.label]})")
    planning.merge("expand", CREATE, CREATE_TITLE, [bound])
    _prove(planning, where, standing.label, f"NOT ({facts[table.label]})", table, "expand")
    up = [attach, drop_constraint(place, own), drop_constraint(where, _proof(table, standing.label))]
    title = f"Attach {table.label} to {table.partition_of.label if table.partition_of else ''}"
    planning.add("expand", title, up, [away], notes=_BESIDE_DEFAULT)


def _attach_filled(
    planning: Planning, table: Table, of: PartitionOf, standing: Table | None, attach: str, away: str
) -> None:
    """A table with rows: indexes, keys and the bound are there before it is attached."""
    facts = _constraints(planning.after.model_dump_json())
    _prepare(planning, table, planning.table(of.label), "validate")
    checks = []
    if (condition := facts.get(table.label)) and "satisfies_hash_partition" not in condition:
        checks.append((planning.place(table.label), table.label, condition))
    if standing is not None and condition and standing.label != table.label:
        checks.append((planning.place(standing.label), standing.label, f"NOT ({condition})"))
    names = [_proof(table, label) for _, label, _ in checks]
    down = [away]
    for (where, label, condition), name in zip(checks, names, strict=True):
        _prove(planning, where, label, condition, table, "validate")
        down += [
            alter(where, f"ADD CONSTRAINT {identifier(name)} CHECK ({condition}) NOT VALID"),
            validate(where, name),
        ]
    up = [attach, *(drop_constraint(where, name) for (where, _, _), name in zip(checks, names, strict=True))]
    notes = _BESIDE_DEFAULT if standing is not None else ()
    planning.add("switch", f"Attach {table.label} to {of.label}", up, down, down_transactional=False, notes=notes)


def _proof(table: Table, label: str) -> str:
    return temporary(f"{table.name}_{label.rpartition('.')[2]}", "bound")


def _prove(planning: Planning, place: str, label: str, condition: str, table: Table, phase: PhaseName) -> None:
    name = _proof(table, label)
    planning.add(
        phase,
        f"Refuse rows in {label} that do not belong there",
        [alter(place, f"ADD CONSTRAINT {identifier(name)} CHECK ({condition}) NOT VALID")],
        [alter(place, f"DROP CONSTRAINT IF EXISTS {identifier(name)}")],
    )
    planning.add(phase, f"Check the rows of {label}", [validate(place, name)], manner=SCAN)


def _prepare(planning: Planning, table: Table, parent: Table, phase: PhaseName) -> None:
    """What ATTACH would build or check on the partition's rows: indexes, keys and foreign keys of the parent."""
    place = planning.place(table.label)
    shown = planning.table(table.label)
    old = planning.old(table.label) or table
    for index in parent.indexes:
        if not any(
            one.keys == index.keys and one.where == index.where and one.unique == index.unique for one in old.indexes
        ):
            own = next((one for one in table.indexes if one.keys == index.keys and one.where == index.where), None)
            name = own.name if own else _index_name(table, index)
            concurrently(
                planning, shown, place, index.model_copy(update={"name": name, "only": False, "comment": None}), phase
            )
    for key in (*([parent.primary_key] if parent.primary_key else []), *parent.unique_keys):
        standing = (*([old.primary_key] if old.primary_key else []), *old.unique_keys)
        if not any(one.columns == key.columns for one in standing):
            _key(planning, shown, place, key, key == parent.primary_key, phase)
    for reference in parent.foreign_keys:
        if not any(
            one.columns == reference.columns and one.references == reference.references for one in old.foreign_keys
        ):
            planning.add(
                phase,
                f"Refuse new rows of {table.label} without a row in {reference.references}",
                [add_constraint(place, shown, planning.reference(reference), valid=False)],
                [drop_constraint(place, reference.name or "")],
            )
            planning.add(
                phase,
                f"Check the rows of {table.label} against {reference.name}",
                [validate(place, reference.name or "")],
                manner=SCAN,
            )


def _index_name(table: Table, index: Index) -> str:
    return chosen_name(table.name, joined_columns([one.column or "expr" for one in index.keys]), "idx")


def _key(planning: Planning, table: Table, place: str, key: Key, primary: bool, phase: PhaseName) -> None:
    name = chosen_name(table.name, "" if primary else joined_columns(key.columns), "pkey" if primary else "key")
    own = key.model_copy(update={"name": name})
    made = table.model_copy(update={"primary_key": own if primary else table.primary_key})
    concurrently(planning, table, place, as_index(own, name), phase, why=f" for {name}")
    planning.add(
        phase, f"Make {name} of the index", [alter(place, using_index(made, own, name))], [drop_constraint(place, name)]
    )


def detach(planning: Planning, table: Table, phase: PhaseName) -> None:
    """DETACH, concurrently where there is no default partition (14 and later). `table` is of the schema before."""
    of = table.partition_of
    if of is None:
        return
    label = next((new for new, old in planning.old_labels.items() if old == of.label), of.label)
    parent, place = planning.place(label, phase), qualified(table.namespace, table.name)
    lasting = planning.major >= CONCURRENT_SINCE and _default_of(planning.before.tables, of.label) is None
    again = alter(parent, f"ATTACH PARTITION {place} {of.bound}")
    planning.add(
        phase,
        f"Detach {table.label} from {label}",
        [alter(parent, f"DETACH PARTITION {place}{' CONCURRENTLY' if lasting else ''}")],
        [again],
        manner=CONCURRENT if lasting else BRIEF,
        down_transactional=True,
        cleanup=alter(parent, f"DETACH PARTITION {place} FINALIZE") if lasting else None,
        notes=["Taking it back reads the partition's rows, and its default partition's, under ACCESS EXCLUSIVE."],
    )
    if lasting and table.label in planning.after.table_by_label:
        _drop_left_check(planning, table, place, phase)


def _drop_left_check(planning: Planning, table: Table, place: str, phase: PhaseName) -> None:
    """DETACH … CONCURRENTLY leaves a CHECK of the bound behind."""
    parent = planning.before.table_by_label[table.partition_of.label] if table.partition_of else table
    keys = parent.partitioning.keys if parent.partitioning else ()
    column = keys[0].column or "" if len(keys) == 1 else ""
    taken = {one.name for one in table.checks}
    base = chosen_name(table.name, column, "check")
    name = next(one for one in (base, *(f"{base}{number}" for number in range(1, 100))) if one not in taken)
    planning.add(
        phase,
        f"Drop the check that detaching left on {table.label}",
        [alter(place, f"DROP CONSTRAINT IF EXISTS {identifier(name)}")],
        [],
    )
