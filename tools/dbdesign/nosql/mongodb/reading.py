"""The find or the aggregation that answers a reading pattern."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dbdesign.model.patterns import AccessPattern, Relation
from dbdesign.nosql.mongodb.catalogue import needs
from dbdesign.nosql.mongodb.index_keys import constant
from dbdesign.nosql.mongodb.layout import PROPERTIES, Copy, Embedded, Home, Layout, link_name
from dbdesign.nosql.mongodb.placement import plural
from dbdesign.nosql.mongodb.requests import Command, Document, Request
from dbdesign.nosql.mongodb.traffic import names_parent

Stages = list[Document]


def read(pattern: AccessPattern, layout: Layout) -> Request:
    """The request of a pattern that reads."""
    home = layout.home(pattern)
    stages = list(
        _of_element(pattern, home, layout) if home.inside is not None else _of_document(pattern, home, layout)
    )
    return Request((_command(home.collection, stages),))


def _command(collection: str, stages: Stages) -> Command:
    """A find where match, sort, limit and projection are all that is asked; else an aggregation."""
    names = [next(iter(one)) for one in stages]
    order = ["$match", "$sort", "$limit", "$project"]
    if names != [one for one in order if one in names] or any(_computes(one.get("$project", {})) for one in stages):
        return Command(collection, "aggregate", {"pipeline": stages})
    by_name: dict[str, Any] = {next(iter(one)): next(iter(one.values())) for one in stages}
    arguments: dict[str, Any] = {"filter": by_name.get("$match", {})}
    for stage, argument in (("$project", "projection"), ("$sort", "sort"), ("$limit", "limit")):
        if stage in by_name:
            arguments[argument] = by_name[stage]
    return Command(collection, "find", arguments)


def _computes(projection: Document) -> bool:
    return any(one not in (0, 1) for one in projection.values())


def conditions(pattern: AccessPattern, home: Home) -> Document:
    """The filter of a pattern, by paths of the stored documents."""
    found: Document = {}
    properties: list[Document] = []
    for name in (*pattern.equal, *pattern.filter):
        if name in pattern.equal or name not in pattern.filter:
            value = f":{name}"
        elif name == pattern.range:
            continue
        else:
            value = constant(home.entity.attribute_by_name.get(name), pattern.filter[name]) or f":{name}"
        if name in home.properties:
            properties.append({"$elemMatch": {"k": name, "v": value}})
        else:
            found[home.path(name)] = value
    if len(properties) == 1:
        found[PROPERTIES] = properties[0]
    elif properties:
        found[PROPERTIES] = {"$all": properties}
    if pattern.range:
        path = home.path(pattern.range)
        bounds = {"$gte": f":{pattern.range}_from", "$lt": f":{pattern.range}_to"}
        found[path] = bounds if path not in found else {"$eq": found[path], **bounds}
    return found


def _of_document(pattern: AccessPattern, home: Home, layout: Layout) -> Iterator[Document]:
    """Match, sort and limit on the entity's own documents; then what stands elsewhere."""
    hot = conditions(pattern, home)
    late = {path: hot.pop(path) for path in list(hot) if path in home.cold}
    yield {"$match": hot}
    if late:
        yield from _detail(home)
        yield {"$match": late}
    yield from _ordered(pattern, home)
    if home.cold and not late and needs(pattern, home.entity) & set(home.cold):
        yield from _detail(home)
    joined = [*_embedded(pattern, home), *_joins(pattern, home, layout)]
    yield from joined
    projection = _projection(pattern, home, layout)
    if projection:
        yield {"$project": projection}


def _detail(home: Home) -> Iterator[Document]:
    """The cold attributes beside those of the document, which win: the date of expiry stands in both."""
    yield {"$lookup": {"from": home.detail, "localField": "_id", "foreignField": "_id", "as": "_detail"}}
    yield {"$replaceWith": {"$mergeObjects": [{"$first": "$_detail"}, "$$ROOT"]}}
    yield {"$unset": "_detail"}


def _embedded(pattern: AccessPattern, home: Home) -> Iterator[Document]:
    """The overflow of the children that the pattern reads, behind those that stand in the document."""
    for one in home.embeds:
        if one.relation.child in pattern.together and one.overflow:
            yield from overflow(one, home)


def overflow(one: Embedded, home: Home) -> Iterator[Document]:
    """Appends to the array what stands in overflow documents."""
    local = [home.path(each) for each in home.entity.key]
    found, tests = _compared(one.overflow or "", local, list(one.relation.by))
    yield {"$lookup": {**found, "pipeline": [*tests, {"$sort": {"page": 1}}], "as": "_overflow"}}
    rest = {
        "$reduce": {
            "input": "$_overflow",
            "initialValue": {"$ifNull": [f"${one.field}", []]},
            "in": {"$concatArrays": ["$$value", f"$$this.{one.field}"]},
        }
    }
    yield {"$set": {one.field: rest}}
    yield {"$unset": "_overflow"}


