"""Declared types of SQLite, which are but names: what a person most likely means by one."""

from __future__ import annotations

import re

from dbdesign.model.types import DataType, Kind

KINDS: dict[str, Kind] = {
    "INTEGER": Kind.INT64,
    "INT": Kind.INT64,
    "BIGINT": Kind.INT64,
    "INT8": Kind.INT64,
    "UNSIGNED BIG INT": Kind.INT64,
    "INT4": Kind.INT32,
    "MEDIUMINT": Kind.INT32,
    "SMALLINT": Kind.INT16,
    "INT2": Kind.INT16,
    "TINYINT": Kind.INT8,
    "BOOLEAN": Kind.BOOLEAN,
    "BOOL": Kind.BOOLEAN,
    "REAL": Kind.FLOAT64,
    "DOUBLE": Kind.FLOAT64,
    "DOUBLE PRECISION": Kind.FLOAT64,
    "FLOAT": Kind.FLOAT64,
    "NUMERIC": Kind.DECIMAL,
    "DECIMAL": Kind.DECIMAL,
    "MONEY": Kind.MONEY,
    "TEXT": Kind.TEXT,
    "CLOB": Kind.TEXT,
    "STRING": Kind.TEXT,
    "VARCHAR": Kind.VARCHAR,
    "CHARACTER VARYING": Kind.VARCHAR,
    "VARYING CHARACTER": Kind.VARCHAR,
    "NVARCHAR": Kind.VARCHAR,
    "CHAR": Kind.CHAR,
    "CHARACTER": Kind.CHAR,
    "NCHAR": Kind.CHAR,
    "NATIVE CHARACTER": Kind.CHAR,
    "BLOB": Kind.BLOB,
    "VARBINARY": Kind.VARBINARY,
    "BINARY": Kind.BINARY,
    "DATE": Kind.DATE,
    "TIME": Kind.TIME,
    "DATETIME": Kind.TIMESTAMP,
    "TIMESTAMP": Kind.TIMESTAMP,
    "TIMESTAMPTZ": Kind.TIMESTAMPTZ,
    "UUID": Kind.UUID,
    "GUID": Kind.UUID,
    "JSON": Kind.JSON,
    "JSONB": Kind.JSONB,
    "XML": Kind.XML,
}
"""By declared name; SQLite itself knows five affinities (datatype3.html)."""

AFFINITIES: tuple[tuple[re.Pattern[str], Kind], ...] = (
    (re.compile("INT"), Kind.INT64),
    (re.compile("CHAR|CLOB|TEXT"), Kind.TEXT),
    (re.compile("BLOB"), Kind.BLOB),
    (re.compile("REAL|FLOA|DOUB"), Kind.FLOAT64),
)
"""In this order (datatype3.html, 3.1); any other name has the affinity NUMERIC."""

DECLARED = re.compile(r"([^(]*?)\s*(?:\(\s*([+-]?\d+)\s*(?:,\s*([+-]?\d+)\s*)?\))?\s*\Z")


def data_type(declared: str) -> DataType:
    """The type that a declared name stands for; `Kind.OTHER` for none."""
    match = DECLARED.match(declared)
    name = " ".join((match[1] if match else declared).upper().split())
    first = int(match[2]) if match and match[2] else None
    second = int(match[3]) if match and match[3] else None
    kind = KINDS.get(name) or _by_affinity(name)
    if kind is Kind.DECIMAL:
        return DataType(kind=kind, native=declared, precision=first, scale=second if first is not None else None)
    sized = kind in {Kind.VARCHAR, Kind.CHAR, Kind.TEXT, Kind.VARBINARY, Kind.BINARY}
    if kind is Kind.TEXT and first is not None:
        kind = Kind.VARCHAR
    return DataType(kind=kind, native=declared, length=first if sized else None, precision=None)


def _by_affinity(name: str) -> Kind:
    for pattern, kind in AFFINITIES:
        if pattern.search(name):
            return kind
    return Kind.OTHER
