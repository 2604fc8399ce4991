"""Pairs of schemas and the operations between them; the cases are in cases.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from dbdesign.migrations.compare import Comparison, apply, compare
from dbdesign.model.migration import Operation
from dbdesign.model.schema import Engine, Schema
from dbdesign.readers.postgresql import read

CASES = yaml.safe_load((Path(__file__).parent / "cases.yaml").read_text(encoding="utf-8"))


def schema(sql: str, case: dict[str, Any]) -> Schema:
    if not sql.strip():
        return Schema(engine=Engine.POSTGRESQL, version="18")
    return read(sql, execute=case.get("read") != "grammar").schema


def shown(one: Operation) -> str:
    changed = f" [{', '.join(one.changed)}]" if one.changed else ""
    marks = ("" if one.certain else " ?") + (" !" if one.destructive else "")
    return f"{one.action} {one.kind} {one.table or '-'} {one.name}{changed}{marks}"


def compared(case: dict[str, Any]) -> Comparison:
    before, after = schema(case["before"], case), schema(case["after"], case)
    return compare(before, after, renames=case.get("renames", {}), drops=case.get("drops", ()))


@pytest.mark.parametrize("case", [pytest.param(one, id=one["name"]) for one in CASES])
def test_the_operations_between_two_schemas_are(case: dict[str, Any]) -> None:
    comparison = compared(case)
    assert [shown(one) for one in comparison.operations] == case["operations"]
    assert {one.about: list(one.answers) for one in comparison.questions} == case.get("questions", {})
    assert list(comparison.notes) == case.get("notes", [])
    values = {one.name: dict(one.renamed_values) for one in comparison.operations if one.renamed_values and one.certain}
    assert values == case.get("values", {})


@pytest.mark.parametrize("case", [pytest.param(one, id=one["name"]) for one in CASES])
def test_making_them_leaves_nothing_to_do(case: dict[str, Any]) -> None:
    comparison = compared(case)
    made = apply(comparison.before, comparison.operations)
    assert [shown(one) for one in compare(made, comparison.after).operations] == []
