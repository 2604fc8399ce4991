"""Lengths that checks guarantee: a text that a check keeps short is a VARCHAR without any loss."""

from __future__ import annotations

import re

from dbdesign.model.schema import Table

MAX_BOUND = 16_383
ROOM = 32
"""Characters of a text that a list of values keeps short, so that a longer value can be added to the list without a new type."""

NAME = r"\(*\s*\"?(\w+)\"?\s*\)*(?:::\w[\w ]*)?"
LIST = re.compile(rf"\s*\(*{NAME}\s*(?:=\s*ANY\s*\(+\s*ARRAY\[|IN\s*\()(.+)", re.IGNORECASE | re.DOTALL)
VALUE = re.compile(r"'((?:[^']|'')*)'")
REST = re.compile(r"[\s,()\[\]]|::\w[\w ]*(?:\[\])?|ANY", re.IGNORECASE)
LENGTH = re.compile(rf"\b(?:char_length|character_length|length|len)\(\s*{NAME}\s*\)\s*(<=|<)\s*(\d+)", re.IGNORECASE)


def bounds(table: Table) -> dict[str, int]:
    """The most characters of each column that some check of the table limits by a list of values or by its length."""
    found: dict[str, int] = {}
    for check in table.checks:
        if not check.enforced or not check.valid:
            continue
        if listed := _listed(check.expression):
            found[listed[0]] = min(listed[1], found.get(listed[0], MAX_BOUND))
        elif not re.search(r"\bOR\b|\bNOT\b|\bCASE\b", check.expression, re.IGNORECASE):
            for match in LENGTH.finditer(check.expression):
                length = int(match[3]) - (match[2] == "<")
                if 0 < length <= MAX_BOUND:
                    found[match[1]] = min(length, found.get(match[1], MAX_BOUND))
    return found


def _listed(expression: str) -> tuple[str, int] | None:
    """The column and the length that a check `column IN ('a', 'b')`, in PostgreSQL's spelling too, leaves it."""
    match = LIST.fullmatch(expression)
    if match is None:
        return None
    values = [value.replace("''", "'") for value in VALUE.findall(match[2])]
    if not values or REST.sub("", VALUE.sub("", match[2])):
        return None
    return match[1], max(ROOM, *(len(value) for value in values))
