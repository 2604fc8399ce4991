"""Anomalies of transactions: each is found by running interleavings on the embedded server, and is gone with its remedies, as run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from dbdesign.api.call import Call
from dbdesign.api.review_schema import FindingOut, ReviewSchemaAnswer, review_schema
from dbdesign.errors import DesignError
from dbdesign.integrity.client import bound
from dbdesign.integrity.pages import TRANSACTIONS, pages
from dbdesign.integrity.stage import schedules

DATA: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "transactions.yaml").read_text())
CASES = [pytest.param(case, id=case["name"]) for case in DATA["cases"]]


def reviewed(transactions: list[dict[str, Any]], schema: str = DATA["schema"], **more: Any) -> ReviewSchemaAnswer:
    design = {"engine": "postgresql 18", "schema": schema, "transactions": transactions}
    return review_schema(yaml.safe_dump(design, sort_keys=False), only=["transactions"], call=Call(), **more)


@pytest.mark.parametrize("case", CASES)
def test_an_anomaly_is_found_where_there_is_one_and_gone_with_its_remedies(case: dict[str, Any]) -> None:
    answer = reviewed(case["transactions"])
    assert {one.rule: one.object for one in answer.findings} == case["finds"], answer.findings
    assert any("run against each other on PostgreSQL" in note for note in answer.notes) or not case["finds"]
    assert not [note for note in answer.notes if "did nothing" in note or "fail one after the other" in note]
    for one in answer.findings:
        assert helps(one) == case["gone"]
        assert [text for text in one.evidence["remedies"] if "does not help" in text] == [
            f"{name}: does not help, as run" for name in case.get("stays", [])
        ]


def helps(one: FindingOut) -> list[str]:
    return [text.partition(":")[0] for text in one.evidence["remedies"] if ": gone in every interleaving" in text]


def test_a_finding_tells_the_statements_in_their_order_and_what_was_left() -> None:
    case = next(case for case in DATA["cases"] if case["name"].startswith("reading, computing"))
    (one,) = reviewed(case["transactions"]).findings
    assert one.severity == "high"
    assert one.message is not None
    assert "withdraw twice at the same time, on the same rows: accounts has" in one.message
    assert "99.00" in one.message
    assert "98.00" in one.message
    assert one.evidence["wrong"] == "18 of 18 interleavings"
    assert one.evidence["parameters"] == ["account = 1, amount = 1", "account = 1, amount = 1"]
    read = "select balance from accounts where id = :account"
    assert one.evidence["order"][0] == f"withdraw (1): {read}"
    assert f"withdraw (2): {read}" in one.evidence["order"]
    assert any(text.endswith("… waits") for text in one.evidence["order"])
    assert one.fix == f"{read} FOR NO KEY UPDATE"


@pytest.mark.parametrize("name", sorted(pages(TRANSACTIONS)))
def test_the_example_of_a_page_shows_the_anomaly_and_what_to_use_instead_does_not(name: str) -> None:
    page = pages()[name]
    example, instead = (
        page.partition(f"## {title}\n\n```")[2].partition("\n```")[0] for title in ("Example", "Use instead")
    )
    schema = DATA["schema"].replace("room_id int NOT NULL REFERENCES rooms", "room int NOT NULL")
    wrong = yaml.safe_load(example.removeprefix("yaml"))["transactions"]
    found = {one.rule for one in reviewed(wrong, schema).findings}
    assert name in found
    if instead.startswith("sql"):
        right = reviewed(wrong, schema + instead.removeprefix("sql"))
        assert all("23505" in note for note in right.notes if "fail" in note)
    else:
        assert reviewed(yaml.safe_load(instead.removeprefix("yaml"))["transactions"], schema).findings == []


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        (["selec 1"], "cannot be parsed"),
        (["select * from accounts where id = :account", "update accounts set balance = 'x' where id = :account"], "fail one after the other as well (22P02)"),
        (["update accounts set balance = -1 where id = :account"], "fail one after the other as well (23514)"),
        ([{"when": "false", "sql": "delete from accounts where id = :account"}], "did nothing with generated rows"),
    ],
)  # fmt: skip
def test_what_cannot_be_judged_is_said(steps: list[Any], said: str) -> None:
    try:
        told = " ".join(reviewed([{"name": "odd", "steps": steps}]).notes)
    except DesignError as error:
        told = str(error)
    assert said in told


def test_a_statement_that_attacks_the_server_stays_in_the_sandbox() -> None:
    steps = ["copy accounts to program 'id'", "update accounts set balance = 1 where id = :account"]
    try:
        told = " ".join(reviewed([{"name": "attack", "steps": steps}]).notes)
    except DesignError as error:
        told = str(error)
    assert "42501" in told or "cannot be parsed" in told


def test_all_interleavings_of_two_short_transactions_are_run_and_no_serial_order() -> None:
    found = list(schedules(3, 3))
    assert len(found) == len(set(found)) == 18  # C(6, 3) less the two serial orders
    assert (True, True, True, False, False, False) not in found
    assert len(list(schedules(9, 9))) == 120


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("select :a, ':b', x::int, \":c\" from t where y % 2 = :a", "select %(a)s, ':b', x::int, \":c\" from t where y %% 2 = %(a)s"),
        ("select a[1:2], 'it''s :x' like '%'", "select a[1:2], 'it''s :x' like '%%'"),
    ],
)  # fmt: skip
def test_names_are_bound_outside_quotations_only(sql: str, expected: str) -> None:
    assert bound(sql) == expected


def test_other_engines_are_told_that_transactions_run_on_postgresql_only() -> None:
    design = {
        "engine": "mysql",
        "schema": "create table t (a int primary key);",
        "transactions": [{"name": "x", "steps": ["delete from t"]}],
    }
    answer = review_schema(yaml.safe_dump(design), call=Call())
    assert any("on PostgreSQL only" in note for note in answer.notes)
