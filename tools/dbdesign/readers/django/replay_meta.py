"""Operations on `Meta`: indexes, constraints, what is unique together, the order of rows."""

from __future__ import annotations

from dbdesign.readers.django.fields import FieldState
from dbdesign.readers.django.meta import MetaObjects
from dbdesign.readers.django.replay_state import ReplayedState, name_of, said
from dbdesign.readers.django.state import ModelState, together
from dbdesign.readers.django.values import Called, as_list


class MetaOperations(ReplayedState):
    """The operations on a model's indexes and constraints."""

    def alter_together(self, operation: Called) -> None:
        """AlterUniqueTogether and AlterIndexTogether."""
        option = "unique_together" if operation.last == "AlterUniqueTogether" else "index_together"
        old = self._model(said(operation, 0, "name"))
        before = together(old.options.get(option))
        state = self._changed(old)
        after = together(said(operation, 1, option))
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

    def alter_order(self, operation: Called) -> None:
        """AlterOrderWithRespectTo."""
        state = self._changed(self._model(said(operation, 0, "name")))
        had = bool(state.options.get("order_with_respect_to"))
        field_name = said(operation, 1, "order_with_respect_to")
        state.options["order_with_respect_to"] = field_name
        if not self._touches(state) or had == bool(field_name):
            return
        one = FieldState("_order", "IntegerField", {}, None, self.place(operation.line))
        if field_name:
            self.editor.add_column(state, one)
        else:
            self.sql(f"ALTER TABLE {self.editor.table(state)} DROP COLUMN {self.editor.quoted('_order')} CASCADE")

    def add_meta(self, operation: Called) -> None:
        """AddIndex, AddConstraint and their variants."""
        state = self._model(said(operation, 0, "model_name"))
        option = "indexes" if "Index" in operation.last else "constraints"
        entry = self.declarations.with_fields(said(operation, 1, "index" if option == "indexes" else "constraint"))
        if self._in_state:
            changed = self._changed(state)
            changed.options[option] = [*(as_list(changed.options.get(option)) or []), entry]
        if self._touches(state) and isinstance(entry, Called):
            objects = MetaObjects(self.editor, state)
            (objects.index if option == "indexes" else objects.constraint)(entry)
            if operation.last == "AddConstraintNotValid":
                sql, place = self.editor.out.later.pop()
                self.editor.out.later.append((f"{sql} NOT VALID", place))
            elif operation.last == "AddIndexConcurrently" and self.editor.in_use:
                sql, place = self.editor.out.later.pop()
                self.editor.out.later.append((sql.replace("CREATE INDEX", "CREATE INDEX CONCURRENTLY", 1), place))

    def remove_meta(self, operation: Called) -> None:
        """RemoveIndex and RemoveConstraint."""
        state = self._model(said(operation, 0, "model_name"))
        option = "indexes" if "Index" in operation.last else "constraints"
        name = str(said(operation, 1, "name"))
        objects = MetaObjects(self.editor, state)
        entries = [one for one in as_list(state.options.get(option)) or [] if isinstance(one, Called)]
        removed = [one for one in entries if name_of(objects, one) == name]
        if self._in_state:
            self._changed(state).options[option] = [one for one in entries if one not in removed]
        if not self._touches(state):
            return
        table = self.registry.table(state)
        if option == "indexes" or (removed and objects.is_index(removed[0])):
            self.drop_index(table, name, operation.line)
            if operation.last == "RemoveIndexConcurrently" and self.editor.in_use:
                sql, place = self.editor.out.tables.pop()
                self.editor.out.tables.append((sql.replace("DROP INDEX", "DROP INDEX CONCURRENTLY", 1), place))
        else:
            self.drop_constraint(table, name, operation.line)

    def rename_index(self, operation: Called) -> None:
        """RenameIndex, by its old name or by the fields of an `index_together`."""
        state = self._model(said(operation, 0, "model_name"))
        new, old = str(said(operation, 1, "new_name")), said(operation, 2, "old_name")
        table, fields = self.registry.table(state), as_list(said(operation, 3, "old_fields"))
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
                if isinstance(one, Called) and name_of(objects, one) == old
                else one
                for one in as_list(state.options.get("indexes")) or []
            ]
        changed.options["indexes"] = entries
        if self._touches(state) and isinstance(old, str):
            self.sql(f"ALTER INDEX {self.editor.quoted(old)} RENAME TO {self.editor.quoted(new)}", operation.line)
            self.editor.names.rename(table, old, new)

    def alter_constraint(self, operation: Called) -> None:
        """AlterConstraint: the state only."""
        state = self._changed(self._model(said(operation, 0, "model_name")))
        name, entry = said(operation, 1, "name"), self.declarations.with_fields(said(operation, 2, "constraint"))
        objects = MetaObjects(self.editor, state)
        entries = [
            one
            for one in as_list(state.options.get("constraints")) or []
            if isinstance(one, Called) and name_of(objects, one) != name
        ]
        state.options["constraints"] = [*entries, entry]

    def validate(self, operation: Called) -> None:
        """ValidateConstraint."""
        state = self._model(said(operation, 0, "model_name"))
        if self._touches(state):
            self.sql(
                f"ALTER TABLE {self.editor.table(state)} VALIDATE CONSTRAINT {self.editor.quoted(str(said(operation, 1, 'name')))}",
                operation.line,
            )
