"""How statements use tables: predicates, joins, order, grouping and projection, also through subqueries, CTEs and unions."""

from __future__ import annotations

import pytest

from dbdesign.errors import InputError
from dbdesign.model.schema import Column, Engine, Schema, Table
from dbdesign.model.types import DataType, Kind
from dbdesign.queries.analysis import analyse
from dbdesign.queries.uses import TableUse
from dbdesign.readers.base import reader

DDL = """
create table customer (id int primary key, email text, region text, active boolean, deleted_at timestamptz, profile jsonb, tags text[]);
create table orders (id int primary key, customer_id int references customer, status text, placed_at timestamptz, total numeric);
create table line (order_id int references orders, number int, product text, amount numeric, primary key (order_id, number));
"""


@pytest.fixture(scope="module")
def schema() -> Schema:
    return reader("postgresql").read(DDL).schema_


def use_of(sql: str, schema: Schema, table: str) -> TableUse:
    return next(one for one in analyse(sql, schema, "postgres").uses if one.table.name == table)


SEARCHES = [
    ("an equality", "select * from orders where status = $1", {"status"}, set()),
    ("a range beside it", "select id from orders where status = $1 and placed_at > now()", {"status"}, {"placed_at"}),
    (
        "IN and IS NULL",
        "select 1 from customer where region in ('a', 'b') and deleted_at is null",
        {"region", "deleted_at"},
        set(),
    ),
    ("a flag alone", "select 1 from customer where active", {"active"}, set()),
    ("BETWEEN", "select 1 from orders where total between 1 and 2", set(), {"total"}),
    ("an anchored pattern", "select 1 from customer where email like 'a%'", set(), {"email"}),
    ("constants on the left", "select 1 from orders where 'open' = status and 5 < total", {"status"}, {"total"}),
    ("names in another case", "select 1 from ORDERS o where O.Status = $1", {"status"}, set()),
    (
        "a predicate on a subquery's output",
        "select 1 from (select status s, id from orders) x where x.s = $1",
        {"status"},
        set(),
    ),
    (
        "a predicate on a CTE's output",
        "with x as (select placed_at p from orders) select 1 from x where p > $1",
        set(),
        {"placed_at"},
    ),
    ("a write's predicate", "update orders set total = 0 where status = $1", {"status"}, set()),
    ("a deletion's predicate", "delete from orders where placed_at < $1", set(), {"placed_at"}),
]


@pytest.mark.parametrize(("sql", "equal", "ranges"), [one[1:] for one in SEARCHES], ids=[one[0] for one in SEARCHES])
def test_what_a_table_is_searched_by(sql: str, equal: set[str], ranges: set[str], schema: Schema) -> None:
    table = "customer" if "customer" in sql else "orders"
    use = use_of(sql, schema, table)
    assert (use.equal, use.ranges) == (equal, ranges)


JOINS = [
    ("ON", "select 1 from orders o join customer c on o.customer_id = c.id"),
    ("WHERE", "select 1 from orders, customer c where customer_id = c.id"),
    ("IN", "select 1 from orders where customer_id in (select id from customer)"),
    ("EXISTS", "select 1 from orders o where exists (select * from customer c where c.id = o.customer_id)"),
    ("a CTE", "with c as (select id k from customer) select 1 from orders join c on c.k = customer_id"),
    ("a derived table", "select 1 from orders o join (select id as k from customer) c on c.k = o.customer_id"),
]


@pytest.mark.parametrize("sql", [one[1] for one in JOINS], ids=[one[0] for one in JOINS])
def test_both_ends_of_a_join_are_found(sql: str, schema: Schema) -> None:
    assert use_of(sql, schema, "orders").joins == {"customer_id": {("customer", "id")}}
    assert use_of(sql, schema, "customer").joins == {"id": {("orders", "customer_id")}}


def test_what_exists_selects_is_not_read(schema: Schema) -> None:
    use = use_of("select 1 from orders o where exists (select * from line l where l.order_id = o.id)", schema, "line")
    assert use.used == {"order_id"}
    assert not use.all_columns


def test_two_columns_of_one_row_are_no_search(schema: Schema) -> None:
    use = use_of("select 1 from line where number < amount", schema, "line")
    assert (use.equal, use.ranges) == (set(), set())
    assert use.used == {"number", "amount"}


def test_parts_of_an_or_are_kept_apart(schema: Schema) -> None:
    use = use_of("select 1 from orders where (status = 'a' and total > 1) or id = 2", schema, "orders")
    assert use.equal == use.ranges == set()
    assert use.either == {"status", "total", "id"}


def test_order_limit_and_direction_are_found_through_aliases_and_numbers(schema: Schema) -> None:
    use = use_of("select placed_at as at, id from orders order by 1 desc, id limit 5", schema, "orders")
    assert [(one.column, one.descending) for one in use.ordered] == [("placed_at", True), ("id", False)]
    assert use.limited


def test_grouping_is_kept_where_it_is_one_tables(schema: Schema) -> None:
    grouped = use_of("select status, count(*) from orders group by status", schema, "orders")
    mixed = use_of("select status, region from orders o, customer c group by status, region", schema, "orders")
    assert (grouped.grouped, mixed.grouped) == (["status"], [])


def test_constants_become_conditions_and_parameters_do_not(schema: Schema) -> None:
    use = use_of(
        "select 1 from customer where region = 'eu' and email = $1 and deleted_at is null and not active",
        schema,
        "customer",
    )
    assert {one.sql for one in use.conditions} == {"region = 'eu'", "deleted_at IS NULL", "NOT active"}


