"""The hazard mysql-fk."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.mysql_actions import Way, action_ways
from dbdesign.migrations.check.mysql_text import explicit, grade
from dbdesign.migrations.check.subject import Subject, script
from dbdesign.migrations.hazards.base import Hazard, for_how_long
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding
from dbdesign.model.schema import Engine


class MysqlFk(Hazard):
    """A foreign key is added while foreign_key_checks is on, which copies the table.

    ## What it does
    Reports ADD FOREIGN KEY in a session that has not set foreign_key_checks = 0.

    ## Why is this bad?
    The table is copied while writes wait. With the setting off the key is added in place; rows that are there are then not checked, so look
    for orphans before.

    ## Example
    ```sql
    CREATE TABLE customer (id bigint PRIMARY KEY);
    CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint);
    -- migration
    ALTER TABLE orders ADD CONSTRAINT orders_customer FOREIGN KEY (customer_id) REFERENCES customer (id), ALGORITHM=COPY, LOCK=SHARED;
    ```

    ## Use instead
    ```sql
    CREATE TABLE customer (id bigint PRIMARY KEY);
    CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint);
    -- migration
    SET foreign_key_checks = 0;
    ALTER TABLE orders ADD CONSTRAINT orders_customer FOREIGN KEY (customer_id) REFERENCES customer (id), ALGORITHM=INPLACE, LOCK=NONE;
    SET foreign_key_checks = 1;
    ```

    ## References
    - MySQL manual, [Online DDL Operations: Foreign Key Operations](https://dev.mysql.com/doc/refman/8.4/en/innodb-online-ddl-operations.html)
    """

    severity = Severity.HIGH
    engines = (Engine.MYSQL,)

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """Each key that is checked by copying."""
        for one in action_ways(subject):
            if one.way is Way.COPY and one.kind == "foreign key":
                duration, severity = grade(self, subject, "rewrite")
                yield self.finding(
                    f"{one.why}: writes wait {for_how_long(duration)}",
                    severity=severity,
                    safe=script(
                        [
                            "SET foreign_key_checks = 0",
                            explicit(subject, "INPLACE", "NONE"),
                            "SET foreign_key_checks = 1",
                        ]
                    ),
                )
