"""The plugin for Claude Code and the manifest of the MCP bundle: current, valid, and of the same data as the rest."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from dbdesign.api.tools import TOOLS
from dbdesign_server.install.distribution import files, stale, write
from dbdesign_server.resources import persona
from dbdesign_server.version import VERSION

ROOT = Path(__file__).resolve().parents[3]
MODULES = Path(os.environ.get("DBDESIGN_NODE_MODULES", ROOT / "node_modules"))
FOLDER = ROOT / "integrations"


def test_the_checked_in_files_are_current() -> None:
    assert stale(FOLDER) == []


def test_a_changed_a_missing_and_a_further_file_are_stale_until_written_anew(tmp_path: Path) -> None:
    write(tmp_path)
    assert stale(tmp_path) == []
    assert {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()} == {
        name for name, _ in files()
    }
    manifest, plugin, other = tmp_path / "mcpb/manifest.json", tmp_path / "claude-code/.mcp.json", tmp_path / "old.json"
    manifest.write_text("{}")
    plugin.unlink()
    other.write_text("{}")
    assert stale(tmp_path) == sorted(map(str, (manifest, plugin, other)))
    write(tmp_path)
    assert stale(tmp_path) == []


def test_the_plugin_has_the_layout_that_claude_code_reads() -> None:
    """`.claude-plugin/plugin.json` with a kebab-case name; agents and servers in their default places at the plugin's root."""
    manifest = json.loads((FOLDER / "claude-code/.claude-plugin/plugin.json").read_text())
    assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", manifest["name"])
    assert re.fullmatch(r"\d+\.\d+\.\d+.*", manifest["version"])
    assert set(manifest) <= {
        "name",
        "version",
        "description",
        "author",
        "homepage",
        "repository",
        "license",
        "keywords",
    }
    servers = json.loads((FOLDER / "claude-code/.mcp.json").read_text())["mcpServers"]
    assert servers == {"dbdesign": {"type": "stdio", "command": "dbdesign", "args": ["serve"]}}
    _, head, body = (FOLDER / "claude-code/agents/database-designer.md").read_text().split("---\n", 2)
    assert set(yaml.safe_load(head)) == {"name", "description"}
    assert body.strip() == persona().strip()


def test_the_bundle_names_every_tool_and_starts_what_is_there() -> None:
    manifest = json.loads((FOLDER / "mcpb/manifest.json").read_text())
    assert [tool["name"] for tool in manifest["tools"]] == [tool.name for tool in TOOLS]
    assert manifest["version"] == VERSION
    assert (ROOT / manifest["server"]["entry_point"]).is_file()
    assert (ROOT / "pyproject.toml").is_file()


def test_the_bundle_is_valid_by_the_programs_that_make_them() -> None:
    program = MODULES / "@anthropic-ai/mcpb/dist/cli/cli.js"
    if shutil.which("node") is None or not program.is_file():
        pytest.skip("node with the npm package @anthropic-ai/mcpb is not here (DBDESIGN_NODE_MODULES)")
    done = subprocess.run(
        ["node", str(program), "validate", str(FOLDER / "mcpb/manifest.json")],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "passes" in done.stdout
