"""A benchmark on another server beside the embedded one: equal rows, compared results, indexes by its rules, and nothing else touched."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmark_servers import CITUS_STUB, HERE, call_on, databases, on_mariadb, second_postgresql
from dbdesign.api.access import Access
from dbdesign.api.benchmark_answer import BenchmarkServerAnswer
from dbdesign.api.benchmark_database import benchmark_database
from dbdesign.api.benchmark_schema import Request
from dbdesign.api.call import Call
from dbdesign.engines.connections import ConfiguredDatabase
from dbdesign.errors import AccessError, DesignError, EngineError, InputError
from mariadb_servers import server

DESIGN = (HERE / "server_design.yaml").read_text()
TENANTS = """\
engine: postgresql 18
schema: |
  create table countries (code char(2) primary key, name text not null);
  create table tenants (id bigint primary key, name text not null, country char(2) not null references countries);
  create table orders (id bigint generated always as identity primary key, tenant_id bigint not null references tenants, total numeric(10, 2) not null);
  create table items (order_id bigint not null references orders, number integer not null, price double precision not null, primary key (order_id, number));
workload:
  - {name: of a tenant, sql: "select * from orders where tenant_id = $1 order by id limit 20", rate: 300/s}
  - {name: items, sql: "select * from items where order_id = $1", rate: 10/s}
  - {name: new, sql: "insert into orders (tenant_id, total) values ($1, $2)", rate: 50/s}
volumes:
  countries: 30
  tenants: 20k
  orders: {rows: 500M}
  items: {rows: 2e9}
"""


LARAVEL = """\
engine: mysql 8.4
schema: |
  CREATE DATABASE IF NOT EXISTS bench_of_the_script;
  USE bench_of_the_script;
  CREATE TABLE customers (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, email VARCHAR(120) NOT NULL UNIQUE, kind ENUM('a','b') NOT NULL, roles SET('r','w'),
    uid BINARY(16) NOT NULL, createdAt DATETIME(3) NOT NULL, active TINYINT(1) NOT NULL DEFAULT 1
  ) ENGINE=InnoDB;
  CREATE TABLE `order` (
    id INT NOT NULL AUTO_INCREMENT PRIMARY KEY, customerId BIGINT UNSIGNED NOT NULL, total DECIMAL(10,2) NOT NULL, meta JSON, days TINYINT UNSIGNED,
    placed DATETIME NOT NULL, KEY (placed), CONSTRAINT fk FOREIGN KEY (customerId) REFERENCES customers (id)
  ) ENGINE=InnoDB;
workload:
  - {name: of a customer, sql: "select * from `order` where customerid = ? order by placed desc, id limit 20", rate: 30/s}
  - {name: by email, sql: "select id, kind, ifnull(active, 0) from customers where email = :email and active", rate: 5/s}
  - {name: days, sql: "select date(placed) d, count(*), sum(total) from `order` group by d order by d", rate: 1/s}
  - {name: like, sql: "select count(*) from customers where email like '%1%' and active = true and id < ?", rate: 1/s}
  - {name: roles, sql: "select count(*) from customers where find_in_set('r', roles)", rate: 1/s}
  - {name: new, sql: "insert into `order` (customerId, total, placed) values (?, ?, now())", rate: 3/s}
volumes:
  customers: 300
  order: 2k
