"""What a dialect says of its engine. One file an engine gives the data; `dialect(engine)` finds it by import."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module

from dbdesign.errors import InputError
from dbdesign.model.schema import Engine

PLAIN_LOWER = re.compile(r"[a-z_][a-z0-9_]*\Z")
PLAIN_ANY = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


@dataclass(frozen=True)
class Feature:
    """Something that an engine can do from a version on.

    Attributes:
        since: first version that has it, as a tuple: (15,), (8, 0, 13). None: no version has it.
        note: what to know about it, with the source (manual chapter).
    """

    since: tuple[int, ...] | None
    note: str = ""


@dataclass(frozen=True)
class Dialect:
    """An engine's facts.

    Attributes:
        engine: whose.
        title: `PostgreSQL`, `SQL Server`.
        sqlglot: the name of sqlglot's dialect.
        versions: that writers target, oldest first; the last is the default.
        default_namespace: what `namespace=None` means.
        quote: opening and closing quotation marks of identifiers.
        folds: how unquoted names are stored: `lower`, or `keep`.
        max_identifier: bytes (PostgreSQL family) or characters, see `identifier_unit`.
        reserved: words that must be quoted as a column or table name, in lower case.
        features: by short name (`include_columns`, `partial_index`, `expression_index`, `stored_generated`, `nulls_not_distinct`, …).
    """

    engine: Engine
    title: str
    sqlglot: str
    versions: tuple[str, ...]
    default_namespace: str
    quote: tuple[str, str]
    folds: str
    max_identifier: int
    identifier_unit: str = "characters"
    reserved: frozenset[str] = frozenset()
    features: dict[str, Feature] = field(default_factory=dict)

    def identifier(self, name: str) -> str:
        """The name as SQL, quoted only where it must be."""
        pattern = PLAIN_LOWER if self.folds == "lower" else PLAIN_ANY
        if pattern.match(name) and name.lower() not in self.reserved:
            return name
        opening, closing = self.quote
        return f"{opening}{name.replace(closing, closing * 2)}{closing}"

    def qualified(self, namespace: str | None, name: str) -> str:
        """`namespace.name` as SQL; the default namespace is left out."""
        return f"{self.identifier(namespace)}.{self.identifier(name)}" if namespace else self.identifier(name)

    def literal(self, text: str) -> str:
        """A string literal."""
        return "'" + text.replace("'", "''") + "'"

    def fits(self, name: str) -> bool:
        """Whether the name is within the engine's limit."""
        size = len(name.encode()) if self.identifier_unit == "bytes" else len(name)
        return size <= self.max_identifier

    def version_tuple(self, version: str | None) -> tuple[int, ...]:
        """`8.0` → (8, 0); None → the default version."""
        return tuple(int(part) for part in re.findall(r"\d+", version or self.versions[-1]))

    def has(self, feature: str, version: str | None = None) -> bool:
        """Whether this version of the engine has the feature (an unknown feature is a KeyError: a defect of ours)."""
        since = self.features[feature].since
        return since is not None and self.version_tuple(version) >= since

    def check_version(self, version: str | None) -> str:
        """The version to write for: a supported one, of which `version` may be a patch release; else an `InputError` that lists them."""
        if version is None:
            return self.versions[-1]
        release = next((one for one in self.versions if f"{version}.".startswith(f"{one}.")), None)
        if release is None:
            known = ", ".join(self.versions)
            raise InputError(
                f"{self.title} {version} is not a version that can be written for", remedy=f"Use one of {known}"
            )
        return release


@cache
def dialect(engine: Engine | str) -> Dialect:
    """The dialect of an engine, imported on first use from `dbdesign.dialects.<engine>.DIALECT`."""
    found = import_module(f"dbdesign.dialects.{Engine(engine).value}").DIALECT
    assert isinstance(found, Dialect)  # noqa: S101 - a dialect file without DIALECT is a defect of ours
    return found
