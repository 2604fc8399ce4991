"""The search for the best sets of indexes within budgets: solve over what is known, ask the planner about the solution, learn, repeat.

The rounds go over all budgets, and beyond the largest: a shape that is worth its bytes only there is known before the last round, and
may make room in a smaller one, or serve more queries together with another.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from dbdesign.indexes.candidate import Candidate
from dbdesign.indexes.costs import Costs, Query, bits, union
from dbdesign.indexes.explore import Field, explore
from dbdesign.indexes.market import Market
from dbdesign.indexes.pricing import Tariff, ask_affordable, ask_all
from dbdesign.indexes.refine import merges, variants
from dbdesign.indexes.select import Choice, Selection
from dbdesign.twin.twin import Hypothetical

ALTERNATIVES = 4
"""Questions about alternatives for each query at the beginning."""

ROUNDS, LEAST_ROUNDS = 7, 4
"""Times that each budget's solution is put to the planner at most, before the last; and from which on no improvement ends it."""

BEYOND = (2.0, 1.5, 1.25, 0.75)
"""Factors of the largest budget that are looked at in between."""

PURSUED = 1.2
"""Questions for each budget's rounds, as a part of those of exploring, from which on no further round begins."""

LAST_ROUNDS = 4
"""Times that the last solution is put to the planner at most, as long as its answers change it."""

MERGED = 36
"""Questions about indexes for two in a round, at least: one for each query otherwise."""

SHAPES = 1
"""Orders of the same columns that are asked about in a round, at most."""

THRIFT = 1e-6
"""Share of the workload's cost that the whole budget must save: of two sets that are as good, the smaller is better."""

TRIFLING = 0.00005
"""Share of the workload's cost that another shape must be able to save by one query to be asked about."""

SETTLED = 0.0005
"""Relative improvement of a round below which the search ends."""

Columns = Callable[[Query, Candidate], Iterable[str]]
"""What a query reads of a candidate's table."""


