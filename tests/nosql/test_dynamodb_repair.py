"""The repair script on broken copies; items that share a partition with their parent; strong reads by a local index; expiry."""

from __future__ import annotations

from typing import Any

import pytest
from tests.nosql.dynamodb_engines import SCENARIOS, Filled, access_model, module, moto

from dbdesign.nosql.base import DesignOptions
from dbdesign.nosql.dynamodb.design import decide
from dbdesign.readers.design import parse_design

THREAD = """
entities:
  thread:
    key: thread_id
    count: 10M
    attributes:
      thread_id: uuid
      title: {type: string, size: 40}
      opened_at: timestamp
  post:
    key: [thread_id, post_no]
    count: 200M
    retention: 30 days
    attributes:
      thread_id: uuid
      post_no: {type: number, monotonic: true}
      author_id: uuid
      votes: {type: number, mutable: true}
      text: {type: string, size: {average: 60, p99: 900, maximum: 4 KB}}
relations:
  - {parent: thread, child: post, by: thread_id, children: {average: 20, p99: 400, maximum: 100_000}}
patterns:
  - {name: thread with posts, reads: thread, equal: thread_id, together: [post], rate: 900/s}
  - {name: start, inserts: thread, rate: 5/s}
  - {name: answer, inserts: post, rate: 90/s}
  - {name: best posts, reads: post, equal: thread_id, order: votes desc, page: 10, consistency: strong, rate: 50/s}
  - {name: one post, reads: post, equal: [thread_id, post_no], rate: 5/s}
  - {name: vote, updates: post, equal: [thread_id, post_no], changes: votes, increments: true, rate: 9/s}
"""


def scenario(name: str) -> Any:
    return access_model(next(one for one in SCENARIOS if one.stem == name))


def test_the_repair_script_mends_unique_values_keys_and_counters_that_differ() -> None:
    with moto() as client:
        filled = Filled(scenario("social_feed"), DesignOptions(), client, rows=6)
        repair = module("repair", filled.design.files["repair.py"])
        user, post = filled.rows["user"][0], filled.rows["post"][0]
        gone = filled.functions.unique_value(["handle"], user)
        client.delete_item(TableName="user_unique", Key={"unique_value": {"S": gone}})
        client.put_item(TableName="user_unique", Item={"unique_value": {"S": "handle#nobody"}, "user_id": {"S": "x"}})
        filled.functions.count_up(client, "post_likes_counter", filled.functions.text(post["post_id"]), 4, by=3)
        assert repair.unique_values(client, "user") == [f"put {gone}", "deleted handle#nobody"]
        assert repair.unique_values(client, "user") == []
        assert any(f"{post['post_id']}: likes" in one and one.endswith("-> 3") for one in repair.counters(client))
        assert repair.counters(client) == []


def test_the_repair_script_makes_index_keys_anew() -> None:
    with moto() as client:
        filled = Filled(scenario("ledger"), DesignOptions(), client, rows=6)
        repair = module("repair", filled.design.files["repair.py"])
        row = filled.rows["transfer"][0]
        client.update_item(
            TableName="transfer",
            Key=filled.functions.key_of("transfer", row),
            UpdateExpression="SET state_is_pending = :x",
            ExpressionAttributeValues={":x": {"S": "wrong"}},
        )
        assert len(repair.made_keys(client, "transfer")) == 1
        assert repair.made_keys(client, "transfer") == []


@pytest.fixture(scope="module")
def thread() -> Any:
    return parse_design(THREAD, name="thread.yaml", lenient=True).access


def test_children_that_are_read_with_their_parent_share_its_partition_where_that_is_cheaper(thread: Any) -> None:
    chosen = decide(thread, DesignOptions())[1]
    assert [one.child for one in chosen.plan.collected] == ["post"]
    assert str(chosen.plan.placements["thread"].base) == "(thread_id; 'thread')"
    assert str(chosen.plan.placements["post"].base) == "(thread_id; 'post', post_no)"


