"""Adapt if the schema is another engine's, print, and prove by executing."""

from __future__ import annotations

from dbdesign.dialects.base import dialect
from dbdesign.engines.sqlite import Sqlite
from dbdesign.errors import LimitError
from dbdesign.model.finding import Proof
from dbdesign.model.schema import Engine, Schema, View
from dbdesign.writers.base import WriteOptions, WriteResult
from dbdesign.writers.mysql.context import Context
from dbdesign.writers.sqlite.printing import create_view, identifier, statements


def write_sqlite(schema: Schema, options: WriteOptions) -> WriteResult:
    """The schema as SQLite DDL; views that SQLite cannot run are left out with a note."""
    version = dialect(Engine.SQLITE).check_version(options.version)
    context = Context(Engine.SQLITE, version, options)
    adapted = _adapted(schema, context)
    proof = Proof(level="by rule")
    if options.prove:
        adapted, proof = _proven(adapted, context, own=schema.engine is Engine.SQLITE)
    text = "\n\n".join(statements(adapted, options)) + "\n"
    return WriteResult(text=text, notes=context.notes(), proof=proof)


def _adapted(schema: Schema, context: Context) -> Schema:
    if schema.engine is not Engine.SQLITE:
        from dbdesign.writers.sqlite.adapt import adapt

        return adapt(schema, context)
    if context.options.carried:
        return schema
    tables = tuple(table.model_copy(update={"triggers": ()}) for table in schema.tables)
    views = tuple(view.model_copy(update={"triggers": ()}) for view in schema.views)
    return schema.model_copy(update={"tables": tables, "views": views, "carried": ()})


def _proven(schema: Schema, context: Context, *, own: bool) -> tuple[Schema, Proof]:
    """Execute everything in memory, resolve every foreign key, and select from every view."""
    try:
        with Sqlite() as database:
            parts = list(statements(schema.model_copy(update={"views": ()}), context.options))
            problems = [(part, problem) for part in parts if (problem := database.run(part)) is not None]
            for table in schema.tables:
                mismatch = database.run(f"PRAGMA foreign_key_check({identifier(table.name)})")
                if mismatch is not None:
                    context.note(
                        table.name, f"a foreign key that SQLite will not enforce: {mismatch}", "correct it by hand"
                    )
            views = _Views(database, context, own=own).working(schema.views)
    except LimitError as error:
        context.note("the whole text", str(error), "it was not executed to its end")
        return schema, Proof(level="by rule")
    proven = schema.model_copy(update={"views": views})
    if not problems:
        return proven, Proof(level="executed", by=Sqlite.version)
    part, problem = problems[0]
    where = " ".join(part.split())[:80]
    context.note(
        "the whole text",
        f"{Sqlite.version} refused {len(problems)} statements, first {where}: {problem}",
        "correct it by hand",
    )
    return proven, Proof(level="by rule")


class _Views:
    """Tries views in turn until each can be read, or none of the rest can."""

    def __init__(self, database: Sqlite, context: Context, *, own: bool) -> None:
        self.database = database
        self.context = context
        self.own = own
        self.reasons: dict[str, str] = {}

    def working(self, views: tuple[View, ...]) -> tuple[View, ...]:
        """The views that can be read, in an order in which they can; SQLite's own are all kept, as they were."""
        waiting, working = list(views), []
        while waiting:
            failed = [view for view in waiting if not self._works(view)]
            working += [view for view in waiting if view not in failed]
            if len(failed) == len(waiting):
                break
            waiting = failed
        for view in waiting:
            instead = "as it was" if self.own else "none; write it again by hand"
            self.context.note(view.name, f"a view that SQLite does not run: {self.reasons[view.name]}", instead)
        return views if self.own else tuple(working)

    def _works(self, view: View) -> bool:
        name = identifier(view.name)
        problem = self.database.run(create_view(view, self.context.options)) or self.database.run(
            f"SELECT * FROM {name} LIMIT 1"
        )
        if problem is None:
            return True
        self.reasons[view.name] = problem
        self.database.run(f"DROP VIEW IF EXISTS {name}")
        return False
