"""Gradle in Groovy and Kotlin with its version catalogues, sbt, Leiningen and `deps.edn`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbdesign.detect.documents import section, toml_document
from dbdesign.detect.lines import Lines
from dbdesign.detect.manifests import Dependency, Manifest
from dbdesign.detect.places import Scope

_CONFIGURATION = r"(?P<configuration>[a-zA-Z]*(?:[iI]mplementation|[aA]pi|[cC]ompile|[rR]untime|[oO]nly|kapt|ksp|annotationProcessor|classpath|[jJ]ooqGenerator|[lL]iquibaseRuntime|[pP]rovided))"
_COORDINATE = re.compile(
    rf"^[^\S\n]*(?P<comment>//[^\S\n]*)?(?:add\(\s{{0,80}})?[\"']?{_CONFIGURATION}[\"']?[\s(,]{{1,80}}(?:platform\(|enforcedPlatform\(|dependencies\.create\()?\s{{0,80}}[\"'](?P<group>[\w.-]+):(?P<artifact>[\w.-]+)(?::(?P<version>[^\"'@:]+))?",
    re.MULTILINE,
)
_MORE = re.compile(
    r"[\"'][^\S\n]*\)?,(?:\s|//[^\n]*\n)*[\"'](?P<group>[\w.-]+):(?P<artifact>[\w.-]+)(?::(?P<version>[^\"'@:\n]+))?"
)
"""A further coordinate of the same call."""
_NAMED = re.compile(
    rf"^[^\S\n]*(?P<comment>//[^\S\n]*)?{_CONFIGURATION}[\s(]{{1,80}}(?:\[)?group\s*[:=]\s*[\"'](?P<group>[\w.-]+)[\"']\s*,\s*name\s*[:=]\s*[\"'](?P<artifact>[\w.-]+)[\"'](?:\s*,\s*version\s*[:=]\s*[\"'](?P<version>[^\"']+))?",
    re.MULTILINE,
)
_ALIAS = re.compile(
    rf"^[^\S\n]*(?P<comment>//[^\S\n]*)?(?:add\(\s{{0,80}})?[\"']?{_CONFIGURATION}[\"']?[\s(,]{{1,80}}(?:platform\(\s{{0,80}})?(?P<alias>[a-z]\w*[lL]ibs?\w*|libs|deps|catalog)\.(?P<path>[\w.]+)",
    re.MULTILINE,
)
_PLUGIN = re.compile(
    r"^[^\S\n]*(?P<comment>//[^\S\n]*)?(?:id|apply\s+plugin:|alias)[\s(]*[\"'](?P<id>[\w.-]+)[\"']\)?(?:\s+version\s+[\"'](?P<version>[^\"']+))?",
    re.MULTILINE,
)
_BARE = re.compile(
    r"[\"'](?P<group>(?:[a-z][\w-]*\.)+[\w-]+|mysql|postgresql):(?P<artifact>[\w.-]+)(?::(?P<version>[\w.$\{\}-]+))?[\"']"
)


def _scope(configuration: str, commented: str | None) -> Scope:
    if commented:
        return Scope.COMMENTED
    lower = configuration.lower()
    if "test" in lower:
        return Scope.TEST
    return Scope.DEV if lower.startswith("development") else Scope.RUNTIME


_PLUGIN_ALIAS = re.compile(
    r"^[^\S\n]*(?P<comment>//[^\S\n]*)?alias[\s(]+[a-zA-Z]\w*\.plugins\.(?P<path>[\w.]+)", re.MULTILINE
)


def _gradle(_path: str, lines: Lines) -> Iterator[Dependency]:
    seen: set[int] = set()
    for expression in (_COORDINATE, _NAMED):
        for match in expression.finditer(lines.text):
            seen.add(match.start("artifact"))
            name = f"{match['group']}:{match['artifact']}"
            yield Dependency(
                "maven",
                name,
                match["version"],
                _scope(match["configuration"], match["comment"]),
                match.start("artifact"),
            )
            yield from _further(lines.text, match, seen)
    for match in _ALIAS.finditer(lines.text):
        alias = match["path"].removesuffix(".get")
        yield Dependency(
            "gradle-alias", alias, None, _scope(match["configuration"], match["comment"]), match.start("path")
        )
    for match in _PLUGIN.finditer(lines.text):
        scope = Scope.COMMENTED if match["comment"] else Scope.RUNTIME
        yield Dependency("maven", f"{match['id']}:plugin", match["version"], scope, match.start("id"))
    for match in _PLUGIN_ALIAS.finditer(lines.text):
        scope = Scope.COMMENTED if match["comment"] else Scope.RUNTIME
        yield Dependency("gradle-alias", f"plugins.{match['path']}", None, scope, match.start("path"))
    if "buildSrc" in _path or "dependencies" in _path.lower() or _path.endswith(".kt"):
        for match in _BARE.finditer(lines.text):
            if match.start("artifact") not in seen:
                yield Dependency(
                    "maven",
                    f"{match['group']}:{match['artifact']}",
                    match["version"],
                    Scope.MANAGED,
                    match.start("artifact"),
                )


def _further(text: str, match: re.Match[str], seen: set[int]) -> Iterator[Dependency]:
    """`implementation('a:b', 'c:d')`: what follows the first."""
    scope = _scope(match["configuration"], match["comment"])
    more = _MORE.match(text, match.end())
    while more is not None:
        seen.add(more.start("artifact"))
        yield Dependency("maven", f"{more['group']}:{more['artifact']}", more["version"], scope, more.start("artifact"))
        more = _MORE.match(text, more.end())


def _constants(_path: str, lines: Lines) -> Iterator[Dependency]:
    """`const val driver = "org.postgresql:postgresql:42.7"` of the build's own sources."""
    for match in _BARE.finditer(lines.text):
        scope = Scope.COMMENTED if lines.is_comment(match.start()) else Scope.RUNTIME
        yield Dependency(
            "maven", f"{match['group']}:{match['artifact']}", match["version"], scope, match.start("artifact")
        )


