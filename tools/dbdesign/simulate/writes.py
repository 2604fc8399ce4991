"""What a statement that writes does beside its plan: indexes to maintain, foreign keys to check, triggers, checks, partitions.

Sources: PostgreSQL 18, `src/backend/access/heap/README.HOT` (an UPDATE that changes no indexed column, and finds room on the row's page,
makes no index entries; columns of BRIN indexes do not count); `src/backend/utils/adt/ri_triggers.c` (an INSERT, and an UPDATE of the
referencing columns, looks the parent's row up and locks it; a DELETE, and an UPDATE of the referenced columns, looks for rows that refer
to it, with a scan where no index begins with the referencing columns).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dbdesign.simulate.pages import Pages, height

if TYPE_CHECKING:
    from dbdesign.model.schema import ForeignKey, Schema, Table
    from dbdesign.queries.uses import Write
    from dbdesign.simulate.plans import Plan
    from dbdesign.simulate.relations import Catalog
    from dbdesign.twin.relations import Relation

_WORD = re.compile(r"[A-Za-z_]\w*")

_IN_ORDER = 0.95
"""Correlation from which on new values are taken for the greatest ones."""

_ACTS = frozenset({"cascade", "set null", "set default"})


@dataclass(frozen=True)
class KeptIndex:
    """An index that gets an entry for each row that is written.

    Attributes:
        blocks: that one entry touches: a block a level, and the leaf.
        ordered: whether new entries come at its end, where the leaf is in memory: keys that are counted up, times.
    """

    name: str
    blocks: float
    unique: bool = False
    ordered: bool = False


@dataclass(frozen=True)
class CheckedKey:
    """A foreign key that the write makes the server check.

    Attributes:
        side: `referencing` (the parent's row is looked up) or `referenced` (rows that refer to the written one are looked for).
        table: that is searched.
        indexed: whether an index serves the search.
        blocks: that one search touches.
        found: rows that refer to one row, on average, and that the action deletes or changes; 0 where it does neither.
    """

    name: str
    side: str
    table: str
    columns: tuple[str, ...]
    action: str
    indexed: bool
    rows: float
    blocks: float
    found: float = 0.0


@dataclass(frozen=True)
class Written:
    """One table that a statement writes.

    Attributes:
        rows: that it is expected to write.
        hot: whether an UPDATE can be heap-only; None for other statements. `hot_reason` says why.
        pages: blocks that one execution writes, full-page images and the log apart.
    """

    table: str
    kind: str
    rows: float
    columns: tuple[str, ...] = ()
    indexes: tuple[KeptIndex, ...] = ()
    hot: bool | None = None
    hot_reason: str = ""
    foreign_keys: tuple[CheckedKey, ...] = ()
    triggers: tuple[str, ...] = ()
    checks: tuple[str, ...] = ()
    generated: tuple[str, ...] = ()
    partitioned_by: tuple[str, ...] = ()
    partitions: int = 0
    pages: float = 0.0
    notes: tuple[str, ...] = field(default=())

    @property
    def touched(self) -> Pages:
        """Blocks that it touches beside those that its plan reads: entries of indexes, searches for foreign keys and what they find."""
        total = Pages(upper=self.rows)
        for index in self.indexes:
            leaf = 0.0 if index.ordered else 1.0
            total += Pages(random=leaf * self.rows, upper=(index.blocks - leaf) * self.rows)
        for key in self.foreign_keys:
            if key.indexed:
                leaves = 2.0 if key.side == "referencing" else 1.0 + key.found
                total += Pages(random=leaves * self.rows, upper=max(key.blocks - 2, 0.0) * self.rows)
            else:
                total += Pages(sequential=key.blocks * self.rows)
        return total

    @property
    def searched(self) -> float:
        """Rows that scans for foreign keys compare."""
        return sum(key.rows * self.rows for key in self.foreign_keys if not key.indexed)


def writes_of(writes: list[Write], plan: Plan, catalog: Catalog, schema: Schema) -> list[Written]:
    """What each write of a statement entails."""
    return [_written(one, plan, catalog, schema) for one in writes]


def _written(write: Write, plan: Plan, catalog: Catalog, schema: Schema) -> Written:
    table = write.table
    relation = catalog.twin.relation(table.label)
    rows = _rows(table, plan)
    hot, reason, kept = _indexes(write, relation, catalog)
    keys = (*_referencing(write, schema, catalog), *_referenced(write, schema, catalog))
    return Written(
        table.label,
        write.kind,
        rows,
        tuple(sorted(write.columns)),
        kept,
        hot,
        reason,
        keys,
        tuple(_triggers(write)),
        tuple(_checks(write)),
        tuple(one.name for one in table.columns if one.generated and one.generated.stored)
        if write.kind != "delete"
        else (),
        tuple(key.column or key.expression or "" for key in table.partitioning.keys) if table.partitioning else (),
        len(catalog.leaves(relation)) if relation is not None and table.partitioning else 0,
        rows * (1.0 if write.kind != "update" or hot else 2.0) + rows * len(kept),
        tuple(_notes(write, rows)),
    )


def _rows(table: Table, plan: Plan) -> float:
    """The rows below the node that modifies the table; a VALUES list or a single row is what the node beneath gives."""
    for node in plan.nodes:
        if (
            node.type == "ModifyTable"
            and node.children
            and (node.table is None or node.table.label == table.label or not table.partitioning)
        ):
            outer = [one for one in node.children if one.relationship not in {"InitPlan", "SubPlan"}]
            return outer[0].rows if outer else node.rows
    return 1.0


def _indexes(
    write: Write, relation: Relation | None, catalog: Catalog
) -> tuple[bool | None, str, tuple[KeptIndex, ...]]:
    """Whether it is heap-only and why, and the indexes that get an entry."""
    if relation is None or write.kind == "delete":
        return None, "", ()
    indexes = catalog.indexes(relation)
    kept = tuple(_kept(one, catalog) for one in indexes)
    if not write.columns:  # of an UPDATE, or of the updates in a MERGE and in ON CONFLICT
        return None, "", kept
    for index in indexes:
        touched = sorted(_index_columns(index) & write.columns)
        if touched and index.method != "brin":
            return (
                False,
                f"{', '.join(touched)} stands in {index.name}: every index of the table gets a new entry",
                kept,
            )
    summarised = tuple(
        _kept(one, catalog) for one in indexes if one.method == "brin" and _index_columns(one) & write.columns
    )
    fill = relation.fillfactor or 100
    room = (
        f"fillfactor {fill} keeps room on the page"
        if fill < 100
        else "as far as the page has room: fillfactor 100 keeps none free, about 85 would"
    )
    said = f"no indexed column is set; {room}"
    return True, said, summarised if write.kind == "update" else kept


def _kept(index: Relation, catalog: Catalog) -> KeptIndex:
    blocks = height(float(catalog.twin.pages(index))) + 1
    return KeptIndex(index.name, blocks, index.unique, index.method == "brin" or _rises(index, catalog))


def _rises(index: Relation, catalog: Catalog) -> bool:
    """Whether the values of its first column come in their order."""
    table = catalog.by_oid.get(index.table or 0)
    column = index.attributes[0].table_column if index.attributes else None
    known = catalog.twin.column(table, column) if table and column else None
    return index.method == "btree" and known is not None and (known.correlation or 0.0) > _IN_ORDER


def _index_columns(index: Relation) -> set[str]:
    """The columns that an index depends on, those of its predicate and of its expressions (by name) counted in."""
    names = {one.table_column for one in index.attributes if one.table_column}
    return names | set(_WORD.findall(index.predicate or ""))


def _referencing(write: Write, schema: Schema, catalog: Catalog) -> Iterator[CheckedKey]:
    """The write refers to parents."""
    if write.kind == "delete":
        return
    for key in write.table.foreign_keys:
        parent = schema.table_by_label.get(key.references)
        if not key.enforced or parent is None or (write.kind == "update" and not write.columns & set(key.columns)):
            continue
        yield _checked(
            key, "referencing", write.table, parent, key.referenced_columns, catalog, "look-up and lock of the parent"
        )


def _referenced(write: Write, schema: Schema, catalog: Catalog) -> Iterator[CheckedKey]:
    """The write takes away what others may refer to."""
    if write.kind == "insert":
        return
    for child in schema.tables:
        for key in child.foreign_keys:
            changed = write.kind != "update" or bool(write.columns & set(key.referenced_columns))
            if key.references != write.table.label or not key.enforced or not changed or child.partition_of is not None:
                continue
            action = key.on_update if write.kind == "update" else key.on_delete
            yield _checked(key, "referenced", child, child, key.columns, catalog, action)


def _checked(
    key: ForeignKey, side: str, owner: Table, searched: Table, columns: tuple[str, ...], catalog: Catalog, action: str
) -> CheckedKey:
    relation = catalog.twin.relation(searched.label)
    indexed = searched.has_index_on(columns) or searched.has_index_on(columns[:1])
    blocks, rows = 0.0, 0.0
    if relation is not None:
        parts = _holders(relation, catalog)
        rows = sum(catalog.twin.rows(one) for one in parts)
        whole = float(sum(catalog.twin.pages(one) for one in parts))
        blocks = height(whole) + 2 if indexed else whole
    found = 0.0
    if side == "referenced" and action in _ACTS:
        parents = catalog.twin.relation(key.references)
        found = rows / max(1.0, sum(catalog.twin.rows(one) for one in _holders(parents, catalog)))
    return CheckedKey(
        key.name or f"{owner.label} ({', '.join(key.columns)})",
        side,
        searched.label,
        columns,
        action,
        indexed,
        rows,
        blocks,
        found,
    )


def _holders(relation: Relation | None, catalog: Catalog) -> list[Relation]:
    """The table itself, or its partitions."""
    if relation is None:
        return []
    return catalog.leaves(relation) if relation.kind == "p" else [relation]


def _triggers(write: Write) -> Iterator[str]:
    for one in write.table.triggers:
        events = {event.lower().split()[0] for event in one.events}
        if one.enabled != "disabled" and (not events or write.kind in events or write.kind == "merge"):
            yield f"{one.name} ({one.timing.lower()} {write.kind})" if one.timing else one.name


def _checks(write: Write) -> Iterator[str]:
    """CHECK constraints, all of which an INSERT or UPDATE evaluates, and exclusion constraints."""
    if write.kind == "delete":
        return
    for check in write.table.checks:
        if check.enforced:
            yield check.name or check.expression
    for exclusion in write.table.exclusions:
        yield f"{exclusion.name or 'exclusion constraint'} (searches its {exclusion.method} index)"


def _notes(write: Write, rows: float) -> Iterator[str]:
    if write.kind == "delete":
        yield "index entries stay until VACUUM removes them"
    if write.kind == "update" and write.table.partitioning:
        keys = {key.column for key in write.table.partitioning.keys}
        if keys & write.columns:
            yield "the partition key is set: a row may move to another partition (DELETE and INSERT)"
    if rows >= 1_000_000:
        yield "millions of rows in one transaction: write in batches"
