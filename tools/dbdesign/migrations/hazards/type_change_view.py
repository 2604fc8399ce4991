"""The hazard type-change-view."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.subject import Subject, script
from dbdesign.migrations.check.type_changes import type_changes, views_over
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding
from dbdesign.model.schema import View


class TypeChangeView(Hazard):
    """A column that a view uses cannot change its type.

    ## What it does
    Reports ALTER COLUMN … TYPE of a column that a view or materialized view mentions.

    ## Why is this bad?
    The server refuses it (0A000), and the migration stops there.

    ## Example
    ```sql
    CREATE TABLE account (id bigint PRIMARY KEY, name varchar(20));
    CREATE VIEW account_names AS SELECT id, name FROM account;
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE account ALTER COLUMN name TYPE varchar(40);
    ```

    ## Use instead
    ```sql
    CREATE TABLE account (id bigint PRIMARY KEY, name varchar(20));
    CREATE VIEW account_names AS SELECT id, name FROM account;
    -- migration
    BEGIN;
    SET LOCAL lock_timeout = '2s';
    DROP VIEW account_names;
    ALTER TABLE account ALTER COLUMN name TYPE varchar(40);
    CREATE VIEW account_names AS SELECT id, name FROM account;
    COMMIT;
    ```
    Privileges on the view are granted again.

    ## References
    - PostgreSQL manual, [ALTER TABLE](https://www.postgresql.org/docs/current/sql-altertable.html)
    """

    severity = Severity.HIGH

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """Each change that a view forbids."""
        for change in type_changes(subject):
            views = views_over(subject, change.table, change.column.name)
            if views:
                yield self.finding(
                    f"{', '.join(one.label for one in views)} uses {change.table.label}.{change.column.name}, so the server refuses "
                    "another type (0A000)",
                    relation=change.table.label,
                    safe=script(
                        [
                            "BEGIN",
                            "SET LOCAL lock_timeout = '2s'",
                            *(f"DROP {_kind(one)} {subject.name(one)}" for one in reversed(views)),
                            subject.sql.strip(),
                            *(f"CREATE {_kind(one)} {subject.name(one)} AS {one.definition}" for one in views),
                            "COMMIT",
                        ]
                    ),
                )


def _kind(view: View) -> str:
    return "MATERIALIZED VIEW" if view.materialized else "VIEW"