def _projection(pattern: AccessPattern, home: Home, layout: Layout) -> Document:
    """Only what is asked for, and no `_id` that is not."""
    if not pattern.project:
        return dict.fromkeys(_beside(home, pattern.together), 0)
    paths = dict.fromkeys((home.path(one) if one not in home.properties else PROPERTIES) for one in pattern.project)
    if home.inside is None:
        for one in pattern.together:
            paths[_joined_field(home, one, layout)] = None
            paths |= dict.fromkeys(_reference(home, one, layout))
    found: Document = dict.fromkeys(paths, 1)
    return found if "_id" in found else {"_id": 0, **found}


def _reference(home: Home, parent: str, layout: Layout) -> list[str]:
    """The paths that hold the parent's key, where a copy stands for the parent: the copy does not repeat it."""
    return [
        home.path(by)
        for one in home.copies
        if one.relation.parent == parent and whole(one, layout.homes[parent])
        for by in one.relation.by
    ]


def _beside(home: Home, together: tuple[str, ...] = ()) -> list[str]:
    """Fields of other entities in a document that are not asked for: embedded children, copies of parents."""
    embedded = [one.field for one in home.embeds if one.relation.child not in together]
    return [*embedded, *(one.field for one in home.copies if one.relation.parent not in together)]


def _joined_field(home: Home, other: str, layout: Layout) -> str:
    """The field that holds what is read together: children in an array of their name, a parent under its own."""
    embedded = next((one for one in home.embeds if one.relation.child == other), None)
    if embedded is not None:
        return embedded.field
    relation = layout.traffic.model.relation_between(home.entity.name, other)
    is_parent = relation is not None and relation.parent == other and not relation.many_to_many
    return other if is_parent else plural(other)


def _joins(pattern: AccessPattern, home: Home, layout: Layout) -> Iterator[Document]:
    for name in pattern.together:
        if any(one.relation.child == name for one in home.embeds) or layout.home(pattern).parent_is(name):
            continue
        relation = layout.traffic.model.relation_between(pattern.entity, name)
        if relation is None:
            continue
        yield from _join(relation, home, layout.homes[name], layout)


def _join(relation: Relation, home: Home, other: Home, layout: Layout) -> Iterator[Document]:
    if relation.many_to_many:
        yield from _join_many(relation, home, other, layout)
    elif relation.parent == home.entity.name:
        local = [home.path(one) for one in home.entity.key]
        yield {"$lookup": _lookup(other, local, list(relation.by), plural(other.entity.name))}
    elif (copy := next((one for one in home.copies if one.relation.parent == other.entity.name), None)) and whole(
        copy, other
    ):
        return
    else:
        name = other.entity.name
        local = [home.path(one) for one in relation.by]
        yield {"$lookup": _lookup(other, local, list(other.entity.key), name)}
        yield {"$unwind": {"path": f"${name}", "preserveNullAndEmptyArrays": True}}


def whole(copy: Copy, parent: Home) -> bool:
    """Whether an extended reference holds all of the parent but its key, so that no `$lookup` is needed."""
    return (
        set(copy.attributes) | set(parent.entity.key) >= {one.name for one in parent.entity.attributes}
        and not parent.cold
    )


def _compared(collection: str, local: list[str], paths: list[str]) -> tuple[Document, Stages]:
    """The beginning of a `$lookup` on one or more paths, and the stages of its pipeline that compare all but the last."""
    found: Document = {"from": collection, "localField": local[-1], "foreignField": paths[-1]}
    variables = {f"k{number}": f"${path}" for number, path in enumerate(local[:-1])}
    if not variables:
        return found, []
    tests = [{"$eq": [f"${path}", f"$$k{number}"]} for number, path in enumerate(paths[:-1])]
    return {**found, "let": variables}, [{"$match": {"$expr": tests[0] if len(tests) == 1 else {"$and": tests}}}]


def _lookup(other: Home, local: list[str], foreign: list[str], name: str) -> Document:
    """A join on one or more attributes: the last by `localField`, the others in its pipeline."""
    found, stages = _compared(other.collection, local, [other.path(one) for one in foreign])
    variables = found.get("let", {})
    if other.inside is not None:
        found["let"] = {**variables, "k": f"${local[-1]}"}
        field = other.inside.field
        stages += (
            [
                *unwound(other),
                {"$match": {"$expr": {"$eq": [f"${foreign[-1]}", "$$k"]}}},
            ]
            if not other.inside.single
            else [{"$replaceWith": f"${field}"}]
        )
    elif other.cold:
        stages += _detail(other)
    if other.inside is None and (beside := _beside(other)):
        stages.append({"$unset": beside})
    if stages:
        found["pipeline"] = stages
    return {**found, "as": name}


def unwound(home: Home) -> Iterator[Document]:
    """An element a document, with the parent's key under the child's names."""
    assert home.inside is not None  # noqa: S101 - only called for embedded entities
    field = home.inside.field
    if not home.inside.single:
        yield {"$unwind": f"${field}"}
    else:
        yield {"$match": {field: {"$exists": True}}}
    yield {"$replaceWith": {"$mergeObjects": [f"${field}", {by: f"${path}" for by, path in home.parent_paths.items()}]}}


