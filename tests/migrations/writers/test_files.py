"""Files: whole outputs reviewed as code, numbers that go on from the project's own, and nothing overwritten."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from dbdesign.errors import AccessError, InputError, UnknownNameError
from dbdesign.migrations.writers.base import MigrationOptions, migration_writers, tools_for, write
from dbdesign.migrations.writers.folder import Folder
from dbdesign.migrations.writers.versions import following
from dbdesign.model.finding import Proof
from dbdesign.model.migration import MigrationPlan, Phase, Question, Step, Trace, Wait
from migration_plans import BACKFILL_PHASE, CONTRACT, EXPAND, PLAN

GOLDEN = Path(__file__).parent / "golden"
NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
OPTIONS = MigrationOptions(name="order status", now=NOW, app="shop")
SHORT = PLAN.model_copy(
    update={
        "phases": (EXPAND.model_copy(update={"steps": (EXPAND.steps[0], EXPAND.steps[2])}), BACKFILL_PHASE, CONTRACT),
    }
)
FORMS = [(name, None) for name in migration_writers() if name != "liquibase"] + [
    ("liquibase", form) for form in ("xml", "yaml", "sql")
]


@pytest.mark.parametrize(("tool", "form"), FORMS)
def test_a_whole_migration_reads_as_reviewed(tool: str, form: str | None) -> None:
    plan = SHORT if form != "yaml" else MigrationPlan.model_validate_json(SHORT.model_dump_json().replace("${", "$("))
    written = write(plan, tool, None, OPTIONS.model_copy(update={"format": form}))
    texts = [f"=== {path}\n{text}" for path, text in written.files.items()]
    lines = [f"{name}: {one}" for name in ("apply", "revert", "notes") for one in getattr(written, name)]
    releases = [
        f"release: {', '.join(one.phases)}: {len(one.files)} files; {one.deploy_condition}" for one in written.releases
    ]
    path = GOLDEN / f"{tool}{f'.{form}' if form else ''}.txt"
    said = "\n".join([*texts, "=== said", *releases, *lines, ""])
    if os.environ.get("DBDESIGN_REWRITE_GOLDEN"):
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(said.encode())
    assert said == path.read_bytes().decode()


FOLLOWING = [
    ([], "1", ["1", "2"]),
    ([], "000001", ["000001", "000002"]),
    (["1", "2", "10", "9"], "1", ["11", "12"]),
    (["001", "009"], "1", ["010", "011"]),
    (["1.2", "1.10", "1.9"], "1", ["1.11", "1.12"]),
    (["1_01", "1_09"], "1", ["1_10", "1_11"]),
    (["2", "2.1.3"], "1", ["2.1.4", "2.1.5"]),
    (["20260101", "7"], "1", ["20261129.1", "20261129.2"]),
    (["20261129"], "1", ["20261129.1", "20261129.2"]),
    (["20261129.01", "20261129.02"], "1", ["20261129.03", "20261129.04"]),
    (["20991231"], "1", ["20991231.1", "20991231.2"]),
    (["20260101120000"], "1", ["20261129120000", "20261129120001"]),
    (["20991231235959"], "1", ["21000101000000", "21000101000001"]),
    (["202601011200"], "1", ["202611291200", "202611291201"]),
    (["1700000000"], "1", [str(int(NOW.timestamp())), str(int(NOW.timestamp()) + 1)]),
    (["99999999999999"], "1", ["100000000000000", "100000000000001"]),
]


@pytest.mark.parametrize(("existing", "first", "expected"), FOLLOWING)
def test_versions_go_on_in_the_style_of_the_folder(existing: list[str], first: str, expected: list[str]) -> None:
    assert following(2, existing, OPTIONS, first) == expected


def test_timestamps_are_utc() -> None:
    east = NOW.astimezone(timezone(timedelta(hours=9)))
    assert following(1, ["20260101120000"], OPTIONS.model_copy(update={"now": east})) == ["20261129120000"]


FOLDERS = [
    ("flyway", ["V1__base.sql", "V1.9__more.sql", "R__views.sql", "old/V1.10__x.sql", "V2x__no.sql"], "V1.11__"),
    ("flyway", ["V20260101120000__base.java"], "V20261129120000__"),
    ("golang-migrate", ["000007_a.up.sql", "000007_a.down.sql"], "000008_"),
    ("golang-migrate", ["20260101120000_a.up.sql"], "20261129120000_"),
    ("dbmate", ["20260101120000_a.sql"], "20261129120000_"),
    ("dbmate", ["20301231235959_a.sql"], "20310101000000_"),
    ("goose", ["00007_a.sql", "00008_b.go"], "00009_"),
    ("goose", [], "00001_"),
    ("prisma", ["20260101120000_init/migration.sql", "migration_lock.toml"], "20261129120000_"),
    ("typeorm", ["1795953600000-A.ts"], "1795953601000-"),
    ("knex", ["20260101120000_a.ts", "20260102120000_b.ts"], "20261129120000_"),
    ("liquibase", ["003-orders.xml", "db.changelog-master.xml"], "004-order_status"),
    ("liquibase", [], "order_status_1_expand_backfill.xml"),
    ("sql", ["anything.sql"], "order_status/01_"),
    ("django", ["0001_initial.py", "0002_more.py", "__init__.py"], "0003_"),
]


@pytest.mark.parametrize(("tool", "files", "first"), FOLDERS)
def test_the_first_file_goes_on_from_the_project(tool: str, files: list[str], first: str, tmp_path: Path) -> None:
    for name in files:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(
            DJANGO if name.endswith(".py") and "init" in name else DJANGO_2 if name.endswith(".py") else ""
        )
    written = write(SHORT, tool, tmp_path, OPTIONS)
    assert next(iter(written.files)).startswith(first)
    assert not [path for path in written.files if (tmp_path / path).exists()]


DJANGO = "class Migration:\n    dependencies = []\n    operations = []\n"
DJANGO_2 = "class Migration:\n    dependencies = [('shop', '0001_initial')]\n    operations = []\n"


def test_a_typescript_project_of_knex_gets_typescript(tmp_path: Path) -> None:
    (tmp_path / "20260101120000_a.ts").touch()
    assert {path.rsplit(".", 1)[1] for path in write(SHORT, "knex", tmp_path, OPTIONS).files} == {"ts"}


def test_liquibase_goes_on_in_the_format_of_the_project_and_names_the_line_for_its_master(tmp_path: Path) -> None:
    (tmp_path / "001.yaml").write_text("databaseChangeLog:\n- changeSet: {id: 1}\n")
    (tmp_path / "master.yaml").write_text("databaseChangeLog:\n  - include: {file: 001.yaml}\n")
    plan = MigrationPlan.model_validate_json(SHORT.model_dump_json().replace("${", "$("))
    written = write(plan, "liquibase", tmp_path, OPTIONS)
    assert list(written.files) == ["002_order_status_1_expand_backfill.yaml", "003_order_status_2_contract.yaml"]
    assert any("- include: {file: 002_order_status_1_expand_backfill.yaml" in note for note in written.notes)


REVISIONS = {"a.py": ("aaa111", None), "b.py": ("bbb222", "'aaa111'"), "c.py": ("ccc333", "'aaa'")}


def revisions(folder: Path) -> None:
    for name, (revision, down) in REVISIONS.items():
        (folder / name).write_text(f"revision: str = '{revision}'\ndown_revision: str | None = {down}\n")


def test_several_heads_of_alembic_are_refused_unless_one_is_chosen_or_they_are_merged(tmp_path: Path) -> None:
    revisions(tmp_path)
    with pytest.raises(InputError, match="the folder has 2 heads: bbb222, ccc333"):
        write(SHORT, "alembic", tmp_path, OPTIONS)
    with pytest.raises(InputError, match="'aaa111' is no head"):
        write(SHORT, "alembic", tmp_path, OPTIONS.model_copy(update={"head": "aaa111"}))
    one = next(iter(write(SHORT, "alembic", tmp_path, OPTIONS.model_copy(update={"head": "bbb"})).files.values()))
    assert "down_revision = 'bbb222'" in one
    both = next(
        iter(write(SHORT, "alembic", tmp_path, OPTIONS.model_copy(update={"merge_heads": True})).files.values())
    )
    assert "down_revision = ('bbb222', 'ccc333')" in both


def test_alembics_file_names_follow_the_projects_template(tmp_path: Path) -> None:
    folder = tmp_path / "db" / "versions"
    folder.mkdir(parents=True)
    (tmp_path / "alembic.ini").write_text("[alembic]\nfile_template = %%(year)d/%%(month).2d-%%(slug)s\n")
    written = write(SHORT, "alembic", folder, OPTIONS.model_copy(update={"root": tmp_path}))
    assert next(iter(written.files)) == "2026/11-order_status_expand_1_add_orders_status_migrate_down.py"
    assert not next(iter(write(SHORT, "alembic", folder, OPTIONS).files)).startswith(
        "2026"
    )  # above the folder, and no root is given


def test_numbered_revisions_are_counted_on(tmp_path: Path) -> None:
    (tmp_path / "0009_a.py").write_text("revision = '0009'\ndown_revision = None\n")
    assert next(iter(write(SHORT, "alembic", tmp_path, OPTIONS).files)).startswith("0010_")


def test_a_migration_that_is_no_python_is_named(tmp_path: Path) -> None:
    (tmp_path / "0001_a.py").write_text("def (")
    for tool in ("alembic", "django"):
        with pytest.raises(InputError, match=r"0001_a\.py: is no Python"):
            write(SHORT, tool, tmp_path, OPTIONS)


def test_several_leaves_of_django_are_refused_unless_merged(tmp_path: Path) -> None:
    (tmp_path / "0001_initial.py").write_text(DJANGO)
    (tmp_path / "0002_a.py").write_text(DJANGO_2)
    (tmp_path / "0002_b.py").write_text(DJANGO_2)
    with pytest.raises(InputError, match="shop has 2 leaf migrations: 0002_a, 0002_b"):
        write(SHORT, "django", tmp_path, OPTIONS)
    merged = next(
        iter(write(SHORT, "django", tmp_path, OPTIONS.model_copy(update={"merge_heads": True})).files.values())
    )
    assert "('shop', '0002_a'),\n        ('shop', '0002_b')," in merged


def test_what_exists_is_never_overwritten(tmp_path: Path) -> None:
    for path, text in write(SHORT, "sql", tmp_path, OPTIONS).files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    with pytest.raises(AccessError, match="the file exists already"):
        write(SHORT, "sql", tmp_path, OPTIONS)


def test_links_in_the_folder_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.py").write_text("revision = 'secret'\ndown_revision = None\n")
    (tmp_path / "versions").mkdir()
    (tmp_path / "versions" / "a.py").symlink_to(tmp_path / "secret.py")
    folder = Folder.read(tmp_path / "versions")
    assert folder.files == ("a.py",)
    assert folder.text("a.py") == ""


def test_contract_never_belongs_to_the_release_of_expand() -> None:
    for tool in migration_writers():
        plan = MigrationPlan.model_validate_json(SHORT.model_dump_json().replace("${", "$("))
        written = write(plan, tool, None, OPTIONS)
        assert [one.phases for one in written.releases] == [("expand", "backfill"), ("contract",)]
        assert [one.point_of_no_return for one in written.releases] == [False, True]
        assert not set(written.releases[0].files) & set(written.releases[1].files)


def test_only_the_chosen_phases_are_written() -> None:
    written = write(SHORT, "flyway", None, OPTIONS.model_copy(update={"phases": ("contract",)}))
    assert [path for path in written.files if path.startswith("V")] == [
        "V1__order_status_contract_1_drop_orders_note.sql"
    ]


def test_where_the_old_name_ends_with_the_switch_it_is_a_release_of_its_own() -> None:
    phases = tuple(
        Phase(
            name=name,
            deploy_condition=name,
            steps=(Step(id=f"{name}-1", title="x", sql="ALTER TABLE t ADD a int", transactional=False),),
        )
        for name in ("expand", "switch", "contract")
    )
    written = write(MigrationPlan(engine="mysql", phases=phases), "flyway", None, OPTIONS)
    assert [one.phases for one in written.releases] == [("expand",), ("switch",), ("contract",)]


def test_what_a_person_has_to_run_stands_where_its_turn_comes() -> None:
    step = Step(
        id="backfill-1",
        title="Copy orders",
        sql="",
        command="gh-ost --table=orders --alter='ADD a int'",
        postcondition="SELECT count(*) = 1 FROM information_schema.columns WHERE column_name = 'a'",
    )
    plan = MigrationPlan(engine="mysql", phases=(Phase(name="expand", deploy_condition="any", steps=(step,)),))
    written = write(plan, "golang-migrate", None, OPTIONS)
    up = next(text for path, text in written.files.items() if path.endswith("up.sql"))
    assert "-- Run by hand: gh-ost --table=orders --alter='ADD a int'" in up
    assert "run by hand first" in up
    assert any("a person runs this where its turn comes" in note for note in written.notes)


def test_jobs_of_the_server_are_waited_for_where_the_tool_can_loop_and_noted_where_it_cannot() -> None:
    wait = Wait(
        poll="SELECT count(*) = 0 AS done, NULL AS progress FROM [SHOW JOBS]", reason="the schema change is done"
    )
    step = Step(id="expand-1", title="Add", sql="ALTER TABLE t ADD a int", transactional=False, wait=wait)
    plan = MigrationPlan(engine="cockroachdb", phases=(Phase(name="expand", deploy_condition="any", steps=(step,)),))
    looping = write(plan, "alembic", None, OPTIONS)
    assert len(looping.files) == 2
    assert "@waiting(poll=" in list(looping.files.values())[1]
    flat = write(plan, "flyway", None, OPTIONS)
    assert len([path for path in flat.files if path.endswith(".sql")]) == 1
    assert any(
        "wait before the next file until this says done (the schema change is done)" in note for note in flat.notes
    )


def test_mysql_programs_stand_between_delimiters_for_a_client() -> None:
    trigger = "CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW BEGIN SET NEW.a = 1; SET NEW.b = '//'; END"
    step = Step(
        id="expand-1",
        title="Trigger",
        sql=f"{trigger};\nALTER TABLE t ADD c int, ALGORITHM=INSTANT",
        transactional=False,
    )
    plan = MigrationPlan(engine="mysql", phases=(Phase(name="expand", deploy_condition="any", steps=(step,)),))
    text = next(iter(write(plan, "sql", None, OPTIONS).files.values()))
    assert f"DELIMITER $$\n{trigger}\n$$\nDELIMITER ;\nALTER TABLE t ADD c int, ALGORITHM=INSTANT;\n" in text


BAD = [
    ("flywa", SHORT, UnknownNameError, "Did you mean flyway"),
    ("sql", MigrationPlan(engine="postgresql"), InputError, "no steps to write"),
    ("flyway", MigrationPlan(engine="mongodb", phases=SHORT.phases), InputError, "does not migrate mongodb"),
    (
        "sql",
        SHORT.model_copy(update={"questions": (Question(about="t", text="Is it a rename?"),)}),
        InputError,
        "Is it a rename",
    ),
]


@pytest.mark.parametrize(("tool", "plan", "error", "message"), BAD)
def test_what_cannot_be_written_is_refused(
    tool: str, plan: MigrationPlan, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        write(plan, tool, None, OPTIONS)


def test_every_engine_has_a_tool_and_mongodb_has_the_plain_files() -> None:
    assert tools_for("mongodb") == ["sql"]
    assert len(tools_for("postgresql")) == 11
    step = Step(
        id="expand-1",
        title="Warn",
        sql="db.runCommand({collMod: 'orders', validationAction: 'warn'}); // i-- # '",
        transactional=False,
    )
    plan = MigrationPlan(engine="mongodb", phases=(Phase(name="expand", deploy_condition="any", steps=(step,)),))
    written = write(plan, "sql", None, OPTIONS)
    assert {path.rsplit(".", 1)[1] for path in written.files} == {"js", "md"}
    assert step.sql in next(iter(written.files.values()))


def test_a_header_says_what_is_locked() -> None:
    step = SHORT.steps[0]
    assert isinstance(step.trace, Trace)
    assert step.trace.proof == Proof(level="by rule")
    assert "-- Locks orders ACCESS EXCLUSIVE" in next(iter(write(SHORT, "flyway", None, OPTIONS).files.values()))


def test_a_step_taken_apart_is_checked_before_its_first_part_and_after_its_last() -> None:
    step = Step(
        id="switch-1",
        title="Exchange",
        sql="ALTER TABLE t RENAME a TO b",
        precondition="SELECT 1 = 1",
        postcondition="SELECT 2 = 2",
        rollback="ALTER TABLE t RENAME b TO a;\nREINDEX INDEX CONCURRENTLY i;\nREINDEX INDEX CONCURRENTLY j;",
        rollback_transactional=False,
    )
    plan = MigrationPlan(engine="postgresql", phases=(Phase(name="switch", deploy_condition="any", steps=(step,)),))
    files = write(plan, "golang-migrate", None, OPTIONS).files
    ups = [text.split("\n\n", 1)[1] for path, text in files.items() if path.endswith("up.sql")]
    downs = [text.split("\n\n", 1)[1] for path, text in files.items() if path.endswith("down.sql")]
    assert ["1 = 1" in one for one in ups] == [True, False, False]
    assert ["2 = 2" in one for one in ups] == [True, False, False]
    assert ups[1:] == ["SELECT 1;\n"] * 2
    assert downs == [
        "REINDEX INDEX CONCURRENTLY j;\n",
        "REINDEX INDEX CONCURRENTLY i;\n",
        "ALTER TABLE t RENAME b TO a;\n",
    ]


def test_a_direction_that_wants_a_transaction_where_the_tool_opens_none_is_one_statement() -> None:
    step = EXPAND.steps[3]  # an index made in a transaction, dropped concurrently
    plan = MigrationPlan(engine="postgresql", phases=(EXPAND.model_copy(update={"steps": (step,)}),))
    text = next(iter(write(plan, "goose", None, OPTIONS).files.values()))
    assert "-- +goose NO TRANSACTION" in text
    assert (
        "SET lock_timeout = '2s';\n-- +goose StatementBegin\nDO $once$\nBEGIN\n  EXECUTE $step$\nCREATE INDEX orders_note"
        in text
    )
    assert "BEGIN;" not in text
