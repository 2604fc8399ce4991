"""Notes on what collections do not have."""

from __future__ import annotations

from dbdesign.model.schema import Schema, Table, label
from dbdesign.writers.postgresql.notes import Notes


def note_losses(schema: Schema, notes: Notes) -> None:
    """Everything of a relational schema that documents cannot say, apart from types, checks, defaults and indexes."""
    if any(table.foreign_keys for table in schema.tables):
        notes.add(
            "the whole schema",
            "whether a child is embedded in its parent depends on how it is read, which the schema does not say",
            "a collection a table, with references; let design_nosql decide from the access patterns",
        )
    for table in schema.tables:
        _table(table, notes)
    for view in schema.views:
        notes.add(view.label, "a view", "db.createView with an aggregation pipeline, by hand")
    for routine in schema.routines:
        notes.add(routine.label, f"a {routine.kind}", "the application")
    for sequence in schema.sequences:
        if not any(
            column.default and sequence.name in column.default for table in schema.tables for column in table.columns
        ):
            notes.add(sequence.label, "a sequence", "a counter document, changed by findOneAndUpdate with $inc")
    for carried in schema.carried:
        notes.add(label(carried.namespace, carried.name), f"{carried.kind} of the source", None)


def _table(table: Table, notes: Notes) -> None:
    _foreign_keys(table, notes)
    for trigger in table.triggers:
        notes.add(f"{table.label} ({trigger.name})", "a trigger", "a hook of the library, or a change stream")
    for exclusion in table.exclusions:
        notes.add(
            f"{table.label} ({exclusion.name or 'exclusion'})", "an exclusion constraint", "check it in a transaction"
        )
    if table.partition_of is not None:
        notes.add(
            table.label,
            f"a partition of {table.partition_of.label}",
            f"its rows belong to the collection of {table.partition_of.label}",
        )
    elif table.partitioning is not None:
        notes.add(
            table.label,
            f"partitioning by {table.partitioning.strategy}",
            "one collection; shard it where it must be spread",
        )
    if table.row_security != "off" or table.policies:
        notes.add(table.label, "row security policies", "filters in the application")
    if table.inherits:
        notes.add(
            table.label,
            f"inherits from {', '.join(table.inherits)}",
            "a collection of its own, with the inherited fields",
        )
    _columns(table, notes)


def _foreign_keys(table: Table, notes: Notes) -> None:
    for key in table.foreign_keys:
        where = f"{table.label} ({key.name or ', '.join(key.columns)})"
        notes.add(
            where,
            "that a referenced document exists: MongoDB enforces no foreign keys",
            "a reference; check it when writing",
        )
        if key.on_delete in {"cascade", "set null", "set default"}:
            notes.add(
                where,
                f"ON DELETE {key.on_delete.upper()}",
                "delete or change the referring documents in the same transaction",
            )
        if len(key.columns) > 1:
            notes.add(where, "a foreign key of several columns", "the fields themselves, without a reference")


def _columns(table: Table, notes: Notes) -> None:
    for column in table.columns:
        if column.collation:
            notes.add(
                f"{table.label}.{column.name}",
                f"the collation {column.collation}",
                "a collation of the collection or of an index",
            )
        if column.identity is not None and not (table.primary_key and table.primary_key.columns == (column.name,)):
            notes.add(
                f"{table.label}.{column.name}",
                "a column that numbers itself",
                "a plain number: take it from a counter document",
            )
    if table.primary_key and len(table.primary_key.columns) == 1:
        key = table.column(table.primary_key.columns[0])
        if key is not None and key.type.is_integer and key.identity is not None:
            notes.add(
                f"{table.label}.{key.name}",
                "primary keys that count",
                "an ObjectId, which every document has as _id",
            )
