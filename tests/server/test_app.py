"""The server in memory, in both eras of the protocol."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any, Literal

import anyio
import pytest
from mcp.client import Client
from mcp_types import CallToolResult, PromptReference, ResourceTemplateReference, TextContent

from big_schemas import big_mysql
from dbdesign.api.paging import tokens
from dbdesign.api.tools import TOOLS
from dbdesign.writers.base import writers
from dbdesign_server.app import INSTRUCTIONS, build_server
from dbdesign_server.config import load_config

pytestmark = pytest.mark.anyio

ERAS: list[Literal["auto", "legacy"]] = ["auto", "legacy"]
KIB = 1024


@pytest.fixture(params=ERAS)
def era(request: pytest.FixtureRequest) -> Literal["auto", "legacy"]:
    """2026-07-28 and, by the handshake, 2025-11-25."""
    chosen: Literal["auto", "legacy"] = request.param
    return chosen


def client(era: Literal["auto", "legacy"] = "auto", **options: Any) -> Client:
    """A client of a fresh server."""
    return Client(build_server(load_config(**options)), mode=era)


def text_of(result: CallToolResult) -> str:
    """The text of a result's only content."""
    assert len(result.content) == 1
    assert isinstance(result.content[0], TextContent)
    return result.content[0].text


async def call(name: str, era: Literal["auto", "legacy"] = "auto", **arguments: Any) -> CallToolResult:
    """One call of a fresh server."""
    async with client(era) as one:
        result = await one.call_tool(name, arguments)
        assert isinstance(result, CallToolResult)
        return result


async def test_both_eras_are_served(project: Path, era: Literal["auto", "legacy"]) -> None:
    async with client(era) as one:
        assert one.protocol_version == {"auto": "2026-07-28", "legacy": "2025-11-25"}[era]
        assert one.server_info is not None
        assert one.server_info.name == "dbdesign"
        assert one.instructions == INSTRUCTIONS


async def test_tools_are_listed_in_their_order_with_titles_annotations_and_schemas(
    project: Path, era: Literal["auto", "legacy"]
) -> None:
    async with client(era) as one:
        tools = (await one.list_tools()).tools
    assert [tool.name for tool in tools] == [tool.name for tool in TOOLS]
    for tool, source in zip(tools, TOOLS, strict=True):
        assert tool.title
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint is not source.writes
        assert tool.annotations.destructive_hint is source.writes
        assert tool.output_schema is not None
        assert next(iter(tool.output_schema["properties"])) == "summary"
        assert tool.input_schema["additionalProperties"] is False
        subject = "path" if tool.name == "detect_stack" else "source"
        assert next(iter(tool.input_schema["properties"])) == subject
        assert tool.input_schema.get("required", [subject])[0] == subject


async def test_descriptions_fit_what_clients_show_and_arguments_have_no_unions(project: Path) -> None:
    async with client() as one:
        tools = (await one.list_tools()).tools
    assert len(INSTRUCTIONS.encode()) <= 2 * KIB
    for tool in tools:
        assert tool.description is not None
        assert len(tool.description.encode()) <= 2 * KIB
        assert "\n    " not in tool.description
        assert not {"anyOf", "oneOf", "allOf"} & set(json.dumps(tool.input_schema).replace('"', " ").split())
        assert all(argument.get("description") for argument in tool.input_schema["properties"].values())


async def test_every_target_is_named_where_the_model_looks_for_it(project: Path) -> None:
    async with client() as one:
        tools = {tool.name: tool for tool in (await one.list_tools()).tools}
    described = tools["generate_schema"].input_schema["properties"]["to"]["description"]
    assert [name for name in writers() if name not in described] == []


