"""The search for the best set of indexes within a budget: solve over what is known, ask the planner about the solution, learn, repeat."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from dbdesign.indexes.candidate import Candidate
from dbdesign.indexes.costs import Costs, Query, bits
from dbdesign.indexes.explore import Field, explore, price
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
        for _ in range(ROUNDS):
            solved = self._selection().solve(budget, starts=starts, least=least)
            if solved.chosen in asked:
                break
            asked.add(solved.chosen)
            true = self._asked(solved)
            before = best.cost if best else None
            if best is None or true.cost < best.cost:
                best = true
            starts = [best.chosen]
            if before is not None and len(asked) > 2 and true.cost > before * (1 - SETTLED):
                break
            self._price(best.chosen)
        assert best is not None  # noqa: S101 - the first round sets it
        self._best[budget] = best
        return best

    def _selection(self) -> Selection:
        return Selection(self._queries, [one.size for one in self.costs.indexes], self.upkeep)

    def _asked(self, solved: Choice) -> Choice:
        upkeep = sum(self.upkeep[number] for number in bits(solved.chosen)) if self.upkeep else 0.0
        return Choice(solved.chosen, solved.size, self.costs.total(solved.chosen) + upkeep)

    def _price(self, chosen: int) -> None:
        queries = list(zip(self.costs.queries, self._fields, strict=True))
        enough = self.costs.total(chosen) * 0.0005
        for query, one in queries:
            if query.failure is None:
                price(self.costs, query, one, chosen, enough=enough)


def union(masks: Iterable[int]) -> int:
    """All of several sets."""
    found = 0
    for mask in masks:
        found |= mask
    return found


def numbers_of(names: Sequence[str], costs: Costs) -> int:
    """Sets by the names of hypothetical indexes."""
    wanted = set(names)
    return union(1 << number for number, one in enumerate(costs.indexes) if one.name in wanted)
