"""Plans of engines that cannot run here, written from their documentation: what is read of them, in full."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from dbdesign.plans.read import read_plans
from plan_outline import outline

FOLDER = Path(__file__).parent / "documented"
CASES: list[Any] = [
    pytest.param(path.stem, case, id=f"{path.stem}: {case['name']}")
    for path in sorted(FOLDER.glob("*.yaml"))
    for case in yaml.safe_load(path.read_text())
]


@pytest.mark.parametrize(("engine", "case"), CASES)
def test_a_documented_plan_is_read_in_full(engine: str, case: dict[str, str]) -> None:
    read = read_plans(case["plan"])
    assert read.engine == engine
    assert outline(read) == case["outline"]
    assert case["source"]


@pytest.mark.parametrize(("engine", "case"), CASES)
def test_a_documented_plan_keeps_the_law_of_exclusive_times(engine: str, case: dict[str, str]) -> None:
    for plan in read_plans(case["plan"]).plans:
        if plan.nodes_ms is not None:
            assert sum(node.exclusive_ms or 0.0 for node in plan.nodes) == pytest.approx(plan.nodes_ms)
            assert plan.nodes_ms == pytest.approx(plan.root.total_ms)
