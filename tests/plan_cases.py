"""Runs the cases of findings on real engines: a query, EXPLAIN with it, and the findings of the plan."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from dbdesign.engines.postgres import Limits, embedded
from dbdesign.plans.findings.base import PlanFinding, findings_of
from dbdesign.plans.read import read_plans

HERE = Path(__file__).parent / "plans" / "findings"


def cases(engine: str) -> dict[str, Any]:
    """The setup and the cases of an engine."""
    found: dict[str, Any] = yaml.safe_load((HERE / f"{engine}.yaml").read_text())
    return found


class PostgresCases:
    """The embedded server with the setup of `postgresql.yaml`."""

    def __init__(self, connection: Any, data: Mapping[str, Any]) -> None:
        self.connection, self.data = connection, data

    def findings(self, one: Mapping[str, Any]) -> tuple[PlanFinding, ...]:
        """The findings on the plan of a query."""
        return findings_of_text(self.explain(one))

    def explain(self, one: Mapping[str, Any], form: str = "JSON") -> str:
        """The plan of a query; what it and the statements before it do is undone."""
        options = one.get("explain", "ANALYZE, BUFFERS, SETTINGS")
        self.connection.execute("begin")
        try:
            for statement in [*self.data["always"], *one.get("before", [])]:
                self.connection.execute(statement)
            found = self.connection.execute(f"EXPLAIN ({options}, FORMAT {form}) {one['sql']}").fetchall()
        finally:
            self.connection.execute("rollback")
        return json.dumps(found[0][0]) if form == "JSON" else "\n".join(str(row[0]) for row in found)


def findings_of_text(text: str) -> tuple[PlanFinding, ...]:
    """All findings on the plans of a text."""
    read = read_plans(text)
    return tuple(one for plan in read.plans for one in findings_of(plan, read.engine))


@contextmanager
def postgres_cases() -> Iterator[PostgresCases]:
    """A scratch database with the tables of the cases."""
    data = cases("postgresql")
    with embedded().scratch(limits=Limits(seconds=120.0, temporary=2 * 1024**3)) as database:
        outcome = database.run_script(data["setup"])
        assert not outcome.failures, outcome.failures
        for statement in data["settled"]:
            database.user.execute(statement)
        yield PostgresCases(database.user, data)
