"""Units by the formulas against those that dynalite counts, at the edges of a unit; and writes to indexes against what their entries show.

dynalite counts the table's units of a write and not those of indexes; these are counted here from the entries of each index before and
after the write, by the rules of the developer guide (GSI.Writes): none where the entry stays, one where it comes, goes or changes, two
where its key changes.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from tests.nosql.dynamodb_engines import (
    SCENARIOS,
    Filled,
    Row,
    access_model,
    client,
    dynalite,
    identifier,
)
from tests.nosql.test_dynamodb_execution import FORUM, fresh, written_beside

from dbdesign.nosql.base import DesignOptions
from dbdesign.nosql.dynamodb.capacity import index_writes
from dbdesign.nosql.dynamodb.limits import READ_UNIT, WRITE_UNIT
from dbdesign.nosql.dynamodb.sizes import Size, item_bytes, units

Item = dict[str, Any]
EDGES = (10, 1023, 1024, 1025, 2048, 2049, 4095, 4096, 4097, 8192, 8193)
"""Bytes of items, at and around the edges of units."""


@pytest.fixture(scope="module")
def engine() -> Iterator[Any]:
    """A client of dynalite whose table `edges` has a partition key `p` and a sort key `s`."""
    with dynalite() as found:
        found.create_table(
            TableName="edges",
            AttributeDefinitions=[{"AttributeName": one, "AttributeType": "S"} for one in "ps"],
            KeySchema=[{"AttributeName": "p", "KeyType": "HASH"}, {"AttributeName": "s", "KeyType": "RANGE"}],
            BillingMode="PAY_PER_REQUEST",
        )
        yield client(found.meta.endpoint_url)


def item(size: int, sort: str = "1", partition: str = "x") -> Item:
    """An item of that many bytes."""
    found: Item = {"p": {"S": partition}, "s": {"S": sort}, "v": {"S": ""}}
    found["v"]["S"] = "a" * (size - item_bytes(found))
    assert item_bytes(found) == size
    return found


def write_units_of(size: int) -> float:
    return units(Size(size, size, size), WRITE_UNIT)


def read_units_of(size: int, *, strong: bool) -> float:
    return units(Size(size, size, size), READ_UNIT) * (1.0 if strong else 0.5)


def counted(answer: Mapping[str, Any]) -> float:
    found = answer["ConsumedCapacity"]
    return sum(one["CapacityUnits"] for one in (found if isinstance(found, list) else [found]))


TOTAL = {"ReturnConsumedCapacity": "TOTAL"}


@pytest.mark.parametrize("before", [None, 10, 1024, 1025, 4097])
@pytest.mark.parametrize("size", EDGES)
def test_a_write_takes_the_units_of_the_larger_of_the_old_and_the_new_item(
    size: int, before: int | None, engine: Any
) -> None:
    largest = max(size, before or 0)

    def start() -> None:
        engine.delete_item(TableName="edges", Key={"p": {"S": "x"}, "s": {"S": "1"}})
        if before is not None:
            engine.put_item(TableName="edges", Item=item(before))

    start()
    assert counted(engine.put_item(TableName="edges", Item=item(size), **TOTAL)) == write_units_of(largest)
    start()
    changed = engine.update_item(
        TableName="edges", Key={"p": {"S": "x"}, "s": {"S": "1"}}, UpdateExpression="SET v = :v",
        ExpressionAttributeValues={":v": item(size)["v"]}, **TOTAL,
    )  # fmt: skip
    assert counted(changed) == write_units_of(largest)
    deleted = engine.delete_item(TableName="edges", Key={"p": {"S": "x"}, "s": {"S": "1"}}, **TOTAL)
    assert counted(deleted) == write_units_of(size)


@pytest.mark.parametrize("strong", [True, False], ids=["strong", "eventual"])
def test_reads_take_the_units_of_what_is_read_before_filters_and_projections(strong: bool, engine: Any) -> None:
    for number, size in enumerate(EDGES):
        engine.put_item(TableName="edges", Item=item(size, f"{number:02}", "reads"))
    wanted = {"TableName": "edges", "ConsistentRead": strong, **TOTAL}
    for number, size in enumerate(EDGES):
        key = {"p": {"S": "reads"}, "s": {"S": f"{number:02}"}}
        assert counted(engine.get_item(Key=key, **wanted)) == read_units_of(size, strong=strong)
        projected = engine.get_item(Key=key, ProjectionExpression="s", **wanted)
        assert counted(projected) == read_units_of(size, strong=strong)
        first = {"KeyConditionExpression": "p = :p AND s <= :s"}
        values = {":p": {"S": "reads"}, ":s": {"S": f"{number:02}"}}
        total = sum(EDGES[: number + 1])
        queried = engine.query(**first, ExpressionAttributeValues=values, **wanted)
        assert counted(queried) == read_units_of(total, strong=strong)
        filtered = engine.query(
            **first, FilterExpression="v = :n", ExpressionAttributeValues={**values, ":n": {"S": "none"}}, **wanted
        )
        assert filtered["Items"] == []
        assert counted(filtered) == read_units_of(total, strong=strong)
    keys = [{"p": {"S": "reads"}, "s": {"S": f"{number:02}"}} for number in range(len(EDGES))]
    batch = engine.batch_get_item(RequestItems={"edges": {"Keys": keys, "ConsistentRead": strong}}, **TOTAL)
    assert counted(batch) == sum(read_units_of(one, strong=strong) for one in EDGES), "each item is rounded by itself"


def test_a_batch_of_writes_takes_the_units_of_each(engine: Any) -> None:
    puts = [{"PutRequest": {"Item": item(size, str(number), "batch")}} for number, size in enumerate(EDGES)]
    answer = engine.batch_write_item(RequestItems={"edges": puts}, **TOTAL)
    assert counted(answer) == sum(map(write_units_of, EDGES))


BEYOND = {
    "text is counted in UTF-8 (CapacityUnitCalculations); dynalite counts UTF-16 units": ({"S": "é" * 600}, 2, 1),
    "a negative number takes a byte more, and so does dynalite's": ({"N": "-" + "7" * 38}, 1, 1),
}
"""What dynalite counts otherwise than the developer guide says: a value, the units by the guide, dynalite's."""


