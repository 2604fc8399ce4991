"""MySQL's JSON version 1 and MariaDB's JSON: query blocks, tables, and operations around them.

Neither is specified; both are objects in objects, whose keys name the operation. So a key that holds an object is a node, one that holds a
list of objects is several, and everything else is an attribute, known or kept.

Sources: MySQL 8.4 manual 10.8.2 and sql/opt_explain_json.cc; MariaDB's "EXPLAIN FORMAT=JSON" and "ANALYZE FORMAT=JSON" pages.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dbdesign.errors import LimitError
from dbdesign.model.plan import NodeKind, PlanNode
from dbdesign.plans.mysql.access import access_kind

DEEPEST = 200

KINDS: Mapping[str, NodeKind] = {
    "query_block": "subquery",
    "nested_loop": "nested loop",
    "block-nl-join": "nested loop",
    "ordering_operation": "sort",
    "filesort": "sort",
    "read_sorted_file": "sort",
    "grouping_operation": "aggregate",
    "duplicates_removal": "aggregate",
    "windowing": "aggregate",
    "window_functions_computation": "aggregate",
    "temporary_table": "materialize",
    "buffer_result": "materialize",
    "materialized": "materialize",
    "materialized_from_subquery": "materialize",
    "expression_cache": "materialize",
    "union_result": "set operation",
    "intersect_result": "set operation",
    "except_result": "set operation",
    "unary_result": "set operation",
    "recursive_union": "set operation",
    "insert_from": "modify",
}
DETAILS = frozenset(
    {
        "cost_info",
        "index_merge",
        "r_engine_stats",
        "range-checked-for-each-record",
        "rowid_filter",
        "r_rowid_filter",
        "range_details",
    }
)
"""Keys that hold objects which are no operations."""
SUBQUERIES = frozenset(
    {
        "attached_subqueries", "optimized_away_subqueries", "select_list_subqueries", "having_subqueries", "group_by_subqueries",
        "order_by_subqueries", "update_value_subqueries", "subqueries",
    }
)  # fmt: skip
MATERIALIZED = frozenset({"materialized", "materialized_from_subquery"})
INPUTS = frozenset({"query_specifications", "sorts", "tables"})
FIELDS: Mapping[str, str] = {
    "attached_condition": "filter",
    "index_condition": "index_condition",
    "having_condition": "filter",
    "access_type": "access_type",
    "r_loops": "loops",
}


def block(name: str, raw: Mapping[str, Any], depth: int = 0, relationship: str | None = None) -> PlanNode:
    """The node of an operation and of all in it."""
    if depth > DEEPEST:
        raise LimitError(f"the plan is more than {DEEPEST} levels deep", remedy="Give the plan of a part of the query")
    if "table_name" in raw and name not in KINDS:
        return _table(raw, depth, relationship)
    children = list(_children(raw, depth))
    values = _values(raw)
    if values.get("never_executed") and any(child.loops for child in children):
        values = {key: value for key, value in values.items() if key not in {"never_executed", "loops"}}
    return PlanNode(
        type=name,
        kind=KINDS.get(name, "other"),
        parent_relationship=relationship,
        subplan_name=f"select #{raw['select_id']}" if relationship and "select_id" in raw else None,
        sort_key=_keys(raw.get("sort_key") or raw.get("filesort_key")),
        flags=_flags(raw),
        extra=_extra(raw),
        children=tuple(children),
        **values,
    )


def _children(raw: Mapping[str, Any], depth: int) -> Iterator[PlanNode]:
    for key, value in raw.items():
        if key in DETAILS:
            continue
        if isinstance(value, Mapping):
            yield block(key, value, depth + 1, "Materialized" if key in MATERIALIZED else None)
        elif isinstance(value, list) and value and all(isinstance(one, Mapping) for one in value):
            if key == "nested_loop":
                yield _loop(value, depth)
            elif key in SUBQUERIES:
                yield from (node for one in value for node in _items(one, depth, "SubPlan"))
            elif key in INPUTS or any(isinstance(inner, (Mapping, list)) for one in value for inner in one.values()):
                yield from (node for one in value for node in _items(one, depth, None))


def _loop(items: list[Mapping[str, Any]], depth: int) -> PlanNode:
    inputs = [node for one in items for node in _items(one, depth + 1, None)]
    if len(inputs) == 1:
        return inputs[0]
    return PlanNode(type="nested_loop", kind="nested loop", children=tuple(inputs))


def _items(item: Mapping[str, Any], depth: int, relationship: str | None) -> Iterator[PlanNode]:
    """The nodes of a list's item, which has its operation under one key and says the rest about it beside."""
    about = {key: value for key, value in item.items() if not isinstance(value, (Mapping, list))}
    for key, value in item.items():
        if isinstance(value, Mapping) and key not in DETAILS:
            yield block(key, {**about, **value}, depth + 1, relationship)
        elif isinstance(value, list) and key == "nested_loop":
            yield _loop(value, depth)


