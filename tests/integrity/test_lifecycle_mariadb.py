"""A design's lifecycle in MySQL's SQL, executed on MariaDB: whole, and each concern as the program would use it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pymysql
import pytest

from dbdesign.api.call import Call
from dbdesign.api.source import load
from dbdesign.integrity.client import bound
from dbdesign.integrity.lifecycle.compose import Scripts, compose
from dbdesign.integrity.lifecycle.proof.stand import found
from dbdesign.integrity.lifecycle.shape import shaped
from dbdesign.model.schema import Engine
from dbdesign.readers.mysql import READER
from dbdesign.writers.base import WriteOptions, writer
from mariadb_servers import for_mariadb, server

SHOP = (Path(__file__).parent / "lifecycle_shop.yaml").read_text()
VERSION = (8, 4)
ROWS = """
INSERT INTO tenants (id, name) VALUES (1, 'one'), (2, 'two');
INSERT INTO users (id, tenant_id, email, full_name, password_hash, legal_hold) VALUES
  (11, 1, 'ann@example.com', 'Ann Unmistakable', 'x', FALSE), (12, 1, 'bob@example.com', 'Bob', 'y', FALSE),
  (21, 2, 'cy@example.com', 'Cy', 'z', TRUE);
INSERT INTO orders (id, tenant_id, user_id, note) VALUES (101, 1, 11, 'for Ann Unmistakable'), (102, 1, 12, 'b'), (201, 2, 21, 'c');
INSERT INTO order_lines (order_id, line_no, product, quantity, tenant_id) VALUES (101, 1, 'pen', 2, 1), (102, 1, 'ink', 1, 1);
INSERT INTO invoices (id, tenant_id, user_id, billing_name, billing_address, total, issued_on)
  VALUES (301, 1, 11, 'Ann Unmistakable', '1 Long Lane', 10, '2030-01-01');
