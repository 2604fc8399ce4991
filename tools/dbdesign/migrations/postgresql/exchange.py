"""The short transaction in which new columns take the places of old ones, and how it is taken back without a long lock."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dbdesign.migrations.postgresql.draft import SCAN
from dbdesign.migrations.postgresql.guards import policy_statements, trigger_statements
from dbdesign.migrations.postgresql.indexes import as_concurrent
from dbdesign.migrations.postgresql.keys import as_index, as_one, using_index
from dbdesign.migrations.postgresql.not_null import NAMED_SINCE
from dbdesign.migrations.postgresql.numbering import hand_over
from dbdesign.migrations.postgresql.planning import Planning, temporary
from dbdesign.migrations.postgresql.statements import (
    add_constraint,
    alter,
    alter_column,
    create,
    drop,
    drop_constraint,
    not_null_name,
    rename_column,
    rename_constraint,
    set_default,
    validate,
)
from dbdesign.migrations.postgresql.views import dependents, in_order, rebuild
from dbdesign.model.schema import Domain, EnumType, Policy, Table, Trigger, View
from dbdesign.writers.postgresql import objects
from dbdesign.writers.postgresql.clauses import index_statement
from dbdesign.writers.postgresql.spelling import identifier, qualified, type_identifier

if TYPE_CHECKING:
    from dbdesign.migrations.postgresql.shadow_columns import Change, Reference, Shadow


PREPARED = (
    "Prepared statements that return the column fail in open sessions (0A000, cached plan must not change result type): "
    "drivers must prepare again, or connect anew."
)


@dataclass
class Exchange:
    """Tables whose columns are exchanged in one transaction, with the foreign keys that go along."""

    members: list[Shadow]
    references: list[Reference]
    retyped: bool = False
    up: list[str] = field(default_factory=list)
    early: list[str] = field(default_factory=list)
    back: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    checks: list[tuple[str, str]] = field(default_factory=list)


def exchange(planning: Planning, one: Exchange, shadows: dict[str, Shadow], done: set[str]) -> None:
    """The switch and contract steps. `done`: labels of tables whose exchange stands before."""
    labels = [member.label for member in one.members]
    reading = dependents(planning.renamed, labels)
    stored = {view.label for view in reading if view.materialized}
    late_views = stored | {view.label for view in dependents(planning.renamed, stored)}
    gone = [view for view in reading if view.label not in late_views]
    again = _views_after(planning, gone)
    types_up, types_back = _types(planning) if one.retyped else ([], [])
    one.up += types_up + [drop(view) for view in reversed(gone)]
    for reference in one.references:
        _reference(planning, one, reference)
    for member in one.members:
        _member(planning, one, member)
    one.up += [text for view in again for text in create(view, planning.major)]
    first, behind = list[str](), list[str]()
    for reference in one.references:
        renames, old = _reference_back(planning, reference)
        first += renames
        behind += old
    one.back = [
        *(drop(view) for view in reversed(again)),
        *types_back,
        *first,
        *one.back,
        *behind,
        *(text for view in gone for text in create(view, planning.major)),
    ]
    one.late += [text for reference in one.references for text in _validations(planning, reference, shadows, done)]
    names = "; ".join(f"{', '.join(member.changes)} of {member.label}" for member in one.members)
    planning.add(
        "switch",
        f"Exchange {names}",
        one.up,
        [*one.early, as_one(one.back), *one.late],
        down_transactional=False,
        notes=[
            "Values that do not fit the old type are NULL in the old column behind this, and the way back is lost for their rows.",
            PREPARED,
        ],
    )
    for place, name in one.checks:
        planning.add("switch", f"Check the rows against {name}", [validate(place, name)], manner=SCAN)
    if late_views:
        planning.left = [
            op
            for op in planning.left
            if not (op.kind == "view" and op.action in {"alter", "rebuild"} and op.name in late_views)
        ]
        rebuild(planning, late_views)
    for member in one.members:
        _clear(planning, member)
        columns = ", ".join(identifier(name) for name in member.changes)
        planning.add(
            "switch", f"Collect statistics of {member.label}", [f"ANALYZE {member.place} ({columns})"], manner=SCAN
        )
    if one.retyped:
        _drop_types(planning)


def _views_after(planning: Planning, gone: list[View]) -> list[View]:
    labels = {view.label for view in gone}
    planning.done_views |= labels
    planning.left = [
        op
        for op in planning.left
        if not (op.kind == "view" and op.action in {"alter", "rebuild"} and op.name in labels)
    ]
    return in_order([view for view in planning.after.views if view.label in labels])


def _named_type(planning: Planning, label: str) -> EnumType | Domain:
    return planning.after.enum_by_label.get(label) or planning.after.domain_by_label[label]


def _types(planning: Planning) -> tuple[list[str], list[str]]:
    """The replaced types step aside; both directions."""
    up, back = list[str](), list[str]()
    for label, interim in planning.retyped.items():
        kind = _named_type(planning, label)
        word = "DOMAIN" if isinstance(kind, Domain) else "TYPE"
        name = type_identifier(kind.namespace, kind.name)
        parked = type_identifier(kind.namespace, temporary(kind.name, "old"))
        up += [
            f"ALTER {word} {name} RENAME TO {identifier(temporary(kind.name, 'old'))}",
            f"ALTER {word} {interim} RENAME TO {identifier(kind.name)}",
        ]
        back += [
            f"ALTER {word} {name} RENAME TO {identifier(temporary(kind.name, 'new'))}",
            f"ALTER {word} {parked} RENAME TO {identifier(kind.name)}",
        ]
    return up, back


def _drop_types(planning: Planning) -> None:
    for label in planning.retyped:
        kind = _named_type(planning, label)
        word = "DOMAIN" if isinstance(kind, Domain) else "TYPE"
        parked = type_identifier(kind.namespace, temporary(kind.name, "old"))
        planning.add("contract", f"Drop the old type {label}", [f"DROP {word} {parked}"], [], reversible=False)


def _reference(planning: Planning, one: Exchange, reference: Reference) -> None:
    place = planning.place(reference.child)
    if reference.before is not None:
        name = reference.before.name or ""
        one.up.append(drop_constraint(place, name))
    if reference.key is not None:
        final = reference.key.name or ""
        one.up.append(rename_constraint(place, reference.interim, final))
        one.up += objects.comment("CONSTRAINT", f"{identifier(final)} ON {place}", reference.key.comment)


def _reference_back(planning: Planning, reference: Reference) -> tuple[list[str], list[str]]:
    """The new foreign key goes first, since it needs the new key; the old one comes behind everything, when its key is there again."""
    place = planning.place(reference.child)
    first = [drop_constraint(place, reference.key.name or "")] if reference.key is not None else []
    if reference.before is None:
        return first, []
    key = planning.reference(reference.before)
    return first, [add_constraint(place, planning.table(reference.child), key, valid=not key.enforced)]


def _validations(planning: Planning, reference: Reference, shadows: dict[str, Shadow], done: set[str]) -> list[str]:
    """The old foreign key is validated, and the new one made again over the new columns, as the validate phase left it."""
    from dbdesign.migrations.postgresql.shadow_columns import interim_key

    place, before, after = planning.place(reference.child), reference.before, reference.key
    found = [validate(place, before.name or "")] if before and before.valid and before.enforced else []
    if after is not None:
        standing = {label: shadow for label, shadow in shadows.items() if label not in done}
        key = interim_key(planning, standing, reference, after)
        found.append(add_constraint(place, planning.table(reference.child), key, valid=not key.enforced))
        if after.valid and after.enforced:
            found.append(validate(place, reference.interim))
    return found


def _member(planning: Planning, one: Exchange, member: Shadow) -> None:
    from dbdesign.migrations.postgresql.shadow_columns import function, keys_of

    renamed = planning.renamed.table_by_label[member.label]
    place = member.place
    up, back = _guards_off(member, renamed), list[str]()
    old_checks = [check for check in renamed.checks if _named(check.expression, member)]
    new_checks = [check for check in member.table.checks if _named(check.expression, member)]
    old_keys = [key for key in keys_of(renamed) if set(key.columns) & member.changes.keys()]
    up += [drop_constraint(place, check.name or "") for check in old_checks]
    up += [drop_constraint(place, key.name or "") for key in old_keys]
    up += _indexes(member, renamed, forward=True)
    for name, change in member.changes.items():
        up += _column(planning, member, name, change)
    up += [alter(place, using_index(member.table, key, interim)) for key, interim in member.keys]
    up += [add_constraint(place, member.table, check, valid=not check.enforced) for check in new_checks]
    up.append(function(planning, member, forward=False, replace=True))
    up += _guards_on(member, member.table)
    up += _said(planning, member)
    one.checks += [(place, check.name or "") for check in new_checks if check.valid and check.enforced]
    one.up += up
    back += _unsaid(planning, member)
    back += _guards_off(member, member.table)
    back += [drop_constraint(place, check.name or "") for check in new_checks]
    back += [drop_constraint(place, key.name or "") for key, _ in member.keys]
    restored = []
    for key in old_keys:
        interim = temporary(key.name or "", "back")
        copy = key.model_copy(
            update={
                "columns": tuple(_parked(member, one_) for one_ in key.columns),
                "include": tuple(_parked(member, one_) for one_ in key.include),
            }
        )
        one.early.append(as_concurrent(index_statement(place, as_index(copy, interim))))
        restored.append(alter(place, using_index(renamed, key, interim)))
    back += _indexes(member, renamed, forward=False)
    for name, change in member.changes.items():
        back += _column_back(planning, one, member, name, change)
    for (
        key,
        interim,
    ) in (
        member.keys
    ):  # made anew, since dropping the key dropped its index: what the earlier phase has built is there again
        copy = key.model_copy(
            update={"columns": tuple(map(member.new, key.columns)), "include": tuple(map(member.new, key.include))}
        )
        one.late.insert(0, as_concurrent(index_statement(place, as_index(copy, interim))))
    back += restored
    back += [add_constraint(place, renamed, check, valid=not check.enforced) for check in old_checks]
    one.late += [validate(place, check.name or "") for check in old_checks if check.valid and check.enforced]
    back.append(function(planning, member, forward=True, replace=True))
    back += _guards_on(member, renamed)
    one.back += back


def _named(expression: str | None, member: Shadow) -> bool:
    from dbdesign.migrations.postgresql.shadow_columns import mentions

    return mentions(expression, member.changes)


def _parked(member: Shadow, name: str) -> str:
    return temporary(name, "old") if name in member.changes else name


def _on_place(member: Shadow, statements: Iterable[str]) -> list[str]:
    """Definitions name the table by its final name; while a view has that name, the table behind it is meant."""
    final = qualified(member.table.namespace, member.final)
    if final == member.place:
        return list(statements)
    pattern = re.compile(rf"\bON (?:public\.)?{re.escape(final)}(?=\s)")
    return [pattern.sub(f"ON {member.place}", one, count=1) for one in statements]


def _guards_off(member: Shadow, table: Table) -> list[str]:
    triggers, policies = _guards(member, table)
    found = [f"DROP TRIGGER {identifier(one.name)} ON {member.place}" for one in triggers]
    return found + [f"DROP POLICY {identifier(one.name)} ON {member.place}" for one in policies]


def _guards_on(member: Shadow, table: Table) -> list[str]:
    triggers, policies = _guards(member, table)
    found = [text for one in triggers for text in _on_place(member, trigger_statements(member.table, one))]
    return found + [text for one in policies for text in policy_statements(member.table, one)]


def _guards(member: Shadow, table: Table) -> tuple[list[Trigger], list[Policy]]:
    from dbdesign.migrations.postgresql.shadow_columns import guards

    return guards(table, member.changes)


def _indexes(member: Shadow, renamed: Table, *, forward: bool) -> list[str]:
    """Plain indexes change names: the old ones go with their columns."""
    from dbdesign.migrations.postgresql.shadow_columns import concerned

    space = member.table.namespace
    old = [one.name or "" for one in renamed.indexes if concerned(one, member.changes)]
    pairs = [(name, temporary(name, "old")) for name in old] + [
        (interim, name) for name, interim in member.indexes.items()
    ]
    if not forward:
        pairs = [(new, name) for name, new in reversed(pairs)]
    return [f"ALTER INDEX {qualified(space, name)} RENAME TO {identifier(new)}" for name, new in pairs]


def _column(planning: Planning, member: Shadow, name: str, change: Change) -> list[str]:
    from dbdesign.migrations.postgresql.shadow_columns import interim_not_null

    place, new, parked = member.place, member.new(name), temporary(name, "old")
    final = planning.table(member.label, "contract")
    before = change.before
    found = hand_over(planning, place, (member.old, before, name), (final, change.after, new))
    if not before.nullable:
        found.append(alter_column(place, name, "DROP NOT NULL"))
    found += [rename_column(place, name, parked), rename_column(place, new, name)]
    if change.after.identity is None and change.after.default is not None:
        found.append(set_default(place, final, change.after))
    if not change.after.nullable and planning.major >= NAMED_SINCE:
        found.append(rename_constraint(place, interim_not_null(member.table, name), not_null_name(final, change.after)))
    return found


def _column_back(planning: Planning, one: Exchange, member: Shadow, name: str, change: Change) -> list[str]:
    from dbdesign.migrations.postgresql.shadow_columns import interim_not_null

    place, new, parked = member.place, member.new(name), temporary(name, "old")
    final = planning.table(member.label, "contract")
    before, after = change.before, change.after
    found = []
    proof = temporary(f"{member.table.name}_{name}", "back")
    if not before.nullable:
        clause = (
            f"NOT NULL {identifier(parked)}"
            if planning.major >= NAMED_SINCE
            else f"CHECK ({identifier(parked)} IS NOT NULL)"
        )
        one.early += [alter(place, f"ADD CONSTRAINT {identifier(proof)} {clause} NOT VALID"), validate(place, proof)]
        if planning.major < NAMED_SINCE:
            found.append(alter_column(place, parked, "SET NOT NULL"))
    if after.identity is None and after.default is not None:
        found.append(alter_column(place, name, "DROP DEFAULT"))
    found += hand_over(planning, place, (final, after, name), (member.old, before, parked))
    if not after.nullable and planning.major >= NAMED_SINCE:
        found.append(rename_constraint(place, not_null_name(final, after), interim_not_null(member.table, name)))
    found += [rename_column(place, name, new), rename_column(place, parked, name)]
    if not before.nullable:
        if planning.major >= NAMED_SINCE:
            shown = before.model_copy(update={"name": planning.old_column(member.label, name)})
            found.append(
                rename_constraint(
                    place,
                    proof,
                    not_null_name(member.old, shown)
                    if shown.name == name
                    else not_null_name(final, before.model_copy(update={"name": name})),
                )
            )
        else:
            found.append(drop_constraint(place, proof))
    return found


def _said(planning: Planning, member: Shadow) -> list[str]:
    """Comments, privileges on columns and settings: they belong to the column, and are said of the new one."""
    found: list[str] = []
    for name, change in member.changes.items():
        found += objects.comment("COLUMN", f"{member.place}.{identifier(name)}", change.after.comment)
        for keyword in ("storage", "compression", "statistics"):
            if keyword in change.after.options:
                found.append(alter_column(member.place, name, f"SET {keyword.upper()} {change.after.options[keyword]}"))
        given = [one.model_copy(update={"columns": (name,)}) for one in member.table.grants if name in one.columns]
        found += objects.grants("TABLE", member.place, given, planning.major)
    for key, _ in member.keys:
        found += objects.comment("CONSTRAINT", f"{identifier(key.name or '')} ON {member.place}", key.comment)
    for index in member.table.indexes:
        if index.name in member.indexes:
            found += objects.comment("INDEX", qualified(member.table.namespace, index.name), index.comment)
    return found


def _unsaid(planning: Planning, member: Shadow) -> list[str]:
    """What `_said` said, taken back while the new columns still have their final names."""
    found: list[str] = []
    for name, change in member.changes.items():
        if change.after.comment is not None:
            found.append(f"COMMENT ON COLUMN {member.place}.{identifier(name)} IS NULL")
        given = [
            one.model_copy(update={"columns": (name,), "revoked": True, "grantable": False})
            for one in member.table.grants
            if name in one.columns and not one.revoked
        ]
        found += objects.grants("TABLE", member.place, given, planning.major)
    return found


def _clear(planning: Planning, member: Shadow) -> None:
    """The old columns, the trigger and its function go."""
    final = planning.place(member.label, "contract")
    up = [f"DROP TRIGGER {identifier(member.trigger)} ON {final}", f"DROP FUNCTION {member.function}()"]
    up += [alter(final, f"DROP COLUMN {identifier(temporary(name, 'old'))}") for name in member.changes]
    planning.add(
        "contract",
        f"Drop the old columns of {', '.join(member.changes)} of {member.label}",
        up,
        [],
        reversible=False,
        notes=["The values live on in the new columns."],
    )
