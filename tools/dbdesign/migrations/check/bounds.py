"""The bound of a partition as a check: what its rows are, and what the default partition's are not."""

from __future__ import annotations

from typing import Any

from dbdesign.migrations.check.subject import Subject
from dbdesign.readers.postgresql import grammar_nodes as nodes
from dbdesign.readers.postgresql.grammar_drafts import TableDraft


def inclusion_text(subject: Subject, parent: TableDraft, bound: Any) -> str | None:
    """What every row of the partition passes; None for a bound over several columns or by hash."""
    column, conditions = _conditions(subject, parent, bound)
    return None if column is None else " AND ".join([f"{column} IS NOT NULL", *conditions])


def exclusion_text(subject: Subject, parent: TableDraft, bound: Any) -> str | None:
    """What every row of the default partition passes beside it."""
    column, conditions = _conditions(subject, parent, bound)
    return None if column is None or not conditions else f"NOT ({' AND '.join(conditions)})"


def _conditions(subject: Subject, parent: TableDraft, bound: Any) -> tuple[str | None, list[str]]:
    keys = parent.partitioning.keys if parent.partitioning is not None else ()
    if len(keys) != 1 or keys[0].column is None:
        return None, []
    column = subject.quoted(keys[0].column)
    if bound.strategy == "l":
        if len(bound.listdatums) != 1:
            return None, []
        return column, [f"{column} = {nodes.expression(bound.listdatums[0])}"]
    if bound.strategy != "r":
        return None, []
    low, high = (nodes.expression(one[0]) for one in (bound.lowerdatums, bound.upperdatums))
    conditions = [f"{column} >= {low}"] if low.lower() != "minvalue" else []
    return column, [*conditions, *([f"{column} < {high}"] if high.lower() != "maxvalue" else [])]
