"""The finding implicit-conversion."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine
from dbdesign.plans.findings.base import PlanCheck, PlanFinding, Subject
from dbdesign.plans.findings.warned import warned

KIND = "PlanAffectingConvert"
_COLUMN = re.compile(r"(?:\[([^\]]+)\]\.)\[([^\]]+)\]\s*,")


class ImplicitConversion(PlanCheck):
    """A column is converted for each row because it is compared with another type, and its index cannot be sought.

    ## What it does
    Reports SQL Server's warning PlanAffectingConvert with `Seek Plan`.

    ## Why is this bad?
    The column is varchar and the parameter nvarchar, or one is a number: by the precedence of types the column is the
    one that is converted. The index is in the column's order and not in the converted one's, so that it is read from
    end to end.

    ## Example
    ```xml
    <ShowPlanXML xmlns="http://schemas.microsoft.com/sqlserver/2004/07/showplan" Version="1.564"
     Build="16.0.4105.2">
    <BatchSequence><Batch><Statements>
    <StmtSimple StatementId="1" StatementType="SELECT" StatementText="SELECT Id FROM dbo.Orders WHERE Code = @code"
     StatementSubTreeCost="12.5" StatementEstRows="40">
    <QueryPlan CachedPlanSize="24" CompileTime="2" CompileCPU="2" CompileMemory="248">
    <Warnings><PlanAffectingConvert ConvertIssue="Seek Plan"
     Expression="CONVERT_IMPLICIT(nvarchar(20),[shop].[dbo].[Orders].[Code],0)=[@code]"/></Warnings>
    <RelOp NodeId="0" PhysicalOp="Index Scan" LogicalOp="Index Scan" EstimateRows="40" EstimateIO="2.5"
     EstimateCPU="0.2" AvgRowSize="27" EstimatedTotalSubtreeCost="12.5" Parallel="0" EstimatedRowsRead="200000"
     TableCardinality="200000">
    <OutputList/>
    <IndexScan Ordered="0">
    <Object Database="[shop]" Schema="[dbo]" Table="[Orders]" Index="[IX_Orders_Code]" IndexKind="NonClustered"/>
    <Predicate><ScalarOperator
     ScalarString="CONVERT_IMPLICIT(nvarchar(20),[shop].[dbo].[Orders].[Code],0)=[@code]"/></Predicate>
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
    <RelOp NodeId="0" PhysicalOp="Index Seek" LogicalOp="Index Seek" EstimateRows="40" EstimateIO="2.5"
     EstimateCPU="0.2" AvgRowSize="27" EstimatedTotalSubtreeCost="12.5" Parallel="0">
    <OutputList/>
    <IndexScan Ordered="0">
    <Object Database="[shop]" Schema="[dbo]" Table="[Orders]" Index="[IX_Orders_Code]" IndexKind="NonClustered"/>
    </IndexScan>
    </RelOp>
    </QueryPlan></StmtSimple></Statements></Batch></BatchSequence></ShowPlanXML>
    ```

    ## References
    - Microsoft, [Data type precedence](https://learn.microsoft.com/en-us/sql/t-sql/data-types/data-type-precedence-transact-sql)
    """

    engines = (PlanEngine.SQLSERVER,)

    def check(self, subject: Subject) -> Iterator[PlanFinding]:
        """Every conversion that keeps an index from being sought."""
        warnings = (*warned(subject.plan, KIND), *(one for node in subject.plan.nodes for one in warned(node, KIND)))
        told = (one for one in warnings if "seek" in one.attributes.get("ConvertIssue", one.detail or "").lower())
        for expression in dict.fromkeys(one.attributes.get("Expression", one.detail or "") for one in told):
            match = _COLUMN.search(expression)
            table, column = (match[1], match[2]) if match else ("", "the column")
            node = next((one for one in subject.plan.nodes if table and table in {one.relation, one.alias}), None)
            share = subject.known(subject.inclusive(node)) if node is not None else None
            yield self.finding(
                node,
                f"{table + '.' if table else ''}{column} is converted for each row, so that no index on it can be"
                f" sought{subject.time_of(share)}: {expression}",
                f"Give the parameter the type of {column} (setString with sendStringParametersAsUnicode=false,"
                " SqlDbType.VarChar, or CAST(@parameter AS the column's type))",
                when="helps always where an index begins with the column; changing the column's type to nvarchar helps as well",
                share=share,
                saves=share * 0.9 if share is not None else 0.5,
                numbers={"expression": expression},
            )