@dataclass
class Search:
    """One workload's search.

    Attributes:
        own: the candidates that came from each query, as bits.
        columns: for other shapes of the chosen indexes.
        upkeep: weighted cost of having an index, by its number; empty for none.
        least: what an index must save at least, in weighted cost.
    """

    costs: Costs
    candidates: list[Candidate]
    own: list[int]
    columns: Columns
    upkeep: list[float] = field(default_factory=list)
    least: float = 0.0
    tell: Callable[[float, str], None] = lambda _done, _message: None
    charge: Callable[[Candidate, Hypothetical], float] = lambda _candidate, _index: 0.0
    """The upkeep of an index that is added."""

    _thrift: float = 0.0
    _best: dict[int, Choice] = field(default_factory=dict)

    @property
    def own_candidates(self) -> list[Candidate]:
        """The candidates that came from the queries, without the shapes that refinement added behind them."""
        return self.candidates[: union(self.own).bit_length()]

    def explore(self) -> None:
        """Ask about every query by itself."""
        asked = [(query, own) for query, own in zip(self.costs.queries, self.own, strict=True) if query.failure is None]
        for number, (query, own) in enumerate(asked):
            self.tell(0.5 * number / len(asked), f"planning {query.name}")
            explore(self.costs, query, Field.of(own & query.relevant, self.candidates), calls=ALTERNATIVES)

    def choices(self, budgets: Sequence[int], *, studied: Sequence[int] = ()) -> list[Choice]:
        """The best sets for budgets in bytes, in their order; their costs are the planner's own, and none above a smaller budget's.

        Args:
            studied: the budgets for which questions are asked; for the others what is known then is enough. All if empty.
        """
        rising = sorted(set(studied or budgets))
        self._thrift = THRIFT * self.costs.total(0) / max(1, *budgets)
        enough = int(self.costs.calls * (1 + PURSUED * len(rising)))
        for number in range(ROUNDS):
            self.tell(0.5 + 0.4 * number / ROUNDS, f"choosing among {len(self.candidates):,} indexes")
            improved = [self._round(budget, widely=number == 0) for budget in rising]
            settled = number == ROUNDS - 1 or (number >= LEAST_ROUNDS and not any(improved))
            if settled or self.costs.calls > enough:
                break
            self._round(int(rising[-1] * BEYOND[number % len(BEYOND)]))
        self.tell(0.9, "the last choice")
        found: dict[int, Choice] = {}
        for budget in sorted(set(budgets)):
            mine = self._last(budget)
            smaller = min(found.values(), key=lambda one: one.cost, default=mine)
            found[budget] = mine if mine.cost <= smaller.cost else smaller
        return [found[budget] for budget in budgets]

    def _round(self, budget: int, *, widely: bool = False) -> bool:
        """Solve for one budget and learn about the solution and what is affordable beside it; whether it is better than before."""
        before = self._known(budget)
        selection, solved = self._solved(budget, thoroughly=False)
        tariff = selection.tariff()
        sizes, upkeep = [one.size for one in self.costs.indexes], self._charges()
        ask_affordable(
            self.costs, solved.chosen, lambda place, number: tariff.price(place, number, sizes[number], upkeep[number])
        )
        best = self._put(budget, solved)
        kept = self.cost(solved.chosen) <= solved.cost * (1 + SETTLED)
        if not kept:
            self._correct(solved.chosen)
        if widely:
            own = [one for one, query in zip(self.own, self.costs.queries, strict=True) if query.failure is None]
            ask_all(self.costs, own, best.chosen)
        self.refine(best, tariff)
        return not kept or before is None or self._net(best) < self._net(before) * (1 - SETTLED)

    def _last(self, budget: int) -> Choice:
        """The set with which a search ends: solved thoroughly, without what saves too little.

        It is solved again where the planner does not keep what the solution promises, or where what was learnt of each index's
        part in it betters it.
        """
        outcomes: list[Choice] = []
        for _ in range(LAST_ROUNDS):
            asked = self.costs.calls
            _, solved = self._solved(budget, thoroughly=True)
            best = self._put(budget, solved)
            kept = self._net(best) <= self._net(solved) * (1 + SETTLED)
            if not kept:
                self._correct(solved.chosen)
            pruned = self.pruned(replace(best, bound=min(solved.bound, best.cost)))
            better = all(self._net(pruned) < self._net(one) * (1 - SETTLED) for one in outcomes)
            outcomes.append(pruned)
            if kept and (not better or self.costs.calls == asked):
                break
        return min(outcomes, key=self._net)

    def _correct(self, chosen: int) -> None:
        """Let plans that the planner does not take beside these indexes, though it could, cost what it takes instead."""
        for query in self.costs.plannable:
            query.correct(self.costs.cost(query, chosen), chosen)

    def _solved(self, budget: int, *, thoroughly: bool) -> tuple[Selection, Choice]:
        sizes = [one.size for one in self.costs.indexes]
        selection = Selection(self.costs.plannable, sizes, self._charges(), budget=budget)
        known = self._known(budget)
        solved = selection.solve(starts=[known.chosen] if known else [], thoroughly=thoroughly)
        free = self._demanded(solved)
        return selection, Choice(solved.chosen, solved.size, solved.cost - free, solved.bound - free)

    def _charges(self) -> list[float]:
        """What each index has to save before it pays: its upkeep, the least gain, and a little for its bytes."""
        upkeep = self.upkeep or [0.0] * len(self.candidates)
        sizes = (one.size for one in self.costs.indexes)
        return [one + self.least + self._thrift * size for one, size in zip(upkeep, sizes, strict=True)]

    def _demanded(self, choice: Choice) -> float:
        return self.least * choice.chosen.bit_count() + self._thrift * choice.size

    def _net(self, choice: Choice) -> float:
        return choice.cost + self._demanded(choice)

    def _known(self, budget: int) -> Choice | None:
        """The best set so far that fits."""
        return min((one for one in self._best.values() if one.size <= budget), key=self._net, default=None)

    def _put(self, budget: int, solved: Choice) -> Choice:
        """Ask the planner about a solution; gives the best set that is known then."""
        true = Choice(solved.chosen, solved.size, self.cost(solved.chosen), solved.bound)
        known = self._known(budget)
        self._best[budget] = true if known is None or self._net(true) < self._net(known) else known
        return self._best[budget]

    def cost(self, chosen: int) -> float:
        """The workload's cost with a set, and the set's upkeep."""
        return self.costs.total(chosen) + self.charged(chosen)

    def charged(self, chosen: int) -> float:
        """A set's upkeep."""
        return sum(self.upkeep[number] for number in bits(chosen)) if self.upkeep else 0.0

    def pruned(self, choice: Choice) -> Choice:
        """Without the indexes that save less than the least gain, the least useful first."""
        chosen, cost = choice.chosen, choice.cost
        while chosen:
            lost, number = min((self.cost(chosen & ~(1 << number)) - cost, number) for number in bits(chosen))
            if lost > self.least:
                break
            chosen &= ~(1 << number)
            cost += lost
        size = sum(self.costs.indexes[number].size for number in bits(chosen))
        return Choice(chosen, size, cost, min(cost, choice.bound + cost - choice.cost))

    def refine(self, choice: Choice, tariff: Tariff) -> None:
        """Try other shapes of the chosen indexes on the queries that use them, so that the next solution may take them."""
        users = self._users(choice.chosen)
        wanted: dict[Candidate, tuple[int, set[int]]] = {}
        for number, queries in users.items():
            candidate = self.candidates[number]
            read = sorted({name for place in queries for name in self.columns(self.costs.queries[place], candidate)})
            for variant in variants(candidate, read):
                wanted.setdefault(variant, (number, set()))[1].update(queries)
        self._ask_about(wanted, choice.chosen, tariff.per_byte)
        self._merge(choice, users, tariff)

    def _merge(self, choice: Choice, users: dict[int, set[int]], tariff: Tariff) -> None:
        """Try one index for two that are chosen, or that queries would take if others paid for a part of them.

        Asked about are those that pay if they serve either's queries as well as it does.
        """
        market = Market(self.costs, choice.chosen, tariff, self._charges())
        wanted = sorted({*users, *market.at_a_discount()})
        pairs: dict[Candidate, int] = {}
        for one, other, both in merges([self.candidates[number] for number in wanted]):
            pairs[both] = pairs.get(both, 0) | 1 << wanted[one] | 1 << wanted[other]
        known = {one: number for number, one in enumerate(self.candidates)}
        sizes = [one.size for one in self.costs.indexes]
        for both, parts in list(pairs.items()):
            least = sizes[known[both]] if both in known else max(sizes[number] for number in bits(parts))
            if market.promise(least, parts) is None:
                del pairs[both]
        self._add({one: set[int]() for one in pairs if one not in known})
        offers = [
            (-offer.saved, number, pairs[one], offer)
            for number, one in enumerate(self.candidates)
            if one in pairs and (offer := market.promise(self.costs.indexes[number].size, pairs[one], number))
        ]
        enough, shapes = self.costs.calls + self._most_merged, Counter[tuple[object, frozenset[str]]]()
        for _, number, parts, offer in sorted(offers, key=lambda one: one[:2]):
            shape = (self.candidates[number].table, frozenset(self.candidates[number].columns))
            if self.costs.calls >= enough:
                break
            if shapes[shape] < SHAPES:
                before = self.costs.calls
                for query, others in offer.takers:
                    query.relevant |= 1 << number
                    self.costs.cost(query, market.instead(others, parts, number))
                shapes[shape] += self.costs.calls > before

    @property
    def _most_merged(self) -> int:
        return max(MERGED, len(self.costs.plannable))

    def _ask_about(self, wanted: dict[Candidate, tuple[int, set[int]]], chosen: int, per_byte: float) -> None:
        """Make the shapes that there are not yet, and ask about each the queries that it is for, where it could pay.

        Args:
            wanted: by shape, the chosen index that it is one of, and places of queries.
            per_byte: what room is worth.
        """
        known, indexes = set(self.candidates), self.costs.indexes
        fresh = {one: queries for one, (_, queries) in wanted.items() if one not in known}
        self._add(fresh)
        enough = TRIFLING * self.costs.total(chosen)
        for number in range(len(self.candidates) - len(fresh), len(self.candidates)):
            candidate = self.candidates[number]
            freed = per_byte * (indexes[wanted[candidate][0]].size - indexes[number].size)
            alike = self._alike(number, chosen)
            for place in fresh[candidate]:
                query = self.costs.queries[place]
                if freed + query.weight * query.possible_saving(chosen) > enough:
                    self.costs.cost(query, chosen & ~alike | 1 << number)

    def _users(self, chosen: int) -> dict[int, set[int]]:
        """The chosen indexes, and the places of the queries whose plans use them."""
        found: dict[int, set[int]] = {number: set() for number in bits(chosen)}
        for place, query in enumerate(self.costs.queries):
            if query.failure is None:
                for number in bits(self.costs.cost(query, chosen).used & chosen):
                    found[number].add(place)
        return {number: queries for number, queries in found.items() if queries}

    def _alike(self, number: int, chosen: int) -> int:
        """The chosen indexes that a candidate would stand for: those with its leading key."""
        one = self.candidates[number]
        return union(
            1 << other
            for other in bits(chosen)
            if self.candidates[other].table == one.table and self.candidates[other].keys[0] == one.keys[0]
        )

    def _add(self, fresh: dict[Candidate, set[int]]) -> None:
        """Make candidates on the twin, relevant to some queries; those that the server refuses are dropped from `fresh`."""
        made = self.costs.twin.add_indexes([one.definition for one in fresh])
        for candidate, one in zip(list(fresh), made, strict=True):
            if isinstance(one, str):
                del fresh[candidate]
                continue
            bit = 1 << len(self.candidates)
            self.candidates.append(candidate)
            self.costs.add([one])
            self.upkeep += [self.charge(candidate, one)] if self.upkeep else []
            for place in fresh[candidate]:
                self.costs.queries[place].relevant |= bit
