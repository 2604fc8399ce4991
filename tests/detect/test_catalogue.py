"""The catalogue of technologies: what it writes can match."""

from __future__ import annotations

import pytest

from dbdesign.detect.catalogue import ECOSYSTEMS, known, packages
from dbdesign.detect.connectors import of_connectors
from dbdesign.detect.patterns.engines import ENGINE_PATTERNS
from dbdesign.detect.patterns.table import patterns_for
from dbdesign.detect.patterns.tools import TOOL_PATTERNS
from dbdesign.detect.places import Scope, scope_of
from dbdesign.detect.signals import Basis, Signal


def test_a_star_stands_only_at_the_end_of_a_package() -> None:
    words = [
        word[0] + word[1:].partition("#")[0].partition("@")[0].rstrip("~")
        for one in known().values()
        for ecosystem in ECOSYSTEMS
        for word in one.packages.get(ecosystem, "").split()
    ]
    assert [word for word in words if "*" in word[:-1] and "[" not in word] == []


@pytest.mark.parametrize("name", ["@acme/sqlite3", "@acme/typeorm"])
def test_a_fork_under_a_scope_speaks_for_what_it_is_a_fork_of(name: str) -> None:
    assert packages("npm", name) == packages("npm", name.rpartition("/")[2]) != ()


def test_every_pattern_is_found_by_each_of_its_needles() -> None:
    for one in (*ENGINE_PATTERNS, *TOOL_PATTERNS):
        for needle in one.needles:
            assert one in patterns_for("x", needle) or not one.files.search("x")


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("src/Init.cs", Scope.RUNTIME),
        ("src/Audit.java", Scope.RUNTIME),
        ("src/Latest.kt", Scope.RUNTIME),
        ("src/StoreIT.java", Scope.TEST),
        ("src/StoreTest.kt", Scope.TEST),
        ("src/StoreSpec.scala", Scope.TEST),
        ("blog/models.py", Scope.RUNTIME),
        ("app/blueprints/users.py", Scope.RUNTIME),
        ("src/main/java/com/example/demo/test/Audit.java", Scope.RUNTIME),
        ("src/main/resources/db/changelog/001.yaml", Scope.RUNTIME),
        ("recipes/models.py", Scope.RUNTIME),
        ("wiki/models.py", Scope.RUNTIME),
        ("examples/shop/models.py", Scope.EXAMPLE),
        ("locales/en.json", Scope.DOCS),
        ("ci/compose.yaml", Scope.TEST),
        ("docs/conf.py", Scope.DOCS),
        ("site/index.md", Scope.DOCS),
    ],
)
def test_a_path_says_in_which_circumstances_its_file_is_used(path: str, scope: Scope) -> None:
    assert scope_of(path) is scope


def _signals(*paths: str) -> list[Signal]:
    return [Signal("mysql", Basis.IMPORT, Scope.RUNTIME, path, 1, "import MySQLdb") for path in paths]


@pytest.mark.parametrize(
    ("others", "scope"),
    [
        (("mongodb.py", "pg.py", "mssql.py", "redis.py"), Scope.TARGET),
        (("snowflake.py", "bigquery.py", "postgres.py", "neo4j.py"), Scope.TARGET),
        (("postgres.py", "mssql.py", "sqlite.py", "oracle.py"), Scope.RUNTIME),
        (("mongodb.py", "pg.py"), Scope.RUNTIME),
    ],
    ids=["of several families", "with stores that are not detected", "dialects of one family", "few"],
)
def test_a_folder_named_after_many_stores_is_one_of_connectors(others: tuple[str, ...], scope: Scope) -> None:
    paths = [f"runners/{name}" for name in ("mysql.py", *others)]
    assert [one.scope for one in of_connectors(_signals("runners/mysql.py"), paths)] == [scope]
