"""A document database's schema as values: collections of documents whose fields nest, with their validators and indexes.

Conventions that readers keep and writers rely on:

- Field names are the stored ones. `id` that a library adds for `_id` is not listed; `_id` is, where the source declares it.
- A nested object is a field of type `object` with `fields`; an array has one `element`, which may be an object or an array.
- What a library enforces and the server does not is in `options`, by its keyword (`lowercase`, `trim`, `select`, `immutable` …).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import Field as ModelField

from dbdesign.model.base import Model

BsonType = Literal[
    "object", "array", "string", "double", "int", "long", "decimal", "bool", "date", "objectId", "binData", "uuid", "regex",
    "timestamp", "map", "mixed", "geojson", "vector",
]  # fmt: skip
"""BSON's own aliases, and: `map` (an object whose keys are data), `mixed` (anything), `geojson`, `uuid` (binData 4), `vector`."""


class DocumentField(Model):
    """A field of a document, of a nested object, or the element of an array.

    Attributes:
        name: stored name; empty for an array's element.
        required: must be there and not null. A nested object that is always written counts as required.
        default: a JSON value; None for none. `default_expression` is the source's text where it is computed (`Date.now`).
        values: of an enumeration; empty for none.
        minimum, maximum: of a number or date; `min_length`, `max_length` of a string; `min_items`, `max_items` of an array.
        pattern: a regular expression that a string must match.
        references: collection that an id (or the ids of an array's element) belongs to; None for none. `references_path` is the field that
            names the collection where it varies by document (Mongoose's refPath).
        alias: what the library calls the field where it differs from `name`.
        variants: of a discriminated nested object: value → fields beside `fields`; `discriminator` is the field that tells.
        options: what the library alone keeps, by its keyword.
    """

    name: str = ""
    type: BsonType
    required: bool = False
    fields: tuple[DocumentField, ...] = ()
    element: DocumentField | None = None
    default: Any = None
    default_expression: str | None = None
    values: tuple[Any, ...] = ()
    minimum: int | float | str | None = None
    maximum: int | float | str | None = None
    min_length: int | None = None
    max_length: int | None = None
    min_items: int | None = None
    max_items: int | None = None
    pattern: str | None = None
    references: str | None = None
    references_path: str | None = None
    alias: str | None = None
    discriminator: str | None = None
    variants: Mapping[str, tuple[DocumentField, ...]] = ModelField(default_factory=dict)
    comment: str | None = None
    options: Mapping[str, Any] = ModelField(default_factory=dict)


class DocumentIndex(Model):
    """An index of a collection.

    Attributes:
        name: None where the server chooses it.
        keys: dotted path → 1, -1, `text`, `2dsphere`, `2d`, `hashed`; `$**` for a wildcard. Order is the index's.
        where: `partialFilterExpression`; empty for none.
        expire_after_seconds: of a TTL index.
        options: whatever else createIndexes takes (`collation`, `weights`, `hidden`, `wildcardProjection` …).
    """

    name: str | None = None
    keys: Mapping[str, int | str]
    unique: bool = False
    sparse: bool = False
    where: Mapping[str, Any] = ModelField(default_factory=dict)
    expire_after_seconds: int | float | None = None
    options: Mapping[str, Any] = ModelField(default_factory=dict)


class Collection(Model):
    """A collection.

    Attributes:
        model: what the library calls it (`User` for `users`); None where there is no library.
        strict: whether fields that are not listed are refused or dropped.
        discriminator: the field that tells variants apart; `variants` are the fields of each beside `fields`.
        timestamps: the library's own: its names of created and updated (`createdAt`, `updatedAt`); listed in `fields` as well.
        time_series: `timeField`, `metaField`, `granularity`; empty for none.
        capped: `size`, `max`; empty for none.
        shard_key: keys as of an index; empty for none.
    """

    name: str
    model: str | None = None
    fields: tuple[DocumentField, ...] = ()
    indexes: tuple[DocumentIndex, ...] = ()
    strict: bool = True
    discriminator: str | None = None
    variants: Mapping[str, tuple[DocumentField, ...]] = ModelField(default_factory=dict)
    timestamps: tuple[str | None, str | None] = (None, None)
    validation: Literal["off", "moderate", "strict"] = "off"
    time_series: Mapping[str, str] = ModelField(default_factory=dict)
    capped: Mapping[str, int] = ModelField(default_factory=dict)
    shard_key: Mapping[str, int | str] = ModelField(default_factory=dict)
    comment: str | None = None
    options: Mapping[str, Any] = ModelField(default_factory=dict)

    def paths(self) -> Iterator[tuple[str, DocumentField]]:
        """Every field by its dotted path, outer before inner; an array's members stand behind `[]`. Variants come after the fields."""
        yield from _paths(self.fields, "")
        for fields in self.variants.values():
            yield from _paths(fields, "")


class Pipeline(Model):
    """A find or an aggregation on a collection; a find is the pipeline of its match, sort, skip and limit.

    Attributes:
        name: what the source calls it, or `orders.find 2` for the second one on a collection.
        stages: each a mapping of the stage's name to what it says; what is computed is a text that begins with a colon.
        rate: executions per second; None where not said.
        line, path: where it stands; None where that is not known, and where the source is one file.
    """

    name: str
    collection: str
    stages: tuple[Mapping[str, Any], ...]
    rate: float | None = None
    line: int | None = None
    path: str | None = None


class DocumentSchema(Model):
    """The collections of a database, and the queries on them where the source has those."""

    collections: tuple[Collection, ...]
    pipelines: tuple[Pipeline, ...] = ()
    engine: Literal["mongodb"] = "mongodb"
    version: str | None = None

    def collection(self, name: str) -> Collection | None:
        """The collection of that name, if there is one."""
        return next((one for one in self.collections if one.name == name), None)


def _paths(fields: tuple[DocumentField, ...], before: str) -> Iterator[tuple[str, DocumentField]]:
    for field in fields:
        yield from _field_paths(field, f"{before}{field.name}")


def _field_paths(field: DocumentField, place: str) -> Iterator[tuple[str, DocumentField]]:
    yield place, field
    yield from _paths(field.fields, f"{place}.")
    for fields in field.variants.values():
        yield from _paths(fields, f"{place}.")
    if field.element is not None:
        yield from _field_paths(field.element, f"{place}[]")
