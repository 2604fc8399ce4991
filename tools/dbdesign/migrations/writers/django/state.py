"""What a plan's operations are to Django's state: `state_operations`, so that `makemigrations` finds nothing left to do.

What Django's state cannot say (triggers, policies, views, types that it has no field for) is in the database alone; it is noted.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from dbdesign.migrations.writers.django.fields import field_of, relation_of
from dbdesign.migrations.writers.django.history import AppHistory, ModelState
from dbdesign.model.migration import Operation
from dbdesign.model.schema import Column, ForeignKey, Index, Key, Table

_UNKNOWN_TO_DJANGO = frozenset(
    {
        "trigger",
        "policy",
        "row security",
        "grant",
        "owner",
        "comment",
        "option",
        "view",
        "routine",
        "carried",
        "namespace",
        "extension",
    }
    | {"enum", "domain", "composite", "sequence", "partitioning", "partition", "exclusion"}
)
"""Kinds that Django's state does not hold at all: nothing is missing from it without them."""

LATE = frozenset({"drop", "rename"})
"""Actions whose state belongs to the last release, when no version of the application knows the old one."""


@dataclass
class StateOperations:
    """Python source of operations, those that add and those that take away, and what could not be said."""

    early: list[str] = field(default_factory=list)
    late: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def state_operations(operations: tuple[Operation, ...], history: AppHistory, engine: str) -> StateOperations:
    """The operations in the plan's order."""
    found = StateOperations()
    made = {one.table or one.name for one in operations if one.kind == "table" and one.action in {"add", "drop"}}
    keys = [
        (one.table, one.after) for one in operations if one.kind == "foreign key" and isinstance(one.after, ForeignKey)
    ]
    for operation in operations:
        if operation.kind in _UNKNOWN_TO_DJANGO or (operation.kind != "table" and operation.table in made):
            continue
        if operation.kind == "foreign key" and _is_of_new_column(operation, operations):
            continue  # its column's field says it
        context = _Context(operation, history, engine, keys)
        said = list(_SAYERS.get(operation.kind, _nothing)(context)) if _is_known(operation, history) else []
        place = found.late if operation.action in LATE else found.early
        place += said
        if not said:
            found.notes.append(
                f"Django's state does not have {operation.action} {operation.kind} {_label(operation)}: change the model by hand, "
                "and see what makemigrations --dry-run says"
            )
    return found


def _is_known(operation: Operation, history: AppHistory) -> bool:
    """Whether the state has the model that the operation changes: Django stops at a change of one that it has not."""
    if operation.kind == "table" and operation.action == "add":
        return True
    before = operation.before.name if isinstance(operation.before, Table) else operation.table or operation.name
    return history.model(_bare(before)) is not None


def _is_of_new_column(operation: Operation, operations: tuple[Operation, ...]) -> bool:
    key = operation.after
    if operation.action != "add" or not isinstance(key, ForeignKey) or len(key.columns) != 1:
        return False
    return any(
        one.kind == "column" and one.table == operation.table and one.name == key.columns[0] for one in operations
    )


@dataclass(frozen=True)
class _Context:
    operation: Operation
    history: AppHistory
    engine: str
    keys: list[tuple[str | None, ForeignKey]]

    @property
    def model(self) -> ModelState:
        table = _bare(self.operation.table or self.operation.name)
        return self.history.model(table) or self.history.new_model(table)

    def field_name(self, column: str) -> str:
        return self.model.fields.get(column, column)


def _nothing(_: _Context) -> Iterator[str]:
    yield from ()


def _tables(context: _Context) -> Iterator[str]:
    operation = context.operation
    if operation.action == "drop":
        yield f"migrations.DeleteModel(name={context.model.name!r})"
    elif operation.action == "rename" and isinstance(operation.after, Table):
        old = context.history.model(operation.before.name) if isinstance(operation.before, Table) else None
        if old:
            yield f"migrations.AlterModelTable(name={old.name!r}, table={operation.after.name!r})"
    elif operation.action == "add" and isinstance(operation.after, Table):
        yield from _created(context, operation.after)


def _created(context: _Context, table: Table) -> Iterator[str]:
    fields = [(column.name, _field(context, table, column)) for column in table.columns]
    if any(source is None for _, source in fields) or (table.primary_key and len(table.primary_key.columns) != 1):
        return
    options = (
        ""
        if table.name == f"{context.history.app}_{context.model.name.lower()}"
        else f", options={{'db_table': {table.name!r}}}"
    )
    inner = ", ".join(f"({name!r}, {source})" for name, source in fields)
    yield f"migrations.CreateModel(name={context.model.name!r}, fields=[{inner}]{options})"


