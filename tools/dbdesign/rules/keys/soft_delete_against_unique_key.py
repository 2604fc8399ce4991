"""The rule soft-delete-against-unique-key."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Column, Engine, Index, Key, Table
from dbdesign.model.types import Kind
from dbdesign.rules.base import TableRule, on_constraint
from dbdesign.rules.meaning import is_soft_delete
from dbdesign.rules.subject import POSTGRESQL_LIKE, Subject
from dbdesign.rules.uniqueness import unique_over_columns
from dbdesign.rules.words import vocabulary, words

_MACHINE_MADE = vocabulary("uuid guid token hash key secret uid nanoid external public ref reference checksum id")


class SoftDeleteAgainstUniqueKey(TableRule):
    """A unique key does not know that rows are deleted by marking them.

    ## What it does
    Reports, in tables with a soft-delete column (deleted_at, is_deleted), unique keys over values that people choose: a key that counts
    deleted rows too, and a key that contains a nullable deleted_at, which is never equal to itself while rows are alive.

    ## Why is this bad?
    When deleted rows count, a user who left cannot register again with the same email. When the key contains a nullable `deleted_at`,
    it does not bind live rows at all: NULL equals nothing, so that two live rows with the same email are both accepted.

    ## Example
    ```sql
    CREATE TABLE project (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        slug text NOT NULL,
        deleted_at timestamptz,
        UNIQUE (slug, deleted_at)
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE project (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        slug text NOT NULL,
        deleted_at timestamptz
    );
    CREATE UNIQUE INDEX project_slug_live_idx ON project (slug) WHERE deleted_at IS NULL;
    ```

    ## References
    - PostgreSQL manual, [Partial Indexes](https://www.postgresql.org/docs/current/indexes-partial.html), example 11.3
    - SQL Server manual, [Create filtered indexes](https://learn.microsoft.com/sql/relational-databases/indexes/create-filtered-indexes)
    - MySQL manual, [CREATE INDEX](https://dev.mysql.com/doc/refman/8.4/en/create-index.html#create-index-unique), on NULL in unique indexes
    """

    severity = Severity.MEDIUM

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """Every unique key over chosen values in a table of soft deletes."""
        deleted = next((one for one in table.columns if is_soft_delete(one, subject.type_of(one))), None)
        if deleted is None:
            return
        for key in unique_over_columns(table):
            if deleted.name in key.columns:
                if deleted.nullable and not key.nulls_not_distinct and not subject.is_engine(Engine.SQLSERVER):
                    yield self._void(key, deleted, table, subject)
            elif _is_chosen(key, table, subject) and not _knows(key, deleted, table):
                yield self._blocking(key, deleted, table, subject)

    def _void(self, key: Key | Index, deleted: Column, table: Table, subject: Subject) -> Finding:
        return self.finding(
            on_constraint(table, key),
            f"({', '.join(key.columns)}) binds no live row of {table.label}, since NULL in {deleted.name} equals nothing: live"
            " rows can repeat",
            severity=Severity.HIGH,
            evidence={"columns": list(key.columns), "soft_delete": deleted.name},
            fix=_partial(key, deleted, table, subject),
        )

    def _blocking(self, key: Key | Index, deleted: Column, table: Table, subject: Subject) -> Finding:
        return self.finding(
            on_constraint(table, key),
            f"({', '.join(key.columns)}) is unique over deleted rows too, so that a value of a {table.label} row marked in"
            f" {deleted.name} can never be used again",
            evidence={"columns": list(key.columns), "soft_delete": deleted.name},
            fix=_partial(key, deleted, table, subject),
        )


def _is_chosen(key: Key | Index, table: Table, subject: Subject) -> bool:
    """Whether the key is over a text that people choose, and no foreign key needs it."""
    texts = [
        column
        for name in key.columns
        if (column := table.column(name)) and column.type.kind in {Kind.CHAR, Kind.VARCHAR, Kind.TEXT, Kind.CITEXT}
    ]
    if not any(not _MACHINE_MADE & set(words(column.name)) for column in texts):
        return False
    return not any(
        set(relation.foreign_key.referenced_columns) == set(key.columns) for relation, _ in subject.children(table)
    )


def _knows(key: Key | Index, deleted: Column, table: Table) -> bool:
    """Whether a column computed from the mark is part of the key."""
    computed = (column.generated for name in key.columns if (column := table.column(name)))
    return any(one is not None and deleted.name in one.expression for one in computed)


def _partial(key: Key | Index, deleted: Column, table: Table, subject: Subject) -> str | None:
    """The same key over live rows only."""
    sql = subject.sql
    if subject.is_referred_to(table, key.columns):
        return None
    columns = [name for name in key.columns if name != deleted.name]
    drop = sql.drop_unique(table, key)
    if not subject.is_engine(Engine.MYSQL, Engine.TIDB):
        return sql.join(drop, sql.create_index(table, columns, unique=True, where=_is_live(deleted, subject)))
    live = f"is_live tinyint GENERATED ALWAYS AS (CASE WHEN {_is_live(deleted, subject)} THEN 1 END) VIRTUAL"
    if table.column("is_live") is not None:
        return None
    return sql.join(drop, sql.add_column(table, live), sql.create_index(table, (*columns, "is_live"), unique=True))


def _is_live(deleted: Column, subject: Subject) -> str:
    name = subject.sql.name(deleted.name)
    if deleted.type.is_time:
        return f"{name} IS NULL"
    return f"NOT {name}" if deleted.type.kind is Kind.BOOLEAN and subject.is_engine(*POSTGRESQL_LIKE) else f"{name} = 0"
