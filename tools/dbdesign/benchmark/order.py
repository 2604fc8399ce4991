"""In which order tables are filled, and which foreign keys must wait until the others are."""

from __future__ import annotations

from dataclasses import dataclass, field

from dbdesign.model.relations import strongly_connected
from dbdesign.model.schema import ForeignKey, Schema, Table


@dataclass(frozen=True)
class Order:
    """The tables, parents first where it can be.

    Attributes:
        tables: labels of tables that foreign keys are declared on; partitions stand for their root.
        late: foreign keys, by label, that refer to a table filled later or to their own: set by an UPDATE at the end.
    """

    tables: tuple[str, ...]
    late: dict[str, tuple[ForeignKey, ...]] = field(default_factory=dict)


def root_of(table: Table, schema: Schema) -> Table:
    """The partitioned table at the top; a table that is no partition itself."""
    seen = 0
    while table.partition_of and (parent := schema.table_by_label.get(table.partition_of.label)) and seen < 32:
        table, seen = parent, seen + 1
    return table


def partition_keys(table: Table, schema: Schema) -> frozenset[str]:
    """The columns by which a partition is told from others, at every level above it."""
    found: set[str] = set()
    for _ in range(32):
        parent = schema.table_by_label.get(table.partition_of.label) if table.partition_of else None
        if parent is None:
            break
        found |= {key.column for key in parent.partitioning.keys if key.column} if parent.partitioning else set()
        table = parent
    return frozenset(found)


def load_order(schema: Schema) -> Order:
    """The order, and the foreign keys that it leaves for later.

    In a cycle the table goes first that has the fewest NOT NULL columns referring to those that are still to come.
    """
    roots = [table for table in schema.tables if root_of(table, schema) is table]
    keys = {table.label: keys_of(table, schema) for table in roots}
    graph = {label: [root_label(key, schema) for key in found] for label, found in keys.items()}
    done: list[str] = []
    late: dict[str, tuple[ForeignKey, ...]] = {}
    for group in strongly_connected(graph):
        waiting = sorted(group, key=[table.label for table in roots].index)
        while waiting:
            chosen = min(
                waiting, key=lambda label: _obstacles(schema.table_by_label[label], keys[label], waiting, schema)
            )
            ahead = tuple(key for key in keys[chosen] if root_label(key, schema) in waiting)
            if ahead:
                late[chosen] = ahead
            waiting.remove(chosen)
            done.append(chosen)
    return Order(tuple(done), late)


def keys_of(table: Table, schema: Schema) -> list[ForeignKey]:
    """The enforced foreign keys to tables that are there; the same columns to the same table count once.

    A key with a period is one with an equal period: a child's time is that of a parent's row.
    """
    found: dict[tuple[tuple[str, ...], str, tuple[str, ...]], ForeignKey] = {}
    for key in table.foreign_keys:
        if key.enforced and key.references in schema.table_by_label:
            found.setdefault((key.columns, key.references, key.referenced_columns), key)
    return list(found.values())


def own_columns(key: ForeignKey, table: Table) -> frozenset[str]:
    """The columns of a foreign key that belong to the table's own primary key, and so are settled before it refers to anything; none
    where all of them do.
    """
    own = set(key.columns) & set(table.primary_key.columns if table.primary_key else ())
    return frozenset() if len(own) == len(set(key.columns)) else frozenset(own)


def root_label(key: ForeignKey, schema: Schema) -> str:
    """The label of the root of the referenced table."""
    return root_of(schema.table_by_label[key.references], schema).label


def _obstacles(table: Table, keys: list[ForeignKey], waiting: list[str], schema: Schema) -> int:
    return sum(
        1000 if all((column := table.column(name)) is not None and not column.nullable for name in key.columns) else 1
        for key in keys
        if (parent := root_label(key, schema)) in waiting and parent != table.label
    )
