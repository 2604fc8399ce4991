"""A project's settings and apps: which label a module's models have, which engine, which user model, which automatic key.

Source: django.apps.registry (`get_containing_app_config`), django.apps.config.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping

from dbdesign.model.schema import Engine
from dbdesign.readers.django.evaluate import Evaluator, Scope
from dbdesign.readers.django.project import ClassDeclaration, Module, Project
from dbdesign.readers.django.state import Settings
from dbdesign.readers.django.values import Called, Value

ENGINES: Mapping[str, Engine] = {
    "postgresql": Engine.POSTGRESQL,
    "postgresql_psycopg2": Engine.POSTGRESQL,
    "postgis": Engine.POSTGRESQL,
    "mysql": Engine.MYSQL,
    "sqlite3": Engine.SQLITE,
    "spatialite": Engine.SQLITE,
    "django_cockroachdb": Engine.COCKROACHDB,
    "django_tidb": Engine.TIDB,
    "mssql": Engine.SQLSERVER,
    "psqlextra": Engine.POSTGRESQL,
}
_URL_SCHEMES = {"postgres": Engine.POSTGRESQL, "postgresql": Engine.POSTGRESQL, "postgis": Engine.POSTGRESQL, "mysql": Engine.MYSQL,
                "sqlite": Engine.SQLITE, "mssql": Engine.SQLSERVER}  # fmt: skip
_URL = re.compile(r"\A(\w+)://")


class Apps:
    """The apps of a project, from their AppConfigs and from where models are."""

    def __init__(self, project: Project, evaluator: Evaluator) -> None:
        self.project = project
        self.evaluator = evaluator
        self.settings = Settings()
        self.notes: list[str] = []
        self._labels: dict[str, str] = {}
        self._roots: list[Module] = []
        for module in project.modules:
            if module.known:
                continue
            self._read_configs(module)
            self._read_settings(module)

    def label(self, module: Module) -> str:
        """The label of the app that a module belongs to."""
        if module.known:
            return module.name.split(".")[-2] if module.name.endswith(".models") else module.name.split(".")[-1]
        parts = module.name.split(".")
        for end in range(len(parts), 0, -1):
            found = self._labels.get(".".join(parts[:end]))
            if found is not None:
                return found
        return self.label_of_path([*parts, ""])

    def label_of_path(self, parts: list[str]) -> str:
        """The label that a class's dotted path tells: the package that has the module `models`."""
        names = parts[:-1]
        for end in range(len(names), 0, -1):
            if (found := self._configured(".".join(names[:end]))) is not None:
                return found
        if "models" in names:
            place = len(names) - 1 - names[::-1].index("models")
            return names[place - 1] if place else "app"
        return names[-2] if len(names) > 1 else "app"

    def _configured(self, package: str) -> str | None:
        if package in self._labels:
            return self._labels[package]
        near = [
            label
            for name, label in self._labels.items()
            if name.endswith(f".{package}") or package.endswith(f".{name}")
        ]
        return near[0] if len(near) == 1 and "." in package else None

    def _read_configs(self, module: Module) -> None:
        for declaration in module.classes:
            if not module.name.endswith(("apps", "__init__", "config")) and not declaration.name.endswith("Config"):
                continue
            if not any(
                _last(node).endswith("AppConfig") or _last(node).endswith("Config") for node in declaration.node.bases
            ):
                continue
            self._read_config(declaration)

    def _read_config(self, declaration: ClassDeclaration) -> None:
        def said(name: str) -> Value:
            definition = declaration.names.get(name)
            if definition is None:
                return None
            return self.evaluator.definition(definition, Scope(declaration.module, declaration))

        name, label, auto = said("name"), said("label"), said("default_auto_field")
        if name is None and label is None and auto is None:
            return
        module = declaration.module
        folder = module.name if module.is_package else module.name.rpartition(".")[0]
        used = (
            label
            if isinstance(label, str)
            else name.rpartition(".")[2]
            if isinstance(name, str)
            else folder.rpartition(".")[2]
        )
        if not used:
            return
        self._labels[folder] = used
        if isinstance(auto, str):
            self.settings.auto_field_by_app[used] = auto.rpartition(".")[2]

    def _read_settings(self, module: Module) -> None:
        names = module.names
        if not names.keys() & {"INSTALLED_APPS", "DATABASES", "DEFAULT_AUTO_FIELD", "AUTH_USER_MODEL"}:
            return
        if not names.keys() & {"INSTALLED_APPS", "DATABASES"} and "settings" not in module.path:
            return
        scope = Scope(module)
        if not self._roots:
            self.settings.time_zone = "America/Chicago"  # Django's own default
        for name in ("DEFAULT_AUTO_FIELD", "AUTH_USER_MODEL", "INSTALLED_APPS", "TIME_ZONE"):
            if name in names:
                self._take(name, self.evaluator.name(name, scope))
        self._roots.append(module)
        if "DATABASES" in names and self.settings.engine is None:
            self._take_engine(self.evaluator.name("DATABASES", scope), names["DATABASES"])

    def _take(self, name: str, value: Value) -> None:
        if name == "DEFAULT_AUTO_FIELD" and isinstance(value, str):
            self.settings.auto_field = value.rpartition(".")[2]
        elif name == "AUTH_USER_MODEL" and isinstance(value, str) and "." in value:
            self.settings.user_model = value
        elif name == "TIME_ZONE":
            self.settings.time_zone = value if isinstance(value, str) else "UTC"
        elif name == "INSTALLED_APPS" and isinstance(value, list | tuple):
            self.settings.installed += [one for one in value if isinstance(one, str)]

    def _take_engine(self, value: Value, node: object) -> None:
        default = value.get("default") if isinstance(value, dict) else None
        if isinstance(default, dict):
            self._name_engine(default.get("ENGINE"), node)
        elif isinstance(default, Called):
            self._name_engine(None, node)
        else:
            self._name_engine(None, node)

    def _name_engine(self, said: Value, node: object) -> None:
        if not isinstance(said, str):
            said = _text_within(node) if isinstance(node, ast.AST) else None
        if not isinstance(said, str):
            return
        last = said.rpartition(".")[2]
        scheme = _URL.match(said)
        found = _URL_SCHEMES.get(scheme[1]) if scheme else ENGINES.get(last)
        if found is None and last in {"backend", "backends"}:
            found = ENGINES.get(said.split(".")[0])
        if found is not None:
            self.settings.engine = found
            self.settings.gis = last in {"postgis", "spatialite"}
        elif last == "oracle":
            self.notes.append("the settings name Oracle, which dbdesign has no dialect for: read as for PostgreSQL")

    @property
    def has_settings(self) -> bool:
        """Whether a settings module is among the sources."""
        return bool(self._roots)


def _last(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _text_within(node: ast.AST) -> str | None:
    """The first text in an expression that names an engine or is an URL (`env("DATABASE_URL", default="postgres://…")`)."""
    for one in ast.walk(node):
        if isinstance(one, ast.Constant) and isinstance(one.value, str):
            scheme = _URL.match(one.value)
            if (
                (scheme and scheme[1] in _URL_SCHEMES)
                or one.value.startswith("django.db.backends.")
                or one.value.startswith("django.contrib.gis.db.backends.")
            ):
                return one.value
    return None
