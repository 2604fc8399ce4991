"""What one index for two others could bring, before the planner is asked: which queries would take it, and whether that pays its bytes.

Queries that share an index share its price. So an index that no query would pay for alone is wanted at a part of its price, and one
that stands for two such indexes promises what both save, as long as it serves the queries of either as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dbdesign.indexes.costs import Costs, Query, bits
from dbdesign.indexes.pricing import NEGLIGIBLE, Tariff

DISCOUNTS = (0.5, 0.25)
"""Parts of an index's price that a query may have to pay of one that serves others too."""

NEARLY = 0.25
"""Part of what a query saves by which a plan may be dearer than its best."""


@dataclass(frozen=True)
class Offer:
    """What an index promises.

    Attributes:
        saved: weighted cost, less the price of its bytes.
        takers: the queries that would take it, each with the indexes of the plan that it would take it in.
    """

    saved: float
    takers: tuple[tuple[Query, int], ...]


class Market:
    """The queries, what they pay now, and what they could have instead, beside a set of chosen indexes."""

    def __init__(self, costs: Costs, chosen: int, tariff: Tariff, charges: Sequence[float]) -> None:
        """Over all that is known.

        Args:
            charges: weighted cost of having an index, by its number.
        """
        self._costs, self._chosen, self._tariff, self._charges = costs, chosen, tariff, charges
        self._prices = [tariff.per_byte * one.size for one in costs.indexes]
        self._now = [costs.cost(query, chosen) for query in costs.plannable]
        self._least = NEGLIGIBLE * sum(
            one.cost * query.weight for one, query in zip(self._now, costs.plannable, strict=True)
        )
        self._plans: dict[int, list[tuple[int, float, int]]] = {}
        """By index, the cheaper plans with it: place of the query, cost with the price of what is not chosen, indexes."""
        for place, (query, now) in enumerate(zip(costs.plannable, self._now, strict=True)):
            for one in query.corrected():
                if one.cost < now.cost:
                    plan = (place, query.weight * one.cost + self._price(one.used), one.used)
                    for number in bits(one.used):
                        self._plans.setdefault(number, []).append(plan)
            for number in bits(now.used):
                self._plans.setdefault(number, []).append((place, query.weight * now.cost, now.used))

    def _price(self, indexes: int) -> float:
        return sum(self._prices[number] for number in bits(indexes & ~self._chosen))

    def promise(self, size: int, parts: int, number: int | None = None) -> Offer | None:
        """What an index of that size promises in place of others (bits); None where it does not pay.

        Args:
            number: the index's own, if it has one: where the planner was asked about it, what it said counts.
        """
        freed = sum(self._prices[part] for part in bits(self._chosen & parts))
        best: dict[int, tuple[float, int]] = {}
        for part in bits(parts):
            for place, value, used in self._plans.get(part, ()):
                promised = value - self._price(used & parts)
                if place not in best or (promised, used) < best[place]:
                    told = self._told(place, used, parts, number)
                    found = (promised if told is None else told, used)
                    best[place] = min(found, best.get(place, found))
        queries = self._costs.plannable
        savings = (
            max(0.0, queries[place].weight * self._now[place].cost - value) for place, (value, _) in best.items()
        )
        saved = freed - self._tariff.per_byte * size + sum(savings)
        if saved <= self._least:
            return None
        takers = (
            (queries[place], used)
            for place, (value, used) in sorted(best.items())
            if value < queries[place].weight * self._now[place].cost or self._now[place].used & parts
        )
        return Offer(saved, tuple(takers))

    def instead(self, others: int, parts: int, number: int) -> int:
        """The indexes that there are where one takes the place of others beside those of a plan."""
        return (self._chosen | others) & ~parts | 1 << number

    def _told(self, place: int, used: int, parts: int, number: int | None) -> float | None:
        """What a query pays with an index in place of others, if that is known."""
        query = self._costs.plannable[place]
        if number is None or not query.relevant >> number & 1:
            return None
        answer = query.known(self.instead(used, parts, number) & query.relevant)
        if answer is None:
            return None
        return query.weight * answer.cost + self._price(answer.used & ~(1 << number))

    def at_a_discount(self) -> Iterator[int]:
        """The indexes that queries would take if they cost a part of their price, or that are nearly as good then."""
        sizes = [one.size for one in self._costs.indexes]
        for place, query in enumerate(self._costs.plannable):
            atoms = [
                (
                    query.weight * one.cost,
                    sum(
                        self._tariff.price(place, number, sizes[number], self._charges[number])
                        for number in bits(one.used)
                    ),
                    one.used,
                )
                for one in query.atoms()
            ]
            dearest = max(atoms)[0]
            for part in DISCOUNTS:
                values = [(cost + part * price, used) for cost, price, used in atoms]
                least = min(values)[0]
                for value, used in values:
                    if value <= least + NEARLY * (dearest - least):
                        yield from bits(used)
