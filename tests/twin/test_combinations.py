"""Sizes of indexes whose columns hang together: what ANALYZE, keys and joins say of it, against indexes that a real server built."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbdesign.engines.postgres import embedded
from dbdesign.model.statistics import BLOCK
from dbdesign.twin.clustering import Sampling, clustered_distinct
from dbdesign.twin.combinations import Dependences, Head, Member, combinations, referred
from dbdesign.twin.dump import read_dump
from dbdesign.twin.twin import Hypothetical, production_twin

LOADED = """
CREATE TABLE tenants (id int PRIMARY KEY);
CREATE TABLE customers (id int PRIMARY KEY, tenant_id int REFERENCES tenants);
CREATE TABLE offers (product int, supplier int, PRIMARY KEY (product, supplier));
CREATE TABLE lines (
    order_id int, number int, customer int, product int, supplier int, sent date, got date, note text, week int, year int, PRIMARY KEY (order_id, number)
);
CREATE TABLE invoices (id int PRIMARY KEY, tenant_id int REFERENCES tenants, customer_id int REFERENCES customers, amount int, home_state text, home_city text);
INSERT INTO tenants SELECT generate_series(0, 499);
INSERT INTO customers SELECT g, g * 7919 % 500 FROM generate_series(0, 19999) g;
INSERT INTO offers SELECT DISTINCT g % 5000, (g * 31 + g / 5000) % 1000 FROM generate_series(0, 19999) g;
INSERT INTO lines SELECT o, n, hashint4(o) & 16383, (hashint4(o * 8 + n) & 1048575) % 5000,
        ((hashint4(o * 8 + n) & 1048575) % 20000 * 31 + (hashint4(o * 8 + n) & 1048575) % 20000 / 5000) % 1000,
        d, d + 1 + (hashint4(o * 8 + n) & 15), repeat('x', 60), o / 150, o / 8000
    FROM generate_series(1, 40000) o, LATERAL (SELECT date '2020-01-01' + (hashint4(-o) & 1023) AS d) day, generate_series(1, 1 + o % 7) n;
INSERT INTO invoices SELECT g, c * 7919 % 500, c, hashint4(-g) & 65535, 'state ' || p % 40, 'city ' || p
    FROM generate_series(1, 120000) g, LATERAL (SELECT (hashint4(g) & 1048575) % 20000 AS c, (hashint4(g + 1000000) & 1048575) % 3000 AS p) one;
