"""Migrations and schemas by where they lie and what they are called: folders of numbered files, and whose they are."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from dbdesign.detect.places import Scope
from dbdesign.detect.signals import Basis, Signal
from dbdesign.detect.walk import Tree

_FLYWAY = re.compile(r"(?:V\d[\w.]*?|[BU]\d[\w.]*?|R)__[^/]+\.(?:sql|java|kt)$")
_UP = re.compile(r"(?P<stem>.+)\.up\.(?:sql|json|cql)$")
_PRISMA = re.compile(r"(?:^|/)(?P<folder>[^/]*\d{14}_[^/]*|0_init|\d+_[^/]*)/migration\.sql$")
_DIESEL = re.compile(r"(?:^|/)migrations?(?:/[\w-]+)?/[\w.-]+/up\.sql$")
_NUMBERED = re.compile(r"^\d{1,20}[_.-][^/]*\.sql$")
_SUPABASE = re.compile(r"(?:^|/)supabase/migrations/\d+_[^/]+\.sql$")
_LARAVEL = re.compile(r"(?:^|/)database/migrations/\d{4}_\d{2}_\d{2}_\d{6}_[^/]+\.php$")
_RAILS = re.compile(r"(?:^|/)db/migrate/\d{14}_\w+\.rb$")
_EVOLUTIONS = re.compile(r"(?:^|/)conf/evolutions/[\w-]+/\d+\.sql$")
_ECTO = re.compile(r"(?:^|/)priv/\w+/migrations/\d{14}_[^/]+\.exs$")


def artefacts(tree: Tree, uses: set[str]) -> Iterator[Signal]:
    """What the names of files say.

    Args:
        uses: technologies that manifests declare, which decide whose a folder of plain numbered SQL is.
    """
    by_folder: dict[str, list[str]] = defaultdict(list)
    for folder, names in tree.folders.items():
        for name in names:
            path = f"{folder}/{name}" if folder else name
            if name.endswith((".sql", ".java", ".kt", ".json", ".cql")):
                by_folder[folder].append(name)
            for technology, expression in (
                ("prisma-migrate", _PRISMA),
                ("supabase-migrations", _SUPABASE),
                ("laravel-migrations", _LARAVEL),
                ("ecto-migrations", _ECTO),
                ("play-evolutions", _EVOLUTIONS),
            ):
                if expression.search(path):
                    yield _signal(tree, technology, path)
            if "activerecord" in uses and "mongoid" not in uses and _RAILS.search(path):
                yield _signal(tree, "activerecord-migrations", path)
            if "diesel" in uses and _DIESEL.search(path):
                yield _signal(tree, "diesel-migrations", path)
    for folder, names in by_folder.items():
        yield from _folder(tree, folder, names, uses)


def _folder(tree: Tree, folder: str, names: list[str], uses: set[str]) -> Iterator[Signal]:
    versioned = [name for name in names if _FLYWAY.match(name)]
    if versioned and any(name.startswith("V") for name in versioned):
        yield _signal(tree, _versioned(uses), f"{folder}/{versioned[0]}" if folder else versioned[0])
    stems = {match["stem"] for name in names if (match := _UP.match(name))}
    paired = [stem for stem in stems if any(f"{stem}.down.{kind}" in names for kind in ("sql", "json", "cql"))]
    if paired or (stems and uses & {"golang-migrate", "pop", "migratus"}):
        owner = _paired(uses)
        if owner:
            yield _signal(
                tree, owner, f"{folder}/{min(paired or stems)}.up.sql" if folder else f"{min(paired or stems)}.up.sql"
            )
    elif "sqlx" in uses and "sqlx-migrations" not in uses and folder.rpartition("/")[2] == "migrations":
        plain = [name for name in names if _NUMBERED.match(name)]
        if plain:
            dated = any(re.match(r"\d{12,14}_", name) for name in plain)
            yield _signal(tree, "sqlx-migrations", f"{folder}/{plain[0]}", weak=not dated)


def _versioned(uses: set[str]) -> str:
    """Whose `V1__init.sql` is: Flyway's, unless the project declares another tool that names its files so."""
    for tool in ("refinery", "evolve"):
        if tool in uses and "flyway" not in uses:
            return tool
    return "flyway"


def _paired(uses: set[str]) -> str | None:
    """Whose `1_x.up.sql` with its `.down.sql` is."""
    for tool in ("golang-migrate", "bun", "sqlx", "morph", "db-migrate", "dbmate", "tern", "pop", "migratus"):
        if tool in uses:
            return {"sqlx": "sqlx-migrations", "bun": "bun-migrations", "pop": "pop-migrations"}.get(tool, tool)
    return "golang-migrate"


def _signal(tree: Tree, technology: str, path: str, *, weak: bool = False) -> Signal:
    scope = tree.scope(path)
    return Signal(
        technology,
        Basis.ARTEFACT,
        Scope.RUNTIME if scope is Scope.DOCS else scope,
        path,
        None,
        path.rpartition("/")[2],
        weak=weak,
    )
