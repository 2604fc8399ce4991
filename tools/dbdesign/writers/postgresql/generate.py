"""From a schema of any engine to proven PostgreSQL DDL: adapt, write, execute."""

from __future__ import annotations

from dbdesign.dialects.postgresql import DIALECT
from dbdesign.errors import EngineError, LimitError, SqlError
from dbdesign.model.finding import Proof
from dbdesign.model.schema import Engine, Schema
from dbdesign.writers.base import Note, WriteOptions, WriteResult
from dbdesign.writers.postgresql.script import script

BY_RULE = Proof(level="by rule")


def generate(schema: Schema, options: WriteOptions) -> WriteResult:
    """See `writers.postgresql.write`."""
    version = DIALECT.check_version(options.version)
    notes: list[Note] = []
    text = script(schema, options, int(version))
    proof = BY_RULE
    if options.prove:
        proof, said = prove(text, version)
        notes += said
    return WriteResult(text=text, notes=tuple(notes), proof=proof)


def prove(text: str, version: str) -> tuple[Proof, list[Note]]:
    """Executes a script on the embedded server; what the server refused becomes notes."""
    from dbdesign.engines.postgres import embedded

    try:
        server = embedded()
        with server.scratch() as database:
            outcome = database.run_script(text)
    except (EngineError, LimitError, SqlError) as error:
        return BY_RULE, [Note(object="schema", lost="the script was not executed", instead=str(error))]
    if outcome.failures:
        notes = [
            Note(
                object=f"line {one.line}",
                lost=f"PostgreSQL {server.version} refused: {one.message}",
                instead=_beginning(one.statement),
            )
            for one in outcome.failures
        ]
        return BY_RULE, notes
    detail = f"written for {version}" if str(server.major) != version else None
    return Proof(level="executed", by=f"PostgreSQL {server.version}", detail=detail), []


def _beginning(statement: str) -> str:
    line = statement.strip().splitlines()[0]
    return line if len(line) <= 120 else line[:117] + "..."


__all__ = ["Engine", "generate", "prove"]
