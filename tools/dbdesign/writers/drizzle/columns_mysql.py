"""Columns of MySQL (and TiDB) as builders of `drizzle-orm/mysql-core`."""

from __future__ import annotations

import re

from dbdesign.model.schema import Column, Table
from dbdesign.model.types import BINARIES, INTEGERS, DataType, Kind
from dbdesign.writers.drizzle.context import Context
from dbdesign.writers.javascript.syntax import Arr, Call, Node, Obj, Raw, Str

_INTEGERS = {
    Kind.INT8: "tinyint",
    Kind.INT16: "smallint",
    Kind.INT24: "mediumint",
    Kind.INT32: "int",
    Kind.INT64: "bigint",
}
_PLAIN = {
    "date": "date",
    "json": "json",
    "text": "text",
    "tinytext": "tinytext",
    "mediumtext": "mediumtext",
    "longtext": "longtext",
    "year": "year",
}
_SIZED = re.compile(r"(char|varchar|binary|varbinary)\((\d+)\)\Z")
_NUMBER = re.compile(r"(decimal|double|float)(?:\((\d+)(?:,\s*(\d+))?\))?( unsigned)?\Z")
_MOMENT = re.compile(r"(timestamp|datetime|time)(?:\((\d)\))?\Z")
_BARE_DEFAULT = re.compile(
    r"(?:CURRENT_TIMESTAMP(?:\(\d?\))?|NULL|TRUE|FALSE|-?\d+(?:\.\d+)?|'(?:[^'\\]|''|\\.)*'|[bx]'[0-9a-f]*')\Z",
    re.IGNORECASE,
)
_STRING = re.compile(r"'((?:[^'\\]|'')*)'\Z")


def column(one: Column, table: Table, context: Context) -> Call:
    """The builder of a column's type, with AUTO_INCREMENT, generation and ON UPDATE."""
    key = context.key(table, one.name)
    name: list[Node] = [] if key == one.name else [Str(one.name)]
    builder = typed(one.type, name, f"{table.label}.{one.name}", context)
    if one.identity is not None:
        builder = builder.then("autoincrement")
        if one.identity.mode == "auto_random":
            context.notes.add(f"{table.label}.{one.name}", "AUTO_RANDOM", "AUTO_INCREMENT, which mysql-core has")
    if one.generated is not None:
        mode = Obj([("mode", Str("stored" if one.generated.stored else "virtual"))])
        builder = builder.then("generatedAlwaysAs", context.sql(one.generated.expression), mode)
    if one.on_update is not None:
        builder = _on_update(builder, one, table, context)
    return builder


def _on_update(builder: Call, one: Column, table: Table, context: Context) -> Call:
    where = f"{table.label}.{one.name}"
    if one.type.kind not in {Kind.TIMESTAMP, Kind.TIMESTAMPTZ} or re.search(r"\([1-6]\)", one.on_update or ""):
        context.notes.add(where, f"ON UPDATE {one.on_update}", "set it in the statement, or by $onUpdate()")
        return builder
    return builder.then("onUpdateNow")


def typed(data_type: DataType, name: list[Node], _where: str, context: Context) -> Call:
    """The builder of a type."""
    native = data_type.native.lower()
    if native in {"tinyint(1)", "boolean"}:
        return Call(context.use("boolean"), name)
    if native in _PLAIN:
        return Call(context.use(_PLAIN[native]), name)
    if data_type.kind is Kind.ENUM and data_type.values:
        return Call(context.use("mysqlEnum"), [*name, Arr([Str(one) for one in data_type.values])])
    if data_type.kind in INTEGERS and re.fullmatch(r"[a-z]+(?:\(\d+\))?( unsigned)?", native):
        entries = [("mode", Str("number"))] if data_type.kind is Kind.INT64 else []
        return _call(_INTEGERS[data_type.kind], name, [*entries, *_unsigned(data_type.unsigned)], context)
    if match := _SIZED.match(native):
        return _call(match[1], name, [("length", Raw(match[2]))], context)
    if match := _NUMBER.match(native):
        precision = [("precision", Raw(match[2]))] if match[2] else []
        scale = [("scale", Raw(match[3]))] if match[3] else []
        return _call(match[1], name, [*precision, *scale, *_unsigned(bool(match[4]))], context)
    if match := _MOMENT.match(native):
        return _call(match[1], name, [("fsp", Raw(match[2]))] if match[2] and match[2] != "0" else [], context)
    data = "Uint8Array" if data_type.kind in BINARIES | {Kind.BIT} else "string"
    return Call(context.custom_type(data_type.native, data), name)


def _unsigned(unsigned: bool) -> list[tuple[str, Node]]:
    return [("unsigned", Raw("true"))] if unsigned else []


def _call(function: str, name: list[Node], entries: list[tuple[str, Node]], context: Context) -> Call:
    return Call(context.use(function), [*name, *([Obj(entries)] if entries else [])])


def with_default(builder: Call, one: Column, _table: Table, context: Context) -> Call:
    """The builder with the column's default."""
    text = one.default
    if text is None:
        return builder
    if one.type.kind in {Kind.CHAR, Kind.VARCHAR, Kind.ENUM} and (match := _STRING.match(text)):
        value = match[1].replace("''", "'")
        if one.type.kind is not Kind.ENUM or value in one.type.values:
            return builder.then("default", Str(value))
    if one.type.native.lower() in {"tinyint(1)", "boolean"} and text.lower() in {"0", "1", "true", "false"}:
        return builder.then("default", Raw("true" if text.lower() in {"1", "true"} else "false"))
    if one.type.kind in INTEGERS and re.fullmatch(r"-?\d{1,15}", text) and str(int(text)) == text:
        return builder.then("default", Raw(text))
    return builder.then("default", context.sql(text if _BARE_DEFAULT.match(text) else f"({text})"))
