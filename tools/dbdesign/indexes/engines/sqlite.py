"""Indexes of SQLite.

Sources: "CREATE INDEX" (expressions, descending keys), "Partial indexes" (a term of its WHERE must stand in the query's in the same words,
or be `IS NOT NULL` of a column that is compared), "Rowid tables" (each index ends with the rowid, which an INTEGER PRIMARY KEY is).
"""

from __future__ import annotations

from dbdesign.indexes.candidate import KeyPart
from dbdesign.indexes.engines.base import Built, Order, comparisons, translated
from dbdesign.indexes.upkeep import columns_read


def build(order: Order) -> Built:
    """Included columns become keys; the rowid is in every index."""
    candidate, notes = order.candidate, list[str]()
    columns = [
        *candidate.keys,
        *(KeyPart(one) for one in order.without_clustered_key(candidate.include, _rowid(order))),
    ]
    where = comparisons(candidate.where, "sqlite") if candidate.where else None
    if candidate.where and where is None:
        notes.append(f"({candidate.where}) is left out: SQLite takes a partial index where the query has its words")
        read = columns_read(candidate, order.table) - {key.column for key in columns}
        columns += [KeyPart(name) for name in sorted(read)]
    keys = [said for key in columns if (said := _key(key, order, notes)) is not None]
    said = f"CREATE INDEX {order.index} ON {order.quoted(order.table.name)} ({', '.join(keys)})"
    return Built(f"{said}{f' WHERE {where}' if where else ''};", tuple(notes))


def _rowid(order: Order) -> tuple[str, ...]:
    primary = order.primary
    column = order.column(primary[0]) if len(primary) == 1 else None
    return primary if column is not None and column.type.native.lower() == "integer" else ()


def _key(key: KeyPart, order: Order, notes: list[str]) -> str | None:
    if key.column is not None:
        return order.plain(key)
    expression = translated(key.expression or "", "sqlite")
    if expression is None:
        notes.append(f"({key.expression}) cannot be said in SQLite: make it a generated column and index that")
        return None
    return f"{expression}{' DESC' if key.descending else ''}"
