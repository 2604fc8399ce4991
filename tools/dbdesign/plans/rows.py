"""What a node's rows say: how wrong the estimate was, what was read for nothing, and where fewer rows are no mistake."""

from __future__ import annotations

from collections.abc import Sequence

from dbdesign.model.plan import PlanNode
from dbdesign.plans.forest import Forest

WHOLE_INPUT = frozenset({"hash", "bitmap index scan", "modify"})
"""Kinds that read their whole input, whatever is asked of them."""

ONE_MATCH = frozenset({"Semi", "Anti", "Right Semi", "Right Anti"})


def estimate_factor(node: PlanNode) -> float | None:
    """Actual rows over estimated ones, per loop, both at least 1: the planner never estimates fewer (`clamp_row_est`)."""
    if node.actual_rows is None or node.estimated_rows is None or node.never_executed or node.loops == 0:
        return None
    return max(node.actual_rows, 1.0) / max(node.estimated_rows, 1.0)


def rows_removed(node: PlanNode) -> float | None:
    """Rows that one loop read and threw away; None where the plan counts none."""
    counts = (
        node.rows_removed_by_filter,
        node.rows_removed_by_join_filter,
        node.rows_removed_by_recheck,
        node.rows_removed_by_conflict_filter,
    )
    known = [count for count in counts if count is not None]
    return sum(known) if known else None


def cut_short(forest: Forest, hashed: Sequence[bool]) -> list[bool]:
    """Which nodes gave fewer rows than estimated because nobody asked for more."""
    asked_less = [False] * len(forest.nodes)
    for position, node in enumerate(forest.nodes):
        passes = asked_less[position] and not _needs_all(node)
        for order, child in enumerate(forest.inputs[position]):
            asked_less[child] = passes or _stops_early(node, order)
        for child in forest.children[
            position
        ]:  # an EXISTS stops at its first row; nothing tells it from other subqueries
            asked_less[child] |= forest.nodes[child].parent_relationship == "SubPlan" and not hashed[child]
        for read in forest.readers.keys() & set(forest.children[position]):
            asked_less[read] = all(asked_less[reader] for reader in forest.readers[read] if reader < read)
    return [less and _fewer(node) for less, node in zip(asked_less, forest.nodes, strict=True)]


def _needs_all(node: PlanNode) -> bool:
    if node.kind == "sort":
        return node.type != "Incremental Sort"
    if node.kind == "aggregate":
        return node.strategy not in {"Sorted", None} or node.type == "WindowAgg"
    return node.kind in WHOLE_INPUT or (node.type == "SetOp" and node.strategy == "Hashed")


def _stops_early(node: PlanNode, order: int) -> bool:
    if node.kind == "limit":
        return order == 0
    if node.kind == "merge join":
        return order < 2  # ends with the shorter input
    return node.kind == "nested loop" and order == 1 and (node.join_type in ONE_MATCH or bool(node.inner_unique))


def _fewer(node: PlanNode) -> bool:
    return node.actual_rows is not None and node.estimated_rows is not None and node.actual_rows < node.estimated_rows
