"""What holds for every rule: its page is whole, its example is reported, its remedy is clean, its fix works."""

from __future__ import annotations

import re
from functools import cache

import pytest

from dbdesign.model.design import Design
from dbdesign.model.finding import Finding
from dbdesign.model.schema import Engine
from dbdesign.rules.base import SECTIONS, Rule, rules, sections
from dbdesign.rules.pages import index, page
from dbdesign.rules.review import review
from rule_examples import altered_sqlite, engine_of, example, example_and_fix, read_sql, read_together

EVERY_RULE = [pytest.param(rule, id=name) for name, rule in rules().items()]
NO_FIX = {
    "foreign-key-to-nothing",
    "inheritance-without-shared-keys",
    "nullable-primary-key",
    "over-normalised-read",
    "personal-data-without-retention",
    "policy-open-without-setting",
    "polymorphic-reference",
    "row-security-without-policy",
    "single-column-table",
    "table-not-in-workload",
    "table-of-nullable-columns",
    "table-without-relations",
    "too-many-indexes",
    "wide-table",
}
"""Rules whose example no statement can put right: it needs a decision, or facts that the schema does not have."""
FIXED_RULES = [pytest.param(rule, id=name) for name, rule in rules().items() if name not in NO_FIX]


def found(rule: Rule, design: Design) -> list[Finding]:
    return [finding for finding in review(design).findings if finding.rule == rule.name]


def with_fix(rule: Rule) -> str:
    fixes = [one.fix or "" for one in found(rule, example(rule, "Example"))]
    return example_and_fix(rule, "\n".join(fixes))


@cache
def fixed_postgresql() -> dict[str, Design]:
    scripts = {
        name: with_fix(rule)
        for name, rule in rules().items()
        if name not in NO_FIX and engine_of(rule) is Engine.POSTGRESQL
    }
    return read_together(scripts)


def fixed(rule: Rule) -> Design:
    """The example after its fix was run behind it, read again; the workload stays."""
    engine = engine_of(rule)
    if engine is Engine.POSTGRESQL:
        design = fixed_postgresql()[rule.name]
    else:
        script = with_fix(rule)
        design = read_sql(altered_sqlite(script) if engine is Engine.SQLITE else script, engine)
    return design.model_copy(update={"workload": example(rule, "Example").workload})


@pytest.mark.parametrize("rule", EVERY_RULE)
def test_a_rules_page_has_every_section_and_real_references(rule: Rule) -> None:
    parts = sections(rule)
    titles = [title for title in parts if title not in {"", "When it does not apply"}]
    assert titles == list(SECTIONS)
    assert all(body for body in parts.values())
    assert parts[""].endswith(".")
    assert re.search(r"\]\(https://[^)]+\)", parts["References"])
    assert page(rule).startswith(f"# {rule.name}\n")
    assert f"[{rule.name}]({rule.name}.md)" in index()


@pytest.mark.parametrize("rule", EVERY_RULE)
def test_a_rules_example_is_reported_on_a_line(rule: Rule) -> None:
    reported = found(rule, example(rule, "Example"))
    assert reported
    assert all(one.line is not None for one in reported)
    assert [one.fix is None for one in reported] == [rule.name in NO_FIX] * len(reported)


@pytest.mark.parametrize("rule", FIXED_RULES)
def test_a_rules_fix_runs_and_the_finding_is_gone(rule: Rule) -> None:
    assert found(rule, fixed(rule)) == []


@pytest.mark.parametrize("rule", EVERY_RULE)
def test_what_a_rule_recommends_is_clean_under_every_rule(rule: Rule) -> None:
    findings = review(example(rule, "Use instead")).findings
    assert [f"{one.rule}: {one.message}" for one in findings] == []
