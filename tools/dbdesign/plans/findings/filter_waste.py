"""The finding filter-waste."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanNode
from dbdesign.plans.findings.base import (
    FULL_SCANS,
    MANY_ROWS,
    MATTERS,
    PlanCheck,
    PlanFinding,
    Subject,
    index_keys,
    own,
    scanned,
)
from dbdesign.plans.remedies import NewIndex, index_on
from dbdesign.plans.wording import count, percent, rows

WASTE = 0.9
"""Share of rows thrown away from which on it is said: pev2 marks a node from 50 % on and again from 90 %; below 90 % a scan of the whole
is often what the planner would choose with an index too."""

UNSHOWN = "Using where"
"""MySQL's and MariaDB's word in the table form for a condition that it does not show."""


class FilterWaste(PlanCheck):
    """A whole table is read and nine rows of ten are thrown away by a filter.

    ## What it does
    Reports a scan of a whole table that removes at least 90 % of 10,000 rows or more by a filter without a plain
    equality: a range, a pattern, an OR, a computed value. With an equality, `indexable-seqscan` says it. MySQL's table
    form says that there is a condition (`Using where`) and not which: then this finding speaks of any.

    ## Why is this bad?
    Every row is read to be thrown away. An index on what is compared, or a partial index whose predicate is the
    filter itself, finds the rows that are kept.

    ## Example
    ```text
    Seq Scan on orders  (cost=0.00..4970.00 rows=1920 width=4) (actual time=0.065..28.933 rows=1980 loops=1)
      Filter: (total > 9900)
      Rows Removed by Filter: 198020
    Planning Time: 0.066 ms
    Execution Time: 29.011 ms
    ```
    ```text
    | id | select_type | table  | partitions | type | possible_keys | key  | key_len | ref  | rows   | filtered | Extra       |
    |  1 | SIMPLE      | orders | NULL       | ALL  | NULL          | NULL | NULL    | NULL | 998412 |    10.00 | Using where |
    ```

    ## Use instead
    ```text
    Seq Scan on orders  (cost=0.00..4970.00 rows=182298 width=4) (actual time=0.043..20.806 rows=181980 loops=1)
      Filter: (total > 900)
      Rows Removed by Filter: 18020
    Planning Time: 0.101 ms
    Execution Time: 26.367 ms
    ```
    ```text
    | id | select_type | table  | partitions | type | possible_keys | key  | key_len | ref  | rows   | filtered | Extra       |
    |  1 | SIMPLE      | orders | NULL       | ALL  | NULL          | NULL | NULL    | NULL | 998412 |    33.33 | Using where |
    ```
    ```text
    | id | select_type | table  | partitions | type | possible_keys | key      | key_len | ref   | rows | filtered | Extra       |
    |  1 | SIMPLE      | orders | NULL       | ref  | customer      | customer | 8       | const |  412 |    10.00 | Using where |
    ```

    ## References
    - pev2, [source of the badge](https://github.com/dalibo/pev2)
    - MySQL manual, [EXPLAIN output: filtered](https://dev.mysql.com/doc/refman/8.4/en/explain-output.html)
    - PostgreSQL manual, [Partial Indexes](https://www.postgresql.org/docs/current/indexes-partial.html)
    """

    yields_to = (
        "indexable-seqscan",
        "function-hides-index",
        "join-without-index",
        "or-across-columns",
        "join-buffer",
        "index-not-chosen",
        "missing-index",
        "subplan-per-row",
        "not-in-subplan",
        "implicit-conversion",
        "no-partition-pruning",
    )

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every scan of a whole table with a filter that removes most."""
        scan = scanned(node, subject)
        if node.kind not in FULL_SCANS or scan is None or not (scan.condition or UNSHOWN in node.flags):
            return
        found = scan.reading
        if subject.plan.measured_by and scan.share < MATTERS:
            return
        if found.removed < MANY_ROWS or found.waste < WASTE:
            return
        index = index_on(node, index_keys(own(subject.comparisons(scan.condition), node)))
        share = subject.known(scan.share)
        yield self.finding(
            node,
            f"reads {rows(found.read)} and throws {percent(found.waste)} of them away, {count(found.kept)} are kept"
            f"{subject.time_of(share)}: {scan.condition or 'by a condition that this form of EXPLAIN does not show'}",
            _remedy(scan.condition, index, subject),
            when="helps while the filter keeps at most a few percent of the rows",
            share=share,
            saves=(share if share is not None else 0.5) * found.waste,
            index=index,
            numbers={"rows_read": round(found.read), "rows_removed": round(found.removed)},
        )


def _remedy(condition: str | None, index: NewIndex | None, subject: Subject) -> str:
    if condition is None:
        return "Index the columns that the query's WHERE compares; EXPLAIN FORMAT=JSON shows the condition (attached_condition)"
    if index is not None:
        return index.statement(subject.engine)
    return f"Index what the filter computes, or make a partial index whose WHERE is the filter: {condition}"
