"""The tools themselves run what was written, up and down; afterwards the database is what it should be."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from functools import cache
from pathlib import Path

import psycopg
import pytest

from dbdesign.engines.postgres import embedded, split_script
from dbdesign.engines.postgres.scratch import ScratchDatabase
from dbdesign.migrations.plan import plan_migration
from dbdesign.migrations.settings import PlanSettings
from dbdesign.migrations.writers.base import MigrationOptions, WrittenMigration, write
from dbdesign.model.migration import MigrationPlan, Phase, Retry, Step
from dbdesign.readers.base import reader
from migration_plans import BEFORE, FINAL, PLAN
from migration_tools import TOOLS, Tool, alembic, psql
from postgresql_comparison import normal_dump

NOW = datetime(2026, 11, 29, 12)
ROWS = 'SELECT count(*), sum("größe"), min(status), max(status) FROM orders'


@pytest.fixture
def database() -> Iterator[ScratchDatabase]:
    with embedded().scratch() as scratch:
        assert not scratch.run_script(BEFORE).failures
        yield scratch


@cache
def expected() -> tuple[list[str], list[str]]:
    """The dumps before, and after the plan's statements were run one by one with nothing around them."""
    with embedded().scratch() as scratch:
        scratch.run_script(BEFORE)
        before = normal_dump(scratch.dump())
        run_by_hand(scratch, PLAN)
        return before, normal_dump(scratch.dump())


def write_to(folder: Path, plan: MigrationPlan, tool: Tool) -> WrittenMigration:
    if tool.name == "liquibase yaml":  # it cannot say what looks like a parameter
        plan = MigrationPlan.model_validate_json(plan.model_dump_json().replace("${", "$("))
    name = tool.name.split(" ", maxsplit=1)[0]
    options = MigrationOptions(name="order status", now=NOW, app="shop", **dict(tool.options))
    written = write(plan, name, folder, options)
    for path, text in written.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text.encode())
    return written


