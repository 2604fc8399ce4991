"""Migrations of Django are checked as the SQL that `migrate` runs, in the order and the transactions in which it does."""

from __future__ import annotations

import pytest

from dbdesign.engines.postgres import embedded
from dbdesign.migrations.check.migration import Migration
from dbdesign.migrations.check.run import run_check
from dbdesign.migrations.files import Reading, read_migrations
from dbdesign.migrations.files.source_file import SourceFile

SECOND_FILE = "shop/migrations/0002_more.py"
FIRST = """
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = []
    operations = [
        migrations.CreateModel(
            name="Order",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("state", models.CharField(max_length=20)),
                ("customer", models.ForeignKey("auth.User", on_delete=models.CASCADE)),
            ],
        ),
    ]
"""
SECOND = """
import uuid
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


def fill(apps, schema_editor):
    pass


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("shop", "0001_initial")]
    operations = [
        # dbdesign: allow add-col-required
        {operations}
    ]
"""


def read(operations: str, *, folder: str = "shop", second: str = SECOND) -> Reading:
    return read_migrations(
        [
            SourceFile(f"{folder}/migrations/0002_more.py", second.replace("{operations}", operations)),
            SourceFile(f"{folder}/migrations/0001_initial.py", FIRST),
        ]
    )


def second(operations: str) -> Migration:
    return read(operations).migrations[-1]


STATEMENTS = {
    "a constant default is taken away again": (
        'migrations.AddField("order", "open", models.BooleanField(default=True))',
        [
            'ALTER TABLE "shop_order" ADD COLUMN "open" boolean NOT NULL DEFAULT true',
            'ALTER TABLE "shop_order" ALTER COLUMN "open" DROP DEFAULT',
        ],
    ),
    "a function's value is a constant to the database": (
        'migrations.AddField("order", "token", models.UUIDField(default=uuid.uuid4))',
        [
            'ALTER TABLE "shop_order" ADD COLUMN "token" uuid NOT NULL DEFAULT \'00000000-0000-0000-0000-000000000000\'',
            'ALTER TABLE "shop_order" ALTER COLUMN "token" DROP DEFAULT',
        ],
    ),
    "a blank text and a moment": (
        (
            'migrations.AddField("order", "note", models.TextField(blank=True)), '
            'migrations.AddField("order", "made", models.DateTimeField(auto_now_add=True))'
        ),
        [
            'ALTER TABLE "shop_order" ADD COLUMN "note" text NOT NULL DEFAULT \'\'',
            'ALTER TABLE "shop_order" ALTER COLUMN "note" DROP DEFAULT',
            'ALTER TABLE "shop_order" ADD COLUMN "made" timestamp with time zone NOT NULL DEFAULT CURRENT_TIMESTAMP',
            'ALTER TABLE "shop_order" ALTER COLUMN "made" DROP DEFAULT',
        ],
    ),
    "no value where the rows get none": (
        'migrations.AddField("order", "size", models.IntegerField(null=True))',
        ['ALTER TABLE "shop_order" ADD COLUMN "size" integer NULL'],
    ),
    "several statements of RunSQL": (
        'migrations.RunSQL("update shop_order set state = 1; delete from shop_order;")',
        ["update shop_order set state = 1", "delete from shop_order"],
    ),
    "an index that is built concurrently": (
        'AddIndexConcurrently("order", models.Index(fields=["state"], name="by_state")), RemoveIndexConcurrently("order", "by_state")',
        [
            'CREATE INDEX CONCURRENTLY "by_state" ON "shop_order" ("state")',
            'DROP INDEX CONCURRENTLY IF EXISTS "by_state"',
        ],
    ),
}


@pytest.mark.parametrize(("operations", "expected"), STATEMENTS.values(), ids=STATEMENTS)
def test_an_operation_is_the_sql_that_migrate_runs(operations: str, expected: list[str]) -> None:
    migration = second(operations)
    assert [one.sql for one in migration.statements] == expected
    assert (migration.file, migration.version, migration.transaction) == (
        SECOND_FILE,
        "shop.0002_more",
        "each",
    )
    assert {one.line for one in migration.statements} <= {11, 16}


def test_the_order_is_that_of_dependencies_and_each_runs_as_django_runs_it() -> None:
    reading = read('migrations.RemoveField("order", "state"), migrations.RunPython(fill)')
    assert reading.tools == ("django",)
    assert [(one.version, one.transaction) for one in reading.migrations] == [
        ("shop.0001_initial", "file"),
        ("shop.0002_more", "each"),
    ]
    assert reading.migrations[1].notes == ("line 11: RunPython is code that is not run: shop.0002_more (fill)",)


def test_an_app_whose_label_only_its_migrations_say_has_its_tables_by_it() -> None:
    reading = read('migrations.RemoveField("order", "state")', folder="source/core")
    assert [one.sql for one in reading.migrations[-1].statements] == [
        'ALTER TABLE "shop_order" DROP COLUMN "state" CASCADE'
    ]


def test_a_history_is_checked_and_what_is_new_raises_nothing() -> None:
    operations = 'migrations.AddField("order", "size", models.IntegerField(default=0, db_index=True))'
    result = run_check(read(operations).migrations)
    assert [one.error for one in result.checked if one.error] == []
    found = [(one.file, finding.hazard) for one in result.checked for finding in one.findings]
    assert found == [(SECOND_FILE, "no-lock-timeout"), (SECOND_FILE, "index-create")]


def test_the_statements_of_a_history_run() -> None:
    with embedded().scratch() as database:
        for migration in read('migrations.AddField("order", "n", models.IntegerField(default=7))').migrations:
            assert database.run_script([(one.line, one.sql) for one in migration.statements]).failures == ()
