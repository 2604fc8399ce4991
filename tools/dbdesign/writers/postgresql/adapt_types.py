"""Types of other engines as PostgreSQL's, from their kind."""

from __future__ import annotations

from dbdesign.dialects.postgresql import EXTENSION_BY_KIND, NATIVE_BY_KIND
from dbdesign.model.schema import EnumType
from dbdesign.model.types import DataType, Kind, TypeName
from dbdesign.writers.postgresql.notes import Notes
from dbdesign.writers.postgresql.spelling import literal, type_identifier

# An unsigned integer needs the next wider type (chapter 8.1).
WIDER = {
    Kind.INT8: ("smallint", Kind.INT16),
    Kind.INT16: ("integer", Kind.INT32),
    Kind.INT24: ("integer", Kind.INT32),
    Kind.INT32: ("bigint", Kind.INT64),
    Kind.INT64: ("numeric(20,0)", Kind.DECIMAL),
}
BITS = {Kind.INT8: 8, Kind.INT16: 16, Kind.INT24: 24, Kind.INT32: 32}
SIGNED = {Kind.INT8: Kind.INT16, Kind.INT24: Kind.INT32}
MOST_DIGITS = 6
"""Fractional digits of seconds that times keep, chapter 8.5."""
LONGEST_LABEL = 63
"""Bytes of an enumeration's value, chapter 8.7."""
MOST_CHARACTERS = 10_485_760
"""Of character varying(n), chapter 8.3."""
_SUFFIX = {
    Kind.TIME: " without time zone",
    Kind.TIMETZ: " with time zone",
    Kind.TIMESTAMP: " without time zone",
    Kind.TIMESTAMPTZ: " with time zone",
}
_STEM = {Kind.TIME: "time", Kind.TIMETZ: "time", Kind.TIMESTAMP: "timestamp", Kind.TIMESTAMPTZ: "timestamp"}
_INSTEAD = {
    Kind.ROWVERSION: (
        "rowversion, which the engine fills at every change",
        "bytea that nothing fills; the system column xmin changes with every update",
    ),
    Kind.HIERARCHYID: ("hierarchyid with its methods", "text; the extension ltree has paths"),
    Kind.VARIANT: ("sql_variant, which knows each value's type", "text"),
    Kind.INT8: ("one-byte integers", None),
}


