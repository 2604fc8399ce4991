"""The hazard mysql-rebuild."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.mysql_actions import Way, action_ways
from dbdesign.migrations.check.mysql_text import copied_finding
from dbdesign.migrations.check.subject import Subject
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding
from dbdesign.model.schema import Engine


class MysqlRebuild(Hazard):
    """The table is rebuilt in place, which lets writes go on but holds up every replica.

    ## What it does
    Reports actions that rebuild the table: NULL to NOT NULL and back, columns in another order, ENGINE, ROW_FORMAT, FORCE; before 8.0.29
    also DROP COLUMN and a column that is added in the middle.

    ## Why is this bad?
    All rows are written anew, twice the space is needed, and the log of concurrent writes may overflow
    (innodb_online_alter_log_max_size), which fails the statement at its end. A replica starts the same work when the source is done, and
    applies nothing else meanwhile.

    ## Example
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY, note varchar(20));
    -- migration
    ALTER TABLE orders MODIFY note varchar(20) NOT NULL, ALGORITHM=INPLACE, LOCK=NONE;
    ```

    ## Use instead
    gh-ost or spirit, which throttle by the replicas; or what is instant:
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY, note varchar(20));
    -- migration
    ALTER TABLE orders ALTER COLUMN note SET DEFAULT '', ALGORITHM=INSTANT;
    ```

    ## References
    - MySQL manual, [Online DDL Operations](https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html)
    """

    severity = Severity.MEDIUM
    engines = (Engine.MYSQL,)

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """Each action that rebuilds the table."""
        for one in action_ways(subject):
            if one.way is Way.REBUILD and one.kind != "primary key":
                yield copied_finding(self, subject, one, writes_go_on=True)
