"""Proof that what was written is what was meant: dbdesign's own static reader reads it back, and finds the same columns and keys."""

from __future__ import annotations

from dbdesign.errors import DesignError
from dbdesign.model.finding import Proof
from dbdesign.model.schema import Schema, Table
from dbdesign.writers.django.context import Context


def prove(source: str, schema: Schema, context: Context) -> Proof:
    """Reads the models back; where a column differs that no note explains, a note says so and the proof is `by rule`."""
    from dbdesign.readers.django import read

    if not context.names:
        return Proof(level="by rule")
    try:
        result = read({"app/models.py": source}, engine=schema.engine)
    except DesignError as error:
        context.note("the whole text", f"it cannot be read back: {error}", "import it into a project to be sure")
        return Proof(level="by rule")
    if result.unread:
        first = result.unread[0]
        context.note(
            "the whole text",
            f"line {first.line} cannot be read back: {first.reason}",
            "import it into a project to be sure",
        )
        return Proof(level="by rule")
    noted = {one.object for one in context.notes}
    found = {one.name: one for one in result.schema_.tables}
    for table in schema.tables:
        if table.label in context.names and (difference := _difference(table, found.get(table.name), noted, context)):
            context.note(
                "the whole text",
                f"read back, {difference} differs from what was meant",
                "import it into a project to be sure",
            )
            return Proof(level="by rule")
    detail = "the same columns, types and keys were read back, but for what the notes say; not imported"
    return Proof(level="parsed", by="dbdesign's Django reader", detail=detail)


def _difference(table: Table, found: Table | None, noted: set[str], context: Context) -> str | None:
    if found is None:
        return table.label
    for column in table.columns:
        other = found.column(column.name)
        subject = f"{table.label}.{column.name}"
        if other is None:
            return subject
        same = context.base_type(column).kind is other.type.kind and column.nullable == other.nullable
        if not same and subject not in noted and f"{subject} (elements)" not in noted:
            return subject
    primary = table.primary_key.columns if table.primary_key else None
    if primary is not None and (found.primary_key is None or found.primary_key.columns != primary):
        return f"the primary key of {table.label}"
    return None
