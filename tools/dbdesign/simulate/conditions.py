"""Conditions as EXPLAIN writes them: taken apart, and how many rows each would leave, by asking the planner itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dbdesign.errors import DesignError

if TYPE_CHECKING:
    from dbdesign.twin.relations import Relation
    from dbdesign.twin.twin import Twin

_NAME = r'(?:"(?:[^"]|"")+"|[a-z_][\w$]*)'
_QUOTED = r"'(?:[^']|'')*'"
_FOREIGN = re.compile(rf"{_QUOTED}|({_NAME})\.({_NAME})(?!\s*\()")
_SUBPLAN = re.compile(
    r"\((?:hashed |ANY |ALL )?(?:SubPlan|InitPlan) \d+\)(?:\.col\d+)?|\(?(?:SubPlan|InitPlan) \d+\)?\.col\d+"
)
_PARAMETER = re.compile(r"\$(\d+)")


@dataclass
class Asker:
    """Asks the planner of a twin how many rows of a table a condition leaves; each question once."""

    twin: Twin
    _known: dict[str, float | None] = field(default_factory=dict)

    def rows(self, table: Relation, alias: object, condition: str) -> float | None:
        """The planner's estimate; None where the condition cannot stand alone (it holds what only its plan knows)."""
        named = f'"{table.namespace}"."{table.name}"' + (f' AS "{alias}"' if alias else "")
        query = f"SELECT FROM {named} WHERE {standalone(condition, str(alias or table.name))}"
        if query not in self._known:
            try:
                explained = self.twin.explain(query)
                self._known[query] = _scanned(explained.plan["Plan"])
            except DesignError:
                self._known[query] = None
        return self._known[query]


def _scanned(plan: dict[str, object]) -> float:
    rows = plan["Plan Rows"]
    return float(rows) if isinstance(rows, int | float) else 0.0


def standalone(condition: str, alias: str) -> str:
    """A condition of a node without other tables' columns: they, and the results of subplans, become parameters."""
    last = max((int(number) for number in _PARAMETER.findall(condition)), default=0)

    def fresh() -> str:
        nonlocal last
        last += 1
        return f"${last}"

    without = _SUBPLAN.sub(lambda _: fresh(), condition)

    def foreign(match: re.Match[str]) -> str:
        if match[1] is None or match[1].strip('"') == alias:
            return match[0]
        return fresh()

    return _FOREIGN.sub(foreign, without)


def refers(condition: str, alias: str) -> bool:
    """Whether a condition speaks of a table by this alias."""
    return any(match[1] and match[1].strip('"') == alias for match in _FOREIGN.finditer(condition))


def outer_columns(condition: str, alias: str) -> bool:
    """Whether a condition of the table with this alias takes values from another table."""
    return any(match[1] and match[1].strip('"') != alias for match in _FOREIGN.finditer(condition))


def conjuncts(condition: str) -> list[str]:
    """`((a = 1) AND (b > 2))` as its parts; a condition that is no conjunction is the only one."""
    text = condition.strip()
    while _enclosed(text):
        inner = text[1:-1].strip()
        parts = list(_split(inner))
        if len(parts) > 1:
            return [part for one in parts for part in conjuncts(one)]
        text = inner
    parts = list(_split(text))
    return [part for one in parts for part in conjuncts(one)] if len(parts) > 1 else [condition.strip()]


def _enclosed(text: str) -> bool:
    """Whether the parenthesis that opens a text closes at its end."""
    if not (text.startswith("(") and text.endswith(")")):
        return False
    return all(depth > 0 for place, depth in depths(text) if place < len(text) - 1)


def _split(text: str) -> Iterator[str]:
    start, closed = 0, {place for place, depth in depths(text) if depth == 0}
    for match in re.finditer(r" AND ", text):
        if match.start() in closed:
            yield text[start : match.start()]
            start = match.end()
    yield text[start:]


def depths(text: str) -> Iterator[tuple[int, int]]:
    """Each place outside of quotes with how deep in parentheses it is, its own counted in."""
    depth, quote = 0, ""
    for place, character in enumerate(text):
        if quote:
            quote = "" if character == quote else quote
            continue
        if character in "'\"":
            quote = character
            continue
        depth += (character == "(") - (character == ")")
        yield place, depth


def columns_in(condition: str, table: Relation) -> list[str]:
    """The table's columns that a condition names."""
    words = set(re.findall(_NAME, re.sub(_QUOTED, "''", condition)))
    return [one.name for one in table.attributes if one.name in words or f'"{one.name}"' in words]
