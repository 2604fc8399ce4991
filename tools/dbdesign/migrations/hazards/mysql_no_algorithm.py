"""The hazard mysql-no-algorithm."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbdesign.migrations.check.mysql_actions import Way, action_ways
from dbdesign.migrations.check.mysql_text import explicit
from dbdesign.migrations.check.subject import Subject, script
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding
from dbdesign.model.schema import Engine

_SAID = re.compile(
    r"\b(?:ALGORITHM|LOCK)\s*=?\s*(?:INSTANT|INPLACE|COPY|NOCOPY|NONE|SHARED|EXCLUSIVE)\b", re.IGNORECASE
)


class MysqlNoAlgorithm(Hazard):
    """A change of a table does not say by which algorithm and lock, and may silently take a worse one.

    ## What it does
    Reports ALTER TABLE, CREATE INDEX and DROP INDEX without ALGORITHM and LOCK on a table that stood before the migration.

    ## Why is this bad?
    MySQL takes the gentlest way that it can, which on another version, or after a detail of the definition, is a copy of the table. Said
    explicitly, the statement fails instead.

    ## Example
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY);
    -- migration
    ALTER TABLE orders ADD COLUMN note varchar(20);
    ```

    ## Use instead
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY);
    -- migration
    ALTER TABLE orders ADD COLUMN note varchar(20), ALGORITHM=INSTANT;
    ```
    Every form needs a metadata lock at its end; `SET lock_wait_timeout = 5` keeps it from waiting for a year, the default.

    ## References
    - MySQL manual, [ALTER TABLE: Performance and Space Requirements](https://dev.mysql.com/doc/refman/8.4/en/alter-table.html)
    """

    severity = Severity.LOW
    engines = (Engine.MYSQL,)

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """A statement that leaves the way open."""
        ways = list(action_ways(subject))
        if not ways or _SAID.search(subject.sql):
            return
        worst = max(one.way for one in ways)
        algorithm = {Way.INSTANT: "INSTANT", Way.COPY: "COPY"}.get(worst, "INPLACE")
        lock = {Way.INSTANT: "", Way.SHARED: "SHARED", Way.COPY: "SHARED"}.get(worst, "NONE")
        yield self.finding(
            "the statement does not say its ALGORITHM and LOCK, so that a copy of the table may be taken unseen",
            safe=script([explicit(subject, algorithm, lock)]),
        )
