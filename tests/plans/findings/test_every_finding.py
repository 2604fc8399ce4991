"""What holds for every finding: its page is whole, the plan of its example shows it, the plan to use instead does not."""

from __future__ import annotations

import re

import pytest

from dbdesign.model.plan import PlanEngine
from dbdesign.plans.findings.base import SECTIONS, PlanCheck, PlanFinding, plan_checks, sections
from dbdesign.plans.pages import index, page
from plan_cases import cases, findings_of_text

EVERY = [pytest.param(check, id=name) for name, check in plan_checks().items()]
FENCED = re.compile(r"```\w*\n(.*?)```", re.DOTALL)


def plans(check: PlanCheck, section: str) -> list[str]:
    """The plans of a section, as somebody would paste them."""
    return FENCED.findall(sections(check)[section])


def found(check: PlanCheck, text: str) -> list[PlanFinding]:
    return [one for one in findings_of_text(text) if one.id == check.name]


@pytest.mark.parametrize("check", EVERY)
def test_a_page_has_every_section_and_real_references(check: PlanCheck) -> None:
    parts = sections(check)
    assert [title for title in parts if title not in {"", "When it does not apply"}] == list(SECTIONS)
    assert all(parts.values())
    assert parts[""].endswith(".")
    assert re.search(r"\]\(https://[^)]+\)", parts["References"])
    assert page(check).startswith(f"# {check.name}\n")
    assert f"[{check.name}]({check.name}.md)" in index()


@pytest.mark.parametrize("check", EVERY)
def test_the_plan_of_the_example_shows_the_finding_whole(check: PlanCheck) -> None:
    shown = plans(check, "Example")
    assert shown
    for text in shown:
        findings = found(check, text)
        assert findings
        for one in findings:
            assert one.message
            assert one.remedy
            assert one.when
            assert one.share is None or 0 <= one.share <= 1
            assert 0 <= one.saves <= 1


@pytest.mark.parametrize("check", EVERY)
def test_the_plan_to_use_instead_does_not_show_it(check: PlanCheck) -> None:
    instead = plans(check, "Use instead")
    assert instead
    assert [one for text in instead for one in found(check, text)] == []


def test_every_finding_that_the_embedded_server_can_show_is_shown_there() -> None:
    elsewhere = {"jit", "reads-from-disk", "trigger-heavy", "planning-heavy", "wal-full-pages", "worker-skew"}
    shown = {case["id"] for case in cases("postgresql")["cases"]}
    ours = {name for name, one in plan_checks().items() if not one.engines or PlanEngine.POSTGRESQL in one.engines}
    assert ours - elsewhere == shown


def test_what_a_finding_yields_to_exists() -> None:
    names = set(plan_checks())
    assert {name: set(one.yields_to) - names for name, one in plan_checks().items() if set(one.yields_to) - names} == {}
