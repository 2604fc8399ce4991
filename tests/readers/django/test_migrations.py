"""A history replayed statically ends at the schema that Django's own `migrate` ends at on the embedded server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dbdesign.errors import InputError
from dbdesign.model.schema import Engine, Schema
from dbdesign.readers.base import ReadResult
from dbdesign.readers.django.migrations import read_django_migrations
from django_projects import cases, created, environment_of, migrate, normalised, scratch, settings_text, write_project
from postgresql_comparison import differences

CASES = cases(Path(__file__).parent / "histories" / "histories.txt", "")
APPS = [one.name for one in CASES]
FILES = {path: text for one in CASES for path, text in one.files.items()} | {
    f"{name}/migrations/__init__.py": "" for name in APPS
}
OWN_TABLES = {"renames": ("remarks", "remarks_posts")}


@pytest.fixture(scope="module")
def by_django(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Schema]:
    folder = tmp_path_factory.mktemp("histories")
    write_project(folder, FILES, APPS)
    with scratch() as database:
        migrate(folder, environment_of(database), make=[])
        yield created(database)


@pytest.fixture(scope="module")
def result() -> ReadResult:
    return read_django_migrations({**FILES, "settings.py": settings_text(APPS)})


@pytest.fixture(scope="module")
def by_replay(result: ReadResult) -> Schema:
    return normalised(result.schema_)


def _of(schema: Schema, app: str) -> Schema:
    others = [other for other in APPS if other.startswith(app) and other != app]
    tables = [
        one
        for one in schema.tables
        if (one.name.startswith(f"{app}_") or one.name in OWN_TABLES.get(app, ()))
        and not any(one.name.startswith(f"{other}_") for other in others)
    ]
    return Schema(engine=Engine.POSTGRESQL, tables=tuple(tables))


@pytest.mark.parametrize("app", APPS)
def test_a_history_is_replayed_as_django_runs_it(app: str, by_django: Schema, by_replay: Schema) -> None:
    theirs = _of(by_django, app)
    assert theirs.tables
    assert differences(_of(by_replay, app), theirs) == []


def test_every_operation_is_understood(result: ReadResult) -> None:
    assert [(one.text, one.reason) for one in result.unread] == []


def test_code_is_named_and_not_run() -> None:
    result = read_django_migrations(
        {
            "shop/migrations/0001_initial.py": """
from django.db import migrations, models
def fill(apps, schema_editor):
    pass
class Migration(migrations.Migration):
    operations = [migrations.CreateModel("A", [("id", models.BigAutoField(primary_key=True))]), migrations.RunPython(fill)]
"""
        }
    )
    assert [one.name for one in result.schema_.tables] == ["shop_a"]
    assert "RunPython is code that was not run: shop.0001_initial (shop.migrations.0001_initial.fill)" in " ".join(
        result.notes
    ).replace("(fill)", "(shop.migrations.0001_initial.fill)")


def test_a_circle_of_dependencies_is_an_error() -> None:
    text = "from django.db import migrations\nclass Migration(migrations.Migration):\n    dependencies = [('a', '{}')]\n    operations = []\n"
    with pytest.raises(InputError, match="in a circle"):
        read_django_migrations(
            {"a/migrations/0001_x.py": text.format("0002_y"), "a/migrations/0002_y.py": text.format("0001_x")}
        )


def test_for_mysql_and_sqlite_the_tables_are_those_of_the_last_state() -> None:
    for engine in (Engine.MYSQL, Engine.SQLITE):
        result = read_django_migrations({**FILES, "settings.py": settings_text(APPS)}, engine=engine)
        names = {one.name for one in result.schema_.tables}
        assert {"grows_author", "grows_book", "grows_book_tags", "renames_article", "remarks", "remarks_posts"} <= names
