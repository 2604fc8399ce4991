"""What a source stands for, in which format it is, and what is said where it cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from dbdesign.api.access import Access
from dbdesign.api.call import Call, CancelledError
from dbdesign.api.source import is_inline, load
from dbdesign.errors import AccessError, DesignError, InputError

MYSQL = "CREATE TABLE `t` (\n  `id` int NOT NULL AUTO_INCREMENT,\n  PRIMARY KEY (`id`)\n) ENGINE=InnoDB;\n"
POSTGRESQL = "CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, tags text[], at timestamptz);\n"


@pytest.mark.parametrize(
    "text",
    [
        "create table t (id int)",
        "select 1; select 2",
        "a\nb",
        "-- a comment",
        "Table users { id int }",
        "/* x */",
        "x" * 5000,
    ],
)
def test_what_reads_like_a_schema_is_the_text_itself(text: str) -> None:
    assert is_inline(text)


@pytest.mark.parametrize(
    "path", ["schema.sql", "db/create table.sql", "created.sql", "tables/x", "set.sql", "/a/b c.sql"]
)
def test_what_reads_like_a_path_is_a_path(path: str) -> None:
    assert not is_inline(path)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://u:hunter2@host/db",
        "mysql+pymysql://u:hunter2@host/db",
        "https://x.example/a.sql",
        "database:postgresql://u:hunter2@host/db",
        "jdbc:postgresql://host/db?password=hunter2",
        "host=localhost user=u password=hunter2 dbname=shop",
        "engine: postgresql 18\nschema: database:postgresql://u:hunter2@host/db\n",
    ],
)
def test_an_url_is_refused_and_its_password_not_repeated(url: str) -> None:
    with pytest.raises(AccessError, match="database:<name>") as refused:
        load(url, Call())
    assert "hunter2" not in str(refused.value)


@pytest.mark.parametrize(("text", "expected"), [(MYSQL, "mysql"), (POSTGRESQL, "postgresql")])
def test_the_format_is_found_out_from_the_text(text: str, expected: str) -> None:
    loaded = load(text, Call())
    assert loaded.format == expected
    assert loaded.name == "the text given"


def test_a_named_format_is_taken_as_said_and_an_unknown_one_refused_with_the_nearest() -> None:
    assert load("create table t (id int);", Call(), format="mysql").format == "mysql"
    with pytest.raises(DesignError, match="Did you mean mysql"):
        load("create table t (id int);", Call(), format="mysq")


def test_text_that_is_no_schema_is_refused() -> None:
    with pytest.raises(InputError, match="no format recognises this text"):
        load("lorem ipsum\ndolor sit amet\n", Call())


def test_a_guess_is_said_to_be_one() -> None:
    loaded = load("create table t (id int primary key);", Call())
    assert loaded.format == "postgresql"


def test_a_text_with_nothing_but_a_view_is_read_by_a_guess_that_is_said() -> None:
    loaded = load("create view v as select 1 as a;", Call())
    assert [view.name for view in loaded.result.schema_.views] == ["v"]
    assert loaded.result.notes[0].startswith("the format was guessed as postgresql (postgresql 0.10")


def test_the_version_of_the_engine_may_be_said_beside_the_source() -> None:
    assert load(MYSQL, Call(), engine_version="8.0").design.schema_.version == "8.0"
    with pytest.raises(InputError, match="is not a version"):
        load(MYSQL, Call(), engine_version="latest")


def test_standard_input_is_for_the_command_line_alone() -> None:
    assert load("-", Call(access=Access(standard_input=lambda: MYSQL.encode()))).name == "standard input"
    with pytest.raises(AccessError, match="standard input is not available"):
        load("-", Call())


def test_a_database_that_is_not_configured_is_refused_with_how_to_configure_it() -> None:
    with pytest.raises(AccessError, match="DBDESIGN_DATABASE_SHOP_TWO"):
        load("database:shop-two", Call())


def test_a_design_file_finds_its_schema_beside_it(tmp_path: Path) -> None:
    (tmp_path / "db").mkdir()
    (tmp_path / "db" / "schema.sql").write_text(MYSQL)
    (tmp_path / "db" / "design.yaml").write_text("engine: mysql\nschema: schema.sql\nvolumes:\n  t:\n    rows: 1e6\n")
    loaded = load("db/design.yaml", Call(access=Access.beneath(tmp_path)))
    assert loaded.format == "design"
    assert loaded.lines_of == "db/schema.sql"
    assert loaded.design.workload.rows("t") == 1e6


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("schema: ../outside.sql\n", "`..` is not allowed"),
        ("schema: design.yaml\n", "names itself"),
        ("schema: other.yaml\n", "another design file"),
        ("schema: missing.sql\n", "no such file"),
    ],
)
def test_a_design_file_reaches_no_further_than_the_call(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "design.yaml").write_text(text)
    (tmp_path / "other.yaml").write_text("schema: |\n  create table t (id int);\n")
    with pytest.raises(DesignError, match=said):
        load("design.yaml", Call(access=Access.beneath(tmp_path)))


def test_utf_16_as_management_studio_writes_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "dump.sql").write_bytes(MYSQL.encode("utf-16"))
    assert len(load("dump.sql", Call(access=Access.beneath(tmp_path))).design.schema_.tables) == 1


def test_a_cancelled_call_does_not_begin() -> None:
    call = Call()
    call.cancelled.set()
    with pytest.raises(CancelledError):
        load(MYSQL, call)


@pytest.mark.parametrize(
    ("text", "name", "said"),
    [
        (
            "create table t (id int,\n",
            "postgresql",
            "the text given, line 1: nothing was understood as postgresql: syntax error",
        ),
        (MYSQL, "postgresql", "Say that its format is mysql, if it is"),
        ("create index i on orders (x);", "postgresql", "Give it together with the script that creates the tables"),
        ("\nfrobnicate t;\nfrobnicate u;\n", "postgresql", r"the text given, line 2: .* \(and 1 more\)"),
    ],
)
def test_a_source_of_which_nothing_is_understood_is_refused(text: str, name: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        load(text, Call(), format=name)


@pytest.mark.parametrize("name", ["postgresql", "sqlserver", "sqlite", "cockroachdb"])
def test_a_string_that_does_not_end_is_reported_with_the_name_of_its_file(tmp_path: Path, name: str) -> None:
    (tmp_path / "open.sql").write_text("create table t (id int);\ncreate table u (a varchar(9) default 'x);\n")
    with pytest.raises(DesignError, match=r"^open\.sql, line 2: "):
        load("open.sql", Call(access=Access.beneath(tmp_path)), format=name)
