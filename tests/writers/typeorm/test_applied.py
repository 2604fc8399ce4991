"""Generated entities compile in strict mode, and `synchronize` makes of them the schema that they were written from."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from dbdesign.engines.postgres import embedded
from dbdesign.migrations.compare import compare
from dbdesign.model.schema import Schema
from dbdesign.readers.postgresql.catalog import read_whole_catalog
from dbdesign.readers.typeorm import read
from dbdesign.writers.base import Note, WriteOptions
from dbdesign.writers.typeorm import write
from migration_tools import MODULES, needs_package, run, tcp_url
from real_schemas import read_real, real_schema_index

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


def unsaid(before: Schema, after: Schema, notes: Iterable[Note], *, execute: bool) -> list[str]:
    """The differences that no note names. A note on a table covers it as a whole where it is no entity, else only what hangs on it."""
    objects = {one.object for one in notes}
    missing = {table.label for table in before.tables} - {table.label for table in after.tables}
    found = []
    for one in compare(before, after, execute=execute).operations:
        own = {f"{one.table}.{one.name}", f"{one.table} ({one.name})"} if one.table else {one.name}
        whole = one.table in objects and (one.table in missing or one.kind in HANGING)
        if (
            not own & objects
            and not whole
            and (one.table or one.name) not in missing & objects
            and one.kind not in LEFT_OUT
        ):
            found.append(one)
    return told(found)


HANGING = {"table", "trigger", "policy", "grant", "privilege"}
LEFT_OUT = {"view", "schema", "extension", "grant", "routine", "carried", "domain", "sequence", "composite"}


def told(operations: object) -> list[str]:
    lines = []
    for one in operations:  # type: ignore[attr-defined]
        before, after = (side.model_dump() if side is not None else {} for side in (one.before, one.after))
        sides = [f"{key}: {before.get(key)!r} → {after.get(key)!r}" for key in one.changed]
        lines.append(f"{one.action} {one.kind} {one.name} of {one.table} {'; '.join(sides)}")
    return lines


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
