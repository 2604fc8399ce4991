"""`Meta.indexes` and `Meta.constraints` as SQL.

Source: django.db.models.indexes, django.db.models.constraints, django.contrib.postgres.{indexes,constraints} of Django 5.2.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dbdesign.model.schema import Engine
from dbdesign.readers.django.naming import meta_index
from dbdesign.readers.django.state import ModelState, UnsayableError
from dbdesign.readers.django.values import Called, Reference, Value, as_list

if TYPE_CHECKING:
    from dbdesign.readers.django.ddl import SchemaEditor

_METHODS = {"GinIndex": "gin", "GistIndex": "gist", "BrinIndex": "brin", "BTreeIndex": "btree", "HashIndex": "hash",
            "SpGistIndex": "spgist", "BloomIndex": "bloom"}  # fmt: skip
_THIRD_PARTY_METHODS = {"HnswIndex": "hnsw", "IvfflatIndex": "ivfflat"}
_STORAGE = ("fastupdate", "gin_pending_list_limit", "buffering", "fillfactor", "autosummarize", "pages_per_range", "deduplicate_items",
            "length")  # fmt: skip
_DERIVED_INDEX = re.compile(r"(\w*Index)\Z")


class MetaObjects:
    """Writes the indexes and constraints of one model."""

    def __init__(self, editor: SchemaEditor, state: ModelState) -> None:
        self.editor = editor
        self.state = state
        self.compiler = editor.expressions(state)

    @property
    def is_postgresql(self) -> bool:
        """Whether the engine has partial, covering and expression indexes of PostgreSQL's kind."""
        return self.editor.types.is_postgresql

    def name_of(self, value: Called) -> str | None:
        """The name that an index or a constraint says, with `%(class)s` and `%(app_label)s` filled in."""
        said = value.kwargs.get("name")
        if not isinstance(said, str):
            return None
        return said.replace("%(app_label)s", self.state.app.lower()).replace("%(class)s", self.state.name.lower())

    def index_name(self, value: Called) -> str:
        """The name that an index says or that Django makes up."""
        said = self.name_of(value)
        if said is not None:
            return said
        columns = [(self.column(name.removeprefix("-")), name.startswith("-")) for name in self._fields(value)]
        if not columns:
            raise UnsayableError("an index without a name")
        return meta_index(self.editor.registry.table(self.state), columns, _METHODS.get(value.last, "idx"))

    def column(self, name: str) -> str:
        """The column of a field."""
        return self.editor.registry.column(self.editor.registry.field(self.state, name))

    def index(self, value: Called) -> None:
        """CREATE INDEX for an entry of `Meta.indexes`."""
        kind = self._kind(value)
        if kind in {"CheckConstraint", "UniqueConstraint", "ExclusionConstraint"}:
            self.constraint(value)
            return
        method = _METHODS.get(kind) or _THIRD_PARTY_METHODS.get(kind)
        if method is None and kind != "Index":
            raise UnsayableError(f"{value.path} is no index of Django's")
        if self._is_left_out(value) or (method and not self.is_postgresql):
            self.editor.out.notes.append(
                f"{self.index_name(value)}: {self.editor.engine.value} has no such index, and Django makes none"
            )
            return
        tail = f"{self._include(value)}{self._storage(value)}{self._space(value)}{self._where(value)}"
        self.editor.add_index(
            self.state,
            self.index_name(value),
            self._keys(value),
            using=method or "",
            tail=tail,
            columns=self._columns(value),
        )

    def is_index(self, value: Called) -> bool:
        """Whether a constraint is an index to the database: a partial or covering unique one, or one of expressions."""
        if self._kind(value) != "UniqueConstraint":
            return False
        given = value.kwargs
        return bool(given.get("condition") is not None or value.args or given.get("include") or given.get("opclasses"))

    def _is_left_out(self, value: Called) -> bool:
        """Whether it has a condition on an engine without partial indexes."""
        return value.kwargs.get("condition") is not None and self.editor.engine in {Engine.MYSQL, Engine.TIDB}

    def _kind(self, value: Called) -> str:
        if value.declaration is None:
            return value.last
        from dbdesign.readers.django.declared_functions import class_texts

        texts = class_texts(value, self.editor.registry)
        if texts is None or not texts["base"]:
            raise UnsayableError(f"{value.path} is the project's own")
        return texts["base"]

    def _fields(self, value: Called) -> list[str]:
        entries = as_list(value.kwargs.get("fields", ()))
        if entries is None or not all(isinstance(one, str) for one in entries):
            raise UnsayableError("fields that are known only when the program runs")
        return entries

    def _keys(self, value: Called) -> list[str]:
        classes = as_list(value.kwargs.get("opclasses", ())) or []
        if value.args:
            return [self.compiler.ordered(one) for one in value.args]
        keys: list[str] = []
        for number, name in enumerate(self._fields(value)):
            opclass = f" {classes[number]}" if number < len(classes) and classes[number] else ""
            order = " DESC" if name.startswith("-") else ""
            keys.append(f"{self.compiler.quoted(self.column(name.removeprefix('-')))}{opclass}{order}")
        if not keys:
            raise UnsayableError("an index of nothing that is known")
        return keys

    def _columns(self, value: Called) -> tuple[str, ...]:
        return () if value.args else tuple(self.column(name.removeprefix("-")) for name in self._fields(value))

    def _include(self, value: Called) -> str:
        entries = as_list(value.kwargs.get("include") or ())
        if not entries or not self.is_postgresql:
            return ""
        return f" INCLUDE ({', '.join(self.compiler.quoted(self.column(str(one))) for one in entries)})"

    def _storage(self, value: Called) -> str:
        said = {name: value.kwargs[name] for name in _STORAGE if value.kwargs.get(name) is not None}
        said |= {
            name: value.kwargs[name] for name in ("m", "ef_construction", "lists") if value.kwargs.get(name) is not None
        }
        for number, one in enumerate(as_list(value.kwargs.get("columns") or ()) or [], start=1):
            said[f"col{number}"] = one
        written = [
            f"{name} = {one if not isinstance(one, bool) else 'on' if one else 'off'}" for name, one in said.items()
        ]
        return f" WITH ({', '.join(written)})" if written and self.is_postgresql else ""

    def _space(self, value: Called) -> str:
        space = value.kwargs.get("db_tablespace") or self.state.options.get("db_tablespace")
        return (
            f" TABLESPACE {self.compiler.quoted(space)}"
            if isinstance(space, str) and space and self.is_postgresql
            else ""
        )

    def _where(self, value: Called) -> str:
        condition = value.kwargs.get("condition")
        return f" WHERE {self.compiler.condition(condition)}" if condition is not None else ""

    def constraint(self, value: Called) -> None:
        """A constraint for an entry of `Meta.constraints`."""
        kind = self._kind(value)
        writers = {
            "CheckConstraint": self._check,
            "UniqueConstraint": self._unique,
            "ExclusionConstraint": self._exclusion,
        }
        if kind not in writers:
            raise UnsayableError(f"{value.path} is no constraint of Django's")
        name = self.name_of(value)
        if name is None:
            raise UnsayableError("a constraint whose name is known only when the program runs")
        writers[kind](value, name)

    def _check(self, value: Called, name: str) -> None:
        condition = value.kwargs.get("condition", value.kwargs.get("check"))
        self._add(name, f"CHECK ({self.compiler.condition(condition)})")

    def _unique(self, value: Called, name: str) -> None:
        nulls = " NULLS NOT DISTINCT" if value.kwargs.get("nulls_distinct") is False and self.is_postgresql else ""
        if not self.is_index(value):
            columns = [self.column(one) for one in self._fields(value)]
            self.editor.names.add(self.editor.registry.table(self.state), "unique", tuple(columns), name)
            listed = ", ".join(self.compiler.quoted(one) for one in columns)
            self._add(name, f"UNIQUE{nulls} ({listed}){self._deferrable(value)}")
            return
        if self._is_left_out(value):
            self.editor.out.notes.append(
                f"{name}: {self.editor.engine.value} has no partial index, and Django makes none"
            )
            return
        tail = f"{self._include(value)}{nulls}{self._where(value)}"
        self.editor.add_index(self.state, name, self._keys(value), tail=tail, unique=True)

    def _deferrable(self, value: Called) -> str:
        said = value.kwargs.get("deferrable")
        if not isinstance(said, Reference) or not self.is_postgresql:
            return ""
        return " DEFERRABLE INITIALLY DEFERRED" if said.last == "DEFERRED" else " DEFERRABLE INITIALLY IMMEDIATE"

    def _exclusion(self, value: Called, name: str) -> None:
        if not self.is_postgresql:
            raise UnsayableError("an exclusion constraint is PostgreSQL's alone")
        pairs = as_list(value.kwargs.get("expressions")) or []
        if not pairs:
            raise UnsayableError("an exclusion constraint whose expressions are not known")
        keys = [f"{self._excluded(pair)} WITH {_operator(pair)}" for pair in pairs]
        method = value.kwargs.get("index_type", "GIST")
        where = self._where(value)
        condition = f" WHERE ({where.removeprefix(' WHERE ')})" if where else ""
        sql = f"EXCLUDE USING {method} ({', '.join(keys)}){self._include(value)}{condition}{self._deferrable(value)}"
        self.editor.out.extensions |= {"btree_gist"} if any(_operator(pair) == "=" for pair in pairs) else set()
        self._add(name, sql)

    def _excluded(self, pair: Value) -> str:
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            raise UnsayableError("an exclusion constraint whose expressions are not known")
        return self.compiler.ordered(pair[0])

    def _add(self, name: str, sql: str) -> None:
        table = self.editor.registry.table(self.state)
        self.editor.out.labels[f"{table}.{name}"] = self.state.place
        if self.editor.engine is Engine.SQLITE:
            created, place = self._creation(table)
            inside = f", CONSTRAINT {self.compiler.quoted(name)} {sql})"
            self.editor.out.tables[place] = (created[0].removesuffix(")") + inside, created[1])
            return
        self.editor.out.later.append(
            (
                f"ALTER TABLE {self.compiler.quoted(table)} ADD CONSTRAINT {self.compiler.quoted(name)} {sql}",
                self.state.place,
            )
        )

    def _creation(self, table: str) -> tuple[tuple[str, tuple[str, int]], int]:
        start = f"CREATE TABLE {self.compiler.quoted(table)} ("
        for place in range(len(self.editor.out.tables) - 1, -1, -1):
            if self.editor.out.tables[place][0].startswith(start):
                return self.editor.out.tables[place], place
        raise UnsayableError("a table that is not there")


def _operator(pair: Value) -> str:
    operator = pair[1] if isinstance(pair, tuple | list) and len(pair) == 2 else None
    if isinstance(operator, str):
        return operator
    if isinstance(operator, Reference) and operator.last in _OPERATORS:
        return _OPERATORS[operator.last]
    raise UnsayableError("an operator that is not known")


_OPERATORS = {
    "EQUAL": "=", "NOT_EQUAL": "<>", "CONTAINS": "@>", "CONTAINED_BY": "<@", "OVERLAPS": "&&", "FULLY_LT": "<<", "FULLY_GT": ">>",
    "NOT_LT": "&>", "NOT_GT": "&<", "ADJACENT_TO": "-|-",
}  # fmt: skip
"""RangeOperators of django.contrib.postgres.fields."""
