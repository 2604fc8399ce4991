"""The checked-in folder `integrations/`: a plugin for Claude Code and the manifest of an MCP bundle, from the same data as everything else.

python -m dbdesign_server.install.distribution integrations [--check]

The plugin's subagent names no MCP servers, since Claude Code ignores that field in plugins (code.claude.com/docs/en/plugins-reference); the
plugin's own `.mcp.json` is what starts the server. The bundle is of the kind `uv`: its manifest goes to the root of a copy of the sources,
beside `pyproject.toml`, and `mcpb pack` makes the file (github.com/modelcontextprotocol/mcpb, MANIFEST.md, version 0.4).
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dbdesign.api.tools import TOOLS
from dbdesign_server.install.products import AGENT, NAME, front_matter, markdown_agent, product
from dbdesign_server.version import VERSION

DESCRIPTION = (
    "A database designer's toolkit: reads, reviews, draws and generates schemas, advises indexes, simulates queries at production volumes "
    "and plans migrations, proven on a real PostgreSQL."
)
AUTHOR = {"name": "The dbdesign authors"}
KEYWORDS = ["database", "schema", "postgresql", "mysql", "migrations", "indexes"]


def files() -> Iterator[tuple[str, str]]:
    """Every file: path below the folder, and text."""
    yield "claude-code/.claude-plugin/plugin.json", _json(plugin())
    yield "claude-code/.mcp.json", _json({"mcpServers": {NAME: product("claude-code").entry(["dbdesign"])}})
    front = front_matter()
    fields = {"name": front["name"], "description": front["description"]}
    yield f"claude-code/agents/{AGENT}.md", markdown_agent(fields, mark=False)
    yield "mcpb/manifest.json", _json(manifest())


def plugin() -> dict[str, Any]:
    """The plugin's manifest."""
    about = {"description": DESCRIPTION, "author": AUTHOR, "license": "MIT", "keywords": KEYWORDS}
    return {"name": NAME, "version": VERSION, **about}


def manifest() -> dict[str, Any]:
    """The bundle's manifest."""
    start = ["run", "--directory", "${__dirname}", "dbdesign", "serve", "--root", "${user_config.folder}"]
    return {
        "manifest_version": "0.4",
        "name": NAME,
        "display_name": "dbdesign",
        "version": VERSION,
        "description": DESCRIPTION,
        "author": AUTHOR,
        "license": "MIT",
        "keywords": KEYWORDS,
        "server": {
            "type": "uv",
            "entry_point": "server/dbdesign_server/cli.py",
            "mcp_config": {"command": "uv", "args": start},
        },
        "tools": [{"name": tool.name, "description": f"{tool.title}."} for tool in TOOLS],
        "prompts_generated": True,
        "user_config": {
            "folder": {
                "type": "directory",
                "title": "Project folder",
                "description": "The only folder whose files are read, and below which files are written.",
                "required": True,
            }
        },
        "compatibility": {"platforms": ["darwin", "linux"], "runtimes": {"python": ">=3.11"}},
    }


def _json(value: dict[str, Any]) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


def stale(folder: Path) -> list[str]:
    """The files that differ from what the code says, and those that it does not say."""
    current = {folder / name: text for name, text in files()}
    found = {path for path, text in current.items() if not path.is_file() or path.read_text(encoding="utf-8") != text}
    extra = {path for path in folder.rglob("*") if path.is_file() and path not in current}
    return sorted(str(path) for path in found | extra)


def write(folder: Path) -> None:
    """Write all files, and remove what is no more."""
    current = {folder / name: text for name, text in files()}
    for path in map(Path, stale(folder)):
        if path not in current:
            path.unlink()
    for path, text in current.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def main(arguments: list[str]) -> int:
    """Write or check."""
    folder = Path(next((one for one in arguments if not one.startswith("-")), "integrations"))
    if "--check" not in arguments:
        write(folder)
        return 0
    if old := stale(folder):
        sys.stderr.write(f"stale: {', '.join(old)}. Run `make docs` and commit the result.\n")
    return 1 if old else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
