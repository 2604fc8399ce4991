"""The values that an enum or a check constraint allows in a column."""

from __future__ import annotations

import re
from functools import lru_cache

from dbdesign.model.schema import Check, Column, Schema, Table

_LITERAL = re.compile(r"'((?:[^']|'')*)'")
_WORD = re.compile(r"\w+")
_QUOTED = re.compile(r"\"([^\"]+)\"|[`\[]([^`\]]+)[`\]]")
_MEMBERSHIP = re.compile(r"\bIN\s*\(|=\s*ANY\b", re.IGNORECASE)


def checks_on(column: Column, table: Table) -> list[Check]:
    """The check constraints that speak of a column."""
    if not table.checks:
        return []
    name = column.name.lower()
    return [check for check in table.checks if name in _names(check.expression)]


@lru_cache(maxsize=16384)
def _names(expression: str) -> frozenset[str]:
    """The words of an expression that may be names, in lower case; quoted ones with what is between the quotes."""
    quoted = [name for pair in _QUOTED.findall(expression) for name in pair if name]
    return frozenset(word.lower() for word in (*_WORD.findall(expression), *quoted))


def listed_values(check: Check) -> tuple[str, ...]:
    """The texts that a check `c IN ('a', 'b')` or `c = ANY (ARRAY['a', 'b'])` lists; empty for any other check."""
    if not _MEMBERSHIP.search(check.expression):
        return ()
    return tuple(dict.fromkeys(text.replace("''", "'") for text in _LITERAL.findall(check.expression)))


def is_bound(column: Column, table: Table, schema: Schema) -> bool:
    """Whether an enum, a domain with checks, a check constraint or a foreign key limits the column's values."""
    data_type = schema.resolve_type(column.type)
    domain = schema.domain_by_label.get(str(column.type.name)) if column.type.name else None
    referring = any(column.name in key.columns for key in table.foreign_keys)
    return bool(data_type.values or (domain and domain.checks) or referring or checks_on(column, table))
