"""From one statement's EXPLAIN, by the names of PostgreSQL's JSON, to a `Plan`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from dbdesign.model.plan import Plan, PlanNode, PlanParameter, Serialization, Trigger
from dbdesign.plans.postgresql import parts
from dbdesign.plans.postgresql.nodes import plan_node

PLAIN = {"Planning Time": "planning_ms", "Execution Time": "execution_ms", "Total Runtime": "execution_ms"}
KNOWN = frozenset(
    {
        "_truncated", "_line", "Plan", "Settings", "Query Text", "Query Parameters", "Query Identifier", "Triggers", "JIT", "Planning",
        "Serialization", *PLAIN,
    }
)  # fmt: skip


def plan(raw: Mapping[str, Any], *, line: int | None = None) -> Plan:
    """The plan of an object `{"Plan": {…}, "Planning Time": …}`. Raises ValueError or TypeError where it is not of that form."""
    root = tree(raw["Plan"])
    values: dict[str, Any] = {field: float(raw[name]) for name, field in PLAIN.items() if name in raw}
    values |= _planning(raw.get("Planning") or {})
    if isinstance(raw.get("Settings"), Mapping):
        values["settings"] = {str(name): str(value) for name, value in raw["Settings"].items()}
    if "Query Text" in raw:
        values["query"] = str(raw["Query Text"])
    if "Query Parameters" in raw:
        values["parameters"] = tuple(_parameters(str(raw["Query Parameters"])))
    if "Query Identifier" in raw:
        values["query_id"] = str(raw["Query Identifier"])
    if isinstance(raw.get("JIT"), Mapping):
        values["jit"] = parts.jit(raw["JIT"])
    if raw.get("Serialization"):
        values["serialization"] = _serialization(raw["Serialization"])
    return Plan(
        root=root,
        line=line,
        analyzed=root.loops is not None,
        triggers=tuple(_trigger(one) for one in raw.get("Triggers") or ()),
        truncated=bool(raw.get("_truncated")),
        extra={name: value for name, value in raw.items() if name not in KNOWN},
        **values,
    )


def tree(raw: Mapping[str, Any]) -> PlanNode:
    """The tree of a node with its `Plans`, without recursion: plans of generated queries are deep."""
    order: list[Mapping[str, Any]] = []
    waiting = [raw]
    while waiting:
        one = waiting.pop()
        if not isinstance(one, Mapping):
            raise TypeError(f"a node is {type(one).__name__}, not an object")
        order.append(one)
        waiting.extend(one.get("Plans") or ())
    built: dict[int, PlanNode] = {}
    for one in reversed(order):
        built[id(one)] = plan_node(one, [built[id(child)] for child in one.get("Plans") or ()])
    return built[id(raw)]


def _parameters(text: str) -> Iterator[PlanParameter]:
    """auto_explain's `$1 = 'a', $2 = NULL`."""
    for name, value in re.findall(r"(\$\d+) = ('(?:[^']|'')*'|NULL|[^,]+)", text):
        yield PlanParameter(name=name, runtime=value)


def _planning(raw: Mapping[str, Any]) -> dict[str, Any]:
    used: set[str] = set()
    found: dict[str, Any] = {"planning_buffers": parts.buffers(raw, used), "planning_io": parts.io_timings(raw, used)}
    if "Memory Used" in raw:
        found["planning_memory_kb"] = parts.whole(raw["Memory Used"])
        found["planning_memory_allocated_kb"] = parts.whole(raw.get("Memory Allocated", 0))
    return found


def _serialization(raw: Mapping[str, Any]) -> Serialization:
    return Serialization(
        format=str(raw.get("Format", "text")),
        output_kb=parts.whole(raw.get("Output Volume", 0)),
        time_ms=float(raw["Time"]) if "Time" in raw else None,
        buffers=parts.buffers(raw, set()),
        io=parts.io_timings(raw, set()),
    )


def _trigger(raw: Mapping[str, Any]) -> Trigger:
    constraint = raw.get("Constraint Name")
    relation = raw.get("Relation")
    return Trigger(
        name=str(raw.get("Trigger Name") or constraint or "?"),
        constraint=None if constraint is None else str(constraint),
        relation=None if relation is None else str(relation),
        time_ms=float(raw["Time"]) if "Time" in raw else None,
        calls=parts.whole(raw.get("Calls", 0)),
    )
