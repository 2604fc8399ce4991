"""Operators made neutral for sqlglot: to PostgreSQL the statement is the same, and what is no operator stays as it is."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
import sqlglot
from hypothesis import given
from hypothesis import strategies as st

from dbdesign.queries.operators import COMMUTED, DISTANCES, KINDS, neutral
from dbdesign.queries.placeholders import numbered

postgast: Any = import_module("postgast")

OPERATORS = sorted((KINDS.keys() | DISTANCES) - {"%"})
OPERANDS = [
    "a",
    "t.b",
    "'x'",
    "$1",
    "(a)",
    "f(a, 'y <@ z')",
    "array['q']",
    "box '((0,0),(1,1))'",
    "E'it\\'s'",
    "-1",
    '"C ol"',
]
AFTER = ["", " -- a <@ b", " /* a @? b */", " and c = '<->'"]


@given(st.sampled_from(OPERANDS), st.sampled_from(OPERATORS), st.sampled_from(OPERANDS), st.sampled_from(AFTER))
def test_postgresql_takes_the_rewritten_statement_for_the_same(
    left: str, operator: str, right: str, after: str
) -> None:
    sql = f"select 1 from t where {left} {operator} {right}{after}"
    assert postgast.fingerprint(neutral(sql)).hex == postgast.fingerprint(sql).hex
    assert postgast.deparse(postgast.parse(neutral(sql))) == postgast.deparse(postgast.parse(sql))


@given(st.sampled_from(OPERANDS), st.sampled_from(OPERATORS), st.sampled_from(OPERANDS))
def test_sqlglot_parses_every_operator_then(left: str, operator: str, right: str) -> None:
    sql = f"select 1 from t where c = 2 and {left} {operator} {right} order by a"
    assert sqlglot.parse_one(neutral(sql).replace("$1", "$1 "), dialect="postgres").args["order"] is not None


@pytest.mark.parametrize(
    "sql",
    [
        "select 1 where a = ? and b",
        "select 'unfinished",
        "select @ -5",
        "select a - -1",
        "select ''",
        "",
    ],
)
def test_what_holds_no_such_operator_or_is_not_postgresql_s_stays(sql: str) -> None:
    assert neutral(sql) == sql


def test_the_operator_of_a_json_path_is_no_placeholder() -> None:
    assert numbered("select 1 from t where a @? '$.b' and c = ?") == "select 1 from t where a @? '$.b' and c = $1"


def test_commuting_twice_changes_nothing() -> None:
    assert all(COMMUTED[COMMUTED[one]] == one for one in COMMUTED)
