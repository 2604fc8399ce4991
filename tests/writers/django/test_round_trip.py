"""A model written as Django models and read back is the same, for everything that no note says Django cannot say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from dbdesign.model.schema import Engine, Schema
from dbdesign.readers.base import reader, source_readers
from dbdesign.writers.base import WriteOptions, writer
from django_comparison import unexplained
from django_projects import normalised
from real_schemas import REAL_SCHEMAS
from strategies import schemas

HERE = Path(__file__).parent
UNHURRIED = [HealthCheck.too_slow, HealthCheck.data_too_large]


def _back(text: str, engine: Engine = Engine.POSTGRESQL) -> Schema:
    result = source_readers()["django"].read({"app/models.py": text}, engine=engine)
    assert [(one.text, one.reason) for one in result.unread] == []
    return result.schema_


def _has_tables(schema: Schema) -> bool:
    return any(one.partition_of is None for one in schema.tables)


@given(schemas())
@settings(max_examples=15, deadline=None, suppress_health_check=UNHURRIED)
def test_any_schema_is_written_as_python_that_reads_back_alike(schema: Schema) -> None:
    result = writer("django").write(schema, WriteOptions())
    compile(result.text, "models.py", "exec")
    assert [one for one in result.notes if one.object == "the whole text"] == []
    assert writer("django").write(schema, WriteOptions()).text == result.text


@given(schemas())
@settings(max_examples=4, deadline=None, suppress_health_check=UNHURRIED)
def test_any_schema_read_back_is_the_same_to_the_server(schema: Schema) -> None:
    names = [one.name for one in schema.tables]
    if not _has_tables(schema) or len(set(names)) < len(names):
        return
    result = writer("django").write(schema, WriteOptions())
    assert unexplained(schema, normalised(_back(result.text)), result.notes) == []


def test_a_schema_of_ours_read_back_is_the_same_to_the_server() -> None:
    meant = reader("postgresql").read((HERE / "hard.sql").read_text(encoding="utf-8")).schema_
    result = writer("django").write(meant, WriteOptions())
    assert unexplained(meant, normalised(_back(result.text)), result.notes) == []
    assert [one for one in result.notes if one.object == "the whole text"] == []


def test_what_is_written_is_laid_out_as_ruff_lays_it_out(tmp_path: Path) -> None:
    sources = [HERE / "hard.sql", *sorted(REAL_SCHEMAS.glob("*.postgres.sql"))]
    for path in sources:
        schema = reader("postgresql").read(path.read_text(encoding="utf-8-sig"), execute=False).schema_
        text = writer("django").write(schema, WriteOptions(prove=False)).text
        (tmp_path / f"{path.name.partition('.')[0]}.py").write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "ruff", "format", "--isolated", "--diff", str(tmp_path)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == ""


@pytest.mark.parametrize("name", ["petclinic.mysql.sql", "sakila.mysql.sql", "sakila.sqlite.sql", "chinook.mssql.sql"])
def test_schemas_of_other_engines_are_written_and_read_back(name: str) -> None:
    path = REAL_SCHEMAS / name
    if not path.exists():
        pytest.skip("the real schemas are not beside this checkout")
    dialect = {"mysql": "mysql", "sqlite": "sqlite", "mssql": "sqlserver"}[name.split(".")[1]]
    schema = reader(dialect).read(path.read_text(encoding="utf-8-sig")).schema_
    result = writer("django").write(schema, WriteOptions())
    compile(result.text, "models.py", "exec")
    assert [one.lost for one in result.notes if one.object == "the whole text"] == []


def test_the_models_of_a_schema_of_ours_are_these() -> None:
    meant = reader("postgresql").read((HERE / "hard.sql").read_text(encoding="utf-8")).schema_
    result = writer("django").write(meant, WriteOptions())
    notes = "".join(f"{one.object} | {one.lost} | {one.instead or ''}\n" for one in result.notes)
    assert result.text == (HERE / "hard.models.py.txt").read_text(encoding="utf-8")
    assert notes == (HERE / "hard.notes").read_text(encoding="utf-8")


COMPOSITE = """
CREATE TABLE zones (id bigint PRIMARY KEY);
CREATE TABLE items (id bigint PRIMARY KEY, zone_id bigint REFERENCES zones);
CREATE TABLE item_zones (zone_id bigint REFERENCES zones, item_id bigint REFERENCES items, since timestamp NOT NULL, PRIMARY KEY (zone_id, item_id),
    CONSTRAINT recent CHECK (since >= '2007-01-01 00:00:00'));
"""


def test_a_composite_key_has_foreign_keys_unless_makemigrations_would_fail() -> None:
    said = {}
    for name, more in {"plain": "", "indexed": "CREATE INDEX i ON items (zone_id);"}.items():
        result = writer("django").write(reader("postgresql").read(COMPOSITE + more).schema_, WriteOptions())
        said[name] = [one.object for one in result.notes if "composite primary key that" in one.lost]
    assert said == {"plain": [], "indexed": ["item_zones (item_zones_zone_id_fkey)"]}


def test_a_moment_without_a_time_zone_is_in_utc_in_a_condition() -> None:
    result = writer("django").write(reader("postgresql").read(COMPOSITE).schema_, WriteOptions())
    assert 'condition=models.Q(since__gte="2007-01-01 00:00:00+00:00")' in result.text
    assert "that moments in conditions have no time zone" in {one.lost for one in result.notes}
