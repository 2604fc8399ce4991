"""The finding no-join-predicate."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine, PlanNode
from dbdesign.plans.findings.base import MANY_ROWS, PlanCheck, PlanFinding, Subject
from dbdesign.plans.findings.warned import warned
from dbdesign.plans.wording import rows


class NoJoinPredicate(PlanCheck):
    """SQL Server warns that two tables are joined without a condition.

    ## What it does
    Reports the warning NoJoinPredicate where the join makes 10,000 rows or more.

    ## Why is this bad?
    Each row of one side is joined with each of the other. Mostly a condition was forgotten, or compares columns of
    one table only.

    ## Example
    ```xml
    <ShowPlanXML xmlns="http://schemas.microsoft.com/sqlserver/2004/07/showplan" Version="1.564"
     Build="16.0.4105.2">
    <BatchSequence><Batch><Statements>
    <StmtSimple StatementId="1" StatementType="SELECT"
     StatementText="SELECT c.Id FROM dbo.Customers c, dbo.Visits v" StatementSubTreeCost="12.5"
     StatementEstRows="40">
    <QueryPlan CachedPlanSize="24" CompileTime="2" CompileCPU="2" CompileMemory="248">
    <RelOp NodeId="0" PhysicalOp="Nested Loops" LogicalOp="Inner Join" EstimateRows="400000" EstimateIO="2.5"
     EstimateCPU="0.2" AvgRowSize="27" EstimatedTotalSubtreeCost="12.5" Parallel="0">
    <OutputList/>
    <Warnings NoJoinPredicate="1"/>
    <RunTimeInformation><RunTimeCountersPerThread Thread="0" ActualRows="400000" ActualExecutions="1"
     ActualElapsedms="120" ActualCPUms="120"/></RunTimeInformation>
    <NestedLoops Optimized="0">
    <RelOp NodeId="1" PhysicalOp="Index Seek" LogicalOp="Index Seek" EstimateRows="2000" EstimateIO="2.5"
     EstimateCPU="0.2" AvgRowSize="27" EstimatedTotalSubtreeCost="0.1" Parallel="0">
    <OutputList/>
    <RunTimeInformation><RunTimeCountersPerThread Thread="0" ActualRows="2000" ActualExecutions="1"
     ActualElapsedms="120" ActualCPUms="120"/></RunTimeInformation>
    <IndexScan Ordered="0">
    <Object Database="[shop]" Schema="[dbo]" Table="[Customers]" Index="[IX_Region]" IndexKind="NonClustered"/>
    </IndexScan>
    </RelOp>
    <RelOp NodeId="2" PhysicalOp="Table Spool" LogicalOp="Table Spool" EstimateRows="200" EstimateIO="2.5"
     EstimateCPU="0.2" AvgRowSize="27" EstimatedTotalSubtreeCost="12.5" Parallel="0">
    <OutputList/>
    <RunTimeInformation><RunTimeCountersPerThread Thread="0" ActualRows="400000" ActualExecutions="2000"
     ActualElapsedms="120" ActualCPUms="120"/></RunTimeInformation>
    <Spool><RelOp NodeId="3" PhysicalOp="Index Seek" LogicalOp="Index Seek" EstimateRows="200" EstimateIO="2.5"
     EstimateCPU="0.2" AvgRowSize="27" EstimatedTotalSubtreeCost="0.1" Parallel="0">
    <OutputList/>
    <RunTimeInformation><RunTimeCountersPerThread Thread="0" ActualRows="200" ActualExecutions="1"
     ActualElapsedms="120" ActualCPUms="120"/></RunTimeInformation>
    <IndexScan Ordered="0">
    <Object Database="[shop]" Schema="[dbo]" Table="[Visits]" Index="[IX_Tenant]" IndexKind="NonClustered"/>
    </IndexScan>
    </RelOp></Spool>
    </RelOp>
    </NestedLoops>
    </RelOp>
    </QueryPlan></StmtSimple></Statements></Batch></BatchSequence></ShowPlanXML>
    ```

    ## Use instead
    ```xml
    <ShowPlanXML xmlns="http://schemas.microsoft.com/sqlserver/2004/07/showplan" Version="1.564"
     Build="16.0.4105.2">
    <BatchSequence><Batch><Statements>
    <StmtSimple StatementId="1" StatementType="SELECT"
     StatementText="SELECT c.Id FROM dbo.Customers c, dbo.Visits v" StatementSubTreeCost="12.5"
     StatementEstRows="40">
    <QueryPlan CachedPlanSize="24" CompileTime="2" CompileCPU="2" CompileMemory="248">
    <RelOp NodeId="0" PhysicalOp="Nested Loops" LogicalOp="Inner Join" EstimateRows="400000" EstimateIO="2.5"
     EstimateCPU="0.2" AvgRowSize="27" EstimatedTotalSubtreeCost="12.5" Parallel="0">
    <OutputList/>
    <RunTimeInformation><RunTimeCountersPerThread Thread="0" ActualRows="400000" ActualExecutions="1"
     ActualElapsedms="120" ActualCPUms="120"/></RunTimeInformation>
    <NestedLoops Optimized="0">
    <RelOp NodeId="1" PhysicalOp="Index Seek" LogicalOp="Index Seek" EstimateRows="2000" EstimateIO="2.5"
     EstimateCPU="0.2" AvgRowSize="27" EstimatedTotalSubtreeCost="0.1" Parallel="0">
    <OutputList/>
    <RunTimeInformation><RunTimeCountersPerThread Thread="0" ActualRows="2000" ActualExecutions="1"
     ActualElapsedms="120" ActualCPUms="120"/></RunTimeInformation>
    <IndexScan Ordered="0">
    <Object Database="[shop]" Schema="[dbo]" Table="[Customers]" Index="[IX_Region]" IndexKind="NonClustered"/>
    </IndexScan>
    </RelOp>
    <RelOp NodeId="2" PhysicalOp="Table Spool" LogicalOp="Table Spool" EstimateRows="200" EstimateIO="2.5"
     EstimateCPU="0.2" AvgRowSize="27" EstimatedTotalSubtreeCost="12.5" Parallel="0">
    <OutputList/>
    <RunTimeInformation><RunTimeCountersPerThread Thread="0" ActualRows="400000" ActualExecutions="2000"
     ActualElapsedms="120" ActualCPUms="120"/></RunTimeInformation>
    <Spool><RelOp NodeId="3" PhysicalOp="Index Seek" LogicalOp="Index Seek" EstimateRows="200" EstimateIO="2.5"
     EstimateCPU="0.2" AvgRowSize="27" EstimatedTotalSubtreeCost="0.1" Parallel="0">
    <OutputList/>
    <RunTimeInformation><RunTimeCountersPerThread Thread="0" ActualRows="200" ActualExecutions="1"
     ActualElapsedms="120" ActualCPUms="120"/></RunTimeInformation>
    <IndexScan Ordered="0">
    <Object Database="[shop]" Schema="[dbo]" Table="[Visits]" Index="[IX_Tenant]" IndexKind="NonClustered"/>
    </IndexScan>
    </RelOp></Spool>
    </RelOp>
    </NestedLoops>
    </RelOp>
    </QueryPlan></StmtSimple></Statements></Batch></BatchSequence></ShowPlanXML>
    ```

    ## References
    - Microsoft, [Missing Join Predicate event class](https://learn.microsoft.com/en-us/sql/relational-databases/event-classes/missing-join-predicate-event-class)
    """

    engines = (PlanEngine.SQLSERVER,)

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every join with the warning."""
        if next(warned(node, "NoJoinPredicate"), None) is None:
            return
        made = node.total_rows if node.total_rows is not None else node.estimated_rows or 0.0
        if made < MANY_ROWS:
            return
        share = subject.known(subject.inclusive(node))
        tables = list(dict.fromkeys(one.relation for one in node.walk() if one.relation))
        yield self.finding(
            node,
            f"joins {' and '.join(tables[:4])} without a condition: {rows(made)}{subject.time_of(share)}",
            f"Add the condition that joins {' and '.join(tables[:4])}",
            when="helps unless every combination is wanted",
            share=share,
            saves=(share if share is not None else 0.5) * 0.8,
            numbers={"rows": round(made)},
        )
