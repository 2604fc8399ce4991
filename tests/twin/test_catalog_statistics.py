"""What a planner knows is read live as the catalog has it, and what could not be read is said."""

from __future__ import annotations

from typing import Any

import pytest

from dbdesign.engines.connections import ConfiguredDatabase
from dbdesign.engines.postgres.scratch import ScratchDatabase
from dbdesign.errors import EngineError, InputError
from dbdesign.model.statistics import ColumnStatistics, RelationStatistics, Statistics
from dbdesign.twin.catalog_statistics import read_document, read_statistics
from dbdesign.twin.snapshot import read_snapshot, write_snapshot
from dbdesign.twin.statistics_document import interpret, parse_document

LISTS = ("most_common_vals", "histogram_bounds", "most_common_elems")
NUMBERS = ("null_frac", "avg_width", "n_distinct", "correlation")
ARRAYS = ("most_common_freqs", "most_common_elem_freqs", "elem_count_histogram")
RANGES = ("range_length_histogram", "range_empty_frac", "range_bounds_histogram")
OURS = "('public', 'sales')"


def configured(database: ScratchDatabase, uri: str | None = None) -> ConfiguredDatabase:
    return ConfiguredDatabase("shop", uri or database.user_uri)


def relation(statistics: Statistics, label: str) -> RelationStatistics:
    return next(one for one in statistics.relations if one.label == label)


def column(statistics: Statistics, label: str, name: str | int) -> ColumnStatistics:
    return next(one for one in relation(statistics, label).columns if name in {one.column, one.position})


@pytest.fixture(scope="module")
def statistics(shop: ScratchDatabase) -> Statistics:
    return read_statistics(configured(shop))


def test_every_row_of_pg_stats_is_there_as_the_server_shows_it(shop: ScratchDatabase, statistics: Statistics):
    since_17 = RANGES if shop.server.major >= 17 else ()
    shown = (
        [f"{name}::text" for name in LISTS]
        + [*NUMBERS, *ARRAYS]
        + [name if name == "range_empty_frac" else f"{name}::text" for name in since_17]
    )
    names = (*LISTS, *NUMBERS, *ARRAYS, *since_17)
    with shop.admin.transaction():
        shop.admin.execute("SET LOCAL timezone = 'UTC'")
        rows = shop.admin.execute(
            f"SELECT s.schemaname, s.tablename, s.attname, s.inherited, a.attnum, c.relkind, {', '.join(shown)} FROM pg_stats s"
            " JOIN pg_namespace n ON n.nspname = s.schemaname JOIN pg_class c ON c.relnamespace = n.oid AND c.relname = s.tablename"
            f" JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = s.attname WHERE s.schemaname IN {OURS}"
        ).fetchall()
    expected: dict[tuple[Any, ...], dict[str, Any]] = {}
    for namespace, table, name, inherited, number, kind, *values in rows:
        label = table if namespace == "public" else f"{namespace}.{table}"
        key = (label, number if kind == "i" else name, inherited)
        expected[key] = {
            one: tuple(value or ()) if one in ARRAYS else value for one, value in zip(names, values, strict=True)
        }
    found = {
        (one.label, each.column or each.position, each.inherited): {name: getattr(each, name) for name in names}
        for one in statistics.relations
        for each in one.columns
    }
    assert len(expected) == 43
    assert found == expected


def test_every_relation_is_there_with_its_size(shop: ScratchDatabase, statistics: Statistics):
    rows = shop.admin.execute(
        "SELECT n.nspname, c.relname, c.relkind, pg_relation_size(c.oid) / 8192, c.reltuples, c.relallvisible, t.oid::regclass::text"
        " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_index i ON i.indexrelid = c.oid"
        f" LEFT JOIN pg_class t ON t.oid = i.indrelid WHERE n.nspname IN {OURS} AND c.relkind IN ('r', 'p', 'm', 'i', 'I')"
    ).fetchall()
    kinds = {"i": "index", "I": "index", "m": "materialized view", "r": "table", "p": "table"}
    expected = {
        (
            None if namespace == "public" else namespace,
            name,
            kinds[kind],
            pages or 0,
            None if tuples < 0 else tuples,
            visible,
        )
        for namespace, name, kind, pages, tuples, visible, _ in rows
    }
    found = {
        (one.namespace, one.name, one.kind, one.pages, one.tuples, one.all_visible) for one in statistics.relations
    }
    assert found == expected
    assert {(one.name, one.table) for one in statistics.relations if one.kind == "index" and one.namespace is None} == {
        ("customer_pkey", "customer"),
        ("customer_email", "customer"),
        ("customer_active", "customer"),
    }
    assert relation(statistics, "sales.order_customer").table == "sales.order"


