"""Stages of MongoDB's query engines as nodes.

Source: mongodb.com/docs/manual/reference/explain-results; the server's plan_explainer_impl.cpp and plan_explainer_sbe.cpp. Times include
what is below; counts are over all runs of a stage, which runs once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from dbdesign.errors import InputError
from dbdesign.model.plan import NodeKind, PlanNode

KINDS: Mapping[str, NodeKind] = {
    "COLLSCAN": "table scan",
    "CLUSTERED_IXSCAN": "index scan",
    "IXSCAN": "index scan",
    "IDHACK": "index scan",
    "EXPRESS_IXSCAN": "index scan",
    "EXPRESS_CLUSTERED_IXSCAN": "index scan",
    "COUNT_SCAN": "index only scan",
    "DISTINCT_SCAN": "index only scan",
    "RECORD_STORE_FAST_COUNT": "row source",
    "TEXT": "index scan",
    "TEXT_MATCH": "lookup",
    "TEXT_OR": "append",
    "GEO_NEAR_2D": "index scan",
    "GEO_NEAR_2DSPHERE": "index scan",
    "FETCH": "lookup",
    "SORT": "sort",
    "SORT_MERGE": "append",
    "LIMIT": "limit",
    "SKIP": "limit",
    "OR": "append",
    "AND_HASH": "bitmap heap scan",
    "AND_SORTED": "bitmap heap scan",
    "GROUP": "aggregate",
    "COUNT": "aggregate",
    "EQ_LOOKUP": "nested loop",
    "EQ_LOOKUP_UNWIND": "nested loop",
    "SHARD_MERGE": "exchange",
    "SHARD_MERGE_SORT": "exchange",
    "SINGLE_SHARD": "exchange",
    "SHARDING_FILTER": "filter",
    "SUBPLAN": "subquery",
    "CACHED_PLAN": "subquery",
    "UPDATE": "modify",
    "DELETE": "modify",
    "BATCHED_DELETE": "modify",
    "EOF": "row source",
    "$group": "aggregate",
    "$sort": "sort",
    "$limit": "limit",
    "$skip": "limit",
    "$match": "filter",
    "$lookup": "nested loop",
    "$graphLookup": "nested loop",
    "$unionWith": "append",
    "$facet": "append",
    "$bucketAuto": "aggregate",
    "$setWindowFields": "aggregate",
    "$_internalSetWindowFields": "aggregate",
    "$merge": "modify",
    "$out": "modify",
}
INPUTS = (
    "inputStage",
    "inputStages",
    "outerStage",
    "innerStage",
    "thenStage",
    "elseStage",
    "innerStages",
    "shards",
    "winningPlan",
    "queryPlan",
)
NUMBERS = {
    "nReturned": "actual_rows",
    "docsExamined": "rows_examined",
    "keysExamined": "keys_examined",
    "executionTimeMillisEstimate": "total_ms",
    "cardinalityEstimate": "estimated_rows",
    "costEstimate": "total_cost",
}
SIZES = {
    "memUsage": "memory_bytes",
    "totalDataSizeSortedBytesEstimate": "memory_bytes",
    "spilledBytes": "disk_bytes",
    "spilledDataStorageSize": "disk_bytes",
}
FLAGS = ("usedDisk", "isMultiKey", "isPartial", "isSparse", "isUnique")
DEEPEST = 200


def document(value: Any) -> str:
    """A document as one line of JSON, as people write conditions."""
    return json.dumps(value, ensure_ascii=False, default=str)


def number(value: Any) -> float | None:
    """A number, also as extended JSON writes it: `{"$numberLong": "5"}`."""
    if isinstance(value, Mapping):
        value = next(
            (
                value[key]
                for key in ("$numberLong", "$numberInt", "$numberDouble", "$numberDecimal", "low")
                if key in value
            ),
            None,
        )
    if isinstance(value, bool) or value is None:
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


def stage(
    raw: Mapping[str, Any], collection: str | None, ran: Mapping[int, Mapping[str, Any]], depth: int = 0
) -> PlanNode:
    """The node of a stage and all below it.

    Args:
        collection: that it reads.
        ran: by the plan node's number, what the slot-based engine counted.
    """
    if depth > DEEPEST:
        raise InputError("the plan is more than 200 levels deep", remedy="Give the plan of a part of the pipeline")
    name = str(raw.get("stage") or raw.get("shardName") or "?")
    counted = ran.get(int(number(raw.get("planNodeId")) or -1), {})
    values = _values({**raw, **counted})
    children = tuple(_children(raw, collection, ran, depth))
    values["kind"] = KINDS.get(name, "exchange" if "shardName" in raw else "other")
    if name == "PROJECTION_COVERED":
        children = tuple(
            one.model_copy(update={"kind": "index only scan"}) if one.type == "IXSCAN" else one for one in children
        )
    if name in {
        "COLLSCAN",
        "IXSCAN",
        "FETCH",
        "COUNT_SCAN",
        "DISTINCT_SCAN",
        "IDHACK",
        "CLUSTERED_IXSCAN",
        "UPDATE",
        "DELETE",
    } or name.startswith("EXPRESS"):
        values |= {"relation": collection, "alias": collection}
    values["extra"] = _extra(raw) | {key: value for key, value in counted.items() if key not in NUMBERS}
    return PlanNode(type=name, children=children, **values)


def _children(
    raw: Mapping[str, Any], collection: str | None, ran: Mapping[int, Mapping[str, Any]], depth: int
) -> Iterator[PlanNode]:
    for key in INPUTS:
        value = raw.get(key)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, Mapping):
                inner = one.get("executionStages") or one.get("winningPlan") if "stage" not in one else None
                if isinstance(inner, Mapping) and "shardName" in one:
                    about = {
                        name: item
                        for name, item in one.items()
                        if name not in {"executionStages", "winningPlan", "rejectedPlans"}
                    }
                    yield stage({**about, "inputStage": _plan_of(inner)}, collection, ran, depth + 1)
                else:
                    yield stage(_plan_of(one), collection, ran, depth + 1)


def _plan_of(raw: Mapping[str, Any]) -> Mapping[str, Any]:
    """A winning plan: its own stages, or, in the slot-based engine's explain, those under `queryPlan`."""
    inner = raw.get("queryPlan")
    return inner if isinstance(inner, Mapping) and "stage" not in raw else raw


