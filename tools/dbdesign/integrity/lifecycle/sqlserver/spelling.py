"""Pieces that every part for SQL Server is made of."""

from __future__ import annotations

from dbdesign.integrity.lifecycle.base import Target
from dbdesign.model.lifecycle import Period
from dbdesign.model.relations import Relation
from dbdesign.model.schema import Column, Table

NOW = "SYSUTCDATETIME()"
BATCH = "GO"
"""Ends a batch: CREATE FUNCTION, PROCEDURE, TRIGGER and VIEW must each be alone in theirs."""


def moved(period: Period, sign: str) -> str:
    """The present moment moved by a period, `-` back or nothing forth."""
    return f"DATEADD({period.unit}, {sign}{period.count}, {NOW})"


def batch(*statements: str) -> str:
    """Statements that must each be alone."""
    there = [one.strip() for one in statements if one.strip()]
    return f"{BATCH}\n" + f"\n{BATCH}\n".join(there) + f"\n{BATCH}" if there else ""


def type_of(table: Table, name: str) -> str:
    """A column's type."""
    column: Column | None = table.column(name)
    return column.type.native if column is not None else "bigint"


def pairs(target: Target, relation: Relation, ours: str, theirs: str) -> str:
    """The join of a child and its parent by their aliases."""
    key = relation.foreign_key
    return " AND ".join(
        f"{theirs}.{target.column(there)} = {ours}.{target.column(here)}"
        for here, there in zip(key.columns, key.referenced_columns, strict=True)
    )
