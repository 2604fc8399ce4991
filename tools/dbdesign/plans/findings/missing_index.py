"""The finding missing-index."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine
from dbdesign.plans.findings.base import PlanCheck, PlanFinding, Subject
from dbdesign.plans.remedies import NewIndex

LEAST_IMPACT = 20.0
"""Percent of the cost. SQL Server writes a group from 10 % on or so; a fifth is what others act on."""


class MissingIndex(PlanCheck):
    """SQL Server's optimizer itself says which index it missed.

    ## What it does
    Reports each missing-index group of a showplan with an impact of 20 % or more, as a statement: equality columns
    first, then inequality columns, then what is only included.

    ## Why is this bad?
    The optimizer knew how the plan would look with that index and what it would cost. It does not know of other
    queries, of the order of equality columns, or of indexes that nearly do.

    ## Example
    ```xml
    <ShowPlanXML xmlns="http://schemas.microsoft.com/sqlserver/2004/07/showplan" Version="1.564"
     Build="16.0.4105.2">
    <BatchSequence><Batch><Statements>
    <StmtSimple StatementId="1" StatementType="SELECT" StatementText="SELECT Id FROM dbo.Orders WHERE Code = @code"
     StatementSubTreeCost="12.5" StatementEstRows="40">
    <QueryPlan CachedPlanSize="24" CompileTime="2" CompileCPU="2" CompileMemory="248">
    <MissingIndexes><MissingIndexGroup Impact="93.4"><MissingIndex Database="[shop]" Schema="[dbo]"
     Table="[Orders]">
    <ColumnGroup Usage="EQUALITY"><Column Name="[Code]" ColumnId="4"/></ColumnGroup>
    <ColumnGroup Usage="INCLUDE"><Column Name="[Total]" ColumnId="5"/></ColumnGroup>
    </MissingIndex></MissingIndexGroup></MissingIndexes>
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
    <MissingIndexes><MissingIndexGroup Impact="4.1"><MissingIndex Database="[shop]" Schema="[dbo]" Table="[Orders]">
    <ColumnGroup Usage="EQUALITY"><Column Name="[Code]" ColumnId="4"/></ColumnGroup>
    <ColumnGroup Usage="INCLUDE"><Column Name="[Total]" ColumnId="5"/></ColumnGroup>
    </MissingIndex></MissingIndexGroup></MissingIndexes>
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
    - Microsoft, [Tune nonclustered indexes with missing index suggestions](https://learn.microsoft.com/en-us/sql/relational-databases/indexes/tune-nonclustered-missing-index-suggestions)
    """

    engines = (PlanEngine.SQLSERVER,)

    def check(self, subject: Subject) -> Iterator[PlanFinding]:
        """Every group that is worth it."""
        for one in subject.plan.missing_indexes:
            if one.impact < LEAST_IMPACT:
                continue
            keys = tuple(dict.fromkeys([*one.equality, *one.inequality]))
            if not keys:
                continue
            index = NewIndex(one.table, keys, one.table_schema, tuple(name for name in one.include if name not in keys))
            node = next((node for node in subject.plan.nodes if node.relation == one.table), None)
            yield self.finding(
                node,
                f"the optimizer misses an index on {one.table} ({', '.join(keys)}) and expects {one.impact:.0f} %"
                " less cost with it",
                index.statement(subject.engine),
                when="helps this statement; look first whether an index that is there can be widened, and leave included columns out that"
                " change often",
                share=subject.known(subject.inclusive(node)) if node is not None else None,
                saves=min(1.0, one.impact / 100),
                index=index,
                numbers={"impact": one.impact},
            )
