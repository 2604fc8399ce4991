"""The example in the README is what the commands print today."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BLOCK = re.search(
    r"```console\n(\$ cat orders\.sql.*?)```", (ROOT / "README.md").read_text(encoding="utf-8"), re.DOTALL
)
assert BLOCK is not None
STEPS = [step.split("\n", 1) for step in re.split(r"^\$ ", BLOCK[1], flags=re.MULTILINE)[1:]]
COMMANDS = [(command, shown) for command, shown in STEPS if command.startswith("dbdesign")]


def lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.splitlines() if line.strip()]


@pytest.mark.parametrize(("command", "shown"), COMMANDS, ids=[command for command, _ in COMMANDS])
def test_the_readme_shows_what_the_command_prints(command: str, shown: str, tmp_path: Path) -> None:
    (tmp_path / "orders.sql").write_text(STEPS[0][1].strip() + "\n", encoding="utf-8")
    program = [sys.executable, "-c", "from dbdesign_server.cli import main; main()", *shlex.split(command)[1:]]
    done = subprocess.run(
        program, cwd=tmp_path, capture_output=True, text=True, env=os.environ | {"COLUMNS": "160"}, check=False
    )
    printed = lines(done.stdout + done.stderr)
    assert done.returncode == (1 if "--fail-on" in command else 0)
    assert [line for line in lines(shown) if line != "…" and line not in printed] == []
