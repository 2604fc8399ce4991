"""The finding missing-statistics."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine, PlanNode
from dbdesign.plans.findings.base import PlanCheck, PlanFinding, Subject
from dbdesign.plans.findings.warned import warned
from dbdesign.plans.remedies import analyse


class MissingStatistics(PlanCheck):
    """The planner had no statistics of a table and guessed.

    ## What it does
    Reports SQL Server's warning ColumnsWithNoStatistics, CockroachDB's `missing stats`, and TiDB's `stats:pseudo`.

    ## Why is this bad?
    Without statistics every estimate is a constant: TiDB takes 10,000 rows for a table, others a fixed share of it.
    Join order and access follow from it.

    ## Example
    ```xml
    <ShowPlanXML xmlns="http://schemas.microsoft.com/sqlserver/2004/07/showplan" Version="1.564"
     Build="16.0.4105.2">
    <BatchSequence><Batch><Statements>
    <StmtSimple StatementId="1" StatementType="SELECT" StatementText="SELECT Id FROM dbo.Orders WHERE Code = @code"
     StatementSubTreeCost="12.5" StatementEstRows="40">
    <QueryPlan CachedPlanSize="24" CompileTime="2" CompileCPU="2" CompileMemory="248">
    <RelOp NodeId="0" PhysicalOp="Clustered Index Scan" LogicalOp="Clustered Index Scan" EstimateRows="40"
     EstimateIO="2.5"
     EstimateCPU="0.2" AvgRowSize="27" EstimatedTotalSubtreeCost="12.5" Parallel="0">
    <OutputList/>
    <Warnings><ColumnsWithNoStatistics><ColumnReference Database="[shop]" Schema="[dbo]" Table="[Orders]"
     Column="Code"/></ColumnsWithNoStatistics></Warnings>
    <IndexScan Ordered="0">
    <Object Database="[shop]" Schema="[dbo]" Table="[Orders]" Index="[PK_Orders]" IndexKind="Clustered"/>
    </IndexScan>
    </RelOp>
    </QueryPlan></StmtSimple></Statements></Batch></BatchSequence></ShowPlanXML>
    ```

    ```text
    distribution: local
    vectorized: true

    • scan
      missing stats
      table: orders@orders_pkey
      spans: FULL SCAN
    ```

    ```text
    +-------------------------+----------+-----------+---------------+--------------------------------+
    | id                      | estRows  | task      | access object | operator info                  |
    +-------------------------+----------+-----------+---------------+--------------------------------+
    | TableReader_7           | 10.00    | root      |               | data:Selection_6               |
    | └─Selection_6           | 10.00    | cop[tikv] |               | eq(shop.orders.code, "k77")    |
    |   └─TableFullScan_5     | 10000.00 | cop[tikv] | table:orders  | keep order:false, stats:pseudo |
    +-------------------------+----------+-----------+---------------+--------------------------------+
    ```

    ## Use instead
    ```xml
    <ShowPlanXML xmlns="http://schemas.microsoft.com/sqlserver/2004/07/showplan" Version="1.564"
     Build="16.0.4105.2">
    <BatchSequence><Batch><Statements>
    <StmtSimple StatementId="1" StatementType="SELECT" StatementText="SELECT Id FROM dbo.Orders WHERE Code = @code"
     StatementSubTreeCost="12.5" StatementEstRows="40">
    <QueryPlan CachedPlanSize="24" CompileTime="2" CompileCPU="2" CompileMemory="248">
    <RelOp NodeId="0" PhysicalOp="Clustered Index Scan" LogicalOp="Clustered Index Scan" EstimateRows="40"
     EstimateIO="2.5"
     EstimateCPU="0.2" AvgRowSize="27" EstimatedTotalSubtreeCost="12.5" Parallel="0">
    <OutputList/>
    <IndexScan Ordered="0">
    <Object Database="[shop]" Schema="[dbo]" Table="[Orders]" Index="[PK_Orders]" IndexKind="Clustered"/>
    </IndexScan>
    </RelOp>
    </QueryPlan></StmtSimple></Statements></Batch></BatchSequence></ShowPlanXML>
    ```

    ```text
    distribution: local
    vectorized: true

    • scan
      estimated row count: 200,000 (100% of the table; stats collected 3 minutes ago)
      table: orders@orders_pkey
      spans: FULL SCAN
    ```

    ```text
    +-------------------------+----------+-----------+---------------+--------------------------------+
    | id                      | estRows  | task      | access object | operator info                  |
    +-------------------------+----------+-----------+---------------+--------------------------------+
    | TableReader_7           | 10.00    | root      |               | data:Selection_6               |
    | └─Selection_6           | 10.00    | cop[tikv] |               | eq(shop.orders.code, "k77")    |
    |   └─TableFullScan_5     | 10000.00 | cop[tikv] | table:orders  | keep order:false               |
    +-------------------------+----------+-----------+---------------+--------------------------------+
    ```

    ## References
    - TiDB, [Introduction to Statistics](https://docs.pingcap.com/tidb/stable/statistics)
    - CockroachDB, [Cost-Based Optimizer](https://www.cockroachlabs.com/docs/stable/cost-based-optimizer)
    - Microsoft, [Statistics](https://learn.microsoft.com/en-us/sql/relational-databases/statistics/statistics)
    """

    engines = (PlanEngine.SQLSERVER, PlanEngine.COCKROACHDB, PlanEngine.TIDB)

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every scan that says so."""
        if not _guessed(node):
            return
        share = subject.known(subject.inclusive(node))
        yield self.finding(
            node,
            f"{node.relation_label or 'the table'} has no statistics: the rows expected are a guess",
            analyse(subject.engine, node),
            when="helps where statistics are not collected by themselves (a new table, automatic statistics switched off)",
            share=share,
            saves=0.15,
        )


def _guessed(node: PlanNode) -> bool:
    if next(warned(node, "ColumnsWithNoStatistics", "missing stats", "stats:pseudo", "pseudo"), None) is not None:
        return True
    texts = [*node.flags, *(f"{key}:{value}" for key, value in node.extra.items())]
    return any("missing stats" in text or "stats:pseudo" in text for text in texts)