def test_expressions_of_an_index_are_known_by_their_position(statistics: Statistics):
    found = relation(statistics, "customer_email").columns
    assert [(one.column, one.position) for one in found] == [(None, 1), (None, 3)]


def test_a_partitioned_table_has_inherited_statistics(statistics: Statistics):
    assert {one.inherited for one in relation(statistics, "sales.order").columns} == {True}
    assert {one.inherited for one in relation(statistics, "sales.order_2023").columns} == {False}


def test_extended_statistics_are_as_the_server_shows_them(shop: ScratchDatabase, statistics: Statistics):
    row = shop.admin.execute(
        "SELECT n_distinct::text, dependencies::text, most_common_vals, most_common_freqs, most_common_base_freqs FROM pg_stats_ext"
    ).fetchone()
    assert row is not None
    (found,) = statistics.extended
    assert (found.namespace, found.name, found.inherited) == (None, "customer_together", False)
    assert (found.n_distinct, found.dependencies) == row[:2]
    assert found.most_common == tuple(
        (tuple(values), frequency, base) for values, frequency, base in zip(*row[2:], strict=True)
    )


def test_what_was_never_analysed_is_a_problem(statistics: Statistics):
    assert relation(statistics, "untouched").tuples is None
    assert "never analysed, so that the planner guesses: untouched" in statistics.problems


def test_settings_that_are_not_the_defaults_of_18_are_read(db: ScratchDatabase):
    for setting in (
        "work_mem = '7MB'",
        "random_page_cost = 1.1",
        "enable_nestloop = off",
        "log_min_messages = 'panic'",
    ):
        db.server.control(f"ALTER DATABASE {db.name} SET {setting}")
    older = {} if db.server.major >= 18 else {"effective_io_concurrency": "1"}
    assert read_statistics(configured(db)).settings == {
        "work_mem": "7MB",
        "random_page_cost": "1.1",
        "enable_nestloop": "off",
        "jit": "off",
        **older,
    }


def test_rows_are_scaled_to_the_present_size_as_the_planner_does(db: ScratchDatabase):
    db.run_script(
        "CREATE TABLE t (a int); INSERT INTO t SELECT generate_series(1, 10000); ANALYZE t; INSERT INTO t SELECT generate_series(1, 7000);"
    )
    found = read_statistics(configured(db))
    row = db.user.execute("EXPLAIN (FORMAT JSON) SELECT FROM t").fetchone()
    assert row is not None
    assert found.relations[0].tuples == row[0][0]["Plan"]["Plan Rows"] > 16000
    assert found.assumptions == ("rows scaled from the last ANALYZE to the present size, as the planner does it, of t",)


def other_role(database: ScratchDatabase, name: str) -> str:
    database.ensure_roles([name])
    database.server.control(f"ALTER ROLE {name} LOGIN PASSWORD 'known'")
    database.server.control(f"GRANT CONNECT ON DATABASE {database.name} TO {name}")
    return f"postgresql://{name}:known@/{database.name}?host={database.server.socket_folder}"


def test_a_role_without_privileges_gets_sizes_and_problems(db: ScratchDatabase):
    uri = other_role(db, "reader_of_twins")
    db.run_script(
        """CREATE TABLE t (a int, b int, c int); INSERT INTO t SELECT g, g % 5, g FROM generate_series(1, 500) g;
        CREATE INDEX i ON t ((a + b)); CREATE STATISTICS s ON a, b FROM t; ANALYZE t; GRANT SELECT (a) ON t TO reader_of_twins;
        CREATE TABLE r (a int); INSERT INTO r SELECT generate_series(1, 500); ANALYZE r; GRANT SELECT ON r TO reader_of_twins;
        ALTER TABLE r ENABLE ROW LEVEL SECURITY; CREATE SCHEMA inner_rooms; CREATE TABLE inner_rooms.x (a int);"""
    )
    found = read_statistics(configured(db, uri))
    assert [one.column for one in relation(found, "t").columns] == ["a"]
    assert (relation(found, "t").tuples, relation(found, "t").pages) == (500, 3)
    assert found.problems == (
        "never analysed, so that the planner guesses: inner_rooms.x",
        "statistics of its columns not visible, because of row security: r",
        "statistics of columns not visible, because the role may not SELECT them: inner_rooms.x (1), i (1), t (2)",
        "extended statistics not visible, because the role does not own the table, or never collected: s",
    )


