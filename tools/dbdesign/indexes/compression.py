"""Workloads of very many queries: those of one shape that the planner reckons with alike are asked about once, with all of their weight.

Two queries are alike where they differ in constants alone (libpg_query's fingerprint) and the planner's plans without new indexes are the
same, node by node, with rows that differ by less than `FACTOR`. What a chosen set brings is told of every query by its own plan all the
same: only the choice is made by representatives.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from typing import Any

from dbdesign.indexes.costs import Query

postgast: Any = import_module("postgast")  # by name, since its stubs do not type-check

MANY = 50
"""Queries up to which each is asked about by itself."""

FACTOR = 1.5
"""By how much the rows of alike plans may differ."""

_LITERAL = re.compile(r"'(?:[^']|'')*'|(?<![\w.$])\d+(?:\.\d+)?(?![\w.])")


@dataclass(frozen=True)
class Group:
    """Alike queries.

    Attributes:
        representative: one of them, with the weight of all; by its own name.
        members: all of them.
    """

    representative: Query
    members: tuple[Query, ...]

    def holds_for_all(self, condition: str) -> bool:
        """Whether every query has the constants that stand in a predicate."""
        literals = _LITERAL.findall(condition)
        return all(one in member.sql for member in self.members[1:] for one in literals)


def grouped(queries: Sequence[Query], plans: Mapping[str, Mapping[str, Any]]) -> list[Group]:
    """The groups of a workload, by their first queries; of a small one each query is a group.

    Args:
        plans: of the queries that can be planned, by name; the others are groups of their own.
    """
    found: dict[object, list[Query]] = {}
    for query in queries:
        plan = plans.get(query.name)
        alike = len(queries) > MANY and plan is not None
        key = (_fingerprint(query.sql), _signature(plan["Plan"])) if alike and plan else query.name
        found.setdefault(key, []).append(query)
    return [_group(members) for members in found.values()]


def _group(members: list[Query]) -> Group:
    first = members[0]
    if len(members) == 1:
        return Group(first, (first,))
    return Group(replace(first, weight=sum(one.weight for one in members)), tuple(members))


def _fingerprint(sql: str) -> str:
    try:
        return str(postgast.fingerprint(sql).hex)
    except postgast.PgQueryError:
        return sql


def _signature(plan: Mapping[str, Any]) -> tuple[object, ...]:
    """The nodes of a plan in order: what each is, of what, and the order of magnitude of its rows."""
    nodes: list[object] = []
    stack = [plan]
    while stack:
        node = stack.pop()
        size = round(math.log(max(1.0, float(node.get("Plan Rows", 1)))) / math.log(FACTOR))
        nodes.append((node["Node Type"], node.get("Relation Name"), node.get("Index Name"), size))
        stack += reversed(node.get("Plans", ()))
    return tuple(nodes)
