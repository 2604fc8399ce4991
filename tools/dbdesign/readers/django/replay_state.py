"""What a replay of Django migrations knows while it goes on: the state, the statements, what was assumed."""

from __future__ import annotations

from dbdesign.model.schema import Engine
from dbdesign.readers.base import Unread
from dbdesign.readers.django.ddl import SchemaEditor
from dbdesign.readers.django.declarations import Declarations, Declared
from dbdesign.readers.django.fields import FieldState
from dbdesign.readers.django.meta import MetaObjects
from dbdesign.readers.django.migrations import MigrationSource
from dbdesign.readers.django.state import Key, ModelState, UnsayableError
from dbdesign.readers.django.values import Called, Value


class ReplayedState:
    """The state and the statements of a history as it is replayed."""

    def __init__(self, editor: SchemaEditor, declarations: Declarations) -> None:
        self.editor = editor
        self.registry = editor.registry
        self.declarations = declarations
        self.notes: list[str] = []
        self.codes: list[str] = []
        self.is_physical = editor.engine is Engine.POSTGRESQL
        self._known = {
            one.key: one
            for declaration in declarations.classes(known=True)
            if (one := declarations.state(declaration)) is not None
        }
        self._by_rule: list[str] = []
        self._in_state = self._in_database = True
        self._migration: MigrationSource | None = None

    def run(self, migration: MigrationSource) -> None:
        """Carry out one migration."""
        self._migration = migration
        for operation in migration.operations:
            self._run_one(operation)
        self.editor.out.flush()
        self.editor.names.deferred.clear()

    def finish(self) -> None:
        """Make the tables from the last state where operations were not replayed as SQL, and say what was assumed."""
        if not self.is_physical:
            self.editor.out.tables.clear()
            self.editor.out.keys.clear()
            self.editor.out.later.clear()
            for state in self.registry.models.values():
                if self._exists(state):
                    self.editor.create_model(state)
            self.notes.append(
                f"for {self.editor.engine.value} the tables are those of the state after the last migration, without statements of RunSQL"
            )
        if self._by_rule:
            names = ", ".join(sorted(self._by_rule))
            self.notes.append(
                f"declared by rule, because they are referred to and their migrations are not in the sources: {names}"
            )
        if self.codes:
            shown = ", ".join(self.codes[:10])
            self.notes.append(
                f"RunPython is code that was not run: {shown}{f' and {len(self.codes) - 10} more' if len(self.codes) > 10 else ''}"
            )

    def place(self, line: int = 0) -> tuple[str, int]:
        """Where the present migration, or a line of it, is."""
        assert self._migration is not None  # noqa: S101 - operations run inside a migration
        return self._migration.declaration.module.path, line or self._migration.declaration.node.lineno

    @property
    def app(self) -> str:
        """The label of the app whose migration runs."""
        assert self._migration is not None  # noqa: S101 - operations run inside a migration
        return self._migration.node[0]

    def _run_one(self, operation: Value) -> None:
        raise NotImplementedError

    def _miss(self, operation: Value, reason: str, line: int) -> None:
        path, number = self.place(line)
        name = operation.path if isinstance(operation, Called) else "an operation"
        subject = (
            next(
                (
                    str(one)
                    for one in (said(operation, 0, "name"), said(operation, 0, "model_name"))
                    if isinstance(one, str)
                ),
                "",
            )
            if isinstance(operation, Called)
            else ""
        )
        self.editor.out.unread.append(
            Unread(path=path, line=number, text=f"{name.rpartition('.')[2]} {subject}".strip()[:200], reason=reason)
        )

    def _exists(self, state: ModelState) -> bool:
        swapped = state.options.get("swappable") == "AUTH_USER_MODEL" and self.registry.settings.user_model is not None
        return state.is_managed and not (
            swapped and str(self.registry.settings.user_model).lower() != ".".join(state.key)
        )

    def _touches(self, state: ModelState) -> bool:
        """Whether a change of a model is a change of the database."""
        return self.is_physical and self._in_database and self._exists(state)

    def _model(self, name: Value) -> ModelState:
        key = (self.app, str(name).lower())
        if key not in self.registry.models:
            raise UnsayableError(f"the model {self.app}.{name} is not in the state")
        return self.registry.models[key]

    def _changed(self, state: ModelState) -> ModelState:
        """A copy of a model that takes its place in the state."""
        copied = state.copied()
        self.registry.models[state.key] = copied
        return copied

    def _field(self, name: str, call: Value, line: int) -> FieldState:
        assert self._migration is not None  # noqa: S101 - operations run inside a migration
        own = Declared(self._migration.declaration, self.app, False, {}, [], {}, [])
        place = self.place(call.line if isinstance(call, Called) else line)
        one = self.declarations.made_field(name, call, place, own)
        if one is None:
            raise UnsayableError(f"the field {name} is of no class that is known")
        self._declare_targets([one])
        return one

    def _declare_targets(self, fields: list[FieldState]) -> None:
        """Make, by rule, the tables of Django's own apps that fields refer to."""
        pending = list(fields)
        while pending:
            one = pending.pop()
            key = self.registry.related_key(ModelState(self.app, ""), one.get("to"))
            if key is None or key in self.registry.models or key not in self._known:
                continue
            self._declare(key)
            pending += self._known[key].fields.values()

    def _declare(self, key: Key) -> None:
        state = self._known[key]
        self.registry.add(state)
        for one in state.fields.values():
            other = self.registry.related_key(state, one.get("to"))
            if other is not None and other not in self.registry.models and other in self._known:
                self._declare(other)
        self._by_rule.append(self.registry.table(state))
        if self.is_physical and self._exists(state):
            self.editor.create_model(state)

    def sql(self, text: str, line: int = 0) -> None:
        """A statement of the present migration."""
        self.editor.out.flush()
        self.editor.out.tables.append((text, self.place(line)))

    def drop_constraint(self, table: str, name: str, line: int = 0) -> None:
        """ALTER TABLE … DROP CONSTRAINT."""
        self.sql(f"ALTER TABLE {self.editor.quoted(table)} DROP CONSTRAINT {self.editor.quoted(name)}", line)
        self.editor.names.drop(table, name)

    def rename_deferred(self, old_table: str, table: str, old_column: str = "", column: str = "") -> None:
        """What the present migration has put off gets names after the new ones."""
        for one in self.editor.names.deferred:
            if one.table != old_table or (old_column and old_column not in one.columns):
                continue
            one.table = table
            one.columns = [column if name == old_column else name for name in one.columns]
            new = self.registry.names.index(table, one.columns, one.suffix)
            if new != one.name and any(named.name == one.name for named in self.editor.names.by_table.get(table, [])):
                old, quoted = self.editor.quoted(one.name), self.editor.quoted(new)
                what = (
                    f"ALTER INDEX {old}"
                    if one.kind == "index"
                    else f"ALTER TABLE {self.editor.quoted(table)} RENAME CONSTRAINT {old}"
                )
                self.sql(f"{what} RENAME TO {quoted}" if one.kind == "index" else f"{what} TO {quoted}")
                self.editor.names.rename(table, one.name, new)
                one.name = new

    def drop_index(self, table: str, name: str, line: int = 0) -> None:
        """DROP INDEX IF EXISTS."""
        self.sql(f"DROP INDEX IF EXISTS {self.editor.quoted(name)}", line)
        self.editor.names.drop(table, name)


def said(operation: Called, position: int, name: str) -> Value:
    """An argument of an operation, by its keyword or its position."""
    if name in operation.kwargs:
        return operation.kwargs[name]
    return operation.args[position] if len(operation.args) > position else None


def name_of(objects: MetaObjects, value: Called) -> str | None:
    """The name of an index or a constraint; None where it is not known."""
    try:
        return objects.index_name(value)
    except UnsayableError:
        return None
