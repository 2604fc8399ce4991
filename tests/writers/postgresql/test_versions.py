"""What older versions cannot say is noted, and the nearest is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from dbdesign.errors import InputError
from dbdesign.readers.postgresql import read
from dbdesign.writers.base import WriteOptions
from dbdesign.writers.postgresql import WRITER, write

EVERYTHING = Path(__file__).resolve().parents[2] / "readers" / "postgresql" / "everything.sql"
CASES = [
    ("create table t (a int, unique nulls not distinct (a))", "14", "15", "NULLS NOT DISTINCT", "UNIQUE NULLS NOT DISTINCT"),
    ("create table t (a int); create unique index i on t (a) nulls not distinct", "14", "15", "NULLS NOT DISTINCT", "NULLS NOT DISTINCT"),
    ("create table t (a int, b int generated always as (a + 1) virtual)", "17", "18", "a virtual generated column", "VIRTUAL"),
    ("create table t (a int constraint named not null)", "17", "18", "the name of a NOT NULL", "named"),
    ("create table t (a int); alter table t add constraint n not null a not valid", "17", "18", "NOT NULL … NOT VALID", "NOT VALID"),
    ("create table t (a int check (a > 0) not enforced)", "17", "18", "NOT ENFORCED", "NOT ENFORCED"),
    (
        "create table p (a int, b int, primary key (a, b)); create table t (a int, b int, foreign key (a, b) references p on delete set null (b))",
        "14", "15", "ON DELETE SET of some columns", "SET NULL (b)",
    ),
    ("create table t (b int4range, a int4range, primary key (b, a without overlaps))", "17", "18", "WITHOUT OVERLAPS", "WITHOUT OVERLAPS"),
    ("create table t (a int); create view v with (security_invoker = true) as select * from t", "14", "15", "security_invoker", "security_invoker"),
    ("create table t (id uuid primary key default uuidv7())", "17", "18", "uuidv7()", "uuidv7"),
    ("create table t (id uuid default pg_catalog.uuidv7(interval '1 day'), note text default 'uuidv7()')", "14", "18", "uuidv7()", "uuidv7('1 day'"),
    ("create unlogged sequence s", "14", "15", "an unlogged sequence", "UNLOGGED"),
]  # fmt: skip


@pytest.mark.parametrize(("script", "version", "since", "lost", "words"), CASES)
def test_what_a_version_cannot_say_is_noted(script: str, version: str, since: str, lost: str, words: str) -> None:
    schema = read(script).schema_
    old, new = (write(schema, WriteOptions(version=one)) for one in (version, "18"))
    assert words in new.text
    assert words not in old.text
    assert new.notes == ()
    assert [note.lost for note in old.notes] == [f"{lost}: not before PostgreSQL {since}"]


@pytest.mark.parametrize("version", WRITER.versions)
def test_every_version_is_proven_on_the_embedded_server_and_says_so(version: str) -> None:
    written = write(read(EVERYTHING.read_text()).schema_, WriteOptions(version=version))
    assert written.proof.level == "executed"
    assert written.proof.detail == (None if version == "18" else f"written for {version}")


def test_privileges_that_an_older_version_lacks_are_left_out() -> None:
    schema = read("create table t (a int); grant all on t to somebody; grant maintain on t to another").schema_
    assert "GRANT MAINTAIN ON t TO another" in write(schema, WriteOptions(version="17", prove=False)).text
    old = write(schema, WriteOptions(version="16", prove=False)).text
    assert "GRANT ALL ON t TO somebody" in old
    assert "MAINTAIN" not in old


def test_an_unknown_version_is_refused() -> None:
    with pytest.raises(InputError, match="Use one of 14, 15, 16, 17, 18"):
        write(read("create table t (a int)").schema_, WriteOptions(version="9.6"))
