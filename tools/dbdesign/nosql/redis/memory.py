"""How many bytes Redis takes for keys and their values, from the layouts of its structures and the size classes of its allocator.

Sources: Redis `sds.h`, `dict.h`, `object.c`, `t_zset.c`, `listpack.c`, `quicklist.c`, `intset.c`, and jemalloc's size classes. Measured
on 7.0.15 (Debian, whose jemalloc has a quantum of 16) and 8.2.3 (bundled jemalloc, quantum 8), which `tests/nosql/redis` does again.

Two layouts are told apart. Up to 8.0 a key is an entry of a table, a string and an object; from 8.2 on key and object are one allocation,
and the table points to it without an entry unless two keys share a bucket.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

MERGED_KEYS_SINCE = (8, 2)
"""Version from which on key and value object are one allocation (kvobj)."""
SET_LISTPACK_SINCE = (7, 2)
"""Version from which on small sets of strings are listpacks."""
POINTER, ENTRY, ENTRY_WITHOUT_VALUE, OBJECT = 8, 24, 16, 16
DICT = 56
"""Bytes of a dict with its two tables' heads."""
EMBEDDED = 44
"""Characters of a string up to which object and string are one allocation (OBJ_ENCODING_EMBSTR_SIZE_LIMIT)."""
LISTPACK = 7
"""Bytes of a listpack's head and end."""
NODE_BYTES = 8192
"""Bytes of a list's node (list-max-listpack-size -2)."""
STREAM_BYTES, STREAM_ENTRIES = 4096, 100
"""Limits of a stream's node (stream-node-max-bytes, stream-node-max-entries)."""
STREAM_ENTRY, STREAM_MASTER, STREAM_NODE, STREAM_HEAD = 8, 14, 48, 512
"""Bytes of an entry beside its values (flags, differences of its identifier, its length); of a node's first entry; of a node in the radix
tree; and of a stream without entries. Fitted to measurements on both versions."""
PRESIZED = 256
"""Slots of the table that a small set's listpack is turned into; a larger set has grown since, and its table is pending."""
HASH_ENTRIES, HASH_VALUE = 512, 64
"""hash-max-listpack-entries and -value, as measured on 7.0 and 8.2."""
SET_ENTRIES, SET_VALUE, INTSET_ENTRIES = 128, 64, 512
ZSET_ENTRIES, ZSET_VALUE = 128, 64
HYPERLOGLOG = 12_304
"""Bytes of a dense HyperLogLog: a head of 16 and 16,384 registers of 6 bits."""
SKIPLIST_HEAD = 24 + 16 * 32
SKIPLIST_CHANCE = 0.25
PENDING = 0.5
"""A table that has just grown keeps its smaller predecessor until commands have moved its entries: half a table more."""


@dataclass(frozen=True)
class Layout:
    """A server: its version, and the quantum of its allocator in bytes: 8 where jemalloc is bundled, 16 in Debian's packages."""

    version: tuple[int, ...] = (8, 2)
    quantum: int = 8

    @property
    def merged(self) -> bool:
        """Whether a key and its object are one allocation."""
        return self.version >= MERGED_KEYS_SINCE

    def allocated(self, size: float) -> int:
        """The size class of an allocation: multiples of the quantum, then four classes for each doubling."""
        needed = max(math.ceil(size), 1)
        small = 8 * self.quantum
        if needed <= small:
            return math.ceil(needed / self.quantum) * self.quantum
        step = 1 << (math.ceil(math.log2(needed)) - 3)
        return math.ceil(needed / step) * step

    def text(self, length: float) -> int:
        """A string by itself (sds)."""
        return self.allocated(sds(length))


@dataclass(frozen=True)
class Usage:
    """Bytes of one key: what it takes by itself, and in the key space's tables.

    Attributes:
        encoding: as OBJECT ENCODING says it.
    """

    value: float
    keyspace: float
    encoding: str

    @property
    def total(self) -> float:
        """Both."""
        return self.value + self.keyspace


