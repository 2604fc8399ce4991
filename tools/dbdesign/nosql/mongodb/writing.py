"""The commands of a pattern that inserts, updates or deletes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from dbdesign.model.patterns import AccessPattern, Attribute, Relation
from dbdesign.nosql.mongodb.index_keys import expiry
from dbdesign.nosql.mongodb.layout import PROPERTIES, Home, Layout
from dbdesign.nosql.mongodb.reading import conditions
from dbdesign.nosql.mongodb.requests import Command, Document, Operation, Request

COUNTED = frozenset({"number", "decimal"})


def write(pattern: AccessPattern, layout: Layout) -> Request:
    """The request of a pattern that writes."""
    home = layout.home(pattern)
    make = {"inserts": _insert, "updates": _update, "deletes": _delete}[pattern.operation]
    commands = list(make(pattern, home, layout))
    commands += [one for name in pattern.together for one in _together(pattern, name, layout)]
    merged = _folded(commands)
    notes = [*_notes(pattern, home, merged), *_full(pattern, layout)]
    whole = pattern.atomic or bool(home.cold) or (pattern.operation == "updates" and bool(pattern.together))
    return Request(merged, transaction=len(merged) > 1 and whole, notes=tuple(notes))


def _notes(pattern: AccessPattern, home: Home, commands: tuple[Command, ...]) -> Iterator[str]:
    if pattern.atomic and len(commands) == 1:
        yield "one document: atomic without a transaction"
    if home.inside is not None and home.inside.overflow and pattern.operation == "inserts":
        yield (
            f"where nothing is matched the array is full: insert into {home.inside.overflow}, and set has_overflow on the parent"
        )
    if home.inside is not None and home.inside.overflow and pattern.operation != "inserts":
        yield f"where nothing is matched the element is in {home.inside.overflow}: the same command there"


def _full(pattern: AccessPattern, layout: Layout) -> Iterator[str]:
    """What to do where the array that an update pushes into is full."""
    for name in pattern.together if pattern.operation == "updates" else ():
        inside = layout.homes[name].inside
        if inside is not None and inside.overflow:
            yield f"where the push matches nothing the array of {name} is full: insert into {inside.overflow}, and set has_overflow"


def document_of(home: Home, prefix: str = "") -> Document:
    """A new document, a parameter each field."""
    found: Document = {}
    for one in home.stored():
        path, value = (home.path(one.name) if home.inside is None else one.name), f":{prefix}{one.name}"
        outer, _, inner = path.partition(".")
        if inner:
            found.setdefault(outer, {})[inner] = value
        else:
            found[path] = value
    if home.properties:
        found[PROPERTIES] = [{"k": name, "v": f":{prefix}{name}"} for name in home.properties]
    for ids in home.identifiers:
        found[ids.field] = f":{prefix}{ids.field}"
    for copy in home.copies:
        found[copy.field] = {name: f":{copy.field}_{name}" for name in copy.attributes}
    if home.versioned and home.inside is None:
        found["schema_version"] = 1
    return found


def _insert(pattern: AccessPattern, home: Home, _layout: Layout) -> Iterator[Command]:
    if home.inside is not None:
        yield _push(home, [document_of(home)])
        return
    document = document_of(home)
    if home.cold and home.key is None:
        document = {"_id": ":_id", **document}
    document |= {one.field: [] for one in home.embeds if not one.single and one.relation.child not in pattern.together}
    yield Command(home.collection, "insertOne", {"document": document})
    if home.cold:
        stamp = expiry(home.entity)
        names = (*home.cold, stamp) if stamp is not None else home.cold
        cold = {"_id": document["_id"], **{name: f":{name}" for name in names}}
        yield Command(home.detail, "insertOne", {"document": cold})


def _push(home: Home, elements: list[Document], given: Mapping[str, str] | None = None) -> Command:
    """Puts elements into their parent's array; `given`: parameters of the parent's key, where they have other names than the child's."""
    inside = home.inside
    if inside is None:
        raise ValueError(home.entity.name)
    found: Document = {path: (given or {}).get(by, f":{by}") for by, path in home.parent_paths.items()}
    if inside.single:
        found[inside.field] = {"$exists": False}
        return Command(home.collection, "updateOne", {"filter": found, "update": {"$set": {inside.field: elements[0]}}})
    if inside.overflow:
        found[f"{inside.field}.{inside.limit - 1}"] = {"$exists": False}
    change = elements[0] if len(elements) == 1 else {"$each": elements}
    return Command(home.collection, "updateOne", {"filter": found, "update": {"$push": {inside.field: change}}})


