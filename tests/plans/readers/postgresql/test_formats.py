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
    plan = read_one(explain(shop_with_workers, case, "json", OPTIONS), "json")
    if case.name != "workers that were not there":
        assert any(node.workers_launched for node in plan.nodes)
    expected = comparable(plan, workers=alone)
    for form in FORMATS:
        read = read_one(explain(shop_with_workers, case, form, OPTIONS), form)
        assert comparable(read, workers=alone) == expected, form


@pytest.mark.parametrize("case", [case for case in CASES if not case.parallel], ids=lambda case: case.name)
def test_every_format_gives_the_estimates_of_the_json(shop: psycopg.Connection[Any], case: Case) -> None:
    expected = comparable(read_one(explain(shop, case, "json", "VERBOSE, SETTINGS"), "json"))
    for form in FORMATS:
        assert comparable(read_one(explain(shop, case, form, "VERBOSE, SETTINGS"), form)) == expected, form
