"""Adapt if the schema is another engine's, print in batches, prove by reading back."""

from __future__ import annotations

from dbdesign.dialects.base import dialect
from dbdesign.model.finding import Proof
from dbdesign.model.schema import Engine, Schema
from dbdesign.writers.base import WriteOptions, WriteResult
from dbdesign.writers.mysql.context import Context
from dbdesign.writers.sqlserver.printing import batches
from dbdesign.writers.sqlserver.proof import prove


def write_sqlserver(schema: Schema, options: WriteOptions) -> WriteResult:
    """The schema as T-SQL."""
    version = dialect(Engine.SQLSERVER).check_version(options.version)
    context = Context(Engine.SQLSERVER, version, options)
    adapted = _kept(_adapted(schema, context), options)
    text = "".join(f"{batch}\nGO\n\n" for batch in batches(adapted, options)).rstrip("\n") + "\n"
    proof = prove(text, adapted, context) if options.prove else Proof(level="by rule")
    return WriteResult(text=text, notes=context.notes(), proof=proof)


def _adapted(schema: Schema, context: Context) -> Schema:
    if schema.engine is Engine.SQLSERVER:
        return schema
    from dbdesign.writers.sqlserver.adapt import adapt

    return adapt(schema, context)


def _kept(schema: Schema, options: WriteOptions) -> Schema:
    """The schema without what the options leave out."""
    if not options.carried:
        tables = tuple(table.model_copy(update={"triggers": ()}) for table in schema.tables)
        views = tuple(view.model_copy(update={"triggers": ()}) for view in schema.views)
        schema = schema.model_copy(update={"tables": tables, "views": views, "routines": (), "carried": ()})
    if not options.grants:
        tables = tuple(table.model_copy(update={"grants": ()}) for table in schema.tables)
        schema = schema.model_copy(update={"tables": tables})
    return schema if options.comments else _without_comments(schema)


def _without_comments(schema: Schema) -> Schema:
    none = {"comment": None}
    tables = []
    for table in schema.tables:
        changes: dict[str, object] = {
            field: tuple(one.model_copy(update=none) for one in getattr(table, field))
            for field in ("columns", "unique_keys", "foreign_keys", "checks", "indexes", "triggers")
        }
        key = table.primary_key.model_copy(update=none) if table.primary_key else None
        tables.append(table.model_copy(update={**changes, "primary_key": key, "comment": None}))
    fields = ("namespaces", "views", "sequences", "domains", "routines")
    rest = {field: tuple(one.model_copy(update=none) for one in getattr(schema, field)) for field in fields}
    options = {name: value for name, value in schema.options.items() if name != "comment"}
    return schema.model_copy(update={**rest, "tables": tuple(tables), "options": options})
