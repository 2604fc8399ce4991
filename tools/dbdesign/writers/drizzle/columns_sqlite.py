"""Columns of SQLite as builders of `drizzle-orm/sqlite-core`."""

from __future__ import annotations

import re

from dbdesign.model.schema import Column, Table
from dbdesign.model.types import BINARIES, NUMBERS, DataType, Kind
from dbdesign.writers.drizzle.context import Context
from dbdesign.writers.javascript.syntax import Call, Node, Obj, Raw, Str

_PLAIN = {"INTEGER": "integer", "TEXT": "text", "REAL": "real", "NUMERIC": "numeric"}
_SIZED_TEXT = re.compile(r"TEXT\((\d+)\)\Z")
_BARE_DEFAULT = re.compile(
    r"(?:CURRENT_(?:TIMESTAMP|DATE|TIME)|NULL|TRUE|FALSE|-?\d+(?:\.\d+)?|'(?:[^']|'')*'|x'[0-9a-f]*')\Z", re.IGNORECASE
)
_STRING = re.compile(r"'((?:[^']|'')*)'\Z")


def column(one: Column, table: Table, context: Context) -> Call:
    """The builder of a column's type, with generation."""
    key = context.key(table, one.name)
    builder = typed(one.type, [] if key == one.name else [Str(one.name)], f"{table.label}.{one.name}", context)
    if one.generated is not None:
        mode = Obj([("mode", Str("stored" if one.generated.stored else "virtual"))])
        builder = builder.then("generatedAlwaysAs", context.sql(one.generated.expression), mode)
    return builder


def typed(data_type: DataType, name: list[Node], _where: str, context: Context) -> Call:
    """The builder of a type; a declared type that is not one of the five affinities' names is kept as it is spelled."""
    native = data_type.native.upper()
    if native in _PLAIN:
        return Call(context.use(_PLAIN[native]), name)
    if native == "BLOB":
        return Call(context.use("blob"), [*name, Obj([("mode", Str("buffer"))])])
    if match := _SIZED_TEXT.match(native):
        return Call(context.use("text"), [*name, Obj([("length", Raw(match[1]))])])
    data = (
        "Uint8Array"
        if data_type.kind in BINARIES
        else "number"
        if data_type.kind in NUMBERS | {Kind.BOOLEAN}
        else "string"
    )
    return Call(context.custom_type(data_type.native, data), name)


def with_default(builder: Call, one: Column, _table: Table, context: Context) -> Call:
    """The builder with the column's default."""
    text = one.default
    if text is None:
        return builder
    if one.type.native.upper() == "TEXT" and (match := _STRING.match(text)):
        return builder.then("default", Str(match[1].replace("''", "'")))
    if one.type.native.upper() in {"INTEGER", "REAL"} and re.fullmatch(r"-?\d{1,15}", text) and str(int(text)) == text:
        return builder.then("default", Raw(text))
    return builder.then("default", context.sql(text if _BARE_DEFAULT.match(text) else f"({text})"))
