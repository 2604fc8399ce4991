"""The whole plan: sizes, limits, ladder, sharding, files, from a design, a machine and a horizon."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from dbdesign.growth.batching import Batch, batches
from dbdesign.growth.columns import ColumnOrder, column_orders
from dbdesign.growth.distributed.lint import Unsupported, lint
from dbdesign.growth.ladder import Measure, ladder_of
from dbdesign.growth.largest import sharding_due
from dbdesign.growth.limits import Limit, Situation, limits_of
from dbdesign.growth.load import (
    contradictions,
    costs_of,
    refused,
    with_arrivals,
    workload,
)
from dbdesign.growth.missing import Missing, planned, with_missing
from dbdesign.growth.partition_proof import prove
from dbdesign.growth.partitions import PartitionPlan, Refusal, partition_plans, upheld
from dbdesign.growth.sharding import KeyCandidate, candidates
from dbdesign.growth.sizes import Weigher
from dbdesign.simulate.clock import day_in, moved_to
from dbdesign.simulate.simulator import Simulator
from dbdesign.twin.twin import production_twin

if TYPE_CHECKING:
    from dbdesign.engines.postgres import Statement
    from dbdesign.growth.machine import Machine
    from dbdesign.growth.sizes import Sizes
    from dbdesign.model.design import Design
    from dbdesign.model.profile import Profile
    from dbdesign.model.statistics import Statistics

SHARES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Of the way to the horizon: the points of the growth curve."""


@dataclass(frozen=True)
class GrowthPlan:
    """What the tool answers.

    Attributes:
        shard_due: the month in which the largest machine is full; None for not within ten years.
        shard_reason: the numbers of that; `shard_limit` the limit that is nearest at the horizon.
        batches: rows that could be written several in one; `batched_due` and `batched_reason`: the same with them.
        derived: whether schema or statements follow from entities and patterns, and are among the files.
    """

    situation: Situation
    limits: tuple[Limit, ...]
    ladder: tuple[Measure, ...]
    partitions: tuple[PartitionPlan, ...]
    whole: tuple[Refusal, ...]
    orders: tuple[ColumnOrder, ...]
    candidates: tuple[KeyCandidate, ...]
    shard_due: float | None
    shard_reason: str
    unsupported: tuple[Unsupported, ...]
    missing: tuple[Missing, ...]
    proof: str
    assumptions: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    profile: Profile | None = field(default=None, repr=False)
    derived: bool = False
    batches: tuple[Batch, ...] = ()
    batched_due: float | None = None
    batched_reason: str = ""
    shard_limit: str = ""

    @property
    def sizes(self) -> Sizes:
        """Tables and indexes."""
        return self.situation.sizes

    @property
    def months(self) -> float:
        """To the horizon."""
        return self.situation.months

    @property
    def shards(self) -> bool:
        """Whether sharding is due within the horizon, and larger rows do not postpone it beyond."""
        return self.full and not (self.batches and not _within(self.batched_due, self.months))

    @property
    def full(self) -> bool:
        """Whether the largest machine is full within the horizon, as rows are written now."""
        return _within(self.shard_due, self.months)


def _within(due: float | None, months: float) -> bool:
    return due is not None and due <= months


