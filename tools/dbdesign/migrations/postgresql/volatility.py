"""Whether an expression may give another value each time, so that ADD COLUMN … DEFAULT writes every row anew."""

from __future__ import annotations

import re
from functools import cache

from dbdesign.model.schema import Schema

_CALL = re.compile(r"""((?:[a-z_][\w$]*|"(?:[^"]|"")+")\s*\.\s*)?([a-z_][\w$]*|"(?:[^"]|"")+")\s*\(""", re.IGNORECASE)
_STRING = re.compile(r"'(?:[^']|'')*'")
_STABLE = re.compile(r"\b(?:IMMUTABLE|STABLE)\b", re.IGNORECASE)
_NO_FUNCTIONS = frozenset(
    """
    array cast coalesce nullif greatest least row in any all exists case extract overlay position substring trim varchar numeric decimal
    char character bit timestamp timestamptz time interval float varbit bpchar
    """.split()  # noqa: SIM905 - a list of thirty words is unreadable
)
"""What stands before a parenthesis and is no function."""


def is_volatile(expression: str | None, schema: Schema) -> bool:
    """Whether it calls a function that is VOLATILE, or that nobody knows. A routine counts as it is declared, uninlined."""
    if expression is None:
        return False
    text = _STRING.sub("''", expression)
    return any(_volatile_call(match, schema) for match in _CALL.finditer(text))


def _volatile_call(match: re.Match[str], schema: Schema) -> bool:
    namespace = (match.group(1) or "").strip(" .").strip('"')
    name = match.group(2).strip('"') if match.group(2).startswith('"') else match.group(2).lower()
    if name in _NO_FUNCTIONS and not namespace:
        return False
    own = [
        one for one in schema.routines if one.name == name and (one.namespace or "public") == (namespace or "public")
    ]
    if own:
        return any(not _STABLE.search(one.definition) for one in own)
    return name not in _steady_functions()


@cache
def _steady_functions() -> frozenset[str]:
    """The server's own functions of which no overload is VOLATILE."""
    from dbdesign.engines.postgres import embedded

    rows = embedded().control(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'pg_catalog'::regnamespace GROUP BY proname HAVING bool_and(provolatile <> 'v')"
    )
    return frozenset(row[0] for row in rows)
