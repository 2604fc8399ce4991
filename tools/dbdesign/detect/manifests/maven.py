"""`pom.xml`: dependencies and plugins, versions from properties; what a parent manages is not a use."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET

from dbdesign.detect.documents import xml_document
from dbdesign.detect.lines import Lines
from dbdesign.detect.manifests import Dependency, Manifest
from dbdesign.detect.places import Scope

_SCOPES = {"test": Scope.TEST, "provided": Scope.RUNTIME, "runtime": Scope.RUNTIME, "import": Scope.MANAGED}


def _pom(_path: str, lines: Lines) -> Iterator[Dependency]:
    root = xml_document(lines.text)
    properties = {
        one.tag: (one.text or "").strip()
        for block in root.iter("properties")
        for one in block
        if isinstance(one.tag, str)
    }
    parents = {below: above for above in root.iter() for below in above}
    after: dict[str, int] = {}
    for element in root.iter():
        if element.tag not in {"dependency", "plugin"}:
            continue
        group, artifact = _text(element, "groupId"), _text(element, "artifactId")
        if not artifact:
            continue
        name = f"{group or 'org.apache.maven.plugins'}:{artifact}"
        version = (
            re.sub(r"\$\{([^}]+)\}", lambda m: properties.get(m.group(1), m.group()), _text(element, "version")) or None
        )
        position = lines.text.find(f"<artifactId>{artifact}</artifactId>", after.get(artifact, 0))
        after[artifact] = position + 1
        yield Dependency("maven", name, version, _scope(element, parents), max(position, 0))


def _scope(element: ET.Element, parents: dict[ET.Element, ET.Element]) -> Scope:
    above = element
    while (above := parents.get(above)) is not None:  # type: ignore[assignment]
        if above.tag in {"dependencyManagement", "pluginManagement"}:
            return Scope.MANAGED
        if above.tag == "plugin":
            return Scope.DEV
    if _text(element, "optional") == "true":
        return Scope.OPTIONAL
    return _SCOPES.get(_text(element, "scope"), Scope.RUNTIME)


def _text(element: ET.Element, name: str) -> str:
    return (element.findtext(name) or "").strip()


MANIFESTS = (Manifest("maven", ("pom.xml", "*.pom"), _pom),)
