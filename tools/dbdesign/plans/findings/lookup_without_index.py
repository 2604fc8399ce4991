"""The finding lookup-without-index."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine, PlanNode
from dbdesign.plans.findings.base import MANY_ROWS, PlanCheck, PlanFinding, Subject
from dbdesign.plans.findings.warned import number
from dbdesign.plans.remedies import NewIndex
from dbdesign.plans.wording import count


class LookupWithoutIndex(PlanCheck):
    """$lookup reads the whole other collection for each document.

    ## What it does
    Reports a $lookup of MongoDB with collection scans that examined 10,000 documents or more.

    ## Why is this bad?
    The stage runs a query on the other collection for each document that comes. Without an index on `foreignField`
    each of them reads everything.

    ## Example
    ```json
    {"explainVersion": "1", "stages": [{"$cursor":
     {"queryPlanner": {"namespace": "shop.orders", "winningPlan": {"stage": "COLLSCAN"}},
     "executionStats": {"nReturned": 200, "executionTimeMillis": 900, "totalDocsExamined": 200, "executionStages":
      {"stage": "COLLSCAN", "nReturned": 200, "docsExamined": 200, "executionTimeMillisEstimate": 1}}},
      "nReturned": 200, "executionTimeMillisEstimate": 1},
     {"$lookup": {"from": "lines", "as": "l", "localField": "_id", "foreignField": "order_id"},
      "totalDocsExamined": 4000000, "totalKeysExamined": 0,
      "collectionScans": 200, "indexesUsed": [], "nReturned": 200, "executionTimeMillisEstimate": 890}]}
    ```

    ## Use instead
    ```json
    {"explainVersion": "1", "stages": [{"$cursor":
     {"queryPlanner": {"namespace": "shop.orders", "winningPlan": {"stage": "COLLSCAN"}},
     "executionStats": {"nReturned": 200, "executionTimeMillis": 900, "totalDocsExamined": 200, "executionStages":
      {"stage": "COLLSCAN", "nReturned": 200, "docsExamined": 200, "executionTimeMillisEstimate": 1}}},
      "nReturned": 200, "executionTimeMillisEstimate": 1},
     {"$lookup": {"from": "lines", "as": "l", "localField": "_id", "foreignField": "order_id"},
      "totalDocsExamined": 1000, "totalKeysExamined": 0,
      "collectionScans": 0, "indexesUsed": ["order_id_1"], "nReturned": 200, "executionTimeMillisEstimate": 890}]}
    ```

    ## References
    - MongoDB manual, [$lookup](https://www.mongodb.com/docs/manual/reference/operator/aggregation/lookup/)
    """

    engines = (PlanEngine.MONGODB,)

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every $lookup that scans."""
        examined = (node.rows_examined or 0.0) * (node.loops or 1)
        scans = number(node, "collectionScans") or 0.0
        nested = "nestedloop" in f"{node.type} {node.extra.get('strategy', '')}".lower().replace(" ", "")
        if "lookup" not in node.type.lower() or not (scans or nested) or examined < MANY_ROWS:
            return
        said = node.extra.get("options") or node.extra.get("$lookup")
        options = said if isinstance(said, dict) else {}
        field = str(options.get("foreignField") or node.extra.get("foreignField") or "")
        name = str(node.relation or options.get("from") or "")
        index = NewIndex(name, (field,)) if field and name else None
        share = subject.known(node.share or 0.0)
        yield self.finding(
            node,
            f"reads {name or 'the other collection'} {count(max(scans, 1))} times, {count(examined)} documents in"
            f" all{subject.time_of(share)}",
            index.statement(subject.engine) if index else "An index on foreignField of the other collection",
            when="helps always; where the two are always read together, embed the one in the other",
            share=share,
            saves=(share if share is not None else 0.7) * 0.95,
            numbers={"documents_examined": round(examined), "collection_scans": scans},
        )
