"""`$jsonSchema` for a collection (MongoDB's draft 4 with `bsonType`; manual, "Specify JSON Schema Validation")."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from dbdesign.model.documents import Collection, DocumentField
from dbdesign.writers.postgresql.notes import Notes

BSON_TYPES: Mapping[str, list[str]] = {
    "double": ["number"],
    "int": ["int"],
    "long": ["long", "int"],
    "uuid": ["binData"],
    "map": ["object"],
    "geojson": ["object"],
    "vector": ["array"],
}
"""The aliases for a type of the model where it is not its own. Drivers store a whole double as an int, and a small long as an int."""
MAX_DEPTH = 90
"""MongoDB refuses documents nested deeper than 100 levels (manual, "Limits and Thresholds")."""


def json_schema(collection: Collection, notes: Notes) -> dict[str, Any]:
    """The validator of a collection, as a document."""
    work = _Schema(collection.name, notes)
    found = work.object(collection.fields, strict=collection.strict, depth=0)
    properties: dict[str, Any] = found.setdefault("properties", {})
    if collection.strict:
        properties = {"_id": {}, **properties} if "_id" not in properties else properties
        version = collection.options.get("versionKey", "__v" if collection.model else None)
        if isinstance(version, str) and version not in properties:
            properties[version] = {"bsonType": ["int", "long", "double"]}
        found["properties"] = properties
    return work.with_variants(found, collection.discriminator or "__t", collection.variants, collection.strict)


class _Schema:
    def __init__(self, where: str, notes: Notes) -> None:
        self.where = where
        self.notes = notes

    def object(self, fields: Sequence[DocumentField], *, strict: bool, depth: int) -> dict[str, Any]:
        """An object with these fields."""
        found: dict[str, Any] = {"bsonType": "object"}
        if required := [one.name for one in fields if one.required]:
            found["required"] = required
        if fields:
            found["properties"] = {one.name: self.field(one, depth + 1) for one in fields}
        if strict and fields:
            found["additionalProperties"] = False
        return found

    def field(self, field: DocumentField, depth: int, *, element: bool = False) -> dict[str, Any]:
        """A field; one that is not required may be null."""
        may_be_null = not field.required and not element
        said = {"description": field.comment} if field.comment else {}
        if field.type == "mixed" or depth > MAX_DEPTH:
            return said
        found = self._nested(field, depth) if field.type == "object" else self._plain(field, depth)
        if may_be_null:
            found = _or_null(found)
        return said | found

    def _plain(self, field: DocumentField, depth: int) -> dict[str, Any]:
        return {"bsonType": self._types(field), **self._limits(field, depth)}

    def _types(self, field: DocumentField) -> Any:
        kinds = BSON_TYPES.get(field.type, [field.type])
        return kinds[0] if len(kinds) == 1 else kinds

    def _nested(self, field: DocumentField, depth: int) -> dict[str, Any]:
        has_id = field.options.get("_id", field.options.get("subdocument", False)) and not any(
            one.name == "_id" for one in field.fields
        )
        fields = (DocumentField(name="_id", type="objectId"), *field.fields) if has_id else field.fields
        strict = field.options.get("strict", True) is not False and bool(field.fields)
        found = self.object(fields, strict=strict, depth=depth)
        return self.with_variants(found, field.discriminator or "__t", field.variants, strict)

    def _limits(self, field: DocumentField, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if field.values and field.type != "geojson":
            found["enum"] = list(field.values)
        for key, value in (("minimum", field.minimum), ("maximum", field.maximum)):
            if isinstance(value, int | float):
                found[key] = value
            elif value is not None:
                self.notes.add(
                    f"{self.where}.{field.name}",
                    f"the {key} {value}: $jsonSchema compares numbers only",
                    "Mongoose, or the application",
                )
        lengths = {
            "minLength": field.min_length,
            "maxLength": field.max_length,
            "minItems": field.min_items,
            "maxItems": field.max_items,
        }
        found |= {key: length for key, length in lengths.items() if length is not None}
        if field.pattern is not None and field.type == "string":
            found["pattern"] = _pattern(field.pattern)
        if field.type == "array" and field.element is not None and field.element.type != "mixed":
            found["items"] = self.field(field.element, depth + 1, element=True)
        if field.type == "map" and field.element is not None and field.element.type != "mixed":
            found["additionalProperties"] = self.field(field.element, depth + 1, element=True)
        if field.type == "vector":
            found["items"] = {"bsonType": "number"}
        if field.type == "geojson":
            found |= {
                "required": ["type"],
                "properties": {"type": {"enum": list(field.values)} if field.values else {"bsonType": "string"}},
            }
        return found

    def with_variants(
        self, found: dict[str, Any], discriminator: str, variants: Mapping[str, Sequence[DocumentField]], strict: bool
    ) -> dict[str, Any]:
        """One alternative a variant, each with its own fields; without a value of the discriminator the base alone."""
        if not variants:
            return found
        base = {name: value for name, value in found.items() if name != "additionalProperties"}
        properties = base.get("properties", {})
        others: list[dict[str, Any]] = []
        for value, fields in variants.items():
            own = self.object(fields, strict=False, depth=1)
            one: dict[str, Any] = {"required": [discriminator, *own.get("required", [])]}
            one["properties"] = {discriminator: {"enum": [value]}, **own.get("properties", {})}
            if strict:
                one["properties"] = {**{name: {} for name in properties if name != discriminator}, **one["properties"]}
                one["additionalProperties"] = False
            others.append(one)
        plain: dict[str, Any] = {"properties": {discriminator: {"enum": [None]}}}
        if strict:
            names: dict[str, Any] = {name: {} for name in properties if name != discriminator}
            plain = {"properties": {**names, discriminator: {"enum": [None]}}, "additionalProperties": False}
        return {**base, "anyOf": [*others, plain]}


def _or_null(found: dict[str, Any]) -> dict[str, Any]:
    kinds = found["bsonType"] if isinstance(found["bsonType"], list) else [found["bsonType"]]
    update = {"bsonType": [*kinds, "null"]}
    if "enum" in found:
        update["enum"] = [*found["enum"], None]
    return {**found, **update}


def _pattern(pattern: str) -> str:
    """The pattern without the slashes and flags of a literal; the flag i stands at its beginning, as PCRE takes it."""
    match = re.fullmatch(r"/(.+)/([a-z]*)", pattern, re.DOTALL)
    if match is None:
        return pattern
    return f"(?i){match[1]}" if "i" in match[2] else match[1]
