"""What becomes of scripts that cannot simply be executed from top to bottom."""

from __future__ import annotations

import pytest

from dbdesign.engines.postgres import embedded
from dbdesign.errors import InputError, SqlError
from dbdesign.readers.postgresql import READER, read
from dbdesign.readers.postgresql.catalog import read_catalog
from dbdesign.readers.postgresql.positions import positions


def test_statements_in_an_unlucky_order_are_tried_again() -> None:
    script = """
        create view v as select f(id) from t;
        create function f(i int) returns int language sql as 'select count(*)::int from t where id = i';
        alter table t add constraint t_parent foreign key (id) references parent (id);
        create table t (id int primary key);
        create table parent (id int primary key);
    """
    result = read(script)
    assert result.unread == ()
    assert [view.name for view in result.schema_.views] == ["v"]
    assert result.schema_.table_by_label["t"].foreign_keys[0].references == "parent"
    assert any("only after later ones" in note for note in result.notes)


def test_settings_hold_for_statements_that_are_tried_again() -> None:
    script = """
        create schema app;
        set search_path = app;
        create table child (id int references parent (id));
        create table parent (id int primary key);
    """
    assert sorted(read(script).schema_.table_by_label) == ["app.child", "app.parent"]


def test_what_the_server_refuses_is_left_over_with_its_line_and_message() -> None:
    result = read("create table t (id int);\n\ncreate index on t (nothing);\n")
    (unread,) = result.unread
    assert unread.line == 3
    assert unread.text == "create index on t (nothing)"
    assert 'column "nothing" does not exist' in unread.reason


def test_rows_are_counted_and_not_executed() -> None:
    rows = "insert into t values (1);\n" * 3
    copied = "copy t (id) from stdin;\n1\n2\n\\.\n"
    result = read(f"create table t (id int);\n{rows}{copied}select setval('s', 5);\n\\connect other\n")
    kinds = {one.kind: one.count for one in result.skipped}
    assert result.unread == ()
    assert kinds["INSERT"] == 3
    assert kinds["COPY data"] == 1
    assert kinds["SELECT setval"] == 1
    assert kinds["psql \\connect"] == 1


def test_dropping_what_is_not_there_is_no_failure() -> None:
    result = read("drop table old;\nalter table only gone drop constraint x;\ncreate table t (id int);\n")
    assert result.unread == ()
    assert any(one.reason == "there is nothing of that name to drop" for one in result.skipped)


def test_roles_that_a_script_names_need_not_exist() -> None:
    script = """
        create table t (id int);
        alter table t owner to somebody;
        grant select on t to "A Reader";
        create policy p on t to another using (true);
    """
    result = read(script)
    table = result.schema_.table_by_label["t"]
    assert result.unread == ()
    assert table.owner is None
    assert [(grant.grantee, grant.privileges) for grant in table.grants] == [("A Reader", ("SELECT",))]
    assert table.policies[0].roles == ("another",)


def test_an_extension_that_the_server_lacks_is_kept_by_name() -> None:
    result = read("create extension timescaledb with schema public;\ncreate table t (id int);\n")
    assert [one.name for one in result.schema_.extensions] == ["timescaledb"]
    assert [table.name for table in result.schema_.tables] == ["t"]
    assert "timescaledb is not on the embedded server" in result.notes[0]


def test_a_table_that_cannot_be_made_sends_the_script_to_the_grammar() -> None:
    result = read("create extension postgis;\ncreate table t (id int primary key, place geometry(Point, 4326));\n")
    assert [table.name for table in result.schema_.tables] == ["t"]
    assert result.proof.level == "parsed"
    assert result.notes[0].startswith("read by grammar, not executed: 1 CREATE TABLE failed on PostgreSQL")


def test_a_table_that_is_declared_twice_is_read_once() -> None:
    result = read("create table t (id int);\ncreate table t (id int, other int);\n")
    assert result.proof.level == "executed"
    assert [len(table.columns) for table in result.schema_.tables] == [1]
    assert [(one.line, one.reason) for one in result.unread] == [(2, 'relation "t" already exists (42P07)')]
    assert "some are declared more than once" in result.notes[0]


def test_a_foreign_key_to_nothing_is_kept_by_the_grammar() -> None:
    result = read("create table t (id int primary key, up int references nothing (id));")
    assert result.proof.level == "parsed"
    assert result.schema_.tables[0].foreign_keys[0].references == "nothing"


def test_without_execution_the_grammar_reads() -> None:
    result = READER.read("create table t (id int primary key);", execute=False)
    assert result.proof.level == "parsed"
    assert [table.name for table in result.schema_.tables] == ["t"]


def test_temporary_tables_and_dropped_ones_explain_the_difference_in_number() -> None:
    result = read("create table a (id int);\ncreate table b (id int);\ndrop table b;\ncreate temp table c (id int);\n")
    assert result.declared_tables == 2
    assert [table.name for table in result.schema_.tables] == ["a"]
    assert any("b (line 2)" in note for note in result.notes)


