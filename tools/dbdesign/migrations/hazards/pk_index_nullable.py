"""The hazard pk-index-nullable."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.rewrites import not_null
from dbdesign.migrations.check.subject import TIMEOUT, Subject, script
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.migrations.predict.implied import not_null_is_proven
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding, LockMode
from dbdesign.readers.postgresql.libpg_query import pb


class PkIndexNullable(Hazard):
    """A primary key that takes over an index still reads the table where a column may be NULL.

    ## What it does
    Reports ADD PRIMARY KEY USING INDEX over columns that no constraint proves to be NOT NULL.

    ## Why is this bad?
    The statement that looks like a change of the catalog alone holds ACCESS EXCLUSIVE while it reads all rows for a NULL.

    ## Example
    ```sql
    CREATE TABLE account (id bigint, email text);
    CREATE UNIQUE INDEX account_id_key ON account (id);
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE account ADD CONSTRAINT account_pkey PRIMARY KEY USING INDEX account_id_key;
    ```

    ## Use instead
    ```sql
    CREATE TABLE account (id bigint, email text);
    CREATE UNIQUE INDEX account_id_key ON account (id);
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE account ADD CONSTRAINT account_id_not_null NOT NULL id NOT VALID;
    ALTER TABLE account VALIDATE CONSTRAINT account_id_not_null;
    ALTER TABLE account ADD CONSTRAINT account_pkey PRIMARY KEY USING INDEX account_id_key;
    ```

    ## References
    - PostgreSQL manual, [ALTER TABLE: ADD table_constraint_using_index](https://www.postgresql.org/docs/current/sql-altertable.html)
    """

    severity = Severity.HIGH

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """A key over an index with columns that may be NULL."""
        table = subject.table
        for _, constraint in subject.constraints(pb.CONSTR_PRIMARY):
            index = (
                next((one for one in table.indexes if one.name == constraint.indexname), None)
                if table is not None
                else None
            )
            if table is None or index is None:
                continue
            columns = [table.columns[one] for one in index.columns if one in table.columns]
            open_ones = [one.name for one in columns if one.nullable and not not_null_is_proven(table, one.name)]
            if not open_ones:
                continue
            steps = [step for name in open_ones for step in not_null(subject, table, name)]
            yield self.blocking(
                subject,
                table.label,
                LockMode.ACCESS_EXCLUSIVE,
                f"all rows are read for a NULL in {', '.join(open_ones)}",
                subject.work("scan", table),
                safe=script([TIMEOUT, *steps, subject.sql.strip()]),
            )
