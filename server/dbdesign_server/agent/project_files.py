"""Tools for the files of a project, for an agent that has none of its own: list, search, read, write.

They see what a repository calls its own: no ignored, vendored or hidden files. What looks like a secret is starred out.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Annotated, Any, ParamSpec

from pydantic import Field

from dbdesign.api.access import Access
from dbdesign.errors import AccessError, DesignError, InputError

if TYPE_CHECKING:
    from mcp.server import MCPServer

    from dbdesign.detect.walk import Tree

P = ParamSpec("P")

MOST_LISTED, MOST_FOUND, MOST_LINES, MOST_CHARACTERS = 400, 60, 1_000, 60_000
"""Files of a list, hits of a search, lines and characters of a reading: what an answer of some 15,000 tokens holds."""

_WIDEST = 240


class Project:
    """The files below a root that may be seen."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def list_files(self, path: str, pattern: str) -> str:
        """The files below a folder, with their sizes."""
        tree, prefix = self._tree(path)
        found = [f"{prefix}{name}  {size:,} B" for name, size in sorted(tree.sizes.items()) if _like(name, pattern)]
        if not found:
            return f"No file like {pattern} in {path!r}; hidden, ignored and vendored files are not listed."
        rest = (
            f"\n… and {len(found) - MOST_LISTED} more: narrow it with path or pattern"
            if len(found) > MOST_LISTED
            else ""
        )
        return "\n".join(found[:MOST_LISTED]) + rest

    def search_files(self, text: str, path: str, pattern: str) -> str:
        """The lines that hold a text, in any case."""
        from dbdesign.detect.lines import hidden

        if not text.strip():
            raise InputError("is empty", where="text", remedy="Give a word or a phrase to search for")
        tree, prefix = self._tree(path)
        wanted, found = text.casefold(), list[str]()
        for name in sorted(tree.sizes):
            if not _like(name, pattern):
                continue
            for number, line in enumerate(_decoded(tree.read(name)).splitlines(), start=1):
                if wanted in line.casefold():
                    found.append(f"{prefix}{name}:{number}: {hidden(line.strip())[:_WIDEST]}")
        if not found:
            return f"{text!r} is in no file like {pattern} in {path!r}."
        rest = f"\n… and {len(found) - MOST_FOUND} more lines: narrow it" if len(found) > MOST_FOUND else ""
        return "\n".join(found[:MOST_FOUND]) + rest

    def read_file(self, path: str, first_line: int, lines: int) -> str:
        """Lines of a file, without numbers."""
        from dbdesign.detect.lines import hidden

        _refuse_hidden(path)
        content = self._access.read_bytes(path)
        if b"\0" in content[:4096]:
            raise InputError("is not a text file", where=path)
        every = _decoded(content).splitlines()
        if first_line > max(len(every), 1):
            raise InputError(
                f"has only {len(every)} lines", where=path, remedy=f"Set first_line to {len(every)} or less"
            )
        chosen = "\n".join(every[first_line - 1 : first_line - 1 + min(lines, MOST_LINES)])
        shown = chosen if path.endswith(".sql") else hidden(chosen)
        shown, last = shown[:MOST_CHARACTERS], first_line + shown[:MOST_CHARACTERS].count("\n")
        rest = (
            f"\n… lines {first_line} to {last} of {len(every)}: set first_line to {last + 1}"
            if last < len(every)
            else ""
        )
        return shown + rest

    def write_file(self, path: str, text: str, overwrite: bool) -> str:
        """Write a file."""
        self._access.write_text(path, text, overwrite=overwrite)
        return f"Wrote {path}: {len(text.splitlines())} lines."

    def _tree(self, path: str) -> tuple[Tree, str]:
        from dbdesign.detect.walk import walk

        _refuse_hidden(path)
        prefix = "" if path in {".", "./", ""} else f"{path.rstrip('/')}/"
        return walk(self._access.folder(path or ".")), prefix


def _refuse_hidden(path: str) -> None:
    if any(part.startswith(".") and part not in {".", ".."} for part in path.split("/")):
        raise AccessError("hidden files and folders are not shown: they may hold secrets", where=path)


def _like(name: str, pattern: str) -> bool:
    return fnmatch.fnmatch(name, pattern) or fnmatch.fnmatch(name.rpartition("/")[2], pattern)


def _decoded(content: bytes) -> str:
    return "" if b"\0" in content[:4096] else content.decode("utf-8", "replace")


def _told(function: Callable[P, str]) -> Callable[P, str]:
    """The function with its `DesignError`s told to the model."""
    from mcp.server.mcpserver.exceptions import ToolError

    @wraps(function)
    def answer(*args: P.args, **kwargs: P.kwargs) -> str:
        try:
            return function(*args, **kwargs)
        except DesignError as error:
            raise ToolError(str(error)) from None

    return answer


Folder = Annotated[str, Field(description="A folder of the project.")]
Pattern = Annotated[str, Field(description="Names like this, such as *.sql.")]


def project_files(access: Access) -> MCPServer[Any]:
    """A server with the four tools, confined to what `access` allows."""
    from mcp.server import MCPServer
    from mcp_types import ToolAnnotations

    server: MCPServer[Any] = MCPServer("project", title="The files of the project", log_level="WARNING")
    project, reads = Project(access), ToolAnnotations(read_only_hint=True)

    @server.tool(annotations=reads, structured_output=False)
    @_told
    def list_files(path: Folder = ".", pattern: Pattern = "*") -> str:
        """The project's files with their sizes; hidden, ignored and vendored ones are left out."""
        return project.list_files(path, pattern)

    @server.tool(annotations=reads, structured_output=False)
    @_told
    def search_files(
        text: Annotated[str, Field(description="What a line must hold, in any case; no expression.")],
        path: Folder = ".",
        pattern: Pattern = "*",
    ) -> str:
        """Lines of the project's files that hold a text, with file and line number."""
        return project.search_files(text, path, pattern)

    @server.tool(annotations=reads, structured_output=False)
    @_told
    def read_file(
        path: Annotated[str, Field(description="A file of the project.")],
        first_line: Annotated[int, Field(ge=1, description="Where to start, from 1.")] = 1,
        lines: Annotated[int, Field(ge=1, description="How many, at most 1000.")] = 400,
    ) -> str:
        """Text of a file. Schemas are better read with read_schema, which is shorter and complete."""
        return project.read_file(path, first_line, lines)

    @server.tool(annotations=ToolAnnotations(read_only_hint=False, destructive_hint=True), structured_output=False)
    @_told
    def write_file(
        path: Annotated[str, Field(description="Where; missing folders are made.")],
        text: Annotated[str, Field(description="The whole content.")],
        overwrite: Annotated[bool, Field(description="Replace a file that exists.")] = False,
    ) -> str:
        """Write a file of the project, such as a design file that other tools then read by its path."""
        return project.write_file(path, text, overwrite)

    return server
