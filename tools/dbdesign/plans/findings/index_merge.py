"""The finding index-merge."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine, PlanNode
from dbdesign.plans.findings.base import PlanCheck, PlanFinding, Subject, index_keys, own
from dbdesign.plans.remedies import index_on
from dbdesign.plans.wording import rows

LEAST_ROWS = 1_000.0


class IndexMerge(PlanCheck):
    """Two indexes are read and intersected where one with both columns would do.

    ## What it does
    Reports `Using intersect` of MySQL and MariaDB for 1,000 rows or more.

    ## Why is this bad?
    Both indexes are read for all entries that match one condition, and the row numbers are intersected. An index that
    has both columns finds the rows that match both.

    ## Example
    ```text
    +----+-------------+-------+-------------+---------------+------+---------+------+--------+----------+----------------------+
    | id | select_type | table | type        | possible_keys | key  | key_len | ref  | rows   | filtered | Extra                |
    +----+-------------+-------+-------------+---------------+------+---------+------+--------+----------+----------------------+
    |  1 | SIMPLE      | o     | index_merge | a,b           | a,b  | 5,5     | NULL |  20000 |   100.00 | Using intersect(a,b) |
    +----+-------------+-------+-------------+---------------+------+---------+------+--------+----------+----------------------+
    ```

    ## Use instead
    ```text
    +----+-------------+-------+-------------+---------------+------+---------+------+--------+----------+----------------------+
    | id | select_type | table | type        | possible_keys | key  | key_len | ref  | rows   | filtered | Extra                |
    +----+-------------+-------+-------------+---------------+------+---------+------+--------+----------+----------------------+
    |  1 | SIMPLE      | o     | index_merge | a,b           | a,b  | 5,5     | NULL |     20 |   100.00 | Using intersect(a,b) |
    +----+-------------+-------+-------------+---------------+------+---------+------+--------+----------+----------------------+
    ```

    ## References
    - MySQL manual, [Index Merge Optimization](https://dev.mysql.com/doc/refman/8.4/en/index-merge-optimization.html)
    """

    engines = (PlanEngine.MYSQL, PlanEngine.MARIADB)

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every intersection of indexes."""
        texts = [*node.flags, node.type, *(f"{key} {value}" for key, value in node.extra.items()), node.index or ""]
        if not any("intersect" in text.lower() for text in texts) or node.kind == "set operation":
            return
        number = node.total_rows or node.rows_examined or node.estimated_rows or 0.0
        if number < LEAST_ROWS:
            return
        share = subject.known(subject.inclusive(node))
        names = node.index or "two indexes"
        index = index_on(node, index_keys(own(subject.comparisons(node.filter), node)))
        yield self.finding(
            node,
            f"intersects {names} for {rows(number)}{subject.time_of(share)}",
            index.statement(subject.engine)
            if index and len(index.keys) > 1
            else f"One index with the columns of {names} together",
            when="helps where both conditions are mostly asked together; the single indexes may then go",
            share=share,
            saves=(share or 0.4) * 0.6,
            numbers={"rows": round(number)},
        )
