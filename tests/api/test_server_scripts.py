"""What each kind of server is told, whole: golden files, reviewed against the vendors' documentation."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from dbdesign.api.call import Call
from dbdesign.api.design_translation import as_postgresql, own_queries
from dbdesign.api.server_scripts import script_of
from dbdesign.api.source import Loaded, load
from dbdesign.benchmark.servers.base import Pair, Script, Server, Source, Target
from dbdesign.benchmark.servers.catalogue import SERVERS
from dbdesign.engines.server_session import Identity
from dbdesign.errors import InputError
from dbdesign.model.schema import Engine

GOLDEN = Path(__file__).parent / "golden" / "servers"
UPDATE = os.environ.get("UPDATE_GOLDEN") == "1"
DESIGN = """\
engine: postgresql 18
schema: |
  create type mood as enum ('glad', 'sad');
  create table plans (code char(4) primary key, name text not null);
  create table tenants (id bigint generated always as identity primary key, plan char(4) not null references plans, name varchar(80) not null);
  create table users (id bigint generated always as identity primary key, tenant_id bigint not null references tenants, email text not null, mood mood, unique (tenant_id, email));
  create table orders (
    id bigint generated always as identity primary key,
    tenant_id bigint not null references tenants,
    user_id bigint not null references users,
    replaces bigint references orders,
    placed_at timestamptz not null,
    tags text[] not null default '{}',
    total numeric(10, 2) not null check (total >= 0),
    state text not null check (state in ('new', 'paid'))
  );
  create index orders_placed on orders (placed_at);
  create table lines (order_id bigint not null references orders, number integer not null, sku uuid not null, primary key (order_id, number));
  create table log (at timestamptz not null, said text);
workload:
  - {name: of a tenant, sql: "select * from orders where tenant_id = $1 order by placed_at desc limit 20", rate: 300/s}
  - {name: lines, sql: "select * from lines where order_id = $1", rate: 30/s}
volumes:
  plans: 5
  tenants: 20k
  users: {rows: 40M}
  orders: {rows: 500M}
  lines: {rows: 2e9}
  log: {rows: 1e9}
"""
INDEXES = (
    "CREATE INDEX CONCURRENTLY ON orders (tenant_id, placed_at DESC) INCLUDE (total) WHERE total > 0",
    "create index on users using gin (to_tsvector('simple', email))",
    "create index said_at on log (at, said)",
    "create index on orders (state, total)",
    "drop index orders_placed",
)
ANSWERS = {
    "mysql": Identity("MySQL 8.4.3", "mysql", (8, 4, 3)),
    "mariadb": Identity("MariaDB 10.6.2", "mariadb", (10, 6, 2)),
    "tidb": Identity("TiDB 8.5.0", "tidb", (8, 5, 0)),
    "cockroachdb": Identity("CockroachDB 25.4.0", "cockroachdb", (25, 4, 0)),
    "citus": Identity("PostgreSQL 17.2", "postgresql", (17, 2), "13.0.1"),
    "postgresql": Identity("PostgreSQL 18.6", "postgresql", (18, 6)),
}
KINDS = (
    ("bool", "B", {"mysql": "tinyint", "cockroachdb": "boolean"}),
    ("int8", "N", {"mysql": "bigint", "cockroachdb": "bigint"}),
    ("numeric", "N", {"mysql": "decimal", "cockroachdb": "numeric"}),
    ("float8", "N", {"mysql": "double", "cockroachdb": "double precision"}),
    ("money", "N", {"mysql": "decimal", "cockroachdb": "numeric"}),
    ("text", "S", {"mysql": "longtext", "cockroachdb": "text"}),
    ("mood", "E", {"mysql": "enum", "cockroachdb": "mood"}),
    ("uuid", "U", {"mysql": "binary", "cockroachdb": "uuid"}),
    ("bytea", "U", {"mysql": "longblob", "cockroachdb": "bytea"}),
    ("bit", "V", {"mysql": "bit", "cockroachdb": "bit"}),
    ("date", "D", {"mysql": "date", "cockroachdb": "date"}),
    ("time", "D", {"mysql": "time", "cockroachdb": "time without time zone"}),
    ("timestamptz", "D", {"mysql": "datetime", "cockroachdb": "timestamp with time zone"}),
    ("interval", "T", {"mysql": "varchar", "cockroachdb": "interval"}),
    ("_text", "A", {"mysql": "json", "cockroachdb": "array"}),
    ("jsonb", "U", {"mysql": "json", "cockroachdb": "jsonb"}),
    ("inet", "I", {"mysql": "varchar", "cockroachdb": "inet"}),
)


@pytest.fixture(scope="module")
def loaded() -> Loaded:
    return load(DESIGN, Call(), format="design")


@pytest.mark.parametrize("name", list(ANSWERS))
def test_a_server_is_told_what_the_golden_file_says(loaded: Loaded, name: str) -> None:
    server = SERVERS[name]
    script = script_of(loaded, loaded, server, ANSWERS[name], INDEXES)
    text = "\n".join(_written(server, script)) + "\n"
    path = GOLDEN / f"{name}.txt"
    if UPDATE:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    assert text == path.read_text()


def _written(server: Server, script: Script) -> Iterator[str]:
    for title, statements in (
        ("before the rows", script.tables),
        ("after the rows", script.later),
        ("indexes of the second run", script.indexes),
    ):
        yield f"-- {title}"
        yield from (f"{statement};" for statement in statements)
        yield ""
    for (table, column), sql in script.added.items():
        yield f"-- {table}.{column} is filled with {sql}"
    yield from (f"-- note: {note}" for note in script.notes)
    yield "\n-- a query\n" + "\n".join(f"{command} SELECT …;" for command in server.explain)
    yield "\n".join(
        [server.limit.format(ms=30_000, s=30), *([server.reading] if server.reading else []), *server.begins]
    )
    yield server.analyze.format(server.quote("orders"))
    yield f"SELECT {server.hashes[1].format('…')} FROM {server.quote('orders')};"
    if server.name not in {"mariadb", "tidb", "citus"}:
        yield "\n-- how a column is sent and compared"
        for kind, category, targets in KINDS:
            target = targets["mysql"] if server.protocol == "mysql" else targets["cockroachdb"]
            pair = Pair(Source("t.x", kind, category), Target("x", target, 2))
            found = server.canonical(pair)
            yield f"{kind}: {server.literal(pair)}"
            yield f"  {found.how}: {found.source} = {found.target}" if found.source else f"  {found.how}"


COCKROACH = """\
engine: cockroachdb 25.4
schema: |
  CREATE TABLE users (id UUID PRIMARY KEY DEFAULT gen_random_uuid(), email STRING NOT NULL UNIQUE, at TIMESTAMPTZ NOT NULL, INDEX (at) USING HASH);
  CREATE TABLE orders (id INT8 PRIMARY KEY DEFAULT unique_rowid(), user_id UUID NOT NULL REFERENCES users (id), INDEX o (user_id) STORING (id));
