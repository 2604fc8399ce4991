"""Indexes of SQL Server.

Sources: "Maximum capacity specifications for SQL Server" (32 key columns, 1,700 bytes of a nonclustered key since 2016); "CREATE INDEX":
the filter takes comparisons with constants joined by AND; text, ntext, image, xml, json and (max) types are no keys, the first three are
not carried either; "Clustered and nonclustered indexes" (the clustered key is in each); "Guidelines for online index operations".
"""

from __future__ import annotations

from dbdesign.indexes.candidate import KeyPart
from dbdesign.indexes.engines.base import Built, Order, comparisons
from dbdesign.indexes.upkeep import columns_read
from dbdesign.model.schema import Column
from dbdesign.model.types import Kind

KEY_BYTES, MOST_KEYS = 1700, 32

_BYTES = {
    Kind.INT8: 1, Kind.INT16: 2, Kind.INT32: 4, Kind.INT64: 8, Kind.BOOLEAN: 1, Kind.DATE: 3, Kind.UUID: 16, Kind.DECIMAL: 17,
    Kind.TIMESTAMPTZ: 10,
}  # fmt: skip
_NO_KEYS = frozenset({Kind.XML, Kind.JSON, Kind.GEOMETRY, Kind.GEOGRAPHY, Kind.TEXT, Kind.BLOB})
_NOT_CARRIED = ("text", "ntext", "image")
_ONLINE = "ONLINE = ON needs the Enterprise edition or Azure; leave it out elsewhere and build outside working hours"
_FILTER = "a filtered index is used only where the query repeats its condition with constants, not with parameters"


def build(order: Order) -> Built:
    """Keys as far as they fit, the rest carried, the predicate where it is one that a filter takes."""
    candidate, notes = order.candidate, list[str]()
    keys, carried = _keys(order, notes)
    where = comparisons(candidate.where, "tsql") if candidate.where else None
    include = [*carried, *candidate.include]
    if where:
        notes.append(_FILTER)
    elif candidate.where:
        notes.append(f"no filter takes ({candidate.where}): all rows are indexed, what it reads is carried")
        include += sorted(columns_read(candidate, order.table) - {key.column for key in keys} - set(include))
    include = [name for name in _carried(order, include, notes) if name not in {key.column for key in keys}]
    said = f"CREATE INDEX {order.index} ON {order.relation} ({', '.join(order.plain(key) for key in keys)})"
    said += f" INCLUDE ({', '.join(map(order.quoted, include))})" if include else ""
    said += f" WHERE {where}" if where else ""
    if not keys:
        return Built(f"-- {order.index}: no column of it can be a key", tuple(notes))
    return Built(f"{said} WITH (ONLINE = ON);", (*notes, _ONLINE))


def _keys(order: Order, notes: list[str]) -> tuple[list[KeyPart], list[str]]:
    """The keys, and the names of those that have no room and are carried instead."""
    keys, carried, room = list[KeyPart](), list[str](), KEY_BYTES
    for key in order.candidate.keys:
        column = order.column(key.column)
        if column is None:
            notes.append(f"({key.expression}): make it a computed column and index that")
            continue
        size = _bytes(column)
        if size is None:
            notes.append(f"{column.name}: a {column.type.native} cannot be a key, it is carried")
        if size is None or size > room or carried or len(keys) == MOST_KEYS:
            if size is not None and not carried:
                notes.append(f"{column.name} and what follows it is carried: a key takes at most {KEY_BYTES} bytes")
            carried.append(column.name)
            continue
        keys.append(key)
        room -= size
    return keys, carried


def _carried(order: Order, names: list[str], notes: list[str]) -> list[str]:
    clustered = order.primary if order.table.primary_key and order.table.primary_key.clustered is not False else ()
    kept = list(dict.fromkeys(order.without_clustered_key(names, clustered)))
    refused = [name for name in kept if (column := order.column(name)) and column.type.native in _NOT_CARRIED]
    notes += [f"{name}: a {column.type.native} is not carried" for name in refused if (column := order.column(name))]
    return [name for name in kept if name not in refused]


def _bytes(column: Column) -> int | None:
    """Bytes of a value at most; None for what cannot be a key."""
    kind, length = column.type.kind, column.type.length
    if kind in _NO_KEYS or (column.type.is_text and length is None) or "(max)" in column.type.native:
        return None
    if column.type.is_text:
        return (length or 1) * (2 if column.type.national else 1)
    return (length or 1) if kind in {Kind.BINARY, Kind.VARBINARY} else _BYTES.get(kind, 8)
