"""The statements of a MySQL schema in an order that loads: databases, sequences, tables, later foreign keys, programs, views, triggers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from dbdesign.model.relations import strongly_connected
from dbdesign.model.schema import Engine, Grant, Routine, Schema, Table, View
from dbdesign.writers.mysql.context import Context
from dbdesign.writers.mysql.printing import Printer, table_order

WORD = re.compile(r"`(?:[^`]|``)+`|[\w$]+")


def statements(schema: Schema, context: Context, printer: Printer) -> Iterator[str]:
    """Every statement, with its semicolon."""
    yield from _databases(schema, printer)
    yield from _carried(schema, context, before=True)
    for sequence in schema.sequences:
        yield printer.sequence(sequence)
    order = table_order(schema)
    for table, later in order:
        yield printer.table(table, later)
    for table, later in order:
        if later:
            yield printer.alter_foreign_keys(table, later)
        yield from _after(table, printer)
    if context.options.carried:
        yield from delimited(_routine(routine) for routine in schema.routines)
    for view in view_order(schema):
        yield create_view(view, printer)
    if context.options.carried:
        yield from delimited(_in_place(t.definition) for table in schema.tables for t in table.triggers)
    yield from _carried(schema, context, before=False)
    if context.options.grants:
        for table in schema.tables:
            yield from grants(table, table.grants, printer)


def _databases(schema: Schema, printer: Printer) -> Iterator[str]:
    for namespace in schema.namespaces:
        yield f"CREATE DATABASE IF NOT EXISTS {printer.name(namespace.name)};"
    name = schema.options.get("database")
    if not name:
        return
    options = "".join(
        f" {word} {schema.options[key]}"
        for key, word in (("charset", "DEFAULT CHARACTER SET"), ("collation", "DEFAULT COLLATE"))
        if key in schema.options
    )
    yield f"CREATE DATABASE IF NOT EXISTS {printer.name(name)}{options};"
    yield f"USE {printer.name(name)};"


def _after(table: Table, printer: Printer) -> Iterator[str]:
    replicas = table.options.get("tiflash_replica")
    if replicas:
        yield f"ALTER TABLE {printer.dialect.qualified(table.namespace, table.name)} SET TIFLASH REPLICA {replicas};"


def create_view(view: View, printer: Printer) -> str:
    """CREATE VIEW."""
    options = view.options
    text = "CREATE"
    if algorithm := options.get("algorithm"):
        text += f" ALGORITHM={algorithm.upper()}"
    if definer := options.get("definer"):
        text += f" DEFINER={definer}"
    if security := options.get("sql_security"):
        text += f" SQL SECURITY {security.upper()}"
    columns = f" {printer.names(view.columns)}" if view.columns else ""
    text += f" VIEW {printer.dialect.qualified(view.namespace, view.name)}{columns} AS\n{view.definition}"
    if check := options.get("check_option"):
        text += f"\nWITH {check.upper()} CHECK OPTION"
    return f"{text};"


def view_order(schema: Schema) -> list[View]:
    """The views, those first that others read; by the names that occur in their queries where the reader does not know more."""
    by_label = {view.label: view for view in schema.views}
    by_name = {view.name.lower(): view.label for view in schema.views}
    graph: dict[str, list[str]] = {}
    for view in schema.views:
        words = {word.strip("`").lower() for word in WORD.findall(view.definition)}
        named = [by_name[word] for word in words if word in by_name]
        graph[view.label] = sorted({*named, *(one for one in view.depends_on if one in by_label)} - {view.label})
    return [by_label[label] for group in strongly_connected(graph) for label in group]


def _routine(routine: Routine) -> str:
    return routine.definition


def _in_place(definition: str) -> str:
    return definition


def delimited(definitions: Iterable[str]) -> Iterator[str]:
    """Statements with semicolons inside, between DELIMITER lines; plain ones as they are."""
    found = [definition.strip() for definition in definitions]
    if not found:
        return
    mark = next(mark for mark in (";;", "$$", "//", "$dbdesign$") if not any(mark in one for one in found))
    yield "\n".join([f"DELIMITER {mark}", *(f"{one}{mark}" for one in found), "DELIMITER ;"])


def _carried(schema: Schema, context: Context, *, before: bool) -> Iterator[str]:
    if not context.options.carried:
        return
    wanted = [one for one in schema.carried if one.before_tables == before]
    for one in wanted:
        if one.kind == "comment":
            yield one.sql
        elif one.kind == "grant":
            if context.options.grants:
                yield f"{one.sql.rstrip(';')};"
        elif one.kind not in {"event", "package", "package body"}:
            yield f"{one.sql.rstrip(';')};"
    yield from delimited(one.sql for one in wanted if one.kind in {"event", "package", "package body"})


def grants(table: Table, found: Iterable[Grant], printer: Printer) -> Iterator[str]:
    """GRANT statements on a table."""
    for grant in found:
        columns = f" {printer.names(grant.columns)}" if grant.columns else ""
        privileges = ", ".join(f"{privilege.upper()}{columns}" for privilege in grant.privileges)
        option = " WITH GRANT OPTION" if grant.grantable else ""
        name = printer.dialect.qualified(table.namespace, table.name)
        yield f"GRANT {privileges} ON {name} TO {grant.grantee}{option};"


__all__ = ["Engine", "create_view", "delimited", "grants", "statements", "view_order"]
