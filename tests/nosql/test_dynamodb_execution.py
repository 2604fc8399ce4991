"""Designs of the ten scenarios, created on moto and dynalite and filled: every pattern executed, every answer compared with all rows."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from tests.nosql.dynamodb_engines import (
    SCENARIOS,
    Filled,
    Row,
    WithoutTransactions,
    access_model,
    arguments,
    assert_rows,
    dynalite,
    expected,
    identifier,
    module,
    moto,
)

from dbdesign.nosql.base import DesignOptions
from dbdesign.nosql.dynamodb.design import design
from dbdesign.nosql.dynamodb.sizes import item_bytes

REFUSED = r"ConditionalCheckFailed|TransactionCanceled"
ENGINES: dict[str, tuple[Any, dict[str, str], int]] = {
    "moto": (moto, {}, 8),
    "moto-one-table": (moto, {"layout": "single"}, 7),
    "dynalite": (dynalite, {"keys": "joined"}, 14),
}
"""How an engine is started, the settings of the designs for it, and rows of an entity."""
ONE_TABLE = {"delivery", "saas", "ticketing", "social_feed"}
"""Scenarios that are also tried with all entities in one table."""


FORUM = SCENARIOS[0].parent.parent / "designs" / "forum.yaml"
CASES = [
    (engine, path)
    for engine in ENGINES
    for path in (*SCENARIOS, FORUM)
    if engine != "moto-one-table" or path.stem in ONE_TABLE
]


@pytest.fixture(params=[pytest.param(one, id=f"{one[1].stem}-{one[0]}") for one in CASES])
def filled(request: pytest.FixtureRequest) -> Iterator[Filled]:
    engine, path = request.param
    start, settings, rows = ENGINES[engine]
    with start() as client:
        yield Filled(access_model(path), DesignOptions(settings=settings), client, rows=rows)


def test_every_pattern_answers_as_a_look_at_all_rows_does_before_and_after_writes(filled: Filled) -> None:
    assert {one.pattern.name for one in filled.evaluated.servings} == {
        one.pattern for one in (*filled.design.coverage, *filled.design.cannot_serve)
    }
    reads_agree(filled)
    if isinstance(filled.client, WithoutTransactions):
        capacity_agrees(filled)
    inserts(filled)
    updates(filled)
    deletes(filled)
    reads_agree(filled)
    assert mended(filled) == []


def reads_agree(filled: Filled) -> None:
    compared = 0
    for serving in filled.served("reads"):
        pattern = serving.parted.parts[0]
        entity, rows = filled.entity(pattern.entity), filled.rows[pattern.entity]
        usable = [
            row
            for row in rows
            if all(row.get(name) is not None for name in (*pattern.equal, *([pattern.range] if pattern.range else [])))
        ]
        for row in [usable[place] for place in (0, len(usable) // 2, -1) if usable]:
            given = arguments(pattern, row, rows)
            answer = filled.call(serving, given)
            wanted = expected(pattern, entity, given, rows)
            compared += 1
            if serving.steps[0].kind == "collection" or len(serving.steps) > 1:
                assert_together(filled, serving, answer, wanted)
                continue
            found = answer if isinstance(answer, list) else [answer] if answer is not None else []
            assert_rows(found, wanted, pattern, entity)
    assert compared


def assert_together(filled: Filled, serving: Any, answer: Any, wanted: list[Row]) -> None:
    """Parents and children: as a list where they share a partition, else by entity."""
    children: list[tuple[str, Row]] = []
    for relation in serving.parted.relations[1:]:
        parent, child = filled.entity(relation.parent), relation.child
        keys = [[one[key] for key in parent.key] for one in wanted]
        children += [(child, row) for row in filled.rows[child] if [row.get(by) for by in relation.by] in keys]
    own = serving.pattern.entity
    if isinstance(answer, dict):
        assert_rows(answer[own], wanted, serving.parted.parts[0], filled.entity(own))
        found = [(name, one) for name, every in answer.items() if name != own for one in every]
    else:
        found = [("", one) for one in answer]
        children += [(own, row) for row in wanted]
    assert len(found) == len(children)
    for name, row in children:
        kept = {key: value for key, value in row.items() if value is not None}
        assert any(kept.items() <= one.items() for where, one in found if where in {"", name})


def fresh(filled: Filled, name: str, number: int = 0) -> Row:
    """A row like the last, with a key and unique values that no row has."""
    entity = filled.entity(name)
    row = dict(filled.rows[name][-1 - number])
    unlike = set(entity.key if len(entity.key) == 1 else entity.key[-1:]).union(*map(set, entity.unique))
    for key in unlike:
        old = row[key]
        row[key] = old + 1000 + number if isinstance(old, int) else f"{old}{number}x"
    return row


def inserts(filled: Filled) -> None:
    for serving in filled.served("inserts"):
        name = serving.pattern.entity
        row = fresh(filled, name)
        given: dict[str, Any] = {"values": {**row, **filled.expiry(name)}}
        for step in serving.steps[1:]:
            child, relation = step.pattern.entity, step.relation
            assert relation is not None
            mapped = dict(zip(relation.by, (row[key] for key in filled.entity(name).key), strict=True))
            if step.kind == "update":
                picked = filled.rows[child][0]
                given[f"{identifier(child)}_items"] = [picked]
                picked.update(mapped)
            else:
                made = [{**fresh(filled, child, number), **mapped} for number in range(2)]
                given[f"{identifier(child)}_items"] = [{**one, **filled.expiry(child)} for one in made]
                filled.rows[child] += made
        filled.call(serving, given)
        filled.rows[name].append(row)
        stored = filled.stored(name, row)
        assert stored is not None
        assert {key: value for key, value in row.items() if value is not None}.items() <= stored.items()
        for again in refused(filled, name, row):
            with pytest.raises(Exception, match=REFUSED):
                filled.call(serving, {"values": again})


def refused(filled: Filled, name: str, row: Row) -> Iterator[Row]:
    """The same again; others with one of its unique values."""
    yield row
    for names in filled.entity(name).unique:
        other = fresh(filled, name, 1)
        if isinstance(filled.client, WithoutTransactions) and names != filled.entity(name).unique[0]:
            continue  # single writes leave the first part behind
        if not isinstance(filled.client, WithoutTransactions):
            yield {**other, **{one: row[one] for one in names}}


def updates(filled: Filled) -> None:
    for serving in filled.served("updates"):
        pattern, step = serving.pattern, next(one for one in serving.steps if not one.reads)
        name, entity = pattern.entity, filled.entity(pattern.entity)
        row = filled.rows[name][2]
        given = {identifier(key): row[key] for key in (*entity.key, *pattern.equal)}
        if step.counter is not None:
            counts(filled, serving, row)
            continue
        increment = pattern.increments and "by" in signature_of(filled, serving)
        changes = pattern.changes or tuple(one.name for one in entity.attributes if one.name not in entity.key)
        if increment:
            given["by"] = 5
            row[changes[0]] = row.get(changes[0], 0) + 5
        else:
            other = next((one for one in reversed(filled.rows[name]) if all(key in one for key in changes)), row)
            given.update({identifier(one): row.get(one) for one in (attribute.name for attribute in entity.attributes)})
            given.update({identifier(one): other.get(one) for one in changes})
            row.update({one: other.get(one) for one in changes})
        beside = written_beside(filled, serving, row, given)
        filled.call(serving, given)
        for name_beside, one in beside:
            stored_beside = filled.stored(name_beside, one)
            assert stored_beside is not None
            assert {key: value for key, value in one.items() if value is not None}.items() <= stored_beside.items()
            given.pop(f"{identifier(name_beside)}_items")
        stored = filled.stored(name, row)
        assert stored is not None
        assert {one: stored.get(one) for one in changes} == {one: row.get(one) for one in changes}
        missing = {identifier(key): "nobody" if isinstance(row[key], str) else -1 for key in entity.key}
        if set(entity.key) <= set(pattern.equal):
            with pytest.raises(Exception, match=REFUSED):
                filled.call(serving, {**given, **missing})


def written_beside(filled: Filled, serving: Any, row: Row, given: Row) -> list[tuple[str, Row]]:
    """What is put in the same transaction: one of each entity that the update is made together with."""
    made = []
    for step in (one for one in serving.steps if one.kind == "insert"):
        name, relation = step.pattern.entity, step.relation
        keys = filled.entity(serving.pattern.entity).key
        joined = dict(zip(relation.by, (row[key] for key in keys), strict=True)) if relation.child == name else {}
        one = {**fresh(filled, name), **joined}
        given[f"{identifier(name)}_items"] = [{**one, **filled.expiry(name)}]
        filled.rows[name].append(one)
        made.append((name, one))
    return made


def signature_of(filled: Filled, serving: Any) -> set[str]:
    import inspect

    from dbdesign.nosql.dynamodb.functions import function_name

    return set(inspect.signature(getattr(filled.functions, function_name(serving))).parameters)


def counts(filled: Filled, serving: Any, row: Row) -> None:
    counter = next(step.counter for step in serving.steps if step.counter is not None)
    key = filled.entity(serving.pattern.entity).key
    for _ in range(7):
        filled.call(serving, {identifier(one): row[one] for one in key})
    owner = filled.functions.joined(*[filled.functions.text(row[one]) for one in key])
    assert filled.functions.counted(filled.client, counter.table, owner, counter.shards) == 7


def deletes(filled: Filled) -> None:
    for serving in filled.served("deletes"):
        name = serving.pattern.entity
        row = filled.rows[name].pop(4)
        filled.call(serving, {**{identifier(key): row[key] for key in serving.pattern.equal}, "old": row})
        assert filled.stored(name, row) is None


def mended(filled: Filled) -> list[str]:
    """What the repair script would mend of keys and unique values: nothing, where all writes kept them up to date."""
    repair = module("repair", filled.design.files["repair.py"])
    found = []
    for name, layout in filled.functions.ENTITIES.items():
        found += repair.made_keys(filled.client, name)
        if layout["unique"] and not isinstance(filled.client, WithoutTransactions):
            found += repair.unique_values(filled.client, name)
    return found


def capacity_agrees(filled: Filled) -> None:
    """The units of the formulas are those that dynalite counts, for each read of one query or item."""
    compared = 0
    for serving in filled.served("reads"):
        step, pattern = serving.steps[0], serving.parted.parts[0]
        plain = step.kind in {"get", "query"} and step.match is not None and step.match.fan_out == 1
        if len(serving.steps) > 1 or not plain or step.fetch or pattern.range or pattern.filter:
            continue
        rows = [one for one in filled.rows[pattern.entity] if all(one.get(name) is not None for name in pattern.equal)]
        if not rows:
            continue
        given = arguments(pattern, rows[0], filled.rows[pattern.entity])
        filled.client.capacity = 0.0
        filled.call(serving, given)
        found = expected(pattern, filled.entity(pattern.entity), given, filled.rows[pattern.entity])
        ordered = step.match is not None and step.match.ordered
        found = found[: pattern.page] if pattern.page is not None and ordered else found
        assert filled.client.capacity == units_of(filled, step, found), pattern.name
        compared += 1
    assert compared


def units_of(filled: Filled, step: Any, rows: list[Row]) -> float:
    """Read units by the formula from the exact bytes of the items as they are stored on the path."""
    names = step.placement.stored_names(step.path)
    total = 0
    for row in rows:
        item = filled.functions.item_of(step.pattern.entity, {**row, **filled.expiry(step.pattern.entity)})
        total += item_bytes({name: value for name, value in item.items() if names is None or name in names})
    factor = 1.0 if step.pattern.consistency == "strong" else 0.5
    return max(-(-total // 4096), 1) * factor


SAMPLED = [one for one in SCENARIOS if one.stem in {"delivery", "ticketing"}]


@pytest.mark.parametrize("path", [*SAMPLED, FORUM], ids=lambda path: path.stem)
def test_the_sample_items_are_taken_and_every_written_request_is_answered(path: Any) -> None:
    """The files that go to somebody who works without the Python module: definitions, items, requests with their placeholders filled."""
    found = design(access_model(path), DesignOptions())
    tables, items, requests = (
        json.loads(found.files[name]) for name in ("tables.json", "sample_items.json", "requests.json")
    )
    answered = 0
    with moto() as client:
        for table in tables:
            client.create_table(**table)
        for name, rows in items.items():
            for row in rows:
                client.put_item(TableName=name, Item=row)
        for one in (request for each in requests for request in each["requests"]):
            call = {"GetItem": client.get_item, "Query": client.query, "Scan": client.scan}.get(one["operation"])
            if call is None:
                continue
            first = next(iter(items.get(one["request"]["TableName"]) or [{}]))
            call(**typed_request(one["request"], first, types_of(tables)))
            answered += 1
    assert answered


def types_of(tables: list[Row]) -> dict[str, str]:
    return {one["AttributeName"]: one["AttributeType"] for each in tables for one in each["AttributeDefinitions"]}


def typed_request(request: Row, item: Row, types: dict[str, str]) -> Row:
    """A request with DynamoDB's types: of a stored item's attribute where it has one, of a key else."""

    def typed(name: str, text: Any) -> Any:
        known = re.sub(r"_(from|to)$", "", name.strip(":{}"))
        if known in item and str(text).startswith("{"):
            return item[known]
        kind = types.get(known) or (next(iter(item[known])) if known in item else "S")
        return {kind: True} if kind == "BOOL" else {kind: "1" if kind == "N" else str(text)}

    made = dict(request)
    if "Key" in made:
        made["Key"] = {name: typed(name, text) for name, text in made["Key"].items()}
    if values := made.get("ExpressionAttributeValues"):
        made["ExpressionAttributeValues"] = {
            name: {"N": "1"} if name == ":now" else typed(name, text) for name, text in values.items()
        }
    return made
