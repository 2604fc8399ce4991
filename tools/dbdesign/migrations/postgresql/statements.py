"""Statements that alter or drop what CREATE made; the printers of `writers/postgresql` supply the clauses."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.dialects.postgresql import chosen_name
from dbdesign.model.schema import (
    Carried,
    Check,
    Column,
    CompositeType,
    Domain,
    EnumType,
    Exclusion,
    Extension,
    ForeignKey,
    Key,
    Namespace,
    Routine,
    Sequence,
    Table,
    View,
)
from dbdesign.writers.postgresql import objects
from dbdesign.writers.postgresql.clauses import (
    check_clause,
    exclusion_clause,
    foreign_key_clause,
    is_short_serial,
    key_clause,
    sequence_name,
    serial_default,
    type_clause,
    value_clause,
)
from dbdesign.writers.postgresql.spelling import (
    default,
    identifier,
    qualified,
    sequence_clauses,
    statement,
    type_identifier,
)

Constraint = Key | ForeignKey | Check | Exclusion
Standing = Namespace | Extension | EnumType | Domain | CompositeType | Sequence | Routine | View | Table | Carried


def alter(place: str, clause: str) -> str:
    """ALTER TABLE of a table by its name as SQL."""
    return f"ALTER TABLE {place} {clause}"


def alter_column(place: str, name: str, clause: str) -> str:
    """ALTER TABLE … ALTER COLUMN."""
    return alter(place, f"ALTER COLUMN {identifier(name)} {clause}")


def rename_column(place: str, old: str, new: str) -> str:
    """ALTER TABLE … RENAME COLUMN."""
    return alter(place, f"RENAME COLUMN {identifier(old)} TO {identifier(new)}")


def rename_table(place: str, new: str) -> str:
    """ALTER TABLE … RENAME TO."""
    return alter(place, f"RENAME TO {identifier(new)}")


def rename_constraint(place: str, old: str, new: str) -> str:
    """ALTER TABLE … RENAME CONSTRAINT."""
    return alter(place, f"RENAME CONSTRAINT {identifier(old)} TO {identifier(new)}")


def drop_constraint(place: str, name: str) -> str:
    """ALTER TABLE … DROP CONSTRAINT."""
    return alter(place, f"DROP CONSTRAINT {identifier(name)}")


def validate(place: str, name: str) -> str:
    """ALTER TABLE … VALIDATE CONSTRAINT."""
    return alter(place, f"VALIDATE CONSTRAINT {identifier(name)}")


def set_default(place: str, table: Table, column: Column) -> str:
    """SET DEFAULT, or DROP DEFAULT where the column has none."""
    if column.identity is not None and column.identity.mode == "serial":
        return alter_column(place, column.name, f"SET DEFAULT {serial_default(table, column, column.identity)}")
    if column.default is None:
        return alter_column(place, column.name, "DROP DEFAULT")
    return alter_column(place, column.name, f"SET DEFAULT {default(column.default)}")


def base_type(column: Column) -> str:
    """A column's type with its collation, `serial` spelt out."""
    return f"{column.type.native} COLLATE {column.collation}" if column.collation else column.type.native


def add_column(place: str, table: Table, column: Column, *, bare: bool = False) -> str:
    """ADD COLUMN with its type and, unless `bare`, its default or generation; never with a constraint."""
    value = "" if bare else value_clause(table, column)
    kind = base_type(column) if bare or not is_short_serial(column) else type_clause(column)
    return alter(place, statement(f"ADD COLUMN {identifier(column.name)}", kind, value))


def not_null_name(table: Table, column: Column) -> str:
    """The name of a column's NOT NULL constraint (18)."""
    return column.not_null_name or chosen_name(table.name, column.name, "not_null")


def constraint_clause(table: Table, one: Constraint) -> str:
    """A constraint as ADD takes it, with its name."""
    match one:
        case Key():
            clause = key_clause(table, one)
            named = (
                clause
                if clause.startswith("CONSTRAINT ") or one.name is None
                else f"CONSTRAINT {identifier(one.name)} {clause}"
            )
        case ForeignKey():
            named = foreign_key_clause(table, one, explicit=True)
        case Check():
            named = check_clause(one)
        case Exclusion():
            named = exclusion_clause(one)
    return named


