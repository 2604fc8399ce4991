"""Every scenario on a server that speaks MongoDB's protocol: validators accept and refuse, requests give what brute force gives."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from dbdesign.api.access_source import access_of
from dbdesign.api.call import Call
from dbdesign.model.documents import DocumentSchema
from dbdesign.model.patterns import AccessModel, AccessPattern
from dbdesign.nosql.base import DesignOptions, StoreDesign
from dbdesign.nosql.mongodb import DESIGNER
from dbdesign.nosql.mongodb.costs import write_cost
from dbdesign.nosql.mongodb.design import request
from dbdesign.nosql.mongodb.layout import Layout, layout
from dbdesign.nosql.mongodb.requests import Request
from dbdesign.nosql.mongodb.traffic import Traffic
from dbdesign.readers.design import parse_design
from mongodb_server import running
from nosql.mongodb.rows import Generator, Row, Rows, expected, matching, parameters
from nosql.mongodb.store import bound, copied, create, documents, row_of

HERE = Path(__file__).parent
SCENARIOS = sorted([*HERE.parent.glob("scenarios/*.yaml"), *HERE.glob("designs/*.yaml")])


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with running(tmp_path_factory.mktemp("mongodb")) as found:
        yield found


@dataclass
class Loaded:
    """A scenario whose collections are made and filled."""

    model: AccessModel
    design: StoreDesign
    layout: Layout
    rows: Rows
    database: Any
    generator: Generator


@pytest.fixture(scope="module", params=SCENARIOS, ids=lambda one: one.stem)
def loaded(request: pytest.FixtureRequest, client: Any) -> Loaded:
    model, _ = access_of(str(request.param), Call())
    return load(model, client[request.param.stem])


def load(model: AccessModel, database: Any) -> Loaded:
    """A model with its collections made and filled: some parents have more children than the array holds, singles one."""
    design = DESIGNER.design(model, DesignOptions())
    placed = layout(Traffic(model))
    embedded = [one for home in placed.homes.values() for one in home.embeds]
    most = {f"{one.relation.parent} → {one.relation.child}": one.limit + 5 for one in embedded if one.overflow}
    generator = Generator(model, placed.traffic.entities, most)
    rows = generator.all()
    _link(rows, model, placed)
    create(database, DocumentSchema.model_validate(design.design["documents"]))
    for name, found in documents(rows, placed).items():
        database[name].insert_many(found)
    return Loaded(model, design, placed, rows, database, generator)


def _link(rows: Rows, model: AccessModel, placed: Layout) -> None:
    """Links for relations of many to many, kept in the parents' rows under a name that no attribute has."""
    for relation in model.relations:
        if relation.many_to_many:
            keys = [one[placed.homes[relation.child].entity.key[-1]] for one in rows[relation.child]]
            for place, row in enumerate(rows[relation.parent]):
                row[f"_links_{relation.child}"] = keys[place % 3 :: 2]


def plain(value: Any) -> Any:
    """Comparable: without links, children in an order, numbers as text, times without zone."""
    if isinstance(value, dict):
        return {name: plain(one) for name, one in sorted(value.items()) if not name.startswith("_links_")}
    if isinstance(value, list):
        found = [plain(one) for one in value]
        return sorted(found, key=repr) if found and isinstance(found[0], dict) else found
    if hasattr(value, "replace") and hasattr(value, "tzinfo"):
        return value.replace(tzinfo=None)
    return value


def without_parent_keys(row: Row, pattern: AccessPattern, loaded: Loaded) -> Row:
    """Children in their parent's document do not repeat its key."""
    found = dict(row)
    for home in loaded.layout.homes.values():
        inside = home.inside
        if inside is not None and inside.relation.child in pattern.together:
            field = inside.field
            whole = found.get(field)
            if inside.single:
                children = found.pop(f"{field}s", None) or found.pop(_plural(field), None)
                if children:
                    found[field] = {k: v for k, v in children[0].items() if k not in inside.relation.by}
            elif isinstance(whole, list):
                found[field] = [{k: v for k, v in one.items() if k not in inside.relation.by} for one in whole]
    return found


