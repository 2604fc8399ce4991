"""TypeORM on SQLite and its kin: an enumeration is a check."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from dbdesign.readers.typeorm.drivers.base import Driver
from dbdesign.readers.typeorm.drivers.tables import SqlTable, TableColumn
from dbdesign.readers.typeorm.metadata import ColumnMetadata
from dbdesign.readers.typescript import Value, text_value


class SqliteDriver(Driver):
    """SQLite."""

    types: ClassVar[Mapping[str, str]] = {
        "#Number": "integer", "int": "integer", "#String": "varchar", "#Date": "datetime", "#Boolean": "boolean", "#Buffer": "blob",
        "#Uint8Array": "blob", "uuid": "varchar", "simple-array": "text", "simple-json": "text", "simple-enum": "varchar",
    }  # fmt: skip
    dates = ("datetime", "datetime('now')")
    version_type = "integer"
    defers_foreign_keys = True
    true_false = ("1", "0")

    def default_of(self, value: Value, kind: str | None, column: ColumnMetadata) -> str | None:
        """Numbers are not quoted."""
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return text_value(value)
        if isinstance(value, list) and kind == "simple-enum":
            return "'" + ",".join(text_value(one) for one in value) + "'"
        return super().default_of(value, kind, column)

    def full_type(self, column: TableColumn) -> str:
        """Enumerations are texts."""
        return "varchar" if column.enum is not None else super().full_type(column)

    def column_sql(self, table: SqlTable, column: TableColumn) -> str:
        """A column's definition."""
        composite = sum(one.primary for one in table.columns) > 1
        sql = f"{self.named(column.name)} {self.full_type(column)}"
        if column.enum is not None and not column.array:
            values = ",".join("'" + one.replace("'", "''") + "'" for one in column.enum)
            sql += f" CHECK ({self.named(column.name)} IN ({values}))"
        if column.primary and not composite:
            sql += " PRIMARY KEY"
        if column.generated == "increment":
            sql += " AUTOINCREMENT"
        if column.collation:
            sql += f" COLLATE {column.collation}"
        if not column.nullable:
            sql += " NOT NULL"
        if column.as_expression:
            return f"{sql} AS ({column.as_expression}) {column.generated_type or 'VIRTUAL'}"
        return f"{sql} DEFAULT ({column.default})" if column.default is not None else sql

    def create_table(self, table: SqlTable) -> list[str]:
        """The table with its keys, foreign ones too: they cannot be added later."""
        parts = [self.column_sql(table, one) for one in table.columns]
        parts += [self.unique_sql(table, one) for one in self.all_uniques(table)]
        parts += [self.check_sql(table, one) for one in table.checks]
        parts += [self.foreign_key_sql(table, one) for one in table.foreign_keys]
        primary = [one.name for one in table.columns if one.primary]
        if len(primary) > 1:
            parts.append(f"PRIMARY KEY ({self.listed(primary)})")
        return [
            f"CREATE TABLE {self.named(table.name)} ({', '.join(parts)}){' WITHOUT ROWID' if table.without_rowid else ''}"
        ]

    def path(self, name: str, schema: str | None) -> str:
        """SQLite has no schemas."""
        del schema
        return self.named(name)


__all__ = ["SqliteDriver"]
