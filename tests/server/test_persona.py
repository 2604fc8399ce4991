"""The persona names only what exists, and is a valid subagent of Claude Code."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import pytest
import yaml
from mcp.client import Client
from mcp_types import CallToolResult, GetPromptResult, ReadResourceResult, TextContent, TextResourceContents

from dbdesign_server.app import build_server
from dbdesign_server.config import load_config

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "agent_prompt.md").read_text(encoding="utf-8")
_, FRONT, BODY = TEXT.split("---\n", 2)


FIELDS = {
    "name",
    "description",
    "tools",
    "disallowedTools",
    "model",
    "permissionMode",
    "maxTurns",
    "skills",
    "mcpServers",
} | {
    "hooks",
    "memory",
    "background",
    "effort",
    "isolation",
    "color",
    "initialPrompt",
}
"""What the front matter of a subagent may hold (code.claude.com/docs/en/sub-agents)."""

OTHERS = {"lock_timeout"}
"""Names with underscores that are neither tools nor their arguments."""


def test_the_front_matter_is_a_subagents() -> None:
    front = yaml.safe_load(FRONT)
    assert set(front) <= FIELDS
    assert re.fullmatch(r"[a-z][a-z-]*", front["name"])
    assert front["mcpServers"] == ["dbdesign"]
    assert len(front["description"]) < 1024


def test_the_persona_stays_short() -> None:
    assert len(BODY.split()) < 2500


@pytest.mark.anyio
async def test_every_tool_is_named_and_everything_named_exists() -> None:
    async with Client(build_server()) as client:
        tools = (await client.list_tools()).tools
    names = {tool.name for tool in tools}
    named = set(re.findall(r"`([a-z]+(?:_[a-z]+)+)`", BODY))
    assert names <= named
    arguments = {argument for tool in tools for argument in tool.input_schema["properties"]}
    assert named - names - arguments - OTHERS == set()


@pytest.mark.anyio
async def test_arguments_are_named_beside_a_tool_that_takes_them() -> None:
    """In the calls by kind of task, a word in backticks between two tools is an argument of the one before."""
    section = BODY.split("## Which calls, in which order")[1].split("| tool |")[0]
    async with Client(build_server()) as client:
        takes = {tool.name: set(tool.input_schema["properties"]) for tool in (await client.list_tools()).tools}
    wrong = []
    for item in section.split("\n- "):
        tool = None
        for word in re.findall(r"`([a-z_]+)(?:: [a-z]+)?`", item):
            if word in takes:
                tool = word
            elif tool is not None and word not in takes[tool]:
                wrong.append((tool, word))
    assert wrong == []


@pytest.mark.anyio
async def test_the_persona_is_served_as_prompt_and_as_resource() -> None:
    async with Client(build_server()) as client:
        prompt = await client.get_prompt("database_designer")
        resource = await client.read_resource("dbdesign://persona")
    assert isinstance(prompt, GetPromptResult)
    assert isinstance(prompt.messages[0].content, TextContent)
    assert isinstance(resource, ReadResourceResult)
    assert isinstance(resource.contents[0], TextResourceContents)
    assert prompt.messages[0].content.text == resource.contents[0].text == BODY.lstrip("\n")


@pytest.mark.anyio
async def test_its_design_file_is_one(project: Path) -> None:
    (example,) = re.findall(r"```yaml\n(.*?)```", BODY, re.DOTALL)
    (project / "design.yaml").write_text(textwrap.dedent(example))
    (project / "schema.sql").write_text(
        "CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer_id bigint NOT NULL,"
        " status text NOT NULL, created_at timestamptz NOT NULL DEFAULT now(), deleted_at timestamptz);\n"
    )
    async with Client(build_server(load_config())) as client:
        result = await client.call_tool("simulate_queries", {"source": "design.yaml", "at": "24mo"})
    assert isinstance(result, CallToolResult)
    assert isinstance(result.content[0], TextContent)
    assert not result.is_error, result.content
    assert "recent orders of a customer" in result.content[0].text
    assert "place an order" in result.content[0].text


def test_the_six_deliverables_are_there() -> None:
    wanted = ("Data model", "Complete DDL", "Migrations", "Query patterns", "Performance", "Scaling strategy")
    section = BODY.split("## What you deliver")[1]
    assert re.findall(r"^\d\. \*\*(.*?)\*\*", section, re.MULTILINE) == list(wanted)


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md"])
def test_links_lead_to_files(page: str) -> None:
    targets = re.findall(r"\]\((?!https?://)([^)#]+)\)", (ROOT / page).read_text(encoding="utf-8"))
    assert [one for one in targets if not (ROOT / one).exists()] == []


def test_the_readme_names_only_make_targets_that_exist() -> None:
    wanted = set(re.findall(r"`make ([a-z-]+)`|^\$ make ([a-z-]+)", (ROOT / "README.md").read_text(), re.MULTILINE))
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {one for pair in wanted for one in pair if one} <= targets
