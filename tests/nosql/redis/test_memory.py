"""Memory estimates of whole designs against what servers use once the entities are there."""

from __future__ import annotations

import random
import uuid
from datetime import UTC, datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import yaml

from dbdesign.api.access_source import access_of
from dbdesign.api.call import Call
from dbdesign.model.patterns import Attribute, Entity
from dbdesign.nosql.base import DesignOptions
from dbdesign.nosql.redis.design import plan_of
from dbdesign.nosql.redis.estimate import sizes_of
from redis_modules import loaded
from redis_servers import server

DESIGNS = yaml.safe_load((Path(__file__).parent / "memory" / "designs.yaml").read_text(encoding="utf-8"))
SERVERS = {"debian": ("7.0", "jemalloc16"), "wheel": ("8.2", "jemalloc8")}
START = datetime(2026, 1, 1, tzinfo=UTC)
WITHIN = 0.10


@pytest.fixture(scope="module", params=SERVERS)
def running(request):
    with server(request.param) as client:
        warm(client)
        yield request.param, client


def warm(client: Any) -> None:
    """Let the server take what it takes once: buffers, Lua, its first tables."""
    for number in range(3000):
        client.eval("return redis.call('SET', KEYS[1], ARGV[1])", 1, f"key:{number}", "x" * 300)


def value(attribute: Attribute, number: int, some: random.Random) -> Any:
    size = int(attribute.size.average) if attribute.size else 12
    if attribute.type == "uuid":
        return str(uuid.UUID(int=some.getrandbits(128)))
    if attribute.type == "timestamp":
        return START + timedelta(milliseconds=number)
    if attribute.type == "number":
        return number if attribute.monotonic else some.randrange(10 ** (size - 1), 10**size)
    return some.random() < 0.5 if attribute.type == "boolean" else "".join(some.choices("abcdefghij", k=size))


def rows_of(entity: Entity, per: int | None, parents: list[str], some: random.Random):
    shared = entity.attributes[1].name if entity.attributes[0].name == "id" else entity.attributes[0].name
    for number in range(int(entity.count or 0)):
        row = {one.name: value(one, number, some) for one in entity.attributes}
        if per:
            row[shared] = parents[number // per]
            if "nr" in row and entity.attribute_by_name["nr"].type == "string":
                row["nr"] = f"{number % per:02d}"
        yield row


@pytest.mark.parametrize("name", DESIGNS)
def test_a_design_uses_the_memory_that_was_estimated(name, running):
    which, client = running
    said = dict(DESIGNS[name])
    per, settings = said.pop("per", {}), said.pop("settings", {})
    model, _ = access_of(yaml.safe_dump(said, sort_keys=False), Call())
    version, allocator = SERVERS[which]
    plan, chosen = plan_of(model, DesignOptions(version=version, settings={"allocator": allocator, **settings}))
    assert not plan.cluster
    module = loaded(plan)
    client.flushall()
    some = random.Random(3)
    parents: list[str] = [str(uuid.UUID(int=some.getrandbits(128))) for _ in range(9000)]
    for entity in model.entities:
        rows = rows_of(entity, per.get(entity.name), parents, some)
        while several := list(islice(rows, 50)):
            batch = module.Batch()
            for row in several:
                module.write_row(batch, module.ENTITIES[entity.name], row)
            batch.run(client)
    loaded_bytes, keys = used(client), client.dbsize()
    client.flushall()
    taken = loaded_bytes - used(client)
    sizes = sizes_of(plan, chosen, months=0)
    estimated = sum(one.total for one in sizes)
    assert keys == pytest.approx(sum(one.keys for one in sizes), rel=0.02)
    assert estimated == pytest.approx(taken, rel=WITHIN), [(one.name, one.structure, round(one.each)) for one in sizes]


def used(client: Any) -> int:
    client.execute_command("MEMORY", "PURGE")
    info = client.info("memory")
    return int(info["used_memory"]) - int(info["mem_clients_normal"])
