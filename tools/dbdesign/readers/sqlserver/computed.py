"""The type of a computed column, which T-SQL does not say: from its expression and the columns that it reads."""

from __future__ import annotations

import re
from collections.abc import Mapping

from dbdesign.model.schema import Column
from dbdesign.model.types import DataType, Kind
from dbdesign.readers.sqlserver.batches import LEXER
from dbdesign.readers.sqlserver.types import data_type
from dbdesign.readers.tokens import Lines, Token, TokenStream, unquoted

INTEGER_FUNCTIONS = frozenset(
    {
        "LEN",
        "DATEDIFF",
        "DATEPART",
        "YEAR",
        "MONTH",
        "DAY",
        "CHARINDEX",
        "DATALENGTH",
        "CHECKSUM",
        "ISJSON",
        "SIGN",
        "ASCII",
    }
)
TEXT_FUNCTIONS = frozenset(
    {"CONCAT", "UPPER", "LOWER", "LEFT", "RIGHT", "SUBSTRING", "LTRIM", "RTRIM", "TRIM", "REPLACE", "FORMAT", "STR", "CONCAT_WS",
     "JSON_VALUE", "STUFF", "REVERSE", "SPACE", "CHAR", "NCHAR", "DATENAME"}
)  # fmt: skip
RANKS = (
    Kind.FLOAT64,
    Kind.FLOAT32,
    Kind.MONEY,
    Kind.DECIMAL,
    Kind.INT64,
    Kind.INT32,
    Kind.INT16,
    Kind.INT8,
    Kind.BOOLEAN,
)
"""Higher precedence first (Data type precedence (Transact-SQL))."""
TEXTS = frozenset({Kind.CHAR, Kind.VARCHAR, Kind.TEXT})
UNKNOWN = DataType(kind=Kind.OTHER, native="")
INTEGER = DataType(kind=Kind.INT32, native="int")


def computed_type(expression: str, columns: Mapping[str, Column]) -> DataType:
    """The nearest that can be told; `Kind.OTHER` with an empty spelling where nothing can."""
    tokens = list(LEXER.tokens(expression))
    if converted := _converted(expression, tokens):
        return converted
    first = tokens[0].upper if tokens else ""
    if first in INTEGER_FUNCTIONS:
        return INTEGER
    if first in TEXT_FUNCTIONS:
        return _text(expression, columns, tokens)
    if first == "CASE":
        return _of_case(expression, tokens)
    read = [column for token in tokens if (column := columns.get(_name(token))) is not None]
    if any(token.kind == "string" for token in tokens) or any(column.type.kind in TEXTS for column in read):
        return _text(expression, columns, tokens)
    numbers = [column.type for column in read if column.type.kind in RANKS]
    if numbers and len(numbers) == len(read):
        return min(numbers, key=lambda one: RANKS.index(one.kind))
    return read[0].type if len(read) == 1 and len(tokens) == 1 else UNKNOWN


def _name(token: Token) -> str:
    return unquoted(token).lower() if token.kind in {"word", "quoted"} else ""


def _converted(expression: str, tokens: list[Token]) -> DataType | None:
    """`CONVERT(type, …)` and `CAST(… AS type)` around the whole."""
    stream = TokenStream(expression, tokens, Lines(expression))
    if not (stream.at("CONVERT", "(") or stream.at("CAST", "(") or stream.at("TRY_CONVERT", "(")):
        return None
    is_cast = stream.next().upper == "CAST"
    first, closing = stream.skip_parentheses()
    if not stream.ended:
        return None
    stream.index = first
    if is_cast:
        depth_as = [i for i in range(first, closing) if tokens[i].upper == "AS"]
        if not depth_as:
            return None
        stream.index = depth_as[-1] + 1
    return data_type(stream)


def _text(expression: str, columns: Mapping[str, Column], tokens: list[Token]) -> DataType:
    read = [column.type for token in tokens if (column := columns.get(_name(token))) is not None]
    national = any(one.national for one in read) or re.search(r"\bN'", expression) is not None
    lengths = [one.length for one in read if one.kind in TEXTS]
    if lengths and all(lengths):
        literals = sum(len(token.text) for token in tokens if token.kind == "string")
        total = min(sum(one or 0 for one in lengths) + literals, 4000 if national else 8000)
        kind, size = Kind.VARCHAR, total
        return DataType(kind=kind, native=f"{'n' if national else ''}varchar({size})", length=size, national=national)
    return DataType(kind=Kind.TEXT, native=f"{'n' if national else ''}varchar(max)", national=national)


def _of_case(expression: str, tokens: list[Token]) -> DataType:
    results = [tokens[i + 1] for i in range(len(tokens) - 1) if tokens[i].upper in {"THEN", "ELSE"}]
    if results and all(one.kind == "number" and one.text.isdigit() for one in results):
        return INTEGER
    if results and all(one.kind == "string" for one in results):
        return _text(expression, {}, tokens)
    return UNKNOWN
