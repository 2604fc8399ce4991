"""Plans for SQLite. One writer at a time: a step takes the whole database for its transaction, readers of a WAL database go on."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from dbdesign.dialects.sqlite import DIALECT
from dbdesign.migrations.compare import Comparison
from dbdesign.migrations.phasing import Phasing, mandatory
from dbdesign.migrations.settings import PlanSettings
from dbdesign.migrations.sqlite.rebuild import OPTIONS, Rebuild, reading_views, transaction
from dbdesign.migrations.sqlite.verifying import verify
from dbdesign.model.migration import MigrationPlan, Operation, PhaseName
from dbdesign.model.schema import Column, Index, Table, Trigger, View
from dbdesign.writers.sqlite.printing import (
    BARE_DEFAULT,
    column_definition,
    create_index,
    create_table,
    create_view,
    identifier,
)

__all__ = ["plan", "verify"]

REBUILDS = frozenset(
    {"primary key", "unique key", "foreign key", "check", "option", "partition", "partitioning", "exclusion"}
)
"""Kinds that ALTER TABLE cannot touch; of a column so is everything but adding, renaming and dropping."""

PHASE_OF: dict[str, PhaseName] = {"add": "expand", "drop": "contract"}
"""Where an operation on an object of its own belongs; the switch for the others."""

TITLES = {"add": "Create", "alter": "Change", "drop": "Drop", "rename": "Rename", "rebuild": "Make again"}

DROP_COLUMN_SINCE = (3, 35)


def plan(comparison: Comparison, settings: PlanSettings) -> MigrationPlan:
    """A plan for SQLite.

    Raises:
        ConsentError: data would be lost and `allow_destructive` is False.
    """
    version = settings.version or DIALECT.versions[-1]
    phasing = Phasing(comparison, settings, "sqlite", version)
    phasing.consent()
    _comments(phasing)
    rebuilt = _tables_to_rebuild(phasing)
    _new_tables(phasing)
    _renames(phasing)
    again = _rebuilds(phasing, rebuilt)
    _columns(phasing)
    _indexes(phasing)
    _views_and_triggers(phasing, again)
    _drops(phasing)
    return phasing.plan()


def _comments(phasing: Phasing) -> None:
    """Comments stand in the text of CREATE TABLE alone."""
    taken = phasing.take("comment", {"add", "alter", "drop"})
    if taken:
        phasing.notes.append("comments are part of a table's text in SQLite; they change where the table is built anew")


def _tables_to_rebuild(phasing: Phasing) -> list[str]:
    """The labels of the tables that have to be built anew, parents first."""
    wanted: dict[str, list[Operation]] = defaultdict(list)
    for one in phasing.left:
        if one.table and _needs_rebuild(phasing, one):
            wanted[one.table].append(one)
    added = {one.name for one in phasing.left if one.kind == "table" and one.action == "add"}
    dropped = {one.name for one in phasing.left if one.kind == "table" and one.action == "drop"}
    order = [one.label for one in phasing.comparison.after.tables]
    return sorted(wanted.keys() - added - dropped, key=order.index)


def _needs_rebuild(phasing: Phasing, one: Operation) -> bool:
    if one.kind == "column" and one.action == "add":
        return isinstance(one.after, Column) and not _can_be_added(one.after)
    if one.kind == "column" and one.action == "drop":
        return not _can_be_dropped(phasing, one)
    if one.kind == "column":
        return one.action in {"alter", "rebuild"}
    return one.kind in REBUILDS


def _can_be_added(column: Column) -> bool:
    """The conditions of ALTER TABLE … ADD COLUMN (lang_altertable.html, section 4)."""
    if column.generated:
        return not column.generated.stored
    if not column.nullable and column.default is None:
        return False
    constant = column.default is None or (
        BARE_DEFAULT.fullmatch(column.default) is not None and not column.default.upper().startswith("CURRENT_")
    )
    return constant and column.identity is None


def _can_be_dropped(phasing: Phasing, one: Operation) -> bool:
    """The conditions of ALTER TABLE … DROP COLUMN (section 5): nothing but the column itself may name it."""
    table = phasing.table_before(one.table or "")
    version = DIALECT.version_tuple(phasing.version)
    if table is None or version < DROP_COLUMN_SINCE:
        return False
    keys = [key for key in (table.primary_key, *table.unique_keys) if key]
    named = {name for key in keys for name in key.columns}
    named |= {name for key in table.foreign_keys for name in key.columns}
    texts = [check.expression for check in table.checks] + [trigger.definition for trigger in table.triggers]
    texts += [other.generated.expression for other in table.columns if other.generated]
    texts += [view.definition for view in reading_views(phasing.comparison.renamed, [table.name])]
    texts += [key.expression or "" for index in table.indexes for key in index.keys]
    texts += [index.where or "" for index in table.indexes]
    return one.name not in named and not any(one.name in text for text in texts)


def _new_tables(phasing: Phasing) -> None:
    # foreign keys stand in CREATE TABLE: SQLite looks the parent up when a row is written, not before
    phasing.take("foreign key", "add", lambda one: _is_new(phasing, one.table))
    for one in phasing.take("table", "add"):
        table = phasing.table_after(one.name)
        assert table is not None  # noqa: S101 - what is added is in the schema after
        statements = [create_table(table, OPTIONS), *(create_index(table.name, index) for index in table.indexes)]
        phasing.add(
            "expand",
            f"Create the table {one.name}",
            *statements,
            rollback=[f"DROP TABLE {identifier(table.name)}"],
            transactional=True,
        )


def _is_new(phasing: Phasing, label: str | None) -> bool:
    return label is not None and phasing.comparison.renamed.table_by_label.get(label) is None


def _renames(phasing: Phasing) -> None:
    columns = phasing.take("column", "rename")
    for one in phasing.take("table", "rename"):
        assert isinstance(one.before, Table)  # noqa: S101 - what an operation on a table is made of
        old, new = identifier(one.before.name), identifier(one.name)
        phasing.add(
            "switch",
            f"Rename the table {one.before.name} to {one.name}",
            f"ALTER TABLE {old} RENAME TO {new}",
            rollback=[f"ALTER TABLE {new} RENAME TO {old}"],
            transactional=True,
        )
    for one in columns:
        assert isinstance(one.before, Column)  # noqa: S101 - what an operation on a column is made of
        table, old, new = identifier(one.table or ""), identifier(one.before.name), identifier(one.name)
        phasing.add(
            "switch",
            f"Rename {one.table}.{one.before.name} to {one.name}",
            f"ALTER TABLE {table} RENAME COLUMN {old} TO {new}",
            rollback=[f"ALTER TABLE {table} RENAME COLUMN {new} TO {old}"],
            transactional=True,
        )


def _rebuilds(phasing: Phasing, labels: list[str]) -> set[str]:
    """Build tables anew, with everything that changes in them, in one transaction; the names of the views made again with them."""
    taken: list[Operation] = []
    rebuilds = [one for label in labels if (one := _rebuild(phasing, label, taken)) is not None]
    if not rebuilds:
        return set()
    standing = reading_views(phasing.comparison.renamed, {one.before.name for one in rebuilds})
    names = {one.name for one in standing}
    made = [one for one in phasing.comparison.after.views if one.name in names]
    lost = any(one.destructive for one in taken)
    what = dict.fromkeys(f"{one.action} {one.kind} {one.table}.{one.name}" for one in taken)
    empty = [f"(SELECT NOT EXISTS (SELECT 1 FROM {place}))" for one in rebuilds for place in _missing(one)]
    phasing.add(
        "contract" if lost else "switch",
        f"Build {', '.join(one.after.name for one in rebuilds)} anew: {', '.join(what)}",
        *transaction(rebuilds, standing, made),
        rollback=() if lost else transaction([one.back() for one in rebuilds], made, standing),
        reversible=not lost,
        precondition=f"SELECT {' AND '.join(empty)}" if empty else None,
        postcondition="SELECT NOT EXISTS (SELECT 1 FROM pragma_foreign_key_check)",
        cleanup="ROLLBACK;\nPRAGMA legacy_alter_table = OFF;\nPRAGMA foreign_keys = ON;",
        notes=[
            "writers wait for the whole copy: the step takes the database's write lock",
            "PRAGMA foreign_keys has no effect inside a transaction: run the step on a connection that is in none",
        ],
    )
    return names


def _rebuild(phasing: Phasing, label: str, taken: list[Operation]) -> Rebuild | None:
    """How one table is built anew; None where a value is missing, which is asked for."""
    before, after = phasing.table_before(label), phasing.table_after(label)
    assert before is not None  # noqa: S101 - only tables that are there are built anew
    assert after is not None  # noqa: S101
    fills, casts = _of_table(phasing.settings.fills, label), _of_table(phasing.settings.casts, label)
    mine = phasing.take(
        {"column", "index", "trigger", *REBUILDS},
        {"add", "alter", "drop", "rename", "rebuild"},
        lambda one: one.table == label,
    )
    unknown = [
        one.name
        for one in after.columns
        if mandatory(one) and one.name not in fills and before.column(one.name) is None
    ]
    for name in unknown:
        phasing.ask_for_value(f"{label}.{name}")
    if unknown:
        return None
    taken += mine
    return Rebuild(before, after, fills, casts)


def _of_table(values: Mapping[str, str], label: str) -> dict[str, str]:
    return {key[len(label) + 1 :]: text for key, text in values.items() if key.startswith(f"{label}.")}


def _missing(rebuild: Rebuild) -> Iterator[str]:
    """Of each column that must have a value from now on: the rows that have none, as `FROM` takes it."""
    table = identifier(rebuild.before.name)
    for one in rebuild.after.columns:
        there = rebuild.before.column(one.name)
        if there is not None and there.nullable and not one.nullable and one.name not in rebuild.fills:
            yield f"{table} WHERE {identifier(one.name)} IS NULL"


def _columns(phasing: Phasing) -> None:
    for one in phasing.take("column", "add"):
        column = one.after
        assert isinstance(column, Column)  # noqa: S101 - what an operation on a column is made of
        table = identifier(one.table or "")
        drop = f"ALTER TABLE {table} DROP COLUMN {identifier(column.name)}"
        phasing.add(
            "expand",
            f"Add {one.table}.{one.name}",
            f"ALTER TABLE {table} ADD COLUMN {column_definition(column, None)}",
            rollback=[drop],
            transactional=True,
        )


def _indexes(phasing: Phasing) -> None:
    for one in phasing.take("index", {"drop", "alter", "rename", "add"}):
        table = _bare(one)
        make = [create_index(table, one.after)] if isinstance(one.after, Index) else []
        drop = [create_index(table, one.before)] if isinstance(one.before, Index) else []
        old = identifier(getattr(one.before, "name", None) or one.name)
        phasing.add(
            PHASE_OF.get(one.action, "switch"),
            f"{TITLES[one.action]} the index {one.name}",
            *([f"DROP INDEX {old}"] if drop else []),
            *make,
            rollback=[*([f"DROP INDEX {identifier(one.name)}"] if make else []), *drop],
            transactional=True,
            notes=["writers wait until it is built"] if make else (),
        )


def _bare(one: Operation) -> str:
    return (one.table or "").rpartition(".")[2]


def _views_and_triggers(phasing: Phasing, again: set[str]) -> None:
    for one in phasing.take("view", {"add", "alter", "rebuild", "drop"}):
        if one.action == "add" or one.name not in again:
            _view(phasing, one)
    for one in phasing.take("trigger", {"add", "alter", "rebuild", "drop", "rename"}):
        before = [one.before.definition] if isinstance(one.before, Trigger) else []
        after = [one.after.definition] if isinstance(one.after, Trigger) else []
        old = identifier(getattr(one.before, "name", one.name))
        _again(phasing, one, f"DROP TRIGGER {old}", f"DROP TRIGGER {identifier(one.name)}", before, after)


def _view(phasing: Phasing, one: Operation) -> None:
    before = [create_view(one.before, OPTIONS)] if isinstance(one.before, View) else []
    after = [create_view(one.after, OPTIONS)] if isinstance(one.after, View) else []
    drop = f"DROP VIEW {identifier(one.name)}"
    _again(phasing, one, drop, drop, before, after)


def _again(phasing: Phasing, one: Operation, drop: str, undo: str, before: list[str], after: list[str]) -> None:
    """Drop what there is, make what there is to be; and back."""
    phasing.add(
        PHASE_OF.get(one.action, "switch"),
        f"{TITLES[one.action]} the {one.kind} {one.name}",
        *([drop] if before else []),
        *after,
        rollback=[*([undo] if after else []), *before],
        transactional=True,
    )


def _drops(phasing: Phasing) -> None:
    phasing.take("foreign key", "drop", lambda one: phasing.table_after(one.table or "") is None)
    for one in phasing.take("column", "drop"):
        table, column = identifier(one.table or ""), identifier(one.name)
        phasing.add(
            "contract",
            f"Drop {one.table}.{one.name}",
            f"ALTER TABLE {table} DROP COLUMN {column}",
            reversible=False,
            transactional=True,
        )
    for one in phasing.take("table", "drop"):
        phasing.add(
            "contract",
            f"Drop the table {one.name}",
            f"DROP TABLE {identifier(one.name)}",
            reversible=False,
            transactional=True,
        )
    for one in phasing.take("carried", {"add", "drop", "alter"}):
        phasing.refuse(one, "it is carried as text", "run its statement, or drop it")
