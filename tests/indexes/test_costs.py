"""What is known of queries' costs: told from earlier answers where it can be, asked once otherwise, and no longer where asking takes too long."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pytest

from dbdesign.errors import LimitError
from dbdesign.indexes.costs import ALLOWANCE, Answer, Costs, Query
from dbdesign.twin.twin import Explained, Hypothetical


class Planner:
    """A twin whose planner gives up as soon as it sees an index."""

    def explain(self, query: str, shown: Iterable[Hypothetical] = ()) -> Explained:
        del query
        if list(shown):
            raise LimitError("the planner took more than 20 seconds", remedy="Simplify the query")
        return Explained({"Plan": {"Total Cost": 100.0, "Plan Rows": 1}})


def costs_of(query: Query) -> Costs:
    planner: Any = Planner()
    costs = Costs(planner, [query])
    costs.add([Hypothetical("ON t (a)", "what_if", 1, 10, 10.0)])
    return costs


def test_a_query_that_takes_too_long_with_indexes_keeps_what_is_known_of_it() -> None:
    query = Query("dear", "select 1", relevant=1)
    costs = costs_of(query)
    costs.start()
    assert costs.cost(query, 1) == Answer(0, 0, 100.0)
    assert query.failure is None
    assert "20 seconds" in (query.cut_short or "")
    assert costs.calls == 2
    costs.cost(query, 1)
    assert costs.calls == 2


def test_a_query_that_takes_too_long_without_indexes_is_set_aside() -> None:
    query = Query("dear", "select 1", relevant=1)
    costs = costs_of(query)
    with pytest.raises(LimitError):
        costs.cost(query, 1)


def test_a_query_beyond_its_allowance_is_answered_by_the_cheapest_plan_that_is_known_to_be_possible() -> None:
    query = Query("slow", "select 1", relevant=7)
    for answer in (Answer(0, 0, 100.0), Answer(1, 1, 50.0), Answer(6, 2, 70.0)):
        query.learn(answer)
    query.spend(ALLOWANCE + 1)
    costs = costs_of(query)
    assert [costs.cost(query, one).cost for one in (0, 1, 2, 4, 3, 5, 7)] == [100, 50, 70, 100, 50, 50, 50]
    assert costs.calls == 0


@pytest.mark.parametrize(("available", "known"), [(3, True), (1, True), (7, False), (2, False)])
def test_an_answer_holds_for_every_set_between_what_was_used_and_what_was_there(available: int, known: bool) -> None:
    query = Query("q", "select 1")
    query.learn(Answer(available=3, used=1, cost=5.0))
    assert (query.known(available) is not None) is known


def test_a_plan_that_the_planner_does_not_take_beside_other_indexes_costs_what_it_takes_instead() -> None:
    query = Query("q", "select 1")
    for answer in (Answer(0, 0, 100.0), Answer(1, 1, 50.0), Answer(3, 3, 60.0), Answer(4, 4, 55.0)):
        query.learn(answer)
    query.correct(Answer(3, 3, 60.0), 3)
    assert [(one.used, one.cost) for one in query.atoms()] == [(4, 55.0), (1, 60.0), (0, 100.0)]


@pytest.mark.parametrize(("with_more", "asked"), [(50.01, False), (40.0, True)])
def test_a_plan_that_more_indexes_hardly_better_is_not_asked_about(with_more: float, asked: bool) -> None:
    query = Query("q", "select 1", relevant=7)
    for answer in (Answer(0, 0, 100.0), Answer(1, 1, 50.02), Answer(7, 6, with_more)):
        query.learn(answer)
    assert (query.known(3) is None) is asked
