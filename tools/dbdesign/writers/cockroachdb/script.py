"""The whole script for a schema that is CockroachDB's own."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.schema import (
    Carried,
    Check,
    CompositeType,
    Domain,
    EnumType,
    ForeignKey,
    Grant,
    Key,
    Policy,
    Routine,
    Schema,
    Sequence,
    Table,
    View,
)
from dbdesign.writers.base import WriteOptions
from dbdesign.writers.cockroachdb.spelling import INDENT, identifier, identifiers, joined, literal, qualified
from dbdesign.writers.cockroachdb.tables import index_statement, sequence_clauses, table
from dbdesign.writers.postgresql.order import Creatable, plan


def script(schema: Schema, options: WriteOptions) -> str:
    """The DDL, each statement with its semicolon, paragraphs apart."""
    paragraphs = _Script(schema, options).paragraphs()
    return "\n\n".join(";\n".join(one) + ";" for one in paragraphs if one) + "\n"


class _Script:
    def __init__(self, schema: Schema, options: WriteOptions) -> None:
        self._schema = schema
        self._options = options
        self._known: set[str] = set()
        self._later: list[str] = []

    def paragraphs(self) -> Iterator[list[str]]:
        """Statements that belong together."""
        order = plan(self._wanted())
        yield [f"CREATE SCHEMA {identifier(one.name)}" for one in self._schema.namespaces]
        after = [one for one in order.objects if isinstance(one, Carried)]
        for one in order.objects:
            if not isinstance(one, Carried):
                yield self._object(one)
        yield self._later
        yield list(_owners(self._schema))
        if self._options.carried:
            yield [trigger.definition for one in self._schema.tables for trigger in one.triggers]
        yield [statement for one in self._schema.tables for statement in _row_security(one)]
        yield [one.sql for one in after]
        if self._options.comments:
            yield list(_comments(self._schema))
        if self._options.grants:
            yield list(_privileges(self._schema))

    def _wanted(self) -> Schema:
        if self._options.carried:
            return self._schema
        return self._schema.model_copy(update={"routines": (), "carried": ()})

    def _object(self, one: Creatable) -> list[str]:
        match one:
            case Table():
                written = table(one, self._known)
                self._known.add(one.label)
                self._later += written.later
                return [written.now]
            case View():
                return list(view_statements(one))
            case Routine():
                return [one.definition]
            case EnumType():
                return [
                    f"CREATE TYPE {qualified(one.namespace, one.name)} AS ENUM ({', '.join(map(literal, one.values))})"
                ]
            case CompositeType():
                fields = ", ".join(f"{identifier(field.name)} {field.type.native}" for field in one.fields)
                return [f"CREATE TYPE {qualified(one.namespace, one.name)} AS ({fields})"]
            case Sequence():
                clauses = sequence_clauses(one.options)
                return [joined(f"CREATE SEQUENCE {qualified(one.namespace, one.name)}", *clauses)]
            case Domain() | Carried():
                return []


def view_statements(one: View) -> Iterator[str]:
    """CREATE [MATERIALIZED] VIEW and its indexes."""
    name = qualified(one.namespace, one.name)
    columns = f" ({identifiers(one.columns)})" if one.columns and not one.column_types else ""
    yield f"CREATE {'MATERIALIZED ' if one.materialized else ''}VIEW {name}{columns} AS\n{one.definition}"
    yield from (index_statement(name, index) for index in one.indexes)


def _owners(schema: Schema) -> Iterator[str]:
    columns = {
        f"{one.label}.{column.name}": f"{qualified(one.namespace, one.name)}.{identifier(column.name)}"
        for one in schema.tables
        for column in one.columns
    }
    for one in schema.sequences:
        if one.owned_by in columns:
            yield f"ALTER SEQUENCE {qualified(one.namespace, one.name)} OWNED BY {columns[one.owned_by]}"


def _row_security(one: Table) -> Iterator[str]:
    name = qualified(one.namespace, one.name)
    if one.row_security != "off":
        yield f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"
    if one.row_security == "forced":
        yield f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY"
    yield from (policy_statement(name, policy) for policy in one.policies)


def policy_statement(name: str, one: Policy) -> str:
    """CREATE POLICY; `name` is the table's as SQL."""
    lines = [
        joined(f"CREATE POLICY {identifier(one.name)} ON {name}", "" if one.permissive else "AS RESTRICTIVE"),
        f"FOR {one.command.upper()}" if one.command != "all" else "",
        f"TO {', '.join(_role(role) for role in one.roles)}" if one.roles != ("public",) else "",
        f"USING ({one.using})" if one.using else "",
        f"WITH CHECK ({one.check})" if one.check else "",
    ]
    return f"\n{INDENT}".join(line for line in lines if line)


