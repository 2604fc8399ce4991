"""The finding eager-index-spool."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine, PlanNode
from dbdesign.plans.findings.base import MANY_ROWS, PlanCheck, PlanFinding, Subject
from dbdesign.plans.wording import rows


class EagerIndexSpool(PlanCheck):
    """The plan builds an index of its own each time it runs.

    ## What it does
    Reports an eager Index Spool that is filled with 10,000 rows or more.

    ## Why is this bad?
    The optimizer found it worth to build an index over the whole table for one statement and to throw it away
    afterwards. It does not say so as a missing index.

    ## Example
    ```xml
    <ShowPlanXML xmlns="http://schemas.microsoft.com/sqlserver/2004/07/showplan" Version="1.564"
     Build="16.0.4105.2">
    <BatchSequence><Batch><Statements>
    <StmtSimple StatementId="1" StatementType="SELECT" StatementText="SELECT Id FROM dbo.Orders WHERE Code = @code"
     StatementSubTreeCost="12.5" StatementEstRows="40">
    <QueryPlan CachedPlanSize="24" CompileTime="2" CompileCPU="2" CompileMemory="248">
    <RelOp NodeId="0" PhysicalOp="Nested Loops" LogicalOp="Inner Join" EstimateRows="2000" EstimateIO="2.5"
     EstimateCPU="0.2" AvgRowSize="27" EstimatedTotalSubtreeCost="12.5" Parallel="0">
    <OutputList/>
    <RunTimeInformation><RunTimeCountersPerThread Thread="0" ActualRows="2000" ActualExecutions="1"
     ActualElapsedms="640" ActualCPUms="640"/></RunTimeInformation>
    <NestedLoops Optimized="0"><RelOp NodeId="1" PhysicalOp="Clustered Index Scan" LogicalOp="Clustered Index Scan"
     EstimateRows="2000" EstimateIO="2.5"
     EstimateCPU="0.2" AvgRowSize="27" EstimatedTotalSubtreeCost="1" Parallel="0">
    <OutputList/>
    <RunTimeInformation><RunTimeCountersPerThread Thread="0" ActualRows="2000" ActualExecutions="1"
     ActualElapsedms="4" ActualCPUms="4"/></RunTimeInformation>
    <IndexScan Ordered="0">
    <Object Database="[shop]" Schema="[dbo]" Table="[Customers]" Index="[PK_C]" IndexKind="Clustered"/>
    </IndexScan>
    </RelOp><RelOp NodeId="2" PhysicalOp="Index Spool" LogicalOp="Eager Spool" EstimateRows="10" EstimateIO="2.5"
     EstimateCPU="0.2" AvgRowSize="27" EstimatedTotalSubtreeCost="9" Parallel="0">
    <OutputList/>
    <RunTimeInformation><RunTimeCountersPerThread Thread="0" ActualRows="2000" ActualExecutions="2000"
     ActualElapsedms="600" ActualCPUms="600"/></RunTimeInformation>
    <Spool><RelOp NodeId="3" PhysicalOp="Table Scan" LogicalOp="Table Scan" EstimateRows="200000" EstimateIO="2.5"
     EstimateCPU="0.2" AvgRowSize="27" EstimatedTotalSubtreeCost="3" Parallel="0">
    <OutputList/>
    <RunTimeInformation><RunTimeCountersPerThread Thread="0" ActualRows="200000" ActualExecutions="1"
     ActualElapsedms="100" ActualCPUms="100"/></RunTimeInformation>
    <TableScan Ordered="0"><Object Schema="[dbo]" Table="[Lines]"/></TableScan>
    </RelOp></Spool>
    </RelOp></NestedLoops>
    </RelOp>
    </QueryPlan></StmtSimple></Statements></Batch></BatchSequence></ShowPlanXML>
    ```

    ## Use instead
    ```xml
    <ShowPlanXML xmlns="http://schemas.microsoft.com/sqlserver/2004/07/showplan" Version="1.564"
     Build="16.0.4105.2">
    <BatchSequence><Batch><Statements>
    <StmtSimple StatementId="1" StatementType="SELECT" StatementText="SELECT Id FROM dbo.Orders WHERE Code = @code"
     StatementSubTreeCost="12.5" StatementEstRows="40">
    <QueryPlan CachedPlanSize="24" CompileTime="2" CompileCPU="2" CompileMemory="248">
    <RelOp NodeId="0" PhysicalOp="Nested Loops" LogicalOp="Inner Join" EstimateRows="2000" EstimateIO="2.5"
     EstimateCPU="0.2" AvgRowSize="27" EstimatedTotalSubtreeCost="12.5" Parallel="0">
    <OutputList/>
    <RunTimeInformation><RunTimeCountersPerThread Thread="0" ActualRows="2000" ActualExecutions="1"
     ActualElapsedms="640" ActualCPUms="640"/></RunTimeInformation>
    <NestedLoops Optimized="0"><RelOp NodeId="1" PhysicalOp="Clustered Index Scan" LogicalOp="Clustered Index Scan"
     EstimateRows="2000" EstimateIO="2.5"
     EstimateCPU="0.2" AvgRowSize="27" EstimatedTotalSubtreeCost="1" Parallel="0">
    <OutputList/>
    <RunTimeInformation><RunTimeCountersPerThread Thread="0" ActualRows="2000" ActualExecutions="1"
     ActualElapsedms="4" ActualCPUms="4"/></RunTimeInformation>
    <IndexScan Ordered="0">
    <Object Database="[shop]" Schema="[dbo]" Table="[Customers]" Index="[PK_C]" IndexKind="Clustered"/>
    </IndexScan>
    </RelOp><RelOp NodeId="2" PhysicalOp="Index Spool" LogicalOp="Eager Spool" EstimateRows="10" EstimateIO="2.5"
     EstimateCPU="0.2" AvgRowSize="27" EstimatedTotalSubtreeCost="9" Parallel="0">
    <OutputList/>
    <RunTimeInformation><RunTimeCountersPerThread Thread="0" ActualRows="2000" ActualExecutions="2000"
     ActualElapsedms="600" ActualCPUms="600"/></RunTimeInformation>
    <Spool><RelOp NodeId="3" PhysicalOp="Table Scan" LogicalOp="Table Scan" EstimateRows="200000" EstimateIO="2.5"
     EstimateCPU="0.2" AvgRowSize="27" EstimatedTotalSubtreeCost="3" Parallel="0">
    <OutputList/>
    <RunTimeInformation><RunTimeCountersPerThread Thread="0" ActualRows="200" ActualExecutions="1"
     ActualElapsedms="100" ActualCPUms="100"/></RunTimeInformation>
    <TableScan Ordered="0"><Object Schema="[dbo]" Table="[Lines]"/></TableScan>
    </RelOp></Spool>
    </RelOp></NestedLoops>
    </RelOp>
    </QueryPlan></StmtSimple></Statements></Batch></BatchSequence></ShowPlanXML>
    ```

    ## References
    - Microsoft, [Showplan logical and physical operators: Index Spool](https://learn.microsoft.com/en-us/sql/relational-databases/showplan-logical-and-physical-operators-reference)
    """

    engines = (PlanEngine.SQLSERVER,)

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every spool that is an index."""
        if "index spool" not in node.type.lower():
            return
        below = next((one for one in node.walk() if one.relation), None)
        filled = (
            below.total_rows if below and below.total_rows is not None else below.estimated_rows if below else 0.0
        ) or 0.0
        if filled < MANY_ROWS:
            return
        share = subject.known(subject.inclusive(node))
        name = below.relation_label if below else "the table"
        sought = node.index_condition or "what the spool is sought by"
        yield self.finding(
            node,
            f"builds an index over {rows(filled)} of {name} for this statement alone{subject.time_of(share)}",
            f"Make that index: on {name} by {sought}, with the columns of the spool included",
            when="helps always where the statement runs more than now and then",
            share=share,
            saves=(share if share is not None else 0.5) * 0.9,
            numbers={"rows": round(filled)},
        )