def sds(length: float) -> float:
    """Bytes of a string with its head and its final zero (sdshdr5, 8, 16, 32)."""
    head = 1 if length < 32 else 3 if length < 256 else 5 if length < 65_536 else 9
    return head + length + 1


def buckets(members: float) -> int:
    """Slots of a hash table of so many members."""
    return 1 << max(2, math.ceil(math.log2(max(members, 1))))


def sharing(load: float) -> float:
    """Share of the members that are not the first of their bucket."""
    return 1 - (1 - math.exp(-load)) / load if load > 0 else 0.0


def keyspace(layout: Layout, key: float, keys: float, *, expires: bool = False, value: float = 0.0) -> float:
    """Bytes that a key takes in the tables of the key space, its name included.

    Args:
        key: characters of its name.
        keys: in all.
        expires: whether it has a time to live.
        value: bytes of a string value that is embedded with the key; 0 for none.
    """
    slots = buckets(keys)
    table = POINTER * slots / max(keys, 1.0)
    if not layout.merged:
        entry = layout.allocated(ENTRY)
        return layout.text(key) + entry + table + ((entry + table) if expires else 0.0)
    chained = table + ENTRY_WITHOUT_VALUE * sharing(keys / slots)
    together = OBJECT + 1 + sds(key) + (8 if expires else 0) + value
    return layout.allocated(together) + chained * (2 if expires else 1)


def string(layout: Layout, key: float, keys: float, length: float, *, expires: bool = False) -> Usage:
    """A string value of so many bytes."""
    space = keyspace(layout, key, keys, expires=expires)
    encoding = "embstr" if length <= EMBEDDED else "raw"
    if layout.merged:
        return Usage(layout.allocated(sds(max(length, 32)) - max(length, 32) + length), space, encoding)
    if encoding == "embstr":
        return Usage(layout.allocated(OBJECT + 3 + length + 1), space, encoding)
    return Usage(layout.allocated(OBJECT) + layout.text(length), space, encoding)


def integer(layout: Layout, key: float, keys: float, *, expires: bool = False) -> Usage:
    """A string that is a number: it stands in the object."""
    return Usage(0 if layout.merged else layout.allocated(OBJECT), keyspace(layout, key, keys, expires=expires), "int")


def hash_of(
    layout: Layout, key: float, keys: float, fields: Sequence[tuple[float, float]], *, expires: bool = False
) -> Usage:
    """A hash with these (characters of the name, bytes of the value)."""
    space = _object(layout, key, keys, expires=expires)
    if len(fields) <= HASH_ENTRIES and all(name <= HASH_VALUE and value <= HASH_VALUE for name, value in fields):
        packed = LISTPACK + sum(_packed(name) + _packed(value) for name, value in fields)
        return Usage(layout.allocated(packed), space, "listpack")
    each = sum(layout.text(name) + layout.text(value) for name, value in fields)
    return Usage(each + _table(layout, len(fields), layout.allocated(ENTRY), pending=layout.merged), space, "hashtable")


def set_of(
    layout: Layout,
    key: float,
    keys: float,
    members: float,
    length: float,
    *,
    numbers: bool = False,
    expires: bool = False,
) -> Usage:
    """A set of so many members of so many characters; `numbers` where all are integers (of 8 bytes beyond 2^31)."""
    space = _object(layout, key, keys, expires=expires)
    if numbers and members <= INTSET_ENTRIES:
        width = 2 if length <= 4 else 4 if length <= 9 else 8
        return Usage(layout.allocated(8 + width * members), space, "intset")
    if layout.version >= SET_LISTPACK_SINCE and members <= SET_ENTRIES and length <= SET_VALUE:
        return Usage(layout.allocated(LISTPACK + members * _packed(length)), space, "listpack")
    pending = members > PRESIZED or layout.version < SET_LISTPACK_SINCE
    entry = ENTRY_WITHOUT_VALUE * sharing(members / buckets(members)) if layout.merged else layout.allocated(ENTRY)
    return Usage(members * layout.text(length) + _table(layout, members, entry, pending=pending), space, "hashtable")


