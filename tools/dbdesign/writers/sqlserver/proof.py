"""Proof that what was written is what was meant: it is read back by our own T-SQL reader, and must be equal.

There is no SQL Server to execute on, and sqlglot refuses legal T-SQL (`PRIMARY KEY NONCLUSTERED (a)`, filtered and included
columns, table options).
"""

from __future__ import annotations

from dbdesign.errors import DesignError
from dbdesign.model.base import Model
from dbdesign.model.finding import Proof
from dbdesign.model.schema import Index, Schema, Table, View
from dbdesign.model.types import DataType, Kind
from dbdesign.writers.mysql.context import Context

READER = "dbdesign's T-SQL reader"


def prove(text: str, meant: Schema, context: Context) -> Proof:
    """Reads the text back; where it differs, a note says so and the proof is `by rule`."""
    from dbdesign.readers.sqlserver import read

    try:
        result = read(text)
    except DesignError as error:
        context.note("the whole text", f"it cannot be read back: {error}", "load it into a server to be sure")
        return Proof(level="by rule")
    if result.unread:
        first = result.unread[0]
        context.note(
            "the whole text",
            f"line {first.line} cannot be read back: {first.reason}",
            "load it into a server to be sure",
        )
        return Proof(level="by rule")
    difference = first_difference(meant, result.schema_)
    if difference is not None:
        context.note(
            "the whole text", f"read back, {difference} differs from what was meant", "load it into a server to be sure"
        )
        return Proof(level="by rule")
    return Proof(level="parsed", by=READER, detail="read back equal to what was meant; not executed")


def first_difference(meant: Schema, found: Schema) -> str | None:
    """The first table, view or other object that is not the same in both; None where all are."""
    before, after = canonical(meant), canonical(found)
    for field in ("tables", "views", "routines", "sequences", "domains", "namespaces", "carried"):
        one, other = getattr(before, field), getattr(after, field)
        if one == other:
            continue
        theirs = {_name(each): each for each in other}
        for each in one:
            if theirs.get(_name(each)) != each:
                return f"{field.removesuffix('s')} {_name(each)}"
        return f"the number of {field}"
    return None


def _name(one: Model) -> str:
    return str(getattr(one, "label", None) or getattr(one, "name", ""))


def canonical(schema: Schema) -> Schema:
    """The schema with objects in the order of their names, without what T-SQL has no words for, so that equal schemas compare equal."""
    return schema.model_copy(
        update={
            "version": None,
            "tables": tuple(sorted(map(_canonical_table, schema.tables), key=_name)),
            "views": tuple(sorted(map(_canonical_view, schema.views), key=_name)),
            "routines": tuple(sorted(schema.routines, key=_name)),
            "carried": tuple(sorted(schema.carried, key=lambda one: (one.kind, one.sql))),
        }
    )


def _canonical_index(index: Index) -> Index:
    return index.model_copy(update={"nulls_not_distinct": False})


def _canonical_view(view: View) -> View:
    return view.model_copy(update={"column_types": (), "depends_on": (), "definition": view.definition.strip()})


def _canonical_table(table: Table) -> Table:
    """A type is told by its spelling alone, and whether NULLs are equal is not told: T-SQL has no words for either."""
    columns = tuple(
        column.model_copy(
            update={"type": DataType(kind=Kind.OTHER, native="" if column.generated else column.type.native)}
        )
        for column in table.columns
    )
    return table.model_copy(
        update={
            "columns": columns,
            "unique_keys": tuple(key.model_copy(update={"nulls_not_distinct": False}) for key in table.unique_keys),
            "foreign_keys": tuple(sorted(table.foreign_keys, key=lambda key: (key.name or "", key.columns))),
            "checks": tuple(sorted(table.checks, key=lambda check: (check.name or "", check.expression))),
            "indexes": tuple(
                sorted(map(_canonical_index, table.indexes), key=lambda one: (one.name or "", one.columns))
            ),
        }
    )
