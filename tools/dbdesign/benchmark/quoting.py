"""Names and texts as PostgreSQL writes them in a statement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from dbdesign.model.schema import Table

_default: ContextVar[str] = ContextVar("default namespace", default="public")


@contextmanager
def default_namespace(text: str) -> Iterator[None]:
    """Let tables without a namespace be in this one for the length of the block."""
    token = _default.set(text)
    try:
        yield
    finally:
        _default.reset(token)


def namespace_of(namespace: str | None) -> str:
    """A table's namespace as the server knows it."""
    return namespace or _default.get()


def label_of(namespace: str, text: str) -> str:
    """A table's label from the server's names."""
    return text if namespace == _default.get() else f"{namespace}.{text}"


def name(text: str) -> str:
    """A quoted identifier."""
    return '"' + text.replace('"', '""') + '"'


def names(texts: Iterable[str]) -> str:
    """Quoted identifiers with commas."""
    return ", ".join(map(name, texts))


def literal(text: str) -> str:
    """A string literal; backslashes mean themselves whatever the session says."""
    quoted = "'" + text.replace("'", "''") + "'"
    return f"E{quoted.replace(chr(92), chr(92) * 2)}" if "\\" in text else quoted


def array(texts: Iterable[str]) -> str:
    """A text array."""
    return f"(ARRAY[{', '.join(map(literal, texts))}]::text[])"


def qualified(namespace: str | None, text: str) -> str:
    """A table's full name."""
    return f"{name(namespace_of(namespace))}.{name(text)}"


def relation(table: Table) -> str:
    """A table's full name."""
    return qualified(table.namespace, table.name)
