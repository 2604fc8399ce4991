"""Which texts look like PostgreSQL."""

from __future__ import annotations

from typing import Any

import pytest

from dbdesign.api.source import recognised
from dbdesign.errors import InputError
from dbdesign.readers.base import readers
from dbdesign.readers.postgresql.recognise import recognise
from real_schemas import read_real, real_sql


@pytest.mark.parametrize("entry", real_sql())
def test_the_surest_reader_of_a_real_schema_is_its_own(entry: dict[str, Any]) -> None:
    text = read_real(entry)
    sure = {name: reader.recognise(text) for name, reader in readers().items()}
    assert max(sure, key=lambda name: sure[name]) == entry["dialect"]


@pytest.mark.parametrize(
    ("text", "sure"),
    [
        ("create table t (id bigserial primary key, at timestamptz default now());", True),
        ("CREATE TABLE `t` (id int AUTO_INCREMENT) ENGINE=InnoDB;", False),
        ("CREATE TABLE [dbo].[t] (id int IDENTITY(1,1));\nGO\n", False),
        ("create table t (id integer primary key autoincrement);", False),
        ("hello", False),
    ],
)
def test_telling_words_decide(text: str, sure: bool) -> None:
    assert (recognise(text) > 0.5) is sure


WITHOUT_A_TABLE = {
    "postgresql": [
        "create view v as select 1;",
        "-- what is sold\ncreate or replace view v (a) as\n  select 1;",
        "create materialized view m as select 1;",
        "create function f() returns int language sql as 'select 1';",
        "create procedure p() begin atomic select 1; end;",
        "create type p as (a int);",
        "create unique index concurrently if not exists i on s.orders (x);",
        "create trigger t before insert on x for each row execute function f();",
        "create policy p on t using (true);",
        "create sequence s;",
        "comment on table t is 'x';",
        "grant select on t to u;",
    ],
    "mysql": [
        "CREATE VIEW `v` AS select 1 AS `a`;",
        "CREATE ALGORITHM=MERGE DEFINER=`root`@`localhost` SQL SECURITY DEFINER VIEW v AS select 1;",
        "CREATE INDEX `i` ON `t` (`a`);",
        "CREATE PROCEDURE p(IN a int) BEGIN SELECT a; END;",
        "CREATE FUNCTION f() RETURNS int DETERMINISTIC RETURN 1;",
    ],
    "sqlserver": [
        "CREATE VIEW [dbo].[v] AS SELECT 1 AS a;",
        "CREATE OR ALTER VIEW v AS SELECT 1 AS a;",
        "CREATE PROCEDURE p @a int AS SELECT @a;\nGO\n",
    ],
    "cockroachdb": ["CREATE INDEX i ON t (a) STORING (b);"],
}


@pytest.mark.parametrize(("name", "text"), [(name, text) for name, texts in WITHOUT_A_TABLE.items() for text in texts])
def test_a_text_without_a_table_is_recognised_too(name: str, text: str) -> None:
    assert recognised(text, "x.sql")[0] == name


@pytest.mark.parametrize(
    "text",
    [
        "lorem ipsum\ncreate view of things\n",
        "insert into t values (1);",
        "-- create view v as select 1\n",
        "\n" * 50_000,
    ],
)
def test_what_says_nothing_of_a_schema_is_not_recognised(text: str) -> None:
    with pytest.raises(InputError, match="no format recognises this text"):
        recognised(text, "x.sql")
