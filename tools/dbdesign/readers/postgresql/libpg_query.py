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

ParseError: type[Exception] = postgast.PgQueryError
"""Has `message` and `cursorpos`, a byte position from 1 (0: unknown)."""

VERSION = "libpg_query 18"


def parse(sql: str) -> Any:
    """The parse tree of one or more statements. Raises `ParseError`."""
    return postgast.parse(sql)


def deparse(tree: Any) -> str:
    """The SQL of a parse tree."""
    return str(postgast.deparse(tree))
