"""The grammar reader: the same model as the server's, and everything that it cannot know said with its line."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dbdesign.errors import DesignError, InputError, SqlError
from dbdesign.model.schema import ForeignKey, Identity, SequenceOptions
from dbdesign.readers.postgresql import read
from dbdesign.readers.postgresql.grammar import read_by_grammar
from dbdesign.readers.postgresql.split import statements
from dbdesign.readers.postgresql.tokens import tokens
from real_schemas import read_real, real_sql

from .same_model import comparable

HERE = Path(__file__).parent


@pytest.mark.parametrize("entry", real_sql("postgresql"))
def test_a_real_schema_is_read_alike_by_grammar_and_by_execution(entry: dict[str, Any]) -> None:
    text = read_real(entry)
    parsed, executed = read_by_grammar(text), read(text)
    assert executed.proof.level == "executed"
    assert comparable(parsed.schema) == comparable(executed.schema)
    assert parsed.unread == ()
    assert parsed.declared_tables == len(parsed.schema.tables) == entry["tables"]
    assert sum(len(table.foreign_keys) for table in parsed.schema.tables) == entry.get("fks")


def _without(data: dict[str, Any], *paths: tuple[str, str, str, int, str]) -> dict[str, Any]:
    """Leaves out what only the server knows, by table, list, key list, position and field."""
    for table, group, inner, at, field in paths:
        place = data["tables"][table][group][at]
        (place[inner][0] if inner else place).pop(field)
    return data


@pytest.mark.parametrize(
    ("script", "unknown"),
    [
        ("hard.sql", ()),
        (
            "everything.sql",
            (
                # an expression's collation follows from its types; the model has it where it is not the type's own
                ("None.people", "indexes", "keys", 0, "collation"),
                ("None.people", "indexes", "keys", 9, "collation"),
                # the primary key of a child makes a NOT NULL beside the inherited one
                ("None.derived", "columns", "", 0, "not_null_name"),
            ),
        ),
    ],
)
def test_a_hard_script_is_read_alike_by_grammar_and_by_execution(
    script: str, unknown: tuple[tuple[str, str, str, int, str], ...]
) -> None:
    text = (HERE / script).read_text()
    parsed, executed = read_by_grammar(text), read(text)
    assert executed.proof.level == "executed"
    assert parsed.unread == executed.unread == ()
    assert _without(comparable(parsed.schema), *unknown) == _without(comparable(executed.schema), *unknown)


def test_a_statement_that_the_grammar_refuses_is_named_by_line_and_the_rest_is_read() -> None:
    result = read_by_grammar(
        "CREATE TABLE a (id int);\n\nCREATE TABLE b (\n  id int,\n  oops oops oops\n);\nCREATE TABLE c (id int);"
    )
    assert [table.name for table in result.schema.tables] == ["a", "c"]
    assert [(one.line, one.reason) for one in result.unread] == [(5, 'syntax error at or near "oops"')]
    assert result.declared_tables == 3


def test_a_missing_semicolon_costs_nothing() -> None:
    result = read_by_grammar("CREATE TABLE a (id int)\nCREATE TABLE b (id int);")
    assert [table.name for table in result.schema.tables] == ["a", "b"]
    assert result.notes == ("line 2: a semicolon is missing before this line; read as if it were there",)


def test_the_second_of_two_tables_of_one_name_is_unread_and_both_lines_are_named() -> None:
    result = read_by_grammar("CREATE TABLE a (id int);\nCREATE TABLE a (other int);")
    assert [table.column_by_name.keys() for table in result.schema.tables] == [{"id"}]
    assert [(one.line, one.reason) for one in result.unread] == [
        (2, '"a" is declared twice: first declared on line 1, again on line 2; the first is kept')
    ]


def test_a_foreign_key_to_nothing_is_kept() -> None:
    result = read_by_grammar(
        "CREATE TABLE a (b_id int REFERENCES nowhere.b (id));\nCREATE TABLE c (d int REFERENCES gone);"
    )
    first, second = (table.foreign_keys[0] for table in result.schema.tables)
    assert first == ForeignKey(
        name="a_b_id_fkey",
        columns=("b_id",),
        referenced_namespace="nowhere",
        referenced_table="b",
        referenced_columns=("id",),
    )
    assert (second.references, second.referenced_columns) == ("gone", ("d",))
    assert result.notes == (
        "c: the foreign key c_d_fkey names no columns and gone is not in the text; columns of the same names are assumed",
    )


def test_a_bare_reference_finds_a_primary_key_that_is_added_later() -> None:
    result = read_by_grammar(
        "CREATE TABLE a (id int, b_id int);\nCREATE TABLE b (code text);\nALTER TABLE a ADD FOREIGN KEY (b_id) REFERENCES b;\n"
        "ALTER TABLE b ADD PRIMARY KEY (code);"
    )
    assert result.schema.tables[0].foreign_keys[0].referenced_columns == ("code",)


def test_names_follow_postgresql_also_where_they_clash_and_are_cut() -> None:
    long = "t" * 40
    result = read_by_grammar(
        f"CREATE TABLE t (a int CHECK (a > 0), CHECK (a > 1), CHECK (a > a), UNIQUE (a));\nCREATE INDEX ON t (a);\nCREATE INDEX ON t (a);"
        f"CREATE TABLE {long} ({'c' * 40} int UNIQUE);"
    )
    table, cut = result.schema.tables
    assert [check.name for check in table.checks] == ["t_a_check", "t_a_check1", "t_a_check2"]
    assert [index.name for index in table.indexes] == ["t_a_idx", "t_a_idx1"]
    assert cut.unique_keys[0].name == f"{'t' * 29}_{'c' * 29}_key"


def test_a_sequence_that_a_column_owns_and_reads_is_a_serial() -> None:
    (table,) = read_by_grammar(
        "CREATE TABLE t (id bigint NOT NULL);\nCREATE SEQUENCE s START 5;\nALTER SEQUENCE s OWNED BY t.id;\n"
        "ALTER TABLE t ALTER id SET DEFAULT nextval('s'::regclass);"
    ).schema.tables
    column = table.columns[0]
    assert column.default is None
    assert column.identity == Identity(mode="serial", options=SequenceOptions(start=5), sequence_name="s")


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("CREATE TABLE b AS SELECT 1", "CREATE TABLE AS"),
        ("DO $$ BEGIN EXECUTE 'CREATE TABLE x (a int)'; END $$", "DO block"),
        ("ALTER TABLE nope ADD COLUMN a int", '"nope" is not declared'),
        ("CREATE INDEX ON nope (a)", '"nope" is not declared'),
        ("ALTER TABLE a DROP COLUMN nope", 'no column "nope"'),
        ("CREATE TABLE b (a int PRIMARY KEY, c int, PRIMARY KEY (c))", "two primary keys"),
    ],
)
def test_what_needs_a_server_or_does_not_fit_is_unread_with_a_reason(statement: str, reason: str) -> None:
    result = read_by_grammar(f"CREATE TABLE a (id int);\n{statement};")
    assert [one.line for one in result.unread] == [2]
    assert reason in result.unread[0].reason


def test_a_guarded_do_block_is_looked_into() -> None:
    result = read_by_grammar(
        "DO $$ BEGIN\n CREATE TYPE mood AS ENUM ('a', 'b');\nEXCEPTION WHEN duplicate_object THEN null;\nEND $$;\n"
        "CREATE TABLE t (m mood);"
    )
    assert result.unread == ()
    assert [enum.values for enum in result.schema.enums] == [("a", "b")]


def test_a_type_of_an_extension_is_kept_by_name() -> None:
    (table,) = read_by_grammar("CREATE TABLE t (v vector(3), g geometry(Point, 4326), o odd.thing);").schema.tables
    assert [(str(column.type.kind), column.type.native) for column in table.columns] == [
        ("vector", "vector(3)"),
        ("geometry", "geometry(point,4326)"),
        ("other", "odd.thing"),
    ]


@pytest.mark.parametrize("text", ["", " \n\t"])
def test_an_empty_text_is_an_input_error(text: str) -> None:
    with pytest.raises(InputError):
        read_by_grammar(text)


def test_a_quote_that_never_ends_is_named_by_the_line_where_it_begins() -> None:
    with pytest.raises(SqlError) as caught:
        read_by_grammar("CREATE TABLE a (id int);\nCREATE TABLE b (x text DEFAULT 'oops);\n")
    assert caught.value.line == 2


def test_deep_nesting_is_unread_and_does_not_end_the_process() -> None:
    deep = "(" * 20_000 + "1" + ")" * 20_000
    result = read_by_grammar(f"CREATE TABLE a (id int CHECK (id > {deep}));\nCREATE TABLE b (id int);")
    assert [table.name for table in result.schema.tables] == ["b"]
    assert result.unread[0].line == 1


STATEMENTS = [piece.text for name in ("hard.sql", "everything.sql") for piece in statements((HERE / name).read_text())]
WORDS = ["(", ")", ",", "x", "NULL", "1", "'s'", "ONLY", "TABLE", "public", "."]


@st.composite
def _damaged(draw: st.DrawFn) -> str:
    """Some statements of the hard scripts, in any order, a few of them with a token taken out, put in or changed."""
    found = []
    for statement in draw(st.lists(st.sampled_from(STATEMENTS), max_size=25)):
        words = [token.text for token in tokens(statement)]
        if words and draw(st.booleans()):
            at = draw(st.integers(0, len(words) - 1))
            words[at : at + draw(st.integers(0, 2))] = draw(st.lists(st.sampled_from(WORDS), max_size=2))
        found.append(" ".join(words))
    return "\n;".join(found)


@given(_damaged())
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_a_damaged_script_gives_a_result_or_an_error_with_a_place(text: str) -> None:
    try:
        result = read_by_grammar(text)
    except DesignError:
        return
    assert all(1 <= one.line <= text.count("\n") + 1 for one in result.unread)
