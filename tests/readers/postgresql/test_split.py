"""The splitter: nothing lost, nothing hung, and the same statements as PostgreSQL's own scanner where that can tell."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbdesign.errors import SqlError
from dbdesign.readers.postgresql.libpg_query import postgast
from dbdesign.readers.postgresql.split import Piece, PieceKind, split, statements

FRAGMENTS = [
    "a", "E", "e'", "'", "''", '"', "$$", "$a$", "$", "--", "/*", "*/", ";", "\n", " ", "\\", "\\.", "\n\\.\n", "BEGIN ", "ATOMIC ", "END",
    "CREATE FUNCTION f ", "CREATE RULE r ", "(", ")", "COPY t FROM stdin;", "\\restrict x\n", "ü", "😀", "SET standard_conforming_strings = off;",
    "CASE ", "1", "\r\n", "\t", "\0",
]  # fmt: skip


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=40).map("".join) | st.text(max_size=200))
def test_the_pieces_of_any_text_joined_are_the_text_or_an_error_names_a_line(text: str) -> None:
    pieces, line = _split(text)
    if line is not None:
        assert 1 <= line <= text.count("\n") + 1
        return
    assert "".join(piece.text for piece in pieces) == text
    for piece in pieces:
        assert piece.line == text.count("\n", 0, piece.start) + 1
        assert piece.size > 0


def _split(text: str) -> tuple[list[Piece], int | None]:
    """The pieces, or the line of the error."""
    try:
        return list(split(text)), None
    except SqlError as error:
        return [], error.line or 0


QUOTED = st.sampled_from(
    [
        "'a;b'",
        "'it''s'",
        "E'a\\';b'",
        '"x;""y"',
        "$$a;b$$",
        "$t$a;$$;b$t$",
        "/* ; /* ; */ */",
        "-- ;\n",
        "a$b",
        "1",
        "+",
        "U&'d\\0061;'",
    ]
)


@given(st.lists(st.lists(QUOTED, min_size=1, max_size=5), min_size=1, max_size=5))
def test_statements_are_those_of_postgresqls_own_scanner(script: list[list[str]]) -> None:
    text = ";\n".join("SELECT " + " ".join(words) for words in script) + ";"
    theirs = [one.strip() for one in postgast.split(text, method="scanner")]
    assert [one.sql for one in statements(text)] == theirs


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a;b;\n\\restrict x\nc", ["1 statement a;", "1 statement b;", "2 psql \\restrict x", "3 statement c"]),
        ("COPY t FROM stdin;\n1;2\n\\.\nb;", ["1 statement COPY t FROM stdin;", "1 data \n1;2\n\\.", "4 statement b;"]),
        ("COPY t FROM stdin;\n\\.\n", ["1 statement COPY t FROM stdin;", "1 data \n\\."]),
        ("\\copy t from stdin\n1\n\\.\nb;", ["1 psql \\copy t from stdin", "1 data \n1\n\\.", "4 statement b;"]),
        ("SELECT 1 \\gset\nb;", ["1 statement SELECT 1 ", "1 psql \\gset", "2 statement b;"]),
        ("CREATE RULE r AS ON INSERT TO t DO (a; b); c", ["1 statement CREATE RULE r AS ON INSERT TO t DO (a; b);", "1 statement c"]),
        (
            "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN 1 THEN 2 END; SELECT 2; END; c",
            ["1 statement CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN 1 THEN 2 END; SELECT 2; END;", "1 statement c"],
        ),
        ("SET standard_conforming_strings = off; 'a\\';b'; c", ["1 statement SET standard_conforming_strings = off;", "1 statement 'a\\';b';", "1 statement c"]),
        ("x like'a;';y", ["1 statement x like'a;';", "1 statement y"]),
        ("CREATE TABLE a (b int; CREATE TABLE c (d int);", ["1 statement CREATE TABLE a (b int;", "1 statement CREATE TABLE c (d int);"]),
    ],
)  # fmt: skip
def test_a_script_falls_into_these_pieces(text: str, expected: list[str]) -> None:
    found = [f"{one.line} {one.kind} {one.text}" for one in split(text) if one.kind is not PieceKind.GAP]
    assert found == expected


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("a;\nb 'c", 2, "a string"),
        ('a;\n\n"c;', 3, "a quoted name"),
        ("a\n/* b /* c */", 2, "a comment"),
        ("a\n$x$ b $$", 2, "a dollar-quoted string $x$"),
        ("COPY t FROM stdin;\n1\n", 1, "COPY data"),
        ("\nCREATE FUNCTION f() BEGIN ATOMIC SELECT 1;", 2, "a BEGIN ATOMIC body"),
        ("e'a\\'", 1, "a string"),
    ],
)
def test_what_never_ends_is_an_error_with_the_line_where_it_begins(text: str, line: int, what: str) -> None:
    with pytest.raises(SqlError) as caught:
        list(split(text))
    assert caught.value.line == line
    assert caught.value.what == f"{what} that begins here does not end"


@pytest.mark.parametrize(
    "unit", ["(", "a$b", "/", "$", "$a", ";", "-", "\\", "e'x'", "\\g ", "\n", "--\n", "/**/", "BEGIN "]
)
def test_a_megabyte_of_one_thing_is_split_in_one_pass(unit: str) -> None:
    text = unit * (1_000_000 // len(unit))
    assert sum(piece.size for piece in split(text)) == len(text)
