"""What a plan does with each table and each index, over all nodes that name it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import TypeVar

from dbdesign.model.plan import Buffers, PlanNode, RelationTotal

Name = tuple[str, str | None]
Number = TypeVar("Number", int, float)


def table_totals(nodes: Iterable[PlanNode]) -> tuple[RelationTotal, ...]:
    """One total a table, the dearest first."""
    found: dict[Name, list[PlanNode]] = defaultdict(list)
    for node in nodes:
        if node.relation:
            found[node.relation, node.relation_schema].append(node)
    return _ranked(_total(name, schema, None, used) for (name, schema), used in found.items())


def index_totals(nodes: Iterable[PlanNode]) -> tuple[RelationTotal, ...]:
    """One total an index, the dearest first."""
    found: dict[Name, list[PlanNode]] = defaultdict(list)
    for node in nodes:
        if node.index:
            found[node.index, node.relation_schema].append(node)
    return _ranked(
        _total(name, schema, next((node.relation for node in used if node.relation), None), used)
        for (name, schema), used in found.items()
    )


def _ranked(totals: Iterable[RelationTotal]) -> tuple[RelationTotal, ...]:
    return tuple(sorted(totals, key=lambda one: (-(one.share or 0.0), one.name)))


def _total(name: str, schema: str | None, table: str | None, nodes: Sequence[PlanNode]) -> RelationTotal:
    types = [node.type for node in nodes]
    return RelationTotal(
        name=name,
        relation_schema=schema,
        table=table,
        scans=len(nodes),
        loops=_sum([node.loops for node in nodes]),
        rows=_sum([node.total_rows for node in nodes]),
        rows_removed=_sum([node.total_rows_removed for node in nodes]),
        exclusive_ms=_sum([node.exclusive_ms for node in nodes]),
        share=_sum([node.share for node in nodes]),
        buffers=_buffers([node.exclusive_buffers for node in nodes]),
        access=(types[0],) if len(types) == 1 else tuple(type_ for type_, _ in Counter(types).most_common()),
    )


def _sum(values: list[Number | None]) -> Number | None:
    if len(values) == 1:
        return values[0]
    known = [value for value in values if value is not None]
    return sum(known[1:], known[0]) if known else None


def _buffers(values: list[Buffers | None]) -> Buffers | None:
    if len(values) == 1:
        return values[0]
    known = [value for value in values if value is not None]
    if not known:
        return None
    return Buffers(**{name: sum(getattr(one, name) for one in known) for name in Buffers.model_fields})
