"""Declared types of SQLite for the types of other engines.

Tables are not STRICT: STRICT knows INTEGER, REAL, TEXT, BLOB and ANY alone (stricttables.html), so that BOOLEAN, DATE or
DECIMAL(10,2) would lose their names, which drivers, ORMs and people read. The names below have the affinity that keeps the values
as they are given (datatype3.html, 3.1).
"""

from __future__ import annotations

from dbdesign.model.types import DataType, Kind

SIMPLE: dict[Kind, str] = {
    Kind.BOOLEAN: "BOOLEAN",
    Kind.INT8: "TINYINT",
    Kind.INT16: "SMALLINT",
    Kind.INT24: "INTEGER",
    Kind.INT32: "INTEGER",
    Kind.INT64: "INTEGER",
    Kind.FLOAT32: "REAL",
    Kind.FLOAT64: "REAL",
    Kind.TEXT: "TEXT",
    Kind.CITEXT: "TEXT",
    Kind.BINARY: "BLOB",
    Kind.VARBINARY: "BLOB",
    Kind.BLOB: "BLOB",
    Kind.DATE: "DATE",
    Kind.TIME: "TIME",
    Kind.TIMESTAMP: "DATETIME",
    Kind.YEAR: "INTEGER",
    Kind.ENUM: "TEXT",
    Kind.JSON: "TEXT",
    Kind.JSONB: "TEXT",
    Kind.UUID: "TEXT",
}
APPROXIMATE: dict[Kind, tuple[str, str, str]] = {
    Kind.TIMETZ: ("TIME", "a time with an offset", "TIME; keep the offset in the text"),
    Kind.TIMESTAMPTZ: ("DATETIME", "a point in time with a zone", "DATETIME; store UTC"),
    Kind.MONEY: (
        "DECIMAL(19,4)",
        "an exact amount of money",
        "DECIMAL(19,4), which SQLite keeps as a float where it has a fraction",
    ),
    Kind.BIT: ("TEXT", "a bit string", "TEXT of 0 and 1"),
    Kind.VARBIT: ("TEXT", "a bit string", "TEXT of 0 and 1"),
    Kind.INTERVAL: ("TEXT", "an interval", "TEXT in ISO 8601"),
    Kind.XML: ("TEXT", "XML", "TEXT, not checked"),
    Kind.SET: ("TEXT", "a set of values", "TEXT with commas between them"),
    Kind.ARRAY: ("TEXT", "an array", "TEXT with a JSON array, checked by json_valid"),
    Kind.RANGE: ("TEXT", "a range", "TEXT; two columns would be searchable"),
    Kind.MULTIRANGE: ("TEXT", "a multirange", "TEXT; a table of ranges would be searchable"),
    Kind.COMPOSITE: ("TEXT", "a composite value", "TEXT with a JSON object, checked by json_valid"),
    Kind.HSTORE: ("TEXT", "an hstore", "TEXT with a JSON object, checked by json_valid"),
    Kind.LTREE: ("TEXT", "an ltree path", "TEXT"),
    Kind.INET: ("TEXT", "an IP address", "TEXT, not checked"),
    Kind.CIDR: ("TEXT", "a network", "TEXT, not checked"),
    Kind.MACADDR: ("TEXT", "a MAC address", "TEXT, not checked"),
    Kind.TSVECTOR: ("TEXT", "a text search document", "TEXT; search with an FTS5 table"),
    Kind.TSQUERY: ("TEXT", "a text search query", "TEXT"),
    Kind.GEOMETRY: ("BLOB", "a geometry", "BLOB with WKB; SpatiaLite has types and indexes"),
    Kind.GEOGRAPHY: ("BLOB", "a geography", "BLOB with WKB; SpatiaLite has types and indexes"),
    Kind.VECTOR: ("BLOB", "a vector", "BLOB; the extension sqlite-vec searches it"),
    Kind.ROWVERSION: ("BLOB", "a row version that the server keeps", "BLOB; count it up by a trigger"),
    Kind.HIERARCHYID: ("TEXT", "a hierarchyid", "TEXT with its path"),
    Kind.VARIANT: ("", "a value of any type", "a column without a type, which takes any"),
    Kind.DOMAIN: ("TEXT", "a type that the schema does not define", "TEXT"),
    Kind.OTHER: ("TEXT", "a type that dbdesign does not know", "TEXT"),
}
"""Kinds without a counterpart: the declared type, what is lost, and what stands in."""
JSON_KINDS = frozenset({Kind.JSON, Kind.JSONB, Kind.ARRAY, Kind.COMPOSITE, Kind.HSTORE})


def declared_type(source: DataType) -> DataType:
    """The type as SQLite declares it; the kind stays, so that expressions are still understood."""
    native = _native(source)
    return source.model_copy(
        update={"native": native, "unsigned": False, "national": False, "name": None, "element": None}
    )


def _native(source: DataType) -> str:
    if source.kind in SIMPLE:
        return SIMPLE[source.kind]
    if source.kind in APPROXIMATE:
        return APPROXIMATE[source.kind][0]
    if source.kind is Kind.DECIMAL:
        if source.precision is None:
            return "NUMERIC"
        return f"DECIMAL({source.precision},{source.scale or 0})"
    name = "CHAR" if source.kind is Kind.CHAR else "VARCHAR"
    if source.length is None:
        return "TEXT" if name == "VARCHAR" else "CHAR(1)"
    return f"{name}({source.length})"
