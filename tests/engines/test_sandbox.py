"""Other people's SQL cannot leave its database, take more than its share, or make us run anything of theirs as superuser."""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from dbdesign.engines.postgres import EmbeddedPostgres, Limits, dedicated, embedded
from dbdesign.engines.postgres.extensions import HARMLESS
from dbdesign.engines.postgres.sandbox import MEGABYTE, blocks
from dbdesign.engines.postgres.scratch import ScratchDatabase
from dbdesign.engines.postgres.template import ensure_template
from dbdesign.errors import LimitError

RISE = "execute 'alter role ' || quote_ident(current_user) || ' superuser'"
"""What a function of the attacker's does in the hope of being called by somebody with the right to."""

REFUSED = {
    "a program written to": ("copy (select 1) to program 'touch {canary}'", "42501"),
    "a program read from": ("create table t (a text); copy t from program 'touch {canary}; echo 1'", "42501"),
    "a file written": ("copy (select 1) to '{canary}'", "42501"),
    "a file copied in": ("create table t (a text); copy t from '/etc/passwd'", "42501"),
    "a file read": ("select pg_read_file('/etc/passwd')", "42501"),
    "a file read in binary": ("select pg_read_binary_file('PG_VERSION')", "42501"),
    "a folder listed": ("select pg_ls_dir('.')", "42501"),
    "the log folder listed": ("select pg_ls_waldir()", "42501"),
    "a large object from a file": ("select lo_import('/etc/passwd')", "42501"),
    "a large object to a file": ("select lo_export(lo_creat(-1), '{canary}')", "42501"),
    "dblink": ("create extension dblink", "42501"),
    "postgres_fdw": ("create extension postgres_fdw", "42501"),
    "file_fdw": ("create extension file_fdw", "42501"),
    "pageinspect": ("create extension pageinspect", "42501"),
    "pg_surgery": ("create extension pg_surgery", "42501"),
    "plpython": ("create extension plpython3u", "0A000"),
    "do in plpython": ("do language plpython3u 'import os'", "42704"),
    "a function in C": (
        "create function f() returns int language c as '/lib/x86_64-linux-gnu/libc.so.6', 'getpid'",
        "42501",
    ),
    "an internal function": ("create function f(text) returns text language internal as 'pg_read_file_all'", "42501"),
    "a language": ("create language evil handler plpgsql_call_handler", "42501"),
    "a library": ("load '/tmp/evil.so'", "42501"),
    "alter system": ("alter system set archive_command = 'touch {canary}'", "0A000"),
    "set role": ("set role {superuser}", "42501"),
    "set session authorization": ("set session authorization {superuser}", "42501"),
    "set session authorization from code": (
        "do $$ begin execute 'set session authorization {superuser}'; end $$",
        "42501",
    ),
    "a superuser made": ("do $$ begin execute 'create role evil superuser login'; end $$", "42501"),
    "superuser taken": ("do $$ begin execute 'alter role {me} superuser'; end $$", "42501"),
    "limits lifted": ("set temp_file_limit = -1", "42501"),
    "limits lifted for good": ("do $$ begin execute 'alter role {me} set temp_file_limit = -1'; end $$", "42501"),
    "connections lifted": ("do $$ begin execute 'alter role {me} connection limit 100'; end $$", "42501"),
    "membership of the superuser": ("grant {superuser} to {me}", "42501"),
    "rights over files": ("grant pg_read_server_files to {me}", "42501"),
    "rights over programs": ("grant pg_execute_server_program to {me}", "42501"),
    "a function given to the superuser": (
        "create function f() returns void language plpgsql security definer as $$ begin {rise}; end $$; alter function f() owner to {superuser}",
        "42501",
    ),
    "an event trigger": (
        "create function f() returns event_trigger language plpgsql as 'begin end'; create event trigger e on ddl_command_end execute function f()",
        "42501",
    ),
    "a subscription": (
        "create subscription s connection 'host=127.0.0.1' publication p with (connect = false)",
        "42501",
    ),
    "a foreign-data wrapper": ("create foreign data wrapper w", "42501"),
    "a cast of the system's": ("create cast (text as int) with inout", "42501"),
    "a base type": ("create type evil; create function i(cstring) returns evil language internal as 'int4in'", "42501"),
    "the catalogs written": ("update pg_catalog.pg_authid set rolsuper = true", "42501"),
    "a catalog's functions replaced": (
        "create function pg_catalog.evil() returns int language sql as 'select 1'",
        "42501",
    ),
    "the passwords read": ("select rolpassword from pg_catalog.pg_authid", "42501"),
    "a catalog locked": ("do $$ begin lock table pg_catalog.pg_class in access exclusive mode; end $$", "42501"),
    "the triggers switched off": ("set session_replication_role = replica", "42501"),
    "a library preloaded": ("set session_preload_libraries = 'evil'", "42501"),
    "other sessions ended": (
        "select pg_terminate_backend(pid) from pg_stat_activity where usename = '{superuser}'",
        "42501",
    ),
    "the server's settings read again": ("select pg_reload_conf()", "42501"),
    "a tablespace": ("do $$ begin execute 'create tablespace x location ''/tmp'''; end $$", "25001"),
    "a database": ("do $$ begin execute 'create database evil'; end $$", "25001"),
    "the database renamed": ("do $$ begin execute 'alter database {name} rename to postgres2'; end $$", "42501"),
    "prepared transactions": ("begin; prepare transaction 'x'", "55000"),
    "a replication slot": ("select pg_create_physical_replication_slot('x')", "42501"),
    "data in the script's own stream": (
        "/* */ do $$ begin execute 'copy pg_catalog.pg_class from stdin'; end $$",
        "0A000",
    ),
}


