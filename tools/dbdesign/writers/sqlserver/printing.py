"""A schema that is SQL Server's as a script of batches, in an order that loads."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbdesign.model.relations import Relations, strongly_connected
from dbdesign.model.schema import Check, Domain, ForeignKey, Grant, Index, Routine, Schema, Sequence, Table, View
from dbdesign.writers.base import WriteOptions
from dbdesign.writers.sqlserver import clauses
from dbdesign.writers.sqlserver.clauses import identifier, object_name
from dbdesign.writers.sqlserver.comments import comments

INDENT = "    "
ELSEWHERE = clauses.STORAGE | {
    "period_start", "period_end", "graph", "connection", "connection_name", "connection_on_delete",
    "change_tracking", "lock_escalation", "system_versioning", "filetable_namespace",
}  # fmt: skip
"""Table options that do not stand in CREATE TABLE … WITH (…): set by ALTER TABLE, or clauses of their own."""
WORD = re.compile(r"[\w@#$]+")


def batches(schema: Schema, options: WriteOptions) -> Iterator[str]:
    """The script's batches, without GO."""
    yield "SET ANSI_NULLS, QUOTED_IDENTIFIER ON;"
    for namespace in schema.namespaces:
        owner = f" AUTHORIZATION {identifier(namespace.owner)}" if namespace.owner else ""
        yield f"CREATE SCHEMA {identifier(namespace.name)}{owner};"
    yield from (_domain(domain) for domain in schema.domains)
    yield from (_sequence(sequence) for sequence in schema.sequences)
    if options.carried:
        yield from (f"{carried.sql};" for carried in schema.carried if carried.before_tables)
    routines = list(schema.routines) if options.carried else []
    early = _needed_by_tables(schema, routines)
    yield from (routine.definition for routine in early)
    yield from _tables(schema)
    late = [routine for routine in routines if routine not in early]
    for module in _in_order([*schema.views, *late]):
        yield from module_batches(module)
    yield from _rest(schema, options)


def _rest(schema: Schema, options: WriteOptions) -> Iterator[str]:
    if options.carried:
        owners: list[Table | View] = [*schema.tables, *schema.views]
        for owner in owners:
            yield from _triggers(owner)
    for table in schema.tables:
        yield from _settings(table)
    if options.comments:
        yield from comments(schema)
    if options.grants:
        for table in schema.tables:
            yield from (_grant(table, grant) for grant in table.grants)
    if options.carried:
        yield from (f"{carried.sql};" for carried in schema.carried if not carried.before_tables)


def _domain(domain: Domain) -> str:
    null = "" if domain.nullable else " NOT NULL"
    return f"CREATE TYPE {object_name(domain.namespace, domain.name)} FROM {domain.type.native}{null};"


def _sequence(sequence: Sequence) -> str:
    options, text = sequence.options, f"CREATE SEQUENCE {object_name(sequence.namespace, sequence.name)}"
    if sequence.type:
        text += f" AS {sequence.type.native}"
    for words, value in (
        ("START WITH", options.start),
        ("INCREMENT BY", options.increment),
        ("MINVALUE", options.minimum),
        ("MAXVALUE", options.maximum),
        ("CACHE", options.cache),
    ):
        if value is not None:
            text += f" {words} {value}"
    return f"{text}{' CYCLE' if options.cycle else ''};"


def _needed_by_tables(schema: Schema, routines: list[Routine]) -> list[Routine]:
    """Functions that defaults, checks and computed columns call: they must be there first."""
    functions = [routine for routine in routines if routine.kind == "function"]
    if not functions:
        return []
    said = " ".join(
        [check.expression for table in schema.tables for check in table.checks]
        + [column.default or "" for table in schema.tables for column in table.columns]
        + [column.generated.expression for table in schema.tables for column in table.columns if column.generated]
    )
    words = {word.lower() for word in WORD.findall(said)}
    return [function for function in functions if function.name.lower() in words]


def _in_order(modules: list[View | Routine]) -> list[View | Routine]:
    """Views and routines, each after those that its text names."""
    by_name = {module.name.lower(): module.label for module in modules}
    by_label = {module.label: module for module in modules}
    graph = {
        module.label: [
            by_name[word]
            for word in dict.fromkeys(WORD.findall(module.definition.lower()))
            if word in by_name and by_name[word] != module.label
        ]
        for module in modules
    }
    return [by_label[one] for group in strongly_connected(graph) for one in group]


def module_batches(module: View | Routine) -> Iterator[str]:
    """CREATE VIEW with its indexes, or a routine: a batch each."""
    if isinstance(module, Routine):
        yield module.definition
        return
    columns = f" {clauses.names(module.columns)}" if module.columns else ""
    attributes = [name.upper() for name in module.options if name != "check_option"]
    with_clause = f"\nWITH {', '.join(attributes)}" if attributes else ""
    check = "\nWITH CHECK OPTION" if "check_option" in module.options else ""
    name = object_name(module.namespace, module.name)
    yield f"CREATE VIEW {name}{columns}{with_clause} AS\n{module.definition}{check};"
    if module.indexes:
        yield "\n".join(clauses.index_text(name, index) for index in _clustered_first(module.indexes))


