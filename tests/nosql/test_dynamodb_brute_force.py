"""Small designs against all others: every key of the table with every set of global indexes and projections, priced independently.

The model below knows what the developer guide says of keys, filters, units and storage, and nothing of how the designer searches.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, combinations, permutations, product
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dbdesign.model.patterns import AccessModel, AccessPattern, Attribute, Entity, SortKey, Spread
from dbdesign.nosql.base import DesignOptions
from dbdesign.nosql.dynamodb.design import Evaluated, decide
from dbdesign.nosql.dynamodb.layout import Path

T = TypeVar("T")
COUNT = 100_000.0
DISTINCT = {"id": 100_000, "own": 20, "sub": 5_000, "a": 40, "b": 12, "c": 7}
WRU, RRU, GB = 0.625, 0.125, 0.25
"""Dollars in us-east-1: a million units, a GB (2^30) for a month."""
SECONDS = 365.2425 / 12 * 86_400
PAGE = 1024**2
MOST_READ = 4
"""Items that a read of an index may take for one that it returns: beyond, no design is wanted, whatever it costs on average."""


@dataclass(frozen=True)
class Way:
    """A table's key, or an index's with what it holds beside keys (None for all)."""

    hashed: frozenset[str]
    ranged: tuple[str, ...]
    held: frozenset[str] | None = None
    table: bool = False


class Priced:
    """Dollars a month of one entity's reads and writes on any keys."""

    def __init__(self, model: AccessModel) -> None:
        self.entity = model.entities[0]
        self.names = frozenset(one.name for one in self.entity.attributes)
        self.bytes = {one.name: len(one.name) + one.size.average for one in self.entity.attributes if one.size}
        self.reads = [one for one in model.patterns if one.operation == "reads"]
        self.writes = [one for one in model.patterns if one.operation != "reads"]
        self.keys: list[tuple[frozenset[str], tuple[str, ...]]] = []

    def stored(self, way: Way) -> frozenset[str]:
        if way.table or way.held is None:
            return self.names
        return frozenset({*self.entity.key, *way.hashed, *way.ranged, *way.held})

    def size(self, names: frozenset[str]) -> float:
        return sum(self.bytes[name] for name in names)

    def rows(self, names: frozenset[str]) -> float:
        if set(self.entity.key) <= names:
            return 1.0
        return COUNT / math.prod(DISTINCT[name] for name in names)

    def read(self, way: Way, pattern: AccessPattern, *, most: float = MOST_READ) -> float | None:
        """What a read costs on a path; None where the path cannot serve it."""
        equal, order = set(pattern.equal), [one for one in pattern.order if one.attribute not in pattern.equal]
        if not way.hashed <= equal:
            return None
        prefix = next((n for n, name in enumerate(way.ranged) if name not in equal), len(way.ranged))
        keyed, rest = way.hashed | set(way.ranged[:prefix]), way.ranged[prefix:]
        tested = equal - keyed
        if tested & {*way.hashed, *way.ranged} or not tested <= self.stored(way):
            return None
        one_way = len({one.descending for one in order}) <= 1
        ordered = one_way and list(rest[: len(order)]) == [one.attribute for one in order]
        if not ordered and not {one.attribute for one in order} <= self.stored(way):
            return None
        found, each = self.rows(frozenset(keyed)), self.size(self.stored(way))
        ordered = ordered or found == 1
        if not ordered and found * each > PAGE:
            return None
        passing = 1 / math.prod(DISTINCT[name] for name in tested)
        returned = found * passing
        if pattern.page is not None:
            returned = min(returned, pattern.page)
            found = min(found, pattern.page / passing) if ordered else found
        if not way.table and found > most * max(returned, 1):
            return None
        units = max(math.ceil(round(found * each / 4096, 9)), 1) * 0.5
        wanted = {*pattern.project, *equal, *(one.attribute for one in order)} if pattern.project else self.names
        if not wanted <= self.stored(way):
            units += returned * math.ceil(self.size(self.names) / 4096) * 0.5
        return units * pattern.rate * RRU * SECONDS / 1e6

    def upkeep(self, way: Way) -> float:
        """What writes to a path cost, and its bytes."""
        each = self.size(self.stored(way))
        units = sum(one.rate * self.entries(way, one) for one in self.writes) * math.ceil(each / 1024)
        return units * WRU * SECONDS / 1e6 + (each + 100) * COUNT / 1024**3 * GB

    def entries(self, way: Way, pattern: AccessPattern) -> int:
        if way.table or pattern.operation == "inserts":
            return 1
        changes = set(pattern.changes)
        if changes & {*way.hashed, *way.ranged}:
            return 2
        return 1 if way.held is None or changes & way.held else 0

    def tables(self) -> Iterator[Way]:
        for hashed in subsets(self.entity.key):
            for ranged in permutations([name for name in self.entity.key if name not in hashed]):
                yield Way(frozenset(hashed), ranged, table=True)

    def indexes(self) -> Iterator[Way]:
        """Every key that any read could use, with everything, with what each set of reads needs, and with keys alone."""
        wants = [{*one.project, *one.equal, *(key.attribute for key in one.order)} for one in self.reads if one.project]
        tests = [{*one.equal, *(key.attribute for key in one.order)} for one in self.reads]
        held = {frozenset().union(*some) for some in subsets((*wants, *tests))} | {frozenset()}
        keys = set()
        for one in self.reads:
            ordering = tuple(key.attribute for key in one.order if key.attribute not in one.equal)
            for hashed in subsets(one.equal):
                left = [name for name in one.equal if name not in hashed]
                for some in chain([()], subsets(left)):
                    for first in permutations(some):
                        keys |= {(frozenset(hashed), first), (frozenset(hashed), (*first, *ordering))}
        for hashed, ranged in keys:
            own = {*self.entity.key, *hashed, *ranged}
            for names in {frozenset(one - own) for one in held}:
                yield Way(hashed, ranged, names)
            yield Way(hashed, ranged)

    def cheapest(self) -> float | None:
        """The least that serves every read; None where nothing does."""
        candidates = list(self.indexes())
        self.keys = [(one.hashed, one.ranged) for one in candidates]
        upkeep = [self.upkeep(one) for one in candidates]
        costs = [[self.read(one, each) for one in candidates] for each in self.reads]
        found = [self.with_table(one, upkeep, costs) for one in self.tables()]
        return min((one for one in found if one is not None), default=None)

    def alike(self, one: int, other: int) -> bool:
        """Whether one index's key is the beginning of another's: nobody keeps both, for the sake of what each projects."""
        (first, ranged), (second, more) = self.keys[one], self.keys[other]
        return first == second and _begins(ranged, more)

    def with_table(self, table: Way, upkeep: list[float], costs: list[list[float | None]]) -> float | None:
        options: list[list[tuple[int | None, float]]] = []
        for pattern, row in zip(self.reads, costs, strict=True):
            ways: list[tuple[int | None, float]] = [(n, one) for n, one in enumerate(row) if one is not None]
            alone = self.read(table, pattern)
            options.append([*ways, (None, alone)] if alone is not None else ways)
        best = None
        for picked in product(*options):
            used = {number for number, _ in picked if number is not None}
            if any(self.alike(one, other) for one, other in combinations(sorted(used), 2)):
                continue
            total = sum(cost for _, cost in picked) + sum(upkeep[number] for number in used)
            best = total if best is None or total < best else best
        return None if best is None else best + self.upkeep(table)


