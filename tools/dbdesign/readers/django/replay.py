"""Carries out the operations of Django migrations on a state and, for PostgreSQL, as SQL.

Source: django.db.migrations.operations.{models,fields,special} and django.contrib.postgres.operations of Django 5.2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dbdesign.model.schema import Engine
from dbdesign.readers.base import Unread
from dbdesign.readers.django.alteration import Alteration
from dbdesign.readers.django.ddl import SchemaEditor
from dbdesign.readers.django.declarations import Declarations, Declared
from dbdesign.readers.django.fields import FieldState
from dbdesign.readers.django.literals import literal
from dbdesign.readers.django.meta import MetaObjects
from dbdesign.readers.django.migrations import MigrationSource
from dbdesign.readers.django.state import Key, ModelState, Registry, UnsayableError, together
from dbdesign.readers.django.values import Called, ClassValue, Reference, Value, as_list

_EXTENSIONS = {
    "HStoreExtension": "hstore", "CITextExtension": "citext", "BtreeGistExtension": "btree_gist", "BtreeGinExtension": "btree_gin",
    "TrigramExtension": "pg_trgm", "UnaccentExtension": "unaccent", "CryptoExtension": "pgcrypto", "BloomExtension": "bloom",
}  # fmt: skip


class Replay:
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
                f"for {self.editor.engine.value} the tables are those of the state after the last migration; statements of RunSQL are not in it"
            )
        if self._by_rule:
            self.notes.append(
                f"declared by rule, because they are referred to and their migrations are not in the sources: {', '.join(sorted(self._by_rule))}"
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
        if not isinstance(operation, Called):
            self._miss(operation, "an operation that is known only when the program runs", 0)
            return
        handler = _OPERATIONS.get(operation.last)
        if handler is None:
            self._miss(operation, f"{operation.path} is no operation of Django's", operation.line)
            return
        try:
            handler(self, operation)
        except (UnsayableError, KeyError, IndexError) as error:
            reason = f"{error}" if isinstance(error, UnsayableError) else f"{error} is not in the state"
            self._miss(operation, reason, operation.line)

    def _miss(self, operation: Value, reason: str, line: int) -> None:
        path, number = self.place(line)
        name = operation.path if isinstance(operation, Called) else "an operation"
        subject = (
            next(
                (
                    str(one)
                    for one in (_said(operation, 0, "name"), _said(operation, 0, "model_name"))
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

    def create_model(self, operation: Called) -> None:
        """CreateModel."""
        name = str(_said(operation, 0, "name"))
        options = _said(operation, 2, "options") or {}
        state = ModelState(self.app, name, {}, {}, [], self.place(operation.line))
        given = (
            {str(key): self.declarations.with_fields(value) for key, value in options.items()}
            if isinstance(options, dict)
            else {}
        )
        state.options.update(given)
        for base in as_list(_said(operation, 3, "bases") or ()) or []:
            if isinstance(base, str) and "." in base:
                app, _, model = base.rpartition(".")
                state.bases.append((app, model.lower()))
            elif (
                isinstance(base, ClassValue)
                and self.declarations.declared(base.declaration) is not None
                and not self._is_abstract(base)
            ):
                state.bases.append(self.declarations.key(base.declaration))
        if self._in_state:
            self.registry.add(state)
        for entry in as_list(_said(operation, 1, "fields") or ()) or []:
            if not isinstance(entry, tuple | list) or len(entry) != 2:
                self._miss(operation, "a field that is known only when the program runs", operation.line)
                continue
            try:
                state.fields[str(entry[0])] = self._field(str(entry[0]), entry[1], operation.line)
            except UnsayableError as error:
                self._miss(operation, f"{error}", entry[1].line if isinstance(entry[1], Called) else operation.line)
        if self._touches(state):
            self.editor.create_model(state)

    def _is_abstract(self, base: ClassValue) -> bool:
        own = self.declarations.declared(base.declaration)
        return own is not None and own.is_abstract

    def delete_model(self, operation: Called) -> None:
        """DeleteModel."""
        state = self._model(_said(operation, 0, "name"))
        if self._touches(state):
            for one in self.registry.many_to_many(state):
                self._drop_through(state, one)
            self._drop_table(self.registry.table(state))
        if self._in_state:
            del self.registry.models[state.key]

    def _drop_through(self, state: ModelState, one: FieldState) -> None:
        through = self.registry.through(state, one)
        if through is not None:
            self._drop_table(self.registry.table(through))

    def _drop_table(self, table: str) -> None:
        self.editor.out.flush()
        self.sql(f"DROP TABLE {self.editor.quoted(table)} CASCADE")
        self.editor.names.drop_table(table)

    def sql(self, text: str, line: int = 0) -> None:
        """A statement of the present migration."""
        self.editor.out.flush()
        self.editor.out.tables.append((text, self.place(line)))

    def add_field(self, operation: Called) -> None:
        """AddField."""
        before = self._model(_said(operation, 0, "model_name"))
        name = str(_said(operation, 1, "name"))
        one = self._field(name, _said(operation, 2, "field"), operation.line)
        state = self._changed(before) if self._in_state else before.copied()
        state.fields[name] = one
        if not self._touches(state):
            return
        if one.kind == "ManyToManyField":
            self.editor.create_through(state, one)
        elif one.has_column:
            self.editor.add_column(state, one)

    def remove_field(self, operation: Called) -> None:
        """RemoveField."""
        state = self._model(_said(operation, 0, "model_name"))
        name = str(_said(operation, 1, "name"))
        one = state.fields[name]
        if self._touches(state):
            if one.kind == "ManyToManyField":
                self._drop_through(state, one)
            elif one.has_column:
                column, table = self.registry.column(one), self.registry.table(state)
                self.sql(
                    f"ALTER TABLE {self.editor.quoted(table)} DROP COLUMN {self.editor.quoted(column)} CASCADE",
                    operation.line,
                )
                self.editor.names.drop_column(table, column)
        if self._in_state:
            changed = self._changed(state)
            del changed.fields[name]

    def alter_field(self, operation: Called) -> None:
        """AlterField."""
        before = self.registry.copied()
        state = self._model(_said(operation, 0, "model_name"))
        name = str(_said(operation, 1, "name"))
        old = state.fields[name]
        new = self._field(name, _said(operation, 2, "field"), operation.line)
        changed = self._changed(state) if self._in_state else state.copied()
        changed.fields[name] = new
        if self._touches(changed):
            Alteration(self, before).field(state, old, changed, new)

    def rename_field(self, operation: Called) -> None:
        """RenameField."""
        before = self.registry.copied()
        state = self._model(_said(operation, 0, "model_name"))
        old_name, new_name = str(_said(operation, 1, "old_name")), str(_said(operation, 2, "new_name"))
        old = state.fields[old_name]
        changed = self._changed(state)
        changed.fields = {(new_name if name == old_name else name): one for name, one in state.fields.items()}
        changed.fields[new_name] = old.renamed(new_name)
        for option in ("unique_together", "index_together"):
            if option in changed.options:
                changed.options[option] = [
                    [new_name if one == old_name else one for one in names]
                    for names in together(changed.options[option])
                ]
        self._follow_field(state, old_name, new_name)
        if self._touches(changed):
            Alteration(self, before).field(state, old, changed, changed.fields[new_name])

    def _follow_field(self, state: ModelState, old: str, new: str) -> None:
        for other in list(self.registry.models.values()):
            for one in list(other.fields.values()):
                if (
                    one.is_relation
                    and one.get("to_field") == old
                    and self.registry.related_key(other, one.get("to")) == state.key
                ):
                    self._changed(other).fields[one.name] = one.with_arguments(to_field=new)

    def rename_model(self, operation: Called) -> None:
        """RenameModel."""
        before = self.registry.copied()
        old = self._model(_said(operation, 0, "old_name"))
        new_name = str(_said(operation, 1, "new_name"))
        renamed = old.copied()
        renamed.name = new_name
        self.registry.models = {
            (renamed.key if key == old.key else key): (renamed if key == old.key else one)
            for key, one in self.registry.models.items()
        }
        self._follow_model(before, old.key, renamed)
        renamed = self.registry.models[renamed.key]
        if self._touches(renamed):
            Alteration(self, before).model(old, renamed)

    def _follow_model(self, before: Registry, old: Key, renamed: ModelState) -> None:
        """Every relation to the model names it by its new name."""
        target = f"{renamed.app}.{renamed.name}"
        for key, state in list(self.registry.models.items()):
            found = {
                name: one.with_arguments(
                    **{argument: target for argument in ("to", "through") if self._names(state, one.get(argument), old)}
                )
                for name, one in state.fields.items()
                if any(self._names(state, one.get(argument), old) for argument in ("to", "through"))
            }
            if found or old in state.bases:
                changed = state.copied()
                changed.fields.update(found)
                changed.bases = [renamed.key if base == old else base for base in state.bases]
                self.registry.models[key] = changed

    def _names(self, state: ModelState, value: Value, key: Key) -> bool:
        if not isinstance(value, str) or value.lower() == "self" or value.startswith("settings."):
            return False
        return self.registry.related_key(state, value) == key

    def alter_table(self, operation: Called) -> None:
        """AlterModelTable."""
        before = self.registry.copied()
        old = self._model(_said(operation, 0, "name"))
        changed = self._changed(old)
        table = _said(operation, 1, "table")
        changed.options.pop("db_table", None)
        if isinstance(table, str) and table:
            changed.options["db_table"] = table
        if self._touches(changed):
            Alteration(self, before).table(old, changed)

    def alter_options(self, operation: Called) -> None:
        """AlterModelOptions: nothing of the database, but whether Django makes the table."""
        state = self._changed(self._model(_said(operation, 0, "name")))
        options = _said(operation, 1, "options")
        managed = options.get("managed") if isinstance(options, dict) else None
        state.options.pop("managed", None)
        if managed is False:
            state.options["managed"] = False

    def alter_comment(self, operation: Called) -> None:
        """AlterModelTableComment."""
        state = self._changed(self._model(_said(operation, 0, "name")))
        comment = _said(operation, 1, "table_comment")
        state.options["db_table_comment"] = comment
        if self._touches(state):
            self.sql(
                f"COMMENT ON TABLE {self.editor.table(state)} IS {literal(comment or '', self.editor.engine)}",
                operation.line,
            )

    def alter_together(self, operation: Called) -> None:
        """AlterUniqueTogether and AlterIndexTogether."""
        option = "unique_together" if operation.last == "AlterUniqueTogether" else "index_together"
        old = self._model(_said(operation, 0, "name"))
        before = together(old.options.get(option))
        state = self._changed(old)
        after = together(_said(operation, 1, option))
        state.options[option] = after
        if not self._touches(state):
            return
        kind = "unique" if option == "unique_together" else "index"
        for names in [one for one in before if one not in after]:
            self._drop_named(state, kind, names)
        for names in [one for one in after if one not in before]:
            (self.editor.unique_together if kind == "unique" else self.editor.index_together)(state, names)

    def _drop_named(self, state: ModelState, kind: str, names: list[str]) -> None:
        table, columns = self.registry.table(state), tuple(self.editor.columns(state, names))
        own = {
            one
            for option in ("constraints", "indexes")
            for entry in as_list(state.options.get(option)) or []
            if isinstance(entry, Called) and (one := MetaObjects(self.editor, state).name_of(entry))
        }
        for name in self.editor.names.find(table, "unique" if kind == "unique" else "index", columns, own)[:1]:
            if kind == "unique":
                self.drop_constraint(table, name)
            else:
                self.drop_index(table, name)

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

    def alter_order(self, operation: Called) -> None:
        """AlterOrderWithRespectTo."""
        state = self._changed(self._model(_said(operation, 0, "name")))
        had = bool(state.options.get("order_with_respect_to"))
        said = _said(operation, 1, "order_with_respect_to")
        state.options["order_with_respect_to"] = said
        if not self._touches(state) or had == bool(said):
            return
        one = FieldState("_order", "IntegerField", {}, None, self.place(operation.line))
        if said:
            self.editor.add_column(state, one)
        else:
            self.sql(f"ALTER TABLE {self.editor.table(state)} DROP COLUMN {self.editor.quoted('_order')} CASCADE")

    def add_meta(self, operation: Called) -> None:
        """AddIndex, AddConstraint and their variants."""
        state = self._model(_said(operation, 0, "model_name"))
        option = "indexes" if "Index" in operation.last else "constraints"
        entry = self.declarations.with_fields(_said(operation, 1, "index" if option == "indexes" else "constraint"))
        if self._in_state:
            changed = self._changed(state)
            changed.options[option] = [*(as_list(changed.options.get(option)) or []), entry]
        if self._touches(state) and isinstance(entry, Called):
            objects = MetaObjects(self.editor, state)
            (objects.index if option == "indexes" else objects.constraint)(entry)
            if operation.last == "AddConstraintNotValid":
                sql, place = self.editor.out.later.pop()
                self.editor.out.later.append((f"{sql} NOT VALID", place))

    def remove_meta(self, operation: Called) -> None:
        """RemoveIndex and RemoveConstraint."""
        state = self._model(_said(operation, 0, "model_name"))
        option = "indexes" if "Index" in operation.last else "constraints"
        name = str(_said(operation, 1, "name"))
        objects = MetaObjects(self.editor, state)
        entries = [one for one in as_list(state.options.get(option)) or [] if isinstance(one, Called)]
        removed = [one for one in entries if _name_of(objects, one) == name]
        if self._in_state:
            self._changed(state).options[option] = [one for one in entries if one not in removed]
        if not self._touches(state):
            return
        table = self.registry.table(state)
        if option == "indexes" or (removed and objects.is_index(removed[0])):
            self.drop_index(table, name, operation.line)
        else:
            self.drop_constraint(table, name, operation.line)

    def rename_index(self, operation: Called) -> None:
        """RenameIndex, by its old name or by the fields of an `index_together`."""
        state = self._model(_said(operation, 0, "model_name"))
        new, old = str(_said(operation, 1, "new_name")), _said(operation, 2, "old_name")
        table, fields = self.registry.table(state), as_list(_said(operation, 3, "old_fields"))
        changed = self._changed(state)
        objects = MetaObjects(self.editor, state)
        if fields:
            columns = tuple(self.editor.columns(state, [str(one) for one in fields]))
            old = next(iter(self.editor.names.find(table, "index", columns, set())), None)
            changed.options["index_together"] = [
                one for one in together(state.options.get("index_together")) if one != fields
            ]
            entries = [
                *(as_list(state.options.get("indexes")) or []),
                Called("django.db.models.Index", (), {"fields": fields, "name": new}),
            ]
        else:
            entries = [
                Called(one.path, one.args, {**one.kwargs, "name": new}, None, one.declaration, one.line)
                if isinstance(one, Called) and _name_of(objects, one) == old
                else one
                for one in as_list(state.options.get("indexes")) or []
            ]
        changed.options["indexes"] = entries
        if self._touches(state) and isinstance(old, str):
            self.sql(f"ALTER INDEX {self.editor.quoted(old)} RENAME TO {self.editor.quoted(new)}", operation.line)
            self.editor.names.rename(table, old, new)

    def alter_constraint(self, operation: Called) -> None:
        """AlterConstraint: the state only."""
        state = self._changed(self._model(_said(operation, 0, "model_name")))
        name, entry = _said(operation, 1, "name"), self.declarations.with_fields(_said(operation, 2, "constraint"))
        objects = MetaObjects(self.editor, state)
        entries = [
            one
            for one in as_list(state.options.get("constraints")) or []
            if isinstance(one, Called) and _name_of(objects, one) != name
        ]
        state.options["constraints"] = [*entries, entry]

    def validate(self, operation: Called) -> None:
        """ValidateConstraint."""
        state = self._model(_said(operation, 0, "model_name"))
        if self._touches(state):
            self.sql(
                f"ALTER TABLE {self.editor.table(state)} VALIDATE CONSTRAINT {self.editor.quoted(str(_said(operation, 1, 'name')))}",
                operation.line,
            )

    def run_sql(self, operation: Called) -> None:
        """RunSQL with its `state_operations`."""
        if self._in_database and self.is_physical:
            self._raw(_said(operation, 0, "sql"), operation.line)
        inner = as_list(_said(operation, 2, "state_operations")) or []
        self._only("state", inner)

    def _raw(self, value: Value, line: int) -> None:
        entries = [value] if isinstance(value, str) else as_list(value)
        if entries is None:
            if isinstance(value, Reference) and value.last == "noop":
                return
            raise UnsayableError("SQL that is known only when the program runs")
        for one in entries:
            text = one[0] if isinstance(one, tuple | list) and one else one
            if not isinstance(text, str):
                raise UnsayableError("SQL that is known only when the program runs")
            if isinstance(one, tuple | list) and len(one) > 1 and (given := as_list(one[1])):
                text = text.replace("%s", "{}").format(*(literal(inner, self.editor.engine) for inner in given))
            if text.strip():
                self.sql(text.strip().rstrip(";"), line)

    def separate(self, operation: Called) -> None:
        """SeparateDatabaseAndState."""
        self._only("database", as_list(_said(operation, 0, "database_operations")) or [])
        self._only("state", as_list(_said(operation, 1, "state_operations")) or [])

    def _only(self, which: str, operations: list[Value]) -> None:
        kept = self._in_state, self._in_database
        before = self.registry.copied()
        self._in_state, self._in_database = (
            (kept[0] or which == "database", False) if which == "state" else (True, kept[1])
        )
        for one in operations:
            self._run_one(one)
        self._in_state, self._in_database = kept
        if which == "database":
            self.registry.models = before.models

    def run_python(self, operation: Called) -> None:
        """RunPython is code."""
        code = _said(operation, 0, "code")
        if isinstance(code, Reference) and code.last != "noop":
            self.codes.append(f"{'.'.join(self._migration.node) if self._migration else ''} ({code.last})")

    def extension(self, operation: Called) -> None:
        """CreateExtension and its kin."""
        name = _EXTENSIONS.get(operation.last) or _said(operation, 0, "name")
        if self._in_database and isinstance(name, str) and self.is_physical:
            self.sql(f"CREATE EXTENSION IF NOT EXISTS {self.editor.quoted(name)}", operation.line)

    def collation(self, operation: Called) -> None:
        """CreateCollation."""
        if not self._in_database or not self.is_physical:
            return
        name, locale = str(_said(operation, 0, "name")), _said(operation, 1, "locale")
        parts = [f"locale = {literal(locale, self.editor.engine)}"]
        provider, deterministic = _said(operation, 2, "provider"), _said(operation, 3, "deterministic")
        if isinstance(provider, str) and provider != "libc":
            parts.append(f"provider = {provider}")
        if deterministic is False:
            parts.append("deterministic = false")
            self.editor.lax_collations.add(name)
        self.sql(f"CREATE COLLATION {self.editor.quoted(name)} ({', '.join(parts)})", operation.line)

    def nothing(self, _: Called) -> None:
        """What changes neither the database nor what follows from the state."""


def _said(operation: Called, position: int, name: str) -> Value:
    if name in operation.kwargs:
        return operation.kwargs[name]
    return operation.args[position] if len(operation.args) > position else None


def _name_of(objects: MetaObjects, value: Called) -> str | None:
    try:
        return objects.index_name(value)
    except UnsayableError:
        return None


_OPERATIONS: Mapping[str, Callable[[Replay, Called], None]] = {
    "CreateModel": Replay.create_model,
    "DeleteModel": Replay.delete_model,
    "AddField": Replay.add_field,
    "RemoveField": Replay.remove_field,
    "AlterField": Replay.alter_field,
    "RenameField": Replay.rename_field,
    "RenameModel": Replay.rename_model,
    "AlterModelTable": Replay.alter_table,
    "AlterModelTableComment": Replay.alter_comment,
    "AlterModelOptions": Replay.alter_options,
    "AlterModelManagers": Replay.nothing,
    "AlterUniqueTogether": Replay.alter_together,
    "AlterIndexTogether": Replay.alter_together,
    "AlterOrderWithRespectTo": Replay.alter_order,
    "AddIndex": Replay.add_meta,
    "AddIndexConcurrently": Replay.add_meta,
    "AddConstraint": Replay.add_meta,
    "AddConstraintNotValid": Replay.add_meta,
    "RemoveIndex": Replay.remove_meta,
    "RemoveIndexConcurrently": Replay.remove_meta,
    "RemoveConstraint": Replay.remove_meta,
    "AlterConstraint": Replay.alter_constraint,
    "ValidateConstraint": Replay.validate,
    "RenameIndex": Replay.rename_index,
    "RunSQL": Replay.run_sql,
    "RunPython": Replay.run_python,
    "SeparateDatabaseAndState": Replay.separate,
    "CreateExtension": Replay.extension,
    **dict.fromkeys(_EXTENSIONS, Replay.extension),
    "CreateCollation": Replay.collation,
    "RemoveCollation": Replay.nothing,
}
