"""Index files that say how high, how large and how finely divided an index is, without its entries.

The planner reads a B-tree's height, a GIN's pages by kind and a BRIN's ranges from the index's first block. Layouts: PostgreSQL source,
`src/include/access/nbtree.h` (BTMetaPageData, version 4), `ginblock.h` (GinMetaPageData, version 2), `brin_page.h`
(BrinMetaPageData), `storage/bufpage.h` (PageHeaderData, page layout 4); unchanged from PostgreSQL 14 to 18. They are written in the
machine's own byte order, as the server does.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

from dbdesign.model.statistics import BLOCK, GinStatistics

HEADER = 24
"""Bytes of PageHeaderData."""

_SPECIAL_BTREE = 16
_BTREE_MAGIC, _BRIN_MAGIC = 0x053162, 0xA8109CFA
_LEAF, _ROOT = 1, 2


def btree(meta: bytes, height: int, entries: Sequence[bytes] = ()) -> bytes:
    """The first `height + 2` blocks of a B-tree of that height: metapage, a leaf, and one internal page a level above it, whose only
    downlink (a pivot tuple without attributes: minus infinity) points to the page below. A search for the least or greatest value
    walks down and finds the first or the last of the leaf's entries, or nothing.

    Args:
        meta: the metapage that CREATE INDEX wrote, of `BLOCK` bytes.
        height: levels above the leaves: 0 when the root is a leaf.
        entries: of the leaf, in the index's order, each of a multiple of eight bytes.
    """
    page = bytearray(meta)
    if len(page) != BLOCK or struct.unpack_from("=I", page, HEADER)[0] != _BTREE_MAGIC:
        raise ValueError("not the metapage of a B-tree")
    struct.pack_into("=IIII", page, HEADER + 8, height + 1, height, height + 1, height)
    downlinks = [
        [struct.pack("=HHHH", 0, level, 0, 0x2000 | 8)] for level in range(1, height + 1)
    ]  # child, no attributes
    return bytes(page) + b"".join(
        _btree_page(items, level, height) for level, items in enumerate([list(entries), *downlinks])
    )


def _btree_page(items: Sequence[bytes], level: int, height: int) -> bytes:
    page = bytearray(BLOCK)
    special = upper = BLOCK - _SPECIAL_BTREE
    lower = HEADER + 4 * len(items)
    for number, item in enumerate(items):
        upper -= len(item)
        page[upper : upper + len(item)] = item
        pointer = upper | (1 << 15) | (len(item) << 17)  # offset, LP_NORMAL, length
        struct.pack_into("=I", page, HEADER + 4 * number, pointer)
    struct.pack_into("=QHHHHHHI", page, 0, 0, 0, 0, lower, upper, special, BLOCK | 4, 0)
    flags = (_LEAF if level == 0 else 0) | (_ROOT if level == height else 0)
    struct.pack_into("=IIIHH", page, special, 0, 0, level, flags, 0)
    return bytes(page)


def all_visible() -> bytes:
    """A block of a visibility map that says of the table's first block that all see all of it (`visibilitymap.h`): an entry of an index
    there is believed without a look at the table.
    """
    page = bytearray(BLOCK)
    struct.pack_into("=QHHHHHHI", page, 0, 0, 0, 0, HEADER, BLOCK, BLOCK, BLOCK | 4, 0)
    page[HEADER] = 1
    return bytes(page)


def gin(meta: bytes, said: GinStatistics) -> bytes:
    """The metapage of a GIN index: what `gincostestimate` reads through `ginGetStats`.

    Args:
        meta: the metapage that CREATE INDEX wrote.
        said: of the index.
    """
    page = bytearray(meta)
    # behind head, tail and tailFreeSize: nPendingPages; behind nPendingHeapTuples: nTotalPages, nEntryPages, nDataPages, nEntries (int64)
    struct.pack_into("=I", page, HEADER + 12, said.pending_pages)
    struct.pack_into("=III4xq", page, HEADER + 24, said.total_pages, said.entry_pages, said.data_pages, said.entries)
    return bytes(page)


def brin(meta: bytes, revmap_pages: int) -> bytes:
    """The metapage of a BRIN index whose map of ranges takes so many blocks: what `brincostestimate` reads through `brinGetStats`.

    One that was built on an empty table has no map, which the planner takes for four billion blocks of it.
    """
    page = bytearray(meta)
    if struct.unpack_from("=I", page, HEADER)[0] != _BRIN_MAGIC:
        raise ValueError("not the metapage of a BRIN index")
    struct.pack_into(
        "=I", page, HEADER + 12, revmap_pages
    )  # behind brinMagic, brinVersion, pagesPerRange: lastRevmapPage
    return bytes(page)


def all_equal_image(meta: bytes) -> bool:
    """Whether a B-tree may keep equal keys once (`btm_allequalimage` of its metapage)."""
    return meta[HEADER + 40] != 0