@pytest.fixture
def canary() -> Iterator[Path]:
    path = Path(f"/tmp/dbdesign-canary-{os.getpid()}")
    path.unlink(missing_ok=True)
    yield path
    existed = path.exists()
    path.unlink(missing_ok=True)
    assert not existed


def is_sound(db: ScratchDatabase) -> bool:
    """Whether nobody has risen, and the server answers and makes databases."""
    server = db.server
    supers = server.control(
        "select array_agg(rolname::text) from pg_roles where rolsuper or rolcreaterole or rolcreatedb or rolreplication"
    )
    with server.scratch() as fresh:
        works = fresh.run_script("create table t (id int)").executed == 1
    return works and supers == [([server.superuser],)]


@pytest.mark.parametrize(("sql", "sqlstate"), REFUSED.values(), ids=REFUSED)
def test_an_attack_is_refused_and_nothing_has_happened(
    db: ScratchDatabase, canary: Path, sql: str, sqlstate: str
) -> None:
    values = {"canary": canary, "superuser": db.server.superuser, "me": db.user_role, "name": db.name, "rise": RISE}
    for name, value in values.items():
        sql = sql.replace("{" + name + "}", str(value))
    outcome = db.run_script(sql)
    assert sqlstate in [failure.sqlstate for failure in outcome.failures], outcome
    assert is_sound(db)


STOPPED = {
    "a loop that lifts its timeout": (
        "set statement_timeout = 0; do $$ begin loop end loop; end $$",
        Limits(seconds=0.3),
    ),
    "a loop that catches its cancellation": (
        "do $$ begin loop begin perform pg_sleep(60); exception when query_canceled then null; end; end loop; end $$",
        Limits(seconds=0.3),
    ),
    "a query that never ends": ("select count(*) from generate_series(1, 1e12)", Limits(seconds=0.3)),
    "results that never end": ("select g, repeat('x', 1000) from generate_series(1, 1e12) g", Limits(seconds=0.5)),
    "statements that never end": ("select pg_sleep(0.02);" * 500, Limits(seconds=0.3)),
    "a table that fills the disk": (
        "create table t as select repeat('x', 2000) from generate_series(1, 1e12)",
        Limits(disk=20 * MEGABYTE),
    ),
    "large objects that fill the disk": (
        "select lo_from_bytea(0, repeat('x', 1000000)::bytea) from generate_series(1, 1e12)",
        Limits(disk=20 * MEGABYTE),
    ),
}


@pytest.mark.parametrize(("sql", "limits"), STOPPED.values(), ids=STOPPED)
def test_what_does_not_stop_is_stopped_and_its_disk_is_free_again(sql: str, limits: Limits) -> None:
    server = embedded()
    server.control("checkpoint")
    before = blocks(server.data_folder)
    with server.scratch() as db:
        with pytest.raises(LimitError):
            db.run_script(sql, limits=limits)
        assert db.run_script("select 1").executed == 1
        assert is_sound(db)
    server.control("checkpoint")
    assert blocks(server.data_folder) - before < 80 * MEGABYTE  # the log keeps up to max_wal_size


BOMBS = {
    "locks": ("select pg_advisory_lock(g) from generate_series(1, 10000000) g", "53200"),
    "recursion": ("create function f() returns int language plpgsql as 'begin return f(); end'; select f()", "54001"),
    "nesting": ("select " + "(" * 20000 + "1" + ")" * 20000, "42601"),
    "nested expressions": ("select 1" + "+1" * 20000, "54001"),
}


@pytest.mark.parametrize(("sql", "sqlstate"), BOMBS.values(), ids=BOMBS)
def test_what_takes_too_much_gets_an_error(db: ScratchDatabase, sql: str, sqlstate: str) -> None:
    outcome = db.run_script(sql)
    assert [failure.sqlstate for failure in outcome.failures] == [sqlstate]
    assert is_sound(db)


