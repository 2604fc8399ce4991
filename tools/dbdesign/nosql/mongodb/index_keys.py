"""Indexes by equality, sort, range, with the exceptions; merged by prefix; unique, partial and TTL indexes beside them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from dbdesign.model.documents import DocumentIndex
from dbdesign.model.patterns import AccessPattern, Attribute, Entity
from dbdesign.nosql.mongodb import limits
from dbdesign.nosql.mongodb.layout import PROPERTIES, Home, Layout
from dbdesign.nosql.mongodb.sizes import value_bytes
from dbdesign.nosql.mongodb.traffic import names_parent

Keys = tuple[tuple[str, Any], ...]


@dataclass(frozen=True)
class Index:
    """An index of a collection, and the patterns that want it.

    Attributes:
        keys: path and direction in order.
        appended: how many of the last keys only serve to cover.
        equalities: how many of the first keys are compared by equality alone, so that their direction does not matter.
    """

    collection: str
    keys: Keys
    unique: bool = False
    where: Mapping[str, Any] = field(default_factory=dict)
    expire_after_seconds: float | None = None
    serves: tuple[str, ...] = ()
    why: str = ""
    appended: int = 0
    equalities: int = 0

    @property
    def label(self) -> str:
        """As the coverage names it: `order {customer_id: 1, created_at: -1}`."""
        return f"{self.collection} {{{', '.join(f'{path}: {way}' for path, way in self.keys)}}}"

    def as_document_index(self) -> DocumentIndex:
        """As the model of documents has it."""
        suffix = "".join(f"_{path}_{value}" for path, value in self.where.items() if not isinstance(value, dict))
        return DocumentIndex(
            name="_".join(f"{path}_{way}" for path, way in self.keys) + suffix if suffix else None,
            keys=dict(self.keys),
            unique=self.unique,
            where=self.where,
            expire_after_seconds=self.expire_after_seconds,
        )


def constant(attribute: Attribute | None, share: float) -> str | None:
    """The value that a filter of that share keeps, where the attribute's shares tell: `pending` of 1 %."""
    if attribute is None:
        return None
    near = [value for value, one in attribute.values.items() if abs(one - share) <= 0.02 * max(one, share)]
    return near[0] if len(near) == 1 else None


def partial_filter(pattern: AccessPattern, home: Home) -> dict[str, Any]:
    """The filter of a partial index for a pattern: values that the pattern always asks for and few documents have."""
    found: dict[str, Any] = {}
    for name, share in pattern.filter.items():
        value = constant(home.entity.attribute_by_name.get(name), share)
        if value is not None and share <= limits.PARTIAL and name not in home.properties:
            found[home.path(name)] = value
    return found if home.inside is None else {}


def by_key(pattern: AccessPattern, home: Home) -> bool:
    """Whether the index on `_id` serves a pattern: by equality, or in its order."""
    if home.inside is not None:
        return any(home.parent_paths.get(one) == "_id" for one in pattern.equal)
    if home.key is None or home.key in pattern.equal:
        return home.key is not None
    first = pattern.order[0].attribute if pattern.order else pattern.range
    return not pattern.equal and not pattern.filter and home.key == first


def wanted(pattern: AccessPattern, home: Home, layout: Layout) -> Index | None:
    """The index that a pattern wants; None where the `_id` or the clustered time series serves, or where nothing is compared."""
    if by_key(pattern, home) or home.series is not None or pattern.operation == "inserts":
        return None
    if home.inside is not None:
        return _of_elements(pattern, home)
    if set(pattern.equal) & set(home.properties):
        return Index(
            home.collection,
            ((f"{PROPERTIES}.k", 1), (f"{PROPERTIES}.v", 1)),
            serves=(pattern.name,),
            why="attribute pattern",
        )
    where = partial_filter(pattern, home)
    equal = [home.path(one) for one in _equalities(pattern, home, layout) if home.path(one) not in where]
    sort = [(home.path(key.attribute), -1 if key.descending else 1) for key in pattern.order]
    sort = [one for one in sort if one[0] not in equal]
    keys, why = _ordered(pattern, home, equal, sort, layout)
    if not keys and where:
        keys, why = tuple((path, 1) for path in where), "partial: the filter is all that is asked"
    if not keys or keys[0][0] == "_id":
        return None
    covering = _covering(pattern, home, keys, layout)
    appended = tuple((path, 1) for path in covering)
    return Index(
        home.collection, (*keys, *appended), where=where, serves=(pattern.name,), appended=len(appended), equalities=len(equal),
        why=why + (f"; {', '.join(covering)} appended to cover" if covering else ""),
    )  # fmt: skip


