"""The rule derivable-column."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Column, Engine, Table
from dbdesign.model.types import NUMBERS
from dbdesign.rules.base import TableRule, on_column
from dbdesign.rules.subject import POSTGRESQL_LIKE, Subject

_ADJUSTMENTS = ("discount", "tax", "vat", "shipping", "fee", "surcharge", "tip", "rebate")


class DerivableColumn(TableRule):
    """A column says what other columns of the same row say already.

    ## What it does
    Reports an age beside a date of birth, a full name beside first and last name, and a line's total beside its quantity and unit price
    (without discount, tax or the like beside it), unless the engine computes it.

    ## Why is this bad?
    The two contradict each other after the first update of only one. An age is wrong within a year of being written.

    ## Example
    ```sql
    CREATE TABLE basket_line (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        quantity integer NOT NULL,
        unit_price numeric(12, 2) NOT NULL,
        line_total numeric(12, 2) NOT NULL
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE basket_line (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        quantity integer NOT NULL,
        unit_price numeric(12, 2) NOT NULL,
        line_total numeric(12, 2) GENERATED ALWAYS AS (quantity * unit_price) STORED
    );
    ```

    ## References
    - PostgreSQL manual, [Generated Columns](https://www.postgresql.org/docs/current/ddl-generated-columns.html)
    - MySQL manual, [Generated Columns](https://dev.mysql.com/doc/refman/8.4/en/create-table-generated-columns.html)
    """

    severity = Severity.LOW

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """Every column that follows from others."""
        names = {column.name.lower(): column for column in table.columns if column.generated is None}
        for column, sources, expression in _derivations(names, subject):
            yield self.finding(
                on_column(table, column),
                f"{on_column(table, column)} follows from {' and '.join(one.name for one in sources)}, and contradicts them after the first"
                " update of only one",
                evidence={"derived_from": [one.name for one in sources]},
                fix=self._fix(column, expression, table, subject),
            )

    @staticmethod
    def _fix(column: Column, expression: str | None, table: Table, subject: Subject) -> str | None:
        """Drops the column, and lets the engine compute it where it can."""
        drop = subject.sql.drop_column(table, column)
        if expression is None:
            return drop
        if subject.is_engine(Engine.SQLSERVER):
            return f"{drop}\n{subject.sql.add_column(table, f'{subject.sql.name(column.name)} AS ({expression}) PERSISTED')}"
        if not subject.is_engine(*POSTGRESQL_LIKE, Engine.MYSQL, Engine.TIDB):
            return None
        definition = f"{subject.sql.name(column.name)} {column.type.native} GENERATED ALWAYS AS ({expression}) STORED"
        return f"{drop}\n{subject.sql.add_column(table, definition)}"


def _derivations(names: dict[str, Column], subject: Subject) -> Iterator[tuple[Column, list[Column], str | None]]:
    """Derived column, the columns that it follows from, and how (None: it changes with time and should go)."""
    birth = _first(names, "birth_date", "date_of_birth", "birthdate", "birthday", "dob", "born_on")
    age = names.get("age")
    if birth and age and age.type.is_integer:
        yield age, [birth], None
    first, last = _first(names, "first_name", "firstname"), _first(names, "last_name", "lastname")
    full = _first(names, "full_name", "fullname")
    if first and last and full and full.type.is_text:
        glue = " || ' ' || " if subject.is_engine(*POSTGRESQL_LIKE) else None
        joined = glue.join(subject.sql.name(one.name) for one in (first, last)) if glue else None
        yield (
            full,
            [first, last],
            joined or f"CONCAT({subject.sql.name(first.name)}, ' ', {subject.sql.name(last.name)})",
        )
    quantity, price = _first(names, "quantity", "qty"), _first(names, "unit_price", "unitprice", "price_each")
    total = _first(names, "line_total", "linetotal", "total_price", "total", "subtotal", "amount")
    adjusted = any(word in name for name in names for word in _ADJUSTMENTS)
    if quantity and price and total and not adjusted and _are_numbers(quantity, price, total):
        yield total, [quantity, price], f"{subject.sql.name(quantity.name)} * {subject.sql.name(price.name)}"


def _first(names: dict[str, Column], *wanted: str) -> Column | None:
    return next((names[name] for name in wanted if name in names), None)


def _are_numbers(*columns: Column) -> bool:
    return all(column.type.kind in NUMBERS for column in columns)
