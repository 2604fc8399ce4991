"""What is new and stands by itself: types, sequences, tables, routines. Nobody waits for any of it, but for the tables it refers to."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.postgresql.planning import Planning
from dbdesign.migrations.postgresql.statements import create, drop
from dbdesign.model.schema import (
    Carried,
    CompositeType,
    Domain,
    EnumType,
    Extension,
    Namespace,
    Routine,
    Sequence,
    Table,
)
from dbdesign.writers.postgresql import objects
from dbdesign.writers.postgresql.clauses import sequence_name
from dbdesign.writers.postgresql.spelling import identifier, qualified
from dbdesign.writers.postgresql.tables import TableWriter

_STANDING = ("namespace", "extension", "enum", "domain", "composite", "sequence", "table", "routine", "carried")
CREATE, CREATE_TITLE = "create", "Create what is new"
"""The step that makes everything new in one transaction: nobody waits for any of it."""


def plan(planning: Planning) -> None:
    """Everything new in one transaction, in the order of its dependencies."""
    added = planning.take(_STANDING, "add", lambda one: not (isinstance(one.after, Carried) and _late(one.after)))
    tables = [one.after for one in added if isinstance(one.after, Table)]
    planning.added |= {table.label for table in tables}
    writer = TableWriter(planning.after.model_copy(update={"tables": _bare(planning)}))
    later: list[str] = []
    routines = [one.after for one in added if isinstance(one.after, Routine)]
    if any(one.language in {"sql", "plpgsql"} for one in routines) and tables:
        planning.merge("expand", CREATE, CREATE_TITLE, ["SET LOCAL check_function_bodies = false"])
    for operation in added:
        one = operation.after
        if isinstance(one, Table):
            up, after = _table(planning, writer, one)
            later += after
            planning.merge("expand", CREATE, CREATE_TITLE, up, [drop(one)] if _drops_itself(planning, one) else [])
        elif isinstance(one, Namespace | Extension | EnumType | Domain | CompositeType | Sequence | Routine | Carried):
            planning.merge("expand", CREATE, CREATE_TITLE, create(one, planning.major), [drop(one)])
    later += writer.attached_indexes(tables)
    later += _sequence_owners(planning, [one.after for one in added if isinstance(one.after, Sequence)])
    if later:
        planning.merge("expand", CREATE, CREATE_TITLE, later)
    _existing_sequences(planning)


def _late(one: Carried) -> bool:
    return not one.before_tables


def _bare(planning: Planning) -> tuple[Table, ...]:
    """The tables without what comes as operations of its own, under the names that hold in this phase."""
    return tuple(
        planning.table(one.label).model_copy(update={"foreign_keys": (), "triggers": (), "policies": ()})
        for one in planning.after.tables
    )


def _drops_itself(planning: Planning, table: Table) -> bool:
    """Whether its parent, new too, does not take it along when it is dropped."""
    return table.partition_of is None or table.partition_of.label not in planning.added


def _table(planning: Planning, writer: TableWriter, table: Table) -> tuple[list[str], list[str]]:
    """The statements now, and those behind all tables. A partition of a table that stood before is made alone and attached later."""
    alone = table.partition_of is not None and table.partition_of.label not in planning.added
    shown = standalone(planning, table) if alone else table
    written = writer.write(shown)
    if alone:
        planning.left.append(attachment(table))
    place = qualified(table.namespace, table.name)
    now = [*written.before, *written.now, *objects.table_comments(shown), *objects.row_security(shown)]
    later = [*written.later, *objects.late_table_comments(shown)]
    later += objects.grants("TABLE", place, table.grants, planning.major)
    for column in table.columns:
        if column.identity and column.identity.grants:
            name = qualified(table.namespace, sequence_name(table, column, column.identity))
            later += objects.grants("SEQUENCE", name, column.identity.grants, planning.major)
    return now, later


def standalone(planning: Planning, table: Table) -> Table:
    """A partition as a table of its own. Its keys and indexes are those of its parent, which ATTACH then takes over."""
    parent = planning.after.table_by_label[table.partition_of.label] if table.partition_of else table
    columns = tuple(
        one.model_copy(
            update={
                "identity": None,
                "default": one.default,
                "not_null_name": one.not_null_name or _not_null(parent, one.name),
            }
        )
        if one.identity is None or one.identity.mode != "serial"
        else one
        for one in table.columns
    )
    return table.model_copy(update={"partition_of": None, "columns": columns, "inherited": ()})


def _not_null(parent: Table, name: str) -> str | None:
    from dbdesign.migrations.postgresql.statements import not_null_name

    column = parent.column(name)
    return None if column is None or column.nullable else not_null_name(parent, column)


def attachment(table: Table):  # type: ignore[no-untyped-def]
    """The operation that makes a table a partition."""
    from dbdesign.model.migration import Operation

    return Operation(action="add", kind="partition", table=table.label, name=table.label, after=table.partition_of)


def _sequence_owners(planning: Planning, sequences: list[Sequence]) -> Iterator[str]:
    """OWNED BY, where the owning column is there already in this phase."""
    for one in sequences:
        table, _, column = (one.owned_by or "").rpartition(".")
        if table in planning.added:
            yield f"ALTER SEQUENCE {qualified(one.namespace, one.name)} OWNED BY {planning.place(table)}.{identifier(column)}"


def _existing_sequences(planning: Planning) -> None:
    """ALTER SEQUENCE for those that count differently."""
    from dbdesign.migrations.postgresql.sequences import alter_sequence

    for operation in planning.take("sequence", "alter"):
        before, after = operation.before, operation.after
        if isinstance(before, Sequence) and isinstance(after, Sequence):
            up = alter_sequence(before, after)
            planning.merge("switch", "sequences", "Alter sequences", up, alter_sequence(after, before))
