"""Renames while both versions of the application run: the old name stays as a view until the contract phase.

A renamed table leaves a view of its old name. A table with renamed columns steps behind a view of its own name that shows each of them
under both names; inserts, updates, deletes, ON CONFLICT and FOR UPDATE go through it (executed on 15 and 18). Not through it go TRUNCATE,
foreign keys to it, LOCK TABLE, COPY … TO, and ON CONFLICT ON CONSTRAINT.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from dbdesign.migrations.postgresql.not_null import NAMED_SINCE
from dbdesign.migrations.postgresql.planning import Planning, temporary
from dbdesign.migrations.postgresql.statements import not_null_name, rename_column, rename_constraint, rename_table
from dbdesign.model.migration import Operation
from dbdesign.model.schema import Column, Routine, Table
from dbdesign.writers.postgresql import objects
from dbdesign.writers.postgresql.clauses import sequence_name
from dbdesign.writers.postgresql.spelling import identifier, qualified, type_identifier

SECURITY_INVOKER = 15
"""A view can read with the rights of who asks, row security included (release notes of 15)."""

_NOTE = (
    "TRUNCATE, LOCK TABLE, COPY … TO, ON CONFLICT ON CONSTRAINT and new foreign keys do not work through the view: "
    "the old version must not use them."
)
_STANDING = {
    "enum": "TYPE", "composite": "TYPE", "domain": "DOMAIN", "sequence": "SEQUENCE", "namespace": "SCHEMA",
}  # fmt: skip


def plan(planning: Planning) -> None:
    """Every certain rename; doubtful ones were turned into questions."""
    tables = planning.take("table", "rename")
    columns = planning.take("column", "rename")
    by_table: dict[str, list[Operation]] = {}
    for one in columns:
        if one.table is not None and not _with_parent(planning, one):
            by_table.setdefault(one.table, []).append(one)
    for kind in _STANDING:
        for one in planning.take(kind, "rename"):
            _standing(planning, one)
    for one in tables:
        if isinstance(one.before, Table):
            _table(planning, one.before, one.name, by_table.pop(one.name, []))
    for label, renamed in by_table.items():
        _columns(planning, label, renamed)
    for one in planning.take(("view", "routine"), "rename"):
        _view_or_routine(planning, one)
    for one in planning.take(
        ("primary key", "unique key", "foreign key", "check", "exclusion", "index", "trigger", "policy"), "rename"
    ):
        _part(planning, one)


def _with_parent(planning: Planning, operation: Operation) -> bool:
    """Whether a column is renamed along with its parent's."""
    table = planning.after.table_by_label.get(operation.table or "")
    return table is not None and operation.name in table.inherited


def _invoker(planning: Planning) -> str:
    return " WITH (security_invoker = true)" if planning.major >= SECURITY_INVOKER else ""


def _guarded(planning: Planning, old: Table) -> bool:
    """Whether a view would open what row security closes: before 15 it reads with its owner's rights."""
    if planning.major >= SECURITY_INVOKER or old.row_security == "off":
        return False
    planning.manual.append(
        f"{old.label} has row security, which a view before PostgreSQL 15 evades: rename it in a maintenance window, "
        "with the old version stopped"
    )
    return True


def _grants(planning: Planning, place: str, old: Table, columns: dict[str, str]) -> Iterator[str]:
    """The privileges of the table, for the view; those on a renamed column also under its other name."""
    granted = [one for one in old.grants if not one.revoked]
    for one in granted:
        names = tuple(dict.fromkeys(name for name in one.columns for name in (name, columns.get(name, name))))
        yield from objects.grants("TABLE", place, [one.model_copy(update={"columns": names})], planning.major)


def _table(planning: Planning, old: Table, label: str, columns: list[Operation]) -> None:
    """RENAME or SET SCHEMA, and a view of the old name with the old columns."""
    after = planning.after.table_by_label[label]
    if old.partition_of is not None or _guarded(planning, old):
        planning.add("expand", f"Rename {old.label} to {label}", _moves(old, after), _moves(after, old))
        return
    new, was = qualified(after.namespace, after.name), qualified(old.namespace, old.name)
    pairs = {one.before.name: one.name for one in columns if isinstance(one.before, Column)}
    up = _moves(old, after) + [rename_column(new, one, other) for one, other in pairs.items()]
    up += _trigger_functions(planning, label, pairs)[0]
    shown = ", ".join(
        f"{identifier(pairs[one.name])} AS {identifier(one.name)}" if one.name in pairs else identifier(one.name)
        for one in old.columns
    )
    forth, back = _following_names(planning, old, after, new, pairs)
    up += forth
    view = [f"CREATE VIEW {was}{_invoker(planning)} AS SELECT {shown} FROM {new}", *_grants(planning, was, old, {})]
    down = [f"DROP VIEW {was}", *back, *_trigger_functions(planning, label, pairs)[1]]
    down += [rename_column(new, other, one) for one, other in pairs.items()] + _moves(after, old)
    planning.add(
        "expand", f"Rename {old.label} to {label}; the old name stays as a view", up + view, down, notes=[_NOTE]
    )
    planning.add("contract", f"Drop the view of the old name {old.label}", [f"DROP VIEW {was}"], view)


