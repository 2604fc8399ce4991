"""The hazard pk."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.rewrites import key_by_index
from dbdesign.migrations.check.subject import Subject
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding, LockMode
from dbdesign.readers.postgresql import grammar_nodes as nodes
from dbdesign.readers.postgresql.libpg_query import pb


class Pk(Hazard):
    """A primary key stops reads and writes while its index is built.

    ## What it does
    Reports ADD PRIMARY KEY without USING INDEX on a table that stood before the migration.

    ## Why is this bad?
    It holds ACCESS EXCLUSIVE while it reads all rows for NULL and builds the index.

    ## Example
    ```sql
    CREATE TABLE account (id bigint NOT NULL, email text);
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE account ADD PRIMARY KEY (id);
    ```

    ## Use instead
    ```sql
    CREATE TABLE account (id bigint NOT NULL, email text);
    -- migration
    CREATE UNIQUE INDEX CONCURRENTLY account_pkey ON account (id);
    SET lock_timeout = '2s';
    ALTER TABLE account ADD CONSTRAINT account_pkey PRIMARY KEY USING INDEX account_pkey;
    ```
    Columns that may be NULL are made NOT NULL before, without a scan under the lock (see set-not-null).

    ## References
    - PostgreSQL manual, [ALTER TABLE: ADD table_constraint_using_index](https://www.postgresql.org/docs/current/sql-altertable.html)
    """

    severity = Severity.HIGH

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """A primary key that builds its index."""
        table, node = subject.table, subject.node
        if table is None or node is None or (table.partitioning is not None and not node.relation.inh):
            return
        for command, constraint in subject.constraints(pb.CONSTR_PRIMARY):
            if constraint.indexname:
                continue
            columns = nodes.strings(constraint.keys)
            nullable = [one for one in columns if one in table.columns and table.columns[one].nullable]
            work = subject.work("index build", table) + (subject.work("scan", table) if nullable else [])
            steps = key_by_index(subject, table, constraint, columns)
            yield self.blocking(
                subject,
                table.label,
                LockMode.ACCESS_EXCLUSIVE,
                "the key's index is built",
                work,
                safe=subject.instead_of(command, steps),
            )
