"""Plans and checks for an older PostgreSQL are executed on that version where it is installed, and say which server it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from dbdesign.engines.postgres import embedded, embedded_for
from dbdesign.engines.postgres.versions import VERSION_VARIABLE
from dbdesign.errors import EngineError
from dbdesign.migrations.check.run import run_check
from dbdesign.migrations.files import read_migrations
from dbdesign.migrations.files.source_file import SourceFile
from dbdesign.migrations.plan import plan_migration
from dbdesign.migrations.settings import PlanSettings
from dbdesign.model.migration import MigrationPlan
from dbdesign.readers.base import reader
from migrations.plan.pairs import Pair, for_version, scripts, settings
from postgres_versions import server_of

BEFORE = "create table p (id bigint not null, k int not null) partition by range (k); create table p1 partition of p for values from (0) to (9);"
DETACH = "ALTER TABLE p DETACH PARTITION p1;"

SAMPLE = (
    "add-column-required-constant", "not-null-set", "type-int-bigint", "key-int-bigint-children", "index-add", "unique-add", "fk-add",
    "check-add", "rename-column", "column-storage", "enum-reorder", "partition-index", "make-partitioned-referenced", "view-change",
    "row-security", "identity-add",
)  # fmt: skip
"""Of the pairs that benchmarks/postgres_versions.py executes on every version: one of each kind."""


def planned(before: str, after: str, version: str) -> MigrationPlan:
    first, second = (reader("postgresql").read(text).schema_ for text in (before, after))
    return plan_migration(first, second, PlanSettings(version=version))


def summary_of(plan: MigrationPlan) -> str:
    assert plan.verification is not None
    return plan.verification.summary


@pytest.mark.parametrize("version", [12, 15])
def test_plans_of_every_kind_hold_on_the_version_that_they_are_for(version: int) -> None:
    group = [one for one in for_version(version) if one.id in SAMPLE]
    assert len(group) == len(SAMPLE)
    placed: list[tuple[str, Pair]] = [(f"s{number}", pair) for number, pair in enumerate(group)]
    with server_of(version):
        before, after = (reader("postgresql").read(text).schema_ for text in scripts(placed))
        plan = plan_migration(before, after, settings(placed))
    assert (plan.manual, plan.questions) == ((), ())
    assert summary_of(plan).startswith(f"verified on PostgreSQL {version}.")
    assert "is not installed" not in summary_of(plan)


def test_without_its_server_a_plan_is_executed_on_another_and_says_so() -> None:
    said = summary_of(
        planned("create table t (id int primary key);", "create table t (id int primary key, a int);", "14")
    )
    assert said.startswith(f"verified on PostgreSQL {embedded().version}: up, down, re-plan empty")
    assert said.endswith("; PostgreSQL 14 is not installed: what differs there is by rule")


def test_a_schema_that_the_old_server_refuses_is_executed_on_the_usual_one_and_says_why() -> None:
    before = "create table t (id int primary key, a int);"
    with server_of(12):
        said = summary_of(planned(before, "create table t (id int primary key, a int, spans int4multirange);", "12"))
    assert f"on PostgreSQL {embedded().version}" in said
    assert (
        'PostgreSQL 12 is installed and was not used: it refuses the schemas (type "int4multirange" does not exist'
        in said
    )


@pytest.mark.parametrize(("version", "lock"), [(12, "ShareUpdateExclusiveLock"), (15, "AccessExclusiveLock")])
def test_a_check_reads_the_locks_on_the_target_s_own_version(version: int, lock: str) -> None:
    reading = read_migrations([SourceFile("a.sql", BEFORE), SourceFile("b.sql", DETACH)], tool="sql")
    with server_of(version):
        result = run_check(reading.migrations, version=str(version))
    assert result.proof.level == "executed"
    assert (result.proof.by or "").startswith(f"PostgreSQL {version}.")
    assert result.proof.detail is None
    assert result.checked[-1].trace.locks["p1"] == lock


def test_a_concurrent_build_is_traced_on_a_server_that_does_not_report_its_counts() -> None:
    files = [
        SourceFile("a.sql", "create table t (a int);"),
        SourceFile("b.sql", "create index concurrently i on t (a);"),
    ]
    with server_of(12):
        result = run_check(read_migrations(files, tool="sql").migrations, version="12")
    trace = result.checked[-1].trace
    assert trace.locks == {"t": "ShareUpdateExclusiveLock"}
    assert dict(trace.scans) == {"t": 2}
    assert trace.new_indexes == ("i",)


def test_sql_of_a_model_has_no_rights_on_an_older_server_either() -> None:
    with server_of(12), embedded_for(12).scratch() as database:
        outcome = database.run_script(
            "create role boss superuser; copy (select 1) to program 'id'; create extension file_fdw;"
        )
        assert database.user.execute("select rolsuper from pg_roles where rolname = current_user").fetchone() == (
            False,
        )
    assert outcome.executed == 0


def test_a_variable_that_names_no_server_is_an_error_that_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VERSION_VARIABLE.format(14), str(tmp_path))
    with pytest.raises(EngineError, match="DBDESIGN_POSTGRES_14: there are no programs postgres and initdb"):
        embedded_for("14.5")


def test_a_variable_that_names_another_version_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VERSION_VARIABLE.format(16), str(embedded().installation.origin))
    with pytest.raises(EngineError, match="DBDESIGN_POSTGRES_16: the server there is PostgreSQL 18"):
        embedded_for(16)
