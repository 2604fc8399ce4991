"""Writes the commands of every pattern as a file to read, and the script as a file to load."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files

from dbdesign.nosql.redis.coverage import Work
from dbdesign.nosql.redis.plan import Plan
from dbdesign.nosql.redis.search import SearchIndex


def script() -> str:
    """The Lua script that runs every write."""
    return files("dbdesign.nosql.redis").joinpath("apply.lua").read_text(encoding="utf-8")


def function_library() -> str:
    """The same as a library of functions (FUNCTION LOAD), which a server keeps and replicates; FCALL apply in the place of EVALSHA."""
    body = "\n".join(f"  {line}".rstrip() for line in script().splitlines())
    return f"#!lua name=dbdesign\nredis.register_function('apply', function(KEYS, ARGV)\n{body}\nend)\n"


def write_commands(plan: Plan, works: Mapping[str, Work]) -> str:
    """Structures and the commands of every pattern, with placeholders in angle brackets."""
    lines = ["# Keys", ""]
    lines += [
        f"# {one.entity.name}: {one.form}, {one.pattern}" + (f", lives {one.ttl} s" if one.ttl else "")
        for one in plan.records.values()
    ]
    lines += [f"# {one.name}: {one.kind}, {one.pattern}" for one in plan.indexes.values()]
    lines += [
        "",
        "# Values: text; timestamps as milliseconds since 1970, dates as ISO 8601, booleans as 1 and 0; %, :, { and } escaped in keys.",
    ]
    for pattern in plan.model.patterns:
        work = works[pattern.name]
        lines += [
            "",
            f"# {pattern.name}: {work.complexity}, {work.round_trips} round trip(s), slots {' '.join(work.slots)}",
        ]
        for step in work.steps:
            if step.startswith("EVALSHA apply: "):
                lines.append("# one script (apply.lua):")
                lines += [f"#   {one}" for one in step.removeprefix("EVALSHA apply: ").split(", ")]
            else:
                lines.append(step)
    return "\n".join(lines) + "\n"


def write_search(found: list[SearchIndex]) -> str:
    """Definitions and queries for the query engine."""
    lines = [
        "# For a server with the query engine (Redis 8, or the search module before): in the place of the sorted sets named.",
        "# The engine drops blanks at the ends of a tag: give values of texts without them. An empty text is not found.",
    ]
    for one in found:
        lines += ["", f"# {one.reason}", one.create]
        lines += [f"# each entity: {one.store}"] if one.store else []
        lines += [line for name, query in one.queries for line in (f"# {name}", query)]
    return "\n".join(lines) + "\n"
