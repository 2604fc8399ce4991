"""What holds for every hazard: its page is whole, its example has it, what it recommends is clean, its safe form runs and is clean."""

from __future__ import annotations

import re
from functools import cache

import pytest

from dbdesign.migrations.check.checker import Checked, Checker
from dbdesign.migrations.check.migration import Migration, sql_statements
from dbdesign.migrations.check.run import run_check
from dbdesign.migrations.hazards.base import SECTIONS, Hazard, hazards, index, page, sections
from dbdesign.model.design import Design
from dbdesign.model.schema import Engine
from dbdesign.readers.base import reader

FENCE = re.compile(r"```sql\n(.*?)```", re.DOTALL)
POSTGRESQL = [pytest.param(one, id=name) for name, one in hazards().items() if Engine.POSTGRESQL in one.engines]
NO_SAFE = {
    "cluster", "domain-validate", "drop-column", "drop-not-null", "drop-table", "exclusion", "scan-under-lock", "set-logged",
    "table-rewrite", "truncate",
}  # fmt: skip
"""Hazards that no statement avoids: they need a decision, another tool, or a quiet hour."""
SAFE = [
    pytest.param(one, id=name)
    for name, one in hazards().items()
    if Engine.POSTGRESQL in one.engines and name not in NO_SAFE
]


def example(hazard: Hazard, section: str) -> tuple[str, str, str]:
    """The version, the state and the migration of a section."""
    blocks = FENCE.findall(sections(hazard)[section])
    assert len(blocks) == 1, f"{hazard.id}: {section} has {len(blocks)} fenced blocks"
    target = re.search(r"-- target: (\d+)", blocks[0])
    state, marked, migration = blocks[0].partition("-- migration\n")
    assert marked
    return target[1] if target else "18", state, migration


@cache
def checked(state: str, migration: str, version: str, execute: bool = True) -> list[Checked]:
    statements, _ = sql_statements(migration)
    with Checker(state, version=version, execute=execute) as checker:
        assert checker.problems == ()
        return list(checker.check([Migration("m.sql", statements)]))


def told(results: list[Checked]) -> list[str]:
    return [f"{one.hazard}: {one.message}" for result in results for one in result.findings]


def ids(results: list[Checked]) -> set[str]:
    return {one.hazard for result in results for one in result.findings}


@pytest.mark.parametrize("hazard", [pytest.param(one, id=name) for name, one in hazards().items()])
def test_a_hazards_page_has_every_section_and_real_references(hazard: Hazard) -> None:
    parts = sections(hazard)
    assert [title for title in parts if title not in {"", "When it does not apply"}] == list(SECTIONS)
    assert all(parts.values())
    assert parts[""].endswith(".")
    assert re.search(r"\]\(https://[^)]+\)", parts["References"])
    assert page(hazard).startswith(f"# {hazard.id}\n")
    assert f"[{hazard.id}]({hazard.id}.md)" in index()


@pytest.mark.parametrize("execute", [True, False], ids=["executed", "by rule"])
@pytest.mark.parametrize("hazard", POSTGRESQL)
def test_a_hazards_example_has_it(hazard: Hazard, execute: bool) -> None:
    version, state, migration = example(hazard, "Example")
    assert hazard.id in ids(checked(state, migration, version, execute))


@pytest.mark.parametrize("execute", [True, False], ids=["executed", "by rule"])
@pytest.mark.parametrize("hazard", POSTGRESQL)
def test_what_a_hazard_recommends_has_none_and_runs(hazard: Hazard, execute: bool) -> None:
    version, state, migration = example(hazard, "Use instead")
    results = checked(state, migration, version, execute)
    assert told(results) == []
    assert [one.error for one in results if one.error] == []


SINCE = {"detach-partition": 14}
VERSIONS = range(12, 19)


def safe_forms(hazard: Hazard) -> dict[str, list[int]]:
    """The different safe forms of a hazard's example, by the versions that they are for."""
    target, state, migration = example(hazard, "Example")
    versions = [one for one in VERSIONS if one >= SINCE.get(hazard.id, 12)] if target == "18" else [int(target)]
    forms: dict[str, list[int]] = {}
    for version in versions:
        results = checked(state, migration, str(version), execute=False)
        found = [one.safe for result in results for one in result.findings if one.hazard == hazard.id]
        assert found, f"not found for {version}"
        assert found[0] is not None
        forms.setdefault(found[0], []).append(version)
    return forms


@pytest.mark.parametrize("hazard", SAFE)
def test_the_safe_form_runs_and_has_no_hazard_on_any_version(hazard: Hazard) -> None:
    state = example(hazard, "Example")[1]
    for form, versions in safe_forms(hazard).items():
        executed = checked(state, form, str(versions[-1]))
        assert [one.error for one in executed if one.error] == []
        for results in (executed, *(checked(state, form, str(version), execute=False) for version in versions)):
            assert told(results) == []
            assert [one.error for one in results if one.error] == []


OTHERS = [pytest.param(one, id=name) for name, one in hazards().items() if Engine.POSTGRESQL not in one.engines]


def checked_elsewhere(hazard: Hazard, section: str) -> set[str]:
    """The hazards of a section's migration on the hazard's own engine, whose reader reads the state."""
    block = FENCE.findall(sections(hazard)[section])[0]
    target = re.search(r"-- target: ([\d.]+)", block)
    state, _, migration = block.partition("-- migration\n")
    engine = hazard.engines[0].value
    design = Design(schema=reader(engine).read(state).schema_)
    statements, _ = sql_statements(migration)
    version = target[1] if target else None
    result = run_check([Migration("m.sql", statements)], engine=engine, version=version, design=design)
    return ids(list(result.checked))


@pytest.mark.parametrize("hazard", OTHERS)
def test_the_example_of_another_engine_has_its_hazard_and_what_is_recommended_has_none(hazard: Hazard) -> None:
    assert hazard.id in checked_elsewhere(hazard, "Example")
    assert checked_elsewhere(hazard, "Use instead") == set()


@pytest.mark.parametrize("hazard", [pytest.param(hazards()[one], id=one) for one in sorted(NO_SAFE)])
def test_what_no_statement_avoids_says_so(hazard: Hazard) -> None:
    version, state, migration = example(hazard, "Example")
    found = [one for result in checked(state, migration, version) for one in result.findings if one.hazard == hazard.id]
    assert [one.safe for one in found] == [None] * len(found)
