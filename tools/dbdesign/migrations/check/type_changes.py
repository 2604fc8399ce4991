"""ALTER COLUMN … TYPE taken apart: what the change keeps, which indexes it builds anew, which views forbid it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from dbdesign.migrations.check.subject import Subject
from dbdesign.migrations.predict.alter_table import AlterTable
from dbdesign.migrations.predict.effects import Effects
from dbdesign.model.schema import Column, View
from dbdesign.model.types import DataType, Kind
from dbdesign.readers.postgresql import grammar_nodes as nodes
from dbdesign.readers.postgresql.grammar_drafts import Refused, TableDraft
from dbdesign.readers.postgresql.libpg_query import ParseError, parse, pb


@dataclass(frozen=True)
class TypeChange:
    """One change of a column's type.

    Attributes:
        spelt: the new type as SQL; `collate`: a COLLATE clause with a blank before it, or nothing.
        using: the new value as SQL.
        keeps: whether the rows stay as they are.
        rebuilt: the indexes that are built anew although they do.
        zoned: whether it is between timestamp and timestamptz, which is free in UTC.
        dropped_constraints: those that the same statement drops.
    """

    command: Any
    table: TableDraft
    column: Column
    new: DataType
    spelt: str
    collate: str
    using: str
    keeps: bool
    rebuilt: tuple[str, ...]
    zoned: bool
    dropped_constraints: frozenset[str]


def type_changes(subject: Subject) -> Iterator[TypeChange]:
    """The changes of types in an ALTER TABLE."""
    table = subject.table
    dropped = frozenset(one.name for one in subject.commands(pb.AT_DropConstraint))
    for command in subject.commands(pb.AT_AlterColumnType):
        column = table.columns.get(command.name) if table is not None else None
        if table is not None and column is not None:
            try:
                yield _change(subject, table, column, command, dropped)
            except Refused:
                continue


def _change(subject: Subject, table: TableDraft, column: Column, command: Any, dropped: frozenset[str]) -> TypeChange:
    node = getattr(command, "def").column_def
    new = subject.state.drafts.data_type(node.type_name)
    run = AlterTable(subject.node, table, subject.state, Effects(subject.version))
    keeps = run.keeps_rows(node, column, new)
    rebuilt = tuple(index.name for index in run.indexes_over(table, column, node, new, keeps) if not index.reused)
    collate = f" COLLATE {nodes_collation(node)}" if node.HasField("coll_clause") else ""
    quoted = subject.quoted(column.name)
    using = nodes.expression(node.raw_default) if node.HasField("raw_default") else quoted
    spelt = type_text(node)
    if not node.HasField("raw_default") and not keeps:
        using = f"{quoted}::{spelt}"
    return TypeChange(
        command=command,
        table=table,
        column=column,
        new=new,
        spelt=spelt,
        collate=collate,
        using=using,
        keeps=keeps,
        rebuilt=rebuilt,
        zoned={column.type.kind, new.kind} == {Kind.TIMESTAMP, Kind.TIMESTAMPTZ},
        dropped_constraints=dropped,
    )


def nodes_collation(node: Any) -> str:
    """The name of a COLLATE clause as SQL."""
    from dbdesign.dialects.postgresql import DIALECT

    return ".".join(
        f'"{one}"' if not one.islower() else DIALECT.identifier(one) for one in nodes.strings(node.coll_clause.collname)
    )


def type_text(node: Any) -> str:
    """The type of a column definition as SQL."""
    cast = pb.Node()
    cast.type_cast.type_name.CopyFrom(node.type_name)
    cast.type_cast.arg.a_const.isnull = True
    text = nodes.expression(cast)
    return text.partition("::")[2].strip() or text.removeprefix("CAST(NULL AS ").removesuffix(")")


def views_over(subject: Subject, table: TableDraft, column: str) -> list[View]:
    """The views that mention a column of a table, each after those that it reads."""
    found = []
    for view in subject.state.views_on(table.label):
        try:
            tree = parse(view.definition)
        except ParseError:
            continue
        if column in set(nodes.columns_in(tree.stmts[0].stmt)) or "*" in view.definition:
            found.append(view)
    return found
