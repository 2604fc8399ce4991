"""One operator of a CockroachDB plan by its name and fields.

Source: cockroachlabs.com/docs, "EXPLAIN" and "EXPLAIN ANALYZE"; pkg/sql/opt/exec/explain/emit.go. `execution time` and `KV time` are an
operator's own (the vectorized engine takes off its inputs'), summed over nodes of the cluster.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from dbdesign.model.plan import NodeKind, PlanWarning
from dbdesign.plans.quantities import count, milliseconds, size

KINDS: Mapping[str, NodeKind] = {
    "scan": "table scan",
    "revscan": "table scan",
    "virtual table": "row source",
    "values": "row source",
    "norows": "row source",
    "emptyrow": "row source",
    "scan buffer": "row source",
    "filter": "filter",
    "invert filter": "filter",
    "inverted filter": "filter",
    "index join": "lookup",
    "lookup join": "nested loop",
    "inverted join": "nested loop",
    "zigzag join": "nested loop",
    "cross join": "nested loop",
    "apply join": "nested loop",
    "nested loop": "nested loop",
    "hash join": "hash join",
    "merge join": "merge join",
    "sort": "sort",
    "top-k": "sort",
    "limit": "limit",
    "max1row": "limit",
    "group": "aggregate",
    "distinct": "aggregate",
    "window": "aggregate",
    "union": "append",
    "union all": "append",
    "intersect": "set operation",
    "except": "set operation",
    "subquery": "subquery",
    "root": "subquery",
    "buffer": "materialize",
    "spool": "materialize",
    "insert": "modify",
    "insert fast path": "modify",
    "update": "modify",
    "upsert": "modify",
    "delete": "modify",
    "delete range": "modify",
    "constraint-check": "modify",
}
QUALIFIED = re.compile(r"^(?P<type>[\w \-]+?)(?: \((?P<how>[^)]*)\))?$")
JOINS = {
    "left outer": "Left",
    "right outer": "Right",
    "full outer": "Full",
    "semi": "Semi",
    "anti": "Anti",
    "left anti": "Anti",
    "left semi": "Semi",
}
TEXTS = {
    "filter": "filter",
    "spans": "index_condition",
    "equality": "hash_condition",
    "lookup condition": "index_condition",
    "pred": "join_filter",
    "on": "join_filter",
}
LISTS = {"order": "sort_key", "group by": "group_key"}


def operator(name: str, fields: Mapping[str, str]) -> dict[str, Any]:
    """The attributes of a node."""
    match = QUALIFIED.match(name)
    kind_name = match["type"] if match else name
    values: dict[str, Any] = {"type": kind_name, "kind": KINDS.get(kind_name, "other")}
    if match and match["how"]:
        how = match["how"]
        if kind_name.endswith("join"):
            values["join_type"] = JOINS.get(how, "Inner")
        else:
            values["strategy"] = how.title() if how in {"hash", "streaming"} else how
    elif kind_name.endswith("join") and kind_name != "index join":
        values["join_type"] = "Inner"
    values |= _table(kind_name, fields)
    values |= {field: fields[key] for key, field in TEXTS.items() if key in fields and fields[key] != "FULL SCAN"}
    values |= {field: tuple(fields[key].split(",")) for key, field in LISTS.items() if key in fields}
    values |= _figures(fields)
    warnings = [PlanWarning(kind="missing statistics")] if _missing(fields) else []
    values["warnings"] = tuple(warnings)
    values["flags"] = tuple(key for key, value in fields.items() if not value)
    values["extra"] = {key: value for key, value in fields.items() if value}
    if subquery := fields.get("id"):
        values |= {"parent_relationship": "InitPlan" if kind_name == "subquery" else None, "subplan_name": subquery}
    return values


def _missing(fields: Mapping[str, str]) -> bool:
    return "missing stats" in fields or "missing stats" in fields.get("estimated row count", "")


def _table(kind_name: str, fields: Mapping[str, str]) -> dict[str, Any]:
    named = fields.get("table") or fields.get("into") or fields.get("from")
    if not named:
        return {}
    table, _, index = named.partition("@")
    table = table.split("(")[0].strip()
    found: dict[str, Any] = {"relation": table, "alias": table}
    if index:
        found["index"] = index.split()[0]
        found["flags"] = ()
    if kind_name in {"scan", "revscan"}:
        found["access_type"] = "full scan" if "FULL SCAN" in fields.get("spans", "") else "constrained scan"
        if found["access_type"] == "constrained scan":
            found["kind"] = "index scan"
    if kind_name == "revscan":
        found["scan_direction"] = "Backward"
    return found


def _figures(fields: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if (text := fields.get("estimated row count")) and (rows := count(text.split(" - ")[-1])) is not None:
        found["estimated_rows"] = rows
    actual = fields.get("actual row count") or fields.get("actual row count (distributed)")
    if actual and (rows := count(actual)) is not None:
        found |= {"actual_rows": rows, "loops": 1}
    examined = fields.get("KV rows decoded") or fields.get("KV rows read")
    if examined and (rows := count(examined)) is not None:
        found["rows_examined"] = rows
    times = [milliseconds(fields[key]) for key in ("execution time", "KV time") if key in fields]
    if any(time is not None for time in times):
        found["exclusive_ms"] = sum(time or 0.0 for time in times)
    if text := fields.get("estimated max memory allocated"):
        found["memory_bytes"] = size(text)
    if text := fields.get("estimated max sql temp disk usage"):
        found["disk_bytes"] = size(text)
    if (text := fields.get("cost")) and (cost := count(text)) is not None:
        found["total_cost"] = cost
    return found
