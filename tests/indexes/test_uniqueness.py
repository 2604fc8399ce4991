"""Advised indexes that take the place of a unique one: what is advised is executed, and keeps what the key promised."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest

from dbdesign.api.advise_indexes import AdviseIndexesAnswer, advise_indexes
from dbdesign.engines.postgres import embedded
from dbdesign.indexes.candidate import Candidate, KeyPart
from dbdesign.indexes.existing import existing_indexes, surplus
from dbdesign.indexes.uniqueness import replacement
from dbdesign.readers.base import reader

TABLE = "id bigint primary key, number text not null, state text not null, total numeric not null, note text"
READ = "select state from invoice where number = $1"
WRITE = "insert into invoice (id, number, state, total) values ($1, $2, $3, $4)"

KEYS = {
    "a constraint": (f"create table invoice ({TABLE}, constraint one_number unique (number));", "one_number"),
    "an index": (f"create table invoice ({TABLE}); create unique index one_number on invoice (number);", "one_number"),
}


def advise(schema: str, *queries: str) -> AdviseIndexesAnswer:
    asked = "".join(
        f"  - name: no {number}\n    rate: 1000/s\n    sql: {sql}\n" for number, sql in enumerate(queries, 1)
    )
    volumes = "volumes:\n  invoice: {rows: 3e7, columns: {number: {distinct: 3e7}, note: {width: 300}}}\n"
    return advise_indexes(
        f"engine: postgresql\nschema: |\n  {schema}\nworkload:\n{asked}{volumes}", budget="5GB", least_gain=0.001
    )


@pytest.mark.parametrize("kind", KEYS)
def test_a_covering_index_takes_the_place_of_the_key_that_it_begins_with(kind: str) -> None:
    schema, name = KEYS[kind]
    answer = advise(schema, READ, WRITE)
    (index,), (gone,) = answer.indexes, answer.drop
    assert (
        index.ddl == "CREATE UNIQUE INDEX CONCURRENTLY invoice_number_key ON public.invoice (number) INCLUDE (state);"
    )
    assert (gone.index, gone.reason) == (name, "the advised unique index takes its place")
    assert gone.ddl is not None
    with embedded().scratch() as database:
        assert not database.run_script(schema).failures
        user = database.user
        user.execute("insert into invoice select i, 'n' || i, 'open', 1 from generate_series(1, 20000) i")
        for statement in (index.ddl, gone.ddl):
            user.execute(statement.encode())
        user.execute("vacuum analyze invoice")
        with pytest.raises(psycopg.errors.UniqueViolation):
            user.execute("insert into invoice values (0, 'n7', 'open', 1)")
        plan = user.execute("explain (format json) select state from invoice where number = 'n7'").fetchall()[0][0][0][
            "Plan"
        ]
        assert plan["Node Type"] == "Index Only Scan"
        names = [
            row[0]
            for row in user.execute(
                "select indexrelid::regclass::text from pg_index where indrelid = 'invoice'::regclass"
            )
        ]
        assert len(names) == 2


def test_the_plan_with_the_new_key_is_the_one_that_was_foretold() -> None:
    before = advise(KEYS["a constraint"][0], READ)
    after = advise(f"create table invoice ({TABLE}, constraint one_number unique (number) include (state));", READ)
    assert not after.indexes
    assert after.cost_before == pytest.approx(before.cost_after, rel=1e-3)


KEPT = {
    "a key that others refer to": "create table invoice (number text primary key, state text); create table line (of text references invoice);",
    "a deferrable key": "create table invoice (number text, state text, unique (number) deferrable);",
    "NULLs that are the same": "create table invoice (number text, state text, unique nulls not distinct (number));",
    "columns in another order": "create table invoice (number text, state text, unique (state, number));",
    "a part of the rows": "create table invoice (number text, state text); create unique index on invoice (number) where state = 'x';",
    "an expression": "create table invoice (number text, state text); create unique index on invoice (lower(number));",
    "no uniqueness": "create table invoice (number text, state text); create index on invoice (number);",
    "partitions": "create table invoice (number text, state text, primary key (number)) partition by hash (number);",
}


@pytest.mark.parametrize("ddl", KEPT.values(), ids=KEPT)
def test_what_another_index_cannot_stand_for_stays(ddl: str) -> None:
    schema = reader("postgresql").read(ddl).schema_
    advised = Candidate((None, "invoice"), (KeyPart("number"), KeyPart("state")))
    assert replacement(advised, existing_indexes(schema), schema) is None


def test_a_larger_set_than_a_key_is_not_made_unique() -> None:
    schema = reader("postgresql").read("create table invoice (id int primary key, number text, state text);").schema_
    advised = Candidate((None, "invoice"), (KeyPart("state"), KeyPart("id")))
    assert replacement(advised, existing_indexes(schema), schema) is None


def test_of_two_equal_indexes_the_one_that_no_constraint_needs_goes() -> None:
    ddl = "create table t (a int, b int); create index plain on t (a); create unique index key on t (a); create index back on t (b desc);"
    schema = reader("postgresql").read(f"{ddl} create index wide on t (b, a);").schema_
    gone = {one.name: reason for one, reason in surplus(existing_indexes(schema), [], {"plain", "back", "wide"})}
    assert gone == {"plain": "it is the same as key", "back": "wide serves every search that it serves"}


DUMP = """-- Dumped from database version 18.4
CREATE TABLE public.invoice (id bigint NOT NULL, number text NOT NULL, state text NOT NULL, code text NOT NULL);
CREATE UNIQUE INDEX one_code ON public.invoice (code);
SELECT * FROM pg_catalog.pg_restore_relation_stats('version', '180004'::integer, 'schemaname', 'public', 'relname', 'invoice',
  'relpages', '100000'::integer, 'reltuples', '1e+07'::real, 'relallvisible', '0'::integer);
"""
COLUMN = (
    "SELECT * FROM pg_catalog.pg_restore_attribute_stats('version', '180004'::integer, 'schemaname', 'public', 'relname', 'invoice', "
    "'attname', '{}', 'inherited', 'f'::boolean, 'null_frac', '0'::real, 'avg_width', '9'::integer, 'n_distinct', '{}'::real);\n"
)


def test_a_column_that_looks_like_a_key_is_asked_about_and_not_declared(tmp_path: Path) -> None:
    columns = {"number": "-1", "state": "5", "code": "-1"}
    (tmp_path / "dump.sql").write_text(
        DUMP + "".join(COLUMN.format(name, distinct) for name, distinct in columns.items())
    )
    (tmp_path / "queries.sql").write_text("".join(f"select * from invoice where {name} = $1;\n" for name in columns))
    answer = advise_indexes(statistics=str(tmp_path / "dump.sql"), queries=str(tmp_path / "queries.sql"), budget="1GB")
    (question,) = [note for note in answer.notes if "no key says so" in note]
    assert question.startswith("invoice.number is looked up by equality (query 1)")
    assert not [one.ddl for one in answer.indexes if "UNIQUE" in one.ddl]


def test_volumes_of_a_design_raise_no_such_question() -> None:
    answer = advise(f"create table invoice ({TABLE});", READ)
    assert not [note for note in answer.notes if "no key says so" in note]