@pytest.mark.parametrize("reason", BEYOND)
def test_where_dynalite_differs_the_developer_guide_is_followed(reason: str, engine: Any) -> None:
    value, by_guide, by_dynalite = BEYOND[reason]
    stored = {"p": {"S": "x"}, "s": {"S": "other"}, "v": value}
    assert write_units_of(item_bytes(stored)) == by_guide
    assert counted(engine.put_item(TableName="edges", Item=stored, **TOTAL)) == by_dynalite


MOVING = [one for one in SCENARIOS if one.stem in {"delivery", "ledger", "leaderboard", "saas", "ticketing"}]
"""Scenarios whose updates change what indexes are kept by, or that write several items at once."""


@pytest.fixture(params=[*MOVING, FORUM], ids=lambda path: path.stem)
def filled(request: pytest.FixtureRequest) -> Iterator[Filled]:
    with dynalite() as found:
        yield Filled(access_model(request.param), DesignOptions(settings={"keys": "joined"}), found, rows=6)


Contents = dict[tuple[str, str], dict[str, Item]]


def contents(filled: Filled) -> Contents:
    """All items by table and index (empty for the table's own), each by its primary key."""
    found: Contents = {}
    for table in filled.design.design["tables"]:
        name, keys = table["TableName"], [one["AttributeName"] for one in table["KeySchema"]]
        every = [*table.get("GlobalSecondaryIndexes", ()), *table.get("LocalSecondaryIndexes", ())]
        for index in ("", *(one["IndexName"] for one in every)):
            request = {"TableName": name} | ({"IndexName": index} if index else {})
            items = filled.client._real.scan(**request)["Items"]
            found[name, index] = {repr([one[key] for key in keys]): one for one in items}
    return found


def writes(filled: Filled, name: tuple[str, str], before: Contents, after: Contents) -> float:
    """Writes to a table or index that its items show, by the rules of the developer guide."""
    keys = key_names(filled, name)
    total = 0.0
    for place in before[name].keys() | after[name].keys():
        old, new = before[name].get(place), after[name].get(place)
        if old == new:
            continue
        moved = old is not None and new is not None and any(old.get(key) != new.get(key) for key in keys)
        total += 2 if moved else 1
    return total


