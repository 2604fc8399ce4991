"""The order of a table's columns: what padding costs, and what another order saves, by the formulas that size tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dbdesign.growth.sizes import fields_of
from dbdesign.model.statistics import BLOCK
from dbdesign.twin.sizes import Field, heap_pages, heap_tuple

if TYPE_CHECKING:
    from dbdesign.twin.twin import Twin

WORTH = 0.02
"""Share of a table that an order must save to be worth a word."""
LEAST = 1_000_000.0
"""Bytes that it must save."""


@dataclass(frozen=True)
class ColumnOrder:
    """A better order.

    Attributes:
        row_now, row_then: bytes of a row with its header, padding and line pointer.
        saved: bytes of the table at the horizon.
    """

    table: str
    order: tuple[str, ...]
    row_now: float
    row_then: float
    saved: float


def column_orders(twin: Twin) -> Iterator[ColumnOrder]:
    """The tables whose columns could lie closer, as the twin is filled now; the greatest saving first."""
    found = []
    for table in twin.relations.values():
        if table.kind != "r" or table.parents or len(table.attributes) < 2:
            continue
        fields = fields_of(twin, table)
        rows = twin.rows(table)
        order = packed(fields)
        fill = table.fillfactor or 100
        before, after = heap_pages(rows, fields, fill), heap_pages(rows, [fields[place] for place in order], fill)
        saved = float(before - after) * BLOCK
        if saved >= LEAST and saved >= WORTH * before * BLOCK:
            names = tuple(table.attributes[place].name for place in order)
            packed_width = heap_tuple([fields[place] for place in order]).mean
            found.append(ColumnOrder(table.label, names, heap_tuple(fields).mean, packed_width, saved))
    yield from sorted(found, key=lambda one: -one.saved)


def packed(fields: Sequence[Field]) -> list[int]:
    """The order without padding between fixed widths: by alignment, widest first, then what varies; else as it was."""
    return sorted(
        range(len(fields)),
        key=lambda place: (fields[place].variable, 0 if fields[place].variable else -fields[place].align, place),
    )
