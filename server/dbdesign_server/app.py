"""The MCP server: the tools of `dbdesign.api` with their schemas, resources, prompts and completion.

The SDK's own tool wrapper drops unknown arguments, answers with the whole JSON as text, and cannot be cancelled while a thread works;
`DesignTool` is the same tool with a `run` of its own that does none of this.
"""

from __future__ import annotations

import inspect
from functools import partial
from threading import Event
from typing import Any

import anyio
import anyio.from_thread
import anyio.to_thread
from anyio import CapacityLimiter
from mcp.server import MCPServer
from mcp.server.caching import CacheHint
from mcp.server.mcpserver.context import Context
from mcp.server.mcpserver.exceptions import ToolError, UnexpectedToolError
from mcp.server.mcpserver.tools import Tool as ServerTool
from mcp_types import CallToolResult, TextContent, ToolAnnotations
from pydantic import PrivateAttr, ValidationError
from pydantic_core import ErrorDetails

from dbdesign.api.answer import Answer
from dbdesign.api.call import Call
from dbdesign.api.tools import TOOLS, Tool
from dbdesign.errors import DesignError, UnknownNameError
from dbdesign_server.config import Config, load_config
from dbdesign_server.prompts import add_prompts
from dbdesign_server.resources import add_resources
from dbdesign_server.schemas import input_schema, output_schema
from dbdesign_server.version import VERSION

INSTRUCTIONS = """\
dbdesign reads, reviews, draws, generates and compares schemas and proves what it says: PostgreSQL DDL is executed on an embedded \
PostgreSQL 18 and read back from its catalogs; other dialects and programs are parsed, never run.

Most tools take a `source`: a path under an allowed folder (SQL, DBML, a design file in YAML with engine, schema, workload and \
volumes; models of Prisma, TypeORM, SQLAlchemy, Django, Drizzle, Mongoose; a folder of models, of migrations, or a repository), the \
text itself, or `database:<name>` for a configured database, which is only ever read.

- detect_stack first in a project that exists: it says which source to read. read_schema: what a schema really contains. \
review_schema: defects with evidence and fixes as SQL; with a design file also against the workload. compare_schemas: drift between \
models, migrations and databases. generate_schema: DDL for an engine, or an ORM's models. draw_erd: Mermaid, DBML, Graphviz. \
simulate_queries: plans, costs and growth at production scale without data. advise_indexes: the best indexes within a budget. \
read_plan: what is slow in an execution plan as pasted. benchmark_schema: generated rows on an embedded PostgreSQL, the workload run on \
them, before and after indexes. check_migration: what a migration locks and rewrites. plan_migration: phases without downtime, with \
rollback. design_nosql: DynamoDB, MongoDB or Redis from access patterns. plan_scaling: which limit is met when, and what to do then.
- Write one design file and give its path to every call; its form is the resource dbdesign://schemas/design.
- Read `summary` first, then `unread`, `notes` and `proof`: what was not understood or cannot be expressed is there, never dropped.
- Large answers come in pages (`page`, `pages`). Let tools write long text to files with `write_to` instead of copying it.
- Pages are resources: dbdesign://rules/<rule>, dbdesign://engines/<engine>, dbdesign://patterns/<engine, ORM or migration tool>.
"""

AT_ONCE = 4
"""Calls that work at the same time; further ones wait."""

_HOUR = 3_600_000
_STATIC = CacheHint(ttl_ms=_HOUR, scope="public")


