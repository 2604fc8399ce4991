"""`composer.json`."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.detect.documents import UnreadableError, json_document, section
from dbdesign.detect.lines import Lines
from dbdesign.detect.manifests import Dependency, Manifest
from dbdesign.detect.places import Scope

_SECTIONS = {"require": Scope.RUNTIME, "require-dev": Scope.DEV, "suggest": Scope.OPTIONAL}


def _composer(_path: str, lines: Lines) -> Iterator[Dependency]:
    document = json_document(lines.text)
    if not isinstance(document, dict):
        raise UnreadableError("composer.json is not an object")
    for heading, scope in _SECTIONS.items():
        after = max(lines.text.find(f'"{heading}"'), 0)
        for name, version in section(document, heading).items():
            written = version if isinstance(version, str) and scope is not Scope.OPTIONAL else None
            yield Dependency("composer", name.lower(), written, scope, max(lines.text.find(f'"{name}"', after), 0))


MANIFESTS = (Manifest("composer", ("composer.json",), _composer),)
