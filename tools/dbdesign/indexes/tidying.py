"""Of indexes that serve as well, the one that a database administrator would take: smaller, with fewer columns, searched ones as keys.

The planner's costs do not tell such indexes apart, or by less than is worth the bytes: an index may be dearer by as much of the least gain
as it frees of the other's bytes, and no query much. So a carried column more has to earn its room like an index of its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from dbdesign.indexes.candidate import Candidate
from dbdesign.indexes.costs import ALIKE, Query, bits
from dbdesign.indexes.search import Search
from dbdesign.indexes.select import Choice

SAME_SIZE = 1.02
"""Factor up to which two indexes are as large."""

DEARER = 1.5
"""Factor by which a query may cost more."""

MOST_ASKED = 8
"""Alternatives of one index that the planner is asked about, those that promise most."""

Searched = Callable[[Candidate, Sequence[Query]], frozenset[str]]
"""The columns of an index's table that some queries search or sort by."""


def tidied(search: Search, choice: Choice, searched: Searched) -> Choice:
    """The same set with plainer indexes where these serve as well."""
    for number in bits(choice.chosen):
        costs = search.costs
        users = [one for one in costs.plannable if costs.cost(one, choice.chosen).used >> number & 1]
        wanted = searched(search.candidates[number], users)
        choice = _replaced(search, choice, number, wanted, users)
    return choice


def _replaced(search: Search, choice: Choice, number: int, wanted: frozenset[str], users: Sequence[Query]) -> Choice:
    sizes = [one.size for one in search.costs.indexes]
    own = _rank(search.candidates[number], wanted)
    alternatives = sorted(_alternatives(search, choice, number), key=lambda one: _order(search, one, wanted))
    asked = 0
    for other in alternatives:
        smaller = sizes[other] * SAME_SIZE < sizes[number]
        if not smaller and _rank(search.candidates[other], wanted) >= own:
            continue
        chosen = choice.chosen & ~(1 << number) | 1 << other
        most = choice.cost + _allowance(search, choice, 1 - sizes[other] / max(1, sizes[number]))
        if asked >= MOST_ASKED or _known(search, choice, chosen, users) > most:
            continue
        asked += 1
        cost = search.cost(chosen)
        if cost <= most and not _dearer(search, choice.chosen, chosen, users):
            return replace(choice, chosen=chosen, size=choice.size - sizes[number] + sizes[other], cost=cost)
    return choice


def _dearer(search: Search, before: int, after: int, users: Sequence[Query]) -> bool:
    costs = search.costs
    return any(costs.cost(one, after).cost > DEARER * costs.cost(one, before).cost for one in users)


def _allowance(search: Search, choice: Choice, freed: float) -> float:
    """How much dearer the whole may be for a share of an index's bytes."""
    return max(0.0, freed) * search.least + (ALIKE * choice.cost if search.least else 0.0)


def _alternatives(search: Search, choice: Choice, number: int) -> Iterator[int]:
    """Those on the same leading key, no larger, for the same rows or fewer."""
    wide, size = search.candidates[number], search.costs.indexes[number].size
    for other, one in enumerate(search.candidates):
        same = (one.table, one.method, one.keys[0].text) == (wide.table, wide.method, wide.keys[0].text)
        if same and not choice.chosen >> other & 1 and search.costs.indexes[other].size <= size:
            yield other


def _rank(candidate: Candidate, wanted: frozenset[str]) -> tuple[int, int, int]:
    """The lower, the plainer: searched columns as keys, then fewer columns, then fewer keys."""
    keys = {key.text for key in candidate.keys}
    return (-len(keys & wanted), len(candidate.columns), len(candidate.keys))


def _order(search: Search, number: int, wanted: frozenset[str]) -> tuple[int, tuple[int, int, int], str]:
    """Smallest first; of those that are as large, the plainest."""
    candidate = search.candidates[number]
    return (
        round(math.log(max(1, search.costs.indexes[number].size), SAME_SIZE)),
        _rank(candidate, wanted),
        candidate.definition,
    )


def _known(search: Search, choice: Choice, chosen: int, users: Sequence[Query]) -> float:
    """What a set costs at most, by the plans that are known to be possible with it; only the users of an index miss it."""
    costs = search.costs
    change = sum(
        one.weight * (one.cheapest_known(chosen & one.relevant).cost - costs.cost(one, choice.chosen).cost)
        for one in users
    )
    return choice.cost + change + search.charged(chosen) - search.charged(choice.chosen)
