"""The persona names only what exists, and is a valid subagent of Claude Code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml
from mcp.client import Client

from dbdesign_server.app import build_server

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "agent_prompt.md").read_text(encoding="utf-8")
_, FRONT, BODY = TEXT.split("---\n", 2)


def test_the_front_matter_is_a_subagents() -> None:
    front = yaml.safe_load(FRONT)
    assert set(front) <= {"name", "description", "tools", "model", "mcpServers", "skills"}
    assert re.fullmatch(r"[a-z][a-z-]*", front["name"])
    assert front["mcpServers"] == ["dbdesign"]
    assert len(front["description"]) < 1024


def test_the_persona_stays_short() -> None:
    assert len(BODY.split()) < 2500


@pytest.mark.anyio
async def test_every_tool_exists_and_every_tool_is_named() -> None:
    async with Client(build_server()) as client:
        tools = {tool.name for tool in (await client.list_tools()).tools}
    named = set(re.findall(r"`([a-z]+_[a-z]+(?:_[a-z]+)*)`", BODY))
    arguments = {"write_to"}
    assert named - arguments == tools


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_links_lead_to_files(page: str) -> None:
    targets = re.findall(r"\]\((?!https?://)([^)#]+)\)", (ROOT / page).read_text(encoding="utf-8"))
    assert [one for one in targets if not (ROOT / one).exists()] == []


def test_the_readme_names_only_make_targets_that_exist() -> None:
    wanted = set(re.findall(r"`make ([a-z-]+)`|^\$ make ([a-z-]+)", (ROOT / "README.md").read_text(), re.MULTILINE))
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {one for pair in wanted for one in pair if one} <= targets
