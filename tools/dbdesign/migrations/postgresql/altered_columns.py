"""Columns whose default, nullability, identity or generation changes; changes of type are planned by `type_changes`."""

from __future__ import annotations

from dbdesign.migrations.postgresql.added_columns import make_identity
from dbdesign.migrations.postgresql.draft import BRIEF, SCAN
from dbdesign.migrations.postgresql.not_null import restoring, set_not_null
from dbdesign.migrations.postgresql.planning import Planning, temporary
from dbdesign.migrations.postgresql.sequences import option_changes
from dbdesign.migrations.postgresql.statements import (
    alter,
    alter_column,
    not_null_name,
    owned_sequence,
    rename_constraint,
    set_default,
    validate,
)
from dbdesign.model.migration import Operation
from dbdesign.model.schema import Column, Identity, Table
from dbdesign.writers.postgresql.clauses import identity_clause, sequence_name
from dbdesign.writers.postgresql.spelling import default, identifier, literal, qualified

NOT_NULL = {"not_null_name", "not_null_valid", "not_null_no_inherit"}


def plan(planning: Planning) -> None:
    """Every altered column but for its type."""
    for operation in planning.take("column", "alter"):
        label = operation.table
        if label is None or label in planning.replaced or not isinstance(operation.after, Column):
            continue
        assert isinstance(operation.before, Column)  # noqa: S101
        alter_one(planning, operation, label, operation.before, operation.after)


def alter_one(planning: Planning, operation: Operation, label: str, before: Column, after: Column) -> None:
    """The steps for one column, by what differs."""
    table = planning.table(label)
    before = before.model_copy(update={"name": after.name})
    changed = set(operation.changed)
    swapped = after.name in planning.swapped.get(label, set())
    if "identity" in changed and not swapped:
        _identity(planning, table, before, after)
    if "default" in changed and not swapped:
        _default(planning, table, before, after)
    if "generated" in changed:
        _generated(planning, table, before, after)
    if ("nullable" in changed or changed & NOT_NULL) and not swapped:
        _nullability(planning, table, before, after)


def _default(planning: Planning, table: Table, before: Column, after: Column) -> None:
    place = planning.place(table.label)
    if before.identity != after.identity:
        return  # the identity's change has said it
    up, down = set_default(place, table, after), set_default(place, table, before)
    planning.add("switch", f"Default of {table.label}.{after.name}", [up], [down])


def _nullability(planning: Planning, table: Table, before: Column, after: Column) -> None:
    place, label = planning.place(table.label), f"{table.label}.{after.name}"
    if before.nullable and not after.nullable:
        if label in planning.proven:
            return
        if label in planning.settings.fills:
            _fill(planning, table, after, planning.settings.fills[label])
        planning.proven.add(label)
        set_not_null(planning, table, after, place)
    elif not before.nullable and after.nullable:
        name = not_null_name(planning.old(table.label) or table, before)
        again = restoring(table, before.model_copy(update={"not_null_name": name}), place, planning.major)
        planning.add(
            "switch",
            f"Let {label} be NULL",
            [alter_column(place, after.name, "DROP NOT NULL")],
            again,
            down_transactional=False,
            notes=["Readers must expect NULL from here on; the rollback fails once there is one."],
        )
    elif not after.nullable and planning.major >= 18 and not table.partition_of and not _was_partition(planning, table):
        _constraint(planning, table, before, after, place)


def _was_partition(planning: Planning, table: Table) -> bool:
    """Whether the names of its NOT NULL constraints are its parent's."""
    old = planning.old(table.label)
    return old is not None and old.partition_of is not None


def _fill(planning: Planning, table: Table, column: Column, expression: str) -> None:
    from dbdesign.migrations.postgresql.added_columns import fill

    fill(planning, table, column, f"({expression})")


def _constraint(planning: Planning, table: Table, before: Column, after: Column, place: str) -> None:
    """Name, validity and inheritance of a NOT NULL constraint (18)."""
    label = planning.label(table.label)
    old, new = not_null_name(planning.old(table.label) or table, before), not_null_name(table, after)
    renamed = label in planning.old_labels or f"{label}.{after.name}" in planning.old_columns
    if old != new and not renamed:  # a rename has given it its name
        up, down = rename_constraint(place, old, new), rename_constraint(place, new, old)
        planning.add("switch", f"Name the NOT NULL of {table.label}.{after.name}", [up], [down])
    if before.not_null_no_inherit != after.not_null_no_inherit:
        words = ("INHERIT", "NO INHERIT")
        up, down = (
            alter(place, f"ALTER CONSTRAINT {identifier(new)} {words[after.not_null_no_inherit]}"),
            alter(place, f"ALTER CONSTRAINT {identifier(new)} {words[before.not_null_no_inherit]}"),
        )
        planning.add("switch", f"Inheritance of the NOT NULL of {table.label}.{after.name}", [up], [down])
    if after.not_null_valid and not before.not_null_valid:
        planning.add(
            "validate",
            f"Check that {table.label}.{after.name} has no NULL",
            [validate(place, old)],
            manner=SCAN,
            reversible=False,
        )