def _following_names(
    planning: Planning, old: Table, after: Table, place: str, pairs: dict[str, str]
) -> tuple[list[str], list[str]]:
    """Names that the server made of the table's and the column's, and that it keeps when these change; both directions."""
    forth, back = list[str](), list[str]()
    for column in old.columns:
        new = after.column(pairs.get(column.name, column.name))
        if new is None:
            continue
        if planning.major >= NAMED_SINCE and not column.nullable and not new.nullable:
            one, other = not_null_name(old, column), not_null_name(after, new)
            if one != other and new.name not in after.inherited:
                forth.append(rename_constraint(place, one, other))
                back.append(rename_constraint(place, other, one))
        if column.identity and new.identity:
            one, other = sequence_name(old, column, column.identity), sequence_name(after, new, new.identity)
            if one != other:
                forth.append(f"ALTER SEQUENCE {qualified(after.namespace, one)} RENAME TO {identifier(other)}")
                back.append(f"ALTER SEQUENCE {qualified(after.namespace, other)} RENAME TO {identifier(one)}")
    return forth, back


def _moves(old: Table, after: Table) -> list[str]:
    statements, place = [], qualified(old.namespace, old.name)
    if old.namespace != after.namespace:
        statements.append(f"ALTER TABLE {place} SET SCHEMA {identifier(after.namespace or 'public')}")
        place = qualified(after.namespace, old.name)
    if old.name != after.name:
        statements.append(rename_table(place, after.name))
    return statements


def _columns(planning: Planning, label: str, renamed: list[Operation]) -> None:
    """The table steps behind a view of its name, which shows renamed columns under both names."""
    old, after = planning.old(label), planning.after.table_by_label[label]
    if old is None or _guarded(planning, old):
        return
    pairs = {one.before.name: one.name for one in renamed if isinstance(one.before, Column)}
    place = qualified(after.namespace, after.name)
    base = temporary(after.name, "base")
    behind = qualified(after.namespace, base)
    planning.base_names[label] = base
    functions, old_functions = _trigger_functions(planning, label, pairs)
    forth, back = _following_names(planning, old, after, behind, pairs)
    functions, old_functions = forth + functions, back + old_functions
    shown = [
        f"{identifier(pairs[one.name])} AS {identifier(one.name)}" if one.name in pairs else identifier(one.name)
        for one in old.columns
    ]
    shown += [identifier(one) for one in pairs.values()]
    up = [rename_table(place, base), *(rename_column(behind, one, other) for one, other in pairs.items()), *functions]
    up += [f"CREATE VIEW {place}{_invoker(planning)} AS SELECT {', '.join(shown)} FROM {behind}"]
    up += _grants(planning, place, old, pairs)
    down = [f"DROP VIEW {place}", *old_functions, *(rename_column(behind, other, one) for one, other in pairs.items())]
    down.append(rename_table(behind, after.name))
    names = ", ".join(f"{one} to {other}" for one, other in pairs.items())
    planning.add("expand", f"Rename {label}: {names}; a view shows both names", up, down, notes=[_NOTE])
    planning.add(
        "contract",
        f"Drop the view before {label}",
        [f"DROP VIEW {place}", rename_table(behind, after.name)],
        [rename_table(place, base), *up[1 + len(pairs) + len(functions) :]],
    )


def view_again(planning: Planning, label: str) -> list[str]:
    """Make the view before a table anew, with the columns that were added since: for the new version, which reads them through it."""
    old, after = planning.old(label), planning.after.table_by_label[label]
    if old is None or label not in planning.base_names:
        return []
    added = [one.name for one in after.columns if old.column(planning.old_column(label, one.name)) is None]
    if not added:
        return []
    pairs = {
        planning.old_column(label, one.name): one.name
        for one in after.columns
        if planning.old_column(label, one.name) != one.name
    }
    shown = [
        f"{identifier(pairs[one.name])} AS {identifier(one.name)}" if one.name in pairs else identifier(one.name)
        for one in old.columns
    ]
    shown += [identifier(one) for one in (*pairs.values(), *added)]
    place, behind = qualified(after.namespace, after.name), planning.place(label)
    return [f"CREATE OR REPLACE VIEW {place}{_invoker(planning)} AS SELECT {', '.join(shown)} FROM {behind}"]


def _trigger_functions(planning: Planning, label: str, pairs: dict[str, str]) -> tuple[list[str], list[str]]:
    """Functions of the table's triggers whose text changes go with the rename: they name its columns. Both directions."""
    if not pairs:
        return [], []
    table = planning.after.table_by_label[label]
    called = {one.function for one in table.triggers if one.function}
    taken = planning.take(
        "routine",
        "alter",
        lambda one: isinstance(one.after, Routine) and bool({one.after.label, one.after.name} & called),
    )
    pairs_of = [(one.before, one.after) for one in taken]
    return (
        [after.definition for _, after in pairs_of if isinstance(after, Routine)],
        [before.definition for before, _ in pairs_of if isinstance(before, Routine)],
    )


