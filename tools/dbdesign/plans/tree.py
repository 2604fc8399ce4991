"""A plan as lines of text: each node with its share, time, rows and what was expected."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import Plan, PlanNode
from dbdesign.plans.wording import count, milliseconds, percent, rows, title

CONDITIONS = {
    "index_condition": "index",
    "hash_condition": "hash",
    "merge_condition": "merge",
    "join_filter": "join filter",
    "filter": "filter",
    "one_time_filter": "once",
    "tid_condition": "tid",
}
"""Conditions that a tree shows, with the word for each."""


def tree_lines(plan: Plan, kept: frozenset[int] | None = None) -> Iterator[str]:
    """The tree, a line a node and a line a condition; nodes that are not kept are counted."""
    for node, depth in with_depth(plan.root):
        if kept is not None and node.number not in kept:
            continue
        indent = "  " * depth
        yield f"{indent}#{node.number} {title(node)}  {figures(node)}"
        for word, condition in conditions(node):
            yield f"{indent}     {word}: {condition}"
        left_out = sum(1 for child in node.children if kept is not None and child.number not in kept)
        if left_out:
            yield f"{indent}  … {left_out} more below, each of little weight"


def with_depth(root: PlanNode) -> Iterator[tuple[PlanNode, int]]:
    """Every node with how deep it stands, parents first."""
    waiting = [(root, 0)]
    while waiting:
        node, depth = waiting.pop()
        yield node, depth
        waiting += [(child, depth + 1) for child in reversed(node.children)]


def conditions(node: PlanNode) -> Iterator[tuple[str, str]]:
    """A node's conditions, each with its word."""
    for name, word in CONDITIONS.items():
        if (text := getattr(node, name)) is not None:
            yield word, text
    if node.sort_key:
        yield "by", ", ".join(node.sort_key)
    if node.group_key:
        yield "group by", ", ".join(node.group_key)


def figures(node: PlanNode) -> str:
    """`43 % 12 ms, 200,000 rows (40 expected), 3 times`."""
    if node.never_executed:
        return "never executed"
    parts = [one for one in (spent(node), counts(node)) if one]
    return ", ".join(parts)


def spent(node: PlanNode) -> str:
    """What a node takes by itself: `43 % 12 ms`."""
    share = percent(node.share) if node.share is not None else ""
    time = milliseconds(node.exclusive_ms) if node.exclusive_ms is not None else ""
    return " ".join(one for one in (share, time) if one)


def counts(node: PlanNode) -> str:
    """What goes through a node: `200,000 rows (40 expected), 3 times, 12,000 thrown away`."""
    parts = []
    if node.actual_rows is not None:
        parts.append(rows(node.actual_rows) + _expected(node))
    elif node.estimated_rows is not None:
        parts.append(f"{rows(node.estimated_rows)} expected")
    if node.loops is not None and node.loops > 1:
        parts.append(f"{count(node.loops)} times")
    if node.total_rows_removed:
        parts.append(f"{count(node.total_rows_removed)} thrown away")
    return ", ".join(parts)


def _expected(node: PlanNode) -> str:
    factor = node.estimate_factor
    if factor is None or node.estimated_rows is None or 0.5 <= factor <= 2 or node.cut_short:
        return ""
    return f" ({count(node.estimated_rows)} expected)"
