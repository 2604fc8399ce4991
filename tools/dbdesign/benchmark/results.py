"""What a benchmark measured, as values: a run is the workload under one set of indexes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dbdesign.model.workload import LatencyTarget


@dataclass(frozen=True)
class Latency:
    """Milliseconds, as the client saw them; nearest-rank percentiles."""

    mean: float
    p50: float
    p95: float
    p99: float
    maximum: float

    def percentile(self, percent: float, samples: Sequence[float]) -> float:
        """Any other percentile of the samples that this was made of, sorted."""
        return percentile(samples, percent)


def percentile(ordered: Sequence[float], percent: float) -> float:
    """The least value that this percentage of the sorted values do not exceed."""
    return ordered[min(max(-int(-len(ordered) * percent // 100) - 1, 0), len(ordered) - 1)]


def latency(ordered: Sequence[float]) -> Latency:
    """The latency of sorted milliseconds."""
    return Latency(
        mean=sum(ordered) / len(ordered),
        p50=percentile(ordered, 50),
        p95=percentile(ordered, 95),
        p99=percentile(ordered, 99),
        maximum=ordered[-1],
    )


@dataclass(frozen=True)
class PlanFacts:
    """What EXPLAIN (ANALYZE, BUFFERS) of one execution said.

    Attributes:
        plan: PostgreSQL's own JSON; another server's own text.
        hit, read: shared buffers.
        estimated, actual: rows of the top node.
        nodes: of the plan, from the top, each with its index or table.
        findings: what is remarkable in it, a sentence each.
    """

    plan: Any
    hit: int
    read: int
    estimated: float
    actual: float
    milliseconds: float
    nodes: tuple[str, ...]
    findings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Prediction:
    """What the production twin says of a query, for the same values, beside the plan that was executed.

    Attributes:
        cost, rows: as the twin estimates them; the planner's units, and rows of the top node.
        loaded_cost: of the loaded database's plan.
        difference: where the shapes of the two plans part; None where they are the same.
        worst: where the shapes are the same, the node whose rows the twin missed by the largest factor: its title, the twin's rows and the
            true ones, each of one run of it.
        plan: EXPLAIN (FORMAT JSON) on the twin.
    """

    cost: float
    rows: float
    loaded_cost: float
    difference: str | None
    worst: tuple[str, float, float] | None
    plan: Any


def title(node: Any) -> str:
    """`Index Scan on orders_pkey`: a node of a plan, with its index or table."""
    about = node.get("Index Name") or node.get("Relation Name")
    return f"{node['Node Type']} on {about}" if about else str(node["Node Type"])


def factor(estimated: float, actual: float) -> float:
    """By how much an estimate misses, either way: 1 is exact; nothing counts as one row, as the planner takes it."""
    ratio = max(estimated, 1.0) / max(actual, 1.0)
    return max(ratio, 1 / ratio)


@dataclass(frozen=True)
class QueryResult:
    """One query in one run.

    Attributes:
        executions: in the mix and, where those were few, after it.
        throughput: executions per second in the mix.
        rows: of an execution, on average.
        at_target: milliseconds at the target's percentile.
        error: why executions failed; the first of `errors`.
        parameters: what each stands for, for people.
        prediction: the twin's, where one was made.
        retries: executions that the server asked to repeat; their time is part of the latency.
    """

    name: str
    sql: str
    rate: float | None
    target: LatencyTarget | None
    executions: int
    errors: int
    throughput: float
    rows: float
    latency: Latency | None
    at_target: float | None
    plan: PlanFacts | None
    error: str | None
    parameters: tuple[str, ...] = ()
    prediction: Prediction | None = None
    retries: int = 0

    @property
    def met(self) -> bool | None:
        """Whether the target was met; None where there is none or nothing was measured."""
        return None if self.target is None or self.at_target is None else self.at_target <= self.target.milliseconds


@dataclass(frozen=True)
class Run:
    """The workload under one set of indexes.

    Attributes:
        title: `before`, `after`.
        seconds: of the mix.
        throughput: executions per second, all queries.
        idle: latency of a statement that does nothing, run now and then among the others: what connections, scheduling and the
            client's own work cost.
    """

    title: str
    queries: tuple[QueryResult, ...]
    seconds: float
    connections: int
    executions: int
    throughput: float
    idle: Latency | None = None


@dataclass(frozen=True)
class BuiltIndex:
    """An index of the second run: what it cost to build, or why it could not be."""

    ddl: str
    seconds: float
    bytes: int
    error: str | None = None
