"""The design as a data model of NoSQL Workbench (its JSON form, version 3.0): tables, indexes, facets, sample items."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from dbdesign.nosql.dynamodb.definitions import projection
from dbdesign.nosql.dynamodb.layout import PhysicalIndex, PhysicalTable
from dbdesign.nosql.dynamodb.samples import items_file

DATE = "Jan 01, 2026, 00:00 AM"
"""The form asks for dates; a fixed one keeps the same design the same file."""


def workbench(tables: Iterable[PhysicalTable], items: Mapping[str, list[dict[str, Any]]]) -> str:
    """The data model as NoSQL Workbench imports it; what its form has no place for is in the description."""
    tables = tuple(tables)
    model = {
        "ModelName": "Access patterns",
        "ModelMetadata": {
            "Author": "dbdesign",
            "DateCreated": DATE,
            "DateLastModified": DATE,
            "Description": " ".join(["Designed from access patterns.", *_unsaid(tables)]),
            "AWSService": "Amazon DynamoDB",
            "Version": "3.0",
        },
        "DataModel": [_table(one, items.get(one.name, [])) for one in tables],
    }
    whole: dict[str, Any] = json.loads(items_file(model))  # type: ignore[arg-type]
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


def _unsaid(tables: Iterable[PhysicalTable]) -> Iterator[str]:
    """Local indexes, and keys of several attributes a side: the form's indexes are global, of one attribute a side."""
    for table in tables:
        for index in table.indexes:
            keys = f"{', '.join(name for name, _ in index.hash)}; {', '.join(name for name, _ in index.range)}"
            if index.kind == "LSI":
                yield f"Not in the model: the local index {index.name} of {table.name} ({keys})."
            elif len(index.hash) > 1 or len(index.range) > 1:
                yield f"Of the key of {index.name} of {table.name} ({keys}) the first attribute a side is shown."


def _table(table: PhysicalTable, items: list[dict[str, Any]]) -> dict[str, Any]:
    names: dict[str, str] = {}
    for item in items:
        names.update({name: next(iter(value)) for name, value in item.items()})
    keys = {table.hash[0], *([table.range[0]] if table.range else [])}
    types = {**names, **table.definitions}
    return {
        "TableName": table.name,
        "KeyAttributes": {
            "PartitionKey": _attribute(*table.hash),
            **({"SortKey": _attribute(*table.range)} if table.range else {}),
        },
        "NonKeyAttributes": [_attribute(name, kind) for name, kind in types.items() if name not in keys],
        "TableFacets": [],
        "GlobalSecondaryIndexes": [_index(one) for one in table.indexes if one.kind == "GSI"],
        "TableData": items,
        "DataAccess": {"MySql": {}},
        "BillingMode": "PAY_PER_REQUEST",
    }


def _attribute(name: str, kind: str) -> dict[str, str]:
    return {"AttributeName": name, "AttributeType": kind}


def _index(index: PhysicalIndex) -> dict[str, Any]:
    key: dict[str, Any] = {"PartitionKey": _attribute(*index.hash[0])}
    if index.range:
        key["SortKey"] = _attribute(*index.range[0])
    return {"IndexName": index.name, "KeyAttributes": key, "Projection": projection(index)}
