"""Entities, relations and access patterns in a design file: what they say is read; what does not fit together is named with its line."""

from __future__ import annotations

from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dbdesign.model.patterns import AccessPattern, Attribute, Entity, Relation, SortKey, Spread
from dbdesign.model.workload import Growth, LatencyTarget
from dbdesign.readers.design import DesignFileError, parse_design
from dbdesign.readers.design_schema import DESIGN_SCHEMA

SHOP = """\
targets: {latency: p99 50ms}
entities:
  customer:
    key: customer_id
    count: 5M
    growth: 2% per month
    unique: [email, [tenant, code]]
    attributes:
      customer_id: uuid
      tenant:
      code: {type: string, size: 8}
      email: {type: string, size: {average: 24, p99: 60}, present: 90%}
  order:
    key: [order_id]
    count: 200M
    retention: 2 years
    attributes:
      order_id: uuid
      created_at: {type: timestamp, monotonic: true, mutable: false}
      status: {size: 8, values: {paid: 95%, failed: 4%, pending: 1%}, distinct: 3}
      total: decimal
      note: {type: string, size: {average: 1 KB, p99: 64 KB, maximum: 1 MiB}}
relations:
  - {parent: customer, child: order, by: customer_id, children: {average: 40, p99: 900, maximum: 50_000}}
patterns:
  - name: recent orders of a customer
    reads: order
    equal: customer_id
    range: created_at
    order: created_at desc
    filter: {status: 95%}
    project: [order_id, total]
    page: 20
    rate: 300/s
    peak: 2000/s
    hottest: 0.5%
    stale: 5s
    together: customer
  - name: pay
    updates: order
    equal: order_id
    changes: [status]
    rate: 40/s
    consistency: strong
    atomic: true
    target: p95 10ms
regions: {eu: 60%, us: 40%}
"""


def test_every_part_is_read() -> None:
    model = parse_design(SHOP).access
    customer, order = model.entities
    assert customer == Entity(
        name="customer",
        attributes=(
            Attribute(name="customer_id", type="uuid"),
            Attribute(name="tenant"),
            Attribute(name="code", size=Spread(average=8)),
            Attribute(name="email", size=Spread(average=24, p99=60), present=0.9),
        ),
        key=("customer_id",),
        unique=(("email",), ("tenant", "code")),
        count=5e6,
        growth=Growth(rate_per_month=1.02 - 1),
        line=4,
    )
    assert order.retention_days == pytest.approx(730.485)
    assert order.attribute_by_name["created_at"] == Attribute(
        name="created_at", type="timestamp", monotonic=True, mutable=False
    )
    assert order.attribute_by_name["note"].size == Spread(average=1024, p99=65536, maximum=1048576)
    assert model.relations == (
        Relation(
            parent="customer",
            child="order",
            by=("customer_id",),
            children=Spread(average=40, p99=900, maximum=50_000),
            line=24,
        ),
    )
    assert model.patterns == (
        AccessPattern(
            name="recent orders of a customer",
            entity="order",
            equal=("customer_id",),
            range="created_at",
            order=(SortKey(attribute="created_at", descending=True),),
            filter={"status": 0.95},
            project=("order_id", "total"),
            page=20,
            rate=300,
            peak=2000,
            hottest=0.005,
            stale_seconds=5,
            together=("customer",),
            target=LatencyTarget(percentile=99, milliseconds=50),
            line=26,
        ),
        AccessPattern(
            name="pay",
            operation="updates",
            entity="order",
            equal=("order_id",),
            changes=("status",),
            rate=40,
            consistency="strong",
            atomic=True,
            target=LatencyTarget(percentile=95, milliseconds=10),
            line=39,
        ),
    )
    assert model.regions == {"eu": 0.6, "us": 0.4}


