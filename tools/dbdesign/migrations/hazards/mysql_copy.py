"""The hazard mysql-copy."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.mysql_actions import Way, action_ways
from dbdesign.migrations.check.mysql_text import copied_finding
from dbdesign.migrations.check.subject import Subject
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding
from dbdesign.model.schema import Engine

_APART = {"enum", "varchar", "charset", "foreign key", "primary key"}


class MysqlCopy(Hazard):
    """The table is copied row by row while nobody can write to it.

    ## What it does
    Reports actions that MySQL carries out with ALGORITHM=COPY alone: another type, a stored generated column, rows that move between
    partitions.

    ## Why is this bad?
    Every row is copied into a new table under a shared lock: INSERT, UPDATE and DELETE wait to the end, and replicas fall behind by as
    much.

    ## Example
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY, amount int);
    -- migration
    ALTER TABLE orders MODIFY amount bigint;
    ```

    ## Use instead
    gh-ost, spirit or pt-online-schema-change, which copy in the background; what can be done at once says so, and fails where it cannot:
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY, amount int);
    -- migration
    ALTER TABLE orders ADD COLUMN amount_new bigint, ALGORITHM=INSTANT;
    ```

    ## References
    - MySQL manual, [Online DDL Operations](https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html)
    - gh-ost, [documentation](https://github.com/github/gh-ost)
    """

    severity = Severity.HIGH
    engines = (Engine.MYSQL,)

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """Each action that copies the table."""
        for one in action_ways(subject):
            if one.way is Way.COPY and one.kind not in _APART:
                yield copied_finding(self, subject, one)
