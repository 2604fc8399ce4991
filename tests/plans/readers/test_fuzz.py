"""Whatever is pasted is a plan or a clear error: real plans cut off, mutated and mixed, and text that was never a plan."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from dbdesign.errors import DesignError
from dbdesign.model.plan import PlanText
from dbdesign.plans.read import read_plans

FOLDER = Path(__file__).parent / "documented"
PLANS: list[str] = [case["plan"] for path in sorted(FOLDER.glob("*.yaml")) for case in yaml.safe_load(path.read_text())]
TEXT_PLANS: list[str] = [
    case["plan"]
    for case in yaml.safe_load((FOLDER / "postgresql.yaml").read_text())
    if case["plan"].lstrip().startswith(("Sort", "Seq", "Hash Left", "Custom"))
]
PIECES = [
    "->", "  ->  ", "(cost=", "0.00..1.00 rows=1 width=4)", "(actual time=", "loops=0", "rows=", "Worker 0:", "Filter: (", "'", '"', "\n", "\t",
    "+\n", "|", "│", "{", "}", "[", "]", ",", ":", "•", "└──", "NULL", "\\n", "\x00", "\ufeff", "…", "-1", "1e999", "NaN", "Infinity",
    "9" * 30, "null", "<Plan>", "</Plan>", "&gt;", "QUERY PLAN", "----", "```", "InitPlan 1 (returns $0)", "CTE a", "never executed",
]  # fmt: skip


def read_or_refuse(text: str) -> PlanText | None:
    """What is read, with what must hold of it; None where it was refused with an error for the user."""
    try:
        read = read_plans(text)
    except DesignError:
        return None
    assert read.plans
    for plan in read.plans:
        assert [node.number for node in plan.nodes] == list(range(1, len(plan.nodes) + 1))
        exclusive = [node.exclusive_ms for node in plan.nodes if node.exclusive_ms is not None]
        assert all(one >= 0 for one in exclusive)
        if plan.nodes_ms is not None:
            assert sum(exclusive) == pytest.approx(plan.nodes_ms)
        plan.model_dump_json()
    return read


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_a_plan_cut_off_anywhere_is_read_or_refused(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(PLANS))
    read_or_refuse(text[: data.draw(st.integers(0, len(text)))])


@given(st.data())
@settings(max_examples=500, deadline=None)
def test_a_mutated_plan_is_read_or_refused(data: st.DataObject) -> None:
    text = data.draw(st.sampled_from(PLANS))
    chance = random.Random(data.draw(st.integers(0, 2**32)))
    for _ in range(chance.randint(1, 6)):
        text = mutated(text, chance)
    read_or_refuse(text)


def mutated(text: str, chance: random.Random) -> str:
    """A text with a piece lost, doubled, replaced, moved, or put in."""
    begin = chance.randint(0, len(text))
    end = min(len(text), begin + chance.choice((1, 3, 20, 200)))
    piece = text[begin:end]
    how = chance.randrange(6)
    if how == 0:
        return text[:begin] + text[end:]
    if how == 1:
        return text[:end] + piece * chance.randint(1, 3) + text[end:]
    if how == 2:
        return text[:begin] + chance.choice(PIECES) + text[end:]
    if how == 3:
        lines = text.split("\n")
        chance.shuffle(lines)
        return "\n".join(lines)
    if how == 4:
        other = chance.choice(PLANS)
        return text[:begin] + other[chance.randint(0, len(other)) :]
    return text[:begin] + "".join(chance.choice(PIECES) for _ in range(chance.randint(1, 5))) + text[begin:]


@given(st.text(max_size=400))
@settings(max_examples=200, deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    read_or_refuse(text)


@given(st.lists(st.sampled_from(PIECES), max_size=40).map(" ".join))
@settings(max_examples=300, deadline=None)
def test_any_pieces_of_plans_are_read_or_refused(text: str) -> None:
    read_or_refuse(text)


KEYS = (
    "Plan", "Plans", "Node Type", "Actual Loops", "Workers", "query_block", "nested_loop", "table", "table_name", "cost_info", "operation",
    "inputs", "queryPlanner", "winningPlan", "stage", "inputStage", "shards", "executionStats", "executionStages", "id", "taskType",
    "subOperators", "Name", "Children", "processors", "edges", "detail", "parent",
)  # fmt: skip
VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=5),
    max_leaves=12,
)


@given(VALUES)
@settings(max_examples=400, deadline=None)
def test_any_json_with_the_keys_of_plans_is_read_or_refused(value: object) -> None:
    read_or_refuse(json.dumps(value))


@pytest.mark.parametrize("text", TEXT_PLANS, ids=range(len(TEXT_PLANS)))
def test_a_text_plan_cut_off_at_any_line_gives_what_was_read_and_says_where_it_stopped(text: str) -> None:
    lines = text.split("\n")
    whole = [node.title for node in read_plans(text).plans[0].nodes]
    for count in range(1, len(lines)):
        read = read_plans("\n".join(lines[:count]))
        titles = [node.title for node in read.plans[0].nodes]
        assert titles == whole[: len(titles)]
        if len(titles) < len(whole) and read.plans[0].truncated:
            assert any("stops here" in note.reason and note.line and note.line <= count for note in read.notes)
