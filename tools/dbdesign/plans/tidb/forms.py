"""The forms of TiDB's EXPLAIN: its table, as clients print it, and FORMAT = "tidb_json"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from dbdesign.errors import InputError
from dbdesign.model.plan import Plan, PlanEngine, PlanNode
from dbdesign.plans.base import Content, Form, Found
from dbdesign.plans.tables import Table
from dbdesign.plans.tidb.operators import operator

EDGE = re.compile(r"^[\s│├└─]*")
JSON_COLUMNS = {
    "estRows": "estRows",
    "actRows": "actRows",
    "taskType": "task",
    "accessObject": "access object",
    "executeInfo": "execution info",
    "operatorInfo": "operator info",
    "memoryInfo": "memory",
    "memory": "memory",
    "diskInfo": "disk",
    "disk": "disk",
    "estCost": "estCost",
    "id": "id",
}


def _tables(content: Content) -> list[Table]:
    return [table for table in content.tables if table.has("id", "task", "operator info") and table.rows]


def _table(content: Content) -> float:
    return 0.95 if "operator info" in content.head and _tables(content) else 0.0


def _read_table(content: Content) -> Found:
    return Found([_plan_of(table) for table in _tables(content)])


def _plan_of(table: Table) -> Plan:
    """A tree by the width of the branches before the ids, two columns a level. Every further root hangs below the first: a CTE's plan."""
    order: list[tuple[int, dict[str, Any], list[int]]] = []
    stack: list[tuple[int, int]] = []
    base = min(len(row.raw("id")) - len(row.raw("id").lstrip()) for row in table.rows)
    for row in table.rows:
        text = row.raw("id")
        edge = EDGE.match(text)
        column = (edge.end() if edge else 0) - base
        cells: dict[str, str | None] = {name: row.get(name) for name in table.columns}
        cells["id"] = text[edge.end() if edge else 0 :]
        while stack and stack[-1][0] >= column:
            stack.pop()
        position = len(order)
        order.append((column, {**operator(cells), "line": row.line}, []))
        if stack:
            order[stack[-1][1]][2].append(position)
        elif position:
            order[0][2].append(position)
        stack.append((column, position))
    built: dict[int, PlanNode] = {}
    for position in range(len(order) - 1, -1, -1):
        _, values, children = order[position]
        built[position] = PlanNode(**values, children=tuple(built[child] for child in children))
    return _plan(built[0], table.rows[0].line)


def _plan(root: PlanNode, line: int) -> Plan:
    return Plan(root=root, line=line, analyzed=any(node.actual_rows is not None for node in root.walk()))


def _objects(content: Content) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for document in content.documents:
        for one in document.value if isinstance(document.value, list) else [document.value]:
            if isinstance(one, Mapping) and {"id", "taskType"} <= set(one):
                yield document.line, one


def _json(content: Content) -> float:
    return 0.95 if any(True for _ in _objects(content)) else 0.0


def _read_json(content: Content) -> Found:
    return Found([_plan(_node(one, 0), line) for line, one in _objects(content)])


def _node(raw: Mapping[str, Any], depth: int) -> PlanNode:
    if depth > 200:
        raise InputError("the plan is more than 200 levels deep", remedy="Give the plan of a part of the query")
    cells: dict[str, str | None] = {
        column: str(raw[name]) for name, column in JSON_COLUMNS.items() if raw.get(name) is not None
    }
    below = raw.get("subOperators")
    children = (
        tuple(_node(one, depth + 1) for one in below if isinstance(one, Mapping)) if isinstance(below, list) else ()
    )
    return PlanNode(**operator(cells), children=children)


FORMS = (
    Form(PlanEngine.TIDB, "table", "TiDB's EXPLAIN", _table, _read_table),
    Form(PlanEngine.TIDB, "json", 'TiDB\'s EXPLAIN FORMAT = "tidb_json"', _json, _read_json),
)
