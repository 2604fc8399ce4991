"""Rows are sent whole and compared truly on every protocol, through lost connections and within limits; repeats are counted."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from random import Random

import pytest

from benchmark_servers import HERE, on_mariadb, second_postgresql
from dbdesign.api.call import Call
from dbdesign.api.server_plans import facts_of
from dbdesign.api.server_scripts import script_of
from dbdesign.api.source import Loaded, load
from dbdesign.benchmark.clients import client
from dbdesign.benchmark.queries import make_ready
from dbdesign.benchmark.run import Plan
from dbdesign.benchmark.servers.ahead import ReadAhead
from dbdesign.benchmark.servers.base import Script, Server
from dbdesign.benchmark.servers.catalogue import SERVERS
from dbdesign.benchmark.servers.elsewhere import Elsewhere, Other, by_root, opened, run_elsewhere
from dbdesign.benchmark.worker import MOST_RETRIES, Tally, Worker
from dbdesign.engines.connections import ConfiguredDatabase
from dbdesign.engines.server_session import Identity, MySqlSession, PostgresSession, identity, open_session
from dbdesign.errors import LimitError
from dbdesign.model.workload import Query
from dbdesign.writers.base import WriteOptions, writer
from filled_databases import FilledDatabase, filled
from mariadb_servers import for_mariadb, server

DESIGN = (HERE / "server_design.yaml").read_text()
MARIADB = Identity("MariaDB 10.11.6", "mariadb", (10, 11, 6))
CRC32IEEE = "CREATE FUNCTION pg_catalog.crc32ieee(text) RETURNS bigint LANGUAGE sql AS $$ SELECT crc32(convert_to($1, 'UTF8')) $$"


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    return load(DESIGN, Call(), format="design")


@pytest.fixture(scope="module")
def source(loaded: Loaded) -> Iterator[FilledDatabase]:
    schema = loaded.design.schema_
    text = writer("postgresql").write(schema, WriteOptions(prove=False)).text
    with filled(text, 1500, workload=loaded.design.workload) as database:
        yield database


def quiet(_done: float, _said: str) -> None:
    """Nobody is told."""


def sent(
    source: FilledDatabase,
    loaded: Loaded,
    wanted: Elsewhere,
    *,
    tell: Callable[[float, str], None] = quiet,
    seconds: float = 0.2,
) -> Other:
    counts = by_root(source.schema, {one.label: one.rows for one in source.loaded.tables})
    ready = make_ready(source.session, source.schema, loaded.design.workload.queries, counts, 1)
    with opened(wanted) as place:
        return run_elsewhere(
            place, source.session, source.schema, counts, ready, Plan(seconds=seconds, connections=1), tell
        )


def mysql_script(loaded: Loaded, target: Server) -> Script:
    """As it runs on MariaDB."""
    script = script_of(loaded, loaded, target, MARIADB, ("create index on orders (number)",))
    return replace(script, tables=tuple(map(for_mariadb, script.tables)))


@pytest.mark.parametrize("name", ["mysql", "tidb"])
def test_mysql_and_tidb_are_spoken_to_in_statements_that_mariadb_takes_too(
    source: FilledDatabase, loaded: Loaded, name: str
) -> None:
    spoken = replace(SERVERS[name], limit=SERVERS["mariadb"].limit)
    script = mysql_script(loaded, spoken)
    indexes = tuple(ddl.replace(", ALGORITHM=INPLACE, LOCK=NONE", "") for ddl in script.indexes)
    wanted = Elsewhere(on_mariadb(), spoken, f"bench_{name}", replace(script, indexes=indexes), facts_of)
    found = sent(source, loaded, wanted)
    assert found.refused == ()
    assert [one.label for one in found.tables if not one.same] == []
    assert {one.name for one in found.queries if not one.compared.equal} == {"new", "change", "search", "broken"}
    plan = found.runs[0].queries[0].plan
    assert plan is not None
    assert any("orders" in node for node in plan.nodes), (
        "the second way to explain was tried where the first was refused"
    )


def test_cockroachdb_is_spoken_to_in_statements_that_postgresql_takes_too(
    source: FilledDatabase, loaded: Loaded
) -> None:
    script = script_of(loaded, loaded, SERVERS["postgresql"], Identity("PostgreSQL 18", "postgresql", (18,)), ())
    with second_postgresql(CRC32IEEE) as (scratch, database):
        wanted = Elsewhere(database, SERVERS["cockroachdb"], "bench_cockroach", script, facts_of)
        found = sent(source, loaded, wanted)
        assert found.refused == ()
        assert [one.label for one in found.tables if not one.same] == []
        users = next(one for one in found.tables if one.label == "users")
        assert users.unlike == tuple(f"{name}: not compared" for name in ("tags", "body", "alarm", "host", "span"))
        verdicts = {one.name: one.compared.verdict for one in found.queries}
        assert verdicts.pop("search") == "same"
        assert {name for name, verdict in verdicts.items() if verdict not in {"same", "not compared"}} == {"broken"}
        assert [one.errors for one in found.runs[0].queries] == [0] * len(found.queries)
        assert scratch.admin.execute("SELECT count(*) FROM pg_namespace WHERE nspname ~ 'bench'").fetchone() == (0,)


AWKWARD = (
    "\\", "'", '"', "\\'", "\n\r\t\b\x1a\x7f", "😀 é e\u0301", "%s %% %(a)s", "`", "NULL", "", " around ", "\\N", "\\.", "~|~", "{a,b}", "--x",
    "/*!99999 x */", "'); DROP TABLE t; --", "\u2028", "x" * 70_000,
)  # fmt: skip
HOLDER = "create table t (id integer primary key, v text, b bytea, a text[], d jsonb)"


@pytest.mark.parametrize("name", ["mariadb", "postgresql"])
def test_awkward_texts_arrive_as_they_are(name: str) -> None:
    with filled(HOLDER, 1) as made, second_postgresql() as (_, other):
        made.session.execute("DELETE FROM t")
        for number, text in enumerate(AWKWARD):
            made.session.connection.execute(
                "INSERT INTO t VALUES (%s, %s, %s, %s, %s)",
                (number, text, text.encode(), [text, None], json.dumps({"key": text})),
            )
        database = on_mariadb() if name == "mariadb" else other
        design = load(f"engine: postgresql 18\nschema: |\n  {HOLDER};\n", Call(), format="design")
        script = script_of(design, design, SERVERS[name], MARIADB, ())
        with opened(Elsewhere(database, SERVERS[name], "bench_texts", script, facts_of)) as place:
            found = run_elsewhere(
                place, made.session, made.schema, {"t": len(AWKWARD)}, [], Plan(seconds=0.1, connections=1), quiet
            )
            rows = place.namespace.session.rows("SELECT id, v, b, a FROM t ORDER BY id")
        assert [(one.same, one.reason) for one in found.tables] == [(True, None)]
        assert [(number, text, bytes(data)) for number, text, data, _ in rows] == [
            (number, text, text.encode()) for number, text in enumerate(AWKWARD)
        ]
        lists = [json.loads(row[3]) if isinstance(row[3], str) else row[3] for row in rows]
        assert lists == [[text, None] for text in AWKWARD]


def test_a_difference_is_found_and_named(source: FilledDatabase, loaded: Loaded) -> None:
    script = script_of(loaded, loaded, SERVERS["mariadb"], MARIADB, ())
    spoilt = replace(
        script,
        tables=(
            *script.tables,
            (
                "CREATE TRIGGER spoil BEFORE INSERT ON orders FOR EACH ROW SET NEW.total = IF(NEW.id = 7, 0.5, NEW.total), "
                "NEW.placed_at = IF(NEW.id = 9, NULL, NEW.placed_at)"
            ),
            "CREATE TRIGGER drift BEFORE INSERT ON users FOR EACH ROW SET NEW.ratio = NEW.ratio + 1",
        ),
    )
    found = sent(source, loaded, Elsewhere(on_mariadb(), SERVERS["mariadb"], "bench_spoilt", spoilt, facts_of))
    tables = {one.label: one for one in found.tables}
    assert "cannot be null" in str(tables["orders"].reason)
    assert tables["users"].same is False
    assert tables["users"].unlike == ("ratio: not the same",)
    in_time = next(one for one in found.queries if one.name == "in a time")
    assert in_time.compared.verdict == "values"


@pytest.mark.parametrize("name", ["mariadb", "postgresql"])
def test_a_query_that_takes_too_long_is_not_run(source: FilledDatabase, loaded: Loaded, name: str) -> None:
    slow = Query(
        name="slow", sql="select count(*) from orders a, orders b, orders c where a.total + b.total + c.total = -1"
    )
    counts = by_root(source.schema, {one.label: one.rows for one in source.loaded.tables})
    ready = make_ready(source.session, source.schema, [slow], counts, 1)
    script = script_of(loaded, loaded, SERVERS[name], MARIADB, ())
    with second_postgresql() as (_, other):
        database = on_mariadb() if name == "mariadb" else other
        with opened(Elsewhere(database, SERVERS[name], "bench_slow", script, facts_of, query_seconds=0.3)) as place:
            plan = Plan(seconds=0.1, connections=1)
            found = run_elsewhere(place, source.session, source.schema, counts, ready, plan, quiet)
    [one] = found.runs[0].queries
    assert one.executions == 0
    assert "max_statement_time" in str(one.error) or "statement timeout" in str(one.error)
    assert found.queries[0].compared.verdict == "error"


def test_a_load_goes_on_where_its_connection_was_lost(source: FilledDatabase, loaded: Loaded) -> None:
    killed: list[str] = []

    def kill(_done: float, said: str) -> None:
        if said.startswith("sending orders") and not killed:
            rows = server().run("SELECT id FROM information_schema.processlist WHERE db = 'bench_lost'").split()[1:]
            killed.extend(rows)
            server().run("; ".join(f"KILL {one}" for one in rows))

    script = script_of(loaded, loaded, SERVERS["mariadb"], MARIADB, ())
    found = sent(source, loaded, Elsewhere(on_mariadb(), SERVERS["mariadb"], "bench_lost", script, facts_of), tell=kill)
    assert killed
    orders = next(one for one in found.tables if one.label == "orders")
    assert (orders.same, orders.retries, orders.reason) == (True, 1, None)


@pytest.mark.parametrize(
    ("limits", "said"),
    [({"disk": 1}, "it filled more than 0 MB of disk"), ({"load_seconds": 0.0}, "took more than 0 seconds")],
)
def test_a_load_stops_at_its_limits_and_leaves_nothing(
    source: FilledDatabase, loaded: Loaded, limits: dict[str, float], said: str
) -> None:
    script = script_of(loaded, loaded, SERVERS["mariadb"], MARIADB, ())
    wanted = Elsewhere(on_mariadb(), SERVERS["mariadb"], "bench_limits", script, facts_of)
    with pytest.raises(LimitError, match=said):
        sent(source, loaded, replace(wanted, **limits))  # type: ignore[arg-type]
    assert "bench_limits" not in server().run("SHOW DATABASES")


def test_the_same_seed_makes_the_same_rows_and_their_checksum_says_so(loaded: Loaded) -> None:
    schema = loaded.design.schema_
    text = writer("postgresql").write(schema, WriteOptions(prove=False)).text
    sums = []
    for seed in (1, 1, 2):
        with filled(text, 300, seed=seed, workload=loaded.design.workload) as database:
            sums.append((database.checksums(), database.loaded.checksum))
    assert sums[0] == sums[1]
    assert sums[0][0] != sums[2][0]
    assert sums[0][1] != sums[2][1]


REPEATS = {
    "postgresql": (
        (
            "create sequence tries; create function once() returns int language plpgsql as "
            "'begin if nextval(''tries'') % 4 <> 0 then raise ''again'' using errcode = ''40001''; end if; return 1; end'"
        ),
        "select once()",
    ),
    "mysql": (
        (
            "CREATE SEQUENCE tries;\nDELIMITER //\nCREATE FUNCTION once() RETURNS INT BEGIN "
            "IF NEXTVAL(tries) % 4 <> 0 THEN SIGNAL SQLSTATE '40001' SET MYSQL_ERRNO = 1213, MESSAGE_TEXT = 'again'; END IF; RETURN 1; END//\n"
        ),
        "SELECT once()",
    ),
}


@contextmanager
def database_of(protocol: str, script: str) -> Iterator[tuple[ConfiguredDatabase, list[str]]]:
    """A database with a function, and statements with which sessions begin."""
    if protocol == "mysql":
        with server().database() as name:
            server().run(script, name)
            yield on_mariadb(), [f"USE {name}"]
    else:
        with second_postgresql() as (scratch, database):
            assert scratch.run_script(script).failures == ()
            yield database, []


@pytest.mark.parametrize("protocol", ["postgresql", "mysql"])
@pytest.mark.parametrize("writes", [True, False])
def test_executions_that_the_server_asks_to_repeat_are_repeated_and_counted(protocol: str, writes: bool) -> None:
    script, query = REPEATS[protocol]
    with database_of(protocol, script) as (database, begins):
        session = open_session(database)
        worker = Worker(client(session.worker(), begins), [(query, [[]], writes)], [0], Random(1))
        session.close()
        tally = Tally()
        worker.execute(0, tally)
        assert (tally.retries, tally.errors, len(tally.milliseconds), tally.rows) == (3, 0, 1, 1)


def test_what_is_never_accepted_is_an_error_after_some_repeats() -> None:
    script = REPEATS["postgresql"][0].replace("% 4 <> 0", "> 0")
    with database_of("postgresql", script) as (database, begins):
        session = open_session(database)
        worker = Worker(client(session.worker(), begins), [("select once()", [[]], True)], [0], Random(1))
        tally = Tally()
        worker.execute(0, tally)
        assert (tally.retries, tally.errors, tally.error) == (MOST_RETRIES, 1, "again")
        session.close()


def test_who_answers_is_asked_of_the_server_itself() -> None:
    session = open_session(on_mariadb())
    assert isinstance(session, MySqlSession)
    found = identity(session)
    assert (found.kind, found.version[0] >= 10, found.title.startswith("MariaDB 1")) == ("mariadb", True, True)
    session.close()
    with second_postgresql() as (_, database):
        other = open_session(database)
        assert isinstance(other, PostgresSession)
        assert identity(other).kind == "postgresql"
        assert identity(other).citus is None
        other.close()


def test_reading_ahead_gives_everything_and_raises_what_the_reader_raises() -> None:
    def numbers(last: int) -> Generator[int, None, None]:
        yield from range(1, last)
        raise ValueError("no more")

    taken: list[int] = []

    def take() -> None:
        with ReadAhead(numbers(50)) as items:
            taken.extend(items)

    with pytest.raises(ValueError, match="no more"):
        take()
    assert taken == list(range(1, 50))
    with ReadAhead(numbers(10**9)) as items:
        assert next(items) == 1
