"""Models that are written make the schema that they were written from: on the embedded server, and read back."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings

from dbdesign.model.schema import Schema
from dbdesign.readers.base import reader
from dbdesign.readers.sqlalchemy import read
from dbdesign.readers.sqlalchemy.imported import read_imported
from dbdesign.writers.base import WriteOptions, writers
from sqlalchemy_sayable import said, single, without_row_types
from strategies import schemas

HERE = Path(__file__).resolve().parent
TARGETS = ("sqlalchemy", "sqlmodel")
REAL = ("chinook", "northwind", "mimic_iv", "synapse_main72", "sakila")
UNPROVEN = WriteOptions(prove=False)
DATA = HERE.parent.parent.parent.parent / "shared" / "data" / "schemas"


def written(schema: Schema, target: str) -> str:
    """The module."""
    return writers()[target].write(schema, UNPROVEN).text


def own() -> Schema:
    """The schema of the golden files: everything that the forms can say."""
    return reader("postgresql").read((HERE / "shop.sql").read_text(encoding="utf-8")).schema


def sayable(schema: Schema) -> dict[str, Any]:
    """The tables without what neither form can say."""
    found = {}
    for table in schema.tables:
        data = table.model_dump()
        for name in ("triggers", "policies", "row_security", "grants", "owner", "inherits", "inherited"):
            data.pop(name)
        for name in ("indexes", "unique_keys", "foreign_keys", "checks"):
            data[name] = sorted(data[name], key=lambda one: str(one["name"]))
        found[table.label] = data
    return found


@pytest.mark.parametrize("target", TARGETS)
def test_the_golden_module(target: str) -> None:
    file = HERE / "golden" / f"shop.{target}.py.txt"
    text = written(own(), target)
    assert text == file.read_text(encoding="utf-8")


@pytest.mark.parametrize("target", TARGETS)
def test_what_is_written_is_created_on_the_server_as_it_was(target: str, tmp_path: Path) -> None:
    path = tmp_path / "models.py"
    path.write_text(written(own(), target), encoding="utf-8")
    found = read_imported(path)
    assert found.unread == ()
    assert found.proof.level == "executed"
    assert sayable(found.schema) == sayable(own())
    assert found.schema.enums == own().enums
    assert found.schema.domains == own().domains
    assert found.schema.sequences == own().sequences


@pytest.mark.parametrize("target", TARGETS)
def test_what_is_written_is_read_back(target: str) -> None:
    found = read({"models.py": written(own(), target)})
    assert found.unread == ()
    assert sayable(found.schema) == sayable(own())


@pytest.mark.parametrize("target", TARGETS)
def test_mappers_can_be_configured_and_linters_are_content(target: str, tmp_path: Path) -> None:
    path = tmp_path / "models.py"
    path.write_text(written(own(), target), encoding="utf-8")
    run = [sys.executable, "-W", "error", "-c", "import models, sqlalchemy.orm; sqlalchemy.orm.configure_mappers()"]
    tools = Path(sys.executable).parent
    for command in (
        run,
        [tools / "ruff", "format", "--isolated", "--diff", path],
        [tools / "ruff", "check", "--isolated", "--select", "I,F,E4,E7,E9,UP,B", "--target-version", "py311", path],
    ):
        done = subprocess.run(
            [str(one) for one in command], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=120
        )
        assert done.returncode == 0, done.stdout + done.stderr


def test_what_is_written_passes_mypy(tmp_path: Path) -> None:
    (tmp_path / "models.py").write_text(written(own(), "sqlalchemy"), encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file", "", "models.py"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stdout


def real(name: str) -> Schema:
    """One of the real schemas."""
    file = DATA / f"{name}.postgres.sql"
    if not file.exists():
        pytest.skip("the shared schemas are not here")
    return reader("postgresql").read(file.read_text(encoding="utf-8-sig")).schema_


@pytest.mark.parametrize("name", REAL)
def test_real_schemas_come_back(name: str) -> None:
    schema = real(name)
    found = read({"models.py": written(schema, "sqlalchemy")})
    assert found.unread == ()
    assert sayable(found.schema) == sayable(schema)


@pytest.mark.parametrize("name", REAL)
def test_real_schemas_as_sqlmodel_are_created_on_the_server_as_they_were(name: str, tmp_path: Path) -> None:
    schema = real(name)
    path = tmp_path / "models.py"
    path.write_text(written(schema, "sqlmodel"), encoding="utf-8")
    found = read_imported(path)
    assert found.unread == ()
    assert found.proof.level == "executed"
    assert sayable(found.schema) == sayable(schema)
    made = found.schema_
    assert (made.enums, made.domains, made.sequences) == (schema.enums, schema.domains, schema.sequences)


def test_what_cannot_be_said_is_a_note() -> None:
    sql = """
    CREATE TABLE t (id int PRIMARY KEY, n serial);
    ALTER TABLE t ENABLE ROW LEVEL SECURITY;
    CREATE VIEW v AS SELECT id FROM t;
    CREATE TABLE p (at date NOT NULL) PARTITION BY RANGE (at);
    CREATE TABLE p1 PARTITION OF p FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
    """
    result = writers()["sqlalchemy"].write(reader("postgresql").read(sql).schema, UNPROVEN)
    said = {(note.object, note.lost) for note in result.notes}
    assert ("t", "row security and policies") in said
    assert ("v", "views") in said
    assert ("p1", "a partition of p") in said
    assert ("t.n", "that a sequence belongs to its column") in said
    assert (
        'postgresql_partition_by": "RANGE (at)"' in result.text or 'postgresql_partition_by="RANGE (at)"' in result.text
    )


def test_the_proof_is_an_import_and_an_execution() -> None:
    result = writers()["sqlalchemy"].write(own(), WriteOptions())
    assert result.proof.level == "executed"
    assert {note.lost for note in result.notes} == {
        "that a schema is created",
        "a class for a table without a primary key",
    }


@settings(
    max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.explicit, Phase.generate]
)
@given(schemas())
def test_any_schema_comes_back_from_the_server_but_for_what_notes_name(schema: Schema) -> None:
    schema = without_row_types(schema)
    assume(any(table.partition_of is None for table in schema.tables))
    for target in TARGETS:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("dbdesign.writers.sqlalchemy.source.SHOWN", 1000)  # notes that name all their objects
            result = writers()[target].write(schema, UNPROVEN)
        found = read({"models.py": result.text}, engine=schema.engine)
        assert found.unread == ()
        notes = single(result.notes)
        meant, made = said(schema, notes), said(found.schema_, notes)
        for name in made.keys() - meant.keys():
            assert name.startswith("sequence ")  # of a serial column, which a note says
            del made[name]
        assert made == meant
