"""Queries with the settings that make the planner show what they are for, and EXPLAIN of them on a real server."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from dbdesign.model.plan import Plan

FOLDER = Path(__file__).parent / "plans" / "readers" / "postgresql"
SHOP = (FOLDER / "shop.sql").read_text()


@dataclass(frozen=True)
class Case:
    """A query. `settings` hold for it; `before` is run before each EXPLAIN of it, and undone after."""

    name: str
    sql: str
    settings: tuple[tuple[str, str], ...] = ()
    before: str = ""

    @property
    def parallel(self) -> bool:
        """Whether it is for a server that has workers."""
        return any(
            name == "max_parallel_workers_per_gather" or name.startswith("debug_parallel") for name, _ in self.settings
        )


def read_cases(path: Path = FOLDER / "plan_queries.sql") -> list[Case]:
    """The cases of a file, in order."""
    found: list[Case] = []
    about: dict[str, str] = {}
    body: list[str] = []
    for line in path.read_text().split("\n\n", 1)[1].splitlines():
        marked = re.match(r"-- (?:(set|before): )?(.*)", line) if not body else None
        if marked:
            about[marked[1] or "name"] = marked[2]
        elif line or body:
            body.append(line)
        if line.endswith(";") and not marked:
            settings = tuple((one.partition("=")[0], one.partition("=")[2]) for one in about.get("set", "").split())
            found.append(Case(about["name"], "\n".join(body).removesuffix(";"), settings, about.get("before", "")))
            about, body = {}, []
    assert len({case.name for case in found}) == len(found)
    return found


CASES = read_cases()


@contextmanager
def prepared(connection: psycopg.Connection[Any], case: Case) -> Iterator[None]:
    """A transaction with the case's settings and tables, undone at the end."""
    connection.execute("BEGIN")
    try:
        for name, value in case.settings:
            connection.execute(f"SET LOCAL {name} = '{value}'")
        if case.before:
            connection.execute(case.before)
        yield
    finally:
        connection.execute("ROLLBACK")


def explain(connection: psycopg.Connection[Any], case: Case, form: str, options: str) -> str:
    """EXPLAIN's output as a client would show it."""
    with prepared(connection, case):
        rows = connection.execute(f"EXPLAIN ({options}, FORMAT {form}) {case.sql}").fetchall()
    return json.dumps(rows[0][0], indent=2) if form == "json" else "\n".join(row[0] for row in rows)


def comparable(plan: Plan, *, workers: bool = True) -> list[dict[str, Any]]:
    """A plan's nodes as values that must not depend on the format.

    Left out are lines, and figures that are zero throughout: text does not print them, so that it cannot tell "none" from "not asked for".
    """
    found = []
    for node in plan.root.walk():
        said = node.model_dump(exclude={"children", "line"}, exclude_defaults=True)
        for figures in (said, *said.get("workers", ())):
            for name in ("buffers", "wal", "exclusive_buffers", "exclusive_io", "io"):
                if not figures.get(name):
                    figures.pop(name, None)
        if not workers:
            said.pop("workers", None)
        said["children"] = [child.number for child in node.children]
        found.append(said)
    about = plan.model_dump(exclude={"root", "line", "tables", "indexes"}, exclude_defaults=True)
    about["triggers"] = [(one.get("constraint") or one["name"], one["calls"]) for one in about.get("triggers", ())]
    about.pop("planning_buffers", None)
    return [about, *found]
