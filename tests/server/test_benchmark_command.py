"""`dbdesign benchmark` shows each query before and after, writes the reports, and says what is wrong in one line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dbdesign.engines.postgres import Limits, embedded
from dbdesign_server.commands import app, run

DESIGN = """\
engine: postgresql 18
schema: shop.sql
workload:
  - {name: by number, sql: select * from orders where number = $1, rate: 5/s, target: p95 10s}
volumes:
  orders: 10k
"""
SHOP = "create table orders (id bigint generated always as identity primary key, number text not null);"


@pytest.fixture
def design(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "shop.sql").write_text(SHOP)
    (tmp_path / "design.yaml").write_text(DESIGN)
    monkeypatch.chdir(tmp_path)
    return "design.yaml"


def test_a_benchmark_is_shown_as_a_table_and_written_as_reports(design: str) -> None:
    options = ["--rows", "2k", "--seconds", "0.3", "--connections", "2", "--index", "create index on orders (number)"]
    done = CliRunner().invoke(app, ["benchmark", design, *options, "--write-to", "out/"])
    assert done.exit_code == 0, done.output
    assert "2,000 rows in 1 of 1 table" in done.output
    assert "Seq Scan on orders" in done.output
    assert "Index Scan on orders_number_idx" in done.output.replace("Bitmap ", "")
    assert "p95 ≤ 10000 ms met" in done.output
    assert Path("out/design.benchmark.html").read_text().startswith("<!doctype html>")
    assert Path("out/design.benchmark.md").read_text().startswith("# Benchmark of design.yaml")


def test_json_has_the_names_that_scripts_use(design: str) -> None:
    done = CliRunner().invoke(app, ["benchmark", design, "--rows", "500", "--seconds", "0.2", "--json"])
    found = json.loads(done.stdout)
    assert found["queries"][0]["before"]["executions"] > 0
    assert found["tables"][0]["rows"] == 500


def test_into_names_a_database_that_the_configuration_calls_writable(design: str, tmp_path: Path) -> None:
    with embedded().scratch(limits=Limits(seconds=60, connections=20)) as database:
        config = tmp_path / "dbdesign.toml"
        options = ["benchmark", design, "--rows", "500", "--seconds", "0.2", "--into", "trial", "--config", str(config)]
        config.write_text(f'[databases]\ntrial = "{database.user_uri}"\n')
        assert run(options) == 2
        config.write_text(f'[databases]\ntrial = {{url = "{database.user_uri}", writable = true}}\n')
        done = CliRunner().invoke(app, [*options, "--json", "--schema", "bench"])
        assert done.exit_code == 0, done.output
        assert json.loads(done.stdout)["proof"].endswith("in database trial, schema bench")


def test_another_server_is_shown_beside_the_embedded_one(design: str, tmp_path: Path) -> None:
    with embedded().scratch(limits=Limits(seconds=60, connections=20)) as database:
        config = tmp_path / "dbdesign.toml"
        config.write_text(f'[databases]\ntrial = {{url = "{database.user_uri}", writable = true}}\n')
        options = [
            "--rows",
            "500",
            "--seconds",
            "0.2",
            "--connections",
            "1",
            "--into",
            "trial",
            "--engine",
            "postgresql",
        ]
        done = CliRunner().invoke(app, ["benchmark", design, *options, "--config", str(config)], env={"COLUMNS": "200"})
        assert done.exit_code == 0, done.output
        assert "1 of 1 table with the same checksum, 1 of 1 query with the same rows" in " ".join(done.output.split())
        assert "on PostgreSQL 18" in done.output
        assert run(["benchmark", design, "--engine", "citus"]) == 2
        assert run(["benchmark", design, *options[:-1], "citus", "--config", str(config)]) == 2


@pytest.mark.parametrize(
    "options", [["--rows", "many"], ["--rows", "0"], ["--at", "soon"], ["--index", "drop table orders"]]
)
def test_mistakes_are_one_line_and_2(design: str, options: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["benchmark", design, *options]) == 2
    assert capfd.readouterr().err.count("\n") == 1
