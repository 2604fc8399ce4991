"""Calls on models in a program's source are its queries; what is known only when it runs is said, not guessed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from dbdesign.nosql.mongodb.review import review_schema
from dbdesign.readers.mongoose import read

CASES = yaml.safe_load((Path(__file__).parent / "queries.yaml").read_text())

SHOP = """
import { Schema, model } from "mongoose";
const schema = new Schema({ buyer: String, state: { type: String, index: true }, at: Date, note: String });
const Order = model("Order", schema);
"""


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_calls_on_models_are_queries(case: dict[str, Any]) -> None:
    found = read(case["files"])
    assert found.documents is not None
    queries = [[f"{one.path}:{one.line}", one.name, list(one.stages)] for one in found.documents.pipelines]
    assert queries == case["queries"]
    assert [one for one in found.notes if "only when the program runs" in one] == case.get("notes", [])


@pytest.mark.parametrize(
    ("call", "findings"),
    [
        ("Order.find({ buyer })", ["collection-scan"]),
        ("Order.find({ state: 'open' })", []),
        ("Order.find({ state: 'open' }).sort({ at: -1 }).limit(10)", ["sort-without-index"]),
        ("Order.findById(id)", []),
        ("Order.find({ note: { $ne: null } })", []),
        ("Order.find({ note: /late/ })", ["unanchored-regex"]),
        ("Order.find({ note: /^late/ })", ["collection-scan"]),
        ("Order.find({ state: 'open' }).skip((page - 1) * 20).limit(20)", ["skip-paging"]),
        ("Order.find({ $where: 'this.a > 1' })", ["javascript-in-query"]),
    ],
)
def test_queries_of_a_program_are_reviewed(call: str, findings: list[str]) -> None:
    documents = read({"a.ts": f"{SHOP}export const run = (buyer, id, page) => {call};\n"}).documents
    assert documents is not None
    assert [one.rule for one in review_schema(documents) if one.path == "a.ts"] == findings


@given(st.text(alphabet="OrderFindone.({})[]'\"`$,:; \n=>&?!0", max_size=60))
def test_no_text_behind_a_call_stops_the_reading(text: str) -> None:
    assert read({"a.ts": f"{SHOP}Order.find({text}"}).documents is not None


def test_chains_and_nesting_without_end_are_read() -> None:
    chain = ".where('a').gt(1)" * 3000
    nested = "{a: " * 3000 + "1" + "}" * 3000
    assert read({"a.ts": f"{SHOP}Order.find(){chain};\nOrder.find({nested});\n"}).documents is not None
