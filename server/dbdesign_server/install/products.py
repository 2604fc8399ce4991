"""The assistants that dbdesign can be installed into: which files they read, and in what form.

Sources: Claude Code https://code.claude.com/docs/en/mcp and /sub-agents; Cursor https://cursor.com/docs/mcp and /subagents; VS Code
https://code.visualstudio.com/docs/agent-customization/mcp-servers and /custom-agents; Codex https://developers.openai.com/codex/mcp and
/subagents. All read in November 2026.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from dbdesign.errors import UnknownNameError
from dbdesign_server.resources import persona_file, without_front_matter

NAME = "dbdesign"
AGENT = "database-designer"
MARK = "written by `dbdesign install`: do not edit; `--remove` takes it out"


@dataclass(frozen=True)
class Product:
    """An assistant.

    Attributes:
        config: its file of MCP servers, from the project's folder.
        group: the object or table in it that holds servers by name.
        root: how the project's folder is said in the server's arguments; empty where the server is started in it.
        typed: whether an entry says that it is a program (`"type": "stdio"`).
        agent: the file of the subagent.
        write_agent: what is in it.
        hint: what the user does next.
    """

    name: str
    title: str
    config: str
    group: str
    root: str
    typed: bool
    agent: str
    write_agent: Callable[[], str]
    hint: str

    def entry(self, command: Sequence[str]) -> dict[str, Any]:
        """The server's entry, started by this command."""
        arguments = [*command[1:], "serve", *(["--root", self.root] if self.root else [])]
        kind = {"type": "stdio"} if self.typed else {}
        return {**kind, "command": command[0], "args": arguments}


def front_matter() -> dict[str, Any]:
    """The persona's own front matter."""
    found = yaml.safe_load(persona_file().removeprefix("---\n").partition("\n---\n")[0])
    assert isinstance(found, dict)  # noqa: S101 - of our own file
    return found


def body() -> str:
    """The persona's text."""
    return without_front_matter(persona_file())


def markdown_agent(fields: Mapping[str, Any], *, mark: bool = True) -> str:
    """A subagent as Markdown with front matter."""
    head = yaml.safe_dump(dict(fields), sort_keys=False, allow_unicode=True, width=1_000)
    comment = f"# {MARK}\n" if mark else ""
    return f"---\n{comment}{head}---\n\n{body()}"


def _claude_agent() -> str:
    return markdown_agent(front_matter())


def _cursor_agent() -> str:
    front = front_matter()
    return markdown_agent({"name": front["name"], "description": front["description"], "model": "inherit"})


def _vscode_agent() -> str:
    front = front_matter()
    tools = ["read", "search", "edit", f"{NAME}/*"]
    return markdown_agent({"name": "Database designer", "description": front["description"], "tools": tools})


def _codex_agent() -> str:
    front = front_matter()
    fields = {"name": front["name"], "description": front["description"]}
    head = "".join(f"{key} = {json.dumps(value, ensure_ascii=False)}\n" for key, value in fields.items())
    text = body().replace("\\", "\\\\").replace('"""', '""\\"')
    return f'# {MARK}\n{head}developer_instructions = """\n{text}"""\n'


PRODUCTS = (
    Product(
        name="claude-code",
        title="Claude Code",
        config=".mcp.json",
        group="mcpServers",
        root="",
        typed=True,
        agent=f".claude/agents/{AGENT}.md",
        write_agent=_claude_agent,
        hint="Start claude in the project, approve the server, and ask for the database-designer agent.",
    ),
    Product(
        name="cursor",
        title="Cursor",
        config=".cursor/mcp.json",
        group="mcpServers",
        root="${workspaceFolder}",
        typed=True,
        agent=f".cursor/agents/{AGENT}.md",
        write_agent=_cursor_agent,
        hint="Enable dbdesign under Settings, MCP; then /database-designer in the chat.",
    ),
    Product(
        name="vscode",
        title="VS Code",
        config=".vscode/mcp.json",
        group="servers",
        root="${workspaceFolder}",
        typed=True,
        agent=f".github/agents/{AGENT}.agent.md",
        write_agent=_vscode_agent,
        hint="Start the server in .vscode/mcp.json, and choose the agent Database designer in the chat.",
    ),
    Product(
        name="codex",
        title="Codex",
        config=".codex/config.toml",
        group="mcp_servers",
        root="",
        typed=False,
        agent=f".codex/agents/{AGENT}.toml",
        write_agent=_codex_agent,
        hint="Trust the project in Codex: it reads .codex/config.toml in trusted projects alone.",
    ),
)


def product(name: str) -> Product:
    """The product of that name.

    Raises:
        UnknownNameError: where there is none.
    """
    for one in PRODUCTS:
        if one.name == name:
            return one
    raise UnknownNameError.among("assistant", name, [one.name for one in PRODUCTS])