def _table(raw: Mapping[str, Any], depth: int, relationship: str | None) -> PlanNode:
    access = str(raw.get("access_type") or "")
    name = raw.get("table_name")
    values = _values(raw)
    values |= _rows(raw, values)
    return PlanNode(
        type=f"table {access}".strip() if access else "table",
        kind=access_kind(access, bool(raw.get("using_index")), str(name or "")),
        parent_relationship=relationship,
        relation=None if name is None else str(name),
        alias=None if name is None else str(name),
        index=None if raw.get("key") is None else str(raw["key"]),
        possible_indexes=_keys(raw.get("possible_keys")),
        index_columns=_keys(raw.get("used_key_parts")),
        partitions=_keys(raw.get("partitions")),
        flags=_flags(raw),
        extra=_extra(raw),
        children=tuple(_children(raw, depth)),
        **values,
    )


def _rows(raw: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Rows examined and kept by one loop: MySQL says what it expects; MariaDB's `r_` figures what came."""
    found: dict[str, Any] = {}
    examined = _number(raw, "rows_examined_per_scan", "rows")
    filtered = _number(raw, "filtered")
    if examined is not None:
        found["rows_examined"] = examined
        found["estimated_rows"] = examined if filtered is None else examined * filtered / 100
    if filtered is not None:
        found["filtered_percent"] = filtered
    actual, kept = _number(raw, "r_rows"), _number(raw, "r_filtered")
    if actual is not None and values.get("loops"):
        share = 1.0 if kept is None else kept / 100
        found |= {"rows_examined": actual, "actual_rows": actual * share}
        if values.get("filter") or values.get("index_condition"):
            found["rows_removed_by_filter"] = actual * (1 - share)
    return found


def _values(raw: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, field in FIELDS.items():
        value = raw.get(key)
        if value is not None and not isinstance(value, (Mapping, list)):
            found[field] = int(value) if field == "loops" else str(value)
    if found.get("loops") == 0:
        found["never_executed"] = True
    if "r_rows" in raw and "table_name" not in raw and raw["r_rows"] is not None:
        found["actual_rows"] = float(raw["r_rows"])
    if "r_output_rows" in raw and raw["r_output_rows"] is not None:
        found["actual_rows"] = float(raw["r_output_rows"])
    return found | _times(raw) | _costs(raw)


def _times(raw: Mapping[str, Any]) -> dict[str, Any]:
    """MariaDB times a table alone (`r_table_time_ms` in the engine, `r_other_time_ms` above it) and a block with all in it.

    A sort over a temporary table is timed alone, since the table was filled before it began.
    """
    table, other = _number(raw, "r_table_time_ms"), _number(raw, "r_other_time_ms")
    if table is not None or other is not None:
        return {"exclusive_ms": (table or 0.0) + (other or 0.0) + (_number(raw, "r_unpack_time_ms") or 0.0)}
    total = _number(raw, "r_total_time_ms")
    if total is None:
        return {}
    return {"exclusive_ms" if "temporary_table" in raw or "table_name" in raw else "total_ms": total}


def _costs(raw: Mapping[str, Any]) -> dict[str, Any]:
    info = raw.get("cost_info")
    if isinstance(info, Mapping):
        if "query_cost" in info:
            return {"total_cost": float(info["query_cost"])}
        read, evaluate = _number(info, "read_cost"), _number(info, "eval_cost")
        if read is not None or evaluate is not None:
            before = _runs_before(raw)
            return {"total_cost": ((read or 0.0) + (evaluate or 0.0)) / before}
        return {}
    cost = _number(raw, "cost")
    return {} if cost is None else {"total_cost": cost / max(1.0, _number(raw, "loops") or 1.0)}


def _runs_before(raw: Mapping[str, Any]) -> float:
    """How often MySQL expects to scan the table: rows that the join has given so far, over those that one scan keeps."""
    produced = _number(raw, "rows_produced_per_join")
    examined = _number(raw, "rows_examined_per_scan")
    filtered = _number(raw, "filtered")
    one = None if examined is None else examined * (100.0 if filtered is None else filtered) / 100
    return max(1.0, produced / one) if produced and one else 1.0


def _number(raw: Mapping[str, Any], *names: str) -> float | None:
    for name in names:
        value = raw.get(name)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return float(value)
        if isinstance(value, str):
            try:
                return float(value)
            except ValueError:
                continue
    return None


def _keys(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(str(one) for one in value) if isinstance(value, list) else (str(value),)


def _flags(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """What is so: `using_filesort`, `using_temporary_table`, `using_index`, `dependent` …"""
    return tuple(key for key, value in raw.items() if value is True)


def _extra(raw: Mapping[str, Any]) -> dict[str, Any]:
    used = {*FIELDS, "table_name", "key", "possible_keys", "used_key_parts", "partitions", "nested_loop", "sort_key"}
    kept: dict[str, Any] = {}
    for key, value in raw.items():
        nested = isinstance(value, Mapping) or (isinstance(value, list) and value and isinstance(value[0], Mapping))
        if key not in used and value is not True and (not nested or key in DETAILS):
            kept[key] = value
    return kept
