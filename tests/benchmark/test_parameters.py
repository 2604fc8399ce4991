"""Placeholders of every style become `$n`, and each parameter is understood as far as the query tells."""

from __future__ import annotations

import pytest

from dbdesign.benchmark.parameters import infer
from dbdesign.benchmark.placeholders import numbered
from dbdesign.readers.base import reader

PLACEHOLDERS = [
    ("select $1, $2", "select $1, $2", 2),
    (
        "select * from t where a = ? and b in (?, ?) limit ?",
        "select * from t where a = $1 and b in ($2, $3) limit $4",
        4,
    ),
    ("select :a, :b, :a", "select $1, $2, $1", 2),
    ("select @a + @b", "select $1 + $2", 2),
    ("select '?:a@b$1', \"x?\", a::int, $$ ? $$ -- ?", "select '?:a@b$1', \"x?\", a::int, $$ ? $$ -- ?", 0),
    ("select /* :x ? */ e'\\'?'", "select /* :x ? */ e'\\'?'", 0),
    ("select payload ? 'key' from t where id = ?", "select payload ? 'key' from t where id = $1", 1),
    ("select a ?| b, a ?& b", "select a ?| b, a ?& b", 0),
    ("select a @> :b, a <@ b, a @@ b", "select a @> $1, a <@ b, a @@ b", 1),
    ("select a[1:2] where x between :low and :high", "select a[1:2] where x between $1 and $2", 2),
]


@pytest.mark.parametrize(("sql", "expected", "count"), PLACEHOLDERS, ids=[sql for sql, _, _ in PLACEHOLDERS])
def test_placeholders_are_numbered(sql: str, expected: str, count: int) -> None:
    found = numbered(sql)
    assert (found.sql, len(found.names)) == (expected, count)


SCHEMA = """
CREATE SCHEMA sales;
CREATE TABLE users (id bigint PRIMARY KEY, email text, tags text[], profile jsonb, name text);
CREATE TABLE sales.orders (id bigint PRIMARY KEY, user_id bigint, placed_at timestamptz, total numeric, status text);
"""

PARAMETERS = [
    ("select * from users where id = $1", ["equal users.id"]),
    ("select * from users where $1 = lower(email)", ["equal users.email"]),
    ("select * from sales.orders o join users u on u.id = o.user_id where u.email = $1 and o.status = $2 limit $3 offset $4",
     ["equal users.email", "equal sales.orders.status", "limit", "offset"]),
    ("select * from sales.orders where user_id = $1 and placed_at >= $2 and placed_at < $3",
     ["equal sales.orders.user_id", "least sales.orders.placed_at", "most sales.orders.placed_at"]),
    ("select * from sales.orders where placed_at between $1 and $2", ["least sales.orders.placed_at", "most sales.orders.placed_at"]),
    ("select * from users where id = any($1)", ["array users.id"]),
    ("select * from users where id in ($1, $2)", ["equal users.id", "equal users.id"]),
    ("select * from users where name like $1", ["like users.name"]),
    ("select * from users where tags @> $1", ["contains users.tags"]),
    ("select * from users where exists (select 1 from sales.orders where user_id = users.id and total > $1)", ["least sales.orders.total"]),
    ("with recent as (select * from sales.orders where placed_at > $1) select * from recent where status = $2",
     ["least sales.orders.placed_at", "equal sales.orders.status"]),
    ("insert into sales.orders (id, user_id, total) values ($1, $2, $3)",
     ["insert sales.orders.id", "insert sales.orders.user_id", "insert sales.orders.total"]),
    ("insert into sales.orders (id,user_id,total) values ($1,lower($2),$3::numeric),($4,$5,$6)",
     ["insert sales.orders.id", "insert sales.orders.user_id", "insert sales.orders.total"] * 2),
    ("insert into sales.orders (id, user_id) select $1,$2 where not exists (select 1 from sales.orders where id = $1)",
     ["insert sales.orders.id", "insert sales.orders.user_id"]),
    ("select * from users where id in ($1,$2,$3)", ["equal users.id"] * 3),
    ("update sales.orders set status = $1 where id = $2", ["set sales.orders.status", "equal sales.orders.id"]),
    ("delete from sales.orders where id = $1", ["equal sales.orders.id"]),
    ("select id + $1 from users", ["unknown"]),
    ("not sql at all $1", ["unknown"]),
]  # fmt: skip


@pytest.mark.parametrize(("sql", "expected"), PARAMETERS, ids=[sql for sql, _ in PARAMETERS])
def test_a_parameter_is_the_column_that_it_is_compared_with(sql: str, expected: list[str]) -> None:
    schema = reader("postgresql").read(SCHEMA).schema_
    found = infer(sql, len(expected), schema)
    assert [f"{one.role} {one.table}.{one.column}" if one.table else one.role for one in found] == expected
