"""What can be read beside the tools' answers: rule pages, what each engine can do, and the persona."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mcp.server.mcpserver.exceptions import ResourceError, ResourceNotFoundError

from dbdesign.errors import DesignError

if TYPE_CHECKING:
    from mcp.server import MCPServer

MARKDOWN = "text/markdown"


def add_resources(server: MCPServer[Any]) -> None:
    """Add the resources to a server."""

    @server.resource(
        "dbdesign://rules",
        title="Review rules",
        description="All review rules by family, a line each.",
        mime_type=MARKDOWN,
    )
    def rules_index() -> str:
        from dbdesign.rules.pages import index

        return index()

    @server.resource(
        "dbdesign://schemas/design",
        title="Schema of the design file",
        description="JSON Schema of the file that names schema, workload, volumes, entities and access patterns.",
        mime_type="application/schema+json",
    )
    def design_file_schema() -> str:
        from dbdesign.readers.design_schema import DESIGN_SCHEMA

        return json.dumps(DESIGN_SCHEMA, ensure_ascii=False)

    @server.resource(
        "dbdesign://engines",
        title="Engines",
        description="The engines that schemas can be for, with versions.",
        mime_type=MARKDOWN,
    )
    def engines_index() -> str:
        return engine_index()

    @server.resource(
        "dbdesign://persona",
        title="The database designer",
        description="How a pragmatic database designer works, and which tool to call when.",
        mime_type=MARKDOWN,
    )
    def the_persona() -> str:
        return persona()

    @server.resource(
        "dbdesign://rules/{name}",
        title="A review rule",
        description="What a rule finds, why it is bad, an example, what to use instead.",
        mime_type=MARKDOWN,
    )
    def rule_page(name: str) -> str:
        return review_page(name)

    @server.resource(
        "dbdesign://hazards",
        title="Migration hazards",
        description="All hazards of migrations by engine, a line each.",
        mime_type=MARKDOWN,
    )
    def hazards_index() -> str:
        from dbdesign.migrations.hazards.base import index

        return index()

    @server.resource(
        "dbdesign://hazards/{name}",
        title="A migration hazard",
        description="What a hazard is, what it locks, an example, what to write instead.",
        mime_type=MARKDOWN,
    )
    def hazard_page(name: str) -> str:
        from dbdesign.migrations.hazards.base import hazard, page

        try:
            return page(hazard(name))
        except DesignError as error:
            raise ResourceNotFoundError(str(error)) from None

    @server.resource(
        "dbdesign://engines/{name}",
        title="What an engine can do",
        description="Limits and features of an engine by version, each with its source.",
        mime_type=MARKDOWN,
    )
    def an_engine(name: str) -> str:
        try:
            return engine_page(name)
        except DesignError as error:
            raise ResourceNotFoundError(str(error)) from None

    _add_patterns(server)


def _add_patterns(server: MCPServer[Any]) -> None:
    @server.resource(
        "dbdesign://patterns",
        title="Patterns",
        description="How schemas are best made with each engine, ORM and migration tool: the pages.",
        mime_type=MARKDOWN,
    )
    def patterns_index() -> str:
        from dbdesign.frameworks import index

        return index()

    @server.resource(
        "dbdesign://patterns/{name}",
        title="Patterns of an engine, ORM or migration tool",
        description="Keys, types, indexes, migrations and pitfalls, with tested snippets and versions.",
        mime_type=MARKDOWN,
    )
    def pattern_page(name: str) -> str:
        from dbdesign.frameworks import pattern

        try:
            return pattern(name)
        except DesignError as error:
            raise ResourceNotFoundError(str(error)) from None


def engine_names() -> list[str]:
    """The engines that have a dialect."""
    from dbdesign.model.schema import Engine

    return [engine.value for engine in Engine]


def review_page(name: str) -> str:
    """The page of a review rule, of an anomaly of transactions, or of an anti-pattern of documents."""
    from dbdesign.api.finding_pages import finding_pages
    from dbdesign.rules.base import rule
    from dbdesign.rules.pages import page

    try:
        return finding_pages()[name] if name in finding_pages() else page(rule(name))
    except DesignError as error:
        raise ResourceNotFoundError(str(error)) from None


def engine_index() -> str:
    """The engines, a line each."""
    from dbdesign.dialects.base import dialect

    lines = ["# Engines", "", "| engine | name in arguments | versions written for |", "|---|---|---|"]
    lines += [f"| {(one := dialect(name)).title} | {name} | {', '.join(one.versions)} |" for name in engine_names()]
    return "\n".join(lines) + "\n"


def engine_page(name: str) -> str:
    """An engine's capabilities as Markdown.

    Raises:
        UnknownNameError: where there is no such engine.
    """
    from dbdesign.dialects.base import dialect
    from dbdesign.errors import UnknownNameError

    if name not in engine_names():
        raise UnknownNameError.among("engine", name, engine_names())
    one = dialect(name)
    names = (
        f"Identifiers: at most {one.max_identifier} {one.identifier_unit}, quoted as {one.quote[0]}name{one.quote[1]}; unquoted names "
        f"{'are folded to lower case' if one.folds == 'lower' else 'keep their case'}."
    )
    lines = [
        f"# {one.title}",
        "",
        f"Versions written for: {', '.join(one.versions)}. Default schema: `{one.default_namespace}`. {names}",
        "",
        "| feature | since | what to know, and the source |",
        "|---|---|---|",
    ]
    for feature, fact in sorted(one.features.items()):
        since = "never" if fact.since is None else ".".join(map(str, fact.since)) if any(fact.since) else "always"
        lines.append(f"| {feature.replace('_', ' ')} | {since} | {fact.note.replace('|', chr(92) + '|')} |")
    return "\n".join(lines) + "\n"


def persona() -> str:
    """The persona, without the front matter that Claude Code needs.

    Raises:
        ResourceError: where the installation lacks the file.
    """
    return without_front_matter(persona_file())


def persona_file() -> str:
    """`agent_prompt.md` as it is.

    Raises:
        ResourceError: where the installation lacks it.
    """
    here = Path(__file__).resolve().parent
    for place in (here / "agent_prompt.md", here.parent.parent / "agent_prompt.md"):
        if place.is_file():
            return place.read_text(encoding="utf-8")
    raise ResourceError("agent_prompt.md is missing from this installation of dbdesign")


def without_front_matter(text: str) -> str:
    """Markdown after a leading block between `---` lines."""
    if not text.startswith("---\n"):
        return text
    _, _, rest = text.removeprefix("---\n").partition("\n---\n")
    return rest.lstrip("\n") or text
