"""What a query would do with the indexes that are cheap for it: the pricing of column generation, with the planner as the oracle.

The relaxation tells what the room for an index costs and what the other queries pay for it already. An index whose rest is more than
a query could save by it is out of the question for that query; the planner is asked about the others, all at once, and its plan is a
new atom unless it was known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dbdesign.indexes.costs import Costs, Query, bits

PARTS = (4.0, 1.0, 0.3, 0.1)
"""Parts of what a query could save at most that an index may cost to be shown to it, one question for each."""

SHOWN = 24
"""Indexes shown at once beside the chosen ones: the planner's time grows faster than their number."""

SHOWN_BLINDLY = 48
"""The same where nothing is known of prices."""

NEGLIGIBLE = 0.0003
"""Share of the workload's cost that is not worth a question."""


@dataclass(frozen=True)
class Tariff:
    """What queries would have to pay for indexes, in weighted cost.

    Attributes:
        per_byte: for the room.
        rest: by index, its price less what all queries pay.
        shares: by query (its place) and index, what it pays.
    """

    per_byte: float
    rest: dict[int, float]
    shares: list[dict[int, float]]

    def price(self, place: int, number: int, size: int, upkeep: float) -> float:
        """What is left for a query to pay for an index."""
        rest = self.rest.get(number)
        if rest is None:
            return self.per_byte * size + upkeep
        return max(0.0, rest + self.shares[place].get(number, 0.0))


def ask_affordable(costs: Costs, chosen: int, price: Callable[[int, int], float]) -> None:
    """Ask about every query with the indexes that it could afford beside the chosen ones.

    Args:
        price: of an index (second) for a query (first, its place among the plannable ones).
    """
    enough = NEGLIGIBLE * sum(query.weight * query.cheapest_known(chosen).cost for query in costs.plannable)
    for place, query in enumerate(costs.plannable):
        now = query.cheapest_known(chosen)
        if now.cost * query.weight > enough:
            saving = max(enough, (now.cost - min(one.cost for one in query.answers)) * query.weight)
            prices = sorted((price(place, number), number) for number in bits(query.relevant & ~chosen))
            _ask(costs, query, chosen, prices[:SHOWN], saving, enough)
            _ask_without_each(costs, query, chosen, enough)


def _ask_without_each(costs: Costs, query: Query, chosen: int, enough: float) -> None:
    """What each of the chosen indexes in a query's plan is missed by, unless it is known that it is not."""
    now = costs.cost(query, chosen)
    for number in bits(now.used & chosen):
        rest = chosen & ~(1 << number)
        if (query.cheapest_known(rest).cost - now.cost) * query.weight > enough:
            costs.cost(query, rest)


def ask_all(costs: Costs, own: Sequence[int], chosen: int) -> None:
    """Ask about every query with all of its own candidates beside the chosen ones, some at a time: what only several queries could pay for.

    Args:
        own: of the plannable queries, as bits.
    """
    enough = costs.total(chosen) * NEGLIGIBLE
    for query, mine in zip(costs.plannable, own, strict=True):
        if costs.cost(query, chosen).cost * query.weight > enough:
            winners = chosen
            numbers = list(bits(mine & query.relevant & ~chosen))
            for start in range(0, len(numbers), SHOWN_BLINDLY):
                group = sum(1 << one for one in numbers[start : start + SHOWN_BLINDLY])
                winners |= costs.cost(query, winners | group).used
            for number in bits(winners & ~chosen):  # what each brings by itself
                costs.cost(query, chosen | 1 << number)


def _ask(
    costs: Costs, query: Query, chosen: int, prices: list[tuple[float, int]], saving: float, enough: float
) -> None:
    """Ask with the indexes that cost less than a part of what could be saved, then with fewer, as long as that saves anything."""
    for part in PARTS:
        shown = chosen
        for price, number in prices:
            if price < part * saving:
                shown |= 1 << number
        answer = costs.cost(query, shown)
        if (query.cheapest_known(chosen).cost - answer.cost) * query.weight <= enough:
            break
        for number in bits(answer.used & ~chosen):  # what each brings by itself
            costs.cost(query, chosen | 1 << number)
