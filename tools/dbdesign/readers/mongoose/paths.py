"""Definitions of paths: `{ type: String, required: true }`, nested objects, arrays, schemas (`add` and `interpretAsType`)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from dbdesign.model.documents import BsonType, DocumentField, DocumentIndex
from dbdesign.readers.mongoose.constants import code
from dbdesign.readers.mongoose.draft import SchemaDraft
from dbdesign.readers.mongoose.indexes import path_index
from dbdesign.readers.mongoose.options import keywords
from dbdesign.readers.typescript import (
    CallNode,
    ClassNode,
    FunctionNode,
    Member,
    ObjectValue,
    Operation,
    Reference,
    Value,
    alternatives,
)

if TYPE_CHECKING:
    from dbdesign.readers.mongoose.schemas import Schemas

TYPES: Mapping[str, BsonType] = {
    "String": "string",
    "Number": "double",
    "Double": "double",
    "Int32": "int",
    "BigInt": "long",
    "Long": "long",
    "Date": "date",
    "Boolean": "bool",
    "Bool": "bool",
    "Buffer": "binData",
    "ObjectId": "objectId",
    "ObjectID": "objectId",
    "Oid": "objectId",
    "Mixed": "mixed",
    "Object": "mixed",
    "Decimal128": "decimal",
    "Decimal": "decimal",
    "Map": "map",
    "UUID": "uuid",
    "Union": "mixed",
    "Symbol": "string",
    "Array": "array",
    "DocumentArray": "array",
    "Float32Array": "array",
}
"""What Mongoose calls its types (`Schema.Types`, constructors and strings)."""
GEOMETRIES = frozenset(
    {"Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "GeometryCollection"}
)
MAX_DEPTH = 30


class PathReader:
    """Reads the paths of one schema into its draft."""

    def __init__(self, schemas: Schemas, draft: SchemaDraft, depth: int) -> None:
        self.schemas = schemas
        self.draft = draft
        self.depth = depth

    def add(self, definition: ObjectValue) -> None:
        """Add the paths of an object."""
        for spread in definition.spreads:
            self._spread(spread, definition.line)
        if definition.get("_id") is False:
            self.draft.has_id = False
        for key, value in definition.items():
            if key == "_id" and value is False:
                continue
            found = self.path(key, value, "", definition.line_of(key))
            if found is not None:
                self.draft.fields.pop(key, None)
                self.draft.fields[key] = found

    def _spread(self, value: Value, line: int) -> None:
        """`...base.obj` of another schema; anything else is said."""
        if isinstance(value, Member) and value.text in {"obj", "tree"}:
            other = self.schemas.of_value(value.object)
            if other is not None:
                self.draft.fields.update(other.fields)
                self.draft.path_indexes += other.path_indexes
                return
        self._say(line, code(value), "something that is not known is spread into the schema")

    def _say(self, line: int, text: str, reason: str) -> None:
        self.schemas.say(self.draft.path, line, text, reason)

    def path(self, key: str, value: Value, prefix: str, line: int) -> DocumentField | None:
        """The field under a key; None where it is not understood, which is then said."""
        place = f"{prefix}{key}"
        self.draft.lines[place] = line
        if place.count(".") + self.depth > MAX_DEPTH:
            self._say(line, place[:200], f"it is nested deeper than {MAX_DEPTH} levels")
            return None
        value = self._value(value)
        if isinstance(value, ObjectValue) and not is_typed(value):
            found = self._nested(value, place) if value or value.spreads else DocumentField(type="mixed")
            return found.model_copy(update={"name": key})
        options = value if isinstance(value, ObjectValue) else ObjectValue(line)
        kind = options.get("type") if isinstance(value, ObjectValue) else value
        known = len(self.draft.path_indexes)
        base = self.base(kind, options, place, line)
        if base is None:
            return None
        if options.get("excludeIndexes") is True:
            del self.draft.path_indexes[known:]
        found = self._described(base, kind, options, place, line)
        return found.model_copy(update={"name": key})

    def _value(self, value: Value) -> Value:
        """A definition, through functions that give it, and the likeliest of several."""
        value = self.schemas.program.expand(value)
        if isinstance(value, CallNode) and value.name == "raw" and value.source == "@nestjs/mongoose":
            return value.arg(0)
        if isinstance(value, Operation):
            return next(iter(alternatives(value)), value)
        return value

    def _nested(self, value: ObjectValue, place: str) -> DocumentField:
        """A nested path: its fields, without a schema of their own."""
        for spread in value.spreads:
            self._say(value.line, code(spread), f"something that is not known is spread into {place}")
        fields = [self.path(key, one, f"{place}.", value.line_of(key)) for key, one in value.items()]
        return DocumentField(type="object", required=False, fields=tuple(one for one in fields if one is not None))

    def _described(
        self, base: DocumentField, kind: Value, options: ObjectValue, place: str, line: int
    ) -> DocumentField:
        """The field with its keywords, and its index noted."""

        def say(text: str, reason: str) -> None:
            self._say(line, text, reason)

        found = keywords(base, options, self.schemas.model_of, say)
        is_documents = base.type == "array" and base.element is not None and base.element.type == "object"
        index = path_index(place, options) if not is_documents else None
        inner = self._inner_options(kind)
        if index is None and not is_documents and inner is not None:
            index = path_index(place, inner)
        self._note_index(index)
        return found

    def _inner_options(self, kind: Value) -> ObjectValue | None:
        """The keywords of an array's element, whose index is the array's."""
        element = kind[0] if isinstance(kind, list) and kind else None
        return element if isinstance(element, ObjectValue) and is_typed(element) else None

    def _note_index(self, index: DocumentIndex | None) -> None:
        if index is None:
            return
        for number, known in enumerate(self.draft.path_indexes):
            if (
                index.name is not None and known.name == index.name
            ):  # one index of several paths that give it the same name
                self.draft.path_indexes[number] = known.model_copy(update={"keys": {**known.keys, **index.keys}})
                return
        self.draft.path_indexes.append(index)

    # --- types ---

    def base(self, kind: Value, options: ObjectValue, place: str, line: int) -> DocumentField | None:
        """A field of a type, without keywords."""
        kind = self.schemas.local(self.schemas.program.expand(kind))
        if isinstance(kind, FunctionNode):
            kind = self.schemas.local(kind.result)
        if isinstance(kind, list):
            return self._array(kind, place, line)
        if isinstance(kind, ObjectValue):
            return self._implicit(kind, place) if kind else DocumentField(type="mixed")
        inner = self.schemas.of_value(kind, self.depth + place.count(".") + 1)
        if inner is not None:
            return self._subdocument(inner, place)
        return self._named(kind, options, place, line)

    def _named(self, kind: Value, options: ObjectValue, place: str, line: int) -> DocumentField | None:
        if isinstance(kind, ClassNode):
            return DocumentField(type="mixed")  # a class without paths: Nest makes an empty definition of it
        name = type_name(kind)
        found = TYPES.get(name)
        if found is None:
            reason = (
                "the schema is in a file that is not here"
                if isinstance(kind, Reference) and kind.source
                else "a type that is not known"
            )
            self._say(line, f"{place}: {code(kind)}", reason)
            return DocumentField(type="mixed")
        if found == "array":
            given = options.get("of", options.get("cast"))
            return self._array([given] if given is not None else [], place, line)
        if found == "map" and options.get("of") is not None:
            return DocumentField(type="map", element=self._element(options["of"], f"{place}.$*", line))
        return DocumentField(type=found)

    def _array(self, kind: list[Value], place: str, line: int) -> DocumentField:
        if not kind:
            return DocumentField(type="array", element=DocumentField(type="mixed"))
        return DocumentField(type="array", element=self._element(kind[0], place, line))

    def _element(self, value: Value, place: str, line: int) -> DocumentField:
        """An element of an array or a value of a map."""
        value = self._value(value)
        if isinstance(value, list):
            return self._array(value, place, line)
        if not isinstance(value, ObjectValue):
            return self.base(value, ObjectValue(line), place, line) or DocumentField(type="mixed")
        if not value and not value.spreads:
            return DocumentField(type="mixed")
        if not is_typed(value):
            return self._implicit(value, place)
        base = self.base(value["type"], value, place, line) or DocumentField(type="mixed")

        def say(text: str, reason: str) -> None:
            self._say(line, text, reason)

        return keywords(base, value, self.schemas.model_of, say)

    def _implicit(self, definition: ObjectValue, place: str) -> DocumentField:
        """A schema that Mongoose makes itself, of an object in an array or behind `type`."""
        inner = SchemaDraft(self.draft.path, definition.line)
        if self.draft.options.get("_id") is False:
            inner.has_id = False
        self.schemas.fill(inner, definition, self.depth + place.count(".") + 1)
        return self._subdocument(inner, place)

    def _subdocument(self, inner: SchemaDraft, place: str) -> DocumentField:
        """A nested schema's field; its indexes become the outer's."""
        point = _geojson(inner)
        if inner.options.get("excludeIndexes") is not True:
            for index in (*inner.path_indexes, *inner.own_indexes):
                self._note_index(_prefixed(index, place))
        for name, line in inner.lines.items():
            self.draft.lines.setdefault(f"{place}.{name}", line)
        if point is not None:
            return point
        return DocumentField(
            type="object", fields=tuple(with_timestamps(inner)), options=_marks(inner), **inner_variants(inner)
        )


def inner_variants(inner: SchemaDraft) -> dict[str, Any]:
    """The discriminator of a nested schema: its key where that is not the usual one."""
    key = inner.options.get("discriminatorKey")
    return {"discriminator": key} if isinstance(key, str) else {}


def is_typed(value: ObjectValue) -> bool:
    """Whether an object has a `type` that is one, not a field of that name."""
    kind = value.get("type")
    if "type" not in value or kind is None or kind == "":
        return False
    return not (isinstance(kind, ObjectValue) and "type" in kind)


def type_name(kind: Value) -> str:
    """The name of a type: of a constructor, a member of `Schema.Types`, or a string."""
    if isinstance(kind, str):
        return kind[:1].upper() + kind[1:]
    if isinstance(kind, Reference):
        return kind.last
    if isinstance(kind, Member):
        return kind.text
    return kind.name if isinstance(kind, ClassNode) else ""


def with_timestamps(draft: SchemaDraft) -> list[DocumentField]:
    """The fields, with those that timestamps add behind them."""
    added = [name for name in draft.timestamps() if name is not None and name not in draft.fields]
    return [*draft.fields.values(), *(DocumentField(name=name, type="date", required=True) for name in added)]


def _marks(inner: SchemaDraft) -> dict[str, Any]:
    marks: dict[str, Any] = {"subdocument": True}
    if not inner.has_id:
        marks["_id"] = False
    for name in ("timestamps", "strict"):
        if name in inner.options and not (name == "strict" and inner.options[name] is True):
            marks[name] = inner.options[name]
    return marks


def _prefixed(index: DocumentIndex, place: str) -> DocumentIndex:
    place = place.replace("[]", "")
    where = {key if key.startswith("$") else f"{place}.{key}": value for key, value in index.where.items()}
    return index.model_copy(
        update={"keys": {f"{place}.{key}": value for key, value in index.keys.items()}, "where": where}
    )


def _geojson(inner: SchemaDraft) -> DocumentField | None:
    """A schema of `type` (of GeoJSON's) and `coordinates` alone."""
    kind = inner.fields.get("type")
    if set(inner.fields) != {"type", "coordinates"} or kind is None or not kind.values or inner.has_id or inner.indexes:
        return None
    if inner.fields["coordinates"].type != "mixed" or not set(kind.values) <= GEOMETRIES:
        return None
    return DocumentField(type="geojson", values=() if set(kind.values) == GEOMETRIES else kind.values)
