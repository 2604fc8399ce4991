"""Whatever a plan says, also what no engine would say: findings are made without a crash and are within their bounds."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dbdesign.api.read_plan_items import finding_value
from dbdesign.model.plan import Plan, PlanEngine, PlanNode, PlanWarning
from dbdesign.plans.findings.base import findings_of, plan_checks, sections
from dbdesign.plans.metrics import measure
from dbdesign.plans.picture import page
from dbdesign.plans.read import read_plans

FENCED = re.compile(r"```\w*\n(.*?)```", re.DOTALL)
NUMBERS = st.one_of(st.none(), st.sampled_from([0.0, 1.0, 0.25, 1e-300, 1e12, 1e18]), st.floats(0, 1e9))
COUNTS = st.one_of(st.none(), st.sampled_from([0, 1, 2, 10**6, 10**12]))
TEXTS = st.sampled_from(
    [
        None,
        "",
        "(a = 1)",
        "((",
        "(a = ANY ('{}'))",
        "(NOT (SubPlan 1))",
        '{"$and": 3}',
        "{",
        "eq(",
        "x" * 30_000,
        "(lower(é) = 'ß')",
    ]
)
FIELDS: dict[str, st.SearchStrategy[Any]] = {
    **dict.fromkeys(("estimated_rows", "actual_rows", "rows_examined", "keys_examined", "rows_removed_by_filter"), NUMBERS),
    **dict.fromkeys(("rows_removed_by_recheck", "rows_removed_by_join_filter", "filtered_percent", "total_cost"), NUMBERS),
    **dict.fromkeys(("startup_cost", "actual_total_ms"), NUMBERS),
    **dict.fromkeys(("loops", "heap_fetches", "index_searches", "workers_planned", "workers_launched", "width"), COUNTS),
    **dict.fromkeys(("filter", "index_condition", "join_filter", "relation", "alias", "index", "cte_name"), TEXTS),
    "sort_key": st.sampled_from([(), ("a",), ("a DESC", "lower(b)"), ("",)]),
    "group_key": st.sampled_from([(), ("a",), ("a", "b"), ("",)]),
    "extra": st.sampled_from(
        [{}, {"collectionScans": {"a": 1}}, {"EstimateRowsWithoutRowGoal": "many"}, {"r_sort_passes": [1]}, {"detail": None}]
    ),
    "warnings": st.sampled_from([(), (PlanWarning(kind="SpillToTempDb", attributes={"WritesToTempDb": "x"}),)]),
}  # fmt: skip


@cache
def plans() -> list[tuple[PlanEngine, Plan]]:
    """The plans of all pages."""
    texts = [text for check in plan_checks().values() for text in FENCED.findall(sections(check)["Example"])]
    return [(read.engine, plan) for read in map(read_plans, texts) for plan in read.plans]


def changed(node: PlanNode, data: st.DataObject) -> PlanNode:
    """The node with some fields drawn anew, and so all below it."""
    names = data.draw(st.lists(st.sampled_from(sorted(FIELDS)), max_size=3, unique=True))
    update = {name: data.draw(FIELDS[name]) for name in names}
    children = tuple(changed(child, data) for child in node.children)
    return node.model_copy(update={**update, "children": children})


@settings(max_examples=250, deadline=None)
@given(st.data())
def test_findings_of_any_plan_are_within_their_bounds(data: st.DataObject) -> None:
    engine, plan = data.draw(st.sampled_from(plans()))
    measured = measure(plan.model_copy(update={"root": changed(plan.root, data)}), engine)
    found = findings_of(measured, engine)
    for one in found:
        assert one.id in plan_checks()
        assert one.share is None or 0 <= one.share <= 1
        assert 0 <= one.saves <= 1
        assert one.message
        assert one.remedy
        json.dumps(finding_value(one), allow_nan=False)
    assert [one.saves for one in found] == sorted((one.saves for one in found), reverse=True)
    assert page([(measured, found)], heading="Plan", summary="").startswith("<!doctype html>")


@pytest.mark.parametrize("engine", list(PlanEngine))
def test_a_plan_that_says_nothing_has_no_finding(engine: PlanEngine) -> None:
    assert findings_of(measure(Plan(root=PlanNode(type="x"))), engine) == ()
