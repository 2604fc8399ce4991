"""A schema after renames: every place that names a renamed table, column or type names it anew, as an engine's own rename leaves it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from dbdesign.dialects.base import Dialect, dialect
from dbdesign.model.base import Model
from dbdesign.model.schema import (
    Check,
    Exclusion,
    ForeignKey,
    Index,
    IndexKey,
    Key,
    Partitioning,
    Schema,
    Table,
    label,
)
from dbdesign.model.types import DataType, TypeName

Updated = TypeVar("Updated", bound=Model)

Place = tuple[str | None, str]
"""A namespace and a name in it."""


@dataclass
class Renames:
    """What is renamed: new places by old labels, and by a table's old label its columns' new names by their old ones."""

    tables: dict[str, Place] = field(default_factory=dict)
    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    types: dict[str, Place] = field(default_factory=dict)
    others: dict[tuple[str, str], Place] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.tables or any(self.columns.values()) or self.types or self.others)

    def label(self, old: str) -> str:
        """The label of a table or view after the renames."""
        place = self.tables.get(old)
        return label(*place) if place else old

    def column(self, table: str, old: str) -> str:
        """The name of a column after the renames; `table` is its table's old label."""
        return self.columns.get(table, {}).get(old, old)


def renamed(schema: Schema, renames: Renames) -> Schema:
    """The schema after the renames. Bodies of functions are text to every engine and stay."""
    return _Renaming(schema, renames).schema() if renames else schema


class _Renaming:
    def __init__(self, schema: Schema, renames: Renames) -> None:
        self._schema = schema
        self._renames = replace(renames, columns=_reaching_children(schema, renames.columns))
        self._dialect = dialect(schema.engine)

    def schema(self) -> Schema:
        schema, renames = self._schema, self._renames
        changed: dict[str, Any] = {"tables": tuple(self._table(table) for table in schema.tables)}
        if renames.tables or renames.columns:
            changed["views"] = tuple(self._view(one) for one in schema.views)
            changed["sequences"] = tuple(_update(one, owned_by=self._owned(one.owned_by)) for one in schema.sequences)
        for kind in ("enums", "domains", "composites"):
            changed[kind] = tuple(self._placed(one, renames.types.get(one.label)) for one in getattr(schema, kind))
        if renames.types:
            fields = (
                _update(one, fields=tuple(_update(part, type=self._type(part.type)) for part in one.fields))
                for one in changed["composites"]
            )
            changed["composites"] = tuple(fields)
            changed["domains"] = tuple(_update(one, type=self._type(one.type)) for one in changed["domains"])
        for kind, group in (("sequence", "sequences"), ("view", "views"), ("routine", "routines")):
            changed[group] = tuple(
                self._placed(one, renames.others.get((kind, one.label)))
                for one in changed.get(group, getattr(schema, group))
            )
        return schema.model_copy(update=changed)

    def _placed(self, one: Any, place: Place | None) -> Any:
        return _update(one, namespace=place[0], name=place[1]) if place else one

    def _owned(self, owner: str | None) -> str | None:
        if owner is None:
            return None
        table, _, column = owner.rpartition(".")
        return f"{self._renames.label(table)}.{self._renames.column(table, column)}"

    def _type(self, data_type: DataType) -> DataType:
        element = self._type(data_type.element) if data_type.element else None
        place = self._renames.types.get(str(data_type.name)) if data_type.name else None
        if place is None:
            return (
                _update(data_type, element=element, native=f"{element.native}[]")
                if element != data_type.element and element
                else data_type
            )
        return _update(
            data_type, name=TypeName(namespace=place[0], name=place[1]), native=self._dialect.qualified(*place)
        )

    def _view(self, view: Any) -> Any:
        needed = list(view.depends_on or self._renames.tables.keys() | self._renames.columns.keys())
        tables = {one: self._renames.tables[one] for one in needed if one in self._renames.tables}
        columns: dict[str, str] = {}
        for one in needed:
            columns |= self._renames.columns.get(one, {})
        if not tables and not columns:
            return view
        rewrite = _rewriter(self._dialect, columns, tables)
        depends = tuple(self._renames.label(one) for one in view.depends_on)
        return _update(view, definition=rewrite(view.definition), depends_on=depends)

    def _table(self, table: Table) -> Table:
        place = self._renames.tables.get(table.label)
        columns = self._renames.columns.get(table.label, {})
        changed: dict[str, Any] = {}
        if place:
            changed |= {"namespace": place[0], "name": place[1]}
        if self._renames.types:
            changed["columns"] = tuple(_update(one, type=self._type(one.type)) for one in table.columns)
        if place or columns:
            rewrite = _rewriter(self._dialect, columns, {table.label: place} if place else {})
            changed |= self._parts(table, columns, rewrite, changed.get("columns", table.columns))
        changed["foreign_keys"] = tuple(self._foreign_key(one, columns) for one in table.foreign_keys)
        changed["inherits"] = tuple(self._renames.label(one) for one in table.inherits)
        if table.partition_of and (parent := self._renames.tables.get(table.partition_of.label)):
            changed["partition_of"] = _update(table.partition_of, namespace=parent[0], table=parent[1])
        return _update(table, **changed)

    def _parts(
        self, table: Table, names: Mapping[str, str], rewrite: Callable[[str], str], columns: Iterable[Any]
    ) -> dict[str, Any]:
        def key(one: Key) -> Key:
            return _update(
                one, columns=_new(one.columns, names), include=_new(one.include, names), keys=index_keys(one.keys)
            )

        def index_keys(keys: Iterable[IndexKey]) -> tuple[IndexKey, ...]:
            return tuple(
                _update(
                    one,
                    column=names.get(one.column, one.column) if one.column else None,
                    expression=rewrite(one.expression) if one.expression else None,
                )
                for one in keys
            )

        def index(one: Index) -> Index:
            where = rewrite(one.where) if one.where else one.where
            return _update(one, keys=index_keys(one.keys), include=_new(one.include, names), where=where)

        def exclusion(one: Exclusion) -> Exclusion:
            where = rewrite(one.where) if one.where else one.where
            return _update(one, keys=index_keys(one.keys), include=_new(one.include, names), where=where)

        def check(one: Check) -> Check:
            return _update(one, expression=rewrite(one.expression))

        def column(one: Any) -> Any:
            made = one.generated and _update(one.generated, expression=rewrite(one.generated.expression))
            return _update(one, name=names.get(one.name, one.name), generated=made)

        def policy(one: Any) -> Any:
            return _update(one, using=one.using and rewrite(one.using), check=one.check and rewrite(one.check))

        def partitioning(one: Partitioning) -> Partitioning:
            return _update(one, keys=index_keys(one.keys), text=one.text and rewrite(one.text))

        return {
            "columns": tuple(column(one) for one in columns),
            "primary_key": key(table.primary_key) if table.primary_key else None,
            "unique_keys": tuple(key(one) for one in table.unique_keys),
            "checks": tuple(check(one) for one in table.checks),
            "exclusions": tuple(exclusion(one) for one in table.exclusions),
            "indexes": tuple(index(one) for one in table.indexes),
            "policies": tuple(policy(one) for one in table.policies),
            "triggers": tuple(_update(one, definition=rewrite(one.definition)) for one in table.triggers),
            "partitioning": partitioning(table.partitioning) if table.partitioning else None,
            "inherited": _new(table.inherited, names),
            "grants": tuple(_update(one, columns=_new(one.columns, names)) for one in table.grants),
        }

    def _foreign_key(self, key: ForeignKey, names: Mapping[str, str]) -> ForeignKey:
        place = self._renames.tables.get(key.references, (key.referenced_namespace, key.referenced_table))
        there = self._renames.columns.get(key.references, {})
        return _update(
            key,
            columns=_new(key.columns, names),
            set_columns=_new(key.set_columns, names),
            referenced_columns=_new(key.referenced_columns, there),
            referenced_namespace=place[0],
            referenced_table=place[1],
        )


