"""Request units of patterns, by the formulas of the developer guide (CapacityUnitCalculations, TransactionApis, GSI.Writes)."""

from __future__ import annotations

from dataclasses import dataclass

from dbdesign.model.patterns import AccessPattern, Entity
from dbdesign.nosql.dynamodb.layout import Path
from dbdesign.nosql.dynamodb.limits import READ_UNIT, WRITE_UNIT
from dbdesign.nosql.dynamodb.matching import Match, Statistics, rows_read
from dbdesign.nosql.dynamodb.sizes import TTL, Size, entity_size, units

LOOKUP_ROWS = 1.0


@dataclass(frozen=True)
class Units:
    """Units of one execution: on average, and at the 99th percentile of sizes and counts."""

    average: float = 0.0
    large: float = 0.0

    def __add__(self, other: Units) -> Units:
        return Units(self.average + other.average, self.large + other.large)

    def __mul__(self, factor: float) -> Units:
        return Units(self.average * factor, self.large * factor)


def needed(pattern: AccessPattern, entity: Entity) -> frozenset[str] | None:
    """Attributes that a read needs, what it tests after reading included; None for all."""
    if not pattern.project:
        return None
    tested = {*pattern.equal, *pattern.filter, *([pattern.range] if pattern.range else [])}
    ordered = {key.attribute for key in pattern.order}
    expiring = {TTL} if entity.retention_days is not None else set()
    return frozenset({*pattern.project, *tested, *ordered, *expiring})


def stored_size(entity: Entity, path: Path, made: Size = Size()) -> Size:  # noqa: B008 - frozen
    """An entity's bytes on a path: all, or key attributes and what is projected. `made` are those of attributes only made for keys."""
    if path.projected is None:
        return entity_size(entity) + made
    return entity_size(entity, {*entity.key, *path.attributes, *path.projected}) + made


def fetches(path: Path, pattern: AccessPattern, entity: Entity) -> bool:
    """Whether items must be fetched from the table after the index named them."""
    if path.projected is None:
        return False
    names = needed(pattern, entity)
    return names is None or not names <= {*entity.key, *path.attributes, *path.projected}


def read_units(
    path: Path,
    match: Match,
    pattern: AccessPattern,
    statistics: Statistics,
    made: Size = Size(),  # noqa: B008
) -> Units:
    """Read units of one execution: items of a Query are added up before rounding, those of a BatchGetItem rounded one by one."""
    entity = statistics.entity
    factor = 1.0 if pattern.consistency == "strong" else 0.5
    size = stored_size(entity, path, made)
    if match.item:
        return Units(units(size, READ_UNIT), float(-(-size.large // READ_UNIT))) * factor
    read, returned = rows_read(path, match, pattern, statistics)
    total = Size(read.average * size.average, read.large * size.large, read.largest * size.largest)
    each = Size(total.average / match.fan_out, total.large / match.fan_out, total.largest / match.fan_out)
    found = Units(units(each, READ_UNIT), max(float(-(-each.large // READ_UNIT)), 1.0)) * (match.fan_out * factor)
    if fetches(path, pattern, entity):
        whole = entity_size(entity)
        found += (
            Units(returned.average * units(whole, READ_UNIT), returned.large * float(-(-whole.large // READ_UNIT)))
            * factor
        )
    return found


def changed(pattern: AccessPattern, entity: Entity) -> frozenset[str]:
    """Attributes that an update changes."""
    return frozenset(pattern.changes) or frozenset(one.name for one in entity.attributes) - set(entity.key)


def index_writes(path: Path, pattern: AccessPattern, entity: Entity) -> float:
    """Writes to an index for one write of the item: none, one, or two where its key changes and the old entry must go."""
    share = present(path, entity)
    if pattern.operation != "updates":
        return share
    names = changed(pattern, entity)
    if names & path.attributes:
        if any(part.kind == "marker" and names & set(part.of) for part in (*path.hash, *path.range)):
            return min(2 * share, 1.0)
        return 2.0 * share
    return share if path.projected is None or names & path.projected else 0.0


def present(path: Path, entity: Entity) -> float:
    """Share of the items that an index holds: those that have all its key attributes."""
    share = path.share
    for name in path.attributes:
        one = entity.attribute_by_name.get(name)
        share *= one.present if one else 1.0
    return share


def write_units(
    pattern: AccessPattern,
    entity: Entity,
    path: Path,
    made: Size = Size(),  # noqa: B008
    stored: Size | None = None,
) -> Units:
    """Write units on one path for one write of an item, outside transactions; `stored` are the item's bytes there, where they are known."""
    size = stored or stored_size(entity, path, made)
    times = 1.0 if path.kind == "table" else index_writes(path, pattern, entity)
    if not times:
        return Units()
    whole = max(float(-(-size.large // WRITE_UNIT)), 1.0)
    return Units(units(size, WRITE_UNIT) * times, whole * (2.0 if times > 1 else 1.0))
