"""From a column's type to Prisma's: a scalar, with `@db.…` where that is not what the scalar becomes anyway."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from dbdesign.dialects.postgresql import NOT_FUNCTION_OR_TYPE
from dbdesign.dialects.prisma import LISTS, NATIVE_TYPES, USUAL
from dbdesign.model.schema import Column, Engine, Schema
from dbdesign.model.types import DataType, Kind
from dbdesign.writers.prisma.layout import text

_ARGUMENTS = re.compile(r"\s*\(([^()]*)\)")

_POSTGRESQL = {
    "smallint": "SmallInt",
    "integer": "Integer",
    "bigint": "BigInt",
    "numeric": "Decimal",
    "money": "Money",
    "inet": "Inet",
    "oid": "Oid",
    "citext": "Citext",
    "real": "Real",
    "double precision": "DoublePrecision",
    "character varying": "VarChar",
    "character": "Char",
    "text": "Text",
    "bytea": "ByteA",
    "timestamp without time zone": "Timestamp",
    "timestamp with time zone": "Timestamptz",
    "date": "Date",
    "time without time zone": "Time",
    "time with time zone": "Timetz",
    "boolean": "Boolean",
    "bit": "Bit",
    "bit varying": "VarBit",
    "uuid": "Uuid",
    "xml": "Xml",
    "json": "Json",
    "jsonb": "JsonB",
}
_MYSQL = {one.sql.lower().replace("integer", "int"): name for name, one in NATIVE_TYPES[Engine.MYSQL].items()} | {
    "double": "Double",
    "numeric": "Decimal",
}
_SQLSERVER = {one.sql.lower(): name for name, one in NATIVE_TYPES[Engine.SQLSERVER].items()} | {"numeric": "Decimal"}
_COCKROACHDB = {one.sql: name for name, one in NATIVE_TYPES[Engine.COCKROACHDB].items()} | {"VARCHAR": "String"}
_SQLITE_KINDS: Mapping[Kind, str] = {
    Kind.BOOLEAN: "Boolean",
    Kind.INT8: "Int",
    Kind.INT16: "Int",
    Kind.INT24: "Int",
    Kind.INT32: "Int",
    Kind.INT64: "Int",
    Kind.DECIMAL: "Decimal",
    Kind.MONEY: "Decimal",
    Kind.FLOAT32: "Float",
    Kind.FLOAT64: "Float",
    Kind.CHAR: "String",
    Kind.VARCHAR: "String",
    Kind.TEXT: "String",
    Kind.BLOB: "Bytes",
    Kind.BINARY: "Bytes",
    Kind.VARBINARY: "Bytes",
    Kind.TIMESTAMP: "DateTime",
    Kind.TIMESTAMPTZ: "DateTime",
    Kind.DATE: "DateTime",
    Kind.TIME: "String",
    Kind.UUID: "String",
    Kind.JSON: "Json",
    Kind.JSONB: "Json",
    Kind.XML: "String",
}
_BASES: Mapping[Engine, Mapping[str, str]] = {
    Engine.POSTGRESQL: _POSTGRESQL,
    Engine.MYSQL: _MYSQL,
    Engine.TIDB: _MYSQL,
    Engine.SQLSERVER: _SQLSERVER,
    Engine.COCKROACHDB: _COCKROACHDB,
}
_WITHOUT_BITS = 7
"""Digits of a second that SQL Server keeps where none are said, and the only ones that Prisma can say."""


@dataclass(frozen=True)
class FieldType:
    """A field's type in the language.

    Attributes:
        name: a scalar, the name of an enum, or `Unsupported("…")`.
        native: `@db.…` where it must be said; empty otherwise.
        lost: what the database's type says and this one does not.
        enum: label of the enumeration, or `table.column` of one in line.
    """

    name: str
    native: str = ""
    is_list: bool = False
    lost: str | None = None
    enum: str | None = None

    @property
    def is_supported(self) -> bool:
        """Whether the client can use the field."""
        return not self.name.startswith("Unsupported(")


def provider_engine(engine: Engine) -> Engine:
    """The engine that Prisma takes a schema of this engine for."""
    return Engine.MYSQL if engine is Engine.TIDB else engine


def field_type(column: Column, schema: Schema, enums: Mapping[str, str], place: str) -> FieldType:
    """The type of a column.

    Args:
        enums: label of an enumeration, or `table.column` of one in line → its name in the language.
    """
    found = schema.resolve_type(column.type)
    lost = f"the domain {column.type.name}" if column.type.kind is Kind.DOMAIN and found is not column.type else None
    if found.element is not None and schema.engine in LISTS:
        inner = _single(found.element, schema, enums, place)
        return FieldType(inner.name, inner.native, is_list=True, lost=inner.lost or lost, enum=inner.enum)
    single = _single(found, schema, enums, place)
    return FieldType(single.name, single.native, lost=single.lost or lost, enum=single.enum)


def _single(found: DataType, schema: Schema, enums: Mapping[str, str], place: str) -> FieldType:
    found = schema.resolve_type(found)
    if found.kind is Kind.ENUM:
        key = str(found.name) if found.name is not None else place
        return FieldType(enums[key], enum=key) if key in enums else _unsupported(found)
    if schema.engine is Engine.SQLITE:
        return _sqlite(found)
    return _native(found, provider_engine(schema.engine))


def _unsupported(found: DataType) -> FieldType:
    """A type in SQL; a name that only quotation marks make a type's has them."""
    name = found.name.name if found.name is not None else ""
    native = f'"{name}"' if found.native == name and name in NOT_FUNCTION_OR_TYPE else found.native
    return FieldType(f"Unsupported({text(native)})")