INSERT INTO tickets (id, tenant_id, assignee_id, title) VALUES (401, 1, 11, 'broken');
INSERT INTO events (id, tenant_id, kind, created_at) VALUES (501, 1, 'old', NOW(6) - INTERVAL 14 MONTH), (502, 1, 'new', NOW(6));
"""


class Shop:
    """A database with the shop, and the statements about it."""

    def __init__(self, name: str, scripts: Scripts) -> None:
        self.name, self.scripts = name, scripts
        self.open: list[pymysql.Connection[Any]] = []

    def connect(self) -> pymysql.Connection[Any]:
        found = pymysql.connect(
            unix_socket=str(server().socket), user="root", database=self.name, autocommit=True, client_flag=0
        )
        self.open.append(found)
        return found

    def close(self) -> None:
        for one in self.open:
            if one.open:
                one.close()

    def statement(self, concern: Any, name: str) -> str:
        return bound(for_mariadb(found(self.scripts, concern, name).sql))


@pytest.fixture(scope="module")
def written() -> tuple[str, Scripts]:
    """The schema and the scripts."""
    design = load(SHOP, Call()).design
    assert design.lifecycle is not None
    shape, _ = shaped(design.schema, design.lifecycle, Engine.MYSQL, VERSION)
    ddl = writer("mysql").write(shape, WriteOptions(prove=False)).text
    return ddl, compose(READER.read(ddl).schema, design.lifecycle, Engine.MYSQL, VERSION)


@pytest.fixture
def shop(written: tuple[str, Scripts]) -> Iterator[Shop]:
    ddl, scripts = written
    running = server()
    with running.database() as name:
        running.run(for_mariadb(ddl) + ROWS, name)
        running.run(for_mariadb(scripts.text), name)
        made = Shop(name, scripts)
        try:
            yield made
        finally:
            made.close()


def rows(connection: pymysql.Connection[Any], sql: str, given: dict[str, Any] | None = None) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, given)
        return list(cursor.fetchall())


def changed(connection: pymysql.Connection[Any], sql: str, given: dict[str, Any] | None = None) -> int | str:
    """Rows that a statement touched, or the words with which it was refused."""
    with connection.cursor() as cursor:
        try:
            return cursor.execute(sql, given)
        except pymysql.MySQLError as error:
            return f"{error.args[0]} {error.args[1]}"


def test_a_tenant_sees_and_writes_its_own_rows_and_nobody_sees_none(shop: Shop) -> None:
    one = shop.connect()
    count = "SELECT COUNT(*) FROM orders_of_tenant"
    assert rows(one, count) == [(0,)]
    changed(one, shop.statement("tenant", "say for whom"), {"tenant": 1})
    assert rows(one, count) == [(2,)]
    assert changed(one, "UPDATE orders_of_tenant SET note = 'mine'") == 2
    assert changed(one, "DELETE FROM orders_of_tenant WHERE id = 201") == 0
    inserted = changed(
        one, "INSERT INTO orders_of_tenant (tenant_id, user_id, status, created_at) VALUES (2, 21, 'new', NOW(6))"
    )
    assert "1369 CHECK OPTION failed" in str(inserted)
    assert "1369 CHECK OPTION failed" in str(
        changed(one, "UPDATE tickets_of_tenant SET tenant_id = 2, assignee_id = NULL")
    )
    plan = rows(one, "EXPLAIN SELECT * FROM events_of_tenant")
    assert plan[0][5] == "events_tenant_id_idx"
    changed(one, shop.statement("tenant", "forget"))
    assert rows(one, count) == [(0,)]
    across = changed(one, "UPDATE orders SET user_id = 21 WHERE id = 101")
    assert "foreign key constraint fails" in str(across)


def test_every_change_is_recorded_also_what_a_foreign_key_does(shop: Shop) -> None:
    one = shop.connect()
    changed(one, shop.statement("audit", "say who acts"), {"actor": "ann"})
    moments = []

    def mark() -> None:
        whole = rows(
            one, "SELECT JSON_OBJECT('order_id', order_id, 'line_no', line_no, 'quantity', quantity) FROM order_lines"
        )
        moments.append((rows(one, "SELECT SYSDATE(6)")[0][0], sorted(row[0] for row in whole)))

    mark()
    for sql in (
        "UPDATE order_lines SET quantity = 3 WHERE order_id = 101",
        "UPDATE order_lines SET line_no = 7 WHERE order_id = 102",
        "DELETE FROM orders WHERE id = 101",
        "INSERT INTO order_lines (order_id, line_no, product, quantity, tenant_id) VALUES (102, 8, 'cap', 1, 1)",
    ):
        assert changed(one, sql) == 1
        mark()
    changed(one, "BEGIN")
    changed(one, "DELETE FROM order_lines")
    changed(one, "ROLLBACK")
    mark()
    as_of = shop.statement("audit", "users as they were").replace("'users'", "'order_lines'")
    for moment, expected in moments:
        shown = [json.loads(row[0]) for row in rows(one, as_of, {"moment": moment})]
        kept = [{name: row[name] for name in ("order_id", "line_no", "quantity")} for row in shown]
        assert sorted(json.dumps(row) for row in kept) == sorted(json.dumps(json.loads(row)) for row in expected)
    assert rows(one, "SELECT DISTINCT actor FROM audit_log WHERE operation <> 'snapshot'") == [("ann",)]
    assert "password_hash" not in str(rows(one, "SELECT new_row FROM audit_log WHERE table_name = 'users'"))


def test_a_deleted_row_frees_its_value_and_cannot_be_referred_to(shop: Shop) -> None:
    one = shop.connect()
    again = "INSERT INTO users (tenant_id, email, password_hash, legal_hold, created_at) VALUES (1, 'bob@example.com', 'n', FALSE, NOW(6))"
    delete, restore = (shop.statement("soft_delete", f"{verb} one of users") for verb in ("delete", "restore"))
    assert "1062" in str(changed(one, again))
    assert "live rows of orders refer to this row" in str(changed(one, delete, {"id": 12}))
    assert changed(one, shop.statement("soft_delete", "delete one of orders"), {"id": 102}) == 1
    assert changed(one, delete, {"id": 12}) == 1
    assert rows(one, "SELECT COUNT(*) FROM live_users WHERE id = 12") == [(0,)]
    assert changed(one, again) == 1
    assert "1062" in str(changed(one, restore, {"id": 12}))
    assert "refers to a deleted row of users" in str(changed(one, "UPDATE tickets SET assignee_id = 12"))
    inserted = "INSERT INTO tickets (tenant_id, assignee_id, title) VALUES (1, 12, 'x')"
    assert "refers to a deleted row of users" in str(changed(one, inserted))


def test_nothing_of_a_person_is_left_but_what_is_kept(shop: Shop) -> None:
    one = shop.connect()
    changed(one, "UPDATE users SET full_name = 'Ann Unmistakable II' WHERE id = 11")
    changed(one, "DELETE FROM orders WHERE id = 101")
    changed(
        one,
        "INSERT INTO orders (id, tenant_id, user_id, note, status, created_at) VALUES (103, 1, 11, 'Ann Unmistakable', 'new', NOW(6))",
    )
    erase = shop.statement("erasure", "erase one of users")
    assert "a legal hold forbids this erasure" in str(changed(one, erase, {"id": 21, "reason": None}))
    assert not isinstance(changed(one, erase, {"id": 11, "reason": "asked for"}), str)
    dump = server().dump(shop.name, data=True)
    assert [value for value in ("Unmistakable", "ann@example.com", "1 Long Lane") if value in dump] == []
    assert rows(one, "SELECT id, user_id, billing_name, billing_address FROM invoices") == [(301, None, None, "erased")]
    assert rows(one, "SELECT id, assignee_id FROM tickets") == [(401, None)]
    assert rows(one, "SELECT id FROM users ORDER BY id") == [(12,), (21,)]
    assert rows(one, "SELECT subject_table, subject_key, reason FROM erasure_log") == [("users", "11", "asked for")]


def test_exactly_the_due_rows_go(shop: Shop) -> None:
    one = shop.connect()
    assert changed(one, shop.statement("retention", "let old rows of events go")) == 1
    assert rows(one, "SELECT kind FROM events") == [("new",)]
    changed(one, "UPDATE orders SET deleted_at = NOW(6) - INTERVAL 1 YEAR WHERE id = 102")
    assert changed(one, shop.statement("retention", "let old rows of orders go")) == 1


def test_requests_with_one_key_have_one_effect_also_after_a_crash(shop: Shop) -> None:
    first, second = shop.connect(), shop.connect()
    names = ("claim a key", "look up", "keep the response", "forget the key", "let old keys go")
    claim, look, keep, forget, clean = (shop.statement("idempotency", name) for name in names)
    given = {
        "scope": "a", "operation": "create payment", "request_key": "k", "request_hash": b"1" * 32, "response_status": 201, "response_body": '{"p": 1}',
    }  # fmt: skip
    changed(first, "BEGIN")
    assert changed(first, claim, given) == 1
    with ThreadPoolExecutor(1) as pool:
        changed(second, "BEGIN")
        pending = pool.submit(changed, second, claim, given)
        changed(first, keep, given)
        changed(first, "COMMIT")
        assert "1062" in str(pending.result())
    assert rows(second, look, given)[0][:2] == (1, 201)
    assert rows(second, look, {**given, "request_hash": b"2" * 32})[0][0] == 0
    changed(second, "COMMIT")
    changed(first, "BEGIN")
    assert changed(first, claim, {**given, "request_key": "crash"}) == 1
    first.close()
    assert changed(second, claim, {**given, "request_key": "crash"}) == 1
    changed(second, "UPDATE idempotency_key SET expires_at = NOW(6) - INTERVAL 1 SECOND")
    assert changed(second, forget, given) == 1
    assert changed(second, claim, given) == 1
    assert changed(second, clean) == 1


def test_publishers_side_by_side_keep_the_order_of_an_aggregate_and_lose_nothing(shop: Shop) -> None:
    program, left, right = (shop.connect() for _ in range(3))
    lock, add, take, mark, receive = (
        shop.statement("outbox", name)
        for name in ("lock the aggregate", "add an event", "take events", "mark an event", "receive an event")
    )
    for number in range(4):
        changed(program, "BEGIN")
        event = {
            "aggregate_type": "order",
            "aggregate_id": str(number % 2),
            "event_type": "order placed",
            "payload": "{}",
        }
        changed(program, lock, event)
        changed(program, add, event)
        changed(program, "COMMIT")
    published: list[tuple[str, int]] = []
    effects: list[int] = []

    def taken(one: pymysql.Connection[Any]) -> list[tuple[Any, ...]]:
        changed(one, "SET TRANSACTION ISOLATION LEVEL READ COMMITTED")
        changed(one, "BEGIN")
        return rows(one, take)

    def publish(one: pymysql.Connection[Any], events: list[tuple[Any, ...]]) -> None:
        for event in events:
            published.append((event[2], event[0]))
            if changed(program, receive, {"consumer": "mail", "event_id": event[0]}) == 1:
                effects.append(event[0])
            changed(one, mark, {"id": event[0]})
        changed(one, "COMMIT")

    first = taken(left)
    assert taken(right) == []
    changed(right, "COMMIT")
    assert [event[2] for event in first] == ["0", "1"]
    for event in first:
        published.append((event[2], event[0]))
        changed(program, receive, {"consumer": "mail", "event_id": event[0]})
        effects.append(event[0])
    left.close()  # dies after it has published, before COMMIT
    waiting = "SELECT COUNT(*) FROM outbox WHERE published_at IS NULL"
    while rows(program, waiting) != [(0,)]:  # until the server has undone what the dead one held, it takes nothing
        publish(right, taken(right))
    assert sorted(effects) == sorted(set(effects))
    assert len(set(effects)) == 4
    assert len(published) == 6
    for aggregate in ("0", "1"):
        numbers = list(dict.fromkeys(number for of, number in published if of == aggregate))
        assert numbers == sorted(numbers)


def test_a_saga_goes_forward_and_back_and_no_other_way(shop: Shop) -> None:
    one = shop.connect()
    start, take, done, back, undone = (
        shop.statement("sagas", name)
        for name in ("start", "take", "a step is done", "turn back", "a compensation is done")
    )
    begin = {"name": "place order", "correlation_id": "c", "data": "{}"}
    assert changed(one, start, begin) == 1
    assert "1062" in str(changed(one, start, begin))
    number = rows(one, take)[0][0]
    given = {"id": number, "steps_done": 0, "result": '{"a": 1}', "error": "no"}
    assert changed(one, done, given) == 1
    assert changed(one, back, {**given, "steps_done": 1}) == 1
    assert rows(one, take)[0][3:5] == ("compensating", 1)
    assert "a saga may not go that way" in str(changed(one, "UPDATE saga SET state = 'done'"))
    assert changed(one, undone, {**given, "steps_done": 1}) == 1
    assert rows(one, "SELECT state, steps_done FROM saga") == [("compensated", 0)]
    changed(one, start, {**begin, "correlation_id": "d"})
    number = rows(one, take)[0][0]
    for steps in range(3):
        assert changed(one, done, {**given, "id": number, "steps_done": steps}) == 1
    assert rows(one, "SELECT state, steps_done FROM saga WHERE id = %(id)s", {"id": number}) == [("done", 3)]
    assert "may not go that way" in str(changed(one, "UPDATE saga SET state = 'running'"))


def test_mariadb_keeps_versions_by_itself(shop: Shop) -> None:
    one = shop.connect()
    sql = shop.statement("audit", "MariaDB: the engine's own versions")
    assert re.fullmatch(r"ALTER TABLE \w+ ADD SYSTEM VERSIONING", sql)
    assert not isinstance(changed(one, sql.replace("users", "events")), str)
    before = rows(one, "SELECT SYSDATE(6)")[0][0]
    changed(one, "UPDATE events SET kind = 'changed'")
    shown = rows(one, f"SELECT DISTINCT kind FROM events FOR SYSTEM_TIME AS OF TIMESTAMP '{before}' ORDER BY kind")
    assert shown == [("new",), ("old",)]
