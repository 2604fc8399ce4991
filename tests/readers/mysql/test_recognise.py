"""Each text is recognised as its own dialect's, and not as another's."""

from __future__ import annotations

import pytest

from dbdesign.readers.mysql.recognise import recognise, recognise_tidb
from real_schemas import read_real, real_sql

MYSQL = [
    "CREATE TABLE `a` (`id` int NOT NULL) ENGINE=InnoDB;",
    "CREATE TABLE a (id int NOT NULL AUTO_INCREMENT, PRIMARY KEY (id));",
    "-- MariaDB dump 10.19\n",
    "/*!40101 SET NAMES utf8 */;",
]
TIDB = [
    "CREATE TABLE a (id bigint AUTO_RANDOM PRIMARY KEY);",
    "CREATE TABLE `a` (`id` int, PRIMARY KEY (`id`) /*T![clustered_index] CLUSTERED */) ENGINE=InnoDB;",
    "CREATE TABLE a (id int) SHARD_ROW_ID_BITS = 4;",
]
OTHERS = [
    "CREATE TABLE a (id bigserial PRIMARY KEY, at timestamptz);",
    "CREATE TABLE [dbo].[a] (id int IDENTITY(1,1));\nGO\n",
    "CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT);",
    "CREATE TABLE a (id int);",
]


@pytest.mark.parametrize("text", MYSQL)
def test_mysql_is_recognised(text: str):
    assert recognise(text) >= 0.8
    assert recognise_tidb(text) == 0


@pytest.mark.parametrize("text", TIDB)
def test_tidb_is_recognised_before_mysql(text: str):
    assert recognise_tidb(text) > recognise(text)


@pytest.mark.parametrize("text", OTHERS)
def test_other_dialects_are_not(text: str):
    assert recognise(text) < 0.5
    assert recognise_tidb(text) == 0


@pytest.mark.parametrize("entry", real_sql())
def test_real_files_are_recognised_as_what_they_are(entry: dict[str, str]):
    text = read_real(entry)
    assert (recognise(text) > 0.5) == (entry["dialect"] == "mysql")
    assert recognise_tidb(text) == 0
