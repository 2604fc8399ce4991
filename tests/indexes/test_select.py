"""The knapsack of atomic configurations: never beyond the budget, never worse than trying all sets by more than the stated share."""

from __future__ import annotations

from itertools import chain, combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from dbdesign.indexes.costs import Answer, Query, bits
from dbdesign.indexes.select import Selection

INDEXES = 7


@st.composite
def workloads(draw: st.DrawFn) -> tuple[list[Query], list[int]]:
    queries = []
    for number in range(draw(st.integers(1, 6))):
        query = Query(f"q{number}", "select 1", weight=draw(st.sampled_from([1.0, 10.0])))
        query.learn(Answer(0, 0, 1000.0))
        for _ in range(draw(st.integers(0, 6))):
            used = draw(st.integers(1, 2**INDEXES - 1))
            query.learn(Answer(used, used, float(draw(st.integers(1, 999)))))
        queries.append(query)
    return queries, draw(st.lists(st.integers(1, 50), min_size=INDEXES, max_size=INDEXES))


def cost(queries: list[Query], chosen: int) -> float:
    return sum(query.weight * min(one.cost for one in query.answers if not one.used & ~chosen) for query in queries)


@settings(max_examples=150, deadline=None)
@given(workloads(), st.integers(0, 200))
def test_a_choice_fits_and_costs_what_it_says(workload: tuple[list[Query], list[int]], budget: int) -> None:
    queries, sizes = workload
    choice = Selection(queries, sizes).solve(budget)
    assert choice.size == sum(sizes[number] for number in bits(choice.chosen)) <= budget
    assert abs(choice.cost - cost(queries, choice.chosen)) <= 0.001 * INDEXES * cost(queries, choice.chosen)


@settings(max_examples=150, deadline=None)
@given(workloads(), st.integers(0, 200))
def test_a_choice_is_near_the_best_of_all_sets(workload: tuple[list[Query], list[int]], budget: int) -> None:
    queries, sizes = workload
    sets = chain.from_iterable(combinations(range(INDEXES), count) for count in range(INDEXES + 1))
    best = min(
        cost(queries, sum(1 << number for number in one))
        for one in sets
        if sum(sizes[number] for number in one) <= budget
    )
    base = cost(queries, 0)
    found = Selection(queries, sizes).solve(budget).cost
    assert base - found >= 0.75 * (base - best)


def test_indexes_that_help_only_together_are_taken_together() -> None:
    query = Query("join", "select 1")
    for answer in (Answer(0, 0, 100.0), Answer(3, 3, 1.0)):
        query.learn(answer)
    assert Selection([query], [10, 10]).solve(20).chosen == 3
    assert Selection([query], [10, 10]).solve(19).chosen == 0


def test_upkeep_is_weighed_against_what_is_saved() -> None:
    query = Query("read", "select 1")
    for answer in (Answer(0, 0, 100.0), Answer(1, 1, 60.0)):
        query.learn(answer)
    assert Selection([query], [10], [39.0]).solve(100).chosen == 1
    assert Selection([query], [10], [41.0]).solve(100).chosen == 0
