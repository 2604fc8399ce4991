"""Advised indexes as other engines build them: by each engine's rules, and executed where an engine is at hand."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import pytest
import sqlglot

import mariadb_servers
from dbdesign.indexes.candidate import Candidate, KeyPart
from dbdesign.indexes.engines import build, drop, has_method, trial
from dbdesign.indexes.existing import existing_indexes
from dbdesign.model.schema import Engine, Schema
from dbdesign.readers.base import reader

MYSQL = """create table orders (
  id bigint primary key, customer_id bigint not null, state varchar(20) not null, code varchar(500) character set latin1, title varchar(900),
  email varchar(200), note text, placed_at datetime not null, paid tinyint(1), total decimal(12, 2)) character set utf8mb4;"""
SQLSERVER = """create table dbo.orders (
  id bigint not null primary key, customer_id bigint not null, state varchar(20) not null, code nvarchar(600), title nvarchar(900),
  email nvarchar(200), note nvarchar(max), placed_at datetime2 not null, paid bit, total decimal(12, 2));"""
SQLITE = """create table orders (
  id integer primary key, customer_id integer not null, state text not null, code text, title text, email text, note text,
  placed_at text not null, paid integer, total real);"""
COCKROACHDB = """create table orders (
  id int8 primary key, customer_id int8 not null, state text not null, code text, title text, email text, note text, labels jsonb,
  placed_at timestamptz not null, paid bool, total decimal(12, 2));"""
SCHEMAS = {"mysql": MYSQL, "tidb": MYSQL, "sqlserver": SQLSERVER, "sqlite": SQLITE, "cockroachdb": COCKROACHDB}


def schema(engine: str) -> Schema:
    return reader(engine).read(SCHEMAS[engine]).schema_


def index(
    engine: str, *keys: str | KeyPart, include: Sequence[str] = (), where: str | None = None, method: str = "btree"
) -> tuple[str, list[str]]:
    parts = tuple(key if isinstance(key, KeyPart) else KeyPart(key) for key in keys)
    candidate = Candidate((schema(engine).tables[0].namespace, "orders"), parts, tuple(include), where, method)
    built = build(candidate, "i", schema(engine))
    return built.ddl, list(built.notes)


def body(engine: str, *keys: str | KeyPart, **more: object) -> str:
    """The statement from its columns on."""
    ddl = index(engine, *keys, **more)[0]  # type: ignore[arg-type]
    return ddl[ddl.index("(") :]


LOWER, DOWN = KeyPart(expression="lower(email)"), KeyPart("placed_at", descending=True)
ONLINE, PLACE = " WITH (ONLINE = ON);", ", ALGORITHM=INPLACE, LOCK=NONE;"

WRITTEN = [
    ("mysql", ("customer_id", DOWN), {}, f"(customer_id, placed_at DESC){PLACE}"),
    ("mysql", ("customer_id",), {"include": ["id", "total"]}, f"(customer_id, total){PLACE}"),
    ("mysql", ("customer_id", "id"), {}, f"(customer_id){PLACE}"),
    ("mysql", ("id", "customer_id"), {}, f"(id, customer_id){PLACE}"),
    ("mysql", ("note",), {}, f"(note(191)){PLACE}"),
    ("mysql", ("title",), {}, f"(title(191)){PLACE}"),
    ("mysql", ("code",), {}, f"(code){PLACE}"),
    ("mysql", (LOWER,), {}, f"((LOWER(email))){PLACE}"),
    ("mysql", (KeyPart(expression="(state || ' ') || email"),), {}, f"((CONCAT(CONCAT(state, ' '), email))){PLACE}"),
    ("mysql", ("customer_id",), {"where": "state = 'id'"}, f"(state, customer_id){PLACE}"),
    ("tidb", (LOWER, "total"), {}, "((LOWER(email)), total);"),
    ("tidb", (KeyPart(expression="abs(total)"), "customer_id"), {}, "(customer_id);"),
    ("sqlserver", ("customer_id",), {"include": ["id", "total"]}, f"(customer_id) INCLUDE (total){ONLINE}"),
    ("sqlserver", ("customer_id", "note"), {}, f"(customer_id) INCLUDE (note){ONLINE}"),
    ("sqlserver", ("code", "title", "state"), {}, f"(code) INCLUDE (title, state){ONLINE}"),
    ("sqlserver", ("total",), {"where": "NOT paid"}, f"(total) WHERE paid = 0{ONLINE}"),
    ("sqlserver", ("total",), {"where": "paid IS TRUE"}, f"(total) WHERE paid = 1{ONLINE}"),
    ("sqlserver", ("total",), {"where": "NOT email IS NULL"}, f"(total) WHERE email IS NOT NULL{ONLINE}"),
    ("sqlserver", ("total",), {"where": "state = ANY(ARRAY['a', 'b'])"}, f"(total) WHERE state IN ('a', 'b'){ONLINE}"),
    ("sqlserver", ("total",), {"where": "email LIKE 'a%'"}, f"(total) INCLUDE (email){ONLINE}"),
    ("sqlite", ("customer_id",), {"include": ["id", "total"]}, "(customer_id, total);"),
    ("sqlite", (LOWER, DOWN), {}, "(LOWER(email), placed_at DESC);"),
    ("sqlite", ("total",), {"where": "paid"}, "(total) WHERE paid = 1;"),
    ("sqlite", ("total",), {"where": "email LIKE 'a%'"}, "(total, email);"),
    ("cockroachdb", ("customer_id",), {"include": ["id", "total"]}, "(customer_id) STORING (total);"),
    ("cockroachdb", ("placed_at",), {}, "(placed_at) USING HASH;"),
    ("cockroachdb", ("labels",), {"method": "gin"}, "(labels);"),
    ("cockroachdb", ("customer_id",), {"where": "NOT paid"}, "(customer_id) WHERE NOT paid;"),
]  # fmt: skip
NAMES = [f"{engine} {keys} {more}" for engine, keys, more, _ in WRITTEN]


@pytest.mark.parametrize(("engine", "keys", "more", "expected"), WRITTEN, ids=NAMES)
def test_an_index_is_written_by_the_engine_s_rules(
    engine: str, keys: tuple[str | KeyPart, ...], more: dict[str, object], expected: str
) -> None:
    assert body(engine, *keys, **more) == expected


EXECUTED = [(keys, more) for engine, keys, more, _ in WRITTEN if engine == "sqlite"]


@pytest.mark.parametrize(("keys", "more"), EXECUTED)
def test_sqlite_builds_what_is_written_and_uses_it(keys: tuple[str | KeyPart, ...], more: dict[str, object]) -> None:
    database = sqlite3.connect(":memory:")
    database.executescript(SQLITE)
    database.execute(index("sqlite", *keys, **more)[0])  # type: ignore[arg-type]
    first = keys[0].text if isinstance(keys[0], KeyPart) else keys[0]
    condition = f" and {more['where']} = 1" if more.get("where") == "paid" else ""
    plan = database.execute(
        f"explain query plan select total from orders where {first} = ?{condition}", ("1",)
    ).fetchall()
    assert any("USING" in row[3] and " i " in f"{row[3]} " for row in plan), plan


def test_mariadb_builds_what_is_written_for_mysql() -> None:
    written = [index("mysql", *keys, **more)[0] for engine, keys, more, _ in WRITTEN if engine == "mysql"]  # type: ignore[arg-type]
    plain = [ddl for ddl in written if "((" not in ddl]  # MariaDB has no functional keys
    assert len(plain) >= 7
    running = mariadb_servers.server()
    with running.database("advised") as name:
        running.run(MYSQL, name)
        for number, ddl in enumerate(plain):
            running.run(ddl.replace("INDEX i ", f"INDEX i{number} "), name)
        dump = running.dump(name)
    assert all(f"`i{number}`" in dump for number in range(len(plain)))


def test_keys_that_have_no_room_in_an_index_of_mysql_are_left_out_and_said() -> None:
    wide = ", ".join(f"c{number} varchar(300)" for number in range(5))
    found = reader("mysql").read(f"create table orders (id int primary key, {wide}) character set utf8mb4;").schema_
    candidate = Candidate((None, "orders"), tuple(KeyPart(f"c{number}") for number in range(5)))
    built = build(candidate, "i", found)
    assert "(c0, c1)" in built.ddl
    assert built.notes == ("c2 and what follows it is left out: an index takes 3072 bytes",)


@pytest.mark.parametrize("engine", ["sqlserver", "mysql"])
def test_what_is_written_parses_in_the_engine_s_dialect(engine: str) -> None:
    dialect = "tsql" if engine == "sqlserver" else engine
    for one, keys, more, _ in WRITTEN:
        if one == engine:
            ddl = index(engine, *keys, **more)[0]  # type: ignore[arg-type]
            tree = sqlglot.parse_one(ddl.replace(PLACE, ";").replace(ONLINE, ";"), dialect=dialect)
            assert tree.key in {"create", "alter"}, ddl


def test_each_engine_says_how_an_index_is_tried_and_taken_away() -> None:
    assert "INVISIBLE" in (trial(Engine.MYSQL) or "")
    assert "tidb_opt_use_invisible_indexes" in (trial(Engine.TIDB) or "")
    assert "NOT VISIBLE" in (trial(Engine.COCKROACHDB) or "")
    assert trial(Engine.POSTGRESQL) is None
    drops = {
        "mysql": "ALTER TABLE orders DROP INDEX gone;",
        "sqlserver": "DROP INDEX gone ON orders;",
        "sqlite": "DROP INDEX gone;",
        "cockroachdb": "DROP INDEX orders@gone;",
        "postgresql": "DROP INDEX CONCURRENTLY gone;",
    }
    for engine, expected in drops.items():
        source = (
            SCHEMAS.get(engine, COCKROACHDB)
            + f"\ncreate index gone on {'dbo.' if engine == 'sqlserver' else ''}orders (state);"
        )
        found = reader(engine).read(source).schema_
        (gone,) = [one for one in existing_indexes(found) if one.name == "gone"]
        assert drop(gone, found) == expected


def test_access_methods_that_an_engine_lacks_are_not_tried_for_it() -> None:
    methods = ["btree", "hash", "brin", "gin", "gist"]
    assert [has_method(one, Engine.POSTGRESQL) for one in methods] == [True] * 5
    assert [has_method(one, Engine.COCKROACHDB) for one in methods] == [True, False, False, True, False]
    assert [has_method(one, Engine.MYSQL) for one in methods] == [True, False, False, False, False]
