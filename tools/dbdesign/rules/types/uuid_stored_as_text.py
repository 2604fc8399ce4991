"""The rule uuid-stored-as-text."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Column, Engine, Table
from dbdesign.model.types import TEXTS, Kind
from dbdesign.rules.base import ColumnRule, on_column
from dbdesign.rules.subject import Subject
from dbdesign.rules.words import words

_NATIVE = {Engine.POSTGRESQL: "uuid", Engine.COCKROACHDB: "uuid", Engine.SQLSERVER: "uniqueidentifier"}


class UuidStoredAsText(ColumnRule):
    """A UUID is stored as text though the engine has a type for it.

    ## What it does
    Reports texts of 36 characters whose name says UUID, GUID or identifier, and texts of any length named `uuid` or `guid`.

    ## Why is this bad?
    The text takes 37 bytes instead of 16, in the table and in every index and reference. Upper and lower case of the same UUID
    differ, and anything that is no UUID is accepted.

    ## Example
    ```sql
    CREATE TABLE parcel (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        tracking_uuid varchar(36) NOT NULL
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE parcel (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        tracking_uuid uuid NOT NULL
    );
    ```

    ## References
    - PostgreSQL manual, [UUID Type](https://www.postgresql.org/docs/current/datatype-uuid.html)
    - SQL Server manual, [uniqueidentifier](https://learn.microsoft.com/sql/t-sql/data-types/uniqueidentifier-transact-sql)
    """

    severity = Severity.LOW
    engines = (Engine.POSTGRESQL, Engine.COCKROACHDB, Engine.SQLSERVER)
    kinds = TEXTS
    repeats = "{count} columns store UUIDs as text, in more than twice the space and with anything else accepted too"

    def check_column(self, column: Column, table: Table, subject: Subject) -> Iterator[Finding]:
        """A text that holds UUIDs."""
        data_type = subject.type_of(column)
        if data_type.kind not in {Kind.CHAR, Kind.VARCHAR, Kind.TEXT} or column.type.name is not None:
            return
        parts = words(column.name)
        named = parts[-1:] in {("uuid",), ("guid",)} and data_type.length in {None, 36, 37, 38}
        sized = data_type.length == 36 and parts[-1:] in {("id",), ("uuid",), ("guid",), ("key",)}
        if not named and not sized:
            return
        native = _NATIVE[subject.engine]
        name = subject.sql.name(column.name)
        using = f"{name}::uuid" if native == "uuid" else None
        linked = column.name in subject.foreign_columns(table) or any(
            column.name in relation.foreign_key.referenced_columns for relation, _ in subject.children(table)
        )
        yield self.finding(
            on_column(table, column),
            f"{on_column(table, column)} stores a UUID as {data_type.native}, in more than twice the space of {native}",
            evidence={"type": data_type.native},
            fix=None if linked else subject.sql.change_type(table, column, native, using=using),
        )
