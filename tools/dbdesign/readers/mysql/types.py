"""Parses column types of MySQL, MariaDB and TiDB into canonical native spelling and logical kind."""

from __future__ import annotations

import re
from dataclasses import dataclass

from dbdesign.dialects.mysql import NATIVE_KINDS, SYNONYMS
from dbdesign.model.types import DataType, Kind, TypeName
from dbdesign.readers.tokens import TokenStream

CONTINUES = {
    "DOUBLE": {"PRECISION"},
    "NATIONAL": {"CHAR", "CHARACTER", "VARCHAR"},
    "NATIONAL CHAR": {"VARYING"},
    "NATIONAL CHARACTER": {"VARYING"},
    "CHAR": {"VARYING", "BYTE"},
    "CHARACTER": {"VARYING"},
    "NCHAR": {"VARCHAR", "VARYING"},
    "LONG": {"VARCHAR", "VARBINARY", "CHAR", "CHARACTER"},
    "LONG CHAR": {"VARYING"},
    "LONG CHARACTER": {"VARYING"},
}
"""Type names of several words: what may follow."""

ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "0": "\0", "b": "\b", "Z": "\x1a"}
"""Escape sequences of string literals (string-literals); a backslash before anything else stands for that."""


@dataclass
class TypeClause:
    """A type with what MySQL lets one write right after it."""

    type: DataType
    charset: str | None = None
    collation: str | None = None
    serial: bool = False


def string_value(text: str) -> str:
    """The value of a string literal as written, of either quotation mark."""
    mark = text[-1]
    inner = text[text.index(mark) + 1 : -1].replace(mark * 2, mark)
    if "\\" not in inner:
        return inner
    return re.sub(r"\\(.)", lambda match: ESCAPES.get(match[1], match[1]), inner, flags=re.DOTALL)


def literal(value: str) -> str:
    """A string as a MySQL literal."""
    return "'" + value.replace("\\", "\\\\").replace("'", "''").replace("\n", "\\n") + "'"


def parse_type(stream: TokenStream) -> TypeClause:
    """Parses a type and its attributes (UNSIGNED, CHARACTER SET …). Raises `SqlError` where no type stands."""
    words = _type_words(stream)
    name = SYNONYMS.get(words.lower(), words.lower())
    arguments = _arguments(stream)
    clause = TypeClause(_base_type(name, arguments))
    if words.startswith(("NATIONAL", "NCHAR", "NVARCHAR")):
        clause.charset = "utf8mb3"
    if name == "serial":
        clause = TypeClause(DataType(kind=Kind.INT64, native="bigint unsigned", unsigned=True), serial=True)
    _attributes(stream, clause)
    return clause


def _type_words(stream: TokenStream) -> str:
    if stream.token.kind != "word":
        raise stream.error("expected a type")
    words = stream.next().upper
    while stream.token.upper in CONTINUES.get(words, ()):
        words = f"{words} {stream.next().upper}"
    return words


def _arguments(stream: TokenStream) -> list[str]:
    if not stream.at("("):
        return []
    first, closing = stream.skip_parentheses()
    return [token.text for token in stream.tokens[first:closing] if token.upper != ","]


def _base_type(name: str, arguments: list[str]) -> DataType:
    kind = NATIVE_KINDS.get(name.split("(")[0], Kind.OTHER)
    if kind in {Kind.ENUM, Kind.SET}:
        values = tuple(string_value(argument) for argument in arguments)
        return DataType(kind=kind, native=f"{name}({','.join(literal(value) for value in values)})", values=values)
    numbers = [int(argument) for argument in arguments if argument.isdigit()]
    native = f"{name}({','.join(arguments)})" if arguments else name
    if native == "tinyint(1)":
        return DataType(kind=Kind.BOOLEAN, native=native)
    if kind is Kind.FLOAT32 and len(numbers) == 1:
        kind, native = (Kind.FLOAT64, "double") if numbers[0] > 24 else (kind, "float")
    if kind is Kind.OTHER:
        return DataType(kind=kind, native=native, name=TypeName(name=name))
    return DataType.model_validate({"kind": kind, "native": native, **_sizes(kind, numbers)})


def _sizes(kind: Kind, numbers: list[int]) -> dict[str, int]:
    """Length, precision and scale with MySQL's defaults where they are not said."""
    first = numbers[0] if numbers else None
    if kind is Kind.DECIMAL:
        return {"precision": 10 if first is None else first, "scale": numbers[1] if len(numbers) > 1 else 0}
    if kind in {Kind.TIME, Kind.TIMESTAMP, Kind.TIMESTAMPTZ}:
        return {"precision": first or 0}
    if kind in {Kind.CHAR, Kind.BINARY, Kind.BIT}:
        return {"length": 1 if first is None else first}
    if kind in {Kind.VARCHAR, Kind.VARBINARY, Kind.VECTOR} and first is not None:
        return {"length": first}
    return {}


def _attributes(stream: TokenStream, clause: TypeClause) -> None:
    while True:
        if word := stream.accept_any("UNSIGNED", "SIGNED", "ZEROFILL"):
            _sign(clause, word)
        elif charset := parse_charset(stream):
            clause.charset = charset
        elif stream.accept("COLLATE"):
            clause.collation = stream.name().lower() if stream.is_name() else string_value(stream.next().text)
        elif stream.accept("BINARY"):
            clause.collation = "binary" if clause.charset == "binary" else f"{clause.charset or ''}_bin"
        elif stream.accept("ASCII"):
            clause.charset = "latin1"
        elif stream.accept("UNICODE"):
            clause.charset = "ucs2"
        else:
            return


def _sign(clause: TypeClause, word: str) -> None:
    old = clause.type
    native = old.native
    if word == "ZEROFILL":
        native = f"{native if old.unsigned else native + ' unsigned'} zerofill"
    elif word == "UNSIGNED" and not old.unsigned:
        native = f"{native} unsigned"
    kind = Kind.INT8 if old.kind is Kind.BOOLEAN else old.kind
    clause.type = old.model_copy(
        update={
            "native": native,
            "unsigned": word != "SIGNED" or old.unsigned,
            "kind": kind if word != "SIGNED" else old.kind,
        }
    )


def parse_charset(stream: TokenStream) -> str | None:
    """The character set, where `CHARACTER SET`, `CHARSET` or `CHAR SET` comes next."""
    if not (stream.accept("CHARACTER", "SET") or stream.accept("CHARSET") or stream.accept("CHAR", "SET")):
        return None
    stream.accept("=")
    name = stream.name() if stream.is_name() else string_value(stream.next().text)
    return "utf8mb3" if name.lower() == "utf8" else name.lower()
