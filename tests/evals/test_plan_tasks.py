"""What the plan tasks say as a number is what their plans say."""

from __future__ import annotations

import pytest

from dbdesign_evals.plan_truth import costliest, plan_of
from dbdesign_evals.task import TASKS, load_task


def test_the_pages_per_row_of_the_courier_board_are_those_of_its_plan() -> None:
    task = load_task(TASKS / "courier-board-plan")
    node = costliest(plan_of(task.text("inputs/plan.txt")))
    assert node.buffers is not None
    case = next(case for check in task.checks for case in check.with_.get("cases", ()) if case["at"] == "pages_per_row")
    assert node.buffers.total / (node.total_rows or 0) == pytest.approx(case["value"], rel=1e-3)


def test_the_origin_of_the_campaign_report_is_the_lowest_node_that_is_off_by_a_hundred() -> None:
    task = load_task(TASKS / "campaign-regression")
    nodes = list(plan_of(task.text("inputs/october.txt")).root.walk())
    off = [node for node in nodes if (node.actual_rows or 0) >= 100 * (node.estimated_rows or 1)]
    lowest = [node.line for node in off if not any(below in off for below in node.walk() if below is not node)]
    case = next(case for check in task.checks for case in check.with_.get("cases", ()) if case["at"] == "origin.line")
    assert lowest == [case["value"]]
