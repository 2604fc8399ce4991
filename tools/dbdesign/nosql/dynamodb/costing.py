"""What a plan takes and costs: units by table and index on average, at the 99th percentile and at peak, bytes, dollars."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from dbdesign.nosql.dynamodb.capacity import present, stored_size
from dbdesign.nosql.dynamodb.functions import unique_table
from dbdesign.nosql.dynamodb.limits import HOT_READS, HOT_WRITES, ITEM_OVERHEAD, PARTITION_BYTES, TARGET
from dbdesign.nosql.dynamodb.plan import Plan, made_size
from dbdesign.nosql.dynamodb.prices import Prices
from dbdesign.nosql.dynamodb.serve import Serving, Step

MONTH_DAYS = 30.436875


@dataclass
class Load:
    """What a table or an index takes a second, and its bytes.

    Attributes:
        reads, writes: units on average; `_large` at peak with sizes and counts of the 99th percentile; `_peak` at peak.
        then: bytes at the horizon.
    """

    table: str
    index: str | None = None
    reads: float = 0.0
    writes: float = 0.0
    reads_peak: float = 0.0
    writes_peak: float = 0.0
    reads_large: float = 0.0
    writes_large: float = 0.0
    size: float = 0.0
    then: float = 0.0

    @property
    def name(self) -> str:
        """The table, or table and index."""
        return f"{self.table}.{self.index}" if self.index else self.table

    @property
    def partitions(self) -> int:
        """Partitions at least, by throughput at peak and by size at the horizon."""
        by_throughput = math.ceil(self.reads_peak / HOT_READS + self.writes_peak / HOT_WRITES)
        return max(by_throughput, math.ceil(self.then / PARTITION_BYTES), 1)


@dataclass(frozen=True)
class Costs:
    """Dollars a month.

    Attributes:
        on_demand: requests on demand; `provisioned` for capacity that follows the load (auto scaling at 70 %); `fixed` for the peak.
        storage: today; `storage_then` at the horizon.
    """

    on_demand: float
    provisioned: float
    fixed: float
    storage: float
    storage_then: float

    @property
    def total(self) -> float:
        """On demand, with today's storage."""
        return self.on_demand + self.storage


def loads(plan: Plan, servings: Iterable[Serving], months: float, replicas: int = 1) -> dict[str, Load]:
    """What each table and index takes; with replicas, each write is done in every region."""
    found: dict[str, Load] = {}

    def of(table: str, index: str | None = None) -> Load:
        return found.setdefault(f"{table}.{index}" if index else table, Load(table, index))

    for placement in plan.placements.values():
        statistics = plan.statistics(placement.entity.name)
        grown = grown_count(plan, placement.entity.name, months)
        for path in placement.paths:
            each = stored_size(placement.entity, path, made_size(placement, path)).average + ITEM_OVERHEAD
            share = present(path, placement.entity) if path.kind != "table" else 1.0
            load = of(placement.table, None if path.kind == "table" else path.name)
            load.size += each * statistics.count * share * replicas
            load.then += each * grown * share * replicas
        if placement.entity.unique:
            load = of(unique_table(placement.entity))
            load.size += 150.0 * statistics.count * len(placement.entity.unique) * replicas
            load.then += 150.0 * grown * len(placement.entity.unique) * replicas
    for serving in servings:
        for step in serving.steps:
            _add(step, serving, of, replicas)
    return found


def _add(step: Step, serving: Serving, of: Callable[..., Load], replicas: int) -> None:
    rate, peak = serving.pattern.rate, serving.pattern.peak_rate
    if step.reads:
        load = of(step.placement.table, None if step.path.kind == "table" else step.path.name)
        load.reads += rate * step.units.average
        load.reads_peak += peak * step.units.average
        load.reads_large += peak * step.units.large
        return
    where = [(name, one) for name, one in step.by_path.items()]
    if step.counter is not None:
        where = [("", step.units)]
    rest = step.units.average - sum(one.average for _, one in where)
    for name, one in where:
        if step.counter is not None:
            load = of(step.counter.table)
        else:
            load = of(step.placement.table, None if name == step.placement.base.name else name)
        load.writes += rate * one.average * replicas
        load.writes_peak += peak * one.average * replicas
        load.writes_large += peak * one.large * replicas
    if rest > 1e-9:
        load = of(unique_table(step.placement.entity))
        load.writes += rate * rest * replicas
        load.writes_peak += peak * rest * replicas
        load.writes_large += peak * rest * replicas


def grown_count(plan: Plan, entity: str, months: float) -> float:
    """Items at the horizon: grown as said, no more than the retention keeps where rows come at a steady rate."""
    one = plan.model.entity_by_name[entity]
    count = plan.statistics(entity).count
    if one.growth is None:
        return count
    if one.growth.rate_per_month is not None:
        return float(count * (1 + one.growth.rate_per_month) ** months)
    added = (one.growth.rows_per_second or 0.0) * 86_400
    grown = count + added * MONTH_DAYS * months
    return min(grown, max(added * one.retention_days, count)) if one.retention_days is not None else grown


def costs(found: Iterable[Load], prices: Prices) -> Costs:
    """Dollars a month of the loads."""
    every = list(found)
    return Costs(
        on_demand=sum(prices.requests(one.reads, one.writes) for one in every),
        provisioned=sum(prices.capacity(one.reads / TARGET, one.writes / TARGET) for one in every),
        fixed=sum(prices.capacity(one.reads_peak / TARGET, one.writes_peak / TARGET) for one in every),
        storage=sum(prices.storage(one.size) for one in every),
        storage_then=sum(prices.storage(one.then) for one in every),
    )