"""


def request(design: str = DESIGN, **more: object) -> Request:
    given: dict[str, object] = {"rows": 3000, "seconds": 0.3, "connections": 1, "format": "design"} | more
    return Request(design, **given)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def answer(tmp_path_factory: pytest.TempPathFactory) -> tuple[BenchmarkServerAnswer, Path]:
    folder = tmp_path_factory.mktemp("reports")
    server().run("CREATE DATABASE theirs; CREATE TABLE theirs.orders (id INT); INSERT INTO theirs.orders VALUES (1);")
    indexes = ("create index on orders (number)", "create index on orders (user_id, placed_at desc) include (total)")
    found = benchmark_database(
        request(indexes=indexes, write_to="out/", connections=2),
        "trial",
        call_on(on_mariadb(), folder),
        schema="bench_one",
    )
    assert isinstance(found, BenchmarkServerAnswer)
    return found, folder


def test_mariadb_holds_the_rows_of_the_embedded_server(answer: tuple[BenchmarkServerAnswer, Path]) -> None:
    found, _ = answer
    assert found.server.title.startswith("MariaDB 1")
    assert found.server.rows == found.rows
    assert found.server.rows_per_second > 0
    assert {one.name: (one.same, one.rows) for one in found.server_tables} == {
        one.name: (True, one.rows) for one in found.tables
    }
    assert [one.unlike for one in found.server_tables if one.unlike] == []
    assert found.problems == []


def test_every_query_gives_the_same_rows_there_or_says_why_not(answer: tuple[BenchmarkServerAnswer, Path]) -> None:
    found, _ = answer
    verdicts = {one.name: one.rows_same for one in found.server_queries}
    assert verdicts == {
        "by number": "same",
        "of a user": "same",
        "in a time": "rounded",
        "some": "same",
        "tagged": "same",
        "of a tenant": "same",
        "states": "same",
        "new": "not compared",
        "change": "not compared",
        "recent": "same",
        "search": "error",
        "broken": "error",
    }
    by_name = {one.name: one for one in found.server_queries}
    assert "You have an error in your SQL syntax" in str(by_name["search"].before.error)
    for name in set(verdicts) - {"search", "broken"}:
        for one in (by_name[name].before, by_name[name].after):
            assert one is not None
            assert (one.error, one.errors) == (None, 0), name
            assert one.executions > 0
            assert one.p50_ms is not None
    first, second = by_name["by number"].checksums
    assert first == second
    assert by_name["some"].changes == ["= ANY ($n) became IN, of as many values as the array has"]


def test_indexes_are_built_by_the_servers_rules_and_change_its_plans(
    answer: tuple[BenchmarkServerAnswer, Path],
) -> None:
    found, _ = answer
    assert [(one.ddl, one.error) for one in found.server_indexes] == [
        ("ALTER TABLE orders ADD INDEX orders_number_idx (number(191))", None),
        (
            "ALTER TABLE orders ADD INDEX orders_user_id_placed_at_total_idx (user_id, placed_at DESC, total)",
            None,
        ),
    ]
    by_number = found.server_queries[0]
    assert by_number.after is not None
    assert "table ALL on orders" in by_number.before.access
    assert "table ref using orders_number_idx on orders" in by_number.after.access
    assert '"r_rows"' in str(by_number.plan)


def test_nothing_is_left_there_and_nothing_else_was_touched(answer: tuple[BenchmarkServerAnswer, Path]) -> None:
    found, _ = answer
    assert "bench_one" not in databases()
    assert server().run("SELECT COUNT(*) FROM theirs.orders").split()[1:] == ["1"]
    assert found.proof.endswith("rows in database trial, schema bench_one")
    server().run("DROP DATABASE theirs")


def test_the_reports_put_both_servers_side_by_side(answer: tuple[BenchmarkServerAnswer, Path]) -> None:
    _, folder = answer
    text = next((folder / "out").glob("*.md")).read_text()
    page = next((folder / "out").glob("*.html")).read_text()
    assert "beside the embedded PostgreSQL" in text
    assert "| query | embedded PostgreSQL, before | embedded PostgreSQL, after | MariaDB" in text
    assert page.count("<svg") == 5
    assert "latency of each query on both servers: MariaDB" in page


@pytest.fixture(scope="module")
def accounts() -> Iterator[None]:
    server().run(
        "CREATE USER idle IDENTIFIED BY 'secretword'; CREATE USER maker IDENTIFIED BY 'secretword'; "
        "GRANT CREATE, DROP ON bench_maker.* TO maker; CREATE DATABASE bench_theirs;"
    )
    yield
    server().run("DROP USER idle; DROP USER maker; DROP DATABASE bench_theirs;")


@pytest.mark.parametrize(
    ("user", "schema", "writable", "engine", "error", "said"),
    [
        ("root", "bench_a", False, None, AccessError, "may only be read"),
        ("root", "bench_theirs", True, None, InputError, "database bench_theirs exists already in database 'trial'"),
        ("root", "bench-a; drop", True, None, InputError, "is not a name for the schema"),
        ("idle", "bench_a", True, None, AccessError, r"may not make a database\. GRANT ALL ON `bench_a`\.\* TO it"),
        ("maker", "bench_maker", True, None, AccessError, "may not"),
        ("root", "bench_a", True, "tidb", InputError, "database 'trial' is MariaDB"),
        ("root", "bench_a", True, "citus", InputError, "database 'trial' is MariaDB"),
        ("root", "bench_a", True, "oracle", DesignError, "oracle"),
    ],
)
def test_what_may_not_be_done_there_is_refused(
    accounts: None,
    user: str,
    schema: str,
    writable: bool,
    engine: str | None,
    error: type[DesignError],
    said: str,
) -> None:
    configured = on_mariadb(user, "" if user == "root" else "secretword")
    database = ConfiguredDatabase("trial", configured.url.replace("/mysql?", "/?"), writable=writable)
    before = databases()
    with pytest.raises(error, match=said) as caught:
        benchmark_database(request(), "trial", call_on(database), schema=schema, engine=engine)
    assert "secretword" not in str(caught.value)
    assert databases() == before


@pytest.mark.parametrize(
    ("url", "error", "said"),
    [
        ("tidb://root:secretword@127.0.0.1:1/shop", EngineError, "Check the URL"),
        ("cockroachdb://root:secretword@127.0.0.1:1/shop", EngineError, "Check the URL"),
        (
            "sqlite:///secretword.db",
            InputError,
            "is sqlite; benchmarks are written for postgresql, cockroachdb, mysql, tidb",
        ),
        ("mssql://sa:secretword@localhost/shop", InputError, "is sqlserver; benchmarks are written for"),
    ],
)
def test_a_server_that_is_not_there_is_said_without_a_secret(url: str, error: type[DesignError], said: str) -> None:
    call = Call(access=Access(databases={"trial": ConfiguredDatabase("trial", url, writable=True)}))
    with pytest.raises(error, match=said) as caught:
        benchmark_database(request(), "trial", call)
    assert "secretword" not in str(caught.value)


def test_the_database_goes_after_a_cancellation_while_rows_are_sent() -> None:
    call = call_on(on_mariadb())

    def stop(_done: float, said: str) -> None:
        if said.startswith("sending users"):
            call.cancelled.set()

    watched = Call(access=call.access, progress=stop, cancelled=call.cancelled)
    with pytest.raises(DesignError, match="cancelled"):
        benchmark_database(request(), "trial", watched, schema="bench_stopped")
    assert "bench_stopped" not in databases()


def test_queries_that_lead_out_are_refused_before_anything_is_made() -> None:
    leading = DESIGN.replace(
        '"select id, number, placed_at, total from orders where number = $1"', "select mysql.f(id) from orders"
    )
    with pytest.raises(InputError, match=r"mysql\.f is not in the schema"):
        benchmark_database(request(leading), "trial", call_on(on_mariadb()), schema="bench_out")
    assert "bench_out" not in databases()


def test_a_design_of_mysql_keeps_its_own_tables_and_queries_there() -> None:
    wanted = request(LARAVEL, indexes=('create index on "order" ("customerId", placed)',))
    found = benchmark_database(wanted, "trial", call_on(on_mariadb()), schema="bench_own")
    assert isinstance(found, BenchmarkServerAnswer)
    assert found.problems == []
    assert [(one.same, one.unlike) for one in found.server_tables] == [(True, ["roles: not compared"]), (True, [])]
    assert {one.name: one.rows_same for one in found.server_queries} == {
        "of a customer": "same",
        "by email": "same",
        "days": "same",
        "like": "same",
        "roles": "not compared",
        "new": "not compared",
    }
    assert [one.before.errors for one in found.server_queries] == [0] * 6
    assert str(found.server_queries[4].difference).startswith("the embedded server refuses it")
    assert found.server_queries[4].before.executions > 0, "it is asked where it can be"
    assert not {"bench_own", "bench_of_the_script"} & databases()
    assert (
        found.server_queries[0].sql == "select * from `order` where customerid = %s order by placed desc, id limit 20"
    )
    assert [one.ddl for one in found.server_indexes] == [
        "ALTER TABLE `order` ADD INDEX order_customerId_placed_idx (customerId, placed)"
    ]


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("select * from mysql.user", "mysql.user"),
        ("select 1 into outfile '/tmp/x'", "cannot be parsed|INTO"),
        ("drop table customers", "is not one SELECT"),
        ("select 1; select 2", "is not one SELECT|statement"),
        ("select sys.version_major() from customers", "sys"),
    ],
)
def test_a_query_of_mysql_that_leads_out_is_refused(sql: str, said: str) -> None:
    leading = LARAVEL.replace(
        '"select date(placed) d, count(*), sum(total) from `order` group by d order by d"', f'"{sql}"'
    )
    with pytest.raises(InputError, match=said):
        benchmark_database(request(leading), "trial", call_on(on_mariadb()), schema="bench_out")
    assert "bench_out" not in databases()


def test_postgresql_without_citus_is_refused_with_what_to_do() -> None:
    with second_postgresql() as (_, database):
        with pytest.raises(InputError, match="without the extension citus") as caught:
            benchmark_database(request(TENANTS), "trial", call_on(database), engine="citus")
        assert "shared_preload_libraries = 'citus'" in str(caught.value)


def test_citus_gets_the_distribution_of_the_plan_for_growth() -> None:
    with second_postgresql(CITUS_STUB) as (scratch, database):
        found = benchmark_database(request(TENANTS), "trial", call_on(database), engine="citus", keep=True)
        assert isinstance(found, BenchmarkServerAnswer)
        assert "with Citus 13.0.1" in found.server.title
        assert [one.same for one in found.server_tables] == [True] * 4
        assert {one.name: one.rows_same for one in found.server_queries} == {
            "of a tenant": "same",
            "items": "same",
            "new": "not compared",
        }
        assert [one.before.errors for one in found.server_queries] == [0, 0, 0]
        rows = scratch.admin.execute(
            "SELECT c.relname::text, p.partmethod::text, p.partkey, p.colocated FROM pg_dist_partition p JOIN pg_class c "
            "ON c.oid = p.logicalrelid ORDER BY 1"
        ).fetchall()
        assert rows == [
            ("countries", "n", None, None),
            ("items", "h", "tenant_id", "tenants"),
            ("orders", "h", "tenant_id", "tenants"),
            ("tenants", "h", "id", "default"),
        ]
        wrong = scratch.admin.execute(
            "SELECT count(*) FROM dbdesign_benchmark.items i JOIN dbdesign_benchmark.orders o ON o.id = i.order_id "
            "WHERE o.tenant_id <> i.tenant_id"
        ).fetchone()
        assert wrong == (0,)
        keys = scratch.admin.execute(
            "SELECT count(*) FROM pg_constraint WHERE contype = 'f' AND connamespace = 'dbdesign_benchmark'::regnamespace"
        ).fetchone()
        assert keys == (3,)
