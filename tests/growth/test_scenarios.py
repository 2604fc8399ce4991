"""Ten designs that have entities and access patterns alone: the decisions against golden files that say why each is right."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import pytest

from dbdesign.growth.files import files_of
from dbdesign.readers.base import reader
from growth_scenarios import NAMES, decisions, scenario_plan

GOLDEN = Path(__file__).parent / "scenarios"
READERS = {
    "citus.sql": "postgresql",
    "yugabytedb.sql": "postgresql",
    "cockroachdb.sql": "cockroachdb",
    "tidb.sql": "tidb",
    "vitess/sharded.sql": "mysql",
    "vitess/unsharded.sql": "mysql",
}
"""By whom the DDL of each engine is read."""
CALLS = re.compile(
    r"SELECT (create_distributed_table|create_reference_table|citus_\w+)\(|CREATE EXTENSION", re.IGNORECASE
)
"""What Citus adds, which a server without it does not have."""


def golden(name: str, text: str) -> None:
    """Compare with the file below its comments, which are a reviewer's; written anew where DBDESIGN_GOLDEN is set."""
    path = GOLDEN / f"{name}.yaml"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True) if path.exists() else []
    comments = "".join(line for line in lines if line.startswith("#"))
    if os.environ.get("DBDESIGN_GOLDEN"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(comments + text, encoding="utf-8")
        return
    assert comments, "a decision that nobody reviewed"
    assert text == "".join(line for line in lines if not line.startswith("#"))


@pytest.mark.parametrize("name", NAMES)
def test_the_decisions_are_the_reviewed_ones(name: str) -> None:
    plan = scenario_plan(name)
    golden(name, re.sub(r"PostgreSQL 18\.\d+", "PostgreSQL 18", decisions(plan)))
    assert [one for one in plan.problems if "say which of the two holds" not in one] == []
    assert all("executed on PostgreSQL" in one.proof for one in plan.partitions)
    files = files_of(plan)
    for path, form in READERS.items():
        unread = reader(form).read(statements(files[f"sharding/{path}"])).unread
        assert [one for one in unread if not CALLS.match(one.text)] == [], path
    for path in ("sharded", "unsharded"):
        json.loads(files[f"sharding/vitess/{path}.vschema.json"])


def statements(text: str) -> str:
    """YugabyteDB's DDL without what PostgreSQL's grammar does not have, which is where rows lie."""
    plain = re.sub(r"\((\w+)\) HASH", r"\1", text)
    plain = re.sub(r"(PRIMARY KEY \([^()]*\))", lambda key: key[1].replace(" ASC", ""), plain)
    plain = re.sub(r" WITH \(COLOCATION = \w+\) SPLIT INTO \d+ TABLETS", "", plain)
    return re.sub(r"^(\\c |CREATE DATABASE |CREATE TABLESPACE ).*$", "", plain, flags=re.MULTILINE)
