"""The finding join-buffer."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine, PlanNode
from dbdesign.plans.findings.base import MANY_ROWS, PlanCheck, PlanFinding, Subject, both_sides, index_keys
from dbdesign.plans.remedies import index_on
from dbdesign.plans.wording import rows


class JoinBuffer(PlanCheck):
    """A table is joined without an index: through a join buffer.

    ## What it does
    Reports a table of 10,000 rows or more that MySQL or MariaDB joins with a join buffer (hash join, block nested
    loop).

    ## Why is this bad?
    Without an index on the joined column the table is read as a whole for each buffer of rows of the others, and each
    pair is compared or hashed. Mostly the index was forgotten.

    ## Example
    ```json
    {"query_block": {"select_id": 1, "cost_info": {"query_cost": "40123.5"},
    "nested_loop": [
    {"table": {"table_name": "c", "access_type": "ALL",
      "rows_examined_per_scan": 2000, "rows_produced_per_join": 2000, "filtered": "100.00",
      "cost_info": {"read_cost": "10.0", "eval_cost": "200.0", "prefix_cost": "210.0", "data_read_per_join": "9M"}}},
    {"table": {"table_name": "o", "access_type": "ALL",
      "using_join_buffer": "hash join",
      "rows_examined_per_scan": 200000, "rows_produced_per_join": 20000, "filtered": "10.00",
      "cost_info": {"read_cost": "38000.0", "eval_cost": "2000.0", "prefix_cost": "40000.0", "data_read_per_join": "9M"},
      "attached_condition": "(`shop`.`o`.`customer_id` = `shop`.`c`.`id`)"}}]}}
    ```

    ```text
    +------+-------------+-------+------+---------------+------+---------+------+--------+-------------------------------------------------+
    | id   | select_type | table | type | possible_keys | key  | key_len | ref  | rows   | Extra                                           |
    +------+-------------+-------+------+---------------+------+---------+------+--------+-------------------------------------------------+
    |    1 | SIMPLE      | a     | ALL  | NULL          | NULL | NULL    | NULL |  11360 |                                                 |
    |    1 | SIMPLE      | b     | ALL  | NULL          | NULL | NULL    | NULL |  11360 | Using where; Using join buffer (flat, BNL join) |
    +------+-------------+-------+------+---------------+------+---------+------+--------+-------------------------------------------------+
    ```

    ## Use instead
    ```json
    {"query_block": {"select_id": 1, "cost_info": {"query_cost": "40123.5"},
    "nested_loop": [
    {"table": {"table_name": "c", "access_type": "ALL",
      "rows_examined_per_scan": 2000, "rows_produced_per_join": 2000, "filtered": "100.00",
      "cost_info": {"read_cost": "10.0", "eval_cost": "200.0", "prefix_cost": "210.0", "data_read_per_join": "9M"}}},
    {"table": {"table_name": "o", "access_type": "ALL",
      "using_join_buffer": "hash join",
      "rows_examined_per_scan": 200, "rows_produced_per_join": 20, "filtered": "10.00",
      "cost_info": {"read_cost": "39998.0", "eval_cost": "2.0", "prefix_cost": "40000.0", "data_read_per_join": "9M"},
      "attached_condition": "(`shop`.`o`.`customer_id` = `shop`.`c`.`id`)"}}]}}
    ```

    ```text
    +------+-------------+-------+------+---------------+------+---------+------+--------+-------------------------------------------------+
    | id   | select_type | table | type | possible_keys | key  | key_len | ref  | rows   | Extra                                           |
    +------+-------------+-------+------+---------------+------+---------+------+--------+-------------------------------------------------+
    |    1 | SIMPLE      | a     | ALL  | NULL          | NULL | NULL    | NULL |  11360 |                                                 |
    |    1 | SIMPLE      | b     | ref  | k             | k    | 5       | a.id |      1 |                                                 |
    +------+-------------+-------+------+---------------+------+---------+------+--------+-------------------------------------------------+
    ```

    ## References
    - MySQL manual, [Hash Join Optimization](https://dev.mysql.com/doc/refman/8.4/en/hash-joins.html)
    - MariaDB, [Block-Based Join Algorithms](https://mariadb.com/kb/en/block-based-join-algorithms/)
    """

    engines = (PlanEngine.MYSQL, PlanEngine.MARIADB)

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every table that is joined so."""
        if not node.relation or not _buffered(node, subject):
            return
        read = node.rows_examined or node.actual_rows or node.estimated_rows or 0.0
        join = _join(node, subject)
        share = subject.inclusive(node) + ((join.share or 0.0) if join is not None else 0.0)
        if read < MANY_ROWS or (subject.plan.measured_by and share < 0.1):
            return
        conditions = [node.filter, *(one.filter for one in subject.above(node) if one.filter)][:2]
        parts = [one for text in conditions for one in both_sides(text, subject)]
        index = index_on(
            node, index_keys([one for one in parts if one.table in {node.alias, node.relation} and one.kind == "equal"])
        )
        known = subject.known(share)
        yield self.finding(
            node,
            f"reads {rows(read)} of {node.relation} for a join buffer, since no index has the joined"
            f" column{subject.time_of(known)}",
            index.statement(subject.engine)
            if index
            else f"An index on the column of {node.relation} that the join compares",
            when="helps where few of its rows belong to each row of the tables before it; most rows with most rows are better hashed",
            share=known,
            saves=(known if known is not None else 0.5) * 0.8,
            index=index,
            numbers={"rows": round(read)},
        )


def _buffered(node: PlanNode, subject: Subject) -> bool:
    texts = [*node.flags, *(f"{key} {value}" for key, value in node.extra.items())]
    if any("join buffer" in text.lower() or "using_join_buffer" in text for text in texts):
        return True
    return _join(node, subject) is not None


def _join(node: PlanNode, subject: Subject) -> PlanNode | None:
    """MariaDB's JSON has the buffer around the table."""
    above = subject.parent(node)
    return above if above is not None and "-nl-join" in above.type else None
