"""What of a schema DBML has no words for, collected as notes: one for each kind of loss, however many objects have it."""

from __future__ import annotations

from collections.abc import Iterable

from dbdesign.model.schema import Column, ForeignKey, Index, IndexKey, Key, Schema, Table
from dbdesign.writers.base import Note


class Losses:
    """Collects losses by kind."""

    def __init__(self) -> None:
        self._objects: dict[tuple[str, str | None], list[str]] = {}

    def add(self, where: str, lost: str, instead: str | None = None) -> None:
        """One object that loses something."""
        self._objects.setdefault((lost, instead), []).append(where)

    def when(self, condition: object, where: str, lost: str, instead: str | None = None) -> None:
        """A loss that occurs if the condition holds."""
        if condition:
            self.add(where, lost, instead)

    def notes(self) -> Iterable[Note]:
        """One note a kind; of more than three objects the first three are named."""
        for (lost, instead), objects in self._objects.items():
            more = f" and {len(objects) - 3} more" if len(objects) > 3 else ""
            yield Note(object=", ".join(objects[:3]) + more, lost=lost, instead=instead)


def of_schema(schema: Schema, losses: Losses) -> None:
    """What stands beside the tables."""
    for view in schema.views:
        losses.add(view.label, "DBML has no views")
    for routine in schema.routines:
        losses.add(routine.label, "DBML has no functions or procedures")
    for sequence in schema.sequences:
        losses.add(sequence.label, "DBML has no sequences")
    for domain in schema.domains:
        losses.add(domain.label, "DBML has no domains", "its columns have the type under it")
    for composite in schema.composites:
        losses.add(composite.label, "DBML has no composite types", "its name stands as the type of its columns")
    for carried in schema.carried:
        losses.add(carried.name, f"DBML cannot say: {carried.kind}")
    for extension in schema.extensions:
        losses.add(extension.name, "DBML has no extensions")
    for enum in schema.enums:
        losses.when(not enum.values, enum.label, "an enum without values cannot be written")
        losses.when(enum.comment, enum.label, "an enum has no note of its own")
    for namespace in schema.namespaces:
        losses.when(namespace.comment, namespace.name, "a schema has no note of its own")
    losses.when(set(schema.options) - {"comment"}, "database", "settings of the database", None)


def of_table(table: Table, losses: Losses) -> None:
    """What hangs on a table."""
    one = table.label
    losses.when(table.partitioning, one, "partitioning")
    losses.when(table.exclusions, one, "exclusion constraints")
    losses.when(table.triggers, one, "triggers")
    losses.when(table.policies or table.row_security != "off", one, "row security")
    losses.when(
        table.inherits and not table.partition_of, one, "inheritance", "inherited columns are written as its own"
    )
    losses.when(table.options, one, "storage options of the table")
    for check in table.checks:
        losses.when(
            not check.valid or not check.enforced, f"{one} ({check.name})", "that a check is not valid or not enforced"
        )


def of_column(table: Table, column: Column, usual_identity: str, losses: Losses) -> None:
    """What hangs on a column."""
    one = f"{table.label}.{column.name}"
    losses.when(column.generated, one, "how a column is generated", "a plain column was written")
    identity = column.identity
    if identity:
        mode = f"that an identity is `{identity.mode.replace('_', ' ')}`"
        losses.when(identity.mode != usual_identity, one, mode, "`increment` was written")
        losses.when(any(value for _, value in identity.options), one, "what an identity counts by")
    losses.when(column.on_update, one, "ON UPDATE of a column")
    losses.when(column.collation or column.charset, one, "collation and character set")
    losses.when(column.options, one, "storage options of a column")


def of_key(table: Table, key: Key, losses: Losses) -> None:
    """What hangs on a primary or unique key."""
    one = f"{table.label} ({key.name or ', '.join(key.columns)})"
    losses.when(key.deferrable, one, "that a key is deferrable")
    losses.when(key.nulls_not_distinct, one, "NULLS NOT DISTINCT")
    losses.when(key.include, one, "INCLUDE columns")
    losses.when(key.clustered is not None, one, "whether a key is clustered")
    losses.when(key.without_overlaps, one, "WITHOUT OVERLAPS")
    _of_order(one, key.keys, losses)


def of_index(table: Table, index: Index, losses: Losses) -> None:
    """What hangs on an index."""
    one = f"{table.label} ({index.name})"
    losses.when(index.include, one, "INCLUDE columns")
    losses.when(index.nulls_not_distinct, one, "NULLS NOT DISTINCT")
    losses.when(index.clustered, one, "that an index is clustered")
    losses.when(not index.valid or not index.visible, one, "that an index is not valid or not visible")
    losses.when(index.options, one, "storage options of an index")
    losses.when(
        index.where and index.comment, one, "the predicate of a partial index", "an index on all rows was written"
    )
    _of_order(one, index.keys, losses)


def _of_order(one: str, keys: tuple[IndexKey, ...], losses: Losses) -> None:
    losses.when(any(key.descending or key.nulls for key in keys), one, "the direction of an index's keys")
    losses.when(any(key.length for key in keys), one, "the prefix lengths of an index's keys")
    losses.when(any(key.opclass or key.collation for key in keys), one, "operator classes and collations of an index")


def of_foreign_key(table: Table, key: ForeignKey, losses: Losses) -> None:
    """What hangs on a foreign key."""
    one = f"{table.label} ({key.name or ', '.join(key.columns)})"
    losses.when(key.deferrable, one, "that a foreign key is deferrable")
    losses.when(not key.valid or not key.enforced, one, "that a foreign key is not valid or not enforced")
    losses.when(key.match != "simple", one, "MATCH of a foreign key")
    losses.when(key.set_columns, one, "which columns ON DELETE sets")
    losses.when(key.period, one, "PERIOD of a foreign key")
    losses.when(key.comment, one, "a comment on a foreign key")
