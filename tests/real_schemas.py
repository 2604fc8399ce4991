"""The real schemas of other projects that tests may read where they are, and skip, visibly, where they are not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
REAL_SCHEMAS = ROOT.parent / "shared" / "data" / "schemas"


def real_schema_index() -> list[dict[str, Any]]:
    """The descriptions of the real schemas of other projects; empty where the folder is absent."""
    index = REAL_SCHEMAS / "index.jsonl"
    return [json.loads(line) for line in index.read_text().splitlines()] if index.exists() else []


def real_sql(*dialects: str) -> list[Any]:
    """One pytest parameter a real SQL file in these dialects (all SQL files without arguments); a visible skip where the folder is absent."""
    entries = [
        one
        for one in real_schema_index()
        if one["file"].endswith(".sql") and (not dialects or one["dialect"] in dialects)
    ]
    if not entries:
        return [pytest.param({}, marks=pytest.mark.skip(reason="the real schemas are not beside this checkout"))]
    return [pytest.param(one, id=one["file"]) for one in entries]


def read_real(entry: dict[str, Any]) -> str:
    """The text of a real schema."""
    return (REAL_SCHEMAS / entry["file"]).read_text(encoding="utf-8-sig")
