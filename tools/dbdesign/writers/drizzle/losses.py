"""Notes on what the builders of Drizzle cannot say."""

from __future__ import annotations

from dbdesign.model.schema import Column, ForeignKey, Index, Key, Schema, Table, View, label
from dbdesign.writers.drizzle.context import Context

MIGRATION = "write it into a migration by hand (drizzle-kit generate --custom)"
_SILENT_OPTIONS = {
    "engine",
    "charset",
    "collation",
    "row_format",
    "auto_increment",
    "stats_persistent",
    "strict_types",
    "fillfactor",
}


def note_losses(context: Context) -> None:
    """Everything of the schema that is not in the text."""
    schema = context.schema
    for table in schema.tables:
        _table(table, context)
    for view in schema.views:
        _view(view, context)
    _objects(schema, context)


def _objects(schema: Schema, context: Context) -> None:
    add = context.notes.add
    for extension in schema.extensions:
        add(extension.name, "an extension: drizzle-kit creates none", "CREATE EXTENSION before the first migration")
    for domain in schema.domains:
        add(
            domain.label,
            "a domain: drizzle-kit creates none",
            f"columns have its name as their type; create it first: {MIGRATION}",
        )
    for composite in schema.composites:
        add(composite.label, "a composite type", f"columns have its name as their type; create it first: {MIGRATION}")
    for routine in schema.routines:
        add(routine.label, f"a {routine.kind}", MIGRATION)
    for carried in schema.carried:
        add(label(carried.namespace, carried.name), f"{carried.kind} of the source", MIGRATION)
    for namespace in schema.namespaces:
        if namespace.comment:
            _comment(namespace.name, context)
    for enum in schema.enums:
        if enum.comment:
            _comment(enum.label, context)
    _sequences(schema, context)


def _sequences(schema: Schema, context: Context) -> None:
    for sequence in schema.sequences:
        if context.core != "pg":
            context.notes.add(sequence.label, "a sequence", MIGRATION)
            continue
        if sequence.owned_by:
            lost = f"owned by {sequence.owned_by}"
            context.notes.add(sequence.label, lost, "a sequence of its own, which stays when the column goes")
        if sequence.options.data_type or (sequence.type and sequence.type.native != "bigint"):
            context.notes.add(sequence.label, "the sequence's integer type", "bigint")


def _comment(where: str, context: Context) -> None:
    if context.options_comments:
        context.notes.add(where, "comments: drizzle-kit writes none to the database", "a comment in the source")


def _table(table: Table, context: Context) -> None:
    add = context.notes.add
    if table.comment:
        _comment(table.label, context)
    for trigger in table.triggers:
        add(f"{table.label} ({trigger.name})", "a trigger", MIGRATION)
    for exclusion in table.exclusions:
        add(f"{table.label} ({exclusion.name or 'exclusion'})", "an exclusion constraint", MIGRATION)
    if table.partitioning is not None:
        add(table.label, f"partitioning by {table.partitioning.strategy}", "a table that is not partitioned")
    if table.partition_of is not None:
        add(table.label, f"a partition of {table.partition_of.label}", "a table of its own")
    if table.inherits:
        add(table.label, f"inherits from {', '.join(table.inherits)}", "a table of its own, with the inherited columns")
    if table.row_security == "forced":
        add(table.label, "row security forced for the owner too", f"row security enabled; {MIGRATION}")
    if table.row_security == "off" and table.policies:
        add(
            table.label,
            "policies of a table whose row security is off",
            "row security enabled: drizzle-kit enables it with policies",
        )
    if context.grants and table.grants:
        add(table.label, "grants", MIGRATION)
    for name in sorted(set(table.options) - _SILENT_OPTIONS):
        add(table.label, f"the table option {name}", MIGRATION)
    _parts(table, context)


def _parts(table: Table, context: Context) -> None:
    for column in table.columns:
        _column(table, column, context)
    for key in [*([table.primary_key] if table.primary_key else []), *table.unique_keys]:
        _key(table, key, context)
    for reference in table.foreign_keys:
        _foreign_key(table, reference, context)
    for index in table.indexes:
        _index(table, index, context)
    for check in table.checks:
        where = f"{table.label} ({check.name or 'check'})"
        if not check.valid or not check.enforced or check.no_inherit:
            context.notes.add(
                where, "NOT VALID, NOT ENFORCED or NO INHERIT of a check", "a check that is enforced at once"
            )
        if check.comment:
            _comment(where, context)


