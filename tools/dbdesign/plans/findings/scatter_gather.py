"""The finding scatter-gather."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine, PlanNode
from dbdesign.plans.findings.base import PlanCheck, PlanFinding, Subject


class ScatterGather(PlanCheck):
    """Every shard is asked, and most of them have nothing to say.

    ## What it does
    Reports a sharded query of MongoDB that asked three shards or more of which most returned no document.

    ## Why is this bad?
    The condition has no shard key, so that the router asks all. The query is as slow as the slowest shard, and more
    shards make it no faster.

    ## Example
    ```json
    {"queryPlanner": {"winningPlan": {"stage": "SHARD_MERGE", "shards": []}},
    "executionStats": {"nReturned": 10, "executionTimeMillis": 25,
    "executionStages": {"stage": "SHARD_MERGE", "nReturned": 10, "executionTimeMillis": 25,
     "shards": [
    {"shardName": "s1", "nReturned": 10, "executionTimeMillis": 20, "executionStages":
      {"stage": "COLLSCAN", "nReturned": 10, "docsExamined": 100, "executionTimeMillisEstimate": 18}},
    {"shardName": "s2", "nReturned": 0, "executionTimeMillis": 20, "executionStages":
      {"stage": "COLLSCAN", "nReturned": 0, "docsExamined": 100, "executionTimeMillisEstimate": 18}},
    {"shardName": "s3", "nReturned": 0, "executionTimeMillis": 20, "executionStages":
      {"stage": "COLLSCAN", "nReturned": 0, "docsExamined": 100, "executionTimeMillisEstimate": 18}},
    {"shardName": "s4", "nReturned": 0, "executionTimeMillis": 20, "executionStages":
      {"stage": "COLLSCAN", "nReturned": 0, "docsExamined": 100, "executionTimeMillisEstimate": 18}}]}}}
    ```

    ## Use instead
    ```json
    {"queryPlanner": {"winningPlan": {"stage": "SINGLE_SHARD", "shards": []}},
    "executionStats": {"nReturned": 10, "executionTimeMillis": 25,
    "executionStages": {"stage": "SINGLE_SHARD", "nReturned": 10, "executionTimeMillis": 25,
     "shards": [
    {"shardName": "s1", "nReturned": 10, "executionTimeMillis": 20, "executionStages":
      {"stage": "COLLSCAN", "nReturned": 10, "docsExamined": 100, "executionTimeMillisEstimate": 18}}]}}}
    ```

    ## References
    - MongoDB manual, [mongos: targeted operations and broadcast operations](https://www.mongodb.com/docs/manual/core/sharded-cluster-query-router/)
    """

    engines = (PlanEngine.MONGODB,)

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every merge of shards."""
        if "SHARD_MERGE" not in node.type.upper():
            return
        shards = [child for child in node.children if child.actual_rows is not None]
        empty = sum(1 for one in shards if not one.actual_rows)
        if len(shards) < 3 or empty * 2 < len(shards):
            return
        yield self.finding(
            node,
            f"asks {len(shards)} shards, {empty} of which have no document that matches",
            "Put the shard key into the condition; or reshard by what is asked for: sh.reshardCollection(namespace,"
            " key)",
            when="helps queries that run often; a report over everything has to ask all shards",
            share=subject.known(subject.inclusive(node)),
            saves=0.3,
            numbers={"shards": len(shards), "empty": empty},
        )