def test_memory_is_limited() -> None:
    shared = embedded()
    server = EmbeddedPostgres(shared.installation, ensure_template(shared.installation), memory=400 * MEGABYTE)
    try:
        with server.scratch() as db:
            outcome = db.run_script("select repeat(repeat('x', 1000000), 500); create table t (id int)")
            assert [failure.sqlstate for failure in outcome.failures] == ["53200"]
            assert is_sound(db)
    finally:
        server.stop()


def test_temporary_files_are_limited() -> None:
    with embedded().scratch(limits=Limits(temporary=MEGABYTE)) as db:
        outcome = db.run_script(
            "set work_mem = '64kB'; select repeat('x', 100) || g from generate_series(1, 100000) g order by 1 desc"
        )
        assert [failure.sqlstate for failure in outcome.failures] == ["53400"]


def test_connections_are_limited(db: ScratchDatabase) -> None:
    taken = [psycopg.connect(db.user_uri) for _ in range(db.limits.connections)]
    with pytest.raises(psycopg.OperationalError, match="too many connections"):
        psycopg.connect(db.user_uri)
    for connection in taken:
        connection.close()


def test_results_and_messages_do_not_fill_our_memory(db: ScratchDatabase) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    outcome = db.run_script(
        "select repeat(repeat('x', 1000000), 100) from generate_series(1, 3);"
        "do $$ begin for i in 1..5000 loop raise warning '%', repeat('x', 100); end loop; end $$;"
        "do $$ begin raise exception '%', repeat(repeat('x', 1000000), 20); end $$"
    )
    assert len(outcome.failures[0].message) < 100_000
    assert len(outcome.notices) == 1000
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 60 * 1024  # kB; what was sent is 0.3 GB


TRAPS = f"""
create function public.rise() returns text language plpgsql as $$ begin {RISE}; return 'x'; exception when others then return 'x'; end $$;
create function public.format_type(oid, int) returns text language sql as 'select public.rise()';
create function public.pg_get_expr(pg_node_tree, oid) returns text language sql as 'select public.rise()';
create function public.lower(name) returns text language sql as 'select public.rise()';
create function public.array_agg(name) returns text language sql as 'select public.rise()';
create function public.equal(name, name) returns boolean language sql as 'select public.rise() is not null';
create operator public.= (leftarg = name, rightarg = name, function = public.equal);
create operator public.~~~ (leftarg = name, rightarg = name, function = public.equal);
create function public.silent(int) returns int language plpgsql immutable as $$ begin perform public.rise(); return 1; end $$;
create table public.t (id int primary key, name text default public.rise(), g int generated always as (public.silent(id)) stored,
  check (public.silent(id) > 0));
insert into public.t values (1);
create index on public.t (public.silent(id));
create statistics public.s on public.silent(id), name from public.t;
create view public.v as select public.rise() from public.t;
create materialized view public.m as select public.silent(id) from public.t;
create policy p on public.t using (public.silent(id) > 0);
create function public.fire() returns trigger language plpgsql as $$ begin perform public.rise(); return new; end $$;
create trigger r before insert on public.t for each row execute function public.fire();
create domain public.d as int check (public.silent(value) > 0);
create table public.u (d public.d default 1, v name);
create function public.at() returns trigger language plpgsql security definer as $$ begin perform public.rise(); return null; end $$;
do $$ begin
  execute format('alter database %I set search_path = public, pg_catalog', current_database());
  execute format('alter database %I set default_transaction_read_only = on', current_database());
  execute format('alter database %I set local_preload_libraries = ''evil''', current_database());
  execute format('alter role %I password ''guessed''', current_user);
end $$;
"""


def test_traps_in_a_schema_do_not_catch_the_superuser(db: ScratchDatabase) -> None:
    assert db.run_script(TRAPS).failures == ()
    db.admin.close()
    rows = db.admin.execute(
        "select lower(relname), format_type(atttypid, atttypmod), pg_get_expr(adbin, adrelid), array_agg(relname) from pg_class"
        " join pg_attribute on attrelid = pg_class.oid left join pg_attrdef on adrelid = attrelid and adnum = attnum"
        " where relname = 't'::name and attnum > 0 group by 1, 2, 3 order by 2"
    ).fetchall()
    assert [row[:2] for row in rows] == [("t", "integer"), ("t", "integer"), ("t", "text")]
    assert "CREATE VIEW public.v" in db.dump()
    assert db.user.execute("select current_setting('search_path')").fetchall() == [('"$user", public',)]
    assert is_sound(db)


def test_traps_in_a_schema_do_not_catch_the_installation_of_extensions(db: ScratchDatabase) -> None:
    outcome = db.run_script(TRAPS + "".join(f"create extension {name} cascade;" for name in HARMLESS))
    assert outcome.failures == ()
    assert is_sound(db)


