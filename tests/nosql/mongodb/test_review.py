"""The review of collections and pipelines that exist: each anti-pattern is found, and its absence is not."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dbdesign.errors import DesignError
from dbdesign.nosql.mongodb.review import review_schema, review_text
from dbdesign.nosql.mongodb.review.javascript import parse

SHOP = """
// a shop as it grew
db.createCollection("orders", {
  validator: { $jsonSchema: { bsonType: "object", required: ["customerId"], properties: {
    customerId: { bsonType: "objectId" }, status: { enum: ["open", 'paid'] }, note: { bsonType: "string", maxLength: 500 },
    lines: { bsonType: "array", maxItems: 40, items: { bsonType: "object", properties: { sku: { bsonType: "string", maxLength: 20 } } } },
    tags: { bsonType: "array", items: { bsonType: "string" } },   /* grows */
    events: { bsonType: "array", maxItems: 5000, items: { bsonType: "object", properties: { text: { bsonType: "string", maxLength: 2000 } } } },
  } } },
});
db.orders.createIndex({ customerId: 1 });
db.orders.createIndex({ customerId: 1, createdAt: -1 });
db.orders.createIndex({ tags: 1, "lines.sku": 1 });
db.getCollection("customers").createIndex({ email: 1 }, { unique: true });
db.orders.find({ customerId: id }).sort({ createdAt: -1 }).limit(20);
db.orders.find({ note: /gift/i }).sort({ total: -1 });
db.orders.find({ note: /gift$/ });
db.orders.find({ status: "open" }).skip(page * 20).limit(20);
db.orders.find({ $where: function () { return this.total > 3; } });
db.orders.aggregate([
  { $match: { customerId: ObjectId("5f") } },
  { $lookup: { from: "customers", localField: "customerId", foreignField: "legacyId", as: "customer" } },
  { $lookup: { from: "customers", localField: "referrer", foreignField: "email", as: "referrer" } },
  { $limit: 10 },
]);
db.orders.aggregate([{ $unwind: "$lines" }, { $match: { status: "paid", "lines.sku": "x" } }]);
db.orders.aggregate([{ $group: { _id: "$status", n: { $sum: 1 } } }, { $match: { _id: "paid" } }]);
db.orders.aggregate([{ $group: { _id: "$status", n: { $sum: 1 } } }, { $match: { n: { $gt: 3 } } }]);
"""


def test_a_script_for_mongosh_is_reviewed_with_its_lines() -> None:
    found = {(one.rule, one.object, one.line) for one in review_text(SHOP)}
    assert found == {
        ("large-document", "orders", None),
        ("unbounded-array", "orders.tags", None),
        ("large-array", "orders.events", None),
        ("redundant-index", 'orders {"customerId": 1}', None),
        ("parallel-arrays", 'orders {"tags": 1, "lines.sku": 1}', None),
        ("no-validator", "customers", None),
        ("case-insensitive-regex", "orders.find 2", 16),
        ("sort-without-index", "orders.find 2", 16),
        ("unanchored-regex", "orders.find 3", 17),
        ("skip-paging", "orders.find 4", 18),
        ("collection-scan", "orders.find 4", 18),
        ("javascript-in-query", "orders.find 5", 19),
        ("lookup-without-index", "orders.aggregate 6", 20),
        ("many-lookups", "orders.aggregate 6", 20),
        ("late-limit", "orders.aggregate 6", 20),
        ("late-match", "orders.aggregate 7", 26),
        ("late-match", "orders.aggregate 8", 27),
    }  # fmt: skip


def test_every_finding_has_evidence_and_a_remedy_and_the_gravest_come_first() -> None:
    found = review_text(SHOP)
    assert all(one.evidence and one.fix for one in found)
    assert [one.severity.rank for one in found] == sorted((one.severity.rank for one in found), reverse=True)


GOOD = {
    "collections": {
        "orders": {
            "validator": {
                "$jsonSchema": {
                    "bsonType": "object",
                    "additionalProperties": False,
                    "properties": {
                        "lines": {"bsonType": "array", "maxItems": 40, "items": {"bsonType": "string", "maxLength": 9}}
                    },
                }
            },
            "indexes": [
                {"key": {"_id": 1}},
                {"key": {"customer": 1, "at": -1}},
                {"key": {"customer": 1}, "unique": True},
            ],
        }
    },
    "pipelines": {
        "recent": {
            "collection": "orders",
            "rate": 300,
            "pipeline": [{"$match": {"customer": "c", "at": {"$gt": 1}}}, {"$sort": {"at": 1}}, {"$limit": 20}],
        },
        "by name": {"collection": "orders", "pipeline": [{"$match": {"customer": {"$regex": "^a"}}}, {"$skip": 20}]},
        "grouped": {
            "collection": "orders",
            "pipeline": [{"$group": {"_id": "$x", "n": {"$sum": 1}}}, {"$sort": {"n": -1}}],
        },
        "unwound": {"collection": "orders", "pipeline": [{"$unwind": "$lines"}, {"$match": {"lines": "a"}}]},
    },
}


def test_what_is_well_made_gives_no_finding() -> None:
    assert review_text(json.dumps(GOOD)) == ()


@pytest.mark.parametrize(
    ("keys", "redundant"),
    [
        ([{"a": 1}, {"a": 1, "b": 1}], True),
        ([{"a": 1, "b": -1}, {"a": -1, "b": 1, "c": 1}], True),
        ([{"a": 1, "b": 1}, {"a": 1, "b": -1, "c": 1}], False),
        ([{"b": 1}, {"a": 1, "b": 1}], False),
        ([{"a": "hashed"}, {"a": 1}], False),
        ([{"a": "text"}, {"a": 1, "b": 1}], False),
    ],
)
def test_a_prefix_makes_an_index_redundant(keys: list[dict[str, object]], redundant: bool) -> None:
    text = json.dumps({"collections": {"c": {"indexes": [{"key": one} for one in keys]}}})
    assert any(one.rule == "redundant-index" for one in review_text(text)) is redundant


def test_eleven_indexes_are_too_many() -> None:
    indexes = [{"key": {f"f{number}": 1}} for number in range(10)]
    found = review_text(json.dumps({"c": {"indexes": indexes}}))
    assert [one.evidence["indexes"] for one in found if one.rule == "too-many-indexes"] == [11]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "hello",
        "{a: {b: [}}",
        '{"collections": 3}',
        '{"collections": {"a": 3}}',
        '{"pipelines": {"a": {"collection": "b"}}}',
        '{"pipelines": {"a": {"pipeline": [1]}}}',
        '{"collections": {"a": {"indexes": [{"key": 3}]}}}',
        "[" * 5000,
        "db.a.find(" + "{a:" * 5000,
        '{"collections": [{"name": 3}]}',
        "{a: 'never ends",
    ],
)
def test_bad_text_is_an_error_that_says_what_to_write(text: str) -> None:
    with pytest.raises(DesignError):
        review_text(text)


@given(st.text(alphabet="{}[]()\"'`/\\$:,.dbafind0123 \n*-=>", max_size=200))
@settings(max_examples=300, deadline=None)
def test_no_text_breaks_the_review(text: str) -> None:
    for one in (text, "db.a.find(" + text, "{pipelines: {a: {pipeline: [" + text):
        try:
            review_text(one)
        except DesignError:
            continue


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**15), 10**15) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
@settings(max_examples=200, deadline=None)
def test_json_is_read_as_json(value: object) -> None:
    assert parse(json.dumps(value)) == value


def test_a_design_of_ours_has_no_anti_pattern_in_its_collections() -> None:
    from dbdesign.model.documents import DocumentSchema
    from nosql.mongodb.test_decisions import SCENARIOS, designed

    for path in SCENARIOS:
        found = review_schema(DocumentSchema.model_validate(designed(path).design["documents"]))
        rules = {one.rule for one in found}
        assert not rules & {
            "redundant-index",
            "parallel-arrays",
            "no-validator",
            "large-document",
            "too-many-indexes",
        }, (path.stem, found)