def _values(raw: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, field in NUMBERS.items():
        if (value := number(raw.get(key))) is not None:
            found[field] = value
    if "actual_rows" in found:
        found["loops"] = 1
    if raw.get("filter"):
        found["filter"] = document(raw["filter"])
        if "rows_examined" in found and "actual_rows" in found:
            found["rows_removed_by_filter"] = max(0.0, found["rows_examined"] - found["actual_rows"])
    if isinstance(raw.get("sortPattern"), Mapping):
        found["sort_key"] = tuple(f"{key} {value}" for key, value in raw["sortPattern"].items())
    for key, field in SIZES.items():
        if (value := number(raw.get(key))) is not None:
            found.setdefault(field, int(value))
    found["flags"] = tuple(key for key in FLAGS if raw.get(key) is True)
    return found | _index(raw)


def _index(raw: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if raw.get("indexName") is not None:
        found["index"] = str(raw["indexName"])
    if isinstance(raw.get("keyPattern"), Mapping):
        found["index_columns"] = tuple(str(key) for key in raw["keyPattern"])
    if raw.get("indexBounds"):
        found["index_condition"] = document(raw["indexBounds"])
    if str(raw.get("direction", "")).lower() == "backward":
        found["scan_direction"] = "Backward"
    return found


def _extra(raw: Mapping[str, Any]) -> dict[str, Any]:
    left_out = {*INPUTS, *NUMBERS, "stage", "filter", "indexName", "indexBounds", "slotBasedPlan", "rejectedPlans"}
    return {key: value for key, value in raw.items() if key not in left_out}


def slot_based(raw: Mapping[str, Any]) -> dict[int, dict[str, Any]]:
    """What the slot-based engine's stages counted, by the plan node that they belong to: rows and time of the topmost, sums of reads."""
    found: dict[int, dict[str, Any]] = {}
    waiting: list[Mapping[str, Any]] = [raw]
    while waiting:
        one = waiting.pop()
        node = number(one.get("planNodeId"))
        if node is not None:
            _count(found.setdefault(int(node), {}), one)
        below = [one[key] for key in INPUTS if key in one]
        for value in below[::-1]:
            waiting.extend(
                inner for inner in (value if isinstance(value, list) else [value]) if isinstance(inner, Mapping)
            )
    return found


def _count(found: dict[str, Any], raw: Mapping[str, Any]) -> None:
    for key in ("nReturned", "executionTimeMillisEstimate"):
        if key in raw:
            found.setdefault(key, raw[key])
    reads = number(raw.get("numReads"))
    name = str(raw.get("stage", ""))
    if reads is not None:
        key = "keysExamined" if name.startswith("ix") else "docsExamined"
        found[key] = (number(found.get(key)) or 0.0) + reads
    if name.startswith("ix") and (keys := number(raw.get("keysExamined"))) is not None:
        found["keysExamined"] = keys
    for key in ("usedDisk", "spills", "spilledRecords", "memLimit", "totalDataSizeSorted"):
        if key in raw:
            found[key] = raw[key]
