"""Showplan XML, as SSMS saves it (.sqlplan), as a column of a result, or as several statements of a batch."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from dbdesign.errors import InputError
from dbdesign.model.plan import MemoryGrant, MissingIndex, Plan, PlanEngine, PlanNode, PlanParameter, Wait
from dbdesign.plans.base import Content, Form, Found
from dbdesign.plans.sqlserver.operators import bare, below, child, operator, warnings
from dbdesign.plans.xml_text import read_xml, refuse_document_type

ASK = "Save the plan as .sqlplan (SET STATISTICS XML ON, or Include Actual Execution Plan) and give the whole file"
START = re.compile(r"<(?:\w+:)?ShowPlanXML\b")
ABOUT = (
    "StatementType", "StatementSubTreeCost", "StatementEstRows", "StatementOptmLevel", "StatementOptmEarlyAbortReason", "QueryHash",
    "QueryPlanHash", "CardinalityEstimationModelVersion", "RetrievedFromCache", "ParameterizedText", "BatchModeOnRowStoreUsed",
)  # fmt: skip
ABOUT_PLAN = (
    "DegreeOfParallelism",
    "NonParallelPlanReason",
    "CachedPlanSize",
    "CompileTime",
    "CompileCPU",
    "CompileMemory",
    "MemoryGrant",
)
GRANT = {
    "RequestedMemory": "requested_kb",
    "GrantedMemory": "granted_kb",
    "MaxUsedMemory": "max_used_kb",
    "DesiredMemory": "desired_kb",
    "RequiredMemory": "required_kb",
}


def _recognise(content: Content) -> float:
    if START.search(content.head):
        return 1.0
    return 0.8 if "<RelOp " in content.head and "PhysicalOp=" in content.head else 0.0


def _read(content: Content) -> Found:
    found = Found([])
    refuse_document_type(content.text, ask=ASK)
    for match in re.finditer(r"<(?P<tag>(?:\w+:)?ShowPlanXML)\b.*?(?:</(?P=tag)>|\Z)", content.text, re.DOTALL):
        line = content.lines[content.text.count("\n", 0, match.start())].number
        for statement, query_plan in _statements(read_xml(match[0], line, found.notes, ask=ASK)):
            relation = child(query_plan, "RelOp")
            if relation is not None:
                found.plans.append(_plan(statement, query_plan, relation, line))
    if not found.plans:
        raise InputError("this is a SQL Server showplan, but no statement in it has a plan with operators", remedy=ASK)
    return found


def _statements(root: ET.Element) -> Iterator[tuple[ET.Element, ET.Element]]:
    """Every statement with its QueryPlan, in order; conditions and called procedures have theirs inside."""
    waiting = [(root, root)]
    while waiting:
        element, statement = waiting.pop()
        tag = bare(element.tag)
        if tag == "QueryPlan":
            yield statement, element
            continue
        inner = element if tag.startswith("Stmt") else statement
        waiting.extend((one, inner) for one in list(element)[::-1] if bare(one.tag) != "RelOp")


def _plan(statement: ET.Element, query_plan: ET.Element, relation: ET.Element, line: int) -> Plan:
    root = _tree(relation)
    times = child(query_plan, "QueryTimeStats")
    about = {name: statement.get(name) for name in ABOUT if statement.get(name) is not None}
    about |= {name: query_plan.get(name) for name in ABOUT_PLAN if query_plan.get(name) is not None}
    if times is not None:
        about |= {f"QueryTimeStats.{name}": value for name, value in times.attrib.items()}
    return Plan(
        root=root,
        line=line,
        analyzed=any(node.loops is not None for node in root.walk()),
        planning_ms=_float(query_plan.get("CompileTime")),
        execution_ms=None if times is None else _float(times.get("ElapsedTime")),
        query=statement.get("StatementText"),
        query_id=statement.get("QueryHash"),
        parameters=tuple(_parameters(query_plan)),
        missing_indexes=tuple(_missing(query_plan)),
        memory_grant=_grant(child(query_plan, "MemoryGrantInfo")),
        waits=tuple(_waits(child(query_plan, "WaitStats"))),
        warnings=warnings(child(query_plan, "Warnings")),
        extra=about,
    )


def _tree(root: ET.Element) -> PlanNode:
    order: list[tuple[ET.Element, list[ET.Element]]] = []
    waiting = [root]
    while waiting:
        element = waiting.pop()
        inputs = list(below(element, "RelOp"))
        order.append((element, inputs))
        waiting.extend(inputs)
    built: dict[int, PlanNode] = {}
    for element, inputs in reversed(order):
        built[id(element)] = PlanNode(**operator(element), children=tuple(built[id(one)] for one in inputs))
    return built[id(root)]


def _float(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None


def _parameters(query_plan: ET.Element) -> Iterator[PlanParameter]:
    listed = child(query_plan, "ParameterList")
    for one in () if listed is None else listed:
        yield PlanParameter(
            name=one.get("Column", "?"),
            type=one.get("ParameterDataType"),
            compiled=one.get("ParameterCompiledValue"),
            runtime=one.get("ParameterRuntimeValue"),
        )


def _missing(query_plan: ET.Element) -> Iterator[MissingIndex]:
    for group in below(query_plan, "MissingIndexGroup"):
        for one in below(group, "MissingIndex"):
            columns = {
                columns.get("Usage", "").lower(): tuple(column.get("Name", "?").strip("[]") for column in columns)
                for columns in one
            }
            yield MissingIndex(
                table=one.get("Table", "?").strip("[]"),
                table_schema=(one.get("Schema") or "").strip("[]") or None,
                database=(one.get("Database") or "").strip("[]") or None,
                impact=_float(group.get("Impact")) or 0.0,
                equality=columns.get("equality", ()),
                inequality=columns.get("inequality", ()),
                include=columns.get("include", ()),
            )


def _grant(element: ET.Element | None) -> MemoryGrant | None:
    if element is None:
        return None
    values = {field: int(value) for name, field in GRANT.items() if (value := _float(element.get(name))) is not None}
    rest = {name: value for name, value in element.attrib.items() if name not in GRANT}
    return MemoryGrant(**values, wait_ms=_seconds(element.get("GrantWaitTime")), extra=rest)


def _seconds(text: str | None) -> float | None:
    value = _float(text)
    return None if value is None else value * 1000


def _waits(element: ET.Element | None) -> Iterator[Wait]:
    for one in () if element is None else element:
        count = _float(one.get("WaitCount")) or 0.0
        yield Wait(type=one.get("WaitType", "?"), ms=_float(one.get("WaitTimeMs")) or 0.0, count=int(count))


FORMS = (Form(PlanEngine.SQLSERVER, "xml", "SQL Server's showplan XML", _recognise, _read),)