async def test_both_channels_say_the_same_and_the_summary_comes_first(
    project: Path, era: Literal["auto", "legacy"]
) -> None:
    result = await call("read_schema", era, source="shop.sql")
    assert not result.is_error
    structured = result.structured_content
    assert isinstance(structured, dict)
    assert next(iter(structured)) == "summary"
    text = text_of(result)
    assert text.startswith(structured["summary"])
    for said in ("customer_id bigint", "on delete cascade", "email text"):
        assert said in text
    assert len(text) < len(json.dumps(structured))


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("read_schema", {"sorce": "shop.sql"}, "no argument named 'sorce'. Did you mean source?"),
        ("read_schema", {"source": "shop.sql", "frobnicate": 1}, "no argument named 'frobnicate'. Known: detail"),
        ("read_schema", {}, "source: Field required"),
        ("read_schema", {"source": "shop.sql", "detail": "everything"}, "detail: Input should be 'names'"),
        ("read_schema", {"source": "shop.sql", "page": 0}, "page: Input should be greater than or equal to 1"),
        ("read_schema", {"source": "shop.sql", "page": 7}, "there is no page 7. Pages are 1 to 1"),
        ("read_schema", {"source": "shop.sqll"}, "Did you mean shop.sql?"),
        ("read_schema", {"source": "../project/shop.sql"}, "`..` is not allowed"),
        ("read_schema", {"source": "/etc/passwd"}, "outside the allowed folders"),
        ("read_schema", {"source": "-"}, "standard input is not available"),
        ("generate_schema", {"source": "shop.sql", "to": "postgresqll"}, "Did you mean postgresql"),
        (
            "review_schema",
            {"source": "shop.sql", "only": ["foreign-key-without-indx"]},
            "Did you mean foreign-key-without-index",
        ),
        ("draw_erd", {"source": "shop.sql", "write_to": "../x.mmd"}, "`..` is not allowed"),
        ("draw_erd", {"source": "shop.sql", "write_to": "shop.sql"}, "exists already"),
    ],
)
async def test_a_mistake_is_answered_with_what_to_do(
    project: Path, era: Literal["auto", "legacy"], name: str, arguments: dict[str, Any], said: str
) -> None:
    result = await call(name, era, **arguments)
    assert result.is_error
    assert said in text_of(result)
    assert "Traceback" not in text_of(result)
    assert "pydantic" not in text_of(result)


