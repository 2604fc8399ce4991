"""The Redis designer's decisions, files and refusals."""

from __future__ import annotations

import os
import random
import re
from pathlib import Path

import pytest
import yaml

from dbdesign.api.access_source import access_of
from dbdesign.api.call import Call
from dbdesign.errors import InputError
from dbdesign.model.patterns import AccessModel, AccessPattern, Attribute, Entity, Relation, SortKey, Spread
from dbdesign.nosql.base import DesignOptions, StoreDesign, designer
from dbdesign.nosql.redis.commands_writer import function_library
from dbdesign.nosql.redis.design import plan_of
from dbdesign.nosql.redis.slots import slot
from redis_modules import loaded
from redis_servers import server

HERE = Path(__file__).parent
SCENARIOS = sorted((HERE.parent / "scenarios").glob("*.yaml"))
REPAIR = re.compile(r"redis_store\.(\w+)\(client, '([^']+)'")
SHOP = """
entities:
  customer: {key: id, count: 1000, unique: [email], attributes: {id: uuid, email: {size: 20}, age: {type: number, mutable: true}}}
  order: {key: id, count: 5000, attributes: {id: uuid, customer: uuid, at: {type: timestamp, monotonic: true}, total: {type: decimal}}}
relations: [{parent: customer, child: order, by: customer, children: {average: 5, p99: 50, maximum: 900}}]
patterns:
  - {name: one, reads: customer, equal: id, rate: 10/s}
  - {name: of a customer, reads: order, equal: customer, order: at desc, page: 10, rate: 10/s}
  - {name: place, inserts: order, rate: 5/s}
"""


def model_of(text: str) -> AccessModel:
    return access_of(text, Call())[0]


def designed(text: str, **settings: str) -> StoreDesign:
    return designer("redis").design(model_of(text), DesignOptions(settings=settings))


@pytest.fixture(scope="module", params=["debian", "wheel"])
def running(request):
    with server(request.param) as client:
        yield client


def decisions(design: StoreDesign) -> dict:
    """What an expert would look at first."""
    shown = design.design
    return {
        "summary": design.summary,
        "entities": {one["entity"]: f"{one['structure']} {one['key']}: {one['why']}" for one in shown["entities"]},
        "indexes": {one["index"]: f"{one['structure']} of {', '.join(one['member'])}" for one in shown["indexes"]},
        "bytes_each": {one["structure"]: one["bytes_each"] for one in shown["memory"]},
        "server": shown["server"],
        "served_by": {
            one.pattern: f"{one.served_by}: {one.cost['round_trips']:.0f} trips, {one.cost['bytes']:,.0f} B"
            for one in design.coverage
        },
        "slots": shown["cluster"]["slots"],
        "cannot_serve": {one.pattern: one.reason for one in design.cannot_serve},
        "one_way_doors": [one.decision for one in design.one_way_doors],
        "concerns": [f"{one.object}: {one.message}" for one in design.concerns],
        "questions": [f"{one.question} ({one.assumed}; {one.flips})" for one in design.questions],
        "duplicates": [one.repair for one in design.duplicates],
    }


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda one: one.stem)
def test_the_decisions_for_a_scenario_are_those_reviewed(path):
    found = yaml.safe_dump(
        decisions(designed(path.read_text(encoding="utf-8"))), sort_keys=False, allow_unicode=True, width=140
    )
    golden = HERE / "golden" / path.name
    if os.environ.get("DBDESIGN_REWRITE_GOLDEN"):
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(found, encoding="utf-8")
    assert found == golden.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda one: one.stem)
def test_every_pattern_is_covered_and_every_copy_has_a_repair_that_exists(path):
    text = path.read_text(encoding="utf-8")
    design, model = designed(text), model_of(text)
    assert [one.pattern for one in design.coverage] == [one.name for one in model.patterns]
    module = loaded(plan_of(model, DesignOptions())[0])
    for one in design.duplicates:
        ((function, name),) = REPAIR.findall(one.repair)
        assert callable(getattr(module, function))
        assert name in (module.INDEXES if function == "repair" else module.ENTITIES)
    assert designed(text) == design


