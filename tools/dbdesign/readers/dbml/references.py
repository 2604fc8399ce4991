"""Turns DBML references into foreign keys: which side is the child, what one-to-one implies, what becomes of many-to-many."""

from __future__ import annotations

from collections import defaultdict
from typing import cast

from dbdesign.model.schema import Action, Column, ForeignKey, Key, Table, label
from dbdesign.readers.dbml.syntax import Endpoint, Ref


class References:
    """Collects the references of a document and hands out its tables with their foreign keys.

    Args:
        tables: by label, without foreign keys.
        aliases: alias → label.
    """

    def __init__(self, tables: dict[str, Table], aliases: dict[str, str], default_namespace: str) -> None:
        self._tables = tables
        self._aliases = aliases
        self._default = default_namespace
        self._keys: dict[str, list[ForeignKey]] = defaultdict(list)
        self._unique: dict[str, list[Key]] = defaultdict(list)
        self._junctions: dict[str, Table] = {}
        self.lines: dict[str, int] = {}
        self.notes: list[str] = []

    @property
    def made(self) -> int:
        """How many tables stand for a many-to-many reference and no `Table` of the text."""
        return len(self._junctions)

    def tables(self) -> list[Table]:
        """Every table with its foreign keys, then the junction tables that many-to-many references need."""
        found: list[Table] = []
        for one, table in (*self._tables.items(), *self._junctions.items()):
            change: dict[str, object] = {}
            if self._keys[one]:
                change["foreign_keys"] = tuple(self._keys[one])
            if self._unique[one]:
                change["unique_keys"] = (*table.unique_keys, *self._unique[one])
            found.append(table.model_copy(update=change) if change else table)
        return found

    def add(self, ref: Ref) -> str | None:
        """Takes a reference; returns what is wrong with it, if anything."""
        if len(ref.left.columns) != len(ref.right.columns):
            return "the two sides have different numbers of columns"
        if ref.operator == "<>":
            return self._many_to_many(ref)
        child, parent = (ref.left, ref.right) if self._left_is_child(ref) else (ref.right, ref.left)
        table = self._tables.get(self._label(child))
        if table is None:
            return f"no table {self._label(child)!r}"
        absent = [name for name in child.columns if table.column(name) is None]
        if absent:
            return f"{table.label} has no column {absent[0]!r}"
        self._keys[table.label].append(self._foreign_key(ref, child.columns, parent))
        if ref.name:
            self.lines[f"{table.label}.{ref.name}"] = ref.line
        if ref.operator == "-" and not self._is_unique(table, child.columns):
            self._unique[table.label].append(Key(columns=child.columns))
            one = f"{table.label} ({', '.join(child.columns)})"
            self.notes.append(f"{one} was made unique, as the one-to-one reference on line {ref.line} says")
        return None

    def _label(self, end: Endpoint) -> str:
        namespace, name = end.table
        if namespace is None and name in self._aliases:
            return self._aliases[name]
        return label(None if namespace == self._default else namespace, name)

    def _foreign_key(self, ref: Ref, columns: tuple[str, ...], parent: Endpoint) -> ForeignKey:
        target = self._tables.get(self._label(parent))
        namespace, name = (target.namespace, target.name) if target else parent.table
        return ForeignKey(
            name=ref.name,
            columns=columns,
            referenced_namespace=None if namespace == self._default else namespace,
            referenced_table=name,
            referenced_columns=parent.columns,
            on_delete=cast("Action", ref.on_delete or "no action"),
            on_update=cast("Action", ref.on_update or "no action"),
        )

    def _is_unique(self, table: Table, columns: tuple[str, ...]) -> bool:
        return table.is_unique(columns) or any(set(key.columns) <= set(columns) for key in self._unique[table.label])

    def _left_is_child(self, ref: Ref) -> bool:
        """`>` says it. In a one-to-one reference the left side is the child unless it is a primary key and the right side is none."""
        if ref.operator != "-":
            return ref.operator == ">"
        return (
            not self._is_primary(ref.left) or self._is_primary(ref.right) or self._label(ref.right) not in self._tables
        )

    def _is_primary(self, end: Endpoint) -> bool:
        table = self._tables.get(self._label(end))
        return (
            table is not None and table.primary_key is not None and set(table.primary_key.columns) == set(end.columns)
        )

    def _many_to_many(self, ref: Ref) -> str | None:
        """A junction table whose primary key is both sides' columns, named after both tables."""
        ends = (ref.left, ref.right)
        tables = [self._tables.get(self._label(end)) for end in ends]
        columns: list[Column] = []
        keys: list[ForeignKey] = []
        for end, table in zip(ends, tables, strict=True):
            if table is None:
                return f"no table {self._label(end)!r}"
            names: list[str] = []
            for referenced in end.columns:
                column = table.column(referenced)
                if column is None:
                    return f"{table.label} has no column {referenced!r}"
                names.append(_free(f"{table.name}_{referenced}", {one.name for one in columns}))
                columns.append(Column(name=names[-1], type=column.type, nullable=False))
            keys.append(
                self._foreign_key(Ref(end, ">", end, ref.line, None, ref.on_delete, ref.on_update), tuple(names), end)
            )
        left, right = (cast("Table", table) for table in tables)
        name = _free(ref.name or f"{left.name}_{right.name}", {*self._tables, *self._junctions})
        junction = Table(
            namespace=left.namespace,
            name=name,
            columns=tuple(columns),
            primary_key=Key(columns=tuple(column.name for column in columns)),
            foreign_keys=tuple(keys),
        )
        self._junctions[junction.label] = junction
        self.lines[junction.label] = ref.line
        self.notes.append(f"The many-to-many reference on line {ref.line} became the junction table {junction.label}")
        return None


def _free(name: str, taken: set[str]) -> str:
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    return free
