"""Carries out the operations of Django migrations on a state and, for PostgreSQL, as SQL.

Source: django.db.migrations.operations.{models,fields,special} and django.contrib.postgres.operations of Django 5.2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dbdesign.readers.django.alteration import Alteration
from dbdesign.readers.django.fields import FieldState
from dbdesign.readers.django.linearise import linearised
from dbdesign.readers.django.literals import literal
from dbdesign.readers.django.replay_meta import MetaOperations
from dbdesign.readers.django.replay_special import EXTENSIONS, SpecialOperations
from dbdesign.readers.django.replay_state import said
from dbdesign.readers.django.state import Key, ModelState, UnsayableError, together
from dbdesign.readers.django.values import Called, ClassValue, Value, as_list


class Replay(MetaOperations, SpecialOperations):
    """Carries out operations, one after another."""

    def _run_one(self, operation: Value) -> None:
        if not isinstance(operation, Called):
            self._miss(operation, "an operation that is known only when the program runs", 0)
            return
        handler = _OPERATIONS.get(operation.last) or self._inherited(operation)
        if handler is None:
            self._miss(operation, f"{operation.path} is no operation of Django's", operation.line)
            return
        try:
            handler(self, operation)
        except (UnsayableError, KeyError, IndexError) as error:
            reason = f"{error}" if isinstance(error, UnsayableError) else f"{error} is not in the state"
            self._miss(operation, reason, operation.line)

    def _inherited(self, operation: Called) -> Callable[[Replay, Called], None] | None:
        """What Django does for an operation of the project's own that derives from one of Django's; that it may do more is noted."""
        evaluator = self.registry.evaluator
        if operation.declaration is None or evaluator is None:
            return None
        strangers = linearised(operation.declaration, evaluator)[1]
        base = next((one.last for one in strangers if one.last in _OPERATIONS), None)
        if base is None:
            return None
        self._miss(operation, f"is the project's own: taken for {base}, whatever else it does", operation.line)
        return _OPERATIONS[base]

    def create_model(self, operation: Called) -> None:
        """CreateModel."""
        name = str(said(operation, 0, "name"))
        options = said(operation, 2, "options") or {}
        state = ModelState(self.app, name, {}, {}, [], self.place(operation.line))
        given = (
            {str(key): self.declarations.with_fields(value) for key, value in options.items()}
            if isinstance(options, dict)
            else {}
        )
        state.options.update(given)
        for base in as_list(said(operation, 3, "bases") or ()) or []:
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
        for entry in as_list(said(operation, 1, "fields") or ()) or []:
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
        state = self._model(said(operation, 0, "name"))
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

    def add_field(self, operation: Called) -> None:
        """AddField."""
        before = self._model(said(operation, 0, "model_name"))
        name = str(said(operation, 1, "name"))
        one = self._field(name, said(operation, 2, "field"), operation.line)
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
        state = self._model(said(operation, 0, "model_name"))
        name = str(said(operation, 1, "name"))
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
        state = self._model(said(operation, 0, "model_name"))
        name = str(said(operation, 1, "name"))
        old = state.fields[name]
        new = self._field(name, said(operation, 2, "field"), operation.line)
        changed = self._changed(state) if self._in_state else state.copied()
        changed.fields[name] = new
        if self._touches(changed):
            Alteration(self, before).field(state, old, changed, new)

    def rename_field(self, operation: Called) -> None:
        """RenameField."""
        before = self.registry.copied()
        state = self._model(said(operation, 0, "model_name"))
        old_name, new_name = str(said(operation, 1, "old_name")), str(said(operation, 2, "new_name"))
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
        old = self._model(said(operation, 0, "old_name"))
        new_name = str(said(operation, 1, "new_name"))
        renamed = old.copied()
        renamed.name = new_name
        self.registry.models = {
            (renamed.key if key == old.key else key): (renamed if key == old.key else one)
            for key, one in self.registry.models.items()
        }
        self._follow_model(old.key, renamed)
        renamed = self.registry.models[renamed.key]
        if self._touches(renamed):
            Alteration(self, before).model(old, renamed)

    def _follow_model(self, old: Key, renamed: ModelState) -> None:
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
        old = self._model(said(operation, 0, "name"))
        changed = self._changed(old)
        table = said(operation, 1, "table")
        changed.options.pop("db_table", None)
        if isinstance(table, str) and table:
            changed.options["db_table"] = table
        if self._touches(changed):
            Alteration(self, before).table(old, changed)

    def alter_options(self, operation: Called) -> None:
        """AlterModelOptions: nothing of the database, but whether Django makes the table."""
        state = self._changed(self._model(said(operation, 0, "name")))
        options = said(operation, 1, "options")
        managed = options.get("managed") if isinstance(options, dict) else None
        state.options.pop("managed", None)
        if managed is False:
            state.options["managed"] = False

    def alter_comment(self, operation: Called) -> None:
        """AlterModelTableComment."""
        state = self._changed(self._model(said(operation, 0, "name")))
        comment = said(operation, 1, "table_comment")
        state.options["db_table_comment"] = comment
        if self._touches(state):
            self.sql(
                f"COMMENT ON TABLE {self.editor.table(state)} IS {literal(comment or '', self.editor.engine)}",
                operation.line,
            )

    def nothing(self, _: Called) -> None:
        """What changes neither the database nor what follows from the state."""


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
    **dict.fromkeys(EXTENSIONS, Replay.extension),
    "CreateCollation": Replay.collation,
    "RemoveCollation": Replay.nothing,
}
