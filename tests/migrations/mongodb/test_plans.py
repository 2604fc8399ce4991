"""Plans for MongoDB: both shapes accepted, documents changed in batches, the new shape logged and then enforced; indexes."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbdesign.errors import InputError, UnknownNameError
from dbdesign.migrations.mongodb.collections import Collection, read_collections
from dbdesign.migrations.mongodb.planner import plan
from dbdesign.migrations.mongodb.schema_changes import schema_changes
from dbdesign.migrations.settings import ConsentError, PlanSettings
from dbdesign.model.migration import MigrationPlan

USERS = {
    "bsonType": "object",
    "required": ["email"],
    "properties": {"email": {"bsonType": "string"}, "age": {"bsonType": "int"}, "nm": {"bsonType": "string"}},
}


def changed(**parts: Any) -> dict[str, Any]:
    return {**USERS, **parts, "properties": {**USERS["properties"], **parts.get("properties", {})}}


def planned(before: dict[str, Any], after: dict[str, Any], **settings: Any) -> MigrationPlan:
    old, new = (Collection(name="users", schema=one) for one in (before, after))
    return plan([old], [new], PlanSettings.model_validate(settings))


def shown(made: MigrationPlan) -> list[tuple[str, str]]:
    return [(phase.name, step.title) for phase in made.phases for step in phase.steps]


def command(sql: str) -> dict[str, Any]:
    match = re.fullmatch(r"db\.runCommand\((.*)\);", sql)
    assert match is not None, sql
    return json.loads(match[1])


def test_a_rule_that_lets_more_in_is_put_in_force_at_once() -> None:
    made = planned(USERS, changed(properties={"note": {}, "age": {"bsonType": ["int", "long"]}}))
    assert shown(made) == [("expand", "Accept more in users")]
    assert command(made.steps[0].sql)["validationAction"] == "error"
    assert command(made.steps[0].rollback or "")["validator"] == {"$jsonSchema": USERS}


def test_a_new_required_field_passes_through_every_phase() -> None:
    after = changed(required=["email", "kind"], properties={"kind": {"bsonType": "string"}})
    made = planned(USERS, after, fills={"users.kind": "'old'"})
    assert shown(made) == [
        ("expand", "Accept the old and the new shape in users"),
        ("backfill", "Fill users.kind"),
        ("validate", "Log what is of another shape in users"),
        ("switch", "Refuse what is of another shape in users"),
    ]
    commands = [command(step.sql) for step in made.steps if step.sql.startswith("db.runCommand")]
    assert [(one["validationAction"], list(one["validator"])) for one in commands] == [
        ("error", ["$or"]),
        ("warn", ["$jsonSchema"]),
        ("error", ["$jsonSchema"]),
    ]
    assert commands[0]["validator"]["$or"] == [{"$jsonSchema": USERS}, {"$jsonSchema": after}]
    assert '[{"$set": {"kind": "old"}}]' in made.steps[1].sql
    assert ".limit(1000)" in made.steps[1].sql
    assert made.steps[3].precondition == made.steps[2].precondition is not None


def test_a_required_field_without_a_value_is_asked_about_and_nothing_is_enforced() -> None:
    made = planned(USERS, changed(required=["email", "kind"]))
    assert [one.about for one in made.questions] == ["users.kind"]
    assert [phase.name for phase in made.phases] == ["expand"]


def test_a_field_of_another_type_is_converted_by_what_the_caller_says() -> None:
    after = changed(properties={"age": {"bsonType": "string"}})
    assert [one.about for one in planned(USERS, after).questions] == ["users.age"]
    made = planned(USERS, after, casts={"users.age": '{"$toString": "$age"}'})
    assert '[{"$set": {"age": {"$toString": "$age"}}}]' in made.steps[1].sql
    assert not made.steps[1].reversible


def test_a_field_is_renamed_by_copying_it_and_goes_in_the_end() -> None:
    after = {
        **USERS,
        "properties": {"email": {"bsonType": "string"}, "age": {"bsonType": "int"}, "name": {"bsonType": "string"}},
    }
    made = planned(USERS, after, renames=("users.nm:name",))
    assert shown(made)[1] == ("backfill", "Copy nm to name in users")
    assert shown(made)[-1] == ("contract", "Take nm out of users")
    assert '[{"$set": {"name": "$nm"}}]' in made.steps[1].sql


def test_a_rename_of_nothing_is_refused() -> None:
    with pytest.raises(UnknownNameError, match=r"users\.nm"):
        planned(USERS, USERS, renames=("users.mn:name",))


def test_a_collection_without_a_validator_logs_first() -> None:
    made = planned({}, USERS, fills={"users.email": "'unknown'"})
    assert shown(made)[0] == ("expand", "Log what is of another shape in users")
    assert command(made.steps[0].sql)["validationAction"] == "warn"


def test_fields_that_a_closed_schema_refuses_need_consent() -> None:
    after = {
        **USERS,
        "additionalProperties": False,
        "properties": {"email": {"bsonType": "string"}, "age": {"bsonType": "int"}},
    }
    with pytest.raises(ConsentError, match=r"the field users\.nm"):
        planned(USERS, after)
    made = planned(USERS, after, allow_destructive=True)
    assert shown(made)[-1] == ("contract", "Take nm out of users")
    assert made.phases[-1].point_of_no_return


INDEXES = """
users:
  indexes:
    - {key: {_id: 1}, name: _id_}
    - {key: {email: 1}, name: by_email}
    - {key: {seen: 1}, name: expiry, expireAfterSeconds: 3600}
