"""One operator of a TiDB plan: a row of its table, or an object of its JSON.

Source: docs.pingcap.com, "EXPLAIN overview" and "EXPLAIN ANALYZE". The figures are totals over all calls; `loops` there counts chunks that
were asked for, not runs, so it stands in `extra` and the node has run once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from dbdesign.model.plan import NodeKind, PlanWarning
from dbdesign.plans.lists import split_list
from dbdesign.plans.quantities import count, milliseconds, size

NAME = re.compile(r"^(?P<type>.+?)(?:_(?P<id>\d+))?(?:\((?P<side>Build|Probe)\))?$")
ACCESS = re.compile(r"(table|index|partition|clustered index|CTE|dynamic partition|view):\s*(.*)", re.DOTALL)
KINDS: Mapping[str, NodeKind] = {
    "TableFullScan": "table scan",
    "TableRangeScan": "index scan",
    "TableRowIDScan": "lookup",
    "TableSample": "table scan",
    "IndexFullScan": "index scan",
    "IndexRangeScan": "index scan",
    "Point_Get": "index scan",
    "Batch_Point_Get": "index scan",
    "IndexReader": "index only scan",
    "TableReader": "exchange",
    "IndexLookUp": "lookup",
    "IndexMerge": "bitmap heap scan",
    "HashJoin": "hash join",
    "MergeJoin": "merge join",
    "IndexJoin": "nested loop",
    "IndexHashJoin": "nested loop",
    "IndexMergeJoin": "nested loop",
    "Apply": "nested loop",
    "Sort": "sort",
    "TopN": "sort",
    "Limit": "limit",
    "HashAgg": "aggregate",
    "StreamAgg": "aggregate",
    "Window": "aggregate",
    "Selection": "filter",
    "Projection": "other",
    "Union": "append",
    "PartitionUnion": "append",
    "CTE": "materialize",
    "CTEFullScan": "row source",
    "CTETable": "row source",
    "TableDual": "row source",
    "ExchangeSender": "exchange",
    "ExchangeReceiver": "exchange",
    "Shuffle": "exchange",
    "Insert": "modify",
    "Update": "modify",
    "Delete": "modify",
    "SelectLock": "modify",
    "MaxOneRow": "limit",
}
JOIN_WORDS = (
    ("left outer semi", "Semi"),
    ("anti semi", "Anti"),
    ("semi join", "Semi"),
    ("left outer", "Left"),
    ("right outer", "Right"),
)


def operator(cells: Mapping[str, str | None]) -> dict[str, Any]:
    """The attributes of a node by its cells: id, estRows, actRows, task, access object, execution info, operator info, memory, disk."""
    name = NAME.match((cells.get("id") or "?").strip())
    kind_name = name["type"] if name else "?"
    values: dict[str, Any] = {"type": kind_name, "kind": KINDS.get(kind_name, "other")}
    if name and name["side"]:
        values["parent_relationship"] = name["side"]
    info = cells.get("operator info") or ""
    values |= _access(cells.get("access object") or "", info)
    values |= _rows(cells)
    values |= _execution(cells.get("execution info") or "")
    values |= _operator_info(kind_name, info)
    for column, field in (("memory", "memory_bytes"), ("disk", "disk_bytes")):
        if (cell := cells.get(column)) and cell != "N/A":
            values[field] = size(cell)
    if "stats:pseudo" in info:
        values["warnings"] = (PlanWarning(kind="pseudo statistics", detail="stats:pseudo"),)
    values["access_type"] = cells.get("task")
    kept = {
        column: cell
        for column, cell in cells.items()
        if cell and column in {"task", "execution info", "operator info", "access object", "estCost"}
    }
    values["extra"] = {**kept, "id": (cells.get("id") or "").strip(), **values.pop("extra", {})}
    return values


def _rows(cells: Mapping[str, str | None]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    estimated = cells.get("estRows") or cells.get("count")
    if estimated and (rows := count(estimated)) is not None:
        found["estimated_rows"] = rows
    if (actual := cells.get("actRows")) and (rows := count(actual)) is not None:
        found |= {"actual_rows": rows, "loops": 1}
    if (cost := cells.get("estCost")) and (value := count(cost)) is not None:
        found["total_cost"] = value
    return found


def _access(text: str, info: str) -> dict[str, Any]:
    """`table:t, partition:p0,p1, index:idx(a, b)`; a part without a name goes on with the one before."""
    parts: list[tuple[str, str]] = []
    for part in split_list(text or (info if info.startswith("table:") else "")):
        named = ACCESS.fullmatch(part)
        if named:
            parts.append((named[1], named[2].strip()))
        elif parts:
            parts[-1] = (parts[-1][0], f"{parts[-1][1]},{part}")
    found: dict[str, Any] = {}
    for what, value in parts:
        if what == "table":
            name = value.split(",")[0]
            found |= {"relation": name, "alias": name}
        elif what in {"index", "clustered index"}:
            index, _, columns = value.partition("(")
            found["index"] = index.strip()
            found["index_columns"] = tuple(one.strip() for one in columns.rstrip(")").split(",") if one.strip())
        elif what == "CTE":
            found["cte_name"] = value
        else:
            found["partitions"] = tuple(one.strip() for one in value.split(",") if one.strip())
    return found


def _execution(text: str) -> dict[str, Any]:
    """`time:1.2ms, loops:2, …`; of a coprocessor task `tikv_task:{proc max:…}` or `{time:…}`."""
    found: dict[str, Any] = {}
    time = re.search(r"(?:^|[\s{,])(?:proc max|time):\s*([\d.a-zµμ]+)", text)
    if time and (spent := milliseconds(time[1])) is not None:
        found["total_ms"] = spent
    if loops := re.search(r"\bloops:\s*(\d+)", text):
        found["extra"] = {"loops": int(loops[1])}
        if loops[1] == "0" and "time:0s" in text.replace(" ", ""):
            found["never_executed"] = True
    if keys := re.search(r"\btotal_process_keys: (\d+)|\bproc_keys: (\d+)", text):
        found["keys_examined"] = float(keys[1] or keys[2])
    return found


def _operator_info(kind_name: str, info: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if kind_name == "Selection":
        found["filter"] = info
    if ranges := re.search(r"\brange(?: decided by)?:\s*(.+?)(?:, keep order|, stats:|$)", info):
        found["index_condition"] = ranges[1]
    if equal := re.search(r"\bequal:\[(.*?)\](?:,|$)", info):
        found["hash_condition"] = equal[1]
    if other := re.search(r"\bother cond:(.+?)(?:, \w+(?: \w+)?:|$)", info):
        found["join_filter"] = other[1]
    if "Join" in kind_name or kind_name == "Apply":
        found["join_type"] = next((join for word, join in JOIN_WORDS if word in info), "Inner")
    if kind_name in {"Sort", "TopN"}:
        found["sort_key"] = tuple(split_list(info.partition(", offset:")[0]))
    if group := re.search(r"\bgroup by:(.+?)(?:, funcs:|$)", info):
        found["group_key"] = tuple(split_list(group[1]))
    return found
