"""Very many queries: those that differ in constants alone, and are reckoned with alike, are asked about once."""

from __future__ import annotations

from typing import Any

from dbdesign.api.advise_indexes import advise_indexes
from dbdesign.indexes.compression import MANY, grouped
from dbdesign.indexes.costs import Query

SCHEMA = "  create table event (id bigint primary key, shop bigint not null, state text not null, note text);\n"
VOLUMES = """volumes:
  event: {rows: 1e7, columns: {shop: {distinct: 1e4}, state: {values: {open: 0.01, held: 0.01, done: 0.98}}}}
"""


def plan(rows: float, node: str = "Seq Scan") -> dict[str, Any]:
    return {"Plan": {"Node Type": node, "Relation Name": "event", "Plan Rows": rows}}


def groups_of(*queries: tuple[str, dict[str, Any]]) -> list[list[str]]:
    """The groups of these, a crowd of others beside them."""
    crowd = [(f"select id from event where id = {number} and shop = 1", plan(1)) for number in range(MANY)]
    asked = [Query(f"q{number}", sql) for number, (sql, _) in enumerate((*queries, *crowd))]
    plans = {one.name: said for one, (_, said) in zip(asked, (*queries, *crowd), strict=True)}
    found = [[one.name for one in group.members] for group in grouped(asked, plans)]
    return [one for one in found if one[0] in {f"q{number}" for number in range(len(queries))}]


def test_queries_that_differ_in_constants_alone_stand_together() -> None:
    assert groups_of(
        ("select * from event where shop = 5", plan(1000)),
        ("select * from event where shop = 77", plan(1010)),
        ("SELECT * FROM event WHERE shop = 9", plan(990)),
    ) == [["q0", "q1", "q2"]]


def test_queries_of_other_shapes_estimates_or_plans_stand_apart() -> None:
    assert groups_of(
        ("select * from event where shop = 5", plan(1000)),
        ("select * from event where shop = 6", plan(90_000)),
        ("select * from event where shop = 7", plan(1000, "Index Scan")),
        ("select * from event where shop > 5", plan(1000)),
    ) == [["q0"], ["q1"], ["q2"], ["q3"]]


def test_the_queries_of_a_small_workload_stand_by_themselves() -> None:
    queries = [Query(name, "select 1 from event where shop = 1") for name in ("one", "two")]
    assert len(grouped(queries, {one.name: plan(1) for one in queries})) == 2


def test_a_representative_has_the_weight_of_all_and_only_the_constants_that_all_have() -> None:
    queries = [
        Query(f"q{number}", f"select 1 from event where state = 'open' and shop = {number}", weight=2.0)
        for number in range(MANY + 1)
    ]
    (group,) = grouped(queries, {one.name: plan(1) for one in queries})
    assert group.representative.weight == 2.0 * len(queries)
    assert group.holds_for_all("state = 'open'")
    assert not group.holds_for_all("shop = 3")


def test_each_of_very_many_queries_gets_the_cost_of_its_own_plan() -> None:
    states = ["open", "held"]
    queries = "".join(
        f"  - name: q{number}\n    rate: 1/s\n    sql: select id, note from event where state = '{states[number % 2]}' and shop = {number}\n"
        for number in range(MANY + 10)
    )
    answer = advise_indexes(f"engine: postgresql\nschema: |\n{SCHEMA}workload:\n{queries}{VOLUMES}", budget="4GB")
    assert [one.name for one in answer.per_query] == [f"q{number}" for number in range(MANY + 10)]
    assert all(one.cost_after < one.cost_before / 100 for one in answer.per_query)
    assert not any("WHERE" in one.ddl for one in answer.indexes)
    assert all(one.indexes for one in answer.per_query)
    assert "queries that stand for" in answer.summary
