"""The rule constraint-not-validated."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Check, Engine, ForeignKey, Table
from dbdesign.rules.base import TableRule, on_column, on_constraint
from dbdesign.rules.subject import Subject


class ConstraintNotValidated(TableRule):
    """A constraint was added without checking the rows that were there, or is switched off.

    ## What it does
    Reports foreign keys and checks that are NOT VALID or NOT ENFORCED (PostgreSQL), or untrusted or disabled (SQL Server: WITH NOCHECK,
    NOCHECK CONSTRAINT).

    ## Why is this bad?
    Old rows may break the rule, and nobody knows. The planner draws no conclusions from such a constraint, and a dump of the
    database may fail when it is restored with the constraint valid. A constraint that is off checks nothing at all.

    ## Example
    ```sql
    CREATE TABLE reservoir (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        depth_m numeric NOT NULL
    );
    ALTER TABLE reservoir ADD CONSTRAINT reservoir_depth_check CHECK (depth_m > 0) NOT VALID;
    ```

    ## Use instead
    ```sql
    CREATE TABLE reservoir (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        depth_m numeric NOT NULL
    );
    ALTER TABLE reservoir ADD CONSTRAINT reservoir_depth_check CHECK (depth_m > 0);
    ```

    ## References
    - PostgreSQL manual, [ALTER TABLE: VALIDATE CONSTRAINT](https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-DESC-VALIDATE-CONSTRAINT)
    - SQL Server manual, [ALTER TABLE: WITH CHECK](https://learn.microsoft.com/sql/t-sql/statements/alter-table-transact-sql)
    """

    severity = Severity.MEDIUM
    engines = (Engine.POSTGRESQL, Engine.SQLSERVER, Engine.COCKROACHDB)
    repeats = "{count} constraints were never checked against the rows that were there, or are switched off"

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """Every constraint that does not hold for all rows."""
        constraints: list[ForeignKey | Check] = [*table.foreign_keys, *table.checks]
        for constraint in constraints:
            if constraint.enforced and constraint.valid:
                continue
            state = (
                "was never checked against the rows that were there"
                if constraint.enforced
                else "is switched off and checks nothing"
            )
            yield self.finding(
                on_constraint(table, constraint),
                f"{constraint.name} {state}",
                severity=None if constraint.enforced else Severity.HIGH,
                evidence={"valid": constraint.valid, "enforced": constraint.enforced},
                fix=_validate(constraint, table, subject),
            )
        for column in table.columns:
            if not column.not_null_valid and column.not_null_name:
                yield self.finding(
                    on_column(table, column),
                    f"NOT NULL of {on_column(table, column)} was never checked against the rows that were there",
                    evidence={"valid": False, "enforced": True},
                    fix=subject.sql.alter(table, f"VALIDATE CONSTRAINT {subject.sql.name(column.not_null_name)}"),
                )


def _validate(constraint: ForeignKey | Check, table: Table, subject: Subject) -> str | None:
    if constraint.name is None:
        return None
    name = subject.sql.name(constraint.name)
    if subject.is_engine(Engine.SQLSERVER):
        return subject.sql.alter(table, f"WITH CHECK CHECK CONSTRAINT {name}")
    if not constraint.enforced:
        return (
            subject.sql.alter(table, f"ALTER CONSTRAINT {name} ENFORCED")
            if isinstance(constraint, ForeignKey)
            else None
        )
    return subject.sql.alter(table, f"VALIDATE CONSTRAINT {name}")
