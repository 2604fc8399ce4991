"""A design's lifecycle for every engine: whole texts to read, executed on SQLite, parsed where no engine is at hand."""

from __future__ import annotations

import os
import sqlite3
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import sqlglot

from dbdesign.api.call import Call
from dbdesign.api.generate_schema import generate_schema
from dbdesign.api.source import load
from dbdesign.dialects.base import dialect
from dbdesign.errors import InputError
from dbdesign.integrity.lifecycle.base import TITLES
from dbdesign.integrity.lifecycle.compose import ENGINES, Scripts, compose
from dbdesign.integrity.lifecycle.proof.stand import found
from dbdesign.integrity.lifecycle.shape import shaped
from dbdesign.model.design import Design
from dbdesign.model.schema import Engine
from dbdesign.readers.base import reader
from dbdesign.writers.base import WriteOptions, writer

HERE = Path(__file__).parent
GOLDEN = HERE / "lifecycle_golden"
EVERY = sorted(ENGINES)
NOT_PARSED = {"OF", "RETURNING"}
"""AS OF SYSTEM TIME, AS OF TIMESTAMP, DELETE … LIMIT … RETURNING: the parser has them not."""


@cache
def design() -> Design:
    return load((HERE / "lifecycle_shop.yaml").read_text(), Call()).design


@cache
def written(engine: Engine) -> tuple[str, Scripts]:
    """The schema and the scripts of the shop."""
    source = design()
    assert source.lifecycle is not None
    version = dialect(engine).version_tuple(None)
    shape, _ = shaped(source.schema, source.lifecycle, engine, version)
    ddl = writer(engine.value).write(shape, WriteOptions(prove=False)).text
    there = shape if engine is Engine.POSTGRESQL else reader(engine.value).read(ddl).schema
    return ddl, compose(there, source.lifecycle, engine, version)


def golden(scripts: Scripts) -> str:
    sent = "\n\n".join(f"-- {one.concern}: {one.name}\n-- {one.when}\n{one.sql};" for one in scripts.statements)
    notes = "\n".join(f"-- {one.object}: {one.lost}; instead: {one.instead}" for one in scripts.notes)
    return f"{scripts.text}\n-- What is sent\n\n{sent}\n\n-- Notes\n\n{notes}\n"


@pytest.mark.parametrize("engine", EVERY)
def test_the_text_for_an_engine_is_as_it_was_reviewed(engine: Engine) -> None:
    text, file = golden(written(engine)[1]), GOLDEN / f"{engine.value}.sql"
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.mkdir(exist_ok=True)
        file.write_text(text)
    assert text == file.read_text()


def test_there_is_an_engine_for_every_dialect() -> None:
    assert set(ENGINES) == set(Engine)


@pytest.mark.parametrize("engine", EVERY)
def test_every_concern_is_written_or_says_why_it_is_not(engine: Engine) -> None:
    parts = {one.concern: one for one in written(engine)[1].parts}
    assert set(parts) == set(TITLES)
    for one in parts.values():
        assert one.sql or one.notes
        assert one.statements or one.notes


@pytest.mark.parametrize("engine", [Engine.POSTGRESQL, Engine.MYSQL, Engine.SQLITE, Engine.COCKROACHDB, Engine.TIDB])
def test_what_is_sent_is_parsed(engine: Engine) -> None:
    commands = ("BEGIN", "SELECT set_config", "CALL", "GRANT", "SET", "ALTER", "ATTACH")
    sent = [
        one
        for one in written(engine)[1].statements
        if not one.sql.startswith(commands) and not NOT_PARSED & {*one.sql.split()}
    ]
    assert len(sent) > 12
    for one in sent:
        for tree in sqlglot.parse(one.sql, dialect=dialect(engine).sqlglot):
            assert tree is not None


class Sqlite:
    """The shop in memory."""

    def __init__(self) -> None:
        ddl, self.scripts = written(Engine.SQLITE)
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        self.connection.executescript(ddl)
        self.connection.executescript(ROWS)
        self.connection.executescript(self.scripts.text)

    def send(self, concern: Any, name: str, /, **given: Any) -> sqlite3.Cursor:
        return self.connection.execute(found(self.scripts, concern, name).sql, given)

    def refused(self, sql: str, **given: Any) -> str:
        with pytest.raises(sqlite3.IntegrityError) as caught:
            self.connection.execute(sql, given)
        return str(caught.value)

    def rows(self, sql: str, **given: Any) -> list[tuple[Any, ...]]:
        return self.connection.execute(sql, given).fetchall()


