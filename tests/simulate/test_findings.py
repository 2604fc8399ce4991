"""Each finding on a plan: it is there on a design that has the defect, and gone on the mended one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from dbdesign.simulate.findings.base import PlanFinding, plan_rules
from simulate_designs import simulated

DATA: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "findings.yaml").read_text())
CASES: list[dict[str, Any]] = DATA["cases"]


def found(case: dict[str, Any], change: dict[str, Any]) -> dict[str, PlanFinding]:
    """Findings by id."""
    ddl = f"{DATA['tables']};{case.get('ddl', '')};{change.get('ddl', '')};"
    settings = {**case.get("settings", {}), **change.get("settings", {})}
    volumes = "\n" + "".join(f"  {line}\n" for line in DATA["volumes"].splitlines())
    [one] = simulated(ddl, volumes, [change.get("sql", case["sql"])], settings=settings)
    assert one.error is None
    return {finding.id: finding for finding in one.findings}


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_a_finding_is_on_the_plan_that_has_the_defect_and_not_on_the_mended_one(case: dict[str, Any]) -> None:
    before = found(case, {})
    assert case["id"] in before
    assert before[case["id"]].message
    assert case["id"] not in found(case, case["mended"])


INDEXED = [case for case in CASES if case.get("remedy")]


@pytest.mark.parametrize("case", INDEXED, ids=[case["id"] for case in INDEXED])
def test_the_index_that_a_finding_names_can_be_made_and_mends_it(case: dict[str, Any]) -> None:
    remedy = found(case, {})[case["id"]].remedy
    assert case["remedy"] in remedy
    assert case["id"] not in found(case, {"ddl": case["remedy"]})


@pytest.mark.parametrize("case", DATA["remedies"], ids=[case["sql"] for case in DATA["remedies"]])
def test_a_remedy_fits_the_condition(case: dict[str, Any]) -> None:
    remedies = " ".join(finding.remedy for finding in found(case, {}).values())
    assert case["says"] in remedies
    assert case.get("not", "no such words") not in remedies


def test_findings_on_the_partitions_of_a_table_are_one() -> None:
    one = found({"sql": "select id from events where kind = $1"}, {})["sequential-scan-for-few-rows"]
    assert one.message.endswith("; so 2 more partitions of events")
    assert one.numbers["partitions"] == 3
    assert one.remedy.startswith("CREATE INDEX ON events (kind);")


def test_values_that_an_index_skips_between_are_no_finding() -> None:
    case = {
        "sql": "select count(*) from orders where placed_at >= $1",
        "ddl": "CREATE INDEX ON orders (status, placed_at)",
    }
    assert "leading-column-not-selective" not in found(case, {})


def test_every_rule_has_a_case() -> None:
    assert {rule.name for rule in plan_rules()} == {case["id"] for case in CASES}


def test_every_rule_says_when_it_holds() -> None:
    assert [rule.name for rule in plan_rules() if len((type(rule).__doc__ or "").split()) < 12] == []
