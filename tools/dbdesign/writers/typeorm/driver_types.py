"""Types of engines other than PostgreSQL as TypeORM's drivers take them: which there are, and which of them have a length.

Source: `supportedDataTypes` and `withLengthColumnTypes` of `MysqlDriver`, `AbstractSqliteDriver` and `SqlServerDriver`, TypeORM 1.1.
"""

from __future__ import annotations

from collections.abc import Mapping

from dbdesign.model.schema import Engine
from dbdesign.model.types import BINARIES, INTEGERS, TEXTS, TIMES, DataType, Kind
from dbdesign.writers.typeorm.printing import Printed

SIZED: Mapping[Engine, frozenset[str]] = {
    Engine.MYSQL: frozenset(["char", "varchar", "nvarchar", "binary", "varbinary", "vector"]),
    Engine.SQLITE: frozenset(
        ["character", "varchar", "varying character", "nchar", "native character", "nvarchar", "text", "blob", "clob"]
    ),
    Engine.SQLSERVER: frozenset(["char", "varchar", "nchar", "nvarchar", "binary", "varbinary", "vector"]),
}
"""The types that may have a length."""

_OF_SQLITE = SIZED[Engine.SQLITE] | {
    "int", "integer", "tinyint", "smallint", "mediumint", "bigint", "unsigned big int", "int2", "int8", "real", "double",
    "double precision", "float", "numeric", "decimal", "boolean", "date", "time", "datetime", "json", "jsonb",
}  # fmt: skip
_OF_SQLSERVER = SIZED[Engine.SQLSERVER] | {
    "int", "bigint", "bit", "decimal", "money", "numeric", "smallint", "smallmoney", "tinyint", "float", "real", "date", "datetime2",
    "datetime", "datetimeoffset", "smalldatetime", "time", "text", "ntext", "image", "hierarchyid", "sql_variant", "timestamp",
    "uniqueidentifier", "xml", "geometry", "geography", "rowversion",
}  # fmt: skip


def nearest(name: str, data_type: DataType, engine: Engine) -> str:
    """The type's name as the driver has it, or that of the nearest type that it has."""
    if engine is Engine.SQLITE and name not in _OF_SQLITE:
        return {"char": "character", "timestamp": "datetime"}.get(name) or _by_kind(data_type.kind)
    if engine is Engine.SQLSERVER and name not in _OF_SQLSERVER:
        return "nvarchar"
    if engine in {Engine.MYSQL, Engine.TIDB} and data_type.kind is Kind.BOOLEAN:
        return "boolean"
    return name


def _by_kind(kind: Kind) -> str:
    if kind in INTEGERS:
        return "integer"
    if kind in TIMES:
        return "datetime"
    if kind in TEXTS:
        return "varchar"
    return "blob" if kind in BINARIES else "numeric"


def without_width(name: str, options: dict[str, Printed], engine: Engine) -> dict[str, Printed]:
    """The options without a length that the driver refuses for the type: the display width of an integer."""
    sized = SIZED[Engine.MYSQL if engine is Engine.TIDB else engine]
    return options if name in sized else {key: value for key, value in options.items() if key != "length"}
