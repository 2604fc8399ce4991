"""The finding parameter-sniffing."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine, PlanNode
from dbdesign.plans.findings.base import PlanCheck, PlanFinding, Subject
from dbdesign.plans.wording import count, rows

FACTOR, LEAST_ROWS = 10.0, 1_000.0


class ParameterSniffing(PlanCheck):
    """The plan was compiled for another value of a parameter and does not fit the one that it ran with.

    ## What it does
    Reports an actual plan with a parameter whose compiled value differs from the one it ran with, where a node found
    at least ten times more or fewer rows than expected, 1,000 or more.

    ## Why is this bad?
    The plan is made for the first value that comes and kept. A value that is a thousand times more frequent then runs
    with nested loops made for a handful of rows.

    ## Example
    ```xml
    <ShowPlanXML xmlns="http://schemas.microsoft.com/sqlserver/2004/07/showplan" Version="1.564"
     Build="16.0.4105.2">
    <BatchSequence><Batch><Statements>
    <StmtSimple StatementId="1" StatementType="SELECT" StatementText="SELECT Id FROM dbo.Orders WHERE Code = @code"
     StatementSubTreeCost="12.5" StatementEstRows="40">
    <QueryPlan CachedPlanSize="24" CompileTime="2" CompileCPU="2" CompileMemory="248">
    <ParameterList><ColumnReference Column="@customer" ParameterDataType="int" ParameterCompiledValue="(7)"
     ParameterRuntimeValue="(1)"/></ParameterList>
    <RelOp NodeId="0" PhysicalOp="Index Seek" LogicalOp="Index Seek" EstimateRows="10" EstimateIO="2.5"
     EstimateCPU="0.2" AvgRowSize="27" EstimatedTotalSubtreeCost="12.5" Parallel="0">
    <OutputList/>
    <RunTimeInformation><RunTimeCountersPerThread Thread="0" ActualRows="90000" ActualExecutions="1"
     ActualElapsedms="300" ActualCPUms="300"/></RunTimeInformation>
    <IndexScan Ordered="0">
    <Object Database="[shop]" Schema="[dbo]" Table="[Orders]" Index="[IX_Orders_Customer]"
     IndexKind="NonClustered"/>
    </IndexScan>
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
    <ParameterList><ColumnReference Column="@customer" ParameterDataType="int" ParameterCompiledValue="(7)"
     ParameterRuntimeValue="(7)"/></ParameterList>
    <RelOp NodeId="0" PhysicalOp="Index Seek" LogicalOp="Index Seek" EstimateRows="10" EstimateIO="2.5"
     EstimateCPU="0.2" AvgRowSize="27" EstimatedTotalSubtreeCost="12.5" Parallel="0">
    <OutputList/>
    <RunTimeInformation><RunTimeCountersPerThread Thread="0" ActualRows="90000" ActualExecutions="1"
     ActualElapsedms="300" ActualCPUms="300"/></RunTimeInformation>
    <IndexScan Ordered="0">
    <Object Database="[shop]" Schema="[dbo]" Table="[Orders]" Index="[IX_Orders_Customer]"
     IndexKind="NonClustered"/>
    </IndexScan>
    </RelOp>
    </QueryPlan></StmtSimple></Statements></Batch></BatchSequence></ShowPlanXML>
    ```

    ## References
    - Microsoft, [Parameter sensitivity](https://learn.microsoft.com/en-us/sql/relational-databases/query-processing-architecture-guide#parameter-sensitivity)
    - Microsoft, [Parameter Sensitive Plan optimization](https://learn.microsoft.com/en-us/sql/relational-databases/performance/parameter-sensitive-plan-optimization)
    """

    engines = (PlanEngine.SQLSERVER,)

    def check(self, subject: Subject) -> Iterator[PlanFinding]:
        """The node with the worst estimate, where parameters differ."""
        changed = [
            one for one in subject.plan.parameters if one.compiled and one.runtime and one.compiled != one.runtime
        ]
        if not changed:
            return
        off = [node for node in subject.plan.nodes if _off(node)]
        if not off:
            return
        lowest = [node for node in off if not any(child in off for child in node.children)]
        worst = max(lowest, key=lambda node: node.total_rows or 0.0)
        said = ", ".join(f"{one.name} = {one.runtime}, compiled for {one.compiled}" for one in changed[:4])
        share = subject.known(subject.inclusive(worst))
        yield self.finding(
            worst,
            f"found {rows(worst.actual_rows or 0.0)} where {count(worst.estimated_rows or 0.0)} were expected, with"
            f" {said}{subject.time_of(share)}",
            "OPTION (RECOMPILE) on this statement; or OPTION (OPTIMIZE FOR (@parameter = a typical value)); or, from"
            " SQL Server 2022 on,"
            " compatibility level 160, which keeps several plans",
            when="helps where values differ widely in how often they occur; RECOMPILE costs a compilation each time",
            share=share,
            saves=(share if share is not None else 0.5) * 0.6,
            numbers={"expected": worst.estimated_rows or 0.0, "found": worst.actual_rows or 0.0},
        )


def _off(node: PlanNode) -> bool:
    factor = node.estimate_factor
    at_stake = max(node.estimated_rows or 0.0, node.actual_rows or 0.0) * (node.loops or 1)
    return factor is not None and not 1 / FACTOR < factor < FACTOR and at_stake >= LEAST_ROWS