class DesignTool(ServerTool):
    """A tool that refuses unknown arguments, works in a thread that can be given up, and answers in both channels."""

    _config: Config = PrivateAttr(default_factory=Config)
    _places: CapacityLimiter | None = PrivateAttr(default=None)

    @classmethod
    def wrap(cls, tool: Tool, config: Config) -> DesignTool:
        """The tool as the server lists it."""
        made = cls.from_function(
            tool.function,
            title=tool.title,
            description=inspect.getdoc(tool.function),
            annotations=ToolAnnotations(
                title=tool.title,
                read_only_hint=not tool.writes,
                destructive_hint=tool.writes,
                idempotent_hint=not tool.writes,
                open_world_hint=False,
            ),
            context_kwarg="call",
            structured_output=True,
        )
        assert isinstance(made, DesignTool)  # noqa: S101 - from_function makes an object of its class
        made._config = config  # noqa: SLF001 - of this class
        made.parameters = input_schema(made.parameters)
        made.fn_metadata.output_schema = output_schema(made.fn_metadata.output_schema or {})
        return made

    async def run(self, arguments: dict[str, Any], context: Context[Any, Any], convert_result: bool = False) -> Any:
        """One call. A `DesignError` becomes an error that the model reads; anything else is a defect, logged and not shown.

        Raises:
            ToolError: what the caller can put right.
            UnexpectedToolError: a defect of ours.
        """
        try:
            answer = await self._answer(self._checked(arguments), context)
        except (DesignError, TimeoutError) as error:
            raise ToolError(str(error) or "the call took too long and was stopped") from error
        except ToolError:
            raise
        except Exception as error:
            raise UnexpectedToolError(
                f"{self.name} failed: a defect of dbdesign, not of the input. The server's log has the details."
            ) from error
        if not convert_result:
            return answer
        return CallToolResult(
            content=[TextContent(type="text", text=answer.readable)], structured_content=answer.structured()
        )

    def _checked(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """The arguments as the function takes them."""
        known = self.parameters["properties"]
        missing = [name for name in self.parameters.get("required", ()) if name not in arguments]
        for name in arguments:
            if name not in known:
                raise UnknownNameError.among("argument", name, missing or known, where=self.name)
        try:
            return self.fn_metadata.validate_arguments(arguments)
        except ValidationError as error:
            said = "; ".join(
                f"{'.'.join(map(str, one['loc']))}: {one['msg']}{_wanted(one, known)}" for one in error.errors()
            )
            raise ToolError(f"{self.name}: {said}") from None

    async def _answer(self, arguments: dict[str, Any], context: Context[Any, Any]) -> Answer:
        """The work, in a thread; when the call is cancelled the thread is told to stop and is not waited for."""
        cancelled = Event()

        def tell(done: float, message: str) -> None:
            anyio.from_thread.run(context.report_progress, done, 1.0, message)

        call = Call(access=self._config.access, tokens=self._config.tokens, progress=tell, cancelled=cancelled)
        if self._places is None:
            self._places = CapacityLimiter(AT_ONCE)
        try:
            with anyio.fail_after(self._config.seconds):
                return await anyio.to_thread.run_sync(
                    partial(self._work, arguments, call), abandon_on_cancel=True, limiter=self._places
                )
        finally:
            cancelled.set()

    def _work(self, arguments: dict[str, Any], call: Call) -> Answer:
        from dbdesign.engines.cancellation import cancelled_by

        with cancelled_by(call.cancelled):
            answer = self.fn(**arguments, call=call)
            assert isinstance(answer, Answer)  # noqa: S101 - what every tool returns
            return answer


def _wanted(error: ErrorDetails, known: dict[str, Any]) -> str:
    """What an argument that is missing should be."""
    name = str(error["loc"][0]) if error["loc"] else ""
    return f" ({known[name]['description']})" if error["type"] == "missing" and name in known else ""


def build_server(config: Config | None = None) -> MCPServer[Any]:
    """The server with everything that it offers, in a fixed order; the working directory is its root where none is configured."""
    config = config or load_config()
    server: MCPServer[Any] = MCPServer(
        "dbdesign",
        title="dbdesign: a database designer's toolkit",
        instructions=INSTRUCTIONS,
        version=VERSION,
        tools=[DesignTool.wrap(tool, config) for tool in TOOLS],
        cache_hints={"tools/list": _STATIC, "prompts/list": _STATIC, "resources/list": _STATIC},
        log_level="WARNING",
    )
    add_resources(server)
    add_prompts(server)
    return server
