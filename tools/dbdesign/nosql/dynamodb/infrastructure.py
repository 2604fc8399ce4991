"""The tables for infrastructure tools: CloudFormation, CDK in TypeScript and Python, Terraform."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from dbdesign.nosql.dynamodb.definitions import create_table, projection
from dbdesign.nosql.dynamodb.layout import PhysicalIndex, PhysicalTable
from dbdesign.nosql.dynamodb.sizes import TTL

TYPES = {"S": "STRING", "N": "NUMBER", "B": "BINARY"}


def camel(name: str) -> str:
    """`order_line` → `OrderLine`: a logical identifier."""
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[^0-9A-Za-z]+", name) if word) or "Table"


def snake(name: str) -> str:
    """A name as an identifier."""
    found = re.sub(r"\W", "_", name).lower()
    return found if not found[:1].isdigit() else f"_{found}"


def cloudformation(tables: Iterable[PhysicalTable], regions: Sequence[str]) -> str:
    """A template in YAML: a table each, or a global table each where there are several regions."""
    import yaml

    resources = {f"{camel(one.name)}Table": _resource(one, regions) for one in tables}
    template = {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "Tables designed from access patterns",
        "Resources": resources,
    }

    class Plain(yaml.SafeDumper):
        """Writes what stands in two places twice: CloudFormation takes no aliases."""

        def ignore_aliases(self, data: Any) -> bool:  # noqa: ARG002 - the dumper's own signature
            return True

    text: str = yaml.dump(template, Dumper=Plain, sort_keys=False, width=120, allow_unicode=True)
    return text


def _resource(table: PhysicalTable, regions: Sequence[str]) -> dict[str, Any]:
    properties = create_table(table)
    if table.ttl:
        properties["TimeToLiveSpecification"] = {"AttributeName": TTL, "Enabled": True}
    if stream := properties.pop("StreamSpecification", None):
        properties["StreamSpecification"] = {"StreamViewType": stream["StreamViewType"]}
    recovery = {"PointInTimeRecoveryEnabled": True}
    if len(regions) > 1:
        properties["StreamSpecification"] = {"StreamViewType": "NEW_AND_OLD_IMAGES"}
        properties["Replicas"] = [
            {"Region": one, "PointInTimeRecoverySpecification": recovery, "DeletionProtectionEnabled": True}
            for one in regions
        ]
        kind = "AWS::DynamoDB::GlobalTable"
    else:
        properties["PointInTimeRecoverySpecification"] = recovery
        properties["DeletionProtectionEnabled"] = True
        kind = "AWS::DynamoDB::Table"
    return {"Type": kind, "DeletionPolicy": "Retain", "UpdateReplacePolicy": "Retain", "Properties": properties}


def cdk_typescript(tables: Iterable[PhysicalTable], regions: Sequence[str]) -> str:
    """A stack in TypeScript (aws-cdk-lib 2.226 or later where an index has several key attributes a side)."""
    lines = [
        'import * as cdk from "aws-cdk-lib";',
        'import * as dynamodb from "aws-cdk-lib/aws-dynamodb";',
        'import { Construct } from "constructs";',
        "",
        "/** Tables designed from access patterns. */",
        "export class TablesStack extends cdk.Stack {",
        "  constructor(scope: Construct, id: string, props?: cdk.StackProps) {",
        "    super(scope, id, props);",
    ]
    for table in tables:
        lines += ["", *(f"    {line}" for line in _typescript(table, regions))]
    return "\n".join([*lines, "  }", "}", ""])


def _typescript(table: PhysicalTable, regions: Sequence[str]) -> Iterator[str]:
    yield f"new dynamodb.TableV2(this, {json.dumps(camel(table.name))}, {{"
    yield f"  tableName: {json.dumps(table.name)},"
    yield f"  partitionKey: {_ts_attribute(table.hash)},"
    if table.range:
        yield f"  sortKey: {_ts_attribute(table.range)},"
    yield "  billing: dynamodb.Billing.onDemand(),"
    yield "  pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: true },"
    yield "  deletionProtection: true,"
    if table.ttl:
        yield f"  timeToLiveAttribute: {json.dumps(TTL)},"
    if table.stream:
        yield "  dynamoStream: dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,"
    if len(regions) > 1:
        yield f"  replicas: [{', '.join(f'{{ region: {json.dumps(one)} }}' for one in regions[1:])}],"
    for kind, field in (("GSI", "globalSecondaryIndexes"), ("LSI", "localSecondaryIndexes")):
        indexes = [one for one in table.indexes if one.kind == kind]
        if indexes:
            yield f"  {field}: ["
            for index in indexes:
                yield f"    {{ {', '.join(_ts_index(index))} }},"
            yield "  ],"
    yield "});"


def _ts_attribute(key: tuple[str, str]) -> str:
    return f"{{ name: {json.dumps(key[0])}, type: dynamodb.AttributeType.{TYPES[key[1]]} }}"


def _ts_index(index: PhysicalIndex) -> Iterator[str]:
    yield f"indexName: {json.dumps(index.name)}"
    for keys, one, many in ((index.hash, "partitionKey", "partitionKeys"), (index.range, "sortKey", "sortKeys")):
        if index.kind == "LSI" and one == "partitionKey":
            continue
        if len(keys) == 1:
            yield f"{one}: {_ts_attribute(keys[0])}"
        elif keys:
            yield f"{many}: [{', '.join(map(_ts_attribute, keys))}]"
    shown = projection(index)
    yield f"projectionType: dynamodb.ProjectionType.{shown['ProjectionType']}"
    if "NonKeyAttributes" in shown:
        yield f"nonKeyAttributes: {json.dumps(shown['NonKeyAttributes'])}"


def cdk_python(tables: Iterable[PhysicalTable], regions: Sequence[str]) -> str:
    """The same stack in Python."""
    lines = [
        '"""Tables designed from access patterns."""',
        "",
        "from __future__ import annotations",
        "",
        "from typing import Any",
        "",
        "import aws_cdk as cdk",
        "from aws_cdk import aws_dynamodb as dynamodb",
        "from constructs import Construct",
        "",
        "",
        "class TablesStack(cdk.Stack):",
        '    """Tables designed from access patterns."""',
        "",
        "    def __init__(self, scope: Construct, construct_id: str, **kwargs: Any) -> None:",
        "        super().__init__(scope, construct_id, **kwargs)",
    ]
    for table in tables:
        lines += ["", *(f"        {line}" for line in _python(table, regions))]
    return "\n".join([*lines, ""])


def _python(table: PhysicalTable, regions: Sequence[str]) -> Iterator[str]:
    yield "dynamodb.TableV2("
    yield "    self,"
    yield f"    {camel(table.name)!r},"
    yield f"    table_name={table.name!r},"
    yield f"    partition_key={_py_attribute(table.hash)},"
    if table.range:
        yield f"    sort_key={_py_attribute(table.range)},"
    yield "    billing=dynamodb.Billing.on_demand(),"
    yield "    point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification("
    yield "        point_in_time_recovery_enabled=True"
    yield "    ),"
    yield "    deletion_protection=True,"
    if table.ttl:
        yield f"    time_to_live_attribute={TTL!r},"
    if table.stream:
        yield "    dynamo_stream=dynamodb.StreamViewType.NEW_AND_OLD_IMAGES,"
    if len(regions) > 1:
        replicas = ", ".join(f"dynamodb.ReplicaTableProps(region={one!r})" for one in regions[1:])
        yield f"    replicas=[{replicas}],"
    kinds = (
        ("GSI", "global_secondary_indexes", "GlobalSecondaryIndexPropsV2"),
        ("LSI", "local_secondary_indexes", "LocalSecondaryIndexProps"),
    )
    for kind, field, props in kinds:
        indexes = [one for one in table.indexes if one.kind == kind]
        if indexes:
            yield f"    {field}=["
            for index in indexes:
                yield f"        dynamodb.{props}("
                yield from (f"            {one}," for one in _py_index(index))
                yield "        ),"
            yield "    ],"
    yield ")"


def _py_attribute(key: tuple[str, str]) -> str:
    return f"dynamodb.Attribute(name={key[0]!r}, type=dynamodb.AttributeType.{TYPES[key[1]]})"


def _py_index(index: PhysicalIndex) -> Iterator[str]:
    yield f"index_name={index.name!r}"
    for keys, one, many in ((index.hash, "partition_key", "partition_keys"), (index.range, "sort_key", "sort_keys")):
        if index.kind == "LSI" and one == "partition_key":
            continue
        if len(keys) == 1:
            yield f"{one}={_py_attribute(keys[0])}"
        elif keys:
            yield f"{many}=[{', '.join(map(_py_attribute, keys))}]"
    shown = projection(index)
    yield f"projection_type=dynamodb.ProjectionType.{shown['ProjectionType']}"
    if "NonKeyAttributes" in shown:
        yield f"non_key_attributes={shown['NonKeyAttributes']!r}"


def terraform(tables: Iterable[PhysicalTable], regions: Sequence[str]) -> str:
    """Resources for the AWS provider (6.28 or later where an index has several key attributes a side)."""
    return "\n".join("\n".join(_terraform(one, regions)) + "\n" for one in tables)


def _terraform(table: PhysicalTable, regions: Sequence[str]) -> Iterator[str]:
    yield f'resource "aws_dynamodb_table" "{snake(table.name)}" {{'
    yield f"  name                        = {json.dumps(table.name)}"
    yield '  billing_mode                = "PAY_PER_REQUEST"'
    yield f"  hash_key                    = {json.dumps(table.hash[0])}"
    if table.range:
        yield f"  range_key                   = {json.dumps(table.range[0])}"
    yield "  deletion_protection_enabled = true"
    if table.stream or len(regions) > 1:
        yield "  stream_enabled              = true"
        yield '  stream_view_type            = "NEW_AND_OLD_IMAGES"'
    for name, kind in table.definitions.items():
        yield from ("", "  attribute {", f"    name = {json.dumps(name)}", f"    type = {json.dumps(kind)}", "  }")
    for index in table.indexes:
        yield ""
        yield from _terraform_index(index)
    if table.ttl:
        yield from ("", "  ttl {", f"    attribute_name = {json.dumps(TTL)}", "    enabled        = true", "  }")
    yield from ("", "  point_in_time_recovery {", "    enabled = true", "  }")
    for region in regions[1:]:
        yield from ("", "  replica {", f"    region_name            = {json.dumps(region)}")
        yield from ("    point_in_time_recovery = true", "  }")
    yield "}"


def _terraform_index(index: PhysicalIndex) -> Iterator[str]:
    yield f"  {'global' if index.kind == 'GSI' else 'local'}_secondary_index {{"
    yield f"    name = {json.dumps(index.name)}"
    if index.kind == "LSI":
        yield f"    range_key = {json.dumps(index.range[0][0])}"
    elif len(index.hash) > 1 or len(index.range) > 1:
        for kind, keys in (("HASH", index.hash), ("RANGE", index.range)):
            for name, _ in keys:
                yield "    key_schema {"
                yield f"      attribute_name = {json.dumps(name)}"
                yield f"      key_type       = {json.dumps(kind)}"
                yield "    }"
    else:
        yield from (f"    hash_key = {json.dumps(name)}" for name, _ in index.hash)
        yield from (f"    range_key = {json.dumps(name)}" for name, _ in index.range)
    shown = projection(index)
    yield f"    projection_type = {json.dumps(shown['ProjectionType'])}"
    if "NonKeyAttributes" in shown:
        yield f"    non_key_attributes = {json.dumps(shown['NonKeyAttributes'])}"
    yield "  }"
