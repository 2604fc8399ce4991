"""The tabular EXPLAIN of MySQL and MariaDB, and MariaDB's ANALYZE: one row a table, in the order of joining."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from dbdesign.model.plan import NodeKind, Plan, PlanNode
from dbdesign.plans.mysql.access import access_kind
from dbdesign.plans.tables import Row, Table

SUBQUERY_TYPES = ("SUBQUERY", "DEPENDENT SUBQUERY", "UNCACHEABLE SUBQUERY")
OWNERS = re.compile(r"<(?:derived|subquery|union|materialized)([\d,]+)>")


def is_tabular(table: Table) -> bool:
    """Whether a table has the columns that every version has."""
    return table.has("id", "select_type", "table") and table.has("possible_keys")


def read_table(table: Table) -> Plan:
    """The plan of a table: a block for each id; blocks stand below the row that reads them, subqueries below the first block."""
    blocks: dict[str, list[Row]] = {}
    for row in table.rows:
        blocks.setdefault(row.get("id") or f"result {len(blocks)}", []).append(row)
    built: dict[str, PlanNode] = {}
    read: set[str] = set()
    for name in reversed(list(blocks)):
        built[name] = _block(name, blocks[name], built, read)
    free = [name for name in blocks if name not in read]
    root = built[free[0]]
    others = tuple(built[name] for name in free[1:])
    if others:
        root = root.model_copy(update={"children": root.children + others})
    analyzed = any(node.actual_rows is not None for node in root.walk())
    return Plan(root=root, line=table.rows[0].line, analyzed=analyzed)


def _block(name: str, rows: list[Row], built: dict[str, PlanNode], read: set[str]) -> PlanNode:
    select_type = rows[0].get("select_type") or "SIMPLE"
    tables = [_table(row, built, read) for row in rows]
    flags = [flag for table in tables for flag in table.flags]
    node = tables[0] if len(tables) == 1 else PlanNode(type="nested_loop", kind="nested loop", children=tuple(tables))
    operations: tuple[tuple[str, str, NodeKind], ...] = (
        ("Using temporary", "temporary_table", "materialize"),
        ("Using filesort", "filesort", "sort"),
    )
    for flag, operation, kind in operations:
        if flag in flags:
            node = PlanNode(type=operation, kind=kind, flags=(flag,), children=(node,))
    subquery = select_type.upper() in SUBQUERY_TYPES
    return PlanNode(
        type="query_block",
        kind="subquery",
        parent_relationship="SubPlan" if subquery else None,
        subplan_name=f"select #{name}" if subquery else None,
        line=rows[0].line,
        extra={"select_id": name, "select_type": select_type},
        children=(node,),
    )


def _table(row: Row, built: dict[str, PlanNode], read: set[str]) -> PlanNode:
    access, name = row.get("type") or "", row.get("table") or ""
    flags = tuple(one.strip() for one in (row.get("Extra") or "").split(";") if one.strip())
    owned = [number for owners in OWNERS.findall(name) for number in _numbers(owners) if number in built]
    read.update(owned)
    values = _figures(row)
    return PlanNode(
        type=f"table {access}".strip(),
        kind=access_kind(access, "Using index" in flags, name),
        line=row.line,
        relation=name or None,
        alias=name or None,
        access_type=access or None,
        index=row.get("key"),
        possible_indexes=_list(row.get("possible_keys")),
        partitions=_list(row.get("partitions")),
        flags=flags,
        extra={column: cell for column in ("key_len", "ref") if (cell := row.get(column)) is not None},
        children=tuple(built[number] for number in owned),
        **values,
    )


def _numbers(owners: str) -> Iterable[str]:
    return [one for one in owners.split(",") if one]


def _figures(row: Row) -> dict[str, Any]:
    found: dict[str, Any] = {}
    examined, filtered = _float(row.get("rows")), _float(row.get("filtered"))
    if examined is not None:
        found |= {
            "rows_examined": examined,
            "estimated_rows": examined * (100.0 if filtered is None else filtered) / 100,
        }
    if filtered is not None:
        found["filtered_percent"] = filtered
    actual, kept = _float(row.get("r_rows")), _float(row.get("r_filtered"))
    if actual is not None:
        share = 1.0 if kept is None else kept / 100
        found |= {
            "rows_examined": actual,
            "actual_rows": actual * share,
            "rows_removed_by_filter": actual * (1 - share),
        }
    return found


def _float(text: str | None) -> float | None:
    try:
        return None if text is None else float(text.replace(",", ""))
    except ValueError:
        return None


def _list(text: str | None) -> tuple[str, ...]:
    return () if text is None else tuple(one.strip() for one in text.split(",") if one.strip())
