"""Indexes for queries that stay expensive beside much dearer ones, by whose cost their gain is too little to be advised."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbdesign.api.answer import readable_size

if TYPE_CHECKING:
    from dbdesign.api.twin_source import TwinInput
    from dbdesign.indexes.advice import Advice, QueryAdvice
    from dbdesign.twin.twin import Twin

DEAR, HALF = 1_000.0, 0.5
"""Cost of one execution from which on a query is still expensive, and the part of it below which an index helps."""

MOST_DEAR = 10
"""Expensive queries for which indexes are looked for by themselves."""


def still_dear(advice: Advice, given: TwinInput, twin: Twin, budget: int, least_gain: float) -> list[str]:
    """Indexes for queries that stay expensive, since what is worth it for them is little beside what the others cost."""
    from dbdesign.indexes.advise import LEAST_GAIN, Advisor
    from dbdesign.indexes.engines import build
    from dbdesign.model.statistics import BLOCK

    schema = given.design.schema_
    slow = {name for name, _ in advice.cut_short}
    dear = {one.name: one.after for one in _dearest(advice) if one.name not in slow}
    queries = [one for one in given.queries if one.name in dear]
    room = budget - sum(one.index.size for one in advice.indexes)
    if not queries or len(queries) == len(given.queries) or least_gain == 0 or room < BLOCK:
        return []
    alone = Advisor(twin, schema, queries, least_gain=max(least_gain, LEAST_GAIN)).advise(room, curve=())
    after = {one.name: one.after for one in alone.queries}
    found = []
    for one in alone.indexes:
        costs = [
            f"{name} {dear[name]:,.0f} → {after[name]:,.0f}" for name in one.queries if after[name] < dear[name] * HALF
        ]
        if costs:
            ddl = build(one.candidate, one.candidate.name, schema).ddl
            little = f"less than {least_gain:.1%} of the whole workload's cost, which is the least gain"
            found.append(f"{ddl}  -- {readable_size(one.index.size)}, would make cheaper: {'; '.join(costs)}; {little}")
    return found


def _dearest(advice: Advice) -> list[QueryAdvice]:
    """The queries that stay expensive and weigh most."""
    dear = [one for one in advice.queries if one.after >= DEAR]
    return sorted(dear, key=lambda one: -one.after * one.weight)[:MOST_DEAR]
