"""Limits, checks, retries and waits around a step do what they say, on real servers."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from dbdesign.engines.postgres import embedded
from dbdesign.engines.postgres.scratch import ScratchDatabase
from dbdesign.errors import InputError, SqlError
from dbdesign.migrations.writers.guards import (
    check,
    milliseconds,
    patience,
    refusal,
    retried,
    tagged,
    timeouts,
    waiting,
)
from dbdesign.model.migration import Retry, Wait
from mariadb_servers import server

QUICK = Retry(attempts=3, first_wait=0.01, longest_wait=0.02)


@pytest.fixture
def database() -> Iterator[ScratchDatabase]:
    with embedded().scratch() as scratch:
        scratch.user.execute("CREATE TABLE t (id int)")
        yield scratch


def connected(database: ScratchDatabase) -> psycopg.Connection[Any]:
    return psycopg.connect(database.user_uri, autocommit=True)


def test_a_step_that_meets_a_lock_is_tried_again_until_it_is_free(database: ScratchDatabase) -> None:
    with connected(database) as holder, connected(database) as migrating:
        holder.execute("BEGIN; LOCK TABLE t IN ACCESS EXCLUSIVE MODE")
        said: list[str] = []

        def release(notice: psycopg.errors.Diagnostic) -> None:
            said.append(notice.message_primary or "")
            if len(said) == 2:
                holder.execute("COMMIT")

        migrating.add_notice_handler(release)
        script = retried(
            "ALTER TABLE t ADD a text DEFAULT '$step$; %';\nCOMMENT ON COLUMN t.a IS 'x';", QUICK, "expand-1%"
        )
        migrating.execute("BEGIN; SET LOCAL lock_timeout = '20ms'")
        migrating.execute(script.encode())
        migrating.execute("COMMIT")
        assert said == [f"expand-1%: attempt {number} of 3 met lock_timeout" for number in (1, 2)]
        assert migrating.execute("INSERT INTO t VALUES (1) RETURNING a").fetchone() == ("$step$; %",)


def test_between_two_attempts_no_lock_is_held_and_nobody_queues_behind(database: ScratchDatabase) -> None:
    with connected(database) as holder, connected(database) as migrating, connected(database) as reader:
        holder.execute("BEGIN; SELECT FROM t")
        seen: list[object] = []
        migrating.add_notice_handler(lambda _: seen.append(reader.execute("SELECT count(*) FROM t").fetchone()))
        reader.execute("SET lock_timeout = '10ms'")
        migrating.execute("BEGIN; SET LOCAL lock_timeout = '20ms'")
        with pytest.raises(psycopg.errors.LockNotAvailable):
            migrating.execute(retried("ALTER TABLE t ADD a text", QUICK, "expand-1").encode())
        assert seen == [(0,), (0,)]


def test_the_timeout_of_a_loop_allows_for_all_its_waits() -> None:
    assert patience(Retry(attempts=3, first_wait=1, longest_wait=30), "2s", "5s") == "14000ms"  # 5 + 3 * 2 + 1 + 2
    assert (
        patience(Retry(attempts=4, first_wait=10, longest_wait=15), "500ms", "1min") == "102000ms"
    )  # 60 + 2 + 10 + 15 + 15
    assert patience(QUICK, "2s", "0") == "0"


def test_a_wait_ends_when_the_query_says_so_and_sees_what_others_commit(database: ScratchDatabase) -> None:
    with connected(database) as migrating, connected(database) as other:
        poll = "SELECT count(*) > 0 AS done, pg_notify('polled', '') IS NULL AS progress FROM t;"
        other.execute("LISTEN polled")
        thread = threading.Thread(
            target=migrating.execute, args=(waiting(Wait(poll=poll, seconds=0.01, reason="rows")).encode(),)
        )
        thread.start()
        assert next(other.notifies(timeout=20)).channel == "polled"
        other.execute("INSERT INTO t VALUES (1)")
        thread.join(20)
        assert not thread.is_alive()


CHECKS = [("SELECT 1 = 1", True), ("SELECT 1 = 0;", False), ("SELECT NULL", False)]


@pytest.mark.parametrize(("condition", "holds"), CHECKS)
def test_a_check_stops_postgresql_with_its_message(database: ScratchDatabase, condition: str, holds: bool) -> None:
    statement = check(condition.replace("NULL", "NULL::boolean"), "expand-1: it's \\ not; so", "postgresql").encode()
    if holds:
        database.user.execute(statement)
        return
    with pytest.raises(psycopg.errors.RaiseException, match="expand-1: it's / not; so"):
        database.user.execute(statement)


@pytest.mark.parametrize(("condition", "holds"), CHECKS)
def test_a_check_stops_sqlite(condition: str, holds: bool) -> None:
    with sqlite3.connect(":memory:") as connection:
        statement = check(condition, "expand-1: it's not so", "sqlite")
        if holds:
            connection.execute(statement)
            return
        with pytest.raises(sqlite3.OperationalError, match="malformed JSON"):
            connection.execute(statement)


@pytest.mark.parametrize(("condition", "holds"), CHECKS)
def test_a_check_stops_mysql(condition: str, holds: bool) -> None:
    running = server()
    with running.database("checks") as name:
        statement = check(condition, "expand-1: it's not so", "mysql") + ";"
        if holds:
            running.run(statement, name)
            return
        with pytest.raises(SqlError, match="more than 1 row"):
            running.run(statement, name)


@pytest.mark.parametrize("engine", ["postgresql", "cockroachdb", "mysql", "tidb", "sqlite", "sqlserver"])
def test_a_refusal_says_which_step_cannot_be_taken_back(engine: str) -> None:
    assert "contract-1 cannot be taken back; it''s gone" in refusal(
        "contract-1 cannot be taken back; it's\ngone", engine
    )


TIMEOUTS = [
    ("postgresql", True, ["SET LOCAL lock_timeout = '1500ms'", "SET LOCAL statement_timeout = '0'"], []),
    (
        "postgresql",
        False,
        ["SET lock_timeout = '1500ms'", "SET statement_timeout = '0'"],
        ["RESET lock_timeout", "RESET statement_timeout"],
    ),
    ("mysql", True, ["SET SESSION lock_wait_timeout = 2"], ["SET SESSION lock_wait_timeout = DEFAULT"]),
    ("sqlserver", True, ["SET LOCK_TIMEOUT 1500"], ["SET LOCK_TIMEOUT -1"]),
    ("sqlite", True, [], []),
    ("tidb", True, [], []),
]


@pytest.mark.parametrize(("engine", "local", "settings", "resets"), TIMEOUTS)
def test_limits_are_said_as_each_engine_says_them(
    engine: str, local: bool, settings: list[str], resets: list[str]
) -> None:
    assert timeouts(engine, "1500ms", "0", local=local) == (settings, resets)


def test_times_are_read_as_postgresql_reads_them() -> None:
    assert [milliseconds(one) for one in ("0", "250", "1500ms", "2s", "1.5min", "1h")] == [
        0,
        250,
        1500,
        2000,
        90_000,
        3_600_000,
    ]
    with pytest.raises(InputError, match="'soon' is not a time"):
        milliseconds("soon")
    with pytest.raises(InputError, match="is not a time"):
        timeouts("postgresql", "2s'; DROP TABLE t; --", None, local=True)


@pytest.mark.parametrize("body", ["x", "$", "$tag$", "$tag1$ $tag$", "a$tag", ""])
def test_a_text_between_dollar_quotes_comes_back(database: ScratchDatabase, body: str) -> None:
    found = database.user.execute(f"SELECT {tagged(body, 'tag')}".encode()).fetchone()
    assert found is not None
    assert found[0].removesuffix("\n") == body
