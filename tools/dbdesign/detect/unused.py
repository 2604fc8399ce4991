"""Signals that the rest of the repository belies: drivers that no source imports, containers that no program connects to."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from dbdesign.detect.catalogue import Known, known
from dbdesign.detect.collect import Collected
from dbdesign.detect.manifests import manifest_of
from dbdesign.detect.places import Scope
from dbdesign.detect.signals import Basis, Signal

_LIVE = frozenset({Scope.RUNTIME, Scope.DEV, Scope.OPTIONAL, Scope.PEER})
_SETUP = frozenset({Basis.IMAGE, Basis.ENVIRONMENT, Basis.SYSTEM, Basis.SERVICE})
_STORES = frozenset({"relational", "document", "wide-column"})
_CONNECTS = re.compile(
    r"(?i)(?:HOST(?:NAME)?S?|URLS?|URI|DSN|ENDPOINT|NODES?|SERVERS?|ADDR(?:ESS)?|CONNECTION_STRING)\b"
)
"""Names of variables by which a program finds a server; the others (`POSTGRES_PASSWORD`) a container's own set up."""

_ENOUGH = 10
"""Files of source in a language, from which on a package that none of them imports is taken for unused."""


def without_unused(collected: Collected) -> dict[str, list[Signal]]:
    """The signals by technology, those of what is declared and never used marked so."""
    by_name: dict[str, list[Signal]] = defaultdict(list)
    for signal in collected.signals:
        if signal.technology in known():
            by_name[signal.technology].append(signal)
    used = {name: _imported(known()[name], signals, collected.sources) for name, signals in by_name.items()}
    return _without_bystanders(_without_framework_defaults(used))


def _imported(technology: Known, signals: list[Signal], sources: Mapping[str, int]) -> list[Signal]:
    """The signals, those of a manifest marked where the language's source would have to name the package and does not."""
    live = [signal for signal in signals if signal.scope in _LIVE]
    if not live or any(_uses(signal) for signal in live if signal.basis is not Basis.DEPENDENCY):
        return signals
    in_tests = any(signal.basis is Basis.IMPORT and signal.scope is Scope.TEST for signal in signals)
    used = Scope.TEST if in_tests else Scope.UNUSED
    return [
        replace(signal, scope=used)
        if signal.scope in _LIVE and _must_be_imported(technology, signal, sources)
        else signal
        for signal in signals
    ]


def _uses(signal: Signal) -> bool:
    """Whether a signal is a program's use of an engine, not only that somebody starts it."""
    return signal.basis not in _SETUP or (
        signal.basis is Basis.ENVIRONMENT and _CONNECTS.search(signal.text) is not None
    )


def _must_be_imported(technology: Known, signal: Signal, sources: Mapping[str, int]) -> bool:
    """Whether use of a package shows in source.

    Go links only what is imported, and .NET's providers are called by name. Of npm and PyPI mappers are imported, while relational
    drivers are loaded by name (`dialect: "postgres"`), and tools are run from the command line.
    """
    manifest = manifest_of(signal.path)
    if manifest is None or signal.basis is not Basis.DEPENDENCY:
        return False
    if sources.get(manifest.ecosystem, 0) < (1 if manifest.ecosystem == "go" else _ENOUGH):
        return False
    if technology.kind == "engine":
        return manifest.ecosystem in {"go", "nuget"} or (
            manifest.ecosystem == "npm" and technology.family != "relational"
        )
    if technology.kind == "orm":
        return manifest.ecosystem in {"go", "npm", "pypi"}
    return manifest.ecosystem == "go" or technology.name == "alembic"


def _without_framework_defaults(by_name: dict[str, list[Signal]]) -> dict[str, list[Signal]]:
    """Laravel's `config/database.php` falls back on the engine of its template; the environment's file says which is meant."""
    chosen = {
        name
        for name, signals in by_name.items()
        if any(signal.basis in {Basis.CONFIGURATION, Basis.IMAGE} and signal.scope in _LIVE for signal in signals)
    }
    return {
        name: [
            replace(signal, scope=Scope.BOILERPLATE)
            if signal.basis is Basis.CHOICE
            and signal.path.endswith("config/database.php")
            and _another_store(name, chosen)
            else signal
            for signal in signals
        ]
        for name, signals in by_name.items()
    }


def _another_store(name: str, chosen: Iterable[str]) -> bool:
    return name not in chosen and any(known()[other].family == "relational" for other in chosen)


def _without_bystanders(by_name: Mapping[str, list[Signal]]) -> dict[str, list[Signal]]:
    """Containers of engines that no program of the repository knows of serve its tests, or another tool of the same set of containers.

    Only where the repository's own programs declare or import the drivers of some store: elsewhere nothing says what they use. PHP's
    drivers are extensions, which its manifests seldom name.
    """
    drivers = {name for name, signals in by_name.items() if _has_driver(known()[name], signals, Scope.RUNTIME)}
    return {name: _of_bystander(known()[name], signals, drivers) for name, signals in by_name.items()}


def _of_bystander(technology: Known, signals: list[Signal], drivers: set[str]) -> list[Signal]:
    if technology.kind != "engine" or technology.over in drivers or not _only_set_up(signals):
        return signals
    if _has_driver(technology, signals, Scope.TEST):
        return [replace(signal, scope=Scope.TEST) if signal.scope in _LIVE else signal for signal in signals]
    if drivers:
        return [replace(signal, scope=Scope.UNUSED) if signal.scope in _LIVE else signal for signal in signals]
    return signals


def _has_driver(technology: Known, signals: Iterable[Signal], scope: Scope) -> bool:
    return (
        technology.kind == "engine"
        and technology.family in _STORES
        and any(
            signal.basis in {Basis.DEPENDENCY, Basis.IMPORT}
            and signal.scope is scope
            and not signal.weak
            and not signal.path.endswith((".php", "composer.json"))
            for signal in signals
        )
    )


def _only_set_up(signals: Iterable[Signal]) -> bool:
    return not any(_uses(signal) for signal in signals if signal.scope in _LIVE)