"""

JOINS = [
    (
        "lines",
        {"customer": {("customers", "id")}, "product": {("offers", "product")}, "supplier": {("offers", "supplier")}},
    ),
    ("offers", {"product": {("lines", "product")}}),
]

INDEXES = {
    "lines (order_id)": (0.08, "equal values stand together"),
    "lines (product, supplier)": (0.05, "another table's key"),
    "lines (sent, got)": (0.4, "dates of one record"),
    "lines (customer, order_id)": (0.12, "said by what heads the row"),
    "lines (week, year)": (0.05, "both follow the order of rows"),
    "invoices (tenant_id, customer_id)": (0.05, "a customer has one tenant"),
    "invoices (home_state, home_city)": (0.8, "parts of one address, which may as well lie in each other less"),
    "lines (customer, product)": (0.1, "nothing: they meet by chance"),
    "lines (product, sent)": (0.1, "nothing: they meet by chance"),
    "invoices (customer_id, amount)": (0.05, "nothing: they meet by chance"),
    "invoices (home_city, tenant_id)": (0.05, "nothing: they meet by chance"),
    "lines (order_id, number, sent)": (0.02, "a key is in it"),
}
"""The share by which each may miss, and what it shows."""


@pytest.fixture(scope="module")
def sizes() -> Iterator[Mapping[str, tuple[int, int, tuple[int, int]]]]:
    """Real blocks, predicted ones, and the ends of the range, by definition."""
    with embedded().scratch() as database:
        assert not database.run_script(LOADED).failures
        database.user.execute("vacuum analyze")
        dump = read_dump(database.dump(statistics=True))
        found = {}
        with production_twin(dump.statements, dump.statistics) as twin:
            twin.learn_joins(JOINS)
            for definition in INDEXES:
                (made,) = twin.add_indexes([f"ON {definition}"])
                assert isinstance(made, Hypothetical)
                least, most = twin.size_range(made)
                database.user.execute(f"create index truth on {definition}".encode())
                row = database.user.execute("select pg_relation_size('truth') / 8192").fetchone()
                database.user.execute("drop index truth")
                assert row
                found[definition] = (row[0], made.pages, (least // BLOCK, most // BLOCK))
        yield found


@pytest.mark.parametrize("definition", [pytest.param(one, id=f"{one}: {why}") for one, (_, why) in INDEXES.items()])
def test_the_size_is_that_of_the_real_index_and_in_its_range(
    sizes: Mapping[str, tuple[int, int, tuple[int, int]]], definition: str
) -> None:
    real, predicted, (least, most) = sizes[definition]
    assert predicted == pytest.approx(real, rel=INDEXES[definition][0])
    assert least <= predicted <= most
    if "chance" in INDEXES[definition][1]:
        assert predicted == most
    else:
        assert predicted < most or least == most


ROWS = st.floats(1e5, 1e12)
SAMPLE = 30_000.0


@given(ROWS, st.floats(1e-7, 1), st.integers(2, 10**9))
def test_values_that_stand_together_are_no_fewer_than_analyze_saw_and_no_more_than_rows(
    rows: float, share: float, pages: int
) -> None:
    seen = max(1.0, rows * share)
    assert seen <= clustered_distinct(seen, rows, pages, SAMPLE) <= max(rows, seen)


@pytest.mark.parametrize("distinct", [30_000.0, 2e5, 8e5])
@pytest.mark.parametrize("pages", [2_000, 10**5])
def test_the_estimate_is_right_where_each_row_chooses_and_too_low_where_groups_do(distinct: float, pages: int) -> None:
    sampling = Sampling(1e7, pages, SAMPLE)
    assert sampling.expected(distinct, 1e7) == pytest.approx(distinct, rel=0.1)
    assert sampling.expected(distinct, 1e6) < sampling.expected(distinct, 1e7)


@pytest.mark.parametrize("groups", [1e6, 3e6])
def test_the_number_of_groups_follows_from_the_estimate_that_they_lead_to(groups: float) -> None:
    sampling = Sampling(1e7, 2 * 10**5, SAMPLE)
    blocks, alike = SAMPLE / sampling.pages, 1e7 / groups
    seen = blocks * (1 - (1 - 1 / 50) ** alike)
    once = blocks * alike / 50 * (1 - 1 / 50) ** (alike - 1)
    estimate = SAMPLE * groups * seen / (SAMPLE - groups * once + groups * once * SAMPLE / 1e7)
    assert estimate < groups / 2
    assert clustered_distinct(estimate, 1e7, sampling.pages, SAMPLE) == pytest.approx(groups, rel=0.2)


members = st.builds(
    Member,
    st.sampled_from(["a", "b", "home_city", "home_state", "brand", "brand_id", "order_id"]),
    st.floats(1, 1e9),
    st.just(1e4),
    st.floats(-1, 1),
    st.booleans(),
    st.none() | st.floats(1, 1e9),
)


@given(
    st.lists(members, min_size=1, max_size=6, unique_by=lambda one: one.name),
    st.sets(st.tuples(*[st.sampled_from("ab")] * 2)),
    st.booleans(),
)
def test_there_are_no_fewer_combinations_than_values_of_a_column_that_none_says_and_no_more_than_of_all(
    columns: list[Member], said: set[tuple[str, str]], headed: bool
) -> None:
    head = (
        Head(Member("order_id", 1e9, 5e8), frozenset({"order_id", "n"}), Sampling(1e10, 10**8, SAMPLE))
        if headed
        else None
    )
    said -= {("a", "a"), ("b", "b")}
    said -= {("b", "a")} if ("a", "b") in said else set()
    found = combinations(columns, Dependences(1e10, head, said))
    names = {one.name for one in columns}
    free = [one for one in columns if not any(second == one.name and first in names for first, second in said)]
    product = 1.0
    for one in columns:
        product *= one.distinct
    assert max(one.distinct for one in free) * (1 - 1e-9) <= found <= product * (1 + 1e-9)


def test_a_reference_by_row_is_told_from_one_that_the_head_of_the_row_says() -> None:
    sampling = Sampling(6e6, 110_000, SAMPLE)
    head = Head(Member("order_id", 1.5e6, 397_000), frozenset({"order_id", "number"}), sampling)
    by_row = Member("product", 2e5, sampling.expected(2e5, 6e6), parent=2e5)
    by_head = replace(by_row, name="customer", collected=sampling.expected(2e5, 1.5e6))
    assert not head.heads(by_row)
    assert head.heads(by_head)
    assert not head.heads(replace(by_head, name="number"))
    assert not head.heads(replace(by_head, parent=None))


def test_a_join_refers_to_a_key_when_all_its_columns_are_equated() -> None:
    keys = {"offers": [frozenset({"product", "supplier"})], "products": [frozenset({"id"})]}
    joins = {"p": {("offers", "product"), ("products", "id")}, "s": {("offers", "supplier")}, "x": {("other", "y")}}
    assert referred(joins, keys) == [
        (frozenset({"p", "s"}), "offers", frozenset({"product", "supplier"})),
        (frozenset({"p"}), "products", frozenset({"id"})),
    ]
    assert referred({"p": {("offers", "product")}}, keys) == []
    assert referred({"p": {("offers", "product"), ("offers", "supplier")}}, keys) == []