WRONG = [
    ("  - name: pay\n    updates: order", "  - name: pay\n    updates: ordre", "line 39: pattern 'pay' names 'ordre', which is no entity; did you mean order?"),
    ("range: created_at", "range: created", "line 26: pattern 'recent orders of a customer' names 'created', which order does not have; did you mean created_at?"),
    ("changes: [status]", "changes: [created_at]", "line 39: pattern 'pay' changes created_at, which order says is not mutable"),
    ("rate: 40/s", "rate: many", "line 43: pattern 'pay': rate: 'many' is not a rate; write it as 300/s, 12/min or 1e6/day"),
    ("    rate: 40/s\n", "", "line 39: pattern 'pay' has no `rate`: write how often it runs, such as 300/s or 12/min"),
    ("peak: 2000/s", "peak: 20/s", "line 35: pattern 'recent orders of a customer': the peak of 20/s is below the average of 300/s"),
    ("stale: 5s", "stale: 5s\n    consistency: strong", "line 37: pattern 'recent orders of a customer' is to be strongly consistent and may be stale: these exclude each other"),
    ("updates: order", "updates: order\n    reads: order", "line 39: pattern 'pay' must have one of `reads`, `inserts`, `updates`, `deletes`, with the entity's name"),
    ("p99: 900", "p99: 9", "line 24: relation 1: children: average, p99 and maximum must not fall"),
    (", children: {average: 40, p99: 900, maximum: 50_000}", "", "line 24: relation 1 has no `children`: how many there are decides designs"),
    ("parent: customer", "parent: client", "line 24: the relation of client and order names 'client', which is no entity"),
    ("    key: customer_id\n", "", "line 4: entities.customer has no `key`: name the attributes that identify one"),
    ("unique: [email,", "unique: [mail,", "line 4: the key of customer names 'mail', which customer does not have; did you mean email?"),
    ("page: 20", "page: 0", "line 33: pattern 'recent orders of a customer': a page holds at least one"),
    ("paid: 95%", "paid: 99%", "line 20: entities.order.status: the shares of its values add up to 1.04, more than 1"),
    ("{eu: 60%, us: 40%}", "{eu: 60%, us: 60%}", "line 47: regions: the shares add up to 1.2, not 1"),
    ("consistency: strong", "consistency: total", "line 44: pattern 'pay': consistency: 'total' is not one of strong, eventual"),
    ("type: timestamp", "type: time", "line 19: entities.order.created_at.type: 'time' is not one of string, number, decimal, boolean, timestamp, date, uuid, binary, json, list; did you mean timestamp?"),
    ("1 KB", "1 kilo", "line 22: entities.order.note.size.average: '1 kilo' is not a size; write it as 200, 2 KB or 1 MiB"),
    ("name: pay", "name: recent orders of a customer", "line 39: two patterns are named 'recent orders of a customer'"),
    ("atomic: true", "atomic: perhaps", "line 45: pattern 'pay': atomic must be true or false"),
    ("order: created_at desc", "order: created_at downwards", "line 30: pattern 'recent orders of a customer': order: write an attribute, or `attribute desc`"),
    ("together: customer", "together: order", "line 26: pattern 'recent orders of a customer' handles order together with order, but no relation joins them"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("right", "wrong", "message"), WRONG, ids=[wrong or f"no {right.strip()}" for right, wrong, _ in WRONG]
)
def test_what_does_not_hold_is_named_with_its_line(right: str, wrong: str, message: str) -> None:
    assert SHOP.count(right) >= 1
    with pytest.raises(DesignFileError) as caught:
        parse_design(SHOP.replace(right, wrong, 1))
    assert message in [str(problem) for problem in caught.value.problems]


def test_the_json_schema_accepts_what_the_reader_reads() -> None:
    jsonschema.Draft202012Validator.check_schema(DESIGN_SCHEMA)
    assert list(jsonschema.Draft202012Validator(DESIGN_SCHEMA).iter_errors(yaml.safe_load(SHOP))) == []


@given(st.data())
def test_the_json_schema_knows_every_key_that_the_reader_knows(data: st.DataObject) -> None:
    document = yaml.safe_load(SHOP)
    places = list(mappings(document))
    place = data.draw(st.sampled_from(places))
    place["unheard"] = {"of": 1}
    with pytest.raises(DesignFileError):
        parse_design(yaml.safe_dump(document))
    assert list(jsonschema.Draft202012Validator(DESIGN_SCHEMA).iter_errors(document))


def mappings(value: Any) -> list[dict[str, Any]]:
    """The mappings whose keys are ours, not names or values that the design chooses."""
    chosen = (value["entities"], *(one["attributes"] for one in value["entities"].values()))
    waiting: list[Any] = [value]
    found = []
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            free = any(one is other for other in chosen)
            if not free and set(one) & {"key", "name", "parent", "entities", "average", "type"}:
                found.append(one)
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
    return found
