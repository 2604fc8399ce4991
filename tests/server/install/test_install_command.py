"""`dbdesign install`: what it writes for each assistant, what it refuses, and that it can be undone."""

from __future__ import annotations

import json
import os
import shlex
import stat
import sys
import tomllib
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import yaml
from inline_snapshot import snapshot
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters

from dbdesign_server.commands import run
from dbdesign_server.install.products import MARK, PRODUCTS, product
from dbdesign_server.install_command import NAMES, _command
from dbdesign_server.resources import persona

COMMAND = "uvx --from 'my dbdesign' dbdesign"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """An empty project."""
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


def install(name: str, project: Path, *options: str, command: str = COMMAND) -> int:
    """Run the command without questions."""
    return run(["install", name, "--path", str(project), "--command", command, "--yes", *options])


def files(project: Path) -> dict[str, str]:
    """Every file of a project."""
    return {
        str(path.relative_to(project)): path.read_bytes().decode()
        for path in sorted(project.rglob("*"))
        if path.is_file()
    }


def entry(name: str, project: Path) -> Any:
    """The server's entry as the assistant reads it."""
    one = product(name)
    text = (project / one.config).read_text()
    document = tomllib.loads(text) if one.config.endswith(".toml") else json.loads(text)
    return document[one.group]["dbdesign"]


def test_the_assistants_are_those_of_the_help() -> None:
    assert tuple(one.name for one in PRODUCTS) == NAMES


def test_each_assistant_gets_its_server_and_its_agent(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in NAMES:
        assert install(name, project) == 0
    assert {name: entry(name, project) for name in NAMES} == snapshot(
        {
            "claude-code": {"type": "stdio", "command": "uvx", "args": ["--from", "my dbdesign", "dbdesign", "serve"]},
            "cursor": {
                "type": "stdio",
                "command": "uvx",
                "args": ["--from", "my dbdesign", "dbdesign", "serve", "--root", "${workspaceFolder}"],
            },
            "vscode": {
                "type": "stdio",
                "command": "uvx",
                "args": ["--from", "my dbdesign", "dbdesign", "serve", "--root", "${workspaceFolder}"],
            },
            "codex": {"command": "uvx", "args": ["--from", "my dbdesign", "dbdesign", "serve"]},
        }
    )
    assert list(files(project)) == snapshot(
        [
            ".claude/agents/database-designer.md",
            ".codex/agents/database-designer.toml",
            ".codex/config.toml",
            ".cursor/agents/database-designer.md",
            ".cursor/mcp.json",
            ".github/agents/database-designer.agent.md",
            ".mcp.json",
            ".vscode/mcp.json",
        ]
    )


@pytest.mark.parametrize("name", NAMES)
def test_installing_twice_changes_nothing_and_removing_leaves_nothing(
    name: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert install(name, project) == 0
    first = files(project)
    capsys.readouterr()
    assert install(name, project) == 0
    assert capsys.readouterr().err == f"{product(name).title}: nothing to do.\n"
    assert files(project) == first
    assert run(["install", name, "--path", str(project), "--remove", "--yes"]) == 0
    assert list(project.iterdir()) == []
    assert run(["install", name, "--path", str(project), "--remove", "--yes"]) == 0
    assert capsys.readouterr().err.endswith(f"{product(name).title}: nothing to remove.\n")


@pytest.mark.parametrize("name", ["claude-code", "cursor", "vscode"])
def test_agents_of_markdown_have_front_matter_that_their_assistant_reads(name: str, project: Path) -> None:
    known = {  # Claude Code: code.claude.com/docs/en/sub-agents; Cursor: cursor.com/docs/subagents; VS Code: its custom-agents page
        "claude-code": {
            "name",
            "description",
            "tools",
            "disallowedTools",
            "model",
            "permissionMode",
            "maxTurns",
            "skills",
        }
        | {"mcpServers", "hooks", "memory", "background", "effort", "isolation", "color", "initialPrompt"},
        "cursor": {"name", "description", "model", "readonly", "is_background"},
        "vscode": {
            "name",
            "description",
            "argument-hint",
            "tools",
            "agents",
            "model",
            "user-invocable",
            "handoffs",
            "target",
        }
        | {"disable-model-invocation", "mcp-servers", "hooks"},
    }
    install(name, project)
    _, head, text = (project / product(name).agent).read_text().split("---\n", 2)
    front = yaml.safe_load(head)
    assert set(front) <= known[name]
    assert front["description"].startswith("Pragmatic database designer.")
    assert text.strip() == persona().strip()
    assert MARK in head


def test_the_agent_of_codex_is_toml_with_the_whole_persona(project: Path) -> None:
    install("codex", project)
    agent = tomllib.loads((project / product("codex").agent).read_text())
    assert set(agent) == {"name", "description", "developer_instructions"}
    assert agent["developer_instructions"].strip() == persona().strip()


@pytest.mark.anyio
async def test_the_entry_starts_a_server_that_answers(project: Path) -> None:
    name = "claude-code"
    (project / "shop.sql").write_text("CREATE TABLE t (id integer PRIMARY KEY);\n")
    install(name, project, command=f"{shlex.quote(sys.executable)} -m dbdesign_server.cli")
    started = entry(name, project)
    server = StdioServerParameters(
        command=started["command"],
        args=started["args"],
        cwd=project,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    async with Client(server) as client:
        result = await client.call_tool("read_schema", {"source": "shop.sql", "format": "sqlite"})
    assert not result.is_error  # type: ignore[union-attr]


def test_the_difference_is_shown_first_and_a_dry_run_writes_nothing(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / ".mcp.json").write_text('{"mcpServers": {"other": {"command": "x"}}}\n')
    assert run(["install", "claude-code", "--path", str(project), "--command", "dbdesign", "--dry-run"]) == 0
    said = capsys.readouterr().out
    assert said.split("--- /dev/null")[0] == snapshot("""\
--- a/.mcp.json
+++ b/.mcp.json
@@ -1 +1 @@
-{"mcpServers": {"other": {"command": "x"}}}
+{"mcpServers": {"other": {"command": "x"}, "dbdesign": {"type": "stdio", "command": "dbdesign", "args": ["serve"]}}}
""")
    assert "+name: database-designer\n" in said
    assert list(files(project)) == [".mcp.json"]


def test_without_a_terminal_nothing_is_written_until_confirmed(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["install", "codex", "--path", str(project)]) == 2
    assert capsys.readouterr().err == "dbdesign: nothing was written. Confirm with --yes, or look with --dry-run\n"
    assert files(project) == {}


@pytest.mark.parametrize(("typed", "written"), [("y\n", True), ("n\n", False)])
def test_on_a_terminal_it_asks(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], typed: str, written: bool
) -> None:
    monkeypatch.setattr("dbdesign_server.install_command.sys.stdin", SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr("dbdesign_server.install_command.typer.confirm", lambda *_, **__: typed == "y\n")
    assert run(["install", "codex", "--path", str(project)]) == (0 if written else 2)
    assert bool(files(project)) is written


@pytest.mark.parametrize("name", NAMES)
def test_a_broken_file_is_named_and_nothing_is_written(
    name: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = project / product(name).config
    config.parent.mkdir(exist_ok=True)
    config.write_text("{\n  broken\n")
    assert install(name, project) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"dbdesign: {product(name).config}")
    assert "nothing was changed. Mend the file first" in said
    assert list(files(project)) == [product(name).config]


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"\xff\xfe{}", "is not UTF-8"), (b" " * (4 * 1024 * 1024 + 1), "is too large for a file of settings")],
)
def test_a_file_that_is_no_text_is_refused(
    project: Path, capsys: pytest.CaptureFixture[str], content: bytes, said: str
) -> None:
    (project / ".mcp.json").write_bytes(content)
    assert install("claude-code", project) == 2
    assert said in capsys.readouterr().err


