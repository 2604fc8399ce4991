"""The forms of MySQL's and MariaDB's EXPLAIN: how each is recognised, and its plans."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from dbdesign.model.plan import Plan, PlanEngine, PlanNode
from dbdesign.plans.base import Content, Form, Found
from dbdesign.plans.mysql.blocks import block
from dbdesign.plans.mysql.tabular import is_tabular, read_table
from dbdesign.plans.mysql.tree import ACTUAL, COST, read_tree
from dbdesign.plans.mysql.version2 import read_version2
from dbdesign.plans.tables import Table

MARIADB_KEYS = frozenset(
    {
        "r_loops",
        "r_rows",
        "r_total_time_ms",
        "query_optimization",
        "block-nl-join",
        "expression_cache",
        "read_sorted_file",
        "filesort",
    }
)
MYSQL_KEYS = frozenset(
    {"cost_info", "rows_examined_per_scan", "rows_produced_per_join", "used_columns", "ordering_operation"}
)
TREE = re.compile(r"(?m)^[^\w\n]{0,300}-> [A-Z<].*")


def _statements(content: Content) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for document in content.documents:
        for value in document.value if isinstance(document.value, list) else [document.value]:
            if isinstance(value, Mapping):
                yield document.line, value


def _keys(value: Any) -> set[str]:
    """Keys at any depth."""
    found: set[str] = set()
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Mapping):
            found.update(one)
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
    return found


def _blocks(content: Content, mariadb: bool) -> float:
    for _, value in _statements(content):
        if isinstance(value.get("query_block"), Mapping):
            return _block_of(value["query_block"], mariadb)
    return 0.0


def _block_of(raw: Mapping[str, Any], mariadb: bool) -> float:
    """How sure it is that a block is MariaDB's, or MySQL's: by keys that one of them has; a message without a table is in `table` there."""
    keys = _keys(raw)
    ours, theirs = (MARIADB_KEYS, MYSQL_KEYS) if mariadb else (MYSQL_KEYS, MARIADB_KEYS)
    if keys & ours:
        return 0.8 if keys & theirs else 1.0
    table = raw.get("table")
    like_mariadb = "rows" in keys or (isinstance(table, Mapping) and "message" in table)
    return 0.6 if mariadb == like_mariadb else 0.5


def _read_blocks(content: Content) -> Found:
    found = Found([])
    for line, value in _statements(content):
        raw = value.get("query_block")
        if not isinstance(raw, Mapping):
            continue
        found.plans.append(_plan(block("query_block", raw), line, value))
    return found


def _plan(root: PlanNode, line: int, value: Mapping[str, Any]) -> Plan:
    optimization = value.get("query_optimization")
    planning = optimization.get("r_total_time_ms") if isinstance(optimization, Mapping) else None
    return Plan(
        root=root,
        line=line,
        analyzed=any(node.loops is not None for node in root.walk()),
        planning_ms=None if planning is None else float(planning),
        execution_ms=root.total_ms,
        query=None if value.get("query") is None else str(value["query"]),
        extra={key: one for key, one in value.items() if key not in {"query_block", "query_optimization", "query"}},
    )


def _version2(content: Content) -> float:
    for _, value in _statements(content):
        if "query_block" not in value and (
            isinstance(value.get("query_plan"), Mapping) or "operation" in value or "inputs" in value
        ):
            return 0.95 if _keys(value) & {"operation"} else 0.0
    return 0.0


def _read_version2(content: Content) -> Found:
    return Found([read_version2(value, line) for line, value in _statements(content)])


def _tree(content: Content) -> float:
    lines = TREE.findall(content.head)
    if not lines or re.search(r"width=\d+\)", content.head):
        return 0.0
    return 0.85 if any(COST.search(line) or ACTUAL.search(line) for line in lines) else 0.5


def _read_tree(content: Content) -> Found:
    plans, notes = read_tree(content.lines)
    return Found(plans, notes)


def _tabular(content: Content, mariadb: bool) -> float:
    for table in _tables(content):
        ours = table.has("r_rows") if mariadb else table.has("partitions") or table.has("filtered")
        theirs = (
            table.has("partitions") or (table.has("filtered") and not table.has("r_rows"))
            if mariadb
            else table.has("r_rows")
        )
        return 0.95 if ours and not theirs else 0.6 if mariadb and not theirs else 0.55
    return 0.0


def _tables(content: Content) -> list[Table]:
    return [table for table in content.tables if is_tabular(table) and table.rows]


def _read_tables(content: Content) -> Found:
    return Found([read_table(table) for table in _tables(content)])


FORMS = (
    Form(
        PlanEngine.MYSQL, "json", "MySQL's EXPLAIN FORMAT=JSON", lambda content: _blocks(content, False), _read_blocks
    ),
    Form(
        PlanEngine.MARIADB,
        "json",
        "MariaDB's EXPLAIN FORMAT=JSON",
        lambda content: _blocks(content, True),
        _read_blocks,
    ),
    Form(PlanEngine.MYSQL, "json", "MySQL's EXPLAIN FORMAT=JSON, version 2", _version2, _read_version2),
    Form(PlanEngine.MYSQL, "tree", "MySQL's EXPLAIN FORMAT=TREE", _tree, _read_tree),
    Form(PlanEngine.MYSQL, "table", "MySQL's EXPLAIN", lambda content: _tabular(content, False), _read_tables),
    Form(PlanEngine.MARIADB, "table", "MariaDB's EXPLAIN", lambda content: _tabular(content, True), _read_tables),
)
