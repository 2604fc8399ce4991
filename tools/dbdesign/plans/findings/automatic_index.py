"""The finding automatic-index."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine, PlanNode
from dbdesign.plans.findings.base import PlanCheck, PlanFinding, Subject
from dbdesign.plans.remedies import index_on

_EQUAL = re.compile(r"\b(\w+)=\?")


class AutomaticIndex(PlanCheck):
    """SQLite builds an index for this one query, each time it runs.

    ## What it does
    Reports `AUTOMATIC INDEX`, also covering and partial ones.

    ## Why is this bad?
    SQLite found that a join needs an index that is not there and makes it for the length of the statement: the whole
    table is read and sorted each time.

    ## Example
    ```text
    QUERY PLAN
    |--SCAN c
    `--SEARCH o USING AUTOMATIC COVERING INDEX (customer_id=?)
    ```

    ## Use instead
    ```text
    QUERY PLAN
    |--SCAN c
    `--SEARCH o USING INDEX orders_customer (customer_id=?)
    ```

    ## References
    - SQLite, [Automatic indexes](https://www.sqlite.org/optoverview.html#automatic_query_time_indexes)
    """

    engines = (PlanEngine.SQLITE,)

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every table that is read by one."""
        if "AUTOMATIC" not in str(node.extra.get("detail", "")).upper() or not node.relation:
            return
        columns = [part.split("=")[0].strip().strip("(") for part in _EQUAL.findall(str(node.extra.get("detail", "")))]
        index = index_on(node, columns)
        yield self.finding(
            node,
            f"builds an index on {node.relation} ({', '.join(columns)}) for this statement alone",
            index.statement(subject.engine)
            if index
            else f"Index the columns of {node.relation} that the join compares",
            when="helps always where the statement runs more than once",
            share=None,
            saves=0.6,
            index=index,
        )
