"""Where a plan's time goes: what its readers read, completed by what follows from it.

`measure` numbers the nodes and fills the attributes of `PlanNode` and `Plan` that are marked as computed. The law that it keeps: the
exclusive times of all nodes sum to the root's time (and that of data-modifying CTEs, which run after it). It holds by construction: each
node passes what it was given on to what it pays for, scaled down where rounding (times are given to the microsecond, per loop) makes
the parts more than the whole, and keeps the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from dbdesign.model.plan import Plan, PlanEngine, PlanNode
from dbdesign.plans.consumption import exclusive_buffers, exclusive_io
from dbdesign.plans.forest import GATHERS, Forest, Payers, by_reader, by_tree, hashed_subplans
from dbdesign.plans.rows import cut_short, estimate_factor, rows_removed
from dbdesign.plans.totals import index_totals, table_totals

COSTS_OF_ONE_RUN = frozenset({PlanEngine.POSTGRESQL, PlanEngine.MYSQL, PlanEngine.MARIADB})
"""Engines whose cost of a nested loop's inner side is that of one run of it."""


COSTS_OF_BLOCKS = frozenset({PlanEngine.MYSQL, PlanEngine.MARIADB})
"""Engines whose cost of a query block leaves out those of the subqueries and derived tables in it."""


@dataclass(frozen=True)
class Split:
    """What each node has of a whole: `given` with all that it pays for, `own` without."""

    given: list[float]
    own: list[float]


def measure(plan: Plan, engine: PlanEngine = PlanEngine.POSTGRESQL) -> Plan:
    """The plan with numbers, exclusive times, shares, estimate factors and totals."""
    forest = Forest.of(plan.root)
    updates: list[dict[str, Any]] = [{"number": number} for number in range(1, len(forest.nodes) + 1)]
    times = _times(forest)
    payers = by_reader(forest, times or [node.total_cost or 0.0 for node in forest.nodes])
    about: dict[str, Any] = {}
    if times is not None:
        split = divide(payers, times, after_root(forest, payers, times))
        about |= _timed(plan, times, split, updates)
    if any(node.total_cost is not None for node in forest.nodes):
        _costed(forest, engine, updates)
    _shares(about, updates)
    _rows(forest, updates)
    for buffers, io, update in zip(
        exclusive_buffers(forest, payers), exclusive_io(forest, payers), updates, strict=True
    ):
        update |= {"exclusive_buffers": buffers, "exclusive_io": io}
    root = _rebuilt(forest, updates)
    nodes = tuple(root.walk())
    about |= {"tables": table_totals(nodes), "indexes": index_totals(nodes)}
    return plan.model_copy(update={"root": root, **about})


def processes(forest: Forest) -> list[float]:
    """By how many processes the loops of each node are shared: 1, and below a Gather those that ran (workers and, mostly, the leader).

    Read off the loops of the Gather's child, since the leader may take no part (`parallel_leader_participation`) and fewer workers may
    have come than were planned.
    """
    found = [1.0] * len(forest.nodes)
    for position, node in enumerate(forest.nodes):
        for child in forest.children[position]:
            found[child] = found[position]
        for child in forest.inputs[position] if node.type in GATHERS else ():
            found[child] *= _ran(node, forest.nodes[child])
    return found


def _ran(gather: PlanNode, child: PlanNode) -> float:
    if child.loops and gather.loops:
        return max(1.0, child.loops / gather.loops)
    return float((gather.workers_launched or 0) + 1)


def _times(forest: Forest) -> list[float] | None:
    """Milliseconds on the clock that each node took with all below it; None where the plan has no times."""
    if all(
        node.total_ms is None and node.actual_total_ms is None and node.exclusive_ms is None for node in forest.nodes
    ):
        return None
    shares = processes(forest)
    found = [0.0] * len(forest.nodes)
    for position in range(len(forest.nodes) - 1, -1, -1):
        node = forest.nodes[position]
        if node.total_ms is not None:
            found[position] = node.total_ms
        elif node.actual_total_ms is not None:
            found[position] = node.actual_total_ms * (1 if node.loops is None else node.loops) / shares[position]
        elif not node.never_executed:
            below = sum(found[child] for child in forest.children[position] if child not in forest.set_apart)
            found[position] = below + (node.exclusive_ms or 0.0)
    return found


