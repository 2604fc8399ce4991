"""What an index costs on writes, in the planner's units, so that it can be weighed against what it saves on reads.

Per new entry: the descent as `btcostestimate` charges it (50 cpu_operator_cost a level; selfuncs.c, DEFAULT_PAGE_CPU_MULTIPLIER), the
entry itself (cpu_index_tuple_cost), and a random page for the share of the leaves that the cache does not hold; an index whose keys
grow with the rows is written at its right end, which is in memory. Of a partial index only the rows in it count. An UPDATE makes
entries in all indexes of a table as soon as it sets a column that any of them reads, as key, carried, in an expression or in its
predicate (no heap-only tuple: README.HOT); so the first index on such a column also pays for those that are there. One that only sums
blocks up (BRIN) gets no entries, and prevents no heap-only tuples (README.HOT, "Summarizing indexes", 16).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dbdesign.indexes.candidate import Candidate
from dbdesign.model.schema import Table
from dbdesign.queries.uses import Write

CPU_OPERATOR, CPU_INDEX_TUPLE, PAGE_CPU = 0.0025, 0.005, 50
RIGHT_END = 0.9
"""Correlation from which on new keys are taken to come in order."""

SUMMARISING = frozenset({"brin"})
"""Access methods without an entry for each row."""

GIN_KEYS = 10
"""Entries that a row makes in an inverted index, where nothing is known."""


@dataclass(frozen=True)
class WriteLoad:
    """A statement that writes, its weight, and the rows that it writes each time."""

    write: Write
    weight: float
    rows: float


@dataclass(frozen=True)
class Kept:
    """An index that is there already: what it reads, and its blocks."""

    reads: frozenset[str]
    pages: int
    method: str = "btree"


@dataclass(frozen=True)
class Server:
    """The settings that the upkeep depends on."""

    cache_pages: float = 524_288.0
    random_page: float = 4.0


def entry_cost(pages: int, height: int, *, in_order: bool, server: Server) -> float:
    """The planner's units for one new entry."""
    missing = 0.0 if in_order or pages <= 0 else max(0.0, 1.0 - server.cache_pages / max(pages, 1.0))
    return CPU_INDEX_TUPLE + PAGE_CPU * CPU_OPERATOR * (height + 1) + server.random_page * missing


def columns_read(candidate: Candidate, table: Table) -> frozenset[str]:
    """The columns of a table that an index reads, those of its expressions and its predicate among them."""
    texts = [key.expression for key in candidate.keys if key.expression] + [candidate.where or ""]
    words = {word.lower() for text in texts for word in _WORD.findall(_TEXT.sub("", text))}
    named = {key.column for key in candidate.keys if key.column} | set(candidate.include)
    return frozenset(one.name for one in table.columns if one.name in named or one.name.lower() in words)


_TEXT = re.compile(r"'(?:[^']|'')*'")
_WORD = re.compile(r"[A-Za-z_\x80-\uffff][\w$]*")


@dataclass(frozen=True)
class Upkeep:
    """What indexes cost on the writes of a workload.

    Attributes:
        existing: by label of the table, its present indexes.
    """

    loads: Sequence[WriteLoad]
    existing: Mapping[str, Sequence[Kept]]
    server: Server

    def cost(self, candidate: Candidate, *, pages: int, share: float = 1.0, in_order: bool = False) -> float:
        """The weighted cost of an index on all writes.

        Args:
            share: of the table's rows that are in it.
            in_order: whether its keys grow with the rows.
        """
        if candidate.method in SUMMARISING:
            own = CPU_INDEX_TUPLE
        else:
            own = entry_cost(pages, _height(pages), in_order=in_order, server=self.server)
            own *= GIN_KEYS if candidate.method == "gin" else 1
        total = 0.0
        for load in self.loads:
            if load.write.table.label != candidate.label:
                continue
            if load.write.kind in {"insert", "merge"}:
                total += load.weight * load.rows * own * share
            elif load.write.kind == "update":
                total += load.weight * load.rows * self._update(load.write, candidate, own * share)
        return total

    def _update(self, write: Write, candidate: Candidate, own: float) -> float:
        kept = self.existing.get(candidate.label, ())
        if any(write.columns & one.reads for one in kept if one.method not in SUMMARISING):
            return own  # not heap-only already
        if candidate.method in SUMMARISING or not write.columns & columns_read(candidate, write.table):
            return 0.0
        others = (one for one in kept if one.method not in SUMMARISING)
        return own + sum(
            entry_cost(one.pages, _height(one.pages), in_order=False, server=self.server) for one in others
        )

    def heap_only_lost(self, candidate: Candidate) -> tuple[str, ...]:
        """The columns that statements set and only this index reads: with it their updates are no longer heap-only."""
        if candidate.method in SUMMARISING:
            return ()
        kept = [one for one in self.existing.get(candidate.label, ()) if one.method not in SUMMARISING]
        updates = [one.write for one in self.loads if one.write.kind == "update"]
        lost = {
            name
            for write in updates
            if write.table.label == candidate.label and not any(write.columns & one.reads for one in kept)
            for name in write.columns & columns_read(candidate, write.table)
        }
        return tuple(sorted(lost))


def _height(pages: int) -> int:
    """Levels above the leaves, at some 280 entries a page."""
    height, level = 0, pages
    while level > 1:
        level //= 280
        height += 1
    return height
