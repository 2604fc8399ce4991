"""Notes on a MySQL schema that is written as it was read: what only MariaDB takes, and what MySQL 8.4 refuses by default."""

from __future__ import annotations

from dbdesign.model.schema import Column, ForeignKey, Schema, Table
from dbdesign.writers.mysql.context import Context

MARIADB_TYPES = ("uuid", "inet4", "inet6", "xmltype")
MARIADB_COLUMN_OPTIONS = {"compressed", "ref_system_id", "system_versioning", "generated_row", "encrypted"}
AS_IT_IS = "written as it is, for MariaDB"


def note_differences(schema: Schema, context: Context) -> None:
    """Notes; the schema is not changed, because a round trip loses nothing."""
    for sequence in schema.sequences:
        context.note(sequence.label, "MySQL has no sequences", AS_IT_IS)
    for one in schema.carried:
        if one.kind.startswith("package"):
            context.note(one.name, "MySQL has no packages", AS_IT_IS)
    for table in schema.tables:
        _table(schema, table, context)


def _table(schema: Schema, table: Table, context: Context) -> None:
    if "system_versioned" in table.options:
        context.note(table.label, "MySQL has no system-versioned tables", AS_IT_IS)
    for column in table.columns:
        _column(table, column, context)
    if any("ignored" in index.options for index in table.indexes):
        context.note(table.label, "IGNORED is MariaDB's word for INVISIBLE", AS_IT_IS)
    if context.has("standard_referenced_key"):
        for key in table.foreign_keys:
            parent = schema.table_by_label.get(key.references)
            if parent and not _references_a_key(key, parent):
                where = f"{table.label} ({key.name or ', '.join(key.columns)})"
                context.note(
                    where,
                    f"it references columns of {parent.label} that are no whole key, which 8.4 refuses by default",
                    "written: SET restrict_fk_on_non_standard_key = OFF, or add a unique key",
                )


def _column(table: Table, column: Column, context: Context) -> None:
    where = f"{table.label}.{column.name}"
    if column.type.native.split("(")[0] in MARIADB_TYPES:
        context.note(where, f"MySQL has no type {column.type.native}", AS_IT_IS)
    for word in sorted(MARIADB_COLUMN_OPTIONS & set(column.options)):
        context.note(where, f"MySQL has no column option {word.upper()}", AS_IT_IS)


def _references_a_key(key: ForeignKey, parent: Table) -> bool:
    wanted = set(key.referenced_columns)
    keys = [parent.primary_key.columns] if parent.primary_key else []
    keys += [one.columns for one in parent.unique_keys] + [one.columns for one in parent.indexes if one.unique]
    return any(set(columns) == wanted for columns in keys)
