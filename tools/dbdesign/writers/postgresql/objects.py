"""Statements for everything but tables: types, sequences, views, routines, guards, privileges and comments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dbdesign.dialects.postgresql import chosen_name
from dbdesign.model.schema import (
    Check,
    CompositeType,
    Domain,
    EnumType,
    Exclusion,
    Extension,
    ForeignKey,
    Grant,
    Key,
    Namespace,
    Policy,
    Routine,
    Schema,
    Sequence,
    Table,
    View,
)
from dbdesign.writers.postgresql.clauses import check_clause, index_statement
from dbdesign.writers.postgresql.spelling import (
    INDENT,
    default,
    identifier,
    identifiers,
    literal,
    qualified,
    role,
    sequence_clauses,
    statement,
    storage,
    type_identifier,
)

_ALL = {
    "TABLE": ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER"),
    "SEQUENCE": ("SELECT", "UPDATE", "USAGE"),
    "SCHEMA": ("USAGE", "CREATE"),
}
_TRIGGER_STATES = {"disabled": "DISABLE", "replica": "ENABLE REPLICA", "always": "ENABLE ALWAYS"}
_VIEW_PARAMETERS = {"security_barrier", "security_invoker", "check_option"}
MAINTAIN_SINCE = 17


def extension(one: Extension) -> str:
    """CREATE EXTENSION."""
    place = f"WITH SCHEMA {identifier(one.namespace)}" if one.namespace else ""
    return statement("CREATE EXTENSION IF NOT EXISTS", identifier(one.name), place)


def namespace(one: Namespace) -> str:
    """CREATE SCHEMA."""
    return f"CREATE SCHEMA {identifier(one.name)}"


def enum(one: EnumType) -> str:
    """CREATE TYPE … AS ENUM."""
    values = ",\n".join(f"{INDENT}{literal(value)}" for value in one.values)
    short = ", ".join(literal(value) for value in one.values)
    body = f"({short})" if len(short) <= 80 else f"(\n{values}\n)"
    return f"CREATE TYPE {type_identifier(one.namespace, one.name)} AS ENUM {body}"


def domain(one: Domain) -> Iterator[str]:
    """CREATE DOMAIN, and what cannot be said in it."""
    name = type_identifier(one.namespace, one.name)
    lines = [
        statement(f"CREATE DOMAIN {name} AS {one.type.native}", f"COLLATE {one.collation}" if one.collation else ""),
        f"DEFAULT {default(one.default)}" if one.default is not None else "",
        "" if one.nullable else "NOT NULL",
        *(check_clause(check) for check in one.checks if check.valid),
    ]
    yield f"\n{INDENT}".join(line for line in lines if line)
    for check in one.checks:
        if not check.valid:
            yield f"ALTER DOMAIN {name} ADD {check_clause(check)} NOT VALID"


def composite(one: CompositeType) -> str:
    """CREATE TYPE … AS (…)."""
    fields = (
        f"{INDENT}{identifier(field.name)} {field.type.native}"
        + (f" COLLATE {field.collation}" if field.collation else "")
        for field in one.fields
    )
    return f"CREATE TYPE {type_identifier(one.namespace, one.name)} AS (\n" + ",\n".join(fields) + "\n)"


def sequence(one: Sequence) -> str:
    """CREATE SEQUENCE."""
    clauses = sequence_clauses(one.options.model_copy(update={"data_type": None}))
    kind = f"AS {one.type.native}" if one.type and one.type.native != "bigint" else ""
    return statement(
        "CREATE UNLOGGED SEQUENCE" if one.unlogged else "CREATE SEQUENCE",
        qualified(one.namespace, one.name),
        kind,
        *clauses,
    )


def sequence_owners(schema: Schema) -> Iterator[str]:
    """ALTER SEQUENCE … OWNED BY."""
    owners = {
        f"{table.label}.{column.name}": f"{qualified(table.namespace, table.name)}.{identifier(column.name)}"
        for table in schema.tables
        for column in table.columns
    }
    for one in schema.sequences:
        if one.owned_by in owners:
            yield f"ALTER SEQUENCE {qualified(one.namespace, one.name)} OWNED BY {owners[one.owned_by]}"


def view(one: View) -> Iterator[str]:
    """CREATE [MATERIALIZED] VIEW, its columns' defaults and its indexes."""
    name = qualified(one.namespace, one.name)
    options = dict(one.options)
    defaults = {key: options.pop(key) for key in one.options if key.startswith("default ")}
    no_data = options.pop("with_no_data", None)
    method, tablespace = options.pop("access_method", None), options.pop("tablespace", None)
    if not one.materialized:
        options = {key: value for key, value in options.items() if key in _VIEW_PARAMETERS}
    head = statement(
        f"CREATE {'MATERIALIZED VIEW' if one.materialized else 'RECURSIVE VIEW' if one.recursive else 'VIEW'} {name}",
        f"({identifiers(one.columns)})" if one.recursive or _must_name_columns(one) else "",
        f"USING {identifier(method)}" if method else "",
        storage(options).strip(),
        f"TABLESPACE {identifier(tablespace)}" if tablespace else "",
        "AS",
    )
    yield f"{head}\n{one.definition}" + ("\nWITH NO DATA" if no_data else "")
    for key, expression in defaults.items():
        yield f"ALTER VIEW {name} ALTER COLUMN {identifier(key.removeprefix('default '))} SET DEFAULT {default(expression)}"
    yield from (index_statement(name, index) for index in one.indexes)


