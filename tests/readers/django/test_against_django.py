"""What is read from models is what Django's own `makemigrations` and `migrate` make of them on the embedded server."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from dbdesign.model.schema import Schema, Table
from dbdesign.readers.base import ReadResult, source_readers
from django_projects import cases, created, environment_of, migrate, normalised, scratch, settings_text, write_project
from postgresql_comparison import differences

CASES = [one for path in sorted((Path(__file__).parent / "cases").glob("*.txt")) for one in cases(path)]
APPS = [one.name for one in CASES]
FILES = {path: text for one in CASES for path, text in one.files.items()}


@pytest.fixture(scope="module")
def by_django(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Schema]:
    folder = tmp_path_factory.mktemp("project")
    write_project(folder, FILES, APPS)
    labels = ["renamed" if one == "labelled" else one for one in APPS]
    with scratch() as database:
        migrate(folder, environment_of(database), make=labels)
        yield created(database)


@pytest.fixture(scope="module")
def result() -> ReadResult:
    return source_readers()["django"].read({**FILES, "settings.py": settings_text(APPS)})


@pytest.fixture(scope="module")
def by_reader(result: ReadResult) -> Schema:
    return normalised(result.schema_)


def _tables(schema: Schema, name: str) -> dict[str, Table]:
    label = "renamed" if name == "labelled" else name
    own = {
        "columns": ["Table with Spaces"],
        "abstract": ["special_things"],
        "many": ["post_names"],
        "twin": ["twin_tag_table", "twin_tag_table_same"],
    }
    return {
        one.name: one
        for one in schema.tables
        if (one.name.startswith(f"{label}_") or one.name in own.get(name, ()))
        and not any(one.name.startswith(f"{other}_") for other in APPS if other.startswith(f"{label}_"))
    }


def _difference(left: dict[str, Table], right: dict[str, Table]) -> list[str]:
    found = [f"only by reader: {one}" for one in sorted(left.keys() - right.keys())]
    found += [f"only by Django: {one}" for one in sorted(right.keys() - left.keys())]
    for name in sorted(left.keys() & right.keys()):
        schemas = [Schema(engine="postgresql", tables=(one[name],)) for one in (left, right)]
        found += [f"{name}: {one}" for one in differences(*schemas)]
    return found


@pytest.mark.parametrize("name", APPS)
def test_a_case_is_read_as_django_makes_it(name: str, by_django: Schema, by_reader: Schema) -> None:
    mine, theirs = _tables(by_reader, name), _tables(by_django, name)
    assert theirs or name == "other_label"
    assert _difference(mine, theirs) == []


def test_tables_of_djangos_own_apps_are_declared_by_rule(by_django: Schema, by_reader: Schema) -> None:
    names = ["auth_user", "auth_group", "auth_permission", "auth_user_groups", "auth_user_user_permissions", "auth_group_permissions",
             "django_content_type"]  # fmt: skip
    for name in names:
        assert _difference({name: by_reader.table_by_label[name]}, {name: by_django.table_by_label[name]}) == []


def test_everything_is_read(result: ReadResult) -> None:
    assert [(one.text, one.reason) for one in result.unread] == []
