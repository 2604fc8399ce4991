"""From what PostgreSQL's EXPLAIN says of a node, by the names of its JSON, to a `PlanNode`.

Every format is first brought to those names (explain.c writes them in all structured formats; `text` restores them), so that there is one
place that knows what they mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from dbdesign.model.plan import NodeKind, PlanNode, TargetTable, WorkerRun
from dbdesign.plans.postgresql import parts

KINDS: Mapping[str, NodeKind] = {
    "Seq Scan": "table scan",
    "Sample Scan": "table scan",
    "Tid Scan": "lookup",
    "Tid Range Scan": "table scan",
    "Foreign Scan": "table scan",
    "Custom Scan": "table scan",
    "Index Scan": "index scan",
    "Index Only Scan": "index only scan",
    "Bitmap Index Scan": "bitmap index scan",
    "BitmapAnd": "bitmap index scan",
    "BitmapOr": "bitmap index scan",
    "Bitmap Heap Scan": "bitmap heap scan",
    "Function Scan": "row source",
    "Table Function Scan": "row source",
    "Values Scan": "row source",
    "CTE Scan": "row source",
    "Named Tuplestore Scan": "row source",
    "WorkTable Scan": "row source",
    "Result": "row source",
    "ProjectSet": "row source",
    "Subquery Scan": "subquery",
    "Nested Loop": "nested loop",
    "Hash Join": "hash join",
    "Merge Join": "merge join",
    "Sort": "sort",
    "Incremental Sort": "sort",
    "Aggregate": "aggregate",
    "Group": "aggregate",
    "WindowAgg": "aggregate",
    "Unique": "aggregate",
    "Hash": "hash",
    "Materialize": "materialize",
    "Memoize": "materialize",
    "Limit": "limit",
    "SetOp": "set operation",
    "Recursive Union": "set operation",
    "Append": "append",
    "Merge Append": "append",
    "Gather": "exchange",
    "Gather Merge": "exchange",
    "ModifyTable": "modify",
    "LockRows": "modify",
}


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(str(one) for one in value) if isinstance(value, (list, tuple)) else (str(value),)


def _condition(value: Any) -> str:
    return " AND ".join(str(one) for one in value) if isinstance(value, (list, tuple)) else str(value)


FIELDS: Mapping[str, tuple[str, Callable[[Any], Any]]] = {
    "Node Type": ("type", str),
    "Parent Relationship": ("parent_relationship", str),
    "Subplan Name": ("subplan_name", str),
    "Strategy": ("strategy", str),
    "Partial Mode": ("partial_mode", str),
    "Operation": ("operation", str),
    "Command": ("command", str),
    "Join Type": ("join_type", str),
    "Scan Direction": ("scan_direction", str),
    "Parallel Aware": ("parallel_aware", parts.boolean),
    "Async Capable": ("async_capable", parts.boolean),
    "Inner Unique": ("inner_unique", parts.boolean),
    "Single Copy": ("single_copy", parts.boolean),
    "Disabled": ("disabled", parts.boolean),
    "Relation Name": ("relation", str),
    "Schema": ("relation_schema", str),
    "Alias": ("alias", str),
    "Index Name": ("index", str),
    "CTE Name": ("cte_name", str),
    "Tuplestore Name": ("cte_name", str),
    "Function Name": ("function_name", str),
    "Table Function Name": ("function_name", str),
    "Startup Cost": ("startup_cost", float),
    "Total Cost": ("total_cost", float),
    "Plan Rows": ("estimated_rows", float),
    "Plan Width": ("width", parts.whole),
    "Actual Startup Time": ("actual_startup_ms", float),
    "Actual Total Time": ("actual_total_ms", float),
    "Actual Rows": ("actual_rows", float),
    "Actual Loops": ("loops", parts.whole),
    "Output": ("output", _texts),
    "Index Cond": ("index_condition", _condition),
    "Recheck Cond": ("recheck_condition", _condition),
    "Filter": ("filter", _condition),
    "Join Filter": ("join_filter", _condition),
    "Hash Cond": ("hash_condition", _condition),
    "Merge Cond": ("merge_condition", _condition),
    "One-Time Filter": ("one_time_filter", _condition),
    "TID Cond": ("tid_condition", _condition),
    "Order By": ("order_by", _condition),
    "Run Condition": ("run_condition", _condition),
    "Conflict Filter": ("conflict_filter", _condition),
    "Rows Removed by Filter": ("rows_removed_by_filter", float),
    "Rows Removed by Join Filter": ("rows_removed_by_join_filter", float),
    "Rows Removed by Index Recheck": ("rows_removed_by_recheck", float),
    "Rows Removed by Conflict Filter": ("rows_removed_by_conflict_filter", float),
    "Sort Key": ("sort_key", _texts),
    "Presorted Key": ("presorted_key", _texts),
    "Group Key": ("group_key", _texts),
    "Cache Key": ("cache_key", _condition),
    "Cache Mode": ("cache_mode", str),
    "Storage": ("storage", str),
    "Maximum Storage": ("storage_kb", parts.whole),
    "Heap Fetches": ("heap_fetches", parts.whole),
    "Index Searches": ("index_searches", parts.whole),
    "Subplans Removed": ("subplans_removed", parts.whole),
    "Workers Planned": ("workers_planned", parts.whole),
    "Workers Launched": ("workers_launched", parts.whole),
}

APART = frozenset({"Plans", "Workers", "Target Tables", "_line"})
"""What is no attribute."""

RUN_FIELDS = frozenset({"actual_startup_ms", "actual_total_ms", "actual_rows"})
"""What a node that never ran has none of; the structured formats write zeros."""

WORKER_FIELDS = ("Actual Startup Time", "Actual Total Time", "Actual Rows", "Actual Loops")


def plan_node(raw: Mapping[str, Any], children: Iterable[PlanNode]) -> PlanNode:
    """One node from its properties; `Plans` among them is not looked at. Raises ValueError where a value is not of its kind."""
    used: set[str] = set()
    values: dict[str, Any] = {}
    rest: dict[str, Any] = {}
    for name, value in raw.items():
        if (known := FIELDS.get(name)) is not None:
            values[known[0]] = known[1](value)
        elif name not in APART:
            rest[name] = value
    values["type"] = values.get("type") or "?"
    values["kind"] = KINDS.get(values["type"], "other")
    if values["type"] in {"Foreign Scan", "Custom Scan"} and "relation" not in values:
        values["kind"] = "row source"
    if values.get("loops") == 0:
        values = {name: value for name, value in values.items() if name not in RUN_FIELDS} | {"never_executed": True}
    if rest:
        values |= parts.shared(rest, used) | parts.of_node(values["type"], rest, used)
    if raw.get("Workers"):
        values["workers"] = tuple(_worker(one, values["type"]) for one in raw["Workers"])
    if raw.get("Target Tables"):
        values["targets"] = tuple(_target(one) for one in raw["Target Tables"])
    if "_line" in raw:
        values["line"] = raw["_line"]
    extra = {name: value for name, value in rest.items() if name not in used}
    return PlanNode(**values, extra=extra, children=tuple(children))


def _worker(raw: Mapping[str, Any], node_type: str) -> WorkerRun:
    used = {"Worker Number", *WORKER_FIELDS}
    values = {FIELDS[name][0]: FIELDS[name][1](raw[name]) for name in WORKER_FIELDS if name in raw}
    values |= parts.shared(raw, used) | parts.of_node(node_type, raw, used)
    values.pop("hash_table", None)
    extra = {name: value for name, value in raw.items() if name not in used}
    return WorkerRun(number=parts.whole(raw.get("Worker Number", -1)), extra=extra, **values)


def _target(raw: Mapping[str, Any]) -> TargetTable:
    known = {"Relation Name": "relation", "Schema": "relation_schema", "Alias": "alias"}
    values = {field: str(raw[name]) for name, field in known.items() if name in raw}
    rest = {name: value for name, value in raw.items() if name not in known}
    return TargetTable(relation=values.pop("relation", "?"), extra=rest, **values)
