"""The finding waits."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine
from dbdesign.plans.findings.base import PlanCheck, PlanFinding, Subject
from dbdesign.plans.wording import milliseconds, percent

SHARE, LEAST_MS = 0.2, 100.0
PARALLEL = ("CXPACKET", "CXCONSUMER", "SOS_SCHEDULER_YIELD")
"""Waits of threads for each other and for a processor, which are part of the work."""

ADVICE = {
    "LCK_": "Shorten the transactions that hold the locks; ALTER DATABASE … SET READ_COMMITTED_SNAPSHOT ON lets"
    " readers not wait for writers",
    "PAGEIOLATCH": "Read fewer pages: an index for the condition, columns that are needed only; or more memory",
    "ASYNC_NETWORK_IO": "Let the client read the rows at once, and fewer of them",
    "RESOURCE_SEMAPHORE": "Smaller memory grants: see memory-grant",
    "WRITELOG": "Write in larger transactions; a faster disk for the log",
    "IO_COMPLETION": "Look for spills to tempdb in the plan",
}
OTHER = "Look the wait up in sys.dm_os_wait_stats and find the session that causes it"


class Waits(PlanCheck):
    """A statement waited most of its time for something else.

    ## What it does
    Reports a wait of an actual plan that took at least 20 % of the elapsed time and 100 ms: locks, disk, network,
    memory.

    ## Why is this bad?
    While it waits no other plan would be faster: the cause lies with other sessions, with the disk or with the
    client.

    ## Example
    ```xml
    <ShowPlanXML xmlns="http://schemas.microsoft.com/sqlserver/2004/07/showplan" Version="1.564"
     Build="16.0.4105.2">
    <BatchSequence><Batch><Statements>
    <StmtSimple StatementId="1" StatementType="SELECT" StatementText="SELECT Id FROM dbo.Orders WHERE Code = @code"
     StatementSubTreeCost="12.5" StatementEstRows="40">
    <QueryPlan CachedPlanSize="24" CompileTime="2" CompileCPU="2" CompileMemory="248">
    <WaitStats><Wait WaitType="LCK_M_S" WaitTimeMs="800" WaitCount="3"/></WaitStats>
    <QueryTimeStats CpuTime="90" ElapsedTime="1000"/>
    <RelOp NodeId="0" PhysicalOp="Clustered Index Scan" LogicalOp="Clustered Index Scan" EstimateRows="40"
     EstimateIO="2.5"
     EstimateCPU="0.2" AvgRowSize="27" EstimatedTotalSubtreeCost="12.5" Parallel="0">
    <OutputList/>
    <RunTimeInformation><RunTimeCountersPerThread Thread="0" ActualRows="200000" ActualExecutions="1"
     ActualElapsedms="1000" ActualCPUms="1000"/></RunTimeInformation>
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
    <WaitStats><Wait WaitType="LCK_M_S" WaitTimeMs="20" WaitCount="3"/></WaitStats>
    <QueryTimeStats CpuTime="90" ElapsedTime="1000"/>
    <RelOp NodeId="0" PhysicalOp="Clustered Index Scan" LogicalOp="Clustered Index Scan" EstimateRows="40"
     EstimateIO="2.5"
     EstimateCPU="0.2" AvgRowSize="27" EstimatedTotalSubtreeCost="12.5" Parallel="0">
    <OutputList/>
    <RunTimeInformation><RunTimeCountersPerThread Thread="0" ActualRows="200000" ActualExecutions="1"
     ActualElapsedms="1000" ActualCPUms="1000"/></RunTimeInformation>
    <IndexScan Ordered="0">
    <Object Database="[shop]" Schema="[dbo]" Table="[Orders]" Index="[PK_Orders]" IndexKind="Clustered"/>
    </IndexScan>
    </RelOp>
    </QueryPlan></StmtSimple></Statements></Batch></BatchSequence></ShowPlanXML>
    ```

    ## References
    - Microsoft, [sys.dm_os_wait_stats](https://learn.microsoft.com/en-us/sql/relational-databases/system-dynamic-management-views/sys-dm-os-wait-stats-transact-sql)
    """

    engines = (PlanEngine.SQLSERVER,)

    def check(self, subject: Subject) -> Iterator[PlanFinding]:
        """Every wait that weighs."""
        total = subject.plan.execution_ms or subject.total_ms
        for one in subject.plan.waits:
            if not total or one.ms < LEAST_MS or one.ms < total * SHARE or one.type.startswith(PARALLEL):
                continue
            share = min(1.0, one.ms / total)
            advice = next((text for prefix, text in ADVICE.items() if one.type.startswith(prefix)), OTHER)
            yield self.finding(
                None,
                f"waited {milliseconds(one.ms)} of {milliseconds(total)} ({percent(share)}) for {one.type},"
                f" {one.count} times",
                advice,
                when="helps where the wait is there every time; once may be chance",
                share=round(share, 4),
                saves=share * 0.8,
                numbers={"wait_ms": one.ms, "count": one.count},
            )
