"""Proof that what was written is MySQL: sqlglot's grammar parses every statement but the programs carried verbatim.

A schema of 400 tables repeats a few hundred kinds of clauses thousands of times, and sqlglot needs milliseconds for a table: a clause that
differs from one already parsed in its names, numbers and strings alone is not parsed again.
"""

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
    seen: set[str] = set()
    logger = logging.getLogger("sqlglot")
    before, logger.disabled = logger.disabled, True  # it warns of what it falls back on; that is counted here
    try:
        for statement in statements:
            if statement.startswith(UNPARSED):
                continue
            text = novel(plain(statement), seen)
            if text is None:
                continue
            try:
                tree = sqlglot.parse_one(text, dialect="mysql")
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


LITERAL = re.compile(r"'(?:[^'\\]|\\.|'')*'")
NUMBER = re.compile(r"\b\d+\b")
NAME = re.compile(r"`(?:[^`]|``)*`|\b\w*[a-z]\w*\b")
FIRST_NAME = re.compile(
    r"\A  (?!(?:CONSTRAINT|PRIMARY|UNIQUE|KEY|FULLTEXT|SPATIAL|VECTOR|FOREIGN|CHECK|PERIOD) )(?:`(?:[^`]|``)*`|[\w$]+) (?=[a-z])"
)


def shape(line: str) -> str:
    """A clause of a table without what its syntax does not depend on. Types are in lower case, keywords in upper case."""
    bare = NUMBER.sub("0", LITERAL.sub("''", line.rstrip(",")))
    if FIRST_NAME.match(bare):
        return FIRST_NAME.sub("  x ", bare)
    return NAME.sub("x", bare)


def novel(statement: str, seen: set[str]) -> str | None:
    """A CREATE TABLE with those of its clauses alone whose shapes were not `seen` yet; None if there are none. Others as they are."""
    lines = statement.split("\n")
    if not statement.startswith("CREATE TABLE ") or len(lines) < 3:
        return statement
    new = [line.rstrip(",") for line in lines[1:-1] if _is_new(line, seen)]
    options_are_new = _is_new(lines[-1], seen)
    if not new and not options_are_new:
        return None
    body = ",\n".join(new) or "  x int"
    return f"{lines[0]}\n{body}\n{lines[-1]}"


def _is_new(line: str, seen: set[str]) -> bool:
    found = shape(line)
    if found in seen:
        return False
    seen.add(found)
    return True
