"""Enumerations, sequences, namespaces and views of Drizzle."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.schema import EnumType, Sequence, View
from dbdesign.model.types import DataType, Kind
from dbdesign.writers.drizzle.columns_pg import sequence_entries
from dbdesign.writers.drizzle.context import Context, column_keys
from dbdesign.writers.drizzle.tables import COLUMNS
from dbdesign.writers.javascript.naming import camel
from dbdesign.writers.javascript.program import comment, constant
from dbdesign.writers.javascript.syntax import Arr, Call, Node, Obj, Raw, Str


def namespaces(context: Context) -> Iterator[str]:
    """`pgSchema("sales")`."""
    function = "mysqlSchema" if context.core == "mysql" else "pgSchema"
    for name, constant_name in context.namespaces.items():
        yield constant(constant_name, Call(context.use(function), [Str(name)]))


def enum(one: EnumType, context: Context) -> str:
    """`pgEnum("status", ["open", "done"])`."""
    head = f"{context.namespaces[one.namespace]}.enum" if one.namespace else context.use("pgEnum")
    text = constant(context.enums[one.label], Call(head, [Str(one.name), Arr([Str(value) for value in one.values])]))
    return f"{comment(one.comment)}\n{text}" if one.comment else text


def sequence(one: Sequence, context: Context) -> str:
    """`pgSequence("numbers", { startWith: 100 })`."""
    head = f"{context.namespaces[one.namespace]}.sequence" if one.namespace else context.use("pgSequence")
    entries = sequence_entries(one.options)
    name = context.names.new(camel(one.name), f"{camel(one.name)}Sequence", f"{camel(one.label)}Sequence")
    return constant(name, Call(head, [Str(one.name), *([Obj(entries)] if entries else [])]))


def view(one: View, context: Context) -> str:
    """`pgView("name", { columns }).as(sql`…`)`."""
    word = "MaterializedView" if one.materialized else "View"
    head = context.use(f"{context.core}{word}")
    if one.namespace:
        head = f"{context.namespaces[one.namespace]}.{word[0].lower()}{word[1:]}"
    call = Call(head, [Str(one.name), Obj(_view_columns(one, context), expanded=bool(one.columns))])
    if with_options := _with(one):
        call = call.then("with", Obj(with_options))
    if one.options.get("with_no_data") and one.materialized:
        call = call.then("withNoData")
    call = call.then("as", context.sql(one.definition))
    name = context.names.new(camel(one.name), f"{camel(one.name)}View", f"{camel(one.label)}View")
    text = constant(name, call)
    return f"{comment(one.comment)}\n{text}" if one.comment else text


def _view_columns(one: View, context: Context) -> list[tuple[str, Node]]:
    """The columns with their types; those of unknown type as text."""
    if not one.columns:
        context.notes.add(
            one.label,
            "the columns of the view are not known from its source",
            "a view without columns: list those that you select",
        )
        return []
    types = one.column_types
    if not types:
        context.notes.add(
            one.label,
            "the types of the view's columns are not known from its source",
            "columns of type text: mend them",
        )
        types = tuple(_guess(one, name, context) for name in one.columns)
    names = _view_keys(one)
    return [
        (key, _typed(data_type, [] if key == name else [Str(name)], one.label, context))
        for (name, key), data_type in zip(names.items(), types, strict=False)
    ]


def _guess(one: View, name: str, context: Context) -> DataType:
    """The type of the only column of that name among the tables that the view reads."""
    tables = [table for label in one.depends_on if (table := context.schema.table(label))]
    types: list[DataType] = []
    for table in tables:
        column = table.column(name)
        if column is not None and column.type not in types:
            types.append(column.type)
    native = "TEXT" if context.core == "sqlite" else "text"
    return types[0] if len(types) == 1 else DataType(kind=Kind.TEXT, native=native)


def _view_keys(one: View) -> dict[str, str]:
    from dbdesign.model.schema import Column

    text = DataType(kind=Kind.TEXT, native="text")
    return column_keys(tuple(Column(name=name, type=text) for name in dict.fromkeys(one.columns)))


def _typed(data_type: DataType, name: list[Node], where: str, context: Context) -> Node:
    dimensions = 0
    while data_type.kind is Kind.ARRAY and data_type.element is not None and dimensions < 8:
        data_type, dimensions = data_type.element, dimensions + 1
    known = (
        context.enums.get(str(data_type.name)) if data_type.name is not None and data_type.kind is Kind.ENUM else None
    )
    call: Call = Call(known, name) if known else COLUMNS[context.core].typed(data_type, name, where, context)
    for _ in range(dimensions):
        call = call.then("array")
    return call


def _with(one: View) -> list[tuple[str, Node]]:
    found: list[tuple[str, Node]] = []
    if one.materialized:
        return found
    if check := one.options.get("check_option"):
        found.append(("checkOption", Str(check.lower())))
    for name, key in (("security_barrier", "securityBarrier"), ("security_invoker", "securityInvoker")):
        if one.options.get(name, "").lower() in {"true", "on", "1"}:
            found.append((key, Raw("true")))
    return found
