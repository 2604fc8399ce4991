"""Representative values for the parameters of a statement, from the statistics of the columns that they are compared with."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dbdesign.twin.array_literal import split_array

if TYPE_CHECKING:
    from dbdesign.model.statistics import ColumnStatistics
    from dbdesign.simulate.plans import Plan
    from dbdesign.simulate.relations import Catalog
    from dbdesign.twin.relations import Relation

CASES = ("typical", "common", "rare")
"""The values that custom plans are made for: the commonest, the middle of the others, one at the edge; of ranges: wide, middle, narrow;
of patterns: one that begins with a wildcard, the first letters of a value, a whole one."""

_NAME = r'(?:"(?:[^"]|"")+"|[a-z_][\w$]*)'
_CAST = r'(?:::[\w" ]+(?:\(\d+(?:,\d+)?\))?(?:\[\])?)?'
_COLUMN = rf"\(*(?:({_NAME})\.)?({_NAME})\)*{_CAST}\)*"
_VALUE = rf"\(*(?:ANY \()?\(*\$(\d+)\)*{_CAST}\)*"
_RIGHT = re.compile(rf"{_COLUMN}\s*(=|<>|<=|>=|<|>|~~\*?|@>|<@|&&|@@)\s*{_VALUE}")
_LEFT = re.compile(rf"\(\$(\d+){_CAST}\s*(=|<>|<=|>=|<|>)\s*{_COLUMN}")
_PATTERNS = frozenset({"~~", "~~*"})
_CONTAINED = frozenset({"@>", "&&", "@@"})
_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


@dataclass(frozen=True)
class Parameter:
    """What is known of `$n`.

    Attributes:
        type: as PostgreSQL resolved it.
        column: the column that it is compared with; None where there is none.
        operator: of the first comparison, the column on its left.
        values: as text, by case.
    """

    number: int
    type: str
    table: str | None = None
    column: str | None = None
    operator: str | None = None
    values: Mapping[str, str] | None = None


def parameters(plan: Plan, types: Sequence[str], catalog: Catalog) -> list[Parameter]:
    """The statement's parameters in order, with values for each case where there is something to take them from."""
    compared = _compared(plan)
    uppers = {(table.oid, column) for table, column, operator in compared.values() if operator in {"<", "<="}}
    lowers = {(table.oid, column) for table, column, operator in compared.values() if operator in {">", ">="}}
    found = []
    for number, kind in enumerate(types, 1):
        if number not in compared:
            found.append(Parameter(number, kind, values=_default(kind, plan, number)))
            continue
        table, column, operator = compared[number]
        statistics = catalog.twin.column(table, column)
        paired = (table.oid, column) in uppers & lowers
        values = _values(statistics, operator, paired=paired) if statistics else None
        if values and kind.endswith("[]") and operator == "=":
            values = {case: "{" + _element(value) + "}" for case, value in values.items()}
        found.append(Parameter(number, kind, table.label, column, operator, values or _default(kind, plan, number)))
    return found


def _compared(plan: Plan) -> dict[int, tuple[Relation, str, str]]:
    """By number, the column and the operator of the first comparison."""
    found: dict[int, tuple[Relation, str, str]] = {}
    by_alias = {str(node.raw.get("Alias")): node.table for node in plan.nodes if node.table is not None}
    for node in plan.nodes:
        text = node.condition()
        if "$" not in text:
            continue
        own = node.table or (node.index and None)
        for match in _RIGHT.finditer(text):
            _note(found, int(match[4]), match[1], match[2], match[3], own, by_alias)
        for match in _LEFT.finditer(text):
            _note(found, int(match[1]), match[3], match[4], _TURNED.get(match[2], match[2]), own, by_alias)
    return found


def _note(
    found: dict[int, tuple[Relation, str, str]],
    number: int,
    alias: str | None,
    name: str,
    operator: str,
    own: Relation | None,
    by_alias: Mapping[str, Relation],
) -> None:
    table = by_alias.get(alias.strip('"')) if alias else own
    column = name.strip('"').replace('""', '"')
    if table is not None and number not in found and any(one.name == column for one in table.attributes):
        found[number] = (table, column, operator)


