"""What a query would do with the indexes that are cheap for it: the pricing of column generation, with the planner as the oracle.

The relaxation tells what the room for an index costs and what the other queries pay for it already. An index whose rest is more than
a query could save by it is out of the question for that query; the planner is asked about the others, all at once, and its plan is a
new atom unless it was known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dbdesign.indexes.costs import Costs, Query, bits
from dbdesign.indexes.explore import Field

PARTS = (4.0, 1.0, 0.3, 0.1)
"""Parts of what a query could save at most that an index may cost to be shown to it, one question for each."""

SHOWN = 24
"""Indexes shown at once beside the chosen ones: the planner's time grows faster than their number."""

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
    enough = costs.total(chosen) * NEGLIGIBLE
    for place, query in enumerate(costs.plannable):
        now = costs.cost(query, chosen).cost
        if now * query.weight > enough:
            for number in bits(costs.cost(query, chosen).used & chosen):  # what each is missed by
                costs.cost(query, chosen & ~(1 << number))
            saving = max(enough, (now - min(one.cost for one in query.answers)) * query.weight)
            prices = sorted((price(place, number), number) for number in bits(query.relevant & ~chosen))
            _ask(costs, query, chosen, prices[:SHOWN], saving)


def ask_groups(costs: Costs, fields: Sequence[Field], chosen: int) -> None:
    """Ask about every query with all of its candidates beside the chosen ones, group by group: what only several queries could pay for.

    Args:
        fields: of the plannable queries.
    """
    enough = costs.total(chosen) * NEGLIGIBLE
    for query, mine in zip(costs.plannable, fields, strict=True):
        if costs.cost(query, chosen).cost * query.weight > enough:
            wanted = 0
            for tier in mine.tiers:
                winners = 0
                for group in tier:
                    winners |= costs.cost(query, chosen | group | winners).used
                wanted |= winners & ~chosen
            for number in bits(wanted):  # what each brings by itself
                costs.cost(query, chosen | 1 << number)


def _ask(costs: Costs, query: Query, chosen: int, prices: list[tuple[float, int]], saving: float) -> None:
    for part in PARTS:
        shown = chosen
        for price, number in prices:
            if price < part * saving:
                shown |= 1 << number
        used = costs.cost(query, shown).used
        for number in bits(used & ~chosen):  # what each brings by itself
            costs.cost(query, chosen | 1 << number)
