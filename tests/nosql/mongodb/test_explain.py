"""The rules for MongoDB's plans on fixtures: each shown by the number that calls for it, and not by one that does not."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from dbdesign.api.call import Call
from dbdesign.api.read_plan import read_plan

CASES = yaml.safe_load((Path(__file__).parent / "explain.yaml").read_text(encoding="utf-8"))


def rules(plan: str, number: object) -> set[str]:
    answer = read_plan(plan.replace("{{n}}", str(number)), call=Call())
    assert answer.engine == "mongodb"
    return {one.id for each in answer.plans for one in each.findings}


@pytest.mark.parametrize("case", CASES, ids=lambda one: one["rule"])
def test_a_rule_speaks_where_its_number_says_so_and_is_silent_where_not(case: dict) -> None:
    assert case["rule"] in rules(case["plan"], case["shows"])
    assert case["rule"] not in rules(case["plan"], case["near"])
