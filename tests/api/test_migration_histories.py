"""Folders of migrations as sources: each tool's files, replayed for their engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from dbdesign.api.access import Access
from dbdesign.api.call import Call
from dbdesign.api.source import Loaded, load
from dbdesign.errors import InputError

FIRST = "CREATE TABLE orders (id int PRIMARY KEY, total numeric);\n"
SECOND = "ALTER TABLE orders ADD COLUMN note text;\nALTER TABLE orders DROP COLUMN total;\n"
TYPEORM = """
import { MigrationInterface, QueryRunner } from "typeorm";
export class %s implements MigrationInterface {
  // up() { queryRunner.query("CREATE TABLE never (id int)") }
  public async up(queryRunner: QueryRunner): Promise<void> {
%s
  }
  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE orders`);
  }
}
"""
KNEX = """
exports.up = async function (knex) {
  await knex.raw('CREATE TABLE orders (' + 'id int PRIMARY KEY, ' + "note text DEFAULT 'it\\'\\'s')");
};
exports.down = (knex) => knex.schema.raw("DROP TABLE orders");
"""

HISTORIES: dict[str, dict[str, str]] = {
    "flyway": {
        "V10__drop.sql": "ALTER TABLE orders DROP COLUMN gone;",
        "V1__orders.sql": FIRST,
        "V2__note.sql": SECOND + "ALTER TABLE orders ADD COLUMN gone int;",
        "U2__undo.sql": "DROP TABLE orders;",
        "R__view.sql": "CREATE VIEW newest AS SELECT id FROM orders;",
    },
    "golang-migrate": {
        "000002_note.up.sql": SECOND,
        "000001_orders.up.sql": FIRST,
        "000001_orders.down.sql": "DROP TABLE orders;",
    },
    "dbmate": {
        "20260101000000_orders.sql": f"-- migrate:up\n{FIRST}-- migrate:down\nDROP TABLE orders;",
        "20260102000000_note.sql": f"-- migrate:up transaction:false\n{SECOND}-- migrate:down\n",
    },
    "goose": {
        "00001_orders.sql": f"-- +goose Up\n{FIRST}-- +goose Down\nDROP TABLE orders;",
        "00002_note.sql": f"-- +goose Up\n-- +goose StatementBegin\nDO $$ BEGIN NULL; END $$;\n-- +goose StatementEnd\n{SECOND}",
    },
    "prisma-migrate": {
        "20260101000000_init/migration.sql": FIRST,
        "20260102000000_note/migration.sql": SECOND,
        "migration_lock.toml": 'provider = "postgresql"\n',
    },
    "typeorm-migrations": {
        "1700000000000-Orders.ts": TYPEORM % ("Orders", f"    await queryRunner.query(`{FIRST}`);"),
        "1700000000001-Note.ts": TYPEORM
        % ("Note", "".join(f'    await queryRunner.query("{one}");\n' for one in SECOND.split(";\n") if one)),
    },
    "knex-migrations": {"migrations/20260101_orders.js": KNEX},
    "alembic": {
        "versions/a.py": "from alembic import op\nimport sqlalchemy as sa\nrevision = 'a'\ndown_revision = None\n\n"
        "def upgrade():\n    op.create_table('orders', sa.Column('id', sa.Integer(), primary_key=True))\n",
        "versions/b.py": "from alembic import op\nimport sqlalchemy as sa\nrevision = 'b'\ndown_revision = 'a'\n\n"
        "def upgrade():\n    op.add_column('orders', sa.Column('note', sa.Text()))\n",
    },
    "sql": {"10_last.sql": "ALTER TABLE orders DROP COLUMN total;", "9_note.sql": "ALTER TABLE orders ADD note text;", "1.sql": "", "01_orders.sql": FIRST},
}  # fmt: skip


def replay(folder: Path, files: dict[str, str], **options: str) -> Loaded:
    for name, text in files.items():
        path = folder / "db" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return load("db", Call(access=Access.beneath(folder)), **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("tool", HISTORIES)
def test_a_history_leads_to_its_last_state(tool: str, tmp_path: Path) -> None:
    found = replay(tmp_path, HISTORIES[tool])
    assert found.format == tool
    assert found.result.unread == ()
    (table,) = found.result.schema.tables
    assert (table.label, [column.name for column in table.columns]) == ("orders", ["id", "note"])
    assert str(found.result.proof).startswith("executed on PostgreSQL")


@pytest.mark.parametrize("tool", HISTORIES)
def test_a_history_is_read_alike_where_its_format_is_named(tool: str, tmp_path: Path) -> None:
    found = replay(tmp_path, HISTORIES[tool])
    named = load("db", Call(access=Access.beneath(tmp_path)), format=tool)
    assert named.result.schema == found.result.schema


def test_places_are_those_of_the_files(tmp_path: Path) -> None:
    result = replay(
        tmp_path, {"V1__a.sql": f"\n\n{FIRST}", "V2__b.sql": "--\nALTER TABLE orders\n ADD note text;"}
    ).result
    assert (result.files["orders"], result.lines["orders"]) == ("db/V1__a.sql", 3)
    assert (result.files["orders.note"], result.lines["orders.note"]) == ("db/V2__b.sql", 3)


def test_a_statement_that_is_refused_is_said_with_its_place_and_the_rest_goes_on(tmp_path: Path) -> None:
    files = {"V1__a.sql": FIRST, "V2__b.sql": "\nALTER TABLE nowhere ADD a int;\n", "V3__c.sql": SECOND}
    result = replay(tmp_path, files).result
    (unread,) = result.unread
    assert (unread.path, unread.line) == ("db/V2__b.sql", 2)
    assert 'relation "nowhere" does not exist' in unread.reason
    assert [column.name for column in result.schema.tables[0].columns] == ["id", "note"]


def test_what_is_known_only_by_executing_it_is_said_with_its_place(tmp_path: Path) -> None:
    body = "    await queryRunner.query(`CREATE TABLE orders (id int)`);\n    await queryRunner.query(`DROP TABLE ${name}`);\n"
    result = replay(tmp_path, {"1700000000000-Orders.ts": TYPEORM % ("Orders", body)}).result
    assert [(one.path, one.line) for one in result.unread] == [("db/1700000000000-Orders.ts", 7)]
    assert "only by executing it" in result.unread[0].reason
    assert [table.label for table in result.schema.tables] == ["orders"]


@pytest.mark.parametrize(
    ("engine", "text"),
    [
        (
            "mysql",
            "CREATE TABLE `orders` (\n `id` int unsigned NOT NULL AUTO_INCREMENT, PRIMARY KEY (`id`)\n) ENGINE=InnoDB;\n",
        ),
        ("sqlite", "CREATE TABLE orders (id INTEGER PRIMARY KEY AUTOINCREMENT);\n"),
        ("sqlserver", "CREATE TABLE [dbo].[orders] ([id] int IDENTITY(1,1) NOT NULL PRIMARY KEY CLUSTERED)\nGO\n"),
    ],
)
def test_a_history_of_another_engine_is_read_by_its_reader(engine: str, text: str, tmp_path: Path) -> None:
    files = {"V1__a.sql": text, "V2__b.sql": "ALTER TABLE orders ADD note varchar(20) NULL;\n"}
    result = replay(tmp_path, files).result
    assert result.schema.engine.value == engine
    assert result.unread == ()
    assert [column.name for column in result.schema.tables[0].columns] == ["id", "note"]
    assert result.files[result.schema.tables[0].label] == "db/V1__a.sql"


def test_prismas_lock_file_says_the_engine(tmp_path: Path) -> None:
    files = {
        "0_init/migration.sql": "CREATE TABLE t (id INTEGER NOT NULL);",
        "migration_lock.toml": 'provider = "sqlite"',
    }
    assert replay(tmp_path, files).result.schema.engine.value == "sqlite"


def test_the_caller_may_say_the_engine(tmp_path: Path) -> None:
    found = replay(tmp_path, {"V1__a.sql": "CREATE TABLE t (id INTEGER NOT NULL);"}, engine_version="mysql 8.4")
    assert (found.result.schema.engine.value, found.result.schema.version) == ("mysql", "8.4")


def test_folders_for_two_engines_are_two_schemas(tmp_path: Path) -> None:
    files = {"postgresql/V1__a.sql": FIRST, "h2/V1__a.sql": FIRST}
    with pytest.raises(
        InputError, match=r"2 schemas could be meant.*source=db/h2 format=flyway; source=db/postgresql format=flyway"
    ):
        replay(tmp_path, files)


def test_a_script_with_marks_is_a_migration_by_itself(tmp_path: Path) -> None:
    found = load(f"-- +goose Up\n{FIRST}-- +goose Down\nDROP TABLE orders;\n", Call())
    assert found.format == "goose"
    assert [table.label for table in found.result.schema.tables] == ["orders"]


def test_a_folder_of_nothing_says_how_to_go_on(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nothing in it declares a schema.*db/seed\.sql"):
        replay(tmp_path, {"seed.sql": "INSERT INTO t VALUES (1);"})


DJANGO = """
from django.db import migrations, models
class Migration(migrations.Migration):
    initial = True
    dependencies = [%s]
    operations = [%s]
"""


def test_djangos_operations_are_replayed_with_their_places(tmp_path: Path) -> None:
    create = (
        'migrations.CreateModel("Order", [("id", models.BigAutoField(primary_key=True)), ("note", models.TextField())])'
    )
    files = {
        "manage.py": "",
        "shop/migrations/0001_initial.py": DJANGO % ("", create),
        "shop/migrations/0002_gone.py": DJANGO
        % ('("shop", "0001_initial")', 'migrations.RemoveField("order", "note")'),
    }
    found = replay(tmp_path, files)
    assert found.format == "django-migrations"
    (table,) = found.result.schema.tables
    assert (table.label, [column.name for column in table.columns]) == ("shop_order", ["id"])
    assert found.result.files["shop_order"] == "db/shop/migrations/0001_initial.py"
    inside = load("db/shop/migrations", Call(access=Access.beneath(tmp_path)))
    assert inside.result.schema == found.result.schema