def _generated(planning: Planning, table: Table, before: Column, after: Column) -> None:
    place = planning.place(table.label)
    if before.generated is not None and after.generated is None and before.generated.stored and planning.major < 13:
        planning.manual.append(
            f"{table.label}.{after.name}: PostgreSQL 12 has no DROP EXPRESSION. Add a plain column beside it and a trigger that fills it, "
            "UPDATE the rows in batches, and exchange the names and drop the computed one in one short transaction"
        )
    elif before.generated is not None and after.generated is None and before.generated.stored:
        planning.add(
            "switch",
            f"Keep the values of {table.label}.{after.name} and compute it no more",
            [alter_column(place, after.name, "DROP EXPRESSION")],
            [],
            reversible=False,
            notes=["A column that is computed again would have to be made anew."],
        )
        if after.default is not None:
            planning.add("switch", f"Default of {table.label}.{after.name}", [set_default(place, table, after)], [])
    elif before.generated and after.generated and not before.generated.stored and not after.generated.stored:
        up, down = (f"SET EXPRESSION AS ({one.generated.expression})" for one in (after, before) if one.generated)
        planning.add(
            "switch",
            f"Compute {table.label}.{after.name} otherwise",
            [alter_column(place, after.name, up)],
            [alter_column(place, after.name, down)],
        )
    else:
        planning.manual.append(f"{table.label}.{after.name}: from {before.generated} to {after.generated}")


def _identity(planning: Planning, table: Table, before: Column, after: Column) -> None:
    one, other = before.identity, after.identity
    numbered = {"always", "by_default"}
    if one is not None and other is not None and one.mode in numbered and other.mode in numbered:
        _alter_identity(planning, table, before, after)
    elif one is not None and one.mode == "serial" and other is not None:
        _serial_to_identity(planning, table, before, after)
    elif one is None and other is not None and other.mode in numbered:
        _to_identity(planning, table, before, after)
    elif one is None and other is not None:
        _to_serial(planning, table, before, after)
    elif one is not None and other is None:
        _no_numbers(planning, table, before, after)
    else:
        _identity_to_serial(planning, table, before, after)


def _alter_identity(planning: Planning, table: Table, before: Column, after: Column) -> None:
    one, other = before.identity, after.identity
    assert one is not None and other is not None  # noqa: S101, PT018 - by the caller
    place = planning.place(table.label)

    def clauses(old: Identity, new: Identity) -> list[str]:
        parts = []
        if old.mode != new.mode:
            parts.append(f"SET GENERATED {'ALWAYS' if new.mode == 'always' else 'BY DEFAULT'}")
        parts += [f"SET {clause}" for clause in option_changes(old.options, new.options)]
        return parts

    up, down = clauses(one, other), clauses(other, one)
    if up:
        planning.add(
            "switch",
            f"Identity of {table.label}.{after.name}",
            [alter_column(place, after.name, " ".join(up))],
            [alter_column(place, after.name, " ".join(down))],
        )


def _serial_to_identity(planning: Planning, table: Table, before: Column, after: Column) -> None:
    """The sequence's numbers go on in the identity's own."""
    assert before.identity is not None and after.identity is not None  # noqa: S101, PT018
    old = planning.old(table.label) or table
    was = before.model_copy(update={"name": planning.old_column(table.label, before.name)})
    name = qualified(table.namespace, sequence_name(old, was, before.identity))
    interim = temporary(sequence_name(old, was, before.identity), "old")
    moved = qualified(table.namespace, interim)
    place = planning.place(table.label)
    final = planning.table(table.label, "contract")
    own = qualified(final.namespace, sequence_name(final, after, after.identity))
    clause = identity_clause(final, after.identity)
    if "SEQUENCE NAME" not in clause and place != planning.place(table.label, "contract"):
        clause = clause.removesuffix(")") + (" " if clause.endswith(")") else " (") + f"SEQUENCE NAME {own})"
    up = [
        f"ALTER SEQUENCE {name} RENAME TO {identifier(interim)}",
        alter_column(place, after.name, "DROP DEFAULT"),
        alter_column(place, after.name, f"ADD {clause}"),
        f"SELECT setval({literal(own)}, (SELECT last_value FROM {moved}), (SELECT is_called FROM {moved}))",
        f"DROP SEQUENCE {moved}",
    ]
    owned = owned_sequence(old, was)
    assert owned is not None  # noqa: S101
    _, create, _ = owned
    made = create[0].replace(f"CREATE SEQUENCE {name}", f"CREATE SEQUENCE {moved}", 1)
    down = [
        made,
        f"SELECT setval({literal(moved)}, (SELECT last_value FROM {own}), (SELECT is_called FROM {own}))",
        alter_column(place, after.name, "DROP IDENTITY"),
        f"ALTER SEQUENCE {moved} RENAME TO {identifier(sequence_name(old, was, before.identity))}",
        alter_column(place, after.name, f"SET DEFAULT nextval({literal(name)}::regclass)"),
        f"ALTER SEQUENCE {name} OWNED BY {place}.{identifier(after.name)}",
    ]
    planning.add(
        "switch",
        f"Number {table.label}.{after.name} as an identity",
        up,
        down,
        notes=["Privileges on the sequence are new."],
    )


