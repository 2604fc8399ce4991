"""What auto_explain writes into a real server's log, under any prefix and in any format, against EXPLAIN of the same query."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from dbdesign.engines.postgres.cluster import dedicated
from dbdesign.model.plan import Plan
from dbdesign.plans.read import read_plans
from plan_corpus import CASES, SHOP, Case, comparable, explain, prepared

OPTIONS = "ANALYZE, TIMING OFF, BUFFERS, VERBOSE, SUMMARY OFF"
NAMES = (
    "two conditions",
    "a text literal of two lines",
    "three tables",
    "a common table expression read twice",
    "a merge join",
)
CHOSEN = [case for case in CASES if case.name in NAMES]
PREFIXES = {
    "the default": "%m [%p] ",
    "of a managed service": "%t:%r:%u@%d:[%p]:",
    "none": "",
    "with everything": "%a %h < %l-1 > %c %q%x %e: ",
}


@dataclass
class Log:
    """What each destination says of the queries, one after the other."""

    stderr: str
    csv: str
    json: str


@pytest.fixture(scope="module", params=PREFIXES)
def logged(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[dict[str, Log], list[Plan]]]:
    """By auto_explain's format what the log says of the chosen queries, and their plans by EXPLAIN."""
    settings = {
        "shared_preload_libraries": "auto_explain",
        "logging_collector": "on",
        "log_destination": "stderr,csvlog,jsonlog",
        "log_directory": "plans",
        "log_filename": "server.log",
        "log_line_prefix": PREFIXES[request.param],
        "log_min_messages": "log",
    }
    with dedicated(settings) as server, server.scratch() as database:
        outcome = database.run_script(SHOP)
        assert [failure.message for failure in outcome.failures] == []
        database.user.execute("VACUUM ANALYZE")
        folder = server.data_folder / "plans"
        plans = []
        for case in CHOSEN:
            explain(database.user, case, "text", OPTIONS)
            plans.append(read_plans(explain(database.user, case, "json", OPTIONS)).plans[0])
        yield {form: _logged(database, folder, form) for form in ("text", "json", "yaml", "xml")}, plans


def _logged(database: Any, folder: Path, form: str) -> Log:
    files = [folder / f"server.{end}" for end in ("log", "csv", "json")]
    begins = [file.stat().st_size for file in files]
    with psycopg.connect(database.admin.info.dsn, password=database.admin.info.password, autocommit=True) as admin:
        admin.execute("SET search_path = public; SET jit = off; SET auto_explain.log_nested_statements = off")
        for name, value in (
            ("log_format", form), ("log_analyze", "on"), ("log_timing", "off"), ("log_buffers", "on"), ("log_verbose", "on"),
            ("log_min_duration", "0"),
        ):  # fmt: skip
            admin.execute(f"SET auto_explain.{name} = '{value}'")
        for case in CHOSEN:
            _run(admin, case)
        admin.execute("SET auto_explain.log_min_duration = -1")
        admin.execute("DO $$BEGIN RAISE LOG 'the end'; END$$")
    return Log(*(_awaited(file, begin, "the end") for file, begin in zip(files, begins, strict=True)))


def _run(connection: psycopg.Connection[Any], case: Case) -> None:
    with prepared(connection, case):
        connection.execute(case.sql)


def _awaited(file: Path, begin: int, mark: str) -> str:
    """What the collector, a process of its own, writes after `begin`, once the mark is there."""
    for _ in range(2_000_000):
        with file.open("rb") as log:
            log.seek(begin)
            text = log.read()
        if mark.encode() in text and text.endswith(b"\n"):
            return text.decode()
    return pytest.fail("the log is not written")


def without_session(plan: Plan) -> list[dict[str, Any]]:
    """What must be equal: all but the query, the duration, and buffers, which a new session reads some more of."""
    about, *nodes = comparable(plan)
    for name in ("execution_ms", "total_ms", "query", "unattributed_ms", "number"):
        about.pop(name, None)
    for node in nodes:
        node.pop("buffers", None)
        node.pop("exclusive_buffers", None)
    return [about, *nodes]


@pytest.mark.parametrize("destination", ["stderr", "csv", "json"])
@pytest.mark.parametrize("form", ["text", "json", "yaml", "xml"])
def test_plans_in_a_log_are_the_servers(logged: tuple[dict[str, Log], list[Plan]], form: str, destination: str) -> None:
    logs, expected = logged
    read = read_plans(getattr(logs[form], destination))
    assert (read.engine, read.format) == ("postgresql", form)
    assert [without_session(plan) for plan in read.plans] == [without_session(plan) for plan in expected]
    for plan, case in zip(read.plans, CHOSEN, strict=True):
        assert plan.execution_ms is not None
        assert plan.execution_ms > 0
        assert re.sub(r"\s+", " ", plan.query or "") == re.sub(r"\s+", " ", case.sql)
