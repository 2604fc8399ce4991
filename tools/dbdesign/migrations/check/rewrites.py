"""Safe forms that several hazards recommend, as SQL for PostgreSQL 12 to 18: NOT NULL, keys, indexes, backfills, shadow columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from dbdesign.migrations.check.batches import in_batches
from dbdesign.migrations.check.subject import TIMEOUT, Subject
from dbdesign.model.schema import Column, Index
from dbdesign.readers.postgresql import grammar_nodes as nodes
from dbdesign.readers.postgresql.grammar_drafts import TableDraft
from dbdesign.readers.postgresql.libpg_query import pb
from dbdesign.readers.postgresql.names import choose_name, joined_columns, make_object_name

RESET = "RESET lock_timeout"
"""CONCURRENTLY waits for others without blocking anybody: it needs minutes rather than two seconds."""


def not_null(subject: Subject, table: TableDraft, column: str) -> list[str]:
    """A column made NOT NULL with its rows read under SHARE UPDATE EXCLUSIVE (12 and later)."""
    quoted = subject.quoted(column)
    if subject.version >= 18:
        name = subject.quoted(subject.free(table, make_object_name(table.name[1], column, "not_null")))
        return [
            subject.alter(table, f"ADD CONSTRAINT {name} NOT NULL {quoted} NOT VALID"),
            subject.alter(table, f"VALIDATE CONSTRAINT {name}"),
        ]
    name = subject.quoted(subject.free(table, make_object_name(table.name[1], column, "is_set")))
    return [
        subject.alter(table, f"ADD CONSTRAINT {name} CHECK ({quoted} IS NOT NULL) NOT VALID"),
        subject.alter(table, f"VALIDATE CONSTRAINT {name}"),
        subject.alter(table, f"ALTER COLUMN {quoted} SET NOT NULL"),
        subject.alter(table, f"DROP CONSTRAINT {name}"),
    ]


def constraint_not_valid(
    subject: Subject, table: TableDraft, constraint: Any, columns: Sequence[str] = ()
) -> list[str]:
    """A check or foreign key added as NOT VALID and validated afterwards, in a transaction of its own.

    Args:
        columns: of a foreign key that a column definition declares.
    """
    node = pb.Node()
    node.alter_table_stmt.relation.CopyFrom(range_var(table))
    node.alter_table_stmt.objtype = pb.OBJECT_TABLE
    command = node.alter_table_stmt.cmds.add().alter_table_cmd
    command.subtype = pb.AT_AddConstraint
    added = getattr(command, "def").constraint
    added.CopyFrom(constraint)
    added.skip_validation = True
    added.initially_valid = False
    if columns and not len(added.fk_attrs):
        for column in columns:
            added.fk_attrs.add().string.sval = column
    added.conname = constraint.conname or constraint_name(subject, table, constraint, columns)
    return [nodes.statement(node), subject.alter(table, f"VALIDATE CONSTRAINT {subject.quoted(added.conname)}")]


def constraint_name(subject: Subject, table: TableDraft, constraint: Any, columns: Sequence[str] = ()) -> str:
    """The name that PostgreSQL would choose."""
    taken = subject.state.drafts.relation_taken(table.name[0], subject.state.drafts.constraints)
    if constraint.contype == pb.CONSTR_CHECK:
        mentioned = list(dict.fromkeys(nodes.columns_in(constraint.raw_expr)))
        return choose_name(table.name[1], mentioned[0] if len(mentioned) == 1 else None, "check", taken)
    suffix = {pb.CONSTR_FOREIGN: "fkey", pb.CONSTR_UNIQUE: "key", pb.CONSTR_PRIMARY: "pkey"}[constraint.contype]
    own = list(columns) or nodes.strings(constraint.fk_attrs or constraint.keys)
    return choose_name(table.name[1], None if suffix == "pkey" else joined_columns(own), suffix, taken)


def range_var(table: TableDraft) -> Any:
    """A table as the grammar names it."""
    relation = pb.RangeVar()
    relation.schemaname = table.name[0] or ""
    relation.relname = table.name[1]
    relation.inh = True
    relation.relpersistence = "p"
    return relation


def add_column(subject: Subject, definition: Any) -> str:
    """An ALTER TABLE that adds a column by its definition, to the table that the statement alters."""
    node = pb.Node()
    assert subject.node is not None  # noqa: S101 - a column is added
    node.alter_table_stmt.relation.CopyFrom(subject.node.relation)
    node.alter_table_stmt.objtype = pb.OBJECT_TABLE
    command = node.alter_table_stmt.cmds.add().alter_table_cmd
    command.subtype = pb.AT_AddColumn
    getattr(command, "def").column_def.CopyFrom(definition)
    return nodes.statement(node)


def without(definition: Any, *kinds: int) -> Any:
    """A column definition without its constraints of some kinds."""
    kept = type(definition)()
    kept.CopyFrom(definition)
    others = [one for one in kept.constraints if one.constraint.contype not in kinds]
    del kept.constraints[:]
    kept.constraints.extend(others)
    return kept


# -- indexes ---------------------------------------------------------------------------------------------------------------


def index_concurrently(subject: Subject, table: TableDraft, node: Any) -> list[str]:
    """CREATE INDEX without stopping writers; on a partitioned table each partition by itself, attached afterwards."""
    if table.partitioning is None:
        return [_create(node, table, node.idxname, concurrently=True)]
    columns = [one.index_elem.name or "expr" for one in node.index_params]
    taken = subject.state.drafts.relation_taken(table.name[0])
    name = node.idxname or choose_name(table.name[1], joined_columns(columns), "idx", taken)
    return [TIMEOUT, _create(node, table, name, only=True), RESET, *_partition_indexes(subject, table, name, node)]


def _partition_indexes(subject: Subject, table: TableDraft, parent: str, node: Any) -> Iterable[str]:
    for child in subject.state.children(table):
        columns = [one.index_elem.name or "expr" for one in node.index_params]
        name = subject.free(child, make_object_name(child.name[1], joined_columns(columns), "idx"))
        if child.partitioning is not None:
            yield from (TIMEOUT, _create(node, child, name, only=True), RESET)
            yield from _partition_indexes(subject, child, name, node)
        else:
            yield _create(node, child, name, concurrently=True)
        yield attach_index(subject, table, parent, child, name)


def attach_index(subject: Subject, table: TableDraft, index: str, child: TableDraft, own: str) -> str:
    """ALTER INDEX … ATTACH PARTITION."""
    whole, part = subject.qualified(table.name[0], index), subject.qualified(child.name[0], own)
    return f"ALTER INDEX {whole} ATTACH PARTITION {part}"


def _create(node: Any, table: TableDraft, name: str, *, concurrently: bool = False, only: bool = False) -> str:
    made = pb.Node()
    made.index_stmt.CopyFrom(node)
    made.index_stmt.relation.CopyFrom(range_var(table))
    made.index_stmt.relation.inh = not only
    made.index_stmt.concurrent = concurrently
    made.index_stmt.if_not_exists = False
    made.index_stmt.idxname = name
    return nodes.statement(made)


def key_by_index(subject: Subject, table: TableDraft, constraint: Any, columns: Sequence[str]) -> list[str]:
    """A primary or unique key whose index is built concurrently and then taken over."""
    kind = "PRIMARY KEY" if constraint.contype == pb.CONSTR_PRIMARY else "UNIQUE"
    name = constraint.conname or constraint_name(subject, table, constraint, columns)
    listed = _column_list(subject, constraint, columns)
    later = _deferrable(constraint)
    before: list[str] = []
    if kind == "PRIMARY KEY":
        for column in columns:
            known = table.columns.get(column)
            if known is not None and known.nullable:
                before += not_null(subject, table, column)
    if table.partitioning is None:
        return [*before, *_one_key(subject, table, kind, name, listed, later)]
    own = None if kind == "PRIMARY KEY" else joined_columns(columns)
    only = f"ALTER TABLE ONLY {subject.name(table)} ADD CONSTRAINT {subject.quoted(name)} {kind} {listed}{later}"
    return [*before, only, *_partition_keys(subject, table, kind, (name, own), listed, later)]


def _partition_keys(
    subject: Subject, table: TableDraft, kind: str, parent: tuple[str, str | None], listed: str, later: str
) -> Iterable[str]:
    """The key on each partition, attached to its parent's.

    Args:
        parent: the name of the parent's key, and what stands in names for its columns.
    """
    for child in subject.state.children(table):
        suffix = "key" if parent[1] else "pkey"
        name = subject.free(child, make_object_name(child.name[1], parent[1], suffix))
        if child.partitioning is None:
            yield from _one_key(subject, child, kind, name, listed, later)
        else:
            yield f"ALTER TABLE ONLY {subject.name(child)} ADD CONSTRAINT {subject.quoted(name)} {kind} {listed}{later}"
            yield from _partition_keys(subject, child, kind, (name, parent[1]), listed, later)
        yield attach_index(subject, table, parent[0], child, name)


def _one_key(subject: Subject, table: TableDraft, kind: str, name: str, listed: str, later: str) -> list[str]:
    quoted = subject.quoted(name)
    return [
        RESET,
        f"CREATE UNIQUE INDEX CONCURRENTLY {quoted} ON {subject.name(table)} {listed}",
        TIMEOUT,
        subject.alter(table, f"ADD CONSTRAINT {quoted} {kind} USING INDEX {quoted}{later}"),
    ]


def _column_list(subject: Subject, constraint: Any, columns: Sequence[str]) -> str:
    listed = f"({', '.join(map(subject.quoted, columns))})"
    if len(constraint.including):
        listed += f" INCLUDE ({', '.join(map(subject.quoted, nodes.strings(constraint.including)))})"
    return f"{listed} NULLS NOT DISTINCT" if constraint.nulls_not_distinct else listed


def _deferrable(constraint: Any) -> str:
    if not constraint.deferrable:
        return ""
    return " DEFERRABLE INITIALLY DEFERRED" if constraint.initdeferred else " DEFERRABLE"


# -- rows ------------------------------------------------------------------------------------------------------------------


def backfill(subject: Subject, table: TableDraft, assignment: str, condition: str) -> str:
    """An UPDATE of the rows that meet a condition, in batches with a commit after each."""
    return in_batches(subject, table, f"UPDATE {subject.name(table)} SET {assignment}", condition)


def follow(subject: Subject, table: TableDraft, name: str, body: str) -> list[str]:
    """A trigger that keeps a column up to date from others, for rows written while the rest is filled."""
    function = subject.qualified(table.name[0], name)
    return [
        f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $body$ BEGIN {body} RETURN NEW; END $body$",
        (
            f"CREATE TRIGGER {subject.quoted(name)} BEFORE INSERT OR UPDATE ON {subject.name(table)} "
            f"FOR EACH ROW EXECUTE FUNCTION {function}()"
        ),
    ]


def shadow_column(
    subject: Subject, table: TableDraft, column: Column, data_type: str, using: str, collation: str = ""
) -> list[str] | None:
    """A column of another type beside the old one, kept up to date, filled in batches, and swapped by name at the end.

    None where the column belongs to a key, which needs a plan of its own, or the table is partitioned.
    """
    if _in_key(subject, table, column.name) or subject.state.children(table) or column.identity is not None:
        return None
    old, new = subject.quoted(column.name), subject.quoted(subject_column(table, f"{column.name}_new"))
    kept = subject.quoted(subject_column(table, f"{column.name}_old"))
    trigger = subject.free(table, make_object_name(table.name[1], column.name, "follow"))
    value = using.replace(old, f"NEW.{old}") if using == old else of_new(using, column.name)
    parts = [subject.alter(table, f"ADD COLUMN {new} {data_type}{collation}")]
    if column.default is not None:
        parts.append(subject.alter(table, f"ALTER COLUMN {new} SET DEFAULT {column.default}"))
    parts += follow(subject, table, trigger, f"NEW.{new} := {value};")
    parts.append(backfill(subject, table, f"{new} = {using}", f"{new} IS NULL AND {old} IS NOT NULL"))
    if not column.nullable:
        parts += not_null(subject, table, new.strip('"'))
    parts += _indexes_again(subject, table, column.name, new)
    return [
        *parts,
        "BEGIN",
        "SET LOCAL lock_timeout = '2s'",
        f"DROP TRIGGER {subject.quoted(trigger)} ON {subject.name(table)}",
        f"ALTER TABLE {subject.name(table)} RENAME COLUMN {old} TO {kept}",
        f"ALTER TABLE {subject.name(table)} RENAME COLUMN {new} TO {old}",
        *([subject.alter(table, f"ALTER COLUMN {kept} DROP NOT NULL")] if not column.nullable else []),
        "COMMIT",
        f"-- in a later release, once nothing goes back: ALTER TABLE {subject.name(table)} DROP COLUMN {kept}",
    ]


def new_row(expression: str, table: TableDraft) -> str:
    """An expression over a table's columns as one over the trigger's NEW row."""
    for column in table.columns:
        expression = of_new(expression, column)
    return expression


def sequence_column(subject: Subject, table: TableDraft, definition: Any) -> list[str]:
    """A numbered column: plain, with a sequence behind its default, the rows that are there numbered in batches, and NOT NULL at last."""
    names = nodes.strings(definition.type_name.names)
    plain = without(definition, pb.CONSTR_IDENTITY, pb.CONSTR_NOTNULL, pb.CONSTR_PRIMARY, pb.CONSTR_UNIQUE)
    serial = {"smallserial": "smallint", "serial2": "smallint", "bigserial": "bigint", "serial8": "bigint"}
    native = (
        nodes.native_type(definition.type_name) if names[-1] not in nodes.SERIALS else serial.get(names[-1], "integer")
    )
    del plain.type_name.names[:]
    plain.type_name.names.add().string.sval = "pg_catalog"
    plain.type_name.names.add().string.sval = {"smallint": "int2", "integer": "int4"}.get(native, "int8")
    column = subject.quoted(definition.colname)
    sequence = subject.qualified(
        table.name[0], subject.free(table, make_object_name(table.name[1], definition.colname, "seq"))
    )
    value = f"nextval('{sequence}')"
    return [
        add_column(subject, plain),
        f"CREATE SEQUENCE {sequence} AS {native} OWNED BY {subject.name(table)}.{column}",
        subject.alter(table, f"ALTER COLUMN {column} SET DEFAULT {value}"),
        backfill(subject, table, f"{column} = {value}", f"{column} IS NULL"),
        *not_null(subject, table, definition.colname),
    ]


def numbered(subject: Subject, table: TableDraft, command: Any, definition: Any) -> str | None:
    """The ALTER TABLE that adds a numbered column, without a rewrite: its key and its identity come when the rows have their numbers."""
    made = sequence_column(subject, table, definition)
    late: list[str] = []
    for item in definition.constraints:
        if item.constraint.contype in {pb.CONSTR_PRIMARY, pb.CONSTR_UNIQUE}:
            late += key_by_index(subject, table, item.constraint, [definition.colname])
    for item in definition.constraints:
        if item.constraint.contype == pb.CONSTR_IDENTITY:
            late += _identity(subject, table, definition.colname, item.constraint.generated_when == "a")
    return subject.instead_of(command, made, late=late)


def _identity(subject: Subject, table: TableDraft, column: str, always: bool) -> list[str]:
    """An identity in the place of the default, which counts on where the sequence has come to."""
    name, quoted = subject.name(table), subject.quoted(column)
    sequence = subject.qualified(table.name[0], subject.free(table, make_object_name(table.name[1], column, "seq")))
    text = [one.replace("'", "''") for one in (name, column, sequence)]
    kind = "ALWAYS" if always else "BY DEFAULT"
    return [
        "BEGIN",
        "SET LOCAL lock_timeout = '2s'",
        f"ALTER SEQUENCE {sequence} OWNED BY NONE",
        f"ALTER TABLE {name} ALTER COLUMN {quoted} DROP DEFAULT, ALTER COLUMN {quoted} ADD GENERATED {kind} AS IDENTITY",
        f"SELECT setval(pg_get_serial_sequence('{text[0]}', '{text[1]}'), nextval('{text[2]}'))",
        f"DROP SEQUENCE {sequence}",
        "COMMIT",
    ]


def subject_column(table: TableDraft, wanted: str) -> str:
    """A column name that the table does not have."""
    number, name = 0, wanted
    while name in table.columns:
        number += 1
        name = f"{wanted}{number}"
    return name


def of_new(expression: str, column: str) -> str:
    """An expression over a column as one over the trigger's NEW row."""
    from dbdesign.readers.postgresql.libpg_query import parse

    node = parse(f"SELECT {expression}").stmts[0].stmt.select_stmt.target_list[0].res_target.val
    stack = [node]
    while stack:
        one = stack.pop()
        if one.DESCRIPTOR.name == "ColumnRef" and len(one.fields) == 1 and nodes.strings(one.fields) == [column]:
            one.fields[0].string.sval = "new"
            one.fields.add().string.sval = column
            continue
        for descriptor, value in one.ListFields():
            if descriptor.message_type is not None:
                stack.extend(value if descriptor.is_repeated else [value])
    return nodes.expression(node)


def _in_key(subject: Subject, table: TableDraft, column: str) -> bool:
    keys = [table.primary_key, *table.unique_keys, *table.foreign_keys]
    if any(key is not None and column in key.columns for key in keys) or any(
        column in [one.column for one in exclusion.keys] for exclusion in table.exclusions
    ):
        return True
    return any(column in key.referenced_columns for _, key in subject.state.referencing(table))


def _indexes_again(subject: Subject, table: TableDraft, column: str, new: str) -> list[str]:
    """The plain indexes over a column, built concurrently over the new one."""
    found = [one for one in table.indexes if _is_plain(one) and any(key.column == column for key in one.keys)]
    if not found:
        return []
    made = []
    for index in found:
        keys = [new if key.column == column else subject.quoted(key.column or "") for key in index.keys]
        name = subject.quoted(subject.free(table, f"{index.name}_new"))
        unique = "UNIQUE " if index.unique else ""
        made.append(
            f"CREATE {unique}INDEX CONCURRENTLY {name} ON {subject.name(table)} USING {index.method} ({', '.join(keys)})"
        )
    return [RESET, *made]


def _is_plain(index: Index) -> bool:
    return index.where is None and all(key.column and not key.opclass for key in index.keys)
