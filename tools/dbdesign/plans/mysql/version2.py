"""MySQL's JSON version 2 (8.3): the iterators of FORMAT=TREE as objects.

Source: `AccessPathToJson` in sql/join_optimizer/explain_access_path.cc of MySQL 8.4; the server's blog, "New JSON format for EXPLAIN".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dbdesign.errors import LimitError
from dbdesign.model.plan import Plan, PlanNode
from dbdesign.plans.mysql.iterators import described

DEEPEST = 200
NUMBERS: Mapping[str, str] = {
    "estimated_rows": "estimated_rows",
    "estimated_first_row_cost": "startup_cost",
    "estimated_total_cost": "total_cost",
    "actual_rows": "actual_rows",
    "actual_first_row_ms": "actual_startup_ms",
    "actual_last_row_ms": "actual_total_ms",
}
TEXTS: Mapping[str, str] = {
    "table_name": "relation",
    "alias": "alias",
    "schema_name": "relation_schema",
    "index_name": "index",
    "lookup_condition": "index_condition",
    "condition": "filter",
    "hash_condition": "hash_condition",
    "pushed_index_condition": "recheck_condition",
}
ABOUT_STATEMENT = ("query", "query_type", "json_schema_version", "query_plan")


def read_version2(raw: Mapping[str, Any], line: int) -> Plan:
    """The plan of a statement's object: the root's own properties stand beside the statement's, or under `query_plan`."""
    inner = raw.get("query_plan")
    root_raw = (
        inner
        if isinstance(inner, Mapping)
        else {key: value for key, value in raw.items() if key not in ABOUT_STATEMENT}
    )
    root = _node(root_raw, 0, None)
    return Plan(
        root=root,
        line=line,
        analyzed=any(node.loops is not None for node in root.walk()),
        query=None if raw.get("query") is None else str(raw["query"]),
        extra={key: raw[key] for key in ("query_type", "json_schema_version") if key in raw},
    )


def _node(raw: Mapping[str, Any], depth: int, relationship: str | None) -> PlanNode:
    if depth > DEEPEST:
        raise LimitError(f"the plan is more than {DEEPEST} levels deep", remedy="Give the plan of a part of the query")
    operation = str(raw.get("operation") or raw.get("access_type") or "?")
    values = described(operation)
    values |= {field: float(raw[key]) for key, field in NUMBERS.items() if isinstance(raw.get(key), (int, float))}
    values |= {field: str(raw[key]) for key, field in TEXTS.items() if raw.get(key) is not None}
    if "actual_loops" in raw:
        values["loops"] = int(raw["actual_loops"] or 0)
        values["never_executed"] = values["loops"] == 0
    if isinstance(raw.get("ranges"), list):
        values["index_condition"] = " OR ".join(str(one) for one in raw["ranges"])
    if raw.get("access_type") is not None:
        values["access_type"] = str(raw["index_access_type"] if raw.get("index_access_type") else raw["access_type"])
    if values["kind"] == "index scan" and raw.get("covering") is True:
        values["kind"] = "index only scan"
    heading = raw.get("heading")
    values["extra"] = {**values.get("extra", {}), **_rest(raw), "operation": operation}
    return PlanNode(
        **values,
        parent_relationship=relationship,
        subplan_name=None if relationship is None else str(heading or relationship),
        children=tuple(_inputs(raw, depth)),
    )


def _inputs(raw: Mapping[str, Any], depth: int) -> Iterator[PlanNode]:
    """`inputs`, and `inputs_from_select_list`, `inputs_from_condition` … for subqueries."""
    for key, value in raw.items():
        if not isinstance(value, list) or not value or not all(isinstance(one, Mapping) for one in value):
            continue
        if key == "inputs" or key.startswith("inputs_from") or all("operation" in one for one in value):
            for one in value:
                subquery = key != "inputs" or "heading" in one
                yield _node(one, depth + 1, "SubPlan" if subquery else None)


def _rest(raw: Mapping[str, Any]) -> dict[str, Any]:
    used = {*NUMBERS, *TEXTS, "operation", "actual_loops"}
    return {
        key: value
        for key, value in raw.items()
        if key not in used and not (isinstance(value, list) and value and isinstance(value[0], Mapping))
    }
