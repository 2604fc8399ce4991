"""The hazard mysql-charset."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.mysql_actions import Way, action_ways
from dbdesign.migrations.check.mysql_text import copied_finding
from dbdesign.migrations.check.subject import Subject
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding
from dbdesign.model.schema import Engine


class MysqlCharset(Hazard):
    """CONVERT TO CHARACTER SET writes every text of the table anew.

    ## What it does
    Reports ALTER TABLE … CONVERT TO CHARACTER SET.

    ## Why is this bad?
    The table is copied while writes wait, and every index over a text is built anew.

    ## Example
    ```sql
    CREATE TABLE account (id bigint PRIMARY KEY, name varchar(50)) DEFAULT CHARSET latin1;
    -- migration
    ALTER TABLE account CONVERT TO CHARACTER SET utf8mb4;
    ```

    ## Use instead
    gh-ost, spirit or pt-online-schema-change. The default for columns to come is a change of the catalog:
    ```sql
    CREATE TABLE account (id bigint PRIMARY KEY, name varchar(50)) DEFAULT CHARSET latin1;
    -- migration
    ALTER TABLE account DEFAULT CHARACTER SET utf8mb4, ALGORITHM=INPLACE, LOCK=NONE;
    ```

    ## References
    - MySQL manual, [Online DDL Operations](https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html)
    """

    severity = Severity.HIGH
    engines = (Engine.MYSQL,)

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """Each conversion."""
        for one in action_ways(subject):
            if one.way is Way.COPY and one.kind == "charset":
                yield copied_finding(self, subject, one)
