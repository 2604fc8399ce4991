"""Where time goes: each trap of EXPLAIN on a plan that shows it, with figures that a person can check; and the law on random trees."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dbdesign.model.plan import Plan, PlanNode
from dbdesign.plans.metrics import measure
from dbdesign.plans.read import read_plans


def plan(text: str) -> Plan:
    return read_plans(text).plans[0]


def exclusive(text: str) -> list[float]:
    return [round(node.exclusive_ms or 0.0, 6) for node in plan(text).nodes]


LOOPS = """
Nested Loop  (cost=0.00..100.00 rows=10 width=4) (actual time=1.000..100.000 rows=10 loops=1)
  ->  Seq Scan on a  (cost=0.00..10.00 rows=10 width=4) (actual time=0.010..8.000 rows=1000 loops=1)
  ->  Index Scan using b_key on b  (cost=0.00..1.00 rows=1 width=4) (actual time=0.050..0.080 rows=0.25 loops=1000)
        Index Cond: (id = a.id)
        Filter: (x > 1)
        Rows Removed by Filter: 3
"""
PARALLEL = """
Gather  (cost=0.00..100.00 rows=10 width=4) (actual time=1.000..60.000 rows=900 loops=1)
  Workers Planned: 4
  Workers Launched: 2
  ->  Nested Loop  (cost=0.00..100.00 rows=4 width=4) (actual time=1.000..50.000 rows=300 loops=3)
        ->  Parallel Seq Scan on a  (cost=0.00..10.00 rows=100 width=4) (actual time=0.010..5.000 rows=100 loops=3)
        ->  Index Scan using b_key on b  (cost=0.00..1.00 rows=3 width=4) (actual time=0.050..0.300 rows=3 loops=300)
"""
READ_TWICE = """
Hash Join  (cost=0.00..100.00 rows=10 width=4) (actual time=1.000..100.000 rows=10 loops=1)
  Hash Cond: (x.id = y.id)
  CTE c
    ->  Seq Scan on t  (cost=0.00..10.00 rows=10 width=4) (actual time=0.010..60.000 rows=10 loops=1)
  ->  CTE Scan on c x  (cost=0.00..10.00 rows=10 width=4) (actual time=0.010..20.000 rows=10 loops=1)
  ->  Hash  (cost=0.00..10.00 rows=10 width=4) (actual time=70.000..70.000 rows=10 loops=1)
        ->  CTE Scan on c y  (cost=0.00..10.00 rows=10 width=4) (actual time=0.010..60.000 rows=10 loops=1)
"""
ONCE = """
Aggregate  (cost=0.00..100.00 rows=1 width=4) (actual time=100.000..100.000 rows=1 loops=1)
  InitPlan 1
    ->  Aggregate  (cost=0.00..10.00 rows=1 width=4) (actual time=40.000..40.000 rows=1 loops=1)
          ->  Seq Scan on a  (cost=0.00..10.00 rows=10 width=4) (actual time=0.010..30.000 rows=10 loops=1)
  ->  Nested Loop  (cost=0.00..100.00 rows=10 width=4) (actual time=0.010..99.000 rows=10 loops=1)
        ->  Seq Scan on b  (cost=0.00..10.00 rows=10 width=4) (actual time=40.000..55.000 rows=10 loops=1)
              Filter: (v > (InitPlan 1).col1)
        ->  Seq Scan on c  (cost=0.00..10.00 rows=10 width=4) (actual time=0.010..4.000 rows=10 loops=10)
"""
BEFORE_WORKERS = """
Aggregate  (cost=0.00..100.00 rows=1 width=4) (actual time=100.000..100.000 rows=1 loops=1)
  InitPlan 1 (returns $0)
    ->  Seq Scan on a  (cost=0.00..10.00 rows=10 width=4) (actual time=0.010..40.000 rows=10 loops=1)
  ->  Gather  (cost=0.00..100.00 rows=10 width=4) (actual time=41.000..99.000 rows=10 loops=1)
        ->  Parallel Seq Scan on b  (cost=0.00..10.00 rows=10 width=4) (actual time=0.010..50.000 rows=10 loops=2)
              Filter: (v > $0)
