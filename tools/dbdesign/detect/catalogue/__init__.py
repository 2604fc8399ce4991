"""The technologies that can be detected, as data: by which packages, images, schemes and names each is known.

Packages are written one after the other, per ecosystem:

- `name` is a package that is of use only with the technology; `name*` any package whose name begins so;
- `name[extra]` an extra of Python's or a feature of Cargo's;
- `name~` is weak by itself (a family of drivers, a tool that knows several technologies);
- `name@queue` says the role as well; `name#test` is of use in tests alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache

from dbdesign.model.detection import Kind, Role

ECOSYSTEMS = ("npm", "pypi", "go", "maven", "nuget", "gem", "composer", "cargo", "hex", "swift", "pub")


@dataclass(frozen=True, slots=True)
class Package:
    """A package by which a technology is known."""

    technology: str
    weak: bool = False
    role: Role | None = None
    test: bool = False


@dataclass(frozen=True, slots=True)
class Known:
    """A technology.

    Attributes:
        packages: by ecosystem, in the notation above.
        images: names of container images without registry, tag and digest; `*` at the end for any that begin so.
        schemes: of URLs, with `jdbc:` before those of JDBC.
        charts: names of Helm charts that install it.
        over: the technology whose drivers it uses, and which it stands in for (`cockroachdb` over `postgresql`).
        title: as its makers write it.
    """

    name: str
    title: str
    family: str
    kind: Kind
    packages: Mapping[str, str] = field(default_factory=dict)
    images: str = ""
    schemes: str = ""
    charts: str = ""
    over: str | None = None
    role: Role | None = None


@cache
def known() -> Mapping[str, Known]:
    """Every technology by name."""
    from dbdesign.detect.catalogue.engines import ENGINES
    from dbdesign.detect.catalogue.migrations import MIGRATIONS
    from dbdesign.detect.catalogue.orms import ORMS

    return {one.name: one for one in (*ENGINES, *ORMS, *MIGRATIONS)}


@cache
def _packages(ecosystem: str) -> tuple[Mapping[str, tuple[Package, ...]], tuple[tuple[str, Package], ...]]:
    """Packages by their whole name, and by a beginning of it (longest first)."""
    exact: dict[str, tuple[Package, ...]] = {}
    beginnings: list[tuple[str, Package]] = []
    for technology in known().values():
        for name, package in _written(technology, technology.packages.get(ecosystem, "")):
            if name.endswith("*"):
                beginnings.append((name[:-1], package))
            else:
                exact[name] = (*exact.get(name, ()), package)
    return exact, tuple(sorted(beginnings, key=lambda pair: -len(pair[0])))


def _written(technology: Known, text: str) -> Iterator[tuple[str, Package]]:
    for word in text.split():
        name, _, flags = word.partition("#")
        name, _, role = name.partition("@") if not word.startswith("@") else _scoped(name)
        yield (
            name.rstrip("~"),
            Package(technology.name, weak=name.endswith("~"), role=role or None, test=flags == "test"),  # type: ignore[arg-type]
        )


def _scoped(name: str) -> tuple[str, str, str]:
    """`@scope/name@role` apart."""
    head, mark, role = name[1:].partition("@")
    return f"@{head}", mark, role


_FORKED = frozenset(("sqlite3", "better-sqlite3", "typeorm", "sequelize", "mongoose"))
"""Packages of npm that projects publish under a scope of their own, under the same name."""


@lru_cache(maxsize=65536)
def packages(ecosystem: str, name: str) -> tuple[Package, ...]:
    """What a package of an ecosystem speaks for."""
    exact, beginnings = _packages(ecosystem)
    if ecosystem == "npm" and name not in exact and name.startswith("@") and name.rpartition("/")[2] in _FORKED:
        name = name.rpartition("/")[2]
    found = {package.technology: package for package in exact.get(name, ())}
    for beginning, package in beginnings:
        if name.startswith(beginning):
            found.setdefault(package.technology, package)
    return tuple(found.values())


@cache
def _by(what: str) -> tuple[Mapping[str, str], tuple[tuple[str, str], ...]]:
    exact: dict[str, str] = {}
    beginnings: list[tuple[str, str]] = []
    for technology in known().values():
        for word in getattr(technology, what).split():
            if word.endswith("*"):
                beginnings.append((word[:-1], technology.name))
            else:
                exact[word] = technology.name
    return exact, tuple(beginnings)


def by_image(image: str) -> tuple[str, str | None] | None:
    """The technology that a container image is, and the version that its tag says.

    Registry, organisation mirrors (`library/`, `bitnami/`), tag and digest are understood:
    `docker.io/library/postgres:16-alpine@sha256:…` is `("postgresql", "16")`.
    """
    import re

    name = image.strip().strip("\"'").partition("@")[0]
    head, _, tag = name.rpartition(":") if ":" in name.rpartition("/")[2] else (name, "", "")
    parts = head.split("/")
    exact, beginnings = _by("images")
    version = re.match(r"v?(\d+(?:\.\d+)*)", tag)
    numbered = version.group(1) if version else None
    for take in range(min(len(parts), 3), 0, -1):
        known_as = "/".join(parts[-take:])
        if known_as in exact:
            return exact[known_as], numbered
    last = parts[-1]
    if len(parts) > 1 and parts[-2] in _MIRRORS and last in exact:
        return exact[last], numbered
    for beginning, technology in beginnings:
        if "/".join(parts[-2:]).startswith(beginning) or ("/" not in beginning and last.startswith(beginning)):
            return technology, numbered
    return None


_MIRRORS = frozenset(
    [
        "library",
        "bitnami",
        "bitnamilegacy",
        "bitnamicharts",
        "circleci",
        "cimg",
        "amd64",
        "arm64v8",
        "docker",
        "rapidfort",
        "chainguard",
    ]
)


def by_scheme(scheme: str) -> str | None:
    """The engine of a connection string, by its scheme without a driver (`postgresql+asyncpg` → `postgresql`)."""
    exact, _ = _by("schemes")
    return exact.get(scheme.lower()) or exact.get(scheme.lower().partition("+")[0])


def by_chart(chart: str) -> str | None:
    """The engine that a Helm chart installs."""
    return _by("charts")[0].get(chart.lower())


_SAME_RELEASE: Mapping[str, frozenset[str]] = {
    "activerecord": frozenset({"rails"}),
    "ef-core": frozenset({"Npgsql.EntityFrameworkCore.PostgreSQL", "Pomelo.EntityFrameworkCore.MySql"}),
    "eloquent": frozenset({"illuminate/database"}),
    "prisma": frozenset({"@prisma/client"}),
    "hibernate": frozenset({"org.hibernate:hibernate-entitymanager"}),
}
"""Packages that are released with a technology's own, under the same version."""


def own_packages(technology: Known, declared: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Of the packages by which a technology was found, those whose versions are its own; its very package first.

    That is the first of each ecosystem in the catalogue, what is of the same group (`org.jooq:*`), and what begins as it does.
    """
    found: list[tuple[int, str, str]] = []
    for ecosystem in ECOSYSTEMS:
        words = technology.packages.get(ecosystem, "").split()
        if not words:
            continue
        first = words[0].partition("#")[0].rstrip("~")
        names = {name for said, name in declared if said == ecosystem} | {first.rstrip("*")}
        found += [
            (rank, ecosystem, name) for name in names if (rank := _rank(name, first, technology.name)) is not None
        ]
    return tuple((ecosystem, name) for _, ecosystem, name in sorted(found))


def _rank(name: str, first: str, technology: str) -> int | None:
    if name == first or (first.endswith("*") and name.startswith(first[:-1])):
        return 0
    if name in _SAME_RELEASE.get(technology, ()):
        return 1
    group, mark, _ = (
        first.partition(":") if ":" in first else first.rpartition("/") if first.startswith("@") else ("", "", "")
    )
    if mark and name.startswith(f"{group}{mark}"):
        return 2
    return 3 if first[:1].isupper() and name.startswith(f"{first}.") else None
