"""The law of exclusive times, on real executions: they sum to the root's time, none is negative, and simple trees agree with subtraction."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import psycopg
import pytest

from dbdesign.model.plan import Plan
from dbdesign.plans.read import read_plans
from plan_corpus import CASES, Case, explain

SERIAL = [case for case in CASES if not case.parallel]
PARALLEL = [case for case in CASES if case.parallel]
ROUNDING = 1e-6


def assert_the_law(plan: Plan) -> None:
    exclusive = [node.exclusive_ms for node in plan.nodes]
    assert all(one is not None and one >= -ROUNDING for one in exclusive)
    after = sum(node.total_ms or 0.0 for node in plan.nodes if node.subplan_name and node.kind == "modify")
    assert sum(one or 0.0 for one in exclusive) == pytest.approx(plan.nodes_ms, abs=ROUNDING)
    assert plan.root.total_ms is not None
    assert plan.nodes_ms is not None
    assert plan.root.total_ms - ROUNDING <= plan.nodes_ms <= plan.root.total_ms + after + ROUNDING
    assert sum(node.share or 0.0 for node in plan.nodes) == pytest.approx(
        plan.nodes_ms / plan.total_ms if plan.total_ms else 0.0, abs=ROUNDING
    )


@pytest.mark.parametrize("case", SERIAL, ids=lambda case: case.name)
def test_exclusive_times_sum_to_the_time_of_the_root(shop: psycopg.Connection[Any], case: Case) -> None:
    text = explain(shop, case, "json", "ANALYZE, BUFFERS")
    plan = read_plans(text).plans[0]
    assert_the_law(plan)
    assert_the_law(read_plans(explain(shop, case, "text", "ANALYZE")).plans[0])
    raw = list(below(json.loads(text)[0]["Plan"]))
    if not any(node.get("Parent Relationship") == "InitPlan" for node in raw):
        assert_equal_to_subtraction(plan, raw)


def below(raw: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield raw
    for child in raw.get("Plans", ()):
        yield from below(child)


def assert_equal_to_subtraction(plan: Plan, raw: list[Mapping[str, Any]]) -> None:
    """Computed apart from what is tested: a node's time of all loops less that of its inputs, where rounding leaves more than nothing."""
    for node, one in zip(plan.nodes, raw, strict=True):
        total = one["Actual Total Time"] * one["Actual Loops"]
        inputs = sum(child["Actual Total Time"] * child["Actual Loops"] for child in one.get("Plans", ()))
        rounded = 0.001 * sum(child["Actual Loops"] for child in raw)
        assert node.exclusive_ms == pytest.approx(max(0.0, total - inputs), abs=rounded)
        assert node.total_ms == pytest.approx(total)


@pytest.mark.parametrize("case", PARALLEL, ids=lambda case: case.name)
def test_exclusive_times_of_workers_sum_to_the_time_of_the_root(
    shop_with_workers: psycopg.Connection[Any], case: Case
) -> None:
    plan = read_plans(explain(shop_with_workers, case, "json", "ANALYZE, BUFFERS, VERBOSE")).plans[0]
    assert_the_law(plan)


@pytest.mark.parametrize("case", SERIAL[::4], ids=lambda case: case.name)
def test_exclusive_buffers_sum_to_those_of_the_root(shop: psycopg.Connection[Any], case: Case) -> None:
    plan = read_plans(explain(shop, case, "json", "ANALYZE, BUFFERS")).plans[0]
    if any(node.subplan_name and node.kind == "modify" for node in plan.nodes):
        return
    own = [node.exclusive_buffers for node in plan.nodes]
    assert plan.root.buffers is not None
    assert sum(one.total for one in own if one is not None) == plan.root.buffers.total
