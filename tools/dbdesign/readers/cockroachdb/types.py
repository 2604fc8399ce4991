"""Data types as CockroachDB names them, from what PostgreSQL's grammar made of them."""

from __future__ import annotations

from dbdesign.dialects.cockroachdb import NATIVE_BY_KIND
from dbdesign.model.types import DataType, Kind

# Types that PostgreSQL does not have, or that are others there.
_OWN = {
    "string": Kind.TEXT,
    "bytes": Kind.BLOB,
    "blob": Kind.BLOB,
    "jsonb": Kind.JSONB,
    "json": Kind.JSONB,
    "box2d": Kind.OTHER,
}
_SIZED = {Kind.CHAR, Kind.VARCHAR, Kind.BIT, Kind.VARBIT, Kind.VECTOR, Kind.TEXT}
_TIMES = {Kind.TIME, Kind.TIMETZ, Kind.TIMESTAMP, Kind.TIMESTAMPTZ, Kind.INTERVAL}
_NAMED = {Kind.ENUM, Kind.COMPOSITE, Kind.DOMAIN, Kind.RANGE}


def cockroach_type(data_type: DataType) -> DataType:
    """The type with CockroachDB's kind and spelling."""
    if data_type.element is not None:
        element = cockroach_type(data_type.element)
        return DataType(kind=Kind.ARRAY, native=f"{element.native}[]", element=element)
    if data_type.kind in _NAMED:
        return data_type
    own = _OWN.get(data_type.name.name) if data_type.name else None
    if own is not None:
        data_type = _owned(data_type, own)
    elif data_type.kind is Kind.JSON:
        data_type = data_type.model_copy(update={"kind": Kind.JSONB})
    return data_type.model_copy(update={"native": native(data_type)})


def _owned(data_type: DataType, kind: Kind) -> DataType:
    """STRING(n) limits its length as VARCHAR(n) does."""
    inside = data_type.native.partition("(")[2].rstrip(")")
    length = int(inside) if inside.isdigit() else None
    if kind is Kind.TEXT and length:
        return DataType(kind=Kind.VARCHAR, native=f"STRING({length})", length=length)
    return DataType(kind=kind, native=NATIVE_BY_KIND.get(kind, data_type.native))


def native(data_type: DataType) -> str:
    """How SHOW CREATE TABLE spells it."""
    kind = data_type.kind
    if data_type.native.startswith("STRING("):
        return data_type.native
    stem = NATIVE_BY_KIND.get(kind)
    if stem is None:
        return data_type.native
    if kind is Kind.DECIMAL and data_type.precision is not None:
        return (
            f"{stem}({data_type.precision},{data_type.scale})" if data_type.scale else f"{stem}({data_type.precision})"
        )
    if kind in _TIMES and data_type.precision is not None:
        return f"{stem}({data_type.precision})"
    if kind in {Kind.GEOMETRY, Kind.GEOGRAPHY}:
        return data_type.native.upper()
    if kind in {Kind.CHAR, Kind.BIT} and data_type.length == 1:
        return stem
    if kind in _SIZED and data_type.length:
        return f"{stem}({data_type.length})"
    return stem