def _field(context: _Context, table: Table, column: Column) -> str | None:
    primary = table.primary_key is not None and table.primary_key.columns == (column.name,)
    unique = any(key.columns == (column.name,) for key in table.unique_keys)
    return field_of(column, context.engine, column.name, unique=unique, primary=primary)


def _columns(context: _Context) -> Iterator[str]:
    operation, model = context.operation, context.model
    if operation.action == "drop":
        yield f"migrations.RemoveField(model_name={model.name.lower()!r}, name={context.field_name(operation.name)!r})"
    elif operation.action == "rename" and isinstance(operation.before, Column) and isinstance(operation.after, Column):
        old, new = context.field_name(operation.before.name), operation.after.name
        yield f"migrations.RenameField(model_name={model.name.lower()!r}, old_name={old!r}, new_name={new!r})"
    elif isinstance(operation.after, Column):
        name, source = _named_field(context, operation.after)
        if source is not None:
            kind = "AddField" if operation.action == "add" else "AlterField"
            yield f"migrations.{kind}(model_name={model.name.lower()!r}, name={name!r}, field={source})"


def _named_field(context: _Context, column: Column) -> tuple[str, str | None]:
    key = next(
        (one for table, one in context.keys if table == context.operation.table and one.columns == (column.name,)), None
    )
    if key is not None:
        name = context.model.fields.get(column.name, column.name.removesuffix("_id") or column.name)
        target = context.history.model(key.referenced_table)
        if target is None:
            return name, None
        return name, relation_of(column, f"{context.history.app}.{target.name.lower()}", name)
    name = context.field_name(column.name)
    source = field_of(column, context.engine, name)
    if source is not None and name == column.name and not name.isidentifier():
        return name, None
    return name, source


def _indexes(context: _Context) -> Iterator[str]:
    operation, model = context.operation, context.model.name.lower()
    if operation.action == "drop":
        yield f"migrations.RemoveIndex(model_name={model!r}, name={operation.name!r})"
    elif operation.action == "rename" and isinstance(operation.before, Index) and isinstance(operation.after, Index):
        names = f"new_name={operation.after.name!r}, old_name={operation.before.name!r}"
        yield f"migrations.RenameIndex(model_name={model!r}, {names})"
    elif operation.action == "add" and isinstance(operation.after, Index) and _is_plain(operation.after):
        index = operation.after
        fields = [f"{'-' if key.descending else ''}{context.field_name(key.column or '')}" for key in index.keys]
        if index.unique:
            constraint = f"models.UniqueConstraint(fields={fields!r}, name={index.name!r})"
            yield f"migrations.AddConstraint(model_name={model!r}, constraint={constraint})"
        else:
            include = f", include={[context.field_name(one) for one in index.include]!r}" if index.include else ""
            yield f"migrations.AddIndex(model_name={model!r}, index=models.Index(fields={fields!r}, name={index.name!r}{include}))"


def _is_plain(index: Index) -> bool:
    """Whether Django can say it by its fields: no expression, operator class, condition, or name beyond its 30 characters."""
    keys = all(key.column and not (key.opclass or key.collation or key.nulls or key.length) for key in index.keys)
    ordered = not index.unique or not any(key.descending for key in index.keys)
    return bool(
        keys and ordered and index.method == "btree" and not index.where and index.name and len(index.name) <= 30
    )


def _unique_keys(context: _Context) -> Iterator[str]:
    operation, model = context.operation, context.model.name.lower()
    if operation.action == "drop":
        yield f"migrations.RemoveConstraint(model_name={model!r}, name={operation.name!r})"
    elif operation.action == "add" and isinstance(operation.after, Key) and operation.after.name:
        fields = [context.field_name(one) for one in operation.after.columns]
        constraint = f"models.UniqueConstraint(fields={fields!r}, name={operation.after.name!r})"
        yield f"migrations.AddConstraint(model_name={model!r}, constraint={constraint})"


def _label(operation: Operation) -> str:
    return f"{operation.table}.{operation.name}" if operation.table else operation.name


def _bare(label: str) -> str:
    """A label's last part without quotation marks."""
    return re.sub(r'^"|"$', "", label.rsplit(".", 1)[-1])


_SAYERS: Mapping[str, Callable[[_Context], Iterator[str]]] = {
    "table": _tables,
    "column": _columns,
    "index": _indexes,
    "unique key": _unique_keys,
}
