"""How many shards a design needs, and which keys and slots are hot at peak."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from dbdesign.nosql.redis.coverage import Work
from dbdesign.nosql.redis.plan import Plan
from dbdesign.nosql.redis.store import Settings


@dataclass(frozen=True)
class Sharding:
    """Shards by what asks for them.

    Attributes:
        hot: (pattern, its hash tag, commands per second on the most wanted value), hottest first.
    """

    shards: int
    by_memory: int
    by_commands: int
    commands: float
    writes: float
    hot: tuple[tuple[str, str, float], ...]


def sharding_of(plan: Plan, works: Mapping[str, Work], then: float, settings: Settings) -> Sharding:
    """Shards for so many bytes of data at the horizon and for the commands at peak."""
    load = {one.name: works[one.name].commands * one.peak_rate for one in plan.model.patterns}
    writes = sum(load[one.name] for one in plan.model.patterns if one.operation != "reads")
    by_memory = max(math.ceil(then / settings.node_bytes), 1)
    by_commands = max(math.ceil(sum(load.values()) / settings.shard_commands), 1)
    shards = 1 if settings.cluster == "no" else max(by_memory, by_commands)
    shards = max(shards, 3) if settings.cluster == "yes" or shards > 1 else shards
    hot = [
        (one.name, works[one.name].slots[0], load[one.name] * one.hottest)
        for one in plan.model.patterns
        if one.hottest and works[one.name].slots
    ]
    return Sharding(
        shards, by_memory, by_commands, sum(load.values()), writes, tuple(sorted(hot, key=lambda each: -each[2]))
    )