def test_slots_are_those_of_the_server():
    some = random.Random(5)
    keys = ["", "a", "{a}b", "{}a", "a{b", "a}{b}", "{{a}}", "{a}{b}", "ü{é}", "123456789"]
    keys += ["".join(some.choices("ab{}é:1", k=some.randint(0, 14))) for _ in range(300)]
    with server("wheel", cluster=True) as client:
        assert [slot(one) for one in keys] == [client.execute_command("CLUSTER", "KEYSLOT", one) for one in keys]


@pytest.mark.parametrize("role", ["cache", "source_of_truth"])
@pytest.mark.parametrize("which", ["debian", "wheel"])
def test_a_server_starts_with_the_configuration_and_has_what_it_says(role, which, tmp_path):
    design = designed(SHOP, role=role)
    file = tmp_path / "redis.conf"
    file.write_text(design.files["redis.conf"])
    with server(which, config=file) as client:
        found = client.config_get("maxmemory*")
        assert found["maxmemory"] == str(design.design["server"]["maxmemory_each"])
        assert found["maxmemory-policy"] == ("allkeys-lfu" if role == "cache" else "noeviction")


PLACEHOLDER = re.compile(r"<[^>]*>")


@pytest.mark.parametrize("path", [*SCENARIOS, HERE / "rare_patterns.yaml"], ids=lambda one: one.stem)
def test_a_server_takes_every_command_that_is_written(path, running):
    running.flushall()
    text = designed(path.read_text(encoding="utf-8"), cluster="no").files["commands.redis"]
    lines = [one for one in text.splitlines() if one and not one.startswith("#")]
    assert lines
    for line in lines:
        written, _, each = line.partition(" for each")
        assert each in {"", ", pipelined"}
        bound = "[1" if " BYLEX" in written else "1"
        alone = re.sub(r"(?<=\s)<[^>]*>(?=\s|$)", bound, written)
        running.execute_command(*PLACEHOLDER.sub("1", alone).split())


def test_the_function_library_loads_and_runs(running):
    running.function_flush()
    running.function_load(function_library())
    assert running.fcall("apply", 1, "fcall:key", "[]", '[["SET", 1, "x"]]')[0] == b"ok"
    assert running.get("fcall:key") == b"x"
    assert running.fcall("apply", 1, "fcall:key", '[["absent", 1]]', '[["SET", 1, "y"]]')[0] == b"refused"
    assert running.get("fcall:key") == b"x"


def test_a_unique_value_is_given_to_one_and_given_back(running):
    module = loaded(plan_of(model_of(SHOP), DesignOptions())[0])
    running.flushall()
    module.insert(running, "customer", {"id": "a", "email": "x@y"})
    with pytest.raises(module.Conflict):
        module.insert(running, "customer", {"id": "b", "email": "x@y"})
    assert module.get(running, "customer", {"id": "b"}) is None
    assert module.update(running, "customer", {"id": "a"}, {"email": "z"})
    module.insert(running, "customer", {"id": "b", "email": "x@y"})
    assert module.by_unique(running, "customer", ("email",), {"email": "z"})["id"] == "a"
    assert module.delete(running, "customer", {"id": "a"})
    module.insert(running, "customer", {"id": "c", "email": "z"})
    assert module.repair_unique(running, "customer", ("email",)) == (0, 0)


def test_a_reservation_without_an_entity_is_repaired(running):
    module = loaded(plan_of(model_of(SHOP), DesignOptions())[0])
    running.flushall()
    module.insert(running, "customer", {"id": "a", "email": "x"})
    running.set("app:customer.unique_email:{ghost}", "nobody")
    running.delete("app:customer.unique_email:{x}")
    assert module.repair_unique(running, "customer", ("email",)) == (1, 1)
    assert module.by_unique(running, "customer", ("email",), {"email": "x"})["id"] == "a"


