"""Bytes become text in the encodings that tools write, and what is not text is named."""

from __future__ import annotations

import pytest

from dbdesign.api.text import checked, decoded, without_secrets
from dbdesign.errors import InputError

SQL = "create table größe (id int);"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_is_read_with_and_without_a_mark(encoding: str) -> None:
    assert decoded(SQL.encode(encoding), "x.sql") == (SQL, None)


def test_windows_text_is_read_with_a_note_that_names_the_line() -> None:
    text, note = decoded(b"select 1;\n" + SQL.encode("cp1252"), "x.sql")
    assert text.endswith(SQL)
    assert note == "line 2 is not UTF-8; the text was read as Windows-1252"


NOT_TEXT = {
    b"PGDMP\x01\x0e": "a pg_dump archive, not text. Turn it into SQL: pg_restore",
    b"SQLite format 3\0abc": "an SQLite database, not text. Give its schema",
    b"\x1f\x8b\x08": "compressed with gzip",
    b"PK\x03\x04": "a zip archive",
    b"create table t\0": "a NUL byte at offset 14",
    bytes(range(1, 32)) * 20: "full of control characters",
    b"\xff\xfea": "utf-16, but is not",
}


@pytest.mark.parametrize("content", NOT_TEXT)
def test_what_is_not_text_is_named(content: bytes) -> None:
    with pytest.raises(InputError) as refused:
        decoded(content, "dump")
    assert str(refused.value).startswith("dump: ")
    assert NOT_TEXT[content] in str(refused.value)


@pytest.mark.parametrize(
    ("text", "said"), [("", "is empty"), (" \n\t", "is empty"), ("a\nb\0", "line 2"), ("a\nb\n\ud800", "line 3")]
)
def test_text_that_no_engine_could_take_is_refused(text: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        checked(text, "the text given")


def test_a_mark_before_text_given_and_lines_that_end_in_carriage_returns_are_taken_away() -> None:
    assert checked("\ufeffcreate table t (id int);", "x") == "create table t (id int);"
    assert checked("-- one\rcreate table t (id int);\r", "x") == "-- one\ncreate table t (id int);\n"
    assert checked("select '\r';\r\nselect 2;\r\n", "x") == "select '\r';\r\nselect 2;\r\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("CREATE USER MAPPING FOR u SERVER s OPTIONS (user 'bob', password 'x')", "CREATE USER MAPPING FOR u SERVER s OPTIONS (user 'bob', password ***)"),
        ("CREATE SUBSCRIPTION s CONNECTION 'host=h password=x dbname=d' PUBLICATION p", "CREATE SUBSCRIPTION s CONNECTION 'host=h password=*** dbname=d' PUBLICATION p"),
        ("CREATE ROLE a PASSWORD 'SCRAM-SHA-256$4096:x'", "CREATE ROLE a PASSWORD ***"),
        ("CREATE USER 'a'@'%' IDENTIFIED BY 'it''s'", "CREATE USER 'a'@'%' IDENTIFIED BY ***"),
        ("-- postgresql+psycopg://u:x@h/d", "-- postgresql+psycopg://u:***@h/d"),
        ("password text NOT NULL DEFAULT '', password_hash bytea", None),
        ("COMMENT ON COLUMN u.password IS 'a hash'; CHECK (password <> '')", None),
    ],
)  # fmt: skip
def test_answers_about_statements_have_no_passwords(text: str, told: str | None) -> None:
    assert without_secrets(text) == (told or text)
    assert without_secrets({"a": [text, 1]}) == {"a": [told or text, 1]}
