"""The finding row-goal."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine, PlanNode
from dbdesign.plans.findings.base import MANY_ROWS, PlanCheck, PlanFinding, Subject
from dbdesign.plans.findings.warned import number
from dbdesign.plans.wording import count, rows

TIMES = 10.0


class RowGoal(PlanCheck):
    """The plan was made for the first few rows, and they came late.

    ## What it does
    Reports a scan or seek with `EstimateRowsWithoutRowGoal` that read at least ten times more rows than the plan
    expected to read, and 10,000 or more.

    ## Why is this bad?
    TOP, EXISTS, IN and FAST make the optimizer plan for the first rows and hope that they are spread evenly. Where
    they lie at the end, the cheap scan becomes a scan of everything.

    ## Example
    ```xml
    <ShowPlanXML xmlns="http://schemas.microsoft.com/sqlserver/2004/07/showplan" Version="1.564"
     Build="16.0.4105.2">
    <BatchSequence><Batch><Statements>
    <StmtSimple StatementId="1" StatementType="SELECT" StatementText="SELECT Id FROM dbo.Orders WHERE Code = @code"
     StatementSubTreeCost="0.03" StatementEstRows="40">
    <QueryPlan CachedPlanSize="24" CompileTime="2" CompileCPU="2" CompileMemory="248">
    <RelOp NodeId="0" PhysicalOp="Top" LogicalOp="Top" EstimateRows="5" EstimateIO="2.5"
     EstimateCPU="0.2" AvgRowSize="27" EstimatedTotalSubtreeCost="0.03" Parallel="0">
    <OutputList/>
    <RunTimeInformation><RunTimeCountersPerThread Thread="0" ActualRows="5" ActualExecutions="1"
     ActualElapsedms="80" ActualCPUms="80"/></RunTimeInformation>
    <Top><TopExpression/><RelOp NodeId="1" PhysicalOp="Clustered Index Scan" LogicalOp="Clustered Index Scan"
     EstimateRows="5" EstimateIO="2.5"
     EstimateCPU="0.2" AvgRowSize="27" EstimatedTotalSubtreeCost="0.03" Parallel="0"
     EstimateRowsWithoutRowGoal="40" EstimatedRowsRead="500" TableCardinality="200000">
    <OutputList/>
    <RunTimeInformation><RunTimeCountersPerThread Thread="0" ActualRows="5" ActualRowsRead="190000"
     ActualExecutions="1" ActualElapsedms="80" ActualCPUms="80"/></RunTimeInformation>
    <IndexScan Ordered="0">
    <Object Database="[shop]" Schema="[dbo]" Table="[Orders]" Index="[IX_Placed]" IndexKind="Clustered"/>
    <Predicate><ScalarOperator ScalarString="[shop].[dbo].[Orders].[Code]='k77'"/></Predicate>
    </IndexScan>
    </RelOp></Top>
    </RelOp>
    </QueryPlan></StmtSimple></Statements></Batch></BatchSequence></ShowPlanXML>
    ```

    ## Use instead
    ```xml
    <ShowPlanXML xmlns="http://schemas.microsoft.com/sqlserver/2004/07/showplan" Version="1.564"
     Build="16.0.4105.2">
    <BatchSequence><Batch><Statements>
    <StmtSimple StatementId="1" StatementType="SELECT" StatementText="SELECT Id FROM dbo.Orders WHERE Code = @code"
     StatementSubTreeCost="0.03" StatementEstRows="40">
    <QueryPlan CachedPlanSize="24" CompileTime="2" CompileCPU="2" CompileMemory="248">
    <RelOp NodeId="0" PhysicalOp="Top" LogicalOp="Top" EstimateRows="5" EstimateIO="2.5"
     EstimateCPU="0.2" AvgRowSize="27" EstimatedTotalSubtreeCost="0.03" Parallel="0">
    <OutputList/>
    <RunTimeInformation><RunTimeCountersPerThread Thread="0" ActualRows="5" ActualExecutions="1"
     ActualElapsedms="80" ActualCPUms="80"/></RunTimeInformation>
    <Top><TopExpression/><RelOp NodeId="1" PhysicalOp="Clustered Index Scan" LogicalOp="Clustered Index Scan"
     EstimateRows="5" EstimateIO="2.5"
     EstimateCPU="0.2" AvgRowSize="27" EstimatedTotalSubtreeCost="0.03" Parallel="0"
     EstimateRowsWithoutRowGoal="40" EstimatedRowsRead="500" TableCardinality="200000">
    <OutputList/>
    <RunTimeInformation><RunTimeCountersPerThread Thread="0" ActualRows="5" ActualRowsRead="600"
     ActualExecutions="1" ActualElapsedms="80" ActualCPUms="80"/></RunTimeInformation>
    <IndexScan Ordered="0">
    <Object Database="[shop]" Schema="[dbo]" Table="[Orders]" Index="[IX_Placed]" IndexKind="Clustered"/>
    <Predicate><ScalarOperator ScalarString="[shop].[dbo].[Orders].[Code]='k77'"/></Predicate>
    </IndexScan>
    </RelOp></Top>
    </RelOp>
    </QueryPlan></StmtSimple></Statements></Batch></BatchSequence></ShowPlanXML>
    ```

    ## References
    - Microsoft, [Row goals in SHOWPLAN](https://support.microsoft.com/en-us/topic/kb4051361-optimizer-row-goal-information-in-query-execution-plan-added-in-sql-server-2014-2016-and-2017-ec130d7c-a2db-7b6a-b2b1-e50d8c40d0e3)
    """

    engines = (PlanEngine.SQLSERVER,)

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every operator that was planned for a few rows."""
        without = number(node, "EstimateRowsWithoutRowGoal")
        read = (node.rows_examined or node.actual_rows or 0.0) * (node.loops or 1)
        expected = number(node, "EstimatedRowsRead") or node.estimated_rows or 0.0
        if without is None or node.actual_rows is None or read < MANY_ROWS or read < expected * TIMES:
            return
        share = subject.known(subject.inclusive(node))
        yield self.finding(
            node,
            f"read {rows(read)} to find the first {count(node.actual_rows)}, where {count(expected)} were to"
            f" suffice{subject.time_of(share)}",
            "An index that begins with the condition's columns and goes on with those of ORDER BY; or OPTION (USE"
            " HINT ('DISABLE_OPTIMIZER_ROWGOAL'))",
            when="helps where the rows that match do not lie where the scan begins",
            share=share,
            saves=(share if share is not None else 0.4) * 0.8,
            numbers={"rows_read": round(read), "expected": expected},
        )
