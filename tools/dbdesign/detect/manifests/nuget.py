"""Projects of .NET: `PackageReference`, `packages.config`, Paket; versions of `Directory.Packages.props`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbdesign.detect.lines import Lines, Spans
from dbdesign.detect.manifests import Dependency, Manifest
from dbdesign.detect.places import Scope

_REFERENCE = re.compile(
    r"<(?P<tag>PackageReference|PackageVersion|GlobalPackageReference|Reference|package)\b(?P<attributes>[^<>]{0,2000})>(?P<body>[^<]{0,200}(?:<Version>[^<]*</Version>)?)",
    re.IGNORECASE,
)
_SDK = re.compile(r"<(?:Project|Sdk)\b[^<>]{0,2000}\b(?:Sdk|Name)=\"(?P<name>[\w.]+)(?:/(?P<version>[\w.]+))?\"")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_TEST_PROJECT = re.compile(
    r"Microsoft\.NET\.Test\.Sdk|<IsTestProject>\s*true|xunit\.core|\"NUnit\"|MSTest\.TestFramework|\"TUnit\"",
    re.IGNORECASE,
)


def _attribute(text: str, *names: str) -> str | None:
    for name in names:
        if match := re.search(rf"\b{name}\s*=\s*[\"']([^\"']+)[\"']", text, re.IGNORECASE):
            return match.group(1)
    return None


def _project(path: str, lines: Lines) -> Iterator[Dependency]:
    comments = Spans((one.start(), one.end()) for one in _COMMENT.finditer(lines.text))
    test = bool(_TEST_PROJECT.search(lines.text)) and not path.endswith((".props", ".targets"))
    for match in _REFERENCE.finditer(lines.text):
        name = _attribute(match["attributes"], "Include", "id", "Update")
        if name is None:
            continue
        version = _attribute(match["attributes"], "Version", "VersionOverride")
        if version is None and (inner := re.search(r"<Version>([^<]*)", match["body"])):
            version = inner.group(1)
        for one in name.split(";"):
            yield Dependency(
                "nuget", one.partition(",")[0].strip(), version, _scope(match, comments, test), match.start()
            )
    for match in _SDK.finditer(lines.text):
        yield Dependency("nuget", match["name"], match["version"], Scope.RUNTIME, match.start())


def _scope(match: re.Match[str], comments: Spans, test: bool) -> Scope:
    if comments.hold(match.start()):
        return Scope.COMMENTED
    if match["tag"].lower() == "packageversion":
        return Scope.MANAGED
    return Scope.TEST if test else Scope.RUNTIME


def _paket(_path: str, lines: Lines) -> Iterator[Dependency]:
    test = False
    for match in re.finditer(
        r"^\s*(?:(?P<group>group)\s+(?P<title>\w+)|nuget\s+(?P<name>[\w.]+)(?P<version>[^\n]*))$",
        lines.text,
        re.MULTILINE,
    ):
        if match["group"]:
            test = "test" in match["title"].lower()
        else:
            yield Dependency(
                "nuget",
                match["name"],
                match["version"].strip() or None,
                Scope.TEST if test else Scope.RUNTIME,
                match.start("name"),
            )


MANIFESTS = (
    Manifest(
        "nuget",
        (
            "*.csproj",
            "*.fsproj",
            "*.vbproj",
            "*.sqlproj",
            "Directory.Build.props",
            "Directory.Build.targets",
            "Directory.Packages.props",
            "packages.config",
            "*.props",
        ),
        _project,
    ),
    Manifest("nuget", ("paket.dependencies",), _paket),
)
