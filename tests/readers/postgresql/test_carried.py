"""Objects that dbdesign does not look into are carried as statements that make them again.

Some need a superuser; the script is our own, so `admin` may execute it here.
"""

from __future__ import annotations

from dbdesign.engines.postgres import embedded, split_script
from dbdesign.engines.postgres.scratch import ScratchDatabase
from dbdesign.model.schema import Schema
from dbdesign.readers.postgresql.catalog import read_whole_catalog
from dbdesign.writers.base import WriteOptions
from dbdesign.writers.postgresql import write
from postgresql_comparison import differences, normal_dump

SCRIPT = """
create schema app;
create schema extras;
create extension hstore with schema extras;
create table app.t (id int primary key, v text, h extras.hstore);
create table app.u (id int);
create extension postgres_fdw;
create server far type 'pg' version '18' foreign data wrapper postgres_fdw options (host 'far.example', dbname 'x''y');
comment on server far is 'Far away';
create foreign table app.there (id int not null, name text options (column_name 'the name') default 'x') server far options (table_name 't');
create foreign data wrapper nothing options (debug 'true');
create function app.less(text, text) returns boolean language sql immutable return length($1) < length($2);
create function app.less_equal(text, text) returns boolean language sql immutable return length($1) <= length($2);
create function app.same(text, text) returns boolean language sql immutable return length($1) = length($2);
create function app.greater_equal(text, text) returns boolean language sql immutable return length($1) >= length($2);
create function app.greater(text, text) returns boolean language sql immutable return length($1) > length($2);
create function app.compare(text, text) returns integer language sql immutable return length($1) - length($2);
create operator app.<< (function = app.less, leftarg = text, rightarg = text, commutator = operator(app.>>), negator = operator(app.>>=));
create operator app.<<= (function = app.less_equal, leftarg = text, rightarg = text);
create operator app.=== (function = app.same, leftarg = text, rightarg = text, commutator = operator(app.===), hashes, merges);
create operator app.>>= (function = app.greater_equal, leftarg = text, rightarg = text, negator = operator(app.<<));
create operator app.>> (function = app.greater, leftarg = text, rightarg = text, commutator = operator(app.<<));
create operator family app.lengths using btree;
create operator class app.by_length for type text using btree family app.lengths as
    operator 1 app.<< , operator 2 app.<<= , operator 3 app.=== , operator 4 app.>>= , operator 5 app.>> , function 1 app.compare(text, text);
create index lengths on app.t (v app.by_length);
create function app.watch() returns event_trigger language plpgsql as $$ begin end $$;
create event trigger watching on ddl_command_end when tag in ('CREATE TABLE', 'DROP TABLE') execute function app.watch();
alter event trigger watching disable;
comment on event trigger watching is 'Off';
create publication everything for all tables with (publish_via_partition_root = true);
create publication of_schema for tables in schema app with (publish = 'delete');
create publication of_nothing;
create text search dictionary app.words (template = snowball, language = 'english', stopwords = 'english');
create text search configuration app.words (parser = default);
alter text search configuration app.words add mapping for asciiword, word with app.words;
create conversion app.conv for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8;
create cast (app.t as text) with inout as assignment;
create statistics app.both (mcv) on id, v from app.t;
create trusted language nolang handler plpgsql_call_handler inline plpgsql_inline_handler validator plpgsql_validator;
"""


def schema_of(database: ScratchDatabase, script: str) -> Schema:
    """Executes our own script as the superuser and reads the result."""
    for statement in split_script(script).statements:
        database.admin.execute(statement.sql.encode())
    return read_whole_catalog(database.admin, facts=False).schema


def test_what_is_carried_makes_the_same_database_again() -> None:
    with embedded().scratch() as first, embedded().scratch() as second:
        schema = schema_of(first, SCRIPT)
        text = write(schema, WriteOptions(prove=False)).text
        again = schema_of(second, text)
        assert differences(schema, again) == []
        assert normal_dump(first.dump()) == normal_dump(second.dump())


def test_every_kind_of_the_script_is_carried() -> None:
    with embedded().scratch() as database:
        schema = schema_of(database, SCRIPT)
    kinds = {one.kind for one in schema.carried}
    assert kinds >= {
        "server", "foreign table", "foreign data wrapper", "operator", "operator family", "operator class", "event trigger", "publication",
        "text search dictionary", "text search configuration", "text search mapping", "conversion", "cast", "statistics", "language",
    }  # fmt: skip
    assert [one.name for one in schema.extensions] == ["hstore", "postgres_fdw"]


def test_passwords_of_foreign_servers_are_left_out() -> None:
    script = """
        create extension postgres_fdw;
        create server far foreign data wrapper postgres_fdw options (host 'h', dbname 'd');
        create foreign data wrapper other options (password 'secret-1', api_token 'secret-2', colour 'red');
    """
    with embedded().scratch() as database:
        schema = schema_of(database, script)
    text = "\n".join(one.sql for one in schema.carried)
    assert "secret" not in text
    assert "colour 'red'" in text


def test_what_is_not_modelled_is_reported_as_unread() -> None:
    script = """
        set search_path = public;
        create type base;
        create function base_in(cstring) returns base language internal immutable strict as 'textin';
        create function base_out(base) returns cstring language internal immutable strict as 'textout';
        create type base (input = base_in, output = base_out, internallength = variable);
        create server far foreign data wrapper nothing;
        create user mapping for public server far options (password 'hush');
        create operator family families using btree;
        comment on operator family families using btree is 'Said';
    """
    with embedded().scratch() as database:
        database.admin.execute("create foreign data wrapper nothing")
        for statement in split_script(script).statements:
            database.admin.execute(statement.sql.encode())
        unread = read_whole_catalog(database.admin).unread
    assert [one.text for one in unread] == [
        "TYPE base",
        "USER MAPPING FOR public SERVER far",
        "COMMENT ON OPERATOR FAMILY families",
    ]
    assert "hush" not in repr(unread)
