"""What is reviewed: collections with their fields and indexes, and the queries on them, from JSON or a script for mongosh."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from pydantic import ValidationError

from dbdesign.errors import InputError
from dbdesign.model import quantity
from dbdesign.model.documents import BsonType, Collection, DocumentField, DocumentIndex, DocumentSchema, Pipeline
from dbdesign.nosql.mongodb.review.javascript import MAX_DEPTH, Call, calls, parse

FORM = (
    "Write {collections: {NAME: {validator: {$jsonSchema: …}, indexes: [{key: {…}}]}}, pipelines: {NAME: {collection, pipeline, rate}}},"
    " a document schema as JSON, or a script for mongosh"
)


UNDECLARED = "undeclared"
"""The option of a collection that a script indexes and does not create: whether it has a validator is not known."""


@dataclass
class Reviewed:
    """Collections and queries.

    Attributes:
        lines: of the script: where a collection is first spoken of, and where a query stands, by name.
        unread: calls of the script that could not be read: line and reason.
    """

    collections: dict[str, Collection] = field(default_factory=dict)
    queries: list[Pipeline] = field(default_factory=list)
    lines: dict[str, int] = field(default_factory=dict)
    unread: list[tuple[int, str]] = field(default_factory=list)

    def collection(self, name: str) -> Collection | None:
        """The collection of that name."""
        return self.collections.get(name)

    def schema(self) -> DocumentSchema:
        """The same as a document schema."""
        return DocumentSchema(collections=tuple(self.collections.values()), pipelines=tuple(self.queries))


def read(text: str, *, lenient: bool = False) -> Reviewed:
    """What is said in a text.

    Args:
        lenient: whether a call that cannot be read is kept in `unread` instead of being an error.

    Raises:
        InputError: the text is neither JSON nor a script that speaks of `db`.
    """
    stripped = text.lstrip()
    if stripped.startswith(("{", "[")):
        return _document(parse(text))
    unread: list[tuple[int, str]] = []
    found = _script(list(calls(text, unread if lenient else None)))
    found.unread = unread
    if not found.collections and not found.queries:
        raise InputError("no collection and no query is in it", where="review", remedy=FORM)
    return found


def _document(said: Any) -> Reviewed:
    if isinstance(said, list):
        said = {"pipelines": {"pipeline": {"collection": "collection", "pipeline": said}}}
    if not isinstance(said, dict):
        raise InputError("it is no object", where="review", remedy=FORM)
    if isinstance(said.get("collections"), list):
        return _of_schema(said)
    collections = said.get("collections", {} if "pipelines" in said else said)
    found = Reviewed()
    if not isinstance(collections, dict) or not all(isinstance(one, dict) for one in collections.values()):
        raise InputError("`collections` is no object of collections by name", where="review", remedy=FORM)
    for name, one in collections.items():
        found.collections[name] = collection_of(name, one)
    found.queries = list(queries_of(said.get("pipelines", {})))
    return found


def _of_schema(said: dict[str, Any]) -> Reviewed:
    pipelines = said.pop("pipelines", {})
    try:
        schema = DocumentSchema.model_validate(said)
    except ValidationError as error:
        raise InputError(
            f"it is no document schema: {error.errors()[0]['msg']}", where="review", remedy=FORM
        ) from error
    return Reviewed({one.name: one for one in schema.collections}, list(queries_of(pipelines)))


def queries_of(said: Any) -> Iterator[Pipeline]:
    """The pipelines that a mapping describes by name: each a list of stages, or `{collection, pipeline, rate}`.

    Raises:
        InputError: one is of another form.
    """
    if not isinstance(said, dict):
        raise InputError("`pipelines` is no object of pipelines by name", where="review", remedy=FORM)
    for name, one in said.items():
        if isinstance(one, list):
            one = {"collection": name, "pipeline": one}
        stages = one.get("pipeline") if isinstance(one, dict) else None
        if (
            not isinstance(one, dict)
            or not isinstance(stages, list)
            or not all(isinstance(each, dict) and each for each in stages)
        ):
            raise InputError(f"pipeline {name!r} has no `pipeline` of stages", where="review", remedy=FORM)
        stated = _rate(name, one.get("rate"))
        yield Pipeline(name=name, collection=str(one.get("collection", name)), stages=tuple(stages), rate=stated)


def _rate(name: str, said: Any) -> float | None:
    """Executions per second: a number, or a text such as `300/s`."""
    if said is None or (isinstance(said, (int, float)) and not isinstance(said, bool)):
        return said
    try:
        return quantity.rate(str(said))
    except ValueError as error:
        raise InputError(f"the rate of {name!r}: {error}", where="review", remedy="Write 300/s") from None


def _script(found: list[Call]) -> Reviewed:
    result = Reviewed()
    for call in found:
        method, arguments = call.methods[0]
        result.lines.setdefault(call.collection, call.line)
        if method == "createCollection":
            options = next((one for one in arguments if isinstance(one, dict)), {})
            result.collections[call.collection] = collection_of(call.collection, options)
        elif method in {"createIndex", "ensureIndex", "createIndexes"}:
            _add_indexes(result, call.collection, arguments)
        elif (stages := _stages(call)) is not None:
            number = 1 + sum(one.collection == call.collection for one in result.queries)
            name = f"{call.collection}.{method} {number}"
            result.lines[name] = call.line
            result.queries.append(Pipeline(name=name, collection=call.collection, stages=tuple(stages), line=call.line))
    return result


def _add_indexes(result: Reviewed, name: str, arguments: tuple[Any, ...]) -> None:
    keys, options = (*arguments, None, None)[:2]
    said = options if isinstance(options, dict) else {}
    for one in keys if isinstance(keys, list) else [keys]:
        if isinstance(one, dict):
            _add_index(result, name, {"key": one, **said})


def _add_index(result: Reviewed, name: str, said: dict[str, Any]) -> None:
    there = result.collections.get(name) or Collection(name=name, options={UNDECLARED: True})
    result.collections[name] = there.model_copy(update={"indexes": (*there.indexes, index_of(said))})


def _stages(call: Call) -> list[Mapping[str, Any]] | None:
    """A call that reads as a pipeline."""
    method, arguments = call.methods[0]
    first = arguments[0] if arguments else {}
    if method == "aggregate":
        stages = first if isinstance(first, list) else list(arguments)
        return [one for one in stages if isinstance(one, dict) and one]
    if method not in {
        "find",
        "findOne",
        "countDocuments",
        "updateOne",
        "updateMany",
        "deleteOne",
        "deleteMany",
        "mapReduce",
        "distinct",
    }:
        return None
    if method == "mapReduce":
        return [{"$mapReduce": {}}]
    match = first if isinstance(first, dict) else {}
    stages = [{"$match": match}]
    for name, values in call.methods[1:]:
        if name in {"sort", "skip", "limit"} and values:
            stages.append({f"${name}": values[0]})
    return sorted(stages, key=lambda one: ["$match", "$sort", "$skip", "$limit"].index(next(iter(one))))


def collection_of(name: str, said: Mapping[str, Any]) -> Collection:
    """A collection from the options of createCollection and its indexes."""
    validator = said.get("validator") or {}
    schema = validator.get("$jsonSchema", {}) if isinstance(validator, dict) else {}
    indexes = said.get("indexes") or []
    if (
        not isinstance(schema, dict)
        or not isinstance(indexes, list)
        or not all(isinstance(one, dict) for one in indexes)
    ):
        raise InputError(f"{name}: the validator or the indexes are of another form", where="review", remedy=FORM)
    series = said.get("timeseries") or {}
    return Collection(
        name=name,
        fields=tuple(fields_of(schema, 0)),
        strict=schema.get("additionalProperties") is False,
        validation="strict" if schema else "off",
        indexes=tuple(index_of(one) for one in indexes if one.get("key") != {"_id": 1}),
        time_series={key: str(value) for key, value in series.items()} if isinstance(series, dict) else {},
    )


def index_of(said: Mapping[str, Any]) -> DocumentIndex:
    """An index as getIndexes() says it."""
    keys = said.get("key", said.get("keys"))
    if not isinstance(keys, dict) or not keys or not all(isinstance(one, (int, float, str)) for one in keys.values()):
        raise InputError("an index has no `key` of fields and directions", where="review", remedy=FORM)
    ttl, where = said.get("expireAfterSeconds"), said.get("partialFilterExpression")
    return DocumentIndex(
        keys={path: int(way) if isinstance(way, float) else way for path, way in keys.items()},
        name=str(said["name"]) if "name" in said else None,
        unique=bool(said.get("unique")),
        sparse=bool(said.get("sparse")),
        where=where if isinstance(where, dict) else {},
        expire_after_seconds=ttl if isinstance(ttl, (int, float)) else None,
    )


_KINDS: dict[str, BsonType] = {"number": "double", "integer": "int", "boolean": "bool", "timestamp": "timestamp"}


def fields_of(schema: Mapping[str, Any], depth: int) -> Iterator[DocumentField]:
    """The fields of a `$jsonSchema`."""
    properties, required = schema.get("properties") or {}, schema.get("required") or ()
    if isinstance(properties, dict) and depth < MAX_DEPTH:
        for name, one in properties.items():
            yield _field(name, one if isinstance(one, dict) else {}, depth, required=name in required)


def _field(name: str, said: Mapping[str, Any], depth: int, *, required: bool = False) -> DocumentField:
    kind = said.get("bsonType", said.get("type"))
    kinds = [one for one in (kind if isinstance(kind, list) else [kind]) if one != "null"]
    bson = (
        str(kinds[0])
        if kinds and kinds[0]
        else "object"
        if "properties" in said
        else "array"
        if "items" in said
        else "mixed"
    )
    items = said.get("items")
    element = _field("", items, depth + 1) if isinstance(items, dict) and depth < MAX_DEPTH else None
    known = cast("BsonType", _KINDS.get(bson, bson))
    try:
        return DocumentField(
            name=name, type=known, required=required, element=element,
            fields=tuple(fields_of(said, depth + 1)), max_items=said.get("maxItems"), max_length=said.get("maxLength"),
            values=tuple(said.get("enum", ())),
        )  # fmt: skip
    except ValidationError:
        return DocumentField(name=name, type="mixed", required=required)