def _join_many(relation: Relation, home: Home, other: Home, layout: Layout) -> Iterator[Document]:
    name = plural(other.entity.name)
    mine = next((one for one in home.identifiers if one.of == other.entity.name), None)
    theirs = next((one for one in other.identifiers if one.of == home.entity.name), None)
    stages = [*(_detail(other) if other.cold else ()), *([{"$unset": beside}] if (beside := _beside(other)) else ())]
    inner = {"pipeline": stages} if stages else {}
    key, foreign = home.path(home.entity.key[-1]), other.path(other.entity.key[-1])
    if mine is not None:
        yield {
            "$lookup": {
                "from": other.collection,
                "localField": mine.field,
                "foreignField": foreign,
                **inner,
                "as": name,
            }
        }
    elif theirs is not None:
        yield {
            "$lookup": {"from": other.collection, "localField": key, "foreignField": theirs.field, **inner, "as": name}
        }
    elif relation in set(layout.links()):
        ends = (f"{home.entity.name}_id", f"{other.entity.name}_id")
        yield {"$lookup": {"from": link_name(relation), "localField": key, "foreignField": ends[0], "as": "_links"}}
        yield {"$set": {"_links": {"$map": {"input": "$_links", "in": f"$$this.{ends[1]}"}}}}
        join = {"from": other.collection, "localField": "_links", "foreignField": foreign, **inner, "as": name}
        yield {"$lookup": join}
        yield {"$unset": "_links"}


class _Taken(Home):
    """An element that was taken out of its parent's document: its attributes have their own names."""

    def path(self, attribute: str) -> str:
        return attribute


def _of_element(pattern: AccessPattern, home: Home, layout: Layout) -> Iterator[Document]:
    """Match the parents, take their elements apart, and match those again."""
    inside = home.inside
    if inside is None:
        return
    wanted = conditions(pattern, home)
    first = {path: value for path, value in wanted.items() if not isinstance(value, dict)}
    own = {path: value for path, value in wanted.items() if path not in home.parent_paths.values()}
    parent = layout.homes[inside.relation.parent]
    with_parent = inside.relation.parent in pattern.together
    if inside.overflow and not names_parent(pattern, inside.relation) and not with_parent:
        yield from _of_elements_anywhere(pattern, home, first, own)
        return
    yield from _parents(inside, first, home, parent)
    if with_parent:
        yield from _detail(parent) if parent.cold else ()
        yield {"$set": {"_parent": "$$ROOT"}}
    yield {"$match": {inside.field: {"$exists": True}}} if inside.single else {"$unwind": f"${inside.field}"}
    if own:
        yield {"$match": own}
    yield from _ordered(pattern, home)
    added: Document = {by: f"${path}" for by, path in home.parent_paths.items()}
    if with_parent:
        added[inside.relation.parent] = "$_parent"
    yield {"$replaceWith": {"$mergeObjects": [f"${inside.field}", added]}}
    if with_parent:
        yield {"$unset": [f"{inside.relation.parent}.{one}" for one in _beside(parent)]}
    yield from _joins(pattern, _Taken(home.entity, home.collection), layout)
    if pattern.project:
        joined = [_joined_field(home, one, layout) for one in pattern.together]
        yield {"$project": {"_id": 0, **dict.fromkeys((*pattern.project, *joined), 1)}}


def _parents(inside: Embedded, first: Document, home: Home, parent: Home) -> Iterator[Document]:
    """The parents' documents, with all of their children."""
    if inside.overflow:
        first = {path: value for path, value in first.items() if path in home.parent_paths.values()}
    if first:
        yield {"$match": first}
    if inside.overflow:
        yield from overflow(inside, parent)


def _ordered(pattern: AccessPattern, home: Home) -> Iterator[Document]:
    if pattern.order:
        yield {"$sort": {home.path(key.attribute): -1 if key.descending else 1 for key in pattern.order}}
    if pattern.page is not None:
        yield {"$limit": pattern.page}


def _of_elements_anywhere(pattern: AccessPattern, home: Home, first: Document, own: Document) -> Iterator[Document]:
    """Elements by themselves, in their parents' documents and in those that overflow."""
    inside = home.inside
    if inside is None:
        return
    taken = list(unwound(home))
    spilt = [
        {"$unwind": f"${inside.field}"},
        {"$match": own},
        {"$replaceWith": {"$mergeObjects": [f"${inside.field}", {by: f"${by}" for by in inside.relation.by}]}},
    ]
    yield {"$match": first}
    yield taken[0]
    yield {"$match": own}
    yield taken[1]
    yield {"$unionWith": {"coll": inside.overflow, "pipeline": [{"$match": first}, *spilt]}}
    if pattern.order:
        yield {"$sort": {key.attribute: -1 if key.descending else 1 for key in pattern.order}}
    if pattern.page is not None:
        yield {"$limit": pattern.page}
    if pattern.project:
        yield {"$project": dict.fromkeys(pattern.project, 1)}
