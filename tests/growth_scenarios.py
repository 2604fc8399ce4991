"""The scenarios of access patterns as plans for growth, and their decisions in a form that people review."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from dbdesign.growth.machine import parse_machine
from dbdesign.growth.partition_proof import ddl_of
from dbdesign.growth.plan import GrowthPlan, plan_growth
from dbdesign.growth.report import verdict_of
from dbdesign.model.design import Design
from dbdesign.patterns.relational.design import only_patterns, with_relational
from dbdesign.readers.design import parse_design
from dbdesign.twin.profiles import resolve
from dbdesign.twin.volumes import as_statistics
from growth_plans import TODAY

SCENARIOS = Path(__file__).parent / "nosql" / "scenarios"
NAMES = (
    "social_feed",
    "ledger",
    "iot",
    "chat",
    "ecommerce",
    "saas",
    "leaderboard",
    "ticketing",
    "audit_log",
    "delivery",
)


def derived(text: str) -> tuple[Design, tuple[str, ...]]:
    """The relational design of a file that has entities and patterns alone, and what was assumed."""
    return with_relational(Design(schema=only_patterns(), access=parse_design(text).access))


def scenario_plan(name: str, *, months: float = 36.0) -> GrowthPlan:
    """The plan of a scenario."""
    return text_plan((SCENARIOS / f"{name}.yaml").read_text(encoding="utf-8"), months=months)


def text_plan(text: str, *, months: float = 36.0) -> GrowthPlan:
    """The plan of a file that has entities and patterns alone."""
    design, said = derived(text)
    statistics = as_statistics(resolve(design, today=TODAY), design.schema_)
    return plan_growth(design, ddl_of(design.schema_), statistics, parse_machine(None), months, TODAY, derived=said)


def decisions(plan: GrowthPlan) -> str:
    """The decisions of a plan as YAML: verdict, key, limits by month, ladder, partitions and retention, indexes, doubts."""
    verdict = verdict_of(plan)
    found: dict[str, Any] = {
        "verdict": verdict["verdict"],
        "because": plan.shard_reason,
        "shard keys": {one.key: _key(one) for one in plan.candidates[:3]},
        "limits": {one.limit: _limit(one) for one in plan.limits if one.when is not None},
        "not met within ten years": [one.limit for one in plan.limits if one.when is None],
        "ladder": {one.measure: one.when for one in plan.ladder},
        "partitions": {one.table: [one.why, *one.consequences] for one in plan.partitions},
        "whole": {one.table: one.reason for one in plan.whole},
        "retention": {
            one.measure.removeprefix("retention of "): one.why.split("; ", 1)[1]
            for one in plan.ladder
            if one.measure.startswith("retention of ")
        },
        "indexes": [
            f"{table.label} ({', '.join((key.column or '') + (' desc' if key.descending else '') for key in index.keys)})"
            + (f" include ({', '.join(index.include)})" if index.include else "")
            + (f" where {index.where}" if index.where else "")
            for table in plan.situation.design.schema_.tables
            for index in table.indexes
        ]
        + [f"missing: {one.statement}" for one in plan.missing],
        "contradictions": [one for one in plan.problems if "say which of the two holds" in one],
    }
    kept = {name: value for name, value in found.items() if value}
    return yaml.safe_dump(kept, sort_keys=False, width=150, allow_unicode=True)


def _key(one: Any) -> str:
    said = (
        f"{one.score:.0f} of 100, {one.cross_shard:.0%} crosses, {one.fan_out:.1f} of {one.shards} shards a statement"
    )
    return f"{said}; vetoed: {'; '.join(one.vetoes)}" if one.vetoes else said


def _limit(one: Any) -> str:
    when = "now" if one.when == 0 else f"month {one.when:g}"
    return f"{when}, {one.now / one.capacity:,.2f} → {one.then / one.capacity:,.2f} of it"
