"""DynamoDB's emulators, designs created on them and filled, and what each pattern must answer, found by looking at every row.

dynalite (npm) is found through DBDESIGN_NODE_MODULES; it knows no transactions, so their parts are sent one by one there, and no index
with several key attributes, so designs for it have joined ones.
"""

from __future__ import annotations

import inspect
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from dbdesign.model.patterns import AccessModel, AccessPattern, Entity
from dbdesign.nosql.base import DesignOptions, StoreDesign
from dbdesign.nosql.dynamodb.design import Evaluated, decide, design
from dbdesign.nosql.dynamodb.functions import function_name
from dbdesign.nosql.dynamodb.matching import predicate_value
from dbdesign.nosql.dynamodb.requests import identifier
from dbdesign.nosql.dynamodb.samples import sample
from dbdesign.nosql.dynamodb.serve import Serving
from dbdesign.readers.design import parse_design

SCENARIOS = sorted((Path(__file__).parent / "scenarios").glob("*.yaml"))
MODULES = Path(os.environ.get("DBDESIGN_NODE_MODULES", Path(__file__).parent.parent.parent / "node_modules"))
DYNALITE = """
const server = require(process.argv[1])({createTableMs: 0, deleteTableMs: 0, updateTableMs: 0})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
process.stdin.on('end', () => process.exit(0)).resume()
"""
FAR = 4_102_444_800

Row = dict[str, Any]


def access_model(path: Path) -> AccessModel:
    return parse_design(path.read_text(encoding="utf-8"), name=path.name, lenient=True).access


def client(endpoint: str | None = None) -> Any:
    import boto3

    return boto3.client(
        "dynamodb",
        region_name="us-east-1",
        endpoint_url=endpoint,
        aws_access_key_id="none",
        aws_secret_access_key="none",
    )


@contextmanager
def moto() -> Iterator[Any]:
    from moto import mock_aws

    with mock_aws():
        yield client()


