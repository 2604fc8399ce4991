"""Each finding on a plan: it is there on a design that has the defect, and gone on the mended one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from dbdesign.simulate.findings.base import plan_rules
from simulate_designs import simulated

DATA: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "findings.yaml").read_text())
CASES: list[dict[str, Any]] = DATA["cases"]


def found(case: dict[str, Any], change: dict[str, Any]) -> dict[str, str]:
    """Findings by id with their messages."""
    ddl = f"{DATA['tables']};{case.get('ddl', '')};{change.get('ddl', '')};"
    settings = {**case.get("settings", {}), **change.get("settings", {})}
    volumes = "\n" + "".join(f"  {line}\n" for line in DATA["volumes"].splitlines())
    [one] = simulated(ddl, volumes, [change.get("sql", case["sql"])], settings=settings)
    assert one.error is None
    return {finding.id: finding.message for finding in one.findings}


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_finding_is_on_the_plan_that_has_the_defect_and_not_on_the_mended_one(case: dict[str, Any]) -> None:
    before = found(case, {})
    assert case["id"] in before
    assert before[case["id"]]
    assert case["id"] not in found(case, case["mended"])


def test_every_rule_has_a_case() -> None:
    assert {rule.name for rule in plan_rules()} == {case["id"] for case in CASES}


def test_every_rule_says_when_it_holds() -> None:
    assert [rule.name for rule in plan_rules() if len((type(rule).__doc__ or "").split()) < 12] == []
