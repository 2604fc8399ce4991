"""A benchmark in a database of the user's: only where it is allowed, in a new schema alone, and nothing else is touched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dbdesign.api.access import Access
from dbdesign.api.benchmark_database import benchmark_database
from dbdesign.api.benchmark_schema import Request
from dbdesign.api.call import Call
from dbdesign.api.relocation import Relocation
from dbdesign.engines.connections import ConfiguredDatabase
from dbdesign.engines.postgres import Limits, embedded
from dbdesign.engines.postgres.scratch import ScratchDatabase
from dbdesign.errors import AccessError, DesignError, EngineError, InputError, UnknownNameError

THEIRS = """
create table orders (id int primary key, number text);
create table lines (order_id int references orders, note text);
create index theirs on orders (number);
create function stamp() returns trigger language plpgsql as $$ begin new.note = 'stamped'; return new; end $$;
create trigger stamped before insert on lines for each row execute function stamp();
create sequence orders_id_seq;
create rule kept as on delete to lines do instead nothing;
insert into orders select g, g::text from generate_series(1, 50) g;
"""
"""Tables of the same names as the design's, with everything that a load takes off its own."""

DESIGN = """\
engine: postgresql 18
schema: |
  create type mood as enum ('glad', 'sad');
  create table customers (id serial primary key, email text not null unique, feels mood not null);
  create table orders (id bigint generated always as identity primary key, customer_id int not null references customers, number text not null);
  create function stamp() returns trigger language plpgsql as 'begin return new; end';
  create view emails as select email from customers;
workload:
  - {name: by number, sql: "select * from orders where number = $1", rate: 5/s}
  - {name: qualified, sql: select count(*) from public.customers where feels = 'glad', rate: 1/s}
  - {name: new, sql: "insert into orders (customer_id, number) values (:customer, :number)", rate: 1/s}
volumes:
  customers: 200
  orders: 2k
"""


@pytest.fixture(scope="module")
def theirs() -> Iterator[ScratchDatabase]:
    with embedded().scratch(limits=Limits(seconds=60, connections=20)) as database:
        assert database.run_script(THEIRS).failures == ()
        database.user.execute(
            "insert into orders select g, g::text from generate_series(1, 50) g on conflict do nothing"
        )
        yield database


def call_on(database: ScratchDatabase, *, writable: bool = True) -> Call:
    configured = ConfiguredDatabase("trial", database.user_uri, writable=writable)
    return Call(access=Access(databases={"trial": configured}))


def request(design: str = DESIGN, **more: object) -> Request:
    return Request(design, rows=2000, seconds=0.3, connections=2, format="design", **more)  # type: ignore[arg-type]


def schemas(database: ScratchDatabase) -> list[str]:
    rows = database.admin.execute(
        "select nspname::text from pg_namespace where nspname !~ '^pg_' order by 1"
    ).fetchall()
    return [row[0] for row in rows if row[0] != "information_schema"]


def test_it_runs_in_a_schema_of_its_own_and_leaves_the_database_as_it_was(theirs: ScratchDatabase) -> None:
    before = theirs.dump(schema_only=False)
    answer = benchmark_database(request(indexes=("create index on public.orders (number)",)), "trial", call_on(theirs))
    assert theirs.dump(schema_only=False) == before
    assert schemas(theirs) == ["public"]
    assert answer.proof.endswith("in database trial, schema dbdesign_benchmark")
    assert {one.name: one.rows for one in answer.tables}.keys() == {"customers", "orders"}
    assert answer.problems == []
    assert [one.error for one in answer.indexes] == [None]
    assert answer.queries[0].before.access == ["Seq Scan on orders"]
    assert answer.queries[0].after
    assert answer.queries[0].after.access[-1].endswith("orders_number_idx")
    assert [one.before.errors for one in answer.queries] == [0, 0, 0]
    assert all(one.after and one.after.twin and one.after.twin.same_plan for one in answer.queries)
    assert "which was dropped at the end" in answer.notes[0]
    assert "left out: 1 × create function, 1 × view" in answer.notes[1]


def test_a_schema_that_is_kept_stays_and_is_never_taken_again(theirs: ScratchDatabase) -> None:
    call = call_on(theirs)
    benchmark_database(request(), "trial", call, schema="kept_one", keep=True)
    try:
        assert theirs.user.execute("select count(*) > 1000 from kept_one.orders").fetchone() == (True,)
        said = theirs.user.execute("select obj_description('kept_one'::regnamespace)").fetchone()
        assert said == ("Made by dbdesign benchmark; may be dropped",)
        with pytest.raises(InputError, match="schema kept_one exists already in database 'trial'"):
            benchmark_database(request(), "trial", call, schema="kept_one")
        assert "kept_one" in schemas(theirs)
    finally:
        theirs.user.execute("drop schema kept_one cascade")


def test_the_schema_goes_after_an_error_too(theirs: ScratchDatabase) -> None:
    call = call_on(theirs)

    def fail(_done: float, said: str) -> None:
        if said.startswith("building indexes"):
            call.cancelled.set()

    with pytest.raises(DesignError, match="cancelled"):
        benchmark_database(request(), "trial", Call(access=call.access, progress=fail, cancelled=call.cancelled))
    assert schemas(theirs) == ["public"]


