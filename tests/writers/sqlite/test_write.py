"""SQLite DDL executes, says what the schema means, and notes whatever it cannot say."""

from __future__ import annotations

import os
import sqlite3
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from dbdesign.engines import sqlite as engine
from dbdesign.model.schema import Engine, Schema, View
from dbdesign.readers.base import reader
from dbdesign.writers.base import WriteOptions, WriteResult, writer
from real_schemas import read_real, real_sql
from strategies import schemas

WRITERS = Path(__file__).parent.parent
GOLDEN = WRITERS / "golden"
EVERYTHING = WRITERS.parent / "readers" / "sqlite" / "everything.sql"
EXECUTED = f"executed on SQLite {sqlite3.sqlite_version}"


@cache
def schema_of(text: str, name: str = "postgresql") -> Schema:
    result = reader(name).read(text, execute=name == "sqlite")
    assert result.unread == ()
    return result.schema_


def write(schema: Schema, **options: Any) -> WriteResult:
    return writer("sqlite").write(schema, WriteOptions(**options))


def check_golden(name: str, text: str) -> None:
    """Compare with a reviewed file; `UPDATE_GOLDEN=1` writes it anew, to be reviewed as code."""
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text)
    assert text == path.read_text()


def said(result: WriteResult) -> str:
    return "\n".join(f"{note.object}: {note.lost} -> {note.instead}" for note in result.notes) + "\n"


def database(result: WriteResult) -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.executescript(result.text)
    return connection


@pytest.mark.parametrize(
    ("source", "name", "golden"),
    [
        (WRITERS / "orders.postgres.sql", "postgresql", "orders.sqlite"),
        (WRITERS / "orders.mysql.sql", "mysql", "orders_mysql.sqlite"),
        (WRITERS.parent / "readers" / "sqlserver" / "everything.sql", "sqlserver", "everything_sqlserver.sqlite"),
        (EVERYTHING, "sqlite", "everything.sqlite"),
    ],
    ids=["from PostgreSQL", "from MySQL", "from SQL Server", "its own"],
)
def test_the_whole_script_is_as_reviewed(source: Path, name: str, golden: str):
    result = write(schema_of(source.read_text(), name))
    assert str(result.proof) == EXECUTED
    check_golden(f"{golden}.sql", result.text)
    check_golden(f"{golden}.notes", said(result))


def test_its_own_script_written_again_reads_the_same():
    schema = schema_of(EVERYTHING.read_text(), "sqlite")
    again = reader("sqlite").read(write(schema).text)
    assert again.unread == ()
    assert again.schema_ == schema


@pytest.mark.parametrize("entry", real_sql("postgresql", "mysql", "sqlserver", "cockroachdb"))
def test_a_real_schema_of_another_engine_executes(entry: dict[str, Any]):
    schema = reader(entry["dialect"]).read(read_real(entry), execute=False).schema_
    result = write(schema)
    assert str(result.proof) == EXECUTED, said(result)
    kept = [table for table in schema.tables if table.partition_of is None]
    connection = database(result)
    (tables,) = connection.execute(
        "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
    ).fetchone()
    assert tables == len(kept)
    again = reader("sqlite").read(result.text).schema_
    assert sum(len(one.foreign_keys) for one in again.tables) == sum(len(one.foreign_keys) for one in kept)
    connection.close()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(schema=schemas())
def test_any_schema_of_postgresql_executes_and_is_stable(schema: Schema):
    result = write(schema, comments=False)
    assert str(result.proof) == EXECUTED, said(result)
    again = reader("sqlite").read(result.text)
    assert again.unread == ()
    assert write(again.schema_).text == result.text


def test_what_is_generated_holds_what_the_source_holds():
    connection = database(write(schema_of((WRITERS / "orders.postgres.sql").read_text())))
    connection.execute("INSERT INTO customers (email, \"Full Name\", nickname) VALUES ('A@b', 'A B', 'ab')")
    ((key, active, tags, created),) = connection.execute(
        "SELECT id, active, tags, created_at FROM customers"
    ).fetchall()
    assert (len(key), key[14], key[19] in "89ab", active, tags) == (36, "4", True, 1, "[]")
    assert len(created) == len("2024-01-01 00:00:00")
    refused = {
        "twice but for its case": "INSERT INTO customers (email, \"Full Name\") VALUES ('a@B', 'x')",
        "against the domain's check": "INSERT INTO customers (email, \"Full Name\") VALUES ('nobody', 'x')",
        "not JSON": "INSERT INTO customers (email, \"Full Name\", profile) VALUES ('c@d', 'x', '{')",
        "not a truth value": "INSERT INTO customers (email, \"Full Name\", active) VALUES ('c@d', 'x', 2)",
        "not of the enumeration": "INSERT INTO billing_orders (customer_id, number, status) VALUES ((SELECT id FROM customers), 1, 'lost')",
        "of nobody": "INSERT INTO billing_orders (customer_id, number, note) VALUES ('nobody', 1, 'ok')",
        "against a pattern": "INSERT INTO billing_orders (customer_id, number, note) SELECT id, 8, 'No!' FROM customers",
    }
    for statement in refused.values():
        with pytest.raises(sqlite3.IntegrityError):
            connection.execute(statement)
    connection.execute("INSERT INTO products (sku, price, quantity) VALUES ('x', 2.5, 4)")
    assert connection.execute("SELECT worth, is_cheap FROM products").fetchone() == (10, 1)
    connection.execute("INSERT INTO billing_orders (customer_id, number, note) SELECT id, 7, 'ok' FROM customers")
    connection.execute("DELETE FROM customers")
    assert connection.execute("SELECT count(*) FROM billing_orders").fetchone() == (0,)
    connection.close()


