"""What is generated from the model makes the same database as the original script, as pg_dump sees it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dbdesign.engines.postgres import embedded
from dbdesign.model.schema import Schema
from dbdesign.readers.postgresql import read
from dbdesign.writers.base import WriteOptions
from dbdesign.writers.postgresql import write
from postgresql_comparison import differences, normal_dump
from real_schemas import read_real, real_sql

EVERYTHING = Path(__file__).resolve().parents[2] / "readers" / "postgresql" / "everything.sql"


def dump_of(script: str) -> list[str]:
    """The statements of a pg_dump of a database that a script made."""
    with embedded().scratch() as database:
        outcome = database.run_script(script)
        assert not outcome.failures
        dump = database.dump().replace(database.user_role, "the_owner")
    return normal_dump(dump)


def check_round_trip(script: str) -> Schema:
    """Both comparisons: of the dumps, and of the models."""
    result = read(script)
    assert result.unread == ()
    written = write(result.schema_)
    assert written.notes == ()
    assert written.proof.level == "executed"
    assert dump_of(written.text) == dump_of(script)
    assert differences(read(written.text).schema_, result.schema_) == []
    return result.schema_


@pytest.mark.parametrize("entry", real_sql("postgresql"))
def test_a_real_schema_is_generated_as_it_was(entry: dict[str, Any]) -> None:
    check_round_trip(read_real(entry))


def test_every_feature_of_the_dialect_survives() -> None:
    check_round_trip(EVERYTHING.read_text())


def test_what_pg_dump_writes_is_read_as_the_database_that_it_dumped() -> None:
    script = EVERYTHING.read_text()
    with embedded().scratch() as database:
        database.run_script(script)
        dump = database.dump().replace(" FOR ROLE sandbox", "")
    result = read(dump)
    assert result.unread == ()
    found = differences(result.schema_, read(script).schema_)
    assert [
        one for one in found if "BETWEEN" not in one
    ] == []  # which pg_dump writes as an AND that the grammar flattens


def test_without_what_is_carried_only_what_tables_need_stays() -> None:
    written = write(read(EVERYTHING.read_text()).schema_, WriteOptions(carried=False))
    assert written.proof.level == "executed"
    assert "FUNCTION public.is_good" in written.text  # a check calls it
    for words in ("PROCEDURE", "TRIGGER", "CREATE RULE", "PUBLICATION", "touch()"):
        assert words not in written.text


def test_privileges_and_comments_can_be_left_out() -> None:
    schema = read(EVERYTHING.read_text()).schema_
    text = write(schema, WriteOptions(grants=False, comments=False, prove=False)).text
    assert "GRANT" not in text
    assert "COMMENT ON" not in text
    assert "REVOKE" not in text
