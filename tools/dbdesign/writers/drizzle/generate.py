"""From a schema to a module of Drizzle."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.dialects.mysql_names import with_chosen_names
from dbdesign.model.finding import Proof
from dbdesign.model.schema import Engine, Schema, Table
from dbdesign.writers.base import WriteOptions, WriteResult
from dbdesign.writers.drizzle import objects
from dbdesign.writers.drizzle.circles import circles
from dbdesign.writers.drizzle.context import CORES, Context
from dbdesign.writers.drizzle.losses import note_losses
from dbdesign.writers.drizzle.relations import relations
from dbdesign.writers.drizzle.tables import TableWriter
from dbdesign.writers.javascript.program import comment, constant, module
from dbdesign.writers.postgresql.adapt import adapt
from dbdesign.writers.postgresql.names import fitted
from dbdesign.writers.postgresql.notes import Notes

TITLES = {Engine.SQLSERVER: "SQL Server", Engine.COCKROACHDB: "CockroachDB"}


def generate(schema: Schema, options: WriteOptions) -> WriteResult:
    """See `writers.drizzle.write`."""
    notes, schema = Notes(), with_chosen_names(schema)
    if schema.engine not in CORES:
        title = TITLES[schema.engine]
        notes.add(
            "the whole schema", f"drizzle-orm 0.45 has no core for {title}", "the schema for PostgreSQL, with pg-core"
        )
        schema = fitted(adapt(schema, notes), notes)
    context = Context(
        schema,
        CORES[schema.engine],
        notes,
        circles=circles(schema),
        grants=options.grants,
        options_comments=options.comments,
    )
    context.name_everything()
    note_losses(context)
    statements = list(_statements(context, options))
    text = module(_imports(context), statements)
    return WriteResult(text=text, notes=notes.all(), proof=Proof(level="by rule"))


def _imports(context: Context) -> dict[str, list[str]]:
    by_word = lambda name: (name.removeprefix("type ").lower(), name)  # noqa: E731 - a key
    found = {
        "drizzle-orm": sorted(context.orm_imports, key=by_word),
        f"drizzle-orm/{context.core}-core": sorted(context.imports, key=by_word),
    }
    return {source: names for source, names in found.items() if names}


def _statements(context: Context, options: WriteOptions) -> Iterator[str]:
    schema = context.schema
    tables = [_table(table, context, options) for table in schema.tables]
    views = [objects.view(view, context) for view in schema.views]
    if context.core != "sqlite":
        yield from objects.namespaces(context)
    if context.core == "pg":
        yield from (objects.enum(one, context) for one in schema.enums)
        yield from (objects.sequence(one, context) for one in schema.sequences)
    custom = [
        constant(name, context.custom_definition(native), exported=False)
        for native, (name, _) in context.custom.items()
    ]
    yield from custom
    yield from tables
    yield from views
    yield from relations(context)


def _table(table: Table, context: Context, options: WriteOptions) -> str:
    text = constant(context.tables[table.label], TableWriter(table, context).write())
    said = [table.comment] if table.comment and options.comments else []
    if options.comments:
        said += [f"@property {context.key(table, one.name)} {one.comment}" for one in table.columns if one.comment]
    return f"{comment(chr(10).join(said))}\n{text}" if said else text
