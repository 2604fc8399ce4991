"""The workload runs with real values, rolls writes back, reports errors a query, and meets indexes in its second run."""

from __future__ import annotations

import json

import pytest

from dbdesign.benchmark.benchmark import Outcome, Wanted, benchmark
from dbdesign.benchmark.predictions import rows_of_nodes
from dbdesign.benchmark.queries import make_ready
from dbdesign.benchmark.report import Report, html, markdown
from dbdesign.benchmark.results import factor, latency, percentile
from dbdesign.benchmark.run import Plan
from dbdesign.model.design import Design
from dbdesign.model.workload import ColumnVolume, LatencyTarget, Query, TableVolume, Workload
from dbdesign.readers.base import reader
from dbdesign.twin.profiles import resolve
from filled_databases import TODAY, ddl_of, filled

SCHEMA = """
CREATE TABLE users (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL UNIQUE);
CREATE TABLE orders (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users,
    number text NOT NULL,
    placed_at timestamptz NOT NULL,
    total numeric(10, 2) NOT NULL CHECK (total >= 0),
    tags text[] NOT NULL,
    search tsvector NOT NULL
);
"""
QUERIES = (
    Query(
        name="by number",
        sql="select * from orders where number = :number",
        rate=10,
        target=LatencyTarget(milliseconds=10_000),
    ),
    Query(name="of a user", sql="select * from orders where user_id = $1 order by placed_at desc limit $2", rate=30),
    Query(name="in a time", sql="select count(*) from orders where placed_at between ? and ?", rate=1),
    Query(name="tagged", sql="select id from orders where tags @> $1", rate=1),
    Query(name="search", sql="select id from orders where search @@ plainto_tsquery('simple', $1) limit 5", rate=1),
    Query(
        name="new",
        sql="insert into orders (user_id, number, placed_at, total, tags, search) values ($1, $2, $3, $4, $5, $6)",
        rate=5,
    ),
    Query(name="change", sql="update orders set total = $1 where id = $2", rate=5),
    Query(name="old", sql="select * from orders where placed_at < now() - $1::interval limit 3", rate=1),
    Query(name="seldom", sql="select count(*) from users", rate=0.0001),
    Query(name="broken", sql="select * from orders where nothing = $1"),
    Query(name="failing", sql="select 1 / (id - id) from orders where id = $1", rate=1),
    Query(
        name="impossible",
        sql="update orders set total = -1 where id = $1",
        rate=1,
        target=LatencyTarget(milliseconds=0.0001),
    ),
)
WORKLOAD = Workload(
    queries=QUERIES,
    volumes={
        "users": TableVolume(rows=500),
        "orders": TableVolume(rows=20_000, columns={"user_id": ColumnVolume(distinct=500, skew=1.2)}),
    },
)


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    schema = reader("postgresql").read(SCHEMA).schema_
    design = Design(schema=schema, workload=WORKLOAD)
    indexes = ("CREATE INDEX ON orders (number)", "CREATE INDEX ON nowhere (id)")
    wanted = Wanted(rows=20_500, plan=Plan(seconds=1.5, connections=2), indexes=indexes)
    return benchmark(design, resolve(design, today=TODAY), ddl_of(schema), wanted)


def test_every_query_is_measured_or_says_why_not(outcome: Outcome) -> None:
    before = {one.name: one for one in outcome.runs[0].queries}
    assert list(before) == [one.name for one in QUERIES]
    for name in ("by number", "of a user", "in a time", "tagged", "search", "new", "change", "old", "seldom"):
        one = before[name]
        assert (one.error, one.errors) == (None, 0), name
        assert one.executions > 0
        assert one.latency is not None
        assert 0 < one.latency.p50 <= one.latency.p95 <= one.latency.p99 <= one.latency.maximum
        assert one.plan is not None
        assert one.plan.hit + one.plan.read > 0 or name == "old"
    assert 'column "nothing" does not exist' in str(before["broken"].error)
    assert before["failing"].error == "division by zero"
    assert "violates check constraint" in str(before["impossible"].error)
    assert before["by number"].met is True
    assert before["impossible"].met is None


def test_values_are_those_of_the_rows(outcome: Outcome) -> None:
    rows = {one.name: one.rows for one in outcome.runs[0].queries}
    assert rows["by number"] >= 1
    assert rows["of a user"] > 10, "hot users are asked for as often as they occur"
    assert rows["tagged"] >= 1
    assert rows["search"] > 1
    assert rows["new"] == rows["change"] == 1
    assert outcome.runs[0].queries[0].parameters == ("$1 orders.number (equal)",)


def test_the_mix_follows_the_rates(outcome: Outcome) -> None:
    found = {one.name: one.throughput for one in outcome.runs[0].queries}
    assert found["of a user"] / found["by number"] == pytest.approx(3, rel=0.5)
    assert outcome.runs[0].throughput == pytest.approx(sum(found.values()), rel=0.01)


