"""The hazard tidb-primary-key."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.mysql_actions import action_ways
from dbdesign.migrations.check.subject import Subject
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding
from dbdesign.model.schema import Engine


class TidbPrimaryKey(Hazard):
    """A clustered primary key can be neither added nor dropped.

    ## What it does
    Reports ADD PRIMARY KEY and DROP PRIMARY KEY on a table that stood before the migration.

    ## Why is this bad?
    The server refuses it where the key is clustered, which is the default, and the migration stops there.

    ## Example
    ```sql
    CREATE TABLE account (id bigint PRIMARY KEY, email varchar(50) NOT NULL);
    -- migration
    ALTER TABLE account DROP PRIMARY KEY;
    ```

    ## Use instead
    A new table with the key that is wanted, filled in batches, and a swap of the names; a unique key can be added at any time:
    ```sql
    CREATE TABLE account (id bigint PRIMARY KEY, email varchar(50) NOT NULL);
    -- migration
    ALTER TABLE account ADD UNIQUE KEY account_email (email);
    ```

    ## References
    - TiDB documentation, [Clustered Indexes](https://docs.pingcap.com/tidb/stable/clustered-indexes)
    """

    severity = Severity.HIGH
    engines = (Engine.TIDB,)

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """A key that is added or dropped."""
        if any(one.kind == "primary key" for one in action_ways(subject)):
            yield self.finding(
                "a clustered primary key is neither added nor dropped: make a new table with the key and swap the names"
            )
