"""The rule natural-key-not-unique."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Column, Engine, Table
from dbdesign.model.types import INTEGERS, TEXTS, Kind
from dbdesign.rules.base import ColumnRule, on_column
from dbdesign.rules.meaning import is_event_table, is_soft_delete
from dbdesign.rules.subject import POSTGRESQL_LIKE, Subject
from dbdesign.rules.words import stem, vocabulary, words

_LOGIN = vocabulary("email username login")
_ACCOUNT = vocabulary("user account member")
_ALWAYS = vocabulary("slug isbn sku ean gtin iban vin")
_CODED = vocabulary("country currency language coupon voucher warehouse airport tenant")
_NUMBERED = vocabulary("invoice order contract policy ticket")


class NaturalKeyNotUnique(ColumnRule):
    """A column that identifies rows in the real world is not unique.

    ## What it does
    Reports columns that people identify a row by (a user's email or login, a slug, an ISBN, the code of a country, the number of an
    invoice) when no unique key or unique index contains them, beside the surrogate key.

    ## Why is this bad?
    A surrogate key numbers rows; it does not keep the same customer from being stored twice. Checks in the application do not either:
    two requests at the same time both find nothing and both insert.

    ## Example
    ```sql
    CREATE TABLE app_user (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        email text NOT NULL
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE app_user (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        email text NOT NULL UNIQUE
    );
    ```

    ## When it does not apply
    Copies of the value as it was at some time (the email to which a message was sent) may repeat; tables that record events are
    not reported.

    ## References
    - PostgreSQL manual, [Unique Constraints](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-UNIQUE-CONSTRAINTS)
    - SQL Server manual, [Unique constraints and check constraints](https://learn.microsoft.com/sql/relational-databases/tables/unique-constraints-and-check-constraints)
    """

    severity = Severity.MEDIUM
    kinds = TEXTS | INTEGERS
    repeats = "{count} columns identify rows in the real world, but nothing keeps two rows from having the same value"

    def check_column(self, column: Column, table: Table, subject: Subject) -> Iterator[Finding]:
        """A natural key that nothing makes unique."""
        why = _identifies(column, table)
        if why is None or _in_unique_key(column, table) or column.name in subject.foreign_columns(table):
            return
        if column.type.kind not in {Kind.CHAR, Kind.VARCHAR, Kind.TEXT, Kind.CITEXT} and not column.type.is_integer:
            return
        columns = self._key_columns(column, table, subject)
        yield self.finding(
            on_column(table, column),
            f"{on_column(table, column)} identifies {why}, but nothing keeps two rows of {table.label} from having the same",
            evidence={"nullable": column.nullable, "key": list(columns)},
            fix=self._fix(columns, table, subject),
        )

    @staticmethod
    def _key_columns(column: Column, table: Table, subject: Subject) -> tuple[str, ...]:
        """Within the tenant, or the only owner that rows are deleted with, except for what people log in with."""
        if words(column.name)[-1] in _LOGIN:
            return (column.name,)
        tenant = subject.tenant_column
        if tenant is not None and table.column(tenant) is not None:
            return (tenant, column.name)
        owners = [
            key.columns[0]
            for key in table.foreign_keys
            if key.on_delete == "cascade" and len(key.columns) == 1 and not _nullable(key.columns[0], table)
        ]
        return (owners[0], column.name) if len(owners) == 1 else (column.name,)

    @staticmethod
    def _fix(columns: tuple[str, ...], table: Table, subject: Subject) -> str | None:
        deleted = next(
            (one for one in table.columns if is_soft_delete(one, subject.type_of(one)) and one.nullable), None
        )
        if deleted is not None and subject.is_engine(*POSTGRESQL_LIKE, Engine.SQLITE, Engine.SQLSERVER):
            where = f"{subject.sql.name(deleted.name)} IS NULL"
            return subject.sql.create_index(table, columns, unique=True, where=where)
        unbounded = any((one := table.column(name)) is not None and one.type.kind is Kind.TEXT for name in columns)
        if unbounded and subject.is_engine(Engine.MYSQL, Engine.TIDB, Engine.SQLSERVER):
            return None
        return subject.sql.add_unique(table, columns)


def _nullable(name: str, table: Table) -> bool:
    column = table.column(name)
    return column is None or column.nullable


def _identifies(column: Column, table: Table) -> str | None:
    """What the column identifies; None if rows may share its value."""
    parts, name = words(column.name), stem(table.name)
    if not parts or not name or (is_event_table(table) and name[-1] not in _NUMBERED):
        return None
    last, subject = parts[-1], name[-1]
    own = parts[:-1] == () or parts[:-1] == name or parts[:-1] == name[-1:]
    if last in _LOGIN and own and subject in _ACCOUNT and table.primary_key is not None and len(table.foreign_keys) < 4:
        return "an account"
    if last in _ALWAYS and own:
        return f"a {subject}"
    if last == "code" and own and subject in _CODED:
        return f"a {subject}"
    if last in {"number", "no"} and own and subject in _NUMBERED:
        return f"a {subject}"
    return None


def _in_unique_key(column: Column, table: Table) -> bool:
    """Whether some unique key or index has the column, alone, with others, or inside an expression."""
    if any(column.name in unique for unique, _ in table.unique_column_sets):
        return True
    if table.primary_key and column.name in table.primary_key.columns:
        return True
    for index in table.indexes:
        texts = [key.column or key.expression or "" for key in index.keys]
        if index.unique and any(column.name.lower() in text.lower() for text in texts):
            return True
    return any((key.column or key.expression or "") == column.name for one in table.exclusions for key in one.keys)
