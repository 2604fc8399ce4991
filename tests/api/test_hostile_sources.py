"""Sources that are made to break a reader: each ends in an error that says so, or in a result, and soon."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from dbdesign.api.access import Access
from dbdesign.api.call import Call
from dbdesign.api.source import load
from dbdesign.errors import DesignError

FIELDS = "".join(
    f"  a{n}: &a{n} {{bsonType: object, properties: {{x: *a{n - 1}, y: *a{n - 1}}}}}\n" for n in range(1, 60)
)
LAUGHS = f"users:\n  validator: {{}}\n  indexes: []\nx:\n  validator:\n    $jsonSchema:\n      properties:\n        a0: &a0 {{bsonType: int}}\n{FIELDS}"
CHANGES = "".join(f"  - &c{n} [*c{n - 1}, *c{n - 1}]\n" for n in range(1, 60))
TYPEORM = "class A implements MigrationInterface {{ async up(queryRunner) {{ {} }} }}"

HOSTILE: dict[str, tuple[str, str]] = {
    "aliases of YAML in collections": ("users.yaml", LAUGHS.replace("  a", "        a")),
    "aliases of YAML in a changelog": (
        "changelog.yaml",
        f"x:\n  - &c0 ['${{a}}']\n{CHANGES}databaseChangeLog:\n  - changeSet: {{id: 1, author: a, changes: [{{sql: {{sql: 'create table t (id int)', x: *c59}}}}]}}\n",
    ),
    "a mapping that holds itself": (
        "changelog.yaml",
        "databaseChangeLog:\n  - changeSet: &a {id: 1, author: a, self: *a, changes: [{sql: {sql: 'create table t (id int)'}}]}\n",
    ),
    "a comment that is begun without end": ("migrations/1-a.ts", TYPEORM.format("/*" * 300_000)),
    "a string that is begun without end": ("migrations/1-a.ts", TYPEORM.format("`" + "\\`" * 300_000)),
    "brackets without end": ("migrations/1-a.ts", TYPEORM.format("up(" * 300_000)),
    "a word without end": ("migrations/1-a.ts", TYPEORM.format("db" * 300_000)),
    "braces without end": ("migrations/1-a.ts", TYPEORM.format("{" * 500_000)),
    "entities of XML": (
        "changelog.xml",
        '<!DOCTYPE x [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]><databaseChangeLog>&b;</databaseChangeLog>',
    ),
    "conditions that are nested": (
        "changelog.json",
        '{"databaseChangeLog": [{"changeSet": {"id": "1", "author": "a", "preConditions": ['
        + '{"not": [' * 5000 + "]}" * 5000 + ']}}]}',
    ),
    "a lock file of nobody's": ("migrations/0_a/migration.sql", "create table t (id int);"),
    "imports of itself": ("a.py", "from .a import *\nfrom . import a\nimport a\n" * 2000 + "class A(Base): __tablename__ = 'a'\n"),
}  # fmt: skip


@pytest.mark.parametrize("what", HOSTILE)
def test_it_ends(what: str, tmp_path: Path) -> None:
    name, text = HOSTILE[what]
    path = tmp_path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    (tmp_path / "migrations").mkdir(exist_ok=True)
    (tmp_path / "migrations" / "migration_lock.toml").write_text('provider = "nobody"\n')
    call = Call(access=Access.beneath(tmp_path))
    for source in (name, name.partition("/")[0]):
        with suppress(DesignError):  # anything else fails the test
            load(source, call, documents=True)


@pytest.mark.parametrize("name", ["./shop", "shop/", "shop//", "././shop/."])
def test_a_folder_has_one_name(name: str, tmp_path: Path) -> None:
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "V1__a.sql").write_text("create table t (id int);")
    found = load(name, Call(access=Access.beneath(tmp_path)))
    assert found.result.files["t"] == "shop/V1__a.sql"
