"""The finding optimizer-stopped."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine
from dbdesign.plans.findings.base import PlanCheck, PlanFinding, Subject


class OptimizerStopped(PlanCheck):
    """The optimizer ended its search before it was done.

    ## What it does
    Reports a showplan whose StatementOptmEarlyAbortReason is TimeOut or MemoryLimitExceeded, of a plan with a cost of
    1 or more.

    ## Why is this bad?
    The plan is the best that was found until then, and may be far from the best there is. Many joins, views in views
    and long IN lists make the search too large.

    ## Example
    ```xml
    <ShowPlanXML xmlns="http://schemas.microsoft.com/sqlserver/2004/07/showplan" Version="1.564"
     Build="16.0.4105.2">
    <BatchSequence><Batch><Statements>
    <StmtSimple StatementId="1" StatementType="SELECT" StatementText="SELECT Id FROM dbo.Orders WHERE Code = @code"
     StatementSubTreeCost="12.5" StatementEstRows="40" StatementOptmLevel="FULL"
     StatementOptmEarlyAbortReason="TimeOut">
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

    ## Use instead
    ```xml
    <ShowPlanXML xmlns="http://schemas.microsoft.com/sqlserver/2004/07/showplan" Version="1.564"
     Build="16.0.4105.2">
    <BatchSequence><Batch><Statements>
    <StmtSimple StatementId="1" StatementType="SELECT" StatementText="SELECT Id FROM dbo.Orders WHERE Code = @code"
     StatementSubTreeCost="12.5" StatementEstRows="40" StatementOptmLevel="FULL"
     StatementOptmEarlyAbortReason="GoodEnoughPlanFound">
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

    ## References
    - Microsoft, [Query processing architecture guide](https://learn.microsoft.com/en-us/sql/relational-databases/query-processing-architecture-guide)
    """

    engines = (PlanEngine.SQLSERVER,)

    def check(self, subject: Subject) -> Iterator[PlanFinding]:
        """The statement as a whole."""
        reason = str(subject.plan.extra.get("StatementOptmEarlyAbortReason", ""))
        if reason not in {"TimeOut", "MemoryLimitExceeded"} or (subject.plan.root.total_cost or 0.0) < 1.0:
            return
        joins = sum(1 for node in subject.plan.nodes if node.kind in {"nested loop", "hash join", "merge join"})
        yield self.finding(
            None,
            f"the optimizer stopped before it was done ({reason}), with {joins} joins in the plan",
            "Take the statement apart: put the most selective part into a #temporary table and join that",
            when="helps where views are joined with views, or where a dozen tables and more are joined",
            share=None,
            saves=0.1,
            numbers={"reason": reason, "joins": joins},
        )
