"""Databases that are watched, not used: exporters of metrics, their containers and their connection strings."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from dbdesign.detect.catalogue import known
from dbdesign.detect.lines import Lines
from dbdesign.detect.patterns.names import DIALECTS
from dbdesign.detect.places import Scope
from dbdesign.detect.signals import Basis, Signal
from dbdesign.detect.walk import Tree

_ALIASES = {**DIALECTS, "mysqld": "mysql", "oracledb": "oracle", "opensearch": "elasticsearch", "pg": "postgresql"}
_EXPORTER = re.compile(
    r"(?:^|.*[-_])(?P<engine>[a-z]\w*?)(?:[-_](?:server|metrics|db|query|prometheus))*[-_]exporter\b", re.IGNORECASE
)
_IMAGE = re.compile(
    r"^(?P<indent>[ \t]*)(?:-[ \t]+)?[\"']?image[\"']?:[ \t]*[\"']?(?P<image>[\w./:${}@-]+)", re.MULTILINE
)
_NAMED = re.compile(
    r"^[ \t]+(?:-[ \t]+)?name:[ \t]*[\"']?(?P<name>[\w.-]*exporter[\w.-]*)[\"']?[ \t]*$", re.MULTILINE | re.IGNORECASE
)
_DOCUMENT = re.compile(r"^---[ \t]*$", re.MULTILINE)
_OF_CLUSTER = re.compile(r"^apiVersion:", re.MULTILINE)
_OWN_NAME = re.compile(
    r"^(?:module[ \t]+(?:\S+/)?(?P<go>[\w.-]*exporter)(?:/v\d+)?[ \t]*$"
    r"|[ \t]*[\"']?name[\"']?[ \t]*[:=][ \t]*[\"'](?:@[\w-]+/)?(?P<other>[\w.-]+)[\"'])",
    re.MULTILINE,
)
_MANIFESTS = ("go.mod", "package.json", "pyproject.toml", "Cargo.toml")
_LIVE = frozenset({Scope.RUNTIME, Scope.DEV, Scope.OPTIONAL, Scope.PEER})
_READS = frozenset({Basis.DEPENDENCY, Basis.IMPORT, Basis.CODE, Basis.CONNECTION, Basis.ENVIRONMENT})


@lru_cache(maxsize=4096)
def watched_by(name: str) -> str | None:
    """The engine that a program or an image is an exporter of, by its name: `prom/mysqld-exporter:v0.15` is MySQL's.

    `sql` stands for any relational engine.
    """
    found = _EXPORTER.match(name.rpartition("/")[2].partition(":")[0])
    if found is None:
        return None
    engine = found["engine"].lower()
    return "sql" if engine == "sql" else _ALIASES.get(engine)


def watching(path: str, lines: Lines) -> list[Signal]:
    """A signal for each container that watches an engine."""
    return [
        Signal(engine, Basis.IMAGE, Scope.TARGET, path, lines.number(at), lines.shown(at))
        for at, engine in _images(lines.text)
        if engine in known()
    ]


def _images(text: str) -> Iterator[tuple[int, str]]:
    """Positions and engines of exporters: by their image, and in a cluster by the name of what runs."""
    for match in _IMAGE.finditer(text):
        if engine := watched_by(match["image"]):
            yield match.start("image"), engine
    for match in _NAMED.finditer(text) if _OF_CLUSTER.search(text) else ():
        if engine := watched_by(match["name"]):
            yield match.start("name"), engine


def of_exporters(signals: Iterable[Signal], lines: Lines) -> list[Signal]:
    """The signals of one file of containers, those that stand in an exporter's part of it marked as of what it watches."""
    parts = [(lines.number(begin), lines.number(end)) for begin, end in _parts(lines.text)]
    return [
        replace(one, scope=Scope.TARGET)
        if one.scope in _LIVE and one.line is not None and any(first <= one.line <= last for first, last in parts)
        else one
        for one in signals
    ]


def _parts(text: str) -> Iterator[tuple[int, int]]:
    """Where exporters are set up: the lines beside their image, and a cluster's documents that are named after one."""
    for match in _IMAGE.finditer(text):
        if watched_by(match["image"]):
            yield _block(text, match.start(), len(match["indent"].expandtabs()))
    begin = 0
    for mark in (*_DOCUMENT.finditer(text), None):
        end = mark.start() if mark else len(text)
        document = text[begin:end]
        if _OF_CLUSTER.search(document) and _NAMED.search(document):
            yield begin, end
        begin = mark.end() if mark else end


def _block(text: str, position: int, indent: int) -> tuple[int, int]:
    """The lines around a position that are indented at least as far as it."""
    begin = text.rfind("\n", 0, position) + 1
    while begin > 0:
        above = text.rfind("\n", 0, begin - 1) + 1
        if not _within(text[above : begin - 1], indent):
            break
        begin = above
    end = text.find("\n", position)
    while 0 <= end < len(text) - 1:
        below = text.find("\n", end + 1)
        if not _within(text[end + 1 : below if below >= 0 else len(text)], indent):
            break
        end = below
    return begin, end if end >= 0 else len(text)


def _within(line: str, indent: int) -> bool:
    return not line.strip() or len(line) - len(line.lstrip()) >= indent


def without_watched(signals: list[Signal], tree: Tree) -> list[Signal]:
    """The signals of a program that is an exporter itself: what it reads is its users' engine."""
    watched = {engine for name in _MANIFESTS if name in tree.sizes if (engine := _exporter(tree.text(name)))}
    if not watched:
        return signals
    return [
        replace(one, scope=Scope.TARGET)
        if one.scope in _LIVE and one.basis in _READS and _is_of(one.technology, watched)
        else one
        for one in signals
    ]


def _exporter(manifest: str) -> str | None:
    named = _OWN_NAME.search(manifest)
    return watched_by(named["go"] or named["other"]) if named else None


def _is_of(technology: str, watched: set[str]) -> bool:
    return technology in watched or ("sql" in watched and known()[technology].family == "relational")
