"""A backfill's batches, walked by a runner, and its script: both do the same, and end under inserts."""

from __future__ import annotations

from typing import Any

import pytest
from psycopg import sql as quoting

from dbdesign.engines.postgres import embedded
from dbdesign.migrations.plan import plan_migration
from dbdesign.migrations.settings import Pace, PlanSettings
from dbdesign.model.migration import Batches, Step
from dbdesign.readers.base import reader

TABLES = {
    "one integer": "create table t (id int primary key, a int)",
    "a text with an empty value": "create table t (id text primary key, a int)",
    "two columns": "create table t (x int, y text, a int, primary key (x, y))",
    "quoted": 'create table t ("Key" int primary key, a int)',
    "uuid": "create table t (id uuid primary key default gen_random_uuid(), a int)",
    "no primary key, a unique one": "create table t (id int not null unique, a int)",
}
ROWS = {
    "one integer": "insert into t select g, g from generate_series(-5, 40) g",
    "a text with an empty value": "insert into t select case g when 1 then '' else 'k' || g end, g from generate_series(1, 40) g",
    "two columns": "insert into t select g % 4, 'k' || g, g from generate_series(1, 40) g",
    "quoted": "insert into t select g, g from generate_series(1, 40) g",
    "uuid": "insert into t (a) select g from generate_series(1, 40) g",
    "no primary key, a unique one": "insert into t select g, g from generate_series(1, 40) g",
}


def _backfill(table: str) -> tuple[list[Step], Step]:
    before = reader("postgresql").read(f"{table};").schema_
    after = reader("postgresql").read(f"{table}; alter table t add n uuid default gen_random_uuid();").schema_
    plan = plan_migration(before, after, PlanSettings(verify=False, pace=Pace(rows=7, seconds=None, pause=0)))
    (step,) = [one for one in plan.steps if one.batches is not None]
    return [one for one in plan.steps if one.id.startswith("expand")], step


def _walk(connection: Any, batches: Batches) -> list[int]:
    """Walk as `Batches` says; the rows that each batch filled."""
    after = _row(connection.execute(batches.first).fetchone())
    last = _row(connection.execute(batches.last).fetchone())
    filled = []
    while True:
        before = _unfilled(connection)
        found = connection.execute(
            batches.batch.replace(":after", after).replace(":last", last).replace(":rows", "7")
        ).fetchone()
        if found is None:
            return filled
        filled.append(before - _unfilled(connection))
        after = _row(found)


def _row(values: Any) -> str:
    return ", ".join("NULL" if one is None else quoting.quote(one) for one in values)


def _unfilled(connection: Any) -> int:
    return int(connection.execute("select count(*) from t where n is null").fetchone()[0])


def test_a_batch_grows_and_shrinks_towards_the_time_that_it_may_take() -> None:
    batches = Batches(
        table="t", key=("id",), first="", last="", batch="", rows=1000, seconds=0.05, pause=0.01, rest=0.25
    )
    assert [batches.following(1000, taken) for taken in (0, 0.01, 0.04, 0.05, 0.08, 9)] == [
        2000,
        2000,
        1250,
        1000,
        625,
        500,
    ]
    assert (batches.following(60, 9), batches.following(15_000, 0)) == (50, 20_000)
    assert [batches.rest_after(taken) for taken in (0, 0.04, 0.4)] == [0.01, 0.01, 0.1]
    assert batches.model_copy(update={"seconds": None}).following(7, 9) == 7


@pytest.mark.parametrize("table", ["create table t (id int primary key, a int)", "create table t (id int, a int)"])
def test_a_script_adapts_its_batches_to_what_they_take_and_fills_every_row(table: str) -> None:
    before = reader("postgresql").read(f"{table};").schema_
    after = reader("postgresql").read(f"{table}; alter table t add n uuid default gen_random_uuid();").schema_
    plan = plan_migration(before, after, PlanSettings(verify=False, pace=Pace(rows=3, fewest=2, most=50, pause=0)))
    (backfill,) = [one for phase in plan.phases if phase.name == "backfill" for one in phase.steps]
    with embedded().scratch() as database:
        database.user.execute(table)
        database.user.execute("insert into t select g, g from generate_series(1, 9000) g")
        for step in plan.steps:
            if step.id.startswith("expand"):
                database.user.execute(step.sql)
        database.user.execute(backfill.sql)
        assert _unfilled(database.user) == 0
        transactions = database.user.execute("select count(distinct xmin::text) from t").fetchone()[0]
    assert transactions < 9000 / 3 if "primary" in table else transactions >= 1
    assert "batch_took" in backfill.sql
    assert "pg_stat_replication" in backfill.sql


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("way", ["batches", "script"])
def test_every_row_is_filled_once_in_batches(name: str, way: str) -> None:
    expand, step = _backfill(TABLES[name])
    assert step.batches is not None
    with embedded().scratch() as database:
        user = database.user
        for statement in (TABLES[name], ROWS[name], *(one.sql for one in expand)):
            user.execute(statement)
        total = _unfilled(user)
        assert total >= 40
        if way == "script":
            user.execute(step.sql)
        else:
            filled = _walk(user, step.batches)
            assert (sum(filled), max(filled)) == (total, 7)
        assert _unfilled(user) == 0
        assert user.execute("select count(distinct n) from t").fetchone()[0] == total


def test_a_backfill_ends_at_the_greatest_key_of_its_start() -> None:
    expand, step = _backfill(TABLES["one integer"])
    assert step.batches is not None
    with embedded().scratch() as database:
        user = database.user
        for statement in (TABLES["one integer"], ROWS["one integer"], *(one.sql for one in expand)):
            user.execute(statement)
        last = _row(user.execute(step.batches.last).fetchone())
        user.execute("insert into t (id, a, n) values (1000, 1, null)")
        after, count = "NULL", 0
        while found := user.execute(
            step.batches.batch.replace(":after", after).replace(":last", last).replace(":rows", "7")
        ).fetchone():
            after, count = _row(found), count + 1
        assert count == 7
        assert user.execute("select id from t where n is null").fetchall() == [(1000,)]


@pytest.mark.parametrize("name", TABLES)
def test_a_batch_begins_in_the_index_where_the_one_before_it_ended(name: str) -> None:
    expand, step = _backfill(TABLES[name])
    assert step.batches is not None
    with embedded().scratch() as database:
        user = database.user
        for statement in (TABLES[name], ROWS[name], *(one.sql for one in expand), "set enable_seqscan = off"):
            user.execute(statement)
        key = _row(user.execute(step.batches.last).fetchone())
        query = step.batches.batch.replace(":after", key).replace(":last", key).replace(":rows", "7")
        plan = "\n".join(row[0] for row in user.execute(f"explain {query}").fetchall())
    assert "num_nulls" not in plan
    assert "Index Cond: ((" in plan
    assert "force_custom_plan" in step.sql
