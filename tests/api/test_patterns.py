"""The pages of patterns: each snippet is run by the engine or the library that it is for, as far as that is here, and parsed otherwise."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

import mariadb_servers
from dbdesign.api.call import Call
from dbdesign.api.read_schema import read_schema
from dbdesign.api.source import load
from dbdesign.engines.postgres import embedded
from dbdesign.errors import UnknownNameError
from dbdesign.frameworks import index, page_of, pattern, pattern_names, title
from dbdesign.readers import base
from dbdesign.readers.base import reader
from migration_tools import MODULES, needs_package

SNIPPET = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
PARSED = ("mysql", "sqlserver", "cockroachdb", "tidb")
WANTED = {
    "postgresql", "mysql", "sqlserver", "sqlite", "mongodb", "redis", "dynamodb", "cockroachdb", "tidb", "prisma", "typeorm", "sqlalchemy",
    "mongoose", "django", "drizzle", "flyway", "liquibase", "alembic", "prisma-migrate",
}  # fmt: skip


def snippets(name: str, language: str) -> list[str]:
    found = [text for kind, text in SNIPPET.findall(pattern(name)) if kind == language]
    assert found, f"{name} has no snippet of {language}"
    return found


def test_every_framework_has_a_page_with_versions_a_snippet_and_a_source() -> None:
    assert set(pattern_names()) == WANTED
    for name in pattern_names():
        text = pattern(name)
        assert re.match(r"# .+\n", text)
        assert SNIPPET.search(text), name
        assert "\nSource: " in text, name
        assert f"(dbdesign://patterns/{name})" in index()
        assert name == "dynamodb" or re.search(r"\d", title(name)), f"{name} says no version"


def test_technologies_have_their_pages() -> None:
    assert [page_of(name) for name in ("django-orm", "sqlmodel", "drizzle-kit", "postgresql", "hibernate")] == [
        "django", "sqlalchemy", "drizzle", "postgresql", None,
    ]  # fmt: skip
    with pytest.raises(UnknownNameError, match="Did you mean postgresql"):
        pattern("postgresq")


@pytest.mark.parametrize("name", ["postgresql", "flyway", "prisma-migrate"])
def test_sql_for_postgresql_runs(name: str) -> None:
    with embedded().scratch() as database:
        for text in snippets(name, "sql"):
            outcome = database.run_script(text)
            assert [one.message for one in outcome.failures] == []


def test_sql_for_sqlite_runs() -> None:
    connection = sqlite3.connect(":memory:")
    if sqlite3.sqlite_version_info < (3, 37):
        pytest.skip("SQLite is older than 3.37, which brought STRICT")
    for text in snippets("sqlite", "sql"):
        connection.executescript(text)
    assert connection.execute("SELECT count(*) FROM sqlite_master WHERE type = 'table'").fetchone() == (3,)


@pytest.mark.parametrize("name", PARSED)
def test_sql_of_other_engines_is_read_in_full(name: str) -> None:
    result = reader(name).read("\n".join(snippets(name, "sql")))
    assert result.unread == ()
    assert len(result.schema.tables) == 2
    assert result.schema.engine.value == name


def test_sql_for_mysql_runs_on_mariadb() -> None:
    running = mariadb_servers.server()
    with running.database("patterns") as name:
        for text in snippets("mysql", "sql"):
            running.run(text.replace("utf8mb4_0900_ai_ci", "utf8mb4_unicode_ci"), name)
        assert "uq_customers_email" in running.dump(name)


def test_the_changelog_applies() -> None:
    (text,) = snippets("liquibase", "xml")
    result = load(text, Call(), format="liquibase").result
    assert result.unread == ()
    (table,) = result.schema.tables
    assert (len(table.checks), len(table.indexes)) == (1, 1)


def test_the_revision_applies() -> None:
    (text,) = snippets("alembic", "python")
    result = load(text, Call(), format="alembic").result
    assert result.unread == ()
    (table,) = result.schema.tables
    assert (len(table.checks), [one.name for one in table.indexes]) == (1, ["ix_orders_total"])


def test_the_collections_are_read() -> None:
    (text,) = snippets("mongodb", "json")
    answer = read_schema(text)
    assert answer.counts == {"collections": 1, "fields": 8, "indexes": 2, "references": 0}


def test_dynamodbs_table_names_each_key_and_nothing_else() -> None:
    (text,) = snippets("dynamodb", "json")
    table = json.loads(text)
    keys = [*table["KeySchema"], *(key for one in table["GlobalSecondaryIndexes"] for key in one["KeySchema"])]
    assert {key["AttributeName"] for key in keys} == {one["AttributeName"] for one in table["AttributeDefinitions"]}


def test_sqlalchemys_models_are_made_by_the_server() -> None:
    import sqlalchemy
    from sqlalchemy.schema import CreateIndex, CreateTable

    (text,) = snippets("sqlalchemy", "python")
    space: dict[str, object] = {"__name__": "shop"}
    exec(compile(text, "sqlalchemy.md", "exec", dont_inherit=True), space)
    base_class = space["Base"]
    dialect = sqlalchemy.create_mock_engine("postgresql://", lambda *_: None).dialect
    tables = list(base_class.metadata.sorted_tables)  # type: ignore[attr-defined]
    made = [str(CreateTable(one).compile(dialect=dialect)) for one in tables]
    made += [str(CreateIndex(index).compile(dialect=dialect)) for one in tables for index in one.indexes]
    with embedded().scratch() as database:
        outcome = database.run_script(";\n".join(made))
    assert [one.message for one in outcome.failures] == []
    assert "ck_orders_total_positive" in "".join(made)


DJANGO = """
import django
from django.conf import settings
settings.configure(INSTALLED_APPS=[], DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", USE_TZ=True,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}})
django.setup()
from django.db import connection, models
text = open("page.py").read().replace("models.Model):", "models.Model):\\n    __module__ = 'shop.models'")
text = text.replace("    class Meta:", "    class Meta:\\n        app_label = 'shop'")
exec(compile(text, "django.md", "exec"))
with connection.schema_editor() as editor:
    for one in (Customer, Order):
        editor.create_model(one)
from django.core import checks
found = [error for one in (Customer, Order) for error in one.check() if error.level >= checks.ERROR and error.id != "fields.E300"]
assert not found, found
print(sorted(connection.introspection.table_names()))
"""


def test_djangos_models_are_made_by_django(tmp_path: Path) -> None:
    (text,) = snippets("django", "python")
    (tmp_path / "page.py").write_text(text)
    done = subprocess.run(
        [sys.executable, "-c", DJANGO], cwd=tmp_path, capture_output=True, text=True, timeout=180, check=False
    )
    assert done.stdout.strip() == "['customers', 'orders']", done.stderr[-2000:]


def test_every_library_snippet_is_read_by_its_reader() -> None:
    """Prisma, TypeORM, SQLAlchemy, Django, Mongoose and Drizzle, as far as their readers are there."""
    readers = base.source_readers()
    for name, language in (
        *((one, "typescript") for one in PACKAGES),
        ("prisma", "prisma"),
        ("sqlalchemy", "python"),
        ("django", "python"),
    ):
        if name in readers:
            answer = read_schema(snippets(name, language)[0], format=name)
            assert answer.unread == [], name
            if name != "mongoose":
                assert [table.name for table in answer.tables if table.name in {"customers", "orders"}], name


PACKAGES = {"typeorm": "typeorm", "mongoose": "mongoose", "drizzle": "drizzle-orm"}
OPTIONS = ("--strict", "--skipLibCheck", "--target", "es2022", "--module", "nodenext", "--moduleResolution", "nodenext",
    "--experimentalDecorators", "--emitDecoratorMetadata", "--noEmit")  # fmt: skip


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> str:
    """What the TypeScript compiler says of the snippets whose libraries are here, at once: it takes seconds to start."""
    needs_package("typescript")
    folder = tmp_path_factory.mktemp("typescript")
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "node_modules").symlink_to(MODULES)
    files = [f"{name}.ts" for name, package in PACKAGES.items() if (MODULES / package).is_dir()]
    for file in files:
        (folder / file).write_text(snippets(file.removesuffix(".ts"), "typescript")[0])
    node = shutil.which("node")
    assert node is not None
    command = [node, str(MODULES / "typescript" / "lib" / "tsc.js"), *OPTIONS, *files]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0 or done.stdout, done.stderr
    return done.stdout


@pytest.mark.parametrize("name", PACKAGES)
def test_typescript_compiles(name: str, compiled: str) -> None:
    needs_package(PACKAGES[name])
    assert [line for line in compiled.splitlines() if line.startswith(f"{name}.ts")] == []
