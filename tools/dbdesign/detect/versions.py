"""Which version of a technology is used: as its own package is declared, as a lock file says, as an image's tag says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from dbdesign.detect.catalogue import Known, own_packages
from dbdesign.detect.collect import Collected
from dbdesign.detect.signals import Basis, Signal

_RUN = frozenset({Basis.IMAGE, Basis.SERVICE, Basis.INFRASTRUCTURE})
_DEEP = 4
"""Names behind names that a version is looked up through."""

_ELSEWHERE = re.compile(r"\$\{?\(?(?P<name>[\w.-]+)\)?\}?$|(?P<path>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+)$")
"""`${flyway.version}`, `$(EfVersion)`, `$exposed`, `Versions.doobie`."""


def versions_of(technology: Known, live: Iterable[Signal], collected: Collected) -> tuple[str | None, str | None]:
    """The version as declared where another is locked, and the version.

    A wrapper's version (`flask-sqlalchemy` 3.1) says nothing of what it wraps, so only a technology's own packages count.
    """
    if technology.kind == "engine":
        return None, next((one.version for one in live if one.basis in _RUN and one.version), None)
    keys = own_packages(technology, collected.packages_of.get(technology.name, ()))
    declared = next(_written(keys, collected.declared, collected.assigned), None)
    locked = next(_written(keys, collected.locked, collected.assigned), None)
    return (declared if locked and locked != declared else None), locked or declared


def _written(
    keys: Iterable[tuple[str, str]], versions: Mapping[tuple[str, str], str], values: Mapping[str, str]
) -> Iterator[str]:
    for key in keys:
        if (found := versions.get(key)) and (version := _resolved(found, values)):
            yield version


def _resolved(version: str, values: Mapping[str, str]) -> str | None:
    """The version behind a name; None where the name is not known, or says only that it stands elsewhere."""
    for _ in range(_DEEP):
        match = _ELSEWHERE.match(version)
        if match is None:
            return None if re.match(r"(?:catalog|workspace)\b|.*\$[{(]", version) else _exact(version)
        name = match["name"] or match["path"]
        version = values.get(name) or values.get(name.rpartition(".")[2]) or ""
    return version or None


def _exact(version: str) -> str:
    """`==2.0.36` names one version, as a lock file would."""
    return version[2:].strip() if re.fullmatch(r"==\s*[\w.+-]+", version) else version
