"""The keys of tables that are filled already, numbered, so that rows of other tables can refer to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dbdesign.benchmark.quoting import array, name, relation
from dbdesign.benchmark.session import Session
from dbdesign.model.schema import ForeignKey, Schema, Table


@dataclass(frozen=True)
class Numbered:
    """Keys of a parent, numbered from 0 in their own order; within `bound` columns where some of the child's columns are settled.

    Attributes:
        count: of the keys.
        first: the least, where they are one integer column without gaps: then `table` is not needed.
        table: a temporary table of n, the columns c0, c1 …, and `total` within the bound columns.
    """

    count: int
    first: int | None = None
    table: str | None = None


class Parents:
    """Makes each numbering once; they live as long as the session."""

    def __init__(self, session: Session, schema: Schema) -> None:
        self._session, self._schema = session, schema
        self._count = 0
        self._made: dict[tuple[str, tuple[str, ...], tuple[int, ...]], Numbered] = {}

    def numbered(self, key: ForeignKey, bound: Sequence[int] = ()) -> Numbered:
        """The keys that `key` refers to. `bound`: positions of its columns that are settled before."""
        place = (key.references, key.referenced_columns, tuple(bound))
        if place not in self._made:
            table = self._schema.table_by_label[key.references]
            self._made[place] = (None if bound else self._dense(table, key.referenced_columns)) or self._listed(
                table, key.referenced_columns, tuple(bound)
            )
        return self._made[place]

    def places(self, parent: Numbered, values: Sequence[str]) -> list[int | None]:
        """The numbers of the parents that have these values, where the key is one column; None for those that nobody has."""
        if parent.first is not None:
            numbers = [int(value) - parent.first if value.lstrip("-").isdigit() else -1 for value in values]
            return [number if 0 <= number < parent.count else None for number in numbers]
        rows = (
            self._session.rows(f"SELECT c0::text, n FROM {parent.table} WHERE c0::text = ANY ({array(values)})")
            if values
            else []
        )
        found = dict(rows)
        return [found.get(value) for value in values]

    def forget(self, label: str) -> None:
        """The table's contents have changed."""
        for place in [place for place in self._made if place[0] == label]:
            del self._made[place]

    def _dense(self, table: Table, columns: tuple[str, ...]) -> Numbered | None:
        column = table.column(columns[0])
        if len(columns) != 1 or column is None or not self._schema.resolve_type(column.type).is_integer:
            return None
        found = self._session.rows(
            f"SELECT count(*), min({name(columns[0])}), max({name(columns[0])}) FROM {relation(table)}"
        )[0]
        count, low, high = int(found[0]), found[1], found[2]
        return Numbered(count, first=int(low)) if count and high - low + 1 == count else None

    def _listed(self, table: Table, columns: tuple[str, ...], bound: tuple[int, ...]) -> Numbered:
        self._count += 1
        title = f"pg_temp.dbdesign_keys_{self._count}"
        listed = ", ".join(f"{name(column)} AS c{number}" for number, column in enumerate(columns))
        inside = ", ".join(f"c{number}" for number in bound)
        over = f"PARTITION BY {inside} " if bound else ""
        total = f", count(*) OVER (PARTITION BY {inside}) AS total" if bound else ""
        order = ", ".join(f"c{number}" for number in range(len(columns)))
        present = " AND ".join(f"{name(column)} IS NOT NULL" for column in columns)
        self._session.execute(
            f"CREATE TEMP TABLE {title.split('.')[1]} AS SELECT *, row_number() OVER ({over}ORDER BY {order}) - 1 AS n{total} "
            f"FROM (SELECT DISTINCT {listed} FROM {relation(table)} WHERE {present}) x"
        )
        self._session.execute(f"CREATE INDEX ON {title} ({inside + ', ' if bound else ''}n)")
        self._session.execute(f"ANALYZE {title}")
        return Numbered(int(self._session.rows(f"SELECT count(*) FROM {title}")[0][0]), table=title)
