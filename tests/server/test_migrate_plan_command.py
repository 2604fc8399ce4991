"""The command `dbdesign migrate plan`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dbdesign_server.commands import run

FROM = "create table orders (id int primary key, note text);"


@pytest.fixture
def schemas(tmp_path: Path) -> tuple[str, str]:
    before, after = tmp_path / "from.sql", tmp_path / "to.sql"
    before.write_text(FROM)
    after.write_text("create table orders (id bigint primary key, remark text);")
    return str(before), str(after)


def test_the_phases_are_shown_with_their_conditions(
    schemas: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["migrate", "plan", *schemas, "--rename", "orders.note:remark", "--version", "16"]) == 0
    shown = capsys.readouterr().out
    for phase in ("expand", "backfill", "validate", "switch", "contract"):
        assert f"━━ {phase}" in shown
    assert "point of no return" in shown
    assert "Verified on PostgreSQL" in shown
    assert "Only once no instance of the old version runs any more" in " ".join(shown.split())


def test_json_is_the_tools_answer(schemas: tuple[str, str], capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = str(tmp_path / "migrations")
    arguments = ["--rename", "orders.note:remark", "--no-verify", "--tool", "flyway", "--out", out, "--json"]
    assert run(["migrate", "plan", *schemas, *arguments]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["verified"] is False
    assert answer["files"]
    assert all(Path(one).exists() for one in answer["files"])


def test_data_is_not_dropped_without_consent(schemas: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["migrate", "plan", *schemas, "--drop", "orders.note", "--no-verify"]) == 2
    assert "--allow-destructive" in capsys.readouterr().err
    assert run(["migrate", "plan", *schemas, "--drop", "orders.note", "--no-verify", "--allow-destructive"]) == 0


def test_a_split_is_declared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    after = (
        f"{FROM.replace(', note text', '')} create table memo (order_id int primary key references orders, note text);"
    )
    assert run(["migrate", "plan", FROM, after, "--split", "orders(note) -> memo by id:order_id"]) == 0
    assert "Carry note from orders to memo" in capsys.readouterr().out
