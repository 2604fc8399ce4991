"""Proof that what was written is PostgreSQL's: executed on the embedded server, or parsed where that lacks an extension."""

from __future__ import annotations

import re

from dbdesign.errors import EngineError, LimitError, SqlError
from dbdesign.model.finding import Proof
from dbdesign.writers.base import Note

BY_RULE = Proof(level="by rule")
MOST_REFUSALS = 20
"""Refused statements that are noted one by one."""

_NO_EXTENSION = re.compile(r'extension "[^"]+" is not available')


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
    lacking = [one for one in outcome.failures if _NO_EXTENSION.match(one.message)]
    if lacking and all(one in lacking or "does not exist" in one.message for one in outcome.failures):
        return _parsed(text, server.version, [one.message for one in lacking])
    if outcome.failures:
        notes = tuple(
            Note(
                object=f"line {one.line}",
                lost=f"PostgreSQL {server.version} refused: {one.message}",
                instead=beginning(one.statement),
            )
            for one in outcome.failures[:MOST_REFUSALS]
        )
        return BY_RULE, notes, {beginning(one.statement): one.message for one in outcome.failures}
    detail = f"written for {version}" if str(server.major) != version else None
    return Proof(level="executed", by=f"PostgreSQL {server.version}", detail=detail), (), {}


def _parsed(text: str, version: str, lacking: list[str]) -> tuple[Proof, tuple[Note, ...], dict[str, str]]:
    """The proof of a script for a server with other extensions: its grammar."""
    from dbdesign.readers.postgresql.libpg_query import VERSION, ParseError, parse

    try:
        parse(text)
    except ParseError as error:
        return BY_RULE, (Note(object="schema", lost="the grammar refuses the script", instead=str(error)),), {}
    notes = tuple(
        Note(object="schema", lost=f"{one} in the embedded PostgreSQL {version}: parsed, not executed", instead=None)
        for one in lacking
    )
    return Proof(level="parsed", by=VERSION), notes, {}


def beginning(statement: str) -> str:
    """A statement as notes and messages name it: its first line, cut."""
    line = statement.strip().splitlines()[0]
    return line if len(line) <= 120 else line[:117] + "..."
