"""Which indexes the workload's queries look for and do not find."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from dbdesign.model.schema import Table
from dbdesign.model.types import Kind

if TYPE_CHECKING:
    from dbdesign.rules.queries import Access, ParsedQuery
    from dbdesign.rules.subject import Subject

SMALL_TABLE = 10_000
"""Rows below which a scan costs no more than what an index saves. PostgreSQL reads 10,000 rows of 100 bytes, 125 pages, in about a
millisecond from memory; other engines are alike."""
UNSELECTIVE = 10
"""Different values up to which an equality alone leaves too much of the table for an index to help."""


def missing_indexes(subject: Subject) -> Mapping[tuple[str, tuple[str, ...]], list[ParsedQuery]]:
    """The queries that want an index, by the table's label and the columns of the index."""
    wanting: dict[tuple[str, tuple[str, ...]], list[ParsedQuery]] = {}
    for query in subject.queries:
        for access in query.accesses:
            columns = _missing_index(access, query, subject)
            if columns:
                wanting.setdefault((access.table.label, columns), []).append(query)
    return wanting


def _missing_index(access: Access, query: ParsedQuery, subject: Subject) -> tuple[str, ...]:
    """The columns of the index that this access lacks; empty if it needs none."""
    table = access.table
    rows = subject.rows(table)
    if (rows is not None and rows < SMALL_TABLE) or (rows is None and subject.is_lookup(table)):
        return ()
    equal = {name for name in access.equal if _selective(name, table, subject)}
    usable = equal | access.joined | access.ranges
    leading = {prefix[0] for prefix in table.index_prefixes() if prefix}
    partial = {index.columns[0] for index in table.indexes if index.columns and index.visible}
    if usable & (leading | partial) or not (equal or access.ranges):
        return ()
    ordered = (
        [name for label, name in query.order_by if label == table.label and name not in equal] if query.limited else []
    )
    tail = ordered or sorted(access.ranges)[:1]
    return (*sorted(equal, key=lambda name: -_distinct(name, table, subject)), *tail)


def _distinct(name: str, table: Table, subject: Subject) -> float:
    volume = subject.design.workload.volumes.get(table.label)
    column = volume.columns.get(name) if volume else None
    return (column.distinct or float(len(column.values))) if column else 0.0


def _selective(name: str, table: Table, subject: Subject) -> bool:
    """Whether an equality leaves little enough of the table."""
    column = table.column(name)
    if column is None or subject.type_of(column).kind in {Kind.BOOLEAN, Kind.BIT}:
        return False
    distinct = _distinct(name, table, subject)
    return not 0 < distinct <= UNSELECTIVE
