"""What Drizzle's cores export (drizzle-orm 0.45, `*-core/columns/all.js` and `index.js`), so that no constant hides one of them."""

from __future__ import annotations

PG_COLUMNS = frozenset(
    [
        "bigint",
        "bigserial",
        "bit",
        "boolean",
        "char",
        "cidr",
        "customType",
        "date",
        "doublePrecision",
        "geometry",
        "halfvec",
        "inet",
        "integer",
        "interval",
        "json",
        "jsonb",
        "line",
        "macaddr",
        "macaddr8",
        "numeric",
        "point",
        "real",
        "serial",
        "smallint",
        "smallserial",
        "sparsevec",
        "text",
        "time",
        "timestamp",
        "uuid",
        "varchar",
        "vector",
    ]
)
MYSQL_COLUMNS = frozenset(
    [
        "bigint",
        "binary",
        "boolean",
        "char",
        "customType",
        "date",
        "datetime",
        "decimal",
        "double",
        "float",
        "int",
        "json",
        "longtext",
        "mediumint",
        "mediumtext",
        "mysqlEnum",
        "real",
        "serial",
        "smallint",
        "text",
        "time",
        "timestamp",
        "tinyint",
        "tinytext",
        "varbinary",
        "varchar",
        "year",
    ]
)
SQLITE_COLUMNS = frozenset(["blob", "customType", "integer", "numeric", "real", "text"])
OBJECTS = frozenset(
    [
        "check",
        "foreignKey",
        "index",
        "pgEnum",
        "pgMaterializedView",
        "pgPolicy",
        "pgRole",
        "pgSchema",
        "pgSequence",
        "pgTable",
        "pgView",
        "primaryKey",
        "unique",
        "uniqueIndex",
        "mysqlTable",
        "mysqlView",
        "mysqlSchema",
        "sqliteTable",
        "sqliteView",
        "AnyPgColumn",
        "AnyMySqlColumn",
        "AnySQLiteColumn",
        "sql",
        "relations",
        "table",
    ]
)
CORE_NAMES = (
    PG_COLUMNS | MYSQL_COLUMNS | SQLITE_COLUMNS | OBJECTS | {"undefined", "NaN", "Infinity", "Date", "Object", "Array"}
)
