"""The hazard mysql-enum."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.mysql_actions import Way, action_ways
from dbdesign.migrations.check.mysql_text import copied_finding
from dbdesign.migrations.check.subject import Subject
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding
from dbdesign.model.schema import Engine


class MysqlEnum(Hazard):
    """Values of an ENUM or SET are removed, moved, or put in between, which copies the table.

    ## What it does
    Reports MODIFY and CHANGE of an ENUM or SET column whose new values do not begin with all the old ones in their order, or need more
    bytes.

    ## Why is this bad?
    Rows hold the number of a value: all are written anew, while writes wait. Appending values at the end is instant.

    ## Example
    ```sql
    CREATE TABLE ticket (id bigint PRIMARY KEY, state enum('open','closed') NOT NULL);
    -- migration
    ALTER TABLE ticket MODIFY state enum('open','waiting','closed') NOT NULL;
    ```

    ## Use instead
    ```sql
    CREATE TABLE ticket (id bigint PRIMARY KEY, state enum('open','closed') NOT NULL);
    -- migration
    ALTER TABLE ticket MODIFY state enum('open','closed','waiting') NOT NULL, ALGORITHM=INSTANT;
    ```

    ## References
    - MySQL manual, [Online DDL Operations](https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html)
    """

    severity = Severity.HIGH
    engines = (Engine.MYSQL,)

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """Each such change."""
        for one in action_ways(subject):
            if one.way is Way.COPY and one.kind == "enum":
                yield copied_finding(self, subject, one)
