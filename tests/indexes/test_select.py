"""The knapsack of atomic configurations: never beyond the budget, never worse than trying all sets by more than the stated share."""

from __future__ import annotations

from itertools import chain, combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dbdesign.indexes import solver
from dbdesign.indexes.costs import Answer, Query, bits
from dbdesign.indexes.program import Program
from dbdesign.indexes.select import ENOUGH, Selection
from dbdesign.indexes.solver import relaxed

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


@settings(max_examples=60, deadline=None)
@given(workloads(), st.integers(0, 200))
def test_a_choice_fits_and_costs_what_it_says(workload: tuple[list[Query], list[int]], budget: int) -> None:
    queries, sizes = workload
    choice = Selection(queries, sizes, budget=budget).solve()
    assert choice.size == sum(sizes[number] for number in bits(choice.chosen)) <= budget
    assert abs(choice.cost - cost(queries, choice.chosen)) <= 0.001 * INDEXES * cost(queries, choice.chosen)


def brute(queries: list[Query], sizes: list[int], upkeep: list[float], budget: int) -> float:
    """The least cost of all sets that fit."""
    sets = (
        sum(1 << number for number in one)
        for one in chain.from_iterable(combinations(range(INDEXES), count) for count in range(INDEXES + 1))
        if sum(sizes[number] for number in one) <= budget
    )
    return min(known_cost(queries, one) + sum(upkeep[number] for number in bits(one)) for one in sets)


def known_cost(queries: list[Query], chosen: int) -> float:
    """By the atoms: answers that bring next to nothing beyond a part of their indexes are none."""
    return sum(query.weight * min(one.cost for one in query.atoms() if not one.used & ~chosen) for query in queries)


UPKEEP = st.lists(st.sampled_from([0.0, 0.0, 5.0, 200.0]), min_size=INDEXES, max_size=INDEXES)


@settings(max_examples=100, deadline=None)
@given(workloads(), UPKEEP, st.integers(0, 200))
def test_a_choice_costs_what_the_best_of_all_sets_costs_and_its_bound_no_more(
    workload: tuple[list[Query], list[int]], upkeep: list[float], budget: int
) -> None:
    queries, sizes = workload
    best = brute(queries, sizes, upkeep, budget)
    found = Selection(queries, sizes, upkeep, budget=budget).solve()
    assert found.bound <= best * (1 + 1e-9)
    assert found.cost <= best * (1 + 2 * ENOUGH)


@settings(max_examples=60, deadline=None)
@given(workloads(), UPKEEP, st.integers(0, 200))
def test_the_bound_holds_where_nothing_is_branched_on(
    workload: tuple[list[Query], list[int]], upkeep: list[float], budget: int
) -> None:
    queries, sizes = workload
    found = Selection(queries, sizes, upkeep, budget=budget).solve(thoroughly=False)
    assert found.bound <= brute(queries, sizes, upkeep, budget) * (1 + 1e-9) <= found.cost * (1 + 2e-9)


@settings(max_examples=40, deadline=None)
@given(workloads(), st.integers(0, 200), st.integers(0, 100))
def test_more_room_never_costs_more(workload: tuple[list[Query], list[int]], budget: int, more: int) -> None:
    queries, sizes = workload
    small = Selection(queries, sizes, budget=budget).solve()
    large = Selection(queries, sizes, budget=budget + more).solve(starts=[small.chosen])
    assert large.cost <= small.cost * (1 + 1e-9)


@settings(max_examples=40, deadline=None)
@given(workloads(), st.integers(0, 200))
def test_the_same_question_has_the_same_answer(workload: tuple[list[Query], list[int]], budget: int) -> None:
    queries, sizes = workload
    first, second = (Selection(queries, sizes, budget=budget).solve() for _ in range(2))
    assert first == second


@settings(max_examples=60, deadline=None)
@given(workloads(), UPKEEP, st.integers(0, 200))
def test_where_an_atom_is_taken_the_bound_rises_by_what_is_said(
    workload: tuple[list[Query], list[int]], upkeep: list[float], budget: int
) -> None:
    queries, sizes = workload
    program = Program.of(queries, sizes, upkeep, budget)
    found = relaxed(program, budget)
    fitting = [one for one in range(2 ** len(program.numbers)) if program.size(one) <= budget]
    for place, (atoms, extras) in enumerate(zip(program.atoms, found.extras, strict=True)):
        for (cost, used), extra in zip(atoms, extras, strict=True):
            with_it = (program.cost(one) - list(program.costs(one))[place] + cost for one in fitting if not used & ~one)
            assert found.value + extra <= min(with_it) * (1 + 1e-6)


@settings(max_examples=20, deadline=None)
@given(workloads(), st.integers(0, 200))
def test_what_the_solver_cannot_finish_in_time_still_fits_and_claims_no_bound_above_it(
    workload: tuple[list[Query], list[int]], budget: int
) -> None:
    queries, sizes = workload
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(solver, "SECONDS", 0.0)
        choice = Selection(queries, sizes, budget=budget).solve(starts=[1])
    assert choice.size <= budget
    assert choice.bound <= brute(queries, sizes, [0.0] * INDEXES, budget) * (1 + 1e-9) <= choice.cost * (1 + 2e-9)


def test_solving_writes_nothing_that_could_get_between_a_server_and_its_client(
    capfd: pytest.CaptureFixture[str],
) -> None:
    query = Query("read", "select 1")
    for answer in (Answer(0, 0, 100.0), Answer(1, 1, 60.0), Answer(2, 2, 50.0)):
        query.learn(answer)
    assert Selection([query], [10, 20], budget=15).solve().chosen == 1
    assert capfd.readouterr() == ("", "")


def test_indexes_that_help_only_together_are_taken_together() -> None:
    query = Query("join", "select 1")
    for answer in (Answer(0, 0, 100.0), Answer(3, 3, 1.0)):
        query.learn(answer)
    assert Selection([query], [10, 10], budget=20).solve().chosen == 3
    assert Selection([query], [10, 10], budget=19).solve().chosen == 0


def test_upkeep_is_weighed_against_what_is_saved() -> None:
    query = Query("read", "select 1")
    for answer in (Answer(0, 0, 100.0), Answer(1, 1, 60.0)):
        query.learn(answer)
    assert Selection([query], [10], [39.0], budget=100).solve().chosen == 1
    assert Selection([query], [10], [41.0], budget=100).solve().chosen == 0
