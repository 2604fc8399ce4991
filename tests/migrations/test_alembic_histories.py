"""A history that is read statically and replayed makes what Alembic itself makes of it."""

from __future__ import annotations

from pathlib import Path

import psycopg
import pytest
import sqlalchemy
from alembic import command
from alembic.config import Config

from dbdesign.engines.postgres import embedded
from dbdesign.migrations.files import read_migrations
from dbdesign.migrations.files.source_file import SourceFile
from dbdesign.model.schema import Schema
from dbdesign.readers.postgresql.catalog import read_whole_catalog
from sqlalchemy_cases import Case, cases_of

ENV = """
from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
"""
HISTORIES = list(cases_of(Path(__file__).resolve().parent / "alembic_histories" / "histories.txt"))


def replayed(case: Case) -> tuple[Schema, list[str], tuple[str, ...]]:
    """The schema, what the server refused, and what was not read."""
    reading = read_migrations([SourceFile(path, text) for path, text in case.files.items()])
    refused = []
    with embedded().scratch() as database:
        for migration in reading.migrations:
            outcome = database.run_script([(one.line, one.sql) for one in migration.statements])
            refused += [f"{one.statement}: {one.message}" for one in outcome.failures]
        return read_whole_catalog(database.admin, facts=False).schema, refused, reading.notes


def by_alembic(case: Case, folder: Path) -> Schema:
    """The schema that Alembic's own command line makes."""
    home = folder / "versions"
    home.mkdir()
    for path, text in case.files.items():
        (home / path).write_text(text, encoding="utf-8")
    (folder / "env.py").write_text(ENV, encoding="utf-8")
    config = Config(attributes={})
    config.set_main_option("script_location", str(folder))
    config.set_main_option("version_locations", str(home))
    config.set_main_option("path_separator", "newline")
    with embedded().scratch() as database:
        engine = sqlalchemy.create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(database.user_uri))
        with engine.connect() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        engine.dispose()
        schema = read_whole_catalog(database.admin, facts=False).schema
    kept = tuple(table for table in schema.tables if table.name != "alembic_version")
    return schema.model_copy(update={"tables": kept})


@pytest.mark.parametrize("case", HISTORIES, ids=repr)
def test_a_history_replayed_is_what_alembic_makes(case: Case, tmp_path: Path) -> None:
    real = by_alembic(case, tmp_path)
    found, refused, notes = replayed(case)
    assert refused == []
    assert notes == ()
    assert {one.label: one for one in found.tables} == {one.label: one for one in real.tables}
    assert found.enums == real.enums
    assert (found.views, found.routines, found.namespaces) == (real.views, real.routines, real.namespaces)
