"""From a schema of any engine to proven PostgreSQL DDL: adapt, write, execute."""

from __future__ import annotations

from dbdesign.dialects.postgresql import DIALECT
from dbdesign.errors import EngineError, LimitError, SqlError
from dbdesign.model.finding import Proof
from dbdesign.model.schema import Engine, Namespace, Routine, Schema, Sequence, Table, View
from dbdesign.writers.base import Note, WriteOptions, WriteResult
from dbdesign.writers.postgresql import objects
from dbdesign.writers.postgresql.adapt import adapt
from dbdesign.writers.postgresql.names import fitted
from dbdesign.writers.postgresql.notes import Notes
from dbdesign.writers.postgresql.script import script
from dbdesign.writers.postgresql.versions import for_version

BY_RULE = Proof(level="by rule")
MOST_REFUSALS = 20
"""Refused statements that are noted one by one."""


def generate(schema: Schema, options: WriteOptions) -> WriteResult:
    """See `writers.postgresql.write`."""
    version = DIALECT.check_version(options.version)
    notes = Notes()
    own = schema if schema.engine is Engine.POSTGRESQL else fitted(adapt(schema, notes), notes)
    own = for_version(own, version, notes)
    _say_owners(schema, notes)
    text = script(own, options, int(version))
    if not options.prove:
        return WriteResult(text=text, notes=notes.all(), proof=BY_RULE)
    proof, said, refused = prove(text, version)
    views = {one.label: refused[head] for one in own.views if (head := _head(one)) in refused}
    if views and schema.engine is not Engine.POSTGRESQL:  # a translation that parses, and that the engine yet refuses
        for label, message in views.items():
            notes.add(label, f"a view whose query PostgreSQL refuses ({message})", "rewrite it")
        own = own.model_copy(update={"views": tuple(one for one in own.views if one.label not in views)})
        text = script(own, options, int(version))
        proof, said, _ = prove(text, version)
    return WriteResult(text=text, notes=(*notes.all(), *said), proof=proof)


def _head(view: View) -> str:
    """The first line of a view's statement."""
    return _beginning(next(iter(objects.view(view))))


def _say_owners(schema: Schema, notes: Notes) -> None:
    owned: tuple[Namespace | Table | View | Routine | Sequence, ...]
    owned = (*schema.namespaces, *schema.tables, *schema.views, *schema.routines, *schema.sequences)
    owners = sorted({one.owner for one in owned if one.owner})
    if len(owners) > 1:
        notes.add("schema", f"the owners {', '.join(owners)}", "whoever runs the script owns everything")


def prove(text: str, version: str) -> tuple[Proof, tuple[Note, ...], dict[str, str]]:
    """Executes a script on the embedded server.

    Returns the proof; notes on what the server refused; and its messages by the first line of the refused statement.
    """
    from dbdesign.engines.postgres import embedded

    try:
        server = embedded()
        with server.scratch() as database:
            outcome = database.run_script(text)
    except (EngineError, LimitError, SqlError) as error:
        return BY_RULE, (Note(object="schema", lost="the script was not executed", instead=str(error)),), {}
    if outcome.failures:
        notes = tuple(
            Note(
                object=f"line {one.line}",
                lost=f"PostgreSQL {server.version} refused: {one.message}",
                instead=_beginning(one.statement),
            )
            for one in outcome.failures[:MOST_REFUSALS]
        )
        return BY_RULE, notes, {_beginning(one.statement): one.message for one in outcome.failures}
    detail = f"written for {version}" if str(server.major) != version else None
    return Proof(level="executed", by=f"PostgreSQL {server.version}", detail=detail), (), {}


def _beginning(statement: str) -> str:
    line = statement.strip().splitlines()[0]
    return line if len(line) <= 120 else line[:117] + "..."
