"""TypeORM on PostgreSQL and CockroachDB."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar

from dbdesign.readers.typeorm.drivers.base import Driver, quoted
from dbdesign.readers.typeorm.drivers.tables import SqlTable, TableColumn, TableIndex, TableUnique
from dbdesign.readers.typeorm.metadata import ColumnMetadata, EntityMetadata, ForeignKeyMetadata, KeyMetadata
from dbdesign.readers.typeorm.values import EMPTY
from dbdesign.readers.typescript import FunctionNode, Value

_SERIALS = {"integer": "SERIAL", "smallint": "SMALLSERIAL", "bigint": "BIGSERIAL"}
_TIMES = {
    "time without time zone": ("TIME", ""),
    "time with time zone": ("TIME", " WITH TIME ZONE"),
    "timestamp without time zone": ("TIMESTAMP", ""),
    "timestamp with time zone": ("TIMESTAMP", " WITH TIME ZONE"),
}
_EXTENSIONS = {"citext": "citext", "hstore": "hstore", "geometry": "postgis", "geography": "postgis", "cube": "cube", "ltree": "ltree",
               "vector": "vector", "halfvec": "vector"}  # fmt: skip


_MOMENT = re.compile(r"(CURRENT_TIMESTAMP|CURRENT_DATE|CURRENT_TIME|LOCALTIMESTAMP|LOCALTIME)(\(\d+\))?", re.IGNORECASE)


class PostgresDriver(Driver):
    """PostgreSQL."""

    types: ClassVar[Mapping[str, str]] = {
        "#Number": "integer", "int": "integer", "int4": "integer", "#String": "character varying", "varchar": "character varying",
        "#Date": "timestamp without time zone", "timestamp": "timestamp without time zone", "timestamptz": "timestamp with time zone",
        "time": "time without time zone", "timetz": "time with time zone", "#Boolean": "boolean", "bool": "boolean",
        "simple-array": "text", "simple-json": "text", "simple-enum": "enum", "int2": "smallint", "int8": "bigint",
        "decimal": "numeric", "float8": "double precision", "float": "double precision", "float4": "real", "char": "character",
        "varbit": "bit varying",
    }  # fmt: skip

    def default_of(self, value: Value, kind: str | None, column: ColumnMetadata) -> str | None:
        """Functions of the time as TypeORM writes them."""
        found = super().default_of(value, kind, column)
        return found if found is None or not isinstance(value, FunctionNode) else moment(found)

    def all_uniques(self, table: SqlTable) -> list[TableUnique]:
        """PostgreSQL makes one constraint of those in a CREATE TABLE that are over the same columns; the primary key comes first."""
        seen = {tuple(one.name for one in table.columns if one.primary)}
        found: list[TableUnique] = []
        for unique in super().all_uniques(table):
            if unique.columns not in seen or unique.deferrable:
                found.append(unique)
            seen.add(unique.columns)
        return found

    defers_foreign_keys = True
    defers_uniques = True
    materializes_views = True

    @property
    def uuid_default(self) -> str:
        """The function that makes a UUID."""
        return "gen_random_uuid()" if self.uuid_extension == "pgcrypto" else "uuid_generate_v4()"

    def prologue(self, tables: list[SqlTable]) -> list[str]:
        """Schemas and extensions."""
        schemas = dict.fromkeys(table.schema for table in tables if table.schema)
        found = [f"CREATE SCHEMA IF NOT EXISTS {self.named(schema)}" for schema in schemas]
        columns = [column for table in tables for column in table.columns]
        needed = dict.fromkeys(_EXTENSIONS[one.type] for one in columns if one.type in _EXTENSIONS)
        if any(one.generated == "uuid" for one in columns):
            needed = {self.uuid_extension: None, **needed}
        if any(table.exclusions for table in tables):
            needed["btree_gist"] = None
        return [f"CREATE EXTENSION IF NOT EXISTS {self.named(one)}" for one in needed] + found

    def full_type(self, column: TableColumn) -> str:
        """A type with its arguments."""
        if column.type in _TIMES:
            head, tail = _TIMES[column.type]
            text = head + (f"({column.precision})" if column.precision is not None else "") + tail
        elif column.type in {"geometry", "geography"}:
            arguments = [
                str(one) for one in (column.spatial, column.srid if column.spatial else None) if one is not None
            ]
            text = f"{column.type}({','.join(arguments)})" if arguments else column.type
        else:
            text = super().full_type(column)
        return f"{text} array" if column.array else text

    def enum_name(self, table: SqlTable, column: TableColumn) -> str:
        """The enumeration type of a column."""
        name = column.enum_name or f"{table.name}_{column.name.lower()}_enum"
        schema = table.schema
        if "." in name:
            schema, name = name.split(".", 1)
        return self.path(name, schema)

    def column_sql(self, table: SqlTable, column: TableColumn) -> str:
        """A column's definition."""
        sql = self.named(column.name)
        uuid = column.generated == "uuid"
        if column.generated is not None and not uuid:
            sql += self._numbered(column)
        elif column.type == "enum":
            sql += f" {self.enum_name(table, column)}{' array' if column.array else ''}"
        else:
            sql += f" {self.full_type(column)}"
        if column.generated_type == "STORED" and column.as_expression:
            sql += f" GENERATED ALWAYS AS ({column.as_expression}) STORED"
        if column.collation:
            sql += f' COLLATE "{column.collation}"'
        if not column.nullable:
            sql += " NOT NULL"
        if column.default is not None:
            sql += f" DEFAULT {column.default}"
        elif uuid:
            sql += f" DEFAULT {self.uuid_default}"
        return sql

    def _numbered(self, column: TableColumn) -> str:
        if column.generated == "identity":
            return f" {column.type} GENERATED {column.identity or 'BY DEFAULT'} AS IDENTITY"
        return f" {_SERIALS.get(self.types.get(column.type, column.type), 'SERIAL')}"

    def create_table(self, table: SqlTable) -> list[str]:
        """Its enumerations, the table with its keys, its comments."""
        found = [self.create_enum(table, one) for one in table.columns if one.type == "enum" and one.enum is not None]
        parts = [self.column_sql(table, one) for one in table.columns]
        parts += [self.unique_sql(table, one) for one in self.all_uniques(table)]
        parts += [self.check_sql(table, one) for one in table.checks]
        for one in table.exclusions:
            name = one.name or self.naming.exclusion(table.name, one.expression)
            deferrable = f" DEFERRABLE {one.deferrable}" if one.deferrable else ""
            parts.append(f"CONSTRAINT {self.named(name)} EXCLUDE {one.expression}{deferrable}")
        if (primary := self.primary_key_sql(table)) is not None:
            parts.append(primary)
        path = self.path(table.name, table.schema)
        found.append(f"CREATE TABLE {path} ({', '.join(parts)})")
        if table.comment:
            found.append(f"COMMENT ON TABLE {path} IS {quoted(table.comment)}")
        found += [
            f"COMMENT ON COLUMN {path}.{self.named(one.name)} IS {quoted(one.comment)}"
            for one in table.columns
            if one.comment
        ]
        return found

    def create_enum(self, table: SqlTable, column: TableColumn) -> str:
        """The enumeration type of a column."""
        return f"CREATE TYPE {self.enum_name(table, column)} AS ENUM({', '.join(quoted(one) for one in column.enum or ())})"

    def create_index(self, table: SqlTable, index: TableIndex) -> str:
        """An index."""
        unique = "UNIQUE " if index.unique else ""
        method = "gist" if index.spatial else index.type
        using = f" USING {method}" if method else ""
        where = f" WHERE {index.where}" if index.where else ""
        concurrently = " CONCURRENTLY" if index.concurrent else ""
        name = self.named(index.name or self.naming.index(table.name, index.columns, index.where))
        path, columns = self.path(table.name, table.schema), self.listed(index.columns)
        return f"CREATE {unique}INDEX{concurrently} {name} ON {path}{using} ({columns}){where}"


