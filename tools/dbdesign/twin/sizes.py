"""How many blocks a table and a B-tree take, from rows, widths and alignments.

Verified on real servers (`tests/twin/test_sizes.py` builds and compares). Sources: PostgreSQL manual, section 66.6 "Database Page Layout";
`nbtsort.c` (`_bt_buildadd`, `_bt_load`), `nbtdedup.c` (`_bt_dedup_save_htid`), `nbtutils.c` (`_bt_truncate`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dbdesign.model.statistics import BLOCK

MAX_BLOCKS = 2**32 - 2
"""Blocks of one relation (InvalidBlockNumber − 1): 32 TB."""

TUPLE_HEADER = 23
"""SizeofHeapTupleHeader; the bitmap of NULLs begins behind it."""

PAGE = 8168
"""Bytes of a block behind its header (BLCKSZ − SizeOfPageHeaderData)."""

POINTER = 4
"""Bytes of a line pointer."""

_INDEX_HEADER = 8
_ROOM = PAGE - 16 - 2 * POINTER
"""Bytes of a B-tree page for items: without its special space, the line pointer of its high key, and the one that PageGetFreeSpace
keeps back."""
_BTREE_FILL = 90
_BTREE_NONLEAF_FILL = 70
_ROW_IDENTIFIER = 6
_POSTING = 808
"""Bytes of the longest posting list that a build makes: a tenth of a block, aligned down, without its line pointer, aligned down."""

_TOAST = 2032
"""Bytes of a tuple beyond which its long values move out of line (TOAST_TUPLE_THRESHOLD)."""

_TOASTED = 18
"""Bytes that stay of a value that was moved out of line."""

_UNKNOWN_SPREAD = tuple(
    (step / 8, shift) for step, shift in zip([1.0] * 8, (-3.5, -2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.5), strict=True)
)


@dataclass(frozen=True)
class Field:
    """One stored value.

    Attributes:
        width: average bytes where it is not NULL, with the header of variable-length values.
        align: 1, 2, 4 or 8 (`attalign` c, s, i, d).
        variable: whether its length varies: short ones (below 127 bytes) are not aligned.
        nulls: share of NULLs.
        widths: shares and widths, where known of a sample; they need not be all.
    """

    width: float
    align: int = 1
    variable: bool = False
    nulls: float = 0.0
    widths: tuple[tuple[float, int], ...] = ()

    @property
    def spread(self) -> Iterator[tuple[float, int]]:
        """Shares and widths: those known, those of a fixed width, or eight around the average, so that rounding is that of the mean."""
        if self.widths:
            yield from self.widths
        elif not self.variable or self.width <= 5:
            yield 1.0, max(1, round(self.width))
        else:
            for share, shift in _UNKNOWN_SPREAD:
                yield share, max(1, math.floor(self.width + shift + 0.5))


def aligned(size: float, to: int = 8) -> int:
    """Rounded up to a multiple of `to`."""
    return math.ceil(size / to) * to


@dataclass(frozen=True)
class Width:
    """Average bytes of rows; `varies` unless all are equally long."""

    mean: float
    varies: bool


def row_width(fields: Sequence[Field], header: int, header_with_nulls: int) -> Width:
    """Bytes of a row's header and values, each padded to its alignment and the whole to 8, averaged over all combinations of lengths.

    Padding depends on what is before modulo 8 alone, so that no more than the means of sixteen classes are kept.
    """
    states: dict[tuple[int, bool], tuple[float, float]] = {(0, False): (1.0, 0.0)}
    for field in fields:
        following: dict[tuple[int, bool], tuple[float, float]] = {}
        for (rest, null), (share, total) in states.items():
            if field.nulls > 0:
                _add(following, (rest, True), share * field.nulls, total * field.nulls)
            for part, width in field.spread if field.nulls < 1 else ():
                kept = part * (1 - field.nulls)
                short = field.variable and width < 127
                start = 0 if short else -rest % field.align
                _add(
                    following,
                    ((rest + start + width) % 8, null),
                    share * kept,
                    (total + share * (start + width)) * kept,
                )
        states = following
    lengths = [
        (share, aligned(header_with_nulls if null else header) + total / share + (-rest % 8))
        for (rest, null), (share, total) in states.items()
        if share > 1e-12
    ]
    mean = sum(share * length for share, length in lengths)
    varies = any(abs(length - mean) > 0.01 for _, length in lengths) or any(
        len(set(field.widths)) > 1 for field in fields
    )
    return Width(mean, varies)


def _add(
    states: dict[tuple[int, bool], tuple[float, float]], key: tuple[int, bool], share: float, total: float
) -> None:
    before = states.get(key, (0.0, 0.0))
    states[key] = (before[0] + share, before[1] + total)


def heap_tuple(fields: Sequence[Field]) -> Width:
    """Bytes of a row with its header and its line pointer."""
    headers = TUPLE_HEADER, TUPLE_HEADER + math.ceil(len(fields) / 8)
    width = row_width(fields, *headers)
    if width.mean > _TOAST:
        width = row_width(_toasted(fields, width.mean), *headers)
    return Width(width.mean + POINTER, width.varies)


def _toasted(fields: Sequence[Field], total: float) -> list[Field]:
    """The longest values go out of line until the row is short enough."""
    kept = list(fields)
    for place in sorted(range(len(fields)), key=lambda place: -fields[place].width):
        field = fields[place]
        if total <= _TOAST:
            break
        if field.variable and field.width > _TOASTED:
            total -= (field.width - _TOASTED) * (1 - field.nulls)
            kept[place] = Field(_TOASTED, nulls=field.nulls)
    return kept


def out_of_line(fields: Sequence[Field]) -> list[Field]:
    """The values of a row that go out of line, with their full widths."""
    mean = row_width(fields, TUPLE_HEADER, TUPLE_HEADER + math.ceil(len(fields) / 8)).mean
    kept = _toasted(fields, mean) if mean > _TOAST else fields
    return [field for field, stays in zip(fields, kept, strict=True) if stays is not field]


def heap_pages(rows: float, fields: Sequence[Field], fillfactor: int = 100) -> int:
    """Blocks of a table."""
    if rows <= 0:
        return 0
    width = heap_tuple(fields)
    filled = (PAGE - BLOCK * (100 - fillfactor) // 100) / width.mean
    per_page = max(1.0, filled - 0.5 if width.varies else math.floor(filled))
    return max(1, math.ceil(rows / per_page))


@dataclass(frozen=True)
class BTreeSize:
    """Blocks of a B-tree with its metapage, and the levels above its leaves."""

    pages: int
    height: int


@dataclass(frozen=True)
class _Items:
    """What the leaves hold: how many items, their bytes with line pointers, and how much of them is row identifiers."""

    count: float
    bytes: float
    identifiers: float
    vary: bool


def btree_size(
    entries: float,
    fields: Sequence[Field],
    *,
    distinct: Sequence[float] = (),
    common: Sequence[float] = (),
    deduplicated: bool = False,
    fillfactor: int = _BTREE_FILL,
) -> BTreeSize:
    """The size of a B-tree that was just built.

    Args:
        entries: rows that it covers.
        fields: key columns, then included ones.
        distinct: different values of the first key column, of the first two …, of all; all entries where nothing is said.
        common: shares of the commonest keys.
        deduplicated: whether equal keys share a posting list (every operator class says that equal is identical, nothing is included).
    """
    if entries <= 0:
        return BTreeSize(1, 0)
    key = _index_tuple(fields)
    items = _items(entries, key, distinct[-1] if distinct else entries, common if deduplicated else (), deduplicated)
    item = items.bytes / items.count
    room = _ROOM - BLOCK * (100 - fillfactor) // 100 + items.identifiers / items.count
    leaves = max(1, math.ceil(items.count / _per_page(item, room, vary=items.vary)))
    fan_out = _fan_out(fields, distinct, items.count)
    pages, level, height = leaves, leaves, 0
    while level > 1:
        level = math.ceil(level / fan_out)
        pages += level
        height += 1
    return BTreeSize(min(pages + 1, MAX_BLOCKS), height)


def btree_height(pages: int, fields: Sequence[Field], distinct: Sequence[float] = ()) -> int:
    """The levels above the leaves of a B-tree of so many blocks, its metapage included: as many as it takes to point to them all."""
    fan_out = max(2.0, _fan_out(fields, distinct, max(1.0, pages * 100.0)))
    height, reached = 0, 1.0
    while reached < pages - 1 and height < 32:
        height += 1
        reached += fan_out**height
    return height


def _per_page(item: float, room: float, *, vary: bool) -> float:
    """Items of a page: they are added until the fill is reached, then the last one moves to the next page."""
    most = (_ROOM - item) / item
    filled = min(room / item, most)
    return max(1.0, filled - 0.5 if vary else math.floor(filled))


def _fan_out(fields: Sequence[Field], distinct: Sequence[float], items: float) -> float:
    """Items of a page above the leaves. They keep the columns up to the first that tells two neighbouring leaf items apart, or all of them
    and a row identifier."""
    size, sure = 0.0, 0.0
    keys = fields[: len(distinct)] or fields  # without included columns
    for place, number in enumerate(distinct, 1):
        told_apart = min(1.0, number / max(items, 1.0))
        size += max(0.0, told_apart - sure) * _index_tuple(fields[:place]).mean
        sure = max(sure, told_apart)
    if not distinct:
        size, sure = _index_tuple(keys).mean, 1.0
    size += (1 - sure) * (_index_tuple(keys).mean + 8)
    return _per_page(size + POINTER, _ROOM - BLOCK * (100 - _BTREE_NONLEAF_FILL) // 100, vary=False)


def _index_tuple(fields: Sequence[Field]) -> Width:
    """Bytes of an index entry: header of 8, a bitmap of NULLs (of 32 columns) where there are any."""
    return row_width(fields, _INDEX_HEADER, _INDEX_HEADER + 4)


def _items(entries: float, key: Width, distinct: float, common: Sequence[float], deduplicated: bool) -> _Items:
    if not deduplicated or entries <= distinct:
        return _Items(entries, entries * (key.mean + POINTER), 0.0, key.varies)
    count = size = identifiers = 0.0
    rest = max(0.0, entries * (1 - sum(common)))
    others = max(0.0, distinct - len(common))
    groups = [(1.0, max(1.0, entries * share)) for share in common]
    if rest and others:
        groups += [(others * share, number) for share, number in _multiplicities(max(1.0, rest / others))]
    for times, number in groups:
        lists, bytes_, of_it = _posting(key.mean, number)
        count += times * lists
        size += times * bytes_
        identifiers += times * of_it
    varied = {round(number) for _, number in groups}
    full = identifiers / count > 0.9 * _POSTING * (
        1 - key.mean / _POSTING
    )  # nearly all lists are as long as they may be
    return _Items(count, size, identifiers, not full and (key.varies or len(varied) > 1))


def _multiplicities(mean: float) -> list[tuple[float, float]]:
    """How often a key comes, where rows choose their keys at random: the Poisson distribution without zero, of that mean."""
    rate = mean
    for _ in range(50):
        rate = mean * -math.expm1(-rate)
    if mean > 300 or rate < 1e-9:
        return [(1.0, mean)]
    low, high = max(1, int(rate - 5 * math.sqrt(rate))), int(rate + 5 * math.sqrt(rate)) + 3
    shares = [
        (math.exp(number * math.log(rate) - rate - math.lgamma(number + 1)), float(number))
        for number in range(low, high)
    ]
    total = sum(share for share, _ in shares)
    return [(share / total, number) for share, number in shares]


def _posting(key: float, number: float) -> tuple[float, float, float]:
    """Items, bytes, and bytes of row identifiers for so many equal keys: posting lists as long as they may be, and the remainder."""
    most = max(1, int((_POSTING - key) // _ROW_IDENTIFIER))
    full, rest = divmod(number, most)
    count, size, identifiers = (
        full,
        full * (aligned(key + most * _ROW_IDENTIFIER) + POINTER),
        full * most * _ROW_IDENTIFIER,
    )
    if rest >= 2:
        list_ = aligned(rest * _ROW_IDENTIFIER)
        return count + 1, size + key + list_ + POINTER, identifiers + list_
    if rest > 0:
        return count + 1, size + key + POINTER, identifiers
    return count, size, identifiers


def brin_pages(heap: int, pages_per_range: int = 128, entry: float = 24) -> int:
    """Blocks of a BRIN index: metapage, the map of ranges (1,360 a block), the summaries."""
    ranges = math.ceil(max(heap, 1) / pages_per_range)
    return 1 + math.ceil(ranges / 1360) + math.ceil(ranges * (entry + POINTER) / PAGE)


_HASH_ITEM = 20
"""Bytes of an entry of a hash index: header, hash code, line pointer."""


def hash_pages(entries: float, fillfactor: int = 75, duplicates: float = 1.0) -> int:
    """Blocks of a hash index that was just built (`hashpage.c`, `_hash_init`; `hashutil.c`, `_hash_spareindex`): the buckets for the
    rows, from 1,024 on in steps of a quarter of the next power of two, and overflow pages where chance fills a bucket.

    Args:
        duplicates: rows of one key, which share a bucket.
    """
    wanted = max(2.0, entries / (BLOCK * fillfactor // 100 // _HASH_ITEM))
    power = math.ceil(math.log2(wanted))
    buckets = 1 << power
    if power >= 10:
        step = 1 << (power - 3)
        buckets = (1 << (power - 1)) + step * ((math.ceil(wanted) - 1) // step - 3)
    if entries / max(duplicates, 1.0) < buckets / 4:  # so few keys that hardly two share a bucket
        keys = entries / max(duplicates, 1.0)
        return 2 + buckets + math.ceil(keys * max(0, math.ceil(duplicates / ((PAGE - 16) // _HASH_ITEM)) - 1))
    above, below = 1 << power, 1 << (power - 1)
    split = 2 * (buckets - below)  # those whose rows were shared out among two
    overflow = split * _overflow(entries / above, duplicates) + (buckets - split) * _overflow(
        entries / below, duplicates
    )
    return 2 + buckets + math.ceil(overflow)


def _overflow(rows: float, duplicates: float) -> float:
    """Overflow pages expected of a bucket with so many rows on average."""
    per_page, deviation = PAGE - 16, math.sqrt(max(rows, 1e-9) * max(duplicates, 1.0))
    page, expected = per_page // _HASH_ITEM, 0.0
    for number in range(1, 1000):
        beyond = 0.5 * math.erfc((page * number + 0.5 - rows) / deviation / math.sqrt(2))
        expected += beyond
        if beyond < 1e-6 and page * number > rows:
            return expected
    return max(expected, rows / page - 1)


@dataclass(frozen=True)
class GinSize:
    """Blocks of a GIN index by kind, and its different keys."""

    pages: int
    entry_pages: int
    data_pages: int
    entries: int


_INLINE = 2700
"""Bytes of row identifiers beside a key of a GIN index, beyond which they get pages of their own (GinMaxItemSize)."""

_GIN_FILL = 0.7


def posting_bytes(rows: float, heap: int, in_all: float) -> float:
    """Bytes of the identifiers of so many rows, anywhere in a table of `heap` blocks and `in_all` rows.

    Kept are the differences, seven bits a byte, of numbers that count 2,048 for a block (`ginpostinglist.c`): one byte from one row to
    another of the same block, two to a block that is less than eight further, three to one less than 1,024 further …
    """
    heap, rows = max(heap, 1), max(rows, 1.0)
    blocks = min(rows, heap * -math.expm1(-rows / heap))
    hit = blocks / heap
    in_block = 1.0 if in_all / heap <= 128 else 1 + math.exp(-128 * rows / max(in_all, rows))
    further = 2 + (1 - hit) ** 7 + (1 - hit) ** 1023 + (1 - hit) ** 131_071
    return blocks * further + (rows - blocks) * in_block


def gin_size(keys: Sequence[tuple[float, float]], heap: int, in_all: float, key_width: float = 8) -> GinSize:
    """The size of a GIN index: keys in a B-tree, with their rows beside them or in trees of their own.

    Args:
        keys: how many keys there are that come in so many rows.
        heap: blocks of the table.
        in_all: rows of the table.
    """
    beside, data, distinct = 0.0, 0.0, 0.0
    for number, rows in keys:
        list_ = 8 + posting_bytes(rows, heap, in_all)
        distinct += number
        if list_ > _INLINE:
            leaves = math.ceil(list_ / (PAGE * 0.95))
            data += number * (leaves + (leaves > 1))
            list_ = 0
        beside += number * (aligned(8 + key_width + list_) + POINTER)
    entry_pages = max(1, math.ceil(beside / (PAGE * _GIN_FILL)))
    return GinSize(1 + entry_pages + math.ceil(data), entry_pages, math.ceil(data), int(distinct))