ROWS = """
INSERT INTO tenants (id, name) VALUES (1, 'one'), (2, 'two');
INSERT INTO users (id, tenant_id, email, full_name, password_hash, legal_hold, created_at) VALUES
  (11, 1, 'ann@example.com', 'Ann Unmistakable', 'x', 0, '2030-01-01'), (12, 1, 'bob@example.com', 'Bob', 'y', 0, '2030-01-01'),
  (21, 2, 'cy@example.com', 'Cy', 'z', 1, '2030-01-01');
INSERT INTO orders (id, tenant_id, user_id, note, created_at) VALUES (101, 1, 11, 'for Ann Unmistakable', '2030-01-01'), (102, 1, 12, 'b', '2030-01-01');
INSERT INTO order_lines (order_id, line_no, product, quantity, tenant_id) VALUES (101, 1, 'pen', 2, 1), (102, 1, 'ink', 1, 1);
INSERT INTO invoices (id, tenant_id, user_id, billing_name, billing_address, total, issued_on)
  VALUES (301, 1, 11, 'Ann Unmistakable', '1 Long Lane', 10, '2030-01-01');
INSERT INTO tickets (id, tenant_id, assignee_id, title) VALUES (401, 1, 11, 'broken');
INSERT INTO events (id, tenant_id, kind, created_at) VALUES
  (501, 1, 'old', datetime('now', '-14 months')), (502, 1, 'new', datetime('now'));
"""


def test_sqlite_keeps_tenants_apart_marks_rows_and_records_changes() -> None:
    shop = Sqlite()
    assert "FOREIGN KEY" in shop.refused("UPDATE orders SET user_id = 21 WHERE id = 101")
    shop.send("audit", "say who acts", actor="ann")
    moment = shop.rows("SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')")[0][0]
    before = shop.rows("SELECT order_id, quantity FROM order_lines ORDER BY 1")
    shop.connection.execute("UPDATE audit_log SET at = '2000-01-01'")
    shop.connection.execute("DELETE FROM orders WHERE id = 101")
    shop.connection.execute("UPDATE audit_log SET at = '2999-01-01' WHERE at > '2000-01-01'")
    as_of = found(shop.scripts, "audit", "users as they were").sql.replace("'users'", "'order_lines'")
    shown = shop.rows(f"SELECT new_row ->> 'order_id', new_row ->> 'quantity' FROM ({as_of}) ORDER BY 1", moment=moment)
    assert shown == before
    assert shop.rows("SELECT table_name, actor FROM audit_log WHERE operation = 'delete' ORDER BY 1") == [
        ("order_lines", "ann"), ("orders", "ann"),
    ]  # fmt: skip
    again = "INSERT INTO users (tenant_id, email, password_hash, created_at) VALUES (1, 'bob@example.com', 'n', '2030-01-01')"
    assert "UNIQUE" in shop.refused(again)
    assert "live rows of orders" in shop.refused("UPDATE users SET deleted_at = '2030' WHERE id = 12")
    shop.send("soft_delete", "delete one of orders", id=102)
    assert shop.send("soft_delete", "delete one of users", id=12).rowcount == 1
    assert shop.rows("SELECT count(*) FROM live_users WHERE id = 12") == [(0,)]
    shop.connection.execute(again)
    assert "UNIQUE" in shop.refused("UPDATE users SET deleted_at = NULL WHERE id = 12")
    assert "refers to a deleted row of users" in shop.refused("UPDATE tickets SET assignee_id = 12")


def test_sqlite_erases_a_person_and_lets_old_rows_go() -> None:
    shop = Sqlite()
    assert shop.send("erasure", "whether a legal hold", subject_id=21).fetchone() == (1,)
    assert shop.send("erasure", "whether a legal hold", subject_id=11).fetchone() == (0,)
    shop.connection.execute("DELETE FROM orders WHERE id = 101")
    for sql in found(shop.scripts, "erasure", "erase one of users").sql.split(";\n"):
        shop.connection.execute(sql, {"subject_id": 11, "reason": "asked for"})
    dump = "\n".join(shop.connection.iterdump())
    assert [value for value in ("Unmistakable", "ann@example.com", "1 Long Lane") if value in dump] == []
    assert shop.rows("SELECT id, user_id, billing_name, billing_address FROM invoices") == [(301, None, None, "erased")]
    assert shop.send("retention", "let old rows of events go").rowcount == 1
    assert shop.rows("SELECT kind FROM events") == [("new",)]


