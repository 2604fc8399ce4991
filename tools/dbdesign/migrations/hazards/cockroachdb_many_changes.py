"""The hazard cockroachdb-many-changes."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbdesign.migrations.check.subject import Subject, script
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding
from dbdesign.model.schema import Engine

_DDL = re.compile(r"\s*(?:ALTER|CREATE|DROP|TRUNCATE|COMMENT)\b", re.IGNORECASE)
_CREATES = re.compile(r"\s*CREATE\s+(?:TABLE|INDEX|UNIQUE\s+INDEX|INVERTED\s+INDEX)\b", re.IGNORECASE)


class CockroachdbManyChanges(Hazard):
    """Several schema changes stand in one transaction.

    ## What it does
    Reports a schema change in a transaction after another one, CREATE TABLE and CREATE INDEX apart.

    ## Why is this bad?
    Schema changes are jobs that run after COMMIT: one that fails there leaves the others done (XXA00). From 25.1 on autocommit_before_ddl
    commits before each, so that the transaction is silently none.

    ## Example
    ```sql
    CREATE TABLE orders (id INT8 PRIMARY KEY);
    -- migration
    BEGIN;
    ALTER TABLE orders ADD COLUMN note STRING;
    ALTER TABLE orders ADD CONSTRAINT note_is_short CHECK (length(note) < 10);
    COMMIT;
    ```

    ## Use instead
    ```sql
    CREATE TABLE orders (id INT8 PRIMARY KEY);
    -- migration
    ALTER TABLE orders ADD COLUMN note STRING;
    ALTER TABLE orders ADD CONSTRAINT note_is_short CHECK (length(note) < 10);
    ```

    ## References
    - CockroachDB documentation, [Online Schema Changes: limitations](https://www.cockroachlabs.com/docs/stable/online-schema-changes)
    """

    severity = Severity.HIGH
    engines = (Engine.COCKROACHDB,)

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """The second change of a transaction, and each that follows."""
        if not subject.transaction.inside or not _DDL.match(subject.sql) or _CREATES.match(subject.sql):
            return
        if any(_DDL.match(one) for one in subject.transaction.earlier):
            yield self.finding(
                "an earlier schema change stands in the same transaction: each is a job of its own, and one that fails leaves the others",
                safe=script(["-- in a migration of its own", subject.sql.strip()]),
            )
