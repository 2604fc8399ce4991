"""Scripts run completely: what fails is reported, the rest is executed, roles exist, nothing is executed thrice."""

from __future__ import annotations

import pytest

from dbdesign.engines.postgres import Limits, Statement, embedded
from dbdesign.engines.postgres.scratch import ScratchDatabase
from dbdesign.errors import LimitError
from real_schemas import read_real, real_sql


def tables(db: ScratchDatabase) -> dict[str, str]:
    """Tables outside of the catalogs, with their owners."""
    found = db.admin.execute(
        "select relname, pg_get_userbyid(relowner) from pg_class where relkind in ('r', 'p') and relnamespace >= 16384"
        " or relkind in ('r', 'p') and relnamespace = 'public'::regnamespace order by 1"
    ).fetchall()
    return {name: "me" if owner == db.user_role else owner for name, owner in found}


def test_failures_carry_their_lines_and_the_rest_is_executed(db: ScratchDatabase) -> None:
    outcome = db.run_script(
        "create table a (id int primary key);\n"
        "create tabel b (id int);\n"
        "create table c (\n  a_id int references a,\n  z_id int references z\n);\n"
        "create table d (a_id int references a);\n"
        "create table a (id int);\n"
        "select '100%s %';"
    )
    assert [(one.line, one.at_line, one.sqlstate, one.message) for one in outcome.failures] == [
        (2, 2, "42601", 'syntax error at or near "tabel"'),
        (3, None, "42P01", 'relation "z" does not exist'),
        (8, None, "42P07", 'relation "a" already exists'),
    ]
    assert outcome.executed == 3
    assert tables(db) == {"a": "me", "d": "me"}


def test_many_failures_cost_no_more_than_twice_the_work(db: ScratchDatabase) -> None:
    script = "create sequence counter;" + "".join(f"select nextval('counter'); select {n}/0;\n" for n in range(300))
    outcome = db.run_script(script)
    assert (outcome.executed, len(outcome.failures)) == (301, 300)
    assert db.admin.execute("select last_value from public.counter").fetchall()[0][0] <= 600


def test_statements_may_be_given_with_their_lines(db: ScratchDatabase) -> None:
    outcome = db.run_script([(10, "create table a (id int)"), Statement(20, "creat"), (30, "-- only a remark")])
    assert (outcome.executed, [one.line for one in outcome.failures]) == (1, [20])


def test_each_script_has_a_fresh_session(db: ScratchDatabase) -> None:
    db.run_script("select pg_catalog.set_config('search_path', '', false); create temp table t (id int)")
    outcome = db.run_script("create table here (id int); select * from t")
    assert [one.sqlstate for one in outcome.failures] == ["42P01"]
    assert tables(db) == {"here": "me"}


ALONE = {
    "an index made concurrently": "create table a (id int); create index concurrently i on a (id); drop index concurrently i",
    "a value added to an enum and used": "create type e as enum ('a'); alter type e add value 'b'; create table a (e e default 'b')",
    "the same with other words between": "create type e as enum ('a');ALTER TYPE e\nADD VALUE 'b'; select 'b'::e; create table a (e e)",
    "vacuum": "create table a (id int); vacuum a; vacuum",
    "explicit transactions": "begin; create table a (id int); commit; begin; create index on a (id); end;",
    "discard": "create table a (id int); discard all; create index on a (id)",
}


@pytest.mark.parametrize("script", ALONE.values(), ids=ALONE)
def test_what_needs_a_transaction_of_its_own_gets_it(db: ScratchDatabase, script: str) -> None:
    assert db.run_script(script).failures == ()
    assert tables(db) == {"a": "me"}


def test_what_a_script_rolls_back_is_not_there(db: ScratchDatabase) -> None:
    outcome = db.run_script(
        "create table a (id int); begin; create table b (id int); rollback;"
        "begin; create table c (id int); selec; savepoint s; create table d (id int); rollback to s; create table e (id int); commit;"
        "begin; create table f (id int);"
    )
    assert [one.statement for one in outcome.failures] == ["selec"]
    assert tables(db) == {"a": "me", "c": "me", "e": "me", "f": "me"}


def test_roles_that_a_dump_names_exist_for_it(db: ScratchDatabase) -> None:
    outcome = db.run_script(
        'create schema s; alter schema s owner to postgres; create table s.a (id int); alter table s.a owner to "Shop Owner";'
        'create table b (id int); alter table b owner to postgres; grant select on b to reader, "Writer";'
        "create policy p on b for select to auditor using (true); create role app login password 'x'; alter role app superuser;"
        "alter default privileges for role postgres in schema s grant select on tables to reader; grant reader to auditor;"
        "create table c (id int); do $$ begin execute 'grant select on c to dynamic'; end $$;"
        "create schema authorization billing; set session authorization 'postgres'; create table s.d (id int); reset session authorization;"
    )
    assert outcome.failures == ()
    assert sorted(outcome.roles) == [
        "Shop Owner",
        "Writer",
        "app",
        "auditor",
        "billing",
        "dynamic",
        "postgres",
        "reader",
    ]
    assert [item.text[:15] for item in outcome.skipped] == ["create role app", "alter role app "]
    assert tables(db) == {"a": "Shop Owner", "b": "postgres", "c": "me", "d": "postgres"}
    harmless = db.admin.execute(
        "select bool_or(rolsuper or rolcanlogin or rolcreaterole or rolcreatedb or rolbypassrls) from pg_roles where rolname = any(%s)",
        (list(outcome.roles),),
    ).fetchall()
    assert harmless == [(False,)]


