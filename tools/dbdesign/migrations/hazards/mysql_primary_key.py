"""The hazard mysql-primary-key."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.mysql_actions import Way, action_ways
from dbdesign.migrations.check.mysql_text import copied_finding
from dbdesign.migrations.check.subject import Subject
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding
from dbdesign.model.schema import Engine


class MysqlPrimaryKey(Hazard):
    """The primary key changes, and with it the order of all rows.

    ## What it does
    Reports DROP PRIMARY KEY and ADD PRIMARY KEY on a table that stood before the migration.

    ## Why is this bad?
    InnoDB keeps the rows in the primary key's order: the table and all its indexes are written anew. Dropping without adding another copies
    the table while writes wait; both in one statement rebuild it while they go on.

    ## Example
    ```sql
    CREATE TABLE account (id bigint PRIMARY KEY, email varchar(50) NOT NULL);
    -- migration
    ALTER TABLE account DROP PRIMARY KEY;
    ```

    ## Use instead
    gh-ost, spirit or pt-online-schema-change for the key itself; a unique key beside it is built while writes go on:
    ```sql
    CREATE TABLE account (id bigint PRIMARY KEY, email varchar(50) NOT NULL);
    -- migration
    ALTER TABLE account ADD UNIQUE KEY account_email (email), ALGORITHM=INPLACE, LOCK=NONE;
    ```

    ## References
    - MySQL manual, [Online DDL Operations: Primary Key Operations](https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html)
    """

    severity = Severity.HIGH
    engines = (Engine.MYSQL,)

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """A key that changes; once for a statement."""
        changed = [one for one in action_ways(subject) if one.kind == "primary key"]
        if changed:
            worst = max(changed, key=lambda one: one.way)
            yield copied_finding(self, subject, worst, writes_go_on=worst.way is Way.REBUILD)
