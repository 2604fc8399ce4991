"""Where the schema lies: the files and folders that a reader should take, by the technologies found."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from dbdesign.detect.places import Scope, scope_of
from dbdesign.detect.signals import Basis, Signal
from dbdesign.detect.walk import Tree
from dbdesign.model.detection import SchemaLocation

SQL_SCHEMA = re.compile(
    r"(?:^|/)(?:[\w.-]*(?:schema|structure|ddl|tables|init(?:db)?|create|database|setup)[\w.-]*)\.sql$", re.IGNORECASE
)
_HISTORIES = {
    "flyway": "flyway",
    "alembic": "alembic",
    "prisma-migrate": "prisma-migrate",
    "django-migrations": "django-migrations",
    "typeorm-migrations": "typeorm-migrations",
    "knex-migrations": "knex-migrations",
    "sequelize-migrations": "sequelize-migrations",
    "golang-migrate": "golang-migrate",
    "goose": "goose",
    "dbmate": "dbmate",
    "activerecord-migrations": "activerecord-migrations",
    "ef-migrations": "ef-migrations",
    "laravel-migrations": "laravel-migrations",
    "doctrine-migrations": "doctrine-migrations",
    "ecto-migrations": "ecto-migrations",
    "drizzle-kit": "drizzle-kit",
    "supabase-migrations": "supabase-migrations",
    "sqlx-migrations": "sqlx-migrations",
    "diesel-migrations": "diesel-migrations",
    "sql-migrate": "sql-migrate",
    "liquibase": "liquibase",
}
_MODELS = {
    "typeorm": "typeorm",
    "mongoose": "mongoose",
    "drizzle": "drizzle",
    "sqlalchemy": "sqlalchemy",
    "django-orm": "django",
    "ef-core": "ef-core",
    "hibernate": "hibernate",
    "activerecord": "activerecord",
}
_BASE = re.compile(r"class\s+\w+\((?:\w+,\s*)*(?:\w+\.)?DeclarativeBase\b|\bdeclarative_base\(|\bSQLAlchemy\(")
"""What models are derived from, which is no table by itself."""
_MOST = 30


def schema_locations(
    tree: Tree, signals: Iterable[Signal], technologies: set[str], readable: frozenset[str]
) -> tuple[SchemaLocation, ...]:
    """The places of a repository's schema, the most telling first; at most thirty."""
    found: dict[tuple[str, str], None] = {}
    folders: dict[str, set[str]] = defaultdict(set)
    for signal in signals:
        if signal.scope in {Scope.TEST, Scope.COMMENTED, Scope.EXAMPLE}:
            continue
        if signal.technology == "prisma" and signal.path.endswith(".prisma"):
            found[_prisma(tree, signal.path), "prisma"] = None
        elif signal.basis is Basis.ARTEFACT and signal.technology in _HISTORIES and signal.technology in technologies:
            folders[_HISTORIES[signal.technology]].add(_history_folder(signal))
        elif (
            signal.basis in {Basis.CODE, Basis.ARTEFACT}
            and not _BASE.search(signal.text)
            and signal.technology in _MODELS
            and signal.technology in technologies
        ):
            folders[_MODELS[signal.technology]].add(signal.path)
    for path in sorted(tree.sizes):
        if path.endswith(".dbml"):
            found[path, "dbml"] = None
        elif path.endswith("schema.rb") and "db/" in path:
            found[path, "activerecord"] = None
        elif (
            SQL_SCHEMA.search(path)
            and scope_of(path) not in {Scope.TEST, Scope.EXAMPLE, Scope.DOCS}
            and "migrat" not in path.lower()
        ):
            found[path, "sql"] = None
    for format_, paths in folders.items():
        for path in _common(paths):
            found[path, format_] = None
    return tuple(
        SchemaLocation(path=path, format=format_, readable=format_ in readable) for path, format_ in list(found)[:_MOST]
    )


def _prisma(tree: Tree, path: str) -> str:
    """A schema's file, or its folder where it is split over several."""
    folder = path.rpartition("/")[0]
    others = [name for name in tree.folders.get(folder, ()) if name.endswith(".prisma")]
    return folder if len(others) > 1 else path


def _history_folder(signal: Signal) -> str:
    folder = signal.path.rpartition("/")[0]
    if signal.technology in {"prisma-migrate", "diesel-migrations"} and signal.path.endswith(".sql"):
        return folder.rpartition("/")[0]
    if signal.technology == "drizzle-kit" and signal.path.endswith("meta/_journal.json"):
        return folder.rpartition("/")[0]
    return folder or "."


def _common(paths: set[str]) -> list[str]:
    """Folders instead of files where a folder holds several of them."""
    by_folder: dict[str, list[str]] = defaultdict(list)
    for path in paths:
        by_folder[path.rpartition("/")[0] if "." in path.rpartition("/")[2] else path].append(path)
    return sorted(one for folder, held in by_folder.items() for one in ([folder or "."] if len(held) > 1 else held))
