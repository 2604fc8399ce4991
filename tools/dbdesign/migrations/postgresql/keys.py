"""Primary and unique keys: their index is built concurrently, and the constraint takes it over without reading the table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dbdesign.dialects.postgresql import chosen_name, joined_columns
from dbdesign.migrations.postgresql.draft import SCAN
from dbdesign.migrations.postgresql.indexes import as_concurrent, concurrently
from dbdesign.migrations.postgresql.not_null import set_not_null
from dbdesign.migrations.postgresql.planning import Planning, temporary
from dbdesign.migrations.postgresql.statements import add_constraint, alter, drop_constraint, validate
from dbdesign.model.migration import Operation, PhaseName
from dbdesign.model.schema import Index, IndexKey, Key, Table
from dbdesign.writers.postgresql import objects
from dbdesign.writers.postgresql.clauses import index_statement
from dbdesign.writers.postgresql.spelling import identifier, identifiers


def plan(planning: Planning) -> None:
    """Every operation on a key of a table that stood before."""
    kinds = ("primary key", "unique key")
    for operation in planning.take(kinds, ("add", "alter", "drop"), lambda one: _concerns(planning, one)):
        assert operation.table is not None  # noqa: S101 - a key is a table's
        if operation.action == "drop":
            _drop(planning, operation, operation.table)
        elif isinstance(operation.after, Key):
            add(
                planning,
                operation.table,
                operation.after,
                operation.before if isinstance(operation.before, Key) else None,
            )


def _concerns(planning: Planning, operation: Operation) -> bool:
    return operation.table is not None and operation.table not in planning.replaced


def as_index(key: Key, name: str) -> Index:
    """The unique index behind a key."""
    options = {one: value for one, value in key.options.items() if one != "statistics"}
    keys = tuple(IndexKey(column=one) for one in key.columns)
    return Index(
        name=name,
        keys=keys,
        unique=True,
        include=key.include,
        nulls_not_distinct=key.nulls_not_distinct,
        options=options,
    )


def using_index(table: Table, key: Key, index: str) -> str:
    """ADD CONSTRAINT … USING INDEX, which gives the index the constraint's name."""
    word = "PRIMARY KEY" if key is table.primary_key or key == table.primary_key else "UNIQUE"
    deferral = " DEFERRABLE" * key.deferrable + " INITIALLY DEFERRED" * key.initially_deferred
    return f"ADD CONSTRAINT {identifier(key.name or index)} {word} USING INDEX {identifier(index)}{deferral}"


def add(planning: Planning, label: str, key: Key, before: Key | None) -> None:
    """Add a key, or replace one whose definition differs."""
    table, old = planning.table(label), planning.old(label)
    place = planning.place(label)
    if table.partition_of is not None and _comes_with_parent(planning, table, key):
        return
    primary = key == table.primary_key
    phase: PhaseName = "validate"
    if primary:
        _not_null(planning, table, old, key, place)
    if table.partitioning is not None or key.without_overlaps:
        _whole(planning, table, key, before, place)
        return
    index = as_index(key, temporary(key.name or label, "new"))
    concurrently(planning, table, place, index, phase, why=f" for {key.name}")
    planning.drafts[-1].precondition = no_duplicates(place, key)
    final_phase: PhaseName = "contract" if before is not None else "validate"
    final = planning.place(label, final_phase)
    up: list[str] = []
    said = list(objects.comment("CONSTRAINT", f"{identifier(key.name or '')} ON {final}", key.comment))
    referring: list[_Reference] = []
    if before is not None:
        found = _references(planning, label, before, key)
        if found is None:
            planning.manual.append(
                f"{label}: {key.name} changes and foreign keys refer to it that cannot be made again as NOT VALID. In a maintenance "
                "window and one transaction: drop them, exchange the key, add them: "
                + ", ".join(f"{one} ({name})" for one, name in planning.referrers(label, before))
            )
            planning.drafts.pop()
            return
        referring = found
        up += [*(one.drop for one in referring), drop_constraint(final, key.name or "")]
    up += [alter(final, using_index(table, key, index.name or "")), *(one.add for one in referring), *said]
    back = [drop_constraint(final, key.name or "")]
    if before is not None:
        back = _replaced_back(planning, final, label, key, before, index, referring)
    planning.add(
        final_phase,
        f"Make {key.name} of the index",
        up,
        back,
        down_transactional=before is None,
        notes=["Taking over an index that is invalid fails (55000)."],
    )
    for one in referring:
        if one.validate:
            planning.add(final_phase, f"Check the rows against {one.name} again", [one.validate], manner=SCAN)
    _restore_index(planning, index)


