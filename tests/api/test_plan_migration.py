"""The tool `plan_migration`: names that stay, files, questions, pages."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from dbdesign.api.access import Access
from dbdesign.api.call import Call
from dbdesign.api.plan_migration import plan_migration, tool_options
from dbdesign.errors import AccessError, InputError

FROM = "create table orders (id int primary key, total numeric, note text);"
TO = "create table orders (id int primary key, total numeric, note text not null, size int); create index on orders (size);"


def plan(source: str = FROM, target: str = TO, **arguments: Any) -> dict[str, Any]:
    return plan_migration(source, target, **arguments).structured()


def test_the_names_that_stay() -> None:
    answer = plan()
    assert {"summary", "phases", "files", "verified"} <= answer.keys()
    assert answer["verified"] is True
    assert [phase["name"] for phase in answer["phases"]] == ["expand", "validate"]
    (phase, *_) = answer["phases"]
    assert phase["deploy_condition"].startswith("The version that runs now keeps running")
    add, build = phase["steps"]
    assert add == {
        "id": "expand-1",
        "title": "Add orders.size",
        "sql": "ALTER TABLE orders ADD COLUMN size integer;",
        "transactional": True,
        "locks": {"orders": "AccessExclusiveLock"},
        "blocks": "reads and writes",
        "lock_timeout": "2s",
        "statement_timeout": "30s",
        "retry": "10 attempts, 1 s doubled up to 30 s between, with jitter",
        "held": "1 ms: the catalog alone is changed",
        "takes": "1 ms: the catalog alone is changed",
        "rollback": "ALTER TABLE orders DROP COLUMN size;",
        "rollback_transactional": True,
        "reversible": True,
    }
    assert build["transactional"] is False
    assert build["sql"] == "CREATE INDEX CONCURRENTLY orders_size_idx ON orders (size);"
    assert build["locks"] == {"orders": "ShareUpdateExclusiveLock"}
    assert build["cleanup"] == "DROP INDEX CONCURRENTLY IF EXISTS orders_size_idx"
    assert "indisvalid" in build["postcondition"]


def test_volumes_of_a_design_file_give_durations(tmp_path: Path) -> None:
    design = tmp_path / "shop.yaml"
    (tmp_path / "to.sql").write_text(TO)
    design.write_text("engine: postgresql 16\nschema: to.sql\nvolumes:\n  orders: {rows: 2e8}\n")
    answer = plan(FROM, str(design))
    steps = {step["id"]: step for phase in answer["phases"] for step in phase["steps"]}
    assert answer["version"] == "16"
    assert (
        steps["expand-2"]["takes"].startswith("4 min: concurrent index build of 200,000,000 rows")
        or "200,000,000 rows" in steps["expand-2"]["takes"]
    )
    assert "scan of 200,000,000 rows" in steps["validate-2"]["takes"]


def test_the_version_decides_how_a_column_becomes_not_null() -> None:
    old = plan(version="16", verify=False)
    assert "CHECK (note IS NOT NULL) NOT VALID" in old["phases"][-1]["steps"][0]["sql"]
    new = plan(version="18", verify=False)
    assert "NOT NULL note NOT VALID" in new["phases"][-1]["steps"][0]["sql"]
    assert new["verified"] is False
    assert new["phases"][0]["steps"][0]["locks"] == {"orders": "AccessExclusiveLock"}, (
        "by rule, where nothing was executed"
    )


def test_files_go_on_from_the_folders_history_and_overwrite_nothing(tmp_path: Path) -> None:
    call = Call(access=Access.beneath(tmp_path))
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "000001_begin.up.sql").write_text(FROM)
    answer = plan("migrations", TO, tool="golang-migrate", write_to="migrations", call=call)
    assert answer["verified"] is True
    written = {path.name for path in folder.iterdir()}
    assert {Path(one).name for one in answer["files"]} | {"000001_begin.up.sql"} == written
    assert plan("migrations", TO, call=call)["summary"] == "The schemas are equal: nothing has to be done."


def test_a_start_that_the_history_does_not_lead_to_is_refused(tmp_path: Path) -> None:
    call = Call(access=Access.beneath(tmp_path))
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "000001_begin.up.sql").write_text(FROM.replace(", note text", ", memo int"))
    with pytest.raises(InputError, match=r"do not lead to the schema that the plan starts from.*column memo of orders"):
        plan(FROM, TO, tool="golang-migrate", write_to="migrations", call=call, verify=False)


def test_migrations_that_do_not_apply_are_no_start(tmp_path: Path) -> None:
    folder = tmp_path / "migrations"
    folder.mkdir()
    (folder / "V1__a.sql").write_text("alter table nowhere add a int;")
    with pytest.raises(InputError, match=r'V1__a\.sql, line 1: .*"nowhere"'):
        plan("migrations", TO, call=Call(access=Access.beneath(tmp_path)))


def test_files_stay_beneath_the_allowed_folders(tmp_path: Path) -> None:
    call = Call(access=Access.beneath(tmp_path))
    with pytest.raises(AccessError):
        plan(tool="sql", write_to="../elsewhere", call=call, verify=False)


def test_a_folder_without_a_tool_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no tool"):
        plan(write_to=str(tmp_path / "out"), verify=False)


def test_a_question_says_which_argument_settles_it() -> None:
    target = FROM.replace("note text", "note text, kind text not null")
    answer = plan(FROM, target)
    assert answer["phases"] == []
    (question,) = answer["questions"]
    assert list(question["answers"]) == ["fill=orders.kind:<expression>"]
    assert plan(FROM, target, fill=["orders.kind:'none'"])["verified"] is True


def test_a_long_plan_comes_in_pages_and_nothing_is_lost() -> None:
    target = FROM + "".join(
        f"create table t{n} (id int primary key); create index on orders ((total + {n}));" for n in range(30)
    )
    whole = plan(FROM, target, verify=False)
    call = Call(tokens=3000)
    pages = [plan(FROM, target, verify=False, call=call)]
    while pages[-1]["page"] < pages[-1]["pages"]:
        pages.append(plan(FROM, target, verify=False, call=call, page=pages[-1]["page"] + 1))
    assert len(pages) > 2
    steps = [step["id"] for page in pages for phase in page["phases"] for step in phase["steps"]]
    assert steps == [step["id"] for phase in whole["phases"] for step in phase["steps"]]


def test_a_pair_without_two_parts_is_refused() -> None:
    with pytest.raises(InputError, match="has no two parts"):
        plan(fill=["orders.note"])


def test_equal_schemas_are_said_to_be_equal() -> None:
    assert plan(FROM, FROM)["summary"] == "The schemas are equal: nothing has to be done."


def test_a_tool_takes_its_options_behind_its_name() -> None:
    name, options = tool_options("alembic head=ae10 merge_heads phases=expand,backfill")
    assert (name, options.head, options.merge_heads, options.phases) == (
        "alembic",
        "ae10",
        True,
        ("expand", "backfill"),
    )
    assert tool_options("liquibase format=yaml")[1].format == "yaml"
    assert tool_options("flyway")[0] == "flyway"


@pytest.mark.parametrize(
    ("tool", "said"),
    [
        ("liquibase format=toml", "tool: format: Input should be 'xml', 'yaml' or 'sql'"),
        ("alembic heads=1", "tool: 'heads=1' is no option of a tool"),
        ("alembic head", "tool: 'head' is no option of a tool"),
        ("django root=/", "tool: 'root=/' is no option of a tool"),
    ],
)
def test_an_option_that_a_tool_does_not_take_is_said(tool: str, said: str) -> None:
    with pytest.raises(InputError, match=re.escape(said)):
        tool_options(tool)
