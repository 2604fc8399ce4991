"""Which part of a B-tree a search passes: from where its condition lets it begin to where it lets it end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbdesign.simulate.conditions import columns_in, conjuncts

if TYPE_CHECKING:
    from dbdesign.simulate.conditions import Asker
    from dbdesign.simulate.plans import Node
    from dbdesign.simulate.relations import Catalog

_EQUAL = (" = ", " IS NULL", " IS NOT DISTINCT ")


def entries_passed(node: Node, catalog: Catalog, asker: Asker) -> float | None:
    """Entries between where one search begins and ends: those that the conditions up to the first range find, by the planner's estimate.

    None where every condition bounds the search, or where the search skips between the values of the columns before (PostgreSQL 18):
    the planner's own bound for that is a third of the index's blocks (`btcostestimate`, selfuncs.c).
    """
    index, table = node.index, node.table
    if index is None or table is None or index.method != "btree" or index.key_count < 2 or "Index Cond" not in node.raw:
        return None
    parts = conjuncts(str(node.raw["Index Cond"]))
    boundary: list[str] = []
    for attribute in index.attributes[: index.key_count]:
        here = [part for part in parts if attribute.table_column in columns_in(part, table)]
        if not here:
            break
        boundary += here
        if not any(mark in part for part in here for mark in _EQUAL):
            break
    if len(boundary) >= len(parts) or _skipped(node, parts, catalog):
        return None
    if not boundary:
        return catalog.twin.rows(index)
    return asker.rows(table, node.raw.get("Alias"), " AND ".join(boundary))


def _skipped(node: Node, parts: list[str], catalog: Catalog) -> bool:
    """Whether the values of the columns that no equality fixes, up to the last that is compared, are few enough to skip between."""
    index, table = node.index, node.table
    if index is None or table is None:
        return False
    compared = {name for part in parts for name in columns_in(part, table)}
    keys = [one.table_column or "" for one in index.attributes[: index.key_count]]
    last = max((place for place, name in enumerate(keys) if name in compared), default=0)
    values = 1.0
    for name in keys[:last]:
        here = [part for part in parts if name in columns_in(part, table)]
        if any(mark in part for part in here for mark in _EQUAL):
            continue
        column = catalog.twin.column(table, name)
        if here or column is None or not column.n_distinct:
            return False
        known = column.n_distinct
        values *= known if known > 0 else -known * catalog.twin.rows(table)
    return values <= catalog.twin.pages(index) / 3
