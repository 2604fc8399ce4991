"""What the tools cost a model before it has called one, and whether their errors lead it to a call that succeeds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from mcp.client import Client
from mcp_types import CallToolResult, TextContent, Tool

from dbdesign.api.paging import tokens
from dbdesign.api.tools import TOOLS
from dbdesign_server.app import build_server
from dbdesign_server.config import load_config

pytestmark = pytest.mark.anyio

MOST_TOKENS = 6_000
"""Of the whole list, as a client hands it to a model: name, description and schema of the arguments."""

CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "second_try.yaml").read_text(encoding="utf-8"))


def as_told(tool: Tool) -> str:
    """A tool as the model is told of it."""
    told = {"name": tool.name, "description": tool.description, "input_schema": tool.input_schema}
    return json.dumps(told, separators=(",", ":"), ensure_ascii=False)


async def listed() -> list[Tool]:
    """The tools of the server."""
    async with Client(build_server()) as client:
        return (await client.list_tools()).tools


async def test_the_whole_list_stays_within_its_tokens() -> None:
    costs = {tool.name: round(tokens(as_told(tool))) for tool in await listed()}
    assert sum(costs.values()) <= MOST_TOKENS, costs


async def test_no_description_is_longer_than_two_kibibytes() -> None:
    assert [tool.name for tool in await listed() if len((tool.description or "").encode()) > 2_048] == []


def test_every_tool_has_a_wrong_call_that_is_tried() -> None:
    assert {case["tool"] for case in CASES} == {tool.name for tool in TOOLS}


@pytest.mark.parametrize("case", CASES, ids=[f"{case['tool']}: {case['wrong']}" for case in CASES])
async def test_an_error_names_what_the_second_call_needs_and_that_succeeds(project: Path, case: dict[str, Any]) -> None:
    """The caller changes only what the error says: each of `says` is in the text, and what differs between the calls is in it too."""
    for name, text in case.get("files", {}).items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text)
    first, second = case["first"], case["second"]
    async with Client(build_server(load_config())) as client:
        refused = await client.call_tool(case["tool"], first)
        assert isinstance(refused, CallToolResult)
        assert refused.is_error
        assert isinstance(refused.content[0], TextContent)
        text = refused.content[0].text
        for said in case["says"]:
            assert said in text
        for key in second.keys() - first.keys():
            assert key in text, f"the error does not name the argument {key}: {text}"
        answered = await client.call_tool(case["tool"], second)
        assert isinstance(answered, CallToolResult)
        assert not answered.is_error, answered.content