def _clustered_first(indexes: tuple[Index, ...]) -> list[Index]:
    return sorted(indexes, key=lambda index: not index.clustered)


def _tables(schema: Schema) -> Iterator[str]:
    order = Relations(schema).load_order()
    made: set[str] = set()
    later: list[tuple[Table, ForeignKey]] = []
    for table in order:
        made.add(table.label)
        inline = [key for key in table.foreign_keys if key.references in made and key.valid and key.enforced]
        later += [(table, key) for key in table.foreign_keys if key not in inline]
        yield create_table(table, inline)
    additions = [_added_key(table, key) for table, key in later]
    additions += [text for table in order for check in table.checks if (text := _added_check(table, check))]
    if additions:
        yield "\n".join(additions)


def create_table(table: Table, inline: list[ForeignKey]) -> str:
    """CREATE TABLE with these of its foreign keys, and CREATE INDEX for its indexes."""
    memory = clauses.is_memory_optimised(table)
    lines = [clauses.column_definition(column) for column in table.columns]
    if table.primary_key:
        lines.append(clauses.key_text("PRIMARY KEY", table.primary_key))
    lines += [clauses.key_text("UNIQUE", key) for key in table.unique_keys]
    lines += [clauses.foreign_key_text(key) for key in inline]
    lines += [clauses.check_text(check) for check in table.checks if check.valid and check.enforced]
    if memory:
        lines += [clauses.inline_index(index) for index in table.indexes]
    if "period_start" in table.options:
        period = (table.options["period_start"], table.options["period_end"])
        lines.append(f"PERIOD FOR SYSTEM_TIME {clauses.names(period)}")
    if "connection" in table.options:
        name = clauses.constraint(table.options.get("connection_name"))
        action = " ON DELETE CASCADE" if "connection_on_delete" in table.options else ""
        lines.append(f"{name}CONNECTION ({table.options['connection']}){action}")
    name = object_name(table.namespace, table.name)
    body = ",\n".join(INDENT + line for line in lines)
    statements = [f"CREATE TABLE {name} (\n{body}\n){_table_suffix(table)};"]
    if not memory:
        ordered = sorted(table.indexes, key=lambda index: not index.clustered)
        statements += [clauses.index_text(name, index) for index in ordered]
    statements += [
        f"ALTER INDEX {identifier(index.name or '')} ON {name} DISABLE;" for index in table.indexes if not index.visible
    ]
    return "\n".join(statements)


def _table_suffix(table: Table) -> str:
    text = f" AS {table.options['graph'].upper()}" if "graph" in table.options else ""
    text += clauses.placement(table.options)
    if table.partitioning is not None and table.partitioning.strategy == "scheme":
        columns = ", ".join(identifier(key.column or "") for key in table.partitioning.keys)
        text += f" ON {identifier(table.partitioning.text or '')} ({columns})"
    inside = {name: value for name, value in table.options.items() if name not in ELSEWHERE}
    return text + clauses.with_clause(inside)


def _added_key(table: Table, key: ForeignKey) -> str:
    name = object_name(table.namespace, table.name)
    check = "CHECK" if key.valid else "NOCHECK"
    text = f"ALTER TABLE {name} WITH {check} ADD {clauses.foreign_key_text(key)};"
    return text + (
        "" if key.enforced or not key.name else f"\nALTER TABLE {name} NOCHECK CONSTRAINT {identifier(key.name)};"
    )


def _added_check(table: Table, check: Check) -> str | None:
    if check.valid and check.enforced:
        return None
    name = object_name(table.namespace, table.name)
    text = f"ALTER TABLE {name} WITH NOCHECK ADD {clauses.check_text(check)};"
    return text + (
        "" if check.enforced or not check.name else f"\nALTER TABLE {name} NOCHECK CONSTRAINT {identifier(check.name)};"
    )


def _triggers(owner: Table | View) -> Iterator[str]:
    name = object_name(owner.namespace, owner.name)
    for trigger in owner.triggers:
        yield trigger.definition
        if trigger.enabled == "disabled":
            yield f"DISABLE TRIGGER {object_name(owner.namespace, trigger.name)} ON {name};"


def _settings(table: Table) -> Iterator[str]:
    """What ALTER TABLE sets: versioning last, when the table of the history is there too."""
    name = object_name(table.namespace, table.name)
    if "change_tracking" in table.options:
        value = table.options["change_tracking"]
        yield f"ALTER TABLE {name} ENABLE CHANGE_TRACKING{'' if value == 'on' else f' WITH ({value.upper()})'};"
    for option in ("lock_escalation", "system_versioning", "filetable_namespace"):
        if option in table.options:
            value = table.options[option]
            yield f"ALTER TABLE {name} SET ({option.upper()} = {value if '(' in value else value.upper()});"


def _grant(table: Table, grant: Grant) -> str:
    privileges = ", ".join(privilege.upper() for privilege in grant.privileges)
    option = " WITH GRANT OPTION" if grant.grantable else ""
    return f"GRANT {privileges} ON {object_name(table.namespace, table.name)} TO {identifier(grant.grantee)}{option};"
