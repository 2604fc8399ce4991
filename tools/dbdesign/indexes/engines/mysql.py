"""Indexes of MySQL (InnoDB) and TiDB.

Sources: MySQL 8.4 manual, "CREATE INDEX Statement" (prefixes, functional key parts), "InnoDB Limits" (3072 bytes for all columns of an
index together, 16 columns), "Clustered and Secondary Indexes" (each secondary index ends with the primary key), "Online DDL Operations"
(adding one in place permits writes); TiDB, "CREATE INDEX", "Expression index" (functions that it allows), "ADD INDEX" (no descending ones).
"""

from __future__ import annotations

import re

from dbdesign.indexes.candidate import KeyPart
from dbdesign.indexes.engines.base import Built, Order, translated
from dbdesign.indexes.upkeep import columns_read
from dbdesign.model.schema import Column, Engine
from dbdesign.model.types import Kind

KEY_BYTES, MOST_KEYS = 3072, 16
PREFIX = 191
"""Characters of a long text that are indexed: 764 bytes of utf8mb4."""

TRIAL = (
    "by rule: MySQL's own planner was not asked. Try an index before other sessions take it: add it INVISIBLE, "
    "SET SESSION optimizer_switch = 'use_invisible_indexes=on', EXPLAIN, then ALTER INDEX … VISIBLE or drop it"
)
TRIAL_OF_TIDB = TRIAL.replace("MySQL", "TiDB").replace(
    "optimizer_switch = 'use_invisible_indexes=on'", "tidb_opt_use_invisible_indexes = ON (8.0)"
)

_CHARACTER_BYTES = {"utf8mb4": 4, "utf8mb3": 3, "utf8": 3, "latin1": 1, "ascii": 1, "binary": 1, "ucs2": 2}
_BYTES = {
    Kind.INT8: 1, Kind.INT16: 2, Kind.INT24: 3, Kind.INT32: 4, Kind.INT64: 8, Kind.FLOAT32: 4, Kind.BOOLEAN: 1,
    Kind.DATE: 3, Kind.YEAR: 1, Kind.ENUM: 2, Kind.DECIMAL: 16, Kind.UUID: 16,
}  # fmt: skip
_ENDLESS = frozenset({Kind.TEXT, Kind.BLOB})
_TIDB_FUNCTIONS = frozenset(
    {"lower", "upper", "md5", "reverse", "vitess_hash", "tidb_shard", "json_extract", "json_unquote"}
)
"""Those of `tidb_allow_function_for_expression_index` that a key of ours could call."""

_CALLED = re.compile(r"([a-z_]\w*)\s*\(", re.IGNORECASE)


def build(order: Order) -> Built:
    """Included columns become keys; the primary key, which every secondary index ends with, is left out; there are no predicates."""
    candidate, notes = order.candidate, list[str]()
    columns = [*candidate.keys, *(KeyPart(one) for one in candidate.include)]
    if candidate.method not in {"btree", "hash"}:
        notes.append(
            f"there is no {candidate.method} index: use a FULLTEXT or a multi-valued index where the predicate allows it"
        )
    if candidate.where:
        notes.append(f"there are no partial indexes: all rows are indexed, not only those where {candidate.where}")
        predicate = columns_read(candidate, order.table) - {key.column for key in columns}
        columns = [*(KeyPart(name) for name in sorted(predicate)), *columns]
    columns = _without_clustered_key(columns, order)
    keys = _fitting(columns, order, notes)
    if order.schema.engine is Engine.TIDB:
        if any(key.descending for key in columns):
            notes.append("DESC is parsed and ignored: an ORDER BY of mixed directions still sorts")
        how = ""
    else:
        how = ", ALGORITHM=INPLACE, LOCK=NONE"
    return Built(f"ALTER TABLE {order.relation} ADD INDEX {order.index} ({', '.join(keys)}){how};", tuple(notes))


def _without_clustered_key(columns: list[KeyPart], order: Order) -> list[KeyPart]:
    """Without what the engine appends itself: the primary key's columns behind the searched ones."""
    kept = list(columns)
    primary = list(order.primary)
    while len(kept) > 1 and kept[-1].column in primary and not kept[-1].descending and kept[-1].column is not None:
        kept.pop()
    first = len(order.candidate.keys)
    return [key for place, key in enumerate(kept) if place < first or key.column not in primary]


def _fitting(columns: list[KeyPart], order: Order, notes: list[str]) -> list[str]:
    """The keys, as many as there is room for."""
    said, room = list[str](), KEY_BYTES
    for key in columns:
        text, size = _key(key, order, notes)
        if text is None:
            continue
        if len(said) == MOST_KEYS or size > room:
            limit = f"{MOST_KEYS} columns" if len(said) == MOST_KEYS else f"{KEY_BYTES} bytes"
            notes.append(f"{key.text} and what follows it is left out: an index takes {limit}")
            break
        said.append(text)
        room -= size
    return said


def _key(key: KeyPart, order: Order, notes: list[str]) -> tuple[str | None, int]:
    """A key and the bytes that it takes at most; None where the engine has no such key."""
    column = order.column(key.column)
    if column is None:
        return _functional(key, order, notes), 8
    size = _bytes(column, order)
    direction = " DESC" if key.descending else ""
    if size is not None and size <= KEY_BYTES:
        return f"{order.quoted(column.name)}{direction}", size
    notes.append(f"{column.name}: the first {PREFIX} characters are indexed, so that it does not cover the column")
    return f"{order.quoted(column.name)}({PREFIX}){direction}", PREFIX * _character(column)


def _functional(key: KeyPart, order: Order, notes: list[str]) -> str | None:
    if order.candidate.method not in {"btree", "hash"}:
        return f"({key.expression})"  # what is to be searched in another way, as it was
    expression = translated(key.expression or "", "mysql")
    called = {name.lower() for name in _CALLED.findall(expression or "")}
    if expression is None or (order.schema.engine is Engine.TIDB and called - _TIDB_FUNCTIONS):
        notes.append(f"({key.expression}): no functional key of this engine; make it a generated column and index that")
        return None
    if "->>" in expression or "JSON_" in expression.upper():
        notes.append(f"({expression}) gives a text without a length: CAST it (AS CHAR(n)) here and in the query")
    return f"({expression}){' DESC' if key.descending else ''}"


def _character(column: Column) -> int:
    return _CHARACTER_BYTES.get((column.charset or "utf8mb4").lower(), 4)


def _bytes(column: Column, order: Order) -> int | None:
    """Bytes of a whole value at most; None where there is no limit that an index could take."""
    del order
    kind, length = column.type.kind, column.type.length
    if kind in _ENDLESS or (column.type.is_text and length is None):
        return None
    if column.type.is_text:
        return (length or 1) * _character(column)
    if kind in {Kind.BINARY, Kind.VARBINARY}:
        return length or 1
    return _BYTES.get(kind, 8)
