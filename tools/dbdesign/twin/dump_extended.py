"""Reads the calls of `pg_restore_extended_stats` that `pg_dump` of PostgreSQL 19 writes (manual, "Statistics Manipulation Functions")."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from dbdesign.errors import InputError
from dbdesign.model.statistics import ColumnStatistics, ExtendedStatistics
from dbdesign.twin.array_literal import split_array

Facts = Mapping[str, str | None]

KNOWN = frozenset(
    {
        *(
            "version",
            "schemaname",
            "relname",
            "statistics_schemaname",
            "statistics_name",
            "inherited",
            "n_distinct",
            "dependencies",
        ),
        *("most_common_vals", "most_common_freqs", "most_common_base_freqs", "exprs"),
    }
)
"""Names of arguments, as PostgreSQL 19 knows them."""

_ROW = re.compile(r'\{((?:[^{}"\\]|\\.|"(?:[^"\\]|\\.)*")*)\}', re.DOTALL)


def extended_statistics(
    facts: Facts, where: str, column: Callable[[Facts, str], ColumnStatistics]
) -> ExtendedStatistics:
    """What one call says.

    Args:
        column: reads the statistics of a column; those of expressions have the same names.

    Raises:
        InputError: it names no object, or says something impossible.
    """
    schema, name = facts.get("statistics_schemaname"), facts.get("statistics_name")
    if not schema or not name:
        raise InputError("a call names no statistics object", where=where, remedy="Use pg_dump of PostgreSQL 19")
    try:
        combined, described = _combinations(facts), _expressions(facts.get("exprs"))
    except (ValueError, RecursionError) as error:
        raise InputError(f"extended statistics {name} cannot be read: {error}", where=where) from None
    return ExtendedStatistics(
        namespace=None if schema == "public" else schema,
        name=name,
        inherited=(facts.get("inherited") or "f") in {"t", "true"},
        n_distinct=facts.get("n_distinct"),
        dependencies=facts.get("dependencies"),
        most_common=combined,
        expressions=tuple(
            column({**one, "relname": name, "attnum": str(number)}, where)
            for number, one in enumerate(described, 1)
            if one is not None
        ),
    )


def _combinations(facts: Facts) -> tuple[tuple[tuple[str | None, ...], float, float], ...]:
    literal = facts.get("most_common_vals")
    if literal is None:
        return ()
    rows = [tuple(split_array(match[0])) for match in _ROW.finditer(literal.strip()[1:-1])]
    shares = [
        [float(one or "nan") for one in split_array(facts.get(f"most_common_{name}freqs") or "{}")]
        for name in ("", "base_")
    ]
    if not len(rows) == len(shares[0]) == len(shares[1]):
        raise ValueError(
            f"{len(rows)} most_common_vals, but {len(shares[0])} frequencies and {len(shares[1])} base frequencies"
        )
    if len({len(row) for row in rows}) > 1 or not all(0 <= share <= 1.0001 for one in shares for share in one):
        raise ValueError("its commonest combinations are damaged")
    return tuple(zip(rows, *shares, strict=True))


def _expressions(text: str | None) -> list[dict[str, str | None] | None]:
    found: Any = json.loads(text) if text else []
    if not isinstance(found, list) or not all(one is None or isinstance(one, dict) for one in found):
        raise ValueError("exprs is not a list of objects")
    return [
        None if one is None else {name: None if value is None else str(value) for name, value in one.items()}
        for one in found
    ]
