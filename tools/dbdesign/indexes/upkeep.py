"""What an index costs on writes, in the planner's units, so that it can be weighed against what it saves on reads.

Per new entry: the descent as `btcostestimate` charges it (50 cpu_operator_cost a level; selfuncs.c, DEFAULT_PAGE_CPU_MULTIPLIER), the
entry itself (cpu_index_tuple_cost), and a random page for the share of the leaves that the cache does not hold; an index whose keys
grow with the rows is written at its right end, which is in memory. An UPDATE makes entries in all indexes of a table as soon as it
sets a column of any of them (no heap-only tuple: README.HOT); so the first index on such a column also pays for those that are there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dbdesign.indexes.candidate import Candidate
from dbdesign.queries.uses import Write

CPU_OPERATOR, CPU_INDEX_TUPLE, PAGE_CPU = 0.0025, 0.005, 50
RIGHT_END = 0.9
"""Correlation from which on new keys are taken to come in order."""

GIN_KEYS = 10
"""Entries that a row makes in an inverted index, where nothing is known."""


@dataclass(frozen=True)
class WriteLoad:
    """A statement that writes, its weight, and the rows that it writes each time."""

    write: Write
    weight: float
    rows: float


@dataclass(frozen=True)
class Server:
    """The settings that the upkeep depends on."""

    cache_pages: float = 524_288.0
    random_page: float = 4.0


def entry_cost(pages: int, height: int, *, in_order: bool, server: Server) -> float:
    """The planner's units for one new entry."""
    missing = 0.0 if in_order or pages <= 0 else max(0.0, 1.0 - server.cache_pages / max(pages, 1.0))
    return CPU_INDEX_TUPLE + PAGE_CPU * CPU_OPERATOR * (height + 1) + server.random_page * missing


def upkeep(
    candidate: Candidate,
    loads: Sequence[WriteLoad],
    *,
    pages: int,
    in_order: bool,
    existing: Sequence[tuple[frozenset[str], int]],
    server: Server,
) -> float:
    """The weighted cost of an index on all writes.

    Args:
        existing: columns and pages of the table's present indexes.
    """
    height = _height(pages)
    own = entry_cost(pages, height, in_order=in_order, server=server) * (GIN_KEYS if candidate.method == "gin" else 1)
    columns = set(candidate.columns)
    total = 0.0
    for load in loads:
        if load.write.table.label != candidate.label:
            continue
        if load.write.kind in {"insert", "merge"}:
            total += load.weight * load.rows * own
        elif load.write.kind == "update":
            total += load.weight * load.rows * _update(load.write.columns, columns, own, existing, server)
    return total


def _update(
    changed: frozenset[str],
    columns: set[str],
    own: float,
    existing: Sequence[tuple[frozenset[str], int]],
    server: Server,
) -> float:
    if any(changed & one for one, _ in existing):
        return own  # not heap-only already
    if not changed & columns:
        return 0.0
    others = sum(entry_cost(pages, _height(pages), in_order=False, server=server) for _, pages in existing)
    return own + others


def _height(pages: int) -> int:
    """Levels above the leaves, at some 280 entries a page."""
    height, level = 0, pages
    while level > 1:
        level //= 280
        height += 1
    return height