def _ordered(
    pattern: AccessPattern, home: Home, equal: list[str], sort: list[tuple[str, int]], layout: Layout
) -> tuple[Keys, str]:
    """Equality, then sort, then range; range before sort where it leaves so few that sorting them is cheaper."""
    equalities = tuple((one, 1) for one in equal)
    ranged = home.path(pattern.range) if pattern.range else None
    if ranged is None or ranged in equal or ranged in dict(sort[:1]):
        return (*equalities, *sort), "equality, sort" if sort else "equality"
    if ranged in dict(sort):
        return (*equalities, *sort), "equality, sort with the range in it"
    if not sort:
        return (*equalities, (ranged, 1)), "equality, range"
    share = pattern.filter.get(pattern.range or "")
    left = layout.traffic.matched(pattern)
    page = pattern.page or left
    if share is not None and left <= page * limits.EXAMINED:
        return (*equalities, (ranged, 1), *sort), f"equality, range, sort: the range leaves {left:,.0f} to be sorted"
    return (*equalities, *sort, (ranged, 1)), "equality, sort, range"


def _equalities(pattern: AccessPattern, home: Home, layout: Layout) -> list[str]:
    """Equalities, those that most patterns share first, so that prefixes merge; then filters that are worth a key."""
    reads = [one for one in layout.traffic.model.patterns if one.entity == pattern.entity]
    weight = {name: sum(name in one.equal for one in reads) for one in reads for name in one.equal}
    equal = sorted(pattern.equal, key=lambda name: (-weight[name], pattern.equal.index(name)))
    filters = [
        name for name, share in pattern.filter.items()
        if share <= limits.RESIDUAL and name != pattern.range and name not in home.cold and not _blob(home.entity, name)
        and name not in home.properties
    ]  # fmt: skip
    return [*equal, *filters]


def _blob(entity: Entity, name: str) -> bool:
    attribute = entity.attribute_by_name.get(name)
    return attribute is not None and attribute.type in {"json", "binary"}


def _of_elements(pattern: AccessPattern, home: Home) -> Index | None:
    """One multikey path, after those of the parent: compound indexes take no two arrays, and sort by none."""
    if any(home.parent_paths.get(one) == "_id" for one in pattern.equal):
        return None
    paths = [home.path(one) for one in pattern.equal]
    scalars = [one for one in paths if one in home.parent_paths.values()]
    elements = [one for one in paths if one not in scalars]
    keys = (*((one, 1) for one in scalars), *((one, 1) for one in elements))
    return (
        Index(home.collection, keys, serves=(pattern.name,), why="multikey, equality", equalities=len(keys))
        if keys
        else None
    )


def _covering(pattern: AccessPattern, home: Home, keys: Keys, layout: Layout) -> tuple[str, ...]:
    """The paths that must be appended so that the index alone answers; empty where it does already or that is not worth it."""
    if not pattern.project or pattern.operation != "reads" or pattern.together or home.identifiers or home.copies:
        return ()
    there = {path for path, _ in keys}
    missing = [one for one in pattern.project if home.path(one) not in there]
    residual = [one for one in pattern.filter if home.path(one) not in there]
    attributes = [home.entity.attribute_by_name[one] for one in (*missing, *residual)]
    changes = layout.traffic.changes(home.entity.name)
    documents = pattern.peak_rate * layout.traffic.returned(pattern)
    changed = sum(changes.get(one.name, 0.0) for one in attributes)
    worth = documents >= limits.COVERED_DOCUMENTS and changed < pattern.rate
    small = len(attributes) <= limits.COVERED_ATTRIBUTES and sum(map(value_bytes, attributes)) <= limits.COVERED_BYTES
    if not (worth and small) or any(one.type in {"json", "list", "binary"} for one in attributes):
        return ()
    return tuple(home.path(one.name) for one in attributes)


def indexes(layout: Layout) -> tuple[Index, ...]:
    """All indexes of all collections but `_id`, merged."""
    found: list[Index] = []
    for home in layout.homes.values():
        found += _own(home)
    for pattern in layout.traffic.model.patterns:
        one = wanted(pattern, layout.home(pattern), layout)
        if one is not None:
            found.append(one)
        found += _spilt(pattern, layout.home(pattern))
    found += _references(layout)
    return tuple(_bounded(merged(found)))


def _spilt(pattern: AccessPattern, home: Home) -> Iterator[Index]:
    """What finds elements by themselves among those that overflow."""
    inside = home.inside
    if (
        inside is None
        or inside.overflow is None
        or pattern.operation == "inserts"
        or names_parent(pattern, inside.relation)
    ):
        return
    keys = tuple((home.path(one), 1) for one in pattern.equal if one not in home.parent_paths)
    if keys:
        yield Index(inside.overflow, keys, serves=(pattern.name,), why="multikey, equality", equalities=len(keys))


def _bounded(found: Iterable[Index]) -> Iterator[Index]:
    for one in found:
        yield replace(one, keys=one.keys[: limits.MAX_INDEX_FIELDS])


