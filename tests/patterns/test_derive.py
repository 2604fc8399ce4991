"""Access patterns that follow from tables, volumes and SQL, and what a design file says over them."""

from __future__ import annotations

from pathlib import Path

import pytest

from dbdesign.api.call import Call
from dbdesign.api.source import load
from dbdesign.model.patterns import AccessModel, AccessPattern, SortKey, Spread
from dbdesign.patterns.derive import access_model

SHOP = (Path(__file__).parent / "shop.yaml").read_text()


@pytest.fixture(scope="module")
def model() -> AccessModel:
    return access_model(load(SHOP, Call()).design)


def test_tables_are_entities_with_their_keys_counts_and_sizes(model: AccessModel) -> None:
    customers, orders, lines = model.entities
    assert (customers.name, customers.key, customers.unique, customers.count) == (
        "customers",
        ("id",),
        (("email",),),
        5e6,
    )
    assert lines.key == ("order_id", "no")
    assert orders.growth is not None
    assert [(one.name, one.type, one.monotonic) for one in orders.attributes] == [
        ("id", "number", True), ("customer_id", "number", False), ("status", "string", False), ("total", "decimal", False),
        ("created_at", "timestamp", True),
    ]  # fmt: skip
    assert orders.attribute_by_name["status"].values == {"paid": 0.95, "failed": 0.05}
    assert customers.attribute_by_name["email"].size == Spread(average=23, maximum=800)
    assert customers.attribute_by_name["name"].present == pytest.approx(0.9)


def test_foreign_keys_are_relations_whose_children_follow_the_skew(model: AccessModel) -> None:
    of_customers, of_orders = model.relations
    assert (of_customers.parent, of_customers.child, of_customers.by) == ("customers", "orders", ("customer_id",))
    assert of_customers.children.average == 40
    assert of_customers.children.p99 == pytest.approx(161.4, rel=0.01)  # rank 50,000 of 4 million under zipf 1.1
    assert of_customers.children.maximum == pytest.approx(0.119 * 2e8, rel=0.01)  # rank 1
    assert of_orders.children.average == 3


def test_queries_with_a_rate_are_patterns(model: AccessModel) -> None:
    recent, with_lines, points, new, by_status = model.patterns
    assert recent == AccessPattern(
        name="recent orders of a customer",
        entity="orders",
        equal=("customer_id",),
        range="created_at",
        order=(SortKey(attribute="created_at", descending=True),),
        page=20,
        rate=300,
        peak=2000,
        hottest=recent.hottest,
        query="recent orders of a customer",
        line=7,
    )
    assert recent.hottest == pytest.approx(0.119, rel=0.01)
    assert (with_lines.entity, with_lines.together, with_lines.project) == ("orders", ("lines",), ("id", "total"))
    assert (points.operation, points.changes, points.increments, points.equal) == (
        "updates",
        ("points",),
        True,
        ("id",),
    )
    assert (new.operation, new.entity) == ("inserts", "orders")
    assert (by_status.equal, by_status.query) == (("status",), None)


def test_what_the_design_says_wins_part_by_part() -> None:
    said = """
entities:
  orders: {attributes: {status: {size: 3}, note: {type: string, size: {average: 2 KB}}}, retention: 90 days}
relations:
  - {parent: customers, child: orders, children: {average: 40, p99: 400, maximum: 9000}}
"""
    model = access_model(load(SHOP + said, Call()).design)
    orders = model.entity_by_name["orders"]
    assert orders.key == ("id",)
    assert orders.retention_days == 90
    assert orders.attribute_by_name["status"].size == Spread(average=3)
    assert orders.attribute_by_name["note"].size == Spread(average=2048)
    assert model.relations[0].by == ("customer_id",)
    assert model.relations[0].children == Spread(average=40, p99=400, maximum=9000)


def test_a_query_without_a_rate_is_left_out_and_said() -> None:
    model = access_model(load(SHOP.replace("    rate: 500/s\n", ""), Call()).design)
    assert "order with lines" not in [one.name for one in model.patterns]
    assert "query 'order with lines' has no rate and is left out of the access patterns" in model.assumptions


def test_what_an_update_only_reads_does_not_stand_beside_it() -> None:
    sql = "UPDATE orders SET status = customers.name FROM customers WHERE customers.id = orders.customer_id AND orders.id = 1"
    text = SHOP.replace("volumes:\n", f'  - {{name: from another, sql: "{sql}", rate: 1/s}}\nvolumes:\n')
    found = access_model(load(text, Call()).design).patterns
    (update,) = [one for one in found if one.name == "from another"]
    assert (update.operation, update.entity, update.together) == ("updates", "orders", ())


HOTEL = """
engine: postgresql
schema: |
  create table kind (id bigint primary key, hotel_id bigint not null, closed_at timestamptz);
  create table night (kind_id bigint references kind, at date, rooms int not null, sold int not null, primary key (kind_id, at));
volumes:
  kind: {rows: 1000, columns: {closed_at: {nulls: 90%}}}
  night: 100000
workload:
  - {name: open, sql: select id from kind where hotel_id = $1 and closed_at is null, rate: 1/s}
  - {name: free, sql: select k.id from kind k join night n on n.kind_id = k.id where k.hotel_id = $1 and n.at >= $2, rate: 1/s}
  - {name: sell, sql: update night set sold = sold + 1 where kind_id = $1 and at = $2 and sold < rooms, rate: 1/s}
"""


def test_what_must_be_absent_is_a_filter_and_no_key() -> None:
    found = {one.name: one for one in access_model(load(HOTEL, Call()).design).patterns}["open"]
    assert (found.equal, dict(found.filter)) == (("hotel_id",), {"closed_at": 0.9})


def test_conditions_that_a_pattern_has_no_place_for_are_told_first() -> None:
    told = access_model(load(HOTEL, Call()).design).assumptions
    assert told[:2] == (
        "query 'free' asks for n.at >= $2 as well, which its pattern does not say: nothing here keeps to it",
        "query 'sell' asks for sold < rooms as well, which its pattern does not say: nothing here keeps to it",
    )
    assert not any(one.startswith("query 'open'") for one in told)