def test_the_second_run_has_the_indexes_and_a_refused_one_is_reported(outcome: Outcome) -> None:
    good, bad = outcome.indexes
    assert good.error is None
    assert good.bytes > 0
    assert 'relation "nowhere" does not exist' in str(bad.error)
    before, after = (run.queries[0].plan for run in outcome.runs)
    assert before is not None
    assert after is not None
    assert before.nodes == ("Seq Scan on orders",)
    assert "orders_number_idx" in after.nodes[-1]
    assert after.hit + after.read < before.hit + before.read


def test_the_twin_says_of_each_query_what_the_loaded_database_does(outcome: Outcome) -> None:
    assert outcome.unpredicted == ()
    for run in outcome.runs:
        first = run.queries[0]
        assert first.plan
        assert first.prediction
        assert first.prediction.difference is None
        assert factor(first.prediction.cost, first.prediction.loaded_cost) < 2
        assert factor(first.prediction.rows, first.plan.actual) < 2
        assert all(one.prediction for one in run.queries if one.plan)
    same = [one.prediction.difference is None for run in outcome.runs for one in run.queries if one.prediction]
    assert sum(same) >= 0.7 * len(same)


def test_rows_of_nodes_leave_out_what_was_not_run_or_ended_early() -> None:
    scan = {"Node Type": "Seq Scan", "Relation Name": "t", "Plan Rows": 10, "Actual Rows": 40, "Actual Loops": 1}
    idle = scan | {"Actual Loops": 0}
    limit = {"Node Type": "Limit", "Plan Rows": 5, "Actual Rows": 5, "Actual Loops": 1, "Plans": [scan]}
    append = {"Node Type": "Append", "Plan Rows": 3, "Actual Rows": 6, "Actual Loops": 1, "Plans": [scan, idle, limit]}
    assert list(rows_of_nodes(append, append)) == [("Append", 3, 6), ("Seq Scan on t", 10, 40), ("Limit", 5, 5)]


def test_the_same_seed_draws_the_same_values_and_writes_leave_nothing_behind() -> None:
    with filled(SCHEMA, 3_000, workload=WORKLOAD) as database:
        counts = {table.label: table.rows for table in database.loaded.tables}
        before = database.checksums()
        first, second = (make_ready(database.session, database.schema, QUERIES, counts, 1) for _ in range(2))
        assert first == second
        assert first != make_ready(database.session, database.schema, QUERIES, counts, 2)
        assert database.checksums() == before


def test_two_bounds_of_a_column_leave_a_share_of_its_rows_and_inserted_rows_differ() -> None:
    asked = [
        Query(name="time", sql="select count(*) from orders where placed_at >= $1 and placed_at < $2 and total>$3"),
        Query(name="users", sql="insert into users (id,email) values ($1,$2),($3,$4)"),
    ]
    with filled(SCHEMA, 3_000, workload=WORKLOAD) as database:
        counts = {table.label: table.rows for table in database.loaded.tables}
        [time, users] = make_ready(database.session, database.schema, asked, counts, 1)
        shares = [
            database.value(
                f"SELECT count(*) / {counts['orders']}.0 FROM orders WHERE placed_at >= '{values[0]}' AND placed_at < '{values[1]}'"
            )
            for values in time.values[:40]
        ]
    assert all(0.005 < share < 0.3 for share in shares)
    assert min(shares) < 0.03
    assert max(shares) > 0.12
    fresh = [text for values in users.values for text in values]
    assert len(set(fresh)) == len(fresh), "keys of two rows of one statement, and of different statements"


def test_percentiles_are_nearest_rank() -> None:
    values = [float(one) for one in range(1, 101)]
    assert [percentile(values, one) for one in (0, 50, 95, 99, 100)] == [1, 50, 95, 99, 100]
    assert percentile([7.0], 99) == 7
    assert latency([1.0, 3.0]).mean == 2


def test_the_report_is_whole_and_needs_nothing_from_anywhere(outcome: Outcome) -> None:
    report = Report("shop <& co>", "All is well.", outcome, ("A note.",))
    page, text = html(report), markdown(report)
    assert "<script" not in page
    assert "http" not in page.replace("http://www.w3.org", "")
    assert "shop &lt;&amp; co&gt;" in page
    assert page.count("<svg") == 4
    assert "The twin beside the truth" in page
    assert "## The twin beside the truth" in text
    for query in QUERIES:
        assert query.name in page
        assert f"| {query.name} |" in text
    assert "refused: relation" in text
    assert "A note." in text
    assert json.dumps(outcome.runs[0].queries[0].plan.plan[0]["Plan"]["Node Type"]).strip('"') in page  # type: ignore[union-attr]
