"""The hazard sqlserver-online-in-tx."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbdesign.migrations.check.subject import Subject, script
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding
from dbdesign.model.schema import Engine


class SqlserverOnlineInTx(Hazard):
    """An online operation stands in a transaction, which keeps its short locks to the end.

    ## What it does
    Reports statements with ONLINE = ON in a transaction that the file opens or the migration tool does.

    ## Why is this bad?
    An online operation takes a shared or schema modification lock for a moment at its end. In a transaction that lock is held until COMMIT,
    and the work is one long transaction that the log cannot be truncated behind. RESUMABLE is refused there.

    ## Example
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint);
    -- migration
    BEGIN TRANSACTION;
    CREATE INDEX orders_customer ON orders (customer_id) WITH (ONLINE = ON);
    COMMIT;
    ```

    ## Use instead
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint);
    -- migration
    CREATE INDEX orders_customer ON orders (customer_id) WITH (ONLINE = ON);
    ```

    ## References
    - SQL Server documentation, [Guidelines for online index operations](https://learn.microsoft.com/en-us/sql/relational-databases/indexes/guidelines-for-online-index-operations)
    """

    severity = Severity.MEDIUM
    engines = (Engine.SQLSERVER,)

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """An online operation whose locks outlast it."""
        if subject.transaction.inside and re.search(r"\bONLINE\s*=\s*ON\b", subject.sql, re.IGNORECASE):
            yield self.finding(
                "the locks at the end of the online operation are held until the transaction ends",
                safe=script(["-- in a migration of its own, outside a transaction", subject.sql.strip()]),
            )
