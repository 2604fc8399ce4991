"""An app's migrations, read from their files without running them: the leaf to go on from, and which model stands for which table."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from dbdesign.errors import InputError
from dbdesign.migrations.writers.base import MigrationOptions
from dbdesign.migrations.writers.folder import Folder

_FILE = re.compile(r"[A-Za-z0-9]\w*\.py$")
_RELATIONS = frozenset({"ForeignKey", "OneToOneField"})


@dataclass
class ModelState:
    """A model as the migrations leave it: its name, its table, and its fields by their columns."""

    name: str
    table: str
    fields: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class AppHistory:
    """What the app has.

    Attributes:
        app: its label.
        names: of its migrations.
        parents_of: the app's own migrations that each depends on.
        models: by table.
    """

    app: str
    names: tuple[str, ...]
    parents_of: dict[str, tuple[str, ...]]
    models: dict[str, ModelState]

    @classmethod
    def read(cls, folder: Folder, app: str) -> AppHistory:
        """Read every migration of the folder. Raises `InputError` where one is no Python."""
        parents: dict[str, tuple[str, ...]] = {}
        replaced: set[str] = set()
        models: dict[str, ModelState] = {}
        for path in folder.top:
            if not _FILE.match(path) or path == "__init__.py":
                continue
            migration = _class(folder.text(path), path)
            if migration is None:
                continue
            values = dict(_assigned(migration))
            parents[path.removesuffix(".py")] = tuple(_own(values.get("dependencies"), app))
            replaced |= set(_own(values.get("replaces"), app))
            for call in _calls(values.get("operations")):
                _apply(call, app, models)
        kept = {name: some for name, some in parents.items() if name not in replaced}
        return cls(app, tuple(parents), kept, {one.table: one for one in models.values()})

    def leaves(self, options: MigrationOptions) -> tuple[str, ...]:
        """What a new migration depends on.

        Raises:
            InputError: there are several leaves and none was chosen, or the one chosen is none.
        """
        below = {one for some in self.parents_of.values() for one in some}
        leaves = tuple(sorted(one for one in self.parents_of if one not in below))
        if options.head is not None:
            chosen = [one for one in leaves if one.startswith(options.head)]
            if len(chosen) != 1:
                raise InputError(
                    f"{options.head!r} is no leaf of {self.app}",
                    where="head",
                    remedy=f"Leaves: {', '.join(leaves) or 'none'}",
                )
            return tuple(chosen)
        if len(leaves) > 1 and not options.merge_heads:
            raise InputError(
                f"{self.app} has {len(leaves)} leaf migrations: {', '.join(leaves)}",
                where="folder",
                remedy="Say head=… to go on from one, or merge_heads=true to merge them",
            )
        return leaves

    def model(self, table: str) -> ModelState | None:
        """The model of a table that the migrations made; None where they made none."""
        return self.models.get(table)

    def new_model(self, table: str) -> ModelState:
        """What a model of a new table is called."""
        words = re.findall(r"[^\W_]+", table.removeprefix(f"{self.app}_")) or ["Model"]
        return ModelState("".join(one[:1].upper() + one[1:] for one in words), table)


def _class(text: str, path: str) -> ast.ClassDef | None:
    try:
        module = ast.parse(text)
    except (SyntaxError, ValueError) as error:
        raise InputError(f"is no Python: {error}", where=path, remedy="Repair it") from error
    return next((one for one in module.body if isinstance(one, ast.ClassDef) and one.name == "Migration"), None)


def _assigned(migration: ast.ClassDef) -> Iterator[tuple[str, ast.expr]]:
    for statement in migration.body:
        if isinstance(statement, ast.Assign):
            yield from ((one.id, statement.value) for one in statement.targets if isinstance(one, ast.Name))


def _own(value: ast.expr | None, app: str) -> Iterator[str]:
    for one in value.elts if isinstance(value, ast.List | ast.Tuple) else []:
        if isinstance(one, ast.Tuple) and len(one.elts) == 2:
            label, name = (_string(part) for part in one.elts)
            if label == app and name:
                yield name


def _calls(value: ast.expr | None) -> Iterator[ast.Call]:
    """The operations, those inside SeparateDatabaseAndState and `state_operations` included."""
    for one in value.elts if isinstance(value, ast.List | ast.Tuple) else []:
        if isinstance(one, ast.Call):
            yield one
            for keyword in one.keywords:
                if keyword.arg == "state_operations":
                    yield from _calls(keyword.value)


def _apply(call: ast.Call, app: str, models: dict[str, ModelState]) -> None:
    kind, given = _called(call), {one.arg: one.value for one in call.keywords if one.arg}
    name = _string(given.get("name")) or (_string(call.args[0]) if call.args else None)
    model = models.get((_string(given.get("model_name")) or "").lower())
    if kind == "CreateModel" and name:
        table = _option(given.get("options"), "db_table") or f"{app}_{name.lower()}"
        models[name.lower()] = ModelState(name, table, dict(_fields(given.get("fields"))))
    elif kind == "DeleteModel" and name:
        models.pop(name.lower(), None)
    elif kind == "RenameModel":
        _rename_model(given, app, models)
    elif kind == "AlterModelTable" and name and name.lower() in models:
        models[name.lower()].table = _string(given.get("table")) or f"{app}_{name.lower()}"
    elif model and name and kind in {"AddField", "AlterField", "RemoveField"}:
        model.fields = {column: one for column, one in model.fields.items() if one != name}
        if kind != "RemoveField":
            model.fields[_column(name, given.get("field"))] = name
    elif model and kind == "RenameField":
        old, new = _string(given.get("old_name")), _string(given.get("new_name"))
        if old and new:
            model.fields = {
                (column.replace(old, new, 1) if one == old else column): (new if one == old else one)
                for column, one in model.fields.items()
            }


def _rename_model(given: dict[str, ast.expr], app: str, models: dict[str, ModelState]) -> None:
    old, new = _string(given.get("old_name")), _string(given.get("new_name"))
    model = models.pop((old or "").lower(), None)
    if old and new and model:
        if model.table == f"{app}_{old.lower()}":
            model.table = f"{app}_{new.lower()}"
        model.name = new
        models[new.lower()] = model


def _fields(value: ast.expr | None) -> Iterator[tuple[str, str]]:
    for one in value.elts if isinstance(value, ast.List | ast.Tuple) else []:
        if isinstance(one, ast.Tuple) and len(one.elts) == 2 and (name := _string(one.elts[0])):
            yield _column(name, one.elts[1]), name


def _column(name: str, definition: ast.expr | None) -> str:
    if not isinstance(definition, ast.Call):
        return name
    given = {one.arg: one.value for one in definition.keywords if one.arg}
    if column := _string(given.get("db_column")):
        return column
    return f"{name}_id" if _called(definition) in _RELATIONS else name


def _called(call: ast.Call) -> str:
    return (
        call.func.attr
        if isinstance(call.func, ast.Attribute)
        else call.func.id
        if isinstance(call.func, ast.Name)
        else ""
    )


def _option(value: ast.expr | None, name: str) -> str | None:
    if not isinstance(value, ast.Dict):
        return None
    return next((_string(one) for key, one in zip(value.keys, value.values, strict=True) if _string(key) == name), None)


def _string(value: ast.expr | None) -> str | None:
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else None
