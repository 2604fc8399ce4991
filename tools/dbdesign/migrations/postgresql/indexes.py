"""Indexes built, replaced and dropped concurrently; on a partitioned table partition by partition."""

from __future__ import annotations

from collections.abc import Iterable

from dbdesign.migrations.postgresql.draft import CONCURRENT
from dbdesign.migrations.postgresql.planning import Planning, temporary
from dbdesign.model.migration import Operation, PhaseName, Wait
from dbdesign.model.schema import Index, Table
from dbdesign.writers.postgresql import objects
from dbdesign.writers.postgresql.clauses import index_statement
from dbdesign.writers.postgresql.spelling import identifier, literal, qualified

_PROGRESS = (
    "SELECT NOT EXISTS (SELECT 1 FROM pg_stat_progress_create_index WHERE relid = {table}::regclass) AS done, "
    "(SELECT CASE WHEN blocks_total > 0 THEN blocks_done::float8 / blocks_total END FROM pg_stat_progress_create_index "
    "WHERE relid = {table}::regclass LIMIT 1) AS progress"
)


def plan(planning: Planning) -> None:
    """Every operation on a plain index of a table that stood before."""
    for operation in planning.take("index", ("add", "alter", "drop")):
        if operation.table in {one.label for one in planning.after.views}:
            _of_view(planning, operation)
        elif operation.action == "drop":
            _drop(planning, operation)
        elif isinstance(operation.after, Index):
            assert operation.table is not None  # noqa: S101
            if operation.after.partition_of and not _own(planning, operation.table, operation.after):
                continue
            if operation.action == "add":
                build(
                    planning,
                    operation.table,
                    operation.after,
                    phase_of(planning, operation.table, operation.after.columns),
                )
            else:
                _replace(planning, operation)


def _own(planning: Planning, label: str, index: Index) -> bool:
    """Whether a partition's attached index is not made along with its parent's."""
    table = planning.after.table_by_label[label]
    parent = table.partition_of and planning.after.table_by_label.get(table.partition_of.label)
    if not parent:
        return True
    standing = planning.old(parent.label)
    name = (index.partition_of or "").rpartition(".")[2]
    was_there = standing is not None and any(one.name == name for one in standing.indexes)
    return (
        was_there
        and planning.old(label) is not None
        and planning.old(label) is not None
        and not _attached_before(planning, label)
    )


def _attached_before(planning: Planning, label: str) -> bool:
    old = planning.old(label)
    return old is not None and old.partition_of is not None


def phase_of(planning: Planning, label: str, columns: Iterable[str]) -> PhaseName:
    """Behind the backfill where one fills a column of it: an index that grows along makes each batch slower."""
    return "validate" if any(f"{label}.{one}" in planning.filled for one in columns) else "expand"


def build(planning: Planning, label: str, index: Index, phase: PhaseName, *, table: Table | None = None) -> None:
    """Build an index without stopping writers."""
    shown = table or planning.table(label)
    if shown.partitioning is not None:
        _partitioned(planning, shown, index, phase)
        return
    place = qualified(shown.namespace, shown.name)
    concurrently(planning, shown, place, index, phase)
    if index.comment is not None:
        name = qualified(shown.namespace, index.name or "")
        planning.merge(
            phase, "said of indexes", "Comments of new indexes", objects.comment("INDEX", name, index.comment)
        )


def concurrently(
    planning: Planning, table: Table, place: str, index: Index, phase: PhaseName, *, why: str = ""
) -> None:
    """CREATE INDEX CONCURRENTLY as a step with its precondition, postcondition and clean-up."""
    name = qualified(table.namespace, index.name or "")
    drop = f"DROP INDEX CONCURRENTLY IF EXISTS {name}"
    notes = ["A failed attempt leaves an invalid index, which slows writers and reads nothing; the clean-up drops it."]
    if index.unique:
        notes.append(
            "It fails on duplicates; the precondition looks for none. While it is invalid it may let duplicates in."
        )
    planning.add(
        phase,
        f"Build index {index.name} on {table.label}{why}",
        [as_concurrent(index_statement(place, index))],
        [drop],
        manner=CONCURRENT,
        precondition=f"SELECT to_regclass({literal(name)}) IS NULL",
        postcondition=valid(name),
        cleanup=drop,
        wait=Wait(poll=_PROGRESS.format(table=literal(place)), reason="the index is built by two scans of the table"),
        notes=notes,
    )


def valid(name: str) -> str:
    """Whether an index, by its name as SQL, is there and may be used."""
    return f"SELECT coalesce((SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass({literal(name)})), false)"


def as_concurrent(statement: str) -> str:
    """CREATE INDEX made concurrent."""
    return statement.replace(" INDEX ", " INDEX CONCURRENTLY ", 1)


def only(statement: str, place: str) -> str:
    """CREATE INDEX of a partitioned table alone, not of its partitions."""
    return statement.replace(f" ON {place}", f" ON ONLY {place}", 1)


def _partitioned(planning: Planning, table: Table, index: Index, phase: PhaseName) -> None:
    """An invalid index on the parent, one built concurrently on each partition, and each attached: the last makes the parent's valid."""
    place = qualified(table.namespace, table.name)
    parent = qualified(table.namespace, index.name or "")
    plain = index.model_copy(update={"only": False})
    planning.add(
        phase,
        f"Prepare index {index.name} on {table.label} alone",
        [only(index_statement(place, plain), place)],
        [f"DROP INDEX {parent}"],
        notes=["It stays invalid until every partition has its own."],
    )
    _partition_indexes(planning, table, index, phase)


