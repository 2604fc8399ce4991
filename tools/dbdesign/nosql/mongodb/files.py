"""The artefacts: a mongosh script that sets up, the requests of all patterns, repairs, archiving, Beanie models, the design as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from dbdesign.model.documents import Collection, DocumentIndex, DocumentSchema
from dbdesign.nosql.base import DuplicatedFact
from dbdesign.nosql.mongodb.beanie import models
from dbdesign.nosql.mongodb.collections import validator
from dbdesign.nosql.mongodb.layout import Layout
from dbdesign.nosql.mongodb.requests import Request, script


def files(
    layout: Layout,
    schema: DocumentSchema,
    requests: Mapping[str, Request],
    duplicates: tuple[DuplicatedFact, ...],
    links: Mapping[str, str],
) -> dict[str, str]:
    """Every file by its name."""
    found = {
        "setup.js": setup(schema),
        "requests.js": _requests(requests),
        "requests.json": json.dumps(
            {name: one.as_json() for name, one in requests.items()}, indent=2, ensure_ascii=False
        )
        + "\n",
        "collections.json": json.dumps(
            schema.model_dump(mode="json", exclude_defaults=True), indent=2, ensure_ascii=False
        )
        + "\n",
        "models.py": models(schema),
        "violations.js": "".join(_violations(schema)),
    }
    if duplicates or links:
        found["repair.js"] = "".join(_repairs(duplicates, links))
    archives = "".join(_archives(layout))
    if archives:
        found["archive.js"] = archives
    return found


def setup(schema: DocumentSchema) -> str:
    """Collections with validators and options, indexes, shard keys."""
    return "\n".join(part for one in schema.collections for part in _setup(one))


def create_options(collection: Collection) -> dict[str, Any]:
    """The options of `createCollection`."""
    if collection.time_series:
        return {"timeseries": dict(collection.time_series), **collection.options}
    return {"validator": validator(collection), "validationLevel": "strict", "validationAction": "error"}


def index_options(index: DocumentIndex) -> dict[str, Any]:
    """The options of `createIndex`."""
    found: dict[str, Any] = {}
    if index.unique:
        found["unique"] = True
    if index.where:
        found["partialFilterExpression"] = dict(index.where)
    if index.expire_after_seconds is not None:
        found["expireAfterSeconds"] = int(index.expire_after_seconds)
    return found


def _setup(collection: Collection) -> Iterator[str]:
    name = json.dumps(collection.name)
    options = json.dumps(create_options(collection), indent=2, ensure_ascii=False)
    yield f"db.createCollection({name}, {options});"
    for index in collection.indexes:
        chosen = index_options(index) | ({"name": index.name} if index.name else {})
        said = f", {script(chosen)}" if chosen else ""
        yield f"db.getCollection({name}).createIndex({script(dict(index.keys))}{said});"
    if collection.shard_key:
        keys = script(dict(collection.shard_key))
        yield f"// once the cluster is sharded: sh.shardCollection(db.getName() + {json.dumps('.' + collection.name)}, {keys});"
    yield ""


def _requests(requests: Mapping[str, Request]) -> str:
    parts = []
    for name, one in requests.items():
        notes = "".join(f"// {note}\n" for note in one.notes)
        parts.append(f"// {' '.join(name.split())}\n{notes}{one.text()}\n")
    return "\n".join(parts)


def _violations(schema: DocumentSchema) -> Iterator[str]:
    """Counts the documents that a validator would refuse: what decides between strict and moderate on collections that exist."""
    yield "// Documents that a validator would refuse. Zero everywhere: set strict and error; else moderate and warn first.\n"
    for one in schema.collections:
        if not one.time_series:
            condition = {"$nor": [validator(one)]}
            yield f"print({json.dumps(one.name)}, db.getCollection({json.dumps(one.name)}).countDocuments({script(condition)}));\n"


def _repairs(duplicates: tuple[DuplicatedFact, ...], links: Mapping[str, str]) -> Iterator[str]:
    for one in duplicates:
        yield f"// {one.fact}: {', '.join(one.copies)} from {one.owner}\n{one.repair};\n\n"
    for name, query in links.items():
        yield f"// {name}\n{query};\n\n"


def _archives(layout: Layout) -> Iterator[str]:
    for one in layout.applied:
        if one.pattern != "archive":
            continue
        home = layout.homes[one.object]
        stamp = next(each.name for each in home.entity.attributes if each.type == "timestamp" and each.monotonic)
        old = {home.path(stamp): {"$lt": ":before"}}
        copy = [
            {"$match": old},
            {"$merge": {"into": f"{home.collection}_archive", "on": "_id", "whenMatched": "keepExisting"}},
        ]
        name = json.dumps(home.collection)
        yield (
            f"// {one.object}: {one.because}. Copy, compare the counts, then delete in batches by date.\n"
            f"db.getCollection({name}).aggregate({script(copy)});\ndb.getCollection({name}).deleteMany({script(old)});\n\n"
        )
