"""How many rows the tables of a plan have, and how many different values their columns: what the plan itself shows of the data.

It stands in for volumes where a schema comes without any, so that a proposed index is tried at the size that the plan was made at.
"""

from __future__ import annotations

import re

from dbdesign.model.plan import Plan, PlanEngine, PlanNode
from dbdesign.model.workload import ColumnVolume, TableVolume
from dbdesign.plans.conditions import comparisons
from dbdesign.plans.findings.base import FULL_SCANS, own, reading

_LITERAL = re.compile(r"'((?:[^']|'')*)'|\b(\d+(?:\.\d+)?)\b")


def volumes_of(plan: Plan, engine: PlanEngine) -> dict[str, TableVolume]:
    """By table: at least so many rows as a scan of it read, and the distinct values that an equality's selectivity"
    " implies."""
    rows: dict[str, float] = {}
    columns: dict[str, dict[str, ColumnVolume]] = {}
    for node in plan.nodes:
        if not node.relation or node.never_executed:
            continue
        there = _rows(node)
        rows[node.relation] = max(rows.get(node.relation, 0.0), there)
        found = _equal(node, engine)
        if found is not None:
            columns.setdefault(node.relation, {})[found[0]] = found[1]
    return {
        name: TableVolume(rows=round(count), columns=columns.get(name, {}))
        for name, count in rows.items()
        if count >= 1
    }


def _rows(node: PlanNode) -> float:
    """Rows that one run of a node shows the table to have, at least."""
    loops = max(node.loops or 1, 1)
    found = reading(node)
    if found is not None and not node.cut_short:
        return found.read / (1 if node.parallel_aware else loops)
    if node.kind in FULL_SCANS and node.actual_rows is not None:
        return node.actual_rows * (loops if node.parallel_aware else 1)
    total = (node.actual_rows if node.actual_rows is not None else node.estimated_rows) or 0.0
    return total * (loops if node.actual_rows is not None else 1)


def _equal(node: PlanNode, engine: PlanEngine) -> tuple[str, ColumnVolume] | None:
    """The column of a lone equality: its number of distinct values, and how often the one that is asked for occurs."""
    found = reading(node)
    parts = own(comparisons(node.filter, engine.value), node)
    if node.kind not in FULL_SCANS or found is None or len(parts) != 1 or parts[0].kind != "equal" or not found.kept:
        return None
    if parts[0].computed is not None or parts[0].operator != "=" or " ANY(" in f" {parts[0].value}":
        return None
    share = found.kept / found.read
    literal = _LITERAL.search(parts[0].value) if parts[0].against == "constant" else None
    values = {(literal[1] or literal[2] or "").replace("''", "'"): share} if literal and share < 1 else {}
    return parts[0].column, ColumnVolume(distinct=max(1.0, round(1 / share)) + 1, values=values)