def test_expressions_of_columns_are_found(schema: Schema) -> None:
    use = use_of("select 1 from customer where lower(email) = $1", schema, "customer")
    assert [(one.sql.lower(), one.columns, one.kind) for one in use.computed] == [("lower(email)", ("email",), "equal")]


def test_containment_and_free_patterns_are_found(schema: Schema) -> None:
    use = use_of("select 1 from customer where profile @> $1 and tags && $2 and email like '%x'", schema, "customer")
    assert {(one.column, one.operator) for one in use.contained} == {("profile", "@>"), ("tags", "&&"), ("email", "~~")}


@pytest.mark.parametrize(
    ("sql", "kind", "columns"),
    [
        ("insert into orders (id) values (1)", "insert", set()),
        ("update orders set status = $1, total = 2 where id = 3", "update", {"status", "total"}),
        ("delete from orders", "delete", set()),
        ("with gone as (delete from orders returning id) select count(*) from gone", "delete", set()),
    ],
)
def test_writes_are_found(sql: str, kind: str, columns: set[str], schema: Schema) -> None:
    (write,) = analyse(sql, schema, "postgres").writes
    assert (write.table.name, write.kind, set(write.columns)) == ("orders", kind, columns)


def test_what_cannot_be_parsed_is_an_error(schema: Schema) -> None:
    with pytest.raises(InputError, match="cannot be parsed"):
        analyse("select from where", schema, "postgres")


@pytest.mark.parametrize(
    ("predicate", "condition"),
    [
        ("a IS NOT NULL", "a"),
        ("NOT a IS NULL", "a"),
        ("name NOT LIKE 'x%'", None),
        ("name NOT ILIKE '%x'", None),
        ("a IS NOT TRUE", "a"),
    ],
)
def test_a_negated_predicate_is_not_taken_for_its_contrary(predicate: str, condition: str | None) -> None:
    columns = tuple(Column(name=name, type=DataType(kind=Kind.TEXT, native="text")) for name in ("a", "name"))
    schema = Schema(engine=Engine.POSTGRESQL, tables=(Table(name="t", columns=columns),))
    (use,) = analyse(f"SELECT * FROM t WHERE {predicate}", schema, "postgres").uses
    assert (use.equal, use.ranges, use.contained) == (set(), set(), [])
    assert [one.column for one in use.conditions] == ([condition] if condition else [])


@pytest.mark.parametrize("operator", ["?", "?|", "?&", "@>"])
def test_what_a_document_is_asked_to_contain_is_found(schema: Schema, operator: str) -> None:
    asked = {"?": "'a'", "@>": "'{\"a\": 1}'"}.get(operator, "array['a', 'b']")
    use = use_of(f"select id from customer where profile {operator} {asked}", schema, "customer")
    assert [(one.column, one.operator, one.kind) for one in use.contained] == [("profile", operator, "document")]


def test_rows_that_are_compared_are_searched_by_all_their_columns(schema: Schema) -> None:
    after = use_of("select id from orders where (placed_at, id) > ($1, $2)", schema, "orders")
    assert (after.rows, after.ranges, after.computed) == ([("placed_at", "id")], {"placed_at"}, [])
    for sql in ("(status, total) = ($1, $2)", "row(status, total) = row($1, $2)", "(status, total) in (($1, $2))"):
        assert use_of(f"select id from orders where {sql}", schema, "orders").equal == {"status", "total"}


def test_rows_join_column_by_column(schema: Schema) -> None:
    sql = "select 1 from line where (order_id, number) in (select id, customer_id from orders)"
    assert use_of(sql, schema, "line").joins == {"order_id": {("orders", "id")}, "number": {("orders", "customer_id")}}


@pytest.mark.parametrize(
    ("predicate", "operator"),
    [
        ("tags <@ $1", "<@"),
        ("$1 <@ tags", "@>"),
        ("tags operator(pg_catalog.&&) $1", "&&"),
        ("profile @? '$.a ? (@.b > 1)'", "@?"),
        ("email % 'x'", "%"),
        ("'x' <% email", "%>"),
        ("email ~ 'x$'", "~"),
    ],
)
def test_an_operator_is_noted_as_if_the_column_stood_on_its_left(predicate: str, operator: str, schema: Schema) -> None:
    use = use_of(f"select 1 from customer where {predicate} and region = $2", schema, "customer")
    assert [one.operator for one in use.contained] == [operator]
    assert use.equal == {"region"}


def test_an_expression_is_kept_as_the_statement_has_it(schema: Schema) -> None:
    sql = "select 1 from (select placed_at as at from orders) x where date_trunc('day', x.at) = $1"
    assert [one.sql for one in use_of(sql, schema, "orders").computed] == ["date_trunc('day', placed_at)"]


def test_orders_of_windows_and_extreme_values_are_found(schema: Schema) -> None:
    ranked = use_of("select rank() over (partition by status order by total desc) from orders", schema, "orders")
    assert [[(one.column, one.descending) for one in order] for order in ranked.windows] == [
        [("status", False), ("total", True)]
    ]
    assert use_of("select max(total) from orders where status = $1", schema, "orders").extremes == ["total"]
    assert use_of("select max(total) from orders group by status", schema, "orders").extremes == []


def test_several_columns_that_an_update_sets_at_once_are_found(schema: Schema) -> None:
    (write,) = analyse("update orders set (status, total) = (select 'x', 1) where id = 1", schema, "postgres").writes
    assert write.columns == {"status", "total"}
