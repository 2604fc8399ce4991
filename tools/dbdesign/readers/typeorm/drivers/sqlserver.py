"""TypeORM on SQL Server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from dbdesign.readers.typeorm.drivers.base import Driver
from dbdesign.readers.typeorm.drivers.tables import SqlTable, TableColumn, TableForeignKey
from dbdesign.readers.typeorm.metadata import ColumnMetadata, EntityMetadata, KeyMetadata
from dbdesign.readers.typescript import ObjectValue, Value, text_value

_LENGTHS = {
    "#String": "255",
    "nvarchar": "255",
    "varchar": "255",
    "nchar": "",
    "char": "",
    "varbinary": "",
    "binary": "",
}


class SqlServerDriver(Driver):
    """SQL Server: a relation's unique constraint is an index that leaves nulls out; defaults have names."""

    types: ClassVar[Mapping[str, str]] = {
        "#Number": "int", "integer": "int", "#String": "nvarchar", "#Date": "datetime", "#Boolean": "bit", "boolean": "bit",
        "uuid": "uniqueidentifier", "#Buffer": "binary", "#Uint8Array": "binary", "simple-array": "ntext", "simple-json": "ntext",
        "simple-enum": "nvarchar", "dec": "decimal", "double precision": "float", "rowversion": "timestamp",
    }  # fmt: skip
    dates = ("datetime2", "getdate()")
    version_type = "int"
    closure_action = "NO ACTION"
    true_false = ("1", "0")

    def place_key(self, entity: EntityMetadata, key: KeyMetadata, *, constraint: bool) -> None:
        """A relation's own constraint is an index over the rows that have a value."""
        if constraint and key.name is not None and key.name.startswith("REL_"):
            where = " AND ".join(f'"{one.name(self.naming)}" IS NOT NULL' for one in key.columns)
            options = ObjectValue()
            options["where"] = where
            entity.indices.append(KeyMetadata(key.columns, key.name, options, key.place, unique=True))
            return
        super().place_key(entity, key, constraint=constraint)

    def length(self, column: ColumnMetadata, kind: str | None) -> str:
        """As given; MAX in capitals; 255 for texts."""
        given = column.length
        return given.upper() if given else _LENGTHS.get(kind or "", "")

    def default_of(self, value: Value, kind: str | None, column: ColumnMetadata) -> str | None:
        """Numbers are not quoted."""
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return text_value(value)
        return super().default_of(value, kind, column)

    def prologue(self, tables: list[SqlTable]) -> list[str]:
        """Schemas."""
        return [
            f"CREATE SCHEMA {self.named(one)}"
            for one in dict.fromkeys(table.schema for table in tables if table.schema)
        ]

    def column_sql(self, table: SqlTable, column: TableColumn) -> str:
        """A column's definition."""
        sql = f"{self.named(column.name)} {self.full_type(column)}"
        if column.enum is not None:
            values = ",".join("'" + one.replace("'", "''") + "'" for one in column.enum)
            expression = f"{column.name} IN ({values})"
            name = self.naming.check(table.name, expression, enum=True)
            sql += f" CONSTRAINT {self.named(name)} CHECK({expression})"
        if column.collation:
            sql += f" COLLATE {column.collation}"
        if column.as_expression:
            return f"{self.named(column.name)} AS ({column.as_expression})" + (
                " PERSISTED" if column.generated_type == "STORED" else ""
            )
        if not column.nullable:
            sql += " NOT NULL"
        if column.generated in {"increment", "identity"}:
            sql += " IDENTITY(1,1)"
        default = column.default or ("NEWSEQUENTIALID()" if column.generated == "uuid" else None)
        if default is not None:
            sql += f" CONSTRAINT {self.named(self.naming.default(table.name, column.name))} DEFAULT {default}"
        return sql

    def create_table(self, table: SqlTable) -> list[str]:
        """The table with its keys."""
        parts = [self.column_sql(table, one) for one in table.columns]
        parts += [self.unique_sql(table, one) for one in self.all_uniques(table)]
        parts += [self.check_sql(table, one) for one in table.checks]
        if (primary := self.primary_key_sql(table)) is not None:
            parts.append(primary)
        return [f"CREATE TABLE {self.path(table.name, table.schema)} ({', '.join(parts)})"]

    def foreign_key_sql(self, table: SqlTable, key: TableForeignKey) -> str:
        """SQL Server has no deferred constraints, and says RESTRICT as NO ACTION."""
        plain = TableForeignKey(
            key.columns, key.table, key.referenced, key.name, key.schema, _action(key.on_delete), _action(key.on_update)
        )
        return super().foreign_key_sql(table, plain)


def _action(action: str | None) -> str | None:
    return "NO ACTION" if action and action.upper() == "RESTRICT" else action


__all__ = ["SqlServerDriver"]
