"""A filter computes something of a column, and the index on the column cannot be used."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbdesign.simulate.conditions import columns_in, conjuncts
from dbdesign.simulate.findings.base import LARGE, PlanFinding, PlanRule, Subject
from dbdesign.simulate.latency import count
from dbdesign.twin.relations import Relation

FEW = 0.2
_COMPARED = re.compile(r"^\(*(?P<left>.+?)\s(?:=|<|>|<=|>=|~~)\s(?P<right>.+?)\)*$", re.DOTALL)
_RELABELLED = re.compile(r"^\(*[\w.\"]+\)*::(?:text|bpchar|character varying)\)*$")
_BARE = re.compile(r"^\(*[\w.\"$]+\)*$")
_TEXTS = ("character varying", "character(", "character", "text", "name")


class FunctionHidesIndex(PlanRule):
    """A table of 100,000 rows or more is scanned with a filter that compares an expression of one column (`lower(email) = …`,
    `created_at::date = …`), keeps at most a fifth of it, and a B-tree begins with that column.

    A varchar that PostgreSQL shows as `(code)::text` is not computed. An index on the very expression would have been used.
    """

    def check(self, subject: Subject) -> Iterator[PlanFinding]:
        """Every sequential scan's filter, part by part."""
        for node in subject.plan.nodes:
            if node.type != "Seq Scan" or node.table is None or node.total_examined < LARGE or node.examined is None:
                continue
            if node.rows > node.examined * FEW:
                continue
            for part in conjuncts(node.condition("Filter")):
                hidden = _hidden(part, node.table, subject)
                if hidden is None:
                    continue
                expression, index = hidden
                yield self.finding(
                    node,
                    f"{expression} is computed for {count(node.total_examined)} rows; {index} is on the column itself and does not help",
                    f"Compare the column itself with a range, or index the expression: CREATE INDEX ON {node.table.label} ({expression})",
                    expression=expression,
                    index=index,
                    rows_read=node.total_examined,
                )


def _hidden(part: str, table: Relation, subject: Subject) -> tuple[str, str] | None:
    """The expression and the index that it hides."""
    match = _COMPARED.match(part)
    if match is None:
        return None
    left, right = match["left"].lstrip("("), match["right"]
    names = columns_in(left, table)
    if len(names) != 1 or columns_in(right, table) or _BARE.match(left):
        return None
    column = next(one for one in table.attributes if one.name == names[0])
    if _RELABELLED.match(left) and column.type.startswith(_TEXTS):
        return None
    for index in subject.catalog.indexes(table):
        if index.method == "btree" and index.attributes and index.attributes[0].table_column == names[0]:
            return match["left"].removeprefix("(") if match["left"].count("(") > match["left"].count(")") else match[
                "left"
            ], index.name
    return None