def key_names(filled: Filled, name: tuple[str, str]) -> list[str]:
    table = next(one for one in filled.design.design["tables"] if one["TableName"] == name[0])
    every = [*table.get("GlobalSecondaryIndexes", ()), *table.get("LocalSecondaryIndexes", ())]
    schema = next((one["KeySchema"] for one in every if one["IndexName"] == name[1]), table["KeySchema"])
    return [one["AttributeName"] for one in schema]


def table_units(before: Contents, after: Contents) -> float:
    """Units of all writes to tables: of the larger of old and new, by the exact bytes."""
    total = 0.0
    for (_, index), items in after.items():
        if index:
            continue
        old = before[_, index]
        for place in items.keys() | old.keys():
            if items.get(place) != old.get(place):
                sizes = [item_bytes(one[place]) for one in (items, old) if place in one]
                total += math.ceil(max(sizes) / WRITE_UNIT)
    return total


def test_every_write_of_a_scenario_takes_the_units_that_are_computed(filled: Filled) -> None:
    compared = 0
    for serving in filled.served("inserts", "updates", "deletes"):
        if any(step.reads or step.counter is not None for step in serving.steps):
            continue
        before = contents(filled)
        filled.client.capacity = 0.0
        row = done(filled, serving)
        after = contents(filled)
        assert filled.client.capacity == table_units(before, after), serving.pattern.name
        own = next(step for step in serving.steps if not step.reads)
        for path in own.placement.indexes:
            assert_index(filled, own, path, before, after, row)
            compared += 1
    assert compared or not any(one.placement.indexes for each in filled.evaluated.servings for one in each.steps)


def assert_index(filled: Filled, step: Any, path: Any, before: Contents, after: Contents, row: Row) -> None:
    """The writes to an index that are computed for a pattern, where the item is in the index; at most these where it is not always."""
    pattern, entity = step.pattern, filled.entity(step.pattern.entity)
    seen = writes(filled, (step.placement.table, path.name), before, after)
    whole = path.share == 1 and all(row.get(name) is not None for name in path.attributes)
    claimed = index_writes(path, pattern, entity)
    absent = any(
        entity.attribute_by_name[name].present < 1 for name in path.attributes if name in entity.attribute_by_name
    )
    if whole and not absent:
        assert seen == claimed, (pattern.name, path.name)
    else:
        assert seen <= 2.0 if claimed else seen == 0, (pattern.name, path.name)


def done(filled: Filled, serving: Any) -> Row:
    """The pattern's write, every changed attribute given another value; the row as it is then."""
    pattern, entity = serving.pattern, filled.entity(serving.pattern.entity)
    if pattern.operation == "inserts":
        row = fresh(filled, entity.name)
        given: Row = {"values": {**row, **filled.expiry(entity.name)}}
        filled.call(serving, given)
        filled.rows[entity.name].append(row)
        return row
    if pattern.operation == "deletes":
        row = filled.rows[entity.name].pop()
        filled.call(serving, {**{identifier(key): row[key] for key in entity.key}, "old": row})
        return row
    row = filled.rows[entity.name][1]
    changes = pattern.changes or tuple(one.name for one in entity.attributes if one.name not in entity.key)
    given = {identifier(name): value for name, value in row.items()}
    given |= {identifier(name): None for name in (one.name for one in entity.attributes) if name not in row}
    given["old"] = dict(row)
    for name in changes:
        row[name] = other(row.get(name), [one.get(name) for one in filled.rows[entity.name]])
    given |= {identifier(name): row[name] for name in changes} | {"by": 1}
    written_beside(filled, serving, row, given)
    filled.call(serving, given)
    return row


def other(old: Any, known: list[Any]) -> Any:
    """Another value of the same kind."""
    if isinstance(old, bool):
        return not old
    if isinstance(old, (int, float)):
        return old + 1
    return next((one for one in known if one is not None and one != old), f"{old}x")
