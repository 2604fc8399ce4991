"""Types of columns that stand in keys and indexes: bounded, and alike on both ends of a foreign key."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from dbdesign.dialects.sqlserver import MAX_KEY_BYTES_CLUSTERED, MAX_KEY_BYTES_NONCLUSTERED
from dbdesign.model.schema import Column, Index, Schema, Table
from dbdesign.writers.mysql.context import Context
from dbdesign.writers.sqlserver.types import key_bytes

Place = tuple[str, str]
TEXT = re.compile(r"(n?)(?:var)?char\((\w+)\)\Z")
DEFAULT_CHARACTERS = 450
"""Of a text in a clustered or single-column key: 900 bytes of UTF-16, the most that a clustered key takes."""
ORDERED_METHODS = frozenset({"btree", "hash", "clustered"})
WORD = re.compile(r"\w+")


class Widths:
    """The types of all columns by (table label, column), corrected for the keys that they are in."""

    def __init__(self, schema: Schema, tables: list[Table], natives: dict[Place, str], context: Context) -> None:
        self.schema = schema
        self.tables = tables
        self.natives = natives
        self.context = context
        self.labels = {table.label: table for table in tables}

    def correct(self) -> Mapping[Place, str]:
        """The corrected types."""
        for table in self.tables:
            for columns, clustered in _keys(table):
                self._bound(table, columns, MAX_KEY_BYTES_CLUSTERED if clustered else MAX_KEY_BYTES_NONCLUSTERED)
        for _ in range(len(self.tables)):
            if not self._align():
                break
        return self.natives

    def _bound(self, table: Table, columns: tuple[str, ...], most: int) -> None:
        """Shorten the texts among the columns until they fit together."""
        places = [(table.label, one) for one in columns if (table.label, one) in self.natives]
        free = [place for place in places if TEXT.match(self.natives[place])]
        fixed = sum(key_bytes(self.natives[place]) or 0 for place in places if place not in free)
        if not free or fixed + sum(key_bytes(self.natives[place]) or most + 1 for place in free) <= most:
            return
        share = (most - fixed) // len(free)
        for place in free:
            self._shorten(place, share)

    def _shorten(self, place: Place, size: int) -> None:
        match = TEXT.match(self.natives[place])
        if match is None:
            return
        characters = max(1, min(DEFAULT_CHARACTERS, size // (2 if match[1] else 1)))
        if match[2].isdigit() and int(match[2]) <= characters:
            return
        before = self.natives[place]
        self.natives[place] = f"{match[1]}varchar({characters})"
        lost = "longer texts" if match[2] == "max" else f"texts of up to {match[2]} characters"
        self.context.note(
            f"{place[0]}.{place[1]}",
            f"{lost}: a key takes {MAX_KEY_BYTES_CLUSTERED} bytes clustered, {MAX_KEY_BYTES_NONCLUSTERED} otherwise",
            f"{self.natives[place]} instead of {before}",
        )

    def _align(self) -> bool:
        """Give referencing columns the type of what they reference; whether any changed."""
        changed = False
        for table in self.tables:
            for key in table.foreign_keys:
                parent = self.labels.get(key.references)
                if parent is None:
                    continue
                for own, theirs in zip(key.columns, key.referenced_columns, strict=False):
                    changed |= self._copy((parent.label, theirs), (table.label, own))
        return changed

    def _copy(self, source: Place, target: Place) -> bool:
        wanted, had = self.natives.get(source), self.natives.get(target)
        if wanted is None or had is None or wanted == had or source == target:
            return False
        self.natives[target] = wanted.replace("rowversion", "binary(8)")
        self.context.note(
            f"{target[0]}.{target[1]}",
            "another type than the column that it references, which SQL Server refuses (errors 1753, 1778)",
            f"{wanted}, as there",
        )
        return self.natives[target] != had


def _keys(table: Table) -> Iterator[tuple[tuple[str, ...], bool]]:
    """The columns of each key and ordered index, and whether it will be clustered."""
    if table.primary_key:
        yield table.primary_key.columns, True
    for key in table.unique_keys:
        yield key.columns, False
    for index in table.indexes:
        if index.method in ORDERED_METHODS:
            yield _index_columns(table, index), False


def _index_columns(table: Table, index: Index) -> tuple[str, ...]:
    found: list[str] = []
    for key in index.keys:
        if key.column is not None:
            found.append(key.column)
        else:
            found += [word for word in WORD.findall(key.expression or "") if table.column(word) is not None]
    return tuple(dict.fromkeys(found))


def fits_in_key(column: Column) -> bool:
    """Whether an index key may have the column (adapted already)."""
    return key_bytes(column.type.native) is not None
