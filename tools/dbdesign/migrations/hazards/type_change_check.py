"""The hazard type-change-check."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.subject import Subject
from dbdesign.migrations.check.type_changes import TypeChange, type_changes
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.migrations.predict.state import columns_of
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding, LockMode


class TypeChangeCheck(Hazard):
    """A column's type changes without its rows, but a check over it reads them all again.

    ## What it does
    Reports ALTER COLUMN … TYPE that keeps the rows, of a column that a check constraint mentions.

    ## Why is this bad?
    The check is made anew for the new type and reads all rows, under ACCESS EXCLUSIVE.

    ## Example
    ```sql
    CREATE TABLE account (id bigint PRIMARY KEY, name varchar(20), CONSTRAINT account_name_check CHECK (name <> ''));
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE account ALTER COLUMN name TYPE varchar(40);
    ```

    ## Use instead
    ```sql
    CREATE TABLE account (id bigint PRIMARY KEY, name varchar(20), CONSTRAINT account_name_check CHECK (name <> ''));
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE account DROP CONSTRAINT account_name_check, ALTER COLUMN name TYPE varchar(40),
        ADD CONSTRAINT account_name_check CHECK (name <> '') NOT VALID;
    ALTER TABLE account VALIDATE CONSTRAINT account_name_check;
    ```

    ## References
    - PostgreSQL manual, [ALTER TABLE: Notes](https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES)
    """

    severity = Severity.HIGH

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """Each change that has a check read the table."""
        for change in type_changes(subject):
            checks = _checks(change)
            if not change.keeps or not checks:
                continue
            table = change.table
            dropped = [f"DROP CONSTRAINT {subject.quoted(one)}" for one, _ in checks]
            added = [f"ADD CONSTRAINT {subject.quoted(one)} CHECK ({text}) NOT VALID" for one, text in checks]
            altered = f"ALTER COLUMN {subject.quoted(change.column.name)} TYPE {change.spelt}{change.collate}"
            steps = [subject.alter(table, ", ".join([*dropped, altered, *added]))]
            steps += [subject.alter(table, f"VALIDATE CONSTRAINT {subject.quoted(one)}") for one, _ in checks]
            yield self.blocking(
                subject,
                table.label,
                LockMode.ACCESS_EXCLUSIVE,
                f"{', '.join(one for one, _ in checks)} reads all rows again for the new type of {change.column.name}",
                subject.work("scan", table),
                safe=subject.instead_of(change.command, steps),
            )


def _checks(change: TypeChange) -> list[tuple[str, str]]:
    """Name and expression of the valid checks that mention the column, and that the statement itself does not drop."""
    dropped = change.dropped_constraints
    return [
        (one.name or "", one.expression)
        for one in change.table.checks
        if one.valid and one.name not in dropped and change.column.name in columns_of(one.expression)
    ]