def moment(sql: str) -> str:
    """A function of the time as TypeORM writes it: `CURRENT_DATE` as a cast of 'now'."""
    match = _MOMENT.fullmatch(sql.strip())
    if match is None:
        return sql
    name, precision = match[1].upper(), match[2] or ""
    if name == "CURRENT_TIMESTAMP":
        return f"('now'::text)::timestamp{precision} with time zone" if precision else "now()"
    kind = {
        "CURRENT_DATE": "date",
        "CURRENT_TIME": "time{} with time zone",
        "LOCALTIMESTAMP": "timestamp{} without time zone",
    }
    return f"('now'::text)::{kind.get(name, 'time{} without time zone').format(precision)}"


class CockroachDriver(PostgresDriver):
    """CockroachDB: 64-bit integers, unique indexes as constraints, an index for each foreign key."""

    types: ClassVar[Mapping[str, str]] = {
        "#Number": "int8", "int": "int8", "integer": "int8", "bigint": "int8", "int64": "int8",
        "#String": "varchar", "character varying": "varchar",
        "char varying": "varchar", "#Date": "timestamp", "timestamp without time zone": "timestamp",
        "timestamp with time zone": "timestamptz", "#Boolean": "bool", "boolean": "bool", "simple-array": "string", "simple-json": "string",
        "text": "string", "simple-enum": "enum", "smallint": "int2", "numeric": "decimal", "dec": "decimal",
        "double precision": "float8", "float": "float8", "real": "float4", "character": "char", "json": "jsonb",
    }  # fmt: skip
    version_type = "#Number"

    def prologue(self, tables: list[SqlTable]) -> list[str]:
        """Schemas."""
        schemas = dict.fromkeys(table.schema for table in tables if table.schema)
        return [f"CREATE SCHEMA IF NOT EXISTS {self.named(schema)}" for schema in schemas]

    def place_key(self, entity: EntityMetadata, key: KeyMetadata, *, constraint: bool) -> None:
        """A unique index is a constraint."""
        if key.unique and not constraint and key.name is None:
            key.name = self.naming.unique(entity.table, self._names(key.columns))
        super().place_key(entity, key, constraint=constraint or key.unique)

    def index_foreign_key(self, entity: EntityMetadata, key: ForeignKeyMetadata) -> None:
        """Every foreign key has an index."""
        entity.indices.append(KeyMetadata(key.columns, None, EMPTY, key.place))

    def _numbered(self, column: TableColumn) -> str:
        if column.generated == "identity":
            return f" {column.type} GENERATED {column.identity or 'BY DEFAULT'} AS IDENTITY"
        return " INT DEFAULT unique_rowid()" if column.generated == "rowid" else " INT8 DEFAULT unique_rowid()"

    @property
    def uuid_default(self) -> str:
        """The function that makes a UUID."""
        return "gen_random_uuid()"


__all__ = ["CockroachDriver", "PostgresDriver"]