def _values(column: ColumnStatistics, operator: str, *, paired: bool) -> dict[str, str] | None:
    common = _listed(column.most_common_vals)
    bounds = _listed(column.histogram_bounds)
    if operator in {"<", "<=", ">", ">="}:
        return _ranged(bounds or sorted(common), operator, paired=paired)
    if operator in _CONTAINED:
        return _contained(column)
    if operator not in {"=", "<>", *_PATTERNS} or not (common or bounds):
        return None
    typical = bounds[len(bounds) // 2] if bounds else common[len(common) // 2]
    rare = bounds[-2 if len(bounds) > 2 else -1] if bounds else common[-1]
    if operator in _PATTERNS:
        return _patterns(typical, rare)
    if not common:  # no value is more frequent than another
        return dict.fromkeys(CASES, typical)
    return {"common": common[0], "typical": typical, "rare": rare}


def _patterns(typical: str, rare: str) -> dict[str, str]:
    return {
        "common": f"%{_escaped(typical[1:3])}%",
        "typical": f"{_escaped(typical[:3])}%",
        "rare": f"{_escaped(rare)}%",
    }


def _escaped(text: str) -> str:
    return re.sub(r"([%_\\])", r"\\\1", text)


def _contained(column: ColumnStatistics) -> dict[str, str] | None:
    """An array, or a query for a text search, of one element: the commonest, the middle one, the rarest of those that are known."""
    elements = _listed(column.most_common_elems)
    if not elements:
        return None
    by_share = sorted(zip(column.most_common_elem_freqs, elements, strict=False), key=lambda one: -one[0])
    chosen = {"typical": by_share[len(by_share) // 2], "common": by_share[0], "rare": by_share[-1]}
    array = bool(column.elem_count_histogram)
    return {case: "{" + _element(value) + "}" if array else f"'{value}'" for case, (_, value) in chosen.items()}


_PLACES = {"low": (0.5, 0.02, 0.95), "high": (0.5, 0.98, 0.05), "high of two": (0.75, 0.98, 0.99)}


def _ranged(bounds: Sequence[str], operator: str, *, paired: bool) -> dict[str, str] | None:
    """A bound at which much, half and little is left; of `BETWEEN $1 AND $2` everything, a quarter, four hundredths."""
    if not bounds:
        return None
    kind = "low" if operator in {">", ">="} else ("high of two" if paired else "high")
    last = len(bounds) - 1
    return {case: bounds[round(place * last)] for case, place in zip(CASES, _PLACES[kind], strict=True)}


def _listed(literal: str | None) -> list[str]:
    return [one for one in split_array(literal) if one is not None] if literal else []


def _element(value: str) -> str:
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


_NUMBERS = frozenset({"integer", "bigint", "smallint", "numeric", "double precision", "real"})


def _default(kind: str, plan: Plan, number: int) -> dict[str, str] | None:
    """Values for what is not compared with a column: the number of a LIMIT, a text searched for."""
    conditions = [node.condition() for node in plan.nodes]
    mentioned = any(f"${number}" in one for one in conditions)
    if kind in {"text", "character varying"} and any(re.search(rf"~~\*? \(*\${number}\b", one) for one in conditions):
        return _patterns("word", "words")
    count = "20" if kind == "bigint" and not mentioned else "1"
    value = count if kind in _NUMBERS else _BY_TYPE.get(kind, "")
    return dict.fromkeys(CASES, value) if value else None


_BY_TYPE = {
    "text": "word",
    "character varying": "word",
    "boolean": "true",
    "date": "2026-01-01",
    "timestamp without time zone": "2026-01-01",
    "timestamp with time zone": "2026-01-01 00:00:00+00",
    "interval": "1 day",
    "jsonb": '{"key": "value"}',
    "json": '{"key": "value"}',
    "uuid": "00000000-0000-0000-0000-000000000000",
    "tsquery": "word",
}
