"""Writes MySQL DDL: adapt if the schema is another engine's, print in dependency order, prove by parsing."""

from __future__ import annotations

from dbdesign.dialects.base import dialect
from dbdesign.model.finding import Proof
from dbdesign.model.schema import Engine, Schema, Table
from dbdesign.model.types import WITHOUT_PREFIX
from dbdesign.writers.base import WriteOptions, WriteResult
from dbdesign.writers.mysql.context import Context
from dbdesign.writers.mysql.family import note_differences
from dbdesign.writers.mysql.printing import Printer
from dbdesign.writers.mysql.proof import prove
from dbdesign.writers.mysql.statements import statements


def write_mysql(schema: Schema, options: WriteOptions) -> WriteResult:
    """The schema as MySQL DDL."""
    version = dialect(Engine.MYSQL).check_version(options.version)
    context = Context(Engine.MYSQL, version, options)
    adapted = adapt_to_mysql(schema, context)
    return finish(adapted, context, Printer(context.dialect, options))


def adapt_to_mysql(schema: Schema, context: Context) -> Schema:
    """The schema in MySQL's terms; as it is if it is MySQL's."""
    if schema.engine is Engine.MYSQL:
        note_differences(schema, context)
        return schema.model_copy(update={"tables": tuple(_with_own_prefixes(table) for table in schema.tables)})
    if schema.engine is Engine.TIDB:
        from dbdesign.writers.mysql.from_tidb import adapt_tidb

        return adapt_tidb(schema, context)
    from dbdesign.writers.mysql.adapt import adapt

    return adapt(schema, context)


def _with_own_prefixes(table: Table) -> Table:
    """Without prefixes of what has none: programs say them (`mysql_length`), MySQL refuses them unless they are the whole column."""
    bare = {column.name for column in table.columns if column.type.kind in WITHOUT_PREFIX}
    if not any(key.length and key.column in bare for index in table.indexes for key in index.keys):
        return table
    indexes = tuple(
        index.model_copy(
            update={
                "keys": tuple(
                    key.model_copy(update={"length": None}) if key.column in bare else key for key in index.keys
                )
            }
        )
        for index in table.indexes
    )
    return table.model_copy(update={"indexes": indexes})


def finish(adapted: Schema, context: Context, printer: Printer) -> WriteResult:
    """Prints and proves what was adapted."""
    written = list(statements(adapted, context, printer))
    proof = prove(written, context) if context.options.prove else Proof(level="by rule")
    text = "\n\n".join(written)
    text = f"{text}\n" if text else ""
    return WriteResult(text=text, notes=context.notes(), proof=proof)