def test_what_was_lent_for_a_change_of_owner_leaves_no_trace(db: ScratchDatabase) -> None:
    with embedded().scratch() as plain:
        plain.run_script("create schema s; create table s.a (id int)")
        db.run_script("create schema s; create table s.a (id int); alter table s.a owner to somebody")
        assert db.dump().replace("GRANT USAGE", "") == plain.dump()


def test_a_scripts_own_grants_on_a_schema_outlive_what_was_lent(db: ScratchDatabase) -> None:
    script = "create schema s; create table s.a (id int); {} grant all on schema s to somebody"
    with embedded().scratch() as plain:
        plain.run_script(script.format(""))
        db.run_script(script.format("alter table s.a owner to somebody;"))
        assert "GRANT ALL ON SCHEMA s TO somebody" in db.dump()
        assert db.dump() == plain.dump()


def test_two_databases_may_name_the_same_role(db: ScratchDatabase) -> None:
    script = "create table a (id int); alter table a owner to postgres"
    with embedded().scratch() as other:
        assert (db.run_script(script).failures, other.run_script(script).failures) == ((), ())
    assert (
        db.run_script(
            "alter table a owner to postgres; create table b (id int); alter table b owner to postgres"
        ).failures
        == ()
    )


def test_roles_and_databases_are_gone_afterwards() -> None:
    server = embedded()

    def everything() -> list[object]:
        return [
            server.control("select datname from pg_database order by 1"),
            server.control("select rolname from pg_roles order by 1"),
        ]

    before = everything()
    with server.scratch() as one:
        one.run_script("create table a (id int); alter table a owner to postgres; grant all on a to x, y; grant x to y")
        one.run_script(
            f"grant x to {server.superuser}; grant all on database {one.name} to y; alter default privileges for role x grant select on tables to y"
        )
        one.user.execute("begin")
        one.user.execute("lock table a")
    assert everything() == before


SKIPPED = {
    "set client_encoding = 'LATIN1'": "the text has been decoded already",
    "create database x": "databases belong to the server, not to a schema",
    "comment on database x is 'y'": "databases belong to the server, not to a schema",
    "copy t to stdout": "data is not loaded",
    "create procedural language plpgsql": "PL/pgSQL is there and belongs to the server",
    "alter user somebody with superuser": "roles belong to the server, not to a schema",
}


@pytest.mark.parametrize(("sql", "reason"), SKIPPED.items())
def test_what_is_not_executed_is_listed_with_the_reason(db: ScratchDatabase, sql: str, reason: str) -> None:
    outcome = db.run_script(f"create table t (id int);\n{sql};")
    assert [(item.line, item.text, item.reason) for item in outcome.skipped] == [(2, sql, reason)]
    assert (outcome.executed, outcome.failures) == (1, ())


def test_user_mappings_are_not_taken_for_users(db: ScratchDatabase) -> None:
    outcome = db.run_script("create user mapping for public server nowhere")
    assert [one.sqlstate for one in outcome.failures] == ["42704"]


def test_notices_name_the_line_of_their_statement(db: ScratchDatabase) -> None:
    outcome = db.run_script("create table a (id int);\ncreate table if not exists a (id int);")
    assert [(one.line, one.sqlstate) for one in outcome.notices] == [(2, "42P07")]


def test_a_limit_names_the_statement_that_met_it(db: ScratchDatabase) -> None:
    with pytest.raises(LimitError, match=r"SQL, line 2: .* more than 0.2 seconds"):
        db.run_script("select 1;\nselect pg_sleep(100);", limits=Limits(seconds=0.2))
    assert db.run_script("create table a (id int)").executed == 1


@pytest.mark.parametrize("entry", real_sql("postgresql"))
def test_a_real_schema_loads_and_its_dump_loads_to_the_same_dump(db: ScratchDatabase, entry: dict[str, str]) -> None:
    outcome = db.run_script(read_real(entry))
    assert outcome.failures == ()
    dump = db.dump()
    assert dump.count("\nCREATE TABLE ") == entry["tables"]
    with embedded().scratch() as again:
        assert again.run_script(dump).failures == ()
        assert again.dump() == dump
