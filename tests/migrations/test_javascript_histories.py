"""Migrations of TypeORM and Knex that are read statically lead to the schema that the tools make on the embedded server."""

from __future__ import annotations

from pathlib import Path

import pytest

from dbdesign.engines.postgres import embedded
from dbdesign.migrations.compare import compare
from dbdesign.migrations.files import Reading, read_migrations
from dbdesign.migrations.files.source_file import SourceFile
from dbdesign.model.schema import Schema
from dbdesign.readers.postgresql.catalog import read_whole_catalog
from migration_tools import MODULES, needs_package, run, tcp_url

HERE = Path(__file__).resolve().parent / "files"
OWN = {"knex_migrations", "knex_migrations_lock", "migrations"}


def history(tool: str) -> Reading:
    return read_migrations([SourceFile(path.name, path.read_text()) for path in sorted((HERE / tool).iterdir())])


def replayed(reading: Reading) -> Schema:
    with embedded().scratch() as database:
        for migration in reading.migrations:
            outcome = database.run_script([(one.line, one.sql) for one in migration.statements])
            assert [(one.line, one.message) for one in outcome.failures] == []
        return read_whole_catalog(database.admin, facts=False).schema


def made(tool: str, folder: Path) -> Schema:
    for package in (tool, "pg", "typescript"):
        needs_package(package)
    with embedded().scratch() as database, tcp_url(database) as url:
        database.admin.execute('CREATE EXTENSION IF NOT EXISTS "uuid-ossp"')
        run("node", HERE / "run_migrations.cjs", tool, HERE / tool, folder, url, cwd=HERE, NODE_PATH=str(MODULES))
        found = read_whole_catalog(database.admin, facts=False).schema
    kept = {
        "tables": tuple(one for one in found.tables if one.name not in OWN),
        "extensions": (),
    }
    return found.model_copy(update=kept)


@pytest.mark.parametrize(
    ("tool", "notes"),
    [
        ("knex", ["taken as where there is none yet"]),
        ("typeorm", ["TypeORM installs the extension uuid-ossp"]),
    ],
)
def test_a_history_that_is_read_leads_to_what_the_tool_makes(tool: str, notes: list[str], tmp_path: Path) -> None:
    reading = history(tool)
    assert reading.tools == (tool,)
    assert [note for note in reading.notes if not any(known in note for known in notes)] == []
    found = replayed(reading).model_copy(update={"extensions": ()})
    operations = compare(made(tool, tmp_path), found, execute=False).operations
    assert [f"{one.action} {one.kind} {one.name} of {one.table} {one.changed}" for one in operations] == []


MIKRO_ORM = """
const { Migration } = require("@mikro-orm/migrations");
class Migration20240219102530 extends Migration {
  async up() {
    const sql = `create table a (id int); create index a_ix on a (id);`;
    this.addSql(sql);
    this.addSql('alter table "a" add column "b" text;');
    this.addSql(`drop table ${this.name()}`);
  }
  async down() {
    this.addSql("drop table a;");
  }
}
exports.Migration20240219102530 = Migration20240219102530;
"""


def test_the_sql_of_mikro_orm_is_read_as_it_stands() -> None:
    reading = read_migrations([SourceFile("Migration20240219102530.js", MIKRO_ORM)])
    (migration,) = reading.migrations
    assert reading.tools == ("mikro-orm",)
    assert [(one.line, one.sql) for one in migration.statements] == [
        (6, "create table a (id int)"),
        (6, "create index a_ix on a (id)"),
        (7, 'alter table "a" add column "b" text'),
    ]
    assert reading.notes == ("Migration20240219102530.js: line 8: a text that is known only by executing it",)
    assert (migration.version, migration.transaction) == ("20240219102530", "file")


def test_a_query_whose_rows_are_kept_is_noted() -> None:
    text = "exports.up = async (knex) => {\n  const rows = knex('a').select('id');\n  await knex.schema.dropTable('b');\n};\n"
    reading = read_migrations([SourceFile("1_a.js", text)])
    assert [one.sql for one in reading.migrations[0].statements] == ['drop table "b"']
    assert reading.notes == ("1_a.js: line 2: rows that a migration reads or writes are not read",)
