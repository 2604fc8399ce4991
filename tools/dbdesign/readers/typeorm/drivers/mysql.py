"""TypeORM on MySQL, MariaDB and TiDB: unique constraints are indexes, UUIDs are kept in 36 characters."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

from dbdesign.readers.typeorm.drivers.base import Driver, quoted
from dbdesign.readers.typeorm.drivers.tables import SqlTable, TableColumn, TableIndex
from dbdesign.readers.typeorm.metadata import ColumnMetadata
from dbdesign.readers.typescript import FunctionNode, ObjectValue, Value, text_value


class MySqlDriver(Driver):
    """MySQL and its family."""

    quote = "`"
    types: ClassVar[Mapping[str, str]] = {
        "#Number": "int", "integer": "int", "#String": "varchar", "#Date": "datetime",
        "#Buffer": "blob", "#Uint8Array": "blob", "#Boolean": "tinyint",
        "uuid": "varchar", "simple-array": "text", "simple-json": "text", "simple-enum": "enum", "double precision": "double",
        "real": "double", "dec": "decimal", "numeric": "decimal", "fixed": "decimal", "bool": "tinyint", "boolean": "tinyint",
        "nvarchar": "varchar", "national varchar": "varchar", "nchar": "char", "national char": "char",
    }  # fmt: skip
    dates = ("datetime", "CURRENT_TIMESTAMP(6)")
    date_precision = 6
    version_type = "int"
    updates_dates = True
    uniques_are_indices = True
    true_false = ("1", "0")

    def carry_length(self, referenced: ColumnMetadata, options: ObjectValue) -> None:
        """A column that refers to a UUID is as long."""
        if not referenced.length and (referenced.strategy == "uuid" or referenced.type == "uuid"):
            options["length"] = "36"

    def length(self, column: ColumnMetadata, kind: str | None) -> str:
        """As given, else TypeORM's own of the type."""
        if column.length:
            return column.length
        if column.strategy == "uuid":
            return "36"
        return "255" if kind in {"#String", "varchar", "nvarchar", "national varchar", "varbinary"} else ""

    def default_of(self, value: Value, kind: str | None, column: ColumnMetadata) -> str | None:
        """Numbers are quoted with their scale; sets are lists."""
        if isinstance(value, list) and kind == "set":
            return quoted(",".join(text_value(one) for one in value))
        if isinstance(value, (int, float)) and not isinstance(value, bool) and kind not in {"enum", "simple-enum"}:
            scale = column.number("scale")
            return f"'{value:.{scale if scale is not None and 0 <= scale <= 100 else 0}f}'"
        if isinstance(value, (list, ObjectValue)):
            return None
        found = super().default_of(value, kind, column)
        return found if not isinstance(value, FunctionNode) or found is None else _datetime(found)

    def column_sql(self, table: SqlTable, column: TableColumn) -> str:
        """A column's definition."""
        del table
        sql = f"{self.named(column.name)} {self.full_type(column)}"
        if column.unsigned:
            sql += " UNSIGNED"
        if column.enum is not None:
            sql += f" ({', '.join(quoted(one) for one in column.enum)})"
        if column.charset:
            sql += f" CHARACTER SET `{column.charset}`"
        if column.collation:
            sql += f" COLLATE `{column.collation}`"
        if column.as_expression:
            sql += f" AS ({column.as_expression}) {column.generated_type or 'VIRTUAL'}"
        sql += " NULL" if column.nullable else " NOT NULL"
        if column.generated == "increment":
            sql += " AUTO_INCREMENT"
        if column.comment:
            sql += f" COMMENT {quoted(column.comment)}"
        if column.default is not None:
            sql += f" DEFAULT {column.default}"
        return f"{sql} ON UPDATE {column.on_update}" if column.on_update else sql

    def full_type(self, column: TableColumn) -> str:
        """Enumerations have their values later."""
        return column.type if column.enum is not None else super().full_type(column)

    def create_table(self, table: SqlTable) -> list[str]:
        """The table with its keys and indexes."""
        parts = [self.column_sql(table, one) for one in table.columns]
        parts += [self._index_sql(table, one) for one in (*self._uniques(table), *table.indices)]
        primary = [one for one in table.columns if one.primary]
        if primary:
            parts.append(f"PRIMARY KEY ({self.listed(one.name for one in primary)})")
        sql = (
            f"CREATE TABLE {self.path(table.name, table.schema)} ({', '.join(parts)}) ENGINE={table.engine or 'InnoDB'}"
        )
        return [f"{sql} COMMENT={quoted(table.comment)}" if table.comment else sql]

    def _uniques(self, table: SqlTable) -> list[TableIndex]:
        known = {index.columns for index in table.indices if index.unique}
        return [
            TableIndex(one.columns, one.name or self.naming.unique(table.name, one.columns), unique=True)
            for one in self.all_uniques(table)
            if one.columns not in known
        ]

    def _index_sql(self, table: SqlTable, index: TableIndex) -> str:
        kind = "UNIQUE " if index.unique else "SPATIAL " if index.spatial else "FULLTEXT " if index.fulltext else ""
        name = index.name or self.naming.index(table.name, index.columns, index.where)
        parser = f" WITH PARSER {index.parser}" if index.fulltext and index.parser else ""
        return f"{kind}INDEX {self.named(name)} ({self.listed(index.columns)}){parser}"


def _datetime(sql: str) -> str:
    """CURRENT_TIMESTAMP in capitals, its precision kept."""
    match = re.fullmatch(r"(?:CURRENT_TIMESTAMP|NOW)(\(\d*\))?", sql.strip(), re.IGNORECASE)
    if match is None:
        return sql
    return "CURRENT_TIMESTAMP" + (match[1] if match[1] and match[1] != "()" else "")


__all__ = ["MySqlDriver"]
