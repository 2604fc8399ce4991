"""Each finding that MariaDB can show is there on the query that has the defect, and not on the near miss."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from mariadb_servers import server
from plan_cases import cases, findings_of_text

DATA: dict[str, Any] = cases("mariadb")
CASES = [pytest.param(case, form, id=f"{case['id']} {form}") for case in DATA["cases"] for form in case["forms"]]
FORMS = ("EXPLAIN", "EXPLAIN FORMAT=JSON", "ANALYZE FORMAT=JSON")

Explain = Callable[[str, str], list[str]]


@pytest.fixture(scope="module")
def found() -> Iterator[Explain]:
    """The ids of the findings on the plan of a query, in a form."""
    running = server()
    with running.database("findings") as name:
        running.run(DATA["setup"], name)
        yield lambda sql, form: [one.id for one in findings_of_text(running.run(f"{form} {sql}", name))]


@pytest.mark.parametrize(("case", "form"), CASES)
def test_a_query_with_the_defect_shows_the_finding_and_a_near_miss_does_not(
    case: dict[str, Any], form: str, found: Explain
) -> None:
    assert case["id"] in found(case["shows"], form)
    assert case["id"] not in found(case["near"], form)


@pytest.mark.parametrize("sql", DATA["fine"])
def test_a_plan_that_is_fine_has_no_finding(sql: str, found: Explain) -> None:
    assert {form: found(sql, form) for form in FORMS} == {form: [] for form in FORMS}
