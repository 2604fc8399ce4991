"""`package.json`, pnpm's catalogues, Deno's import maps."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from dbdesign.detect.documents import UnreadableError, json_document, section, yaml_documents
from dbdesign.detect.lines import Lines
from dbdesign.detect.manifests import Dependency, Manifest
from dbdesign.detect.places import Scope

_SECTIONS = {
    "dependencies": Scope.RUNTIME,
    "devDependencies": Scope.DEV,
    "optionalDependencies": Scope.OPTIONAL,
    "peerDependencies": Scope.PEER,
}
_ALIAS = re.compile(r"npm:(?P<name>@?[^@]+)(?:@(?P<version>.+))?$")


def _package(_path: str, lines: Lines) -> Iterator[Dependency]:
    document = json_document(lines.text)
    if not isinstance(document, dict):
        raise UnreadableError("package.json is not an object")
    optional = {
        name
        for name, meta in section(document, "peerDependenciesMeta").items()
        if isinstance(meta, dict) and meta.get("optional")
    }
    for heading, scope in _SECTIONS.items():
        after = max(lines.text.find(f'"{heading}"'), 0)
        for name, version in section(document, heading).items():
            written = version if isinstance(version, str) else None
            real, constraint = _aliased(name, written)
            used = Scope.OPTIONAL if scope is Scope.PEER and name in optional else scope
            yield Dependency("npm", real, constraint, used, _position(lines, name, after))


def _aliased(name: str, version: str | None) -> tuple[str, str | None]:
    """The package behind `"db": "npm:pg@8"`."""
    alias = _ALIAS.match(version or "")
    return (alias["name"], alias["version"]) if alias else (name, version)


def _position(lines: Lines, name: str, after: int) -> int:
    found = lines.text.find(f'"{name}"', after)
    return found if found >= 0 else max(lines.text.find(name), 0)


def _catalogue(_path: str, lines: Lines) -> Iterator[Dependency]:
    for document in yaml_documents(lines.text):
        for names in (
            section(document, "catalog"),
            *(section(document, "catalogs", one) for one in section(document, "catalogs")),
        ):
            for name, version in names.items():
                yield Dependency("npm", str(name), str(version), Scope.MANAGED, lines.find(str(name)))


def _deno(_path: str, lines: Lines) -> Iterator[Dependency]:
    document: Any = json_document(lines.text)
    for target in section(document, "imports").values():
        if isinstance(target, str) and (match := re.match(r"npm:/?(@?[^@]+?)(?:@([^/]+))?(?:/.*)?$", target)):
            yield Dependency("npm", match.group(1), match.group(2), Scope.RUNTIME, max(lines.text.find(target), 0))


MANIFESTS = (
    Manifest("npm", ("package.json",), _package),
    Manifest("npm", ("pnpm-workspace.yaml", "pnpm-workspace.yml", ".yarnrc.yml"), _catalogue),
    Manifest("npm", ("deno.json", "deno.jsonc", "import_map.json"), _deno),
)
