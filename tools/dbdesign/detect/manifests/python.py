"""`requirements*.txt`, `pyproject.toml`, `Pipfile`, `setup.cfg`, `setup.py` (never executed), Conda's `environment.yml`."""

from __future__ import annotations

import ast
import configparser
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from dbdesign.detect.documents import UnreadableError, items, section, toml_document, yaml_documents
from dbdesign.detect.lines import Lines
from dbdesign.detect.manifests import Dependency, Manifest
from dbdesign.detect.places import Scope

_REQUIREMENT = re.compile(
    r"\s*(?P<name>[A-Za-z0-9][\w.-]*)\s*(?:\[(?P<extras>[^\]]*)\])?\s*(?P<version>(?:[=<>!~^][^;#@]*)|\([^)]*\))?\s*(?:[;@#].*)?$"
)
_TEST_GROUP = re.compile(r"test|ci\b|e2e", re.IGNORECASE)
_DEV_GROUP = re.compile(r"dev|lint|doc|typ(?:e|ing)|format|style|quality|local|debug|build", re.IGNORECASE)


def requirement(text: str, scope: Scope, position: int) -> Dependency | None:
    """A requirement of PEP 508, or of Conda (`psycopg2=2.9`)."""
    match = _REQUIREMENT.match(text)
    if not match:
        return None
    extras = tuple(one.strip().lower() for one in (match["extras"] or "").split(",") if one.strip())
    version = (match["version"] or "").strip(" ()") or None
    return Dependency("pypi", re.sub(r"[-_.]+", "-", match["name"]).lower(), version, scope, position, extras)


def _group_scope(name: str, otherwise: Scope) -> Scope:
    if _TEST_GROUP.search(name):
        return Scope.TEST
    return Scope.DEV if _DEV_GROUP.search(name) else otherwise


def _lines(path: str, lines: Lines) -> Iterator[Dependency]:
    used = (
        Scope.OPTIONAL if re.search(r"(?:^|/)(?:extras?|optional)(?:/|[\w.-]*\.(?:txt|in)$)", path) else Scope.RUNTIME
    )
    position = 0
    for line in lines.text.splitlines(keepends=True):
        stripped = line.strip()
        if stripped.startswith("#"):
            commented = requirement(stripped.lstrip("# "), Scope.COMMENTED, position)
            if commented and re.fullmatch(r"#\s*[\w.\[\]-]+\s*[=<>~!].*", stripped):
                yield commented
        elif stripped and not stripped.startswith("-"):
            text = re.split(r"\s#|\s--hash|\s\\", stripped)[0]
            yield from _one(text, used, position)
        position += len(line)


def _one(text: str, scope: Scope, position: int) -> Iterator[Dependency]:
    if (found := requirement(text, scope, position)) is not None:
        yield found


def _strings(values: Any, scope: Scope, lines: Lines, after: int = 0) -> Iterator[Dependency]:
    for value in items(values):
        if isinstance(value, str):
            yield from _one(value, scope, max(lines.text.find(value, after), 0))


def _for(group: str, dependency: Dependency) -> Dependency:
    """A driver for many engines with the one that its group is named after: `mssql = ["pyodbc"]`."""
    if dependency.name in {"pyodbc", "aioodbc"} and group.lower() in {"mssql", "sqlserver", "sql-server"}:
        return replace(dependency, extras=(*dependency.extras, "mssql"))
    return dependency


def _pyproject(_path: str, lines: Lines) -> Iterator[Dependency]:
    document = toml_document(lines.text)
    project = section(document, "project")
    yield from _strings(project.get("dependencies"), Scope.RUNTIME, lines)
    for name, values in section(project, "optional-dependencies").items():
        yield from (_for(name, one) for one in _strings(values, _group_scope(name, Scope.OPTIONAL), lines))
    for name, values in section(document, "dependency-groups").items():
        yield from _strings(values, _group_scope(name, Scope.DEV), lines)
    tool = section(document, "tool")
    yield from _strings(section(tool, "uv").get("dev-dependencies"), Scope.DEV, lines)
    for name, values in section(tool, "pdm", "dev-dependencies").items():
        yield from _strings(values, _group_scope(name, Scope.DEV), lines)
    for name, environment in section(tool, "hatch", "envs").items():
        for key in ("dependencies", "extra-dependencies"):
            yield from _strings(section(environment).get(key), _group_scope(name, Scope.DEV), lines)
    yield from _poetry(section(tool, "poetry"), lines)


def _poetry(poetry: dict[str, Any], lines: Lines) -> Iterator[Dependency]:
    extras = {name for values in section(poetry, "extras").values() for name in items(values) if isinstance(name, str)}
    yield from _table(section(poetry, "dependencies"), Scope.RUNTIME, lines, extras)
    yield from _table(section(poetry, "dev-dependencies"), Scope.DEV, lines)
    for name, group in section(poetry, "group").items():
        otherwise = Scope.OPTIONAL if section(group).get("optional") else Scope.RUNTIME
        yield from _table(section(group, "dependencies"), _group_scope(name, otherwise), lines)


