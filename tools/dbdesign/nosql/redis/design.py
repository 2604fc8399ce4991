"""The Redis design as a whole: plan, sizes, shards, settings, what breaks, and files."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dbdesign.model.finding import Proof
from dbdesign.model.patterns import AccessModel
from dbdesign.nosql.base import Alternative, DesignOptions, StoreDesign
from dbdesign.nosql.redis.checks import check
from dbdesign.nosql.redis.commands_writer import function_library, script, write_commands, write_search
from dbdesign.nosql.redis.concerns import MEMORY_ONLY, concerns
from dbdesign.nosql.redis.configuration import maxmemory, persistence, write_configuration
from dbdesign.nosql.redis.coverage import Work, coverage_of, works
from dbdesign.nosql.redis.estimate import Memory, StructureSize, memory_of, sizes_of
from dbdesign.nosql.redis.indexes import add_uses
from dbdesign.nosql.redis.judgement import (
    alternatives,
    duplicates,
    one_way_doors,
    other_layouts,
    questions,
    shorter_ids,
    unserved,
)  # fmt: skip
from dbdesign.nosql.redis.module_writer import write_module
from dbdesign.nosql.redis.plan import Plan
from dbdesign.nosql.redis.search import search_indexes
from dbdesign.nosql.redis.sharding import Sharding, sharding_of
from dbdesign.nosql.redis.sizes import ASSUMED, FIXED
from dbdesign.nosql.redis.store import Settings, settings_of
from dbdesign.nosql.redis.structures import record_of


def plan_of(model: AccessModel, options: DesignOptions) -> tuple[Plan, Settings]:
    """Structures for a model, and the settings that they follow."""
    check(model)
    settings = settings_of(options)
    plan = _structures(model, settings)
    then = sum(one.then for one in sizes_of(plan, settings, months=settings.months))
    sharding = sharding_of(plan, works(plan), then, settings)
    plan.cluster = settings.cluster == "yes" or (settings.cluster == "auto" and sharding.shards > 1)
    return plan, settings


def _structures(model: AccessModel, settings: Settings) -> Plan:
    plan = Plan(model, settings.prefix)
    for entity in model.entities:
        plan.records[entity.name] = record_of(entity, model, settings)
    add_uses(plan, settings)
    return plan


def design(model: AccessModel, options: DesignOptions) -> StoreDesign:
    """A Redis design for an access model.

    Raises:
        InputError: where the model or an option cannot be served at all.
    """
    plan, settings = plan_of(model, options)
    done = works(plan)
    sizes = sizes_of(plan, settings, months=settings.months)
    sharding = sharding_of(plan, done, sum(one.then for one in sizes), settings)
    needed = memory_of(sizes, sharding.writes, persistent=settings.role != "cache", shards=sharding.shards)
    search = search_indexes(plan)
    files = {
        "redis_store.py": write_module(plan, settings.version),
        "commands.redis": write_commands(plan, done),
        "redis.conf": write_configuration(plan, settings, needed, sharding),
        "apply.lua": script(),
        "functions.lua": function_library(),
    }
    if search:
        files["search.redis"] = write_search(search)
    return StoreDesign(
        engine="redis",
        summary=_summary(plan, settings, sharding, needed) + _on_disk(sizes, settings),
        design=_described(plan, settings, sizes, done, sharding, needed),
        coverage=coverage_of(plan, done),
        cannot_serve=tuple(unserved(plan, dict(done), settings)),
        alternatives=(*alternatives(plan, settings, sizes, search), *_servers(model, settings, needed)),
        one_way_doors=tuple(one_way_doors(plan)),
        duplicates=tuple(duplicates(plan)),
        concerns=tuple(concerns(plan, settings, sizes, done, sharding, needed)),
        questions=tuple(questions(plan, settings, sizes)),
        cost={
            "bytes": needed.used, "bytes_then": needed.then, "resident_bytes_then": needed.resident, "shards": float(sharding.shards),
            "commands_per_second_at_peak": sharding.commands,
        },
        assumptions=(*model.assumptions, *_assumptions(model, settings)),
        files=files,
        proof=Proof(level="by rule", detail=f"sizes by the layouts of Redis {settings.version}, measured on 7.0.15 and 8.2.3"),
    )  # fmt: skip


def _summary(plan: Plan, settings: Settings, sharding: Sharding, needed: Memory) -> str:
    forms: dict[str, list[str]] = {}
    for record in plan.records.values():
        forms.setdefault(record.form, []).append(record.entity.name)
    kept = "; ".join(
        f"{', '.join(names)} as {'index entries alone' if form == 'edge' else form}" for form, names in forms.items()
    )
    shards = (
        f"{sharding.shards} shards ({sharding.by_memory} by memory, {sharding.by_commands} by commands)"
        if sharding.shards > 1
        else "one shard"
    )
    return (
        f"Redis {settings.version} as {settings.role}: {kept}; {len(plan.indexes)} indexes. {needed.used / 1e9:,.2f} GB today, "
        f"{needed.then / 1e9:,.2f} GB in {settings.months:,.0f} months, {needed.resident / 1e9:,.2f} GB of memory in all with "
        f"fragmentation, forks and buffers; {sharding.commands:,.0f} commands/s at peak: {shards}, each with a replica."
    )


def _on_disk(sizes: list[StructureSize], settings: Settings) -> str:
    """What is too much for memory."""
    large = [f"{one.name} ({one.total / 1e12:,.1f} TB)" for one in sizes if one.total > MEMORY_ONLY]
    if not large or settings.role == "cache":
        return ""
    return (
        f" Memory is the wrong place for {', '.join(large)}: keep them in a store on disk, and here what is read often."
    )


def _described(
    plan: Plan,
    settings: Settings,
    sizes: list[StructureSize],
    done: Mapping[str, Work],
    sharding: Sharding,
    needed: Memory,
) -> dict[str, Any]:
    return {
        "entities": [
            {"entity": one.entity.name, "structure": one.form, "key": one.pattern, "tag": list(one.tag), "ttl_seconds": one.ttl,
             "ttl_jitter": 0.1 if one.ttl else None, "why": one.why}
            for one in plan.records.values()
        ],
        "indexes": [
            {"index": one.name, "structure": one.kind, "key": one.pattern, "member": list(one.member), "score": one.order,
             "only": dict(one.where)}
            for one in plan.indexes.values()
        ],
        "memory": [
            {"structure": one.name, "keys": round(one.keys), "members": round(one.members, 1), "bytes_each": round(one.each),
             "bytes_at_p99": round(one.large), "bytes_of_largest": round(one.largest),
             "bytes": round(one.total), "bytes_then": round(one.then)}
            for one in sizes
        ],
        "server": {
            "version": settings.version, "role": settings.role, "maxmemory_each": maxmemory(needed, sharding),
            "resident_then": round(needed.resident), "copied_by_forks": round(needed.copied), **persistence(plan, settings),
        },
        "cluster": {
            "enabled": plan.cluster, "shards": sharding.shards, "by_memory": sharding.by_memory, "by_commands": sharding.by_commands,
            "hot": [{"pattern": name, "tag": tag, "commands_per_second": round(load)} for name, tag, load in sharding.hot[:10]],
            "slots": {name: list(work.slots) for name, work in done.items()},
        },
    }  # fmt: skip


def _servers(model: AccessModel, settings: Settings, needed: Memory) -> list[Alternative]:
    """The same data on other servers, and with shorter identifiers."""
    found = []
    for name, other in other_layouts(settings):
        then = sum(one.then for one in sizes_of(_structures(model, other), other, months=settings.months))
        same = other.layout == settings.layout
        found.append(
            Alternative(name=name, description="the same structures there", cost={"bytes_then": then}, chosen=same)
        )
    then = sum(
        one.then for one in sizes_of(_structures(shorter_ids(model), settings), settings, months=settings.months)
    )
    if any(a.type == "uuid" for e in model.entities for a in e.attributes):
        saved = 1 - then / needed.then
        found.append(
            Alternative(
                name="UUIDs as 22 characters of base64url", description=f"{saved:.0%} less than as 36 characters",
                cost={"bytes_then": then},
                break_even="worth it where keys and members are most of the bytes; every client must encode alike",
            )
        )  # fmt: skip
    return found


def _assumptions(model: AccessModel, settings: Settings) -> list[str]:
    found = []
    unsized = [
        f"{entity.name}.{one.name}"
        for entity in model.entities
        for one in entity.attributes
        if one.size is None and one.type not in FIXED
    ]
    if unsized:
        assumed = ", ".join(f"{kind} {size:,.0f} B" for kind, size in ASSUMED.items())
        found.append(f"sizes of {', '.join(unsized[:12])}{' …' if len(unsized) > 12 else ''} are not said: {assumed}")
    found.append(
        f"a shard serves {settings.shard_commands:,.0f} commands/s and holds {settings.node_bytes / 1e9:,.0f} GB: measure both"
    )
    return found