def _catalogue(_path: str, lines: Lines) -> Iterator[Dependency]:
    document = toml_document(lines.text)
    versions = section(document, "versions")
    for alias, value in section(document, "libraries").items():
        module, version = _library(value, versions)
        if module:
            yield Dependency("maven", module, version, Scope.MANAGED, _entry(alias, lines), (alias,))
    for alias, value in section(document, "plugins").items():
        said = value.get("id") if isinstance(value, dict) else str(value).partition(":")[0]
        if said:
            yield Dependency(
                "maven", f"{said}:plugin", None, Scope.MANAGED, _entry(alias, lines), (f"plugins.{alias}",)
            )
    for alias, value in section(document, "bundles").items():
        if isinstance(value, list):
            yield Dependency(
                "gradle-bundle", alias, None, Scope.MANAGED, _entry(alias, lines), tuple(str(one) for one in value)
            )


def _entry(alias: str, lines: Lines) -> int:
    """Where a catalogue's entry stands."""
    position = re.search(rf"(?m)^\s*[\"']?{re.escape(alias)}[\"']?\s*=", lines.text)
    return position.start() if position else 0


def _library(value: object, versions: dict[str, object]) -> tuple[str | None, str | None]:
    if isinstance(value, str):
        group, _, rest = value.partition(":")
        artifact, _, version = rest.partition(":")
        return f"{group}:{artifact}", version or None
    if not isinstance(value, dict):
        return None, None
    module = value.get("module") or (
        f"{value['group']}:{value['name']}" if "group" in value and "name" in value else None
    )
    said = value.get("version")
    if isinstance(said, dict):
        said = versions.get(str(said.get("ref")), said.get("strictly") or said.get("require"))
    return module, said if isinstance(said, str) else None


def _sbt(_path: str, lines: Lines) -> Iterator[Dependency]:
    for match in re.finditer(
        r'"([\w.-]+)"\s*%{1,3}\s*"([\w.-]+)"(?:\s*%\s*("[^"]+"|[\w.]+))?(?:\s*%\s*("?\w+"?))?', lines.text
    ):
        group, artifact, version, scope = match.groups()
        yield Dependency(
            "maven",
            f"{group}:{artifact}",
            (version or "").strip('"') or None,
            Scope.COMMENTED
            if lines.is_comment(match.start())
            else Scope.TEST
            if (scope or "").strip('"').lower() in {"test", "it"}
            else Scope.RUNTIME,
            match.start(),
        )


def _clojure(_path: str, lines: Lines) -> Iterator[Dependency]:
    for match in re.finditer(
        r'\[?([\w.-]+)/([\w.-]+)\s+(?:"([\w.-]+)"|\{:mvn/version\s+"([^"]+)")|\[([\w-]+)\s+"(\d[\w.-]*)"', lines.text
    ):
        group, artifact, version, maven, alone, its = match.groups()
        group, artifact, version = (alone, alone, its) if alone else (group, artifact, version)
        scope = Scope.COMMENTED if lines.is_comment(match.start()) else Scope.RUNTIME
        yield Dependency("maven", f"{group}:{artifact}", version or maven, scope, match.start())


MANIFESTS = (
    Manifest("maven", ("*.gradle", "*.gradle.kts"), _gradle),
    Manifest("maven", ("*/buildSrc/*.kt", "*/buildSrc/*.java", "*/buildSrc/*.groovy"), _constants),
    Manifest("maven", ("*.versions.toml",), _catalogue),
    Manifest("maven", ("build.sbt", "*.sbt", "Dependencies.scala", "build.sc"), _sbt),
    Manifest("maven", ("project.clj", "deps.edn"), _clojure),
)
