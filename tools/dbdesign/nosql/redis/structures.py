"""Chooses how each entity is kept, and its hash tag, from what is read and written together."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from dbdesign.model.patterns import AccessModel, AccessPattern, Entity, Spread
from dbdesign.nosql.redis.memory import HASH_ENTRIES
from dbdesign.nosql.redis.plan import SCORES, Form, Record
from dbdesign.nosql.redis.record_size import as_hash, as_json, packed_bytes, projected_bytes
from dbdesign.nosql.redis.sizes import scaled
from dbdesign.nosql.redis.store import Settings

BUCKET_ENTRIES, BUCKET_BYTES = 5_000, 1_000_000
"""A hash of more blocks the server noticeably when it is read, moved or deleted as a whole."""
PROJECTED = 0.25
"""Share of a record's bytes below which reading single fields is worth a hash."""
SHARING = 10
"""Entities that are taken to have the same value of an attribute of which nothing is said."""
TAG_SHARE = 0.05
"""Share of a shard's memory that the entities of one tag may take: a slot cannot be divided."""


@dataclass(frozen=True)
class _Candidate:
    tag: tuple[str, ...]
    rate: float
    per_tag: Spread
    hottest: float


def record_of(entity: Entity, model: AccessModel, settings: Settings) -> Record:
    """How an entity is kept."""
    tag, per_tag, tagged = _tag(entity, model, settings)
    form, why = _form(entity, model, settings, tag, per_tag)
    many = form in {"bucket", "stream"}
    return Record(
        entity=entity,
        form=form,
        prefix=f"{settings.prefix}:{slug(entity.name)}",
        tag=tag,
        per_key=per_tag if many else Spread(average=1.0),
        per_tag=per_tag,
        why=f"{why}; {tagged}",
        ttl=_ttl(entity, model, settings),
    )


def slug(name: str) -> str:
    """A name as a part of keys and of Python's names."""
    return re.sub(r"\W+", "_", name).strip("_").lower()


def _ttl(entity: Entity, model: AccessModel, settings: Settings) -> int | None:
    """Seconds that an entity lives: its retention; in a cache what its readers tolerate."""
    kept = None if entity.retention_days is None else round(entity.retention_days * 86_400)
    if settings.role != "cache":
        return kept
    stale = [one.stale_seconds for one in model.patterns if one.entity == entity.name and one.stale_seconds]
    wanted = max(round(min(stale)), 1) if stale else settings.cache_seconds
    return min(wanted, kept) if kept else wanted


def patterns_of(entity: Entity, model: AccessModel, *operations: str) -> list[AccessPattern]:
    """Patterns on an entity."""
    return [one for one in model.patterns if one.entity == entity.name and one.operation in operations]


def _tag(entity: Entity, model: AccessModel, settings: Settings) -> tuple[tuple[str, ...], Spread, str]:
    """The hash tag: the part of the key by which most is read together, unless one value of it would be too large or too hot."""
    refused = []
    for one in sorted(_candidates(entity, model), key=lambda each: (-each.rate, each.tag)):
        largest = one.per_tag.largest * packed_bytes(entity)
        if largest > settings.node_bytes * TAG_SHARE:
            refused.append(f"{{{':'.join(one.tag)}}} not: its largest value holds {largest / 1e9:,.1f} GB, in one slot")
        elif one.hottest > settings.shard_commands:
            refused.append(
                f"{{{':'.join(one.tag)}}} not: its hottest value takes {one.hottest:,.0f} commands/s, in one slot"
            )
        else:
            said = f"tag {{{':'.join(one.tag)}}}: {one.rate:,.0f} requests/s at peak want what shares it"
            return one.tag, one.per_tag, "; ".join([said, *refused])
    return entity.key, Spread(average=1.0), "; ".join([f"tag {{{':'.join(entity.key)}}}: its own key", *refused])


def _candidates(entity: Entity, model: AccessModel) -> list[_Candidate]:
    own, key = [one for one in model.patterns if one.entity == entity.name], set(entity.key)
    found = {one.by for one in model.relations if one.child == entity.name and one.by and set(one.by) < key}
    found |= {tuple(name for name in entity.key if name in one.equal) for one in own if one.operation == "reads"}
    candidates = []
    for tag in found:
        if not tag or not set(tag) < key:
            continue
        lists = [one for one in own if set(tag) <= set(one.equal) and not key <= set(one.equal)]
        beside = [
            one for one in model.patterns if entity.name in one.together and _parent_by(one.entity, entity, tag, model)
        ]
        rate = sum(one.peak_rate for one in (*lists, *beside))
        hottest = sum(
            (one.hottest or 0) * one.peak_rate for one in own if set(tag) <= {*one.equal} or one.operation == "inserts"
        )
        if rate:
            candidates.append(_Candidate(tag, rate, per_value(entity, tag, model), hottest))
    return candidates


def _parent_by(parent: str, child: Entity, tag: tuple[str, ...], model: AccessModel) -> bool:
    return any(one.parent == parent and one.child == child.name and set(one.by) == set(tag) for one in model.relations)


