"""The rules on small schemas: what they must report, and what they must leave alone."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest

from dbdesign.model.design import Design
from dbdesign.model.schema import Engine
from dbdesign.rules.review import review
from rule_examples import cases, read_sql, read_together


@cache
def postgresql_cases() -> dict[str, Design]:
    return read_together({name: case["sql"] for name, (_, case) in cases().items() if "engine" not in case})


def design(name: str, case: dict[str, Any]) -> Design:
    return read_sql(case["sql"], case["engine"]) if "engine" in case else postgresql_cases()[name]


@pytest.mark.parametrize("name", cases())
def test_a_rule_reports_what_it_should_and_nothing_else(name: str) -> None:
    rule, case = cases()[name]
    findings = review(design(name, case), only=[rule]).findings
    assert [one.object for one in findings] == case.get("reports", [])
    if "objects" in case:
        assert [list(one.objects) for one in findings] == [case["objects"]]
    if "severity" in case:
        assert {one.severity.value for one in findings} == {case["severity"]}
    if "message" in case:
        assert [one.message for one in findings] == [case["message"]]
    if "fix" in case:
        assert [one.fix for one in findings] == [case["fix"]]


@cache
def fixed_cases() -> dict[str, Design]:
    scripts = {}
    for name, (rule, case) in cases().items():
        fixes = [one.fix for one in review(design(name, case), only=[rule]).findings]
        if "engine" not in case and any(fixes):
            scripts[name] = case["sql"] + "\n" + "\n".join(fix for fix in fixes if fix)
    return read_together(scripts)


@pytest.mark.parametrize("name", [name for name, (_, case) in cases().items() if case.get("runs") or case.get("fix")])
def test_the_fix_of_a_case_runs_and_the_finding_is_gone(name: str) -> None:
    rule, case = cases()[name]
    if case.get("engine", Engine.POSTGRESQL) != Engine.POSTGRESQL:
        (finding,) = review(design(name, case), only=[rule]).findings
        after = read_sql(f"{case['sql']}\n{finding.fix}", case["engine"])
    else:
        after = fixed_cases()[name]
    assert review(after, only=[rule]).findings == ()
