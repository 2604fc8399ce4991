"""One RelOp of a showplan.

Source: the showplan schema (schemas.microsoft.com/sqlserver/2004/07/showplan); learn.microsoft.com, "Showplan logical and physical
operators reference". `EstimateRows` is per run, `ActualRows` over all runs and threads; elapsed time includes what is below in row
mode and does not in batch mode.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from xml.etree import ElementTree as ET

from dbdesign.model.plan import NodeKind, PlanWarning

KINDS: Mapping[str, NodeKind] = {
    "Table Scan": "table scan",
    "Clustered Index Scan": "table scan",
    "Columnstore Index Scan": "table scan",
    "Remote Scan": "table scan",
    "Index Scan": "index scan",
    "Index Seek": "index scan",
    "Clustered Index Seek": "index scan",
    "Key Lookup": "lookup",
    "RID Lookup": "lookup",
    "Constant Scan": "row source",
    "Table-valued function": "row source",
    "Nested Loops": "nested loop",
    "Adaptive Join": "hash join",
    "Hash Match": "hash join",
    "Merge Join": "merge join",
    "Sort": "sort",
    "Top": "limit",
    "Stream Aggregate": "aggregate",
    "Window Aggregate": "aggregate",
    "Segment": "aggregate",
    "Sequence Project": "aggregate",
    "Filter": "filter",
    "Compute Scalar": "other",
    "Concatenation": "append",
    "Parallelism": "exchange",
    "Table Spool": "materialize",
    "Index Spool": "materialize",
    "Row Count Spool": "materialize",
    "Window Spool": "materialize",
}
MODIFY = ("Insert", "Update", "Delete", "Merge")
JOINS = {
    "Inner Join": "Inner",
    "Left Outer Join": "Left",
    "Right Outer Join": "Right",
    "Full Outer Join": "Full",
    "Left Semi Join": "Semi",
    "Right Semi Join": "Right Semi",
    "Left Anti Semi Join": "Anti",
    "Right Anti Semi Join": "Right Anti",
}
PREDICATES = {
    "Predicate": "filter",
    "SeekPredicates": "index_condition",
    "ProbeResidual": "join_filter",
    "Residual": "join_filter",
    "BuildResidual": "join_filter",
    "PassThru": "one_time_filter",
    "StartupExpression": "one_time_filter",
}
ATTRIBUTES = (
    "EstimateIO", "EstimateCPU", "TableCardinality", "EstimateRebinds", "EstimateRewinds", "EstimateRowsWithoutRowGoal",
    "EstimatedRowsRead", "EstimatedExecutionMode", "Parallel", "Partitioned", "LogicalOp", "NodeId", "AdaptiveThresholdRows",
    "EstimatedJoinType", "IsAdaptive",
)  # fmt: skip
COUNTERS = (
    "ActualLogicalReads",
    "ActualPhysicalReads",
    "ActualReadAheads",
    "ActualLobLogicalReads",
    "ActualRebinds",
    "ActualRewinds",
    "ActualCPUms",
)


def bare(tag: str) -> str:
    """A tag without its namespace."""
    return tag.rpartition("}")[2]


def child(element: ET.Element, name: str) -> ET.Element | None:
    """The first child of that name."""
    return next((one for one in element if bare(one.tag) == name), None)


def below(element: ET.Element, name: str) -> Iterator[ET.Element]:
    """The nearest elements of that name under an element: none within another RelOp."""
    waiting = list(element)[::-1]
    while waiting:
        one = waiting.pop()
        if bare(one.tag) == name:
            yield one
        elif bare(one.tag) != "RelOp":
            waiting.extend(list(one)[::-1])


def operator(element: ET.Element) -> dict[str, Any]:
    """The attributes of a node."""
    about = element.attrib
    physical, logical = about.get("PhysicalOp", "?"), about.get("LogicalOp", "")
    work = _work(element)
    values: dict[str, Any] = {"type": physical}
    if work is not None and work.get("Lookup", "") in {"1", "true"}:
        values["type"] = "Key Lookup"
    values["kind"] = _kind(values["type"], logical)
    values |= {"join_type": JOINS[logical]} if logical in JOINS else {}
    values |= _estimates(about)
    values |= _runtime(element)
    if work is not None:
        values |= _work_values(work, values)
    values["warnings"] = warnings(child(element, "Warnings"))
    values["extra"] = {name: about[name] for name in ATTRIBUTES if name in about} | values.pop("extra", {})
    return values


def _kind(physical: str, logical: str) -> NodeKind:
    if physical.endswith(MODIFY) or physical in MODIFY:
        return "modify"
    if physical == "Hash Match":
        return (
            "aggregate"
            if "Aggregate" in logical or "Distinct" in logical
            else "set operation"
            if logical == "Union"
            else "hash join"
        )
    if physical == "Sort" and logical == "TopN Sort":
        return "sort"
    return KINDS.get(physical, "other")


def _work(element: ET.Element) -> ET.Element | None:
    """The element that describes the operation: the one that is none of those that every RelOp has."""
    common = {
        "OutputList",
        "Warnings",
        "MemoryFractions",
        "RunTimeInformation",
        "RunTimePartitionSummary",
        "InternalInfo",
    }
    return next((one for one in element if bare(one.tag) not in common), None)


def _estimates(about: Mapping[str, str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, field in (("EstimateRows", "estimated_rows"), ("EstimatedTotalSubtreeCost", "total_cost")):
        if name in about:
            found[field] = float(about[name])
    if "AvgRowSize" in about:
        found["width"] = int(float(about["AvgRowSize"]))
    return found


def _runtime(element: ET.Element) -> dict[str, Any]:
    information = child(element, "RunTimeInformation")
    if information is None:
        return {}
    threads = [one.attrib for one in information if bare(one.tag) == "RunTimeCountersPerThread"]

    def total(name: str) -> float:
        return sum(float(one.get(name, 0)) for one in threads)

    runs = [int(float(one.get("ActualExecutions", 0))) for one in threads]
    loops = 1 if sum(runs) and max(runs) == 1 else sum(runs)
    found: dict[str, Any] = {"loops": loops, "never_executed": loops == 0}
    counters = {name: total(name) for name in COUNTERS if any(name in one for one in threads)}
    found["extra"] = {**counters, "threads": [dict(one) for one in threads]} if len(threads) > 1 else counters
    if loops == 0:
        return found
    found["actual_rows"] = total("ActualRows") / loops
    if any("ActualRowsRead" in one for one in threads):
        found["rows_examined"] = total("ActualRowsRead") / loops
        found["rows_removed_by_filter"] = max(0.0, found["rows_examined"] - found["actual_rows"])
    if any("ActualElapsedms" in one for one in threads):
        batch = any(one.get("ActualExecutionMode") == "Batch" for one in threads)
        elapsed = max(float(one.get("ActualElapsedms", 0)) for one in threads)
        found["exclusive_ms" if batch else "total_ms"] = elapsed
    return found


def _work_values(work: ET.Element, values: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for target in below(work, "Object"):
        found = _object(target)
        break
    for name, field in PREDICATES.items():
        texts = [_scalar(one) for one in work if bare(one.tag) == name]
        texts = [text for text in texts if text]
        if texts:
            found[field] = " AND ".join(texts) if field not in found else f"{found[field]} AND {' AND '.join(texts)}"
    if values["kind"] == "nested loop" and "filter" in found:
        found["join_filter"] = found.pop("filter")
    found["sort_key"] = tuple(_order(one) for one in below(work, "OrderByColumn"))
    group = next(below(work, "GroupBy"), None)
    if group is not None:
        found["group_key"] = tuple(_column(one) for one in group)
    if work.get("ScanDirection") == "BACKWARD":
        found["scan_direction"] = "Backward"
    return found


def _object(element: ET.Element) -> dict[str, Any]:
    def name(attribute: str) -> str | None:
        text = element.get(attribute)
        return None if text is None else text.removeprefix("[").removesuffix("]").replace("]]", "]")

    found: dict[str, Any] = {"relation": name("Table"), "relation_schema": name("Schema"), "index": name("Index")}
    found["alias"] = name("Alias") or found["relation"]
    return {key: value for key, value in found.items() if value is not None}


def _scalar(element: ET.Element) -> str:
    """The text of a predicate; of seeks, the columns with what they are sought by."""
    seeks = [_seek(one) for one in element.iter() if bare(one.tag) in {"Prefix", "StartRange", "EndRange", "IsNotNull"}]
    if seeks:
        return " AND ".join(seek for seek in seeks if seek)
    found = next((one.get("ScalarString") for one in element.iter() if one.get("ScalarString")), None)
    return found or ""


COMPARISONS = {"EQ": "=", "GT": ">", "GE": ">=", "LT": "<", "LE": "<=", "NE": "<>"}


def _seek(element: ET.Element) -> str:
    columns = [_column(one) for group in element if bare(group.tag) == "RangeColumns" for one in group]
    values = [
        one.get("ScalarString", "?") for group in element if bare(group.tag) == "RangeExpressions" for one in group
    ]
    sign = COMPARISONS.get(element.get("ScanType", "EQ"), "=")
    return " AND ".join(f"{column} {sign} {value}" for column, value in zip(columns, values, strict=False))


def _column(element: ET.Element) -> str:
    table = (element.get("Alias") or element.get("Table") or "").strip("[]")
    column = element.get("Column", "?")
    return f"{table}.{column}" if table else column


def _order(element: ET.Element) -> str:
    reference = child(element, "ColumnReference")
    column = "?" if reference is None else _column(reference)
    return column if element.get("Ascending") in {"1", "true"} else f"{column} DESC"


def warnings(element: ET.Element | None) -> tuple[PlanWarning, ...]:
    """Every warning of a node or a statement: attributes that are true, and elements with theirs."""
    if element is None:
        return ()
    found = [PlanWarning(kind=name) for name, value in element.attrib.items() if value in {"1", "true"}]
    for one in element:
        columns = [_column(column) for column in one.iter() if bare(column.tag) == "ColumnReference"]
        detail = one.get("Expression") or (", ".join(columns) if columns else None)
        found.append(PlanWarning(kind=bare(one.tag), detail=detail, attributes=dict(one.attrib)))
    return tuple(found)