def asked_for(row: Row, pattern: AccessPattern) -> Row:
    """Without the reference to a parent that comes with a copy of it, where the reference itself is not asked for."""
    beside = {*pattern.together, *map(_plural, pattern.together)}
    return {
        name: value for name, value in row.items() if not pattern.project or name in pattern.project or name in beside
    }


def _plural(name: str) -> str:
    from dbdesign.nosql.mongodb.placement import plural

    return plural(name)


def ask(one: Request, values: Row, database: Any) -> list[Row]:
    """The answer to a request of one command."""
    (command,) = one.commands
    arguments = bound(copy.deepcopy(dict(command.arguments)), values)
    collection = database[command.collection]
    if command.operation == "aggregate":
        return list(collection.aggregate(arguments["pipeline"]))
    cursor = collection.find(arguments["filter"], arguments.get("projection"))
    if "sort" in arguments:
        cursor = cursor.sort(list(arguments["sort"].items()))
    return list(cursor.limit(arguments.get("limit", 0)))


def test_every_read_gives_what_brute_force_gives(loaded: Loaded) -> None:
    reads = [one for one in loaded.model.patterns if one.operation == "reads"]
    assert sum(check_read(one, loaded, seeds=(0, 5, 11)) for one in reads) >= len(reads)


def check_read(pattern: AccessPattern, loaded: Loaded, seeds: tuple[int, ...]) -> int:
    """Compares a pattern's answers; how many of them had rows."""
    home, entities = loaded.layout.home(pattern), loaded.layout.traffic.entities
    asked = 0
    for seed in seeds:
        values = parameters(pattern, loaded.rows, home.entity, seed)
        if values is None:
            continue
        right = expected(pattern, loaded.rows, loaded.model, entities, values)
        right = [plain(without_parent_keys(one, pattern, loaded)) for one in right]
        found = ask(request(pattern, loaded.layout), values, loaded.database)
        _same([plain(asked_for(row_of(one, home, loaded.layout), pattern)) for one in found], right, pattern)
        asked += bool(right)
    return asked


def _same(answer: list[Row], right: list[Row], pattern: AccessPattern) -> None:
    page = min(pattern.page or len(right), len(right))
    assert len(answer) == page, pattern.name
    if pattern.order:
        named = [key.attribute for key in pattern.order if not pattern.project or key.attribute in pattern.project]
        assert [[one.get(n) for n in named] for one in answer] == [
            [one.get(n) for n in named] for one in right[:page]
        ], pattern.name
    if page == len(right):
        assert sorted(map(repr, answer)) == sorted(map(repr, right)), pattern.name
    else:
        assert {repr(one) for one in answer} <= {repr(one) for one in right}, pattern.name


def test_every_write_changes_what_it_says_and_nothing_else(loaded: Loaded) -> None:
    for pattern in loaded.model.patterns:
        if pattern.operation == "updates" or (pattern.operation == "deletes" and not pattern.together):
            _changed(pattern, loaded)


def _changed(pattern: AccessPattern, loaded: Loaded) -> None:
    home = loaded.layout.home(pattern)
    values = parameters(pattern, loaded.rows, home.entity, 3)
    assert values is not None, pattern.name
    hit = matching(pattern, loaded.rows, home.entity, values)
    names = pattern.changes or tuple(one.name for one in home.entity.attributes if one.name not in home.entity.key)
    for name in names if pattern.operation == "updates" else ():
        attribute = home.entity.attribute_by_name[name]
        counts = pattern.increments and attribute.type in {"number", "decimal"}
        values[f"{name}_by" if counts else f"new_{name}"] = (
            3 if counts else loaded.generator.value(attribute, home.entity)
        )
    beside = {
        name: _beside(pattern, name, values, loaded) for name in pattern.together if pattern.operation == "updates"
    }
    execute(request(pattern, loaded.layout), values, loaded.database)
    for name, added in beside.items():
        loaded.rows[name].append(added)
        assert stored(name, loaded) == sorted(repr(plain(one)) for one in loaded.rows[name]), f"{pattern.name}: {name}"
    for row in hit:
        if pattern.operation == "deletes":
            loaded.rows[home.entity.name].remove(row)
        for name in names if pattern.operation == "updates" else ():
            row[name] = _plus(row.get(name, 0)) if f"{name}_by" in values else values[f"new_{name}"]
    assert stored(home.entity.name, loaded) == sorted(repr(plain(one)) for one in loaded.rows[home.entity.name]), (
        pattern.name
    )


