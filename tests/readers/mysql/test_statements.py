"""The splitter: delimiters, executable comments, bodies, data, and what is never closed."""

from __future__ import annotations

import pytest

from dbdesign.errors import InputError, SqlError
from dbdesign.readers.base import reader
from dbdesign.readers.mysql.statements import Script


def split(text: str, *, tidb: bool = False) -> list[tuple[int, str]]:
    return [(one.line, " ".join(one.text.split()) or one.word) for one in Script(text, tidb=tidb).statements()]


CASES = {
    "semicolons in literals": (
        "CREATE TABLE a (b int COMMENT ';');\nUSE `x;y`;",
        [(1, "CREATE TABLE a (b int COMMENT ';')"), (2, "USE `x;y`")],
    ),
    "comments of three kinds": ("-- one; \n# two;\n/* three; */ USE a", [(3, "USE a")]),
    "two minus signs are no comment": ("USE a--1;\nUSE b;", [(1, "USE a--1"), (2, "USE b")]),
    "an executable comment": ("/*!40101 USE a */;", [(1, "USE a")]),
    "an executable comment inside": ("USE /*!50001 a */ ;", [(1, "USE a")]),
    "MariaDB's executable comment": ("/*M!100301 USE a */;", [(1, "USE a")]),
    "one for no server at all": ("/*M!999999\\- enable the sandbox mode */ USE a;", [(1, "USE a")]),
    "TiDB's is a comment to MySQL": ("USE a /*T![x] b */;", [(1, "USE a /*T![x] b */")]),
    "delimiters": ("DELIMITER $$\nUSE a; b$$\nDELIMITER ;\nUSE c;", [(2, "USE a; b"), (4, "USE c")]),
    "slashes as a delimiter": (
        "delimiter //\nUSE a /* // */ //\ndelimiter ;\nUSE b",
        [(2, "USE a /* // */"), (4, "USE b")],
    ),
    "a body without delimiter": (
        "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN IF x THEN SET y = 1; END IF; CASE z WHEN 1 THEN SET y = IF(a, b, c); END CASE; END;\nUSE b;",
        [
            (
                1,
                "CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW BEGIN IF x THEN SET y = 1; END IF; CASE z WHEN 1 THEN SET y = IF(a, b, c); END CASE; END",
            ),
            (2, "USE b"),
        ],
    ),
    "data is passed over": (
        "INSERT INTO a VALUES ('it''s; \\'', \"x;\", `y;`);\nUSE b;",
        [(1, "INSERT"), (2, "USE b")],
    ),
    "an escaped backslash at the end": ("INSERT INTO a VALUES ('C:\\\\');\nUSE b;", [(1, "INSERT"), (2, "USE b")]),
    "empty statements": (";;\n;USE a;", [(2, "USE a")]),
}


@pytest.mark.parametrize("name", CASES)
def test_a_script_is_split_into_its_statements(name: str):
    text, expected = CASES[name]
    assert split(text) == expected


def test_tidbs_executable_comments_are_opened_for_tidb():
    assert split("USE a /*T![x] b */;", tidb=True) == [(1, "USE a b")]


def test_comments_are_kept_by_line():
    script = Script("-- first\nCREATE TABLE a ( # inside\n b int /* allow */\n);\n/* last */")
    for statement in script.statements():
        script.stream(statement)
    assert script.comments == {1: "-- first", 2: "# inside", 3: "/* allow */", 5: "/* last */"}


UNCLOSED = {
    "a string": ("'", "CREATE TABLE b (\n c int DEFAULT 'x);", 3),
    "a string in double marks": ('"', 'CREATE TABLE b (\n c int COMMENT "x);', 3),
    "a quoted name": ("`", "CREATE TABLE b (\n `c int);", 3),
    "a comment in a statement": ("/*", "CREATE TABLE b (\n c int /* x);", 3),
    "a comment between statements": ("/*", "\n/* x", 3),
    "an executable comment": ("/*", "/*!40101 SET x = 1;", 2),
    "a comment for no server": ("/*", "/*M!999999 x", 2),
    "a string for a statement": ("'", "'x;", 2),
    "a name for a statement": ("`", "`x;", 2),
    "a string of data": ("'", "INSERT INTO a VALUES\n ('x);", 3),
    "a string in a body": ("'", "CREATE PROCEDURE p() BEGIN\n SELECT 'x; END;", 3),
    "a string behind a delimiter": ("'", "DELIMITER //\nCREATE PROCEDURE p() BEGIN SELECT 'x; END//\nDELIMITER ;", 3),
    "a body": ("END", "CREATE PROCEDURE p() BEGIN SELECT 1;", 2),
}


@pytest.mark.parametrize("dialect", ["mysql", "tidb"])
@pytest.mark.parametrize("case", UNCLOSED)
def test_what_is_never_closed_is_named_with_its_line_and_remedy(case: str, dialect: str):
    mark, middle, line = UNCLOSED[case]
    result = reader(dialect).read(f"CREATE TABLE a (b int);\n{middle}\nCREATE TABLE z (d int);")
    assert [table.name for table in result.schema_.tables] == ["a"]
    assert result.declared_tables == 2 + middle.count("CREATE TABLE")
    (unread,) = result.unread
    assert unread.line == line
    assert mark in unread.reason
    assert "nothing after it could be read: " in unread.reason


@pytest.mark.parametrize("dialect", ["mysql", "tidb"])
def test_what_is_never_closed_in_the_first_statement_is_an_error(dialect: str):
    with pytest.raises(SqlError) as raised:
        reader(dialect).read("\n/* CREATE TABLE a (b int);")
    assert str(raised.value) == (
        "SQL, line 2: a comment that begins with /* is not closed, so that nothing after it could be read: close it"
    )


def test_a_body_that_is_never_ended_is_a_routine_where_nothing_stands_behind_it():
    result = reader("mysql").read("CREATE PROCEDURE p() BEGIN SELECT 1;\n  CREATE TEMPORARY TABLE t (a int);")
    assert result.unread == ()
    assert [one.name for one in result.schema_.routines] == ["p"]


@pytest.mark.parametrize("text", ["", "  \n", "-- nothing\n"])
def test_an_empty_text_is_refused_or_empty(text: str):
    if text.strip():
        assert reader("mysql").read(text).schema_.tables == ()
    else:
        with pytest.raises(InputError, match="empty"):
            reader("mysql").read(text)


def test_binary_data_is_refused():
    with pytest.raises(InputError, match="binary"):
        reader("mysql").read("\x7fELF\x00\x01")


def test_a_text_of_which_nothing_can_be_read_is_an_error_with_a_line():
    with pytest.raises(SqlError, match="line 2"):
        reader("mysql").read("\nthis is not SQL at all;")


def test_much_data_is_passed_over_without_tokens():
    row = "(1,'it\\'s; a ''row''',NULL),"
    text = f"CREATE TABLE a (b int);\nINSERT INTO a VALUES {row * 200_000}(2,'x',3);\nCREATE TABLE c (d int);"
    result = reader("mysql").read(text)
    assert [table.name for table in result.schema_.tables] == ["a", "c"]
    assert result.lines["c"] == 3
