"""Scripts are taken apart as psql would."""

from __future__ import annotations

import re

import postgast
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbdesign.engines.postgres import split_script
from dbdesign.errors import SqlError
from real_schemas import read_real, real_sql

CASES = {
    "semicolons in quotations": ("select ';', \";\", $$;$$, $a$ $$;$$ $a$, e'\\';';select 2", [1, 1]),
    "lines": ("select 1;\n\nselect\n2; select 3;\n", [1, 3, 4]),
    "comments between": ("-- one; two\n/* ; /* nested; */ ; */ select 1; -- end;", [2]),
    "a string over lines": ("select 'a\nb\n;';\nselect 1", [1, 4]),
    "a rule with two actions": ("create rule r as on insert to t do also (select 1; select 2); select 3", [1, 1]),
    "begin atomic": (
        "create function f() returns int begin atomic select case when true then 1 end; select 2; end;\nselect 1",
        [1, 2],
    ),
    "dollars in names": ("select a$1$ from t$; select $1$2; select 1", [1, 1, 1]),
    "psql's commands": ("\\connect shop\nselect 1;\n\\restrict abc\nselect 2 \\gexec\nselect 3", [2, 4, 5]),
    "data": ("copy t (a) from stdin;\n1;\t'\n\\N\n\\.\nselect 1;", [5]),
    "data without an end": ("select 1; copy t from stdin;\n1\n2\n", [1]),
    "empty": (" ;; -- nothing\n/* at all */ ;", []),
    "backslashes in old dumps": ("set standard_conforming_strings = off; select 'it\\'s; here'; select 1", [1, 1, 1]),
    "an identifier that ends in e": ("select type'a\\'; select 1", [1, 1]),
}


@pytest.mark.parametrize(("text", "lines"), CASES.values(), ids=CASES)
def test_a_script_is_taken_apart_with_lines(text: str, lines: list[int]) -> None:
    assert [statement.line for statement in split_script(text).statements] == lines


def test_data_and_commands_are_reported_and_counted() -> None:
    script = split_script("\\connect shop\ncopy t from stdin;\n1\n2\n\\.\n\\unrestrict abc")
    assert [(item.line, item.text, item.reason) for item in script.skipped] == [
        (1, "\\connect shop", "a command of psql"),
        (2, "copy t from stdin", "data is not loaded"),
        (6, "\\unrestrict abc", "a command of psql"),
    ]
    assert script.copied_rows == 2


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("select 1;\nselect 'abc\n;\n", 2, "a string begins here"),
        ('select 1;\nselect "abc', 2, "a quoted name begins here"),
        ("\n\nselect $a$ $b$", 3, "quoted with $a$"),
        ("select 1; /* /* */", 1, "a comment begins here"),
        ("select 1;\n\0", 2, "NUL"),
        ("select 1;\n'\udc80'", 2, "half of a pair"),
    ],
)
def test_what_does_not_end_is_an_error_at_its_beginning(text: str, line: int, what: str) -> None:
    with pytest.raises(SqlError, match=re.escape(what)) as caught:
        split_script(text)
    assert caught.value.line == line


@pytest.mark.parametrize("entry", real_sql("postgresql"))
def test_real_scripts_are_taken_apart_as_by_the_grammar(entry: dict[str, str]) -> None:
    text = read_real(entry)
    leading = re.compile(r"^(?:\s+|--[^\n]*|/\*.*?\*/)*", re.DOTALL)
    expected = [leading.sub("", sql).rstrip() for sql in postgast.split(text)]
    assert [statement.sql for statement in split_script(text).statements] == expected


@given(
    st.lists(
        st.sampled_from(["select 1", "'", '"', "$$", "$a$", ";", "\n", "--", "/*", "*/", "\\", "(", ")", "e'", "x"])
    )
)
def test_nothing_is_lost_and_lines_point_at_the_statements(parts: list[str]) -> None:
    text = " ".join(parts)
    try:
        script = split_script(text)
    except SqlError:
        return
    lines = text.split("\n")
    for statement in script.statements:
        assert statement.sql.split("\n")[0].rstrip() in lines[statement.line - 1]
        assert statement.sql in text


def test_many_semicolons_inside_take_no_longer_than_many_outside() -> None:
    assert len(split_script("create rule r as on insert to t do (" + "select 1;" * 20_000).statements) > 10_000
