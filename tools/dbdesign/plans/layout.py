"""Where each node of a plan stands in a picture: one box a node, as wide as the time that it takes with all below it, so that the part of a
box that no other box hangs from is its own time.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dbdesign.model.plan import Plan, PlanNode

LEAST_WIDTH = 0.0015
"""Share of the picture's width that every box has, so that none vanishes."""


@dataclass(frozen=True)
class Box:
    """One node's place. `x` and `width` are shares of the whole width, `depth` counts from 0."""

    node: PlanNode
    x: float
    width: float
    depth: int


def boxes(plan: Plan) -> list[Box]:
    """Every node, parents first: children side by side below their parent, whose own time stays free at its right."""
    weight = _weights(plan)
    whole: dict[int, float] = {}
    for node in reversed(plan.nodes):
        whole[node.number] = weight(node) + sum(whole[child.number] for child in node.children)
    found: list[Box] = []
    waiting = [(plan.root, 0.0, 1.0, 0)]
    while waiting:
        node, x, width, depth = waiting.pop()
        found.append(Box(node, x, width, depth))
        scale = width / whole[node.number] if whole[node.number] else 0.0
        place, inner = x, []
        for child in node.children:
            part = max(whole[child.number] * scale, 0.0)
            inner.append((child, place, part, depth + 1))
            place += part
        waiting.extend(reversed(inner))
    return found


def _weights(plan: Plan) -> Callable[[PlanNode], float]:
    """What a node weighs: its share of time or cost; where the plan has neither, all nodes the same."""
    if plan.measured_by is None or not any(node.share for node in plan.nodes):
        return lambda _node: 1.0
    return lambda node: max(node.share or 0.0, LEAST_WIDTH)