"""
UNNAMED = """
Limit  (cost=0.00..100.00 rows=1 width=4) (actual time=90.000..90.000 rows=1 loops=1)
  InitPlan 1
    ->  Seq Scan on a  (cost=0.00..10.00 rows=10 width=4) (actual time=0.010..40.000 rows=10 loops=1)
  ->  Sort  (cost=0.00..100.00 rows=10 width=4) (actual time=89.000..89.000 rows=10 loops=1)
        ->  Hash Join  (cost=0.00..100.00 rows=10 width=4) (actual time=0.010..80.000 rows=10 loops=1)
              ->  Seq Scan on b  (cost=0.00..10.00 rows=10 width=4) (actual time=0.010..15.000 rows=10 loops=1)
              ->  Hash  (cost=0.00..10.00 rows=10 width=4) (actual time=5.000..5.000 rows=10 loops=1)
                    ->  Seq Scan on c  (cost=0.00..10.00 rows=10 width=4) (actual time=0.010..4.000 rows=10 loops=1)
"""
NEVER = """
Nested Loop  (cost=0.00..100.00 rows=10 width=4) (actual time=5.000..5.000 rows=0 loops=1)
  ->  Seq Scan on a  (cost=0.00..10.00 rows=10 width=4) (actual time=4.000..4.000 rows=0 loops=1)
  ->  Index Scan using b_key on b  (cost=0.00..1.00 rows=1 width=4) (never executed)
"""
AFTERWARDS = """
Seq Scan on a  (cost=0.00..10.00 rows=10 width=4) (actual time=0.010..4.000 rows=10 loops=1)
  CTE gone
    ->  Delete on b  (cost=0.00..10.00 rows=10 width=4) (actual time=0.010..30.000 rows=10 loops=1)
          ->  Seq Scan on b  (cost=0.00..10.00 rows=10 width=4) (actual time=0.010..10.000 rows=10 loops=1)
Execution Time: 36.000 ms
"""
ROUNDED = """
Nested Loop  (cost=0.00..100.00 rows=10 width=4) (actual time=0.000..10.000 rows=10 loops=1)
  ->  Seq Scan on a  (cost=0.00..10.00 rows=10 width=4) (actual time=0.000..4.000 rows=10 loops=1)
  ->  Index Scan using b_key on b  (cost=0.00..1.00 rows=1 width=4) (actual time=0.001..0.001 rows=1 loops=8000)
"""
TRAPS: dict[str, tuple[str, list[float]]] = {
    "times are of one loop": (LOOPS, [12.0, 8.0, 80.0]),
    "below a Gather the loops are those of three processes": (PARALLEL, [10.0, 15.0, 5.0, 30.0]),
    "a CTE's time is its readers', as they took it": (READ_TWICE, [10.0, 60.0, 5.0, 10.0, 15.0]),
    "an InitPlan's time is that of the node that names it": (ONCE, [1.0, 10.0, 30.0, 4.0, 15.0, 40.0]),
    "a Gather evaluates what its workers need": (BEFORE_WORKERS, [1.0, 40.0, 9.0, 50.0]),
    "an InitPlan that nobody names ran where there is time for it": (UNNAMED, [1.0, 40.0, 9.0, 20.0, 15.0, 1.0, 4.0]),
    "what never ran took no time": (NEVER, [1.0, 4.0, 0.0]),
    "a CTE that changes data runs after the root": (AFTERWARDS, [4.0, 20.0, 10.0]),
    "parts that rounding made more than the whole are scaled": (ROUNDED, [0.0, 3.333333, 6.666667]),
}


@pytest.mark.parametrize("name", TRAPS)
def test_exclusive_time(name: str) -> None:
    text, expected = TRAPS[name]
    assert exclusive(text) == expected


def test_the_whole_of_a_plan_is_its_execution_time_and_what_no_node_took_is_said() -> None:
    found = plan(AFTERWARDS)
    assert (found.nodes_ms, found.total_ms, found.unattributed_ms) == (34.0, 36.0, 2.0)
    assert found.root.share == pytest.approx(4 / 36)


def test_the_estimate_factor_is_of_one_loop_and_never_below_one_row() -> None:
    assert [node.estimate_factor for node in plan(LOOPS).nodes] == [1.0, 100.0, 1.0]
    assert [node.estimate_factor for node in plan(NEVER).nodes] == [0.1, 0.1, None]


def test_rows_removed_are_of_all_loops() -> None:
    scan = plan(LOOPS).nodes[2]
    assert (scan.total_rows, scan.total_rows_removed) == (250.0, 3000.0)


LIMITED = """
Limit  (cost=0.00..100.00 rows=5 width=4) (actual time=0.010..1.000 rows=5 loops=1)
  ->  Nested Loop Semi Join  (cost=0.00..100.00 rows=100 width=4) (actual time=0.010..1.000 rows=5 loops=1)
        ->  Sort  (cost=0.00..10.00 rows=100 width=4) (actual time=0.010..0.500 rows=10 loops=1)
              ->  Seq Scan on a  (cost=0.00..10.00 rows=100 width=4) (actual time=0.010..0.400 rows=10 loops=1)
        ->  Index Scan using b_key on b  (cost=0.00..1.00 rows=50 width=4) (actual time=0.001..0.001 rows=1 loops=10)
