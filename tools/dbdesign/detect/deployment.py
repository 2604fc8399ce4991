"""Containers and services: compose files, Dockerfiles, Kubernetes, Helm, and what the continuous integration starts."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbdesign.detect.catalogue import by_chart, by_image
from dbdesign.detect.lines import Lines
from dbdesign.detect.patterns.names import DIALECTS
from dbdesign.detect.places import Scope
from dbdesign.detect.signals import Basis, Signal

_CI = re.compile(
    r"(?:^|/)(?:\.github/(?:workflows|actions)/|\.gitlab-ci|\.gitlab/|\.circleci/|\.travis\.|azure-pipelines|bitbucket-pipelines|\.drone|\.woodpecker|\.buildkite|appveyor|\.semaphore|"
    r"\.cirrus|Jenkinsfile|\.azure-pipelines|\.teamcity|cloudbuild|\.tekton|\.forgejo|\.gitea/workflows|\.scrutinizer)",
    re.IGNORECASE,
)
_COMPOSE = re.compile(
    r"(?:^|/)[\w.-]*compose[\w.-]*\.ya?ml$|(?:^|/)(?:docker-)?stack[\w.-]*\.ya?ml$|(?:^|/)\.?(?:lando|ddev)[\w./-]*\.ya?ml$",
    re.IGNORECASE,
)
_DOCKERFILE = re.compile(
    r"(?:^|/)(?:[\w.-]*\.)?(?:Dockerfile|Containerfile)(?:\.[\w.-]+)?$|\.dockerfile$", re.IGNORECASE
)
_IMAGE = re.compile(
    r"(?:^|[{,])[ \t]*(?:-[ \t]*)?[\"']?(?:image|repository|imageName|name|docker_image)[\"']?[ \t]*[:=][ \t]*[\"']?(?P<image>[\w./:${}@+-]{3,200})[\"']?",
    re.MULTILINE,
)
_ITEM = re.compile(r"^[ \t]*-[ \t]*[\"']?(?P<image>[a-z][\w./-]*(?::[\w.-]+)?)[\"']?[ \t]*(?:#.*)?$", re.MULTILINE)
_FROM = re.compile(
    r"^[ \t]*(?P<comment>#\s*)?FROM[ \t]+(?:--platform=\S+[ \t]+)?(?P<image>\S+)", re.MULTILINE | re.IGNORECASE
)
_RUN = re.compile(r"\b(?:docker|podman)\s+(?:container\s+)?run\b(?P<rest>[^\n]*(?:\\\n[^\n]*)*)")
_CHART = re.compile(r"^[ \t]*-?[ \t]*name:[ \t]*[\"']?(?P<name>[\w-]+)", re.MULTILINE)
_ACTION = re.compile(
    r"uses:\s*[\"']?[\w.-]+/[\w.-]*?(?P<x>postgres|postgresql|mysql|mariadb|mongodb|mongo|redis|valkey|sqlserver|mssql|elasticsearch|elastic|opensearch|clickhouse|dynamodb|cockroach)[\w.-]*@",
    re.IGNORECASE,
)
_MATRIX = re.compile(
    r"^[ \t]*(?:-[ \t]*)?(?P<key>db|dbs|database|databases|database[_-]?type|db[_-]?(?:type|engine|driver|adapter|vendor)|dialect|engine|adapter|backend|datastore|storage|connection)s?[ \t]*:[ \t]*(?:\[(?P<list>[^\]]*)\]|[\"']?(?P<one>[\w-]+)[\"']?[ \t]*$)",
    re.MULTILINE | re.IGNORECASE,
)
_TEST_SERVICES = re.compile(r"test|e2e|ci$", re.IGNORECASE)


def is_ci(path: str) -> bool:
    """Whether a file is the continuous integration's."""
    return bool(_CI.search(path))


def deployed(path: str, lines: Lines, scope: Scope) -> Iterator[Signal]:
    """The engines and tools that a file runs as containers, charts or services."""
    name = path.rpartition("/")[2]
    if _DOCKERFILE.search(path):
        yield from _dockerfile(path, lines, scope)
    elif name in {"Chart.yaml", "Chart.yml", "requirements.yaml", "helmfile.yaml", "helmfile.yml"}:
        yield from _chart(path, lines, scope)
    elif is_ci(path):
        yield from _integration(path, lines)
    elif name.endswith(
        (
            ".yaml",
            ".yml",
            ".yml.dist",
            ".yaml.dist",
            ".yml.example",
            ".yaml.example",
            ".yaml.tpl",
            ".yml.j2",
            ".yaml.j2",
        )
    ):
        basis = Basis.IMAGE
        yield from _images(path, lines, scope, basis, weak=not _COMPOSE.search(path) and "values" in name)
    elif name.endswith((".sh", ".mk")) or name in {"Makefile", "justfile", "package.json"}:
        yield from _runs(path, lines, scope)
    elif (
        name.endswith((".tf", ".hcl", ".nomad", ".json", ".ts", ".py", ".kt", ".java", ".cs", ".go", ".rs"))
        and "image" in lines.text
    ):
        yield from _named_in_source(path, lines, scope)