def per_value(entity: Entity, names: tuple[str, ...], model: AccessModel) -> Spread:
    """How many entities have the same values of some attributes."""
    for one in model.relations:
        if one.child == entity.name and one.by and set(one.by) >= set(names) and one.by[-1] in names:
            return Spread(average=max(one.children.average, 1.0), p99=one.children.large, maximum=one.children.largest)
    best: Spread | None = None
    for one in model.relations:
        if one.child == entity.name and one.by and set(one.by) < set(names):
            shares = math.prod(values_of(entity, name, model) for name in names if name not in one.by)
            narrowed = scaled(one.children, 1 / max(shares, 1.0))
            best = narrowed if best is None or narrowed.average < best.average else best
    count = entity.count or 1.0
    known = math.prod(values_of(entity, name, model) for name in names if is_known(entity, name, model))
    unknown = max((values_of(entity, name, model) for name in names if not is_known(entity, name, model)), default=1.0)
    several = max(min(max(known, unknown), count), 1.0)
    plain = Spread(average=max(count / several, 1.0))
    return best if best is not None and best.average >= 1 else plain


def is_known(entity: Entity, name: str, model: AccessModel) -> bool:
    """Whether something says how many values an attribute has."""
    return _said_values(entity, name, model) is not None


def values_of(entity: Entity, name: str, model: AccessModel) -> float:
    """Different values of an attribute; where nothing says how many, ten entities are taken to share one."""
    said = _said_values(entity, name, model)
    return said if said is not None else max((entity.count or 1.0) / SHARING, 1.0)


def _said_values(entity: Entity, name: str, model: AccessModel) -> float | None:
    attribute = entity.attribute_by_name.get(name)
    if attribute is not None and (attribute.distinct or attribute.values):
        return attribute.distinct or float(len(attribute.values))
    if attribute is not None and attribute.type == "boolean":
        return 2.0
    for one in model.relations:
        if one.child == entity.name and one.by[-1:] == (name,):
            return model.entity_by_name[one.parent].count or 1.0
    return next((one.count for one in model.entities if one.key == (name,) and one.count), None)


def _form(
    entity: Entity, model: AccessModel, settings: Settings, tag: tuple[str, ...], per_tag: Spread
) -> tuple[Form, str]:
    own = [one for one in model.patterns if one.entity == entity.name]
    if is_edge(entity, model):
        return "edge", "every attribute is in its key or a score: sorted sets say all, and no key is spent on each"
    if _is_log(entity, own, tag, per_tag):
        return (
            "stream",
            f"appended in time order, read by {', '.join(tag)} and time alone: about {per_tag.average:,.0f} entries a key",
        )
    one_size = packed_bytes(entity)
    if fits_bucket(entity, model, tag, per_tag):
        return "bucket", (
            f"at most {per_tag.largest:,.0f} of about {one_size:,.0f} B share a tag and are read together: fields of one hash"
        )
    hashed, text = as_hash(entity, settings.layout), as_json(entity, settings.layout)
    if changed_in_place(entity, model):
        return "hash", f"single attributes are changed or counted: {hashed:,.0f} B each"
    narrow = [one.name for one in own if one.project and projected_bytes(entity, one.project) < one_size * PROJECTED]
    if narrow and one_size > 1000:
        return "hash", f"{narrow[0]!r} reads few attributes of {one_size:,.0f} B"
    if text < hashed:
        return "json", f"never changed in part: {text:,.0f} B as JSON against {hashed:,.0f} B as a hash"
    return "hash", f"{hashed:,.0f} B against {text:,.0f} B as JSON"


def changed_in_place(entity: Entity, model: AccessModel) -> bool:
    """Whether a pattern changes entities that exist, alone or as those that another brings with it."""
    return bool(patterns_of(entity, model, "updates")) or any(
        entity.name in one.together
        and one.operation in {"inserts", "updates"}
        and any(a.mutable for a in entity.attributes)
        for one in model.patterns
    )


def fits_bucket(entity: Entity, model: AccessModel, tag: tuple[str, ...], per_tag: Spread) -> bool:
    """Whether what shares a tag may be one hash: few and small enough, read together, and counted nowhere."""
    counted = any(one.increments for one in patterns_of(entity, model, "updates"))
    small = per_tag.largest <= BUCKET_ENTRIES and per_tag.largest * packed_bytes(entity) <= BUCKET_BYTES
    return tag != entity.key and not counted and small


def is_edge(entity: Entity, model: AccessModel) -> bool:
    """Whether an entity only joins others: nothing beside its key but one attribute that a score can hold."""
    others = [one for one in entity.attributes if one.name not in entity.key]
    own = [one for one in model.patterns if one.entity == entity.name]
    return (
        len(entity.key) >= 2
        and len(others) <= 1
        and all(one.type in SCORES and one.present >= 1 for one in others)
        and not entity.unique
        and bool(patterns_of(entity, model, "reads"))
        and all(one.operation != "updates" and set(one.equal) <= set(entity.key) for one in own)
        and all(
            set(one.equal) < set(entity.key) and one.equal and not one.filter for one in own if one.operation == "reads"
        )
    )


def _is_log(entity: Entity, own: list[AccessPattern], tag: tuple[str, ...], per_tag: Spread) -> bool:
    """Whether entities are only appended in time order and read by tag and time."""
    rest = [name for name in entity.key if name not in tag]
    stamp = entity.attribute_by_name.get(rest[0]) if len(rest) == 1 else None
    if tag == entity.key or stamp is None or stamp.type != "timestamp" or not stamp.monotonic or entity.unique:
        return False
    fits = all(
        one.operation == "inserts"
        or (
            one.operation == "reads"
            and set(tag) <= set(one.equal) <= set(entity.key)
            and not one.filter
            and {one.range, *(key.attribute for key in one.order)} <= {None, stamp.name}
        )
        for one in own
    )
    return fits and per_tag.average > HASH_ENTRIES / 10