def sorted_set(
    layout: Layout, key: float, keys: float, members: float, length: float, *, score: float = 9, expires: bool = False
) -> Usage:
    """A sorted set of so many members of so many characters; `score` is the characters of a score as text."""
    space = _object(layout, key, keys, expires=expires)
    if members <= ZSET_ENTRIES and length <= ZSET_VALUE:
        return Usage(layout.allocated(LISTPACK + members * (_packed(length) + _packed(score))), space, "listpack")
    levels = [(SKIPLIST_CHANCE**above * (1 - SKIPLIST_CHANCE), 24 + 16 * (above + 1)) for above in range(12)]
    node = sum(chance * layout.allocated(size) for chance, size in levels)
    each = layout.text(length) + node
    head = layout.allocated(SKIPLIST_HEAD) + layout.allocated(32) + layout.allocated(16)
    return Usage(members * each + head + _table(layout, members, layout.allocated(ENTRY)), space, "skiplist")


def list_of(layout: Layout, key: float, keys: float, elements: float, length: float, *, expires: bool = False) -> Usage:
    """A list of so many elements of so many bytes: listpacks of 8 kB, chained."""
    space = _object(layout, key, keys, expires=expires)
    each = _packed(length)
    nodes = max(math.ceil(elements * each / NODE_BYTES), 1)
    if nodes == 1 and layout.version >= SET_LISTPACK_SINCE:
        return Usage(layout.allocated(LISTPACK + elements * each), space, "listpack")
    packed = (
        layout.allocated(LISTPACK + min(elements, NODE_BYTES / each) * each) if nodes == 1 else NODE_BYTES + LISTPACK
    )
    return Usage(layout.allocated(40) + nodes * (packed + layout.allocated(32)), space, "quicklist")


def stream(
    layout: Layout,
    key: float,
    keys: float,
    entries: float,
    fields: Sequence[float],
    *,
    names: float = 2,
    expires: bool = False,
) -> Usage:
    """A stream of so many entries with values of so many bytes; `names` is the characters of all field names, kept once a node.

    A node takes another entry while what it holds and the bare values stay below its limit (t_stream.c, streamAppendItem).
    """
    space = _object(layout, key, keys, expires=expires)
    each = STREAM_ENTRY + sum(_packed(value) for value in fields)
    head = LISTPACK + STREAM_MASTER + names + 2 * len(fields)
    fitting = max(min(math.floor((STREAM_BYTES - head - sum(fields)) / each) + 1, STREAM_ENTRIES), 1)
    nodes = math.ceil(entries / fitting)
    node = layout.allocated(head + each * min(fitting, entries)) + STREAM_NODE
    return Usage(nodes * node + STREAM_HEAD, space, "stream")


def bitmap(layout: Layout, key: float, keys: float, bits: float, *, expires: bool = False) -> Usage:
    """A string of bits up to that one."""
    return string(layout, key, keys, math.ceil(bits / 8), expires=expires)


def hyperloglog(layout: Layout, key: float, keys: float, *, expires: bool = False) -> Usage:
    """A dense HyperLogLog."""
    return string(layout, key, keys, HYPERLOGLOG, expires=expires)


def _object(layout: Layout, key: float, keys: float, *, expires: bool) -> float:
    return keyspace(layout, key, keys, expires=expires) + (0 if layout.merged else layout.allocated(OBJECT))


def _packed(length: float) -> float:
    """Bytes of a listpack's element: encoding and length before it, the length of both behind it."""
    head = 1 if length < 64 else 2 if length < 4096 else 5
    body = head + length
    return body + (1 if body <= 127 else 2 if body < 16_384 else 3)


def _table(layout: Layout, members: float, entry: float, *, pending: bool = False) -> float:
    slots = POINTER * buckets(members) * (1 + (PENDING if pending and members > 4 else 0))
    return layout.allocated(DICT) + slots + members * entry
