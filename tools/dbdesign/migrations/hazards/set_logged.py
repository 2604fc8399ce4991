"""The hazard set-logged."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.subject import Subject
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding, LockMode
from dbdesign.readers.postgresql.libpg_query import pb


class SetLogged(Hazard):
    """SET LOGGED and SET UNLOGGED write the table anew.

    ## What it does
    Reports ALTER TABLE … SET LOGGED or SET UNLOGGED where it changes something.

    ## Why is this bad?
    It holds ACCESS EXCLUSIVE while the table and its indexes are written anew; SET LOGGED writes all of it to the WAL as well. An unlogged
    table is empty after a crash, and on every replica.

    ## Example
    ```sql
    CREATE TABLE cache (id bigint PRIMARY KEY, value text);
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE cache SET UNLOGGED;
    ```

    ## Use instead
    A new table, filled in batches, and a swap of the names:
    ```sql
    CREATE TABLE cache (id bigint PRIMARY KEY, value text);
    -- migration
    CREATE UNLOGGED TABLE cache_new (LIKE cache INCLUDING ALL);
    ```

    ## References
    - PostgreSQL manual, [ALTER TABLE: SET LOGGED](https://www.postgresql.org/docs/current/sql-altertable.html)
    """

    severity = Severity.HIGH

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """A table that is written anew for it."""
        table = subject.table
        for command in subject.commands(pb.AT_SetLogged, pb.AT_SetUnLogged):
            if table is None or ("unlogged" in table.options) == (command.subtype == pb.AT_SetUnLogged):
                continue
            yield self.blocking(
                subject,
                table.label,
                LockMode.ACCESS_EXCLUSIVE,
                "the table and its indexes are written anew",
                subject.work("rewrite", table) + subject.work("index build", table, len(subject.state.indexes(table))),
                advice="Make a new table, fill it in batches, and swap the names",
            )
