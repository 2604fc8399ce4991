"""The examples on the rules' pages, read as the designs that they are.

PostgreSQL's are read together, each in a namespace of its own which is taken off again: a database each would cost a fifth of a
second, some two hundred times.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from dbdesign.model.design import Design
from dbdesign.model.schema import Engine, Schema
from dbdesign.readers.base import ReadResult, reader
from dbdesign.readers.design import read_design
from dbdesign.rules.base import Rule, rules, sections

FENCE = re.compile(r"```(sql|yaml)\n(.*?)```", re.DOTALL)


def engine_of(rule: Rule) -> Engine:
    """The engine that a rule's examples are for."""
    return rule.engines[0] if rule.engines else Engine.POSTGRESQL


def block(rule: Rule, section: str) -> tuple[str, str]:
    """The language and the text of the fenced block of a section."""
    blocks = FENCE.findall(sections(rule)[section])
    assert len(blocks) == 1, f"{rule.name}: {section} has {len(blocks)} fenced blocks, not one"
    language, text = blocks[0]
    return language, text


def read_sql(text: str, engine: Engine | str) -> Design:
    """SQL as a design; everything in it must be understood."""
    result = reader(str(engine)).read(text)
    assert not result.unread, [str(one) for one in result.unread]
    return Design(schema=result.schema_, lines=result.lines, comments=result.comments)


def read_together(texts: Mapping[str, str]) -> dict[str, Design]:
    """PostgreSQL scripts by name, executed in one database."""
    script, starts = "", {}
    for number, (name, text) in enumerate(texts.items()):
        namespace = f"example_{number}_"
        script += f"CREATE SCHEMA {namespace};\nSET search_path = {namespace}, public;\n"
        starts[name] = (namespace, script.count("\n"), text.count("\n") + 1)
        script += text + "\n"
    whole = read_sql(script, Engine.POSTGRESQL)
    return {name: _cut(whole, *place) for name, place in starts.items()}


def _cut(whole: Design, namespace: str, start: int, length: int) -> Design:
    """The part of a design that is in one namespace, as if it had been read alone."""
    parts: dict[str, Any] = {"engine": whole.schema_.engine, "version": whole.schema_.version}
    for kind in ("enums", "domains", "composites", "sequences", "tables", "views", "routines", "carried"):
        own = [one for one in getattr(whole.schema_, kind) if one.namespace == namespace]
        parts[kind] = [_without(one.model_dump(), namespace) for one in own]
    inside = range(start + 1, start + length + 1)
    return Design(
        schema=Schema.model_validate(parts),
        lines={name.removeprefix(f"{namespace}."): at - start for name, at in whole.lines.items() if at in inside},
        comments={at - start: text for at, text in whole.comments.items() if at in inside},
    )


def _without(value: Any, namespace: str) -> Any:
    if isinstance(value, dict):
        return {name: _without(one, namespace) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return tuple(_without(one, namespace) for one in value)
    if isinstance(value, str):
        return None if value == namespace else value.replace(f"{namespace}.", "")
    return value


def _schema_text(language: str, text: str) -> str:
    return str(yaml.safe_load(text)["schema"]) if language == "yaml" else text


@cache
def _postgresql_examples() -> dict[str, Design]:
    texts = {
        f"{rule.name}/{section}": _schema_text(*block(rule, section))
        for rule in rules().values()
        for section in ("Example", "Use instead")
        if engine_of(rule) is Engine.POSTGRESQL
    }
    return read_together(texts)


def example(rule: Rule, section: str) -> Design:
    """The block of a section as a design."""
    engine = engine_of(rule)
    language, text = block(rule, section)
    if engine is not Engine.POSTGRESQL:
        design = read_sql(_schema_text(language, text), engine)
    else:
        design = _postgresql_examples()[f"{rule.name}/{section}"]
    return with_workload(design, text) if language == "yaml" else design


def with_workload(design: Design, text: str) -> Design:
    """The design that a YAML block describes, its schema being read already."""

    def load(source: str, form: str | None) -> ReadResult:
        return ReadResult(schema=design.schema_, lines=design.lines, proof={"level": "by rule"})

    return read_design(text, load)[0]


def altered_sqlite(script: str) -> str:
    """The schema that SQLite itself has after a script, as SQL."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(script)
        rows = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid").fetchall()
    return "".join(f"{sql};\n" for (sql,) in rows)


def example_and_fix(rule: Rule, fix: str) -> str:
    """The SQL of a rule's example with a fix behind it."""
    return f"{_schema_text(*block(rule, 'Example'))}\n{fix}"


@cache
def cases() -> dict[str, tuple[str, dict[str, Any]]]:
    """The rule and the small schema of every case beside the pages' own, by name."""
    found = {}
    for path in sorted((Path(__file__).parent / "rules" / "cases").glob("*.yaml")):
        for rule, its_cases in yaml.safe_load(path.read_text()).items():
            found.update({f"{rule}: {name}": (rule, case) for name, case in its_cases.items()})
    return found
