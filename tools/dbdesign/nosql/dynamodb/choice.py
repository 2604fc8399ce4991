"""The key of an entity's table and its indexes: the cheapest set by which every read is served."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, permutations
from math import comb

from dbdesign.model.patterns import AccessPattern, Entity
from dbdesign.nosql.dynamodb.capacity import changed, needed, present, read_units, stored_size, write_units
from dbdesign.nosql.dynamodb.hot import shards_for
from dbdesign.nosql.dynamodb.layout import Part, Path, attribute, literal
from dbdesign.nosql.dynamodb.limits import (
    COLLECTION_BYTES,
    EXACT_SETS,
    EXCHANGED,
    GLOBAL_INDEXES,
    HASH_PARTS,
    ITEM_OVERHEAD,
    PAGE_BYTES,
    READ_UNIT,
    SPARSE_BELOW,
)
from dbdesign.nosql.dynamodb.matching import Match, Statistics, marker_for, rows_read, serves
from dbdesign.nosql.dynamodb.prices import Prices
from dbdesign.nosql.dynamodb.sizes import TTL, entity_size

UNSERVED = 1e15
"""Dollars that stand for a pattern that is not served: more than any design costs."""
SORTED_PAGES = 4
"""Pages of a query up to which the reader may sort what the largest value has: ours."""
MOST_READ = 4.0
"""Items read for one that is returned, up to which an index may leave out of its key what changes: ours. Beyond it reads grow with
the data, and only their price on average would speak for them."""
SENTINEL = "sentinel"
"""Stands for a look-up by the item that keeps a unique value."""


@dataclass(frozen=True)
class Chosen:
    """An entity's key and indexes, which serves which read, and what reads, index writes and index storage cost a month.

    Attributes:
        served: path by pattern name; `SENTINEL` for a look-up by a unique value; patterns that are not in it are not served.
        upkeep: the part of the cost that grows with the writes; `rejected` what other keys of the table would have been.
    """

    base: Path
    indexes: tuple[Path, ...]
    served: dict[str, Path | str]
    cost: float
    upkeep: float = 0.0
    rejected: tuple[Chosen, ...] = ()
    considered: int = 0


@dataclass(frozen=True)
class Chooser:
    """Chooses for one entity.

    Attributes:
        local: whether local indexes may be used; `prefix` literals that come before keys in a table of all entities.
    """

    entity: Entity
    reads: tuple[AccessPattern, ...]
    writes: tuple[AccessPattern, ...]
    statistics: Statistics
    prices: Prices
    shards: int | None = None

    def choose(self, bases: Sequence[Path] | None = None) -> Chosen:
        """The cheapest of all keys; `bases` where it is fixed."""
        found = [self._with(base) for base in (bases if bases is not None else list(self._bases()))]
        best = min(found, key=lambda one: (round(one.cost, 6), len(one.base.hash), -len(one.base.range)))
        return replace(best, rejected=tuple(one for one in found if one is not best))

    def _bases(self) -> Iterator[Path]:
        """Each part of the entity's key as the partition key, the rest as the sort key in the order in which patterns use it."""
        key = self.entity.key
        uses = {name: sum(one.rate for one in self.reads if name in one.equal) for name in key}
        for length in range(1, len(key) + 1):
            for hashed in combinations(key, length):
                rest = [name for name in key if name not in hashed]
                for ranged in permutations(rest) if len(rest) <= 2 else [sorted(rest, key=lambda name: -uses[name])]:
                    base = Path(
                        self.entity.name,
                        "table",
                        self.entity.name,
                        tuple(map(attribute, hashed)),
                        tuple(map(attribute, ranged)),
                    )
                    yield self._sharded(base)

    def _sharded(self, path: Path) -> Path:
        """The path with its partition key spread, where writes to one value exceed what a partition takes."""
        count = self.shards or shards_for(path, self.reads, self.writes, self.statistics)
        if count <= 1:
            return path
        return replace(path, hash=(*path.hash, Part("shard", "shard", count=count, of=self.entity.key)))

    def _with(self, base: Path) -> Chosen:
        candidates = self._candidates(base)
        options = [self._costs(pattern, base, candidates) for pattern in self.reads]
        writes = [self._upkeep(one) for one in candidates]
        picked = cheapest(options, writes, [one.name for one in candidates])
        served: dict[str, Path | str] = {}
        for pattern, (alone, sentinel, each) in zip(self.reads, options, strict=True):
            ways: list[tuple[float, int, Path | str]] = [(alone, 0, base), (sentinel, 1, SENTINEL)]
            ways += [(each[number], 2 + number, candidates[number]) for number in picked]
            cost, _, way = min(ways, key=lambda one: one[:2])
            if cost < UNSERVED:
                served[pattern.name] = way
        indexes = self._finished([candidates[number] for number in picked], served)
        cost = self._total(base, indexes, served)
        upkeep = sum(self._upkeep(one) for one in indexes) + self._base_upkeep(base)
        return Chosen(base, indexes, served, cost, considered=len(candidates), upkeep=upkeep)

    def _total(self, base: Path, indexes: tuple[Path, ...], served: dict[str, Path | str]) -> float:
        cost = sum(self._upkeep(one) for one in indexes) + self._base_upkeep(base)
        for pattern in self.reads:
            way = served.get(pattern.name)
            if way is None:
                cost += UNSERVED / 1e3
            elif way == SENTINEL:
                cost += self._sentinel(pattern)
            elif isinstance(way, Path):
                cost += self._read(way, pattern)
        return cost

    def _base_upkeep(self, base: Path) -> float:
        units = sum(one.rate * write_units(one, self.entity, base).average for one in self.writes)
        return self.prices.requests(0.0, units)

    def _finished(self, picked: list[Path], served: dict[str, Path | str]) -> tuple[Path, ...]:
        """The picked indexes with the projection that is cheapest for what they serve in the end."""
        found = []
        for path in picked:
            names = [name for name, way in served.items() if way == path]
            if not names:
                continue
            patterns = [one for one in self.reads if one.name in names]
            best = self._projected(path, patterns)
            found.append(best)
            served.update(dict.fromkeys(names, best))
        return tuple(found)

    def _costs(
        self, pattern: AccessPattern, base: Path, candidates: Sequence[Path]
    ) -> tuple[float, float, list[float]]:
        return self._read(base, pattern), self._sentinel(pattern), [self._read(one, pattern) for one in candidates]

    def _sentinel(self, pattern: AccessPattern) -> float:
        """Dollars for look-ups through the item that keeps a unique value: that item, then the entity's own."""
        if not any(set(one) <= set(pattern.equal) for one in self.entity.unique):
            return UNSERVED
        whole = entity_size(self.entity)
        factor = 1.0 if pattern.consistency == "strong" else 0.5
        both = 1.0 + max(1.0, -(-whole.average // 4096))
        return self.prices.requests(pattern.rate * both * factor, 0.0)

    def _read(self, path: Path, pattern: AccessPattern) -> float:
        match = self.match(path, pattern)
        if match is None or not self._holds(path, self._tested(path, pattern)):
            return UNSERVED
        return self.prices.requests(pattern.rate * read_units(path, match, pattern, self.statistics).average, 0.0)

    def match(self, path: Path, pattern: AccessPattern) -> Match | None:
        """How a path serves a read within what a request may do: no strong read of a global index, no sorting of more than a page."""
        if path.kind == "GSI" and pattern.consistency == "strong":
            return None
        match = serves(path, pattern)
        if match is None or match.ordered:
            return match
        read, _ = rows_read(path, match, pattern, self.statistics)
        size = stored_size(self.entity, path)
        small = read.large * size.large <= PAGE_BYTES and read.largest * size.average <= SORTED_PAGES * PAGE_BYTES
        return match if small else None

    def _upkeep(self, path: Path) -> float:
        """Dollars a month for an index: writes and storage."""
        stored = stored_size(self.entity, path)
        units = sum(one.rate * write_units(one, self.entity, path, stored=stored).average for one in self.writes)
        size = (stored.average + ITEM_OVERHEAD) * self.statistics.count * present(path, self.entity)
        return self.prices.requests(0.0, units) + self.prices.storage(size)

    def _candidates(self, base: Path) -> list[Path]:
        """Indexes that could serve some read: of each read its own, and those that several could share."""
        found: dict[tuple[object, ...], Path] = {}
        for pattern in self.reads:
            match = self.match(base, pattern)
            if (
                match is not None
                and match.item
                and not (pattern.project and entity_size(self.entity).average > READ_UNIT)
            ):
                continue  # an index may hold the few attributes that are asked for of a large item
            for path in (*self._global(pattern), *self._local(pattern, base)):
                place = (path.kind, frozenset(path.hash), path.range)
                found.setdefault(place, path)
        named = _named(found.values())
        return [one for path in named for one in self._variants(path)]

    def _variants(self, path: Path) -> Iterator[Path]:
        """An index with the projections that may be the cheapest: for all reads that it may serve, and for each of them alone."""
        reads = [one for one in self.reads if self._may_serve(path, one)]
        found = [self._projected(path, reads), *(self._projected(path, [one]) for one in reads if len(reads) > 1)]
        yield from dict.fromkeys(found)

    def _may_serve(self, path: Path, pattern: AccessPattern) -> bool:
        """Whether an index serves a read under some projection: with keys alone its entries are the smallest, and most fit a page."""
        return self.match(replace(path, projected=frozenset()), pattern) is not None

    def _global(self, pattern: AccessPattern) -> Iterator[Path]:
        yield from self._keyed(pattern, pattern.equal, self._last(pattern))
        moving = self._moving() - {pattern.range}
        still = tuple(name for name in pattern.equal if name not in moving)
        last = tuple(one for one in self._last(pattern) if one.name not in moving)
        if still and (still, last) != (pattern.equal, self._last(pattern)):
            yield from (one for one in self._keyed(pattern, still, last) if self._wastes_little(one, pattern))

    def _wastes_little(self, path: Path, pattern: AccessPattern) -> bool:
        """Whether a read by part of what it compares takes one query, and little that it throws away."""
        match = self.match(replace(path, projected=frozenset()), pattern)
        if match is None or match.fan_out > 1:
            return False
        read, returned = rows_read(path, match, pattern, self.statistics)
        return read.average <= MOST_READ * max(returned.average, 1.0)

    def _moving(self) -> frozenset[str]:
        """What updates change: in an index's key each costs it two writes, so that the reader may rather test or sort by it."""
        return frozenset().union(*(changed(one, self.entity) for one in self.writes if one.operation == "updates"))

    def _keyed(self, pattern: AccessPattern, equal: tuple[str, ...], last: tuple[Part, ...]) -> Iterator[Path]:
        """Global indexes by equalities, with `last` at the end of the sort key."""
        marker = marker_for(self.entity, pattern)
        sparse = marker if marker and marker[1] < SPARSE_BELOW else None
        for hashed in _subsets(equal):
            rest = tuple(attribute(name) for name in equal if name not in hashed)
            parts = tuple(map(attribute, hashed))
            if parts:
                yield self._sharded(Path("", "GSI", self.entity.name, parts, (*rest, *last)))
            if sparse and len(parts) < HASH_PARTS:
                yield self._sharded(
                    Path("", "GSI", self.entity.name, (*parts, sparse[0]), (*rest, *last), share=sparse[1])
                )
        if marker and not sparse and not equal:
            yield self._sharded(Path("", "GSI", self.entity.name, (marker[0],), last, share=marker[1]))
        if not equal and not marker and last:
            yield self._sharded(Path("", "GSI", self.entity.name, (literal(self.entity.name),), last))

    def _last(self, pattern: AccessPattern) -> tuple[Part, ...]:
        names = [key.attribute for key in pattern.order if key.attribute not in pattern.equal]
        if pattern.range and pattern.range not in names:
            names.insert(0, pattern.range)
        return tuple(map(attribute, dict.fromkeys(names)))

    def _local(self, pattern: AccessPattern, base: Path) -> Iterator[Path]:
        """A local index, where the read must be strong and the collection stays below the engine's limit."""
        hashed = {part.name for part in base.hash if part.kind == "attribute"}
        if pattern.consistency != "strong" or self._sentinel(pattern) < UNSERVED:
            return
        if base.shards > 1 or not hashed <= set(pattern.equal) or not base.range:
            return
        largest = self.statistics.matching(frozenset(hashed)).largest * entity_size(self.entity).average * 2
        if largest < COLLECTION_BYTES:
            rest = tuple(attribute(name) for name in pattern.equal if name not in hashed)
            yield Path("", "LSI", self.entity.name, base.hash, (*rest, *self._last(pattern)))

    def _tested(self, path: Path, pattern: AccessPattern) -> frozenset[str]:
        """Attributes that must be on a path to be tested after reading, the expiry among them."""
        match = serves(path, pattern)
        tested = {*match.filtered, *match.tested} if match else set()
        unranged = {pattern.range} if match and pattern.range and match.ranged is None else set()
        unordered = (
            {key.attribute for key in pattern.order} if match and (not match.ordered or match.fan_out > 1) else set()
        )
        expiring = {TTL} if self.entity.retention_days is not None else set()
        return frozenset({*tested, *unranged, *unordered, *expiring})

    def _holds(self, path: Path, names: frozenset[str]) -> bool:
        """Whether the entries on a path have these attributes."""
        return path.projected is None or names <= {*self.entity.key, *path.attributes, *path.projected}

    def _projected(self, path: Path, patterns: Sequence[AccessPattern]) -> Path:
        """The path with the cheapest of all attributes, those that its reads need, and keys alone."""
        wants = [needed(one, self.entity) for one in patterns]
        keys = {*self.entity.key, *path.attributes}
        least = frozenset(name for one in patterns for name in self._tested(path, one)) - keys
        options = [replace(path, projected=None)]
        named = [one for one in wants if one is not None]
        if named:
            options.append(replace(path, projected=(frozenset().union(*named) - keys) | least))
        options.append(replace(path, projected=least))
        unique = {one.projected: one for one in reversed(options)}

        def cost(one: Path) -> float:
            return self._upkeep(one) + sum(self._read(one, pattern) for pattern in patterns)

        return min(
            unique.values(), key=lambda one: (round(cost(one), 6), one.projected is not None, len(one.projected or ()))
        )


def _named(paths: Iterable[Path]) -> Iterator[Path]:
    taken: set[str] = set()
    for path in paths:
        if path.kind == "LSI" and not path.range:
            continue
        words = [part.name for part in (*path.hash, *path.range) if part.kind != "shard"]
        name = ("local_by_" if path.kind == "LSI" else "by_") + "_".join(dict.fromkeys(words))
        name = re.sub(r"[^A-Za-z0-9_.-]", "_", name)[:200]
        while name in taken:
            name += "_"
        taken.add(name)
        yield replace(path, name=name)


def _subsets(names: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """All, then each smaller set as the partition key; of more than four only those that fit."""
    longest = min(len(names), HASH_PARTS)
    for length in range(longest, 0, -1):
        yield from list(combinations(names, length))[:6]
    if not names:
        yield ()


def cheapest(
    options: Sequence[tuple[float, float, list[float]]], upkeep: Sequence[float], keys: Sequence[str] = ()
) -> tuple[int, ...]:
    """The set of index candidates with the lowest cost of reads and upkeep: by trying all sets where they are few, else greedily.

    Args:
        options: for each read what it costs by the table's key, by a sentinel, and by each candidate; `UNSERVED` where it cannot.
        upkeep: what each candidate costs whether read or not.
        keys: of the candidates; of those with one key, which differ in what they project, one at most is taken.
    """
    without = [min(alone, sentinel) for alone, sentinel, _ in options]
    each = [one for _, _, one in options]
    count, longest = len(upkeep), min(len(upkeep), len(options))

    def cost(picked: Sequence[int]) -> float:
        if keys and len({keys[number] for number in picked}) < len(picked):
            return float("inf")
        reads = sum(min([base, *(row[number] for number in picked)]) for base, row in zip(without, each, strict=True))
        return reads + sum(upkeep[number] for number in picked)

    if sum(comb(count, length) for length in range(longest + 1)) <= EXACT_SETS:
        sets = (one for length in range(longest + 1) for one in combinations(range(count), length))
        return min(sets, key=lambda one: (round(cost(one), 6), len(one), one))
    picked: tuple[int, ...] = ()
    while (more := _added(picked, without, each, upkeep, keys)) or (more := _exchanged(picked, count, cost)):
        picked = more
    return tuple(sorted(picked))


def _added(
    picked: tuple[int, ...], without: list[float], each: list[list[float]], upkeep: Sequence[float], keys: Sequence[str]
) -> tuple[int, ...] | None:
    """The set with the candidate that saves most beside it; None where none saves, or an entity has all indexes that it may have."""
    if len(picked) >= GLOBAL_INDEXES:
        return None
    now = [min([base, *(row[number] for number in picked)]) for base, row in zip(without, each, strict=True)]
    taken = {keys[number] for number in picked} if keys else set()
    others = [number for number in range(len(upkeep)) if number not in picked and not (keys and keys[number] in taken)]
    saved = {
        number: sum(old - row[number] for old, row in zip(now, each, strict=True) if row[number] < old) - upkeep[number]
        for number in others
    }
    best = max(others, key=lambda number: (saved[number], -number), default=None)
    return (*picked, best) if best is not None and saved[best] > 0 else None


def _exchanged(picked: tuple[int, ...], count: int, cost: Callable[[Sequence[int]], float]) -> tuple[int, ...] | None:
    """The set with one of its candidates exchanged for another that makes it cheaper; None where none does, or there are too many."""
    if count > EXCHANGED or not picked:
        return None
    others = [number for number in range(count) if number not in picked]
    sets = [(*(one for one in picked if one != old), number) for old in picked for number in others]
    best = min(sets, key=lambda one: (cost(one), one), default=picked)
    return best if cost(best) < cost(picked) else None
