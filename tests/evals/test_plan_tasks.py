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