def _begins(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    return other[: len(one)] == one or one[: len(other)] == other


def subsets(names: Sequence[T]) -> Iterator[tuple[T, ...]]:
    return chain.from_iterable(combinations(names, length) for length in range(1, len(names) + 1))


RATES = st.sampled_from([0.5, 5.0, 50.0])
"""Executions a second: below what makes a value of a key hot, so that nothing is spread over shards."""


@st.composite
def models(draw: st.DrawFn) -> AccessModel:
    """One entity of fixed sizes with one to three reads and one or two writes."""
    key = draw(st.sampled_from([("id",), ("own", "sub")]))
    names = [*key, "a", "b", "c", "text"]
    sizes = dict.fromkeys(names, 20.0) | {"text": draw(st.sampled_from([30.0, 900.0, 1500.0, 9000.0]))}
    attributes = tuple(
        Attribute(name=one, type="string", size=Spread(average=sizes[one]), distinct=DISTINCT.get(one)) for one in names
    )
    patterns = [draw(reads(number, key)) for number in range(draw(st.integers(1, 3)))]
    patterns += [
        AccessPattern(name="put", operation="inserts", entity="thing", rate=draw(RATES)),
        AccessPattern(
            name="change", operation="updates", entity="thing", equal=key, rate=draw(RATES),
            changes=(draw(st.sampled_from(["a", "b", "text"])),),
        ),
    ][: draw(st.integers(1, 2))]  # fmt: skip
    entity = Entity(name="thing", key=key, count=COUNT, attributes=attributes)
    return AccessModel(entities=(entity,), patterns=tuple(patterns))


@st.composite
def reads(draw: st.DrawFn, number: int, key: tuple[str, ...]) -> AccessPattern:
    choices = [key, key[:1], ("a",), ("a", "b"), ("b",), ("own", "a") if "own" in key else ("b", "c")]
    equal = draw(st.sampled_from(choices))
    order = draw(st.sampled_from([(), ("c",), ("b",), ("c", "b")]))
    keys = tuple(SortKey(attribute=one) for one in order if one not in equal)
    project = draw(st.sampled_from([(), ("a",), ("a", "c")]))
    return AccessPattern(
        name=f"read {number}", entity="thing", equal=equal, order=keys, page=draw(st.sampled_from([None, 10, 200])),
        project=tuple(dict.fromkeys((*project, *key))) if project else (), rate=draw(RATES),
    )  # fmt: skip


def chosen(model: AccessModel) -> Evaluated:
    return decide(model, DesignOptions(settings={"layout": "multi"}))[1]


def repriced(found: Evaluated, priced: Priced) -> float:
    """What the chosen keys and indexes cost by the model of this file."""
    (placement,) = found.plan.placements.values()
    ways = {one.name: way_of(one) for one in placement.paths}
    total = sum(priced.upkeep(one) for one in ways.values())
    for serving in found.servings:
        if serving.pattern.operation == "reads":
            cost = priced.read(ways[serving.steps[0].path.name], serving.pattern, most=math.inf)
            assert cost is not None, serving.pattern.name
            total += cost
    return total


def way_of(path: Path) -> Way:
    names = [part.name for part in path.range]
    return Way(frozenset(part.name for part in path.hash), tuple(names), path.projected, path.kind == "table")


@settings(max_examples=50, deadline=None)
@given(models())
def test_no_other_keys_and_indexes_serve_a_small_design_for_less(model: AccessModel) -> None:
    found, priced = chosen(model), Priced(model)
    least = priced.cheapest()
    unserved = [one.pattern.name for one in found.servings if one.unserved is not None]
    if unserved:
        assert least is None
        return
    assert found.costs.total == pytest.approx(repriced(found, priced), rel=1e-6)
    assert least is None or found.costs.total <= least * (1 + 1e-6)
