"""Columns of PostgreSQL as builders of `drizzle-orm/pg-core`."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping

from dbdesign.model.schema import Column, Identity, SequenceOptions, Table
from dbdesign.model.types import BINARIES, NUMBERS, DataType, Kind
from dbdesign.writers.drizzle.context import Context
from dbdesign.writers.javascript.syntax import Call, Node, Obj, Raw, Str, literal

_PLAIN = {
    "boolean": "boolean",
    "smallint": "smallint",
    "integer": "integer",
    "real": "real",
    "double precision": "doublePrecision",
    "text": "text",
    "date": "date",
    "uuid": "uuid",
    "json": "json",
    "jsonb": "jsonb",
    "inet": "inet",
    "cidr": "cidr",
    "macaddr": "macaddr",
    "macaddr8": "macaddr8",
    "point": "point",
    "line": "line",
    "numeric": "numeric",
    "interval": "interval",
    "character": "char",
    "character varying": "varchar",
}
"""Types without arguments, and their builders."""
_SIZED = re.compile(r"(character varying|character|bit|vector|halfvec|sparsevec)\((\d+)\)\Z")
_SIZED_BUILDERS = {
    "character varying": ("varchar", "length"),
    "character": ("char", "length"),
    "bit": ("bit", "dimensions"),
    "vector": ("vector", "dimensions"),
    "halfvec": ("halfvec", "dimensions"),
    "sparsevec": ("sparsevec", "dimensions"),
}
_NUMERIC = re.compile(r"numeric\((\d+)(?:,\s*(\d+))?\)\Z")
_MOMENT = re.compile(r"(timestamp|time)(?:\((\d)\))? (with|without) time zone\Z")
_INTERVAL = re.compile(r"interval(?: ([a-z ]+))?(?:\((\d)\))?\Z")
_SERIALS = {"smallint": "smallserial", "integer": "serial", "bigint": "bigserial"}
_NATIVE_BEGINNINGS = (
    "uuid",
    "smallint",
    "integer",
    "bigint",
    "boolean",
    "text",
    "varchar",
    "serial",
    "bigserial",
    "decimal",
    "numeric",
    "real",
    "json",
    "time",
    "date",
    "interval",
    "double precision",
    "char",
    "vector",
    "geometry",
    "halfvec",
    "sparsevec",
    "bit",
)
"""drizzle-kit 0.31 quotes a type as a name unless it begins like one of these (`parseType`)."""
SAFE = 2**53 - 1
"""The largest integer that a JavaScript number holds exactly."""


def column(one: Column, table: Table, context: Context) -> Call:
    """The builder of a column's type, with what belongs to its values: arrays, generation, NOT NULL, default."""
    data_type, dimensions = _element(one.type)
    builder = _builder(one, data_type, table, context)
    for _ in range(dimensions):
        builder = builder.then("array")
    if one.generated is not None:
        builder = builder.then("generatedAlwaysAs", context.sql(one.generated.expression))
        if not one.generated.stored:
            context.notes.add(
                f"{table.label}.{one.name}", "a virtual generated column", "a stored one: pg-core has no other"
            )
    if one.identity is not None and one.identity.mode in {"always", "by_default"}:
        builder = _identity(builder, one.identity)
    return builder


def _element(data_type: DataType) -> tuple[DataType, int]:
    dimensions = 0
    while data_type.kind is Kind.ARRAY and data_type.element is not None and dimensions < 8:
        data_type, dimensions = data_type.element, dimensions + 1
    return data_type, dimensions


def _builder(one: Column, data_type: DataType, table: Table, context: Context) -> Call:
    key = context.key(table, one.name)
    name: list[Node] = [] if key == one.name else [Str(one.name)]
    if _is_serial(one) and one.type.native in _SERIALS:
        config = [Obj([("mode", Str("number"))])] if one.type.native == "bigint" else []
        return Call(context.use(_SERIALS[one.type.native]), [*name, *config])
    if (
        data_type.name is not None
        and (enum := context.enums.get(str(data_type.name))) is not None
        and data_type.kind is Kind.ENUM
    ):
        return Call(enum, name)
    return typed(data_type, name, f"{table.label}.{one.name}", context)


