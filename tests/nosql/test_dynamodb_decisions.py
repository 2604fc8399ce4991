"""What is decided for the ten scenarios, in reviewed files; and what is written of it, taken by the tools that read it."""

from __future__ import annotations

import ast
import json
import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.nosql.dynamodb_engines import SCENARIOS, access_model

from dbdesign.nosql.base import DesignOptions, StoreDesign
from dbdesign.nosql.dynamodb.design import design

FORUM = Path(__file__).parent / "designs" / "forum.yaml"
GOLDEN = Path(__file__).parent / "golden" / "dynamodb"
WRITTEN = ("cdk/tables-stack.ts", "cdk/tables_stack.py", "terraform/tables.tf", "cloudformation.yaml", "requests.json")


@cache
def designed(path: Path) -> StoreDesign:
    return design(access_model(path), DesignOptions())


def assert_golden(name: str, text: str) -> None:
    """The text equals the reviewed file; DBDESIGN_REWRITE_GOLDEN=1 writes it anew, to be reviewed as code."""
    path = GOLDEN / name
    if os.environ.get("DBDESIGN_REWRITE_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def decisions(found: StoreDesign) -> Iterator[str]:
    yield f"{found.summary}\n"
    for name, one in found.design["entities"].items():
        yield f"{name}: {one['table']} {one['key']}"
        yield from (
            f"  {index}: {key}{projected(found, one['table'], index)}" for index, key in one.get("indexes", {}).items()
        )
        if "unique_values" in one:
            yield f"  unique values: {one['unique_values']}"
    yield ""
    for one in found.coverage:
        shown = ", ".join(f"{unit} {number:,.4g}" for unit, number in one.cost.items())
        yield f"{one.pattern}: {one.served_by} [{shown}]"
    for part in ("cannot_serve", "concerns", "alternatives", "questions"):
        yield f"\n{part}"
        for entry in getattr(found, part):
            yield "- " + " | ".join(
                said(name, value) for name, value in entry.model_dump(exclude_defaults=True).items()
            )


def said(name: str, value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{unit} {number:,.0f}" for unit, number in value.items())
    return "chosen" if name == "chosen" else str(value)


def projected(found: StoreDesign, table: str, index: str) -> str:
    definition = next(one for one in found.design["tables"] if one["TableName"] == table)
    every = [*definition.get("GlobalSecondaryIndexes", ()), *definition.get("LocalSecondaryIndexes", ())]
    shown = next(one["Projection"] for one in every if one["IndexName"] == index)
    return f" {shown['ProjectionType']} {', '.join(shown.get('NonKeyAttributes', ()))}".rstrip()


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_the_decisions_are_those_that_were_reviewed(path: Path) -> None:
    assert_golden(f"{path.stem}.txt", "\n".join(decisions(designed(path))) + "\n")


@pytest.mark.parametrize("name", WRITTEN)
def test_what_is_written_of_ticketing_is_what_was_reviewed(name: str) -> None:
    path = next(one for one in SCENARIOS if one.stem == "ticketing")
    assert_golden(f"ticketing/{name}.txt", designed(path).files[name])


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_the_files_parse_and_say_the_same_tables(path: Path) -> None:
    import hcl2

    found = designed(path)
    for name, text in found.files.items():
        if name.endswith(".py"):
            ast.parse(text, name)
        elif name.endswith(".json"):
            json.loads(text)
    tables = {one["TableName"]: one for one in found.design["tables"]}
    resources = yaml.safe_load(found.files["cloudformation.yaml"])["Resources"]
    for one in resources.values():
        properties, table = one["Properties"], tables[one["Properties"]["TableName"]]
        for part in ("KeySchema", "AttributeDefinitions", "GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
            assert properties.get(part) == table.get(part)
    blocks = hcl2.loads(found.files["terraform/tables.tf"])["resource"]
    named = {bare(body["name"]): body for block in blocks for of_type in block.values() for body in of_type.values()}
    assert named.keys() == tables.keys() == {one["TableName"] for one in workbench(found)}
    for name, body in named.items():
        defined = {bare(one["name"]): bare(one["type"]) for one in body["attribute"]}
        assert defined == {one["AttributeName"]: one["AttributeType"] for one in tables[name]["AttributeDefinitions"]}
        indexes = [*body.get("global_secondary_index", ()), *body.get("local_secondary_index", ())]
        assert len(indexes) == len(tables[name].get("GlobalSecondaryIndexes", ())) + len(
            tables[name].get("LocalSecondaryIndexes", ())
        )


TERRAFORM = {
    "": (
        {"name", "billing_mode", "hash_key", "attribute"},
        {"range_key", "deletion_protection_enabled", "stream_enabled", "stream_view_type", "global_secondary_index",
         "local_secondary_index", "ttl", "point_in_time_recovery", "replica"},
    ),
    "attribute": ({"name", "type"}, set()),
    "global_secondary_index": ({"name", "projection_type"}, {"hash_key", "range_key", "key_schema", "non_key_attributes"}),
    "key_schema": ({"attribute_name", "key_type"}, set()),
    "local_secondary_index": ({"name", "projection_type", "range_key"}, {"non_key_attributes"}),
    "ttl": ({"attribute_name", "enabled"}, set()),
    "point_in_time_recovery": ({"enabled"}, set()),
    "replica": ({"region_name"}, {"point_in_time_recovery"}),
}  # fmt: skip
"""Arguments of aws_dynamodb_table by block, those that must be there and others that are known (provider's documentation of the resource)."""


@pytest.mark.parametrize("path", [*SCENARIOS, FORUM], ids=lambda path: path.stem)
def test_terraform_has_arguments_that_the_provider_knows_and_all_that_it_needs(path: Path) -> None:
    import hcl2

    found = hcl2.loads(designed(path).files["terraform/tables.tf"])["resource"]
    bodies = [body for one in found for of_type in one.values() for body in of_type.values()]
    assert bodies
    for body in bodies:
        assert_known("", body)


def assert_known(block: str, body: dict[str, Any]) -> None:
    needed, others = TERRAFORM[block]
    names = {name for name in body if not name.startswith("__")}
    assert needed <= names <= needed | others, block
    if block == "global_secondary_index":
        assert ("hash_key" in names) is not ("key_schema" in names)
    for name, one in body.items():
        for inner in one if isinstance(one, list) else ():
            if isinstance(inner, dict):
                assert_known(name, inner)


@pytest.mark.parametrize("path", [*SCENARIOS, FORUM], ids=lambda path: path.stem)
def test_the_workbench_gets_the_form_that_its_own_models_have(path: Path) -> None:
    model = json.loads(designed(path).files["nosql_workbench.json"])
    assert list(model) == ["ModelName", "ModelMetadata", "DataModel"]
    metadata = {"Author", "DateCreated", "DateLastModified", "Description", "AWSService", "Version"}
    assert set(model["ModelMetadata"]) == metadata
    for table in model["DataModel"]:
        assert_keys(table["KeyAttributes"])
        names = {one["AttributeName"] for one in (*table["KeyAttributes"].values(), *table["NonKeyAttributes"])}
        for index in table["GlobalSecondaryIndexes"]:
            assert set(index) == {"IndexName", "KeyAttributes", "Projection"}
            assert_keys(index["KeyAttributes"])
        for item in table["TableData"]:
            assert set(item) <= names
            assert all(len(one) == 1 and next(iter(one)) in {"S", "N", "B", "BOOL", "M", "L"} for one in item.values())


def assert_keys(found: dict[str, Any]) -> None:
    assert {"PartitionKey"} <= set(found) <= {"PartitionKey", "SortKey"}
    assert all(set(one) == {"AttributeName", "AttributeType"} for one in found.values())


def test_what_the_workbench_cannot_show_is_said_in_the_description() -> None:
    model = json.loads(designed(FORUM).files["nosql_workbench.json"])
    said = model["ModelMetadata"]["Description"]
    assert "Not in the model: the local index local_by_thread_id_votes of answer (thread_id; votes)." in said
    assert "Of the key of by_author_id_votes_written_at of answer (author_id; votes, written_at)" in said


def bare(value: str) -> str:
    """Without the quotes that python-hcl2 keeps since its version 8."""
    return value.strip('"')


def workbench(found: StoreDesign) -> list[dict[str, Any]]:
    model: list[dict[str, Any]] = json.loads(found.files["nosql_workbench.json"])["DataModel"]
    return model


@pytest.mark.parametrize(
    "path", [one for one in SCENARIOS if one.stem in {"audit_log", "delivery", "ticketing"}], ids=lambda path: path.stem
)
def test_cloudformation_has_nothing_to_say_against_the_template(path: Path) -> None:
    from cfnlint.api import lint

    regions = designed(path).design["regions"]
    assert [str(one) for one in lint(designed(path).files["cloudformation.yaml"], regions=regions[:1])] == []