@contextmanager
def dynalite() -> Iterator[Any]:
    """A client of a new dynalite, which ends with its standard input."""
    node = shutil.which("node")
    if node is None or not (MODULES / "dynalite").is_dir():
        pytest.skip("node with the npm package dynalite is not here (DBDESIGN_NODE_MODULES)")
    process = subprocess.Popen(
        [node, "-e", DYNALITE, str(MODULES / "dynalite")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield WithoutTransactions(client(f"http://127.0.0.1:{int(process.stdout.readline())}"))
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait()


class WithoutTransactions:
    """A client whose transactions are single writes in their order, and which adds up the capacity that the engine counts."""

    def __init__(self, real: Any) -> None:
        self._real = real
        self.capacity = 0.0

    def transact_write_items(self, *, TransactItems: list[Mapping[str, Any]]) -> None:  # noqa: N803 - as boto3 has it
        for one in TransactItems:
            ((kind, request),) = one.items()
            getattr(self, {"Put": "put_item", "Update": "update_item", "Delete": "delete_item"}[kind])(**request)

    def __getattr__(self, name: str) -> Any:
        call = getattr(self._real, name)
        if name not in {"get_item", "put_item", "update_item", "delete_item", "query", "scan", "batch_get_item"}:
            return call

        def counted(**request: Any) -> Any:
            answer = call(**request, ReturnConsumedCapacity="TOTAL")
            used = answer.get("ConsumedCapacity", {})
            self.capacity += sum(one["CapacityUnits"] for one in (used if isinstance(used, list) else [used]))
            return answer

        return counted


class Filled:
    """A design on an engine with rows in it."""

    def __init__(self, model: AccessModel, options: DesignOptions, engine: Any, rows: int) -> None:
        self.design: StoreDesign = design(model, options)
        self.evaluated: Evaluated = decide(model, options)[1]
        self.client = engine
        self.rows = sample(self.evaluated.plan.model, rows)
        self.functions = module("access_patterns", self.design.files["access_patterns.py"])
        creation = module("create_tables", self.design.files["create_tables.py"])
        creation.create_tables(engine)
        self.load()

    def entity(self, name: str) -> Entity:
        return self.evaluated.plan.model.entity_by_name[name]

    def expiry(self, name: str) -> Row:
        layout = self.functions.ENTITIES[name]
        return {layout["expires"][0]: FAR} if layout["expires"] else {}

    def load(self) -> None:
        for name, rows in self.rows.items():
            layout = self.functions.ENTITIES[name]
            items = [(layout["table"], self.functions.item_of(name, {**row, **self.expiry(name)})) for row in rows]
            for names in layout["unique"]:
                kept = [row for row in rows if all(row.get(one) is not None for one in names)]
                items += [(layout["unique_table"], self.functions.unique_item(name, names, row)) for row in kept]
            for start in range(0, len(items), 25):
                requests: dict[str, list[Any]] = {}
                for table, item in items[start : start + 25]:
                    requests.setdefault(table, []).append({"PutRequest": {"Item": item}})
                assert not self.client.batch_write_item(RequestItems=requests).get("UnprocessedItems")

    def stored(self, name: str, row: Mapping[str, Any]) -> Row | None:
        """The row as the engine has it."""
        key = self.functions.key_of(name, row)
        item = self.client.get_item(TableName=self.functions.ENTITIES[name]["table"], Key=key, ConsistentRead=True)
        return self.functions.values_of(item["Item"]) if "Item" in item else None

    def call(self, serving: Serving, given: Mapping[str, Any]) -> Any:
        function = getattr(self.functions, function_name(serving))
        wanted = inspect.signature(function).parameters
        return function(self.client, **{name: value for name, value in given.items() if name in wanted})

    def served(self, *operations: str) -> list[Serving]:
        return [one for one in self.evaluated.servings if one.unserved is None and one.pattern.operation in operations]


def module(name: str, text: str) -> ModuleType:
    found = ModuleType(name)
    exec(compile(text, f"{name}.py", "exec"), found.__dict__)
    sys.modules[name] = found  # the repair script imports the patterns by this name
    return found


def arguments(pattern: AccessPattern, row: Row, rows: list[Row]) -> Row:
    """What a function is called with so that it finds that row, its range a third of the values around."""
    given = {identifier(name): row[name] for name in (*pattern.equal, *pattern.filter) if row.get(name) is not None}
    if pattern.range:
        values = sorted(one[pattern.range] for one in rows if one.get(pattern.range) is not None)
        place = values.index(row[pattern.range]) if row.get(pattern.range) is not None else len(values) // 2
        reach = max(len(values) // 3, 1)
        given[identifier(pattern.range + "_from")] = values[max(place - reach, 0)]
        given[identifier(pattern.range + "_to")] = values[min(place + reach, len(values) - 1)]
    return given


def expected(pattern: AccessPattern, entity: Entity, given: Row, rows: list[Row]) -> list[Row]:
    """All rows that a pattern must find, in its order, whatever its page."""
    found = [row for row in rows if all(row.get(name) == given[identifier(name)] for name in pattern.equal)]
    for name, share in pattern.filter.items():
        value = predicate_value(entity.attribute_by_name[name], share)
        found = [row for row in found if row.get(name) == (given.get(identifier(name)) if value is None else value)]
    if pattern.range:
        low, high = (given[identifier(f"{pattern.range}_{side}")] for side in ("from", "to"))
        found = [row for row in found if row.get(pattern.range) is not None and low <= row[pattern.range] <= high]
    for key in reversed(pattern.order):
        found = [row for row in found if row.get(key.attribute) is not None]
        found.sort(key=lambda row: row[key.attribute], reverse=key.descending)
    return found


def assert_rows(answer: list[Row], wanted: list[Row], pattern: AccessPattern, entity: Entity) -> None:
    """The answer has the wanted rows, at most a page, in the order; of equal ones any."""
    size = len(wanted) if pattern.page is None else min(len(wanted), pattern.page)
    assert len(answer) == size, pattern.name
    names = pattern.project or tuple(one.name for one in entity.attributes)
    for key in pattern.order:
        if key.attribute in names:
            assert [one[key.attribute] for one in answer] == [one[key.attribute] for one in wanted[:size]], pattern.name
    left = [{name: row.get(name) for name in names} for row in wanted]
    for one in answer:
        shown = {name: one.get(name) for name in names}
        assert shown in left, pattern.name
        left.remove(shown)
