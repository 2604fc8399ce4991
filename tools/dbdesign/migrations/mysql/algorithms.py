"""Which algorithm InnoDB has for a change of a table, and what it lets others do meanwhile.

Sources: MySQL 8.0 and 8.4 Reference Manual, "Online DDL Operations" (innodb-online-ddl-operations), "Online DDL Limitations" and
"InnoDB and Online DDL". A statement that says its algorithm fails where the server has only a slower one. An instant change takes
LOCK=DEFAULT alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from dbdesign.dialects.mysql import BYTES_PER_CHARACTER, DEFAULT_CHARSET, DIALECT
from dbdesign.model.schema import Column, Index, Table
from dbdesign.model.types import DataType, Kind

Algorithm = Literal["INSTANT", "INPLACE", "COPY"]

INSTANT_ADD_SINCE = (8, 0, 12)
"""At the end of the table; at any place since 8.0.29."""
INSTANT_DROP_SINCE = (8, 0, 29)
INSTANT_RENAME_SINCE = (8, 0, 28)

LENGTH_BYTES_AT = 256
"""A VARCHAR of fewer bytes has one byte of length before each value, others two; crossing it copies the table."""


@dataclass(frozen=True)
class Manner:
    """How a change is made.

    Attributes:
        rebuilds: whether the table's rows are written anew, in place.
        why: what the algorithm follows from, with what to know.
    """

    algorithm: Algorithm
    lock: Literal["DEFAULT", "NONE", "SHARED"]
    rebuilds: bool = False
    why: str = ""

    @property
    def clause(self) -> str:
        """What stands at the end of the ALTER TABLE."""
        return f"ALGORITHM={self.algorithm}, LOCK={self.lock}"

    @property
    def rank(self) -> int:
        """The more, the dearer."""
        return (
            2 * ("INSTANT", "INPLACE", "COPY").index(self.algorithm)
            + (self.lock == "SHARED")
            + 6 * (self.algorithm == "COPY")
        )


INSTANT = Manner("INSTANT", "DEFAULT")
IN_PLACE = Manner("INPLACE", "NONE")
REBUILD = Manner("INPLACE", "NONE", rebuilds=True, why="the table is written anew in place; reads and writes go on")
IN_PLACE_SHARED = Manner("INPLACE", "SHARED", why="writers wait until it is done")
COPY = Manner("COPY", "SHARED", rebuilds=True, why="the table is copied, and writers wait until it is done")


def dearest(manners: Iterable[Manner]) -> Manner:
    """The manner of several changes in one statement."""
    return max(manners, key=lambda one: one.rank)


def _at_least(version: str, since: tuple[int, ...]) -> bool:
    return DIALECT.version_tuple(version) >= since


def _instant_is_barred(table: Table) -> str | None:
    """Why no column of a table can be added or dropped instantly."""
    if any(one.method == "fulltext" for one in table.indexes):
        return "the table has a FULLTEXT index"
    if table.options.get("row_format", "").lower() == "compressed":
        return "its ROW_FORMAT is COMPRESSED"
    return None


def added_column(table: Table, column: Column, version: str) -> Manner:
    """ADD COLUMN at the end of the table."""
    if column.identity:
        return Manner(
            "INPLACE", "SHARED", rebuilds=True, why="an AUTO_INCREMENT column numbers every row; writers wait"
        )
    if column.generated and column.generated.stored:
        return Manner("COPY", "SHARED", rebuilds=True, why="a stored generated column is computed for every row")
    barred = _instant_is_barred(table)
    if barred and not column.generated:
        return Manner("INPLACE", "NONE", rebuilds=True, why=f"not instantly: {barred}")
    if not _at_least(version, INSTANT_ADD_SINCE):
        return REBUILD
    return Manner(
        "INSTANT", "DEFAULT", why="at most 64 instant additions and drops until the table is rebuilt (8.0.29 on)"
    )


def dropped_column(table: Table, column: Column, version: str) -> Manner:
    """DROP COLUMN of one that no index is on any more."""
    if column.generated and not column.generated.stored:
        return INSTANT
    if column.generated or _instant_is_barred(table) or not _at_least(version, INSTANT_DROP_SINCE):
        return REBUILD
    return INSTANT


def renamed_column(table: Table, column: str, version: str, *, referenced: bool) -> Manner:
    """RENAME COLUMN."""
    in_key = referenced or any(column in key.columns for key in table.foreign_keys)
    return INSTANT if _at_least(version, INSTANT_RENAME_SINCE) and not in_key else IN_PLACE


def altered_column(table: Table, before: Column, after: Column, changed: Iterable[str]) -> Manner:
    """MODIFY of a column, by the fields that differ."""
    return dearest(_field(table, before, after, field) for field in changed)


def _field(table: Table, before: Column, after: Column, field: str) -> Manner:
    if field == "default":
        return INSTANT
    if field == "nullable":
        return (
            REBUILD
            if after.nullable
            else Manner("INPLACE", "NONE", rebuilds=True, why="it needs a strict SQL mode, and fails on a NULL")
        )
    if field == "type":
        return changed_type(table, before, after)
    if field in {"comment", "on_update", "options"}:
        return IN_PLACE
    return COPY


def changed_type(table: Table, before: Column, after: Column) -> Manner:
    """A change of type: a longer VARCHAR and a longer list of an ENUM or SET are no copies."""
    one, other = before.type, after.type
    if one.kind is other.kind is Kind.VARCHAR and one.length is not None and other.length is not None:
        size = _bytes(table, after)
        short, long = one.length * size, other.length * size
        same_class = (short < LENGTH_BYTES_AT) == (long < LENGTH_BYTES_AT)
        if other.length >= one.length and same_class:
            return IN_PLACE
        if other.length >= one.length:
            return Manner(
                "COPY", "SHARED", rebuilds=True, why="its length takes two bytes instead of one from 256 bytes on"
            )
    if one.kind is other.kind and one.kind in {Kind.ENUM, Kind.SET} and _appends(one, other):
        return INSTANT
    return COPY


def _bytes(table: Table, column: Column) -> int:
    charset = (
        column.charset or (column.collation or "").partition("_")[0] or table.options.get("charset", DEFAULT_CHARSET)
    )
    return BYTES_PER_CHARACTER.get(charset.lower(), 4)


def _appends(before: DataType, after: DataType) -> bool:
    """Whether values come at the end, and the number of the last one takes no more bytes than before."""
    count, larger = len(before.values), len(after.values)
    same_size = _member_bytes(before.kind, count) == _member_bytes(after.kind, larger)
    return after.values[:count] == before.values and same_size


def _member_bytes(kind: Kind, count: int) -> int:
    """ENUM: 1 byte up to 255 values, then 2; SET: a bit a value, in 1, 2, 3, 4 or 8 bytes (storage-requirements)."""
    if kind is Kind.ENUM:
        return 1 if count <= 255 else 2
    needed = (count + 7) // 8
    return needed if needed <= 4 else 8


def added_index(index: Index) -> Manner:
    """ADD KEY."""
    if index.method in {"fulltext", "spatial"}:
        return Manner("INPLACE", "SHARED", why=f"writers wait while a {index.method.upper()} index is built")
    return Manner(
        "INPLACE", "NONE", why="reads and writes go on; only its end waits for open transactions on the table"
    )