@dataclass(frozen=True)
class _Reference:
    """A foreign key that needs a key which is exchanged: how it goes, comes again without a scan, and is validated."""

    name: str
    drop: str
    add: str
    validate: str | None


def _references(planning: Planning, label: str, before: Key, after: Key) -> list[_Reference] | None:
    """Those that refer to a key; None where one of them changes as well, cannot be NOT VALID, or would need another key on the way back."""
    found = []
    for child, name in planning.referrers(label, before):
        if set(after.columns) != set(before.columns):
            return None
        table = planning.table(child, "contract")
        key = next(one for one in planning.table(child).foreign_keys if one.name == name)
        changing = any(one.kind == "foreign key" and one.table == child for one in planning.operations)
        partitioned = table.partitioning is not None or table.partition_of is not None
        if changing or partitioned or child in planning.replaced or child in planning.added:
            return None
        place = planning.place(child, "contract")
        again = add_constraint(place, table, planning.reference(key, "contract"), valid=not key.enforced)
        check = validate(place, name) if key.valid and key.enforced else None
        found.append(_Reference(name, drop_constraint(place, name), again, check))
    return found


def _replaced_back(
    planning: Planning, place: str, label: str, key: Key, before: Key, index: Index, referring: list[_Reference]
) -> list[str]:
    """The old key's index is built again before the keys change places, and the new one's behind that."""
    renamed = planning.renamed.table_by_label.get(label) or planning.table(label)
    interim = temporary(key.name or "", "back")
    exchanged = [drop_constraint(place, key.name or ""), alter(place, using_index(renamed, before, interim))]
    return [
        as_concurrent(index_statement(place, as_index(before, interim))),
        as_one([*(one.drop for one in referring), *exchanged, *(one.add for one in referring)]),
        *(one.validate for one in referring if one.validate),
        as_concurrent(index_statement(place, index)),
    ]


def as_one(statements: Iterable[str]) -> str:
    """Statements as one, so that they hold together where no transaction is open around them."""
    lines = "\n".join(f"    EXECUTE $statement${one}$statement$;" for one in statements)
    return f"DO $back$\nBEGIN\n{lines}\nEND\n$back$"


def _restore_index(planning: Planning, index: Index) -> None:
    """Dropping the constraint drops its index, so that the rollback of the build finds none: it says IF EXISTS."""
    for draft in planning.drafts:
        if draft.title.startswith(f"Build index {index.name} on "):
            draft.notes.append("The constraint that takes the index over drops it with itself.")


def no_duplicates(place: str, key: Key) -> str:
    """SQL that is true where a unique key holds."""
    names = identifiers(key.columns)
    lax = (
        ""
        if key.nulls_not_distinct
        else " WHERE " + " AND ".join(f"{identifier(one)} IS NOT NULL" for one in key.columns)
    )
    return f"SELECT NOT EXISTS (SELECT 1 FROM {place}{lax} GROUP BY {names} HAVING count(*) > 1)"


def _not_null(planning: Planning, table: Table, old: Table | None, key: Key, place: str) -> None:
    """A primary key over a nullable column would read the table under ACCESS EXCLUSIVE."""
    for name in key.columns:
        column, was = table.column(name), old.column(planning.old_column(table.label, name)) if old else None
        pending = f"{table.label}.{name}" in planning.proven
        if column is not None and was is not None and was.nullable and not pending:
            planning.proven.add(f"{table.label}.{name}")
            set_not_null(planning, table, column, place)


