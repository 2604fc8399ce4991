"""How many blocks a table and an index take, from rows, widths and alignments.

Verified on real servers (`tests/twin/test_sizes.py` builds and compares). Sources: PostgreSQL manual, section 66.6 "Database Page Layout";
`nbtsort.c` (`_bt_pagestate`, `BTREE_DEFAULT_FILLFACTOR`), `nbtdedup.c`; `hashpage.c`; `brin.c`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from dbdesign.model.statistics import BLOCK

MAX_BLOCKS = 2**32 - 2
"""Blocks of one relation (InvalidBlockNumber − 1): 32 TB."""

TUPLE_HEADER = 23
"""SizeofHeapTupleHeader; the bitmap of NULLs begins behind it."""

_PAGE = 8168
"""Bytes of a block behind its header (BLCKSZ − SizeOfPageHeaderData)."""

_POINTER = 4
_BTREE_FILL = 90
_BTREE_NONLEAF_FILL = 70
_POSTING = 812
"""Bytes of the longest posting list tuple that a build makes: a tenth of a block without its line pointer (`_bt_load`)."""

_TOAST = 2032
"""Bytes of a tuple beyond which its long values move out of line (TOAST_TUPLE_THRESHOLD)."""

_TOASTED = 18
"""Bytes that stay of a value that was moved out of line."""


@dataclass(frozen=True)
class Field:
    """One stored value.

    Attributes:
        width: average bytes where it is not NULL, with the header of variable-length values.
        align: 1, 2, 4 or 8 (`attalign` c, s, i, d).
        variable: whether its length varies: short ones (below 128 bytes) are not aligned.
        nulls: share of NULLs.
    """

    width: float
    align: int = 1
    variable: bool = False
    nulls: float = 0.0


def aligned(size: float, to: int = 8) -> int:
    """Rounded up to a multiple of `to`."""
    return math.ceil(size / to) * to


def data_width(fields: Sequence[Field]) -> float:
    """Average bytes of the values of a row with the padding between them."""
    offset = 0.0
    for field in fields:
        short = field.variable and field.width < 127
        if not short and field.nulls < 1:
            offset = aligned(round(offset, 6), field.align)
        offset += field.width * (1 - field.nulls)
    return offset


def heap_tuple(fields: Sequence[Field]) -> float:
    """Average bytes of a row with its header and its line pointer."""
    bitmap = math.ceil(len(fields) / 8) if any(field.nulls > 0 for field in fields) else 0
    width = data_width(fields)
    header = aligned(TUPLE_HEADER + bitmap)
    if header + width > _TOAST:
        width = _after_toasting(fields, header)
    variable = any(field.variable or 0 < field.nulls < 1 for field in fields)
    # rows of different lengths are rounded up each by itself: half of the rounding step on average
    body = width + 3.5 if variable else aligned(width)
    return header + body + _POINTER


def _after_toasting(fields: Sequence[Field], header: int) -> float:
    """The longest values go out of line until the row is short enough."""
    kept = sorted(fields, key=lambda field: -field.width if field.variable else 0.0)
    total = data_width(fields)
    for field in kept:
        if header + total <= _TOAST or not field.variable:
            break
        total -= (field.width - _TOASTED) * (1 - field.nulls)
    return max(total, _TOASTED)


def heap_pages(rows: float, fields: Sequence[Field], fillfactor: int = 100) -> int:
    """Blocks of a table."""
    if rows <= 0:
        return 0
    per_page = max(1.0, math.floor(_PAGE * fillfactor / 100 / heap_tuple(fields)))
    return max(1, math.ceil(rows / per_page))


@dataclass(frozen=True)
class BTreeSize:
    """Blocks of a B-tree with its metapage, and the levels above its leaves."""

    pages: int
    height: int


def btree_size(
    entries: float,
    fields: Sequence[Field],
    *,
    distinct: float | None = None,
    deduplicated: bool = False,
    fillfactor: int = _BTREE_FILL,
) -> BTreeSize:
    """The size of a B-tree that was just built.

    Args:
        entries: rows that it covers.
        fields: key and included columns.
        distinct: different keys.
        deduplicated: whether equal keys share a posting list (every operator class says that equal is identical, nothing is included).
    """
    if entries <= 0:
        return BTreeSize(1, 0)
    key = _index_tuple(fields)
    room = _PAGE - 16 - BLOCK * (100 - fillfactor) // 100
    if deduplicated and distinct and entries / distinct >= 1.5:
        width = _posting_width(key, entries / distinct)
        leaves = math.ceil(entries * width / (room - key - _POINTER))
    else:
        item = key + _POINTER
        leaves = math.ceil(entries / max(1, math.ceil((room - item) / item)))
    inner_item = aligned(key) + _POINTER
    fan_out = max(2, math.ceil((_PAGE - 16 - BLOCK * (100 - _BTREE_NONLEAF_FILL) // 100 - inner_item) / inner_item))
    pages, level, height = leaves, leaves, 0
    while level > 1:
        level = math.ceil(level / fan_out)
        pages += level
        height += 1
    return BTreeSize(min(pages + 1, MAX_BLOCKS), height)


def _index_tuple(fields: Sequence[Field]) -> float:
    """Average bytes of an index entry: header of 8, a bitmap of NULLs (of 32 columns) where there may be any."""
    header = 16 if any(field.nulls > 0 for field in fields) else 8
    width = header + data_width(fields)
    variable = any(field.variable or 0 < field.nulls < 1 for field in fields)
    return width + 3.5 if variable else aligned(width)


def _posting_width(key: float, duplicates: float) -> float:
    """Average bytes of an entry among so many equal ones: the key once for as many row identifiers (6 bytes) as a posting list holds."""
    most = max(1, int((_POSTING - key) // 6))
    lists = math.ceil(duplicates / most)
    if duplicates < 2:
        return key + _POINTER
    return (lists * (aligned(key) + _POINTER + 4) + duplicates * 6) / duplicates


def brin_pages(heap: int, pages_per_range: int = 128, entry: float = 24) -> int:
    """Blocks of a BRIN index: metapage, the map of ranges (1,360 a block), the summaries."""
    ranges = math.ceil(max(heap, 1) / pages_per_range)
    return 1 + math.ceil(ranges / 1360) + math.ceil(ranges * (entry + _POINTER) / _PAGE)


def hash_pages(entries: float, fillfactor: int = 75) -> int:
    """Blocks of a hash index: a power of two of buckets, then their overflow pages (20 bytes an entry: hash code, header, pointer)."""
    per_page = _PAGE * fillfactor / 100 / 20
    buckets = 2 ** max(1, math.ceil(math.log2(max(entries / per_page, 1))))
    return 3 + max(buckets, math.ceil(entries * 20 / _PAGE))


@dataclass(frozen=True)
class GinSize:
    """Blocks of a GIN index by kind, and its different keys."""

    pages: int
    entry_pages: int
    data_pages: int
    entries: int


def gin_size(rows: float, keys_per_row: float, distinct_keys: float, key_width: float = 12) -> GinSize:
    """The size of a GIN index: keys in a B-tree, with their rows beside them (varbyte-coded, about 2 bytes each) or in trees of their own."""
    postings = rows * keys_per_row
    distinct = max(1.0, min(distinct_keys, postings or 1.0))
    inline = min(postings / distinct, 300.0) * 2.0
    entry_pages = max(1, math.ceil(distinct * (aligned(8 + key_width) + _POINTER + inline) / (_PAGE * 0.75)))
    beyond = max(0.0, postings - distinct * 300.0)
    data_pages = math.ceil(beyond * 2.0 / (_PAGE * 0.9))
    return GinSize(2 + entry_pages + data_pages, entry_pages, data_pages, int(distinct))
