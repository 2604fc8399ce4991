"""The finding function-hides-index."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine, PlanNode
from dbdesign.plans.conditions import Comparison
from dbdesign.plans.findings.base import MANY_ROWS, MATTERS, PlanCheck, PlanFinding, Subject, own, scanned
from dbdesign.plans.remedies import NewIndex
from dbdesign.plans.wording import count, rows

KEPT = 0.1


class FunctionHidesIndex(PlanCheck):
    """A filter computes something of a column for every row, so that an index on the column cannot be used.

    ## What it does
    Reports a scan that reads 10,000 rows or more and keeps at most a tenth of them, by a filter that compares an
    expression of one column with a constant: `lower(email) = …`, `created_at::date = …`, `price * 2 > …`.

    ## Why is this bad?
    An index on `email` is ordered by email and says nothing of `lower(email)`. The expression is computed for each
    row of the table.

    ## Example
    ```text
    Seq Scan on customers  (cost=0.00..528.00 rows=100 width=4) (actual time=0.016..14.582 rows=1 loops=1)
      Filter: (lower(email) = 'c77@example.org'::text)
      Rows Removed by Filter: 19999
    Planning Time: 0.121 ms
    Execution Time: 14.960 ms
    ```

    ## Use instead
    ```text
    Index Scan using customers_lower_idx on customers  (cost=0.29..8.30 rows=1 width=4) (actual time=0.016..0.017 rows=1 loops=1)
      Index Cond: (lower(email) = 'c77@example.org'::text)
    Planning Time: 0.121 ms
    Execution Time: 0.060 ms
    ```

    ## References
    - PostgreSQL manual, [Indexes on Expressions](https://www.postgresql.org/docs/current/indexes-expressional.html)
    - Use The Index, Luke, [Functions](https://use-the-index-luke.com/sql/where-clause/functions)
    """

    yields_to = ("implicit-conversion",)

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every scan whose filter computes."""
        scan = scanned(node, subject)
        if scan is None or not node.relation or scan.reading.removed < MANY_ROWS * 0.9:
            return
        found = scan.reading
        if subject.plan.measured_by and scan.share < MATTERS:
            return
        if found.kept > found.read * KEPT:
            return
        parts = [one for one in own(subject.comparisons(scan.condition), node) if one.against == "constant"]
        computed = next((one for one in parts if one.computed is not None and one.kind != "pattern"), None)
        if computed is None or any(one.computed is None and one.kind == "equal" for one in parts):
            return
        share = subject.known(scan.share)
        index = NewIndex(node.relation, (str(computed.computed),), node.relation_schema, expressions=True)
        yield self.finding(
            node,
            f"computes {computed.computed} for {rows(found.read)} to keep {count(found.kept)}{subject.time_of(share)}:"
            f" an index on {computed.column} does not help",
            _remedy(computed, index, subject),
            when=(
                "helps while few rows have the value; the expression of an index must be immutable (of a"
                " timestamptz, ::date is not)"
            ),
            share=share,
            saves=(share if share is not None else 0.5) * found.waste,
            index=index if subject.engine is PlanEngine.POSTGRESQL else None,
            numbers={
                "rows_read": round(found.read),
                "rows_kept": round(found.kept),
                "expression": str(computed.computed),
            },
        )


def _remedy(one: Comparison, index: NewIndex, subject: Subject) -> str:
    if one.cast is not None and one.cast.upper() == "DATE" and one.kind == "equal":
        return (
            f"WHERE {one.column} >= {one.value} AND {one.column} < {one.value} + INTERVAL '1 day', with an index on"
            f" {one.column}"
        )
    if subject.engine in {PlanEngine.SQLSERVER, PlanEngine.MARIADB}:
        kept = "PERSISTED" if subject.engine is PlanEngine.SQLSERVER else "VIRTUAL"
        return f"Compare {one.column} itself; or ALTER TABLE {index.relation} ADD a column AS ({one.computed}) {kept}, with an index"
    return index.statement(subject.engine)
