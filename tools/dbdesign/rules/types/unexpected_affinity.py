"""The rule unexpected-affinity."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Column, Engine, Table
from dbdesign.rules.base import ColumnRule, on_column
from dbdesign.rules.subject import Subject

_TEXT_LIKE = ("string", "str", "uuid", "guid", "json", "enum", "citext", "xml")


class UnexpectedAffinity(ColumnRule):
    """SQLite takes the declared type of a text column for a number.

    ## What it does
    Reports columns of SQLite whose declared type means text (`STRING`, `UUID`, `JSON`) but contains none of CHAR, CLOB and TEXT,
    so that the column has numeric affinity.

    ## Why is this bad?
    With numeric affinity a text that looks like a number is stored as one: '00123' becomes 123 and '1e5' becomes 100000.0. The
    leading zeros of a code are gone, and no error says so.

    ## Example
    ```sql
    CREATE TABLE article (
        id INTEGER PRIMARY KEY,
        barcode STRING NOT NULL
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE article (
        id INTEGER PRIMARY KEY,
        barcode TEXT NOT NULL
    );
    ```

    ## References
    - SQLite manual, [Datatypes, section 3.1: Determination Of Column Affinity](https://www.sqlite.org/datatype3.html#determination_of_column_affinity)
    """

    severity = Severity.HIGH
    engines = (Engine.SQLITE,)

    def check_column(self, column: Column, table: Table, subject: Subject) -> Iterator[Finding]:
        """A type that means text and stores numbers. Documents and UUIDs seldom look like numbers, so that they are slighter."""
        declared = column.type.native.lower()
        if not declared.startswith(_TEXT_LIKE) or any(
            word in declared for word in ("char", "clob", "text", "int", "blob")
        ):
            return
        yield self.finding(
            on_column(table, column),
            f"{on_column(table, column)} is declared {column.type.native}, which SQLite takes for a number: '00123' is stored as 123",
            severity=None if declared.startswith("str") else Severity.LOW,
            evidence={"type": column.type.native, "affinity": "numeric"},
            fix=_copy(column, table, subject),
        )


def _copy(column: Column, table: Table, subject: Subject) -> str | None:
    """A new column beside the old one; only for columns that no key, index or check needs."""
    used = {name for key in table.foreign_keys for name in key.columns} | {
        key.column for index in table.indexes for key in index.keys if key.column
    }
    used |= {name for key in table.unique_keys for name in key.columns}
    used |= set(table.primary_key.columns) if table.primary_key else set()
    if column.name in used or table.checks or not subject.at_least(3, 35):
        return None
    sql = subject.sql
    name, spare = sql.name(column.name), sql.name(f"{column.name}_text")
    default = " NOT NULL DEFAULT ''" if not column.nullable else ""
    return "\n".join(
        (
            sql.add_column(table, f"{spare} TEXT{default}"),
            f"UPDATE {sql.table(table)} SET {spare} = CAST({name} AS TEXT);",
            sql.drop_column(table, column),
            sql.alter(table, f"RENAME COLUMN {spare} TO {name}"),
        )
    )
