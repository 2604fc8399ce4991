"""SQL whose parts are only known at run time, for psycopg, whose types ask for literals."""

from __future__ import annotations

from typing import Any, cast

from psycopg import sql


def verbatim(text: str) -> sql.SQL:
    """A part of a statement that the server itself wrote, such as the name of a type or a deparsed expression. Braces are kept."""
    return sql.SQL(cast("Any", text))
