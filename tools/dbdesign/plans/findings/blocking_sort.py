"""The finding blocking-sort."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine, PlanNode
from dbdesign.plans.findings.base import MANY_ROWS, PlanCheck, PlanFinding, Subject, own
from dbdesign.plans.remedies import NewIndex
from dbdesign.plans.wording import count


class BlockingSort(PlanCheck):
    """Documents are sorted in memory because no index has them in order.

    ## What it does
    Reports a SORT stage of MongoDB that is given 10,000 documents or more.

    ## Why is this bad?
    Nothing is returned before everything was read, and beyond 100 MB the sort fails or goes to disk. An index in the
    order of the sort returns the first documents at once.

    ## Example
    ```json
    {"explainVersion": "1", "queryPlanner": {"namespace": "shop.orders", "winningPlan": {"stage": "FETCH"}},
    "executionStats": {"nReturned": 20, "executionTimeMillis": 210, "totalKeysExamined": 0, "totalDocsExamined": 200000,
    "executionStages": {"stage": "SORT", "nReturned": 20, "executionTimeMillisEstimate": 205, "sortPattern": {"placed": -1},
     "usedDisk": false,
     "limitAmount": 20,
     "inputStage": {"stage": "COLLSCAN", "nReturned": 200000, "executionTimeMillisEstimate": 120, "docsExamined": 200000}}}}
    ```

    ## Use instead
    ```json
    {"explainVersion": "1", "queryPlanner": {"namespace": "shop.orders", "winningPlan": {"stage": "FETCH"}},
    "executionStats": {"nReturned": 20, "executionTimeMillis": 210, "totalKeysExamined": 0, "totalDocsExamined": 200,
    "executionStages": {"stage": "SORT", "nReturned": 20, "executionTimeMillisEstimate": 205, "sortPattern": {"placed": -1},
     "usedDisk": false,
     "limitAmount": 20,
     "inputStage": {"stage": "COLLSCAN", "nReturned": 200, "executionTimeMillisEstimate": 120, "docsExamined": 200}}}}
    ```

    ## References
    - MongoDB manual, [Use Indexes to Sort Query Results](https://www.mongodb.com/docs/manual/tutorial/sort-results-with-indexes/)
    """

    engines = (PlanEngine.MONGODB,)
    yields_to = ("sort-disk",)

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every sort of many documents."""
        if node.kind != "sort" or not node.children:
            return
        given = node.children[0].total_rows or 0.0
        if given < MANY_ROWS:
            return
        words = [key.split() for key in node.sort_key if key.strip()]
        keys = [one[0] for one in words]
        falling = frozenset(one[0] for one in words if one[-1] == "-1")
        below = next((one for one in node.walk() if one.relation), None)
        filters = [one for one in own(subject.comparisons(below.filter), below) if one.kind == "equal"] if below else []
        columns = tuple(dict.fromkeys([*(one.column for one in filters), *keys]))
        index = (
            NewIndex(below.relation, columns, descending=falling)
            if below is not None and below.relation and columns
            else None
        )
        share = subject.known(node.share or 0.0)
        yield self.finding(
            node,
            f"sorts {count(given)} documents by {', '.join(node.sort_key)} in memory to return"
            f" {count(node.total_rows or 0.0)}"
            f"{subject.time_of(share)}",
            index.statement(subject.engine) if index else "An index whose order is that of the sort",
            when="helps where the first documents are what is asked for; equality fields come before those of the sort in the index",
            share=share,
            saves=max(share or 0.0, 0.3),
            numbers={"documents": round(given)},
        )