def _table(table: dict[str, Any], scope: Scope, lines: Lines, optional: set[str] = frozenset()) -> Iterator[Dependency]:  # type: ignore[assignment]
    """Poetry's and Pipfile's tables: a name with a constraint, or with a mapping of it."""
    for name, value in table.items():
        if name == "python":
            continue
        said = value if isinstance(value, dict) else {}
        version = said.get("version") if said else value
        extras = tuple(str(one).lower() for one in items(said.get("extras")))
        used = Scope.OPTIONAL if scope is Scope.RUNTIME and (said.get("optional") or name in optional) else scope
        position = re.search(rf"(?m)^\s*[\"']?{re.escape(name)}[\"']?\s*=", lines.text)
        yield Dependency(
            "pypi",
            re.sub(r"[-_.]+", "-", name).lower(),
            version if isinstance(version, str) and version != "*" else None,
            used,
            position.start() if position else 0,
            extras,
        )


def _pipfile(_path: str, lines: Lines) -> Iterator[Dependency]:
    document = toml_document(lines.text)
    yield from _table(section(document, "packages"), Scope.RUNTIME, lines)
    yield from _table(section(document, "dev-packages"), Scope.DEV, lines)


def _setup_cfg(_path: str, lines: Lines) -> Iterator[Dependency]:
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(lines.text)
    except configparser.Error:
        raise UnreadableError("broken INI") from None
    for value in parser.get("options", "install_requires", fallback="").splitlines():
        yield from _one(value, Scope.RUNTIME, lines.find(value.strip()) if value.strip() else 0)
    if parser.has_section("options.extras_require"):
        for name, values in parser.items("options.extras_require"):
            for value in values.splitlines():
                yield from _one(
                    value, _group_scope(name, Scope.OPTIONAL), lines.find(value.strip()) if value.strip() else 0
                )


_SETUP_KEYS = {
    "install_requires": Scope.RUNTIME,
    "tests_require": Scope.TEST,
    "extras_require": Scope.OPTIONAL,
    "setup_requires": Scope.DEV,
}
_SETUP_NAMES = re.compile(r"require|depend", re.IGNORECASE)


def _setup_py(_path: str, lines: Lines) -> Iterator[Dependency]:
    """The literals in the arguments of `setup()`, and in assignments whose names say that they are requirements."""
    try:
        tree = ast.parse(lines.text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise UnreadableError("Python that does not parse") from None
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in _SETUP_KEYS:
            yield from _literals(node.value, _SETUP_KEYS[node.arg], lines)
        elif isinstance(node, ast.Assign) and any(
            isinstance(one, ast.Name) and _SETUP_NAMES.search(one.id) for one in node.targets
        ):
            name = next(one.id for one in node.targets if isinstance(one, ast.Name))
            extra = "extra" in name.lower() or "optional" in name.lower()
            yield from _literals(node.value, _group_scope(name, Scope.OPTIONAL if extra else Scope.RUNTIME), lines)


def _literals(node: ast.expr, scope: Scope, lines: Lines) -> Iterator[Dependency]:
    if isinstance(node, ast.Dict):
        for key, value in zip(node.keys, node.values, strict=True):
            name = key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else ""
            yield from _literals(value, _group_scope(name, scope), lines)
        return
    for one in ast.walk(node):
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            starts = lines.starts
            begin = starts[one.lineno - 1] if one.lineno <= len(starts) else 0
            yield from _one(one.value, scope, begin + one.col_offset)


def _conda(_path: str, lines: Lines) -> Iterator[Dependency]:
    for document in yaml_documents(lines.text):
        entries = items(section(document).get("dependencies"))
        flat = [one for entry in entries for one in (items(entry.get("pip")) if isinstance(entry, dict) else [entry])]
        for entry in flat:
            if isinstance(entry, str):
                yield from _one(re.sub(r"^[\w.-]+::", "", entry), Scope.RUNTIME, max(lines.text.find(entry), 0))


MANIFESTS = (
    Manifest(
        "pypi",
        (
            "requirements*.txt",
            "requirements*.in",
            "*requirements.txt",
            "*requirements.in",
            "*/requirements/*.txt",
            "*/requirements/*.in",
        ),
        _lines,
    ),
    Manifest("pypi", ("pyproject.toml",), _pyproject),
    Manifest("pypi", ("Pipfile",), _pipfile),
    Manifest("pypi", ("setup.cfg",), _setup_cfg),
    Manifest("pypi", ("setup.py",), _setup_py),
    Manifest("pypi", ("environment.yml", "environment.yaml", "conda.yml", "conda.yaml"), _conda),
)
