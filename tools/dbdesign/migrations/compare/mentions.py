"""Which columns a piece of SQL names, as far as its text tells."""

from __future__ import annotations

import re
from functools import lru_cache

_SILENT = re.compile(r"'(?:[^']|'')*'|\$(\w*)\$.*?\$\1\$|--[^\n]*|/\*.*?\*/", re.DOTALL)
_NAME = r"""(?:"(?:[^"]|"")+"|`(?:[^`]|``)+`|\[[^\]'"\d:][^\]]*\]|[^\W\d][\w$]*)"""
_SOURCE = re.compile(
    rf"(?:\bfrom\b|\bjoin\b|,)[\s(]+(?:only\s+|lateral\s+)?({_NAME}(?:\s*\.\s*{_NAME}){{0,2}})(?:\s+(?:as\s+)?({_NAME}))?",
    re.IGNORECASE,
)
_REFERENCE = re.compile(rf"(?:({_NAME})\s*\.\s*)?({_NAME}|\*)")
_NO_ALIAS = {
    "on",
    "where",
    "join",
    "left",
    "right",
    "inner",
    "full",
    "cross",
    "using",
    "group",
    "order",
    "natural",
    "union",
    "limit",
    "set",
}


def bare(name: str) -> str:
    """A name without its quotation marks, folded for comparing."""
    text = name.strip()
    return (text[1:-1] if text[:1] in {'"', "`", "["} else text).lower()


@lru_cache(maxsize=4096)
def _read(sql: str) -> tuple[dict[str, set[str]], tuple[tuple[str | None, str], ...]]:
    """The tables by the names that columns are qualified with, and every reference with its qualifier."""
    text = _SILENT.sub(" '' ", sql)
    aliases: dict[str, set[str]] = {}
    for match in _SOURCE.finditer(text):
        table = bare(re.split(r"\s*\.\s*", match[1])[-1])
        aliases.setdefault(table, set()).add(table)
        alias = bare(match[2]) if match[2] else None
        if alias and alias not in _NO_ALIAS:
            aliases.setdefault(alias, set()).add(table)
    found = tuple((bare(one[1]) if one[1] else None, bare(one[2])) for one in _REFERENCE.finditer(text))
    return aliases, found


def mentions(sql: str, table: str, column: str) -> bool:
    """Whether a query may read a column of a table: by its name, unqualified or behind the table or its alias, or by `*`.

    Args:
        table: the bare name.
    """
    aliases, found = _read(sql)
    name, wanted = table.lower(), column.lower()
    for qualifier, reference in found:
        if reference == wanted or reference == "*":
            if qualifier is None and (reference != "*" or re.search(r"(?:select|,)\s*\*", sql, re.IGNORECASE)):
                return True
            if qualifier is not None and (qualifier not in aliases or name in aliases[qualifier]):
                return True
    return False


def names_column(expression: str | None, column: str) -> bool:
    """Whether an expression over one table names a column of it."""
    if not expression:
        return False
    text = _SILENT.sub(" '' ", expression)
    wanted = column.lower()
    return any(bare(one[2]) == wanted for one in _REFERENCE.finditer(text))


def names_table(sql: str, table: str) -> bool:
    """Whether a text, strings left out, has the table's bare name in it."""
    wanted = table.lower()
    return any(
        bare(one[2]) == wanted or (one[1] and bare(one[1]) == wanted)
        for one in _REFERENCE.finditer(_SILENT.sub(" '' ", sql))
    )
