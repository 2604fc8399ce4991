"""The tools for a project's files: what they show, what they keep to themselves."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from inline_snapshot import snapshot
from mcp.client import Client
from mcp_types import CallToolResult, TextContent

from dbdesign.api.access import Access
from dbdesign_server.agent.project_files import MOST_FOUND, MOST_LISTED, project_files

pytestmark = pytest.mark.anyio


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project with a schema, code, a secret, and what is not its own."""
    folder = tmp_path / "project"
    files = {
        "db/shop.sql": "CREATE TABLE t (id bigint);\n-- the end\n",
        "src/app.py": 'url = "postgresql://app:hunter2@db/shop"\nquery = "SELECT * FROM t"\n',
        ".env": "PASSWORD=hunter2\n",
        ".gitignore": "build/\n",
        "build/out.sql": "CREATE TABLE built (id int);\n",
        "node_modules/x/y.sql": "CREATE TABLE theirs (id int);\n",
        "logo.png": "\x89PNG\0\0",
    }
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    (tmp_path / "outside.txt").write_text("outside")
    (folder / "link.txt").symlink_to(tmp_path / "outside.txt")
    return folder


@pytest.fixture
async def client(project: Path) -> AsyncIterator[Client]:
    """A client of the project's tools."""
    async with Client(project_files(Access.beneath(project))) as one:
        yield one


async def told(client: Client, name: str, **arguments: object) -> tuple[str, bool]:
    """What a call says, and whether it is an error."""
    result = await client.call_tool(name, arguments)
    assert isinstance(result, CallToolResult)
    assert isinstance(result.content[0], TextContent)
    return result.content[0].text.removeprefix(f"Error executing tool {name}: "), bool(result.is_error)


async def test_files_are_those_that_the_repository_calls_its_own(client: Client) -> None:
    listed, _ = await told(client, "list_files")
    assert listed.splitlines() == snapshot(
        [".env  17 B", ".gitignore  7 B", "db/shop.sql  39 B", "logo.png  7 B", "src/app.py  67 B"]
    )
    assert (await told(client, "list_files", path="db", pattern="*.sql"))[0] == "db/shop.sql  39 B"
    assert (await told(client, "list_files", pattern="*.rb"))[0].startswith("No file like *.rb in '.'")


async def test_lines_are_found_in_any_case_and_secrets_are_starred(client: Client) -> None:
    assert (await told(client, "search_files", text="create table"))[0] == "db/shop.sql:1: CREATE TABLE t (id bigint);"
    found, _ = await told(client, "search_files", text="POSTGRESQL://")
    assert "app.py:1" in found
    assert "hunter2" not in found
    assert (await told(client, "search_files", text="nothing like it"))[
        0
    ] == "'nothing like it' is in no file like * in '.'."


async def test_a_file_is_read_in_parts(client: Client, project: Path) -> None:
    (project / "long.txt").write_text("".join(f"line {number}\n" for number in range(1, 2_001)))
    text, _ = await told(client, "read_file", path="long.txt", first_line=5, lines=2)
    assert text == "line 5\nline 6\n… lines 5 to 6 of 2000: set first_line to 7"
    most, _ = await told(client, "read_file", path="long.txt", lines=5_000)
    assert most.endswith("… lines 1 to 1000 of 2000: set first_line to 1001")
    assert (await told(client, "read_file", path="long.txt", first_line=2_000))[0] == "line 2000"


async def test_a_file_is_written_once_unless_asked_to_replace_it(client: Client, project: Path) -> None:
    assert (await told(client, "write_file", path="out/design.yaml", text="engine: sqlite\n"))[
        0
    ] == "Wrote out/design.yaml: 1 lines."
    said, refused = await told(client, "write_file", path="out/design.yaml", text="x")
    assert refused
    assert "overwrite=true" in said
    assert not (await told(client, "write_file", path="out/design.yaml", text="x", overwrite=True))[1]
    assert (project / "out" / "design.yaml").read_text() == "x"


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("read_file", {"path": ".env"}, "hidden files and folders are not shown"),
        ("read_file", {"path": "db/../.env"}, "hidden files and folders are not shown"),
        ("read_file", {"path": "../outside.txt"}, "`..` is not allowed"),
        ("read_file", {"path": "/etc/passwd"}, "is outside the allowed folders"),
        ("read_file", {"path": "link.txt"}, "is outside the allowed folders"),
        ("read_file", {"path": "db"}, "is a folder. Name one file in it: shop.sql"),
        ("read_file", {"path": "db/shp.sql"}, "Did you mean db/shop.sql?"),
        ("read_file", {"path": "logo.png"}, "is not a text file"),
        ("read_file", {"path": "db/shop.sql", "first_line": 9}, "has only 2 lines. Set first_line to 2 or less"),
        ("list_files", {"path": "../"}, "`..` is not allowed"),
        ("list_files", {"path": ".git"}, "hidden files and folders are not shown"),
        ("search_files", {"text": " "}, "text: is empty"),
        ("write_file", {"path": "/tmp/x", "text": ""}, "is outside the allowed folders"),
        ("write_file", {"path": ".github/x.yml", "text": ""}, "hidden files and folders are not written to"),
    ],
)
async def test_what_is_not_the_projects_is_refused(
    client: Client, name: str, arguments: dict[str, object], said: str
) -> None:
    text, refused = await told(client, name, **arguments)
    assert refused
    assert said in text


async def test_long_answers_are_cut_and_say_so(client: Client, project: Path) -> None:
    for number in range(MOST_LISTED + 10):
        (project / f"m{number:04}.sql").write_text("x\n")
    assert (await told(client, "list_files", pattern="m*"))[0].endswith("… and 10 more: narrow it with path or pattern")
    (project / "many.txt").write_text("needle\n" * (MOST_FOUND + 5))
    assert (await told(client, "search_files", text="needle"))[0].endswith("… and 5 more lines: narrow it")