BESIDE = """
entities:
  customer: {key: customer_id, count: 2000, attributes: {customer_id: {size: 8}, name: {size: 12, mutable: true}}}
  order:
    key: order_id
    count: 20_000
    attributes: {order_id: {size: 10}, customer_id: {size: 8}, status: {size: 6, mutable: true}, note: {size: 20}}
  event:
    key: [order_id, event_no]
    count: 60_000
    attributes: {order_id: {size: 10}, event_no: {type: number}, what: {size: 8}}
  scan:
    key: scan_id
    count: 2M
    attributes: {scan_id: uuid, order_id: {size: 10}, place: {size: 900}}
relations:
  - {parent: customer, child: order, by: customer_id, children: {average: 10, p99: 90, maximum: 20_000}}
  - {parent: order, child: event, by: order_id, children: {average: 3, p99: 8, maximum: 12}}
  - {parent: order, child: scan, by: order_id, children: {average: 100, p99: 9000, maximum: 90_000}}
patterns:
  - {name: order with events, reads: order, equal: order_id, together: [event], rate: 900/s}
  - {name: scans of an order, reads: scan, equal: order_id, page: 20, rate: 9/s}
  - {name: customer, reads: customer, equal: customer_id, rate: 9/s}
  - {name: ship, updates: order, equal: order_id, changes: status, together: [event, scan], atomic: true, rate: 5/s}
  - {name: lose, updates: scan, equal: scan_id, changes: place, together: [order], rate: 1/s}
"""


def test_an_update_inserts_one_of_each_that_is_named_together_with_it(client: Any) -> None:
    loaded = load(parse_design(BESIDE).access, client["beside"])
    assert loaded.layout.homes["event"].inside is not None
    assert loaded.layout.homes["scan"].inside is None
    operations = {}
    for pattern in loaded.model.patterns:
        if pattern.operation == "updates":
            one = request(pattern, loaded.layout)
            assert one.transaction
            operations[pattern.name] = [(each.collection, each.operation) for each in one.commands]
            _changed(pattern, loaded)
    assert operations == {
        "ship": [("order", "updateOne"), ("scan", "insertOne")],
        "lose": [("scan", "updateOne"), ("order", "insertOne")],
    }


def test_an_update_costs_one_document_of_each_that_lies_apart() -> None:
    placed = layout(Traffic(parse_design(BESIDE).access))
    (ship,) = [one for one in placed.traffic.model.patterns if one.name == "ship"]
    whole = write_cost(ship, placed, ())
    alone = write_cost(ship.model_copy(update={"together": ()}), placed, ())
    assert whole["documents_written"] - alone["documents_written"] == 1  # the scan; the event lies in the order
    assert placed.traffic.written("scan") == 5 + 1
    assert placed.traffic.written("event") == 5


def _beside(pattern: AccessPattern, name: str, values: Row, loaded: Loaded) -> Row:
    """A new row of what an update inserts, which refers to what changes, or is a parent that nothing refers to yet."""
    relation = loaded.model.relation_between(pattern.entity, name)
    assert relation is not None
    entities = loaded.layout.traffic.entities
    if relation.child != name:
        row = loaded.generator.unlike_others(entities[name])
    else:
        keys = entities[pattern.entity].key
        row = loaded.generator.new(
            entities[name], {by: values[own] for by, own in zip(relation.by, keys, strict=False)}
        )
    values |= {f"{name}_{key}": value for key, value in row.items()}
    return row


