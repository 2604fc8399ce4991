"""The collections of a layout as a document schema, and the `$jsonSchema` validator of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from dbdesign.model.documents import BsonType, Collection, DocumentField, DocumentSchema
from dbdesign.model.patterns import Attribute, Relation
from dbdesign.nosql.mongodb.index_keys import Index, expiry
from dbdesign.nosql.mongodb.layout import PROPERTIES, Embedded, Home, Layout, link_name
from dbdesign.nosql.mongodb.sizes import TYPES

ENUMERATED = 0.99
"""The named values are all there are where their shares add up to this."""
VALIDATED: Mapping[BsonType, str | list[str]] = {
    "double": ["double", "int", "long"],
    "int": "int",
    "long": ["long", "int"],
    "uuid": "binData",
}
"""`bsonType` where it is not the type's own name. Drivers store a whole number as an int, whatever the field is."""
VERSION = "8.0"


def document_schema(
    layout: Layout, indexes: tuple[Index, ...], shard_keys: Mapping[str, Mapping[str, int | str]]
) -> DocumentSchema:
    """Every collection, with its indexes."""
    found: list[Collection] = []
    for home in layout.homes.values():
        if home.inside is None:
            found += _collections(home, layout)
    found += [_link(relation, layout) for relation in layout.links()]
    return DocumentSchema(
        collections=tuple(
            one.model_copy(
                update={
                    "indexes": tuple(each.as_document_index() for each in indexes if each.collection == one.name),
                    "shard_key": shard_keys.get(one.name, {}),
                }
            )
            for one in found
        ),
        version=VERSION,
    )


def _collections(home: Home, layout: Layout) -> Iterator[Collection]:
    if home.series is not None:
        yield _series(home)
        return
    yield Collection(name=home.collection, fields=tuple(_fields(home, layout)), validation="strict")
    if home.cold:
        attributes = home.entity.attribute_by_name
        stamp = expiry(home.entity)
        names = (*home.cold, stamp) if stamp is not None else home.cold
        fields = tuple(attribute_field(attributes[name]) for name in names)
        yield Collection(name=home.detail, fields=(_identifier(home), *fields), validation="strict")
    for one in home.embeds:
        if one.overflow:
            yield _overflow(one, home, layout)


def _identifier(home: Home) -> DocumentField:
    if home.key is None:
        return DocumentField(name="_id", type="objectId", required=True)
    attribute = home.entity.attribute_by_name[home.key]
    return DocumentField(name="_id", type=TYPES[attribute.type], required=True, alias=home.key)


def _fields(home: Home, layout: Layout) -> Iterator[DocumentField]:
    if home.key is None:
        yield _identifier(home)
    references = _references(home, layout)
    for one in home.stored():
        field = attribute_field(one).model_copy(update={"references": references.get(one.name)})
        yield field.model_copy(update={"name": "_id", "alias": one.name}) if one.name == home.key else field
    if home.properties:
        yield _properties()
    for ids in home.identifiers:
        other = layout.homes[ids.of]
        element = DocumentField(type=_identifier(other).type, references=other.collection)
        limit = _ids_limit(home, ids.of, layout)
        yield DocumentField(name=ids.field, type="array", required=True, element=element, max_items=limit)
    for copy in home.copies:
        parent = layout.homes[copy.relation.parent]
        inner = tuple(attribute_field(parent.entity.attribute_by_name[name]) for name in copy.attributes)
        if copy.relation.optional:
            inner = tuple(one.model_copy(update={"required": False}) for one in inner)
        yield DocumentField(name=copy.field, type="object", fields=inner, comment=f"copied from {parent.collection}")
    for embedded in home.embeds:
        yield _embedded(embedded, layout)
        if embedded.overflow:
            yield DocumentField(name="has_overflow", type="bool")
    if home.versioned:
        yield DocumentField(name="schema_version", type="int", required=True, minimum=1)


def _ids_limit(home: Home, other: str, layout: Layout) -> int:
    relation = layout.traffic.model.relation_between(home.entity.name, other)
    if relation is None:
        return 1
    spread = relation.children if relation.parent == home.entity.name else relation.parents or relation.children
    return (
        max(int(min(2 * spread.large, spread.largest)), 1)
        if spread.largest <= 2 * spread.large
        else int(spread.largest)
    )


def _references(home: Home, layout: Layout) -> dict[str, str]:
    """Attribute → collection that it refers to, where one attribute alone refers."""
    found: dict[str, str] = {}
    for placement in layout.placements:
        relation = placement.relation
        if relation.child == home.entity.name and relation.by and not placement.embeds:
            parent = layout.homes[relation.parent]
            if len(relation.by) == 1 and parent.key is not None:
                found[relation.by[0]] = parent.collection
    return found