def typed(data_type: DataType, name: list[Node], where: str, context: Context) -> Call:
    """The builder of a type."""
    native = data_type.native
    if native in _PLAIN:
        return Call(context.use(_PLAIN[native]), name)
    if native == "bigint":
        return Call(context.use("bigint"), [*name, Obj([("mode", Str("number"))])])
    config = _configured(native)
    if config is not None:
        function, entries = config
        return Call(context.use(function), [*name, *([Obj(entries)] if entries else [])])
    return Call(context.custom_type(_for_kit(data_type, where, context), _typescript(data_type)), name)


def _configured(native: str) -> tuple[str, list[tuple[str, Node]]] | None:
    if match := _SIZED.match(native):
        function, argument = _SIZED_BUILDERS[match[1]]
        return function, [(argument, Raw(match[2]))]
    if match := _NUMERIC.match(native):
        scale = [("scale", Raw(match[2]))] if match[2] is not None else []
        return "numeric", [("precision", Raw(match[1])), *scale]
    if match := _MOMENT.match(native):
        entries: list[tuple[str, Node]] = [("precision", Raw(match[2]))] if match[2] else []
        return match[1], [*entries, *([("withTimezone", Raw("true"))] if match[3] == "with" else [])]
    if match := _INTERVAL.match(native):
        fields: list[tuple[str, Node]] = [("fields", Str(match[1]))] if match[1] else []
        return "interval", [*fields, *([("precision", Raw(match[2]))] if match[2] else [])]
    return None


def _for_kit(data_type: DataType, where: str, context: Context) -> str:
    """A type's name as drizzle-kit's quoting leaves it right."""
    native = data_type.native
    if native.startswith(_NATIVE_BEGINNINGS):
        return native
    if data_type.name is not None and data_type.name.namespace:
        return f'{data_type.name.namespace}"."{data_type.name.name}'
    if data_type.name is not None and native.strip('"').replace('""', '"') == data_type.name.name:
        return data_type.name.name
    if not re.fullmatch(r"[a-z_][a-z0-9_]*", native):
        lost = f"the type {native}: drizzle-kit quotes it whole, as the name of a type"
        context.notes.add(where, lost, "a customType; mend the quotes in the migration that drizzle-kit generates")
    return native


def _typescript(data_type: DataType) -> str:
    if data_type.kind in BINARIES:
        return "Uint8Array"
    return "number" if data_type.kind in NUMBERS - {Kind.MONEY, Kind.DECIMAL, Kind.INT64} else "string"


def _is_serial(one: Column) -> bool:
    identity = one.identity
    plain = identity is not None and identity.mode == "serial" and identity.options == SequenceOptions()
    return plain and identity is not None and identity.sequence_name is None


def _identity(builder: Call, identity: Identity) -> Call:
    method = "generatedAlwaysAsIdentity" if identity.mode == "always" else "generatedByDefaultAsIdentity"
    entries: list[tuple[str, Node]] = [("name", Str(identity.sequence_name))] if identity.sequence_name else []
    entries += sequence_entries(identity.options)
    return builder.then(method, Obj(entries)) if entries else builder.then(method)


def sequence_entries(options: SequenceOptions) -> list[tuple[str, Node]]:
    """What a sequence counts by, as `pgSequence` and identities take it; numbers beyond JavaScript's as texts."""
    values = {
        "startWith": options.start,
        "increment": options.increment,
        "minValue": options.minimum,
        "maxValue": options.maximum,
        "cache": options.cache,
    }
    found: list[tuple[str, Node]] = [
        (name, Raw(str(value)) if abs(value) <= SAFE else Str(str(value)))
        for name, value in values.items()
        if value is not None
    ]
    return [*found, ("cycle", Raw("true"))] if options.cycle else found


