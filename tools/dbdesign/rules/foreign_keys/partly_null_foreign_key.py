"""The rule partly-null-foreign-key."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import ForeignKey, Table
from dbdesign.rules.base import TableRule, on_constraint
from dbdesign.rules.subject import POSTGRESQL_LIKE, Subject


class PartlyNullForeignKey(TableRule):
    """A foreign key of several nullable columns is not checked when one of them is NULL.

    ## What it does
    Reports foreign keys with two or more nullable columns and MATCH SIMPLE, the default, unless a check constraint speaks of the columns.

    ## Why is this bad?
    With MATCH SIMPLE one NULL switches the whole key off: (42, NULL) is stored even if there is no parent 42.

    ## Example
    ```sql
    CREATE TABLE flight (
        carrier text NOT NULL,
        flight_no integer NOT NULL,
        PRIMARY KEY (carrier, flight_no)
    );
    CREATE TABLE connection (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        carrier text,
        flight_no integer,
        FOREIGN KEY (carrier, flight_no) REFERENCES flight (carrier, flight_no)
    );
    CREATE INDEX connection_flight_idx ON connection (carrier, flight_no);
    ```

    ## Use instead
    ```sql
    CREATE TABLE flight (
        carrier text NOT NULL,
        flight_no integer NOT NULL,
        PRIMARY KEY (carrier, flight_no)
    );
    CREATE TABLE connection (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        carrier text,
        flight_no integer,
        FOREIGN KEY (carrier, flight_no) REFERENCES flight (carrier, flight_no) MATCH FULL
    );
    CREATE INDEX connection_flight_idx ON connection (carrier, flight_no);
    ```

    ## When it does not apply
    A key of a NOT NULL column (the tenant) and one nullable column is an optional reference within the tenant, and is right as it is.

    ## References
    - PostgreSQL manual,
      [MATCH FULL](https://www.postgresql.org/docs/current/sql-createtable.html#SQL-CREATETABLE-PARMS-REFERENCES)
    - MySQL manual, [FOREIGN KEY Constraints](https://dev.mysql.com/doc/refman/8.4/en/create-table-foreign-keys.html)
    """

    severity = Severity.MEDIUM

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """Every composite foreign key that NULLs switch off."""
        for key in table.foreign_keys:
            if len(key.columns) < 2 or key.match != "simple" or key.set_columns:
                continue  # SET NULL of some columns alone leaves the key partly NULL on purpose
            nullable = [name for name in key.columns if (one := table.column(name)) is not None and one.nullable]
            if len(nullable) < 2 or _checked(nullable, table):
                continue
            yield self.finding(
                on_constraint(table, key),
                f"({', '.join(key.columns)}) is not checked at all when one of {' and '.join(nullable)} is NULL",
                evidence={"nullable": nullable, "match": key.match},
                fix=self._fix(key, nullable, table, subject),
            )

    @staticmethod
    def _fix(key: ForeignKey, nullable: list[str], table: Table, subject: Subject) -> str | None:
        if subject.is_engine(*POSTGRESQL_LIKE) and len(nullable) == len(key.columns):
            return subject.sql.replace_foreign_key(table, key, key.model_copy(update={"match": "full"}))
        names = [subject.sql.name(name) for name in nullable]
        together = " AND ".join(f"{name} IS NULL" for name in names)
        apart = " AND ".join(f"{name} IS NOT NULL" for name in names)
        return subject.sql.add_check(table, nullable, f"({together}) OR ({apart})")


def _checked(nullable: list[str], table: Table) -> bool:
    return any(all(name.lower() in check.expression.lower() for name in nullable) for check in table.checks)