"""


def test_indexes_are_built_hidden_and_dropped() -> None:
    before = read_collections(INDEXES)
    after = read_collections(
        INDEXES.replace("{email: 1}, name: by_email", "{email: 1, age: -1}, name: by_email_age, unique: true")
    )
    made = plan(before, after)
    assert [(phase.name, [step.sql for step in phase.steps]) for phase in made.phases] == [
        (
            "expand",
            [
                'db.getCollection("users").createIndex({"email": 1, "age": -1}, {"name": "by_email_age", "unique": true});'
            ],
        ),
        ("switch", ['db.getCollection("users").hideIndex("by_email");']),
        ("contract", ['db.getCollection("users").dropIndex("by_email");']),
    ]
    assert '"$group"' in (made.steps[0].precondition or "")


def test_a_shorter_life_of_documents_needs_consent() -> None:
    before, after = read_collections(INDEXES), read_collections(INDEXES.replace("3600", "60"))
    with pytest.raises(ConsentError, match="older than 60 s"):
        plan(before, after)
    made = plan(before, after, PlanSettings(allow_destructive=True))
    assert command(made.steps[0].sql) == {"collMod": "users", "index": {"name": "expiry", "expireAfterSeconds": 60}}


def test_new_collections_are_made_with_their_validator_and_dropped_ones_need_consent() -> None:
    users = Collection(name="users", schema=USERS)
    made = plan([], [users])
    assert made.steps[0].sql.startswith('db.createCollection("users", {"validator": {"$jsonSchema": ')
    with pytest.raises(ConsentError, match="the collection users"):
        plan([users], [])


@pytest.mark.parametrize(
    "text", ["[1, 2", "- a", "{users: {validator: {$or: []}}}", "{users: {indexes: [{unique: true}]}}"]
)
def test_what_is_no_description_of_collections_is_refused(text: str) -> None:
    with pytest.raises(InputError):
        read_collections(text)


SCHEMAS = st.recursive(
    st.fixed_dictionaries({}, optional={"bsonType": st.sampled_from(["int", "string", "number", ["int", "long"]]), "enum": st.lists(st.integers(0, 3), min_size=1, unique=True), "minimum": st.integers(0, 9)}),
    lambda inner: st.fixed_dictionaries(
        {"properties": st.dictionaries(st.sampled_from("abc"), inner, max_size=3)},
        optional={"required": st.lists(st.sampled_from("abc"), unique=True), "additionalProperties": st.booleans(), "items": inner},
    ),
    max_leaves=6,
)  # fmt: skip


@given(SCHEMAS)
def test_a_schema_differs_from_itself_in_nothing(schema: dict[str, Any]) -> None:
    assert list(schema_changes(schema, schema)) == []


@given(SCHEMAS, SCHEMAS)
def test_two_schemas_that_differ_have_a_difference(before: dict[str, Any], after: dict[str, Any]) -> None:
    same = {one: side for one, side in (("before", before), ("after", after)) if side}
    assert bool(list(schema_changes(before, after))) or _plain(before) == _plain(after), same


def _plain(schema: Any) -> Any:
    """Without what says nothing: empty lists, open objects, the order and number of values."""
    if not isinstance(schema, dict):
        return schema
    found = {key: _plain(value) for key, value in schema.items() if value not in ([], True)}
    if "properties" in found and not found["properties"]:
        del found["properties"]
    if "properties" in found:
        found["properties"] = {key: _plain(value) for key, value in schema["properties"].items()}
    if "bsonType" in found:
        kinds = [found["bsonType"]] if isinstance(found["bsonType"], str) else found["bsonType"]
        found["bsonType"] = sorted(kinds)
    return {key: sorted(value) if isinstance(value, list) else value for key, value in found.items()}
