"""Names and texts as PostgreSQL writes them in a statement."""

from __future__ import annotations

from collections.abc import Iterable

from dbdesign.model.schema import Table


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
    """A table's full name; no namespace is `public`."""
    return f"{name(namespace or 'public')}.{name(text)}"


def relation(table: Table) -> str:
    """A table's full name."""
    return qualified(table.namespace, table.name)
