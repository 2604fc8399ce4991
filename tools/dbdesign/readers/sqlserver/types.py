"""Data types of T-SQL: from tokens to `DataType`."""

from __future__ import annotations

from dbdesign.dialects.sqlserver import DIALECT, NATIVE_KINDS, SYNONYMS
from dbdesign.model.types import DataType, Kind, TypeName
from dbdesign.readers.tokens import TokenStream

PHRASES = tuple(sorted((tuple(name.upper().split()) for name in SYNONYMS if " " in name), key=len, reverse=True))
PHRASE_STARTS = frozenset(phrase[0] for phrase in PHRASES)
NATIONAL = frozenset({"nchar", "nvarchar", "ntext", "sysname"})
SIZED_BY_LENGTH = frozenset({"char", "nchar", "varchar", "nvarchar", "binary", "varbinary"})
SIZED_BY_PRECISION = frozenset({"time", "datetime2", "datetimeoffset"})
FIXED_PRECISION = {"datetime": 3, "smalldatetime": 0}
UNLIMITED = {"varchar": Kind.TEXT, "nvarchar": Kind.TEXT, "varbinary": Kind.BLOB}
DEFAULT_DECIMAL = (18, 0)
"""Precision and scale where none is said (decimal and numeric)."""


def data_type(stream: TokenStream) -> DataType:
    """The type at the position; moves past it."""
    if stream.token.upper in PHRASE_STARTS:
        for phrase in PHRASES:
            if stream.accept(*phrase):
                return _native(SYNONYMS[" ".join(phrase).lower()], _arguments(stream))
    parts = stream.dotted()
    *qualifiers, last = parts
    name = last.lower()
    is_system = not qualifiers or qualifiers[-1].lower() == "sys"
    name = SYNONYMS.get(name, name)
    if is_system and name in NATIVE_KINDS:
        return _native(name, _arguments(stream))
    _arguments(stream)
    return user_type(parts)


def user_type(parts: tuple[str, ...]) -> DataType:
    """A type that the schema defines: an alias type, or one of the CLR."""
    *qualifiers, last = parts
    namespace = qualifiers[-1] if qualifiers and qualifiers[-1].lower() != "dbo" else None
    name = TypeName(namespace=namespace, name=last)
    return DataType(kind=Kind.DOMAIN, native=DIALECT.qualified(namespace, last), name=name)


def _arguments(stream: TokenStream) -> tuple[str, ...]:
    if not stream.at("("):
        return ()
    inside = stream.parenthesised()
    return tuple(part.strip().lower() for part in inside.split(","))


def _native(name: str, arguments: tuple[str, ...]) -> DataType:
    kind = NATIVE_KINDS[name]
    spelling = f"{name}({', '.join(arguments)})" if arguments else name
    if arguments == ("max",):
        return DataType(kind=UNLIMITED.get(name, kind), native=spelling, national=name in NATIONAL)
    numbers = [int(one) for one in arguments if one.isdigit()]
    if name in SIZED_BY_LENGTH:
        return DataType(kind=kind, native=spelling, length=numbers[0] if numbers else 1, national=name in NATIONAL)
    if name in SIZED_BY_PRECISION:
        return DataType(kind=kind, native=spelling, precision=numbers[0] if numbers else None)
    if name in FIXED_PRECISION:
        return DataType(kind=kind, native=spelling, precision=FIXED_PRECISION[name])
    if kind is Kind.DECIMAL:
        precision = numbers[0] if numbers else DEFAULT_DECIMAL[0]
        return DataType(kind=kind, native=spelling, precision=precision, scale=numbers[1] if len(numbers) > 1 else 0)
    if name == "float" and numbers and numbers[0] <= 24:
        return DataType(kind=Kind.FLOAT32, native=spelling)
    if name == "sysname":
        return DataType(kind=kind, native=name, length=128, national=True)
    if name == "tinyint":
        return DataType(kind=kind, native=name, unsigned=True)
    if name == "vector" and numbers:
        return DataType(kind=kind, native=spelling, length=numbers[0])
    return DataType(kind=kind, native=spelling, national=name in NATIONAL)
