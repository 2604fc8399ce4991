"""The finding table-variable."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine, PlanNode
from dbdesign.plans.findings.base import PlanCheck, PlanFinding, Subject
from dbdesign.plans.wording import count, rows

LEAST_ROWS = 1_000.0


class TableVariable(PlanCheck):
    """A table variable was taken for one row.

    ## What it does
    Reports a scan of a table variable or a multi-statement function that was estimated at 1 or 100 rows and had ten
    times more, 1,000 or more.

    ## Why is this bad?
    Table variables have no statistics. Before compatibility level 150 each is taken for one row, and everything that
    is joined with it is planned for one row.

    ## Example
    ```xml
    <ShowPlanXML xmlns="http://schemas.microsoft.com/sqlserver/2004/07/showplan" Version="1.564"
     Build="16.0.4105.2">
    <BatchSequence><Batch><Statements>
    <StmtSimple StatementId="1" StatementType="SELECT" StatementText="SELECT Id FROM dbo.Orders WHERE Code = @code"
     StatementSubTreeCost="12.5" StatementEstRows="40">
    <QueryPlan CachedPlanSize="24" CompileTime="2" CompileCPU="2" CompileMemory="248">
    <RelOp NodeId="0" PhysicalOp="Table Scan" LogicalOp="Table Scan" EstimateRows="1" EstimateIO="2.5"
     EstimateCPU="0.2" AvgRowSize="27" EstimatedTotalSubtreeCost="12.5" Parallel="0">
    <OutputList/>
    <RunTimeInformation><RunTimeCountersPerThread Thread="0" ActualRows="50000" ActualExecutions="1"
     ActualElapsedms="200" ActualCPUms="200"/></RunTimeInformation>
    <TableScan Ordered="0"><Object Table="[@ids]"/></TableScan>
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
    <RelOp NodeId="0" PhysicalOp="Table Scan" LogicalOp="Table Scan" EstimateRows="1" EstimateIO="2.5"
     EstimateCPU="0.2" AvgRowSize="27" EstimatedTotalSubtreeCost="12.5" Parallel="0">
    <OutputList/>
    <RunTimeInformation><RunTimeCountersPerThread Thread="0" ActualRows="3" ActualExecutions="1"
     ActualElapsedms="200" ActualCPUms="200"/></RunTimeInformation>
    <TableScan Ordered="0"><Object Table="[@ids]"/></TableScan>
    </RelOp>
    </QueryPlan></StmtSimple></Statements></Batch></BatchSequence></ShowPlanXML>
    ```

    ## References
    - Microsoft, [Table variable deferred compilation](https://learn.microsoft.com/en-us/sql/relational-databases/performance/intelligent-query-processing-details#table-variable-deferred-compilation)
    """

    engines = (PlanEngine.SQLSERVER,)

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every scan of one."""
        name = node.relation or node.function_name or ""
        fixed = node.estimated_rows in {1.0, 100.0}
        if not (name.startswith("@") or "table-valued" in node.type.lower()) or not fixed:
            return
        found = (node.actual_rows or 0.0) * (node.loops or 1)
        if found < LEAST_ROWS or found < (node.estimated_rows or 1.0) * 10:
            return
        share = subject.known(subject.inclusive(subject.parent(node) or node))
        yield self.finding(
            node,
            f"{name or 'the function'} had {rows(found)} and was taken for {count(node.estimated_rows or 1.0)}",
            "A temporary table (#ids) in its place, which has statistics; or ALTER DATABASE … SET COMPATIBILITY_LEVEL"
            " = 150 or above; or"
            " OPTION (RECOMPILE)",
            when="helps where what is joined with it is large",
            share=share,
            saves=(share if share is not None else 0.3) * 0.5,
            numbers={"rows": round(found)},
        )
