"""The scripts for mongosh as they are written, executed: set-up, violations, repairs of what was broken on purpose, archiving.

mongosh itself has no package that could be installed: the calls are taken from the text by the reader of the review, and sent by pymongo.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dbdesign.api.access_source import access_of
from dbdesign.api.call import Call
from dbdesign.nosql.base import DesignOptions
from dbdesign.nosql.mongodb import DESIGNER
from dbdesign.nosql.mongodb.review.javascript import calls
from mongodb_server import running
from nosql.mongodb.store import bound
from nosql.mongodb.test_on_server import SCENARIOS, Loaded, load

BROKEN = {"social_feed": ("user", "followers", 77), "catalogue": ("review", "reader", {"name": "somebody else"})}
"""Scenario → collection and field of a fact that is stored twice, and what it is set to."""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    with running(tmp_path_factory.mktemp("mongodb")) as found:
        yield found


def scenario(name: str) -> Path:
    return next(one for one in SCENARIOS if one.stem == name)


def run(script: str, database: Any, **values: Any) -> list[Any]:
    """What the calls of a script give, in their order."""
    found = []
    for call in calls(script):
        ((method, arguments), *chained) = call.methods
        assert not chained
        given = [bound(one, values) for one in arguments]
        found.append(METHODS[method](database, call.collection, *given))
    return found


def _create(database: Any, name: str, options: dict[str, Any]) -> None:
    database.command("create", name, **options)


def _index(database: Any, name: str, keys: dict[str, Any], options: dict[str, Any] | None = None) -> None:
    if "hashed" not in keys.values():  # SecantusDB has none; they serve sharding alone
        database[name].create_index(list(keys.items()), **(options or {}))


METHODS: dict[str, Any] = {
    "createCollection": _create,
    "createIndex": _index,
    "aggregate": lambda database, name, pipeline: list(database[name].aggregate(pipeline)),
    "countDocuments": lambda database, name, condition: database[name].count_documents(condition),
    "deleteMany": lambda database, name, condition: database[name].delete_many(condition).deleted_count,
}


def state(database: Any) -> dict[str, Any]:
    """Every collection with its options and its indexes."""
    found = {}
    for one in database.list_collections():
        indexes = [
            {k: v for k, v in each.items() if k not in {"v", "ns"}} for each in database[one["name"]].list_indexes()
        ]
        found[one["name"]] = (one["options"], sorted(map(repr, indexes)))
    return found


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda one: one.stem)
def test_the_set_up_script_makes_the_collections_that_the_tests_are_run_on(path: Path, client: Any) -> None:
    design = DESIGNER.design(access_of(str(path), Call())[0], DesignOptions())
    scripted, direct = client[f"{path.stem}_scripted"], client[f"{path.stem}_direct"]
    run(design.files["setup.js"], scripted)
    from dbdesign.model.documents import DocumentSchema
    from nosql.mongodb.store import create

    create(direct, DocumentSchema.model_validate(design.design["documents"]))
    names = [one for one in state(scripted) if not one.startswith("system.")]
    assert names
    assert {one: _unnamed(state(scripted)[one]) for one in names} == {
        one: _unnamed(state(direct)[one]) for one in names
    }


def _unnamed(found: tuple[Any, list[str]]) -> tuple[Any, int]:
    return found[0], len(found[1])


ARGUMENTS = {
    "find": ("filter", "projection"),
    "aggregate": ("pipeline",),
    "insertOne": ("document",),
    "insertMany": ("documents",),
    "updateOne": ("filter", "update", "options"),
    "updateMany": ("filter", "update", "options"),
    "deleteOne": ("filter",),
    "deleteMany": ("filter",),
}
"""Arguments of a collection's methods in mongosh, by their order."""


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda one: one.stem)
def test_the_requests_as_text_are_those_that_the_other_tests_run(path: Path) -> None:
    design = DESIGNER.design(access_of(str(path), Call())[0], DesignOptions())
    said = [command_of(one) for one in calls(design.files["requests.js"])]
    wanted = [dict(one) for each in design.design["requests"].values() for one in each["commands"]]
    assert said == wanted


def command_of(call: Any) -> dict[str, Any]:
    """A call as a command: its arguments and what is chained to it, by name."""
    ((method, arguments), *chained) = call.methods
    found = dict(zip(ARGUMENTS[method], arguments, strict=False))
    found |= found.pop("options", {}) | {name: values[0] for name, values in chained}
    return {"collection": call.collection, "operation": method, **found}


@pytest.fixture(scope="module")
def filled(client: Any) -> dict[str, Loaded]:
    return {name: load(access_of(str(scenario(name)), Call())[0], client[f"{name}_filled"]) for name in BROKEN}


@pytest.mark.parametrize("name", BROKEN)
def test_the_repair_script_makes_a_broken_copy_equal_to_its_owner_again(name: str, filled: dict[str, Loaded]) -> None:
    loaded, (collection, field, wrong) = filled[name], BROKEN[name]
    script = loaded.design.files["repair.js"]
    run(script, loaded.database)  # the generated rows' counters are any numbers
    right = {one["_id"]: one for one in loaded.database[collection].find()}
    assert len(right) > 1
    broken = next(iter(right))
    loaded.database[collection].update_one({"_id": broken}, {"$set": {field: wrong}})
    assert {one["_id"]: one for one in loaded.database[collection].find()} != right
    run(script, loaded.database)
    assert {one["_id"]: one for one in loaded.database[collection].find()} == right


def test_what_refers_to_nothing_is_found(filled: dict[str, Loaded]) -> None:
    loaded = filled["social_feed"]
    script = loaded.design.files["repair.js"]
    dangling = script[script.index("// post.author_id without a user") :].partition("\n\n")[0]
    assert run(dangling, loaded.database) == [[]]
    author = loaded.database["post"].find_one()["author_id"]
    posts = {one["_id"] for one in loaded.database["post"].find({"author_id": author})}
    user = loaded.database["user"].find_one_and_delete({"_id": author})
    (found,) = run(dangling, loaded.database)
    assert {one["_id"] for one in found} == posts
    loaded.database["user"].insert_one(user)
    assert run(dangling, loaded.database) == [[]]


def test_violations_are_counted_by_collection(filled: dict[str, Loaded]) -> None:
    loaded = filled["social_feed"]
    script = loaded.design.files["violations.js"]
    before = run(script, loaded.database)
    assert before == [0] * len(before)
    loaded.database.command("insert", "post", documents=[{"_id": "wrong"}], bypassDocumentValidation=True)
    assert sum(run(script, loaded.database)) == 1
    loaded.database["post"].delete_one({"_id": "wrong"})


def test_the_archive_script_copies_what_is_older_and_then_deletes_it(filled: dict[str, Loaded]) -> None:
    database = filled["social_feed"].database
    times = sorted(one["created_at"] for one in database["post"].find())
    every = {one["_id"] for one in database["post"].find()}
    before = times[len(times) // 2]
    _, deleted = run(filled["social_feed"].design.files["archive.js"], database, before=before)
    assert deleted == len(times) // 2
    archived = {one["_id"] for one in database["post_archive"].find()}
    assert len(archived) == deleted
    assert archived | {one["_id"] for one in database["post"].find()} == every
