"""Proof that what was written is MySQL: sqlglot's grammar parses every statement but the programs carried verbatim."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from importlib.metadata import version

from dbdesign.model.finding import Proof
from dbdesign.writers.mysql.context import Context

VIEW_OPTIONS = re.compile(r"\ACREATE (?:ALGORITHM=\w+ |DEFINER=\S+ |SQL SECURITY \w+ )*VIEW")
CHECK_OPTION = re.compile(r"\nWITH \w+ CHECK OPTION;\Z")
UNPARSED = ("DELIMITER", "CREATE DATABASE", "USE ", "CREATE SEQUENCE", "GRANT", "--")
"""Beginnings of what is not parsed: programs, and statements of two words."""


def prove(statements: Iterable[str], context: Context) -> Proof:
    """Parses each statement. What is refused is noted, and the proof then is `by rule`."""
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    refused: list[tuple[str, str]] = []
    logger = logging.getLogger("sqlglot")
    before, logger.disabled = logger.disabled, True  # it warns of what it falls back on; that is counted here
    try:
        for statement in statements:
            if statement.startswith(UNPARSED):
                continue
            try:
                tree = sqlglot.parse_one(plain(statement), dialect="mysql")
            except (SqlglotError, RecursionError) as error:
                refused.append((statement, str(error).splitlines()[0]))
                continue
            if isinstance(tree, exp.Command):
                refused.append((statement, "only its beginning is known"))
    finally:
        logger.disabled = before
    if not refused:
        return Proof(level="parsed", by=f"sqlglot {version('sqlglot').split('.')[0]} (mysql)")
    statement, reason = refused[0]
    what = f"sqlglot's MySQL grammar does not know {len(refused)} of the statements, first {statement[:60].splitlines()[0]}: {reason}"
    context.note("the whole text", what, "load it into a server to be sure")
    return Proof(level="by rule")


def plain(statement: str) -> str:
    """The statement without the clauses of views and the partitions that sqlglot's grammar lacks."""
    if statement.startswith("CREATE TABLE"):
        return statement.split("\nPARTITION BY ", 1)[0]
    if not statement.startswith("CREATE"):
        return statement
    return CHECK_OPTION.sub(";", VIEW_OPTIONS.sub("CREATE VIEW", statement))
