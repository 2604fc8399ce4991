"""Candidates of a statement: those that a filter form with hundreds of conditions leaves are few."""

from __future__ import annotations

from dbdesign.indexes.candidate import Candidate, KeyPart
from dbdesign.indexes.candidates import Facts, candidates_of, merged
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


def test_the_live_rows_of_a_list_get_an_index_in_the_order_of_the_list() -> None:
    schema = reader("postgresql").read("create table post (a int, b int, gone timestamptz, at timestamptz);").schema_
    sql = "select b from post where a = $1 and gone is null order by at desc limit 20"
    use = analyse(sql, schema, "postgres").uses[0]
    ordered = Candidate((None, "post"), (KeyPart("a"), KeyPart("at")), (), "gone IS NULL")
    assert ordered in set(candidates_of(use, FACTS, partial=True))


def test_few_of_the_columns_that_a_query_reads_of_a_wide_table_are_tried_as_one_more_key() -> None:
    candidate = Candidate((None, "wide"), (KeyPart("c0"), KeyPart("c1")))
    longer = [one for one in variants(candidate, COLUMNS) if len(one.keys) == 3]
    assert len(longer) == MOST_ADDED


def test_two_indexes_with_one_leading_key_merge_into_the_keys_of_either_with_what_both_carry() -> None:
    table = (None, "wide")
    one = Candidate(table, (KeyPart("a"), KeyPart("b")), ("x",))
    other = Candidate(table, (KeyPart("a"), KeyPart("c")), ("y",))
    assert list(merged(one, other)) == [
        Candidate(table, (KeyPart("a"), KeyPart("b")), ("c", "x", "y")),
        Candidate(table, (KeyPart("a"), KeyPart("c")), ("b", "x", "y")),
    ]


def test_where_the_keys_of_one_lead_the_other_s_only_the_longer_is_made() -> None:
    table = (None, "wide")
    one, longer = Candidate(table, (KeyPart("a"),), ("x",)), Candidate(table, (KeyPart("a"), KeyPart("b")))
    assert list(merged(one, longer)) == [Candidate(table, (KeyPart("a"), KeyPart("b")), ("x",))]


def test_indexes_of_other_leading_keys_predicates_or_expressions_do_not_merge() -> None:
    table = (None, "wide")
    one = Candidate(table, (KeyPart("a"),), ("x",))
    for other in (
        Candidate(table, (KeyPart("b"), KeyPart("a"))),
        Candidate(table, (KeyPart("a"), KeyPart("b")), where="c = 1"),
        Candidate((None, "other"), (KeyPart("a"), KeyPart("b"))),
        Candidate(table, (KeyPart("a"),), method="hash"),
    ):
        assert not list(merged(one, other))
    computed = Candidate(table, (KeyPart("a"), KeyPart(expression="lower(b)")))
    assert list(merged(one, computed)) == [Candidate(table, computed.keys, ("x",))]
