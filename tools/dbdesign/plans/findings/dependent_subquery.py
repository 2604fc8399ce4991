"""The finding dependent-subquery."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine, PlanNode
from dbdesign.plans.findings.base import PlanCheck, PlanFinding, Subject
from dbdesign.plans.wording import count

LEAST_ROWS = 1_000.0


class DependentSubquery(PlanCheck):
    """A subquery depends on the row around it and is run again for each of them.

    ## What it does
    Reports `DEPENDENT SUBQUERY` of MySQL and MariaDB where the query around it reads 1,000 rows or more, and a
    correlated subquery of SQLite that reads a whole table each time.

    ## Why is this bad?
    Each row pays for a run of the subquery. As a join with the groups, or with an index on what is compared, the
    inner table is read once or hardly at all.

    ## Example
    ```text
    +----+--------------------+-------+------+---------------+------+---------+------+--------+----------+-------------+
    | id | select_type        | table | type | possible_keys | key  | key_len | ref  | rows   | filtered | Extra       |
    +----+--------------------+-------+------+---------------+------+---------+------+--------+----------+-------------+
    |  1 | PRIMARY            | c     | ALL  | NULL          | NULL | NULL    | NULL |  20000 |   100.00 |             |
    |  2 | DEPENDENT SUBQUERY | l     | ref  | k             | k    | 5       | c.id |     10 |   100.00 | Using index |
    +----+--------------------+-------+------+---------------+------+---------+------+--------+----------+-------------+
    ```

    ```text
    QUERY PLAN
    |--SCAN c
    `--CORRELATED SCALAR SUBQUERY 1
       `--SCAN l
    ```

    ## Use instead
    ```text
    +----+--------------------+-------+------+---------------+------+---------+------+--------+----------+-------------+
    | id | select_type        | table | type | possible_keys | key  | key_len | ref  | rows   | filtered | Extra       |
    +----+--------------------+-------+------+---------------+------+---------+------+--------+----------+-------------+
    |  1 | PRIMARY            | c     | ALL  | NULL          | NULL | NULL    | NULL |     20 |   100.00 |             |
    |  2 | DEPENDENT SUBQUERY | l     | ref  | k             | k    | 5       | c.id |     10 |   100.00 | Using index |
    +----+--------------------+-------+------+---------------+------+---------+------+--------+----------+-------------+
    ```

    ```text
    QUERY PLAN
    |--SCAN c
    `--CORRELATED SCALAR SUBQUERY 1
       `--SEARCH l USING INDEX lines_order (order_id=?)
    ```

    ## References
    - MySQL manual, [Optimizing Subqueries](https://dev.mysql.com/doc/refman/8.4/en/subquery-optimization.html)
    - SQLite, [EXPLAIN QUERY PLAN: subqueries](https://www.sqlite.org/eqp.html)
    """

    engines = (PlanEngine.MYSQL, PlanEngine.MARIADB, PlanEngine.SQLITE)
    yields_to = ("subplan-per-row",)

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every subquery that depends on the outer row."""
        name = f"{node.extra.get('select_type', '')} {node.subplan_name or ''} {node.type}".upper()
        dependent = "DEPENDENT" in name or "CORRELATED" in name or node.extra.get("dependent") is True
        if not dependent or node.kind != "subquery" or "DERIVED" in name:
            return
        runs = _outer_rows(node, subject)
        whole = [one for one in node.walk() if one.kind == "table scan" and one.relation]
        if subject.engine is PlanEngine.SQLITE:
            if not whole:
                return
        elif runs < LEAST_ROWS:
            return
        share = subject.known(subject.inclusive(node))
        times = f" {count(runs)} times" if runs else ""
        reads = f", and reads all of {whole[0].relation} each time" if whole else ""
        yield self.finding(
            node,
            f"the subquery is run for each row{times}{reads}{subject.time_of(share)}",
            "LEFT JOIN (SELECT key, aggregate FROM … GROUP BY key) AS sub ON sub.key = outer.key; for EXISTS and IN"
            " an index on the column"
            " that is compared",
            when="helps where many rows of the outer query remain; an index on the column that the subquery compares helps always",
            share=share,
            saves=(share or 0.5) * 0.6,
            numbers={"runs": round(runs)},
        )


def _outer_rows(node: PlanNode, subject: Subject) -> float:
    """Rows of the tables of the query around it."""
    if node.loops is not None:
        return float(node.loops)
    above = next(subject.above(node), None)
    inside = {one.number for one in node.walk()}
    outer = [one for one in above.walk() if one.relation and one.number not in inside] if above is not None else []
    return max((one.rows_examined or one.estimated_rows or 0.0 for one in outer), default=0.0)
