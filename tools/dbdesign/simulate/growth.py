"""How a workload's costs grow from today to a horizon, and in which month a plan changes.

The same twin is filled anew for each step, with the statistics that the design's volumes give for that month; only the tables that
the workload reads. A change of shape between two steps is narrowed down to the month by halving.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from dbdesign.errors import DesignError
from dbdesign.simulate.clock import day_in
from dbdesign.simulate.plans import shape_of
from dbdesign.twin.profiles import resolve
from dbdesign.twin.volumes import as_statistics

if TYPE_CHECKING:
    from dbdesign.model.design import Design
    from dbdesign.model.schema import Table
    from dbdesign.simulate.simulator import Simulated, Simulator

STEPS = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Shares of the way to the horizon that are looked at."""

MOST_PROBES = 12
"""Months that are looked at beside the steps."""

Class = Literal["constant", "logarithmic", "linear", "worse than linear"]


@dataclass(frozen=True)
class Point:
    """A query's plan in a month."""

    months: float
    cost: float
    rows: float
    shape: str


@dataclass(frozen=True)
class Flip:
    """Where a plan changes: in the month that ends with `months` from today.

    Attributes:
        exact: whether it is that month; otherwise it lies between the step before and this one.
    """

    months: float
    before: str
    after: str
    cost_before: float
    cost_after: float
    exact: bool = True


@dataclass(frozen=True)
class Growth:
    """How one query's cost grows.

    Attributes:
        factor: cost at the horizon against today's.
        data: rows of the fastest-growing table that it reads, against today's.
    """

    points: tuple[Point, ...]
    flips: tuple[Flip, ...]
    factor: float
    data: float
    kind: Class


@dataclass
class Grower:
    """Fills a twin for one month after the other, and remembers the plans."""

    simulator: Simulator
    design: Design
    queries: Sequence[Simulated]
    tell: Callable[[float, str], None] = lambda _done, _said: None
    _points: dict[float, dict[str, Point]] = field(default_factory=dict)
    _rows: dict[float, dict[str, float]] = field(default_factory=dict)
    _changing: list[Simulated] | None = None
    """The queries of which the plan changes, once they are known: between the steps only they are looked at."""

    def grow(self, months: float) -> dict[str, Growth]:
        """The growth of each query by name."""
        steps = sorted({round(months * share, 2) for share in STEPS})
        for number, step in enumerate(steps):
            self.tell(0.6 * number / len(steps), f"planning in {step:g} months" if step else "planning today")
            self._at(step)
        self._changing = [one for one in self._planned if self._changes(one.query.name, steps)]
        flips = {one.query.name: self._flips(one.query.name, steps) for one in self._planned}
        return {
            one.query.name: _growth(self._series(one.query.name, steps), flips[one.query.name], self._data(one, steps))
            for one in self._planned
            if len(self._series(one.query.name, steps)) > 1
        }

    @property
    def _planned(self) -> list[Simulated]:
        return [one for one in self.queries if one.plan is not None]

    def _series(self, name: str, steps: Iterable[float]) -> list[Point]:
        return [self._points[step][name] for step in steps if name in self._points[step]]

    def _at(self, months: float) -> dict[str, Point]:
        """The plans in a month."""
        if months not in self._points:
            queries = self._planned if self._changing is None else self._changing
            profile = resolve(self.design, months=months)
            schema = self.design.schema_.model_copy(update={"tables": self._tables(queries)})
            self._rows[months] = {label: table.rows for label, table in profile.tables.items()}
            self.simulator.twin.refill(as_statistics(profile, schema))
            self._points[months] = {one.query.name: point for one in queries if (point := self._point(one, months))}
        return self._points[months]

    def _point(self, one: Simulated, months: float) -> Point | None:
        try:
            twin, values = self.simulator.twin, one.custom
            self.simulator.day = day_in(months)
            sql = self.simulator.asked(one.sql)
            explained = twin.explain(sql) if values is None else twin.explain_with(sql, values)
        except DesignError:
            return None
        return Point(months, explained.cost, explained.rows, shape_of(explained.plan, self.simulator.catalog))

    def _tables(self, queries: Iterable[Simulated]) -> tuple[Table, ...]:
        """The tables that queries read or write, with the partitioned ones that they belong to and all partitions."""
        catalog = self.simulator.catalog
        labels: set[str] = set()
        for one in queries:
            labels |= set(one.use.tables) if one.use else set()
            found = [node.table for node in one.plan.nodes if node.table is not None] if one.plan else []
            labels |= {table.label for table in found} | {catalog.root(table).label for table in found}
        heirs = self.design.schema_.tables
        for _ in range(3):  # partitions of partitions
            labels |= {table.label for table in heirs if table.partition_of and table.partition_of.label in labels}
            labels |= {table.label for table in heirs if set(table.inherits) & labels}
        return tuple(table for table in heirs if table.label in labels)

    def _changes(self, name: str, steps: Sequence[float]) -> list[tuple[float, float]]:
        """Between which steps the plan of a query changes."""
        known = [step for step in steps if name in self._points[step]]
        return [
            (low, high)
            for low, high in pairwise(steps)
            if {low, high} <= set(known) and self._points[low][name].shape != self._points[high][name].shape
        ]

    def _flips(self, name: str, steps: Sequence[float]) -> tuple[Flip, ...]:
        return tuple(self._narrowed(name, low, high, len(steps)) for low, high in self._changes(name, steps))

    def _narrowed(self, name: str, low: float, high: float, steps: int) -> Flip:
        before = self._points[low][name]
        while high - low > 1:
            known = [month for month in self._points if low < month < high]
            middle = known[0] if known else float(math.floor((low + high) / 2))
            if middle <= low:
                break
            if not known and len(self._points) >= steps + MOST_PROBES:
                break
            self.tell(
                0.6 + 0.4 * len(self._points) / (steps + MOST_PROBES),
                f"looking for the month in which {name} changes its plan",
            )
            point = self._at(middle).get(name)
            if point is None or point.shape != before.shape:
                high = middle
            else:
                low, before = middle, point
        after = self._points[high].get(name, before)
        return Flip(high, before.shape, after.shape, before.cost, after.cost, exact=high - low <= 1)

    def _data(self, one: Simulated, steps: Sequence[float]) -> float:
        labels = set(one.use.tables) if one.use else set()
        labels |= {node.table.label for node in one.plan.nodes if node.table is not None} if one.plan else set()
        first, last = self._rows[steps[0]], self._rows[steps[-1]]
        return max((last[label] / first[label] for label in labels if first.get(label) and label in last), default=1.0)


def _growth(points: Sequence[Point], flips: tuple[Flip, ...], data: float) -> Growth:
    factor = points[-1].cost / points[0].cost if points[0].cost else 1.0
    return Growth(tuple(points), flips, factor, data, growth_class(factor, data))


def growth_class(factor: float, data: float) -> Class:
    """By the exponent with which the cost follows the rows: below 0.05 constant, below 0.5 logarithmic, up to 1.15 linear."""
    if data <= 1.05:
        return "constant" if factor <= 1.05 else "worse than linear"
    exponent = math.log(max(factor, 1e-9)) / math.log(data)
    if exponent < 0.05:
        return "constant"
    if exponent < 0.5:
        return "logarithmic"
    return "linear" if exponent <= 1.15 else "worse than linear"
