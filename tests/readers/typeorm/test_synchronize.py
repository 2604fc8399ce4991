"""What the reader says of entities is what TypeORM's own `synchronize` makes of them on the embedded server, names included."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from dbdesign.engines.postgres import embedded
from dbdesign.migrations.compare import compare
from dbdesign.model.migration import Operation
from dbdesign.model.schema import Schema
from dbdesign.readers.postgresql.catalog import read_whole_catalog
from dbdesign.readers.typeorm import read
from migration_tools import MODULES, needs_package, run, tcp_url

HERE = Path(__file__).resolve().parent
CASES = sorted(path.stem for path in (HERE / "cases").glob("*.ts"))


@pytest.fixture(scope="module")
def synchronized(tmp_path_factory: pytest.TempPathFactory) -> Schema:
    """The catalogue behind all cases, each in a schema of its own."""
    for package in ("typeorm", "typescript", "pg", "reflect-metadata", "typeorm-naming-strategies"):
        needs_package(package)
    folder = tmp_path_factory.mktemp("typeorm")
    shutil.copytree(HERE / "cases", folder / "cases")
    with embedded().scratch() as database, tcp_url(database) as url:
        database.admin.execute('CREATE SCHEMA "schemas_two"')
        for extension in ("uuid-ossp", "citext", "hstore", "ltree", "btree_gist"):
            database.admin.execute(f'CREATE EXTENSION IF NOT EXISTS "{extension}" SCHEMA public')
        database.admin.execute(
            "GRANT ALL ON SCHEMA schemas_two TO PUBLIC; GRANT CREATE ON DATABASE "
            f'"{database.admin.info.dbname}"'
            " TO PUBLIC"
        )
        said = run(
            "node", HERE / "synchronize.cjs", folder / "cases", folder / "out", url, cwd=folder, NODE_PATH=str(MODULES)
        )
        answer = json.loads(said.splitlines()[-1])
        failed = {name: error for name, error in answer["answers"].items() if error}
        assert failed == {}, answer["problems"]
        return read_whole_catalog(database.admin, facts=False).schema


@pytest.mark.parametrize("case", CASES)
def test_entities_are_read_as_synchronize_makes_them(case: str, synchronized: Schema) -> None:
    text = (HERE / "cases" / f"{case}.ts").read_text()
    found = read({"case.ts": text, "source.ts": data_source(case, text)})
    assert [(one.line, one.text, one.reason) for one in found.unread] == []
    made = part(synchronized, {case, *(one.namespace or "" for one in found.schema.tables)} - {""})
    made = made.model_copy(update={"extensions": found.schema.extensions})
    operations = compare(made, found.schema, execute=True).operations
    assert [told(one) for one in operations] == []
    assert names(found.schema) == names(made)


def data_source(case: str, text: str) -> str:
    """The data source of a case; Node takes its further options from what the case exports."""
    further = text.partition("typeormOptions: {")[2].partition("} };")[0]
    imports = 'import { DataSource } from "typeorm"; import { SnakeNamingStrategy } from "typeorm-naming-strategies";'
    return f'{imports} new DataSource({{ type: "postgres", schema: "{case}", {further} }});'


def part(schema: Schema, namespaces: set[str]) -> Schema:
    """What is in some schemas of a database, TypeORM's own table left out."""
    kept = {
        kind: tuple(
            one for one in getattr(schema, kind) if one.namespace in namespaces and one.name != "typeorm_metadata"
        )
        for kind in ("enums", "tables", "views", "sequences")
    }
    spaces = tuple(one for one in schema.namespaces if one.name in namespaces)
    spaces = tuple(one.model_copy(update={"owner": None, "grants": ()}) for one in spaces)
    return Schema(engine=schema.engine, version=schema.version, namespaces=spaces, **kept)


def names(schema: Schema) -> set[str]:
    """The names of all keys, indexes and enumerations."""
    found: set[str] = {f"enum {one.label}" for one in schema.enums}
    for table in schema.tables:
        keys = [table.primary_key] if table.primary_key else []
        for one in (*keys, *table.unique_keys, *table.foreign_keys, *table.checks, *table.indexes, *table.exclusions):
            found.add(f"{table.label}.{one.name}")
    return found


def told(operation: Operation) -> str:
    """A difference in a line: what each side has where they differ."""
    before, after = (one.model_dump() if one is not None else {} for one in (operation.before, operation.after))
    sides = [f"{key}: {before.get(key)!r} → {after.get(key)!r}" for key in operation.changed]
    return f"{operation.action} {operation.kind} {operation.name} of {operation.table} {'; '.join(sides)}"
