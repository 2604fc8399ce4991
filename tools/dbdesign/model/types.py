"""Data types: what a column holds (the logical kind) beside what its engine calls it (the native spelling)."""

from __future__ import annotations

from enum import StrEnum

from dbdesign.model.base import Model


class Kind(StrEnum):
    """What a value is, whatever the engine calls it."""

    BOOLEAN = "boolean"
    INT8 = "int8"
    INT16 = "int16"
    INT24 = "int24"
    INT32 = "int32"
    INT64 = "int64"
    DECIMAL = "decimal"
    MONEY = "money"
    FLOAT32 = "float32"
    FLOAT64 = "float64"
    CHAR = "char"
    VARCHAR = "varchar"
    TEXT = "text"
    CITEXT = "citext"
    BINARY = "binary"
    VARBINARY = "varbinary"
    BLOB = "blob"
    BIT = "bit"
    VARBIT = "varbit"
    DATE = "date"
    TIME = "time"
    TIMETZ = "timetz"
    TIMESTAMP = "timestamp"
    TIMESTAMPTZ = "timestamptz"
    INTERVAL = "interval"
    YEAR = "year"
    UUID = "uuid"
    JSON = "json"
    JSONB = "jsonb"
    XML = "xml"
    ENUM = "enum"
    SET = "set"
    ARRAY = "array"
    RANGE = "range"
    MULTIRANGE = "multirange"
    DOMAIN = "domain"
    COMPOSITE = "composite"
    HSTORE = "hstore"
    LTREE = "ltree"
    INET = "inet"
    CIDR = "cidr"
    MACADDR = "macaddr"
    TSVECTOR = "tsvector"
    TSQUERY = "tsquery"
    GEOMETRY = "geometry"
    GEOGRAPHY = "geography"
    VECTOR = "vector"
    ROWVERSION = "rowversion"
    HIERARCHYID = "hierarchyid"
    VARIANT = "variant"
    OTHER = "other"


INTEGERS = frozenset({Kind.INT8, Kind.INT16, Kind.INT24, Kind.INT32, Kind.INT64})
NUMBERS = INTEGERS | {Kind.DECIMAL, Kind.MONEY, Kind.FLOAT32, Kind.FLOAT64}
TEXTS = frozenset({Kind.CHAR, Kind.VARCHAR, Kind.TEXT, Kind.CITEXT})
BINARIES = frozenset({Kind.BINARY, Kind.VARBINARY, Kind.BLOB})
TIMES = frozenset({Kind.DATE, Kind.TIME, Kind.TIMETZ, Kind.TIMESTAMP, Kind.TIMESTAMPTZ, Kind.YEAR})
WITHOUT_PREFIX = NUMBERS | TIMES | {Kind.BOOLEAN}
"""Types of which an index holds no prefix: what programs say of MySQL's prefixes there, MySQL itself refuses."""


class TypeName(Model):
    """The name of a user-defined type. `namespace` is None for the engine's default namespace."""

    namespace: str | None = None
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}.{self.name}" if self.namespace else self.name


class DataType(Model):
    """A column's type.

    Attributes:
        kind: the logical kind; writers for another engine start from it.
        native: the canonical spelling of the engine that the schema was read from, with its arguments
            (`character varying(20)`, `int unsigned`, `nvarchar(max)`); writers for the same engine use it.
        length: characters (texts), bytes (binaries) or bits; None is the engine's unlimited or default.
        precision: decimal digits of a DECIMAL; fractional-second digits of times.
        scale: digits after the point of a DECIMAL.
        unsigned: MySQL family.
        national: SQL Server's `n…` types: UTF-16 instead of the code page.
        values: of an ENUM or SET declared in line (MySQL). A named enum is found through `name`.
        element: of an ARRAY (also of an array of arrays: PostgreSQL does not keep dimensions).
        name: of an ENUM, DOMAIN, COMPOSITE, RANGE or OTHER type that the schema or an extension defines.
    """

    kind: Kind
    native: str
    length: int | None = None
    precision: int | None = None
    scale: int | None = None
    unsigned: bool = False
    national: bool = False
    values: tuple[str, ...] = ()
    element: DataType | None = None
    name: TypeName | None = None

    @property
    def is_integer(self) -> bool:
        """Whether it is an integer of any width."""
        return self.kind in INTEGERS

    @property
    def is_text(self) -> bool:
        """Whether it holds characters."""
        return self.kind in TEXTS

    @property
    def is_time(self) -> bool:
        """Whether it is a date, a time or a point in time."""
        return self.kind in TIMES
