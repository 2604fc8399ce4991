"""The search for the best set of indexes within a budget: solve over what is known, ask the planner about the solution, learn, repeat."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from dbdesign.indexes.candidate import Candidate
from dbdesign.indexes.costs import Costs, Query, bits
from dbdesign.indexes.explore import Field, explore, price
from dbdesign.indexes.refine import merges, variants
from dbdesign.indexes.select import Choice, Selection

ALTERNATIVES = 10
"""Questions about alternatives for each query at the beginning."""

ROUNDS = 6
"""Times that a solution is put to the planner at most."""

SETTLED = 0.0005
"""Relative improvement of a round below which the search ends."""


@dataclass
class Search:
    """One workload's search. `own` are the candidates that came from each query, as bits."""

    costs: Costs
    candidates: list[Candidate]
    own: list[int]
    upkeep: list[float] = field(default_factory=list)
    tell: Callable[[float, str], None] = lambda _done, _message: None
    _fields: list[Field] = field(default_factory=list)
    _best: dict[int, Choice] = field(default_factory=dict)

    @property
    def own_candidates(self) -> list[Candidate]:
        """The candidates that came from the queries, without the shapes that refinement added behind them."""
        return self.candidates[: union(self.own).bit_length()]

    @property
    def _queries(self) -> list[Query]:
        return self.costs.plannable

    def explore(self) -> None:
        """Ask about every query by itself."""
        queries = list(zip(self.costs.queries, self.own, strict=True))
        self._fields = [Field.of(own & query.relevant, self.candidates) for query, own in queries]
        for number, (query, _) in enumerate(queries):
            if query.failure is None:
                self.tell(number / len(queries), f"planning {query.name}")
                explore(self.costs, query, self._fields[number], calls=ALTERNATIVES)

    def best(self, budget: int, *, least: float = 1e-9) -> Choice:
        """The best set for a budget in bytes; its cost is the planner's own.

        Args:
            least: what an index must save at least, in weighted cost.
        """
        starts = [one.chosen for one in self._best.values() if one.size <= budget]
        best = min((one for one in self._best.values() if one.size <= budget), key=lambda one: one.cost, default=None)
        asked: set[int] = set()
        thorough = False
        for _ in range(ROUNDS):
            solved = self._selection().solve(budget, starts=starts, least=least, thorough=thorough)
            before = best.cost if best else float("inf")
            if solved.chosen not in asked:
                asked.add(solved.chosen)
                true = self._asked(solved)
                best = true if best is None or true.cost < best.cost else best
                starts = [best.chosen]
                self._price(best.chosen)
            settled = best is not None and best.cost > before * (1 - SETTLED)
            if settled and thorough:
                break
            thorough = thorough or settled
        assert best is not None  # noqa: S101 - the first round sets it
        self._best[budget] = best
        return best

    def _selection(self) -> Selection:
        return Selection(self._queries, [one.size for one in self.costs.indexes], self.upkeep)

    def _asked(self, solved: Choice) -> Choice:
        return Choice(solved.chosen, solved.size, self.cost(solved.chosen))

    def cost(self, chosen: int) -> float:
        """The workload's cost with a set, and the set's upkeep."""
        own = sum(self.upkeep[number] for number in bits(chosen)) if self.upkeep else 0.0
        return self.costs.total(chosen) + own

    def pruned(self, choice: Choice, least: float) -> Choice:
        """Without the indexes that save less than `least` (weighted cost), the least useful first."""
        chosen, cost = choice.chosen, choice.cost
        while chosen:
            lost, number = min((self.cost(chosen & ~(1 << number)) - cost, number) for number in bits(chosen))
            if lost >= least:
                break
            chosen &= ~(1 << number)
            cost += lost
        size = sum(self.costs.indexes[number].size for number in bits(chosen))
        return Choice(chosen, size, cost)

    def _price(self, chosen: int) -> None:
        queries = list(zip(self.costs.queries, self._fields, strict=True))
        enough = self.costs.total(chosen) * 0.0005
        for query, one in queries:
            if query.failure is None:
                price(self.costs, query, one, chosen, enough=enough)

    def refine(self, choice: Choice, columns: Callable[[Query, Candidate], Iterable[str]]) -> None:
        """Try other shapes of the chosen indexes on the queries that use them, so that the next solution may take them.

        Args:
            columns: what a query reads of a candidate's table.
        """
        users = self._users(choice.chosen)
        wanted: dict[Candidate, set[int]] = {}
        for number, queries in users.items():
            candidate = self.candidates[number]
            read = sorted({name for place in queries for name in columns(self.costs.queries[place], candidate)})
            for variant in variants(candidate, read):
                wanted.setdefault(variant, set()).update(queries)
        numbers = list(users)
        for one, other, both in merges([self.candidates[number] for number in numbers]):
            wanted.setdefault(both, set()).update(users[numbers[one]] | users[numbers[other]])
        known = set(self.candidates)
        fresh = {one: queries for one, queries in wanted.items() if one not in known}
        self._add(fresh)
        for number in range(len(self.candidates) - len(fresh), len(self.candidates)):
            for place in fresh[self.candidates[number]]:
                query = self.costs.queries[place]
                alike = self._alike(number, choice.chosen)
                self.costs.cost(query, choice.chosen & ~alike | 1 << number)

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
            self.upkeep += [0.0] if self.upkeep else []
            for place in fresh[candidate]:
                self.costs.queries[place].relevant |= bit


def union(masks: Iterable[int]) -> int:
    """All of several sets."""
    found = 0
    for mask in masks:
        found |= mask
    return found
