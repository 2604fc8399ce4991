"""What PostgreSQL is told when a field, a model's name or its table changes.

Source: `alter_field`, `_alter_field`, `_alter_many_to_many` and `alter_db_table` of django.db.backends.base.schema,
`_alter_field` and `_alter_column_type_sql` of django.db.backends.postgresql.schema (Django 5.2).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dbdesign.readers.django.fields import AUTO, FieldState
from dbdesign.readers.django.literals import literal
from dbdesign.readers.django.meta import MetaObjects
from dbdesign.readers.django.physical import NamedKind
from dbdesign.readers.django.state import ModelState, Registry, UnsayableError
from dbdesign.readers.django.types import ColumnTypes
from dbdesign.readers.django.values import Called, as_list

if TYPE_CHECKING:
    from dbdesign.readers.django.replay import Replay

_NOT_OF_THE_DATABASE = frozenset(
    {"blank", "choices", "db_column", "editable", "error_messages", "help_text", "limit_choices_to", "on_delete", "related_name",
     "related_query_name", "validators", "verbose_name"}
)  # fmt: skip
"""`non_db_attrs` of django.db.models.Field."""


class Alteration:
    """One operation's changes; `before` is the state without them."""

    def __init__(self, replay: Replay, before: Registry) -> None:
        self.replay = replay
        self.editor = replay.editor
        self.before = before
        self.after = replay.registry
        self.old_types = ColumnTypes(before)
        self.types = replay.editor.types

    def field(self, old_state: ModelState, old: FieldState, state: ModelState, new: FieldState) -> None:
        """Change a field. Raises `UnsayableError` where Django would refuse."""
        if old.kind == "ManyToManyField" and new.kind == "ManyToManyField":
            self.many_to_many(old_state, old, state, new)
            return
        if not old.has_column and not new.has_column:
            return
        if not old.has_column or not new.has_column:
            raise UnsayableError("a column cannot become a many-to-many field, nor the other way round")
        if self._is_other(old, new):
            self.editor.out.flush()
            waiting = len(self.editor.names.deferred)
            _ColumnChange(self, old_state, old, state, new).carry_out()
            del self.editor.names.deferred[waiting:]  # an alteration's statements do not wait

    def _is_other(self, old: FieldState, new: FieldState) -> bool:
        if self.before.column(old) != self.after.column(new) or (old.kind, old.db_type) != (new.kind, new.db_type):
            return True
        return _of_the_database(old) != _of_the_database(new)

    def model(self, old: ModelState, new: ModelState) -> None:
        """Rename a model: its table, the keys that point to it, its many-to-many tables."""
        old_table, new_table = self.before.table(old), self.after.table(new)
        if old_table == new_table:
            return
        self.rename_table(old_table, new_table)
        for state, one in self._pointing(new):
            former = self.before.models[old.key if state.key == new.key else state.key]
            if one.kind == "ManyToManyField":
                self.many_to_many(former, former.fields[one.name], state, one)
            else:
                self.field(former, former.fields[one.name], state, one)
        for one in self.after.many_to_many(new):
            if self.after.related_key(new, one.get("to")) != new.key and not one.get("through"):
                self.many_to_many(old, old.fields[one.name], new, one)

    def _pointing(self, target: ModelState) -> Iterator[tuple[ModelState, FieldState]]:
        for state in list(self.after.models.values()):
            for one in state.fields.values():
                is_seen = one.is_relation and not str(one.get("related_name") or "").endswith("+")
                if (
                    (is_seen or one.kind == "ManyToManyField")
                    and self.after.related_key(state, one.get("to")) == target.key
                    and state.is_managed
                ):
                    yield state, one

    def table(self, old: ModelState, new: ModelState) -> None:
        """Rename a model's table and those of its many-to-many fields."""
        self.rename_table(self.before.table(old), self.after.table(new))
        for one in self.after.many_to_many(new):
            former, through = self.before.through(old, one), self.after.through(new, one)
            if former is not None and through is not None:
                self.rename_table(self.before.table(former), self.after.table(through))

    def rename_table(self, old: str, new: str) -> None:
        """ALTER TABLE … RENAME TO, where the names differ."""
        if old != new:
            self.replay.sql(f"ALTER TABLE {self.editor.quoted(old)} RENAME TO {self.editor.quoted(new)}")
            self.editor.names.rename_table(old, new)
            self.replay.rename_deferred(old, new)

    def many_to_many(self, old_state: ModelState, old: FieldState, state: ModelState, new: FieldState) -> None:
        """Rename the table of a many-to-many field, and point its keys to what it links now."""
        former, through = self.before.through(old_state, old), self.after.through(state, new)
        if former is None or through is None:
            return
        self.rename_table(self.before.table(former), self.after.table(through))
        pairs = list(zip(former.fields.values(), through.fields.values(), strict=True))
        for one, other in reversed(pairs):
            self.field(former, one, through, other)