def _column(table: Table, column: Column, context: Context) -> None:
    where = f"{table.label}.{column.name}"
    if column.comment:
        _comment(where, context)
    if column.collation:
        context.notes.add(where, f"the collation {column.collation}", "the default collation")
    if column.charset:
        context.notes.add(where, f"the character set {column.charset}", "the table's character set")
    if column.not_null_name or not column.not_null_valid or column.not_null_no_inherit:
        context.notes.add(where, "a NOT NULL constraint with a name or marks of its own", "NOT NULL")
    for name in sorted(column.options):
        context.notes.add(where, f"the column option {name}", MIGRATION)


def _key(table: Table, key: Key, context: Context) -> None:
    where = f"{table.label} ({key.name or ', '.join(key.columns)})"
    if key.include:
        context.notes.add(where, f"INCLUDE ({', '.join(key.include)}) of a key", "the key without it")
    if key.deferrable:
        context.notes.add(where, "a deferrable key", "one that is checked at once")
    if key.without_overlaps:
        context.notes.add(where, "WITHOUT OVERLAPS", "a plain key, which is not the same: mend it in the migration")
    if key.options or key.on_conflict or key.clustered is not None:
        context.notes.add(where, "options of a key's storage", None)
    if context.core == "sqlite" and key is not table.primary_key:
        context.notes.add(where, "a unique constraint: drizzle-kit makes unique indexes on SQLite", "a unique index")
    if key.nulls_not_distinct and context.core != "pg":
        context.notes.add(where, "NULLS NOT DISTINCT", "a unique constraint that lets nulls repeat")


def _foreign_key(table: Table, key: ForeignKey, context: Context) -> None:
    where = f"{table.label} ({key.name or ', '.join(key.columns)})"
    if key.references not in context.tables:
        context.notes.add(where, f"a foreign key to {key.references}, which is not in the schema", "no foreign key")
    if key.deferrable:
        context.notes.add(where, "a deferrable foreign key", "one that is checked at once")
    if key.match != "simple" or key.set_columns or key.period:
        context.notes.add(where, "MATCH FULL, columns of SET NULL or PERIOD of a foreign key", "a plain foreign key")
    if not key.valid or not key.enforced:
        context.notes.add(where, "NOT VALID or NOT ENFORCED of a foreign key", "one that is enforced at once")


def _index(table: Table, index: Index, context: Context) -> None:
    where = f"{table.label} ({index.name or 'index'})"
    add = context.notes.add
    if index.include:
        add(where, f"INCLUDE ({', '.join(index.include)}) of an index", "the index without it")
    if index.nulls_not_distinct:
        add(where, "NULLS NOT DISTINCT of an index", "a unique index that lets nulls repeat")
    if context.core != "pg" and index.method not in {"btree", "hash"}:
        add(where, f"a {index.method} index", f"none: {MIGRATION}")
    if index.where is not None and context.core == "mysql":
        add(where, "the predicate of an index", "an index of all rows")
    if not index.visible or index.clustered or index.only:
        add(where, "an index that is invisible, clustered or on the parent only", "a plain index")
    if context.core == "pg" and any(
        ";" in (text or "") or ",," in (text or "") or "--" in (text or "") for text in _texts(index)
    ):
        add(
            where,
            "an expression with `;`, `,,` or `--`, which drizzle-kit takes apart",
            "check the migration that it generates",
        )


def _texts(index: Index) -> list[str | None]:
    return [index.where, *(key.expression for key in index.keys)]


def _view(view: View, context: Context) -> None:
    if view.comment:
        _comment(view.label, context)
    for index in view.indexes:
        context.notes.add(f"{view.label} ({index.name or 'index'})", "an index of a materialized view", MIGRATION)
    for trigger in view.triggers:
        context.notes.add(f"{view.label} ({trigger.name})", "a trigger", MIGRATION)
    if view.recursive:
        context.notes.add(view.label, "a recursive view", "its query, without RECURSIVE: mend it")