def test_a_change_touches_the_column_that_mysql_would():
    connection = database(write(schema_of((WRITERS / "orders.mysql.sql").read_text(), "mysql")))
    connection.execute("INSERT INTO customers (name, code, changed) VALUES ('a', 'b', '2000-01-01 00:00:00')")
    connection.execute("UPDATE customers SET name = 'c'")
    (touched,) = connection.execute("SELECT changed FROM customers").fetchone()
    connection.execute("UPDATE customers SET changed = '2001-01-01 00:00:00'")
    (given_time,) = connection.execute("SELECT changed FROM customers").fetchone()
    assert touched > "2020"
    assert given_time == "2001-01-01 00:00:00"
    connection.close()


CASES: dict[str, tuple[str, str]] = {
    "an identity alone in the key is the rowid": (
        "CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY)",
        "id INTEGER CONSTRAINT t_pkey PRIMARY KEY",
    ),
    "a serial by hand is the rowid too": (
        "CREATE SEQUENCE s; CREATE TABLE t (id integer DEFAULT nextval('s'::regclass) CONSTRAINT p PRIMARY KEY)",
        "id INTEGER CONSTRAINT p PRIMARY KEY",
    ),
    "a namespace goes before the name": ("CREATE SCHEMA a; CREATE TABLE a.t (i int)", "CREATE TABLE a_t ("),
    "two tables of one name are kept apart": (
        "CREATE SCHEMA a; CREATE TABLE a_t (i int); CREATE TABLE a.t (j int)",
        "CREATE TABLE a_t_ (\n  j INTEGER\n)",
    ),
    "a reference across a cycle stands in line": (
        (
            "CREATE TABLE a (i int PRIMARY KEY, b int); CREATE TABLE b (i int PRIMARY KEY, a int REFERENCES a);"
            "ALTER TABLE a ADD CONSTRAINT ab FOREIGN KEY (b) REFERENCES b DEFERRABLE INITIALLY DEFERRED"
        ),
        "CONSTRAINT ab FOREIGN KEY (b) REFERENCES b (i) DEFERRABLE INITIALLY DEFERRED",
    ),
    "a partial index over an expression stays one": (
        "CREATE TABLE t (a text, b boolean); CREATE UNIQUE INDEX i ON t (lower(a) DESC) WHERE b AND a ~~ 'x%'",
        "CREATE UNIQUE INDEX i ON t ((LOWER(a)) DESC)\n  WHERE b AND (a GLOB 'x*');",
    ),
    "a case-insensitive text collates so": ("CREATE EXTENSION citext; CREATE TABLE t (a citext)", "a TEXT COLLATE NOCASE"),
    "a comment stands at the end of its line": (
        "CREATE TABLE t (a int, b int); COMMENT ON COLUMN t.a IS E'two\\nlines'",
        "a INTEGER,  -- two lines\n  b INTEGER\n",
    ),
    "a reserved word is quoted": ('CREATE TABLE "order" ("select" int)', 'CREATE TABLE "order" (\n  "select" INTEGER\n)'),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_nearest_equivalent_is_written(name: str):
    text, expected = CASES[name]
    result = write(schema_of(text))
    assert expected in result.text
    assert str(result.proof) == EXECUTED, said(result)


def test_a_view_that_cannot_run_is_left_out_with_a_note():
    views = (View(name="bad", definition="SELECT nothing FROM nowhere"), View(name="good", definition="SELECT 1 AS a"))
    result = write(Schema(engine=Engine.MYSQL, views=views))
    assert "VIEW good" in result.text
    assert "VIEW bad" not in result.text
    assert [note.object for note in result.notes] == ["bad"]


def test_an_own_view_that_cannot_run_is_kept_with_a_note():
    views = (View(name="bad", definition="SELECT nothing FROM nowhere"),)
    result = write(Schema(engine=Engine.SQLITE, views=views))
    assert "VIEW bad" in result.text
    assert [note.instead for note in result.notes] == ["as it was"]


def test_a_view_that_never_ends_does_not_hang_the_proof(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(engine, "SECONDS", 0.2)
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) AS c FROM n"
    result = write(Schema(engine=Engine.SQLITE, views=(View(name="endless", definition=endless),)))
    assert str(result.proof) == "by rule, not executed"
    assert "stopped" in result.notes[0].lost


def test_comments_and_programs_are_left_out_on_request():
    schema = schema_of(EVERYTHING.read_text(), "sqlite")
    bare = write(schema, carried=False)
    assert "TRIGGER" in write(schema).text
    assert "TRIGGER" not in bare.text
    commented = schema_of("CREATE TABLE t (a int); COMMENT ON TABLE t IS 'said'")
    assert ("said" in write(commented).text, "said" in write(commented, comments=False).text) == (True, False)


def test_what_readers_notice_is_not_lost_in_silence():
    result = write(
        schema_of(
            "CREATE SEQUENCE s START 10; CREATE TABLE t (n int PRIMARY KEY DEFAULT nextval('s'), a int);"
            "CREATE VIEW v WITH (security_barrier) AS SELECT a FROM t WHERE a > 0 WITH CHECK OPTION"
        )
    )
    assert {
        ("t.n", "starts at 10 and counts by 1"),
        ("v", "WITH CHECK OPTION"),
        ("v", "the view option security_barrier"),
    } <= {(note.object, note.lost) for note in result.notes}


def test_tables_that_differ_in_case_only_are_told_apart_with_a_note() -> None:
    result = write(schema_of('create table "Orders" (id int); create table orders (id int); create schema s;'))
    assert "CREATE TABLE orders_ (" in result.text
    assert str(result.proof) == EXECUTED
    assert said(result) == (
        "orders: the name that Orders has too, but for its case or namespace, which SQLite does not tell apart -> written as orders_\n"
    )
