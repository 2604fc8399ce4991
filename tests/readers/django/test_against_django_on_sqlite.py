"""On SQLite too, what is read from models is what Django makes of them."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from dbdesign.model.schema import Engine, Schema
from dbdesign.readers.base import reader, source_readers
from django_projects import cases, migrate, settings_text, write_project
from postgresql_comparison import differences

APPS = ["plain", "sized", "positive", "keys_small", "keys_other", "choices", "by_name", "shelves", "to_field", "many", "twin", "abstract",
        "multi", "two_parents", "proxies", "diamond", "together", "check_relations", "composite", "long_names", "ordered"]  # fmt: skip
SQLITE = "django.db.backends.sqlite3"


def test_models_are_read_as_django_makes_them_on_sqlite(tmp_path: Path) -> None:
    everything = [one for path in sorted((Path(__file__).parent / "cases").glob("*.txt")) for one in cases(path)]
    files = {path: text for one in everything if one.name in APPS for path, text in one.files.items()}
    write_project(tmp_path, files, APPS, SQLITE)
    migrate(tmp_path, {"DATABASE_NAME": str(tmp_path / "made.db")}, make=APPS)
    with sqlite3.connect(tmp_path / "made.db") as connection:
        rows = connection.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")
        script = ";\n".join(sql for (sql,) in rows)
    theirs = _own(reader("sqlite").read(script).schema_)
    result = source_readers()["django"].read({**files, "settings.py": settings_text(APPS, SQLITE)})
    assert result.schema_.engine is Engine.SQLITE
    assert [(one.text, one.reason) for one in result.unread] == []
    assert differences(_own(result.schema_), theirs) == []


def _own(schema: Schema) -> Schema:
    """The tables of the cases, their columns in the order of their names: Django's many rebuilds on SQLite leave another."""
    tables = [
        one.model_copy(update={"columns": tuple(sorted(one.columns, key=lambda column: column.name))})
        for one in schema.tables
        if not one.name.startswith(("auth_", "django_", "sqlite_"))
    ]
    return Schema(engine=Engine.SQLITE, tables=tuple(tables))


@pytest.mark.parametrize("engine", [Engine.MYSQL, Engine.TIDB, Engine.SQLSERVER, Engine.COCKROACHDB])
def test_models_are_read_for_other_engines(engine: Engine) -> None:
    everything = [one for path in sorted((Path(__file__).parent / "cases").glob("*.txt")) for one in cases(path)]
    files = {path: text for one in everything if one.name in APPS for path, text in one.files.items()}
    result = source_readers()["django"].read(files, engine=engine)
    assert [(one.text, one.reason) for one in result.unread] == []
    assert {"plain_everything", "many_post_tags", "multi_restaurant"} <= {one.name for one in result.schema_.tables}