def plan_growth(
    design: Design,
    ddl: str | Sequence[Statement],
    statistics: Statistics,
    machine: Machine,
    months: float,
    today: date,
    tell: Callable[[float, str], None] = lambda _done, _said: None,
    *,
    derived: Sequence[str] = (),
) -> GrowthPlan:
    """Plan a design's growth.

    Args:
        statistics: of today, as the design's volumes say.
        derived: how the schema, or statements, follow from entities and patterns.

    Raises:
        InputError: where volumes cannot be.
        LimitError: where a table is larger than PostgreSQL lets one be today.
    """
    settings = {
        "effective_cache_size": f"{int(machine.cache / 1024)}kB",
        "random_page_cost": "1.1",
    }
    design, arriving = with_arrivals(design)
    tell(0.1, "building the twin")
    with production_twin(ddl, statistics, settings=settings) as twin:
        simulator = Simulator(twin, design.schema_)
        simulator.day = today
        weigher = Weigher(twin, design, today)
        queries = design.workload.queries
        tell(0.25, "planning today's workload")
        bare = planned(simulator, queries)
        missing, simulated = with_missing(queries, simulator, bare)
        if missing:
            simulator = Simulator(twin, design.schema_)
        weigher.names |= {one.oid: f"{one.name} (proposed)" for one in missing}
        weigher.weigh(0.0)
        now = costs_of(simulated, simulator, machine.cache)
        tell(0.45, "filling the twin for the horizon")
        reached = weigher.fill_latest(months) if months > 0 else 0.0
        simulator.day = day_in(reached, today)
        later = planned(simulator, queries) if months > 0 else simulated
        then = costs_of(later, simulator, machine.cache)
        orders = tuple(column_orders(twin))
        sizes = weigher.sizes(months, reached)
        problems = [f"not in the twin: {one.message} (line {one.line})" for one in twin.failures] + list(twin.problems)
        proof = twin.proof
        profile = weigher.profile
    load = workload(design, simulated, now, then, max(reached, 1e-9))
    situation = Situation(design, sizes, load, machine, months)
    tell(0.7, "finding the limits")
    limits = limits_of(situation)
    tell(0.8, "planning partitions")
    plans, whole = partition_plans(situation, today)
    texts = {one.query.name: moved_to(one.sql, today) for one in simulated if one.plan is not None}
    proven, disproved = upheld(prove(design.schema_, plans, load, texts, today))
    due, reason, by = sharding_due(situation)
    larger_rows = batches(situation)
    batched_due, batched_reason, _ = sharding_due(situation, larger_rows)
    tell(0.9, "weighing shard keys")
    keys = candidates(situation, profile) if profile is not None else []
    crossing = frozenset(one.query for one in (keys[0].routings if keys else ()) if not one.routed)
    return GrowthPlan(
        situation,
        tuple(limits),
        tuple(ladder_of(situation, limits, proven, missing, due, reason, larger_rows)),
        tuple(proven),
        (*whole, *disproved),
        orders,
        tuple(keys),
        due,
        reason,
        tuple(lint(design.schema_, queries, crossing)),
        tuple(missing),
        f"sizes by the formulas of the twin, {proof}",
        (*derived, *_assumptions(situation, profile, reached, missing, arriving)),
        (*problems, *contradictions(design, load), *refused(simulated)),
        profile,
        bool(derived),
        tuple(larger_rows),
        batched_due,
        batched_reason,
        by,
    )


def _assumptions(
    at: Situation, profile: Profile | None, reached: float, missing: Sequence[Missing], arriving: Sequence[str]
) -> list[str]:
    found = []
    if missing:
        found.append(
            f"the indexes that large scans lack are there ({', '.join(one.name for one in missing)}): scans would decide otherwise"
        )
    if arriving:
        found.append(
            f"rows that arrive in {', '.join(arriving)} are single inserts, at the rate at which the tables grow: no statement writes them"
        )
    if at.machine.assumed:
        found.append(f"machine: {at.machine.said}")
    if reached < at.months:
        found.append(
            f"a table is larger than 32 TB at the horizon: bytes a row are those of month {reached:g}, the last that PostgreSQL can hold"
        )
    if any(one.toast.get(month) for one in at.sizes.objects for month in one.toast):
        found.append(
            "values out of line are counted as long as they are: compression makes texts and documents among them smaller"
        )
    if at.load.queries:
        found.append(
            "rates grow each month as the fastest of the tables that a statement uses grows by a share; others stay as they are"
        )
        found.append("peak rates for processor, storage and connections, average rates for log and key exhaustion")
        hot = any(one.hottest for one in at.design.access.patterns)
        found.append(
            "rows are wanted by Zipf's law where a pattern says the share of the most wanted value, alike elsewhere: memory serves more "
            "where the newest are wanted more"
            if hot
            else "all rows of a table are wanted alike: memory serves more where some are wanted more"
        )
    else:
        found.append("no workload: processor, storage, connections, log and sharding keys are judged by sizes alone")
    return [*found, *(profile.assumptions if profile else ())]
