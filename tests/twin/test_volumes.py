"""Statistics made of a profile: the server takes every one of them without a warning and shows them."""

from __future__ import annotations

from typing import Any, LiteralString, cast

import pytest
from hypothesis import HealthCheck, given, settings
from inline_snapshot import snapshot

from dbdesign.engines.postgres import embedded
from dbdesign.engines.postgres.scratch import ScratchDatabase
from dbdesign.model.design import Design
from dbdesign.model.schema import Schema
from dbdesign.model.statistics import Statistics
from dbdesign.model.workload import TableVolume, Workload
from dbdesign.twin.profiles import resolve
from dbdesign.twin.volumes import as_statistics
from dbdesign.writers.postgresql import write
from profile_designs import MARKETPLACE, TODAY, design, marketplace, restore
from strategies import schemas


def made(ddl: str, volumes: str = "{}") -> Statistics:
    one = design(ddl, volumes)
    return as_statistics(resolve(one, today=TODAY), one.schema)


def query(db: ScratchDatabase, sql: str) -> list[tuple[Any, ...]]:
    return db.user.execute(cast(LiteralString, sql)).fetchall()


EVERY_TYPE = """
CREATE EXTENSION citext;
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TYPE point3 AS (x integer, y integer, z integer);
CREATE DOMAIN code AS character(6) NOT NULL;
CREATE DOMAIN feeling AS mood;
CREATE TABLE t (
    a bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, b smallint, c integer, d numeric, e numeric(6, 3), f real, g double precision, h money,
    i text, j character varying(3), k character(8), l citext, m bytea, n bit(12), o bit varying, p date, q time, r timetz, s timestamp(0),
    t timestamptz, u interval, v uuid, w inet, x cidr, y macaddr, z boolean, aa mood, ab code, ac feeling, ad json, ae jsonb, af xml,
    ag integer[], ah text[], ai uuid[], aj mood[], ak tsvector, al tsquery, am int4range, an numrange, ao daterange, ap tsrange, aq tstzrange,
    ar int8range, at int4multirange, au point, av point3, aw macaddr8, ax "char", ay name, az oid, ba numeric(4, -2), bb pg_lsn,
    bc integer GENERATED ALWAYS AS (c + 1) STORED, bd integer GENERATED ALWAYS AS (c + 2) VIRTUAL, be numeric(3, 3), bf character varying(1)
);
"""
WITHOUT_VALUES = {"ad", "ae", "af", "al", "at", "au", "av", "az", "bb", "aj"}


def test_every_type_has_statistics_that_the_server_takes(db: ScratchDatabase) -> None:
    assert not db.run_script(EVERY_TYPE).failures
    [relation] = made(EVERY_TYPE, "{t: 1M}").relations
    restore(db.user, relation, pages=1000)
    shown = query(
        db,
        "select attname, null_frac, most_common_vals is not null or histogram_bounds is not null or most_common_elems is not null"
        " or range_bounds_histogram is not null from pg_stats where tablename = 't'",
    )
    names = {
        row[0] for row in query(db, "select attname from pg_attribute where attrelid = 't'::regclass and attnum > 0")
    }
    assert {name for name, _, _ in shown} == names - {"bd"}
    assert {name for name, _, valued in shown if not valued} == WITHOUT_VALUES
    assert query(db, "select relpages, reltuples from pg_class where relname = 't'") == [(1000, 1e6)]


def test_every_column_of_a_whole_design_has_statistics_that_the_server_takes(db: ScratchDatabase) -> None:
    assert not db.run_script((MARKETPLACE / "schema.sql").read_text()).failures
    one = marketplace()
    for months in (0, 24):
        statistics = as_statistics(resolve(one, months=months, today=TODAY), one.schema)
        for relation in statistics.relations:
            restore(db.user, relation)
    columns = query(
        db,
        "select count(*) from pg_stats s join pg_namespace n on n.nspname = s.schemaname where n.nspowner = current_user::regrole"
        " or n.nspname = 'public'",
    )
    assert columns == [(sum(len(relation.columns) for relation in statistics.relations),)]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(schema=schemas())
def test_any_schema_has_statistics_that_the_server_takes(schema: Schema) -> None:
    volumes = {
        table.label: TableVolume(rows=10.0 ** (3 * number))
        for number, table in enumerate(schema.tables[:4])
        if not table.partition_of
    }
    statistics = as_statistics(
        resolve(Design(schema=schema, workload=Workload(volumes=volumes)), months=12, today=TODAY), schema
    )
    with embedded().scratch() as db:
        assert not db.run_script(write(schema).text).failures
        for relation in statistics.relations:
            restore(db.user, relation)


def test_small_lists_are_all_common_and_large_uniform_columns_have_a_histogram_alone() -> None:
    ddl = (
        "CREATE TABLE t (id bigint PRIMARY KEY, status text NOT NULL CHECK (status IN ('a', 'b')), n integer NOT NULL)"
    )
    [relation] = made(
        ddl, "{t: {rows: 1M, columns: {status: {values: {b: 0.9}}, n: {min: 1, max: 5, distinct: 5}}}}"
    ).relations
    by_name = {one.column: one for one in relation.columns}
    assert by_name["status"].model_dump(exclude_defaults=True) == snapshot(
        {
            "column": "status",
            "avg_width": 2,
            "n_distinct": 2.0,
            "most_common_vals": '{"b","a"}',
            "most_common_freqs": (0.9, 0.1),
            "correlation": 0.82,
        }
    )
    assert by_name["n"].most_common_freqs == (0.2,) * 5
    assert by_name["n"].histogram_bounds is None
    key = by_name["id"]
    assert (key.n_distinct, key.most_common_vals, key.correlation) == (-1, None, 1)
    assert key.histogram_bounds is not None
    assert key.histogram_bounds.startswith('{"1","10000","20000"')


