"""Published index selection algorithms, to compare with: the same twin, the same sizes, the same questions.

- Extend: Schlosser, Kossmann, Boissier, "Efficient Scalable Multi-attribute Index Selection Using Recursive Strategies", ICDE 2019.
- DB2Advis: Valentin, Zuliani, Zilio, Lohman, Skelley, "DB2 Advisor", ICDE 2000.
- AutoAdmin: Chaudhuri, Narasayya, "An Efficient, Cost-Driven Index Selection Tool for Microsoft SQL Server", VLDB 1997, here within a
  budget of bytes as in Kossmann et al., "Magic mirror in my hand", VLDB 2020.

Indexes are plain ascending B-trees of at most `width` columns, as in those papers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import permutations

from dbdesign.indexes.candidate import Candidate, KeyPart
from dbdesign.indexes.costs import Costs, Query, bits
from dbdesign.queries.uses import StatementUse

ENOUGH = 1.003
"""Factor by which a step must improve the cost, as in the authors' own implementation."""


class Published:
    """The setting that the algorithms share: a workload, its columns, and indexes made on the twin as they are asked for."""

    def __init__(self, costs: Costs, uses: list[StatementUse]) -> None:
        self.costs = costs
        self.columns = _columns(uses)
        self.by_query = [_columns([use]) for use in uses]
        self.questions = 0
        self.reached: float | None = None
        """The least cost of any set that was kept so far, for the budget at hand."""

        self.watch: Callable[[], None] = lambda: None
        """Called before every question about a whole set; what it raises ends the algorithm."""

        self._numbers: dict[Candidate, int] = {}

    def number(self, candidate: Candidate) -> int:
        """The number of an index, made on the twin if it is new."""
        self.prepare([candidate])
        return self._numbers[candidate]

    def prepare(self, candidates: Iterable[Candidate]) -> None:
        """Make indexes in one go."""
        fresh = [one for one in dict.fromkeys(candidates) if one not in self._numbers]
        if not fresh:
            return
        made = self.costs.twin.add_indexes([one.definition for one in fresh])
        for candidate, one in zip(fresh, made, strict=True):
            if isinstance(one, str):
                raise TypeError(one)
            self._numbers[candidate] = len(self.costs.indexes)
            self.costs.add([one])
            bit = 1 << self._numbers[candidate]
            for query, columns in zip(self.costs.queries, self.by_query, strict=True):
                if any(table == candidate.table for table, _ in columns):
                    query.relevant |= bit

    def mask(self, candidates: Iterable[Candidate]) -> int:
        """A set as bits."""
        return sum(1 << self.number(one) for one in candidates)

    def size(self, candidates: Iterable[Candidate]) -> int:
        """Bytes."""
        return sum(self.costs.indexes[self.number(one)].size for one in candidates)

    def total(self, candidates: Iterable[Candidate]) -> float:
        """The workload's cost. Every query on the tables counts as a question, whether or not an earlier answer serves."""
        self.watch()
        mask = self.mask(candidates)
        self.questions += len(self.costs.plannable)
        return self.costs.total(mask)

    def single(self) -> list[Candidate]:
        """One index for each column that the workload names."""
        return [Candidate(table, (KeyPart(column),)) for table, column in self.columns]

    def extend(self, budget: int, width: int = 3) -> tuple[list[Candidate], float]:
        """Grow a set by the step with the best saving per byte: a new column by itself, or one more column behind an index."""
        self.prepare(self.single())
        chosen: list[Candidate] = []
        cost = self.total([])
        while True:
            self.reached = cost
            steps = list(self._steps(chosen, width))
            self.prepare(new for _, new in steps)
            best: tuple[float, list[Candidate], float] | None = None
            for old, new in steps:
                trial = [*(one for one in chosen if one != old), new]
                if self.size(trial) > budget:
                    continue
                trial_cost = self.total(trial)
                if trial_cost * ENOUGH >= cost:
                    continue
                grown = max(1, self.size([new]) - (self.size([old]) if old else 0))
                ratio = (cost - trial_cost) / grown
                if best is None or ratio > best[0]:
                    best = (ratio, trial, trial_cost)
            if best is None:
                return chosen, cost
            _, chosen, cost = best

    def _steps(self, chosen: list[Candidate], width: int) -> Iterator[tuple[Candidate | None, Candidate]]:
        for one in self.single():
            if one not in chosen and not any(
                other.keys[0] == one.keys[0] and other.table == one.table for other in chosen
            ):
                yield None, one
        for index in chosen:
            if len(index.keys) < width:
                for table, column in self.columns:
                    if table == index.table and all(key.column != column for key in index.keys):
                        longer = Candidate(table, (*index.keys, KeyPart(column)))
                        if longer not in chosen:
                            yield index, longer

    def db2advis(self, budget: int, width: int = 2) -> tuple[list[Candidate], float]:
        """Show each query all permutations at once, keep what its plan uses, rank by saving per byte, fill the budget."""
        gain: dict[Candidate, float] = {}
        for query, columns in zip(self.costs.queries, self.by_query, strict=True):
            candidates = list(_permutations(columns, width))
            self.prepare(candidates)
            self.questions += 2
            answer = self.costs.cost(query, self.mask(candidates))
            saved = (self.costs.cost(query, 0).cost - answer.cost) * query.weight
            used = [one for one in candidates if answer.used >> self.number(one) & 1]
            for one in used:
                gain[one] = gain.get(one, 0.0) + saved
        ranked = sorted(gain, key=lambda one: -gain[one] / self.size([one]))
        chosen: list[Candidate] = []
        for one in ranked:
            if self.size([*chosen, one]) <= budget and not any(one.is_prefix_of(other) for other in chosen):
                chosen.append(one)
        return chosen, self.total(chosen)

    def autoadmin(self, budget: int, width: int = 2) -> tuple[list[Candidate], float]:
        """Per query the best indexes of growing width, then over all of them the greedy addition of the one that saves most."""
        pool: list[Candidate] = []
        potential = [dict.fromkeys(Candidate(t, (KeyPart(c),)) for t, c in columns) for columns in self.by_query]
        for step in range(1, width + 1):
            winners: dict[Candidate, None] = {}
            for query, mine in zip(self.costs.queries, potential, strict=True):
                winners |= dict.fromkeys(self._best_of_query(query, list(mine), budget))
            pool = list(dict.fromkeys([*pool, *winners]))
            if step < width:
                potential = [
                    self._wider(mine, winners, columns) for mine, columns in zip(potential, self.by_query, strict=True)
                ]
        return self._greedy(pool, budget)

    @staticmethod
    def _wider(
        mine: dict[Candidate, None], winners: dict[Candidate, None], columns: set[tuple[tuple[str | None, str], str]]
    ) -> dict[Candidate, None]:
        wider = dict.fromkeys(one for one in winners if one in mine)
        for index in list(wider):
            for table, column in sorted(columns, key=str):
                if table == index.table and all(key.column != column for key in index.keys):
                    wider[Candidate(table, (*index.keys, KeyPart(column)))] = None
        return wider

    def _best_of_query(self, query: Query, candidates: list[Candidate], budget: int) -> list[Candidate]:
        self.watch()
        self.prepare(candidates)
        chosen: list[Candidate] = []
        cost = self.costs.cost(query, 0).cost
        while True:
            trials = [
                (self.costs.cost(query, self.mask([*chosen, one])).cost, str(one), one)
                for one in candidates
                if one not in chosen and self.size([*chosen, one]) <= budget
            ]
            self.questions += len(trials)
            if not trials or min(trials)[0] * ENOUGH >= cost:
                return chosen
            cost, _, best = min(trials, key=lambda one: one[:2])
            chosen.append(best)

    def _greedy(self, pool: list[Candidate], budget: int) -> tuple[list[Candidate], float]:
        chosen: list[Candidate] = []
        cost = self.total([])
        while True:
            self.reached = cost
            fitting = [one for one in pool if one not in chosen and self.size([*chosen, one]) <= budget]
            trials = [(self.total([*chosen, one]), str(one), one) for one in fitting]
            if not trials or min(trials, key=lambda one: one[:2])[0] * ENOUGH >= cost:
                return chosen, cost
            cost, _, best = min(trials, key=lambda one: one[:2])
            chosen.append(best)


def _columns(uses: Iterable[StatementUse]) -> set[tuple[tuple[str | None, str], str]]:
    return {((use.table.namespace, use.table.name), column) for one in uses for use in one.uses for column in use.used}


def _permutations(columns: set[tuple[tuple[str | None, str], str]], width: int) -> Iterator[Candidate]:
    tables = sorted({table for table, _ in columns}, key=str)
    for table in tables:
        names = sorted(column for one, column in columns if one == table)
        for length in range(1, width + 1):
            for chosen in permutations(names, length):
                yield Candidate(table, tuple(KeyPart(name) for name in chosen))


__all__ = ["Published", "bits"]
