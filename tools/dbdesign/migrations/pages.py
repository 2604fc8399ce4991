"""The rows of some of a table's pages, for walks over tables that have no key to walk along."""

from __future__ import annotations

PAGE_ROWS = 291
"""Rows that a page of 8 kB holds at most (MaxHeapTuplesPerPage, src/include/access/htup_details.h)."""

TID_RANGES = 14
"""The version that reads a range of pages without the others (release notes of 14: TID range scans); before, single rows by their place."""


def pages_condition(ctid: str, page: str, pages: str, version: int) -> str:
    """The rows of some pages, by SQL that reads no others.

    Args:
        ctid: the column as it is written.
        page: SQL of the first page's number; `pages`: of how many there are.
        version: major version of PostgreSQL.
    """
    if version >= TID_RANGES:
        return f"{ctid} >= format('(%s,0)', {page})::tid AND {ctid} < format('(%s,0)', {page} + {pages})::tid"
    places = f"generate_series({page}, {page} + {pages} - 1) AS p, generate_series(1, {PAGE_ROWS}) AS r"
    return f"{ctid} = ANY (ARRAY(SELECT format('(%s,%s)', p, r)::tid FROM {places}))"
