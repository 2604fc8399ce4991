"""Types of SQL Server for the types of other engines.

PostgreSQL's and MySQL's texts are Unicode, so that they become `nvarchar`; MySQL columns in an 8-bit character set become `varchar`.
"""

from __future__ import annotations

from dbdesign.dialects.sqlserver import MAX_DECIMAL_PRECISION, MAX_NVARCHAR_CHARACTERS, MAX_VARCHAR_BYTES
from dbdesign.model.schema import Column, Engine
from dbdesign.model.types import DataType, Kind

SINGLE_BYTE = frozenset(
    {"latin1", "ascii", "latin2", "latin5", "latin7", "cp1250", "cp1251", "cp1252", "greek", "hebrew", "binary"}
)
MYSQL_FAMILY = frozenset({Engine.MYSQL, Engine.TIDB})
SIMPLE: dict[Kind, str] = {
    Kind.BOOLEAN: "bit",
    Kind.INT8: "smallint",
    Kind.INT16: "smallint",
    Kind.INT24: "int",
    Kind.INT32: "int",
    Kind.INT64: "bigint",
    Kind.FLOAT32: "real",
    Kind.FLOAT64: "float",
    Kind.MONEY: "decimal(19, 4)",
    Kind.BLOB: "varbinary(max)",
    Kind.DATE: "date",
    Kind.YEAR: "smallint",
    Kind.UUID: "uniqueidentifier",
    Kind.JSON: "nvarchar(max)",
    Kind.JSONB: "nvarchar(max)",
    Kind.XML: "xml",
    Kind.GEOMETRY: "geometry",
    Kind.GEOGRAPHY: "geography",
    Kind.ROWVERSION: "rowversion",
    Kind.HIERARCHYID: "hierarchyid",
    Kind.VARIANT: "sql_variant",
}
UNSIGNED: dict[Kind, str] = {
    Kind.INT8: "tinyint",
    Kind.INT16: "int",
    Kind.INT24: "int",
    Kind.INT32: "bigint",
    Kind.INT64: "decimal(20, 0)",
}
"""The smallest type that holds every value; `tinyint` is itself unsigned."""
APPROXIMATE: dict[Kind, tuple[str, str, str]] = {
    Kind.TIMETZ: ("datetimeoffset", "a time with an offset", "datetimeoffset, which has a date too"),
    Kind.INTERVAL: ("nvarchar(64)", "an interval", "nvarchar(64) in ISO 8601; a number of seconds would be computable"),
    Kind.SET: (
        "nvarchar(1000)",
        "a set of values",
        "nvarchar with commas between them; a junction table would be searchable",
    ),
    Kind.ARRAY: ("nvarchar(max)", "an array", "nvarchar(max) with a JSON array, checked by ISJSON"),
    Kind.COMPOSITE: ("nvarchar(max)", "a composite value", "nvarchar(max) with a JSON object, checked by ISJSON"),
    Kind.HSTORE: ("nvarchar(max)", "an hstore", "nvarchar(max) with a JSON object, checked by ISJSON"),
    Kind.RANGE: ("nvarchar(100)", "a range", "nvarchar(100); two columns would be searchable"),
    Kind.MULTIRANGE: ("nvarchar(1000)", "a multirange", "nvarchar; a table of ranges would be searchable"),
    Kind.LTREE: ("nvarchar(850)", "an ltree path", "nvarchar(850); hierarchyid has functions for trees"),
    Kind.INET: ("varchar(43)", "an IP address", "varchar(43), not checked"),
    Kind.CIDR: ("varchar(43)", "a network", "varchar(43), not checked"),
    Kind.MACADDR: ("char(17)", "a MAC address", "char(17), not checked"),
    Kind.TSVECTOR: ("nvarchar(max)", "a text search document", "nvarchar(max); search the texts by a full-text index"),
    Kind.TSQUERY: ("nvarchar(max)", "a text search query", "nvarchar(max)"),
    Kind.VECTOR: ("varbinary(max)", "a vector", "varbinary(max); SQL Server 2025 has the type"),
    Kind.DOMAIN: ("nvarchar(max)", "a type that the schema does not define", "nvarchar(max)"),
    Kind.OTHER: ("nvarchar(max)", "a type that dbdesign does not know", "nvarchar(max)"),
}
"""Kinds without a counterpart: the type, what is lost, and what stands in."""
JSON_KINDS = frozenset({Kind.JSON, Kind.JSONB, Kind.ARRAY, Kind.COMPOSITE, Kind.HSTORE})
TEXT_KINDS = frozenset({Kind.CHAR, Kind.VARCHAR, Kind.TEXT, Kind.CITEXT, Kind.ENUM})
NO_KEY = ("xml", "geometry", "geography", "(max)", "sql_variant")
"""Types that no index key may have (CREATE INDEX)."""
KEY_BYTES = {
    "bit": 1, "tinyint": 1, "smallint": 2, "int": 4, "bigint": 8, "real": 4, "float": 8, "date": 3, "uniqueidentifier": 16,
    "rowversion": 8, "hierarchyid": 892,
}  # fmt: skip
"""Bytes of types of fixed length (Data types (Transact-SQL))."""


