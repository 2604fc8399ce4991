"""`dbdesign migrate plan` for engines that cannot be executed here."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from dbdesign_server.commands import app

SQLSERVER = "CREATE TABLE dbo.t (id bigint NOT NULL CONSTRAINT t_pk PRIMARY KEY, n int NULL);\nGO\n"


def test_a_plan_that_no_engine_here_can_execute_is_no_failure(tmp_path: Path) -> None:
    before, after = tmp_path / "a.sql", tmp_path / "b.sql"
    before.write_text(SQLSERVER)
    after.write_text(SQLSERVER.replace("n int", "m int NULL, n int"))
    done = CliRunner().invoke(app, ["migrate", "plan", str(before), str(after), "--edition", "standard", "--json"])
    assert done.exit_code == 0
    printed = json.loads(done.stdout)
    assert (printed["engine"], printed["verified"]) == ("sqlserver", False)
    assert "by rule, not executed: no SQL Server is at hand" in printed["notes"]
