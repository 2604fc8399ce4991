"""The tool `advise_indexes`: what it tells beside the indexes that are worth building."""

from __future__ import annotations

from dbdesign.api.advise_indexes import advise_indexes

DESIGN = """
engine: postgresql
schema: |
  CREATE TABLE events (id bigint PRIMARY KEY, order_id bigint NOT NULL, note text);
  CREATE TABLE products (id bigint PRIMARY KEY, shelf int NOT NULL, title text, shown_at timestamptz NOT NULL, gone_at timestamptz);
  CREATE INDEX products_shelf_idx ON products (shelf);
volumes:
  events: 3e9
  products: {rows: 3e7, columns: {shelf: {distinct: 4000}, gone_at: {nulls: 92%}}}
workload:
  - {name: history, sql: select note from events where order_id = $1, rate: 60/s}
  - {name: shelf, sql: select id from products where shelf = $1 and gone_at is null order by shown_at desc limit 48, rate: 1/s}
  - {name: product, sql: select title from products where id = $1, rate: 100/s}
"""


def test_a_query_that_stays_expensive_beside_a_catastrophe_has_its_index_told() -> None:
    answer = advise_indexes(DESIGN)
    assert [one.queries for one in answer.indexes] == [["history"]]
    assert "1 query stays expensive (see per_query and notes)." in answer.summary
    (note,) = [one for one in answer.notes if "would make cheaper" in one]
    assert "ON public.products (shelf, shown_at) WHERE gone_at IS NULL;" in note
    assert "would make cheaper: shelf 2" in note
    assert "less than 0.5% of the whole workload's cost" in note


def test_where_every_gain_is_asked_for_the_index_is_advised() -> None:
    answer = advise_indexes(DESIGN, least_gain=0)
    assert ["shelf"] in [one.queries for one in answer.indexes]
    assert not [one for one in answer.notes if "would make cheaper" in one]
