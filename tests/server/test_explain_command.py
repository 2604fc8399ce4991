"""`dbdesign explain` shows where a plan's time goes and what to do, asks configured databases, and says what is wrong in one line."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dbdesign_server.commands import app, run

PLAN = """\
Seq Scan on orders  (cost=0.00..4970.00 rows=40 width=4) (actual time=0.243..12.320 rows=40 loops=1)
  Filter: (code = 'k77'::text)
  Rows Removed by Filter: 199960
Planning Time: 0.363 ms
Execution Time: 12.360 ms
"""
SHOWN = """\
    1. #1 Seq Scan on orders  indexable-seqscan
       reads 200,000 rows of orders to keep 40, 100 % of the time (12 ms): (code = 'k77'::text)
       CREATE INDEX CONCURRENTLY ON orders (code)
       helps while the values that are asked for are this rare in the table

 99.7% ████████████ Seq Scan on orders  12 ms, 40 rows, 199,960 thrown away  ← 1
                        filter: (code = 'k77'::text)
"""


@pytest.fixture
def plan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "plan.txt").write_text(PLAN)
    monkeypatch.chdir(tmp_path)
    return "plan.txt"


def test_a_plan_is_shown_with_findings_remedies_and_the_tree(plan: str) -> None:
    done = CliRunner().invoke(app, ["explain", plan])
    assert done.exit_code == 0, done.output
    assert SHOWN in done.output


def test_a_plan_may_come_from_standard_input() -> None:
    done = CliRunner().invoke(app, ["explain", "-", "--json"], input=PLAN)
    found = json.loads(done.stdout)
    assert found["engine"] == "postgresql"
    assert [one["id"] for one in found["plans"][0]["findings"]] == ["indexable-seqscan"]


def test_a_comparison_says_which_node_pays(plan: str) -> None:
    Path("before.txt").write_text(PLAN.replace("12.3", "1.3"))
    done = CliRunner().invoke(app, ["explain", plan, "--against", "before.txt"])
    assert "Against the other plan: 1.4 ms → 12 ms" in done.output
    assert "slower" in done.output


def test_pages_and_pictures_are_written(plan: str) -> None:
    done = CliRunner().invoke(app, ["explain", plan, "-o", "out/plan.html"])
    assert "written: out/plan.html" in done.output
    assert Path("out/plan.html").read_text().startswith("<!doctype html>")


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "shop.db"
    connection = sqlite3.connect(path)
    connection.executescript(
        "create table orders (id integer primary key, code text); insert into orders values (1, 'a');"
    )
    connection.close()
    monkeypatch.setenv("DBDESIGN_DATABASE_SHOP", f"sqlite:///{path}")
    monkeypatch.chdir(tmp_path)
    return path


def test_a_query_is_explained_on_a_configured_database(database: Path) -> None:
    done = CliRunner().invoke(
        app, ["explain", "database:shop", "--query", "select * from orders order by code", "--json"]
    )
    found = json.loads(done.stdout)
    assert found["engine"] == "sqlite"
    assert found["proof"] == "computed from the plan; planned, not run on shop in a read-only session"
    assert [one["id"] for one in found["plans"][0]["findings"]] == ["temp-b-tree"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["plan.txt", "--analyze"], "a plan that was given is not run"),
        (["database:shop"], "no query"),
        (["database:shop", "--query", "drop table orders"], "drop is not planned"),
        (["database:shop", "--query", "select 1; drop table orders"], "one statement"),
        (["database:shop", "--query", "select nope from orders"], "nope"),
        (["database:shop", "--query", "select 1", "--analyze"], "no EXPLAIN that runs a query"),
        (["database:shoop", "--query", "select 1"], "Did you mean shop"),
        (["nowhere.txt"], "there is no such file"),
        (["select * from orders"], "EXPLAIN"),
    ],
)
def test_mistakes_are_one_line_and_2(
    options: list[str], said: str, database: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    Path("plan.txt").write_text(PLAN)
    assert run(["explain", *options]) == 2
    error = capfd.readouterr().err
    assert error.count("\n") == 1
    assert said in error
    assert str(database) not in error
    connection = sqlite3.connect(database)
    assert connection.execute("select count(*) from orders").fetchone() == (1,)
    connection.close()
