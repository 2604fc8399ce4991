"""The finding memory-grant."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine
from dbdesign.plans.findings.base import PlanCheck, PlanFinding, Subject
from dbdesign.plans.wording import milliseconds, percent, size

LEAST_KB, USED = 10_240, 0.1
LEAST_WAIT_MS = 100.0


class MemoryGrant(PlanCheck):
    """A statement reserves far more memory than it uses, or waits for its memory.

    ## What it does
    Reports a grant of at least 10 MB of which less than a tenth was used, and a statement that waited for its grant.

    ## Why is this bad?
    Granted memory is taken from all others for as long as the statement runs, used or not. Statements that do not get
    theirs wait (RESOURCE_SEMAPHORE).

    ## Example
    ```xml
    <ShowPlanXML xmlns="http://schemas.microsoft.com/sqlserver/2004/07/showplan" Version="1.564"
     Build="16.0.4105.2">
    <BatchSequence><Batch><Statements>
    <StmtSimple StatementId="1" StatementType="SELECT" StatementText="SELECT Id FROM dbo.Orders WHERE Code = @code"
     StatementSubTreeCost="12.5" StatementEstRows="40">
    <QueryPlan CachedPlanSize="24" CompileTime="2" CompileCPU="2" CompileMemory="248">
    <MemoryGrantInfo SerialRequiredMemory="512" SerialDesiredMemory="1048576" RequiredMemory="512"
     DesiredMemory="1048576" RequestedMemory="1048576" GrantWaitTime="0" GrantedMemory="1048576"
     MaxUsedMemory="2048"/>
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
     StatementSubTreeCost="12.5" StatementEstRows="40">
    <QueryPlan CachedPlanSize="24" CompileTime="2" CompileCPU="2" CompileMemory="248">
    <MemoryGrantInfo SerialRequiredMemory="512" SerialDesiredMemory="4096" RequiredMemory="512"
     DesiredMemory="4096" RequestedMemory="4096" GrantWaitTime="0" GrantedMemory="4096" MaxUsedMemory="2048"/>
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
    - Microsoft, [Troubleshoot memory grant issues](https://learn.microsoft.com/en-us/troubleshoot/sql/database-engine/performance/troubleshoot-memory-grant-issues)
    """

    engines = (PlanEngine.SQLSERVER,)

    def check(self, subject: Subject) -> Iterator[PlanFinding]:
        """The statement as a whole."""
        grant = subject.plan.memory_grant
        if grant is None or grant.granted_kb is None:
            return
        used, waited = grant.max_used_kb, grant.wait_ms or 0.0
        if used is not None and grant.granted_kb >= LEAST_KB and used < grant.granted_kb * USED:
            yield self.finding(
                None,
                f"was granted {size(grant.granted_kb * 1024)} and used {size(used * 1024)}"
                f" ({percent(used / grant.granted_kb)})",
                f"OPTION (MAX_GRANT_PERCENT = {max(1, round(25 * used / grant.granted_kb))}), and mend the estimates"
                " that made it so large",
                when="helps statements that run at the same time as others; wide columns (nvarchar(max), estimated at half their length)"
                " make grants large as well",
                share=None,
                saves=0.05,
                numbers={"granted_kb": grant.granted_kb, "used_kb": used},
            )
        if waited >= LEAST_WAIT_MS:
            yield self.finding(
                None,
                f"waited {milliseconds(waited)} for {size(grant.granted_kb * 1024)} of memory",
                "Find what holds the memory: SELECT * FROM sys.dm_exec_query_memory_grants ORDER BY granted_memory_kb"
                " DESC",
                when="helps where large grants of other statements are in the way; smaller grants here get through sooner",
                share=None,
                saves=0.3,
                numbers={"wait_ms": waited},
            )