def _highest(place: str, column: str, sequence: str) -> str:
    return (
        f"SELECT setval({literal(sequence)}, greatest((SELECT max({identifier(column)}) FROM {place}), 1), "
        f"EXISTS (SELECT 1 FROM {place}))"
    )


def _to_identity(planning: Planning, table: Table, before: Column, after: Column) -> None:
    place, label = planning.place(table.label), f"{table.label}.{after.name}"
    if before.nullable and label not in planning.proven:
        planning.proven.add(label)
        set_not_null(planning, table, after, place)
    make_identity(planning, table, after, None)
    draft = planning.drafts[-1]
    final = planning.table(table.label, "contract")
    assert after.identity is not None  # noqa: S101
    own = qualified(final.namespace, sequence_name(final, after, after.identity))
    if before.default is None:
        draft.up = draft.up[1:]
    else:
        draft.down.append(alter_column(place, after.name, f"SET DEFAULT {default(before.default)}"))
    draft.up.append(_highest(place, after.name, own))
    draft.notes.append("It reads the greatest number, by the column's index where there is one.")


def _to_serial(planning: Planning, table: Table, before: Column, after: Column) -> None:
    place = planning.place(table.label)
    owned = owned_sequence(planning.table(table.label, "contract"), after)
    assert owned is not None  # noqa: S101
    name, create, ownership = owned
    planning.add(
        "switch",
        f"Number {table.label}.{after.name} by a sequence",
        [
            *create,
            _highest(place, after.name, name),
            set_default(place, planning.table(table.label, "contract"), after),
            f"ALTER SEQUENCE {ownership} {place}.{identifier(after.name)}",
        ],
        [set_default(place, table, before), f"DROP SEQUENCE {name}"],
    )
    if before.nullable and not after.nullable and f"{table.label}.{after.name}" not in planning.proven:
        planning.proven.add(f"{table.label}.{after.name}")
        set_not_null(planning, table, after, place)


def _no_numbers(planning: Planning, table: Table, before: Column, after: Column) -> None:
    place = planning.place(table.label)
    assert before.identity is not None  # noqa: S101
    old = planning.old(table.label) or table
    was = before.model_copy(update={"name": planning.old_column(table.label, before.name)})
    own = qualified(table.namespace, sequence_name(old, was, before.identity))
    if before.identity.mode == "serial":
        owned = owned_sequence(old, was)
        assert owned is not None  # noqa: S101
        up = [set_default(place, table, after), f"DROP SEQUENCE {own}"]
        down = [
            *owned[1],
            _highest(place, after.name, own),
            set_default(place, old, was).replace(identifier(was.name), identifier(after.name), 1),
            f"ALTER SEQUENCE {own} OWNED BY {place}.{identifier(after.name)}",
        ]
    else:
        clause = identity_clause(old, before.identity)
        up = [alter_column(place, after.name, "DROP IDENTITY")]
        if after.default is not None:
            up.append(set_default(place, table, after))
        down = [alter_column(place, after.name, "DROP DEFAULT")] if after.default is not None else []
        down += [alter_column(place, after.name, f"ADD {clause}"), _highest(place, after.name, own)]
    planning.add(
        "contract" if after.default is None else "switch",
        f"Number {table.label}.{after.name} no more",
        up,
        down,
        manner=BRIEF,
    )
    planning.drafts[-1].notes.append("Writers must bring their own values from here on.")


def _identity_to_serial(planning: Planning, table: Table, before: Column, after: Column) -> None:
    assert before.identity is not None and after.identity is not None  # noqa: S101, PT018
    place = planning.place(table.label)
    old = planning.old(table.label) or table
    was = before.model_copy(update={"name": planning.old_column(table.label, before.name)})
    name = sequence_name(old, was, before.identity)
    new = planning.table(table.label, "contract")
    owned = owned_sequence(new, after)
    assert owned is not None  # noqa: S101
    target, create, ownership = owned
    interim = qualified(table.namespace, temporary(name, "old"))
    own = qualified(table.namespace, name)
    up = [
        f"ALTER SEQUENCE {own} RENAME TO {identifier(temporary(name, 'old'))}",
        *create,
        f"SELECT setval({literal(target)}, (SELECT last_value FROM {interim}), (SELECT is_called FROM {interim}))",
        alter_column(place, after.name, "DROP IDENTITY"),
        set_default(place, new, after),
        f"ALTER SEQUENCE {ownership} {place}.{identifier(after.name)}",
    ]
    parked = temporary(name, "new")
    moved = qualified(table.namespace, parked)
    clause = identity_clause(old, before.identity)
    down = [
        f"ALTER SEQUENCE {target} RENAME TO {identifier(parked)}",
        alter_column(place, after.name, "DROP DEFAULT"),
        alter_column(place, after.name, f"ADD {clause}"),
        f"SELECT setval({literal(own)}, (SELECT last_value FROM {moved}), (SELECT is_called FROM {moved}))",
        f"DROP SEQUENCE {moved}",
    ]
    planning.add("switch", f"Number {table.label}.{after.name} by a sequence of its own", up, down)
