"""The finding spill-to-tempdb."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine, PlanNode
from dbdesign.plans.findings.base import PlanCheck, PlanFinding, Subject
from dbdesign.plans.findings.warned import warned
from dbdesign.plans.wording import count, rows, title


class SpillToTempdb(PlanCheck):
    """A sort or a hash did not fit into the memory that the statement was granted, and went to tempdb.

    ## What it does
    Reports the warnings SpillToTempDb, SortSpillDetails, HashSpillDetails and ExchangeSpillDetails of an actual plan.

    ## Why is this bad?
    The memory is granted before the statement runs, by the rows expected. Where more come, the rest is written to
    tempdb and read again, once or in several levels.

    ## Example
    ```xml
    <ShowPlanXML xmlns="http://schemas.microsoft.com/sqlserver/2004/07/showplan" Version="1.564"
     Build="16.0.4105.2">
    <BatchSequence><Batch><Statements>
    <StmtSimple StatementId="1" StatementType="SELECT" StatementText="SELECT Id FROM dbo.Orders WHERE Code = @code"
     StatementSubTreeCost="12.5" StatementEstRows="40">
    <QueryPlan CachedPlanSize="24" CompileTime="2" CompileCPU="2" CompileMemory="248">
    <RelOp NodeId="0" PhysicalOp="Sort" LogicalOp="Sort" EstimateRows="2000" EstimateIO="2.5"
     EstimateCPU="0.2" AvgRowSize="27" EstimatedTotalSubtreeCost="12.5" Parallel="0">
    <OutputList/>
    <Warnings><SpillToTempDb SpillLevel="1" SpilledThreadCount="1"/><SortSpillDetails GrantedMemoryKb="1024"
     UsedMemoryKb="1024" WritesToTempDb="2440" ReadsFromTempDb="2440"/></Warnings>
    <RunTimeInformation><RunTimeCountersPerThread Thread="0" ActualRows="200000" ActualExecutions="1"
     ActualElapsedms="400" ActualCPUms="400"/></RunTimeInformation>
    <Sort Distinct="0"><OrderBy><OrderByColumn Ascending="1"><ColumnReference Table="[Orders]" Column="Total"/>
    </OrderByColumn></OrderBy><RelOp NodeId="1" PhysicalOp="Clustered Index Scan" LogicalOp="Clustered Index Scan"
     EstimateRows="200000" EstimateIO="2.5"
     EstimateCPU="0.2" AvgRowSize="27" EstimatedTotalSubtreeCost="3" Parallel="0">
    <OutputList/>
    <RunTimeInformation><RunTimeCountersPerThread Thread="0" ActualRows="200000" ActualExecutions="1"
     ActualElapsedms="40" ActualCPUms="40"/></RunTimeInformation>
    <IndexScan Ordered="0">
    <Object Database="[shop]" Schema="[dbo]" Table="[Orders]" Index="[PK_Orders]" IndexKind="Clustered"/>
    </IndexScan>
    </RelOp></Sort>
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
    <RelOp NodeId="0" PhysicalOp="Sort" LogicalOp="Sort" EstimateRows="2000" EstimateIO="2.5"
     EstimateCPU="0.2" AvgRowSize="27" EstimatedTotalSubtreeCost="12.5" Parallel="0">
    <OutputList/>
    <RunTimeInformation><RunTimeCountersPerThread Thread="0" ActualRows="200000" ActualExecutions="1"
     ActualElapsedms="400" ActualCPUms="400"/></RunTimeInformation>
    <Sort Distinct="0"><OrderBy><OrderByColumn Ascending="1"><ColumnReference Table="[Orders]" Column="Total"/>
    </OrderByColumn></OrderBy><RelOp NodeId="1" PhysicalOp="Clustered Index Scan" LogicalOp="Clustered Index Scan"
     EstimateRows="200000" EstimateIO="2.5"
     EstimateCPU="0.2" AvgRowSize="27" EstimatedTotalSubtreeCost="3" Parallel="0">
    <OutputList/>
    <RunTimeInformation><RunTimeCountersPerThread Thread="0" ActualRows="200000" ActualExecutions="1"
     ActualElapsedms="40" ActualCPUms="40"/></RunTimeInformation>
    <IndexScan Ordered="0">
    <Object Database="[shop]" Schema="[dbo]" Table="[Orders]" Index="[PK_Orders]" IndexKind="Clustered"/>
    </IndexScan>
    </RelOp></Sort>
    </RelOp>
    </QueryPlan></StmtSimple></Statements></Batch></BatchSequence></ShowPlanXML>
    ```

    ## References
    - Microsoft, [Sort Warnings event class](https://learn.microsoft.com/en-us/sql/relational-databases/event-classes/sort-warnings-event-class)
    """

    engines = (PlanEngine.SQLSERVER,)

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every operator that spilled."""
        told = list(
            warned(
                node, "SpillToTempDb", "SortSpillDetails", "HashSpillDetails", "ExchangeSpillDetails", "SpillOccurred"
            )
        )
        if not told:
            return
        facts = {key: value for one in told for key, value in one.attributes.items()}
        pages = facts.get("WritesToTempDb")
        share = subject.known(node.share or 0.0)
        expected, found = node.estimated_rows or 0.0, node.actual_rows or 0.0
        more = f"; {rows(found)} came where {count(expected)} were expected" if found > expected * 2 else ""
        written = f", {int(pages):,} pages written" if pages and pages.isdigit() else ""
        yield self.finding(
            node,
            f"{title(node)} spilled to tempdb (level"
            f" {facts.get('SpillLevel', '1')}{written}){more}{subject.time_of(share)}",
            "Update the statistics of the tables below with FULLSCAN; or OPTION (MIN_GRANT_PERCENT = 25)",
            when="helps where the estimate was too low; otherwise let fewer or narrower rows reach it, or index the order of the sort",
            share=share,
            saves=(share if share is not None else 0.2) * 0.5,
            numbers={"expected": expected, "found": found},
        )
