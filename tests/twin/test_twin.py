"""A twin from its making to its end: what it answers, what it refuses, what it lets nobody do, and that nothing stays of it."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dbdesign.engines.postgres import dedicated, embedded
from dbdesign.engines.postgres.sandbox import blocks
from dbdesign.errors import DesignError, EngineError, InputError, LimitError, SqlError, UnknownNameError
from dbdesign.model.statistics import ColumnStatistics, RelationStatistics, Statistics
from dbdesign.twin.dump import read_dump
from dbdesign.twin.twin import Hypothetical, Twin, production_twin

DDL = '''
CREATE EXTENSION pg_trgm;
CREATE TABLE public.orders (id bigint NOT NULL, customer_id bigint NOT NULL, status text, total numeric(12,2));
ALTER TABLE ONLY public.orders ADD CONSTRAINT orders_pkey PRIMARY KEY (id);
CREATE TABLE public."Odd ""name""" (id integer PRIMARY KEY, "Größe" text);
'''
RECENT = "select * from orders where customer_id = 7"
ONE = "select * from orders where id = 7"


def statistics(rows: float = 2e9, *, distinct: float = 5e6, problems: tuple[str, ...] = ()) -> Statistics:
    bounds = "{" + ",".join(str(round(place * rows / 100)) for place in range(101)) + "}"
    columns = (
        ColumnStatistics(column="id", avg_width=8, n_distinct=-1.0, histogram_bounds=bounds, correlation=1.0),
        ColumnStatistics(column="customer_id", avg_width=8, n_distinct=distinct, correlation=0.0),
        ColumnStatistics(
            column="status", avg_width=5, n_distinct=2, most_common_vals="{paid,open}", most_common_freqs=(0.9, 0.1)
        ),
    )
    return Statistics(
        source="the test",
        relations=(RelationStatistics(name="orders", tuples=rows, columns=columns),),
        problems=problems,
    )


@pytest.fixture
def twin() -> Iterator[Twin]:
    with production_twin(DDL, statistics()) as made:
        assert (made.failures, made.problems) == ((), [])
        yield made


@pytest.fixture
def twin_apart(monkeypatch: pytest.MonkeyPatch) -> Iterator[Twin]:
    """On a server of its own, which may be crashed: sessions of other tests live on the usual one."""
    with dedicated({}) as server:
        monkeypatch.setattr("dbdesign.twin.twin.embedded", lambda: server)
        with production_twin(DDL, statistics()) as made:
            yield made


@pytest.fixture(scope="module")
def lasting() -> Iterator[Twin]:
    """For tests that leave it as it was."""
    with production_twin(DDL, statistics()) as made:
        yield made


def made(twin: Twin, *definitions: str) -> list[Hypothetical]:
    indexes = twin.add_indexes(definitions)
    assert all(isinstance(one, Hypothetical) for one in indexes), indexes
    return [one for one in indexes if isinstance(one, Hypothetical)]


def test_a_table_without_rows_is_planned_as_two_billion(lasting: Twin) -> None:
    orders = lasting.relation("orders")
    assert orders
    assert lasting.rows(orders) == 2e9
    assert lasting.pages(orders) == 20_674_379, "some 97 rows a block"
    assert lasting.explain(RECENT).rows == 400
    assert lasting.explain(RECENT).cost > 1e7
    assert lasting.explain(ONE).indexes == {"orders_pkey"}
    assert lasting.proof.startswith("planned by PostgreSQL 18")


def test_a_twin_takes_no_disk_and_leaves_neither_files_nor_sessions_nor_roles() -> None:
    server = embedded()
    with server.scratch() as warm:
        warm.admin.execute("select 1")
    folder, before = server.data_folder, blocks(server.data_folder)
    with production_twin(DDL, statistics(1e11)) as twin:
        database = twin.database
        (oid,) = server.control("select oid from pg_database where datname = %s", database.name)[0]
        assert (folder / "base" / str(oid)).is_dir()
        made(twin, "ON orders (customer_id)", "ON orders USING gin (status gin_trgm_ops)")
        assert twin.explain(RECENT).cost > 1e9
        assert blocks(folder) - before < 40e6
    assert not (folder / "base" / str(oid)).exists()
    names = (database.name, database.user_role)
    assert server.control("select 1 from pg_database where datname = %s", names[0]) == []
    assert server.control("select 1 from pg_roles where rolname = %s", names[1]) == []
    assert server.control("select 1 from pg_stat_activity where datname = %s or usename = %s", *names) == []


def test_a_twin_that_cannot_be_made_leaves_nothing_either() -> None:
    server = embedded()
    present = "select array_agg(datname::text) from pg_database"
    before = server.control(present)
    said = r"table orders: it would take \d+ TB; a table ends at 32 TB\. Partition"
    with pytest.raises(LimitError, match=said), production_twin(DDL, statistics(1e12)):
        pass
    assert server.control(present) == before


def test_a_hypothetical_index_is_used_while_it_is_shown_and_only_then(twin: Twin) -> None:
    plain = twin.explain(RECENT)
    one, other = made(
        twin, "ON orders USING btree (customer_id)", "ON orders (customer_id) INCLUDE (id, status, total)"
    )
    assert twin.explain(RECENT) == plain
    assert twin.explain(RECENT, [one]).indexes == {one.name}
    assert twin.explain(RECENT).indexes == {one.name}, "it stays shown until others are"
    assert twin.explain(RECENT, [one, other]).indexes == {other.name}
    assert twin.explain(RECENT, []) == plain
    assert 1e9 < one.size < other.size
    assert (one.rows, one.size) == (2e9, one.pages * 8192)


def test_a_unique_hypothetical_index_bounds_the_rows(twin: Twin) -> None:
    (index,) = made(twin, "UNIQUE ON orders (customer_id)")
    assert (twin.explain(RECENT).rows, twin.explain(RECENT, [index]).rows) == (400, 1)


def test_what_the_server_refuses_stands_in_its_place_and_the_others_are_made(twin: Twin) -> None:
    first, second, third, fourth = twin.add_indexes(
        [
            "ON orders (missing)",
            "ON orders (status)",
            "ON orders (total); drop table orders",
            "ON orders USING gist (status)",
        ]
    )
    assert first == 'column "missing" does not exist'
    assert isinstance(second, Hypothetical)
    assert third == "query: holds 2 statements. Give one statement without others behind it"
    assert isinstance(fourth, str)
    assert fourth.startswith("data type text has no default operator class")
    assert twin.explain(RECENT).rows == 400


def test_a_dropped_index_is_gone_and_the_others_stay(twin: Twin) -> None:
    one, other = made(twin, "ON orders (customer_id)", "ON orders (status)")
    twin.explain(RECENT, [one, other])
    twin.drop_indexes([one])
    assert twin.explain(RECENT).indexes == set()
    assert twin.explain("select * from orders where status = 'void'").indexes == {other.name}
    twin.drop_indexes([one])
    assert twin.explain(RECENT, [other]).rows == 400


def test_a_failed_query_leaves_the_same_indexes_shown(twin: Twin) -> None:
    (index,) = made(twin, "ON orders (customer_id)")
    with pytest.raises(SqlError, match='column "missing" does not exist'):
        twin.explain("select missing from orders", [index])
    assert twin.explain(RECENT).indexes == set(), "the flip was undone with the query"
    assert twin.explain(RECENT, [index]).indexes == {index.name}


def test_a_refilled_twin_plans_by_the_new_statistics_and_keeps_its_indexes(twin: Twin) -> None:
    (index,) = made(twin, "ON orders (customer_id)")
    before = twin.explain(RECENT, [index])
    twin.refill(statistics(2000, distinct=50, problems=("said by the source",)))
    after = twin.explain(RECENT, [index])
    assert (before.rows, after.rows) == (400, 40)
    assert after.cost < before.cost
    assert twin.problems == ["said by the source"]
    twin.refill(statistics())
    assert twin.explain(RECENT, [index]) == before
    assert twin.problems == []


def test_settings_of_the_target_stay_over_everything_that_happens(twin: Twin) -> None:
    assert "Workers Planned" in str(twin.explain(RECENT).plan)
    twin.use({"max_parallel_workers_per_gather": "0"})
    assert "Workers Planned" not in str(twin.explain(RECENT).plan)
    made(twin, "ON orders (status)")
    twin.refill(statistics(1e9))
    assert "Workers Planned" not in str(twin.explain(RECENT).plan)


PARTITIONED = """
CREATE TABLE events (at date NOT NULL, sensor integer NOT NULL, note text) PARTITION BY RANGE (at);
CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01') PARTITION BY LIST (sensor);
CREATE TABLE events_2026_1 PARTITION OF events_2026 FOR VALUES IN (1);
CREATE TABLE events_2026_x PARTITION OF events_2026 DEFAULT;
"""


def test_a_hypothetical_index_on_a_partitioned_table_is_one_on_each_partition() -> None:
    columns = (ColumnStatistics(column="sensor", n_distinct=1000), ColumnStatistics(column="at", n_distinct=365))
    leaves = ("events_2025", "events_2026_1", "events_2026_x")
    known = Statistics(
        source="the test", relations=tuple(RelationStatistics(name=one, tuples=1e7, columns=columns) for one in leaves)
    )
    query = "select * from events where sensor = 7"
    with production_twin(PARTITIONED, known) as twin:
        whole, part = made(twin, "ON events (sensor)", "ON events_2025 (sensor) INCLUDE (at, note)")
        assert whole.rows == 3 * part.rows == 3e7
        assert whole.pages == 3 * made(twin, "ON events_2025 (sensor)")[0].pages
        plain = twin.explain(query, [])
        shown = twin.explain(query, [whole])
        assert shown.indexes == {whole.name}
        assert str(shown.plan).count(f"{whole.name}_") == 2, "partition pruning leaves two partitions"
        assert twin.explain(query, [whole, part]).indexes == {whole.name, part.name}
        assert twin.explain(query, []) == plain
        twin.drop_indexes([whole])
        assert twin.explain(query, [part]).indexes == {part.name}


def test_odd_names_are_quoted_everywhere() -> None:
    odd = 'Odd "name"'
    known = Statistics(
        source="the test",
        relations=(
            RelationStatistics(
                name=odd, tuples=1e6, columns=(ColumnStatistics(column="Größe", avg_width=9, n_distinct=-1),)
            ),
        ),
    )
    with production_twin(DDL, known) as twin:
        (index,) = made(twin, 'ON "Odd ""name""" ("Größe")')
        assert twin.problems == []
        assert twin.explain('select * from "Odd ""name""" where "Größe" = \'x\'', [index]).rows == 1
        twin.drop_indexes([index])


REFUSED: dict[str, tuple[str, type[DesignError], str]] = {
    "no statement": ("-- nothing\n", InputError, "query: holds 0 statements"),
    "two": ("select 1; select 2", InputError, "query: holds 2 statements"),
    "a quotation without end": ("select 'x", InputError, "Close the quotation or comment"),
    "a command": ("vacuum orders", InputError, "query: vacuum is not planned. Give a SELECT"),
    "an explanation that executes": ("explain analyze select 1", InputError, "query: explain is not planned"),
    "a definition": ("create table x (a int)", InputError, "query: create is not planned"),
    "code": ("do $$ begin end $$", InputError, "query: do is not planned"),
    "a file": ("copy orders to '/tmp/x'", InputError, "query: copy is not planned"),
    "psql's commands": ("select 1 \\g /tmp/x", InputError, "query: holds a command of psql. Leave it out"),
    "bad syntax": ("select from where", SqlError, "syntax error at or near"),
    "an unknown table": ("select * from missing", SqlError, 'relation "missing" does not exist'),
    "an unknown column": ("delete from orders where missing = 1", SqlError, 'column "missing" does not exist'),
    "a program": ("select pg_read_file('/etc/passwd') from orders", SqlError, "permission denied for function pg_read_file"),
    "another's catalog": ("delete from pg_catalog.pg_class", SqlError, "permission denied for table pg_class"),
    "an error while planning": ("select * from orders where id = 1 / 0", SqlError, "division by zero"),
}  # fmt: skip


@pytest.mark.parametrize(("query", "error", "said"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_plannable_statement_is_refused_with_its_reason(
    lasting: Twin, query: str, error: type[DesignError], said: str
) -> None:
    with pytest.raises(error) as caught:
        lasting.explain(query)
    assert said in str(caught.value)
    assert lasting.explain(ONE).rows == 1


@pytest.mark.parametrize(
    ("query", "values", "said"),
    [
        (RECENT.replace("7", "$1"), [], "wrong number of parameters"),
        (RECENT.replace("7", "$1"), ["7", "8"], "wrong number of parameters"),
        (RECENT.replace("7", "$1"), ["seven"], 'invalid input syntax for type bigint: "seven"'),
    ],
)
def test_values_that_do_not_fit_a_query_are_refused(
    lasting: Twin, query: str, values: list[str | None], said: str
) -> None:
    with pytest.raises(SqlError, match=said):
        lasting.explain_with(query, values)
    assert lasting.explain_with(query, ["7"]).rows == 400
    assert lasting.explain_with(query, [None]).rows in {0, 1}


@pytest.mark.parametrize(
    ("settings", "error", "said"),
    [
        ({"wrk_mem": "1MB"}, UnknownNameError, "Did you mean work_mem?"),
        ({"session_authorization": "postgres"}, UnknownNameError, "session_authorization"),
        ({"work_mem": "lots"}, InputError, "setting work_mem"),
    ],
)
def test_only_planner_settings_with_valid_values_are_taken(
    lasting: Twin, settings: dict[str, str], error: type[DesignError], said: str
) -> None:
    with pytest.raises(error) as caught:
        lasting.use(settings)
    assert said in str(caught.value)


RISE = "execute 'alter role ' || quote_ident(current_user) || ' superuser'"

CALLED = {
    "a function folded by the planner": (
        f"create function f(int) returns int immutable language plpgsql as $$ begin {RISE}; return 1; end $$;",
        "select * from orders where id = f(1)",
    ),
    "a function of the owner's rights": (
        f"create function f(int) returns int immutable security definer language plpgsql as $$ begin {RISE}; return 1; end $$;",
        "select * from orders where id = f(1)",
    ),
    "a function that hides what stands in the catalogs": (
        "create function public.unnest(bigint[]) returns setof bigint language plpgsql as $$ begin {RISE}; end $$;"
        "create operator public.= (leftarg = name, rightarg = text, function = pg_catalog.nameeqtext);".replace("{RISE}", RISE),
        None,
    ),
    "a domain whose check is called when its values are read": (
        (f"create function f(text) returns boolean language plpgsql as $$ begin {RISE}; return true; end $$;"
        "create domain risky as text check (f(value)); alter table orders alter column status type risky;"),
        None,
    ),
    "an expression of an index": (
        (f"create function f(text) returns text immutable language plpgsql as $$ begin {RISE}; return $1; end $$;"
        "create index risen on orders (f(status)) where f(status) = 'x';"),
        "select * from orders where f(status) = 'x'",
    ),
    "a rule and a trigger": (
        (f"create function f() returns trigger language plpgsql as $$ begin {RISE}; return new; end $$;"
        "create trigger t before insert on orders for each row execute function f();"
        "create rule r as on delete to orders do also select f();"),
        "insert into orders select 1, 2, 'x', 3",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("script", "query"), CALLED.values(), ids=CALLED)
def test_nothing_that_a_user_wrote_runs_with_more_than_the_users_rights(script: str, query: str | None) -> None:
    with production_twin(DDL + script, statistics()) as twin:
        me = twin.database.user.execute("select current_user, current_setting('is_superuser')").fetchone()
        assert me == (twin.database.user_role, "off")
        if query:
            with contextlib.suppress(SqlError):
                twin.explain(query)
        made(twin, "ON orders (total)")
        twin.refill(statistics(1e6))
        server = twin.database.server
        risen = server.control("select rolname::text from pg_roles where rolsuper or rolcreaterole or rolreplication")
        assert risen == [(server.superuser,)]


def test_the_user_may_hide_and_show_indexes_of_its_own_and_none_of_the_catalogs(lasting: Twin) -> None:
    user, admin = lasting.database.user, lasting.database.admin
    schema = lasting._schema
    system = "select count(*) from pg_index where not indisvalid and indexrelid < 16384"
    user.execute(
        f"select {schema}.show('{{}}', (select array_agg(indexrelid) from pg_index where indexrelid < 16384))".encode()
    )
    assert admin.execute(system.encode()).fetchone() == (0,)
    for statement in (
        f"select {schema}.pg_buffercache_evict_all()",
        f"create function {schema}.show(text) returns void language sql as 'select'",
        f"drop function {schema}.show(oid[], oid[])",
        "update pg_catalog.pg_statistic set stanullfrac = 1",
    ):
        with pytest.raises(Exception, match=r"permission denied|must be owner|must be superuser"):
            user.execute(statement.encode())


def relation_call(name: str, facts: str = "'relpages','1000'::integer,'reltuples','50000'::real") -> str:
    return (
        "SELECT * FROM pg_catalog.pg_restore_relation_stats('version','180004'::integer,'schemaname','public',"
        f"'relname','{name}',{facts},'relallvisible','0'::integer,'relallfrozen','0'::integer);\n"
    )


def column_call(column: str, facts: str, *, table: str = "orders") -> str:
    return (
        "SELECT * FROM pg_catalog.pg_restore_attribute_stats('version','180004'::integer,'schemaname','public',"
        f"'relname','{table}','attname','{column}','inherited','f'::boolean,'null_frac','0'::real,'avg_width','8'::integer,"
        f"'n_distinct','-1'::real{facts});\n"
    )


def extended_call(facts: str) -> str:
    return (
        "SELECT * FROM pg_catalog.pg_restore_extended_stats('version','190000'::integer,'schemaname','public','relname','orders',"
        f"'statistics_schemaname','public','statistics_name','s',{facts});\n"
    )


HOSTILE: dict[str, tuple[str, list[str]]] = {
    "commands of psql": (
        "\\! touch {canary}\n\\o {canary}\n\\copy public.orders from program 'touch {canary}'\n\\connect postgres\n",
        ["commands of psql are not executed: line 6 \\!, line 7 \\o, line 8 \\copy and 1 more"],
    ),
    "programs and files": (
        "COPY public.orders FROM PROGRAM 'touch {canary}';\nCOPY public.orders TO '{canary}';\n",
        ["permission denied to COPY to or from an external program", "permission denied to COPY to a file"],
    ),
    "rows": (
        "COPY public.orders (id, customer_id) FROM stdin;\n1\t2\n3\t4\n\\.\n",
        ["2 rows of COPY are left out, since the twin holds none"],
    ),
    "rows by hand": ("INSERT INTO public.orders SELECT g, g FROM generate_series(1, 3000) g;\n", []),
    "an event trigger": (
        ("CREATE FUNCTION public.e() RETURNS event_trigger LANGUAGE plpgsql AS 'begin end';\n"
        "CREATE EVENT TRIGGER x ON ddl_command_end EXECUTE FUNCTION public.e();\n"),
        ['permission denied to create event trigger "x"'],
    ),
    "code": (
        f"DO $$ begin {RISE}; end $$;\nDO $$ begin perform pg_catalog.pg_read_file('/etc/passwd'); end $$;\n",
        ["permission denied to alter role", "permission denied for function pg_read_file"],
    ),
    "another search path": (
        ("CREATE SCHEMA evil;\nCREATE FUNCTION evil.pg_restore_attribute_stats(VARIADIC text[]) RETURNS boolean LANGUAGE plpgsql "
        f"AS $$ begin {RISE}; end $$;\nSELECT pg_catalog.set_config('search_path', 'evil, pg_catalog', false);\n"
        "DO $$ begin execute 'alter database ' || current_database() || ' set search_path = evil'; end $$;\n"),
        [],
    ),
    "settings of later sessions": (
        ("DO $$ begin execute 'alter role ' || current_user || ' set enable_indexscan = off'; end $$;\n"
        "DO $$ begin execute 'alter database ' || current_database() || ' set enable_indexscan = off'; end $$;\n"),
        [],
    ),
    "a schema named as the twin's might be": ("CREATE SCHEMA dbdesign_0123456789abcdef;\n", []),
    "a giant value": (
        column_call("status", ",'histogram_bounds','{a" + "x" * 2_000_000 + ",b}'::text"),
        [],
    ),
    "unknown tables and columns": (
        relation_call("nothing") + column_call("missing", "") + column_call("x", "", table="nowhere"),
        [
            "statistics of nothing: no such relation in the schema",
            "statistics of nowhere: no such relation in the schema",
            'statistics of orders.missing: column "missing" of relation "orders" does not exist',
        ],
    ),
    "a histogram out of order": (
        column_call("customer_id", ",'histogram_bounds','{5,1,3}'::text"),
        ["statistics of orders.customer_id: the histogram is out of order and was left out"],
    ),
    "values of another type": (
        column_call("customer_id", ",'histogram_bounds','{a,b}'::text"),
        ['statistics of orders.customer_id: invalid input syntax for type bigint: "a"'],
    ),
    "more shares than values": (
        column_call("customer_id", ",'most_common_vals','{1}'::text,'most_common_freqs','{0.1,0.1}'::real[]"),
        ["line 6 (orders.customer_id): 1 most_common_vals, but 2 most_common_freqs"],
    ),
    "a share of seven": (
        column_call("customer_id", ",'most_common_vals','{1}'::text,'most_common_freqs','{7}'::real[]"),
        ["line 6 (orders.customer_id): most_common_freqs.0: Input should be less than or equal to 1"],
    ),
    "not a number": (
        column_call("customer_id", ",'correlation','NaN'::real"),
        ["line 6 (orders.customer_id): correlation is 'NaN', which is not a number"],
    ),
    "negative rows": (
        relation_call("orders", "'relpages','1'::integer,'reltuples','-7'::real"),
        ["line 6 (public.orders): reltuples is -7, which no table has"],
    ),
    "more rows than there can be": (
        relation_call("orders", "'relpages','1'::integer,'reltuples','1e30'::real"),
        ["line 6 (public.orders): reltuples is 1e+30, which no table has"],
    ),
    "another version": (
        "-- Dumped from database version 99.1\n" + column_call("customer_id", ",'surprise','{1}'::text"),
        ["line 7: surprise not known, and left out"],
    ),
    "a query in a call": (
        "SELECT * FROM pg_catalog.pg_restore_relation_stats('schemaname','public','relname',(SELECT 'orders'));\n",
        ["line 6: a statistics call cannot be taken apart at \"'relname',(SELECT 'orders')\""],
    ),
    "a call without a relation": (
        "SELECT pg_restore_relation_stats('relpages','1'::integer);\n",
        ["line 6: a statistics call names no relation. Use pg_dump of PostgreSQL 18"],
    ),
    "a number beyond all": (
        "SELECT pg_restore_attribute_stats('schemaname','public','relname','orders','attname','id','avg_width','1e400'::integer);\n",
        ["avg_width is '1e400', which is not a number"],
    ),
    "extended statistics without an object": (
        "SELECT pg_catalog.pg_restore_extended_stats('schemaname','public','relname','orders','statistics_name','s');\n",
        ["line 6: a call names no statistics object"],
    ),
    "extended statistics of no object": (extended_call("'inherited','f'::boolean"), ["extended statistics s: no such object in the schema"]),
    "combinations without frequencies": (
        extended_call("'most_common_vals','{{a,b},{c,d}}'::text[],'most_common_freqs','{0.1}'::double precision[]"),
        ["line 6: extended statistics s cannot be read: 2 most_common_vals, but 1 frequencies and 0 base frequencies"],
    ),
    "expressions that are no list": (extended_call("'exprs','{}'::jsonb"), ["line 6: extended statistics s cannot be read: exprs is not a list of objects"]),
    "expressions nested deeply": (extended_call(f"'exprs','{'[' * 100_000}'::jsonb"), ["line 6: extended statistics s cannot be read"]),
    "an expression that says nonsense": (extended_call("""'exprs','[{"null_frac": "often"}]'::jsonb"""), ["(s.1): null_frac is 'often', which is not a number"]),
}  # fmt: skip


@pytest.fixture
def canary() -> Iterator[Path]:
    path = Path(f"/tmp/dbdesign-twin-canary-{os.getpid()}")
    path.unlink(missing_ok=True)
    yield path
    existed = path.exists()
    path.unlink(missing_ok=True)
    assert not existed


@pytest.mark.parametrize(("text", "said"), HOSTILE.values(), ids=HOSTILE)
def test_what_a_dump_holds_beside_schema_and_statistics_is_refused_or_said_and_the_rest_goes_on(
    canary: Path, text: str, said: list[str]
) -> None:
    good = relation_call("orders_pkey", "'relpages','140'::integer,'reltuples','50000'::real")
    good += column_call("id", ",'histogram_bounds','{1,25000,50000}'::text")
    dump = read_dump(DDL + text.replace("{canary}", str(canary)) + relation_call("orders") + good)
    with production_twin(dump.statements, dump.statistics) as twin:
        heard = [failure.message for failure in twin.failures] + twin.problems
        assert len(heard) == len(said), heard
        for sentence in said:
            assert any(sentence in one for one in heard), heard
        assert twin.explain("select * from public.orders where id < 25000").rows == pytest.approx(25000, rel=0.01)
        assert twin.explain("select * from public.orders where id = 5").indexes == {"orders_pkey"}
        (index,) = made(twin, "ON public.orders (customer_id)")
        assert index.rows == 50000


def test_a_dump_with_a_quotation_that_does_not_end_is_refused_with_its_line() -> None:
    with pytest.raises(SqlError, match="line 3"):
        read_dump("SELECT 1;\nSELECT 2;\nSELECT 'x;\n")


def terminated(twin: Twin) -> None:
    twin.database.server.control("select pg_terminate_backend(%s, 5000)", twin.database.user.pgconn.backend_pid)


def killed(twin: Twin) -> None:
    """The server takes a backend that was killed for a crash: it ends all sessions and replays its log over the files."""
    server, pid = twin.database.server, twin.database.user.pgconn.backend_pid
    os.kill(pid, signal.SIGKILL)
    while server.control("select 1 from pg_stat_activity where pid = %s", pid):
        pass


@pytest.mark.parametrize("end", [terminated, killed])
def test_a_twin_whose_session_was_ended_says_so_and_is_as_it_was_when_asked_again(
    twin_apart: Twin, end: Callable[[Twin], None]
) -> None:
    twin = twin_apart
    (index,) = made(twin, "ON orders (customer_id)")
    before = [twin.explain(ONE, [index]), twin.explain(RECENT)]
    end(twin)
    with pytest.raises(EngineError, match="the server ended the session that asked"):
        twin.explain(ONE)
    assert [twin.explain(ONE, [index]), twin.explain(RECENT)] == before
    made(twin, "ON orders (status)")


@pytest.mark.parametrize(
    ("lost", "act"),
    [
        ("orders", lambda twin: twin.add_indexes(["ON orders (status)"])),
        ("orders", lambda twin: twin.refill(statistics())),
        ("orders", lambda twin: twin.explain(RECENT)),
        ("orders_pkey", lambda twin: twin.refill(statistics())),
        ("orders_pkey", lambda twin: twin.explain(ONE)),
    ],
)
def test_a_file_that_is_gone_is_an_error_that_says_what_to_do(
    twin: Twin, lost: str, act: Callable[[Twin], object]
) -> None:
    relation = twin.relation(lost)
    assert relation
    assert relation.files
    for number in range(200):
        relation.files._segment(number).unlink(missing_ok=True)
    twin._connect_anew()
    with pytest.raises(EngineError, match=r"[Mm]ake the twin again"):
        act(twin)
