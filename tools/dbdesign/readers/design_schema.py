"""The JSON Schema of the design file, for editors, for assistants that write one, and for checks outside dbdesign.

Quantities are texts with patterns or numbers; what fits together (a pattern names attributes that its entity has) is checked by the
reader alone.
"""

from __future__ import annotations

from typing import Any, get_args

from dbdesign.model.patterns import AttributeType
from dbdesign.model.schema import Engine
from dbdesign.model.workload import Isolation
from dbdesign.readers.lifecycle_schema import LIFECYCLE

URI = "https://json-schema.org/draft/2020-12/schema"


def _quantity(example: str, description: str) -> dict[str, Any]:
    return {"type": ["string", "number"], "description": description, "examples": [example]}


def _object(properties: dict[str, Any], *required: str) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        **({"required": list(required)} if required else {}),
    }


def _names(description: str) -> dict[str, Any]:
    return {"type": ["string", "array"], "items": {"type": "string"}, "description": description}


def _map(of: dict[str, Any], description: str) -> dict[str, Any]:
    return {"type": ["object", "null"], "additionalProperties": of, "description": description}


COUNT = _quantity("2e9", "a number of things: 2e9, 5M, 1_000_000")
RATE = _quantity("300/s", "executions per time: 300/s, 12/min, 1e6/day")
SHARE = _quantity("5%", "a share: 5% or 0.05")
SIZE = _quantity("2 KB", "bytes: 26, 2 KB, 1 MiB")
GROWTH = _quantity("3% per month", "3% per month (compounding) or 5M rows per day")
DURATION = _quantity("90 days", "90 days, 18 months, 2 years")
LATENCY = _quantity("p95 20ms", "p95 20ms")
SPREAD = {
    "type": ["string", "number", "object"],
    "properties": {"average": COUNT, "p99": COUNT, "maximum": COUNT},
    "additionalProperties": False,
    "required": ["average"],
    "description": "a number, or {average, p99, maximum}",
}
COLUMN = _object(
    {
        "distinct": COUNT,
        "nulls": SHARE,
        "values": _map(SHARE, "value → share of the rows"),
        "skew": _quantity("zipf 1.1", "how unequal the values' frequencies are"),
        "min": {"type": ["string", "number"]},
        "max": {"type": ["string", "number"]},
        "correlation": {"type": ["string", "number"], "description": "between value order and physical order, -1 to 1"},
        "width": COUNT,
    }
)
QUERY = _object(
    {
        "name": {"type": "string"},
        "sql": {"type": "string", "description": "with $1, ?, :name or @name placeholders"},
        "rate": RATE,
        "peak": RATE,
        "target": LATENCY,
    },
    "sql",
)
STEP = {
    "anyOf": [
        {"type": "string"},
        _object(
            {
                "sql": {"type": "string", "description": "with :name placeholders"},
                "into": _names("names that the first row's columns are bound to"),
                "when": {
                    "type": "string",
                    "description": "an SQL expression; the transaction ends here where it is not true",
                },
            },
            "sql",
        ),
    ]
}
TRANSACTION = _object(
    {
        "name": {"type": "string"},
        "rate": RATE,
        "isolation": {"type": "string", "enum": list(get_args(Isolation))},
        "steps": {"type": "array", "items": STEP},
        "parameters": _map(_names("values to try"), "by parameter"),
        "given": _names("statements that bring generated rows into a state in which it does something"),
    },
    "steps",
)
VOLUME = {
    "anyOf": [
        COUNT,
        _object({"rows": COUNT, "growth": GROWTH, "retention": DURATION, "columns": _map(COLUMN, "by column")}),
    ]
}
ATTRIBUTE_TYPE = {"type": "string", "enum": list(get_args(AttributeType))}
ATTRIBUTE = {
    "anyOf": [
        ATTRIBUTE_TYPE,
        {"type": "null"},
        _object(
            {
                "type": ATTRIBUTE_TYPE,
                "size": {**SPREAD, "properties": {"average": SIZE, "p99": SIZE, "maximum": SIZE}},
                "present": SHARE,
                "distinct": COUNT,
                "values": _map(SHARE, "value → share of the entities"),
                "monotonic": {"type": "boolean", "description": "new values are greater than all before"},
                "mutable": {"type": "boolean"},
            }
        ),
    ]
}
ENTITY = _object(
    {
        "key": _names("attributes that identify one"),
        "count": COUNT,
        "growth": GROWTH,
        "retention": DURATION,
        "unique": {
            "type": ["string", "array"],
            "description": "further sets of attributes that may not repeat: [email, [tenant, code]]",
        },
        "attributes": _map(ATTRIBUTE, "by name: a type, or what is known of it"),
    },
    "key",
)
RELATION = _object(
    {
        "parent": {"type": "string"},
        "child": {"type": "string"},
        "by": _names("the child's attributes that hold the parent's key"),
        "children": {**SPREAD, "description": "children of a parent: a number, or {average, p99, maximum}"},
        "parents": {**SPREAD, "description": "parents of a child, where it has several"},
        "optional": {"type": "boolean"},
    },
    "parent", "child", "children",
)  # fmt: skip
PATTERN = {
    **_object(
        {
            "name": {"type": "string"},
            "reads": {"type": "string", "description": "the entity"},
            "inserts": {"type": "string"},
            "updates": {"type": "string"},
            "deletes": {"type": "string"},
            "equal": _names("attributes compared by equality"),
            "range": {"type": "string", "description": "the attribute compared by a range"},
            "order": _names("created_at desc"),
            "filter": _map(SHARE, "attribute → share that passes"),
            "project": _names("attributes that are needed; all when left out"),
            "page": COUNT,
            "rate": RATE,
            "peak": RATE,
            "hottest": {**SHARE, "description": "share of the executions that go to the most wanted key"},
            "consistency": {"type": "string", "enum": ["strong", "eventual"]},
            "stale": _quantity("5s", "how old an eventually consistent answer may be"),
            "together": _names(
                "related entities in the same request. reads: they are read with it. inserts: children as many as a parent has on average, "
                "a parent once. updates: inserts one row of each named entity in the same transaction, beside the update (an order's new "
                "status and an order event). deletes: its children go with it"
            ),
            "changes": _names("attributes that an update changes"),
            "atomic": {"type": "boolean", "description": "all that is written together, or none of it"},
            "increments": {"type": "boolean", "description": "the update counts up or down from the stored value"},
            "target": LATENCY,
        },
        "rate",
    ),
    "oneOf": [{"required": [operation]} for operation in ("reads", "inserts", "updates", "deletes")],
}
DESIGN_SCHEMA: dict[str, Any] = {
    "$schema": URI,
    "title": "dbdesign design file",
    **_object(
        {
            "engine": {
                "type": "string",
                "description": f"{', '.join(Engine)}, with a version: postgresql 18; or mongodb, dynamodb, redis",
            },
            "schema": {
                "type": ["string", "object"],
                "description": "a path, database:<name>, or the DDL itself; for mongodb models, or collections by name",
            },
            "pipelines": {
                "type": ["string", "object"],
                "description": "for mongodb: a script for mongosh, or by name {collection, rate, pipeline: [{$match: …}]}",
            },
            "format": {"type": "string", "description": "of the schema, where it does not show"},
            "targets": _object({"latency": LATENCY}),
            "workload": {"type": ["array", "null"], "items": QUERY},
            "transactions": {"type": ["array", "null"], "items": TRANSACTION},
            "volumes": _map(VOLUME, "by table: rows, or what is known of it"),
            "entities": _map(ENTITY, "what is stored, by name; with a schema, its tables are entities"),
            "relations": {"type": ["array", "null"], "items": RELATION},
            "patterns": {
                "type": ["array", "null"],
                "items": PATTERN,
                "description": "how the application reads and writes",
            },
            "lifecycle": LIFECYCLE,
            "regions": {
                "type": ["object", "array"],
                "description": "region → share of the traffic, or a list of regions",
            },
        }
    ),
}
"""The schema; `dbdesign schema design` prints it."""
