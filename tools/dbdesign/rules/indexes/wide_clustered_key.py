"""The rule wide-clustered-key."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Column, Engine, Table
from dbdesign.model.types import Kind
from dbdesign.rules.base import TableRule
from dbdesign.rules.subject import Subject

WIDE = 64
"""Bytes: a UUID as text (36) is borne, a long name is not. Every secondary index entry carries the key once more."""
SECONDARY = 3
"""Secondary indexes from which on the copies outweigh the key itself."""
_BYTES = {Kind.INT8: 1, Kind.INT16: 2, Kind.INT24: 3, Kind.INT32: 4, Kind.INT64: 8, Kind.UUID: 16}


class WideClusteredKey(TableRule):
    """A wide primary key is copied into every secondary index.

    ## What it does
    Reports tables stored in the order of a primary key of more than 64 bytes of text that have three or more secondary indexes.

    ## Why is this bad?
    InnoDB, TiDB and SQL Server append the clustered key to every entry of every secondary index. A long text as the key makes each of them
    a multiple of its size, and fewer entries fit into memory.

    ## Example
    ```sql
    CREATE TABLE asset (
        path varchar(255) NOT NULL PRIMARY KEY,
        kind varchar(20) NOT NULL,
        size_bytes bigint NOT NULL,
        host varchar(60) NOT NULL
    );
    CREATE INDEX asset_kind_idx ON asset (kind);
    CREATE INDEX asset_size_idx ON asset (size_bytes);
    CREATE INDEX asset_host_idx ON asset (host);
    ```

    ## Use instead
    ```sql
    CREATE TABLE asset (
        id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY,
        path varchar(255) NOT NULL UNIQUE,
        kind varchar(20) NOT NULL,
        size_bytes bigint NOT NULL,
        host varchar(60) NOT NULL
    );
    CREATE INDEX asset_kind_idx ON asset (kind);
    CREATE INDEX asset_size_idx ON asset (size_bytes);
    CREATE INDEX asset_host_idx ON asset (host);
    ```

    ## References
    - MySQL manual, [Clustered and Secondary Indexes](https://dev.mysql.com/doc/refman/8.4/en/innodb-index-types.html)
    - SQL Server manual, [Index design guide](https://learn.microsoft.com/sql/relational-databases/sql-server-index-design-guide)
    """

    severity = Severity.LOW
    engines = (Engine.MYSQL, Engine.SQLSERVER, Engine.TIDB)

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """A clustered key that is wide and often copied."""
        key = table.primary_key
        if key is None or key.clustered is False or any(index.clustered for index in table.indexes):
            return
        width = sum(_width(column, subject) for name in key.columns if (column := table.column(name)))
        secondary = len(table.indexes) + len(table.unique_keys)
        if width <= WIDE or secondary < SECONDARY:
            return
        referred = any(True for _ in subject.children(table))
        numbered = any(column.identity for column in table.columns) or table.column("id") is not None
        yield self.finding(
            table.label,
            f"the primary key of {table.label} is up to {width} characters wide and is copied into {secondary} secondary indexes",
            evidence={"width": width, "secondary_indexes": secondary},
            fix=None if referred or numbered else _surrogate(table, key.columns, subject),
        )


def _width(column: Column, subject: Subject) -> int:
    data_type = subject.type_of(column)
    if data_type.is_text or data_type.kind in {Kind.BINARY, Kind.VARBINARY}:
        return data_type.length or WIDE + 1
    return _BYTES.get(data_type.kind, 8)


def _surrogate(table: Table, columns: tuple[str, ...], subject: Subject) -> str | None:
    """A numbered primary key, with the old one kept as a unique key."""
    if not subject.is_engine(Engine.MYSQL):
        return None
    unique = f"ADD UNIQUE ({subject.sql.names(columns)})"
    identity = "ADD COLUMN id bigint NOT NULL AUTO_INCREMENT PRIMARY KEY"
    return subject.sql.alter(table, f"DROP PRIMARY KEY, {identity}, {unique}")