workload:
  - {name: of a user, sql: "select * from orders where user_id = $1"}
"""


def test_a_design_of_cockroachdb_keeps_its_own_tables_and_queries_there() -> None:
    design = load(COCKROACH, Call(), format="design")
    ours = as_postgresql(design)
    script = script_of(
        design, ours, SERVERS["cockroachdb"], ANSWERS["cockroachdb"], ("create index on orders (id, user_id)",)
    )
    assert "INDEX users_at_idx (at) USING HASH" in script.tables[0]
    assert "id INT8 NOT NULL DEFAULT unique_rowid()" in script.tables[1]
    assert script.later == ("ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES users (id)",)
    assert script.indexes == ("CREATE INDEX orders_id_user_id_idx ON orders (id, user_id) USING HASH",)
    assert own_queries(design) == {"of a user": "select * from orders where user_id = $1"}
    assert ours.design.schema_.engine is Engine.POSTGRESQL


def test_a_design_without_a_key_for_citus_is_refused() -> None:
    lonely = load(
        "engine: postgresql 18\nschema: |\n  create table log (said text);\nworkload:\n  - {name: all, sql: select count(*) from log}\n"
        "volumes: {log: 1e9}\n",
        Call(),
        format="design",
    )
    with pytest.raises(InputError, match="no column by which Citus could distribute"):
        script_of(lonely, lonely, SERVERS["citus"], ANSWERS["citus"], ())


@pytest.mark.parametrize("name", ["mysql", "cockroachdb"])
def test_a_design_with_schemas_of_its_own_is_refused(name: str) -> None:
    text = (
        "engine: postgresql 18\nschema: |\n  create schema sales;\n  create table sales.orders (id int primary key);\n"
    )
    design = load(text, Call(), format="design")
    with pytest.raises(InputError, match="tables in schemas of their own: sales"):
        script_of(design, design, SERVERS[name], ANSWERS[name], ())


@pytest.mark.parametrize(
    "ddl", ["create index on nowhere (id)", "create index on orders (nothing)", "drop index nothing"]
)
def test_an_index_on_nothing_is_said_and_the_others_are_built(loaded: Loaded, ddl: str) -> None:
    script = script_of(loaded, loaded, SERVERS["mysql"], ANSWERS["mysql"], (ddl, "create index on log (at)"))
    assert script.indexes == ("ALTER TABLE log ADD INDEX log_at_idx (at), ALGORITHM=INPLACE, LOCK=NONE",)
    assert script.notes[-1] == f"not built: {ddl!r} names nothing of the design"
