"""Folders, programs, histories, drift and patterns over a session of a real client."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from mcp.client import Client
from mcp_types import CallToolResult, TextContent, TextResourceContents

from dbdesign.frameworks import pattern_names
from dbdesign.readers import base
from dbdesign.writers import base as writers
from dbdesign.writers.base import WriteOptions, Writer, WriteResult
from dbdesign_server.app import build_server
from dbdesign_server.commands import run
from dbdesign_server.config import load_config
from sheet_models import SHEET

pytestmark = pytest.mark.anyio

MOST_TOKENS = 6000
"""Of names, descriptions and arguments of all tools together, which a model has before it in every turn; four characters are a token."""


@pytest.fixture
def shop(project: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with models and migrations beside the project's schema."""
    known = {**base.source_readers(), "sheet": SHEET}
    monkeypatch.setattr(base, "source_readers", lambda: known)
    (project / "shop.sql").rename(project / "old.sql")
    (project / "shop").mkdir()
    (project / "shop" / "models.py").write_text(
        "# table customers: id\n\n# table orders: id, customer_id -> customers.id\n"
    )
    (project / "migrations").mkdir()
    (project / "migrations" / "V1__customers.sql").write_text("create table customers (id bigint primary key);\n")
    (project / "migrations" / "V2__orders.sql").write_text(
        "create table orders (id bigint primary key, customer_id bigint references customers);\n"
    )
    return project


async def call(name: str, **arguments: Any) -> dict[str, Any]:
    """One call of a fresh server; its structure, or its error as `error`."""
    async with Client(build_server(load_config())) as client:
        result = await client.call_tool(name, arguments)
    assert isinstance(result, CallToolResult)
    (content,) = result.content
    assert isinstance(content, TextContent)
    return {"error": content.text} if result.is_error else dict(result.structured_content or {})


async def test_the_list_of_tools_stays_within_its_budget(project: Path) -> None:
    async with Client(build_server(load_config())) as client:
        tools = (await client.list_tools()).tools
    compact = {"separators": (",", ":"), "ensure_ascii": False}
    size = sum(len(f"{one.name}{one.description}{json.dumps(one.input_schema, **compact)}") for one in tools)  # type: ignore[arg-type]
    assert size / 4 <= MOST_TOKENS


async def test_models_and_their_history_are_read_compared_and_agree(shop: Path) -> None:
    read = await call("read_schema", source="shop")
    assert (read["format"], read["counts"]["tables"], read["tables"][1]["path"]) == ("sheet", 2, "shop/models.py")
    history = await call("read_schema", source="migrations")
    assert (history["format"], history["tables"][1]["path"]) == ("flyway", "migrations/V2__orders.sql")
    answer = await call("compare_schemas", source="shop", other="migrations")
    assert (answer["drift"], answer["differences"]) == (False, [])
    (shop / "migrations" / "V3__note.sql").write_text(
        "alter table orders add note text;\nalter table gone add x int;\n"
    )
    answer = await call("compare_schemas", source="shop", other="migrations")
    assert [(one["object"], one["right_at"]) for one in answer["differences"]] == [
        ("orders.note", "migrations/V3__note.sql:1")
    ]
    assert answer["unread"] == ['right, migrations/V3__note.sql:2: relation "gone" does not exist (42P01)']


async def test_a_folder_with_several_schemas_lists_them(shop: Path) -> None:
    (shop / "other").mkdir()
    (shop / "other" / "package.json").write_text("{}")
    (shop / "other" / "models.py").write_text("# table other: id\n")
    answer = await call("read_schema", source=".")
    assert "2 schemas could be meant" in answer["error"]
    assert "source=other/models.py format=sheet; source=shop/models.py format=sheet" in answer["error"]


async def test_other_tools_take_folders_too(shop: Path) -> None:
    review = await call("review_schema", source="migrations", only=["foreign-key-without-index"])
    assert [(one["path"], one["line"]) for one in review["findings"]] == [("migrations/V2__orders.sql", 1)]
    drawn = await call("draw_erd", source="shop")
    assert "customers ||--o{ orders" in drawn["text"] or "customers" in drawn["text"]
    written = await call("generate_schema", source="migrations", to="mysql")
    assert "CREATE TABLE" in written["text"]
    planned = await call("plan_migration", source="migrations", target="old.sql", verify=False)
    assert "error" not in planned


