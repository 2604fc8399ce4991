"""What checks, predicates and queries say of a column's values: the labels that it may have, its bounds, the values that are asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbdesign.model.design import Design
from dbdesign.model.schema import Column, Table

_ITEM = re.compile(r"'((?:[^']|'')*)'|(?<![\w.'])(-?\d+(?:\.\d+)?)(?![\w.'])")
_SEVERAL = re.compile(r"\b(?:or|case|not|if|coalesce|nullif)\b", re.IGNORECASE)
"""Words of an expression that may allow a value though one part of it does not (or the other way round)."""

_NOT_NULL = re.compile(r"\bis\s+not\s+null\b", re.IGNORECASE)

_CAST = r"(?:\s*::\s*[\w ]+?)?"


_LITERAL = re.compile(r"'(?:[^']|'')*'")


def _name(column: str) -> str:
    return rf'(?<![\w"])"?{re.escape(column)}"?(?!\w)\)?{_CAST}'


def _items(text: str) -> tuple[str, ...]:
    found = (match[1].replace("''", "'") if match[1] is not None else match[2] for match in _ITEM.finditer(text))
    return tuple(dict.fromkeys(found))


def conditions(table: Table, column: Column, design: Design) -> Iterator[tuple[str, str]]:
    """The checks that may speak of a column, each with the name that it has there: the table's, and VALUE of its domains."""
    for check in table.checks:
        yield check.expression, column.name
    data_type, depth = column.type, 0
    while data_type.name and (domain := design.schema.domain_by_label.get(str(data_type.name))) and depth < 32:
        for check in domain.checks:
            yield check.expression, "VALUE"
        data_type, depth = domain.type, depth + 1


def labels(table: Table, column: Column, design: Design) -> tuple[str, ...]:
    """The values that an enum or a check `c IN (…)`, `c = ANY (ARRAY[…])`, `c = 1 OR c = 2` allows; empty where none does."""
    data_type = design.schema.resolve_type(column.type)
    if data_type.values:
        return data_type.values
    for expression, name in conditions(table, column, design):
        if name.lower() not in expression.lower():
            continue
        if found := _alternatives(expression, name):
            return found
        if not _is_plain(expression):
            continue
        pattern = rf"{_name(name)}\s*(?:IN\s*\(|=\s*ANY\s*\(+(?:ARRAY)?\s*\[)([^\])]*)"
        if (match := re.search(pattern, expression, re.IGNORECASE)) and (found := _items(match[1])):
            return found
    return ()


def _alternatives(expression: str, name: str) -> tuple[str, ...]:
    """The values of `c = 1 OR c = 2`, where the whole check is that, on one column."""
    found: list[str] = []
    for part in _outside_literals(r"\bor\b", expression):
        match = re.fullmatch(
            rf"{_name(name)}\s*=\s*\(?({_ITEM.pattern})\)?{_CAST}", part.strip(" \t\n()"), re.IGNORECASE
        )
        if match is None:
            return ()
        found += _items(match[1])
    return tuple(dict.fromkeys(found)) if len(found) > 1 else ()


def _outside_literals(separator: str, text: str) -> list[str]:
    """The parts of a text between separators that stand in no literal."""
    parts, start = [], 0
    for match in re.finditer(rf"{_LITERAL.pattern}|({separator})", text, re.IGNORECASE):
        if match[1]:
            parts.append(text[start : match.start()])
            start = match.end()
    return [*parts, text[start:]]


def _is_plain(expression: str) -> bool:
    """Whether what one part of an expression demands the whole demands: it is parts joined by AND."""
    return not _SEVERAL.search(_NOT_NULL.sub("", _LITERAL.sub("", expression)))


def bounds(table: Table, column: Column, design: Design) -> tuple[float | None, float | None, bool, bool]:
    """The least and the greatest number that checks allow, and for each whether it is itself excluded."""
    low: float | None = None
    high: float | None = None
    open_low = open_high = False
    number = r"\(?\s*'?(-?\d+(?:\.\d+)?)"
    for expression, name in conditions(table, column, design):
        if name.lower() not in expression.lower() or not _is_plain(expression):
            continue
        for operator, text in re.findall(rf"{_name(name)}\s*(>=|<=|>|<)(?![>=])\s*{number}", expression, re.IGNORECASE):
            if operator[0] == ">":
                low, open_low = float(text), operator == ">"
            else:
                high, open_high = float(text), operator == "<"
        if match := re.search(
            rf"{_name(name)}\s*BETWEEN\s+{number}\)?{_CAST}\s+AND\s+{number}", expression, re.IGNORECASE
        ):
            low, high, open_low, open_high = float(match[1]), float(match[2]), False, False
    return low, high, open_low, open_high


def asked_for(table: Table, column: Column, design: Design) -> tuple[str, ...]:
    """The text literals that stand in the column's default and beside it in partial indexes and the workload's queries on its table."""
    found: dict[str, None] = {}
    if column.default and (match := re.match(r"\(*'((?:[^']|'')*)'", column.default)):
        found[match[1].replace("''", "'")] = None
    literals = r"((?:'(?:[^']|'')*'(?:::[\w ]+)?\s*,?\s*)+)"
    operator = r"(?:=|<>|!=|(?:NOT\s+)?IN\s*\(|=\s*ANY\s*\(+(?:ARRAY)?\s*\[)"
    pattern = re.compile(rf"{_name(column.name)}\s*{operator}\s*\(*{literals}", re.IGNORECASE)
    for text in _texts(table, design):
        if column.name.lower() in text.lower():
            for match in pattern.finditer(text):
                found |= dict.fromkeys(_items(match[1]))
    return tuple(found)


def _texts(table: Table, design: Design) -> Iterator[str]:
    yield from (index.where for index in table.indexes if index.where)
    mention = re.compile(rf"(?<!\w){re.escape(table.name)}(?!\w)", re.IGNORECASE)
    yield from (query.sql for query in design.workload.queries if mention.search(query.sql))