@pytest.mark.parametrize(
    ("name", "schema", "writable", "error", "said"),
    [
        (
            "trial",
            "fresh",
            False,
            AccessError,
            r"may only be read\. Its owner writes trial = \{url = …, writable = true\}",
        ),
        ("trail", "fresh", True, UnknownNameError, "Did you mean trial"),
        ("trial", "public", True, InputError, "schema public exists already"),
        ("trial", "pg_mine", True, InputError, "is not a name for the schema"),
        ("trial", "x; drop schema public", True, InputError, "is not a name for the schema"),
    ],
)
def test_a_database_that_may_not_be_written_to_is_refused(
    theirs: ScratchDatabase, name: str, schema: str, writable: bool, error: type[DesignError], said: str
) -> None:
    with pytest.raises(error, match=said):
        benchmark_database(request(), name, call_on(theirs, writable=writable), schema=schema)
    assert schemas(theirs) == ["public"]


@pytest.mark.parametrize(
    ("url", "error", "said"),
    [
        (
            "sqlite:///secret.db",
            InputError,
            "is sqlite; benchmarks are written for postgresql, cockroachdb, mysql, tidb",
        ),
        ("postgresql://root:secretword@127.0.0.1:1/shop", EngineError, "Check the URL"),
    ],
)
def test_another_engine_or_one_that_is_not_there_is_refused_without_a_secret(
    url: str, error: type[DesignError], said: str
) -> None:
    call = Call(access=Access(databases={"trial": ConfiguredDatabase("trial", url, writable=True)}))
    with pytest.raises(error, match=said) as caught:
        benchmark_database(request(), "trial", call)
    assert "secret" not in str(caught.value)


BY_NUMBER = "select * from orders where number = $1"
LEADS_OUT = {
    "select * from sales.orders where number = $1": "query by number: sales.orders is not in the schema",
    "with gone as (delete from other.orders returning 1) select 1": "other.orders is not in the schema",
    "select evil.f() from orders": "evil.f is not in the schema",
    "select setval('sales.s', 1) from orders": "sales.s is not in the schema",
    "select number::sales.mood from orders": "sales.mood is not in the schema",
    "truncate orders": "is not a SELECT, INSERT, UPDATE, DELETE or MERGE",
    "select 1; drop table orders": "holds 2 statements",
}


@pytest.mark.parametrize(("sql", "said"), LEADS_OUT.items())
def test_a_query_that_leads_out_of_the_schema_is_refused_before_anything_is_made(
    theirs: ScratchDatabase, sql: str, said: str
) -> None:
    with pytest.raises(InputError, match=said):
        Relocation().query(sql, "by number")
    with pytest.raises(DesignError):
        benchmark_database(request(DESIGN.replace(BY_NUMBER, sql)), "trial", call_on(theirs))
    assert schemas(theirs) == ["public"]


def test_a_query_that_makes_a_table_is_refused() -> None:
    with pytest.raises(InputError, match="makes a table"):
        Relocation().query("select * into copied from orders", "copying")


def test_a_design_with_schemas_of_its_own_is_refused(theirs: ScratchDatabase) -> None:
    design = DESIGN.replace("create type", "create schema sales; create table sales.other (id int);\n  create type")
    with pytest.raises(InputError, match="tables in schemas of their own: sales"):
        benchmark_database(request(design), "trial", call_on(theirs))


@pytest.mark.parametrize(
    "ddl",
    ["create index on sales.orders (number)", "drop index sales.theirs", "drop table orders", "create index on orders (f.g(number))"],
)  # fmt: skip
def test_an_index_of_another_schema_is_refused(ddl: str) -> None:
    with pytest.raises(InputError, match=r"is not in the schema|does not create or drop an index"):
        Relocation().index(ddl)


MOVED = {
    "select * from orders o": "select * from orders o",
    "select * from public.orders": "SELECT * FROM orders",
    "select pg_catalog.now(), 'public.x'": "select pg_catalog.now(), 'public.x'",
    "insert into public.orders (id) select nextval('public.orders_id_seq') from public.orders": (
        "INSERT INTO orders (id) SELECT nextval('orders_id_seq') FROM orders"
    ),
    "select x::public.mood from customers x": "SELECT x::mood FROM customers x",
}


@pytest.mark.parametrize(("sql", "moved"), MOVED.items())
def test_a_query_keeps_its_text_unless_something_had_to_be_taken_off(sql: str, moved: str) -> None:
    assert " ".join(Relocation().query(sql, "q").split()) == moved


def test_a_read_that_would_write_is_refused_by_the_session(theirs: ScratchDatabase) -> None:
    design = DESIGN.replace(
        "select * from orders where number = $1", "select lo_create(0) from orders where number = $1"
    )
    answer = benchmark_database(request(design), "trial", call_on(theirs))
    assert "read-only transaction" in str(answer.queries[0].before.error)
    assert theirs.admin.execute("select count(*) from pg_largeobject_metadata").fetchone() == (0,)


def test_the_path_of_the_reports_is_refused_before_the_database_is_asked(tmp_path: Path) -> None:
    call = Call(access=Access.beneath(tmp_path))
    with pytest.raises(AccessError, match="no database named 'trial' is configured"):
        benchmark_database(request(write_to="x.md"), "trial", call)
