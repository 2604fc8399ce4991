"""What Prisma's schema language is made of, by provider: native types, what scalars become without one, how constraints are named.

Sources: Prisma's schema reference ("Model field scalar types", "Native type mapping"), and its engines (`native_types` of
@prisma/prisma-schema-wasm; psl-core, constraint_names.rs; the renderers of the schema engine), version 8.1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal

from dbdesign.model.schema import Engine

Arguments = Literal["", "length", "precision", "decimal"]

SCALARS = frozenset({"String", "Boolean", "Int", "BigInt", "Float", "Decimal", "DateTime", "Json", "Bytes"})

PROVIDERS: Mapping[str, Engine] = {
    "postgresql": Engine.POSTGRESQL,
    "postgres": Engine.POSTGRESQL,
    "prisma+postgres": Engine.POSTGRESQL,
    "mysql": Engine.MYSQL,
    "sqlserver": Engine.SQLSERVER,
    "sqlite": Engine.SQLITE,
    "cockroachdb": Engine.COCKROACHDB,
}
"""The `provider` of a datasource; `mongodb` is the one that is no relational engine."""

MAX_IDENTIFIER: Mapping[Engine, int] = {
    Engine.POSTGRESQL: 63,
    Engine.COCKROACHDB: 63,
    Engine.MYSQL: 64,
    Engine.SQLSERVER: 128,
    Engine.SQLITE: 10_000,
}
"""In bytes, where Prisma cuts the names that it makes."""

NAMESPACED = frozenset({Engine.POSTGRESQL, Engine.COCKROACHDB, Engine.SQLSERVER})
"""Engines for which Prisma knows `@@schema`."""

LISTS = frozenset({Engine.POSTGRESQL, Engine.COCKROACHDB})
"""Engines whose columns can be lists of scalars."""

ENUMS = frozenset({Engine.POSTGRESQL, Engine.COCKROACHDB, Engine.MYSQL, Engine.SQLITE})
"""Engines for which Prisma knows `enum`; SQLite stores one as text."""

INDEX_TYPES: Mapping[Engine, frozenset[str]] = {
    Engine.POSTGRESQL: frozenset({"BTree", "Hash", "Gist", "Gin", "SpGist", "Brin"}),
    Engine.COCKROACHDB: frozenset({"BTree", "Gin"}),
}
"""Values of `type:` of an index; SQL calls them so in lower case."""


@dataclass(frozen=True)
class NativeType:
    """A type of a database as Prisma names it.

    Attributes:
        name: behind `@db.`.
        sql: as the schema engine writes it in DDL.
        scalars: Prisma's types that it may stand behind; the first is the usual one.
        arguments: what it takes in parentheses.
    """

    name: str
    sql: str
    scalars: tuple[str, ...]
    arguments: Arguments = ""

    def spelt(self, arguments: Iterable[str]) -> str:
        """As DDL says it."""
        inside = ",".join(arguments)
        return f"{self.sql}({inside})" if inside else self.sql


def _types(*rows: tuple[str, str, str] | tuple[str, str, str, Arguments]) -> Mapping[str, NativeType]:
    return {row[0]: NativeType(row[0], row[1], tuple(row[2].split()), *row[3:]) for row in rows}


_POSTGRESQL = _types(
    ("SmallInt", "SMALLINT", "Int"),
    ("Integer", "INTEGER", "Int"),
    ("BigInt", "BIGINT", "BigInt"),
    ("Decimal", "DECIMAL", "Decimal", "decimal"),
    ("Money", "MONEY", "Decimal"),
    ("Inet", "INET", "String"),
    ("Oid", "OID", "Int"),
    ("Citext", "CITEXT", "String"),
    ("Real", "REAL", "Float"),
    ("DoublePrecision", "DOUBLE PRECISION", "Float"),
    ("VarChar", "VARCHAR", "String", "length"),
    ("Char", "CHAR", "String", "length"),
    ("Text", "TEXT", "String"),
    ("ByteA", "BYTEA", "Bytes"),
    ("Timestamp", "TIMESTAMP", "DateTime", "precision"),
    ("Timestamptz", "TIMESTAMPTZ", "DateTime", "precision"),
    ("Date", "DATE", "DateTime"),
    ("Time", "TIME", "DateTime", "precision"),
    ("Timetz", "TIMETZ", "DateTime", "precision"),
    ("Boolean", "BOOLEAN", "Boolean"),
    ("Bit", "BIT", "String", "length"),
    ("VarBit", "VARBIT", "String", "length"),
    ("Uuid", "UUID", "String"),
    ("Xml", "XML", "String"),
    ("Json", "JSON", "Json"),
    ("JsonB", "JSONB", "Json"),
)
_COCKROACHDB = _types(
    ("Bit", "BIT", "String", "length"),
    ("Bool", "BOOL", "Boolean"),
    ("Bytes", "BYTES", "Bytes"),
    ("Char", "CHAR", "String", "length"),
    ("Date", "DATE", "DateTime"),
    ("Decimal", "DECIMAL", "Decimal", "decimal"),
    ("Float4", "FLOAT4", "Float"),
    ("Float8", "FLOAT8", "Float"),
    ("Inet", "INET", "String"),
    ("Int2", "INT2", "Int"),
    ("Int4", "INT4", "Int"),
    ("Int8", "INT8", "BigInt"),
    ("JsonB", "JSONB", "Json"),
    ("Oid", "OID", "Int"),
    ("CatalogSingleChar", '"char"', "String"),
    ("String", "STRING", "String", "length"),
    ("Time", "TIME", "DateTime", "precision"),
    ("Timestamp", "TIMESTAMP", "DateTime", "precision"),
    ("Timestamptz", "TIMESTAMPTZ", "DateTime", "precision"),
    ("Timetz", "TIMETZ", "DateTime", "precision"),
    ("Uuid", "UUID", "String"),
    ("VarBit", "VARBIT", "String", "length"),
)
_MYSQL = _types(
    ("Int", "INTEGER", "Int"),
    ("UnsignedInt", "INTEGER UNSIGNED", "Int"),
    ("SmallInt", "SMALLINT", "Int"),
    ("UnsignedSmallInt", "SMALLINT UNSIGNED", "Int"),
    ("TinyInt", "TINYINT", "Int Boolean"),
    ("UnsignedTinyInt", "TINYINT UNSIGNED", "Int Boolean"),
    ("MediumInt", "MEDIUMINT", "Int"),
    ("UnsignedMediumInt", "MEDIUMINT UNSIGNED", "Int"),
    ("BigInt", "BIGINT", "BigInt"),
    ("UnsignedBigInt", "BIGINT UNSIGNED", "BigInt"),
    ("Decimal", "DECIMAL", "Decimal", "decimal"),
    ("Float", "FLOAT", "Float"),
    ("Double", "DOUBLE", "Float"),
    ("Bit", "BIT", "Bytes Boolean", "length"),
    ("Char", "CHAR", "String", "length"),
    ("VarChar", "VARCHAR", "String", "length"),
    ("Binary", "BINARY", "Bytes", "length"),
    ("VarBinary", "VARBINARY", "Bytes", "length"),
    ("TinyBlob", "TINYBLOB", "Bytes"),
    ("Blob", "BLOB", "Bytes"),
    ("MediumBlob", "MEDIUMBLOB", "Bytes"),
    ("LongBlob", "LONGBLOB", "Bytes"),
    ("TinyText", "TINYTEXT", "String"),
    ("Text", "TEXT", "String"),
    ("MediumText", "MEDIUMTEXT", "String"),
    ("LongText", "LONGTEXT", "String"),
    ("Date", "DATE", "DateTime"),
    ("Time", "TIME", "DateTime", "precision"),
    ("DateTime", "DATETIME", "DateTime", "precision"),
    ("Timestamp", "TIMESTAMP", "DateTime", "precision"),
    ("Year", "YEAR", "Int"),
    ("Json", "JSON", "Json"),
)
_SQLSERVER = _types(
    ("TinyInt", "TINYINT", "Int"),
    ("SmallInt", "SMALLINT", "Int"),
    ("Int", "INT", "Int"),
    ("BigInt", "BIGINT", "BigInt"),
    ("Decimal", "DECIMAL", "Decimal", "decimal"),
    ("Money", "MONEY", "Float"),
    ("SmallMoney", "SMALLMONEY", "Float"),
    ("Bit", "BIT", "Boolean Int"),
    ("Float", "FLOAT", "Float", "length"),
    ("Real", "REAL", "Float"),
    ("Date", "DATE", "DateTime"),
    ("Time", "TIME", "DateTime"),
    ("DateTime", "DATETIME", "DateTime"),
    ("DateTime2", "DATETIME2", "DateTime"),
    ("DateTimeOffset", "DATETIMEOFFSET", "DateTime"),
    ("SmallDateTime", "SMALLDATETIME", "DateTime"),
    ("Char", "CHAR", "String", "length"),
    ("NChar", "NCHAR", "String", "length"),
    ("VarChar", "VARCHAR", "String", "length"),
    ("Text", "TEXT", "String"),
    ("NVarChar", "NVARCHAR", "String", "length"),
    ("NText", "NTEXT", "String"),
    ("Binary", "BINARY", "Bytes", "length"),
    ("VarBinary", "VARBINARY", "Bytes", "length"),
    ("Image", "IMAGE", "Bytes"),
    ("Xml", "XML", "String"),
    ("UniqueIdentifier", "UNIQUEIDENTIFIER", "String"),
)
_SQLITE = _types(
    ("Int", "INTEGER", "Int"),
    ("BigInt", "BIGINT", "BigInt"),
    ("Float", "REAL", "Float"),
    ("Decimal", "DECIMAL", "Decimal"),
    ("Boolean", "BOOLEAN", "Boolean"),
    ("String", "TEXT", "String"),
    ("DateTime", "DATETIME", "DateTime"),
    ("Bytes", "BLOB", "Bytes"),
    ("Json", "JSONB", "Json"),
)

NATIVE_TYPES: Mapping[Engine, Mapping[str, NativeType]] = {
    Engine.POSTGRESQL: _POSTGRESQL,
    Engine.COCKROACHDB: _COCKROACHDB,
    Engine.MYSQL: _MYSQL,
    Engine.SQLSERVER: _SQLSERVER,
    Engine.SQLITE: _SQLITE,
}
"""By engine and name. SQLite's may not be said: they are what Prisma's scalars become there."""

USUAL: Mapping[Engine, Mapping[str, tuple[str, tuple[str, ...]]]] = {
    Engine.POSTGRESQL: {
        "String": ("Text", ()),
        "Boolean": ("Boolean", ()),
        "Int": ("Integer", ()),
        "BigInt": ("BigInt", ()),
        "Float": ("DoublePrecision", ()),
        "Decimal": ("Decimal", ("65", "30")),
        "DateTime": ("Timestamp", ("3",)),
        "Json": ("JsonB", ()),
        "Bytes": ("ByteA", ()),
    },
    Engine.COCKROACHDB: {
        "String": ("String", ()),
        "Boolean": ("Bool", ()),
        "Int": ("Int4", ()),
        "BigInt": ("Int8", ()),
        "Float": ("Float8", ()),
        "Decimal": ("Decimal", ("65", "30")),
        "DateTime": ("Timestamp", ("3",)),
        "Json": ("JsonB", ()),
        "Bytes": ("Bytes", ()),
    },
    Engine.MYSQL: {
        "String": ("VarChar", ("191",)),
        "Boolean": ("TinyInt", ()),
        "Int": ("Int", ()),
        "BigInt": ("BigInt", ()),
        "Float": ("Double", ()),
        "Decimal": ("Decimal", ("65", "30")),
        "DateTime": ("DateTime", ("3",)),
        "Json": ("Json", ()),
        "Bytes": ("LongBlob", ()),
    },
    Engine.SQLSERVER: {
        "String": ("NVarChar", ("1000",)),
        "Boolean": ("Bit", ()),
        "Int": ("Int", ()),
        "BigInt": ("BigInt", ()),
        "Float": ("Float", ("53",)),
        "Decimal": ("Decimal", ("32", "16")),
        "DateTime": ("DateTime2", ()),
        "Json": ("NVarChar", ("max",)),
        "Bytes": ("VarBinary", ("max",)),
    },
    Engine.SQLITE: {scalar: (scalar, ()) for scalar in sorted(SCALARS)},
}
"""The native type, with its arguments, that a scalar has where none is said."""

OPERATOR_CLASSES = tuple(
    f"{kind}{family}Ops"
    for family, kinds in {
        "": "Array Inet Jsonb JsonbPath Text",
        "Bloom": "Bpchar Bytea Date Float4 Float8 Inet Int2 Int4 Int8 Numeric Oid Text Timestamp TimestampTz Time TimeTz Uuid",
        "MinMax": "Bit Bpchar Bytea Date Float4 Float8 Inet Int2 Int4 Int8 Numeric Oid Text Timestamp TimestampTz Time TimeTz Uuid "
        "VarBit",
        "MinMaxMulti": "Date Float4 Float8 Inet Int2 Int4 Int8 Numeric Oid Timestamp TimestampTz Time TimeTz Uuid",
        "Inclusion": "Inet",
    }.items()
    for kind in kinds.split()
)
"""Operator classes that have a name in the language; any other is written as `raw("…")`."""


@cache
def operator_class(name: str) -> str:
    """What PostgreSQL calls an operator class: `JsonbPathOps` → `jsonb_path_ops`, `TimestampTzMinMaxOps` → `timestamptz_minmax_ops`."""
    parts: list[str] = []
    for character in name.replace("MinMax", "Minmax").replace("Tz", "tz").replace("VarBit", "Varbit"):
        if character.isupper() or not parts:
            parts.append("")
        parts[-1] += character.lower()
    return "_".join(parts)


@cache
def operator_class_names() -> Mapping[str, str]:
    """What PostgreSQL calls an operator class → what Prisma calls it."""
    return {operator_class(name): name for name in OPERATOR_CLASSES}


def clipped(text: str, limit: int) -> str:
    """At most `limit` bytes of a name, whole characters."""
    return text.encode()[:limit].decode(errors="ignore")


def constraint_name(engine: Engine, table: str, columns: Iterable[str], suffix: str) -> str:
    """The name that Prisma gives a constraint or index: `orders_customer_id_fkey`, cut before the suffix.

    Args:
        suffix: `pkey` (without columns), `key` of unique, `idx` of other indexes, `fkey`, `df` of SQL Server's defaults.
    """
    stem = "_".join([table, *columns])
    room = MAX_IDENTIFIER[engine] - (3 if suffix == "df" else len(suffix) + 1)
    return f"{clipped(stem, room) if len(stem.encode()) >= room else stem}_{suffix}"


def relation_table(engine: Engine, relation: str) -> str:
    """The table of an implicit many-to-many relation, which has the columns `A` and `B`."""
    return f"_{relation}"[: MAX_IDENTIFIER[engine]]


def relation_table_name(engine: Engine, table: str, what: str) -> str:
    """The name of a constraint or index of such a table; `what` is `A_fkey`, `B_fkey`, `AB_pkey`, `AB_unique` or `B_index`."""
    return f"{table[: MAX_IDENTIFIER[engine] - len(what) - 1]}_{what}"