def _must_name_columns(one: View) -> bool:
    """The server's own text always names the columns; other sources may have a list of them that the query does not."""
    return bool(one.columns) and not one.column_types


def routine_name(one: Routine) -> str:
    """How DROP, COMMENT and GRANT name it."""
    return f"{identifier(one.namespace)}.{one.signature}" if one.namespace else one.signature


def triggers(of: Table | View) -> Iterator[str]:
    """CREATE TRIGGER, and its state where that is not `enabled`."""
    for one in of.triggers:
        yield one.definition
        if one.enabled in _TRIGGER_STATES:
            yield f"ALTER TABLE {qualified(of.namespace, of.name)} {_TRIGGER_STATES[one.enabled]} TRIGGER {identifier(one.name)}"


def row_security(table: Table) -> Iterator[str]:
    """ENABLE ROW LEVEL SECURITY and the policies."""
    name = qualified(table.namespace, table.name)
    if table.row_security != "off":
        yield f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY"
    if table.row_security == "forced" or "force_row_security" in table.options:
        yield f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY"
    for one in table.policies:
        yield _policy(name, one)


def _policy(table: str, one: Policy) -> str:
    lines = [
        statement(f"CREATE POLICY {identifier(one.name)} ON {table}", "" if one.permissive else "AS RESTRICTIVE"),
        f"FOR {one.command.upper()}" if one.command != "all" else "",
        f"TO {', '.join(role(name) for name in one.roles)}" if one.roles != ("public",) else "",
        f"USING ({one.using})" if one.using else "",
        f"WITH CHECK ({one.check})" if one.check else "",
    ]
    return f"\n{INDENT}".join(line for line in lines if line)


def privileges(schema: Schema, major: int) -> Iterator[str]:
    """GRANT and REVOKE for everything that has any."""
    for one in schema.namespaces:
        yield from grants("SCHEMA", identifier(one.name), one.grants, major)
    kinds: tuple[EnumType | CompositeType, ...] = (*schema.enums, *schema.composites)
    for kind in kinds:
        yield from grants("TYPE", type_identifier(kind.namespace, kind.name), kind.grants, major)
    for of_domain in schema.domains:
        yield from grants("DOMAIN", type_identifier(of_domain.namespace, of_domain.name), of_domain.grants, major)
    for of_sequence in schema.sequences:
        yield from grants("SEQUENCE", qualified(of_sequence.namespace, of_sequence.name), of_sequence.grants, major)
    for table in schema.tables:
        yield from grants("TABLE", qualified(table.namespace, table.name), table.grants, major)
        for column in table.columns:
            if column.identity and column.identity.grants:
                name = column.identity.sequence_name or chosen_name(table.name, column.name, "seq")
                yield from grants("SEQUENCE", qualified(table.namespace, name), column.identity.grants, major)
    for of_view in schema.views:
        yield from grants("TABLE", qualified(of_view.namespace, of_view.name), of_view.grants, major)
    for one_routine in schema.routines:
        kind_word = "PROCEDURE" if one_routine.kind == "procedure" else "FUNCTION"
        yield from grants(kind_word, routine_name(one_routine), one_routine.grants, major)


def grants(kind: str, name: str, given: Iterable[Grant], major: int) -> Iterator[str]:
    """The statements for one object; revocations first, as they undo what the engine gave."""
    for one in sorted(given, key=lambda grant: not grant.revoked):
        words = _privilege_words(kind, one, major)
        if not words:
            continue
        target = f"ON {name}" if kind == "TABLE" else f"ON {kind} {name}"
        option = "WITH GRANT OPTION" if one.grantable and not one.revoked else ""
        yield statement(
            "REVOKE" if one.revoked else "GRANT",
            words,
            target,
            "FROM" if one.revoked else "TO",
            role(one.grantee),
            option,
        )


