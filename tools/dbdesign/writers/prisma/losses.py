"""What of a schema Prisma has no words for: one note for each kind of loss."""

from __future__ import annotations

from dbdesign.model.schema import Column, Engine, Schema, Table
from dbdesign.writers.dbml.losses import Losses

MIGRATION = "keep it in a migration: Prisma Migrate runs SQL that is written by hand"
NUMBERED_OTHERWISE = "@default(autoincrement()): Prisma creates its usual kind of numbering (serial, on PostgreSQL)"

MYSQL_OPTIONS = {"charset": "utf8mb4", "collation": "utf8mb4_unicode_ci", "engine": "InnoDB"}
"""What tables of MySQL have that Prisma creates."""


def of_schema(schema: Schema, losses: Losses) -> None:
    """What stands beside the tables."""
    for view in schema.views:
        losses.add(view.label, "Prisma does not create views", f"{MIGRATION}; declare it with `view` to query it")
    for routine in schema.routines:
        losses.add(routine.label, "Prisma has no functions or procedures", MIGRATION)
    for sequence in schema.sequences:
        losses.add(sequence.label, "Prisma has no sequences of their own", MIGRATION)
    for domain in schema.domains:
        losses.add(domain.label, "Prisma has no domains", "its columns have the type under it")
    for composite in schema.composites:
        losses.add(composite.label, "Prisma has no composite types", "its columns are Unsupported")
    for carried in schema.carried:
        losses.add(carried.name, f"Prisma cannot say: {carried.kind}", MIGRATION)
    for table in schema.tables:
        if table.partition_of is not None:
            losses.add(table.label, "a partition of another table", f"its rows belong to {table.partition_of.label}")
        losses.when(not table.columns, table.label, "a table without columns", "no model was written")
    used = {one.namespace for one in schema.tables} | {one.namespace for one in schema.enums}
    for namespace in schema.namespaces:
        losses.when(
            namespace.name not in used,
            namespace.name,
            "a schema without tables",
            "none: Prisma creates those that have some",
        )
        losses.when(namespace.comment, namespace.name, "a comment on a schema")
    losses.when(set(schema.options), "database", "settings of the database")


def of_table(table: Table, losses: Losses) -> None:
    """What hangs on a table."""
    one = table.label
    losses.when(table.partitioning, one, "partitioning", "one table was written")
    losses.when(table.triggers, one, "triggers", MIGRATION)
    losses.when(table.policies or table.row_security != "off", one, "row security", MIGRATION)
    losses.when(table.inherits, one, "inheritance", "inherited columns are written as its own")
    losses.when(
        set(table.options) - MYSQL_OPTIONS.keys(),
        one,
        "storage options of the table",
    )
    for option, usual in MYSQL_OPTIONS.items():
        said = table.options.get(option, usual)
        losses.when(said != usual, one, f"the {option} of a table", f"{usual}, which Prisma always says")
    losses.when(table.grants, one, "grants")
    for check in table.checks:
        losses.add(f"{one} ({check.name or check.expression})", "a check constraint", MIGRATION)
    for exclusion in table.exclusions:
        losses.add(f"{one} ({exclusion.name})", "an exclusion constraint", MIGRATION)


def of_column(table: Table, column: Column, engine: Engine, losses: Losses) -> None:
    """What hangs on a column."""
    one = f"{table.label}.{column.name}"
    losses.when(
        column.generated, one, "how a column is generated", "a plain column was written, as `@default(dbgenerated())`"
    )
    losses.when(column.on_update, one, "ON UPDATE of a column", "@updatedAt, which the client keeps")
    losses.when(column.collation or column.charset, one, "collation and character set")
    losses.when(column.options, one, "storage options of a column")
    losses.when(column.not_null_name, one, "the name of a NOT NULL constraint")
    losses.when(
        not column.not_null_valid or column.not_null_no_inherit, one, "that NOT NULL is not valid, or not inherited"
    )
    losses.when(column.not_null_comment, one, "a comment on a NOT NULL constraint")
    identity = column.identity
    if identity is not None:
        sequence = engine is Engine.COCKROACHDB and identity.mode in {"always", "by_default"}
        counted = identity.options.cycle if sequence else any(value for _, value in identity.options)
        losses.when(counted, one, "what a column's numbers begin with and count by")
        otherwise = identity.mode in {"always", "auto_random"} or (identity.mode == "by_default" and not sequence)
        losses.when(otherwise, one, "how a column is numbered", NUMBERED_OTHERWISE)
        losses.when(
            identity.mode == "rowid", one, "that numbers may be used again", "AUTOINCREMENT, which Prisma always says"
        )
        losses.when(identity.sequence_name, one, "the name of a column's sequence")