def after_root(forest: Forest, payers: Payers, times: Sequence[float]) -> dict[int, float]:
    """Times that are not within the root's: of CTEs that no node pays for, or that went on when their readers had ended."""
    found = {0: times[0]}
    for position in forest.apart:
        paid = payers.of[position]
        if not paid:
            found[position] = times[position]
        elif forest.nodes[position].kind == "modify":
            rest = times[position] - sum(times[payer] for payer, _ in paid)
            if rest > 0:
                found[position] = rest
    return found


def divide(payers: Payers, demands: Sequence[float], given: dict[int, float]) -> Split:
    """Pass what the roots are given down to what they pay for, in proportion to `demands` where these are more than there is."""
    has = [given.get(position, 0.0) for position in range(len(demands))]
    own = [0.0] * len(demands)
    for position in payers.order():
        wanted = [
            (paid, _wanted(demands[paid], given.get(paid, 0.0)) * share) for paid, share in payers.pays_for[position]
        ]
        whole = sum(amount for _, amount in wanted)
        scale = 1.0 if whole <= has[position] else has[position] / whole
        for paid, amount in wanted:
            has[paid] += amount * scale
        own[position] = max(0.0, has[position] - whole * scale)
    return Split(has, own)


def _wanted(demand: float, given: float) -> float:
    return max(0.0, demand - given)


def _timed(plan: Plan, times: Sequence[float], split: Split, updates: list[dict[str, Any]]) -> dict[str, Any]:
    for position, update in enumerate(updates):
        update["total_ms"], update["exclusive_ms"] = times[position], split.own[position]
    nodes_ms = sum(split.own)
    whole = max(plan.execution_ms or 0.0, nodes_ms)
    return {"nodes_ms": nodes_ms, "total_ms": whole, "unattributed_ms": whole - nodes_ms}


def _costed(forest: Forest, engine: PlanEngine, updates: list[dict[str, Any]]) -> None:
    """Divide the root's cost. The planner adds a CTE's and an InitPlan's to the node that they are printed below."""
    demands = [0.0] * len(forest.nodes)
    runs = _runs(forest) if engine in COSTS_OF_ONE_RUN else [1.0] * len(forest.nodes)
    for position in range(len(forest.nodes) - 1, -1, -1):
        cost = forest.nodes[position].total_cost
        below = sum(demands[child] for child in forest.children[position]) if cost is None else cost
        demands[position] = below * runs[position]
    payers, given = by_tree(forest), {0: demands[0]}
    for position, node in enumerate(forest.nodes):
        if position and engine in COSTS_OF_BLOCKS and node.parent_relationship in {"SubPlan", "Materialized"}:
            payers.of[position], given[position] = [], demands[position]
    split = divide(payers, demands, given)
    for update, cost in zip(updates, split.own, strict=True):
        update["exclusive_cost"] = cost


def _runs(forest: Forest) -> list[float]:
    """How often the planner expects to run each input of a nested loop: for each row of the inputs before it."""
    found = [1.0] * len(forest.nodes)
    for position, node in enumerate(forest.nodes):
        if node.kind == "nested loop":
            times = 1.0
            for one in forest.inputs[position]:
                found[one] = times
                times *= max(1.0, forest.nodes[one].estimated_rows or 1.0)
    return found


def _shares(about: dict[str, Any], updates: list[dict[str, Any]]) -> None:
    measured: tuple[Literal["time", "cost"], str, float]
    if about.get("total_ms"):
        measured = ("time", "exclusive_ms", about["total_ms"])
    elif whole := sum(update.get("exclusive_cost", 0.0) for update in updates):
        measured = ("cost", "exclusive_cost", whole)
    else:
        return
    about["measured_by"], name, whole = measured
    for update in updates:
        if name in update:
            update["share"] = update[name] / whole


def _rows(forest: Forest, updates: list[dict[str, Any]]) -> None:
    hashed = hashed_subplans(forest)
    short = cut_short(forest, hashed)
    for node, update, cut, in_table in zip(forest.nodes, updates, short, hashed, strict=True):
        loops = 1 if node.loops is None else node.loops
        if node.actual_rows is not None and node.total_rows is None:
            update["total_rows"] = node.actual_rows * loops
        update["estimate_factor"] = estimate_factor(node)
        removed = rows_removed(node)
        update["total_rows_removed"] = None if removed is None else removed * loops
        update["cut_short"], update["hashed"] = cut, in_table


def _rebuilt(forest: Forest, updates: Sequence[dict[str, Any]]) -> PlanNode:
    built: list[PlanNode] = list(forest.nodes)
    for position in range(len(built) - 1, -1, -1):
        children = tuple(built[child] for child in forest.children[position])
        built[position] = built[position].model_copy(update={**updates[position], "children": children})
    return built[0]