def _own(home: Home) -> Iterator[Index]:
    """The key, unique sets, and the end of life."""
    entity = home.entity
    if home.inside is None and home.series is None:
        if len(entity.key) > 1:
            yield Index(
                home.collection,
                tuple((home.path(one), 1) for one in entity.key),
                unique=True,
                why="key",
                equalities=len(entity.key),
            )
        for names in entity.unique:
            yield _unique(home, names)
        expires = expiry(entity)
        if expires is not None and entity.retention_days is not None:
            yield Index(
                home.collection,
                ((home.path(expires), 1),),
                expire_after_seconds=entity.retention_days * 86400,
                why="TTL",
            )
            if home.cold:
                yield _expiring(home.detail, expires, entity.retention_days)
        for one in home.identifiers:
            yield Index(home.collection, ((one.field, 1),), why=f"multikey, to find by {one.of}")
    for embedded in home.embeds:
        if embedded.overflow:
            by = embedded.relation.by
            keys = tuple((one, 1) for one in by)
            yield Index(embedded.overflow, keys, why="overflow of one parent", equalities=len(by))
            if (stamp := expiry(entity)) is not None and entity.retention_days is not None:
                yield _expiring(embedded.overflow, stamp, entity.retention_days)


def _expiring(collection: str, stamp: str, days: float) -> Index:
    return Index(collection, ((stamp, 1),), expire_after_seconds=days * 86400, why="TTL, with its document")


def _unique(home: Home, names: tuple[str, ...]) -> Index:
    """Unique among those that have the attributes: an index over absent ones would let one document in only."""
    sparse = [one for one in names if home.entity.attribute_by_name[one].present < 1]
    where = {home.path(one): {"$exists": True} for one in sparse}
    return Index(
        home.collection,
        tuple((home.path(one), 1) for one in names),
        unique=True,
        where=where,
        why="unique",
        equalities=len(names),
    )


def expiry(entity: Entity) -> str | None:
    """The attribute from which on an entity's life counts: when it was made, else when it was changed."""
    if entity.retention_days is None:
        return None
    stamps = [one for one in entity.attributes if one.type in {"timestamp", "date"} and one.present >= 1]
    made = [one.name for one in stamps if one.monotonic]
    changed = [one.name for one in stamps if one.mutable]
    return next(iter((*made, *changed)), None)


def _references(layout: Layout) -> Iterator[Index]:
    """The child's reference of each relation that a `$lookup` follows, and both ways of link collections."""
    for placement in layout.placements:
        relation = placement.relation
        child = layout.homes[relation.child]
        joined = [one for one in layout.traffic.joint(relation) if one.entity == relation.parent]
        if not joined or placement.embeds or relation.many_to_many or child.series is not None:
            continue
        keys = tuple((child.path(one), 1) for one in relation.by)
        if keys[-1][0] != "_id":
            why = f"$lookup from {relation.parent}"
            yield Index(child.collection, keys, serves=tuple(one.name for one in joined), why=why, equalities=len(keys))
    for relation in layout.links():
        name = f"{relation.parent}_{relation.child}"
        ends = (f"{relation.parent}_id", f"{relation.child}_id")
        yield Index(name, ((ends[0], 1), (ends[1], 1)), unique=True, why="link")
        yield Index(name, ((ends[1], 1), (ends[0], 1)), why="link, from the other side")


def merged(found: Iterable[Index]) -> Iterator[Index]:
    """Without those that are a prefix of another: same keys in the same or all inverted directions, same filter, neither unique nor TTL.

    An equality on an attribute implies that it exists, so a unique index over those that have it serves the pattern as well.
    """
    kept: list[Index] = []
    for one in sorted(found, key=lambda each: (-len(each.keys), not each.unique)):
        place = next((number for number, other in enumerate(kept) if _absorbs(other, one)), None)
        if place is None:
            kept.append(one)
            continue
        other = kept[place]
        ttl = one.expire_after_seconds if len(other.keys) == len(one.keys) else None
        kept[place] = replace(
            other,
            serves=tuple(dict.fromkeys((*other.serves, *one.serves))),
            unique=other.unique or one.unique,
            expire_after_seconds=other.expire_after_seconds or ttl,
            why=other.why if one.why in other.why else f"{other.why}; {one.why}",
        )
    yield from sorted(kept, key=lambda each: (each.collection, not each.unique, each.keys))


def _absorbs(other: Index, one: Index) -> bool:
    compared = {path for path, _ in one.keys[: one.equalities]}
    implied = not one.where and all(
        path in compared and value == {"$exists": True} for path, value in other.where.items()
    )
    if other.collection != one.collection or (dict(other.where) != dict(one.where) and not implied):
        return False
    same = len(other.keys) == len(one.keys)
    if (one.unique or one.expire_after_seconds is not None) and not same:
        return False
    return prefix_of(one.keys, other.keys, one.equalities)


def prefix_of(short: Keys, long: Keys, equalities: int = 0) -> bool:
    """Whether an index serves all that another does: its first keys are those, in the same directions or all inverted.

    The direction of the first `equalities` keys does not matter: one value of each is read.
    """
    head = long[: len(short)]
    if [path for path, _ in head] != [path for path, _ in short]:
        return False
    pairs = list(zip(short, head, strict=True))[equalities:]
    return len({mine * theirs for (_, mine), (_, theirs) in pairs}) <= 1