def _standing(planning: Planning, operation: Operation) -> None:
    before, after = operation.before, operation.after
    word = _STANDING[operation.kind]
    spell = qualified if word == "SEQUENCE" else type_identifier
    old_space, old = getattr(before, "namespace", None), getattr(before, "name", "")
    space, new = getattr(after, "namespace", None), getattr(after, "name", "")
    if word == "SCHEMA":
        up, down = (
            [f"ALTER SCHEMA {identifier(old)} RENAME TO {identifier(new)}"],
            [f"ALTER SCHEMA {identifier(new)} RENAME TO {identifier(old)}"],
        )
    else:
        up, down = _moved(word, spell, (old_space, old), (space, new))
    planning.add(
        "expand",
        f"Rename {operation.kind} {old} to {new}",
        up,
        down,
        notes=[f"Nothing stands under the old name {old}: the old version must not name it (in casts, nextval, …)."],
    )


def _moved(
    word: str, spell: Callable[[str | None, str], str], was: tuple[str | None, str], now: tuple[str | None, str]
) -> tuple[list[str], list[str]]:
    """RENAME and SET SCHEMA, each where it changes something, and back; `was` and `now` are namespace and name."""
    (old_space, old), (space, new) = was, now
    up, down = [], []
    if old != new:
        up.append(f"ALTER {word} {spell(old_space, old)} RENAME TO {identifier(new)}")
        down.append(f"ALTER {word} {spell(old_space, new)} RENAME TO {identifier(old)}")
    if old_space != space:
        up.append(f"ALTER {word} {spell(old_space, new)} SET SCHEMA {identifier(space or 'public')}")
        down.insert(0, f"ALTER {word} {spell(space, new)} SET SCHEMA {identifier(old_space or 'public')}")
    return up, down


def _view_or_routine(planning: Planning, operation: Operation) -> None:
    before, after = operation.before, operation.after
    if isinstance(before, Routine) and isinstance(after, Routine):
        space, name = before.namespace, before.name
        arguments = before.signature[before.signature.index("(") :] if "(" in before.signature else ""
        up = [f"ALTER {before.kind.upper()} {objects.routine_name(before)} RENAME TO {identifier(after.name)}"]
        down = [f"ALTER {before.kind.upper()} {qualified(space, after.name)}{arguments} RENAME TO {identifier(name)}"]
        note = f"Nothing stands under the old name {name}: the old version must not call it."
        planning.add("switch", f"Rename {before.kind} {name} to {after.name}", up, down, notes=[note])
        return
    old, new = getattr(before, "name", ""), getattr(after, "name", "")
    old_space, space = getattr(before, "namespace", None), getattr(after, "namespace", None)
    word = "MATERIALIZED VIEW" if getattr(before, "materialized", False) else "VIEW"
    was, now = qualified(old_space, old), qualified(space, new)
    stand_in = f"CREATE VIEW {was}{_invoker(planning)} AS SELECT * FROM {now}"
    up, down = _moved(word, qualified, (old_space, old), (space, new))
    planning.add("expand", f"Rename view {old} to {new}", [*up, stand_in], [f"DROP VIEW {was}", *down])
    planning.add("contract", f"Drop the view of the old name {old}", [f"DROP VIEW {was}"], [stand_in])


def _part(planning: Planning, operation: Operation) -> None:
    label = operation.table
    if label is None or label in planning.replaced:
        return
    table = planning.after.table_by_label.get(label)
    old, new = getattr(operation.before, "name", None), getattr(operation.after, "name", None)
    if old is None or new is None:
        return
    if operation.kind == "index":
        views = {one.label: one for one in planning.after.views}
        space = table.namespace if table else views[label].namespace if label in views else None
        up = [f"ALTER INDEX {qualified(space, old)} RENAME TO {identifier(new)}"]
        down = [f"ALTER INDEX {qualified(space, new)} RENAME TO {identifier(old)}"]
    elif operation.kind in {"trigger", "policy"}:
        word, place = operation.kind.upper(), planning.place(label)
        up = [f"ALTER {word} {identifier(old)} ON {place} RENAME TO {identifier(new)}"]
        down = [f"ALTER {word} {identifier(new)} ON {place} RENAME TO {identifier(old)}"]
    else:
        place = planning.place(label)
        if operation.kind == "foreign key" and table and table.partition_of and _parent_has(planning, table, new):
            return
        up, down = [rename_constraint(place, old, new)], [rename_constraint(place, new, old)]
    planning.merge("expand", "names", "Rename constraints and indexes", up, down)


def _parent_has(planning: Planning, table: Table, name: str) -> bool:
    parent = planning.after.table_by_label.get(table.partition_of.label) if table.partition_of else None
    if parent is None:
        return False
    return name in {*(one.name for one in parent.foreign_keys), *(one.name for one in parent.checks)}
