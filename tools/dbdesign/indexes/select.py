"""The best set of indexes within a budget over what the planner has answered so far, and a bound below which no set costs.

The linear relaxation gives the bound, prices, and the few atoms that a good set takes; the program over these gives a good set soon, and
the one over all that could better it the best.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from dbdesign.indexes.costs import Query
from dbdesign.indexes.pricing import Tariff
from dbdesign.indexes.program import Program
from dbdesign.indexes.solver import Relaxed, optimum, relaxed

ENOUGH = 0.0003
"""Share of the cost by which the set may be above the bound without more being tried."""

ROUGHLY = 0.001
"""The same while questions are still to be asked."""

CORE = 10
"""Atoms for each query that are looked at then: those that raise the relaxation's bound least."""


@dataclass(frozen=True)
class Choice:
    """A set of indexes (bits of their numbers), its bytes, and the workload's cost with it by what is known.

    Attributes:
        bound: no set within the budget costs less, by what is known.
    """

    chosen: int
    size: int
    cost: float
    bound: float = 0.0


class Selection:
    """One workload's choice within one budget."""

    def __init__(
        self, queries: Sequence[Query], sizes: Sequence[int], upkeep: Sequence[float] = (), *, budget: int
    ) -> None:
        self._program = Program.of(queries, sizes, upkeep, budget)
        self._budget = budget

    @cached_property
    def _relaxed(self) -> Relaxed:
        return relaxed(self._program, self._budget)

    def solve(self, *, starts: Iterable[int] = (), thoroughly: bool = True) -> Choice:
        """The best set found.

        Args:
            starts: sets to begin from beside none.
            thoroughly: whether to look at all atoms that could better the set, or at the most promising ones alone.
        """
        program = self._program
        fitting = [one for one in map(program.inside, starts) if program.size(one) <= self._budget]
        best = min((0, *fitting), key=program.cost)
        bound = self._relaxed.value
        if not self._is_enough(best, bound):
            core = self._relaxed.below(program, self._relaxed.slack_of(CORE * len(program.atoms)))
            best, _ = self._better(best, core, ROUGHLY)
        if thoroughly and not self._is_enough(best, bound):
            promising = self._relaxed.below(program, program.cost(best) - bound)
            best, bound = self._better(best, promising, ENOUGH)
        cost = program.cost(best)
        return Choice(program.outside(best), program.size(best), cost, min(max(bound, self._relaxed.value), cost))

    def _is_enough(self, chosen: int, bound: float) -> bool:
        return self._program.cost(chosen) * (1 - ENOUGH) <= bound

    def _better(self, best: int, part: Program, gap: float) -> tuple[int, float]:
        """The better one of a set and the best of a part of the program, and the part's bound."""
        program = self._program
        found, bound = optimum(part.with_atoms_of(program, best), self._budget, start=best, gap=gap)
        fits = program.size(found) <= self._budget
        return (found if fits and program.cost(found) < program.cost(best) else best), bound

    def tariff(self) -> Tariff:
        """What each query would have to pay for an index, given what the others pay; by the numbers outside."""
        numbers, found = self._program.numbers, self._relaxed
        shares = [{numbers[number]: share for number, share in one.items()} for one in found.shares]
        return Tariff(found.per_byte, dict(zip(numbers, found.rest, strict=True)), shares)
