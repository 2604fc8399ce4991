"""The rule code-stored-as-number."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Column, Engine, Table
from dbdesign.model.types import INTEGERS, Kind
from dbdesign.rules.base import ColumnRule, on_column
from dbdesign.rules.subject import Subject
from dbdesign.rules.words import words

_CODES = frozenset(
    {
        ("phone",),
        ("phone", "number"),
        ("mobile",),
        ("fax",),
        ("telephone",),
        ("zip",),
        ("zipcode",),
        ("zip", "code"),
        ("postcode",),
        ("postal", "code"),
        ("ssn",),
        ("iban",),
        ("isbn",),
        ("card", "number"),
    }
)


class CodeStoredAsNumber(ColumnRule):
    """A code made of digits is stored as a number.

    ## What it does
    Reports numeric columns named as a phone number, a postal code, a social security number, an ISBN or a card number.

    ## Why is this bad?
    Numbers have no leading zeros: the postal code 01067 becomes 1067, and +49 is lost. Some of the codes have letters or grow too
    long for the type. Nobody adds two phone numbers.

    ## Example
    ```sql
    CREATE TABLE branch (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        postal_code integer NOT NULL
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE branch (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        postal_code text NOT NULL
    );
    ```

    ## References
    - PostgreSQL manual, [Numeric Types](https://www.postgresql.org/docs/current/datatype-numeric.html)
    - ITU-T, [Recommendation E.164](https://www.itu.int/rec/T-REC-E.164/), on phone numbers
    """

    severity = Severity.MEDIUM
    kinds = INTEGERS | {Kind.DECIMAL, Kind.FLOAT64}

    def check_column(self, column: Column, table: Table, subject: Subject) -> Iterator[Finding]:
        """A number that is a code."""
        data_type = subject.type_of(column)
        parts = words(column.name)
        if data_type.kind not in INTEGERS | {Kind.DECIMAL, Kind.FLOAT64} or not (
            parts[-1:] in _CODES or parts[-2:] in _CODES
        ):
            return
        if column.name in subject.foreign_columns(table) or column.identity is not None:
            return
        target = "varchar(32)" if subject.is_engine(Engine.MYSQL, Engine.TIDB, Engine.SQLSERVER) else "text"
        yield self.finding(
            on_column(table, column),
            f"{on_column(table, column)} stores a code as {data_type.native}, which loses leading zeros and prefixes",
            evidence={"type": data_type.native},
            fix=subject.sql.change_type(table, column, target),
        )
