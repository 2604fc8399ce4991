"""Each kind of index where it is worth building and where it is not: the planner decides, at the workload's scale."""

from __future__ import annotations

import pytest

from dbdesign.api.advise_indexes import AdviseIndexesAnswer, advise_indexes

SCHEMA = """
  create extension pg_trgm;
  create table event (
    id bigint primary key, token text not null, shop bigint not null, happened_at timestamptz not null, amount numeric(12,2) not null,
    note text, labels jsonb, tags text[], coupon bigint, state text not null);
"""
VOLUMES = """
volumes:
  event:
    rows: 1e8
    columns:
      token: {distinct: 1e8, width: 64}
      shop: {distinct: 1e5}
      coupon: {nulls: 97%, distinct: 1e6}
      happened_at: {correlation: 1}
      state: {values: {done: 0.98, open: 0.02}}
"""

HASH, BRIN = "USING hash (token)", "USING brin (happened_at)"
FILLED, RARE = "WHERE coupon IS NOT NULL", "WHERE state = 'open'"
PATHS, KEYS, ARRAY = "USING gin (labels jsonb_path_ops)", "USING gin (labels)", "USING gin (tags)"
TRIGRAMS = "USING gin (note gin_trgm_ops)"
YEAR = "happened_at between '2025-02-01' and '2025-03-01'"

ADVISED = {
    HASH: ("select * from event where token = $1", "40GB"),
    FILLED: ("select * from event where coupon = $1", "40GB"),
    RARE: ("select id from event where state = 'open' and shop = $1", "400MB"),
    PATHS: ("select id from event where labels @> $1", "40GB"),
    KEYS: ("select id from event where labels ? 'gift'", "40GB"),
    ARRAY: ("select id from event where tags @> array['red']", "40GB"),
    TRIGRAMS: ("select id from event where note like '%late%'", "40GB"),
    BRIN: (f"select sum(amount) from event where {YEAR}", "100MB"),
}

NOT_ADVISED = {
    HASH: [
        ("select * from event where token = $1 order by token", "40GB"),
        ("select * from event where token like 'abc%'", "40GB"),
    ],
    "USING hash": [("select * from event where shop = $1", "40GB")],
    FILLED: [
        ("select id from event order by coupon limit 10", "40GB"),
        ("select id from event where coupon is null", "40GB"),
    ],
    RARE: [("select id from event where state = 'done' and shop = $1", "40GB")],
    PATHS: [("select id from event where labels ? 'gift'", "40GB")],
    ARRAY: [("select id from event where 'red' = any (tags)", "40GB")],
    TRIGRAMS: [("select id from event where note = 'late'", "40GB")],
    BRIN: [
        (f"select sum(amount) from event where {YEAR}", "40GB"),
        ("select sum(amount) from event where amount > 5", "100MB"),
    ],
}


def advised(query: str, budget: str) -> AdviseIndexesAnswer:
    workload = f"workload:\n  - name: one\n    rate: 10/s\n    sql: |\n      {query}\n"
    return advise_indexes(f"engine: postgresql\nschema: |\n{SCHEMA}{workload}{VOLUMES}", budget=budget)


@pytest.mark.parametrize("kind", ADVISED)
def test_an_index_of_this_kind_is_advised_where_it_serves_best(kind: str) -> None:
    answer = advised(*ADVISED[kind])
    assert len(answer.indexes) == 1
    assert kind in answer.indexes[0].ddl
    assert answer.cost_after < answer.cost_before


@pytest.mark.parametrize(
    ("kind", "query", "budget"), [(kind, *case) for kind in NOT_ADVISED for case in NOT_ADVISED[kind]]
)
def test_an_index_of_this_kind_is_not_advised_where_it_does_not_serve_or_another_serves_better(
    kind: str, query: str, budget: str
) -> None:
    assert not [one.ddl for one in advised(query, budget).indexes if kind in one.ddl]


def test_of_two_indexes_that_are_as_good_the_smaller_one_is_advised() -> None:
    (index,) = advised("select id from event where coupon < $1", "40GB").indexes
    assert index.ddl.endswith(f"{FILLED};")
