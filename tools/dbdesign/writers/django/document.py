"""A whole schema as a `models.py`."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Proof
from dbdesign.model.schema import EnumType, Schema, Table
from dbdesign.writers.base import WriteOptions, WriteResult
from dbdesign.writers.django.context import Context, name_everything
from dbdesign.writers.django.fields import Fields
from dbdesign.writers.django.layout import Call, Listing, Node, laid_out, text
from dbdesign.writers.django.meta import Meta
from dbdesign.writers.django.names import class_name, member_name


def document(schema: Schema, options: WriteOptions) -> WriteResult:
    """The models, with a note on whatever Django cannot say."""
    context = Context(schema, options)
    tables = [one for one in schema.tables if one.partition_of is None]
    name_everything(context, tables)
    taken = {one.model.lower() for one in context.names.values()}
    enums = [list(_enum(context, one, taken)) for one in schema.enums]
    models = [list(_model(context, one)) for one in tables]
    _note_lost(context)
    head = [*context.imports.lines()]
    body = ["from django.db import models" if one is None else one for one in _with_models(head)]
    blocks = ["\n".join(body), *("\n".join(one) for one in [*enums, *models])]
    source = "\n\n\n".join(blocks) + "\n"
    proof = _proof(source, schema, context, options)
    return WriteResult(text=source, notes=tuple(context.notes), proof=proof)


def _with_models(lines: list[str]) -> Iterator[str]:
    """The imports in order: the standard library, a blank line, Django."""
    own = [one for one in lines if one.startswith(("from datetime", "from decimal", "from uuid"))]
    yield from own
    if own:
        yield ""
    rest = [one for one in lines if one not in own]
    said = False
    for one in rest:
        if not said and one.startswith("from ") and one.split()[1] > "django.db":
            yield "from django.db import models"
            said = True
        yield one
    if not said:
        yield "from django.db import models"


def _proof(source: str, schema: Schema, context: Context, options: WriteOptions) -> Proof:
    if not options.prove:
        return Proof(level="by rule")
    from dbdesign.writers.django.proof import prove

    return prove(source, schema, context)


def _enum(context: Context, enum: EnumType, taken: set[str]) -> Iterator[str]:
    name = class_name(enum.name, taken)
    context.enums[enum.label] = name
    yield f"class {name}(models.TextChoices):"
    members: set[str] = set()
    for value in enum.values:
        yield f"    {member_name(value, members)} = {text(value)}"
    if enum.comment:
        context.note(enum.label, "the comment of an enumeration")


def _model(context: Context, table: Table) -> Iterator[str]:
    names = context.names[table.label]
    yield f"class {names.model}(models.Model):"
    fields = Fields(context, table)
    yield from _key(context, table)
    for column in table.columns:
        yield from laid_out(f"{names.fields[column.name]} = ", fields.field(column), 4)
    yield ""
    yield "    class Meta:"
    meta = Meta(context, table)
    yield from laid_out("db_table = ", text(table.name), 8)
    if table.comment:
        yield from laid_out("db_table_comment = ", text(table.comment), 8)
    for name, entries in (
        ("constraints", list(meta.constraints(fields.plain_unique))),
        ("indexes", list(meta.indexes())),
    ):
        if entries:
            yield from _entries(name, entries)
    _note_table(context, table)


def _entries(name: str, entries: list[Node]) -> Iterator[str]:
    yield from laid_out(f"{name} = ", Listing(tuple(entries)), 8)


def _key(context: Context, table: Table) -> Iterator[str]:
    primary = table.primary_key
    if primary is None:
        context.note(table.label, "that it has no primary key", "Django adds a column `id`")
        return
    if len(primary.columns) > 1:
        fields = context.fields_of(table)
        yield from laid_out(
            "pk = ", Call("models.CompositePrimaryKey", tuple(text(fields[one]) for one in primary.columns)), 4
        )
    if primary.include or primary.deferrable or primary.comment or primary.options or primary.without_overlaps:
        context.note(
            f"{table.label} ({primary.name or 'primary key'})",
            "INCLUDE, DEFERRABLE, options or a comment of the primary key",
            "a plain primary key",
        )


def _note_table(context: Context, table: Table) -> None:
    for subject, name in [
        (table.label, table.name),
        *((f"{table.label}.{one.name}", one.name) for one in table.columns),
    ]:
        if '"' in name or "%" in name:
            context.note(
                subject,
                "a name with a quotation mark or a percent sign, which Django does not escape",
                "the name as it is; rename it first",
            )
    if table.namespace:
        context.note(
            table.label,
            f"the namespace {table.namespace}",
            "put it on the search_path, or route to a database that has it there",
        )
    if table.partitioning is not None:
        context.note(table.label, f"partitioning by {table.partitioning.strategy}", "one table")
    if table.inherits:
        context.note(
            table.label, f"INHERITS {', '.join(table.inherits)}", "a table of its own, with the inherited columns"
        )
    if table.triggers:
        context.note(
            table.label,
            f"the triggers {', '.join(one.name for one in table.triggers)}",
            "add them by migrations.RunSQL",
        )
    if table.policies or table.row_security != "off":
        context.note(table.label, "row security", "add it by migrations.RunSQL")
    if table.grants and context.options.grants:
        context.note(table.label, "grants", "grant by migrations.RunSQL")
    if table.options:
        context.note(table.label, f"the options {', '.join(sorted(table.options))}")
    for column in table.columns:
        if column.options or column.on_update or column.not_null_name:
            said = [
                *sorted(column.options),
                *(["ON UPDATE"] if column.on_update else []),
                *(["the name of NOT NULL"] if column.not_null_name else []),
            ]
            context.note(f"{table.label}.{column.name}", ", ".join(said))


def _note_lost(context: Context) -> None:
    schema = context.schema
    if context.foreign_names:
        context.note("foreign keys", "their names", "the names that Django makes up")
    for table in schema.tables:
        if table.partition_of is not None:
            context.note(table.label, "a partition of another table", f"its rows belong to {table.partition_of.label}")
    for view in schema.views:
        context.note(
            view.label, "a view", "create it by migrations.RunSQL; read it through a model with managed = False"
        )
    for routine in schema.routines:
        context.note(routine.label, f"a {routine.kind}", "create it by migrations.RunSQL")
    for kind, some in (
        ("sequence", schema.sequences),
        ("composite type", schema.composites),
        ("domain", schema.domains),
    ):
        for one in some:
            context.note(one.label, f"a {kind}", "create it by migrations.RunSQL" if kind == "sequence" else None)
    for carried in schema.carried:
        context.note(carried.name, f"{carried.kind} of the source", "create it by migrations.RunSQL")
    for extension in schema.extensions:
        context.note(
            extension.name,
            "an extension",
            f"django.contrib.postgres.operations.CreateExtension({extension.name!r}) in the first migration",
        )
    if any(table.primary_key and len(table.primary_key.columns) > 1 for table in schema.tables):
        context.note("composite primary keys", "Django before 5.2 has none", "CompositePrimaryKey of Django 5.2")
