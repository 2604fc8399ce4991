"""Ten designs that have entities and access patterns alone: the decisions against golden files that say why each is right."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from growth_scenarios import NAMES, decisions, scenario_plan

GOLDEN = Path(__file__).parent / "scenarios"


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
