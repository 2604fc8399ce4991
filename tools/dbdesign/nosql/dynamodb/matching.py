"""Whether a key or index serves a pattern, and how many items it reads for it."""

from __future__ import annotations

from dataclasses import dataclass

from dbdesign.model.patterns import AccessModel, AccessPattern, Attribute, Entity
from dbdesign.nosql.dynamodb.layout import Part, Path
from dbdesign.nosql.dynamodb.limits import RANGE_SHARE
from dbdesign.nosql.dynamodb.sizes import Size

UNSAID_ROWS = 20.0
"""Items for each value of an attribute that refers to something, where nothing is said: ours, and asked."""
DEEPEST = 4
"""Relations that are followed upwards from an entity."""
UNSAID_SPREAD = 10.0
"""How much more than the average the 99th percentile has where nothing is said: ours."""


@dataclass(frozen=True)
class Match:
    """How a path serves a pattern.

    Attributes:
        item: whether it gets one item by its whole key.
        prefix: parts of the sort key, from the left, that are compared by equality.
        ranged: the part after them that the range or order uses as a key condition.
        ordered: whether the answer comes in the pattern's order.
        filtered: attributes of which equality is tested after reading; `tested` those of the pattern's filter.
        fan_out: queries for one execution.
    """

    item: bool
    prefix: tuple[Part, ...]
    ranged: Part | None
    ordered: bool
    descending: bool
    filtered: tuple[str, ...]
    tested: tuple[str, ...]
    fan_out: int = 1


def predicate_value(attribute: Attribute, share: float) -> str | bool | None:
    """The value that a filter with that selectivity asks for; None where none of the known values is near it."""
    if attribute.type == "boolean" and not attribute.values:
        return (
            True if share < 0.5 else None
        )  # the rarer value is taken to be true; which the commoner one is stays open
    near = [value for value, one in attribute.values.items() if abs(one - share) <= 0.2 * share]
    if not near:
        return None
    best = min(near, key=lambda value: abs(attribute.values[value] - share))
    return best == "true" if attribute.type == "boolean" else best


def marker_for(entity: Entity, pattern: AccessPattern) -> tuple[Part, float] | None:
    """The key part by which only items that pass the pattern's most selective filter are in an index, and their share."""
    found = []
    for name, share in pattern.filter.items():
        one = entity.attribute_by_name.get(name)
        value = predicate_value(one, share) if one else None
        if one and value is not None and one.type in {"string", "boolean"}:
            text = value if isinstance(value, str) else name if value else f"not_{name}"
            found.append((share, Part("marker", f"{name}_is_{_safe(text)}", of=(name,), value=value)))
    if not found:
        return None
    share, part = min(found, key=lambda pair: (pair[0], pair[1].name))
    return part, share


def _safe(text: str) -> str:
    return "".join(one if one.isalnum() else "_" for one in text)


def serves(path: Path, pattern: AccessPattern) -> Match | None:
    """How a path serves a read, or None: each part of its partition key must be compared by equality."""
    equal = set(pattern.equal)
    used: set[str] = set()
    tested = set(pattern.filter)

    def fixed(part: Part) -> bool:
        if part.kind in {"literal", "shard"}:
            return True
        if part.kind == "marker":
            return part.of[0] in pattern.filter or part.of[0] in equal
        return part.name in equal

    if not all(fixed(part) for part in path.hash):
        return None
    for part in path.hash:
        used.update(part.attributes if part.kind == "attribute" else ())
        tested -= set(part.of) if part.kind == "marker" else set()
    fan_out = next((part.count for part in path.hash if part.kind == "shard" and not set(part.of) <= equal), 1)
    prefix: list[Part] = []
    for part in path.range:
        if not fixed(part):
            break
        prefix.append(part)
        used.update(part.attributes)
    rest = path.range[len(prefix) :]
    following = rest[0] if rest else None
    ranged = following if following is not None and following.name == pattern.range else None
    ordered, descending = _ordered(rest, pattern, equal)
    filtered = tuple(name for name in pattern.equal if name not in used)
    unranged = {pattern.range} if pattern.range and ranged is None else set()
    in_key = {part.name for part in (*path.hash, *path.range) if part.kind == "attribute"}
    if in_key & {*filtered, *unranged, *tested}:
        return None  # a FilterExpression may not name attributes of the key that is queried
    item = path.kind == "table" and not rest and fan_out == 1 and not (filtered or tested or unranged)
    return Match(
        item=item,
        prefix=tuple(prefix),
        ranged=ranged,
        ordered=ordered or item,
        descending=descending,
        filtered=filtered,
        tested=tuple(sorted(tested)),
        fan_out=fan_out,
    )


def _ordered(rest: tuple[Part, ...], pattern: AccessPattern, equal: set[str]) -> tuple[bool, bool]:
    """Whether the rest of a sort key gives the pattern's order, and whether read backwards."""
    wanted = [key for key in pattern.order if key.attribute not in equal]
    if not wanted:
        return True, False
    names = [part.name for part in rest[: len(wanted)]]
    same = len({key.descending for key in wanted}) == 1
    return same and names == [key.attribute for key in wanted], wanted[0].descending


