"""What a part of a condition compares with what: `((payload ->> 'sku'::text) = $1)` as its two sides and the operator between them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dbdesign.dialects.expressions import without_outer_parentheses
from dbdesign.simulate.conditions import columns_in, conjuncts, depths

if TYPE_CHECKING:
    from dbdesign.twin.relations import Relation

_OPERATOR = re.compile(
    r" (?P<name>=|<>|<=|>=|<|>|!?~~?\*?|@>|<@|&&|@@|@\?|\?[|&]?|->>?|IS NOT DISTINCT FROM|IS NOT NULL|IS NULL|OR)(?: |$)"
)
_RELABELLED = re.compile(r'^\(?(?P<column>"(?:[^"]|"")+"|[\w.]+)\)?::(?:text|bpchar|character varying)$')
_FOREIGN = re.compile(r"'(?:[^']|'')*'|(?:\"[^\"]+\"|\b[a-z_][\w$]*)\.(?:\"[^\"]+\"|[a-z_][\w$]*)")
_TURNED = {"=": "=", "<": ">", ">": "<", "<=": ">=", ">=": "<="}
_TEXTS = ("character", "text", "name")

EQUAL = frozenset({"=", "IS NULL", "IS NOT DISTINCT FROM"})
RANGES = frozenset({"<", ">", "<=", ">="})
PATTERNS = frozenset({"~~", "~~*", "~", "~*"})
CONTAINED = frozenset({"@>", "<@", "&&", "@@", "@?", "?", "?|", "?&"})


@dataclass(frozen=True)
class Comparison:
    """One part of a condition.

    Attributes:
        left: column or expression of the table, as an index would have it: without the table's name.
        column: the one column that `left` is, or computes something of; None where there are several.
        bare: whether `left` is the column itself (also where the server shows a varchar as text).
    """

    left: str
    operator: str
    right: str
    column: str | None
    bare: bool


def comparison(part: str, table: Relation, alias: object = None) -> Comparison | None:
    """A part of a condition taken apart; None for what is no comparison of this table with something else, an OR among them."""
    text = _unqualified(without_outer_parentheses(part.strip()), str(alias or table.name))
    outside = {place for place, depth in depths(text) if depth == 0}
    found = next((match for match in _OPERATOR.finditer(text) if match.start() in outside), None)
    if found is None or found["name"] in {"OR", "->", "->>"}:
        return None
    left, operator, right = without_outer_parentheses(text[: found.start()]), found["name"], text[found.end() :]
    if not _own(left, table) and operator in _TURNED:
        left, operator, right = without_outer_parentheses(right), _TURNED[operator], left
    names = _own(left, table)
    if not names or _own(right, table):
        return None
    column = names[0] if len(names) == 1 else None
    bare = column is not None and left.strip('()"') == column.replace('"', '""')
    if column is not None and (shown := _RELABELLED.match(left)) and _is_text(column, table):
        left, bare = shown["column"], True
    return Comparison(left, operator, right, column, bare)


def _own(text: str, table: Relation) -> list[str]:
    """The table's columns that a text names without another table's name before them."""
    return columns_in(_FOREIGN.sub("", text), table)


def comparisons(condition: str, table: Relation, alias: object = None) -> list[Comparison | None]:
    """Every part of a condition."""
    return [comparison(part, table, alias) for part in conjuncts(condition)] if condition else []


def sides(part: str) -> list[str]:
    """The sides of an OR; the part itself where there is none."""
    text = without_outer_parentheses(part.strip())
    outside = {place for place, depth in depths(text) if depth == 0}
    cuts = [match.span() for match in re.finditer(r" OR ", text) if match.start() in outside]
    starts, ends = [0, *(end for _, end in cuts)], [*(start for start, _ in cuts), len(text)]
    return [text[start:end] for start, end in zip(starts, ends, strict=True)]


def _unqualified(text: str, alias: str) -> str:
    return re.sub(rf'(?<![\w"."])"?{re.escape(alias)}"?\.', "", text)


def _is_text(column: str, table: Relation) -> bool:
    return any(one.name == column and one.type.startswith(_TEXTS) for one in table.attributes)