def test_sqlite_has_an_effect_once_and_sagas_go_no_other_way() -> None:
    shop = Sqlite()
    given = {"scope": "a", "operation": "create payment", "request_key": "k", "request_hash": b"1" * 32}
    assert shop.send("idempotency", "claim a key", **given).rowcount == 1
    shop.send(
        "idempotency",
        "keep the response",
        response_status=201,
        response_body="{}",
        scope="a",
        operation="create payment",
        request_key="k",
    )
    assert shop.send("idempotency", "claim a key", **given).rowcount == 0
    assert shop.send("idempotency", "look up", **given).fetchone() == (1, 201, "{}")
    shop.connection.execute("UPDATE idempotency_key SET expires_at = '2000-01-01'")
    assert shop.send("idempotency", "claim a key", **given).rowcount == 1
    event = {"aggregate_type": "order", "aggregate_id": "1", "event_type": "order placed", "payload": "{}"}
    shop.send("outbox", "add an event", **event)
    number = shop.send("outbox", "take events").fetchone()[0]
    assert [shop.send("outbox", "receive an event", consumer="mail", event_id=number).rowcount for _ in range(2)] == [
        1,
        0,
    ]
    shop.send("outbox", "mark an event", id=number)
    assert shop.send("outbox", "take events").fetchall() == []
    shop.send("sagas", "start a saga", name="place order", correlation_id="c", data="{}")
    row = shop.send("sagas", "take a saga").fetchone()
    shop.send("sagas", "a step is done", id=row[0], steps_done=0, result='{"a": 1}')
    assert "may not go that way" in shop.refused("UPDATE saga SET state = 'done'")
    shop.send("sagas", "turn back", id=row[0], steps_done=1, error="no")
    shop.send("sagas", "a compensation is done", id=row[0], steps_done=1)
    assert shop.rows("SELECT state, steps_done, data FROM saga") == [("compensated", 0, '{"a":1}')]


IN_A_SCHEMA = """\
engine: postgresql
schema: |
  CREATE SCHEMA sales;
  CREATE TABLE sales.customers (id bigint PRIMARY KEY, name text NOT NULL, held boolean NOT NULL, deleted_at timestamptz);
  CREATE TABLE sales.orders (
    id bigint PRIMARY KEY,
    customer_id bigint NOT NULL REFERENCES sales.customers ON DELETE RESTRICT,
    ship_to text,
    created_at timestamptz NOT NULL
  );
  CREATE TABLE sales.visits (id bigint PRIMARY KEY, at timestamptz NOT NULL);
lifecycle:
  audit: {tables: [sales.orders], exclude: {sales.orders: [ship_to]}}
  soft_delete: {tables: [sales.customers]}
  retention:
    sales.visits: {after: 3mo, by: at, how: delete}
  erasure: {subject: sales.customers, keep: {sales.orders: [ship_to]}, hold: sales.customers.held}
"""


@pytest.mark.parametrize("engine", EVERY)
def test_a_lifecycle_follows_tables_of_a_schema_to_where_an_engine_has_them(engine: Engine) -> None:
    answer = generate_schema(IN_A_SCHEMA, to=engine.value)
    flat = engine in {Engine.MYSQL, Engine.TIDB, Engine.SQLITE}
    sent = "".join(one.sql for one in answer.statements)
    for table in ("orders", "customers", "visits"):
        name = f"sales_{table}" if flat else f"sales.{table}"
        assert name in str(answer.text)
        assert name in sent or table == "visits"  # old rows may go by a TTL instead
    if engine is Engine.SQLITE:
        sqlite3.connect(":memory:").executescript(str(answer.text))


@pytest.mark.parametrize("engine", [Engine.POSTGRESQL, Engine.SQLITE])
def test_a_table_that_a_lifecycle_would_make_and_the_schema_has_is_told(engine: Engine) -> None:
    taken = "CREATE TABLE audit_log (id bigint PRIMARY KEY);"
    with pytest.raises(InputError, match=r"lifecycle\.audit: makes a table audit_log, and the schema for .* has one"):
        generate_schema(IN_A_SCHEMA.replace("CREATE SCHEMA sales;", f"CREATE SCHEMA sales; {taken}"), to=engine.value)


@pytest.mark.parametrize("target", ["mongodb", "prisma"])
def test_a_target_without_a_lifecycle_says_so(target: str) -> None:
    assert [one.lost for one in generate_schema(IN_A_SCHEMA, to=target).notes if one.object == "lifecycle"] == [
        f"what it asks for is DDL of an engine, and is not written for {target}"
    ]