def execute(one: Request, values: Row, database: Any) -> None:
    """Runs the commands of a writing request."""
    for command in one.commands:
        arguments = bound(copy.deepcopy(dict(command.arguments)), values)
        collection = database[command.collection]
        if command.operation == "insertOne":
            collection.insert_one(arguments["document"])
        elif command.operation == "insertMany":
            collection.insert_many(arguments["documents"])
        elif command.operation in {"deleteOne", "deleteMany"}:
            getattr(collection, command.operation.replace("One", "_one").replace("Many", "_many"))(arguments["filter"])
        else:
            method = collection.update_one if command.operation == "updateOne" else collection.update_many
            filters = arguments.get("arrayFilters")
            method(arguments["filter"], arguments["update"], **({"array_filters": filters} if filters else {}))


def stored(name: str, loaded: Loaded) -> list[str]:
    """All rows of an entity as the server has them."""
    pattern = AccessPattern(name="all", entity=name, rate=1)
    found = ask(request(pattern, loaded.layout), {}, loaded.database)
    return sorted(repr(plain(row_of(one, loaded.layout.homes[name], loaded.layout))) for one in found)


def test_what_is_inserted_is_there_with_its_children(loaded: Loaded) -> None:
    for pattern in loaded.model.patterns:
        if pattern.operation == "inserts":
            _inserted(pattern, loaded)


def _inserted(pattern: AccessPattern, loaded: Loaded) -> None:
    from bson import ObjectId

    home, entities = loaded.layout.home(pattern), loaded.layout.traffic.entities
    row = loaded.generator.unlike_others(home.entity)
    if home.inside is not None:
        row |= loaded.generator.referring(home.inside.relation, loaded.rows[home.inside.relation.parent][-1])
    values = {**row, "_id": ObjectId()}
    added = {home.entity.name: [row]}
    for name in pattern.together:
        relation = loaded.model.relation_between(pattern.entity, name)
        assert relation is not None
        keys = {by: row[own] for by, own in zip(relation.by, home.entity.key, strict=False)}
        if relation.optional:
            target = loaded.rows[name][0]
            values |= {f"{name}_{key}": target[key] for key in entities[name].key}
            target |= keys
            added[name] = []
        else:
            child = loaded.generator.new(entities[name], keys)
            values |= {f"{name}_{key}": value for key, value in child.items()}
            added[name] = [child]
    for one in home.copies:
        values |= copied(row, one, loaded.layout, loaded.rows)
    for one in home.identifiers:
        values[one.field] = []
        row[f"_links_{one.of}"] = []
    execute(request(pattern, loaded.layout), values, loaded.database)
    for name, new in added.items():
        loaded.rows[name] += new
        assert stored(name, loaded) == sorted(repr(plain(one)) for one in loaded.rows[name]), f"{pattern.name}: {name}"


def test_validators_refuse_what_breaks_them(loaded: Loaded) -> None:
    from pymongo.errors import WriteError

    schema = DocumentSchema.model_validate(loaded.design.design["documents"])
    refused = 0
    for collection in schema.collections:
        sample = loaded.database[collection.name].find_one()
        if collection.time_series or sample is None:
            continue
        for broken in _broken(sample, collection):
            with pytest.raises(WriteError):
                loaded.database[collection.name].insert_one(broken)
            refused += 1
    assert refused >= 3


def _broken(sample: Row, collection: Any) -> Iterator[Row]:
    from bson import ObjectId

    base = {**sample, "_id": sample["_id"] if not isinstance(sample["_id"], ObjectId) else ObjectId()}
    yield {**base, "not_listed": 1}
    for field in collection.fields:
        if field.name == "_id":
            continue
        if field.required:
            yield {name: value for name, value in base.items() if name != field.name}
        if field.values:
            yield {**base, field.name: "not a value"}
        if field.type in {"double", "date", "uuid", "bool", "decimal", "array", "object"}:
            yield {**base, field.name: "of another type"}
        if field.max_items is not None and base.get(field.name):
            yield {**base, field.name: base[field.name][:1] * (field.max_items + 1)}
        if field.max_length is not None:
            yield {**base, field.name: "x" * (field.max_length + 1)}


def _plus(number: Any) -> Any:
    from bson import Decimal128

    return Decimal128(number.to_decimal() + 3) if isinstance(number, Decimal128) else number + 3
