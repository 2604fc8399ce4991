"""Which texts look like PostgreSQL."""

from __future__ import annotations

from typing import Any

import pytest

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
