"""A filter computes something of a column, and the index on the column cannot be used."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.simulate.comparisons import EQUAL, RANGES, Comparison, comparisons
from dbdesign.simulate.findings.base import LARGE, PlanFinding, PlanRule, Subject
from dbdesign.simulate.latency import count
from dbdesign.simulate.serving import index_remedy
from dbdesign.twin.relations import Relation

FEW = 0.2


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
            for one in comparisons(node.condition("Filter"), node.table, node.raw.get("Alias")):
                index = _hidden(one, node.table, subject)
                if one is None or index is None:
                    continue
                expression = one.left
                yield self.finding(
                    node,
                    f"{expression} is computed for {count(node.total_examined)} rows; {index} is on the column itself and does not help",
                    f"Compare the column itself with a range, or index the expression: {index_remedy(node, subject.catalog)}",
                    expression=expression,
                    index=index,
                    rows_read=node.total_examined,
                )


def _hidden(one: Comparison | None, table: Relation, subject: Subject) -> str | None:
    """The index on the very column of which something is computed."""
    if one is None or one.column is None or one.bare or one.operator not in EQUAL | RANGES | {"~~"}:
        return None
    for index in subject.catalog.indexes(table):
        if index.method == "btree" and index.attributes and index.attributes[0].table_column == one.column:
            return index.name
    return None