def _changes(pattern: AccessPattern, home: Home) -> list[Attribute]:
    names = pattern.changes or tuple(one.name for one in home.entity.attributes if one.name not in home.entity.key)
    return [home.entity.attribute_by_name[one] for one in names]


def _operators(pattern: AccessPattern, attributes: Iterable[Attribute], before: str = "") -> Document:
    found: Document = {}
    for one in attributes:
        counts = pattern.increments and one.type in COUNTED
        operator, value = ("$inc", f":{one.name}_by") if counts else ("$set", f":new_{one.name}")
        found.setdefault(operator, {})[f"{before}{one.name}"] = value
    return found


def _update(pattern: AccessPattern, home: Home, layout: Layout) -> Iterator[Command]:
    attributes = _changes(pattern, home)
    found = conditions(pattern, home)
    one = unique(pattern, home)
    if home.inside is not None:
        yield _update_element(pattern, home, attributes, found)
        return
    hot = [each for each in attributes if each.name not in home.cold and each.name not in home.properties]
    beside = (*home.cold, expiry(home.entity)) if home.cold else ()
    cold = [each for each in attributes if each.name in beside]
    if hot:
        yield Command(
            home.collection, "updateOne" if one else "updateMany", {"filter": found, "update": _operators(pattern, hot)}
        )
    for each in attributes:
        if each.name in home.properties:
            update = {"$set": {f"{PROPERTIES}.$[one].v": f":new_{each.name}"}}
            filters = [{"one.k": each.name}]
            yield Command(
                home.collection, "updateOne" if one else "updateMany",
                {"filter": found, "update": update, "arrayFilters": filters},
            )  # fmt: skip
    if cold:
        yield Command(
            home.detail, "updateOne", {"filter": {"_id": found.get("_id", ":_id")}, "update": _operators(pattern, cold)}
        )
    yield from _copies(pattern, home, attributes, layout)


def _copies(pattern: AccessPattern, home: Home, attributes: list[Attribute], layout: Layout) -> Iterator[Command]:
    """Carries a change on to the extended references that repeat it, where the pattern names the document by its key."""
    if not set(home.entity.key) <= set(pattern.equal):
        return
    for child in layout.homes.values():
        for copy in child.copies:
            changed = [one for one in attributes if one.name in copy.attributes]
            if copy.relation.parent != home.entity.name or not changed:
                continue
            found = {child.path(by): f":{own}" for by, own in zip(copy.relation.by, home.entity.key, strict=False)}
            update = _operators(pattern, changed, f"{copy.field}.")
            yield Command(child.collection, "updateMany", {"filter": found, "update": update})


def _update_element(pattern: AccessPattern, home: Home, attributes: list[Attribute], found: Document) -> Command:
    inside = home.inside
    if inside is None:
        raise ValueError(home.entity.name)
    if inside.single:
        update = _operators(pattern, attributes, f"{inside.field}.")
        return Command(home.collection, "updateOne", {"filter": found, "update": update})
    ahead = f"{inside.field}."
    element = {f"one.{path.removeprefix(ahead)}": value for path, value in found.items() if path.startswith(ahead)}
    update = _operators(pattern, attributes, f"{inside.field}.$[{'one' if element else ''}].")
    by_parent = set(home.parent_paths.values()) <= found.keys()
    arguments: Document = {"filter": found, "update": update}
    if element:
        arguments["arrayFilters"] = [element]
    return Command(home.collection, "updateOne" if by_parent else "updateMany", arguments)


def _delete(pattern: AccessPattern, home: Home, _layout: Layout) -> Iterator[Command]:
    found = conditions(pattern, home)
    if home.inside is None:
        one: Operation = "deleteOne" if unique(pattern, home) else "deleteMany"
        yield Command(home.collection, one, {"filter": found})
        if home.cold:
            yield Command(home.detail, one, {"filter": {"_id": found.get("_id", ":_id")}})
        return
    inside = home.inside
    ahead = f"{inside.field}."
    element = {path.removeprefix(ahead): value for path, value in found.items() if path.startswith(ahead)}
    update = {"$unset": {inside.field: ""}} if inside.single else {"$pull": {inside.field: element}}
    by_parent = set(home.parent_paths.values()) <= found.keys()
    yield Command(home.collection, "updateOne" if by_parent else "updateMany", {"filter": found, "update": update})


def unique(pattern: AccessPattern, home: Home) -> bool:
    """Whether the equalities find at most one."""
    equal = set(pattern.equal)
    return any(key and set(key) <= equal for key in (home.entity.key, *home.entity.unique))