@pytest.mark.parametrize("text", ["", "  \n\t "])
def test_an_empty_text_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="empty"):
        read(text)


def test_a_binary_text_is_refused() -> None:
    with pytest.raises(InputError, match="NUL"):
        read("PGDMP\0\1")


def test_a_string_that_does_not_end_is_named_by_its_line() -> None:
    with pytest.raises(SqlError, match="line 2"):
        read("create table t (id int);\ncomment on table t is 'no end;\n")


def test_hostile_functions_and_operators_are_not_run_by_whoever_reads_the_catalogues() -> None:
    script = """
        create table seen (who text);
        create function public.spy(oid, oid) returns boolean language plpgsql as
            $$ begin insert into public.seen values (current_user); return true; end $$;
        create operator public.= (function = public.spy, leftarg = oid, rightarg = oid);
        create function public.spy(name, text) returns boolean language plpgsql as
            $$ begin insert into public.seen values (current_user); return true; end $$;
        create operator public.<> (function = public.spy, leftarg = name, rightarg = text);
        create function public.format_type(oid, integer) returns text language plpgsql as
            $$ begin insert into public.seen values (current_user); return 'x'; end $$;
        create function public.quote_ident(name) returns text language plpgsql as
            $$ begin insert into public.seen values (current_user); return 'x'; end $$;
    """
    with embedded().scratch() as database:
        assert not database.run_script(script).failures
        database.admin.execute("set search_path = public")
        schema = read_catalog(database.admin)
        assert database.admin.execute("select count(*) from public.seen").fetchone() == (0,)
    assert [table.name for table in schema.tables] == ["seen"]


def test_reading_changes_nothing_about_the_connection() -> None:
    with embedded().scratch() as database:
        database.run_script("create table t (id int)")
        database.admin.execute("set search_path = pg_catalog")
        read_catalog(database.admin)
        assert database.admin.execute("show search_path").fetchone() == ("pg_catalog",)
        assert database.admin.info.transaction_status.name == "IDLE"


def test_an_ordinary_role_can_read_a_catalogue() -> None:
    with embedded().scratch() as database:
        database.run_script(
            "create table t (id serial primary key, name text unique); create view v as select * from t"
        )
        schema = read_catalog(database.user)
    assert [table.label for table in schema.tables] == ["t"]
    assert schema.tables[0].owner == database.user_role


LONG = {"table": "t" * 64, "column": "Column " + "c" * 60, "index": "i" * 70, "check": "é" * 32, "view": "v" * 64}


@pytest.mark.parametrize("execute", [True, False])
def test_names_that_postgresql_cuts_are_in_one_note_with_their_lines(execute: bool) -> None:
    script = (
        "set client_min_messages = error;\n"
        f'create table {LONG["table"]} (id int primary key, "{LONG["column"]}" text);\n'
        f"create index {LONG['index']} on {LONG['table']} (id);\n"
        f"comment on table {LONG['table']} is '{'x' * 80}';\n"
        f"create view a as select '{'y' * 80}' as b;\nalter view a rename to {LONG['view']};\n"
        f"alter table {LONG['table']} add constraint {LONG['check']} check (id > 0);\n"
    )
    result = read(script, execute=execute)
    assert result.unread == ()
    (note,) = (one for one in result.notes if "63 bytes" in one)
    assert note == (
        f"5 names are longer than the 63 bytes that PostgreSQL keeps, and cut: {'t' * 63} is what is kept of {'t' * 64} (line 2); "
        f"Column {'c' * 56} is what is kept of Column {'c' * 60} (line 2); {'i' * 63} is what is kept of {'i' * 70} (line 3); and 2 more"
    )


@pytest.mark.parametrize("name", ["t" * 63, "é" * 31, '"' + "t" * 61 + '""' + '"'])
def test_names_that_just_fit_are_not_noted(name: str) -> None:
    assert read(f"create table {name} (id int);").notes == ()


def test_the_names_that_are_noted_are_those_that_the_server_notices() -> None:
    script = "".join(
        f"create table {name} (id int);\n" for name in ("a" * 64, "b" * 63, "ü" * 32, '"' + "c " * 33 + '"')
    )
    with embedded().scratch() as database:
        noticed = [one.line for one in database.run_script(script).notices if one.sqlstate == "42622"]
    assert list(positions(script).long_names.values()) == noticed == [1, 3, 4]


def test_a_failure_beside_a_table_on_one_line_is_not_the_table_s() -> None:
    result = read("SELECT nothing_there(); CREATE TABLE t (a int);")
    assert (result.proof.level, [one.name for one in result.schema_.tables]) == ("executed", ["t"])
    assert [one.text for one in result.unread] == ["SELECT nothing_there()"]