@dataclass(frozen=True)
class Statistics:
    """How many items there are by the values of attributes."""

    model: AccessModel
    entity: Entity
    depth: int = 0

    @property
    def count(self) -> float:
        """Items of the entity; one thousand where it is not said (the question is asked)."""
        return self.entity.count if self.entity.count is not None else 1000.0

    def matching(self, names: frozenset[str]) -> Size:
        """Items that share a value of the attributes: on average, at the 99th percentile, at most."""
        if not names:
            return Size(self.count, self.count, self.count)
        for unique in (self.entity.key, *self.entity.unique):
            if unique and set(unique) <= names:
                return Size(1.0, 1.0, 1.0)
        found, left = self._related(names)
        for name in sorted(left):
            found = self._narrowed(found, name)
        return Size(max(found.average, 1e-9), max(found.large, 1.0), max(found.largest, 1.0))

    def _narrowed(self, found: Size, name: str) -> Size:
        """Items that also have one value of an attribute; of a guessed reference no more than guessed, whatever else is compared."""
        average, most = self.selectivity(name)
        if self.unsaid(name) and self.refers(name):
            few = min(found.average, UNSAID_ROWS)
            return Size(few, min(found.large, few * UNSAID_SPREAD), min(found.largest, few * UNSAID_SPREAD))
        spread = UNSAID_SPREAD if self.unsaid(name) else 1.0
        large, largest = (min(one * most * spread, one) for one in (found.large, found.largest))
        return Size(found.average * average, large, largest)

    def _related(self, names: frozenset[str]) -> tuple[Size, frozenset[str]]:
        """Children of the most selective parent whose key, or a part of it, is among the attributes; and the attributes that are left."""
        options = [(Size(self.count, self.count, self.count), names)]
        for one in self.model.relations:
            used = frozenset(one.by) & names
            if one.child != self.entity.name or not used:
                continue
            children = one.children
            if used == set(one.by):
                options.append((Size(children.average, children.large, children.largest), names - used))
            elif (
                (parent := self.model.entity_by_name.get(one.parent))
                and self.depth < DEEPEST
                and len(parent.key) == len(one.by)
            ):
                of_parent = frozenset(key for key, by in zip(parent.key, one.by, strict=True) if by in used)
                above = Statistics(self.model, parent, self.depth + 1).matching(of_parent)
                options.append((above.scaled(*(children.average,) * 3), names - used))
        return min(options, key=lambda option: (option[0].average, sorted(option[1])))

    def selectivity(self, name: str) -> tuple[float, float]:
        """Share of the items with one value of an attribute: drawn as the items are, and of the commonest value."""
        one = self.entity.attribute_by_name.get(name)
        if one is not None and one.values:
            shares = list(one.values.values())
            return sum(share * share for share in shares) / sum(shares), max(shares)
        distinct = self.distinct(name)
        return 1 / distinct, 1 / distinct

    def distinct(self, name: str) -> float:
        """Different values of an attribute: as said, or as many as the parent that it refers to, or a guess (`unsaid`)."""
        one = self.entity.attribute_by_name.get(name)
        if one is not None and one.distinct:
            return max(one.distinct, 1.0)
        if one is not None and one.type == "boolean":
            return 2.0
        parents = [
            relation.parent
            for relation in self.model.relations
            if relation.child == self.entity.name and relation.by == (name,)
        ]
        counts = [
            count for parent in parents if (found := self.model.entity_by_name.get(parent)) and (count := found.count)
        ]
        if counts:
            return max(counts[0], 1.0)
        if (name,) in (self.entity.key, *self.entity.unique):
            return max(self.count, 1.0)
        return max(self.count / UNSAID_ROWS if self.refers(name) else self.count**0.5, 1.0)

    def refers(self, name: str) -> bool:
        """Whether an attribute refers to something, by its type or name, so that it has many values."""
        one = self.entity.attribute_by_name.get(name)
        return one is None or one.type == "uuid" or name.endswith("_id")

    def unsaid(self, name: str) -> bool:
        """Whether the number of an attribute's values is a guess."""
        one = self.entity.attribute_by_name.get(name)
        if one is not None and (one.distinct or one.values or one.type == "boolean"):
            return False
        related = any(relation.child == self.entity.name and name in relation.by for relation in self.model.relations)
        return not related and not any(
            name in unique for unique in (self.entity.key, *self.entity.unique) if len(unique) == 1
        )

    def hottest(self, names: frozenset[str]) -> float:
        """Share of the items with the commonest value of the attributes, from what is said of the data."""
        found = self.matching(names)
        return min(found.largest / max(self.count, 1.0), 1.0)


def rows_read(path: Path, match: Match, pattern: AccessPattern, statistics: Statistics) -> tuple[Size, Size]:
    """Items read, and items returned, for one execution."""
    if match.item:
        return Size(1.0, 1.0, 1.0), Size(1.0, 1.0, 1.0)
    keyed = {part.name for part in (*path.hash, *match.prefix) if part.kind == "attribute"}
    found = statistics.matching(frozenset(keyed))
    share = path.share if any(part.kind == "marker" for part in (*path.hash, *match.prefix)) else 1.0
    if match.ranged is not None:
        share *= RANGE_SHARE
    found = found.scaled(share, share, share)
    passing = 1.0
    for name in match.filtered:
        passing *= statistics.selectivity(name)[0]
    for name in match.tested:
        passing *= pattern.filter[name]
    if pattern.range and match.ranged is None:
        passing *= RANGE_SHARE
    passing = max(passing, 1e-9)
    returned = found.scaled(passing, passing, passing)
    if pattern.page is not None:
        page = float(pattern.page)
        returned = Size(*(min(one, page) for one in (returned.average, returned.large, returned.largest)))
        if match.ordered:
            needed = page / passing * match.fan_out
            found = Size(*(min(one, needed) for one in (found.average, found.large, found.largest)))
    return found, returned
