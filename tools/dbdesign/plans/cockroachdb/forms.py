"""The forms of CockroachDB's EXPLAIN: the tree of bullets, the table of old versions, and JSON (DISTSQL, sampled plans)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from dbdesign.errors import InputError
from dbdesign.model.plan import MissingIndex, NodeKind, Plan, PlanEngine, PlanNode, PlanNote, PlanWarning
from dbdesign.plans.base import Content, Form, Found
from dbdesign.plans.cockroachdb.operators import operator
from dbdesign.plans.lines import Line, without_tabs
from dbdesign.plans.quantities import milliseconds

BULLET = re.compile(r"^(?P<edge>[\s│├└─|]*)• (?P<name>.+)$")
FIELD = re.compile(r"^[\s│├└─|]*(?P<key>[A-Za-z][\w ().\-]*?)(?:: ?(?P<value>.*))?$")
ADVICE = re.compile(r"\s*(?:\d+\.\s*)?(?:type: (?P<type>.+)|SQL commands?: (?P<sql>.+))$")
PROCESSORS: Mapping[str, NodeKind] = {
    "TableReader": "table scan",
    "JoinReader": "nested loop",
    "HashJoiner": "hash join",
    "MergeJoiner": "merge join",
    "Sorter": "sort",
    "Aggregator": "aggregate",
    "Distinct": "aggregate",
}
HEADER = re.compile(r"(?m)^[ \t]*(?:distribution|vectorized|planning time|execution time): ")


@dataclass
class _Draft:
    column: int
    name: str
    line: int
    fields: dict[str, str] = field(default_factory=dict)
    children: list[_Draft] = field(default_factory=list)


def _tree(content: Content) -> float:
    if "• " not in content.head:
        return 0.0
    return (
        0.95
        if HEADER.search(content.head) or re.search(r"(?:table|spans|estimated row count): ", content.head)
        else 0.7
    )


def _read_tree(content: Content) -> Found:
    found = Found([])
    reader = _Trees(found)
    for line in without_tabs(content.lines):
        reader.line(line)
    reader.end()
    return found


class _Trees:
    """Reads one tree after another; the fields before a tree's first bullet are the statement's."""

    def __init__(self, found: Found) -> None:
        self.found = found
        self.about: dict[str, str] = {}
        self.roots: list[_Draft] = []
        self.stack: list[_Draft] = []
        self.advice: list[str] = []
        self.warnings: list[str] = []
        self.after = False

    def line(self, line: Line) -> None:
        """Read one line."""
        bullet = BULLET.match(line.text)
        if bullet:
            self._node(len(bullet["edge"]), bullet["name"].strip(), line.number)
        elif not line.text.strip(" │|─"):
            return
        elif re.match(r"\s*(?:index recommendations|WARNING)", line.text):
            self.after = True
            self.warnings += [line.text.strip()] if "WARNING" in line.text else []
        elif self.after and (advice := ADVICE.match(line.text)):
            self.advice += [advice["sql"]] if advice["sql"] else []
        else:
            self._field(line)

    def _node(self, column: int, name: str, number: int) -> None:
        draft = _Draft(column, name, number)
        while self.stack and self.stack[-1].column >= column:
            self.stack.pop()
        if self.stack:
            self.stack[-1].children.append(draft)
        else:
            self.roots.append(draft)
        self.stack.append(draft)

    def _field(self, line: Line) -> None:
        match = FIELD.match(line.text)
        key = match["key"].strip() if match else ""
        if match and key in {"planning time", "distribution"} and self.roots:
            self.end()
        if match is None or (not self.stack and match["value"] is None):
            self.found.notes.append(
                PlanNote(reason="this is not understood", line=line.number, text=line.text.strip()[:200])
            )
        elif self.stack:
            self.stack[-1].fields[key] = match["value"] or ""
        else:
            self.about[key] = match["value"] or ""

    def end(self) -> None:
        """Close the tree that is being read."""
        if self.roots:
            root = _built(self.roots[0])
            if len(self.roots) > 1:
                root = root.model_copy(
                    update={"children": root.children + tuple(_built(one) for one in self.roots[1:])}
                )
            self.found.plans.append(_plan(root, self.roots[0].line, self.about, self.advice, self.warnings))
        self.about, self.roots, self.stack, self.advice, self.warnings, self.after = {}, [], [], [], [], False


def _built(draft: _Draft, depth: int = 0) -> PlanNode:
    if depth > 200:
        raise InputError("the plan is more than 200 levels deep", where=f"line {draft.line}")
    children = tuple(_built(child, depth + 1) for child in draft.children)
    return PlanNode(**operator(draft.name, draft.fields), line=draft.line, children=children)


def _plan(root: PlanNode, line: int, about: Mapping[str, str], advice: list[str], warnings: list[str]) -> Plan:
    """The plan with what its head says of the statement."""
    return Plan(
        root=root,
        line=line,
        analyzed=any(node.actual_rows is not None for node in root.walk()),
        planning_ms=milliseconds(about.get("planning time", "")),
        execution_ms=milliseconds(about.get("execution time", "")),
        missing_indexes=tuple(_advised(one) for one in advice),
        warnings=tuple(PlanWarning(kind="warning", detail=one) for one in warnings),
        extra={**about, **({"index recommendations": advice} if advice else {})},
    )


def _advised(sql: str) -> MissingIndex:
    """`CREATE INDEX ON db.public.t (a, b) STORING (c);`: the engine does not say how much it saves."""
    match = re.search(r"\bON ([^\s(]+) \(([^)]*)\)(?: STORING \(([^)]*)\))?", sql)
    if match is None:
        return MissingIndex(table="?", impact=0.0)
    *schema, table = match[1].split(".")
    columns = [tuple(one.strip() for one in (group or "").split(",") if one.strip()) for group in (match[2], match[3])]
    return MissingIndex(
        table=table, table_schema=".".join(schema) or None, impact=0.0, equality=columns[0], include=columns[1]
    )


def _old(content: Content) -> float:
    return 0.9 if any(table.has("tree", "field", "description") for table in content.tables) else 0.0


def _read_old(content: Content) -> Found:
    """v20.1 and before: rows of tree, field, description."""
    found = Found([])
    for table in content.tables:
        if not table.has("tree", "field", "description"):
            continue
        reader = _Trees(found)
        for row in table.rows:
            name = row.raw("tree").strip(" │├└─·")
            column = len(row.raw("tree")) - len(row.raw("tree").lstrip(" │├└─·"))
            key, value = row.get("field"), row.get("description") or ""
            if name:
                reader._node(column, name, row.line)  # noqa: SLF001 - the same module
            if key and reader.stack:
                reader.stack[-1].fields[key] = value
            elif key:
                reader.about[key] = value
        reader.end()
    return found


def _objects(content: Content) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for document in content.documents:
        for one in document.value if isinstance(document.value, list) else [document.value]:
            if isinstance(one, Mapping) and ("processors" in one or ("Name" in one and "Children" in one)):
                yield document.line, one


def _json(content: Content) -> float:
    return 0.95 if any(True for _ in _objects(content)) else 0.0


def _read_json(content: Content) -> Found:
    found = Found([])
    for line, value in _objects(content):
        if "processors" in value:
            found.plans.append(_plan(_flow(value), line, {"sql": str(value.get("sql", ""))}, [], []))
        else:
            found.plans.append(_plan(_sampled(value, 0), line, {}, [], []))
    return found


def _sampled(raw: Mapping[str, Any], depth: int) -> PlanNode:
    """A plan of crdb_internal.statement_statistics: `{"Name": "scan", "Table": "t@pk", "Spans": "FULL SCAN", "Children": []}`."""
    if depth > 200:
        raise InputError("the plan is more than 200 levels deep")
    fields = {key.lower(): str(value) for key, value in raw.items() if key not in {"Name", "Children"}}
    children = tuple(_sampled(one, depth + 1) for one in raw.get("Children") or () if isinstance(one, Mapping))
    return PlanNode(**operator(str(raw.get("Name")), fields), children=children)


def _flow(raw: Mapping[str, Any]) -> PlanNode:
    """A DISTSQL diagram: processors and the edges between them; the one that feeds no other is the root."""
    processors = [one for one in raw["processors"] if isinstance(one, Mapping)]
    below: dict[int, list[int]] = {}
    fed: set[int] = set()
    for edge in raw.get("edges") or ():
        source, target = int(edge["sourceProc"]), int(edge["destProc"])
        if source not in fed and source != target:
            below.setdefault(target, []).append(source)
            fed.add(source)
    roots = [position for position in range(len(processors)) if position not in fed]
    if not roots:
        raise InputError("the processors of this CockroachDB diagram feed each other in a circle")
    nodes = [_processor(processors, position, below, 0) for position in roots]
    return nodes[0] if len(nodes) == 1 else PlanNode(type="root", kind="subquery", children=tuple(nodes))


def _processor(
    processors: list[Mapping[str, Any]], position: int, below: Mapping[int, list[int]], depth: int
) -> PlanNode:
    if depth > 200 or position >= len(processors):
        raise InputError("the processors of this CockroachDB diagram are not a tree")
    core = processors[position].get("core") or {}
    title = str(core.get("title", "?")).partition("/")[0]
    details = [str(one) for one in core.get("details") or ()]
    table, _, index = next((one for one in details if re.fullmatch(r"[\w.\"]+@[\w.\"]+", one)), "").partition("@")
    return PlanNode(
        type=title,
        kind=PROCESSORS.get(title, "other"),
        relation=table or None,
        index=index or None,
        extra={
            "details": details,
            "node": processors[position].get("nodeIdx"),
            "stage": processors[position].get("stage"),
        },
        children=tuple(_processor(processors, one, below, depth + 1) for one in below.get(position, ())),
    )


FORMS = (
    Form(PlanEngine.COCKROACHDB, "text", "CockroachDB's EXPLAIN", _tree, _read_tree),
    Form(PlanEngine.COCKROACHDB, "table", "CockroachDB's EXPLAIN before 20.2", _old, _read_old),
    Form(PlanEngine.COCKROACHDB, "json", "CockroachDB's plan as JSON", _json, _read_json),
)
