"""The tools of servers in this process: how the model is told of them, and how they are called."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING, Any

from dbdesign.errors import UnknownNameError
from dbdesign_server.agent.reply import MALFORMED
from dbdesign_server.agent.transcript import ToolCall

if TYPE_CHECKING:
    from mcp.client import Client
    from mcp.server import MCPServer
    from mcp_types import CallToolResult

SHOWN = 300
"""Characters of malformed arguments that the model is shown again."""


class Toolbox:
    """Tools by name, and the connection that each is called on."""

    def __init__(self) -> None:
        self.described: list[dict[str, Any]] = []
        self._clients: dict[str, Client] = {}
        self._writing: set[str] = set()

    async def add(self, client: Client) -> None:
        """Offer the tools of a server too; a name that is taken stays with the first."""
        for tool in (await client.list_tools()).tools:
            if tool.name not in self._clients:
                self._clients[tool.name] = client
                described = {
                    "name": tool.name,
                    "description": tool.description or "",
                    "input_schema": tool.input_schema,
                }
                self.described.append(described)
                if tool.annotations is None or not tool.annotations.read_only_hint:
                    self._writing.add(tool.name)

    @property
    def names(self) -> list[str]:
        """The tools, in order."""
        return list(self._clients)

    def writes(self, name: str) -> bool:
        """Whether a tool can write files, so that calls beside it must keep their order."""
        return name in self._writing

    async def call(self, block: dict[str, Any], turn: int) -> ToolCall:
        """Make a call. Whatever is wrong with it is told to the model, as an error that it can mend."""
        started = time.monotonic()
        text, is_error = await self._answer(block["name"], block["input"])
        return ToolCall(
            id=block["id"],
            name=block["name"],
            input=block["input"],
            text=text or "(no output)",
            is_error=is_error,
            seconds=time.monotonic() - started,
            turn=turn,
        )

    async def _answer(self, name: str, arguments: dict[str, Any]) -> tuple[str, bool]:
        from mcp.shared.exceptions import MCPError

        if name not in self._clients:
            return str(UnknownNameError.among("tool", name, self._clients)), True
        if list(arguments) == [MALFORMED]:
            return _not_json(name, str(arguments[MALFORMED])), True
        try:
            result = await self._clients[name].call_tool(name, arguments)
        except MCPError as error:
            return str(error), True
        return _text(result), bool(result.is_error)


def _not_json(name: str, given: str) -> str:
    shown = given if len(given) <= SHOWN else f"{given[:SHOWN]} …"
    return f"{name}: the arguments are no JSON object, so that nothing was done. Send one. Given: {shown}"


def _text(result: CallToolResult) -> str:
    from mcp_types import TextContent

    return "\n".join(one.text for one in result.content if isinstance(one, TextContent))


@asynccontextmanager
async def open_toolbox(servers: Sequence[MCPServer[Any]]) -> AsyncIterator[Toolbox]:
    """The tools of these servers, while the context lasts."""
    toolbox = Toolbox()
    async with AsyncExitStack() as stack:
        for server in servers:
            from mcp.client import Client

            await toolbox.add(await stack.enter_async_context(Client(server)))
        yield toolbox
