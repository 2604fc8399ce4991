"""Each finding that SQLite's plans can show is there on the query that has the defect, and not on the near miss."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from dbdesign.engines.connections import ConfiguredDatabase
from dbdesign.plans.findings.base import plan_checks
from dbdesign.plans.live import explain
from plan_cases import cases, findings_of_text

DATA: dict[str, Any] = cases("sqlite")


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> ConfiguredDatabase:
    path: Path = tmp_path_factory.mktemp("sqlite") / "shop.db"
    connection = sqlite3.connect(path)
    connection.executescript(DATA["setup"])
    connection.close()
    return ConfiguredDatabase("shop", f"sqlite:///{path}")


@pytest.mark.parametrize("case", DATA["cases"], ids=[case["id"] + " " + case["shows"][:40] for case in DATA["cases"]])
def test_a_query_with_the_defect_shows_the_finding_and_a_near_miss_does_not(
    case: dict[str, Any], database: ConfiguredDatabase
) -> None:
    assert [one.id for one in findings_of_text(explain(database, case["shows"]))] == [case["id"]]
    assert findings_of_text(explain(database, case["near"])) == ()


@pytest.mark.parametrize("sql", DATA["fine"])
def test_a_plan_that_is_fine_has_no_finding(sql: str, database: ConfiguredDatabase) -> None:
    assert findings_of_text(explain(database, sql)) == ()


def test_every_finding_of_sqlite_alone_is_shown() -> None:
    alone = {name for name, one in plan_checks().items() if [engine.value for engine in one.engines] == ["sqlite"]}
    assert alone <= {case["id"] for case in DATA["cases"]}