def add_constraint(place: str, table: Table, one: Constraint, *, valid: bool = True) -> str:
    """ALTER TABLE … ADD CONSTRAINT, NOT VALID where asked for."""
    return alter(place, f"ADD {constraint_clause(table, one)}{'' if valid else ' NOT VALID'}")


def drop(one: Standing) -> str:
    """DROP of an object that stands by itself."""
    match one:
        case Namespace():
            return f"DROP SCHEMA {identifier(one.name)}"
        case Extension():
            return f"DROP EXTENSION {identifier(one.name)}"
        case EnumType() | CompositeType():
            return f"DROP TYPE {type_identifier(one.namespace, one.name)}"
        case Domain():
            return f"DROP DOMAIN {type_identifier(one.namespace, one.name)}"
        case Sequence():
            return f"DROP SEQUENCE {qualified(one.namespace, one.name)}"
        case Routine():
            return f"DROP {one.kind.upper()} {objects.routine_name(one)}"
        case View():
            return f"DROP {'MATERIALIZED ' if one.materialized else ''}VIEW {qualified(one.namespace, one.name)}"
        case Table():
            return f"DROP TABLE {qualified(one.namespace, one.name)}"
        case Carried():
            return f"DROP {one.kind.upper()} {qualified(one.namespace, one.name)}"


def create(one: Standing, major: int) -> Iterator[str]:
    """CREATE of an object that stands by itself and is no table, with its comments and privileges."""
    match one:
        case EnumType() | CompositeType() | Domain():
            yield from _create_type(one, major)
        case Routine():
            yield one.definition
            name = objects.routine_name(one)
            yield from objects.comment(one.kind.upper(), name, one.comment)
            yield from objects.grants("PROCEDURE" if one.kind == "procedure" else "FUNCTION", name, one.grants, major)
        case View():
            yield from objects.view(one)
            yield from objects.triggers(one)
            yield from objects.view_comments(one)
            yield from objects.grants("TABLE", qualified(one.namespace, one.name), one.grants, major)
        case Namespace() | Sequence():
            yield from _create_named(one, major)
        case Extension():
            yield objects.extension(one)
        case Carried():
            yield one.sql
        case Table():
            raise AssertionError("tables are made by TableWriter")


def _create_named(one: Namespace | Sequence, major: int) -> Iterator[str]:
    if isinstance(one, Sequence):
        word, name = "SEQUENCE", qualified(one.namespace, one.name)
        yield objects.sequence(one)
    else:
        word, name = "SCHEMA", identifier(one.name)
        yield objects.namespace(one)
    yield from objects.comment(word, name, one.comment)
    yield from objects.grants(word, name, one.grants, major)


def _create_type(one: EnumType | CompositeType | Domain, major: int) -> Iterator[str]:
    name = type_identifier(one.namespace, one.name)
    match one:
        case EnumType():
            yield objects.enum(one)
        case CompositeType():
            yield objects.composite(one)
            for field in one.fields:
                yield from objects.comment("COLUMN", f"{name}.{identifier(field.name)}", field.comment)
        case Domain():
            yield from objects.domain(one)
            for check in one.checks:
                yield from objects.comment(
                    "CONSTRAINT", f"{identifier(check.name or '')} ON DOMAIN {name}", check.comment
                )
    yield from _type_properties("DOMAIN" if isinstance(one, Domain) else "TYPE", one, major)


def _type_properties(kind: str, one: EnumType | CompositeType | Domain, major: int) -> Iterator[str]:
    name = type_identifier(one.namespace, one.name)
    yield from objects.comment(kind, name, one.comment)
    yield from objects.grants(kind, name, one.grants, major)


def owned_sequence(table: Table, column: Column) -> tuple[str, list[str], str] | None:
    """The sequence of a serial column: its name as SQL, CREATE with its options, and OWNED BY; None for no serial."""
    identity = column.identity
    if identity is None or identity.mode != "serial":
        return None
    clauses = sequence_clauses(identity.options)
    if identity.options.data_type is None and column.type.native != "bigint":
        clauses.insert(0, f"AS {column.type.native}")
    name = qualified(table.namespace, sequence_name(table, column, identity))
    return name, [statement("CREATE SEQUENCE", name, *clauses)], f"{name} OWNED BY"