def attribute_field(attribute: Attribute) -> DocumentField:
    """A field for an attribute: required where every entity has it, an enumeration where its values are all named."""
    values = (
        tuple(attribute.values) if sum(attribute.values.values()) >= ENUMERATED and attribute.type == "string" else ()
    )
    longest = attribute.size.maximum if attribute.size and attribute.type == "string" else None
    return DocumentField(
        name=attribute.name,
        type=TYPES[attribute.type],
        required=attribute.present >= 1,
        values=values,
        max_length=int(longest) if longest and not values else None,
        element=DocumentField(type="mixed") if attribute.type == "list" else None,
    )


def _properties() -> DocumentField:
    element = DocumentField(
        type="object",
        fields=(DocumentField(name="k", type="string", required=True), DocumentField(name="v", type="mixed")),
    )
    return DocumentField(name=PROPERTIES, type="array", element=element)


def _element(one: Embedded, layout: Layout) -> tuple[DocumentField, ...]:
    child = layout.homes[one.relation.child]
    references = _references(child, layout)
    return tuple(
        attribute_field(each).model_copy(update={"references": references.get(each.name)}) for each in child.stored()
    )


def _embedded(one: Embedded, layout: Layout) -> DocumentField:
    fields = _element(one, layout)
    if one.single:
        return DocumentField(name=one.field, type="object", fields=fields)
    return DocumentField(
        name=one.field,
        type="array",
        required=True,
        element=DocumentField(type="object", fields=fields),
        max_items=one.limit,
    )


def _overflow(one: Embedded, home: Home, layout: Layout) -> Collection:
    child = layout.homes[one.relation.child].entity.attribute_by_name
    keys = tuple(attribute_field(child[by]).model_copy(update={"required": True}) for by in one.relation.by)
    if home.key is not None:
        keys = tuple(each.model_copy(update={"references": home.collection}) for each in keys)
    element = DocumentField(type="object", fields=_element(one, layout))
    stamp = expiry(home.entity)
    stamps = (attribute_field(home.entity.attribute_by_name[stamp]),) if stamp is not None else ()
    return Collection(
        name=one.overflow or "",
        fields=(
            DocumentField(name="_id", type="objectId", required=True),
            *keys,
            DocumentField(name="page", type="int", required=True, minimum=1),
            *stamps,
            DocumentField(name=one.field, type="array", required=True, element=element, max_items=one.limit),
        ),
        validation="strict",
    )


def _series(home: Home) -> Collection:
    series = home.series
    if series is None:
        raise ValueError(home.collection)
    options: dict[str, str] = {"timeField": series.time, "metaField": series.meta_field, "granularity": "seconds"}
    fields = {one.name: attribute_field(one) for one in home.entity.attributes}
    meta = tuple(fields.pop(name) for name in series.meta)
    first = meta[0] if len(meta) == 1 else DocumentField(name="meta", type="object", required=True, fields=meta)
    expires = home.entity.retention_days
    return Collection(
        name=home.collection,
        fields=(first, *fields.values()),
        time_series=options,
        options={"expireAfterSeconds": int(expires * 86400)} if expires else {},
    )


def _link(relation: Relation, layout: Layout) -> Collection:
    ends = [layout.homes[relation.parent], layout.homes[relation.child]]
    fields = tuple(
        DocumentField(
            name=f"{one.entity.name}_id", type=_identifier(one).type, required=True, references=one.collection
        )
        for one in ends
    )
    return Collection(
        name=link_name(relation),
        fields=(DocumentField(name="_id", type="objectId", required=True), *fields),
        validation="strict",
    )


def validator(collection: Collection) -> dict[str, Any]:
    """`$jsonSchema` of a collection; empty for a time series collection, which takes none (manual, "Time Series Limitations")."""
    if collection.time_series:
        return {}
    return {"$jsonSchema": _object(collection.fields)}


def _object(fields: tuple[DocumentField, ...]) -> dict[str, Any]:
    required = [one.name for one in fields if one.required and one.name != "_id"]
    found: dict[str, Any] = {"bsonType": "object"}
    if required:
        found["required"] = required
    return {
        **found,
        "properties": {one.name: _property(one) for one in fields},
        "additionalProperties": False,
    }


def _property(field: DocumentField) -> dict[str, Any]:
    if field.type == "mixed":
        return {}
    if field.type == "object":
        return _object(field.fields)
    kind = VALIDATED.get(field.type, field.type)
    found: dict[str, Any] = {"enum": list(field.values)} if field.values else {"bsonType": kind}
    limits = {"maxLength": field.max_length, "maxItems": field.max_items, "minimum": field.minimum}
    found |= {name: value for name, value in limits.items() if value is not None}
    if field.element is not None and field.type == "array" and (inner := _property(field.element)):
        found["items"] = inner
    return found
