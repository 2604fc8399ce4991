"""The indexes without which a plan for growth would speak of machines that nobody needs: what large scans look for by equality.

They are tried on the twin, and kept where a statement's cost falls to less than half; which ones to make, and at what price, is for
`advise_indexes` to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dbdesign.dialects.base import dialect
from dbdesign.model.schema import Engine
from dbdesign.simulate.pages import pages_of
from dbdesign.simulate.simulator import Simulated, Simulator

if TYPE_CHECKING:
    from dbdesign.model.schema import Table
    from dbdesign.model.workload import Query
    from dbdesign.queries.uses import TableUse
    from dbdesign.twin.twin import Hypothetical

BLOCKS = 1000.0
"""Blocks that a statement touches from which on an index is tried: more than 8 MB each time."""
FALLS = 0.5
MOST = 20
_SQL = dialect(Engine.POSTGRESQL)


@dataclass(frozen=True)
class Missing:
    """An index that is not there.

    Attributes:
        name: as PostgreSQL would call it.
        statement: `CREATE INDEX CONCURRENTLY …`.
        queries: that it makes cheaper, with their cost before and after.
    """

    table: str
    name: str
    statement: str
    queries: tuple[tuple[str, float, float], ...]
    oid: int


def with_missing(
    queries: Sequence[Query], simulator: Simulator, simulated: Sequence[Simulated]
) -> tuple[list[Missing], list[Simulated]]:
    """What is missing, and the workload simulated with it; the indexes stay on the twin and are shown to its planner."""
    twin = simulator.twin
    wanted = list(dict.fromkeys(one for query in simulated for one in _wanted(query, simulator)))[:MOST]
    if not wanted:
        return [], list(simulated)
    made = twin.add_indexes([f"ON {table} USING btree ({columns})" for table, columns, _, _ in wanted])
    there = [(one, index) for one, index in zip(wanted, made, strict=True) if not isinstance(index, str)]
    twin.explain("SELECT 1", shown=[index for _, index in there])
    later = planned(_anew(simulator), queries)
    kept = [(one, index, gains) for one, index in there if (gains := _gains(index, simulated, later))]
    useless = [index for _, index in there if index not in [one[1] for one in kept]]
    twin.explain("SELECT 1", shown=[index for _, index, _ in kept])
    twin.drop_indexes(useless)
    found = [
        Missing(
            label,
            name,
            f"CREATE INDEX CONCURRENTLY ON {table} ({columns});",
            tuple(gains),
            index.oid,
        )
        for (table, columns, label, name), index, gains in kept
    ]
    if useless:
        later = planned(_anew(simulator), queries)
    return found, later


def _anew(simulator: Simulator) -> Simulator:
    """One that knows the indexes that are there now, asked on the same day."""
    found = Simulator(simulator.twin, simulator.schema)
    found.day = simulator.day
    return found


def planned(simulator: Simulator, queries: Sequence[Query]) -> list[Simulated]:
    """The plans of all queries, for typical values."""
    simulator.cases = ("typical",)
    return [simulator.planned(one) for one in queries]


def _gains(
    index: Hypothetical, before: Sequence[Simulated], after: Sequence[Simulated]
) -> list[tuple[str, float, float]]:
    return [
        (old.query.name, old.explained.cost, new.explained.cost)
        for old, new in zip(before, after, strict=True)
        if old.explained
        and new.explained
        and index.name in new.explained.indexes
        and new.explained.cost < FALLS * old.explained.cost
    ]


def _wanted(one: Simulated, simulator: Simulator) -> Iterator[tuple[str, str, str, str]]:
    """Table and columns as SQL, label and name of the indexes to try for a statement."""
    if one.plan is None or one.use is None or pages_of(one.plan, simulator.catalog).total < BLOCKS:
        return
    for use in one.use.uses:
        relation = simulator.twin.relation(use.table.label)
        if relation is None:
            continue
        parts = simulator.catalog.leaves(relation) if relation.kind == "p" else [relation]
        if sum(simulator.twin.pages(part) for part in parts) < BLOCKS:
            continue
        columns = _columns(use)
        if columns and not _served(use.table, columns):
            table = _SQL.qualified(use.table.namespace, use.table.name)
            listed = ", ".join(_SQL.identifier(name) for name in columns)
            yield table, listed, use.table.label, f"{use.table.name}_{'_'.join(columns)}_idx"


def _columns(use: TableUse) -> list[str]:
    """Equalities, then what it is ordered by, else one range; the columns of joins where nothing is given."""
    equal = [column.name for column in use.table.columns if column.name in use.equal]
    if not equal:
        equal = [column.name for column in use.table.columns if column.name in use.joins][:1]
    after = [one.column for one in use.ordered[:1]] or sorted(use.ranges)[:1]
    return [*equal[:3], *(one for one in after if one not in equal)]


def _served(table: Table, columns: Sequence[str]) -> bool:
    return any(tuple(prefix[: len(columns)]) == tuple(columns) for prefix in table.index_prefixes())
