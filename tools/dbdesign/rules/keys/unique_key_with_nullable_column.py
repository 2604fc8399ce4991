"""The rule unique-key-with-nullable-column."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Column, Engine, Index, Key, Table
from dbdesign.rules.base import TableRule, on_constraint
from dbdesign.rules.meaning import is_soft_delete
from dbdesign.rules.subject import Subject
from dbdesign.rules.uniqueness import unique_over_columns
from dbdesign.rules.words import vocabulary, words

_IDENTIFIERS = vocabulary(
    "code number no reference ref sku slug email token key external barcode serial phone handle isbn vin uid"
)


class UniqueKeyWithNullableColumn(TableRule):
    """A unique key of several columns contains one that may be NULL, and does not bind rows where it is.

    ## What it does
    Reports unique keys over two or more columns of which some, but not all, are nullable, unless NULLs count as equal or a partial
    unique index covers the rows with NULL.

    ## Why is this bad?
    NULL equals nothing, so that (1, NULL) may be stored any number of times. The key looks as if it kept such rows apart.

    ## Example
    ```sql
    CREATE TABLE page (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        section_no integer,
        title text NOT NULL,
        UNIQUE (section_no, title)
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE page (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        section_no integer,
        title text NOT NULL,
        UNIQUE NULLS NOT DISTINCT (section_no, title)
    );
    ```

    ## When it does not apply
    SQL Server treats NULLs in a unique key as equal. Where every column may be NULL the key is usually meant for the rows that have
    values, and is not reported; nor is a key of one column, or one over a code that is not known for every row.

    ## References
    - PostgreSQL manual, NULLS NOT DISTINCT from 15 on:
      [Unique Constraints](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-UNIQUE-CONSTRAINTS)
    - MySQL manual, [CREATE INDEX](https://dev.mysql.com/doc/refman/8.4/en/create-index.html#create-index-unique)
    - SQLite manual, [CREATE TABLE](https://www.sqlite.org/lang_createtable.html#unique_constraints)
    """

    severity = Severity.MEDIUM
    engines = (Engine.POSTGRESQL, Engine.MYSQL, Engine.SQLITE, Engine.COCKROACHDB, Engine.TIDB)

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """Every composite unique key that NULLs slip through."""
        for key in unique_over_columns(table):
            nullable = self._nullable(key, table, subject)
            if not nullable or key.nulls_not_distinct or _covered(nullable, key, table):
                continue
            yield self.finding(
                on_constraint(table, key),
                f"({', '.join(key.columns)}) does not bind rows in which {' or '.join(nullable)} is NULL, so that they can repeat",
                evidence={"columns": list(key.columns), "nullable": nullable},
                fix=self._fix(key, table, subject),
            )

    @staticmethod
    def _nullable(key: Key | Index, table: Table, subject: Subject) -> list[str]:
        """The nullable columns, if they are some but not all; a soft-delete mark is another rule's."""
        columns = [column for name in key.columns if (column := table.column(name))]
        if len(columns) < 2 or any(is_soft_delete(column, subject.type_of(column)) for column in columns):
            return []
        nullable = [column.name for column in columns if column.nullable and not _is_optional_identifier(column)]
        return nullable if len(nullable) < len(columns) else []

    @staticmethod
    def _fix(key: Key | Index, table: Table, subject: Subject) -> str | None:
        if (
            not subject.is_engine(Engine.POSTGRESQL)
            or not subject.at_least(15)
            or subject.is_referred_to(table, key.columns)
        ):
            return None
        drop = subject.sql.drop_unique(table, key)
        return subject.sql.join(drop, subject.sql.add_unique(table, key.columns, nulls_not_distinct=True))


def _is_optional_identifier(column: Column) -> bool:
    """Whether the column is what the key is about, and just not known for every row: a carrier's tracking code."""
    return column.type.is_text and bool(_IDENTIFIERS & set(words(column.name)[-1:]))


def _covered(nullable: list[str], key: Key | Index, table: Table) -> bool:
    """Whether other unique keys, or partial unique indexes on `IS NULL`, bind the rows with NULL."""
    strict = set(key.columns) - set(nullable)
    if any(unique <= strict for unique in table.candidate_keys):
        return True
    return any(
        index.unique
        and index.where is not None
        and "IS NULL" in index.where.upper()
        and any(one in index.where for one in nullable)
        for index in table.indexes
    ) or any(
        index.unique and any(key.expression and "coalesce" in key.expression.lower() for key in index.keys)
        for index in table.indexes
    )