def _comes_with_parent(planning: Planning, table: Table, key: Key) -> bool:
    parent = planning.after.table_by_label.get(table.partition_of.label) if table.partition_of else None
    if parent is None:
        return False
    candidates: Iterable[Key] = (*([parent.primary_key] if parent.primary_key else []), *parent.unique_keys)
    return any(one.columns == key.columns for one in candidates)


def _whole(planning: Planning, table: Table, key: Key, before: Key | None, place: str) -> None:
    """On a partitioned table USING INDEX is refused: a unique index on each partition first, which the constraint then finds."""
    if table.partitioning is None or before is not None:
        planning.manual.append(
            f"{table.label}: {key.name} cannot be built beside the table's use; add it in a maintenance window: "
            f"{add_constraint(place, table, key)}"
        )
        return
    for child in planning.partitions(table.label):
        if child.partitioning is None and planning.old(child.label) is not None:
            own = next(
                (
                    one
                    for one in (*([child.primary_key] if child.primary_key else []), *child.unique_keys)
                    if one.columns == key.columns
                ),
                None,
            )
            usual = chosen_name(
                child.name,
                "" if key == table.primary_key else joined_columns(key.columns),
                "pkey" if key == table.primary_key else "key",
            )
            name = own.name if own and own.name else usual
            shown = planning.table(child.label)
            place_of_child = planning.place(child.label)
            index = as_index(key, name)
            concurrently(planning, shown, place_of_child, index, "validate", why=f" for {key.name}")
            wanted = own or key.model_copy(update={"name": name})
            is_primary = key == table.primary_key
            made = shown.model_copy(update={"primary_key": wanted if is_primary else shown.primary_key})
            planning.add(
                "validate",
                f"Make {name} of the index",
                [alter(place_of_child, using_index(made, wanted, name))],
                [alter(place_of_child, f"DROP CONSTRAINT IF EXISTS {identifier(name)}")],
            )
    planning.add(
        "validate",
        f"Add {key.name} to {table.label}: its partitions have it already",
        [
            add_constraint(place, table, key),
            *objects.comment("CONSTRAINT", f"{identifier(key.name or '')} ON {place}", key.comment),
        ],
        [drop_constraint(place, key.name or "")],
    )


def _drop(planning: Planning, operation: Operation, label: str) -> None:
    """Old code may still say ON CONFLICT with it: it goes last."""
    before = operation.before
    table = planning.after.table_by_label.get(label)
    if table is None or not isinstance(before, Key):
        return
    if table.partition_of is not None:
        return
    final = planning.place(label, "contract")
    names = {one.name for one in table.columns}
    if not set(before.columns) <= names:
        return  # goes with its column
    name = before.name or operation.name
    old = planning.old(label) or table
    index = as_index(before, name)
    if (needed := planning.referrers(label, before)) and not _stays_beside(old, table, before):
        planning.manual.append(
            f"{label}: foreign keys rest on {name}, which goes: {', '.join(f'{one} ({key})' for one, key in needed)}. In a transaction "
            f"of its own: drop them, drop {name}, and add them again as NOT VALID, so that they rest on another key; then validate them"
        )
        return
    primary = old.primary_key is not None and old.primary_key.name == before.name
    made = old.model_copy(update={"primary_key": before if primary else None})
    if table.partitioning is not None or before.without_overlaps:
        planning.add("contract", f"Drop {name}", [drop_constraint(final, name)], [add_constraint(final, made, before)])
        return
    planning.add(
        "contract",
        f"Drop {name}",
        [drop_constraint(final, name)],
        [as_concurrent(index_statement(final, index)), alter(final, using_index(made, before, name))],
        down_transactional=False,
    )


def _stays_beside(old: Table, table: Table, gone: Key) -> bool:
    """Whether another key over the same columns stands before and after, on which foreign keys may rest."""

    def named(of: Table) -> set[str | None]:
        keys = [*([of.primary_key] if of.primary_key else []), *of.unique_keys]
        return {one.name for one in keys if set(one.columns) == set(gone.columns) and one.name != gone.name}

    return bool(named(old) & named(table))
