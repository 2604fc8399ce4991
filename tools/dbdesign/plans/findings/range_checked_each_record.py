"""The finding range-checked-each-record."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine, PlanNode
from dbdesign.plans.findings.base import PlanCheck, PlanFinding, Subject


class RangeCheckedEachRecord(PlanCheck):
    """For each row of the table before it MySQL decides anew which index to use.

    ## What it does
    Reports `Range checked for each record` of MySQL and MariaDB.

    ## Why is this bad?
    No index was good enough for certain, so that for each row all that may do are weighed. It is faster than no index
    and far slower than the right one.

    ## Example
    ```text
    +----+-------------+-------+------+---------------+------+---------+------+-------+------------------------------------------------+
    | id | select_type | table | type | possible_keys | key  | key_len | ref  | rows  | Extra                                          |
    +----+-------------+-------+------+---------------+------+---------+------+-------+------------------------------------------------+
    |  1 | SIMPLE      | c     | ALL  | NULL          | NULL | NULL    | NULL | 20000 |                                                |
    |  1 | SIMPLE      | p     | ALL  | PRIMARY,x     | NULL | NULL    | NULL |     9 | Range checked for each record (index map: 0x3) |
    +----+-------------+-------+------+---------------+------+---------+------+-------+------------------------------------------------+
    ```

    ## Use instead
    ```text
    +----+-------------+-------+------+---------------+------+---------+------+-------+------------------------------------------------+
    | id | select_type | table | type | possible_keys | key  | key_len | ref  | rows  | Extra                                          |
    +----+-------------+-------+------+---------------+------+---------+------+-------+------------------------------------------------+
    |  1 | SIMPLE      | c     | ALL  | NULL          | NULL | NULL    | NULL | 20000 |                                                |
    |  1 | SIMPLE      | p     | ref  | PRIMARY,x     | x    | NULL    | NULL |     9 |                                                |
    +----+-------------+-------+------+---------------+------+---------+------+-------+------------------------------------------------+
    ```

    ## References
    - MySQL manual, [EXPLAIN Extra Information](https://dev.mysql.com/doc/refman/8.4/en/explain-output.html#explain-extra-information)
    """

    engines = (PlanEngine.MYSQL, PlanEngine.MARIADB)

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every table that is read so."""
        texts = [*node.flags, *node.extra]
        if not node.relation or not any(
            "range checked for each record" in text.lower().replace("-", " ") for text in texts
        ):
            return
        share = subject.known(subject.inclusive(node))
        choices = ", ".join(node.possible_indexes) or "several"
        yield self.finding(
            node,
            f"the index of {node.relation} is chosen anew for each row ({choices}){subject.time_of(share)}",
            f"Compare columns of the same type and collation in the join with {node.relation}, and index the column"
            " that is compared by equality",
            when="helps where the join has an equality; a join by a range alone has no better way",
            share=share,
            saves=(share or 0.5) * 0.5,
        )