_LITERAL = re.compile(r"('(?:[^'\\]|'')*')(?:::[\w\s\".]+(?:\(\d+(?:,\s*\d+)?\))?(\[\])?)?\Z")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?\Z")


def with_default(builder: Call, one: Column, table: Table, context: Context) -> Call:
    """The builder with the column's default: as a value where that says the same to the server, else as SQL."""
    if _is_unsaid_serial(one):
        name = (
            one.identity.sequence_name
            if one.identity and one.identity.sequence_name
            else f"{table.name}_{one.name}_seq"
        )
        sequence = f'"{table.namespace}"."{name}"' if table.namespace else f'"{name}"'
        text = f"nextval('{sequence}'::regclass)".replace('"', "" if name.islower() else '"')
        context.notes.add(
            f"{table.label}.{one.name}",
            "a serial column whose sequence counts in a way of its own",
            "a default that reads the sequence",
        )
        return builder.then("default", context.sql(text))
    if one.default is None:
        return builder
    if one.default == "now()" and one.type.kind in {
        Kind.DATE,
        Kind.TIMESTAMP,
        Kind.TIMESTAMPTZ,
        Kind.TIME,
        Kind.TIMETZ,
    }:
        return builder.then("defaultNow")
    if one.default == "gen_random_uuid()" and one.type.kind is Kind.UUID:
        return builder.then("defaultRandom")
    valued = _VALUES.get(one.type.kind)
    value = valued(one.default, one, context) if valued is not None else None
    return builder.then("default", value if value is not None else context.sql(one.default))


def _is_unsaid_serial(one: Column) -> bool:
    return (
        one.identity is not None
        and one.identity.mode == "serial"
        and not (_is_serial(one) and one.type.native in _SERIALS)
    )


def _text(text: str) -> str | None:
    match = _LITERAL.match(text)
    return match[1][1:-1].replace("''", "'") if match and not match[2] else None


def _string(text: str, _one: Column, _context: Context) -> Node | None:
    value = _text(text)
    return None if value is None else Str(value)


def _enum(text: str, one: Column, context: Context) -> Node | None:
    value = _text(text)
    enum = context.schema.enum_by_label.get(str(one.type.name))
    return Str(value) if value is not None and enum is not None and value in enum.values else None


def _boolean(text: str, _one: Column, _context: Context) -> Node | None:
    return Raw(text.lower()) if text.lower() in {"true", "false"} else None


def _integer(text: str, _one: Column, _context: Context) -> Node | None:
    return Raw(text) if re.fullmatch(r"-?\d{1,15}", text) and str(int(text)) == text else None


def _float(text: str, _one: Column, _context: Context) -> Node | None:
    return Raw(text) if _NUMBER.match(text) and len(text) < 15 and repr(float(text)) in {text, f"{text}.0"} else None


def _document(text: str, one: Column, _context: Context) -> Node | None:
    value = _text(text)
    if value is None or "'" in value or not text.endswith(f"::{one.type.native}"):
        return None
    try:
        found = json.loads(value)
    except (ValueError, RecursionError):
        return None
    is_same = one.type.kind is Kind.JSONB or json.dumps(found, separators=(",", ":"), ensure_ascii=False) == value
    return literal(found) if is_same and isinstance(found, dict | list) else None


def _array(text: str, _one: Column, _context: Context) -> Node | None:
    return Raw("[]") if re.match(r"'\{\}'::", text) else None


_VALUES: Mapping[Kind, Callable[[str, Column, Context], Node | None]] = {
    Kind.TEXT: _string,
    Kind.VARCHAR: _string,
    Kind.CHAR: _string,
    Kind.CITEXT: _string,
    Kind.ENUM: _enum,
    Kind.BOOLEAN: _boolean,
    Kind.INT16: _integer,
    Kind.INT32: _integer,
    Kind.INT64: _integer,
    Kind.FLOAT32: _float,
    Kind.FLOAT64: _float,
    Kind.JSON: _document,
    Kind.JSONB: _document,
    Kind.ARRAY: _array,
}
