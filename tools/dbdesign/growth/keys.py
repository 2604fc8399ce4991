"""Keys that run out: integer columns that the database numbers, and the foreign keys that hold their values."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dbdesign.growth.load import CAPACITY, arrivals
from dbdesign.model.types import Kind

if TYPE_CHECKING:
    from dbdesign.growth.sizes import Sizes
    from dbdesign.model.design import Design
    from dbdesign.model.schema import Column, Table


@dataclass(frozen=True)
class Exhaustion:
    """A numbered column and how many values it has.

    Attributes:
        column: `orders.id`.
        source: the numbered column whose values it holds, where it is a foreign key's that is narrower.
        table: that is numbered.
    """

    column: str
    type: str
    capacity: float
    table: Table
    design: Design
    source: str | None = None

    def used(self, sizes: Sizes, months: float) -> float:
        """Values given out by then: today's rows, and all that arrive, also those that are gone again; a row each insert."""
        return sizes.rows(self.table.label, 0.0) + sum(
            self._gained(sizes, float(month)) for month in range(math.ceil(months))
        )

    def _gained(self, sizes: Sizes, month: float) -> float:
        """Rows of the month that begins then."""
        rows, after = sizes.rows(self.table.label, month), sizes.rows(self.table.label, month + 1)
        return max(arrivals(self.design, self.table, (rows + after) / 2), after - rows)


def exhaustions(design: Design) -> Iterator[Exhaustion]:
    """Each column that can run out, smaller than 64 bits or not."""
    numbered: dict[tuple[str, str], tuple[Table, Column]] = {}
    for table in design.schema_.tables:
        for column in table.columns:
            if table.partition_of is None and _is_numbered(column):
                numbered[table.label, column.name] = table, column
                if (capacity := _capacity(design, column)) is not None:
                    yield Exhaustion(f"{table.label}.{column.name}", column.type.native, capacity, table, design)
    for table in design.schema_.tables:
        for key in table.foreign_keys if table.partition_of is None else ():
            for name, referenced in zip(key.columns, key.referenced_columns, strict=False):
                source = numbered.get((key.references, referenced))
                held = table.column(name)
                if source is None or held is None:
                    continue
                capacity, own = _capacity(design, held), _capacity(design, source[1])
                if capacity is not None and own is not None and capacity < own:
                    yield Exhaustion(
                        f"{table.label}.{name}",
                        held.type.native,
                        capacity,
                        source[0],
                        design,
                        f"{key.references}.{referenced}",
                    )


def _is_numbered(column: Column) -> bool:
    return column.identity is not None or "nextval(" in (column.default or "").lower()


def _capacity(design: Design, column: Column) -> float | None:
    """Values of the type, or of the sequence where that ends earlier."""
    kind = design.schema_.resolve_type(column.type).kind
    found = CAPACITY.get(kind)
    if found is None:
        return None
    if column.type.unsigned:
        found = found * 2 + 1
    options = column.identity.options if column.identity else None
    if options is None or options.cycle:
        return found
    if options.maximum is not None:
        found = min(found, float(options.maximum))
    if options.data_type and "int" in options.data_type and kind is Kind.INT64:
        found = min(found, 2.0**31 - 1 if options.data_type in {"integer", "int", "int4"} else found)
    return max(1.0, found / abs(options.increment or 1))
