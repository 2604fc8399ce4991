"""What the datasource, the generators and a package.json beside them say: the engine, its schemas, the version of Prisma."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from dbdesign.dialects.prisma import PROVIDERS
from dbdesign.model.schema import Engine, Extension
from dbdesign.readers.base import Unread
from dbdesign.readers.prisma.syntax import Block, Document, Expression

DEFAULT_PROVIDER = "postgresql"
_VERSION = re.compile(r"\D*(\d+)")


@dataclass(frozen=True)
class Settings:
    """What holds for the whole schema.

    Attributes:
        provider: as the datasource names it; `mongodb` has no engine.
        foreign_keys: False for `relationMode = "prisma"`.
        version: Prisma's major version, where it is known.
    """

    provider: str
    engine: Engine
    foreign_keys: bool = True
    namespaces: tuple[str, ...] = ()
    extensions: tuple[Extension, ...] = ()
    version: int | None = None
    notes: tuple[str, ...] = ()

    @property
    def is_document(self) -> bool:
        """Whether the schema is of a document database."""
        return self.provider == "mongodb"

    @property
    def relation_key(self) -> str:
        """Whether a table of an implicit relation has a primary key, as on PostgreSQL since Prisma 6, or a unique index."""
        newer = self.version is None or self.version >= 6
        return "AB_pkey" if self.engine is Engine.POSTGRESQL and newer else "AB_unique"


def settings(document: Document, others: Mapping[str, str], engine: Engine | None) -> Settings:
    """The settings of a document.

    Args:
        others: files beside the schema; a `package.json` tells Prisma's version.
        engine: what the caller knows; the datasource's provider goes before it.
    """
    sources = list(document.every("datasource"))
    for extra in sources[1:]:
        reason = "a schema has one datasource; the first was taken"
        document.unread.append(Unread(line=extra.line, text=f"datasource {extra.name}", reason=reason, path=extra.path))
    source = sources[0] if sources else None
    notes: list[str] = []
    provider = _provider(source, engine, document, notes)
    version = _version(others)
    found = Settings(provider, PROVIDERS.get(provider, Engine.POSTGRESQL), version=version)
    if source is None:
        return Settings(provider, found.engine, version=version, notes=tuple(notes))
    mode = source.settings.get("relationMode") or source.settings.get("referentialIntegrity")
    return Settings(
        provider,
        found.engine,
        foreign_keys=mode is None or mode.text != "prisma",
        namespaces=tuple(one.text for one in _items(source, "schemas") if one.kind == "text"),
        extensions=tuple(_extension(one) for one in _items(source, "extensions")),
        version=version,
        notes=tuple(notes),
    )


def _provider(source: Block | None, engine: Engine | None, document: Document, notes: list[str]) -> str:
    said = source.settings.get("provider") if source else None
    names = [one.text for one in said.items if one.kind == "text"] if said else []
    for name in names:
        if name in PROVIDERS or name == "mongodb":
            return name
    known = {value: key for key, value in PROVIDERS.items() if value.value == key}
    fallback = known.get(engine, DEFAULT_PROVIDER) if engine else DEFAULT_PROVIDER
    if names and source:
        reason = f"no provider that dbdesign knows; read as {fallback}"
        text = f'provider = "{names[0]}"'
        document.unread.append(Unread(line=source.line, text=text, reason=reason, path=source.path))
    elif engine is None:
        notes.append(f"no datasource says which database the schema is for: read as {fallback}")
    return fallback


def _items(source: Block, name: str) -> tuple[Expression, ...]:
    found = source.settings.get(name)
    return found.items if found is not None else ()


def _extension(said: Expression) -> Extension:
    values = {one: found.text for one in ("map", "schema", "version") if (found := said.argument(one)) is not None}
    return Extension(name=values.get("map", said.text), namespace=values.get("schema"), version=values.get("version"))


def _version(others: Mapping[str, str]) -> int | None:
    for path in sorted(others, key=lambda one: (one.count("/"), one)):
        if path.rpartition("/")[2] == "package.json" and (found := _declared_version(others[path])) is not None:
            return found
    return None


def _declared_version(text: str) -> int | None:
    try:
        manifest = json.loads(text)
    except (ValueError, RecursionError):
        return None
    for section in ("dependencies", "devDependencies", "peerDependencies"):
        wanted = manifest.get(section) if isinstance(manifest, dict) else None
        for name in ("prisma", "@prisma/client"):
            said = wanted.get(name) if isinstance(wanted, dict) else None
            if isinstance(said, str) and (match := _VERSION.match(said)):
                return int(match[1])
    return None
