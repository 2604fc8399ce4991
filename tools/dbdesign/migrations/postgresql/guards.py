"""Triggers and policies: made, replaced and dropped in short transactions."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.postgresql.planning import Planning
from dbdesign.model.migration import Operation, PhaseName
from dbdesign.model.schema import Policy, Table, Trigger
from dbdesign.writers.postgresql import objects
from dbdesign.writers.postgresql.spelling import identifier, qualified


def plan(planning: Planning) -> None:
    """Every operation on a trigger or a policy that nothing else has rebuilt."""
    for operation in planning.take(("trigger", "policy"), ("add", "alter", "drop", "rebuild")):
        if operation.table is None or operation.table in planning.replaced or operation.table in planning.done_views:
            continue
        if operation.action == "rebuild":
            continue  # the change that needs it does it
        owner = _owner(planning, operation.table)
        if owner is None:
            continue  # goes with its table
        if isinstance(operation.after, Trigger) or isinstance(operation.before, Trigger):
            _trigger(planning, operation, owner)
        else:
            _policy(planning, operation, owner)


def _owner(planning: Planning, label: str) -> Table | None:
    table = planning.after.table_by_label.get(label)
    if table is not None:
        return table
    view = next((one for one in planning.after.views if one.label == label), None)
    return Table(namespace=view.namespace, name=view.name) if view else None


def _phase(planning: Planning, label: str, usual: PhaseName) -> PhaseName:
    """A definition names its table, which stands behind a view until the contract phase where columns are renamed."""
    return "contract" if label in planning.base_names else usual


def trigger_statements(owner: Table, one: Trigger) -> Iterator[str]:
    """CREATE TRIGGER with its state and comment."""
    shown = owner.model_copy(update={"triggers": (one,)})
    yield from objects.triggers(shown)
    place = qualified(owner.namespace, owner.name)
    yield from objects.comment("TRIGGER", f"{identifier(one.name)} ON {place}", one.comment)


def policy_statements(owner: Table, one: Policy) -> Iterator[str]:
    """CREATE POLICY with its comment."""
    shown = Table(namespace=owner.namespace, name=owner.name, policies=(one,))
    yield from objects.row_security(shown)
    place = qualified(owner.namespace, owner.name)
    yield from objects.comment("POLICY", f"{identifier(one.name)} ON {place}", one.comment)


def _trigger(planning: Planning, operation: Operation, owner: Table) -> None:
    label = operation.table or ""
    before = operation.before if isinstance(operation.before, Trigger) else None
    after = operation.after if isinstance(operation.after, Trigger) else None
    if owner.partition_of and _from_parent(planning, owner, before or after):
        return
    phase = _phase(planning, label, "expand" if planning.is_new(label) else "contract" if after is None else "switch")
    place = (
        planning.place(label, phase)
        if label in planning.after.table_by_label
        else qualified(owner.namespace, owner.name)
    )
    make = list(trigger_statements(owner, after)) if after else []
    back = list(trigger_statements(owner, _in_force(planning, label, before))) if before else []
    up = [f"DROP TRIGGER {identifier(before.name)} ON {place}", *make] if before else make
    down = [f"DROP TRIGGER {identifier(after.name)} ON {place}", *back] if after else back
    words = {"add": "Create", "alter": "Replace", "drop": "Drop"}
    planning.add(phase, f"{words[operation.action]} trigger {operation.name} of {label}", up, down)


def _in_force(planning: Planning, label: str, before: Trigger) -> Trigger:
    renamed = planning.renamed.table_by_label.get(label)
    return next((one for one in renamed.triggers if one.name == before.name), before) if renamed else before


def _from_parent(planning: Planning, table: Table, one: Trigger | None) -> bool:
    parent = planning.after.table_by_label.get(table.partition_of.label) if table.partition_of else None
    old = planning.before.table_by_label.get(parent.label) if parent else None
    names = {other.name for of in (parent, old) if of for other in of.triggers}
    return one is not None and one.name in names


def _policy(planning: Planning, operation: Operation, owner: Table) -> None:
    label = operation.table or ""
    before = operation.before if isinstance(operation.before, Policy) else None
    after = operation.after if isinstance(operation.after, Policy) else None
    phase: PhaseName = "expand" if planning.is_new(label) else "switch"
    shown = planning.table(label, phase) if label in planning.after.table_by_label else owner
    place = qualified(shown.namespace, shown.name)
    make = list(policy_statements(shown, after)) if after else []
    back = list(policy_statements(shown, before)) if before else []
    up = [f"DROP POLICY {identifier(before.name)} ON {place}", *make] if before else make
    down = [f"DROP POLICY {identifier(after.name)} ON {place}", *back] if after else back
    words = {"add": "Create", "alter": "Replace", "drop": "Drop"}
    planning.add(phase, f"{words[operation.action]} policy {operation.name} of {label}", up, down)
