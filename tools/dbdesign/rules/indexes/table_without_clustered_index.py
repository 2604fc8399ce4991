"""The rule table-without-clustered-index."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Engine, Table
from dbdesign.rules.base import TableRule
from dbdesign.rules.subject import Subject


class TableWithoutClusteredIndex(TableRule):
    """A SQL Server table with keys is a heap.

    ## What it does
    Reports tables whose primary key is nonclustered and that have no clustered index either.

    ## Why is this bad?
    Rows of a heap that outgrow their page leave a forwarding pointer behind, so that reads follow two; deletions do not give pages back;
    and every lookup through the nonclustered key is one more read than through a clustered one.

    ## Example
    ```sql
    CREATE TABLE parcel (
        id bigint IDENTITY NOT NULL,
        label nvarchar(100) NOT NULL,
        CONSTRAINT pk_parcel PRIMARY KEY NONCLUSTERED (id)
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE parcel (
        id bigint IDENTITY NOT NULL,
        label nvarchar(100) NOT NULL,
        CONSTRAINT pk_parcel PRIMARY KEY CLUSTERED (id)
    );
    ```

    ## When it does not apply
    Staging tables that are filled and emptied as a whole, and tables with a clustered columnstore index. A random key is better left
    nonclustered: cluster by a column that grows instead.

    ## References
    - SQL Server manual, [Heaps](https://learn.microsoft.com/sql/relational-databases/indexes/heaps-tables-without-clustered-indexes)
    """

    severity = Severity.LOW
    engines = (Engine.SQLSERVER,)
    repeats = "{count} tables with a nonclustered primary key have no clustered index, so that their rows lie in a heap"

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """A heap with a primary key; one without is the business of table-without-primary-key."""
        if (
            table.primary_key is None
            or table.primary_key.clustered is not False
            or table.options.get("memory_optimized")
        ):
            return
        if any(index.clustered for index in table.indexes) or any(key.clustered for key in table.unique_keys):
            return
        name = subject.sql.name(subject.sql.free_name(table, table.primary_key.columns, "cx"))
        columns = subject.sql.names(table.primary_key.columns)
        yield self.finding(
            table.label,
            f"{table.label} has a nonclustered primary key and no clustered index, so that its rows lie in a heap",
            evidence={"primary_key": list(table.primary_key.columns)},
            fix=f"CREATE UNIQUE CLUSTERED INDEX {name} ON {subject.sql.table(table)} ({columns});",
        )
