"""The rule nullable-flag."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Column, Engine, Table
from dbdesign.model.types import Kind
from dbdesign.rules.base import ColumnRule, on_column
from dbdesign.rules.subject import POSTGRESQL_LIKE, Subject
from dbdesign.rules.words import words


class NullableFlag(ColumnRule):
    """A flag is yes, no or NULL, though nobody means a third answer.

    ## What it does
    Reports boolean columns that may be NULL although they have a default of true or false.

    ## Why is this bad?
    The default says that the answer is always known; NULL still gets in through an explicit NULL or an old row. `WHERE NOT flag` and
    `WHERE flag <> true` then both miss those rows.

    ## Example
    ```sql
    CREATE TABLE coupon (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        is_active boolean DEFAULT true
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE coupon (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        is_active boolean NOT NULL DEFAULT true
    );
    ```

    ## References
    - PostgreSQL manual, [Boolean Type](https://www.postgresql.org/docs/current/datatype-boolean.html)
    - PostgreSQL manual, [Not-Null Constraints](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-NOT-NULL)
    """

    severity = Severity.INFO
    engines = (Engine.POSTGRESQL, Engine.MYSQL, Engine.SQLSERVER, Engine.COCKROACHDB, Engine.TIDB)
    kinds = frozenset({Kind.BOOLEAN, Kind.BIT})
    repeats = (
        "{count} flags have a default and may still be NULL, so that neither the flag nor its negation finds those rows"
    )

    def check_column(self, column: Column, table: Table, subject: Subject) -> Iterator[Finding]:
        """A boolean with a default that may be NULL."""
        data_type = subject.type_of(column)
        is_flag = data_type.kind is Kind.BOOLEAN or subject.is_engine(Engine.SQLSERVER)
        if not is_flag or not column.nullable or column.default is None or column.generated is not None:
            return
        value = column.default.strip("()' ").lower()
        if value not in {"true", "false", "0", "1", "t", "f"} or "null" in words(column.name):
            return
        name, literal = subject.sql.name(column.name), value
        if subject.is_engine(*POSTGRESQL_LIKE):
            literal = "true" if value in {"true", "t", "1"} else "false"
        fill = f"UPDATE {subject.sql.table(table)} SET {name} = {literal} WHERE {name} IS NULL;"
        yield self.finding(
            on_column(table, column),
            f"{on_column(table, column)} has a default and may still be NULL, so that neither the flag nor its negation finds those rows",
            evidence={"default": column.default},
            fix=subject.sql.join(fill, subject.sql.set_nullable(table, column, False)),
        )