def _role(name: str) -> str:
    return {"public": "PUBLIC", "current_user": "CURRENT_USER", "session_user": "SESSION_USER"}.get(name) or identifier(
        name
    )


def _comments(schema: Schema) -> Iterator[str]:
    for namespace in schema.namespaces:
        yield from _comment("SCHEMA", identifier(namespace.name), namespace.comment)
    kinds: tuple[EnumType | CompositeType, ...] = (*schema.enums, *schema.composites)
    for kind in kinds:
        yield from _comment("TYPE", qualified(kind.namespace, kind.name), kind.comment)
    for one in schema.tables:
        yield from _table_comments(one)


def _table_comments(one: Table) -> Iterator[str]:
    name = qualified(one.namespace, one.name)
    yield from _comment("TABLE", name, one.comment)
    for column in one.columns:
        yield from _comment("COLUMN", f"{name}.{identifier(column.name)}", column.comment)
    keys = ([one.primary_key] if one.primary_key else []) + list(one.unique_keys)
    constraints: tuple[Key | ForeignKey | Check, ...] = (*keys, *one.foreign_keys, *one.checks)
    for constraint in constraints:
        if constraint.name:
            yield from _comment("CONSTRAINT", f"{identifier(constraint.name)} ON {name}", constraint.comment)
    for index in one.indexes:
        if index.name:
            yield from _comment("INDEX", f"{name}@{identifier(index.name)}", index.comment)


def _comment(kind: str, name: str, text: str | None) -> Iterator[str]:
    if text is not None:
        yield f"COMMENT ON {kind} {name} IS {literal(text)}"


def _privileges(schema: Schema) -> Iterator[str]:
    for namespace in schema.namespaces:
        yield from _grants("SCHEMA", identifier(namespace.name), namespace.grants)
    kinds: tuple[EnumType | CompositeType, ...] = (*schema.enums, *schema.composites)
    for kind in kinds:
        yield from _grants("TYPE", qualified(kind.namespace, kind.name), kind.grants)
    relations: tuple[Table | View, ...] = (*schema.tables, *schema.views)
    for one in relations:
        yield from _grants("TABLE", qualified(one.namespace, one.name), one.grants)
    for sequence in schema.sequences:
        yield from _grants("SEQUENCE", qualified(sequence.namespace, sequence.name), sequence.grants)
    for routine in schema.routines:
        name = f"{identifier(routine.namespace)}.{routine.signature}" if routine.namespace else routine.signature
        yield from _grants("PROCEDURE" if routine.kind == "procedure" else "FUNCTION", name, routine.grants)


def _grants(kind: str, name: str, grants: tuple[Grant, ...]) -> Iterator[str]:
    for one in sorted(grants, key=lambda grant: not grant.revoked):
        yield joined(
            "REVOKE" if one.revoked else "GRANT",
            ", ".join(one.privileges),
            f"ON {kind} {name}",
            "FROM" if one.revoked else "TO",
            _role(one.grantee),
            "WITH GRANT OPTION" if one.grantable and not one.revoked else "",
        )
