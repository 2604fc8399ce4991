"""The hazard mysql-shared-lock."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.mysql_actions import Way, action_ways
from dbdesign.migrations.check.mysql_text import copied_finding
from dbdesign.migrations.check.subject import Subject
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding
from dbdesign.model.schema import Engine


class MysqlSharedLock(Hazard):
    """An index or a numbered column is built in place, but writes wait for it.

    ## What it does
    Reports FULLTEXT and SPATIAL indexes and AUTO_INCREMENT columns that are added to a table that stood before the migration.

    ## Why is this bad?
    They are built under a shared lock: INSERT, UPDATE and DELETE wait to the end.

    ## Example
    ```sql
    CREATE TABLE article (id bigint PRIMARY KEY, body text);
    -- migration
    ALTER TABLE article ADD FULLTEXT INDEX article_body (body), ALGORITHM=INPLACE, LOCK=SHARED;
    ```

    ## Use instead
    gh-ost, spirit or pt-online-schema-change; or another kind of index:
    ```sql
    CREATE TABLE article (id bigint PRIMARY KEY, body text);
    -- migration
    ALTER TABLE article ADD INDEX article_body (body(20)), ALGORITHM=INPLACE, LOCK=NONE;
    ```

    ## References
    - MySQL manual, [Online DDL Operations](https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html)
    """

    severity = Severity.HIGH
    engines = (Engine.MYSQL,)

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """Each action that writes wait for."""
        for one in action_ways(subject):
            if one.way is Way.SHARED:
                yield copied_finding(self, subject, one)
