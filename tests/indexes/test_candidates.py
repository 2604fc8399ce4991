"""Candidates of a statement: those that a filter form with hundreds of conditions leaves are few."""

from __future__ import annotations

from dbdesign.indexes.candidate import Candidate, KeyPart
from dbdesign.indexes.candidates import Facts, candidates_of
from dbdesign.indexes.refine import MOST_ADDED, variants
from dbdesign.queries.analysis import analyse
from dbdesign.readers.base import reader

COLUMNS = [f"c{number}" for number in range(300)]
FACTS = Facts(
    rows=lambda _: 1e7,
    distinct=lambda _, name: 2.0 if name == "c299" else 1000.0,
    width=lambda _, __: 8.0,
    correlation=lambda _, __: 0.0,
)


def wide_candidates(condition: str) -> list[Candidate]:
    schema = reader("postgresql").read(f"create table wide ({', '.join(f'{one} int' for one in COLUMNS)});").schema_
    where = " and ".join(f"{one} {condition}" for one in COLUMNS)
    use = analyse(f"select c0 from wide where {where}", schema, "postgres").uses[0]
    return list(dict.fromkeys(candidates_of(use, FACTS, partial=True)))


def test_hundreds_of_conditions_make_hundreds_of_candidates_not_their_square() -> None:
    found = wide_candidates("= 1")
    assert len(found) < 600
    assert {one.keys[0].column for one in found if not one.where} == set(COLUMNS)


def test_a_state_of_few_values_is_the_first_to_get_a_partial_index() -> None:
    found = wide_candidates("= 1")
    assert any(one.where and "c299" in one.where for one in found)


def test_few_of_the_columns_that_a_query_reads_of_a_wide_table_are_tried_as_one_more_key() -> None:
    candidate = Candidate((None, "wide"), (KeyPart("c0"), KeyPart("c1")))
    longer = [one for one in variants(candidate, COLUMNS) if len(one.keys) == 3]
    assert len(longer) == MOST_ADDED