def _sqlite(found: DataType) -> FieldType:
    scalar = _SQLITE_KINDS.get(found.kind)
    if found.native.upper() in {"BIGINT", "INT8", "UNSIGNED BIG INT"}:
        scalar = "BigInt"
    if scalar is None:
        return (
            _unsupported(found)
            if found.native.strip()
            else FieldType("Bytes", lost="that the column has no declared type")
        )
    written = NATIVE_TYPES[Engine.SQLITE][scalar].sql
    return FieldType(
        scalar,
        lost=None if found.native.upper() == written else f"the declared type {found.native}: it becomes {written}",
    )


def _native(found: DataType, engine: Engine) -> FieldType:
    if engine is Engine.MYSQL and found.native in {"tinyint(1)", "tinyint(1) unsigned"}:
        return FieldType("Boolean", "@db.UnsignedTinyInt" if found.unsigned else "")
    inside = _ARGUMENTS.search(found.native)
    base = _ARGUMENTS.sub("", found.native).strip()
    name = _BASES[engine].get(base)
    if name is None and base.endswith(" zerofill"):
        name = _BASES[engine].get(base.removesuffix(" zerofill"))
    if name is None or found.kind in {Kind.DOMAIN, Kind.COMPOSITE}:
        return _unsupported(found)
    native = NATIVE_TYPES[engine][name]
    arguments = tuple(one.strip() for one in inside[1].split(",")) if inside and native.arguments else ()
    if native.arguments == "decimal" and len(arguments) == 1:
        arguments = (*arguments, "0")
    if engine is Engine.MYSQL and native.arguments == "precision" and not arguments:
        arguments = (str(found.precision or 0),)  # without one Prisma takes now() for CURRENT_TIMESTAMP(3)
    if any(not one.isdecimal() and one != "max" for one in arguments):
        return _unsupported(found)
    scalar = native.scalars[0]
    if engine is Engine.MYSQL and name == "Bit" and arguments == ("1",):
        scalar = "Boolean"
    if engine is Engine.SQLSERVER and name == "Bit":
        scalar = "Boolean"
    return FieldType(
        scalar, _said(engine, scalar, name, arguments), lost=_lost(found, engine, name, base, inside is not None)
    )


def _said(engine: Engine, scalar: str, name: str, arguments: tuple[str, ...]) -> str:
    usual = USUAL[engine][scalar] == (name, arguments) and not (engine is Engine.MYSQL and scalar == "Boolean")
    if usual:
        return ""
    inside = ", ".join("Max" if one == "max" else one for one in arguments)
    return f"@db.{name}({inside})" if inside else f"@db.{name}"


def _lost(found: DataType, engine: Engine, name: str, base: str, sized: bool) -> str | None:
    """What the name behind `@db.` does not say of the type."""
    if base.endswith(" zerofill"):
        return "ZEROFILL"
    if base == "VARCHAR":
        return "VARCHAR: it becomes STRING, which is the same"
    if base == "numeric" and engine in {Engine.MYSQL, Engine.SQLSERVER}:
        return "NUMERIC: it becomes DECIMAL, which is the same"
    if engine is Engine.SQLSERVER and name in {"DateTime2", "DateTimeOffset", "Time"}:
        return f"the precision of {found.native}" if found.precision not in {None, _WITHOUT_BITS} else None
    if engine is Engine.MYSQL and name in {"Float", "Double"} and sized:
        return f"the digits of {found.native}"
    return None
