"""The rule json-instead-of-jsonb."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Column, Engine, Table
from dbdesign.model.types import Kind
from dbdesign.rules.base import ColumnRule, on_column
from dbdesign.rules.subject import Subject


class JsonInsteadOfJsonb(ColumnRule):
    """A document is stored as `json` text rather than as `jsonb`.

    ## What it does
    Reports columns of the type `json`.

    ## Why is this bad?
    `json` keeps the text and parses it again at every access, cannot be indexed, and has no equality, so that DISTINCT, GROUP BY and
    UNION over the row fail.

    ## Example
    ```sql
    CREATE TABLE webhook (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        body json NOT NULL
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE webhook (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        body jsonb NOT NULL
    );
    ```

    ## When it does not apply
    Where the exact text must be kept (a signed document, the order of keys, duplicate keys), `json` or `text` is right.

    ## References
    - PostgreSQL manual, [JSON Types](https://www.postgresql.org/docs/current/datatype-json.html)
    """

    severity = Severity.LOW
    engines = (Engine.POSTGRESQL,)
    kinds = frozenset({Kind.JSON})
    repeats = "{count} columns are json text, which is parsed at every access and can be neither indexed nor compared"

    def check_column(self, column: Column, table: Table, subject: Subject) -> Iterator[Finding]:
        """A json column."""
        name = subject.sql.name(column.name)
        yield self.finding(
            on_column(table, column),
            f"{on_column(table, column)} is json text, which is parsed at every access and can be neither indexed nor compared",
            evidence={"type": column.type.native},
            fix=subject.sql.change_type(table, column, "jsonb", using=f"{name}::jsonb"),
        )
