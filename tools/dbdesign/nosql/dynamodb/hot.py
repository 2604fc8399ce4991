"""How much of the load falls on one key value, and over how many it must be spread."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from dbdesign.model.patterns import AccessPattern
from dbdesign.nosql.dynamodb.aggregates import JOINT
from dbdesign.nosql.dynamodb.capacity import stored_size, write_units
from dbdesign.nosql.dynamodb.layout import Path
from dbdesign.nosql.dynamodb.limits import HOT_READS, HOT_WRITES, TARGET
from dbdesign.nosql.dynamodb.matching import Statistics


@dataclass(frozen=True)
class Heat:
    """Units a second at peak on the most wanted value of a partition key.

    Attributes:
        said: whether each share was said; else it follows from the data.
    """

    writes: float = 0.0
    reads: float = 0.0
    said: bool = True

    @property
    def load(self) -> float:
        """Of what a partition sustains, above 1 where it is too much."""
        return self.writes / HOT_WRITES + self.reads / HOT_READS


def write_share(
    path: Path, pattern: AccessPattern, reads: Iterable[AccessPattern], statistics: Statistics
) -> tuple[float, bool]:
    """Share of a write pattern's executions that go to the most wanted partition of a path, and whether it was said."""
    names = frozenset(name for part in path.hash if part.kind == "attribute" for name in part.attributes)
    entity = statistics.entity
    if not names:
        return 1.0, True
    for key in (entity.key, *entity.unique):
        if key and set(key) <= names:
            if pattern.operation == "inserts":
                return 0.0, True
            return (pattern.hottest, True) if pattern.hottest is not None else (0.0, False)
    of_data = statistics.hottest(names)
    if pattern.hottest is not None and (pattern.operation == "inserts" or set(pattern.equal) <= names):
        of_parent = any(set(one.by) == names for one in statistics.model.relations if one.child == entity.name)
        rising = any((one := entity.attribute_by_name.get(name)) and one.monotonic for name in names)
        said = of_parent or (len(names) == 1 and not rising)
        return (pattern.hottest if said else min(pattern.hottest, of_data)), True
    if pattern.hottest is not None and names <= set(pattern.equal):
        return max(
            pattern.hottest, of_data
        ), True  # all items of a partition are wanted at least as much as one of them
    of_reads = [one.hottest for one in reads if one.hottest is not None and set(one.equal) == set(names)]
    return max([of_data, *of_reads]), bool(of_reads)


def shards_for(
    path: Path, reads: Iterable[AccessPattern], writes: Iterable[AccessPattern], statistics: Statistics
) -> int:
    """Values over which a partition key's writes must be spread so that each stays below 70 % of a partition's limit; 1 for none."""
    entity, load = statistics.entity, 0.0
    reads = tuple(reads)
    names = {name for part in path.hash for name in part.attributes}
    if path.kind == "table" and set(entity.key) <= names:
        return 1
    stored = stored_size(entity, path)
    for pattern in writes:
        share, _ = write_share(path, pattern, reads, statistics)
        times = 2.0 if pattern.atomic and JOINT in pattern.name and path.kind == "table" else 1.0
        load += share * pattern.peak_rate * write_units(pattern, entity, path, stored=stored).average * times
    if load <= HOT_WRITES:
        return 1
    return math.ceil(load / HOT_WRITES / TARGET)
