"""Real MySQL scripts and dumps are read in full, and what is written again loads into MariaDB as the original does."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest

from dbdesign.readers.base import ReadResult, reader
from dbdesign.writers.base import WriteOptions, writer
from mariadb_servers import dump_of, server
from real_schemas import read_real, real_sql

HARD = Path(__file__).with_name("hard.sql")


@cache
def hard() -> ReadResult:
    return reader("mysql").read(HARD.read_text())


def written(result: ReadResult) -> str:
    return writer("mysql").write(result.schema_, WriteOptions(prove=False)).text


@pytest.mark.parametrize("entry", real_sql("mysql"))
def test_a_real_script_is_read_in_full(entry: dict[str, Any]):
    result = reader("mysql").read(read_real(entry))
    tables = result.schema_.tables
    assert len(tables) == entry["tables"] == result.declared_tables
    assert sum(len(table.foreign_keys) for table in tables) == entry["fks"]
    assert result.unread == ()


@pytest.mark.parametrize("entry", real_sql("mysql"))
def test_a_real_script_loads_again_as_it_was(entry: dict[str, Any]):
    text = read_real(entry)
    result = reader("mysql").read(text)
    database = result.schema_.options.get("database", "round_trip")
    assert dump_of(written(result), database) == dump_of(text, database)


def test_the_hard_script_is_read_without_a_rest():
    result = hard()
    assert result.unread == ()
    assert {(skipped.kind, skipped.count) for skipped in result.skipped} == {
        ("SET", 4),
        ("DROP TABLE", 1),
        ("LOCK", 1),
        ("UNLOCK", 1),
        ("INSERT", 1),
        ("ALTER TABLE … DISABLE", 1),
        ("ALTER TABLE … ENABLE", 1),
    }
    assert result.declared_tables == len(result.schema_.tables) + 1
    assert any("DROP TABLE removes dropped" in note for note in result.notes)


def test_the_hard_script_loads_again_as_it_was():
    assert dump_of(written(hard()), "round_trip") == dump_of(HARD.read_text(), "round_trip")


def test_a_dump_is_read_as_the_script_that_made_it_loads():
    running = server()
    with running.database("round_trip") as name:
        running.run(HARD.read_text(), name)
        dump = running.dump(name, data=True)
    result = reader("mysql").read(dump)
    assert result.unread == ()
    assert result.schema_.options == {"server": f"MariaDB {running.version}"}
    assert dump_of(written(result), "round_trip") == dump_of(dump, "round_trip")


def test_a_dump_of_several_databases_keeps_them_apart():
    running = server()
    with running.database("first") as first, running.database("second") as second:
        running.run("CREATE TABLE a (id int PRIMARY KEY);", first)
        running.run("CREATE TABLE a (id int, FOREIGN KEY (id) REFERENCES first.a (id));", second)
        dump = running.dump(first, second)
    schema = reader("mysql").read(dump).schema_
    assert [table.label for table in schema.tables] == ["a", "second.a"]
    assert schema.tables[1].foreign_keys[0].references == "a"
    assert schema.options["database"] == "first"


def test_writing_what_was_written_and_read_gives_the_same_text():
    text = written(hard())
    assert written(reader("mysql").read(text)) == text


def test_a_live_database_is_read_as_its_dump_is():
    from dbdesign.engines.connections import ConfiguredDatabase
    from dbdesign.readers.live import read_live

    running = server()
    with running.database() as name:
        running.run(HARD.read_text(), name)
        dumped = reader("mysql").read(running.dump(name))
        live = read_live(ConfiguredDatabase("shop", f"mysql://root@localhost/{name}?unix_socket={running.socket}"))
    assert live.schema_ == dumped.schema_
    assert live.unread == ()
    assert str(live.proof) == f"executed on {running.title} (read from its catalog)"
