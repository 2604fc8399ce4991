"""Two plans of one statement: which nodes belong together, what changed, and which of them pays."""

from __future__ import annotations

import pytest

from dbdesign.plans.compare import Comparison, compare
from dbdesign.plans.read import read_plans


def compared(before: str, after: str) -> Comparison:
    return compare(read_plans(before).plans[0], read_plans(after).plans[0])


def said(comparison: Comparison) -> list[str]:
    return [one.said for one in comparison.changes]


HASH = """\
Hash Join  (cost=10.00..200.00 rows=100 width=8) (actual time=1.000..20.000 rows=100 loops=1)
  Hash Cond: (o.c = c.id)
  ->  Seq Scan on orders o  (cost=0.00..150.00 rows=1000 width=8) (actual time=0.100..12.000 rows=1000 loops=1)
  ->  Hash  (cost=8.00..8.00 rows=100 width=8) (actual time=2.000..2.000 rows=100 loops=1)
        Buckets: 1024  Batches: 1  Memory Usage: 12kB
        ->  Seq Scan on customers c  (cost=0.00..8.00 rows=100 width=8) (actual time=0.100..1.500 rows=100 loops=1)
Planning Time: 0.1 ms
Execution Time: 20.500 ms
"""
LOOP = """\
Nested Loop  (cost=0.30..90.00 rows=100 width=8) (actual time=0.100..60.000 rows=100 loops=1)
  ->  Seq Scan on customers c  (cost=0.00..8.00 rows=100 width=8) (actual time=0.100..1.500 rows=100 loops=1)
  ->  Index Scan using orders_c on orders o  (cost=0.30..0.80 rows=10 width=8) (actual time=0.100..0.500 rows=1 loops=100)
        Index Cond: (c = c.id)
Planning Time: 0.1 ms
Execution Time: 60.500 ms
"""


def test_another_join_pairs_the_tables_and_says_what_came_and_went() -> None:
    found = compared(HASH, LOOP)
    assert found.summary == "20 ms → 60 ms (195 % more); #3 Index Scan using orders_c on orders o pays 38 ms"
    assert said(found) == [
        "other access: #2 Seq Scan on orders o → #3 Index Scan using orders_c on orders o (12 → 50): 1,000 → 100 rows",
        "added: #1 Nested Loop (nothing → 8.5)",
        "removed: #1 Hash Join (6 → nothing)",
        "removed: #3 Hash (0.5 → nothing)",
    ]


def test_the_same_plan_does_the_same() -> None:
    found = compared(HASH, HASH)
    assert (found.summary, found.changes) == ("20 ms → 20 ms (the same); the plans do the same", ())


def test_the_other_way_round_gains_what_was_paid() -> None:
    there, back = compared(HASH, LOOP), compared(LOOP, HASH)
    assert (there.before, there.after) == (back.after, back.before)
    assert sum(one.difference for one in there.changes) == pytest.approx(-sum(one.difference for one in back.changes))


def test_a_node_that_became_slower_is_named_with_its_rows() -> None:
    slower = (
        HASH.replace("12.000 rows=1000", "112.000 rows=9000")
        .replace("20.000 rows=100", "120.000 rows=100")
        .replace("20.500", "120.500")
    )
    found = compared(HASH, slower)
    assert found.summary == "20 ms → 120 ms (488 % more); #2 Seq Scan on orders o pays 100 ms"
    assert said(found) == ["slower: #2 Seq Scan on orders o (12 → 112): 1,000 → 9,000 rows"]


def test_plans_that_were_not_run_are_compared_by_cost() -> None:
    before = "Seq Scan on t  (cost=0.00..1000.00 rows=1 width=4)\n  Filter: (a = 1)\n"
    after = "Index Scan using t_a on t  (cost=0.29..8.30 rows=1 width=4)\n  Index Cond: (a = 1)\n"
    found = compared(before, after)
    assert found.measured_by == "cost"
    assert found.summary == "cost 1,000 → cost 8.3 (99 % less); #1 Index Scan using t_a on t gains cost 992"


def test_plans_without_times_and_costs_are_compared_by_what_they_do() -> None:
    found = compared("QUERY PLAN\n`--SCAN t\n", "QUERY PLAN\n`--SEARCH t USING INDEX t_a (a=?)\n")
    assert found.measured_by is None
    assert [one.change for one in found.changes] == ["other access"]
