"""Data types of SQL as BSON types."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dbdesign.model.documents import BsonType, DocumentField
from dbdesign.model.schema import Schema
from dbdesign.model.types import DataType, Kind
from dbdesign.writers.javascript.naming import camel
from dbdesign.writers.postgresql.notes import Notes

BSON: Mapping[Kind, BsonType] = {
    Kind.BOOLEAN: "bool",
    Kind.INT8: "int",
    Kind.INT16: "int",
    Kind.INT24: "int",
    Kind.INT32: "int",
    Kind.INT64: "long",
    Kind.DECIMAL: "decimal",
    Kind.MONEY: "decimal",
    Kind.FLOAT32: "double",
    Kind.FLOAT64: "double",
    Kind.CHAR: "string",
    Kind.VARCHAR: "string",
    Kind.TEXT: "string",
    Kind.CITEXT: "string",
    Kind.BINARY: "binData",
    Kind.VARBINARY: "binData",
    Kind.BLOB: "binData",
    Kind.DATE: "date",
    Kind.TIMESTAMP: "date",
    Kind.TIMESTAMPTZ: "date",
    Kind.YEAR: "int",
    Kind.UUID: "uuid",
    Kind.JSON: "mixed",
    Kind.JSONB: "mixed",
    Kind.ENUM: "string",
    Kind.GEOMETRY: "geojson",
    Kind.GEOGRAPHY: "geojson",
    Kind.VECTOR: "vector",
    Kind.ROWVERSION: "long",
}
"""The nearest BSON type; kinds that are not listed become strings."""
_SILENT_STRINGS = frozenset({Kind.INET, Kind.CIDR, Kind.MACADDR, Kind.XML})
MAX_NESTING = 20


class TypeMapper:
    """Maps the types of one schema."""

    def __init__(self, schema: Schema, notes: Notes) -> None:
        self._schema = schema
        self._notes = notes

    def field(self, data_type: DataType, where: str, depth: int = 0) -> DocumentField:
        """A field of the type, without a name."""
        data_type = self._schema.resolve_type(data_type)
        if depth > MAX_NESTING:
            return DocumentField(type="mixed")
        if data_type.kind is Kind.ARRAY and data_type.element is not None:
            return DocumentField(type="array", element=self.field(data_type.element, where, depth + 1))
        if data_type.kind is Kind.SET:
            return DocumentField(type="array", element=DocumentField(type="string", values=data_type.values))
        if data_type.kind is Kind.HSTORE:
            return DocumentField(type="map", element=DocumentField(type="string"))
        if data_type.kind is Kind.COMPOSITE and (found := self._composite(data_type, where, depth)):
            return found
        return DocumentField(type=self._bson(data_type, where), **self._limits(data_type))

    def _composite(self, data_type: DataType, where: str, depth: int) -> DocumentField | None:
        composite = next((one for one in self._schema.composites if one.label == str(data_type.name)), None)
        if composite is None:
            return None
        fields = tuple(
            self.field(one.type, f"{where}.{one.name}", depth + 1).model_copy(update={"name": camel(one.name)})
            for one in composite.fields
        )
        return DocumentField(type="object", fields=fields)

    def _bson(self, data_type: DataType, where: str) -> BsonType:
        kind = data_type.kind
        if kind is Kind.DATE:
            self._notes.add(where, "a date without a time", "a date, which is a point in time: 00:00 UTC")
        if kind is Kind.DECIMAL and data_type.precision and data_type.precision > 34:
            self._notes.add(where, "more than 34 digits", "a Decimal128, which holds 34")
        if kind is Kind.CITEXT:
            self._notes.add(
                where, "comparison without regard to case", "a string; give its index a collation of strength 2"
            )
        if kind not in BSON and kind not in _SILENT_STRINGS:
            self._notes.add(where, f"the type {data_type.native}", "a string")
        return BSON.get(kind, "string")

    def _limits(self, data_type: DataType) -> dict[str, Any]:
        if data_type.kind is Kind.ENUM:
            return {"values": data_type.values}
        if data_type.kind in {Kind.CHAR, Kind.VARCHAR} and data_type.length:
            return {"max_length": data_type.length}
        if data_type.unsigned and data_type.is_integer:
            return {"minimum": 0}
        return {}
