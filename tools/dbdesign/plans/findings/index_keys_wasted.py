"""The finding index-keys-wasted."""

from __future__ import annotations

import json
from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine, PlanNode
from dbdesign.plans.findings.base import MANY_ROWS, PlanCheck, PlanFinding, Subject
from dbdesign.plans.remedies import NewIndex
from dbdesign.plans.wording import count

TIMES = 10.0


class IndexKeysWasted(PlanCheck):
    """An index is walked over many keys for few that match, since its first field has no bound.

    ## What it does
    Reports an index scan of MongoDB that examined 10,000 keys or more, ten times more than it returned.

    ## Why is this bad?
    The bounds of the leading field are everything, or the condition is on a later field only: the scan seeks again
    for each value of the first one.

    ## Example
    ```json
    {"explainVersion": "1", "queryPlanner": {"namespace": "shop.orders", "winningPlan": {"stage": "FETCH"}},
    "executionStats": {"nReturned": 10, "executionTimeMillis": 210, "totalKeysExamined": 40000, "totalDocsExamined": 100,
    "executionStages": {"stage": "FETCH", "nReturned": 100, "executionTimeMillisEstimate": 200, "docsExamined": 100,
     "inputStage": {"stage": "IXSCAN", "nReturned": 100, "executionTimeMillisEstimate": 180,
      "keyPattern": {"tenant": 1, "day": 1},
      "indexName": "tenant_1_day_1", "indexBounds": {"tenant": ["[MinKey, MaxKey]"], "day": ["[7, 7]"]},
      "keysExamined": 40000, "seeks": 20000}}}}
    ```

    ## Use instead
    ```json
    {"explainVersion": "1", "queryPlanner": {"namespace": "shop.orders", "winningPlan": {"stage": "FETCH"}},
    "executionStats": {"nReturned": 10, "executionTimeMillis": 210, "totalKeysExamined": 120, "totalDocsExamined": 100,
    "executionStages": {"stage": "FETCH", "nReturned": 100, "executionTimeMillisEstimate": 200, "docsExamined": 100,
     "inputStage": {"stage": "IXSCAN", "nReturned": 100, "executionTimeMillisEstimate": 180,
      "keyPattern": {"tenant": 1, "day": 1},
      "indexName": "tenant_1_day_1", "indexBounds": {"tenant": ["[MinKey, MaxKey]"], "day": ["[7, 7]"]},
      "keysExamined": 120, "seeks": 60}}}}
    ```

    ## References
    - MongoDB manual, [The ESR (Equality, Sort, Range) Guideline](https://www.mongodb.com/docs/manual/tutorial/equality-sort-range-guideline/)
    """

    engines = (PlanEngine.MONGODB,)

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every index scan that returns little of what it looks at."""
        loops = float(node.loops or 1)
        keys, found = (node.keys_examined or 0.0) * loops, (node.actual_rows or 0.0) * loops
        if node.kind not in {"index scan", "index only scan"} or keys < MANY_ROWS or keys < found * TIMES:
            return
        share = subject.known(node.share or 0.0)
        tight = _bounded(node.index_condition)
        index = NewIndex(node.relation, tuple(tight)) if node.relation and tight else None
        yield self.finding(
            node,
            f"examines {count(keys)} keys of {node.index} to find {count(found)}{subject.time_of(share)}",
            index.statement(subject.engine)
            if index
            else "An index that begins with the fields that are compared by equality",
            when="helps where this condition is asked for often: equality first, then the fields of the sort, then ranges",
            share=share,
            saves=(share if share is not None else 0.5) * 0.9,
            numbers={"keys_examined": round(keys), "returned": round(found)},
        )


def _bounded(condition: str | None) -> list[str]:
    """The fields whose index bounds, `{"day": ["[7, 7]"], …}` as the reader keeps MongoDB's `indexBounds`, leave something out."""
    try:
        bounds = json.loads(condition or "{}")
    except ValueError:  # an SBE plan's, or none of MongoDB's
        return []
    if not isinstance(bounds, dict):
        return []
    return [
        name for name, intervals in bounds.items() if isinstance(intervals, list) and "MinKey" not in str(intervals)
    ]
