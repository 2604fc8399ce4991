"""The designer's system prompt and tools: the persona, the toolkit, and the files of the project."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from dbdesign_server.agent.project_files import project_files
from dbdesign_server.config import Config, load_config
from dbdesign_server.resources import persona as _persona

if TYPE_CHECKING:
    from mcp.server import MCPServer

HERE = """
## Here

You work alone in a project folder; nobody answers questions before you have finished. Where a question would change the design, take \
the likelier answer, say so, and say how the design changes with the other. Paths start from the project's folder. Beside the tools \
above you have `list_files`, `search_files`, `read_file` and `write_file` for the project. Write the design file and other long text \
once with `write_file`, and give tools its path. End with one complete answer: it is all that the user reads.
"""


def persona() -> str:
    """The system prompt: the persona, and what is different without a user at hand."""
    return f"{_persona().rstrip()}\n{HERE}"


def toolkit(root: str | Path, *, config: Config | None = None) -> tuple[MCPServer[Any], ...]:
    """The toolkit's tools and those for the project's files, all confined to this folder.

    Raises:
        InputError: where it is no folder.
    """
    from dbdesign_server.app import build_server

    config = config or load_config([str(root)])
    return build_server(config), project_files(config.access)
