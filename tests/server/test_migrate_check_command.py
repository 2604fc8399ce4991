"""`dbdesign migrate check` shows what each statement locks and what to write instead, and ends with the code that scripts expect."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dbdesign_server.commands import app, run

SCHEMA = "create table customer (id bigint primary key); create table orders (id bigint primary key, customer_id bigint, total numeric);"
DESIGN = "engine: postgresql 16\nschema: schema.sql\nvolumes:\n  orders: 1e9\n  customer: 50\n"
MIGRATION = """\
SET lock_timeout = '2s';
ALTER TABLE orders ALTER COLUMN total SET NOT NULL;
CREATE TABLE fresh (id int);
CREATE INDEX ON fresh (id);
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "schema.sql").write_text(SCHEMA)
    (tmp_path / "design.yaml").write_text(DESIGN)
    (tmp_path / "migrations").mkdir()
    (tmp_path / "migrations" / "V2__total.sql").write_text(MIGRATION)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def check(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["migrate", "check", *arguments])
    return done.exit_code, done.output


def test_each_statement_is_shown_with_its_lock_its_danger_and_the_way_out(project: Path) -> None:
    code, output = check("migrations", "--schema", "design.yaml")
    assert code == 1
    assert "1 migration (flyway), 4 statements for postgresql 16: 1 finding (1 high)." in output
    assert "migrations/V2__total.sql:2  ALTER TABLE orders ALTER COLUMN total SET NOT NULL" in output
    assert "AccessExclusive on orders, reads orders" in output
    assert "min (scan of 1,000,000,000 rows" in output
    assert "       ALTER TABLE orders VALIDATE CONSTRAINT orders_total_is_set;\n" in output
    assert "executed on PostgreSQL 18" in output


def test_json_has_the_names_that_stay(project: Path) -> None:
    _, output = check("migrations", "--schema", "schema.sql", "--version", "16", "--json")
    found = json.loads(output)
    assert {"summary", "statements", "proof"} <= found.keys()
    statement = found["statements"][1]
    assert statement["sql"] == "ALTER TABLE orders ALTER COLUMN total SET NOT NULL"
    assert (statement["file"], statement["line"]) == ("migrations/V2__total.sql", 2)
    assert statement["locks"] == {"orders": "AccessExclusiveLock"}
    assert (statement["rewrites"], statement["scans"]) == ([], ["orders"])
    assert [one["hazard"] for one in statement["findings"]] == ["set-not-null"]
    assert statement["findings"][0].keys() >= {"hazard", "severity", "message", "safe"}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["ALTER TABLE orders ADD COLUMN a int; SELECT 1", "--schema", "schema.sql"], 0),
        (["ALTER TABLE orders ADD COLUMN a int; SELECT 1", "--schema", "schema.sql", "--fail-on", "low"], 1),
        (["CREATE INDEX ON orders (total); SELECT 1", "--schema", "schema.sql"], 1),
        (["CREATE INDEX ON orders (total); SELECT 1", "--schema", "schema.sql", "--ignore", "index-create"], 0),
        (["ALTER TABLE nothing ADD COLUMN a int; SELECT 1"], 1),
        (["missing.sql"], 2),
        (["SELECT 'x; SELECT 1"], 2),
        (["SELECT 1; SELECT 2", "--version", "9.6"], 2),
        (["SELECT 1; SELECT 2", "--only", "set-not-nul"], 2),
        (["SELECT 1; SELECT 2", "--engine", "oracle"], 2),
        (["SELECT 1; SELECT 2", "--engine", "mysql", "--schema", "schema.sql"], 2),
    ],
)
def test_the_exit_code_says_what_came_of_it(project: Path, arguments: list[str], code: int) -> None:
    assert run(["migrate", "check", *arguments]) == code


def test_github_gets_an_annotation_for_each_finding(project: Path) -> None:
    _, output = check("migrations", "--schema", "schema.sql", "--github")
    assert output.startswith("::error file=migrations/V2__total.sql,line=2,title=set-not-null::all rows are read")
    assert "%0AInstead:%0ASET lock_timeout" in output


def test_code_scanning_gets_a_sarif_report(project: Path) -> None:
    check("migrations", "--schema", "schema.sql", "--sarif", "out.sarif")
    log = json.loads(Path("out.sarif").read_text())
    result = log["runs"][0]["results"][0]
    assert (log["version"], result["ruleId"], result["level"]) == ("2.1.0", "set-not-null", "error")
    location = result["locations"][0]["physicalLocation"]
    assert location == {"artifactLocation": {"uri": "migrations/V2__total.sql"}, "region": {"startLine": 2}}
    assert log["runs"][0]["tool"]["driver"]["rules"][0]["id"] == "set-not-null"


def test_earlier_migrations_are_the_state_and_not_reported(project: Path) -> None:
    (project / "V1__first.sql").write_text("CREATE TABLE a (id int);")
    (project / "V2__second.sql").write_text("CREATE INDEX ON a (id);")
    _, output = check("V2__second.sql", "--history", "V1__first.sql", "--json")
    found = json.loads(output)
    assert [one["file"] for one in found["statements"]] == ["V2__second.sql"]
    assert "index-create" in [one["hazard"] for one in found["statements"][0]["findings"]]


def test_by_rule_alone_nothing_is_executed(project: Path) -> None:
    _, output = check("migrations", "--schema", "schema.sql", "--by-rule", "--json")
    assert json.loads(output)["proof"].startswith("by rule, not executed")


def test_other_engines_are_judged_by_their_statements(project: Path) -> None:
    code, output = check(
        "ALTER TABLE t MODIFY a bigint; SELECT 1", "--engine", "mysql", "--version", "8.4", "--fail-on", "medium"
    )
    assert code == 1
    assert "mysql-copy" in output
