"""The server's JSON against what is read of its text, YAML and XML: of the same query, data and settings, the plans must be equal."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from dbdesign.plans.read import read_plans
from plan_corpus import CASES, Case, comparable, explain

OPTIONS = "ANALYZE, TIMING OFF, BUFFERS, VERBOSE, WAL, SUMMARY OFF"
"""Without times, two executions on the same data give the same figures."""
FORMATS = ("text", "yaml", "xml")


def read_one(text: str, form: str) -> Any:
    found = read_plans(text)
    assert (found.engine, found.format, found.notes) == ("postgresql", form, ())
    assert len(found.plans) == 1
    return found.plans[0]


def test_there_are_at_least_150_queries() -> None:
    assert len(CASES) >= 150


@pytest.mark.parametrize("case", [case for case in CASES if not case.parallel], ids=lambda case: case.name)
def test_every_format_gives_the_plan_of_the_json(shop: psycopg.Connection[Any], case: Case) -> None:
    explain(shop, case, "text", OPTIONS)  # once for the caches and the hint bits
    expected = comparable(read_one(explain(shop, case, "json", OPTIONS), "json"))
    for form in FORMATS:
        assert comparable(read_one(explain(shop, case, form, OPTIONS), form)) == expected, form


@pytest.mark.parametrize("case", [case for case in CASES if case.parallel], ids=lambda case: case.name)
def test_every_format_gives_the_parallel_plan_of_the_json(
    shop_with_workers: psycopg.Connection[Any], case: Case
) -> None:
    """Which worker reads which page is chance: the workers' own figures are compared where one worker did all."""
    alone = ("max_parallel_workers", "1") in case.settings
    explain(shop_with_workers, case, "text", OPTIONS)
    plan = explained(shop_with_workers, case, "json", alone=alone)
    if case.name != "workers that were not there":
        assert any(node.workers_launched for node in plan.nodes)
    expected = comparable(plan, workers=alone)
    for form in FORMATS:
        read = explained(shop_with_workers, case, form, alone=alone)
        assert comparable(read, workers=alone) == expected, form


def explained(connection: psycopg.Connection[Any], case: Case, form: str, *, alone: bool) -> Any:
    """The plan, executed anew until one worker ran, where one is to run alone.

    Under max_parallel_workers = 1 the second one starts after all when the first has already ended, and none does while the server has not
    yet noticed that those of the execution before have.
    """
    for _ in range(100):
        plan = read_one(explain(connection, case, form, OPTIONS), form)
        if not alone or {node.workers_launched for node in plan.nodes if node.workers_planned and node.loops} == {1}:
            return plan
    return pytest.fail("of 100 executions none had one worker")


@pytest.mark.parametrize("case", [case for case in CASES if not case.parallel], ids=lambda case: case.name)
def test_every_format_gives_the_estimates_of_the_json(shop: psycopg.Connection[Any], case: Case) -> None:
    expected = comparable(read_one(explain(shop, case, "json", "VERBOSE, SETTINGS"), "json"))
    for form in FORMATS:
        assert comparable(read_one(explain(shop, case, form, "VERBOSE, SETTINGS"), form)) == expected, form


@pytest.mark.parametrize("options", ["ANALYZE, VERBOSE", "COSTS ON"])
@pytest.mark.parametrize("form", ["yaml", "xml"])
@pytest.mark.parametrize("name", ["three tables", "a merge join"])
def test_a_plan_cut_off_at_any_line_gives_what_was_read_and_says_where_it_stopped(
    shop: psycopg.Connection[Any], name: str, form: str, options: str
) -> None:
    case = next(case for case in CASES if case.name == name)
    lines = explain(shop, case, form, options).split("\n")
    whole = [node.title for node in read_plans("\n".join(lines)).plans[0].nodes]
    first = next(number for number, line in enumerate(lines) if "Join" in line or "Nested" in line) + 1
    for count in range(first, len(lines)):
        read = read_plans("\n".join(lines[:count]))
        titles = [node.title for node in read.plans[0].nodes]
        assert len(titles) <= len(whole)
        if len(titles) < len(whole):
            assert read.plans[0].truncated
            assert read.notes[-1].line is not None
            assert "stops here" in read.notes[-1].reason
            assert read.notes[-1].line <= count
    assert not read_plans("\n".join(lines)).plans[0].truncated
