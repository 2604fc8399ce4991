"""The statements with which Django makes the table of a model, its indexes and its constraints.

Source: `table_sql`, `column_sql`, `_model_indexes_sql` and `_create_unique_sql` of django.db.backends.base.schema, and what
django.db.backends.{postgresql,mysql,sqlite3}.schema and django.contrib.gis.db.backends.postgis.schema do otherwise (Django 5.2).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from dbdesign.dialects.postgresql import chosen_name
from dbdesign.model.schema import Engine
from dbdesign.readers.django.expressions import Expressions
from dbdesign.readers.django.fields import GEOMETRIES, FieldState
from dbdesign.readers.django.first_values import first_value
from dbdesign.readers.django.literals import literal
from dbdesign.readers.django.meta import MetaObjects
from dbdesign.readers.django.physical import Deferred, NamedKind, PhysicalNames
from dbdesign.readers.django.state import ModelState, Registry, UnsayableError, together
from dbdesign.readers.django.statements import Statements
from dbdesign.readers.django.types import ColumnTypes, is_call
from dbdesign.readers.django.values import Called, Negated, Operated, Reference

T = TypeVar("T")
_MYSQL = frozenset({Engine.MYSQL, Engine.TIDB})
_DELETES = {"DB_CASCADE": "CASCADE", "DB_SET_NULL": "SET NULL", "DB_SET_DEFAULT": "SET DEFAULT"}
"""Django 6.1's actions of the database; all others are Python's."""


class SchemaEditor:
    """Writes what Django's schema editor of the same engine would run.

    Args:
        in_use: whether statements are written as they run on tables with rows, though the schema comes out the same: what the rows that
            are there get in a column that is added, and CONCURRENTLY.
    """

    def __init__(self, registry: Registry, out: Statements, *, in_use: bool = False) -> None:
        self.registry = registry
        self.types = ColumnTypes(registry)
        self.out = out
        self.engine = registry.engine
        self.names = PhysicalNames()
        self.lax_collations: set[str] = set()
        self.in_use = in_use

    def expressions(self, state: ModelState) -> Expressions:
        """The compiler of expressions over a model."""
        return Expressions(self.types, state)

    def quoted(self, name: str) -> str:
        """A name in the engine's quotation marks."""
        return Expressions(self.types, ModelState("", "")).quoted(name)

    def table(self, state: ModelState) -> str:
        """The quoted name of its table."""
        return self.quoted(self.registry.table(state))

    def said(self, say: Callable[..., T], place: tuple[str, int], what: str, *args: object) -> T | None:
        """Do something, and note what could not be said; None then."""
        try:
            return say(*args)
        except UnsayableError as error:
            self.out.miss(place, what, f"{error}")
            return None

    def create_model(self, state: ModelState) -> None:
        """The table, its keys and indexes, and the tables of its many-to-many fields."""
        table = self.registry.table(state)
        self.out.labels[_label(table)] = state.place
        definitions: list[str] = []
        made: list[FieldState] = []
        for one in self.registry.fields(state):
            if (definition := self.said(self._defined, one.place, f"{state.name}.{one.name}", state, one)) is not None:
                definitions.append(definition)
                made.append(one)
        self._composite(state, definitions)
        self.out.tables.append((f"CREATE TABLE {self.table(state)} ({', '.join(definitions)})", state.place))
        self._comment(state, self.registry.table(state))
        for one in made:
            self.said(self.field_extras, one.place, f"{state.name}.{one.name}", state, one)
        self.meta(state)
        for one in self.registry.many_to_many(state):
            self.said(self.create_through, one.place, f"{state.name}.{one.name}", state, one)

    def create_through(self, state: ModelState, one: FieldState) -> None:
        """The table of a many-to-many field, where Django makes it."""
        through = self.registry.through(state, one)
        if through is not None:
            self.create_model(through)

    def meta(self, state: ModelState) -> None:
        """What the options of a model ask for."""
        objects = MetaObjects(self, state)
        for names in together(state.options.get("unique_together")):
            self.said(self.unique_together, state.place, f"unique_together of {state.name}", state, names)
        for names in together(state.options.get("index_together")):
            self.said(self.index_together, state.place, f"index_together of {state.name}", state, names)
        for index in _entries(state, "indexes", self.out):
            self.said(objects.index, state.place, f"an index of {state.name}", index)
        for constraint in _entries(state, "constraints", self.out):
            self.said(objects.constraint, state.place, f"a constraint of {state.name}", constraint)

    def unique_together(self, state: ModelState, names: list[str]) -> None:
        """A unique constraint under the name that Django makes up."""
        columns = self.columns(state, names)
        name = self.deferred_name("unique", self.registry.table(state), columns, "_uniq")
        self.add_unique(state, name, columns)

    def index_together(self, state: ModelState, names: list[str]) -> None:
        """An index of `index_together` (gone since Django 5.1)."""
        columns = self.columns(state, names)
        name = self.deferred_name("index", self.registry.table(state), columns, "_idx")
        self.add_index(state, name, [self.quoted(one) for one in columns], columns=tuple(columns))

    def deferred_name(self, kind: NamedKind, table: str, columns: list[str], suffix: str) -> str:
        """A name that Django makes up for a statement that waits for the end of the migration."""
        name = self.registry.names.index(table, columns, suffix)
        self.names.deferred.append(Deferred(kind, table, columns, suffix, name))
        return name

    def columns(self, state: ModelState, names: list[str]) -> list[str]:
        """The columns of some fields."""
        return [self.registry.column(self.registry.field(state, name)) for name in names]

    def add_unique(self, state: ModelState, name: str, columns: list[str]) -> None:
        """A unique constraint, or the unique index that it is on SQLite."""
        table = self.registry.table(state)
        self.out.labels[f"{_label(table)}.{name}"] = state.place
        listed = ", ".join(self.quoted(one) for one in columns)
        if self.engine is Engine.SQLITE:
            sql = f"CREATE UNIQUE INDEX {self.quoted(name)} ON {self.quoted(table)} ({listed})"
        else:
            sql = f"ALTER TABLE {self.quoted(table)} ADD CONSTRAINT {self.quoted(name)} UNIQUE ({listed})"
        self.names.add(table, "unique", tuple(columns), name)
        self.out.later.append((sql, state.place))

    def add_index(
        self,
        state: ModelState,
        name: str,
        keys: list[str],
        *,
        using: str = "",
        tail: str = "",
        unique: bool = False,
        columns: tuple[str, ...] = (),
    ) -> None:
        """CREATE INDEX; `keys` are SQL already, `columns` the columns that it is over."""
        table = self.registry.table(state)
        self.names.add(table, "unique" if unique else "index", columns, name)
        self.out.labels[f"{_label(table)}.{name}"] = state.place
        word = "UNIQUE INDEX" if unique else "INDEX"
        method = f" USING {using}" if using and self.types.is_postgresql else ""
        self.out.later.append(
            (
                f"CREATE {word} {self.quoted(name)} ON {self.quoted(table)}{method} ({', '.join(keys)}){tail}",
                state.place,
            )
        )

    def _defined(self, state: ModelState, one: FieldState) -> str:
        self._note_names(state, one)
        return f"{self.quoted(self.registry.column(one))} {self.column_sql(state, one)}{self._inline_key(state, one)}"

    def _note_names(self, state: ModelState, one: FieldState) -> None:
        """Where the column is declared, and the names that PostgreSQL chooses for what is said in line."""
        table, column = self.registry.table(state), self.registry.column(one)
        self.out.labels[f"{_label(table)}.{column}"] = one.place
        if one.flag("primary_key"):
            self.names.add(table, "primary", (column,), chosen_name(table, suffix="pkey"))
        elif one.flag("unique"):
            self.names.add(table, "unique", (column,), chosen_name(table, column, "key"))
        if self.types.suffix(one):
            self.names.add(table, "sequence", (column,), chosen_name(table, column, "seq"))
        if self.types.check(one, "x"):
            self.names.add(table, "check", (column,), chosen_name(table, column, "check"))

    def add_column(self, state: ModelState, one: FieldState) -> None:
        """ALTER TABLE … ADD COLUMN, its foreign key and its indexes. Raises `UnsayableError`."""
        definition = self._defined(state, one)
        self.out.flush()
        first = self._first_value(state, one) if self.in_use else None
        column = self.quoted(self.registry.column(one))
        if first is not None:
            definition = f"{definition} DEFAULT {first}"
        self.out.tables.append((f"ALTER TABLE {self.table(state)} ADD COLUMN {definition}", one.place))
        if first is not None:
            self.out.tables.append((f"ALTER TABLE {self.table(state)} ALTER COLUMN {column} DROP DEFAULT", one.place))
        self.field_extras(state, one)

    def _first_value(self, state: ModelState, one: FieldState) -> str | None:
        resolved = self.types.resolved(state, one) if one.is_relation else one
        return first_value(one, resolved, self.types.type(state, one))

    def _inline_key(self, state: ModelState, one: FieldState) -> str:
        if (
            self.engine is not Engine.SQLITE
            or not one.is_relation
            or one.get("db_constraint", True) is False
            or self.registry.is_stranger(state, one)
        ):
            return ""
        other, target = self.registry.target(state, one)
        action = self._on_delete(one)
        return f" REFERENCES {self.table(other)} ({self.quoted(self.registry.column(target))}){action} DEFERRABLE INITIALLY DEFERRED"

    def column_sql(self, state: ModelState, one: FieldState) -> str:
        """Everything that follows the column's name. Raises `UnsayableError`."""
        quoted = self.quoted(self.registry.column(one))
        kind = self.types.type(state, one)
        self._needs(state, one)
        parts = [kind]
        if collation := self._collation(state, one):
            parts.append(f"COLLATE {self.quoted(collation)}")
        if default := self.default_sql(state, one):
            parts.append(f"DEFAULT {default}")
        if one.kind == "GeneratedField":
            stored = "STORED" if one.get("db_persist") is True else "VIRTUAL"
            parts.append(f"GENERATED ALWAYS AS ({self.expression(state, one)}) {stored}")
        is_null = one.flag("null") and not one.flag("primary_key")
        if one.kind != "GeneratedField":
            parts.append("NULL" if is_null else "NOT NULL")
        if one.flag("primary_key"):
            parts.append("PRIMARY KEY")
        elif one.flag("unique") and one.kind not in GEOMETRIES:
            parts.append("UNIQUE")
        if suffix := self.types.suffix(one):
            parts.append(suffix)
        if check := self.types.check(self._checked(state, one), quoted):
            parts.append(f"CHECK ({check})")
        if (comment := one.get("db_comment")) and self.engine in _MYSQL:
            parts.append(f"COMMENT {literal(comment, self.engine)}")
        return " ".join(parts)

    def _checked(self, state: ModelState, one: FieldState) -> FieldState:
        """The field whose check applies: a generated column has its output field's."""
        return self.types.output(one, state) if one.kind == "GeneratedField" else one

    def expression(self, state: ModelState, one: FieldState) -> str:
        """A GeneratedField's expression."""
        return self.expressions(state).sql(one.get("expression"), self.types.output(one, state))

    def _collation(self, state: ModelState, one: FieldState, depth: int = 0) -> str | None:
        if one.is_relation and self.registry.is_stranger(state, one):
            return None
        if one.is_relation and depth < 30:
            return self._collation(*self.registry.target(state, one), depth + 1)
        inner = self.types.output(one, state) if one.kind == "GeneratedField" else one
        said = inner.get("db_collation")
        return said if isinstance(said, str) and said else None

    def default_sql(self, state: ModelState, one: FieldState) -> str | None:
        """The default of the database; None for none."""
        if "db_default" not in one.arguments or isinstance(one.get("db_default"), Reference):
            return None
        value = one.get("db_default")
        if isinstance(value, Called | Operated | Negated):
            sql = self.expressions(state).sql(value, self.types.resolved(state, one))
            return sql if is_call(value, "Value") and self.engine not in {Engine.MYSQL, Engine.SQLITE} else f"({sql})"
        return literal(value, self.engine, self.types.resolved(state, one))

    def _needs(self, state: ModelState, one: FieldState) -> None:
        resolved = self.types.resolved(state, one) if one.is_relation else one
        if resolved.kind in {"HStoreField", "CITextField"} and self.types.is_postgresql:
            self.out.extensions.add("hstore" if resolved.kind == "HStoreField" else "citext")
        if resolved.kind in GEOMETRIES and self.types.is_postgresql:
            self.out.extensions.add("postgis")

    def _composite(self, state: ModelState, definitions: list[str]) -> None:
        names = self.registry.composite_key(state)
        columns = (
            self.said(self.columns, state.place, f"the primary key of {state.name}", state, names) if names else None
        )
        if columns:
            definitions.append(f"PRIMARY KEY ({', '.join(map(self.quoted, columns))})")

    def field_extras(self, state: ModelState, one: FieldState) -> None:
        """A foreign key's constraint, a field's indexes and comment."""
        if one.is_relation and self.registry.is_stranger(state, one):
            other = one.get("to") or "the model that it refers to"
            kind = self.types.type(state, one)
            reason = f"{other} is not in the sources: the column is taken for {kind}, without the constraint"
            self.out.miss(one.place, f"{state.name}.{one.name}", reason)
        elif one.is_relation and one.get("db_constraint", True) is not False and self.engine is not Engine.SQLITE:
            self.add_foreign_key(state, one)
        self.field_indexes(state, one)
        comment = one.get("db_comment")
        if isinstance(comment, str) and comment and self.types.is_postgresql:
            self.comment(f"COLUMN {self.table(state)}.{self.quoted(self.registry.column(one))}", comment, one.place)

    def foreign_key_name(self, state: ModelState, one: FieldState, suffix: str | None = None) -> str:
        """`table_column_digest_fk_target_column`."""
        from dbdesign.readers.django.naming import bare

        other, target = self.registry.target(state, one)
        if suffix is None:
            suffix = f"_fk_{bare(self.registry.table(other))}_{self.registry.column(target)}"
        return self.deferred_name("foreign", self.registry.table(state), [self.registry.column(one)], suffix)

    def add_foreign_key(self, state: ModelState, one: FieldState, suffix: str | None = None) -> None:
        """ALTER TABLE … ADD CONSTRAINT … FOREIGN KEY."""
        other, target = self.registry.target(state, one)
        name = self.foreign_key_name(state, one, suffix)
        self.out.labels[f"{_label(self.registry.table(state))}.{name}"] = one.place
        deferrable = " DEFERRABLE INITIALLY DEFERRED" if self.types.is_postgresql else ""
        sql = (
            f"ALTER TABLE {self.table(state)} ADD CONSTRAINT {self.quoted(name)} FOREIGN KEY ({self.quoted(self.registry.column(one))}) "
            f"REFERENCES {self.table(other)} ({self.quoted(self.registry.column(target))}){self._on_delete(one)}{deferrable}"
        )
        self.names.add(self.registry.table(state), "foreign", (self.registry.column(one),), name)
        self.out.keys.append((sql, one.place))

    def _on_delete(self, one: FieldState) -> str:
        said = one.get("on_delete")
        action = _DELETES.get(said.last) if isinstance(said, Reference) else None
        return f" ON DELETE {action}" if action else ""

    def is_indexed(self, one: FieldState) -> bool:
        """Whether a field has an index of its own."""
        if one.kind in GEOMETRIES:
            return one.get("spatial_index", True) is not False
        if one.is_relation and self.engine in _MYSQL and one.get("db_constraint", True) is not False:
            return False  # InnoDB makes one for the constraint
        return one.flag("db_index") and not one.is_unique

    def field_indexes(self, state: ModelState, one: FieldState) -> None:
        """The index of a field, and on PostgreSQL the one for LIKE."""
        table, column = self.registry.table(state), self.registry.column(one)
        if self.is_indexed(one):
            if one.kind in GEOMETRIES:
                self._spatial_index(state, one)
                return
            self.add_index(
                state, self.deferred_name("index", table, [column], ""), [self.quoted(column)], columns=(column,)
            )
        self.like_index(state, one)

    def like_index(self, state: ModelState, one: FieldState) -> None:
        """PostgreSQL: an index with a pattern operator class beside each index of a text."""
        if not self.types.is_postgresql or not (one.flag("db_index") or one.is_unique):
            return
        kind = self.types.type(state, one)
        word = "varchar" if kind.startswith("varchar") else "text" if kind.startswith("text") else None
        if word is None or "[" in kind or self._collation(state, one) in self.lax_collations:
            return
        column = self.registry.column(one)
        name = self.deferred_name("index", self.registry.table(state), [column], "_like")
        self.add_index(state, name, [f"{self.quoted(column)} {word}_pattern_ops"], columns=(column,))

    def _spatial_index(self, state: ModelState, one: FieldState) -> None:
        if not self.types.is_postgresql:
            return
        column = self.registry.column(one)
        name = self.registry.names.index(self.registry.table(state), [column], "_id")
        key = self.quoted(column)
        if one.kind == "RasterField":
            key = f"ST_ConvexHull({key})"
        elif one.get("dim", 2) == 3 and not one.flag("geography"):
            key = f"{key} gist_geometry_ops_nd"
        self.add_index(state, name, [key], using="gist", columns=(column,))

    def _comment(self, state: ModelState, table: str) -> None:
        comment = state.options.get("db_table_comment")
        if isinstance(comment, str) and comment and self.types.is_postgresql:
            self.comment(f"TABLE {self.quoted(table)}", comment, state.place)

    def comment(self, what: str, comment: str, place: tuple[str, int]) -> None:
        """COMMENT ON."""
        self.out.later.append((f"COMMENT ON {what} IS {literal(comment, self.engine)}", place))


def _entries(state: ModelState, name: str, out: Statements) -> list[Called]:
    value = state.options.get(name)
    if value is None:
        return []
    if not isinstance(value, list | tuple):
        out.miss(state.place, f"Meta.{name} of {state.name}", "is known only when the program runs")
        return []
    found = [one for one in value if isinstance(one, Called)]
    for one in value:
        if not isinstance(one, Called):
            out.miss(state.place, f"Meta.{name} of {state.name}", "an entry that is known only when the program runs")
    return found


def _label(table: str) -> str:
    return table.replace('"."', ".").strip('"')
