"""The operations from one state of a table to another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from dbdesign.migrations.compare.equality import Equality
from dbdesign.migrations.compare.matching import Owner, by_key, parts
from dbdesign.migrations.compare.narrowing import column_narrows
from dbdesign.migrations.compare.properties import properties
from dbdesign.model.migration import Operation
from dbdesign.model.schema import Column, Schema, Table

APART = {"foreign_keys": (), "triggers": (), "policies": ()}
"""What a new table's operation leaves to operations of their own."""

BESIDE = frozenset({"comment", "options", "name"})
"""Fields of a column that are no alteration of it."""

LISTS = (
    ("unique key", "unique_keys"),
    ("check", "checks"),
    ("exclusion", "exclusions"),
    ("index", "indexes"),
    ("foreign key", "foreign_keys"),
    ("trigger", "triggers"),
    ("policy", "policies"),
)
"""The kinds of a table's parts that are lists, and their fields."""


@dataclass
class Tables:
    """Compares tables of two schemas, the renames made in the first.

    Attributes:
        before, after: the schemas; `before` with the new names.
        old: the tables of the first schema as they were called, by their labels after the renames.
        notes: what is no difference and yet worth saying.
    """

    before: Schema
    after: Schema
    old: dict[str, Table]
    equality: Equality
    notes: list[str] = field(default_factory=list)
    _columns: dict[str, dict[str, Operation]] = field(default_factory=dict)

    def added(self, table: Table) -> Iterator[Operation]:
        """A new table; its foreign keys, triggers and policies come by themselves, so that cycles can be made."""
        yield Operation(action="add", kind="table", name=table.label, after=table.model_copy(update=APART))
        yield from self._apart(Table(namespace=table.namespace, name=table.name), table)

    def dropped(self, table: Table) -> Iterator[Operation]:
        """A table that goes; its foreign keys, triggers and policies go first."""
        yield from self._apart(table, Table(namespace=table.namespace, name=table.name))
        bare = table.model_copy(update=APART)
        yield Operation(action="drop", kind="table", name=table.label, before=bare, destructive=True)

    def _apart(self, before: Table, after: Table) -> Iterator[Operation]:
        owner = Owner(after.label, self.equality)
        for kind, name in LISTS:
            if name in APART:
                yield from parts(kind, getattr(before, name), getattr(after, name), owner)

    def changed(self, before: Table, after: Table) -> Iterator[Operation]:
        """From a table, its new name and its columns' new names given already, to what it becomes."""
        if before == after and not any(self._columns.get(parent) for parent in parents(after)):
            return
        owner, label = Owner(after.label, self.equality), after.label
        yield from self._inheritance(before, after)
        yield from self._all_columns(before, after)
        yield from parts("primary key", _one(before.primary_key), _one(after.primary_key), owner)
        for kind, name in LISTS:
            yield from parts(kind, getattr(before, name), getattr(after, name), owner)
        yield from self._partitions(before, after)
        if before.row_security != after.row_security:
            yield Operation(
                action="alter",
                kind="row security",
                table=label,
                name=label,
                before=before.row_security,
                after=after.row_security,
            )
        yield from properties(before, after, of=f"table {label}", table=label, equality=self.equality)

    def _inheritance(self, before: Table, after: Table) -> Iterator[Operation]:
        if sorted(before.inherits) != sorted(after.inherits):
            old = self.old[after.label]
            yield Operation(
                action="alter", kind="table", name=after.label, before=old, after=after, changed=("inherits",)
            )

    def _partitions(self, before: Table, after: Table) -> Iterator[Operation]:
        one, other = before.partitioning, after.partitioning
        if not self.equality.equal(one, other):
            yield _difference("partitioning", after, one, other)
        was, becomes = before.partition_of, after.partition_of
        if self.equality.equal(was, becomes):
            return
        if was and becomes and was.label != becomes.label:
            yield _difference("partition", after, was, None)
            was = None
        yield _difference("partition", after, was, becomes)

    def _all_columns(self, before: Table, after: Table) -> Iterator[Operation]:
        label = after.label
        expected = self._expected(before, after)
        pairs = by_key(expected, after.columns, lambda one: one.name)
        said = self._columns.setdefault(label, {})
        for operation in (
            *(self._gone(label, one) for one in pairs.gone),
            *(one for pair in pairs.same for one in self._altered(label, *pair)),
            *(Operation(action="add", kind="column", table=label, name=one.name, after=one) for one in pairs.new),
        ):
            if operation.kind == "column":
                said[operation.name] = operation
            yield operation
        order = [one.name for one, _ in pairs.same]
        if order != [one.name for one in expected if one.name in set(order)]:
            self.notes.append(f"{label}: its columns stand in another order; that is no difference")

    def _expected(self, before: Table, after: Table) -> list[Column]:
        """The columns once what is done to its parents has reached the table."""
        parents = list(after.inherits)
        if before.partition_of and after.partition_of and before.partition_of.label == after.partition_of.label:
            parents.append(before.partition_of.label)
        columns = list(before.columns)
        for parent in parents:
            for operation in self._columns.get(parent, {}).values():
                columns = inherited(columns, before, operation)
                if operation.name in {one.name for one in columns}:
                    self._columns.setdefault(after.label, {})[operation.name] = operation
        return columns

    def _gone(self, label: str, column: Column) -> Operation:
        old = self._old(label, column)
        return Operation(action="drop", kind="column", table=label, name=column.name, before=old, destructive=True)

    def _old(self, label: str, column: Column) -> Column:
        """The column under its old name: of the same place in the table as it was."""
        table, old = self.before.table_by_label.get(label), self.old.get(label)
        if table is None or old is None:
            return column
        position = next((number for number, one in enumerate(table.columns) if one.name == column.name), None)
        return old.columns[position] if position is not None and position < len(old.columns) else column

    def _altered(self, label: str, before: Column, after: Column) -> Iterator[Operation]:
        if before == after:
            return
        changed = tuple(self.equality.differing(before, after, leaving_out=BESIDE))
        if changed:
            loss = column_narrows(
                before.model_copy(update={"type": self.before.resolve_type(before.type)}),
                after.model_copy(update={"type": self.after.resolve_type(after.type)}),
            )
            lossy = loss is not None and not {"type", "generated"}.isdisjoint(changed)
            yield Operation(
                action="alter", kind="column", table=label, name=after.name, before=self._old(label, before), after=after,
                changed=changed, evidence=(loss,) if lossy and loss else (), destructive=lossy,
            )  # fmt: skip
        yield from properties(before, after, of=f"column {label}.{after.name}", table=label, equality=self.equality)


