"""Models that are written are imported and migrated by Django itself; what the embedded server then has is what was meant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dbdesign.model.schema import Schema
from dbdesign.readers.base import reader
from dbdesign.writers.base import WriteOptions, WriteResult, writer
from django_comparison import unexplained
from django_projects import created, environment_of, migrate, scratch, write_project
from real_schemas import read_real, real_sql

HERE = Path(__file__).parent


def _migrated(result: WriteResult, folder: Path) -> Schema:
    write_project(folder, {"app/models.py": result.text, "app/__init__.py": ""}, ["app"])
    with scratch() as database:
        migrate(folder, environment_of(database), make=["app"], extensions=("btree_gist", "hstore"))
        return created(database)


@pytest.mark.parametrize("name", ["hard"])
def test_a_schema_of_ours_is_migrated_as_meant(name: str, tmp_path: Path) -> None:
    meant = reader("postgresql").read((HERE / f"{name}.sql").read_text(encoding="utf-8")).schema_
    result = writer("django").write(meant, WriteOptions())
    assert unexplained(meant, _migrated(result, tmp_path), result.notes) == []


@pytest.mark.parametrize("entry", real_sql("postgresql"))
def test_a_real_schema_is_migrated_as_meant(entry: dict[str, Any], tmp_path: Path) -> None:
    meant = reader("postgresql").read(read_real(entry)).schema_
    result = writer("django").write(meant, WriteOptions())
    assert unexplained(meant, _migrated(result, tmp_path), result.notes) == []
