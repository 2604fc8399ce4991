"""MySQL's FORMAT=TREE and EXPLAIN ANALYZE: one iterator a line, four columns a level."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from dbdesign.model.plan import Plan, PlanNode, PlanNote
from dbdesign.plans.lines import Line
from dbdesign.plans.mysql.iterators import described

NUMBER = r"[\d.]+(?:[eE][-+]?\d+)?"
ARROW = re.compile(r"(\s*)-> ?(?=\S)")
COST = re.compile(rf"\s*\(cost=(?:({NUMBER})\.\.)?({NUMBER})(?: rows=({NUMBER}))?\)|\s*\(rows=({NUMBER})\)")
ACTUAL = re.compile(
    rf"\s*\(actual time=({NUMBER})\.\.({NUMBER}) rows=({NUMBER}) loops=({NUMBER})\)|\s*\((never executed)\)"
)
SELECT = re.compile(r"Select #(\d+) \((.*)\)")


@dataclass
class _Open:
    column: int
    values: dict[str, Any]
    children: list[_Open] = field(default_factory=list)


def read_tree(lines: Sequence[Line]) -> tuple[list[Plan], list[PlanNote]]:
    """The plans of a text. A `Select #2` beside the root is the root's subquery; any other root begins a plan."""
    roots: list[_Open] = []
    notes: list[PlanNote] = []
    stack: list[_Open] = []
    for line in _whole(lines, notes):
        arrow = ARROW.match(line.text)
        column = len(arrow[1]) if arrow else 0
        node = _Open(column, _values(line.text[arrow.end() if arrow else 0 :].strip(), line.number))
        while stack and stack[-1].column >= column:
            stack.pop()
        if stack:
            stack[-1].children.append(node)
        elif roots and node.values.get("parent_relationship") == "SubPlan":
            roots[-1].children.append(node)
        else:
            roots.append(node)
        stack.append(node)
    return [_plan(root) for root in roots], notes


def _whole(lines: Sequence[Line], notes: list[PlanNote]) -> list[Line]:
    """Lines with what was broken off them; a literal in a condition may hold line feeds."""
    found: list[Line] = []
    for line in lines:
        if not line.text.strip() or not re.sub(r"[|+\-\s]", "", line.text):
            continue
        if ARROW.match(line.text):
            found.append(line)
        elif found:
            found[-1] = found[-1]._replace(text=f"{found[-1].text.rstrip()} {line.text.strip()}")
        else:
            notes.append(PlanNote(reason="before the plan", line=line.number, text=line.text.strip()[:200]))
    return found


def _values(text: str, line: int) -> dict[str, Any]:
    values: dict[str, Any] = {"line": line}
    if actual := ACTUAL.search(text):
        values |= _ran(actual)
        text = text[: actual.start()] + text[actual.end() :]
    if cost := COST.search(text):
        if cost[1]:
            values["startup_cost"] = float(cost[1])
        if cost[2]:
            values["total_cost"] = float(cost[2])
        if rows := cost[3] or cost[4]:
            values["estimated_rows"] = float(rows)
        text = text[: cost.start()] + text[cost.end() :]
    text = text.strip()
    if select := SELECT.match(text):
        values |= {"type": f"Select #{select[1]}", "kind": "subquery", "parent_relationship": "SubPlan"}
        values |= {"subplan_name": f"select #{select[1]}", "extra": {"subquery": select[2]}}
        return values
    return values | described(text)


def _ran(actual: re.Match[str]) -> dict[str, Any]:
    if actual[5]:
        return {"never_executed": True, "loops": 0}
    return {
        "actual_startup_ms": float(actual[1]),
        "actual_total_ms": float(actual[2]),
        "actual_rows": float(actual[3]),
        "loops": int(float(actual[4])),
    }


def _plan(root: _Open) -> Plan:
    order: list[_Open] = []
    waiting = [root]
    while waiting:
        one = waiting.pop()
        order.append(one)
        waiting.extend(one.children)
    built: dict[int, PlanNode] = {}
    for one in reversed(order):
        built[id(one)] = PlanNode(**one.values, children=tuple(built[id(child)] for child in one.children))
    node = built[id(root)]
    analyzed = any(one.loops is not None for one in node.walk())
    return Plan(root=node, line=node.line, analyzed=analyzed)