def _one(part: object | None) -> tuple[object, ...]:
    return () if part is None else (part,)


def _difference(kind: str, table: Table, before: object, after: object) -> Operation:
    action = "add" if before is None else "drop" if after is None else "alter"
    return Operation.model_validate(
        {"action": action, "kind": kind, "table": table.label, "name": table.label, "before": before, "after": after}
    )


def parents(table: Table) -> tuple[str, ...]:
    """The labels of the tables that a table inherits or is a partition of."""
    return (*table.inherits, *([table.partition_of.label] if table.partition_of else []))


NOT_INHERITED = frozenset({"comment", "options", "not_null_name", "not_null_comment", "identity"})
"""What a parent's column does not give to its children's."""


def inherited(columns: list[Column], child: Table, operation: Operation) -> list[Column]:
    """A child's columns after an operation on its parent's column, as PostgreSQL recurses (ALTER TABLE, without ONLY)."""
    before, after, name = operation.before, operation.after, operation.name
    if operation.action == "add" and isinstance(after, Column):
        if name in {one.name for one in columns}:
            return columns
        kept = {name: Column.model_fields[name].get_default(call_default_factory=True) for name in NOT_INHERITED}
        partition = child.partition_of is not None
        return [
            *columns,
            after
            if partition and not after.comment
            else after.model_copy(update=kept | ({"identity": after.identity} if partition else {})),
        ]
    if operation.action == "drop":
        return [one for one in columns if one.name != name or name not in child.inherited]
    if operation.action == "alter" and isinstance(before, Column) and isinstance(after, Column):
        reached = {field: getattr(after, field) for field in operation.changed if field not in NOT_INHERITED}
        if child.partition_of and "identity" in operation.changed:
            reached["identity"] = after.identity
        return [one.model_copy(update=reached) if one.name == name else one for one in columns]
    return columns