def dumped(database: ScratchDatabase, tool: Tool) -> list[str]:
    """The dump without the tool's own tables."""
    for table in tool.tables:
        database.user.execute(f'DROP TABLE IF EXISTS "{table}"'.encode())
    return normal_dump(database.dump())


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_a_plan_runs_up_and_down_by_the_tool_itself(database: ScratchDatabase, tool: Tool, tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    folder.mkdir()
    write_to(folder, PLAN, tool)
    tool.up(database, folder)
    assert database.user.execute(ROWS).fetchone() == (2500, 7498, "old: 5%", "old: 5%")
    before, after = expected()
    with embedded().scratch() as copy:  # the tool needs its tables for the way down
        copy.run_script(database.dump())
        assert [one.replace("$(", "${") for one in dumped(copy, tool)] == after
    tool.down(database, folder)
    assert dumped(database, tool) == before


@pytest.mark.parametrize(
    "tool",
    [one for one in TOOLS if one.name in {"alembic", "django", "typeorm", "liquibase xml", "sql"}],
    ids=lambda tool: tool.name,
)
def test_what_cannot_be_taken_back_stops_the_way_down(database: ScratchDatabase, tool: Tool, tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    folder.mkdir()
    write_to(folder, FINAL, tool)
    tool.up(database, folder)
    with pytest.raises(
        AssertionError, match=r"cannot be taken back|No inverse|does not support automatic rollback|not reversible"
    ):
        tool.down(database, folder)


PLANNED_BEFORE = """
CREATE TABLE customers (id int PRIMARY KEY, email text, note text);
CREATE TABLE orders (id int PRIMARY KEY, customer_id int, total numeric(10, 2), code varchar(10));
"""
PLANNED_AFTER = """
CREATE TYPE mood AS ENUM ('ok', 'it''s: 100% ${user.name}');
CREATE TABLE customers (id int PRIMARY KEY, email text NOT NULL, note text, mood mood DEFAULT 'ok');
CREATE UNIQUE INDEX customers_email ON customers (email);
CREATE TABLE orders (id bigint PRIMARY KEY, customer_id int REFERENCES customers, total numeric(10, 2), code varchar(10) CHECK (code <> ';'),
    status text NOT NULL);
CREATE INDEX orders_customer ON orders (customer_id, status);
COMMENT ON COLUMN orders.status IS 'semi; colon :x ::y ? \\ 日本';
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.status := coalesce(NEW.status, 'x;y'); RETURN NEW; END $$;
CREATE TRIGGER touch BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION touch();
"""
PLANNED_ROWS = """
INSERT INTO customers SELECT number, 'c' || number FROM generate_series(1, 2500) AS number;
INSERT INTO orders SELECT number, number, number, 'c' FROM generate_series(1, 2500) AS number;
"""


@pytest.mark.parametrize(
    "tool", [one for one in TOOLS if one.name in {"alembic", "dbmate", "sql"}], ids=lambda tool: tool.name
)
def test_what_the_planner_planned_runs_up_and_down(tool: Tool, tmp_path: Path) -> None:
    before, after = (reader("postgresql").read(text).schema_ for text in (PLANNED_BEFORE, PLANNED_AFTER))
    settings = PlanSettings(allow_destructive=True, verify=False, fills={"orders.status": "'new'"})
    whole = plan_migration(before, after, settings)
    plan = whole.model_copy(update={"phases": tuple(one for one in whole.phases if one.name != "contract")})
    with embedded().scratch() as database, embedded().scratch() as direct:
        for one in (database, direct):
            assert not one.run_script(PLANNED_BEFORE + PLANNED_ROWS).failures
        start = normal_dump(database.dump())
        run_by_hand(direct, plan)
        write_to(tmp_path, plan, tool)
        tool.up(database, tmp_path)
        with embedded().scratch() as copy:
            copy.run_script(database.dump())
            assert dumped(copy, tool) == normal_dump(direct.dump())
        tool.down(database, tmp_path)
        assert dumped(database, tool) == start


def run_by_hand(database: ScratchDatabase, plan: MigrationPlan) -> None:
    """Each step as a transaction, or its statements one by one, with nothing around them."""
    for step in plan.steps:
        statements = [one.sql for one in split_script(step.sql).statements]
        for statement in ["BEGIN", *statements, "COMMIT"] if step.transactional else statements:
            database.user.execute(statement.encode())


def test_alembic_writes_the_whole_plan_as_sql_that_psql_runs(database: ScratchDatabase, tmp_path: Path) -> None:
    folder = tmp_path / "versions"
    folder.mkdir()
    tool = next(one for one in TOOLS if one.name == "alembic")
    write_to(folder, PLAN, tool)
    script = tmp_path / "offline.sql"
    script.write_text(alembic(database, folder, "upgrade", "head", "--sql"))
    psql(database, "--set=ON_ERROR_STOP=1", "--file", script)
    assert dumped(database, tool) == [one.replace("\t", "    ") for one in expected()[1]]  # as a note says


BUSY = {
    "a transaction": Step(
        id="expand-1",
        title="Add a column",
        sql="ALTER TABLE orders ADD COLUMN extra text",
        lock_timeout="100ms",
        retry=Retry(attempts=200, first_wait=0.01, longest_wait=0.01),
    ),
    "a concurrent build": Step(
        id="expand-1",
        title="Build an index",
        sql="CREATE INDEX CONCURRENTLY orders_extra ON orders (note)",
        transactional=False,
        lock_timeout="100ms",
        retry=Retry(attempts=200, first_wait=0.01, longest_wait=0.01),
        cleanup="DROP INDEX CONCURRENTLY IF EXISTS orders_extra",
        postcondition="SELECT indisvalid FROM pg_index WHERE indexrelid = 'orders_extra'::regclass",
    ),
}


@pytest.mark.parametrize("step", BUSY.values(), ids=BUSY)
@pytest.mark.parametrize(
    "tool", [one for one in TOOLS if one.name in {"alembic", "django", "typeorm"}], ids=lambda tool: tool.name
)
def test_a_step_that_meets_a_long_transaction_is_tried_again(
    database: ScratchDatabase, tool: Tool, step: Step, tmp_path: Path
) -> None:
    folder = tmp_path / "migrations"
    folder.mkdir()
    phase = Phase(name="expand", deploy_condition="any", steps=(step,))
    write_to(folder, MigrationPlan(engine="postgresql", phases=(phase,)), tool)
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    with psycopg.connect(database.user_uri) as holder, ThreadPoolExecutor(1) as threads:
        holder.execute("INSERT INTO orders VALUES (0, 0, '')")
        running = threads.submit(tool.up, database, folder)
        for seen in (True, False, True, False, True):  # waiting for the third time
            while not running.done() and bool(database.user.execute(waiting).fetchone()[0]) is not seen:  # type: ignore[index]
                pass
        if running.done():
            running.result()  # says why, or skips
        assert not running.done()
        holder.commit()
        running.result(60)