def test_an_agent_that_somebody_else_wrote_stays(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    agent = project / product("claude-code").agent
    agent.parent.mkdir(parents=True)
    agent.write_text("---\nname: database-designer\n---\nMine.\n")
    for options in ([], ["--remove"]):
        assert install("claude-code", project, *options) == 2
        assert "was not written by dbdesign; nothing was changed" in capsys.readouterr().err
    assert list(files(project)) == [product("claude-code").agent]


@pytest.mark.parametrize("place", [".mcp.json", ".claude", ".claude/agents/database-designer.md"])
def test_a_link_that_leads_out_of_the_project_is_not_followed(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "file").write_text("{}")
    (project / place).parent.mkdir(parents=True, exist_ok=True)
    (project / place).symlink_to(outside if place == ".claude" else outside / "file")
    assert install("claude-code", project) == 2
    assert "leads out of the project" in capsys.readouterr().err
    assert files(outside) == {"file": "{}"}


def test_a_link_within_the_project_is_written_through_and_permissions_stay(project: Path) -> None:
    (project / "shared.json").write_text("{}\n")
    (project / "shared.json").chmod(0o640)
    (project / ".mcp.json").symlink_to("shared.json")
    assert install("claude-code", project) == 0
    assert (project / ".mcp.json").is_symlink()
    assert stat.S_IMODE((project / "shared.json").stat().st_mode) == 0o640
    assert entry("claude-code", project)["command"] == "uvx"
    assert install("claude-code", project, "--remove") == 0
    assert (project / "shared.json").read_text() == "{}\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["emacs"], "no assistant named 'emacs'. Known: claude-code, codex, cursor, vscode"),
        (["codxe"], "Did you mean codex or vscode?"),
        (["codex", "--path", "nowhere"], "nowhere: there is no such folder"),
        (["codex", "--command", "'"], "--command: is no command: No closing quotation"),
        (["codex", "--command", " "], "--command: is empty"),
        ([], "Missing argument"),
    ],
)
def test_bad_input_is_one_line(
    project: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(project)
    assert run(["install", *arguments]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert said in line


@pytest.mark.parametrize(
    ("origin", "command"),
    [
        ('{"url": "file:///home/me/db%20design", "dir_info": {}}', ["uvx", "--from", "/home/me/db design", "dbdesign"]),
        (None, ["uvx", "dbdesign"]),
    ],
)
def test_run_by_uvx_the_entry_runs_uvx_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, origin: str | None, command: list[str]
) -> None:
    (tmp_path / "CACHEDIR.TAG").touch()
    monkeypatch.setattr("sys.prefix", str(tmp_path / "archive-v0" / "x1"))
    monkeypatch.setattr("importlib.metadata.distribution", lambda _: SimpleNamespace(read_text=lambda _: origin))
    assert _command(None) == command