def native_type(column: Column, engine: Engine) -> str:
    """The type of a column whose domains are resolved, without regard to indexes."""
    kind = column.type
    if kind.kind in UNSIGNED and kind.unsigned:
        return UNSIGNED[kind.kind]
    if kind.kind in SIMPLE:
        return SIMPLE[kind.kind]
    if kind.kind in APPROXIMATE:
        return APPROXIMATE[kind.kind][0]
    if kind.kind is Kind.DECIMAL:
        return _decimal(kind)
    if kind.kind in {Kind.TIMESTAMP, Kind.TIMESTAMPTZ, Kind.TIME}:
        return _time(kind, engine)
    if kind.kind in {Kind.BIT, Kind.VARBIT}:
        return _bits(kind)
    if kind.kind in {Kind.BINARY, Kind.VARBINARY}:
        return _binary(kind)
    return _text(column)


def _decimal(kind: DataType) -> str:
    if kind.precision is None:
        return "decimal(38, 10)"
    precision = min(kind.precision, MAX_DECIMAL_PRECISION)
    return f"decimal({precision}, {max(0, min(kind.scale or 0, precision))})"


def _time(kind: DataType, engine: Engine) -> str:
    name = {Kind.TIMESTAMP: "datetime2", Kind.TIMESTAMPTZ: "datetimeoffset", Kind.TIME: "time"}[kind.kind]
    precision = kind.precision if kind.precision is not None else (0 if engine in MYSQL_FAMILY else None)
    return name if precision is None else f"{name}({precision})"


def _bits(kind: DataType) -> str:
    if kind.kind is Kind.BIT and (kind.length or 1) == 1:
        return "bit"
    size = -(-(kind.length or 64) // 8)
    return f"varbinary({size})" if size <= MAX_VARCHAR_BYTES else "varbinary(max)"


def _binary(kind: DataType) -> str:
    if kind.length is None or kind.length > MAX_VARCHAR_BYTES:
        return "varbinary(max)"
    return f"{'binary' if kind.kind is Kind.BINARY else 'varbinary'}({kind.length})"


def _text(column: Column) -> str:
    kind = column.type
    national = (column.charset or "").lower() not in SINGLE_BYTE
    prefix, most = ("n", MAX_NVARCHAR_CHARACTERS) if national else ("", MAX_VARCHAR_BYTES)
    if kind.kind is Kind.ENUM:
        return f"{prefix}varchar({max((len(value) for value in kind.values), default=50)})"
    if kind.kind is Kind.CHAR:
        length = kind.length or 1
        return f"{prefix}char({length})" if length <= most else f"{prefix}varchar(max)"
    if kind.length is None or kind.length > most or kind.kind is Kind.TEXT:
        return f"{prefix}varchar(max)"
    return f"{prefix}varchar({kind.length})"


def key_bytes(native: str) -> int | None:
    """The most bytes that a value takes in an index key; None where none may stand there, or its length is free."""
    if any(part in native for part in NO_KEY):
        return None
    name, _, rest = native.partition("(")
    numbers = [int(one) for one in rest.rstrip(")").split(",") if one.strip().isdigit()]
    if name in {"nvarchar", "nchar"}:
        return 2 * numbers[0]
    if name in {"varchar", "char", "varbinary", "binary"}:
        return numbers[0]
    if name == "decimal":
        return 5 if numbers[0] <= 9 else 9 if numbers[0] <= 19 else 13 if numbers[0] <= 28 else 17
    return KEY_BYTES.get(name, 10)
