"""Of indexes that serve as well, the plain one is advised: no key that nothing asks for, searched columns as keys, no bytes for next to nothing."""

from __future__ import annotations

import pytest

from dbdesign.api.advise_indexes import advise_indexes

SCHEMA = """
engine: postgresql
schema: |
  create table event (
    id bigint primary key, sender bigint not null, region text not null, kind text not null, sent_at timestamptz not null, body text not null);
volumes:
  event:
    rows: 5e7
    columns: {sender: {distinct: 5e5}, region: {values: {eu: 1.0}}, kind: {distinct: 20}, body: {width: 400}}
workload:
"""

PLAIN = {
    "select * from event where sender = $1": "(sender)",
    "select id from event where sender = $1 and sent_at > $2 order by sent_at desc limit 50": "(sender, sent_at) INCLUDE (id)",
    "select region, kind from event where sender = $1 and kind = $2": "(sender, kind, region)",
    "select kind, count(*) from event where sender = $1 and sent_at > $2 group by kind": "(sender, sent_at, kind)",
}


@pytest.mark.parametrize("sql", PLAIN)
def test_the_keys_are_what_the_query_searches_by(sql: str) -> None:
    answer = advise_indexes(f'{SCHEMA}  - {{name: one, rate: 10/s, sql: "{sql}"}}\n', budget="20GB")
    (index,) = answer.indexes
    assert index.ddl.partition("ON public.event ")[2] == f"{PLAIN[sql]};"
    assert answer.cost_after < answer.cost_before / 100


def test_without_a_least_gain_nothing_is_given_away() -> None:
    source = SCHEMA + "".join(f'  - {{name: q{number}, sql: "{sql}"}}\n' for number, sql in enumerate(PLAIN))
    best = advise_indexes(source, budget="20GB", least_gain=0.0)
    plain = advise_indexes(source, budget="20GB")
    assert best.cost_after <= plain.cost_after
    assert plain.cost_after - best.cost_after <= 0.005 * len(best.indexes) * plain.cost_before
    assert sum(one.size_bytes for one in plain.indexes) <= sum(one.size_bytes for one in best.indexes)