def test_in_a_cache_everything_expires_about_when_it_is_to(running):
    plan, _ = plan_of(model_of(SHOP), DesignOptions(settings={"role": "cache", "cache_ttl": "10 min"}))
    module = loaded(plan)
    running.flushall()
    for number in range(30):
        module.insert(running, "customer", {"id": f"c{number}", "email": f"e{number}"})
    lives = [running.ttl(key) for key in running.scan_iter()]
    assert len(lives) == 60
    assert all(530 <= one <= 661 for one in lives)
    assert len(set(lives)) > 10, "without jitter all would go at once"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SHOP.partition("patterns:")[0], "access pattern"),
        (SHOP + "  - {name: x, reads: order, equal: nothing, rate: 1/s}", "nothing"),
        (SHOP + "  - {name: x, updates: order, equal: id, changes: id, rate: 1/s}", "key of order"),
        (SHOP + "  - {name: x, reads: order, equal: id, rate: 1e12/s}", "cannot be"),
        (SHOP + "  - {name: x, reads: order, equal: id, rate: 1/s, consistency: strong, stale: 5s}", "exclude"),
        (SHOP.replace("{size: 20}", "{size: 600 MB}"), "above the"),
    ],
)
def test_what_cannot_be_designed_for_is_refused(text, said):
    with pytest.raises(InputError, match=said):
        designed(text)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"role": "truth"}, "role"),
        ({"prefix": "a{b"}, "begin keys"),
        ({"node_memory": "lots"}, "lots"),
        ({"approximate": "order.x/y"}, "no order.x by y"),
        ({"approximate": "order"}, "entity.attribute/by"),
    ],
)
def test_settings_that_are_none_are_refused(settings, said):
    with pytest.raises(InputError, match=said):
        designed(SHOP, **settings)


@pytest.mark.parametrize("version", ["6.2", "9.1", "newest"])
def test_a_version_whose_layouts_were_not_measured_is_refused(version):
    with pytest.raises(InputError, match="is not known"):
        designer("redis").design(model_of(SHOP), DesignOptions(version=version))


def test_a_search_index_is_defined_where_several_conditions_are_combined():
    found = designed((HERE / "rare_patterns.yaml").read_text()).files["search.redis"]
    assert "FT.CREATE idx:note ON HASH PREFIX 1 app:note:{ SCHEMA" in found
    assert "FT.SEARCH idx:note '@author_id:{$author_id} @at:[$from $to]' SORTBY stars DESC LIMIT 0 5 PARAMS 6" in found
    assert 'topic TAG SEPARATOR "\\x1f" CASESENSITIVE' in found
    assert "FT.CREATE idx:author" not in found, "born is a date, which the query engine cannot compare"


def test_a_model_of_fifty_entities_and_a_hundred_patterns_is_covered_whole():
    entities, relations, patterns = [], [], []
    for number in range(50):
        name = f"entity{number}"
        attributes = [Attribute(name=one, type="uuid") for one in ("id", "parent")]
        attributes += [
            Attribute(name="at", type="timestamp", monotonic=True),
            Attribute(name="text", size=Spread(average=90, p99=900)),
        ]
        entities.append(Entity(name=name, key=("id",), count=1e6, attributes=tuple(attributes)))
        if number:
            children = Spread(average=20, p99=300, maximum=4000)
            relations.append(Relation(parent=f"entity{number - 1}", child=name, by=("parent",), children=children))
        patterns.append(AccessPattern(name=f"one {number}", entity=name, equal=("id",), rate=10))
        order = (SortKey(attribute="at", descending=True),)
        patterns.append(
            AccessPattern(name=f"list {number}", entity=name, equal=("parent",), order=order, page=20, rate=10)
        )
    model = AccessModel(entities=tuple(entities), relations=tuple(relations), patterns=tuple(patterns))
    design = designer("redis").design(model, DesignOptions())
    assert len(design.coverage) == 100
    assert len(design.design["entities"]) == 50