@pytest.mark.parametrize("rows", [0, 1, 2, 3, 50])
def test_tables_of_few_rows_have_statistics_too(rows: int, db: ScratchDatabase) -> None:
    ddl = (
        "CREATE TABLE t (id bigint PRIMARY KEY, name text, at timestamptz, tags text[], during tstzrange, flag boolean)"
    )
    assert not db.run_script(ddl).failures
    for relation in made(ddl, f"{{t: {rows}}}").relations:
        restore(db.user, relation)


HEIRS = """
CREATE TABLE plain (id bigint PRIMARY KEY, at timestamptz NOT NULL);
CREATE TABLE heir (more text) INHERITS (plain);
CREATE TABLE split (id bigint, at timestamptz NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE split_1 PARTITION OF split FOR VALUES FROM ('2026-01-01') TO ('2026-02-01');
"""


def test_partitioned_tables_count_their_partitions_in(db: ScratchDatabase) -> None:
    assert not db.run_script(HEIRS).failures
    for relation in made(HEIRS).relations:
        restore(db.user, relation)
    shown = query(
        db,
        "select tablename, inherited, count(*) from pg_stats where schemaname = 'public' group by 1, 2 order by 1, 2",
    )
    assert shown == [
        ("heir", False, 3),
        ("plain", False, 2),
        ("plain", True, 2),
        ("split", True, 2),
        ("split_1", False, 2),
    ]


EXPRESSIONS = """
CREATE TABLE people (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL, city varchar(30) NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(), seen_at timestamp NOT NULL, data jsonb NOT NULL);
CREATE UNIQUE INDEX by_email ON people (lower(email));
CREATE INDEX by_city ON people (upper(city), id);
CREATE INDEX by_day ON people (date_trunc('day', created_at, 'UTC'));
CREATE INDEX by_month ON people (id, date_trunc('month', seen_at));
CREATE INDEX by_date ON people (((created_at AT TIME ZONE 'UTC')::date));
CREATE INDEX by_name ON people ((data ->> 'name'));
"""


def test_expressions_of_indexes_have_the_statistics_that_analyze_finds(db: ScratchDatabase) -> None:
    assert not db.run_script(EXPRESSIONS).failures
    one = design(
        EXPRESSIONS,
        "{people: {rows: 50000, columns: {city: {distinct: 400, skew: zipf 1}, seen_at: {correlation: 0}}}}",
    )
    profile = resolve(one, today=TODAY)
    statistics = as_statistics(profile, one.schema)
    indexes = {relation.name: relation for relation in statistics.relations if relation.kind == "index"}
    assert {name: [column.position for column in relation.columns] for name, relation in indexes.items()} == {
        "by_email": [1],
        "by_city": [1],
        "by_day": [1],
        "by_month": [2],
        "by_date": [1],
    }
    columns = profile.tables["people"].columns
    query_text = f"""insert into people (email, city, created_at, seen_at, data)
        select 'user' || lpad(i::text, 5, '0') || '@example.com', 'city ' || (mod(i * 7919, 400) * random())::integer,
        timestamptz '{columns["created_at"].low}' + i * (timestamptz '{columns["created_at"].high}' - timestamptz '{columns["created_at"].low}') / 50000,
        timestamp '{columns["seen_at"].low}' + random() * (timestamp '{columns["seen_at"].high}' - timestamp '{columns["seen_at"].low}'),
        '{{}}' from generate_series(0, 49999) i"""
    db.user.execute("set timezone = 'UTC'")
    db.user.execute(cast(LiteralString, query_text))
    db.user.execute("analyze people")
    shown = "select tablename, case when n_distinct < 0 then -50000 * n_distinct else n_distinct end, correlation from pg_stats where tablename like 'by\\_%'"
    truth = {name: (distinct, correlation) for name, distinct, correlation in query(db, shown)}
    for relation in indexes.values():
        restore(db.user, relation)
    ours = {name: (distinct, correlation) for name, distinct, correlation in query(db, shown)}
    for name in ("by_email", "by_day", "by_month", "by_date"):
        assert ours[name][0] == pytest.approx(truth[name][0], rel=0.2), name
    for name in ("by_day", "by_date", "by_month"):
        assert ours[name][1] == pytest.approx(truth[name][1], abs=0.06), name


CONTAINERS = "CREATE TABLE t (id bigint PRIMARY KEY, tags integer[] NOT NULL, words tsvector NOT NULL, during tstzrange NOT NULL)"


def test_the_planner_uses_what_is_known_of_arrays_vectors_and_ranges(db: ScratchDatabase) -> None:
    assert not db.run_script(CONTAINERS).failures
    db.user.execute("insert into t select i, '{1}', 'a', '[2026-01-01,2026-01-02)' from generate_series(1, 100000) i")
    [relation] = made(CONTAINERS, "{t: 100000}").relations
    pages = query(db, "select pg_relation_size('t') / 8192")[0][0]
    restore(db.user, relation, pages=pages)

    def estimate(predicate: str) -> float:
        return float(
            query(db, f"explain (format json) select * from t where {predicate}")[0][0][0]["Plan"]["Plan Rows"]
        )

    assert [round(estimate(one)) for one in (
        "tags @> '{1}'", "tags && '{1,11}'", "tags @> '{5}'", "words @@ 'word00000'", "words @@ 'other'",
        "during @> timestamptz '2025-06-01'", "during && '[2024-01-01, 2025-01-01)'",
    )] == snapshot([34962, 35646, 200, 72563, 500, 2815, 37158])  # fmt: skip
