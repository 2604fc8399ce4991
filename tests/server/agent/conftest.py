"""A server with a few tools, a clock that nobody waits for, and no key of the machine's."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import anyio
import pytest
import respx
from anthropic import AsyncAnthropic
from mcp.server import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp_types import ToolAnnotations

from dbdesign_server.agent import AgentConfig, Transcript, ask
from dbdesign_server.agent.events import Event
from scripted_model import KEY, Script


@dataclass
class Tools:
    """Tools that remember their calls, in the order in which they began and ended."""

    log: list[str] = field(default_factory=list)
    together: int = 1
    _inside: int = 0
    _met: anyio.Event | None = None

    def server(self) -> MCPServer[Any]:
        """The server: `echo`, `meet` (answers when as many calls as `together` are inside), `refuse`, `note` (writes)."""
        server: MCPServer[Any] = MCPServer("tools", log_level="CRITICAL")
        reads, writes = ToolAnnotations(read_only_hint=True), ToolAnnotations(read_only_hint=False)

        @server.tool(annotations=reads, structured_output=False)
        def echo(text: str) -> str:
            """Say it again."""
            self.log.append(f"echo {text}")
            return f"you said {text}"

        @server.tool(annotations=reads, structured_output=False)
        async def meet(name: str) -> str:
            """Wait until everybody is there."""
            self._met = self._met or anyio.Event()
            self._inside += 1
            if self._inside == self.together:
                self._met.set()
            await self._met.wait()
            return f"{name} met {self.together}"

        @server.tool(annotations=reads, structured_output=False)
        def refuse(source: str) -> str:
            """Refuse."""
            self.log.append("refuse")
            raise ToolError(f"{source}: there is no such file. Did you mean shop.sql?")

        @server.tool(annotations=writes, structured_output=False)
        async def note(text: str) -> str:
            """Write it down."""
            self.log.append(f"begin {text}")
            await anyio.lowlevel.checkpoint()
            self.log.append(f"end {text}")
            return "written"

        return server


@dataclass
class Pauses:
    """A sleep that takes no time and remembers how long it should have been."""

    slept: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        """Do not sleep."""
        self.slept.append(seconds)
        await anyio.lowlevel.checkpoint()


@pytest.fixture
def tools() -> Tools:
    """The tools of this test."""
    return Tools()


@pytest.fixture
def pauses() -> Pauses:
    """The waits of this test."""
    return Pauses()


@pytest.fixture(autouse=True)
def _no_key(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No credentials and no settings of this machine's."""
    for name in [name for name in os.environ if name.startswith(("ANTHROPIC_", "DBDESIGN_MODEL"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


Asking = Callable[..., Awaitable[Transcript]]


@pytest.fixture
def asking(tools: Tools, pauses: Pauses, httpx2_mock: respx.Router) -> Asking:
    """Asks a script a question, with the tools; `events` gathers what a watcher is told. The script answers at the API's address."""

    async def ask_script(
        script: Script, question: str | None = "Why?", events: list[Event] | None = None, **terms: Any
    ) -> Transcript:
        terms.setdefault("tools", (tools.server(),))
        config = AgentConfig(**terms)
        watch = (lambda _event: None) if events is None else events.append
        script.route(httpx2_mock)
        client = AsyncAnthropic(api_key=KEY)
        return await ask(question, config=config, client=client, watch=watch, sleep=pauses)

    return ask_script