class _ColumnChange:
    """The change of one column, in Django's order of steps."""

    def __init__(
        self, alteration: Alteration, old_state: ModelState, old: FieldState, state: ModelState, new: FieldState
    ) -> None:
        self.alteration, self.replay, self.editor = alteration, alteration.replay, alteration.editor
        self.old_state, self.old, self.state, self.new = old_state, old, state, new
        self.table = alteration.after.table(state)
        self.quoted_table = self.editor.quoted(self.table)
        self.old_column, self.column = alteration.before.column(old), alteration.after.column(new)
        self.old_type = alteration.old_types.type(old_state, old)
        self.type = alteration.types.type(state, new)
        self.own_names = {
            name
            for option in ("constraints", "indexes")
            for one in as_list(state.options.get(option)) or []
            if isinstance(one, Called) and (name := self._name(one))
        }

    def _name(self, one: Called) -> str | None:
        try:
            return MetaObjects(self.editor, self.state).index_name(one)
        except UnsayableError:
            return None

    def carry_out(self) -> None:
        """All steps."""
        old, new = self.old, self.new
        had_key = _has_constraint(old) and not self.alteration.before.is_stranger(self.old_state, old)
        if had_key:
            self._drop("foreign")
        if old.is_unique and (not new.is_unique or (new.flag("primary_key") and not old.flag("primary_key"))):
            self._drop("unique")
        referring = self._referring()
        for state, one in referring:
            self._drop_of(self.alteration.after.table(state), self.alteration.after.column(one), "foreign")
        if old.flag("db_index") and not old.is_unique and (not new.flag("db_index") or new.is_unique):
            self._drop("index")
        old_check, check = (self.editor.types.check(one, "x") for one in (old, new))
        if old_check and old_check != check:
            self._drop("check")
        self._rename()
        self._retype()
        self._keys()
        self._indexes()
        for state, one in referring:
            self._retype_referring(state, one)
        if (
            _has_constraint(new)
            and (had_key or not _has_constraint(old))
            and not self.alteration.after.is_stranger(self.state, new)
        ):
            self.editor.add_foreign_key(self.state, new)
        for state, one in referring:
            if one.get("db_constraint", True) is not False:
                self.editor.add_foreign_key(state, one, "_fk")
        if check and old_check != check:
            name = self.editor.registry.names.index(self.table, [self.column], "_check")
            condition = self.editor.types.check(new, self.editor.quoted(self.column))
            self._alter(f"ADD CONSTRAINT {self.editor.quoted(name)} CHECK ({condition})")
            self.editor.names.add(self.table, "check", (self.column,), name)
        self._like()

    def _drop(self, kind: NamedKind) -> None:
        self._drop_of(self.table, self.old_column, kind)

    def _drop_of(self, table: str, column: str, kind: NamedKind) -> None:
        for name in self.editor.names.find(table, kind, (column,), self.own_names):
            if kind == "index":
                self.replay.drop_index(table, name)
            else:
                self.replay.drop_constraint(table, name)

    def _referring(self) -> list[tuple[ModelState, FieldState]]:
        """The foreign keys to this column, where its type changes."""
        both = (self.old.flag("primary_key") and self.new.flag("primary_key")) or (
            self.old.is_unique and self.new.is_unique
        )
        if not both or (self.old_type == self.type and self._collation(self.old) == self._collation(self.new)):
            return []
        found: list[tuple[ModelState, FieldState]] = []
        after = self.alteration.after
        for state in [*after.models.values(), *self._throughs()]:
            if state.is_managed:
                found += [
                    (state, one) for one in state.fields.values() if one.is_relation and self._points_here(state, one)
                ]
        return found

    def _throughs(self) -> Iterator[ModelState]:
        after = self.alteration.after
        for state in list(after.models.values()):
            for one in after.many_to_many(state):
                through = after.through(state, one)
                if through is not None and state.is_managed:
                    yield through

    def _points_here(self, state: ModelState, one: FieldState) -> bool:
        after = self.alteration.after
        if after.related_key(state, one.get("to")) != self.state.key:
            return False
        name = one.get("to_field")
        return name == self.new.name if isinstance(name, str) and name else self.new.flag("primary_key")

    def _collation(self, one: FieldState) -> str | None:
        said = one.get("db_collation")
        return said if isinstance(said, str) and said else None

    def _rename(self) -> None:
        if self.old_column != self.column:
            self._alter(f"RENAME COLUMN {self.editor.quoted(self.old_column)} TO {self.editor.quoted(self.column)}")
            self.editor.names.rename_column(self.table, self.old_column, self.column)
            self.replay.rename_deferred(self.table, self.table, self.old_column, self.column)

    def _alter(self, change: str) -> None:
        self.replay.sql(f"ALTER TABLE {self.quoted_table} {change}")

    def _retype(self) -> None:
        old, new, column = self.old, self.new, self.editor.quoted(self.column)
        was, is_auto = old.kind in AUTO, new.kind in AUTO
        if was and not is_auto:
            self._alter(f"ALTER COLUMN {column} DROP IDENTITY IF EXISTS")
        collation = self._collation(new)
        if self.old_type != self.type or self._collation(old) != collation:
            self._drop_like_of_other_type()
            clause = f" COLLATE {self.editor.quoted(collation)}" if collation else ""
            self._alter(f"ALTER COLUMN {column} TYPE {self.type}{clause} USING {column}::{self.type}")
        if is_auto and was and self.old_type != self.type:
            for name in self.editor.names.find(self.table, "sequence", (self.column,), set()):
                self.replay.sql(f"ALTER SEQUENCE {self.editor.quoted(name)} AS {self.type}")
        if is_auto and not was:
            self._alter(f"ALTER COLUMN {column} ADD GENERATED BY DEFAULT AS IDENTITY")
        self._default()
        if old.flag("null") != new.flag("null"):
            self._alter(f"ALTER COLUMN {column} {'DROP' if new.flag('null') else 'SET'} NOT NULL")
        if old.get("db_comment") != new.get("db_comment"):
            comment = new.get("db_comment") or ""
            self.replay.sql(f"COMMENT ON COLUMN {self.quoted_table}.{column} IS {literal(comment, self.editor.engine)}")

    def _default(self) -> None:
        old, new = (self._default_of(one) for one in (self.old, self.new))
        if old == new:
            return
        column = self.editor.quoted(self.column)
        self._alter(f"ALTER COLUMN {column} SET DEFAULT {new}" if new else f"ALTER COLUMN {column} DROP DEFAULT")

    def _default_of(self, one: FieldState) -> str | None:
        return self.editor.default_sql(self.state if one is self.new else self.old_state, one)

    def _drop_like_of_other_type(self) -> None:
        if not (self.old.flag("db_index") or self.old.is_unique):
            return
        for word in ("varchar", "text", "citext"):
            if self.old_type.startswith(word) and not self.type.startswith(word):
                self._drop_like()

    def _drop_like(self) -> None:
        name = self.editor.registry.names.index(self.table, [self.old_column], "_like")
        self.replay.drop_index(self.table, name)

    def _keys(self) -> None:
        old, new = self.old, self.new
        if old.flag("primary_key") and not new.flag("primary_key"):
            self._drop_primary()
        if new.flag("unique") and not new.flag("primary_key") and (not old.is_unique or old.flag("primary_key")):
            name = self.editor.registry.names.index(self.table, [self.column], "_uniq")
            self.editor.add_unique(self.state, name, [self.column])
            self.editor.out.flush()
        if new.flag("primary_key") and not old.flag("primary_key"):
            self._drop_primary()
            name = self.editor.registry.names.index(self.table, [self.column], "_pk")
            self._alter(f"ADD CONSTRAINT {self.editor.quoted(name)} PRIMARY KEY ({self.editor.quoted(self.column)})")
            self.editor.names.add(self.table, "primary", (self.column,), name)

    def _drop_primary(self) -> None:
        for one in list(self.editor.names.by_table.get(self.table, [])):
            if one.kind == "primary":
                self.replay.drop_constraint(self.table, one.name)

    def _indexes(self) -> None:
        old, new = self.old, self.new
        if (not old.flag("db_index") or old.is_unique) and new.flag("db_index") and not new.is_unique:
            name = self.editor.registry.names.index(self.table, [self.column])
            self.editor.add_index(self.state, name, [self.editor.quoted(self.column)], columns=(self.column,))
            self.editor.out.flush()

    def _retype_referring(self, state: ModelState, one: FieldState) -> None:
        kind = self.alteration.types.type(state, one)
        column = self.editor.quoted(self.alteration.after.column(one))
        collation = self._collation(self.new)
        clause = f" COLLATE {self.editor.quoted(collation)}" if collation else ""
        table = self.editor.quoted(self.alteration.after.table(state))
        self.replay.sql(f"ALTER TABLE {table} ALTER COLUMN {column} TYPE {kind}{clause} USING {column}::{kind}")

    def _like(self) -> None:
        old, new = self.old, self.new
        added = (not (old.flag("db_index") or old.is_unique) and new.flag("db_index")) or (
            not old.is_unique and new.is_unique
        )
        changed = (old.flag("db_index") or old.is_unique) and any(
            self.old_type.startswith(word) and not self.type.startswith(word) for word in ("varchar", "text", "citext")
        )
        if added or changed:
            self.editor.like_index(self.state, new)
            self.editor.out.flush()
        if old.is_unique and not (new.flag("db_index") or new.is_unique):
            self._drop_like()


def _has_constraint(one: FieldState) -> bool:
    return one.is_relation and one.get("db_constraint", True) is not False


def _of_the_database(one: FieldState) -> dict[str, str]:
    """What of a field the database may notice, comparable."""
    found = {name: value for name, value in one.arguments.items() if name not in _NOT_OF_THE_DATABASE}
    to = found.get("to")
    if isinstance(to, str):
        found["to"] = to.lower()
    return {name: repr(value) for name, value in sorted(found.items())}
