"""What each logical kind is in MySQL, and what is lost on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from dbdesign.model.schema import Engine
from dbdesign.model.types import DataType, Kind

MAX_DECIMAL, MAX_SCALE = 65, 30
"""Digits of DECIMAL (fixed-point-types)."""
MAX_FRACTION = 6
"""Fractional-second digits (fractional-seconds)."""
MAX_CHAR = 255
MAX_VARCHAR = 16_383
"""Characters of utf8mb4 in a VARCHAR, from the 65,535 bytes of a row (column-count-limit)."""
MAX_BIT = 64
ASCII = ("ascii", "ascii_bin")


@dataclass(frozen=True)
class Mapped:
    """A type in MySQL, with the character set that it needs, and what is lost (and what stands instead)."""

    type: DataType
    charset: str | None = None
    collation: str | None = None
    lost: str | None = None
    instead: str | None = None


def _typed(kind: Kind, native: str, **more: object) -> DataType:
    return DataType.model_validate({"kind": kind, "native": native, **more})


def longtext() -> DataType:
    """Text of any length: PostgreSQL's text may exceed TEXT's 64 KB, and LONGTEXT costs two bytes more a value."""
    return _typed(Kind.TEXT, "longtext")


def varchar(length: int) -> DataType:
    """VARCHAR."""
    return _typed(Kind.VARCHAR, f"varchar({length})", length=length)


def _integer(kind: Kind, native: str) -> Callable[[DataType], Mapped]:
    def build(source: DataType) -> Mapped:
        unsigned = " unsigned" if source.unsigned else ""
        return Mapped(_typed(kind, f"{native}{unsigned}", unsigned=source.unsigned))

    return build


def _decimal(source: DataType) -> Mapped:
    if source.precision is None:
        number = _typed(Kind.DECIMAL, "decimal(38,10)", precision=38, scale=10)
        return Mapped(
            number,
            lost="a numeric without precision holds any number of digits",
            instead="decimal(38,10): adjust to the data",
        )
    scale = max(source.scale or 0, 0)
    precision = max(source.precision, scale)
    fitted = min(precision, MAX_DECIMAL), min(scale, MAX_SCALE)
    number = _typed(Kind.DECIMAL, f"decimal({fitted[0]},{fitted[1]})", precision=fitted[0], scale=fitted[1])
    if fitted == (source.precision, source.scale or 0):
        return Mapped(number)
    return Mapped(
        number, lost="DECIMAL has at most 65 digits and 30 after the point, no negative scale", instead=number.native
    )


def _char(source: DataType) -> Mapped:
    length = source.length or 1
    if length > MAX_CHAR:
        return Mapped(
            varchar(min(length, MAX_VARCHAR)),
            lost=f"CHAR has at most {MAX_CHAR} characters",
            instead="varchar, which is not padded",
        )
    return Mapped(_typed(Kind.CHAR, f"char({length})", length=length))


def _varchar(source: DataType) -> Mapped:
    if source.length is None:
        return Mapped(longtext())
    if source.length > MAX_VARCHAR:
        return Mapped(
            longtext(),
            lost=f"VARCHAR has at most {MAX_VARCHAR} characters of utf8mb4",
            instead="longtext, without a limit",
        )
    return Mapped(varchar(source.length))


def _citext(engine: Engine) -> Callable[[DataType], Mapped]:
    collation = "utf8mb4_general_ci" if engine is Engine.TIDB else "utf8mb4_0900_as_ci"

    def build(source: DataType) -> Mapped:
        text = varchar(source.length) if source.length else longtext()
        return Mapped(text, collation=collation)

    return build


def _binary(source: DataType) -> Mapped:
    length = source.length or 1
    native, kind = ("binary", Kind.BINARY) if length <= MAX_CHAR else ("varbinary", Kind.VARBINARY)
    return Mapped(_typed(kind, f"{native}({length})", length=length))


def _varbinary(source: DataType) -> Mapped:
    if source.length is None or source.length > 4 * MAX_VARCHAR:
        return Mapped(_typed(Kind.BLOB, "longblob"))
    return Mapped(_typed(Kind.VARBINARY, f"varbinary({source.length})", length=source.length))


def _bits(source: DataType) -> Mapped:
    length = source.length or 1
    if source.kind is Kind.BIT and length <= MAX_BIT:
        return Mapped(_typed(Kind.BIT, f"bit({length})", length=length))
    size = (source.length or 2040) // 8 + 1
    return Mapped(
        _typed(Kind.VARBINARY, f"varbinary({size})", length=size),
        lost="BIT has at most 64 bits and one length",
        instead="varbinary",
    )


def _time(native: str, kind: Kind, lost: str | None = None) -> Callable[[DataType], Mapped]:
    def build(source: DataType) -> Mapped:
        digits = MAX_FRACTION if source.precision is None else min(source.precision, MAX_FRACTION)
        spelled = f"{native}({digits})" if digits else native
        return Mapped(_typed(kind, spelled, precision=digits), lost=lost, instead=f"{spelled}" if lost else None)

    return build


def _fixed(
    native: str, kind: Kind, lost: str | None = None, instead: str | None = None, **more: object
) -> Callable[[DataType], Mapped]:
    mapped = Mapped(_typed(kind, native, **more), lost=lost, instead=instead)
    return lambda _source: mapped


def _ascii(length: int, lost: str | None = None) -> Callable[[DataType], Mapped]:
    native = f"varchar({length})"
    mapped = Mapped(_typed(Kind.VARCHAR, native, length=length), *ASCII, lost=lost, instead=native if lost else None)
    return lambda _source: mapped


def _enum(source: DataType) -> Mapped:
    word = "set" if source.kind is Kind.SET else "enum"
    if not source.values:
        return Mapped(varchar(255), lost="the values of the enumeration are not known", instead="varchar(255)")
    values = ",".join("'" + value.replace("\\", "\\\\").replace("'", "''") + "'" for value in source.values)
    return Mapped(_typed(source.kind, f"{word}({values})", values=source.values))


def _json(lost: str) -> Callable[[DataType], Mapped]:
    return _fixed("json", Kind.JSON, lost, "json")


def _vector(*, known: bool) -> Callable[[DataType], Mapped]:
    def build(source: DataType) -> Mapped:
        if not known:
            return Mapped(
                _typed(Kind.JSON, "json"), lost="vectors come with MySQL 9", instead="json, an array of numbers"
            )
        native = f"vector({source.length})" if source.length else "vector"
        return Mapped(_typed(Kind.VECTOR, native, length=source.length))

    return build


UUID_LOST = "there is no uuid type"
UUID_INSTEAD = "binary(16): half of char(36) in every index; UUID_TO_BIN and BIN_TO_UUID convert"
ZONE_LOST = "no type keeps a point in time beyond 2038 (TIMESTAMP ends then)"
ZONE_INSTEAD = "datetime in UTC: let sessions SET time_zone = '+00:00'"
ENGLISH_SEARCH = "the text to search for; a FULLTEXT index on the text columns replaces it"


def table(engine: Engine, *, vectors: bool) -> dict[Kind, Callable[[DataType], Mapped]]:
    """The mapping for MySQL or TiDB."""
    instant = _time("datetime", Kind.TIMESTAMP, ZONE_LOST)

    def zoned(source: DataType) -> Mapped:
        mapped = instant(source)
        return Mapped(mapped.type, lost=ZONE_LOST, instead=ZONE_INSTEAD)

    return {
        Kind.BOOLEAN: _fixed("tinyint(1)", Kind.BOOLEAN),
        Kind.INT8: _integer(Kind.INT8, "tinyint"),
        Kind.INT16: _integer(Kind.INT16, "smallint"),
        Kind.INT24: _integer(Kind.INT24, "mediumint"),
        Kind.INT32: _integer(Kind.INT32, "int"),
        Kind.INT64: _integer(Kind.INT64, "bigint"),
        Kind.DECIMAL: _decimal,
        Kind.MONEY: _fixed("decimal(19,4)", Kind.DECIMAL, precision=19, scale=4),
        Kind.FLOAT32: _fixed("float", Kind.FLOAT32),
        Kind.FLOAT64: _fixed("double", Kind.FLOAT64),
        Kind.CHAR: _char,
        Kind.VARCHAR: _varchar,
        Kind.TEXT: lambda _: Mapped(longtext()),
        Kind.CITEXT: _citext(engine),
        Kind.BINARY: _binary,
        Kind.VARBINARY: _varbinary,
        Kind.BLOB: _fixed("longblob", Kind.BLOB),
        Kind.BIT: _bits,
        Kind.VARBIT: _bits,
        Kind.DATE: _fixed("date", Kind.DATE),
        Kind.TIME: _time("time", Kind.TIME),
        Kind.TIMETZ: _time("time", Kind.TIME, "a time of day has no time zone"),
        Kind.TIMESTAMP: _time("datetime", Kind.TIMESTAMP),
        Kind.TIMESTAMPTZ: zoned,
        Kind.INTERVAL: _ascii(64, "there is no interval type"),
        Kind.YEAR: _fixed("year", Kind.YEAR),
        Kind.UUID: _fixed("binary(16)", Kind.BINARY, UUID_LOST, UUID_INSTEAD, length=16),
        Kind.JSON: _fixed("json", Kind.JSON),
        Kind.JSONB: _fixed("json", Kind.JSON),
        Kind.XML: _fixed("longtext", Kind.TEXT, "there is no xml type", "longtext"),
        Kind.ENUM: _enum,
        Kind.SET: _enum,
        Kind.ARRAY: _json("there are no arrays"),
        Kind.RANGE: _ascii(255, "there are no range types; two columns, lower and upper bound, are better for queries"),
        Kind.MULTIRANGE: _json("there are no multirange types"),
        Kind.COMPOSITE: _json("there are no composite types"),
        Kind.HSTORE: _json("there is no hstore"),
        Kind.LTREE: _fixed(
            "varchar(255)",
            Kind.VARCHAR,
            "there is no ltree; a prefix of the path finds a subtree",
            "varchar(255)",
            length=255,
        ),
        Kind.INET: _ascii(43, "there is no type for network addresses"),
        Kind.CIDR: _ascii(43, "there is no type for network addresses"),
        Kind.MACADDR: _ascii(23, "there is no type for hardware addresses"),
        Kind.TSVECTOR: _fixed("longtext", Kind.TEXT, "there is no tsvector; " + ENGLISH_SEARCH, "longtext"),
        Kind.TSQUERY: _fixed("longtext", Kind.TEXT, "there is no tsquery", "longtext"),
        Kind.GEOMETRY: _fixed("geometry", Kind.GEOMETRY),
        Kind.GEOGRAPHY: _fixed("geometry", Kind.GEOMETRY, "there is no geography type", "geometry; give it SRID 4326"),
        Kind.VECTOR: _vector(known=vectors),
        Kind.ROWVERSION: _fixed(
            "bigint unsigned",
            Kind.INT64,
            "rows are not versioned by the server",
            "bigint unsigned: count it up on update",
            unsigned=True,
        ),
        Kind.HIERARCHYID: _fixed(
            "varbinary(892)", Kind.VARBINARY, "there is no hierarchyid", "varbinary(892)", length=892
        ),
        Kind.VARIANT: _json("there is no variant type"),
    }


UNKNOWN = Mapped(longtext(), lost="the type is not known to MySQL", instead="longtext")
"""For OTHER, and a DOMAIN or COMPOSITE that the schema does not define."""
