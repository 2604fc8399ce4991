"""Definitions of tables: the request of CreateTable, and the Python file that creates them with boto3."""

from __future__ import annotations

import pprint
from collections.abc import Iterable
from typing import Any

from dbdesign.nosql.dynamodb.layout import PhysicalIndex, PhysicalTable
from dbdesign.nosql.dynamodb.sizes import TTL


def create_table(table: PhysicalTable) -> dict[str, Any]:
    """The request of CreateTable; attribute definitions are exactly those of the keys."""
    key = [_element(table.hash[0], "HASH"), *([_element(table.range[0], "RANGE")] if table.range else [])]
    request: dict[str, Any] = {
        "TableName": table.name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": kind} for name, kind in table.definitions.items()
        ],
        "KeySchema": key,
    }
    for kind, field in (("GSI", "GlobalSecondaryIndexes"), ("LSI", "LocalSecondaryIndexes")):
        if indexes := [index_definition(one) for one in table.indexes if one.kind == kind]:
            request[field] = indexes
    if table.stream:
        request["StreamSpecification"] = {"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"}
    return request


def index_definition(index: PhysicalIndex) -> dict[str, Any]:
    """An index as CreateTable and CloudFormation say it."""
    schema = [
        *(_element(name, "HASH") for name, _ in index.hash),
        *(_element(name, "RANGE") for name, _ in index.range),
    ]
    return {"IndexName": index.name, "KeySchema": schema, "Projection": projection(index)}


def projection(index: PhysicalIndex) -> dict[str, Any]:
    """An index's projection: ALL, KEYS_ONLY, or INCLUDE with names."""
    if index.projected is None:
        return {"ProjectionType": "ALL"}
    if not index.projected:
        return {"ProjectionType": "KEYS_ONLY"}
    return {"ProjectionType": "INCLUDE", "NonKeyAttributes": list(index.projected)}


def _element(name: str, kind: str) -> dict[str, str]:
    return {"AttributeName": name, "KeyType": kind}


CREATE = '''"""Creates the tables; run it with credentials of an account: `python create_tables.py`."""

from __future__ import annotations

from typing import Any

import boto3

TABLES: list[dict[str, Any]] = {tables}

EXPIRY: dict[str, str] = {expiry}

REGIONS: list[str] = {regions}


def create_tables(client: Any) -> None:
    """Create each table that is not there, wait for it, and have expired items deleted."""
    there = client.list_tables()["TableNames"]
    for table in TABLES:
        if table["TableName"] in there:
            continue
        client.create_table(**table)
        client.get_waiter("table_exists").wait(TableName=table["TableName"], WaiterConfig={{"Delay": 1}})


def expire_items(client: Any) -> None:
    """Have DynamoDB delete items after their expiry."""
    for table, attribute in EXPIRY.items():
        specification = {{"Enabled": True, "AttributeName": attribute}}
        client.update_time_to_live(TableName=table, TimeToLiveSpecification=specification)


def replicate(client: Any) -> None:
    """Add a replica in each further region."""
    for table in TABLES:
        for region in REGIONS[1:]:
            client.update_table(TableName=table["TableName"], ReplicaUpdates=[{{"Create": {{"RegionName": region}}}}])
            client.get_waiter("table_exists").wait(TableName=table["TableName"])


def main() -> None:
    """Create everything in the first region and replicate it."""
    client = boto3.client("dynamodb", region_name=REGIONS[0])
    create_tables(client)
    expire_items(client)
    replicate(client)


if __name__ == "__main__":
    main()
'''


def boto3_file(tables: Iterable[PhysicalTable], regions: list[str]) -> str:
    """The Python file that creates the tables."""
    every = list(tables)

    def literal(value: Any) -> str:
        return pprint.pformat(value, width=110, sort_dicts=False)

    return CREATE.format(
        tables=literal([create_table(one) for one in every]),
        expiry=literal({one.name: TTL for one in every if one.ttl}),
        regions=literal(regions),
    )
