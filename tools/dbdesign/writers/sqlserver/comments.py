"""Comments as SQL Server keeps them: extended properties named MS_Description."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.schema import Schema, Table
from dbdesign.writers.sqlserver.clauses import text_literal


def comments(schema: Schema) -> Iterator[str]:
    """One batch of EXEC statements for each object that has comments."""
    if "comment" in schema.options:
        yield _property(schema.options["comment"])
    for namespace in schema.namespaces:
        if namespace.comment:
            yield _property(namespace.comment, ("SCHEMA", namespace.name))
    for table in schema.tables:
        said = list(_of_table(table))
        if said:
            yield "\n".join(said)
    for kind, objects in (("VIEW", schema.views), ("SEQUENCE", schema.sequences), ("TYPE", schema.domains)):
        for one in objects:
            if one.comment:
                yield _property(one.comment, ("SCHEMA", one.namespace or "dbo"), (kind, one.name))
    for routine in schema.routines:
        if routine.comment:
            yield _property(
                routine.comment, ("SCHEMA", routine.namespace or "dbo"), (routine.kind.upper(), routine.name)
            )


def _of_table(table: Table) -> Iterator[str]:
    place = (("SCHEMA", table.namespace or "dbo"), ("TABLE", table.name))
    if table.comment:
        yield _property(table.comment, *place)
    for column in table.columns:
        if column.comment:
            yield _property(column.comment, *place, ("COLUMN", column.name))
    keys = (table.primary_key, *table.unique_keys, *table.foreign_keys, *table.checks)
    for key in keys:
        if key is not None and key.comment and key.name:
            yield _property(key.comment, *place, ("CONSTRAINT", key.name))
    for kind, objects in (("INDEX", table.indexes), ("TRIGGER", table.triggers)):
        for one in objects:
            if one.comment and one.name:
                yield _property(one.comment, *place, (kind, one.name))


def _property(text: str, *place: tuple[str, str]) -> str:
    parts = [f"@name = N'MS_Description', @value = {text_literal(text)}"]
    parts += [
        f"@level{i}type = N'{kind}', @level{i}name = {text_literal(name)}" for i, (kind, name) in enumerate(place)
    ]
    return f"EXEC sys.sp_addextendedproperty {', '.join(parts)};"
