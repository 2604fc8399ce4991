"""Finds what serves each pattern, and adds the structures that it needs beside the entities."""

from __future__ import annotations

from dataclasses import replace

from dbdesign.errors import InputError
from dbdesign.model.patterns import AccessPattern, Attribute, Entity, Relation, Spread
from dbdesign.nosql.redis.plan import SCORES, IndexKind, IndexPlan, Plan, Use
from dbdesign.nosql.redis.sizes import scaled
from dbdesign.nosql.redis.store import Settings
from dbdesign.nosql.redis.structures import per_value, slug, values_of

SELECTIVE = 0.2
"""Share that passes a filter below which an index of its own is cheaper than reading on."""
SMALL_SET = 1_000
"""Members of a set that may be read whole."""
FULL = {"sorted set", "lexicographic set", "set"}


def add_uses(plan: Plan, settings: Settings) -> None:
    """Decide for each pattern, those that order first: what has no order is served by any index with the same conditions."""
    wanted = [*plan.model.patterns, *_joined(plan)]
    for pattern in sorted(wanted, key=lambda one: (not one.range, not one.order)):
        plan.uses[pattern.name] = _use(pattern, plan, settings)
    for entity, attribute, by in settings.approximate:
        _add_approximate(plan, entity, attribute, by)
    for name, record in plan.records.items():
        if record.form == "edge" and not plan.of(name):
            raise InputError(f"{name} is read by nothing", where="patterns", remedy="Say how it is read")


def joined_name(pattern: AccessPattern, entity: str) -> str:
    """What the reading of the children that a pattern brings with it is called."""
    return f"{pattern.name} / {entity}"


def joining(plan: Plan, one: str, other: str) -> Relation:
    """The relation of two entities; one whose attributes are named first."""
    found = [each for each in plan.model.relations if {each.parent, each.child} == {one, other}]
    return next((each for each in found if each.by), found[0])


def _joined(plan: Plan) -> list[AccessPattern]:
    """The reading of children that come with their parent."""
    found = []
    for pattern in plan.model.patterns:
        for name in pattern.together if pattern.operation in {"reads", "deletes"} else ():
            relation = joining(plan, pattern.entity, name)
            if relation.child == name and relation.by:
                found.append(
                    pattern.model_copy(
                        update={
                            "name": joined_name(pattern, name), "entity": name, "equal": relation.by, "together": (), "page": None,
                            "operation": "reads", "project": (), "range": None, "order": (), "filter": {},
                        }
                    )
                )  # fmt: skip
    return found


def _use(pattern: AccessPattern, plan: Plan, settings: Settings) -> Use:
    record = plan.records[pattern.entity]
    entity, equal = record.entity, set(pattern.equal)
    if pattern.operation == "inserts":
        return Use(pattern, "key")
    if set(entity.key) <= equal:
        return _after(Use(pattern, "key"), equal - set(entity.key))
    for names in entity.unique:
        if set(names) <= equal and record.form != "edge":
            return _after(Use(pattern, "unique", unique=names), equal - set(names))
    if record.form == "stream" and set(record.tag) <= equal:
        return Use(pattern, "stream")
    if record.form == "bucket" and set(record.tag) <= equal:
        return _after(Use(pattern, "bucket"), equal - set(record.tag))
    return _indexed(pattern, plan, settings)


def _after(use: Use, left: set[str]) -> Use:
    """The same, with what is still to be compared after reading."""
    share = 1.0
    for one in use.pattern.filter.values():
        share *= one
    return replace(use, filters=(*sorted(left), *use.pattern.filter), share=share)


def _indexed(pattern: AccessPattern, plan: Plan, settings: Settings) -> Use:
    record = plan.records[pattern.entity]
    entity = record.entity
    order = _order(pattern, entity, edge=record.form == "edge")
    where, extra, filters, share = _filters(pattern, entity)
    conditions = tuple(dict.fromkeys((*pattern.equal, *extra)))
    index = _reused(pattern, plan, conditions, order, where) or _new(pattern, plan, settings, conditions, order, where)
    plan.indexes.setdefault(index.name, index)
    known = {*index.tag, *index.rest, *index.member, *index.where, *([index.order] if index.order else [])}
    ordered = pattern.order[0].attribute if pattern.order else None
    return Use(
        pattern,
        "index",
        index=index.name,
        filters=filters,
        share=share,
        sorted_after=ordered if ordered is not None and ordered != index.order and index.kind != "list" else None,
        covered=not filters and (record.form == "edge" or (bool(pattern.project) and set(pattern.project) <= known)),
    )


def _order(pattern: AccessPattern, entity: Entity, *, edge: bool) -> str | None:
    """The attribute that the index is in the order of: the range's, or else the first that the result is ordered by."""
    if edge:
        return next((one.name for one in entity.attributes if one.name not in entity.key), None)
    return pattern.range or (pattern.order[0].attribute if pattern.order else None)


def _filters(pattern: AccessPattern, entity: Entity) -> tuple[dict[str, str], tuple[str, ...], tuple[str, ...], float]:
    """Which filters an index takes: as its only value, or as a condition; which are compared after reading, and what passes them."""
    where, extra, filters, share = {}, [], [], 1.0
    for name, passing in pattern.filter.items():
        attribute = entity.attribute_by_name.get(name)
        only = _only_value(attribute, passing)
        if passing < SELECTIVE and only is not None:
            where[name] = only
        elif passing < SELECTIVE:
            extra.append(name)
        else:
            filters.append(name)
            share *= passing
    return where, tuple(extra), tuple(filters), max(share, 1e-6)


