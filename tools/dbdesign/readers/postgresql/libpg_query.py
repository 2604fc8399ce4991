"""PostgreSQL's parser and deparser as a library (postgast over libpg_query 18).

Imported by name at run time: the type stubs that it ships are not valid Python (a field is called `def`), and its messages are
classes that protobuf makes on import.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

postgast: Any = import_module("postgast")
pb: Any = import_module("postgast.pg_query_pb2")
"""Messages and enumerations of the parse tree."""

DecodeError: type[Exception] = import_module("google.protobuf.message").DecodeError
"""Of protobuf, whose reader goes 100 levels deep (`upb_DecodeOptions_MaxDepth`)."""

ParseError: type[Exception] = postgast.PgQueryError
"""Has `message` and `cursorpos`, a byte position from 1 (0: unknown)."""

VERSION = "libpg_query 18"


def parse(sql: str) -> Any:
    """The parse tree of one or more statements. Raises `ParseError`, also where the tree is deeper than protobuf reads."""
    try:
        return postgast.parse(sql)
    except DecodeError:
        raise postgast.PgQueryError("the statement is nested too deeply to be taken apart") from None


def deparse(tree: Any) -> str:
    """The SQL of a parse tree."""
    return str(postgast.deparse(tree))
