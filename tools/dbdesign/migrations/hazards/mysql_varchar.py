"""The hazard mysql-varchar."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.mysql_actions import Way, action_ways
from dbdesign.migrations.check.mysql_text import copied_finding
from dbdesign.migrations.check.subject import Subject
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding
from dbdesign.model.schema import Engine


class MysqlVarchar(Hazard):
    """A VARCHAR becomes shorter, or grows past 255 bytes, which copies the table.

    ## What it does
    Reports MODIFY and CHANGE of a VARCHAR to a smaller length, or from at most 255 bytes to more. In utf8mb4 that border is at 63
    characters.

    ## Why is this bad?
    Up to 255 bytes the length of a value takes one byte, beyond two: every row is written anew, while writes wait. Within either class
    longer is a change of the catalog.

    ## Example
    ```sql
    CREATE TABLE account (id bigint PRIMARY KEY, name varchar(50));
    -- migration
    ALTER TABLE account MODIFY name varchar(100);
    ```

    ## Use instead
    ```sql
    CREATE TABLE account (id bigint PRIMARY KEY, name varchar(50));
    -- migration
    ALTER TABLE account MODIFY name varchar(63), ALGORITHM=INPLACE, LOCK=NONE;
    ```
    Beyond the border: gh-ost, spirit or pt-online-schema-change.

    ## References
    - MySQL manual, [Online DDL Operations: Extending VARCHAR column size](https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html)
    """

    severity = Severity.HIGH
    engines = (Engine.MYSQL,)

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """Each such change."""
        for one in action_ways(subject):
            if one.way is Way.COPY and one.kind == "varchar":
                yield copied_finding(self, subject, one)
