"""Small repositories, one for each technology and each pitfall: what must be found, in which role, and what must not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from dbdesign.detect.detect import detect

CASES = [
    case
    for file in sorted((Path(__file__).parent / "corpus").glob("*.yaml"))
    for case in yaml.safe_load(file.read_text())
]


def lay_out(files: dict[str, str], root: Path) -> None:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_repository_is_seen_for_what_it_uses(case: dict[str, Any], tmp_path: Path) -> None:
    lay_out(case["files"], tmp_path)
    detection = detect(tmp_path)
    found = {one.name: one for one in detection.technologies}
    roles = {name: found[name].role if name in found else "not found" for name in case["expect"]}
    assert roles == {
        name: roles[name] if role == "*" and name in found else role for name, role in case["expect"].items()
    }
    assert not found.keys() & set(case.get("must_not", ()))
    assert {name: found[name].version for name in case.get("versions", {})} == case.get("versions", {})
    assert {name: found[name].component for name in case.get("components", {})} == case.get("components", {})
    if "schemas" in case:
        assert sorted(f"{one.path} {one.format}" for one in detection.schemas) == sorted(case["schemas"])


@pytest.mark.parametrize("case", [case for case in CASES if "hidden" in case], ids=lambda case: case["name"])
def test_no_secret_is_shown(case: dict[str, Any], tmp_path: Path) -> None:
    lay_out(case["files"], tmp_path)
    told = detect(tmp_path).model_dump_json()
    assert not [secret for secret in case["hidden"] if secret in told]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_all_evidence_names_a_line_that_exists(case: dict[str, Any], tmp_path: Path) -> None:
    lay_out(case["files"], tmp_path)
    for technology in detect(tmp_path).technologies:
        assert technology.evidence, technology.name
        for one in (*technology.evidence, *technology.counter_evidence):
            lines = (tmp_path / one.path).read_text().splitlines()
            assert one.line is None or 1 <= one.line <= max(len(lines), 1), one


NAMES = """
postgresql mysql sqlserver sqlite oracle mongodb redis dynamodb cockroachdb tidb cassandra elasticsearch clickhouse
prisma typeorm sqlalchemy mongoose django-orm drizzle sequelize knex mikro-orm kysely mongoengine beanie pynamodb
peewee tortoise activerecord mongoid hibernate mybatis jooq ef-core dapper gorm ent sqlc ecto diesel sea-orm eloquent
doctrine flyway liquibase alembic prisma-migrate django-migrations typeorm-migrations drizzle-kit sequelize-migrations
knex-migrations golang-migrate goose atlas dbmate activerecord-migrations ef-migrations dbup diesel-migrations
ecto-migrations phinx laravel-migrations doctrine-migrations sqitch sync none
"""
"""Names that stay: other programs and people's notes know the technologies by them."""


def test_every_name_that_stays_is_found_in_some_repository() -> None:
    expected = {name for case in CASES for name in case["expect"]}
    assert [name for name in NAMES.split() if name not in expected] == []
