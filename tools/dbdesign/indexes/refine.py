"""Other shapes of the indexes that were chosen: one column more or fewer, carried columns as keys, two indexes as one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

from dbdesign.indexes.candidate import Candidate, KeyPart
from dbdesign.indexes.candidates import MOST_INCLUDED, MOST_KEYS, merged, neighbours

MOST_ADDED = 24
"""Columns that are tried as one more, of a table of which a query reads hundreds."""

MOST_AS_KEYS = 6
"""Columns of an index up to which carried ones are also tried as keys, which lets equal entries share a posting list."""


def variants(candidate: Candidate, columns: Sequence[str]) -> Iterator[Candidate]:
    """Shapes near a B-tree, for queries that read these columns of its table."""
    if candidate.method != "btree" or candidate.unique:
        return
    yield from neighbours(candidate)
    new = [name for name in columns if name not in candidate.columns][:MOST_ADDED]
    if not candidate.include and len(candidate.keys) < MOST_KEYS:
        for name in new:
            yield Candidate(candidate.table, (*candidate.keys, KeyPart(name)), (), candidate.where)
    if candidate.include and len(candidate.include) < MOST_INCLUDED:
        for name in new:
            yield Candidate(candidate.table, candidate.keys, tuple(sorted((*candidate.include, name))), candidate.where)
    if candidate.include and len(candidate.columns) <= MOST_AS_KEYS:
        yield Candidate(candidate.table, (*candidate.keys, *map(KeyPart, candidate.include)), (), candidate.where)
    for name in candidate.include:
        rest = tuple(one for one in candidate.include if one != name)
        yield Candidate(candidate.table, (*candidate.keys, KeyPart(name)), rest, candidate.where)


def merges(chosen: Sequence[Candidate]) -> Iterator[tuple[int, int, Candidate]]:
    """Pairs of chosen indexes (by their places) that one index could stand for."""
    present, alike = set(chosen), dict[tuple[object, KeyPart], list[int]]()
    for place, one in enumerate(chosen):
        alike.setdefault((one.table, one.keys[0]), []).append(place)
    for places in alike.values():
        for place, other in combinations(places, 2):
            for found in merged(chosen[place], chosen[other]):
                if found not in present:
                    yield place, other, found