def _signal(
    path: str,
    lines: Lines,
    position: int,
    found: tuple[str, str | None],
    basis: Basis,
    scope: Scope,
    *,
    weak: bool = False,
) -> Signal:
    if lines.is_comment(position):
        scope = Scope.COMMENTED
    technology, version = found
    return Signal(
        technology, basis, scope, path, lines.number(position), lines.shown(position), weak=weak, version=version
    )


def _images(path: str, lines: Lines, scope: Scope, basis: Basis, *, weak: bool = False) -> Iterator[Signal]:
    for match in _IMAGE.finditer(lines.text):
        image = _defaulted(match["image"])
        if (
            "image" not in match.group().lower()
            and "repository" not in match.group().lower()
            and ":" not in image
            and "/" not in image
        ):
            continue
        if found := by_image(image):
            yield _signal(path, lines, match.start("image"), found, basis, scope, weak=weak)


def _defaulted(image: str) -> str:
    """`${PG_IMAGE:-postgres:16}` and `postgres:${VERSION:-16}` with their defaults."""
    image = re.sub(r"\$\{\w+:?-([^}]*)\}", r"\1", image)
    return re.sub(r":?\$\{?\w+\}?", "", image) if "$" in image else image


def _dockerfile(path: str, lines: Lines, scope: Scope) -> Iterator[Signal]:
    for match in _FROM.finditer(lines.text):
        if found := by_image(_defaulted(match["image"])):
            yield _signal(path, lines, match.start(), found, Basis.IMAGE, scope)


def _chart(path: str, lines: Lines, scope: Scope) -> Iterator[Signal]:
    begin = lines.text.find("dependencies:") if path.endswith(("Chart.yaml", "Chart.yml")) else 0
    if begin < 0:
        return
    for match in _CHART.finditer(lines.text, begin):
        if technology := by_chart(match["name"]):
            yield _signal(path, lines, match.start("name"), (technology, None), Basis.CHART, scope)


def _integration(path: str, lines: Lines) -> Iterator[Signal]:
    """Services that tests run against say which engines are supported, whatever else the tests do."""
    yield from _images(path, lines, Scope.RUNTIME, Basis.SERVICE)
    for match in _ITEM.finditer(lines.text):
        if (
            ("services" in lines.text or "image" in lines.text)
            and (found := by_image(match["image"]))
            and "/" not in match["image"].partition(":")[0][:1]
        ):
            yield _signal(path, lines, match.start("image"), found, Basis.SERVICE, Scope.RUNTIME)
    for match in _ACTION.finditer(lines.text):
        if technology := DIALECTS.get(match["x"].lower()):
            yield _signal(path, lines, match.start(), (technology, None), Basis.SERVICE, Scope.RUNTIME)
    for match in _MATRIX.finditer(lines.text):
        for word in re.findall(r"[\w-]+", match["list"] or match["one"] or ""):
            name = re.sub(r"[-_]?\d[\w.]*$", "", word.lower())
            if technology := DIALECTS.get(name):
                yield _signal(path, lines, match.start("key"), (technology, None), Basis.SERVICE, Scope.RUNTIME)
    yield from _runs(path, lines, Scope.RUNTIME, Basis.SERVICE)


def _runs(path: str, lines: Lines, scope: Scope, basis: Basis = Basis.IMAGE) -> Iterator[Signal]:
    for match in _RUN.finditer(lines.text):
        for word in match["rest"].split():
            if not word.startswith("-") and "=" not in word and (found := by_image(word.strip("\\\"';"))):
                yield _signal(path, lines, match.start(), found, basis, Scope.DEV if scope is Scope.RUNTIME else scope)
                break


def _named_in_source(path: str, lines: Lines, scope: Scope) -> Iterator[Signal]:
    """`image = "postgres:16"` of Terraform, Nomad and the like."""
    for match in re.finditer(r"\bimage[\"']?\s*[:=]\s*[\"'](?P<image>[\w./:@-]+)[\"']", lines.text):
        if found := by_image(match["image"]):
            yield _signal(path, lines, match.start("image"), found, Basis.IMAGE, scope)
