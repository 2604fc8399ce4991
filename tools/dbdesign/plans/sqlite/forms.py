"""The forms of SQLite's EXPLAIN QUERY PLAN: the shell's tree, the table of ids and parents, and the table of old versions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from dbdesign.errors import InputError
from dbdesign.model.plan import Plan, PlanEngine, PlanNode, PlanNote
from dbdesign.plans.base import Content, Form, Found
from dbdesign.plans.lines import without_tabs
from dbdesign.plans.sqlite.details import described

BRANCH = re.compile(r"^(?P<edge>(?:[|│ ] {2,3})*)(?:\|--|`--|├──|└──|\\--|\+--) ?(?P<detail>[A-Z(].*)$")
ROW = re.compile(r"\s*(\d+)(?:[|\t]|, ?)(\d+)(?:[|\t]|, ?)(\d+)(?:[|\t]|, ?)(\"?)([A-Z(].*?)\4\s*$")
SIGN = re.compile(r"(?m)\b(?:SCAN|SEARCH) \S|USE TEMP B-TREE|COMPOUND QUERY|CO-ROUTINE|MULTI-INDEX OR")
CYCLES = re.compile(r"\s*\((?:cycles=(\d+)[^)]*?)?(?:\s*rows=(\d+))?[^)]*\)$")
FIRST = re.compile(r"(?m)^QUERY PLAN\b")


@dataclass
class Item:
    """A line: its detail and what stands below it."""

    detail: str
    line: int
    children: list[Item] = field(default_factory=list)


def _node(item: Item, depth: int = 0) -> PlanNode:
    if depth > 200:
        raise InputError("the plan is more than 200 levels deep", where=f"line {item.line}")
    detail, extra = item.detail, {}
    if (cycles := CYCLES.search(detail)) and (cycles[1] or cycles[2]):
        extra = {name: int(value) for name, value in (("cycles", cycles[1]), ("rows", cycles[2])) if value}
        detail = detail[: cycles.start()]
    values = described(detail)
    values["extra"] = {**values.get("extra", {}), **extra, "detail": detail}
    return PlanNode(**values, line=item.line, children=_joined([_node(child, depth + 1) for child in item.children]))


def _joined(nodes: list[PlanNode]) -> tuple[PlanNode, ...]:
    """Scans beside each other are a nested loop, outermost first."""
    scans = [node for node in nodes if node.type in {"SCAN", "SEARCH", "MULTI-INDEX OR"}]
    if len(scans) < 2:
        return tuple(nodes)
    loop = PlanNode(type="nested loop", kind="nested loop", line=scans[0].line, children=tuple(scans))
    first = next(position for position, node in enumerate(nodes) if node is scans[0])
    joined = {id(node) for node in scans}
    after = [node for node in nodes[first:] if id(node) not in joined]
    return (*nodes[:first], loop, *after)


def _plan(items: list[Item], line: int) -> Plan:
    children = _joined([_node(item) for item in items])
    return Plan(root=PlanNode(type="QUERY PLAN", kind="subquery", line=line, children=children), line=line)


def _tree(content: Content) -> float:
    if not SIGN.search(content.head) or not any(BRANCH.match(line) for line in content.head.split("\n")):
        return 0.0
    return 0.95 if FIRST.search(content.head) else 0.9


def _read_tree(content: Content) -> Found:
    found = Found([])
    items: list[Item] = []
    stack: list[tuple[int, Item]] = []
    begin = content.lines[0].number
    for line in without_tabs(content.lines):
        branch = BRANCH.match(line.text)
        if FIRST.match(line.text):
            if items:
                found.plans.append(_plan(items, begin))
            items, stack, begin = [], [], line.number
        elif branch:
            column = len(branch["edge"])
            while stack and stack[-1][0] >= column:
                stack.pop()
            item = Item(branch["detail"].strip(), line.number)
            (stack[-1][1].children if stack else items).append(item)
            stack.append((column, item))
        elif line.text.strip():
            found.notes.append(
                PlanNote(reason="this is no line of a plan", line=line.number, text=line.text.strip()[:200])
            )
    if items:
        found.plans.append(_plan(items, begin))
    return found


def _rows(content: Content) -> Iterator[tuple[int, int, int, int, str]]:
    """Rows (line, first, second, third, detail) of a table in any form, or of JSON objects."""
    for document in content.documents:
        yield from _objects(document.line, document.value)
    for table in content.tables:
        names = {column.lower(): column for column in table.columns}
        if "detail" in names:
            for row in table.rows:
                numbers = [row.get(column) or "" for column in table.columns if column != names["detail"]]
                if len(numbers) >= 3 and all(one.isdigit() for one in numbers[:3]):
                    first, second, third = (int(one) for one in numbers[:3])
                    yield row.line, first, second, third, row.get(names["detail"]) or ""
    if not content.tables:
        for line in content.lines:
            if match := ROW.match(line.text):
                yield line.number, int(match[1]), int(match[2]), int(match[3]), match[5]


def _objects(line: int, value: Any) -> Iterator[tuple[int, int, int, int, str]]:
    for one in value if isinstance(value, list) else []:
        if isinstance(one, dict) and {"id", "parent", "detail"} <= set(one):
            yield line, int(one["id"]), int(one["parent"]), int(one.get("notused") or 0), str(one["detail"])
        elif (
            isinstance(one, (list, tuple))
            and len(one) == 4
            and isinstance(one[3], str)
            and all(isinstance(x, int) for x in one[:3])
        ):
            yield line, one[0], one[1], one[2], one[3]


def _table(content: Content) -> float:
    if not SIGN.search(content.head):
        return 0.0
    found = [detail for *_, detail in _first(_rows(content))]
    return 0.9 if any(SIGN.search(detail) for detail in found) else 0.0


def _first(rows: Iterable[tuple[int, int, int, int, str]]) -> list[tuple[int, int, int, int, str]]:
    return [row for row, _ in zip(rows, range(20), strict=False)]


def _read_table(content: Content) -> Found:
    rows = list(_rows(content))
    old = all(
        first < 100 and re.search(r"\b(?:TABLE|SUBQUERY)\b|TEMP B-TREE", detail) for _, first, _, _, detail in rows
    )
    old = old and len({first for _, first, *_ in rows}) < len(rows)
    items = _by_select(rows) if old else _by_parent(rows)
    return Found([_plan(items, rows[0][0])])


def _by_parent(rows: list[tuple[int, int, int, int, str]]) -> list[Item]:
    items: list[Item] = []
    by_id: dict[int, Item] = {}
    for line, number, parent, _, detail in rows:
        item = Item(detail, line)
        above = by_id.get(parent)
        (items if above is None or parent == number else above.children).append(item)
        by_id[number] = item
    return items


def _by_select(rows: list[tuple[int, int, int, int, str]]) -> list[Item]:
    """Before 3.24: selectid, order, from, detail; the selects beside each other."""
    selects: dict[int, list[Item]] = {}
    for line, select, _, _, detail in rows:
        selects.setdefault(select, []).append(Item(detail, line))
    items = selects.pop(0, [])
    for item in [*items, *(one for below in selects.values() for one in below)]:
        named = re.search(r"SUBQUERY (\d+)$", item.detail)
        if named and int(named[1]) in selects:
            item.children = selects.pop(int(named[1]))
    return items + [Item(f"SUBQUERY {number}", below[0].line, below) for number, below in selects.items()]


FORMS = (
    Form(PlanEngine.SQLITE, "tree", "SQLite's EXPLAIN QUERY PLAN", _tree, _read_tree),
    Form(PlanEngine.SQLITE, "table", "SQLite's EXPLAIN QUERY PLAN as rows", _table, _read_table),
)