def _reaching_children(schema: Schema, columns: Mapping[str, Mapping[str, str]]) -> dict[str, dict[str, str]]:
    """The renames of columns with those that a parent's column takes along: in partitions and in tables that inherit."""
    found = {table: dict(names) for table, names in columns.items()}
    if not any(found.values()):
        return found
    changed = True
    while changed:
        changed = False
        for table in schema.tables:
            for parent in (*table.inherits, *([table.partition_of.label] if table.partition_of else [])):
                for old, new in found.get(parent, {}).items():
                    own = found.setdefault(table.label, {})
                    if old not in own and table.column(old):
                        own[old], changed = new, True
    return found


def _new(names: tuple[str, ...], renames: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(renames.get(name, name) for name in names) if renames else names


def _update(one: Updated, **fields: Any) -> Updated:
    """The value with these fields; itself where nothing changes, so that what is equal stays identical."""
    changed = {name: value for name, value in fields.items() if getattr(one, name) != value}
    return one.model_copy(update=changed) if changed else one


_WORD = re.compile(
    r"""'(?:[^']|'')*'|\$(\w*)\$.*?\$\1\$|--[^\n]*|/\*.*?\*/|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]'"\d:][^\]]*\]|[^\W\d][\w$]*""",
    re.DOTALL,
)


def _rewriter(spelling: Dialect, columns: Mapping[str, str], tables: Mapping[str, Place]) -> Callable[[str], str]:
    """A function that replaces names in SQL: whole identifiers, quoted or not, outside strings and comments, that are no calls."""
    simple = {old.rpartition(".")[2]: place[1] for old, place in tables.items()}

    def new_name(match: re.Match[str]) -> str:
        text = match.group()
        if text[0] in "'$-/":
            return text
        name = text[1:-1] if text[0] in '"`[' else text
        new = columns.get(name) or columns.get(name.lower() if spelling.folds == "lower" else name)
        if new is None:
            new = simple.get(name)
        if new is None or match.string[match.end() : match.end() + 1] == "(":
            return text
        return spelling.identifier(new)

    return lambda sql: _WORD.sub(new_name, sql)
