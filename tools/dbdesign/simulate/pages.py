"""How many blocks a statement touches, node by node, by the formulas that the planner itself charges for.

Source: PostgreSQL 18, `src/backend/optimizer/path/costsize.c` and `src/backend/utils/adt/selfuncs.c`:

- a sequential scan reads every block of the table (`cost_seqscan`), below a LIMIT its share of them;
- an index gives up `ceil(entries it reads × index blocks / index entries)` blocks (`genericcostestimate`), after one block a level;
- the rows' blocks follow Mackert and Lohman (`index_pages_fetched`): of a table of T blocks, N rows that lie at random touch
  min(2TN / (2T + N), T) blocks as long as the cache holds them, more where it does not. Rows in the order of the index lie together:
  the planner goes between both by the square of the correlation (`cost_index`), and so does this;
- a bitmap reads each block once (`compute_bitmap_pages`); an index-only scan skips the all-visible ones.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dbdesign.simulate.plans import Node, Plan

if TYPE_CHECKING:
    from dbdesign.simulate.relations import Catalog
    from dbdesign.twin.relations import Relation

FAN_OUT = 280.0
"""Entries of an inner block of a B-tree on a bigint, about; wider keys have fewer and the tree is a level higher at most."""

_UNCORRELATED = 0.75
"""By which the first column's correlation counts in an index of several (`btcostestimate`)."""


@dataclass
class Pages:
    """Blocks that are touched.

    Attributes:
        sequential: in the order of the file.
        random: rows and index leaves, wherever they lie.
        upper: inner blocks of indexes, which every search passes and which therefore stay in memory.
    """

    sequential: float = 0.0
    random: float = 0.0
    upper: float = 0.0

    @property
    def total(self) -> float:
        """All of them."""
        return self.sequential + self.random + self.upper

    def __add__(self, other: Pages) -> Pages:
        return Pages(self.sequential + other.sequential, self.random + other.random, self.upper + other.upper)


def pages_of(plan: Plan, catalog: Catalog) -> Pages:
    """What a whole statement touches."""
    seen = {node.table.oid: catalog.twin.pages(node.table) for node in plan.nodes if node.table is not None}
    every = max(1.0, float(sum(seen.values())))
    total = Pages()
    for node in plan.nodes:
        total += node_pages(node, catalog, every)
    return total


def node_pages(node: Node, catalog: Catalog, every: float) -> Pages:
    """What one node touches in the whole statement.

    Args:
        every: blocks of all tables of the statement, which share the cache (`root->total_table_pages`).
    """
    if node.type == "Bitmap Index Scan" and node.index is not None:
        return _index_pages(node, node.index, node.rows, catalog)
    if node.table is None:
        return Pages()
    blocks = float(catalog.twin.pages(node.table))
    if node.type in {"Seq Scan", "Sample Scan"}:
        return Pages(sequential=blocks * node.share * node.loops)
    if node.type == "Bitmap Heap Scan":
        rows = node.total_examined
        return Pages(random=fetched(rows, blocks, every, catalog) if rows >= 1 else min(1.0, blocks) * node.loops)
    if node.type in {"Index Scan", "Index Only Scan"} and node.index is not None:
        read = _index_pages(node, node.index, node.rows if node.examined is None else node.examined, catalog)
        return read + Pages(random=_heap(node, blocks, every, catalog))
    return Pages(random=min(node.total_rows, blocks)) if node.type.startswith("Tid") else Pages()


def _heap(node: Node, blocks: float, every: float, catalog: Catalog) -> float:
    """Blocks of the table that an index scan reads."""
    rows = max(node.total_examined, node.loops * min(node.rows, 1.0))
    if node.type == "Index Only Scan" and node.table is not None:
        rows *= 1.0 - all_visible(node.table, catalog)
    scattered = fetched(rows, blocks, every, catalog)
    whole = max(1.0, catalog.twin.rows(node.table)) if node.table else 1.0
    together = min(scattered, math.ceil(rows / whole * blocks)) if rows > 0 else 0.0
    square = _correlation(node, catalog) ** 2
    return scattered + square * (together - scattered)


def _correlation(node: Node, catalog: Catalog) -> float:
    index, table = node.index, node.table
    if index is None or table is None or not index.attributes:
        return 0.0
    column = catalog.twin.column(table, index.attributes[0].table_column or "")
    known = (column.correlation or 0.0) if column else 0.0
    return known * (_UNCORRELATED if index.key_count > 1 else 1.0)


def all_visible(table: Relation, catalog: Catalog) -> float:
    """The share of a table's blocks whose rows everybody sees: all where nothing else is known, as after a VACUUM."""
    known = next((one for one in catalog.twin.statistics.relations if one.label == table.label), None)
    if known is None or known.all_visible is None or not known.pages:
        return 1.0
    return min(1.0, known.all_visible / known.pages)


def _index_pages(node: Node, index: Relation, rows: float, catalog: Catalog) -> Pages:
    """Blocks of the index itself; a search that repeats finds the leaves that others read in memory."""
    blocks, entries = float(catalog.twin.pages(index)), max(1.0, catalog.twin.rows(index))
    read = max(rows, node.entries or 0.0) * node.share
    if index.method == "brin":
        return Pages(random=blocks * node.loops)
    leaves = max(1.0, math.ceil(read / entries * blocks)) * node.loops
    if node.loops > 1:
        leaves = min(leaves, fetched(node.loops * max(read, 1.0), blocks, blocks, catalog))
    return Pages(random=min(leaves, max(blocks, 1.0) * node.loops), upper=height(blocks) * node.loops)


def height(blocks: float) -> float:
    """Levels above the leaves of a B-tree of so many blocks."""
    return float(math.ceil(math.log(max(blocks - 1, 1.0), FAN_OUT))) if blocks > 2 else 0.0


def fetched(rows: float, blocks: float, every: float, catalog: Catalog) -> float:
    """Blocks that so many rows at random touch, read again where the cache has lost them (`index_pages_fetched`)."""
    blocks = max(1.0, blocks)
    if rows <= 0:
        return 0.0
    cached = math.ceil(max(1.0, catalog.settings.pages("effective_cache_size") * blocks / max(every, blocks)))
    touched = 2 * blocks * rows / (2 * blocks + rows)
    if blocks <= cached:
        return min(math.ceil(touched), blocks)
    limit = 2 * blocks * cached / (2 * blocks - cached)
    return math.ceil(touched if rows <= limit else cached + (rows - limit) * (blocks - cached) / blocks)