class TypeMapper:
    """Maps the types of one schema, and makes the enumerations that inline ones need.

    Args:
        digits: fractional digits of seconds that the source keeps where a type says nothing; None for as many as PostgreSQL.
    """

    def __init__(self, notes: Notes, taken: set[str], digits: int | None = None) -> None:
        self._notes = notes
        self._digits = digits
        self._taken = taken
        self.enums: list[EnumType] = []
        self.extensions: dict[str, None] = {}

    def map(self, data_type: DataType, target: str, table: str, column: str, *, numbered: bool = False) -> DataType:
        """The type in PostgreSQL.

        Args:
            target: how notes name the column.
            numbered: whether the engine numbers the column, so that it must be a signed integer.
        """
        kind = data_type.kind
        if kind in EXTENSION_BY_KIND:
            self.extensions[EXTENSION_BY_KIND[kind]] = None
        if kind is Kind.ENUM and data_type.values:
            return self._enum(data_type, target, table, column)
        if kind is Kind.SET:
            self._notes.add(target, "SET, a set of given words", "text[] with a CHECK of its members")
            return DataType(kind=Kind.ARRAY, native="text[]", element=DataType(kind=Kind.TEXT, native="text"))
        if kind is Kind.ARRAY and data_type.element:
            element = self.map(data_type.element, target, table, column)
            return DataType(kind=Kind.ARRAY, native=f"{element.native}[]", element=element)
        if data_type.is_integer or kind is Kind.DECIMAL:
            return self._number(data_type, numbered=numbered)
        if kind in _STEM or kind is Kind.INTERVAL:
            return self._time(data_type, target)
        return self._other(data_type, target)

    def _number(self, data_type: DataType, *, numbered: bool) -> DataType:
        kind = data_type.kind
        if kind is Kind.DECIMAL:
            if numbered:
                return DataType(kind=Kind.INT64, native="bigint")
            return _decimal(data_type.precision, data_type.scale)
        if data_type.unsigned and not (numbered and kind is Kind.INT64):
            native, wider = WIDER[kind]
            return _decimal(20, 0) if wider is Kind.DECIMAL else DataType(kind=wider, native=native)
        return DataType(kind=SIGNED.get(kind, kind), native=NATIVE_BY_KIND[kind])

    def _time(self, data_type: DataType, target: str) -> DataType:
        digits = self._digits if data_type.precision is None else data_type.precision
        if digits is not None and digits > MOST_DIGITS:
            self._notes.add(target, f"{digits} fractional digits of seconds", f"{MOST_DIGITS} digits")
            digits = MOST_DIGITS
        if data_type.kind is Kind.INTERVAL:
            return DataType(kind=Kind.INTERVAL, native="interval")
        shown = f"({digits})" if digits is not None and digits != MOST_DIGITS else ""
        native = f"{_STEM[data_type.kind]}{shown}{_SUFFIX[data_type.kind]}"
        return DataType(kind=data_type.kind, native=native, precision=digits if shown else None)

    def _enum(self, data_type: DataType, target: str, table: str, column: str) -> DataType:
        if any(len(value.encode()) > LONGEST_LABEL for value in data_type.values):
            self._notes.add(
                target, f"an enumeration with values over {LONGEST_LABEL} bytes", "text with a CHECK of its values"
            )
            return DataType(kind=Kind.TEXT, native="text")
        values = tuple(dict.fromkeys(data_type.values))
        known = next((one for one in self.enums if one.values == values and one.name.endswith(column)), None)
        if known is None:
            name = f"{table}_{column}"[:LONGEST_LABEL]
            while name in self._taken:
                name = f"{name[: LONGEST_LABEL - 5]}_enum"
            self._taken.add(name)
            known = EnumType(name=name, values=values)
            self.enums.append(known)
        return DataType(kind=Kind.ENUM, native=type_identifier(None, known.name), name=TypeName(name=known.name))

    def _other(self, data_type: DataType, target: str) -> DataType:
        kind, length = data_type.kind, data_type.length
        if kind in _INSTEAD:
            lost, instead = _INSTEAD[kind]
            self._notes.add(target, lost, instead)
        if kind in {Kind.ENUM, Kind.DOMAIN, Kind.COMPOSITE} and data_type.name:
            return data_type.model_copy(
                update={"native": type_identifier(data_type.name.namespace, data_type.name.name)}
            )
        if kind is Kind.MONEY:
            small = data_type.native == "smallmoney"
            return _decimal(10 if small else 19, 4)
        if kind in {Kind.CHAR, Kind.VARCHAR, Kind.BIT, Kind.VARBIT}:
            return _sized(kind, length)
        if kind is Kind.VECTOR:
            return DataType(kind=kind, native=f"vector({length})" if length else "vector", length=length)
        if kind in NATIVE_BY_KIND:
            kept = Kind.JSONB if kind is Kind.JSON else Kind.BLOB if NATIVE_BY_KIND[kind] == "bytea" else kind
            return DataType(kind=Kind.INT16 if kind is Kind.YEAR else kept, native=NATIVE_BY_KIND[kind])
        self._notes.add(target, f"the type {data_type.native}", "text")
        return DataType(kind=Kind.TEXT, native="text")


def _decimal(precision: int | None, scale: int | None) -> DataType:
    if precision is None:
        return DataType(kind=Kind.DECIMAL, native="numeric")
    return DataType(
        kind=Kind.DECIMAL, native=f"numeric({precision},{scale or 0})", precision=precision, scale=scale or 0
    )


def _sized(kind: Kind, length: int | None) -> DataType:
    if kind is Kind.VARCHAR and (length is None or length > MOST_CHARACTERS):
        return DataType(kind=Kind.TEXT, native="text")
    stem = {Kind.CHAR: "character", Kind.VARCHAR: "character varying", Kind.BIT: "bit", Kind.VARBIT: "bit varying"}[
        kind
    ]
    if length is None:
        return DataType(
            kind=kind,
            native=f"{stem}(1)" if kind in {Kind.CHAR, Kind.BIT} else stem,
            length=1 if kind is Kind.CHAR else None,
        )
    return DataType(kind=kind, native=f"{stem}({length})", length=length)


def members_check(column: str, values: tuple[str, ...]) -> str:
    """That a text[] holds nothing but these words."""
    return f"{column} <@ ARRAY[{', '.join(literal(value) for value in values)}]::text[]"
