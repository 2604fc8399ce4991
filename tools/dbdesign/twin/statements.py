"""The one statement that a query's text holds."""

from __future__ import annotations

import functools
import re

from dbdesign.engines.postgres import split_script
from dbdesign.errors import InputError, SqlError

_PLANNED = re.compile(r"(?:select|with|insert|update|delete|merge|values|table)\b|\(", re.IGNORECASE)
_BEGINNING = re.compile(r"(?:\s+|--[^\n]*|/\*.*?\*/)*", re.DOTALL)


@functools.lru_cache(maxsize=2048)  # an advisor asks about the same queries thousands of times
def single_statement(query: str, *, planned: bool = True) -> str:
    """The one statement that a text holds, without its semicolon and the comments before it.

    Raises:
        InputError: for none, several, or one that the planner has no plan for.
    """
    try:
        script = split_script(query)
    except SqlError as error:
        raise InputError(error.what, where="query", remedy="Close the quotation or comment") from None
    if script.skipped:
        raise InputError("holds a command of psql", where="query", remedy="Leave it out")
    statements = script.statements
    if len(statements) != 1:
        raise InputError(
            f"holds {len(statements)} statements", where="query", remedy="Give one statement without others behind it"
        )
    text = statements[0].sql
    beginning = _BEGINNING.match(text)
    text = text[beginning.end() if beginning else 0 :]
    if planned and not _PLANNED.match(text):
        raise InputError(
            f"{text.split(None, 1)[0][:20] if text.split() else 'it'} is not planned",
            where="query",
            remedy="Give a SELECT, INSERT, UPDATE, DELETE or MERGE",
        )
    return text
