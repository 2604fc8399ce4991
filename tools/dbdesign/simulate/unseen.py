"""What the plan of a statement does not show although it will be done: row security, and the statements inside of functions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dbdesign.model.schema import Schema, Table
    from dbdesign.queries.uses import StatementUse
    from dbdesign.simulate.plans import Plan

_READS = re.compile(r"\b(?:from|join|update|into)\s+(?:only\s+)?\"?([\w.]+)", re.IGNORECASE)
_LONGEST = 160


def unseen(sql: str, use: StatementUse | None, plan: Plan, schema: Schema) -> Iterator[str]:
    """A sentence on each."""
    for label in use.tables if use else ():
        table = schema.table_by_label.get(label)
        if table is not None and table.row_security == "enabled":
            yield _row_security(table)
    read = {node.table.name for node in plan.nodes if node.table is not None}
    for routine in schema.routines:
        if not re.search(rf"\b{re.escape(routine.name)}\"?\s*\(", sql, re.IGNORECASE):
            continue
        inside = {name.rpartition(".")[2] for name in _READS.findall(routine.definition)}
        own = sorted(inside & {table.name for table in schema.tables} - read)
        if own:
            yield f"{routine.name} runs statements of its own, on {', '.join(own)}: the plan, its cost and its blocks do not count them"


def _row_security(table: Table) -> str:
    """The owner sees all rows, and the owner's plans are those of the twin (manual, 5.9 "Row Security Policies")."""
    conditions = [f"{one.name}: {one.using}" for one in table.policies if one.using]
    said = "; ".join(conditions)[:_LONGEST]
    return (
        f"row security of {table.label} is not in this plan, which is the owner's: for others it adds "
        f"{said or 'its policies'}; write such conditions into the query to see them planned"
    )
