"""Indexes of the schema that no plan of the workload uses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dbdesign.model.statistics import BLOCK

if TYPE_CHECKING:
    from dbdesign.model.schema import Schema, Table
    from dbdesign.simulate.relations import Catalog
    from dbdesign.simulate.simulator import Simulated
    from dbdesign.twin.relations import Relation


@dataclass(frozen=True)
class UnusedIndex:
    """An index that only costs, as far as this workload goes."""

    name: str
    table: str
    size: int
    reason: str


def unused_indexes(schema: Schema, simulated: Iterable[Simulated], catalog: Catalog) -> list[UnusedIndex]:
    """Indexes on tables that the workload reads, in no plan of it, generic or custom; the largest first.

    One that keeps a unique or exclusion constraint, or by which the rows that refer to a parent are found, is used without being in a plan.
    Tables that the workload does not touch are not judged.
    """
    used: set[str] = set()
    read: set[str] = set()
    for one in simulated:
        for plan in (one.plan, *(case.plan for case in one.cases)):
            for node in plan.nodes if plan else ():
                used |= {catalog.root(node.table).label, node.table.label} if node.table else set()
                read |= {catalog.root(node.table).label} if node.table else set()
                used |= {str(node.raw["Index Name"])} if "Index Name" in node.raw else set()
    found = [one for table in schema.tables if table.label in read for one in _of_table(table, used, catalog)]
    return sorted(found, key=lambda one: -one.size)


def _of_table(table: Table, used: set[str], catalog: Catalog) -> Iterator[UnusedIndex]:
    for index in table.indexes:
        if index.name is None or index.unique or table.partition_of is not None or _refers(table, index.columns):
            continue
        relation = catalog.index(index.name, table.name, frozenset({table.label}))
        if relation is None or used & {relation.name, *_parts(relation.oid, catalog)}:
            continue
        size = sum(catalog.twin.pages(one) for one in (relation, *_heirs(relation.oid, catalog)))
        yield UnusedIndex(
            index.name, table.label, size * BLOCK, "no plan of this workload uses it: check that nothing else does"
        )


def _refers(table: Table, columns: tuple[str, ...]) -> bool:
    return any(
        columns[: len(key.columns)] and set(columns[: len(key.columns)]) == set(key.columns)
        for key in table.foreign_keys
    )


def _heirs(oid: int, catalog: Catalog) -> list[Relation]:
    return [one for one in catalog.by_oid.values() if oid in one.parents]


def _parts(oid: int, catalog: Catalog) -> set[str]:
    """The names of the partitions' indexes."""
    return {one.name for one in _heirs(oid, catalog)}
