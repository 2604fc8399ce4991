"""What a plan of a task says, by the toolkit's own plan reader: the truth that an answer's numbers and nodes are compared with."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from dbdesign.errors import InputError

if TYPE_CHECKING:
    from dbdesign.model.plan import Plan, PlanNode

FIELDS = {
    "exclusive_ms": "exclusive_ms",
    "total_ms": "total_ms",
    "rows": "total_rows",
    "loops": "loops",
    "rows_removed": "total_rows_removed",
    "share": "share",
}


@lru_cache(maxsize=16)
def plan_of(text: str) -> Plan:
    """The only plan of a text.

    Raises:
        InputError: where there are none or several.
    """
    from dbdesign.plans.read import read_plans

    plans = read_plans(text).plans
    if len(plans) != 1:
        raise InputError(f"holds {len(plans)} plans", where="the plan", remedy="Give one")
    return plans[0]


def costliest(plan: Plan, title: re.Pattern[str] | None = None) -> PlanNode:
    """The node with the most exclusive time (cost where nothing was timed), of those whose title matches.

    Raises:
        InputError: where none matches.
    """
    nodes = [node for node in plan.root.walk() if title is None or title.search(node.title)]
    if not nodes:
        raise InputError(f"no node like {title.pattern if title else ''}", where="the plan")
    return max(nodes, key=lambda node: (node.exclusive_ms or 0.0, node.exclusive_cost or 0.0))


def measured(text: str, of: str, title: re.Pattern[str], line: int | None = None) -> float:
    """A number of the costliest node whose title matches, or of the node on a line.

    Raises:
        InputError: where there is no such node or the plan does not say the number.
    """
    plan = plan_of(text)
    node = costliest(plan, title) if line is None else _on_line(plan, line)
    value = getattr(node, FIELDS[of])
    if value is None:
        raise InputError(f"{node.title} has no {of}", where="the plan")
    return float(value)


def _on_line(plan: Plan, line: int) -> PlanNode:
    found = next((node for node in plan.root.walk() if node.line == line), None)
    if found is None:
        raise InputError(f"no node on line {line}", where="the plan")
    return found