def _only_value(attribute: Attribute | None, share: float) -> str | None:
    """The value that so many have."""
    near = [
        (abs(one - share), value)
        for value, one in (attribute.values if attribute else {}).items()
        if abs(one - share) <= share / 4
    ]
    return min(near)[1] if near else None


def _reused(
    pattern: AccessPattern, plan: Plan, conditions: tuple[str, ...], order: str | None, where: dict[str, str]
) -> IndexPlan | None:
    for one in plan.of(pattern.entity):
        if {*one.tag, *one.rest} == set(conditions) and one.where == where and one.kind in FULL:
            attribute = plan.records[pattern.entity].entity.attribute_by_name.get(one.order or "")
            if one.order == order or (order is None and (attribute is None or attribute.present >= 1)):
                return one
    return None


def _new(
    pattern: AccessPattern,
    plan: Plan,
    settings: Settings,
    conditions: tuple[str, ...],
    order: str | None,
    where: dict[str, str],
) -> IndexPlan:
    record = plan.records[pattern.entity]
    entity = record.entity
    inside = bool(record.tag) and set(record.tag) <= set(conditions)
    tag = record.tag if inside else conditions
    members, share = _members(entity, plan, conditions, order, where)
    kind = _kind(pattern, plan, settings, order, members, filtered=bool(where))
    names = [f"{name}_{slug(value)}" for name, value in where.items()]
    names += [f"by_{'_'.join(conditions)}"] if conditions else []
    name = ".".join([slug(entity.name), "_".join(names) or "all", *([order] if order else [])])
    if kind == "list":
        name += f".newest_{pattern.page}"
    skipped = {*conditions, *([order] if kind == "lexicographic set" and order else [])}
    attribute = entity.attribute_by_name.get(order or "")
    return IndexPlan(
        name=name,
        entity=entity.name,
        kind=kind,
        prefix=f"{settings.prefix}:{name}",
        tag=tag,
        rest=tuple(one for one in conditions if one not in tag),
        member=tuple(one for one in entity.key if one not in skipped),
        order=None if kind == "list" else order,
        where=where,
        share=share,
        members=members,
        keep=pattern.page if kind == "list" else None,
        trim=bool(
            record.ttl and kind == "sorted set" and attribute and attribute.type == "timestamp" and attribute.monotonic
        ),
    )


def _members(
    entity: Entity, plan: Plan, conditions: tuple[str, ...], order: str | None, where: dict[str, str]
) -> tuple[Spread, float]:
    """Members of one key, and the share of the entities that stand in the index at all."""
    attributes = entity.attribute_by_name
    narrowed = (
        attributes[order].present if order is not None and order in attributes and order not in conditions else 1.0
    )
    for name, value in where.items():
        narrowed *= attributes[name].values[value]
    share = narrowed
    for name in conditions:
        share *= attributes[name].present if name in attributes else 1.0
    whole = per_value(entity, conditions, plan.model) if conditions else Spread(average=entity.count or 1.0)
    members = scaled(whole, narrowed)
    return members if members.average >= 1 else Spread(
        average=1.0, p99=max(members.large, 1.0), maximum=max(members.largest, 1.0)
    ), share


def _kind(
    pattern: AccessPattern, plan: Plan, settings: Settings, order: str | None, members: Spread, *, filtered: bool
) -> IndexKind:
    record = plan.records[pattern.entity]
    entity = record.entity
    if order is not None:
        attribute = entity.attribute_by_name.get(order)
        if settings.role == "cache" and not filtered and _newest_only(pattern, plan, attribute):
            return "list"
        return "sorted set" if attribute is not None and attribute.type in SCORES else "lexicographic set"
    key = entity.attribute_by_name.get(entity.key[0])
    flag = entity.attribute_by_name.get(pattern.equal[0]) if len(pattern.equal) == 1 else None
    dense = len(entity.key) == 1 and key is not None and key.type == "number" and key.monotonic
    if dense and flag is not None and flag.type == "boolean" and not pattern.filter:
        return "bitmap"
    return "set" if members.large <= SMALL_SET else "lexicographic set"


def _newest_only(pattern: AccessPattern, plan: Plan, attribute: Attribute | None) -> bool:
    """Whether the newest of entities that never change are all that is wanted: then a capped list is enough."""
    own = [one for one in plan.model.patterns if one.entity == pattern.entity]
    return (
        attribute is not None
        and attribute.monotonic
        and bool(pattern.page)
        and pattern.range is None
        and not pattern.filter
        and bool(pattern.order)
        and pattern.order[0].descending
        and plan.records[pattern.entity].form != "edge"
        and all(one.operation in {"reads", "inserts"} for one in own)
    )


def _add_approximate(plan: Plan, entity: str, attribute: str, by: str) -> None:
    record = plan.records.get(entity)
    if record is None or not {attribute, by} <= record.entity.attribute_by_name.keys():
        raise InputError(
            f"no {entity}.{attribute} by {by}", where="approximate", remedy="Name an entity and two of its attributes"
        )
    name = f"{slug(entity)}.distinct_{attribute}_by_{by}"
    keys = values_of(record.entity, by, plan.model)
    plan.indexes[name] = IndexPlan(
        name=name, entity=entity, kind="hyperloglog", prefix=f"{plan.prefix}:{name}", tag=(by,), rest=(), member=(attribute,), order=None,
        where={}, share=1.0, members=Spread(average=max((record.entity.count or 1.0) / max(keys, 1.0), 1.0)),
    )  # fmt: skip
