"""Every kind of bad input through the tool, as an assistant would send it: an answer with place and remedy, nothing lost, nothing leaked."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from mcp.client import Client
from mcp_types import TextContent

from dbdesign_server.app import build_server

pytestmark = pytest.mark.anyio


@dataclass(frozen=True)
class Case:
    """A source, and what the answer must say: in its error, or in its summary and `unread`."""

    source: str
    said: str
    error: bool = False
    tables: int | None = None
    format: str | None = "postgresql"


NAME_OF_64_BYTES = "x" * 64
ATTACK = "create table t (id int);\n"
CASES = {
    "empty text": Case("", "is empty", error=True),
    "white space": Case(" \n\t\n", "is empty", error=True),
    "a NUL character": Case("create table t (id int);\n\0", "NUL character in line 2", error=True),
    "half of a surrogate pair": Case("create table t (id int);\n-- \ud800", "line 2", error=True),
    "prose": Case("once upon a time\nthere was a table\n", "no format recognises", error=True, format=None),
    "a string that does not end": Case(f"{ATTACK}create table u (a text default 'x);\n", "line 2", error=True),
    "a comment that does not end": Case(f"{ATTACK}/* never closed\n", "line 2", error=True),
    "a dump of another dialect": Case(
        "CREATE TABLE `t` (`id` int NOT NULL AUTO_INCREMENT, PRIMARY KEY (`id`)) ENGINE=InnoDB;\n",
        "mysql",
        tables=1,
        format=None,
    ),
    "a duplicate table": Case(f"{ATTACK}{ATTACK}", "1 fewer", tables=1),
    "a foreign key to nothing": Case("create table t (id int references nowhere (id));\n", "nowhere", tables=1),
    "a circle of foreign keys": Case(
        "create table a (id int primary key, b int);\ncreate table b (id int primary key, a int references a);\n"
        "alter table a add foreign key (b) references b;\n",
        "2 foreign keys",
        tables=2,
    ),
    "reserved, mixed-case and foreign names": Case(
        'create table "select" ("Order" int, "größe" text);\ncreate table "日本語" ("from" int);\n',
        "2 tables",
        tables=2,
    ),
    "a name of 64 bytes": Case(f"create table {NAME_OF_64_BYTES} (id int);\n", "1 table", tables=1),
    "a name of many bytes": Case('create table "' + "é" * 60 + '" (id int);\n', "1 table", tables=1),
    "deep nesting": Case(f"create table t (id int check ({'(' * 3000}id > 0{')' * 3000}));\n", "1 table", tables=1),
    "nesting deeper than the parsers go": Case(
        f"create table u (id int);\ncreate table t (id int default ({'1+' * 20_000}1));\n",
        "nested too deeply",
        tables=1,
    ),
    "a statement that is not known": Case(f"{ATTACK}frobnicate t;\n", "1 statement not understood", tables=1),
    "COPY TO PROGRAM": Case(f"{ATTACK}copy t to program 'touch {{marker}}';\n", "1 table", tables=1),
    "reading a file of the server": Case(
        f"{ATTACK}create view v as select pg_read_file('/etc/passwd') as x;\ncreate table u as select * from v;\n",
        "fewer",
        tables=1,
    ),
    "importing a large object": Case(f"{ATTACK}select lo_import('/etc/passwd');\n", "1 table", tables=1),
    "an extension that connects": Case(f"create extension dblink;\n{ATTACK}", "1 table", tables=1),
    "an untrusted language": Case(
        f"{ATTACK}do $$ import os; os.system('touch {{marker}}') $$ language plpython3u;\n",
        "1 statement not understood",
        tables=1,
    ),
    "ALTER SYSTEM": Case(f"{ATTACK}alter system set fsync = off;\n", "1 statement not understood", tables=1),
    "SET ROLE": Case(f"{ATTACK}set role postgres;\ncreate table u (id int);\n", "2 tables", tables=2),
}


@pytest.mark.parametrize("name", CASES)
async def test_bad_input_is_answered(project: Path, tmp_path: Path, name: str) -> None:
    case = CASES[name]
    marker = tmp_path / "owned"
    arguments = {"source": case.source.replace("{marker}", str(marker))}
    if case.format:
        arguments["format"] = case.format
    async with Client(build_server()) as client:
        result = await client.call_tool("read_schema", arguments)
    assert isinstance(result.content[0], TextContent)
    text = result.content[0].text
    assert result.is_error is case.error
    assert case.said in text
    assert "root:x:" not in json.dumps(result.structured_content)
    assert not marker.exists()
    if case.tables is not None:
        assert isinstance(result.structured_content, dict)
        assert len(result.structured_content["tables"]) == case.tables


async def test_what_leads_out_of_the_root_is_refused(project: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.sql").write_text("create table secret (id int);")
    (project / "link.sql").symlink_to(tmp_path / "secret.sql")
    (project / "folder").mkdir()
    refusals = {
        "link.sql": "outside the allowed folders",
        "../secret.sql": "`..` is not allowed",
        str(tmp_path / "secret.sql"): "outside the allowed folders",
        "folder": "nothing in it declares a schema",
        "missing.sql": "there is no such file",
        "/dev/zero": "outside the allowed folders",
        "database:shop": "DBDESIGN_DATABASE_SHOP",
        "postgresql://u:hunter2@localhost/x": "database:<name>",
    }
    async with Client(build_server()) as client:
        for source, said in refusals.items():
            result = await client.call_tool("read_schema", {"source": source})
            assert result.is_error
            assert isinstance(result.content[0], TextContent)
            assert said in result.content[0].text
            assert "hunter2" not in result.content[0].text


async def test_fifty_megabytes_that_are_no_schema_are_refused_at_once(project: Path) -> None:
    (project / "large.sql").write_text("lorem ipsum dolor sit amet\n" * 1_900_000)
    async with Client(build_server()) as client:
        result = await client.call_tool("read_schema", {"source": "large.sql"})
    assert result.is_error


async def test_a_configured_database_is_read_by_its_name(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sqlite3

    with sqlite3.connect(tmp_path / "live.db") as database:
        database.execute("create table t (id integer primary key, name text not null)")
    monkeypatch.setenv("DBDESIGN_DATABASE_LIVE_SHOP", f"sqlite:///{tmp_path / 'live.db'}")
    async with Client(build_server()) as client:
        result = await client.call_tool("read_schema", {"source": "database:live-shop"})
        unknown = await client.call_tool("read_schema", {"source": "database:live_shp"})
    assert isinstance(result.structured_content, dict)
    assert [table["name"] for table in result.structured_content["tables"]] == ["t"]
    assert str(tmp_path) not in json.dumps(result.structured_content)
    assert isinstance(unknown.content[0], TextContent)
    assert "Did you mean live_shop?" in unknown.content[0].text
