"""The design as a data model of NoSQL Workbench (its JSON form, version 3.0): tables, indexes, facets, sample items."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from dbdesign.nosql.dynamodb.definitions import projection
from dbdesign.nosql.dynamodb.layout import PhysicalIndex, PhysicalTable
from dbdesign.nosql.dynamodb.samples import items_file

DATE = "Jan 01, 2026, 00:00 AM"
"""The form asks for dates; a fixed one keeps the same design the same file."""


def workbench(tables: Iterable[PhysicalTable], items: Mapping[str, list[dict[str, Any]]]) -> str:
    """The data model as NoSQL Workbench imports it."""
    model = {
        "ModelName": "Access patterns",
        "ModelMetadata": {
            "Author": "dbdesign",
            "DateCreated": DATE,
            "DateLastModified": DATE,
            "Description": "Designed from access patterns",
            "AWSService": "Amazon DynamoDB",
            "Version": "3.0",
        },
        "DataModel": [_table(one, items.get(one.name, [])) for one in tables],
    }
    whole: dict[str, Any] = json.loads(items_file(model))  # type: ignore[arg-type]
    return json.dumps(whole, indent=2, ensure_ascii=False) + "\n"


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
    if len(index.hash) > 1:
        key["PartitionKeys"] = [_attribute(*one) for one in index.hash]
    if len(index.range) > 1:
        key["SortKeys"] = [_attribute(*one) for one in index.range]
    return {"IndexName": index.name, "KeyAttributes": key, "Projection": projection(index)}