def test_parents_with_children_strong_reads_by_a_local_index_and_expiry_answer_rightly(thread: Any) -> None:
    with moto() as client:
        filled = Filled(thread, DesignOptions(), client, rows=5)
        table = filled.design.design["tables"][0]
        assert [one["IndexName"] for one in table["LocalSecondaryIndexes"]] == ["local_by_thread_id_votes"]
        of, functions = filled.rows["post"][0]["thread_id"], filled.functions
        posts = [one for one in filled.rows["post"] if one["thread_id"] == of]
        together = functions.thread_with_posts(client, thread_id=of)
        assert sorted(one.get("post_no", 0) for one in together) == sorted([0, *(one["post_no"] for one in posts)])
        best = functions.best_posts(client, thread_id=of)
        assert [one["votes"] for one in best] == sorted((one["votes"] for one in posts), reverse=True)[:10]
        functions.vote(client, thread_id=of, post_no=posts[0]["post_no"], **votes(functions, posts[0]))
        stored = filled.stored("post", posts[0])
        assert stored is not None
        assert stored["votes"] == posts[0]["votes"] + 1
        assert functions.one_post(client, thread_id=of, post_no=posts[0]["post_no"], now=4_102_444_801) is None
        assert functions.best_posts(client, thread_id=of, now=4_102_444_801) == []


def votes(functions: Any, post: Any) -> dict[str, int]:
    """A count is added to, or, where keys are made from it, set."""
    import inspect

    return {"by": 1} if "by" in inspect.signature(functions.vote).parameters else {"votes": post["votes"] + 1}


FOLDER = """
entities:
  folder:
    key: folder_id
    count: 1M
    attributes: {folder_id: uuid, owner_id: {type: uuid, distinct: 4}, label: {type: string, size: 8}}
  note:
    key: [area, number, note_id]
    count: 9M
    attributes: {area: {type: string, size: 3, distinct: 3}, number: {type: number}, note_id: uuid, folder_id: uuid, color: {type: string, size: 5, distinct: 4}}
relations:
  - {parent: folder, child: note, by: folder_id, children: {average: 9, p99: 90, maximum: 900}}
patterns:
  - {name: notes of a color, reads: note, equal: color, project: [area, number, note_id], page: 300, rate: 90/s}
  - {name: relabel, updates: folder, equal: owner_id, changes: label, rate: 9/s}
  - {name: remove, deletes: folder, equal: folder_id, together: [note], rate: 1/s}
"""


@pytest.mark.parametrize("keys", ["composite", "joined"])
def test_writes_by_other_attributes_find_the_items_first_and_children_go_with_their_parent(keys: str) -> None:
    model = parse_design(FOLDER, name="folder.yaml", lenient=True).access
    with moto() as client:
        filled = Filled(model, DesignOptions(settings={"keys": keys}), client, rows=6)
        folders, notes, functions = filled.rows["folder"], filled.rows["note"], filled.functions
        color = notes[0]["color"]
        wanted = [{name: one[name] for name in ("area", "number", "note_id")} for one in notes if one["color"] == color]
        answer = functions.notes_of_a_color(client, color=color)
        assert sorted(answer, key=lambda one: one["note_id"]) == sorted(wanted, key=lambda one: one["note_id"])
        functions.relabel(client, owner_id=folders[0]["owner_id"], label="new")
        labels = {one["owner_id"]: (filled.stored("folder", one) or {})["label"] for one in folders}
        assert {owner: label == "new" for owner, label in labels.items()} == {
            owner: owner == folders[0]["owner_id"] for owner in labels
        }
        gone = folders[0]["folder_id"]
        functions.remove(client, folder_id=gone)
        assert filled.stored("folder", folders[0]) is None
        assert {one["folder_id"] for one in notes if filled.stored("note", one) is None} == {gone}
