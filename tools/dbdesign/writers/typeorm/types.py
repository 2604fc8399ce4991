"""Column types as TypeORM names them, and as TypeScript has their values."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from dbdesign.model.schema import Engine
from dbdesign.model.types import DataType, Kind
from dbdesign.writers.typeorm.driver_types import nearest, without_width
from dbdesign.writers.typeorm.printing import Printed

_POSTGRES = {
    "integer": "int", "int4": "int", "int2": "smallint", "int8": "bigint", "character varying": "varchar", "character": "char",
    "timestamp with time zone": "timestamptz", "timestamp without time zone": "timestamp", "time with time zone": "timetz",
    "time without time zone": "time", "double precision": "float", "float8": "float", "float4": "real", "bit varying": "varbit",
    "bool": "boolean", "decimal": "numeric",
}  # fmt: skip
_SUPPORTED = frozenset(
    [
        "int",
        "smallint",
        "bigint",
        "numeric",
        "real",
        "float",
        "money",
        "citext",
        "hstore",
        "bytea",
        "bit",
        "varbit",
        "timetz",
        "timestamptz",
        "timestamp",
        "date",
        "time",
        "interval",
        "boolean",
        "point",
        "line",
        "lseg",
        "box",
        "path",
        "polygon",
        "circle",
        "cidr",
        "inet",
        "macaddr",
        "macaddr8",
        "tsvector",
        "tsquery",
        "uuid",
        "xml",
        "json",
        "jsonb",
        "jsonpath",
        "int4range",
        "int8range",
        "numrange",
        "tsrange",
        "tstzrange",
        "daterange",
        "int4multirange",
        "int8multirange",
        "nummultirange",
        "tsmultirange",
        "tstzmultirange",
        "datemultirange",
        "geometry",
        "geography",
        "cube",
        "ltree",
        "vector",
        "halfvec",
        "varchar",
        "char",
        "text",
    ]
)
"""PostgreSQL's types that TypeORM takes. Source: `PostgresDriver.supportedDataTypes`."""
_TYPESCRIPT = {
    Kind.BOOLEAN: "boolean", Kind.INT8: "number", Kind.INT16: "number", Kind.INT24: "number", Kind.INT32: "number", Kind.INT64: "string",
    Kind.DECIMAL: "string", Kind.MONEY: "string", Kind.FLOAT32: "number", Kind.FLOAT64: "number", Kind.TIMESTAMP: "Date",
    Kind.TIMESTAMPTZ: "Date", Kind.BINARY: "Buffer", Kind.VARBINARY: "Buffer", Kind.BLOB: "Buffer", Kind.JSON: "unknown",
    Kind.JSONB: "unknown",
    Kind.YEAR: "number", Kind.INTERVAL: "unknown", Kind.GEOMETRY: "unknown", Kind.GEOGRAPHY: "unknown", Kind.ROWVERSION: "Buffer",
}  # fmt: skip
_NATIVE = re.compile(r"([^()]+?)\s*(?:\(([^()]*)\))?\s*((?:with|without) time zone|unsigned)?\s*\Z", re.IGNORECASE)


@dataclass
class Typed:
    """A type as TypeORM says it: its name, what goes into the options, its TypeScript type. `lost` says what it stands for instead."""

    name: str
    options: dict[str, Printed] = field(default_factory=dict)
    typescript: str = "string"
    lost: str | None = None


def typed(data_type: DataType, engine: Engine) -> Typed:
    """A type without enumerations, which are declared."""
    if data_type.kind is Kind.ARRAY and data_type.element is not None:
        inner = typed(data_type.element, engine)
        found = Typed(inner.name, {**inner.options, "array": True}, f"{inner.typescript}[]", inner.lost)
        if data_type.element.kind is Kind.ARRAY:
            found.lost = f"an array of arrays ({data_type.native})"
        return found
    match = _NATIVE.match(data_type.native)
    name = data_type.native.lower()
    arguments: list[str] = []
    if match is not None:
        name = f"{match[1]} {match[3]}" if match[3] and match[3].lower() != "unsigned" else match[1]
        name = " ".join(name.lower().split())
        arguments = [one.strip() for one in (match[2] or "").split(",") if one.strip()]
    typescript = _TYPESCRIPT.get(data_type.kind, "string")
    if engine in {Engine.POSTGRESQL, Engine.COCKROACHDB}:
        return _postgres(name, arguments, data_type, typescript)
    own = name.removesuffix(" unsigned")
    known = nearest(own, data_type, engine)
    given = _arguments(own, arguments, data_type)
    options = without_width(known, given, engine)
    if data_type.unsigned:
        options["unsigned"] = True
    lost = f"the type {data_type.native}" if known != own or options.get("length") != given.get("length") else None
    return Typed(known, options, typescript, lost)


def _postgres(name: str, arguments: list[str], data_type: DataType, typescript: str) -> Typed:
    short = _POSTGRES.get(name, name)
    if short.startswith("interval "):
        return Typed("interval", {}, typescript, f"the fields of {data_type.native}")
    if short not in _SUPPORTED:
        return Typed("text", {}, "string", f"the type {data_type.native}, which TypeORM does not have")
    if short in {"geometry", "geography"}:
        return Typed(short, _spatial(arguments), "unknown")
    if short == "char" and not arguments:
        return Typed(short, {"length": data_type.length or 1}, typescript)
    return Typed(short, _arguments(short, arguments, data_type), typescript)


def _spatial(arguments: list[str]) -> dict[str, Printed]:
    options: dict[str, Printed] = {}
    if arguments:
        options["spatialFeatureType"] = arguments[0]
    if len(arguments) > 1 and arguments[1].isdecimal():
        options["srid"] = int(arguments[1])
    return options


def _arguments(name: str, arguments: list[str], data_type: DataType) -> dict[str, Printed]:
    numbers = [int(one) if one.lstrip("-").isdecimal() else one for one in arguments]
    if not numbers:
        return {}
    if len(numbers) == 2 or data_type.kind in {Kind.DECIMAL, Kind.MONEY}:
        return {"precision": numbers[0], "scale": numbers[1]} if len(numbers) == 2 else {"precision": numbers[0]}
    if data_type.is_time or data_type.kind is Kind.INTERVAL or name in {"float", "time", "timetz"}:
        return {"precision": numbers[0]}
    return {"length": numbers[0]}


__all__ = ["Typed", "typed"]