def _privilege_words(kind: str, grant: Grant, major: int) -> str:
    known = [word for word in grant.privileges if word != "MAINTAIN" or major >= MAINTAIN_SINCE]
    if grant.columns:
        return ", ".join(f"{word} ({identifiers(grant.columns)})" for word in known)
    everything = _ALL.get(kind)
    if kind == "TABLE" and major >= MAINTAIN_SINCE and everything:
        everything = (*everything, "MAINTAIN")
    return "ALL" if everything and set(known) == set(everything) else ", ".join(known)


def comments(schema: Schema) -> Iterator[str]:
    """COMMENT ON for everything but tables and views, which carry theirs beside them."""
    for one in schema.namespaces:
        yield from comment("SCHEMA", identifier(one.name), one.comment)
    kinds: tuple[EnumType | CompositeType, ...] = (*schema.enums, *schema.composites)
    for kind in kinds:
        yield from comment("TYPE", type_identifier(kind.namespace, kind.name), kind.comment)
    for of_composite in schema.composites:
        name = type_identifier(of_composite.namespace, of_composite.name)
        for field in of_composite.fields:
            yield from comment("COLUMN", f"{name}.{identifier(field.name)}", field.comment)
    for of_domain in schema.domains:
        name = type_identifier(of_domain.namespace, of_domain.name)
        yield from comment("DOMAIN", name, of_domain.comment)
        for check in of_domain.checks:
            yield from comment("CONSTRAINT", f"{identifier(check.name or '')} ON DOMAIN {name}", check.comment)
    for of_sequence in schema.sequences:
        yield from comment("SEQUENCE", qualified(of_sequence.namespace, of_sequence.name), of_sequence.comment)
    for routine in schema.routines:
        yield from comment(routine.kind.upper(), routine_name(routine), routine.comment)


def table_comments(table: Table) -> Iterator[str]:
    """COMMENT ON the table, its columns, keys and indexes."""
    name = qualified(table.namespace, table.name)
    yield from comment("TABLE", name, table.comment)
    for column in table.columns:
        yield from comment("COLUMN", f"{name}.{identifier(column.name)}", column.comment)
        if column.identity and column.identity.comment:
            own = column.identity.sequence_name or chosen_name(table.name, column.name, "seq")
            yield from comment("SEQUENCE", qualified(table.namespace, own), column.identity.comment)
    for index in table.indexes:
        if index.name:
            yield from comment("INDEX", qualified(table.namespace, index.name), index.comment)


def late_table_comments(table: Table) -> Iterator[str]:
    """COMMENT ON what may be made last: constraints, triggers, policies."""
    name = qualified(table.namespace, table.name)
    for column in table.columns:
        constraint = column.not_null_name or chosen_name(table.name, column.name, "not_null")
        yield from comment("CONSTRAINT", f"{identifier(constraint)} ON {name}", column.not_null_comment)
    keys = ([table.primary_key] if table.primary_key else []) + list(table.unique_keys)
    constraints: tuple[Key | ForeignKey | Check | Exclusion, ...]
    constraints = (*keys, *table.foreign_keys, *table.checks, *table.exclusions)
    for one in constraints:
        if one.name:
            yield from comment("CONSTRAINT", f"{identifier(one.name)} ON {name}", one.comment)
    for trigger in table.triggers:
        yield from comment("TRIGGER", f"{identifier(trigger.name)} ON {name}", trigger.comment)
    for policy in table.policies:
        yield from comment("POLICY", f"{identifier(policy.name)} ON {name}", policy.comment)


def view_comments(one: View) -> Iterator[str]:
    """COMMENT ON a view and its columns."""
    name = qualified(one.namespace, one.name)
    yield from comment("MATERIALIZED VIEW" if one.materialized else "VIEW", name, one.comment)
    for column, text in one.column_comments.items():
        yield from comment("COLUMN", f"{name}.{identifier(column)}", text)
    for index in one.indexes:
        if index.name:
            yield from comment("INDEX", qualified(one.namespace, index.name), index.comment)
    for trigger in one.triggers:
        yield from comment("TRIGGER", f"{identifier(trigger.name)} ON {name}", trigger.comment)


def comment(kind: str, name: str, text: str | None) -> Iterator[str]:
    """COMMENT ON, where there is a comment."""
    if text is not None:
        yield f"COMMENT ON {kind} {name} IS {literal(text)}"
