"""MySQL's and TiDB's facts, as far as a MariaDB server can contradict them."""

from __future__ import annotations

import pytest

from dbdesign.dialects.base import dialect
from dbdesign.dialects.mysql import NATIVE_KINDS, RESERVED, SYNONYMS
from dbdesign.model.schema import Engine
from dbdesign.model.types import Kind
from mariadb_servers import server


def test_every_keyword_of_the_server_can_name_a_column_and_a_table():
    running = server()
    words = running.run("SELECT word FROM information_schema.keywords;").splitlines()[1:]
    names = [dialect(Engine.MYSQL).identifier(word.lower()) for word in words if word.isidentifier()]
    assert len(names) > 600
    with running.database() as database:
        running.run(f"CREATE TABLE t ({', '.join(f'{name} int' for name in names)});", database)
        running.run("".join(f"CREATE TABLE {name} (a int);" for name in names[:150]), database)


def test_names_that_are_not_words_are_quoted():
    quoted = [dialect(Engine.MYSQL).identifier(name) for name in ("a b", "1a", "ünï", "a`b", "")]
    assert quoted == ["`a b`", "`1a`", "`ünï`", "`a``b`", "``"]


def test_tidb_reserves_what_mysql_reserves():
    assert dialect(Engine.TIDB).reserved > RESERVED


@pytest.mark.parametrize("word", sorted(SYNONYMS))
def test_a_synonym_stands_for_a_native_type(word: str):
    assert NATIVE_KINDS[SYNONYMS[word].split("(")[0]] is not Kind.OTHER


@pytest.mark.parametrize("engine", [Engine.MYSQL, Engine.TIDB])
def test_every_feature_has_a_source(engine: Engine):
    assert [name for name, feature in dialect(engine).features.items() if not feature.note] == []


VERSIONS = [
    (Engine.MYSQL, "standard_referenced_key", {"8.0": False, "8.4": True}),
    (Engine.MYSQL, "expression_index", {"8.0.12": False, "8.0.13": True, "8.4": True}),
    (Engine.TIDB, "foreign_key", {"7.5": False, "8.1": False, "8.5": True}),
    (Engine.TIDB, "trigger", {"8.5": False}),
]


@pytest.mark.parametrize(("engine", "feature", "expected"), VERSIONS)
def test_features_come_with_versions(engine: Engine, feature: str, expected: dict[str, bool]):
    assert {version: dialect(engine).has(feature, version) for version in expected} == expected