def _partition_indexes(planning: Planning, table: Table, index: Index, phase: PhaseName) -> None:
    for child in planning.after.tables:
        if child.partition_of is None or child.partition_of.label != table.label or planning.old(child.label) is None:
            continue
        if not _attached_before(planning, child.label):
            continue
        own = _child_index(child, index, table)
        shown = planning.table(child.label)
        if child.partitioning is not None:
            _partitioned(planning, shown, own, phase)
        else:
            concurrently(planning, shown, qualified(shown.namespace, shown.name), own, phase)
        name, parent = qualified(child.namespace, own.name or ""), qualified(table.namespace, index.name or "")
        planning.add(phase, f"Attach index {own.name}", [f"ALTER INDEX {parent} ATTACH PARTITION {name}"], [], key=None)
        planning.drafts[-1].notes.append("Taken back when the parent's index is dropped.")
        _guard_rollback(planning, own, phase)


def _guard_rollback(planning: Planning, index: Index, phase: PhaseName) -> None:
    """An attached index cannot be dropped by itself: dropping the parent's drops it, so that its own rollback finds none."""
    for draft in planning.drafts:
        if draft.phase == phase and draft.title.startswith(f"Build index {index.name} on "):
            draft.down = []
            draft.notes.append("Taken back when the parent's index is dropped.")


def _child_index(child: Table, index: Index, parent: Table) -> Index:
    """The index of a partition, by the name that the schema after gives it."""
    wanted = f"{parent.namespace}.{index.name}" if parent.namespace else index.name
    for one in child.indexes:
        if one.partition_of == wanted:
            return one.model_copy(update={"partition_of": None})
    for one in child.indexes:
        if one.keys == index.keys and one.where == index.where and one.unique == index.unique:
            return one.model_copy(update={"partition_of": None})
    name = temporary(f"{child.name}_{'_'.join(index.columns)}", "idx").replace("__idx", "_idx")
    return index.model_copy(update={"name": name, "only": False})


def _replace(planning: Planning, operation: Operation) -> None:
    """The new one is built beside the old one, which goes when no query of the old version needs it."""
    before, after, label = operation.before, operation.after, operation.table
    assert isinstance(before, Index)  # noqa: S101 - by the kind
    assert isinstance(after, Index)  # noqa: S101
    assert label is not None  # noqa: S101
    table = planning.table(label)
    new = after.model_copy(update={"name": temporary(after.name or "", "new"), "comment": None})
    build(planning, label, new, phase_of(planning, label, after.columns))
    final = planning.table(label, "contract")
    place = qualified(final.namespace, final.name)
    old, now = qualified(table.namespace, after.name or ""), qualified(table.namespace, new.name or "")
    _drop_step(planning, final, before.model_copy(update={"name": after.name}), place)
    up = [f"ALTER INDEX {now} RENAME TO {identifier(after.name or '')}"]
    up += objects.comment("INDEX", old, after.comment)
    planning.add(
        "contract",
        f"Give index {after.name} its name",
        up,
        [f"ALTER INDEX {old} RENAME TO {identifier(new.name or '')}"],
    )


def _drop(planning: Planning, operation: Operation) -> None:
    before, label = operation.before, operation.table
    if not isinstance(before, Index) or label is None:
        return
    if planning.after.table_by_label.get(label) is None or before.partition_of:
        return  # goes with its table, or with its parent's index
    final = planning.table(label, "contract")
    columns = {one.name for one in final.columns}
    if any(one.column and one.column not in columns for one in before.keys) and planning.settings.allow_destructive:
        return  # goes with its column
    _drop_step(planning, final, before, qualified(final.namespace, final.name))


def _drop_step(planning: Planning, table: Table, index: Index, place: str) -> None:
    name = qualified(table.namespace, index.name or "")
    create = index_statement(place, index)
    if table.partitioning is not None:
        planning.add("contract", f"Drop index {index.name}", [f"DROP INDEX {name}"], [create])
        planning.drafts[-1].notes.append(
            "A partitioned index cannot be dropped concurrently (0A000); the rollback builds it under SHARE."
        )
        return
    planning.add(
        "contract",
        f"Drop index {index.name}",
        [f"DROP INDEX CONCURRENTLY {name}"],
        [as_concurrent(create), *objects.comment("INDEX", name, index.comment)],
        manner=CONCURRENT,
        postcondition=f"SELECT to_regclass({literal(name)}) IS NULL",
        cleanup=f"DROP INDEX CONCURRENTLY IF EXISTS {name}",
    )


def _of_view(planning: Planning, operation: Operation) -> None:
    """An index of a materialized view."""
    view = next((one for one in planning.after.views if one.label == operation.table), None)
    if view is None or view.label in planning.done_views:
        return
    shown = Table(namespace=view.namespace, name=view.name)
    place = qualified(view.namespace, view.name)
    if operation.action in {"alter", "drop"} and isinstance(operation.before, Index):
        _drop_step(planning, shown, operation.before, place)
    if operation.action in {"add", "alter"} and isinstance(operation.after, Index):
        phase: PhaseName = "contract" if operation.action == "alter" else "switch"
        concurrently(planning, shown, place, operation.after, phase)
