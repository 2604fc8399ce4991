"""The hazard sqlserver-index-offline."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbdesign.migrations.check.statement_text import StatementText
from dbdesign.migrations.check.subject import Subject, script
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding
from dbdesign.model.schema import Engine

_ONLINE = re.compile(r"\bONLINE\s*=\s*ON\b", re.IGNORECASE)
_REBUILD = re.compile(r"\s*ALTER\s+INDEX\s+\S+\s+ON\s+(?P<table>\S+)\s+REBUILD\b", re.IGNORECASE)
_OPTIONS = re.compile(r"\bWITH\s*\(", re.IGNORECASE)
_NOT_ONLINE = ("XML", "SPATIAL", "FULLTEXT", "COLUMNSTORE")


class SqlserverIndexOffline(Hazard):
    """An index is built or rebuilt offline, which locks the table.

    ## What it does
    Reports CREATE INDEX and ALTER INDEX … REBUILD without ONLINE = ON on a table that stood before the migration.

    ## Why is this bad?
    A nonclustered index is built under a shared lock, so that writes wait; a clustered one, and a rebuild, under a schema modification
    lock,
    so that reads wait too. Online, locks are held for a moment at the beginning and the end.

    ## Example
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint);
    -- migration
    CREATE INDEX orders_customer ON orders (customer_id);
    ```

    ## Use instead
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint);
    -- migration
    CREATE INDEX orders_customer ON orders (customer_id) WITH (ONLINE = ON (WAIT_AT_LOW_PRIORITY (MAX_DURATION = 1 MINUTES,
    ABORT_AFTER_WAIT = SELF)), RESUMABLE = ON);
    ```
    Not in every edition. RESUMABLE: rebuilds from 2017, creation from 2019, keys from 2022.

    ## References
    - SQL Server documentation, [Perform index operations online](https://learn.microsoft.com/en-us/sql/relational-databases/indexes/perform-index-operations-online)
    """

    severity = Severity.HIGH
    engines = (Engine.SQLSERVER,)

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """An index that is built offline."""
        text = StatementText(subject.sql, subject.engine)
        rebuild = _REBUILD.match(subject.sql)
        if not (text.creates_index or rebuild) or _ONLINE.search(subject.sql):
            return
        if text.creates_index and (
            subject.is_new((text.table or "").lower()) or any(one in text.index_kind for one in _NOT_ONLINE)
        ):
            return
        resumable = subject.release >= (15,) or (rebuild is not None and subject.release >= (14,))
        options = "ONLINE = ON, RESUMABLE = ON" if resumable else "ONLINE = ON"
        sql = text.sql
        safe = _OPTIONS.sub(f"WITH ({options}, ", sql, count=1) if _OPTIONS.search(sql) else f"{sql} WITH ({options})"
        blocked = (
            "reads and writes" if rebuild or "CLUSTERED" in text.index_kind.replace("NONCLUSTERED", "") else "writes"
        )
        yield self.finding(
            f"the index is built offline: {blocked} wait for it", relation=text.table, safe=script([safe])
        )