def _together(pattern: AccessPattern, name: str, layout: Layout) -> Iterator[Command]:
    """What is written with the entity: its children, or its parent."""
    relation = layout.traffic.model.relation_between(pattern.entity, name)
    if relation is None:
        return
    home, other = layout.home(pattern), layout.homes[name]
    if pattern.operation == "updates":
        yield from _beside(pattern, home, other, relation)
        return
    if relation.many_to_many or relation.child != name:
        yield from _parent(relation, other)
        return
    keys = {by: f":{own}" for by, own in zip(relation.by, home.entity.key, strict=False)}
    if pattern.operation == "inserts" and relation.optional:
        chosen = {other.path(one): f":{name}_{one}" for one in other.entity.key}
        update = {"$set": {other.path(by): value for by, value in keys.items()}}
        yield Command(other.collection, "updateOne", {"filter": chosen, "update": update})
    elif pattern.operation == "inserts":
        element = document_of(other, f"{name}_")
        if other.inside is None:
            element = {**element, **{other.path(by): value for by, value in keys.items()}}
            yield Command(other.collection, "insertMany", {"documents": [element]})
        elif other.inside.relation is relation:
            yield _push(other, [element])
    elif pattern.operation == "deletes" and other.inside is None:
        yield Command(other.collection, "deleteMany", {"filter": {other.path(by): value for by, value in keys.items()}})


def _beside(pattern: AccessPattern, home: Home, other: Home, relation: Relation) -> Iterator[Command]:
    """One new document, or element, beside an update; it refers to the changed entity where the pattern names that by its key."""
    before, given = f"{other.entity.name}_", {}
    if relation.child == other.entity.name and set(home.entity.key) <= set(pattern.equal):
        given = {by: f":{own}" for by, own in zip(relation.by, home.entity.key, strict=False)}
    parents = other.inside.relation.by if other.inside is not None else ()
    named = {by: given.get(by, f":{before}{by}") for by in parents}
    element = _with(document_of(other, before), {other.path(by): value for by, value in given.items()}, other)
    if other.inside is not None:
        yield _push(other, [element], named)
        return
    if other.cold and other.key is None:
        element = {"_id": f":{before}_id", **element}
    yield Command(
        other.collection, "insertOne", {"document": element | {one.field: [] for one in other.embeds if not one.single}}
    )
    if other.cold:
        stamp = expiry(other.entity)
        names = (*other.cold, stamp) if stamp is not None else other.cold
        cold = {"_id": element["_id"], **{one: f":{before}{one}" for one in names}}
        yield Command(other.detail, "insertOne", {"document": cold})


def _with(document: Document, values: Mapping[str, str], home: Home) -> Document:
    """The document with what stands at dotted paths; an element of an array does not repeat its parent's key."""
    if home.inside is not None:
        return document
    for path, value in values.items():
        outer, _, inner = path.partition(".")
        if inner:
            document.setdefault(outer, {})[inner] = value
        else:
            document[path] = value
    return document


def _parent(relation: Relation, other: Home) -> Iterator[Command]:
    if relation.many_to_many:
        return
    changed = [one for one in other.entity.attributes if one.mutable and one.name not in other.entity.key]
    if changed:
        found = {other.path(key): f":{by}" for key, by in zip(other.entity.key, relation.by, strict=False)}
        update = {"$set": {other.path(one.name): f":new_{one.name}" for one in changed}}
        yield Command(other.collection, "updateOne", {"filter": found, "update": update})


def _folded(commands: list[Command]) -> tuple[Command, ...]:
    """The children of a new document are put into it, instead of pushed after; the child of a changed one is pushed with the change."""
    if commands and commands[0].operation == "updateOne":
        return _pushed(commands)
    if not commands or commands[0].operation != "insertOne":
        return tuple(commands)
    first, *rest = commands
    document, left = dict(first.arguments["document"]), []
    for one in rest:
        change = one.arguments.get("update", {}).get("$push") or {}
        if one.operation == "updateOne" and one.collection == first.collection and change:
            for field, element in change.items():
                document[field] = [element]
        else:
            left.append(one)
    return (Command(first.collection, "insertOne", {"document": document}), *left)


def _pushed(commands: list[Command]) -> tuple[Command, ...]:
    """An update with the elements that are pushed into the same document: one command, where both find it by the same filter."""
    first, *rest = commands
    arguments, left = dict(first.arguments), []
    for one in rest:
        change = one.arguments.get("update", {}).get("$push")
        same = (one.operation, one.collection) == (first.operation, first.collection)
        if same and change and one.arguments["filter"] == arguments["filter"] and "arrayFilters" not in arguments:
            pushed = {**arguments["update"].get("$push", {}), **change}
            arguments["update"] = {**arguments["update"], "$push": pushed}
        else:
            left.append(one)
    return (Command(first.collection, first.operation, arguments), *left)
