"""The finding key-lookup."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine, PlanNode
from dbdesign.plans.findings.base import PlanCheck, PlanFinding, Subject
from dbdesign.plans.wording import rows

LEAST_ROWS = 1_000.0
"""Rows from which on SQL Server itself mostly prefers a scan (the tipping point lies at some percent of the pages)."""


class KeyLookup(PlanCheck):
    """An index finds the rows, and each of them is then fetched from the table by its key.

    ## What it does
    Reports a look-up of rows behind an index, SQL Server's Key Lookup and RID Lookup, TiDB's IndexLookUp,
    CockroachDB's index join, that fetches at least 1,000 rows and takes a tenth of the plan.

    ## Why is this bad?
    Each row costs a descent, or a request to another node, at random. An index that carries the columns answers
    without the table.

    ## Example
    ```xml
    <ShowPlanXML xmlns="http://schemas.microsoft.com/sqlserver/2004/07/showplan" Version="1.564"
     Build="16.0.4105.2">
    <BatchSequence><Batch><Statements>
    <StmtSimple StatementId="1" StatementType="SELECT" StatementText="SELECT Id FROM dbo.Orders WHERE Code = @code"
     StatementSubTreeCost="12.5" StatementEstRows="40">
    <QueryPlan CachedPlanSize="24" CompileTime="2" CompileCPU="2" CompileMemory="248">
    <RelOp NodeId="0" PhysicalOp="Nested Loops" LogicalOp="Inner Join" EstimateRows="40" EstimateIO="2.5"
     EstimateCPU="0.2" AvgRowSize="27" EstimatedTotalSubtreeCost="12.5" Parallel="0">
    <OutputList/>
    <RunTimeInformation><RunTimeCountersPerThread Thread="0" ActualRows="20000" ActualExecutions="1"
     ActualElapsedms="120" ActualCPUms="120"/></RunTimeInformation>
    <NestedLoops Optimized="0"><OuterReferences/>
    <RelOp NodeId="1" PhysicalOp="Index Seek" LogicalOp="Index Seek" EstimateRows="40" EstimateIO="2.5"
     EstimateCPU="0.2" AvgRowSize="27" EstimatedTotalSubtreeCost="0.1" Parallel="0">
    <OutputList/>
    <RunTimeInformation><RunTimeCountersPerThread Thread="0" ActualRows="20000" ActualExecutions="1"
     ActualElapsedms="120" ActualCPUms="120"/></RunTimeInformation>
    <IndexScan Ordered="0">
    <Object Database="[shop]" Schema="[dbo]" Table="[Orders]" Index="[IX_Orders_Customer]"
     IndexKind="NonClustered"/>
    </IndexScan>
    </RelOp>
    <RelOp NodeId="2" PhysicalOp="Key Lookup" LogicalOp="Clustered Index Seek" EstimateRows="40" EstimateIO="2.5"
     EstimateCPU="0.2" AvgRowSize="27" EstimatedTotalSubtreeCost="12" Parallel="0">
    <OutputList/>
    <RunTimeInformation><RunTimeCountersPerThread Thread="0" ActualRows="20000" ActualExecutions="20000"
     ActualElapsedms="110" ActualCPUms="110"/></RunTimeInformation>
    <IndexScan Ordered="0" Lookup="1">
    <Object Database="[shop]" Schema="[dbo]" Table="[Orders]" Index="[PK_Orders]" IndexKind="Clustered"/>
    </IndexScan>
    </RelOp>
    </NestedLoops>
    </RelOp>
    </QueryPlan></StmtSimple></Statements></Batch></BatchSequence></ShowPlanXML>
    ```

    ```text
    +---------------------------+---------+---------+-----------+---------------------+----------------+---------------+
    | id                        | estRows | actRows | task      | access object       | execution info | operator info |
    +---------------------------+---------+---------+-----------+---------------------+----------------+---------------+
    | IndexLookUp_7             | 45000   | 45000   | root      |                     | time:412.3ms   |               |
    | ├─IndexRangeScan_5(Build) | 45000   | 45000   | cop[tikv] | table:o, index:k(a) | time:30.2ms    | range:[1,1]   |
    | └─TableRowIDScan_6(Probe) | 45000   | 45000   | cop[tikv] | table:o             | time:350.2ms   |               |
    +---------------------------+---------+---------+-----------+---------------------+----------------+---------------+
    ```

    ## Use instead
    ```xml
    <ShowPlanXML xmlns="http://schemas.microsoft.com/sqlserver/2004/07/showplan" Version="1.564"
     Build="16.0.4105.2">
    <BatchSequence><Batch><Statements>
    <StmtSimple StatementId="1" StatementType="SELECT" StatementText="SELECT Id FROM dbo.Orders WHERE Code = @code"
     StatementSubTreeCost="12.5" StatementEstRows="40">
    <QueryPlan CachedPlanSize="24" CompileTime="2" CompileCPU="2" CompileMemory="248">
    <RelOp NodeId="0" PhysicalOp="Nested Loops" LogicalOp="Inner Join" EstimateRows="40" EstimateIO="2.5"
     EstimateCPU="0.2" AvgRowSize="27" EstimatedTotalSubtreeCost="12.5" Parallel="0">
    <OutputList/>
    <RunTimeInformation><RunTimeCountersPerThread Thread="0" ActualRows="20" ActualExecutions="1"
     ActualElapsedms="120" ActualCPUms="120"/></RunTimeInformation>
    <NestedLoops Optimized="0"><OuterReferences/>
    <RelOp NodeId="1" PhysicalOp="Index Seek" LogicalOp="Index Seek" EstimateRows="40" EstimateIO="2.5"
     EstimateCPU="0.2" AvgRowSize="27" EstimatedTotalSubtreeCost="0.1" Parallel="0">
    <OutputList/>
    <RunTimeInformation><RunTimeCountersPerThread Thread="0" ActualRows="20" ActualExecutions="1"
     ActualElapsedms="120" ActualCPUms="120"/></RunTimeInformation>
    <IndexScan Ordered="0">
    <Object Database="[shop]" Schema="[dbo]" Table="[Orders]" Index="[IX_Orders_Customer]"
     IndexKind="NonClustered"/>
    </IndexScan>
    </RelOp>
    <RelOp NodeId="2" PhysicalOp="Key Lookup" LogicalOp="Clustered Index Seek" EstimateRows="40" EstimateIO="2.5"
     EstimateCPU="0.2" AvgRowSize="27" EstimatedTotalSubtreeCost="12" Parallel="0">
    <OutputList/>
    <RunTimeInformation><RunTimeCountersPerThread Thread="0" ActualRows="20" ActualExecutions="20"
     ActualElapsedms="110" ActualCPUms="110"/></RunTimeInformation>
    <IndexScan Ordered="0" Lookup="1">
    <Object Database="[shop]" Schema="[dbo]" Table="[Orders]" Index="[PK_Orders]" IndexKind="Clustered"/>
    </IndexScan>
    </RelOp>
    </NestedLoops>
    </RelOp>
    </QueryPlan></StmtSimple></Statements></Batch></BatchSequence></ShowPlanXML>
    ```

    ```text
    +---------------------------+---------+---------+-----------+---------------------+----------------+---------------+
    | id                        | estRows | actRows | task      | access object       | execution info | operator info |
    +---------------------------+---------+---------+-----------+---------------------+----------------+---------------+
    | IndexLookUp_7             | 45      | 45      | root      |                     | time:412.3ms   |               |
    | ├─IndexRangeScan_5(Build) | 45      | 45      | cop[tikv] | table:o, index:k(a) | time:30.2ms    | range:[1,1]   |
    | └─TableRowIDScan_6(Probe) | 45      | 45      | cop[tikv] | table:o             | time:350.2ms   |               |
    +---------------------------+---------+---------+-----------+---------------------+----------------+---------------+
    ```

    ## References
    - Microsoft, [Create indexes with included columns](https://learn.microsoft.com/en-us/sql/relational-databases/indexes/create-indexes-with-included-columns)
    - TiDB, [Index Lookup](https://docs.pingcap.com/tidb/stable/explain-indexes)
    """

    engines = (PlanEngine.SQLSERVER, PlanEngine.TIDB, PlanEngine.COCKROACHDB)
    yields_to = ("inefficient-index",)

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every look-up of many rows."""
        if not _looks_up(node):
            return
        number = node.total_rows if node.total_rows is not None else node.estimated_rows or 0.0
        share = subject.inclusive(node)
        if number < LEAST_ROWS or (subject.plan.measured_by and share < 0.1):
            return
        table = node.relation or next((one.relation for one in node.walk() if one.relation), None) or "the table"
        index = next((one.index for one in _before(node, subject) if one.index), node.index)
        columns = ", ".join(one.rpartition(".")[2].strip("[]") for one in node.output) or "the columns that are fetched"
        carry = "INCLUDE" if subject.engine is PlanEngine.SQLSERVER else "STORING"
        remedy = (
            f"Add the columns to the end of {index or 'the index'}: {columns}"
            if subject.engine is PlanEngine.TIDB
            else f"Make {index or 'the index'} anew with {carry} ({columns})"
        )
        yield self.finding(
            node,
            f"fetches {rows(number)} of {table} one by one behind"
            f" {index or 'an index'}{subject.time_of(subject.known(share))}",
            remedy,
            when="helps where the columns are few and narrow and rarely change; every write then maintains them in the index too",
            share=subject.known(share),
            saves=(share if subject.plan.measured_by else 0.5) * 0.8,
            numbers={"rows": round(number)},
        )


def _looks_up(node: PlanNode) -> bool:
    name = node.type.lower()
    return any(word in name for word in ("key lookup", "rid lookup", "indexlookup", "index join"))


def _before(node: PlanNode, subject: Subject) -> Iterator[PlanNode]:
    """What the look-up follows: below it, or at the outer side of its loop."""
    above = subject.parent(node)
    if above is not None and above.kind == "nested loop" and above.children[0] is not node:
        yield from above.children[0].walk()
    else:
        yield from node.walk()