async def test_a_defect_of_ours_shows_no_internals(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("secret internals")

    monkeypatch.setattr("dbdesign.api.source.load", broken)
    result = await call("read_schema", source="shop.sql")
    assert result.is_error
    assert text_of(result).startswith("read_schema failed: a defect of dbdesign")
    assert "secret" not in text_of(result)


async def test_lists_may_be_given_as_text(project: Path) -> None:
    for given in (["orders"], "orders", '["orders"]'):
        result = await call("read_schema", source="shop.sql", tables=given, detail="names")
        assert isinstance(result.structured_content, dict)
        assert result.structured_content["tables"] == [{"name": "orders"}]


async def test_progress_is_told(project: Path, era: Literal["auto", "legacy"]) -> None:
    told: list[tuple[float, str | None]] = []

    async def listen(done: float, total: float | None, message: str | None) -> None:
        told.append((done, message))

    async with client(era) as one:
        await one.call_tool("read_schema", {"source": "shop.sql"}, progress_callback=listen)
    assert len(told) >= 3
    assert told == sorted(told, key=lambda one: one[0])
    assert all(message for _, message in told)


async def test_files_are_written_under_the_root(project: Path, era: Literal["auto", "legacy"]) -> None:
    result = await call("draw_erd", era, source="shop.sql", write_to="out/")
    assert isinstance(result.structured_content, dict)
    assert result.structured_content["files"] == ["out/shop.mmd"]
    assert "out/shop.mmd" in text_of(result)
    assert (project / "out" / "shop.mmd").read_text().startswith("erDiagram")


async def test_an_answer_stays_within_twenty_thousand_tokens(project: Path) -> None:
    (project / "big.sql").write_text(big_mysql())
    async with client() as one:
        for name, arguments in (
            ("read_schema", {"detail": "full"}),
            ("review_schema", {"detail": "full"}),
            ("draw_erd", {}),
        ):
            result = await one.call_tool(name, {"source": "big.sql", **arguments})
            assert not result.is_error
            assert tokens(result.model_dump_json(by_alias=True)) <= 20_000


async def test_a_cancelled_call_stops_the_work_and_the_server_goes_on(project: Path) -> None:
    slow = "create table t (id int);\nselect pg_sleep(25);\n"
    before = set(threading.enumerate())
    async with client() as one:
        with anyio.move_on_after(3.0) as scope:
            await one.call_tool("read_schema", {"source": slow, "format": "postgresql"})
        assert scope.cancelled_caught
        with anyio.fail_after(10):
            result = await one.call_tool("read_schema", {"source": "shop.sql"})
        assert not result.is_error
        with anyio.fail_after(10):
            while any("sleep" in str(name) for name in _statements_running()):
                await anyio.sleep(0.1)
    assert len(set(threading.enumerate()) - before) < 5


def _statements_running() -> list[str]:
    from dbdesign.engines.postgres import embedded

    return [
        row[0]
        for row in embedded().control(
            "SELECT query FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid()"
        )
    ]


async def test_calls_work_side_by_side(project: Path) -> None:
    found: list[int] = []

    async def read(one: Client, number: int) -> None:
        text = "\n".join(f"create table t{number}_{n} (id int primary key);" for n in range(number))
        result = await one.call_tool("read_schema", {"source": f"{text}\n", "format": "postgresql", "detail": "names"})
        assert isinstance(result.structured_content, dict)
        found.append(len(result.structured_content["tables"]))

    async with client() as one, anyio.create_task_group() as group:
        for number in range(1, 7):
            group.start_soon(read, one, number)
    assert sorted(found) == [1, 2, 3, 4, 5, 6]


async def test_resources_are_rules_engines_and_the_persona(project: Path, era: Literal["auto", "legacy"]) -> None:
    async with client(era) as one:
        uris = [resource.uri for resource in (await one.list_resources()).resources]
        templates = [template.uri_template for template in (await one.list_resource_templates()).resource_templates]
        pages = {
            uri: (await one.read_resource(uri)).contents[0]
            for uri in (*uris, "dbdesign://rules/foreign-key-without-index", "dbdesign://engines/postgresql")
        }
    assert uris == [
        "dbdesign://rules",
        "dbdesign://schemas/design",
        "dbdesign://engines",
        "dbdesign://persona",
        "dbdesign://hazards",
        "dbdesign://patterns",
    ]
    assert templates == [
        "dbdesign://rules/{name}",
        "dbdesign://hazards/{name}",
        "dbdesign://engines/{name}",
        "dbdesign://patterns/{name}",
    ]
    design = pages.pop("dbdesign://schemas/design")
    assert design.mime_type == "application/schema+json"
    assert json.loads(design.text)["title"] == "dbdesign design file"  # type: ignore[union-attr]
    for page in pages.values():
        assert page.mime_type == "text/markdown"
        assert page.text.startswith("# ")  # type: ignore[union-attr]
    assert "## Use instead" in pages["dbdesign://rules/foreign-key-without-index"].text  # type: ignore[union-attr]


@pytest.mark.parametrize("uri", ["dbdesign://rules/nothing", "dbdesign://engines/oracle", "dbdesign://nowhere"])
async def test_a_resource_that_is_not_there_is_an_error(
    project: Path, era: Literal["auto", "legacy"], uri: str
) -> None:
    async with client(era) as one:
        with pytest.raises(Exception, match=r"nothing|oracle|nowhere"):
            await one.read_resource(uri)


async def test_prompts_are_filled_in(project: Path, era: Literal["auto", "legacy"]) -> None:
    async with client(era) as one:
        names = [prompt.name for prompt in (await one.list_prompts()).prompts]
        review = await one.get_prompt("review_a_schema", {"source": "shop.sql", "only": "keys"})
        design = await one.get_prompt("design_from_requirements", {"requirements": "A {shop}.", "engine": "mysql"})
        port = await one.get_prompt("port_a_schema", {"source": "shop.sql", "target": "tidb"})
        persona = await one.get_prompt("database_designer")
    assert names == ["review_a_schema", "design_from_requirements", "port_a_schema", "database_designer"]
    assert "`shop.sql`" in review.messages[0].content.text  # type: ignore[union-attr]
    assert "A {shop}." in design.messages[0].content.text  # type: ignore[union-attr]
    assert "to tidb" in port.messages[0].content.text  # type: ignore[union-attr]
    assert persona.messages[0].content.text.startswith("# Database designer")  # type: ignore[union-attr]


async def test_names_are_completed(project: Path, era: Literal["auto", "legacy"]) -> None:
    rules = ResourceTemplateReference(type="ref/resource", uri="dbdesign://rules/{name}")
    engines = PromptReference(type="ref/prompt", name="design_from_requirements")
    async with client(era) as one:
        found = (await one.complete(rules, {"name": "name", "value": "foreign-key"})).completion
        engine = (await one.complete(engines, {"name": "engine", "value": "my"})).completion
        target = (
            await one.complete(
                PromptReference(type="ref/prompt", name="port_a_schema"), {"name": "target", "value": "m"}
            )
        ).completion
        nothing = (await one.complete(engines, {"name": "requirements", "value": "x"})).completion
    assert "foreign-key-without-index" in found.values
    assert all("foreign-key" in value for value in found.values)
    assert engine.values == ["mysql"]
    assert target.values[:2] == ["mermaid", "mongodb"]
    assert nothing.values == []
