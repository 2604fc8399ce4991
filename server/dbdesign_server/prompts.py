"""Prompts that a user picks, and the completion of arguments and names."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Annotated, Any

from mcp_types import (
    Completion,
    CompletionArgument,
    CompletionContext,
    PromptReference,
    ResourceTemplateReference,
)
from pydantic import Field

from dbdesign_server.resources import engine_names, persona

if TYPE_CHECKING:
    from mcp.server import MCPServer

REVIEW = """\
Review the database schema in `{source}`.

1. Call `read_schema` with this source and say in two sentences what it is. If anything is in `unread`, name it: it was not reviewed.
2. Call `review_schema` with the same source{focus}. If there is a workload or there are row counts, put them with the schema into a design
   file and review that.
3. Group what matters by consequence: data that can become wrong, queries that will become slow, changes that will lock. For each:
   the evidence, what follows at production volumes, and the fix as SQL. Read a rule's page (`dbdesign://rules/<rule>`) where you
   would doubt it.
4. Say which findings you would leave alone here, and why. End with the order in which you would apply the fixes, and what each locks.
"""

DESIGN = """\
Design a database on {engine} for these requirements:

{requirements}

1. Domain first: the things, what identifies them, what happens to them, how long they live. Ask only questions whose answers
   change the design.
2. List the frequent and the critical queries with rates, latency targets and row counts; assume and say so where none are given.
3. Write the schema, then a design file (engine, schema, workload, volumes), and call `review_schema` on it. Fix what it finds until
   what is left is what you can defend.
4. Call `simulate_queries` with `at` and `advise_indexes` with a `budget` on the design file. Put the indexes that are worth it into the
   schema, change what misses its target, and call again.
5. Call `generate_schema` with target {engine} and `write_to`, so that the DDL is executed or parsed, `draw_erd` for the diagram,
   `plan_scaling` for growth, and `plan_migration` where a schema is there already.
6. Deliver: the diagram, the DDL, the reasons for keys, types and every denormalisation, the index that serves each query, growth and
   archival, and the migration with its way back. Say of each claim whether it was executed, planned, parsed or assumed.
"""


PORT = """\
Port the database schema in `{source}` to {target}.

1. Call `read_schema` with this source. What is in `unread` will be missing from the result: say so first.
2. Call `generate_schema` with target {target} and `write_to`. Read every entry of `notes`: for each decide whether the nearest equivalent
   that was written will do, must be changed, or moves a rule from the database into the application; say which and why.
3. Call `review_schema` on what was written, and fix what {target} makes worse: keys that are hot there, types that are wider, indexes that
   it builds differently.
4. Deliver the file, the list of differences that the application will notice, and the order in which to load the data.
"""


def add_prompts(server: MCPServer[Any]) -> None:
    """Add the prompts and the completion to a server."""

    @server.prompt(title="Review a schema", description="Read and review a schema and say what matters.")
    def review_a_schema(
        source: Annotated[str, Field(description="A path, the text itself, or database:<name>.")],
        only: Annotated[str, Field(description="A rule or a family of rules to keep to.")] = "",
    ) -> str:
        return REVIEW.format(source=source, focus=f" and only={only}" if only else "")

    @server.prompt(
        title="Design a database", description="From requirements to a schema that was executed and reviewed."
    )
    def design_from_requirements(
        requirements: Annotated[str, Field(description="What the application must do, in your words.")],
        engine: Annotated[
            str, Field(description="postgresql, mysql, sqlserver, sqlite, cockroachdb or tidb.")
        ] = "postgresql",
    ) -> str:
        return DESIGN.format(requirements=requirements, engine=engine)

    @server.prompt(title="Port a schema", description="Move a schema to another engine and say what changes.")
    def port_a_schema(
        source: Annotated[str, Field(description="A path, the text itself, or database:<name>.")],
        target: Annotated[str, Field(description="postgresql, mysql, sqlserver, sqlite, cockroachdb or tidb.")],
    ) -> str:
        return PORT.format(source=source, target=target)

    @server.prompt(
        title="Database designer", description="The persona: a pragmatic database designer with these tools."
    )
    def database_designer() -> str:
        return persona()

    @server.completion()  # type: ignore[no-untyped-call, untyped-decorator]
    async def complete(
        ref: PromptReference | ResourceTemplateReference,
        argument: CompletionArgument,
        context: CompletionContext | None,  # noqa: ARG001 - the SDK passes it
    ) -> Completion | None:
        place = ref.name if isinstance(ref, PromptReference) else str(ref.uri)
        names = _COMPLETIONS.get((place, argument.name))
        return completion(names(), argument.value) if names else None


def completion(names: Iterable[str], typed: str) -> Completion:
    """Names that begin with what was typed, then those that contain it; at most the protocol's 100."""
    wanted = typed.lower()
    every = sorted(names)
    found = [name for name in every if name.lower().startswith(wanted)]
    found += [name for name in every if wanted in name.lower() and name not in found]
    return Completion(values=found[:100], total=len(found), has_more=len(found) > 100)


def rule_names() -> list[str]:
    """The review rules."""
    from dbdesign.rules.base import rules

    return list(rules())


def hazard_names() -> list[str]:
    """The hazards of migrations."""
    from dbdesign.migrations.hazards.base import hazards

    return list(hazards())


def rules_and_families() -> list[str]:
    """What `only` and `ignore` take."""
    from dbdesign.rules.base import families

    return [*rule_names(), *families()]


def target_names() -> list[str]:
    """What `to` takes."""
    from dbdesign.writers.base import writers

    return list(writers())


def pattern_names() -> list[str]:
    """The pages of patterns."""
    from dbdesign.frameworks import pattern_names as names

    return list(names())


def format_names() -> list[str]:
    """What `format` takes."""
    from dbdesign.api.migration_history import TOOLS
    from dbdesign.readers.base import readers, source_readers

    return [*readers(), "design", "mongodb", *source_readers(), *TOOLS]


_COMPLETIONS: dict[tuple[str, str], Callable[[], list[str]]] = {
    ("dbdesign://rules/{name}", "name"): rule_names,
    ("dbdesign://patterns/{name}", "name"): pattern_names,
    ("dbdesign://hazards/{name}", "name"): hazard_names,
    ("dbdesign://engines/{name}", "name"): engine_names,
    ("review_a_schema", "only"): rules_and_families,
    ("design_from_requirements", "engine"): engine_names,
    ("port_a_schema", "target"): target_names,
}
