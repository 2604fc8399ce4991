"""Generated entities compile in strict mode, and `synchronize` makes of them the schema that they were written from."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from dbdesign.engines.postgres import embedded
from dbdesign.model.schema import Schema
from dbdesign.readers.postgresql.catalog import read_whole_catalog
from dbdesign.readers.typeorm import read
from dbdesign.writers.base import WriteOptions
from dbdesign.writers.typeorm import write
from migration_tools import MODULES, needs_package, run, tcp_url
from real_schemas import read_real, real_schema_index
from typeorm_comparison import unsaid

SYNCHRONIZE = Path(__file__).resolve().parents[2] / "readers" / "typeorm" / "synchronize.cjs"
HERE = Path(__file__).resolve().parent
SAMPLES = {path.stem: path.read_text() for path in sorted(HERE.glob("*.sql"))}


def executed(sql: str) -> Schema:
    with embedded().scratch() as database:
        outcome = database.run_script(sql)
        assert not outcome.failures, outcome.failures
        found = read_whole_catalog(database.admin, facts=False).schema
    return found.model_copy(
        update={"views": ()}
    )  # their texts name tables without a schema, and each style has one of its own


def sources() -> dict[str, str]:
    """Our own schemas and the real ones for PostgreSQL that execute as they are."""
    found = dict(SAMPLES)
    for entry in real_schema_index():
        if (
            entry["dialect"] == "postgresql"
            and entry["file"].endswith(".sql")
            and entry["file"].startswith(("chinook", "northwind", "sakila"))
        ):
            found[re.sub(r"\W", "_", entry["file"].split(".")[0])] = read_real(entry)
    return found


@pytest.fixture(scope="module")
def models() -> Mapping[str, Schema]:
    return {name: executed(sql) for name, sql in sources().items()}


@pytest.fixture(scope="module")
def applied(models: Mapping[str, Schema], tmp_path_factory: pytest.TempPathFactory) -> Schema:
    for package in ("typeorm", "typescript", "pg", "reflect-metadata"):
        needs_package(package)
    folder = tmp_path_factory.mktemp("written")
    for name, schema in models.items():
        for style in ("data-mapper", "active-record"):
            place = folder / "source" / f"{name}_{style[0]}"
            place.mkdir(parents=True)
            for path, text in (write(schema, WriteOptions(style=style)).parts or {}).items():
                (place / path).write_text(text)
    with embedded().scratch() as database, tcp_url(database) as url:
        database.admin.execute('CREATE EXTENSION IF NOT EXISTS "uuid-ossp"; CREATE EXTENSION IF NOT EXISTS btree_gist')
        database.admin.execute(f'GRANT CREATE ON DATABASE "{database.admin.info.dbname}" TO PUBLIC')
        said = run(
            "node", SYNCHRONIZE, folder / "source", folder / "out", url, "strict", cwd=folder, NODE_PATH=str(MODULES)
        )
        answer = json.loads(said.splitlines()[-1])
        failed = {key: value for key, value in answer["answers"].items() if value}
        assert not failed, json.dumps(failed, indent=1)
        assert answer["problems"] == []
        return read_whole_catalog(database.admin, facts=False).schema


def of_namespace(schema: Schema, name: str) -> Schema:
    """One schema of a database as the default one."""

    def moved(one: object, **more: object) -> object:
        return one.model_copy(update={"namespace": None, **more})  # type: ignore[attr-defined]

    tables = []
    for table in schema.tables:
        if table.namespace == name and table.name != "typeorm_metadata":
            keys = tuple(key.model_copy(update={"referenced_namespace": None}) for key in table.foreign_keys)
            columns = tuple(
                one.model_copy(
                    update={
                        "type": unplaced(one.type, name),
                        "default": one.default and one.default.replace(f"{name}.", ""),
                    }
                )
                for one in table.columns
            )
            tables.append(moved(table, foreign_keys=keys, columns=columns))
    enums = [moved(one) for one in schema.enums if one.namespace == name]
    return Schema(engine=schema.engine, version=schema.version, tables=tuple(tables), enums=tuple(enums))  # type: ignore[arg-type]


def unplaced(kind: object, name: str) -> object:
    update = {}
    if kind.name is not None and kind.name.namespace == name:  # type: ignore[attr-defined]
        update = {
            "name": kind.name.model_copy(update={"namespace": None}),
            "native": kind.native.replace(f"{name}.", ""),
        }  # type: ignore[attr-defined]
    if kind.element is not None:  # type: ignore[attr-defined]
        update = {**update, "element": unplaced(kind.element, name), "native": kind.native.replace(f"{name}.", "")}  # type: ignore[attr-defined]
    return kind.model_copy(update=update)  # type: ignore[attr-defined]


@pytest.mark.parametrize("style", ["d", "a"])
@pytest.mark.parametrize("name", sorted(sources()))
def test_synchronize_makes_the_schema_that_was_written(
    name: str, style: str, models: Mapping[str, Schema], applied: Schema
) -> None:
    made = of_namespace(applied, f"{name}_{style}")
    notes = write(models[name]).notes
    assert unsaid(models[name], made, notes, execute=False) == []


@pytest.mark.parametrize("name", sorted(sources()))
def test_the_reader_reads_what_was_written(name: str, models: Mapping[str, Schema]) -> None:
    written = write(models[name])
    found = read(written.parts or {})
    assert [one.reason for one in found.unread] == []
    assert unsaid(models[name], found.schema, written.notes, execute=True) == []


VIEWS = """
CREATE TYPE state AS ENUM ('new', 'done');
CREATE TABLE orders (id bigint PRIMARY KEY, customer text NOT NULL, total numeric(10,2) NOT NULL, state state NOT NULL);
CREATE VIEW z_large AS SELECT id, customer, total FROM orders WHERE total > 100 AND state IN ('new', 'done') AND customer <> 'it''s';
CREATE VIEW a_names AS SELECT DISTINCT customer AS "the Name" FROM z_large;
CREATE MATERIALIZED VIEW sums AS SELECT customer, sum(total) AS total FROM orders GROUP BY customer;
"""


def test_synchronize_makes_the_views_that_were_written(tmp_path: Path) -> None:
    for package in ("typeorm", "typescript", "pg", "reflect-metadata"):
        needs_package(package)
    with embedded().scratch() as database:
        assert not database.run_script(VIEWS).failures
        meant = read_whole_catalog(database.admin, facts=False).schema
    place = tmp_path / "source" / "public"
    place.mkdir(parents=True)
    written = write(meant)
    assert not written.notes
    for path, text in (written.parts or {}).items():
        (place / path).write_text(text)
    assert read(written.parts or {}).unread == ()
    with embedded().scratch() as database, tcp_url(database) as url:
        database.admin.execute(
            f'GRANT CREATE ON DATABASE "{database.admin.info.dbname}" TO PUBLIC; GRANT ALL ON SCHEMA public TO PUBLIC'
        )
        said = run(
            "node", SYNCHRONIZE, place.parent, tmp_path / "out", url, "strict", cwd=tmp_path, NODE_PATH=str(MODULES)
        )
        assert json.loads(said.splitlines()[-1]) == {"answers": {"public": None}, "problems": []}
        made = read_whole_catalog(database.admin, facts=False).schema
    assert {one.label: one for one in made.views} == {one.label: one for one in meant.views}
    kept = tuple(one for one in made.tables if one.name != "typeorm_metadata")
    assert unsaid(meant, made.model_copy(update={"tables": kept}), (), execute=False) == []