async def test_detection_says_what_to_read_and_which_patterns_apply(shop: Path) -> None:
    (shop / "compose.yaml").write_text("services:\n  db:\n    image: postgres:17\n")
    answer = await call("detect_stack")
    assert {"path": "migrations", "format": "flyway", "readable": True} in answer["schemas"] or any(
        one["format"] == "flyway" and one["readable"] for one in answer["schemas"]
    )
    assert {"postgresql", "flyway"} <= set(answer["patterns"])
    assert "read_schema takes source=migrations" in answer["summary"]
    place = answer["summary"].partition("read_schema takes source=")[2].split()[0]
    assert "error" not in await call("read_schema", source=place)


async def test_patterns_are_resources(project: Path) -> None:
    async with Client(build_server(load_config())) as client:
        (contents,) = (await client.read_resource("dbdesign://patterns")).contents
        assert isinstance(contents, TextResourceContents)
        assert all(f"dbdesign://patterns/{name}" in contents.text for name in pattern_names())
        (page,) = (await client.read_resource("dbdesign://patterns/django-orm")).contents
        assert isinstance(page, TextResourceContents)
        assert page.text.startswith("# Django")


USERS = (
    '{"users": {"validator": {"$jsonSchema": {"bsonType": "object", "required": ["address"], "properties": {"address": \
{"bsonType": "object", "properties": {"city": {"bsonType": "string"}}}, "tags": {"bsonType": "array", "items": {"bsonType": "string"}}}}}, \
"indexes": [{"key": {"address.city": 1, "_id": 1}, "unique": true}]}}'
)


async def test_collections_are_shown_with_what_nests_in_them(project: Path) -> None:
    (project / "users.json").write_text(USERS)
    answer = await call("read_schema", source="users.json")
    assert answer["counts"] == {"collections": 1, "fields": 4, "indexes": 1, "references": 0}
    (users,) = answer["collections"]
    assert users["fields"][0] == {
        "name": "address", "type": "object", "required": True, "fields": [{"name": "city", "type": "string"}],
    }  # fmt: skip
    assert users["fields"][1]["element"] == {"type": "string"}
    assert users["indexes"] == [{"keys": {"address.city": 1, "_id": 1}, "name": "address.city_1__id_1", "unique": True}]
    assert (await call("read_schema", source=USERS))["collections"] == answer["collections"]


@pytest.mark.parametrize("tool", ["draw_erd", "simulate_queries", "advise_indexes", "benchmark_schema"])
async def test_tools_that_cannot_do_documents_say_what_can_be_done(tool: str, project: Path) -> None:
    (project / "users.json").write_text(USERS)
    answer = await call(tool, source="users.json")
    assert "declares collections of documents" in answer["error"]
    assert "read_schema shows them" in answer["error"]