"""


def test_fewer_rows_below_a_limit_are_no_misestimate_but_those_below_a_sort_are() -> None:
    assert [node.cut_short for node in plan(LIMITED).nodes] == [False, True, True, False, True]


def test_totals_by_table_and_index_are_ranked_by_their_share() -> None:
    found = plan(LOOPS)
    assert [(one.name, one.scans, one.loops, one.rows_removed, one.exclusive_ms) for one in found.tables] == [
        ("b", 1, 1000, 3000.0, 80.0),
        ("a", 1, 1, None, 8.0),
    ]
    assert [(one.name, one.table, one.access) for one in found.indexes] == [("b_key", "b", ("Index Scan",))]


def test_without_times_shares_are_of_the_cost() -> None:
    found = plan(
        "Nested Loop  (cost=0.00..100.00 rows=10 width=4)\n"
        "  ->  Seq Scan on a  (cost=0.00..10.00 rows=20 width=4)\n"
        "  ->  Index Scan using b_key on b  (cost=0.00..4.00 rows=1 width=4)\n"
    )
    assert found.measured_by == "cost"
    assert [node.exclusive_cost for node in found.nodes] == [10.0, 10.0, 80.0]
    assert [node.share for node in found.nodes] == [0.1, 0.1, 0.8]


TYPES = ("Seq Scan", "Nested Loop", "Gather", "CTE Scan", "ModifyTable", "Limit", "Aggregate")


@st.composite
def trees(draw: st.DrawFn, depth: int = 3) -> PlanNode:
    """Trees as no planner makes them: any times, loops, CTEs and InitPlans anywhere."""
    children: list[PlanNode] = draw(st.lists(trees(depth=depth - 1), max_size=3)) if depth else []
    kind = draw(st.sampled_from(TYPES))
    values: dict[str, Any] = {}
    if draw(st.booleans()):
        values = {
            "actual_total_ms": draw(st.floats(0, 1e6)),
            "loops": draw(st.integers(0, 5)),
            "actual_rows": draw(st.floats(0, 1e9)),
        }
    relationship = draw(st.sampled_from((None, "Outer", "Inner", "SubPlan", "InitPlan", "InitPlan")))
    return PlanNode(
        type=kind,
        kind="modify" if kind == "ModifyTable" else "nested loop" if kind == "Nested Loop" else "other",
        parent_relationship=relationship,
        subplan_name=draw(st.sampled_from(("CTE a", "CTE b", "InitPlan 1", "InitPlan 1 (returns $0)", "SubPlan 1"))),
        cte_name=draw(st.sampled_from(("a", "b"))) if kind == "CTE Scan" else None,
        filter=draw(st.sampled_from((None, "x > $0", "(InitPlan 1).col1 = 1"))),
        total_cost=draw(st.none() | st.floats(0, 1e12)),
        estimated_rows=draw(st.none() | st.floats(0, 1e12)),
        children=tuple(children),
        **values,
    )


@given(trees())
@settings(max_examples=150, deadline=None)
def test_exclusive_times_of_any_tree_sum_to_what_its_nodes_took(root: PlanNode) -> None:
    found = measure(Plan(root=root.model_copy(update={"parent_relationship": None})))
    if found.nodes_ms is None:
        return
    own = [node.exclusive_ms for node in found.nodes]
    assert all(one is not None and one >= 0 for one in own)
    assert sum(one or 0.0 for one in own) == pytest.approx(found.nodes_ms)
    costs = [node.exclusive_cost for node in found.nodes if node.exclusive_cost is not None]
    assert all(one >= 0 for one in costs)
