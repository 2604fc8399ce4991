"""Where the schema lies: the files and folders that a reader should take, by the technologies found."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from posixpath import commonpath

from dbdesign.detect.collect import Collected
from dbdesign.detect.places import Scope
from dbdesign.detect.signals import Basis, Signal
from dbdesign.detect.walk import Tree, ancestors
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
_NO_MIGRATION = re.compile(
    r"(?:^|/)(?:env\.py|[\w.-]+\.(?:ini|toml|rs|plan|conf|properties|cfg|prisma)|\.sequelizerc|[\w.-]*(?:config|knexfile|ormconfig)[\w-]*\.\w+|"
    r"(?:mix|build|package)[\w.]*\.\w+|(?:application|bootstrap)[\w.-]*\.ya?ml|(?:\w+_)?schema\.rb)$"
)
"""Files that set a tool up, or call it, and are no migration of it."""

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
_DECLARES = {
    "typeorm": re.compile(r"@Entity\b|EntitySchema\b"),
    "hibernate": re.compile(r"@Entity\b"),
    "mongoose": re.compile(r"Schema\b"),
    "sqlalchemy": re.compile(r"__tablename__|table\s*=\s*True|\.Model\)|Table\("),
}
"""Lines that declare a table or collection, where other lines of the mapper do not."""

_ANYTHING = re.compile("")
_BASE = re.compile(r"declarative_base\(|\(DeclarativeBase\)")
"""What models are derived from: no table by itself, and wanted where they are read."""

_TABLE = re.compile(rb"create\s+(?:\w+\s+){0,2}table\b", re.IGNORECASE)
_IMPORT = re.compile(rb"^from[ \t]+(\w+)[\w.]*[ \t]+import\b", re.MULTILINE)
_MOST = 30


def schema_locations(
    tree: Tree, collected: Collected, technologies: set[str], readable: frozenset[str]
) -> tuple[SchemaLocation, ...]:
    """The places of a repository's schema, the most telling first; at most thirty."""
    found: dict[tuple[str, str], None] = {}
    histories: dict[str, set[str]] = defaultdict(set)
    models: dict[str, set[str]] = defaultdict(set)
    for signal in collected.signals:
        if signal.scope in {Scope.TEST, Scope.COMMENTED, Scope.EXAMPLE}:
            continue
        if signal.technology == "prisma" and signal.path.endswith(".prisma"):
            found[_prisma(tree, signal.path), "prisma"] = None
        elif signal.technology not in technologies:
            continue
        elif _is_migration(signal):
            histories[_HISTORIES[signal.technology]].add(_history_folder(signal))
        elif _declares(signal):
            models[_MODELS[signal.technology]].add(signal.path)
    bases = {one.path for one in collected.signals if one.technology == "sqlalchemy" and _BASE.search(one.text)}
    for path, format_ in _scripts(tree, {folder for folders in histories.values() for folder in folders}):
        found[path, format_] = None
    for format_, paths in histories.items():
        for path in _common(paths):
            found[path, format_] = None
    for format_, paths in models.items():
        python = format_ == "sqlalchemy"
        for path in _together(paths, bases if python else set(), collected.components):
            found[_importable(tree, path, paths) if python else path, format_] = None
    return tuple(
        SchemaLocation(path=path, format=format_, readable=format_ in readable) for path, format_ in list(found)[:_MOST]
    )


def _is_migration(signal: Signal) -> bool:
    return (
        signal.basis is Basis.ARTEFACT
        and signal.technology in _HISTORIES
        and (not _NO_MIGRATION.search(signal.path) or signal.path.endswith("migration_lock.toml"))
        and (signal.technology != "alembic" or re.search(r"\bop\b", signal.text) is not None)
    )


def _declares(signal: Signal) -> bool:
    return (
        signal.basis in {Basis.CODE, Basis.ARTEFACT}
        and signal.technology in _MODELS
        and _DECLARES.get(signal.technology, _ANYTHING).search(signal.text) is not None
    )


def _scripts(tree: Tree, histories: set[str]) -> Iterator[tuple[str, str]]:
    """Scripts and documents that declare tables, outside of histories of migrations."""
    for path in sorted(tree.sizes):
        if path.endswith(".dbml"):
            yield path, "dbml"
        elif path.endswith("schema.rb") and "db/" in path:
            yield path, "activerecord"
        elif (
            SQL_SCHEMA.search(path)
            and tree.scope(path) not in {Scope.TEST, Scope.EXAMPLE, Scope.DOCS}
            and "migrat" not in path.lower()
            and not histories & set(ancestors(path))
            and _TABLE.search(tree.read(path))
        ):
            yield path, "sql"


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


def _together(paths: set[str], bases: set[str], components: set[str]) -> list[str]:
    """A file where it is the only one of its package; else the folder that holds all of the package's: they refer to each other."""
    by_package: dict[str, set[str]] = defaultdict(set)
    for path in paths | bases:
        by_package[next((one for one in ancestors(path) if one in components), "")].add(path)
    found: list[str] = []
    for held in by_package.values():
        if held & paths:
            folders = [path.rpartition("/")[0] for path in held]
            found.append(next(iter(held)) if len(held) == 1 else commonpath(folders) or ".")
    return sorted(found)


def _importable(tree: Tree, place: str, files: set[str]) -> str:
    """The folder from which what the files below a place import of each other is found: above `app` for `from app.base import Base`."""
    tops = {
        match.group(1).decode()
        for path in sorted(files)[:_MOST]
        if path == place or place == "." or path.startswith(f"{place}/")
        for match in _IMPORT.finditer(tree.read(path))
    }
    above = ["", *ancestors(place)] if place != "." else []
    for folder in sorted(set(above), key=len):
        inside = place[len(folder) :].lstrip("/").partition("/")[0]
        if inside in tops and not inside.endswith(".py"):
            return folder or "."
    return place
