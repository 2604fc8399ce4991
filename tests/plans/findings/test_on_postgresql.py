"""Each finding that the embedded server can show is there on the query that has the defect, and not on the near miss."""

from __future__ import annotations

import re
from typing import Any

import pytest

from dbdesign.plans.read import read_plans
from dbdesign.plans.wording import title
from plan_cases import PostgresCases, cases

CASES: list[dict[str, Any]] = cases("postgresql")["cases"]
FINE: list[dict[str, Any]] = cases("postgresql")["fine"]


@pytest.mark.parametrize("case", CASES, ids=[f"{number}-{case['id']}" for number, case in enumerate(CASES)])
def test_a_query_with_the_defect_shows_the_finding_and_a_near_miss_does_not(
    case: dict[str, Any], on_postgresql: PostgresCases
) -> None:
    shown = [one.id for one in on_postgresql.findings(case["shows"])]
    assert case["id"] in shown
    assert case["id"] not in [one.id for one in on_postgresql.findings(case["near"])]


@pytest.mark.parametrize("case", FINE, ids=[case["sql"] for case in FINE])
def test_a_plan_that_is_fine_has_no_finding(case: dict[str, Any], on_postgresql: PostgresCases) -> None:
    assert [f"{one.id}: {one.message}" for one in on_postgresql.findings(case)] == []


STATEMENT = re.compile(r"(?:CREATE (?:INDEX|STATISTICS)|SET LOCAL|ANALYZE|RESET|SELECT format)\b")
MENDED_BY_STATISTICS = {"misestimate"}


@pytest.mark.parametrize("case", CASES, ids=[f"{number}-{case['id']}" for number, case in enumerate(CASES)])
def test_a_remedy_that_is_a_statement_runs_and_a_proposed_index_makes_the_finding_go(
    case: dict[str, Any], on_postgresql: PostgresCases
) -> None:
    shows = case["shows"]
    for finding in on_postgresql.findings(shows):
        if not STATEMENT.match(finding.remedy):
            continue
        remedy = finding.remedy.replace(" CONCURRENTLY", "").split("; ")
        after = on_postgresql.findings({**shows, "before": [*shows.get("before", []), *remedy]})
        if finding.index is not None:
            said = {(one.id, one.node.relation) for one in after if one.node is not None}
            assert finding.node is not None
            assert (finding.id, finding.node.relation) not in said


QUERIES = [*(case[kind] for case in CASES for kind in ("shows", "near")), *FINE]


def outline(text: str) -> list[tuple[int, str]]:
    """Each node of a plan with the number of its parent."""
    [plan] = read_plans(text).plans
    return [(plan.parents[one.number].number if one.number > 1 else 0, title(one)) for one in plan.nodes]


def test_a_plan_is_the_same_tree_as_text_and_as_json(on_postgresql: PostgresCases) -> None:
    for query in QUERIES:
        planned = {**query, "explain": "VERBOSE"}
        assert outline(on_postgresql.explain(planned, "TEXT")) == outline(on_postgresql.explain(planned)), query["sql"]