def test_what_the_twin_does_not_take_is_a_problem(db: ScratchDatabase):
    db.run_script(
        """CREATE TABLE t (a text, b int); INSERT INTO t SELECT g, g FROM generate_series(1, 500) g;
        CREATE STATISTICS s ON (lower(a)), b FROM t; ANALYZE t; CREATE STATISTICS later ON a, b FROM t;
        CREATE TABLE u (a int); INSERT INTO u VALUES (1); """
    )
    db.user.execute("VACUUM u")
    assert read_statistics(configured(db)).problems == (
        "its rows were counted but its columns never analysed: u",
        "extended statistics never collected: later",
    )


def test_what_a_gin_index_says_of_itself_is_read_where_pageinspect_may_be_used(db: ScratchDatabase):
    db.run_script(
        "CREATE TABLE t (tags int[]); INSERT INTO t SELECT ARRAY[g % 7, g] FROM generate_series(1, 5000) g; "
        "CREATE INDEX g ON t USING gin (tags); VACUUM ANALYZE t; INSERT INTO t VALUES (ARRAY[1, 2])"
    )
    db.admin.execute("CREATE SCHEMA inspection")
    db.admin.execute("CREATE EXTENSION pageinspect SCHEMA inspection")
    with db.server.connect(db.name) as connection:
        connection.autocommit = False
        live = interpret(parse_document(read_document(connection, values=True), where="live"), source="live")
    (gin,) = [one.gin for one in live.relations if one.name == "g"]
    assert gin
    assert (gin.entries, gin.pending_pages) == (5001, 1), "0 to 6 are among the 5,000"
    assert gin.total_pages == 1 + gin.entry_pages + gin.data_pages
    assert {one.gin for one in read_statistics(configured(db)).relations} == {None}
    assert read_snapshot(write_snapshot(live), name="x").relations == live.relations


def test_the_height_of_a_b_tree_is_read_where_pageinspect_may_be_used(db: ScratchDatabase):
    known = db.admin.execute("SELECT FROM pg_available_extensions WHERE name = 'pageinspect'").fetchone()
    if known is None:
        pytest.skip("pageinspect is not installed")
    db.run_script(
        'CREATE TABLE "T x" (a int); INSERT INTO "T x" SELECT generate_series(1, 1000); CREATE INDEX "I x" ON "T x" (a);'
    )
    db.admin.execute("CREATE EXTENSION pageinspect SCHEMA public")
    environment = db.server.password_environment()
    uri = f"postgresql://{environment['PGUSER']}:{environment['PGPASSWORD']}@/{db.name}?host={db.server.socket_folder}"
    assert relation(read_statistics(configured(db, uri)), "I x").height == 1
    assert relation(read_statistics(configured(db)), "I x").height is None


def test_a_locked_table_does_not_hold_the_reading_up(db: ScratchDatabase):
    db.run_script("CREATE TABLE t (a int); INSERT INTO t SELECT generate_series(1, 1000); ANALYZE t;")
    with db.user.transaction():
        db.user.execute("LOCK TABLE t")
        found = read_statistics(configured(db))
    assert found.assumptions == ("pages as of the last ANALYZE, because it was locked: t",)
    assert found.relations[0].pages == 5


def test_a_database_that_is_not_postgresql_is_refused(tmp_path: Any):
    path = tmp_path / "shop.db"
    path.touch()
    with pytest.raises(InputError, match="statistics are read from PostgreSQL 13 or later"):
        read_statistics(ConfiguredDatabase("shop", f"sqlite:///{path}"))


def test_an_unreachable_database_is_an_error_without_its_url():
    with pytest.raises(EngineError) as caught:
        read_statistics(ConfiguredDatabase("shop", "postgresql://adminuser:hunter2secret@127.0.0.1:1/x"))
    assert "hunter2secret" not in str(caught.value)
