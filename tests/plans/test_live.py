"""EXPLAIN on the user's database: planned and not run unless that is allowed, one statement, nothing ever written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from dbdesign.api.access import Access
from dbdesign.api.call import Call
from dbdesign.api.read_plan import read_plan
from dbdesign.engines.connections import ConfiguredDatabase
from dbdesign.engines.postgres import embedded
from dbdesign.errors import AccessError, DesignError
from dbdesign.plans.live import explain, framed, single_query
from mariadb_servers import server

SETUP = "CREATE TABLE t (a int PRIMARY KEY, b int); INSERT INTO t VALUES (1, 2), (2, 3);"

Rows = Callable[[], int]


@pytest.fixture(scope="module")
def postgresql() -> Iterator[tuple[ConfiguredDatabase, Rows]]:
    with embedded().scratch() as database:
        database.run_script(f"{SETUP} CREATE SEQUENCE s; ANALYZE t;")
        yield (
            ConfiguredDatabase("shop", database.user_uri),
            lambda: int(database.admin.execute("SELECT count(*) FROM public.t").fetchall()[0][0]),
        )


@pytest.fixture(scope="module")
def mariadb() -> Iterator[tuple[ConfiguredDatabase, Rows]]:
    running = server()
    with running.database() as name:
        running.run(SETUP, name)
        yield (
            ConfiguredDatabase("shop", f"mysql://root@localhost/{name}?unix_socket={running.socket}"),
            lambda: int(running.run("SELECT count(*) FROM t", name).split()[-1]),
        )


def call_for(database: ConfiguredDatabase, *, analyzable: bool = False) -> Call:
    return Call(access=Access(databases={"shop": database}, analyzable=frozenset({"shop"} if analyzable else ())))


@pytest.mark.parametrize(
    ("engine", "query"), [("postgresql", "DELETE FROM t WHERE b = 2"), ("mariadb", "SELECT * FROM t WHERE b = 2")]
)
def test_a_query_is_planned_and_not_run(engine: str, query: str, request: pytest.FixtureRequest) -> None:
    database, rows = request.getfixturevalue(engine)
    answer = read_plan("database:shop", query=query, call=call_for(database))
    assert answer.engine == engine
    assert answer.plans[0].execution_ms is None
    assert answer.plans[0].query == query
    assert answer.proof == "computed from the plan; planned, not run on shop in a read-only session"
    assert rows() == 2


def test_mariadb_does_not_plan_a_write_in_a_read_only_session(mariadb: tuple[ConfiguredDatabase, Rows]) -> None:
    with pytest.raises(DesignError, match=r"not even planned in a read-only session there\. Give the SELECT"):
        explain(mariadb[0], "DELETE FROM t")


@pytest.mark.parametrize("engine", ["postgresql", "mariadb"])
def test_a_query_is_run_only_where_the_user_allows_it(engine: str, request: pytest.FixtureRequest) -> None:
    database, rows = request.getfixturevalue(engine)
    with pytest.raises(AccessError, match="DBDESIGN_ALLOW_ANALYZE"):
        read_plan("database:shop", query="SELECT * FROM t", analyze=True, call=call_for(database))
    allowed = call_for(database, analyzable=True)
    answer = read_plan("database:shop", query="SELECT * FROM t WHERE b = 2", analyze=True, call=allowed)
    assert answer.plans[0].root["total_ms"] is not None
    assert "run on shop in a read-only session" in answer.proof
    with pytest.raises(AccessError, match="a statement that writes is not run"):
        read_plan("database:shop", query="DELETE FROM t", analyze=True, call=allowed)
    assert rows() == 2


ESCAPES = [
    "SELECT 1; DROP TABLE t",
    "SELECT 1; COMMIT; DROP TABLE t",
    "SELECT 'a\\'; DROP TABLE t; -- '",
    "SELECT 1 /*! ; DROP TABLE t */",
    "/*! DROP TABLE t */",
    "/*M! DELETE FROM t */ SELECT 1",
    "(SELECT 1); TRUNCATE t",
    "WITH x AS (DELETE FROM t RETURNING *) SELECT * FROM x",
    "SELECT 1 INTO OUTFILE '/tmp/dbdesign-escape'",
    "DELETE FROM t",
    "INSERT INTO t VALUES (7, 7)",
]


@pytest.mark.parametrize("analyze", [False, True])
@pytest.mark.parametrize("query", ESCAPES)
@pytest.mark.parametrize("engine", ["postgresql", "mariadb"])
def test_no_text_of_a_query_writes_anything(
    engine: str, query: str, analyze: bool, request: pytest.FixtureRequest
) -> None:
    database, rows = request.getfixturevalue(engine)
    with suppress(DesignError):
        explain(database, query, analyze=analyze)
    assert rows() == 2
    assert not Path("/tmp/dbdesign-escape").exists()


def test_a_sequence_is_not_advanced_by_a_query_that_is_run(postgresql: tuple[ConfiguredDatabase, Rows]) -> None:
    with pytest.raises(DesignError, match="ReadOnlySqlTransaction"):
        explain(postgresql[0], "SELECT nextval('s')", analyze=True)


def test_a_query_with_parameters_has_its_generic_plan(postgresql: tuple[ConfiguredDatabase, Rows]) -> None:
    answer = read_plan("database:shop", query="select b from t where a = $1", call=call_for(postgresql[0]))
    assert "a = $1" in str(answer.plans[0].root)
    with pytest.raises(DesignError, match="Put values in place"):
        explain(postgresql[0], "select b from t where a = $1", analyze=True)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "is empty"),
        ("-- nothing", "is empty"),
        ("vacuum", "vacuum is not planned"),
        ("explain select 1", "without EXPLAIN"),
        ("call p()", "call is not planned"),
        ("select " + "1," * 600_000 + "1", "is longer than"),
    ],
)
def test_what_is_no_query_is_refused_before_anything_is_sent(query: str, said: str) -> None:
    with pytest.raises(DesignError, match=said):
        single_query(query)


def test_comments_and_the_semicolon_are_left_out() -> None:
    assert single_query("-- why\n/* and how */ select 1 ;\n") == "select 1"


def test_rows_are_framed_as_the_mysql_client_does() -> None:
    assert framed(["id", "rows"], [("a", 1), ("bcd", None)]) == (
        "+-----+------+\n| id  | rows |\n+-----+------+\n| a   | 1    |\n| bcd | NULL |\n+-----+------+\n"
    )