async def test_models_of_several_files_are_written_into_a_folder(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(_schema: object, options: WriteOptions) -> WriteResult:
        text = f"// {options.style}\n"
        parts = {"entities/order.ts": text, "index.ts": "export {};\n"}
        return WriteResult(text=text, parts=parts, proof=base.Proof(level="by rule"))

    several = Writer("several", "Several", "orm", ".ts", write)
    known = {**writers.writers(), "several": several}
    monkeypatch.setattr(writers, "writers", lambda: known)
    answer = await call("generate_schema", source="shop.sql", to="several", style="active-record", write_to="src")
    assert answer["files"] == ["src/entities/order.ts", "src/index.ts"]
    assert (project / "src" / "entities" / "order.ts").read_text() == "// active-record\n"
    again = await call("generate_schema", source="shop.sql", to="several", write_to="src")
    assert "exists already" in again["error"]
    assert "is a file" in (await call("generate_schema", source="shop.sql", to="several", write_to="shop.sql"))["error"]
    assert (
        "outside the allowed"
        in (await call("generate_schema", source="shop.sql", to="several", write_to="/tmp/x"))["error"]
    )
    assert "has no styles" in (await call("generate_schema", source="shop.sql", to="mysql", style="x"))["error"]
    text = await call("generate_schema", source="shop.sql", to="several")
    assert [one["name"] for one in text["parts"]] == ["index.ts"]


async def test_code_is_run_only_where_the_user_allows_it(project: Path) -> None:
    (project / "models.py").write_text("raise SystemExit('run')\n")
    answer = await call("read_schema", source="models.py", format="sqlalchemy-import")
    assert "a program's code is not run here" in answer["error"]
    assert "--allow-import" in answer["error"]


def test_the_command_compares_and_fails_on_drift(shop: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    assert run(["compare", "shop", "migrations", "--fail-on-drift"]) == 0
    assert b"No drift between shop (sheet) and migrations (flyway)" in capfdbinary.readouterr().out
    (shop / "migrations" / "V3__note.sql").write_text("\nalter table orders add note text;\n")
    assert run(["compare", "shop", "migrations"]) == 0
    assert b"only right: column orders.note  migrations/V3__note.sql:2" in capfdbinary.readouterr().out
    assert run(["compare", "shop", "migrations", "--fail-on-drift", "--json"]) == 1
    assert json.loads(capfdbinary.readouterr().out)["drift"] is True
    assert run(["compare", "shop", "migrations", "--github"]) == 0
    assert capfdbinary.readouterr().out.startswith(
        b"::error file=migrations/V3__note.sql,line=2,title=Schema drift::only right: column orders.note; right name note"
    )
    assert run(["compare", "shop", "migrations", "--markdown"]) == 0
    assert (
        b"| column `orders.note` | only right |  | name note, type text, nullable true |"
        in capfdbinary.readouterr().out
    )
    assert run(["compare", "shop", "migrations", "--ignore", "orders.note", "--fail-on-drift"]) == 0


def test_a_sarif_report_names_each_file(shop: Path) -> None:
    assert run(["review", "migrations", "--only", "foreign-key-without-index", "--sarif", "out.sarif"]) == 0
    (result,) = json.loads((shop / "out.sarif").read_text())["runs"][0]["results"]
    place = result["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "migrations/V2__orders.sql"}, "region": {"startLine": 1}}


def test_the_command_prints_collections_and_patterns(project: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    (project / "users.json").write_text(USERS)
    assert run(["read", "users.json"]) == 0
    assert b"address.city: string" in capfdbinary.readouterr().out
    assert run(["patterns", "flyway"]) == 0
    assert capfdbinary.readouterr().out.startswith(b"# Flyway")


COMPUTED = """
from sqlalchemy import Column, Integer, MetaData, Table
metadata = MetaData()
for number in range(3):
    Table(f"part_{number}", metadata, Column("id", Integer, primary_key=True))
"""


def test_models_are_imported_where_the_user_asks_for_it(
    project: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    (project / "models.py").write_text(COMPUTED)
    assert run(["read", "models.py", "--import", "--json"]) == 0
    answer = json.loads(capfdbinary.readouterr().out)
    assert [table["name"] for table in answer["tables"]] == ["part_0", "part_1", "part_2"]
    assert answer["format"] == "sqlalchemy-import"
    assert run(["read", "models.py", "--import", "--format", "django"]) == 2
    assert b"django is not imported" in capfdbinary.readouterr().err


def test_a_server_that_is_allowed_to_import_says_so_in_its_help(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    with pytest.raises(SystemExit):
        run(["serve", "--help"])
    assert b"--allow-import" in capfdbinary.readouterr().out


async def test_a_server_that_is_allowed_to_imports(project: Path) -> None:
    (project / "models.py").write_text(COMPUTED)
    config = load_config()
    allowed = replace(config, access=replace(config.access, imports=True))
    async with Client(build_server(allowed)) as client:
        result = await client.call_tool("read_schema", {"source": "models.py", "format": "sqlalchemy-import"})
    assert isinstance(result, CallToolResult)
    assert not result.is_error
    assert dict(result.structured_content or {})["counts"]["tables"] == 3
