"""Generated rows satisfy every constraint of real and of nasty schemas, follow the volumes, and are the same for the same seed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dbdesign.engines.postgres import embedded
from dbdesign.model.workload import ColumnVolume, TableVolume, Workload
from dbdesign.readers.base import reader
from filled_databases import catalog, ddl_of, filled, violations
from real_schemas import ROOT, read_real, real_sql

MARKETPLACE = (ROOT / "examples" / "marketplace" / "schema.sql").read_text()
NASTY = (Path(__file__).parent / "nasty.sql").read_text()


def test_every_table_of_the_marketplace_is_filled_and_no_constraint_is_violated() -> None:
    with filled(MARKETPLACE, 5_000) as database:
        assert [table.label for table in database.loaded.tables if not table.rows] == []
        assert len(database.loaded.tables) == 53, "55 tables, of which 2 hold nothing but their partitions"
        assert 4_800 <= database.loaded.rows <= 5_200
        assert database.loaded.problems == ()
        assert database.loaded.foreign_keys == 71
        assert violations(database) == []
        assert "Triggers were off" in database.loaded.notes[0]


def test_every_table_of_a_nasty_schema_is_filled_and_no_constraint_is_violated() -> None:
    with filled(NASTY, 8_000) as database:
        assert [(table.label, table.reason) for table in database.loaded.tables if not table.rows] == []
        assert database.loaded.problems == ()
        assert violations(database) == []
        short = {table.label: table.reason for table in database.loaded.tables if table.rows < 0.9 * table.wanted}
        assert list(short) == ["customer_items"], "few tenants have many customers and items"
        assert "leave room for" in str(short["customer_items"])
        notes = {table.label: table.notes for table in database.loaded.tables if table.notes}
        assert notes == {"oddities": ("document: no value of xml can be made; it is NULL",)}
        assert database.value("SELECT count(*) FROM hr.employees WHERE boss_id IS NOT NULL") > 100
        assert database.value("SELECT count(*) FROM ONLY readings") == 0
        assert database.value("SELECT count(DISTINCT is_paid) FROM invoices") == 2
        assert database.value("SELECT count(*) FROM invoices WHERE gross <> net + tax") == 0


def test_trees_within_tenants_have_no_circles() -> None:
    volumes = {
        "pages": TableVolume(rows=1_000, columns={"site": ColumnVolume(distinct=10)}),
        "tenants": TableVolume(rows=20),
    }
    with filled(NASTY, 8_000, workload=Workload(volumes=volumes)) as database:
        for table, tenant in (("folders", "tenant_id"), ("pages", "site")):
            rows = database.value(f"SELECT count(*) FROM {table}")
            assert database.value(f"SELECT count(parent_id) FROM {table}") > rows / 4
            reached = database.value(
                f"WITH RECURSIVE tree AS (SELECT {tenant}, id FROM {table} WHERE parent_id IS NULL UNION ALL "
                f"SELECT t.{tenant}, t.id FROM {table} t JOIN tree p ON t.{tenant} = p.{tenant} AND t.parent_id = p.id) "
                "SELECT count(*) FROM tree"
            )
            assert reached == rows


@pytest.mark.parametrize("text", [MARKETPLACE, NASTY], ids=["marketplace", "nasty"])
def test_a_filled_database_has_the_constraints_indexes_and_triggers_that_it_had_before(text: str) -> None:
    with embedded().scratch() as untouched:
        untouched.run_script(ddl_of(reader("postgresql").read(text).schema_))
        expected = catalog(untouched)
    with filled(text, 3_000) as database:
        assert catalog(database.session.database) == expected


@pytest.mark.parametrize("entry", real_sql("postgresql"))
def test_every_table_of_a_real_schema_is_filled_and_no_constraint_is_violated(entry: dict[str, Any]) -> None:
    with filled(read_real(entry), 5_000) as database:
        assert [(table.label, table.reason) for table in database.loaded.tables if not table.rows] == []
        assert database.loaded.problems == ()
        assert violations(database) == []


def test_the_same_seed_gives_the_same_rows_and_another_one_others() -> None:
    sums = []
    for seed in (1, 1, 2):
        with filled(NASTY, 3_000, seed=seed) as database:
            sums.append(database.checksums())
    assert sums[0] == sums[1]
    assert sum(sums[0][table] != sums[2][table] for table in sums[0]) > 20


VOLUMES = """
CREATE TABLE kinds (id integer PRIMARY KEY, name text NOT NULL UNIQUE);
CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, joined timestamptz NOT NULL);
CREATE TABLE orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users,
    kind_id integer NOT NULL REFERENCES kinds,
    status text NOT NULL,
    coupon integer,
    placed_at timestamptz NOT NULL,
    score integer NOT NULL,
    body text NOT NULL
);
"""
WORKLOAD = Workload(
    volumes={
        "kinds": TableVolume(rows=40),
        "users": TableVolume(rows=2_000),
        "orders": TableVolume(
            rows=50_000,
            columns={
                "user_id": ColumnVolume(distinct=2_000, skew=1.1),
                "status": ColumnVolume(values={"done": 0.9, "open": 0.07, "lost": 0.03}),
                "coupon": ColumnVolume(nulls=0.8, distinct=500),
                "placed_at": ColumnVolume(correlation=1.0, minimum="2026-01-01", maximum="2026-06-30"),
                "score": ColumnVolume(distinct=1_000, minimum="1", maximum="100000", correlation=0.5),
                "body": ColumnVolume(width=300),
            },
        ),
    }
)


def test_frequencies_follow_the_volumes() -> None:
    with filled(VOLUMES, 52_040, workload=WORKLOAD) as database:
        value = database.value
        counts = {table.label: table.rows for table in database.loaded.tables}
        assert counts == {"kinds": 40, "users": 2_000, "orders": 50_000}
        for status, share in (("done", 0.9), ("open", 0.07), ("lost", 0.03)):
            assert value(f"SELECT count(*) / 50000.0 FROM orders WHERE status = '{status}'") == pytest.approx(
                share, abs=0.001
            )
        assert value("SELECT count(*) / 50000.0 FROM orders WHERE coupon IS NULL") == pytest.approx(0.8, abs=0.01)
        assert value("SELECT count(DISTINCT coupon) FROM orders") == 500
        assert value("SELECT count(DISTINCT score) FROM orders") == 1_000
        assert value("SELECT min(placed_at) >= '2026-01-01' AND max(placed_at) < '2026-07-01' FROM orders")
        assert value("SELECT avg(pg_column_size(body)) FROM orders") == pytest.approx(300, rel=0.1)


def test_zipf_is_exact_for_the_commonest_and_close_for_all() -> None:
    total = sum(rank**-1.1 for rank in range(1, 2_001))
    with filled(VOLUMES, 52_040, workload=WORKLOAD) as database:
        counts = [
            row[0] for row in database.session.rows("SELECT count(*) FROM orders GROUP BY user_id ORDER BY 1 DESC")
        ]
    assert len(counts) == pytest.approx(2_000, rel=0.02)
    for rank in (1, 2, 3, 5, 10, 24, 25, 40, 100, 300, 1_000):
        assert counts[rank - 1] == pytest.approx(50_000 * rank**-1.1 / total, rel=0.02, abs=1.5)


@pytest.mark.parametrize("key", ["bigint GENERATED ALWAYS AS IDENTITY", "uuid", "bigserial"])
def test_the_key_of_a_partitioned_table_tells_rows_apart_and_times_are_spread_over_each_partition(key: str) -> None:
    quarters = "".join(
        f"CREATE TABLE events_{month} PARTITION OF events FOR VALUES FROM ('2025-{month:02}-01') TO ('{to}');"
        for month, to in ((1, "2025-04-01"), (4, "2025-07-01"), (7, "2025-10-01"), (10, "2026-01-01"))
    )
    text = f"CREATE TABLE events (id {key}, at timestamptz NOT NULL, PRIMARY KEY (id, at)) PARTITION BY RANGE (at); {quarters}"
    with filled(text, 10_000) as database:
        months = database.session.rows(
            "SELECT date_trunc('month', at) AS month, count(*) FROM events GROUP BY 1 ORDER BY 1"
        )
        assert len(months) == 12
        assert all(rows == pytest.approx(10_000 / 12, rel=0.2) for _, rows in months)
        assert database.value("SELECT count(DISTINCT id) FROM events") == 10_000


def test_every_page_is_visible_to_all_also_where_rows_refer_to_their_own_table() -> None:
    text = "CREATE TABLE parts (id integer PRIMARY KEY, whole_id integer REFERENCES parts);"
    with filled(text, 3_000) as database:
        assert database.value("SELECT count(whole_id) FROM parts") > 1_000
        assert database.value("SELECT relallvisible = relpages FROM pg_class WHERE relname = 'parts'")


def test_correlation_is_what_analyze_finds() -> None:
    with filled(VOLUMES, 52_040, workload=WORKLOAD) as database:
        found = dict(
            database.session.rows(
                "SELECT attname, correlation FROM pg_stats WHERE tablename = 'orders' AND correlation IS NOT NULL"
            )
        )
    assert found["id"] == pytest.approx(1, abs=0.001)
    assert found["placed_at"] == pytest.approx(1, abs=0.001)
    assert found["score"] == pytest.approx(0.5, abs=0.05)
    assert abs(found["coupon"]) < 0.1


def test_lookup_tables_keep_their_size_when_the_others_shrink() -> None:
    with filled(VOLUMES, 5_000, workload=WORKLOAD) as database:
        counts = {table.label: table.rows for table in database.loaded.tables}
        assert counts["kinds"] == 40
        assert sum(counts.values()) == pytest.approx(5_000, rel=0.02)
        assert database.value("SELECT count(DISTINCT id) = max(id) FROM users"), "identities count without gaps"
        assert database.value("SELECT nextval(pg_get_serial_sequence('orders', 'id'))") == counts["orders"] + 1


def test_a_table_that_cannot_be_filled_is_reported_and_the_rest_is_filled() -> None:
    text = """
    CREATE FUNCTION picky(text) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$ SELECT $1 = reverse($1) || 'x' $$;
    CREATE TABLE impossible (id integer PRIMARY KEY, word text NOT NULL CHECK (picky(word)));
    CREATE TABLE child (id integer PRIMARY KEY, impossible_id integer NOT NULL REFERENCES impossible);
    CREATE TABLE fine (id integer PRIMARY KEY, impossible_id integer REFERENCES impossible);
    """
    with filled(text, 300) as database:
        reasons = {table.label: (table.rows, table.reason) for table in database.loaded.tables}
    assert reasons["impossible"][0] == 0
    assert "no row satisfies impossible_word_check" in str(reasons["impossible"][1])
    assert reasons["child"][0] == 0
    assert "impossible_id is NOT NULL" in str(reasons["child"][1])
    assert reasons["fine"][0] > 50


def test_parents_that_the_volumes_name_are_there_and_have_their_shares() -> None:
    text = """
    CREATE TABLE countries (code char(2) PRIMARY KEY, name text NOT NULL UNIQUE);
    CREATE TABLE shops (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
    CREATE TABLE visits (id bigint PRIMARY KEY, country char(2) REFERENCES countries, shop_id bigint NOT NULL REFERENCES shops);
    """
    columns = {
        "country": ColumnVolume(nulls=0.1, values={"DE": 0.5, "FR": 0.2}),
        "shop_id": ColumnVolume(values={"7": 0.4}),
    }
    volumes = {
        "countries": TableVolume(rows=50),
        "shops": TableVolume(rows=100),
        "visits": TableVolume(rows=10_000, columns=columns),
    }
    with filled(text, 10_150, workload=Workload(volumes=volumes)) as database:
        share = "SELECT count(*) / 10000.0 FROM visits WHERE "
        assert database.value("SELECT count(*) FROM countries") == 50
        assert database.value(f"{share} country = 'DE'") == pytest.approx(0.5, abs=0.01)
        assert database.value(f"{share} country = 'FR'") == pytest.approx(0.2, abs=0.01)
        assert database.value(f"{share} country IS NULL") == pytest.approx(0.1, abs=0.01)
        assert database.value(f"{share} shop_id = 7") == pytest.approx(0.4, abs=0.01)
        assert violations(database) == []


GUARDED = """
create table tenants (id bigint generated always as identity primary key, name text not null);
create table orders (id bigint generated always as identity primary key, tenant_id bigint not null references tenants);
create table events (id bigint not null, tenant_id bigint not null) partition by hash (id);
create table events_0 partition of events for values with (modulus 1, remainder 0);
alter table tenants enable row level security, force row level security;
alter table orders enable row level security, force row level security;
alter table events enable row level security, force row level security;
create policy own on orders using (tenant_id = current_setting('app.tenant')::bigint);
create policy own on events using (tenant_id = current_setting('app.tenant')::bigint);
"""


def test_tables_whose_row_security_is_forced_are_filled_and_it_is_forced_again() -> None:
    with filled(GUARDED, 3_000) as database:
        assert database.loaded.problems == ()
        assert [(table.label, table.reason) for table in database.loaded.tables if not table.rows] == []
        assert database.loaded.notes == (
            "Row security was not forced on the owner while tables were filled: events, orders, tenants.",
        )
        forced = database.session.rows(
            "SELECT relname FROM pg_class WHERE relrowsecurity AND relforcerowsecurity ORDER BY 1"
        )
        assert forced == [("events",), ("orders",), ("tenants",)]
        database.session.execute("RESET row_security")
        assert database.value("SELECT count(*) FROM tenants") == 0, "no policy lets the owner see one"
        database.session.execute("SET app.tenant = '1'")
        assert database.value("SELECT count(DISTINCT tenant_id) FROM orders") == 1