def test_the_superuser_does_not_open_a_users_view(db: ScratchDatabase) -> None:
    db.run_script("create view public.v as select 1")
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="restricted"):
        db.admin.execute("select * from public.v")


def test_names_that_belong_to_the_server_are_not_adopted(db: ScratchDatabase) -> None:
    with embedded().scratch() as other:
        names = [db.server.superuser, other.user_role, db.user_role, "pg_read_server_files", "public", ""]
        assert db.ensure_roles([*names, "mine", "mine", "x" * 100]) == ["mine", "x" * 63]


def test_one_database_cannot_enter_another(db: ScratchDatabase) -> None:
    with embedded().scratch() as other:
        for name in (other.name, "postgres", "template1"):
            with pytest.raises(psycopg.OperationalError, match="permission denied"):
                psycopg.connect(db.user_uri.replace(db.name, name))


def test_nobody_connects_without_the_secret(db: ScratchDatabase) -> None:
    for role in (db.server.superuser, db.user_role):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(host=str(db.server.socket_folder), user=role, dbname=db.name)


@pytest.fixture
def db_apart() -> Iterator[ScratchDatabase]:
    """On a server of its own, which may be crashed: sessions of other tests live on the usual one."""
    with dedicated({}) as server, server.scratch() as database:
        yield database


def test_a_backend_that_crashes_fails_its_statement_alone(db_apart: ScratchDatabase) -> None:
    db = db_apart
    done = threading.Event()
    sleeping = "select pid from pg_stat_activity where usename = %s and query like '%%sleep%%'"

    def crash() -> None:
        while not done.wait(0.01):
            for (pid,) in db.server.control(sleeping, db.user_role):
                with contextlib.suppress(
                    ProcessLookupError
                ):  # killed already: it is listed until the server hears of it
                    os.kill(pid, signal.SIGKILL)

    killer = threading.Thread(target=crash)
    killer.start()
    try:
        outcome = db.run_script(
            "create schema s; set search_path = s;create table a (id int);\nselect pg_sleep(20);\ncreate table b (id int);"
        )
    finally:
        done.set()
        killer.join()
    assert [(one.line, one.sqlstate) for one in outcome.failures] == [(2, "57P02")]
    assert outcome.executed == 4
    assert db.admin.execute("select count(*) from pg_class where relnamespace = 's'::regnamespace").fetchall() == [(2,)]
    assert is_sound(db)


def _crash_unnoticed(server: EmbeddedPostgres, backend: int) -> None:
    """Kill a backend of a server that hears of it only some time later, as on a machine with other work."""
    postmaster = int((server.data_folder / "postmaster.pid").read_text().split()[0])
    os.kill(postmaster, signal.SIGSTOP)
    os.kill(backend, signal.SIGKILL)
    threading.Timer(0.3, os.kill, (postmaster, signal.SIGCONT)).start()


def test_a_crash_is_over_only_when_the_server_has_ended_every_session(db_apart: ScratchDatabase) -> None:
    db = db_apart
    lost = db.connect_user()
    backend, other = lost.info.backend_pid, db.user
    _crash_unnoticed(db.server, backend)
    db.server.await_end_of([backend])
    with pytest.raises(psycopg.OperationalError):
        other.execute("select 1")


def test_a_statement_that_another_session_took_down_runs_again(db_apart: ScratchDatabase) -> None:
    db = db_apart
    victim = db.connect_user()  # kept, for one that nobody holds is closed
    done = threading.Event()
    sleeping = "select 1 from pg_stat_activity where usename = %s and query like '%%pg_sleep%%'"

    def crash() -> None:
        while not done.is_set() and not db.server.control(sleeping, db.user_role):
            pass
        os.kill(victim.info.backend_pid, signal.SIGKILL)

    killer = threading.Thread(target=crash)
    killer.start()
    outcome = db.run_script("select pg_sleep(0.5)")
    done.set()
    killer.join()
    with pytest.raises(psycopg.OperationalError):
        victim.execute("select 1")
    assert (outcome.executed, outcome.failures) == (1, ())


def test_a_crash_in_one_database_does_not_fail_a_script_in_another(db_apart: ScratchDatabase) -> None:
    db = db_apart
    with db.server.scratch() as other:
        other.run_script("select 1")

        def crash() -> None:
            while not db.server.control(
                "select 1 from pg_stat_activity where usename = %s and query like '%%sleep%%'", db.user_role
            ):
                pass
            other.run_script([(1, "select 1")])
            assert other._channel
            os.kill(other._channel.backend, signal.SIGKILL)

        killer = threading.Thread(target=crash)
        killer.start()
        outcome = db.run_script("create table a (id int); select pg_sleep(0.5); create table b (id int)")
        killer.join()
    assert (outcome.executed, outcome.failures) == (3, ())
