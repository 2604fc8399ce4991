"""The exchange of a table and the new one: names, keys, sequences, triggers, policies and views in one transaction, and back."""

from __future__ import annotations

from dbdesign.migrations.postgresql.guards import policy_statements, trigger_statements
from dbdesign.migrations.postgresql.planning import Planning, temporary
from dbdesign.migrations.postgresql.rebuilt_tables import Rebuilt, index_names
from dbdesign.migrations.postgresql.shadow_copies import copy_function, copy_triggers, drop_copy_triggers
from dbdesign.migrations.postgresql.shadow_partitions import partition_names
from dbdesign.migrations.postgresql.shadow_references import incoming_keys
from dbdesign.migrations.postgresql.statements import (
    alter_column,
    create,
    drop,
    rename_constraint,
)
from dbdesign.migrations.postgresql.views import dependents, in_order, standing_views
from dbdesign.writers.postgresql import objects
from dbdesign.writers.postgresql.clauses import sequence_name
from dbdesign.writers.postgresql.spelling import identifier, literal, qualified


def _names(one: Rebuilt) -> list[tuple[str, str, str]]:
    """Names that change places: what they name, from, to; the old table's step aside first."""
    space = one.final.namespace
    found = [("INDEX", qualified(space, name), temporary(name, "old")) for name in index_names(one.old)]
    for column in one.old.columns:
        if column.identity is not None:
            own = sequence_name(one.old, column, column.identity)
            found.append(("SEQUENCE", qualified(space, own), temporary(own, "old")))
    found.append(("TABLE", one.here, temporary(one.final.name, "old")))
    found.append(("TABLE", one.new, one.final.name))
    found += [("INDEX", qualified(space, temporary(name, "new")), name) for name in index_names(one.final)]
    for column in one.final.columns:
        if column.identity is not None:
            own = sequence_name(one.final, column, column.identity)
            found.append(("SEQUENCE", qualified(space, temporary(own, "new")), own))
    return found


def _rename(what: tuple[str, str, str], *, back: bool = False) -> str:
    kind, place, new = what
    if not back:
        return f"ALTER {kind} {place} RENAME TO {identifier(new)}"
    space, _, _ = place.rpartition(".") if not place.startswith('"') or "." in place else ("", "", place)
    bare = place[len(space) + 1 :] if space else place
    there = f"{space}.{identifier(new)}" if space else identifier(new)
    return f"ALTER {kind} {there} RENAME TO {bare}"


def exchange(planning: Planning, one: Rebuilt) -> None:
    """Put the new table in the place of the old one."""
    reading = dependents(planning.renamed, [one.label])
    labels = {view.label for view in reading}
    before_views = in_order([view for view in standing_views(planning) if view.label in labels])
    after_views = in_order([view for view in planning.after.views if view.label in labels])
    planning.done_views |= labels
    planning.left = [
        op
        for op in planning.left
        if not (op.kind == "view" and op.action in {"alter", "rebuild"} and op.name in labels)
    ]
    names = [*_names(one), *partition_names(planning, one)]
    keys = list(incoming_keys(planning, one))
    up = [drop(view) for view in reversed(before_views)] + drop_copy_triggers(one, one.here)
    up += [_rename(what) for what in names]
    up += _numbers(one, forward=True)
    for label, key in keys:
        place = planning.place(label)
        up += [
            rename_constraint(place, key.name or "", temporary(key.name or "", "old")),
            rename_constraint(place, temporary(key.name or "", "new"), key.name or ""),
        ]
    up += [*_loosened(one), copy_function(one, forward=False, replace=True), *copy_triggers(one, one.here)]
    up += _guards(planning, one)
    up += [text for view in after_views for text in create(view, planning.major)]
    down = [drop(view) for view in reversed(after_views)] + _unguarded(one) + drop_copy_triggers(one, one.here)
    for label, key in keys:
        place = planning.place(label)
        down += [
            rename_constraint(place, key.name or "", temporary(key.name or "", "new")),
            rename_constraint(place, temporary(key.name or "", "old"), key.name or ""),
        ]
    down += _tightened(one) + _numbers(one, forward=False)
    down += [_rename(what, back=True) for what in reversed(names)]
    down += [copy_function(one, forward=True, replace=True), *copy_triggers(one, one.here)]
    down += [text for view in before_views for text in create(view, planning.major)]
    planning.add("switch", f"Put the new {one.label} in the place of the old one", up, down)


def _loosened(one: Rebuilt) -> list[str]:
    """Columns that the new table does not have are left out of rows written to the old one."""
    return [alter_column(one.parked, name, "DROP NOT NULL") for name in _gone_required(one)]


def _tightened(one: Rebuilt) -> list[str]:
    return [alter_column(one.parked, name, "SET NOT NULL") for name in _gone_required(one)]


def _gone_required(one: Rebuilt) -> list[str]:
    keys = one.old.primary_key.columns if one.old.primary_key else ()
    return [
        column.name
        for column in one.old.columns
        if column.name not in one.pairs.back
        and not column.nullable
        and column.default is None
        and not column.generated
        and not column.identity
        and column.name not in keys
    ]


def _numbers(one: Rebuilt, *, forward: bool) -> list[str]:
    """The sequences go on from each other; behind the renames the new one has its final name."""
    found = []
    space = one.final.namespace
    for column in one.final.columns:
        was = one.old.column(column.name)
        if column.identity is None or was is None or was.identity is None:
            continue
        new = qualified(space, sequence_name(one.final, column, column.identity))
        old = qualified(space, temporary(sequence_name(one.old, was, was.identity), "old"))
        source, target = (old, new) if forward else (new, old)
        found.append(
            f"SELECT setval({literal(target)}, (SELECT last_value FROM {source}), (SELECT is_called FROM {source}))"
        )
    return found


def _guards(planning: Planning, one: Rebuilt) -> list[str]:
    found = [text for trigger in one.final.triggers for text in trigger_statements(one.final, trigger)]
    found += [text for policy in one.final.policies for text in policy_statements(one.final, policy)]
    bare = one.final.model_copy(update={"policies": ()})
    found += objects.row_security(bare)
    for column in one.final.columns:
        if column.identity is not None:
            own = qualified(one.final.namespace, sequence_name(one.final, column, column.identity))
            found += objects.grants("SEQUENCE", own, column.identity.grants, planning.major)
            found += objects.comment("SEQUENCE", own, column.identity.comment)
    return found


def _unguarded(one: Rebuilt) -> list[str]:
    found = [f"DROP TRIGGER {identifier(trigger.name)} ON {one.here}" for trigger in one.final.triggers]
    found += [f"DROP POLICY {identifier(policy.name)} ON {one.here}" for policy in one.final.policies]
    if one.final.row_security != "off":
        found += [
            f"ALTER TABLE {one.here} NO FORCE ROW LEVEL SECURITY",
            f"ALTER TABLE {one.here} DISABLE ROW LEVEL SECURITY",
        ]
    for column in one.final.columns:
        if column.identity is not None:
            own = qualified(one.final.namespace, sequence_name(one.final, column, column.identity))
            given = [
                grant.model_copy(update={"revoked": not grant.revoked, "grantable": False})
                for grant in column.identity.grants
            ]
            found += objects.grants("SEQUENCE", own, given, 18)
            if column.identity.comment is not None:
                found.append(f"COMMENT ON SEQUENCE {own} IS NULL")
    return found
