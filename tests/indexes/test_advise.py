"""Advice on the twin: what is advised, what it brings, what may go, and what it costs to find out."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from dbdesign.api.advise_indexes import AdviseIndexesAnswer, advise_indexes, bytes_of
from dbdesign.errors import DesignError

SCHEMA = """
  create table customer (id bigint primary key, email text not null, region text not null);
  create table orders (
    id bigint primary key, customer_id bigint not null references customer, status text not null,
    placed_at timestamptz not null, total numeric(12,2) not null, note text, labels jsonb, deleted_at timestamptz);
"""
VOLUMES = """
volumes:
  customer: {rows: 2e6}
  orders:
    rows: 1e8
    columns:
      customer_id: {distinct: 2e6}
      status: {values: {paid: 0.97, open: 0.02, failed: 0.01}}
      deleted_at: {nulls: 99%}
"""


def design(
    *queries: tuple[str, str, str], schema: str = SCHEMA, engine: str = "postgresql", volumes: str = VOLUMES
) -> str:
    workload = "".join(f"  - name: {name}\n    rate: {rate}\n    sql: |\n      {sql}\n" for name, rate, sql in queries)
    return f"engine: {engine}\nschema: |\n{schema}workload:\n{workload}{volumes}"


Advise = Callable[..., AdviseIndexesAnswer]


def ddl(answer: AdviseIndexesAnswer) -> list[str]:
    return [one.ddl for one in answer.indexes]


ADVICE = [
    (
        "an equality",
        [("by customer", "100/s", "select * from orders where customer_id = $1")],
        ["CREATE INDEX CONCURRENTLY orders_customer_id_idx ON public.orders (customer_id);"],
    ),
    (
        "an equality and an order with a limit",
        [("recent", "100/s", "select * from orders where customer_id = $1 order by placed_at desc limit 20")],
        ["CREATE INDEX CONCURRENTLY orders_customer_id_placed_at_idx ON public.orders (customer_id, placed_at);"],
    ),
    (
        "directions that no plain index gives",
        [("feed", "10/s", "select * from orders where customer_id = $1 order by status desc, placed_at limit 20")],
        [
            "CREATE INDEX CONCURRENTLY orders_customer_id_status_placed_at_idx ON public.orders (customer_id, status DESC, placed_at);"
        ],
    ),
    (
        "an expression",
        [("sign in", "100/s", "select * from customer where lower(email) = $1")],
        ["CREATE INDEX CONCURRENTLY customer_lower_idx ON public.customer ((lower(email)));"],
    ),
    (
        "documents",
        [("labelled", "5/s", "select id from orders where labels @> $1")],
        ["CREATE INDEX CONCURRENTLY orders_labels_idx ON public.orders USING gin (labels jsonb_path_ops);"],
    ),
]


@pytest.mark.parametrize(("queries", "expected"), [one[1:] for one in ADVICE], ids=[one[0] for one in ADVICE])
def test_the_index_that_a_query_needs_is_advised(queries: list[tuple[str, str, str]], expected: list[str]) -> None:
    answer = advise_indexes(design(*queries), budget="40GB")
    assert ddl(answer) == expected
    assert answer.cost_after < answer.cost_before * 0.6
    assert answer.per_query[0].indexes
    assert answer.proof.startswith("planned by PostgreSQL")


def test_a_rare_state_gets_a_partial_index_smaller_than_a_whole_one() -> None:
    queries = [
        ("open of a customer", "50/s", "select id, total from orders where status = 'open' and customer_id = $1"),
        (
            "open ones",
            "5/s",
            "select id from orders where status = 'open' and placed_at < $1 order by placed_at limit 50",
        ),
    ]
    answer = advise_indexes(design(*queries), budget="400MB")
    assert answer.indexes
    assert all("WHERE status = 'open'" in one for one in ddl(answer))
    assert sum(one.size_bytes for one in answer.indexes) <= bytes_of("400MB")


def test_two_queries_share_an_index_where_one_serves_both() -> None:
    queries = [
        ("of a customer", "100/s", "select * from orders where customer_id = $1"),
        (
            "recent of a customer",
            "100/s",
            "select * from orders where customer_id = $1 order by placed_at desc limit 20",
        ),
    ]
    answer = advise_indexes(design(*queries), budget="40GB")
    assert len(answer.indexes) == 1
    assert answer.indexes[0].queries == ["of a customer", "recent of a customer"]


def test_writes_can_outweigh_a_rare_read() -> None:
    read = ("report", "1/day", "select count(*) from orders where total > $1")
    write = (
        "place",
        "50k/s",
        "insert into orders (id, customer_id, status, placed_at, total) values ($1, $2, $3, $4, $5)",
    )
    assert advise_indexes(design(read), budget="40GB").indexes
    assert not advise_indexes(design(read, write), budget="40GB").indexes


def test_indexes_that_another_one_serves_and_unused_ones_may_go() -> None:
    schema = SCHEMA + (
        "  create index by_customer on orders (customer_id);\n  create index by_customer_time on orders (customer_id, placed_at);\n"
        "  create index by_total on orders (total);\n  create unique index by_email on customer (email);\n"
    )
    answer = advise_indexes(design(("one", "1/s", "select * from orders where customer_id = $1"), schema=schema))
    assert not answer.indexes
    assert [(one.index, one.reason.split()[0]) for one in answer.drop] == [
        ("by_customer", "by_customer_time"),
        ("by_total", "no"),
    ]


def test_a_query_that_cannot_be_planned_is_named_and_the_others_go_on() -> None:
    queries = [
        ("fine", "1/s", "select * from orders where customer_id = $1"),
        ("unknown column", "1/s", "select nonsense from orders"),
        ("wrong type", "1/s", "select * from orders where placed_at = 5"),
    ]
    answer = advise_indexes(design(*queries), budget="40GB")
    failed = {one.name: one.error for one in answer.per_query if one.error}
    assert list(failed) == ["unknown column", "wrong type"]
    assert "nonsense" in (failed["unknown column"] or "")
    assert answer.indexes


@pytest.mark.parametrize("budget", ["0", "-1GB", "much", "2 parsecs", "1kB"])
def test_a_budget_that_buys_nothing_is_refused(budget: str) -> None:
    with pytest.raises(DesignError, match="budget"):
        advise_indexes(design(("one", "1/s", "select 1 from orders")), budget=budget)


def test_a_larger_budget_never_costs_more() -> None:
    queries = [
        ("a", "10/s", "select * from orders where customer_id = $1"),
        ("b", "1/s", "select id from orders where placed_at > $1 order by placed_at limit 5"),
        ("c", "5/s", "select id from customer where region = $1 and email = $2"),
    ]
    costs = [one.cost for one in advise_indexes(design(*queries), budget="8GB", least_gain=0.0).curve]
    assert costs == sorted(costs, reverse=True)


@pytest.mark.parametrize(
    ("engine", "schema", "expected"),
    [
        (
            "mysql",
            "  create table orders (id bigint primary key, customer_id bigint not null, placed_at datetime not null, note varchar(40));\n",
            "ALTER TABLE orders ADD INDEX orders_customer_id_placed_at_idx (customer_id, placed_at), ALGORITHM=INPLACE, LOCK=NONE;",
        ),
        (
            "sqlite",
            "  create table orders (id integer primary key, customer_id integer not null, placed_at text not null, note text);\n",
            "CREATE INDEX orders_customer_id_placed_at_idx ON orders (customer_id, placed_at);",
        ),
        (
            "sqlserver",
            "  create table orders (id bigint primary key, customer_id bigint not null, placed_at datetime2 not null, note nvarchar(40));\n",
            "CREATE INDEX orders_customer_id_placed_at_idx ON orders (customer_id, placed_at) WITH (ONLINE = ON);",
        ),
    ],
)
def test_other_engines_get_their_own_statements_by_rule(engine: str, schema: str, expected: str) -> None:
    query = ("recent", "9/s", "select * from orders where customer_id = ? order by placed_at desc")
    volumes = "volumes:\n  orders: {rows: 1e8, columns: {customer_id: {distinct: 1e6}}}\n"
    answer = advise_indexes(design(query, schema=schema, engine=engine, volumes=volumes), budget="40GB")
    assert expected in ddl(answer)[0] or ddl(answer)[0].startswith(expected.partition(" (")[0].rpartition("_placed")[0])
    assert "by rule" in answer.proof
