"""Makes operations in a model: the schema that is there once a server has done them.

A planner asks it for the state between two steps; the law that it makes `after` of `before` holds comparing to its word.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from dbdesign.errors import InputError
from dbdesign.migrations.compare.matching import part_name
from dbdesign.migrations.compare.objects import GROUPS, object_name
from dbdesign.migrations.compare.renaming import Renames, renamed
from dbdesign.migrations.compare.tables import LISTS, inherited
from dbdesign.model.migration import Operation
from dbdesign.model.schema import Column, CompositeType, Domain, EnumType, Routine, Schema, Sequence, Table, View
from dbdesign.model.types import DataType, Kind

_PART_FIELDS = {**dict(LISTS), "primary key": "primary_key", "column": "columns"}
_PLACED = {"table", "enum", "domain", "composite", "sequence", "view", "routine"}
_UNKNOWN = DataType(kind=Kind.OTHER, native="")
"""The type of a view's column, which is its query's affair."""

_PROPERTY_FIELDS = {"comment": "comment", "owner": "owner", "grant": "grants"}


def apply(schema: Schema, operations: Iterable[Operation]) -> Schema:
    """The schema after the operations, whose renames of tables, columns and types are made first.

    Raises:
        InputError: an operation is on something that is not there.
    """
    listed = list(operations)
    renames = renames_of(listed)
    draft = _Draft(renamed(schema, renames))
    for one in listed:
        draft.make(one)
    return draft.schema()


def renames_of(operations: Iterable[Operation]) -> Renames:
    """The renames among operations, of what other objects name: tables, columns, types, sequences, views."""
    found = Renames()
    listed = [one for one in operations if one.action == "rename"]
    for one in listed:
        before, after = one.before, one.after
        if one.kind == "table" and isinstance(before, Table) and isinstance(after, Table):
            found.tables[before.label] = (after.namespace, after.name)
        elif isinstance(before, EnumType | Domain | CompositeType) and isinstance(
            after, EnumType | Domain | CompositeType
        ):
            found.types[before.label] = (after.namespace, after.name)
        elif isinstance(before, Sequence | View | Routine) and isinstance(after, Sequence | View | Routine):
            found.others[one.kind, before.label] = (after.namespace, after.name)
    old = {found.label(label): label for label in found.tables}
    for one in listed:
        if one.kind == "column" and isinstance(one.before, Column) and one.table is not None:
            found.columns.setdefault(old.get(one.table, one.table), {})[one.before.name] = one.name
    return found


class _Draft:
    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._tables = dict(schema.table_by_label)
        self._objects: dict[str, list[Any]] = {kind: list(getattr(schema, group)) for kind, group in GROUPS}
        self._options = dict(schema.options)

    def schema(self) -> Schema:
        """What has become of the schema."""
        groups = {group: tuple(self._objects[kind]) for kind, group in GROUPS}
        return self._schema.model_copy(
            update={**groups, "tables": tuple(self._tables.values()), "options": self._options}
        )

    def make(self, one: Operation) -> None:
        """Makes one operation."""
        if one.action == "rebuild" or (one.action == "rename" and one.kind in _PLACED | {"column"}):
            return
        if one.kind == "option":
            self._option(one)
        elif one.kind in _PROPERTY_FIELDS:
            self._property(one)
        elif one.table is not None:
            self._part(one)
        elif one.kind == "table":
            self._table(one)
        else:
            self._object(one)

    def _table(self, one: Operation) -> None:
        if one.action == "add":
            assert isinstance(one.after, Table)  # noqa: S101 - what an operation on a table is made of
            self._tables[one.name] = one.after
        elif one.action == "drop":
            self._tables.pop(one.name, None)
        else:
            table = self._at(one.name)
            self._tables[one.name] = _updated(table, {name: getattr(one.after, name) for name in one.changed})

    def _object(self, one: Operation) -> None:
        there = self._objects[one.kind]
        if one.action == "add":
            there.append(one.after)
            return
        place = self._place(one.kind, one.name, one.before)
        if one.action == "drop":
            del there[place]
        else:
            there[place] = _updated(there[place], {name: getattr(one.after, name) for name in one.changed})

    def _place(self, kind: str, name: str, before: Any = None) -> int:
        """Where an object stands; of several of one name (grants, comments that are carried), the one that is equal to `before`."""
        named = [number for number, one in enumerate(self._objects[kind]) if object_name(one) == name]
        if not named:
            raise InputError(f"an operation is on a {kind} that is not there", where=name)
        return next((number for number in named if self._objects[kind][number] == before), named[0])

    def _view(self, label: str) -> View | None:
        return next((one for one in self._objects["view"] if one.label == label), None)

    def _part(self, one: Operation) -> None:
        if one.kind == "column":
            self._column(one)
            return
        owner = self._at(one.table or "")
        if one.kind in {"row security", "partition", "partitioning"}:
            field = {"row security": "row_security", "partition": "partition_of"}.get(one.kind, one.kind)
            self._put(_updated(owner, {field: one.after}))
            return
        field = _PART_FIELDS[one.kind]
        if one.kind == "primary key":
            part = owner.primary_key if isinstance(owner, Table) else None
            changed = [] if one.action == "drop" else [one.after if part is None else _changed(part, one)]
            self._put(_updated(owner, {field: changed[0] if changed else None}))
            return
        self._put(_updated(owner, {field: _changed_list(getattr(owner, field), one)}))

    def _column(self, one: Operation) -> None:
        owner = self._at(one.table or "")
        assert isinstance(owner, Table)  # noqa: S101 - only tables have columns of their own
        self._put(_updated(owner, {"columns": _changed_list(owner.columns, one)}))
        self._children(one.table or "", one)

    def _children(self, parent: str, one: Operation) -> None:
        for table in list(self._tables.values()):
            if parent in table.inherits or (table.partition_of and table.partition_of.label == parent):
                columns = tuple(inherited(list(table.columns), table, one))
                names = {column.name for column in table.columns}
                added = tuple(column.name for column in columns if column.name not in names)
                left = {column.name for column in columns}
                kept = tuple(name for name in (*table.inherited, *added) if name in left)
                self._put(_updated(table, {"columns": columns, "inherited": kept}))
                self._children(table.label, one)

    def _at(self, label: str) -> Table | View:
        found = self._tables.get(label) or self._view(label)
        if found is None:
            raise InputError("an operation is on a table or view that is not there", where=label)
        return found

    def _put(self, owner: Table | View) -> None:
        if isinstance(owner, Table):
            self._tables[owner.label] = owner
        else:
            self._objects["view"][self._place("view", owner.label)] = owner

    def _option(self, one: Operation) -> None:
        target, _, keyword = one.name.rpartition(":")
        if target == "database":
            self._options[keyword] = str(one.after)
            return

        def change(part: Any) -> Any:
            options = {name: value for name, value in part.options.items() if name != keyword}
            return _updated(part, {"options": options if one.after is None else {**options, keyword: one.after}})

        self._change(target, one.table, change)

    def _property(self, one: Operation) -> None:
        field = _PROPERTY_FIELDS[one.kind]
        value = one.after if one.after is not None or field != "grants" else ()
        self._change(one.name, one.table, lambda part: _updated(part, {field: value}))

    def _change(self, target: str, table: str | None, change: Callable[[Any], Any]) -> None:
        """Changes the object that is named with its kind before it."""
        if table is None:
            kind = next(kind for kind, _ in GROUPS if target.startswith(f"{kind} "))
            place = self._place(kind, target[len(kind) + 1 :])
            self._objects[kind][place] = change(self._objects[kind][place])
            return
        part = next((one for one in _PART_FIELDS if target.startswith(f"{one} {table}.")), None)
        if part is None:
            self._owner(target, table, change)
            return
        owner, name = self._at_any(table), target[len(part) + len(table) + 2 :]
        field = _PART_FIELDS[part]
        if part == "column" and not isinstance(owner, Table):
            self._field(owner, name, change)
        elif part == "primary key":
            self._put(_updated(owner, {field: change(getattr(owner, field))}))
        else:
            listed = (change(one) if part_name(one) == name else one for one in getattr(owner, field))
            self._put(_updated(owner, {field: tuple(listed)}))

    def _owner(self, target: str, table: str, change: Callable[[Any], Any]) -> None:
        """The table or view itself, unless a name with a dot misleads."""
        self._put(change(self._at(table)))
        assert target.endswith(table)  # noqa: S101 - `table orders` and `view totals` are all that is left

    def _at_any(self, label: str) -> Any:
        found = self._tables.get(label) or self._view(label)
        return found or self._objects["composite"][self._place("composite", label)]

    def _field(self, owner: Any, name: str, change: Callable[[Any], Any]) -> None:
        """The comment on a view's column or a composite type's field."""
        if isinstance(owner, View):
            comment = change(Column(name=name, type=_UNKNOWN)).comment
            comments = {column: text for column, text in owner.column_comments.items() if column != name}
            self._put(
                _updated(owner, {"column_comments": comments if comment is None else {**comments, name: comment}})
            )
        else:
            fields = tuple(change(one) if one.name == name else one for one in owner.fields)
            self._objects["composite"][self._place("composite", owner.label)] = _updated(owner, {"fields": fields})


def _changed_list(parts: tuple[Any, ...], one: Operation) -> tuple[Any, ...]:
    if one.action == "add":
        return (*parts, one.after)
    wanted = part_name(one.before) if one.action == "rename" else one.name
    if one.action == "drop":
        return tuple(part for part in parts if part_name(part) != wanted)
    return tuple(_changed(part, one) if part_name(part) == wanted else part for part in parts)


def _changed(part: Any, one: Operation) -> Any:
    if one.action == "add":
        return one.after
    fields = ("name",) if one.action == "rename" else one.changed
    return _updated(part, {name: getattr(one.after, name) for name in fields})


def _updated(part: Any, fields: dict[str, Any]) -> Any:
    return part.model_copy(update=fields)
