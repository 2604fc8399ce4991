"""The Python module with one function a pattern."""

from __future__ import annotations

import inspect
import json
import pprint
from collections.abc import Iterable, Iterator
from typing import Any

from dbdesign.model.patterns import Entity
from dbdesign.nosql.dynamodb import runtime
from dbdesign.nosql.dynamodb.aggregates import FIND, JOINT
from dbdesign.nosql.dynamodb.choice import SENTINEL
from dbdesign.nosql.dynamodb.layout import Part, Placement, stored_type
from dbdesign.nosql.dynamodb.plan import Plan
from dbdesign.nosql.dynamodb.requests import function_of, identifier
from dbdesign.nosql.dynamodb.serve import Serving, Step
from dbdesign.nosql.dynamodb.sizes import TTL

DAY = 86_400


def unique_table(entity: Entity) -> str:
    """Name of the table that keeps an entity's unique values."""
    return f"{entity.name}_unique"


def layouts(plan: Plan) -> dict[str, dict[str, Any]]:
    """What the functions must know of each entity's items: `ENTITIES` of the module."""
    return {name: _layout(one) for name, one in plan.placements.items()}


def _layout(placement: Placement) -> dict[str, Any]:
    entity = placement.entity
    names = dict.fromkeys((*(one.name for one in entity.attributes), *entity.key))
    return {
        "table": placement.table,
        "key": list(placement.base_names),
        "identity": list(entity.key),
        "types": {name: stored_type(entity, name) for name in names},
        "made": {one.name: [_part(part) for part in one.parts] for one in placement.made},
        "expires": [TTL, round(entity.retention_days * DAY)] if entity.retention_days is not None else None,
        "unique": [list(one) for one in entity.unique],
        "unique_table": unique_table(entity) if entity.unique else None,
    }


def _part(part: Part) -> list[Any]:
    if part.kind == "shard":
        return ["shard", part.name, part.count, list(part.of)]
    if part.kind == "marker":
        return ["marker", part.name, part.value, list(part.of)]
    return [part.kind, part.name]


def module(plan: Plan, servings: Iterable[Serving]) -> str:
    """The module's text: what all requests need, where each entity is, and a function for each pattern that is served."""
    source = inspect.getsource(runtime)
    entities = pprint.pformat(layouts(plan), width=120, sort_dicts=False)
    source = source.replace(
        "ENTITIES: dict[str, dict[str, Any]] = {}", f"ENTITIES: dict[str, dict[str, Any]] = {entities}"
    )
    functions = [text for one in servings if one.unserved is None for text in _functions(one)]
    return source + "".join(f"\n\n{one}" for one in functions)


def function_name(serving: Serving) -> str:
    """The name of a pattern's function."""
    return function_of(serving.pattern.name)


def _functions(serving: Serving) -> Iterator[str]:
    name = function_name(serving)
    if serving.pattern.operation != "reads":
        for step in serving.steps:
            if step.reads:
                yield _read(f"{name}__{FIND}_{identifier(step.pattern.entity)}", step)
        yield _write(name, serving)
        return
    if len(serving.steps) == 1:
        yield _read(name, serving.steps[0], _said(serving))
        return
    for step in serving.steps:
        yield _read(f"{name}__{identifier(step.pattern.entity)}", step)
    yield _joint(name, serving)


def _said(serving: Serving) -> str:
    return f"{serving.pattern.name[:1].upper()}{serving.pattern.name[1:]}."


def _parameters(step: Step) -> list[str]:
    if step.request is not None:
        return list(dict.fromkeys(step.request.parameters))
    return [identifier(one) for one in step.pattern.equal]


def _read(name: str, step: Step, said: str | None = None) -> str:
    parameters = _parameters(step)
    expires = step.placement.entity.retention_days is not None
    keywords = [f"{one}: Any" for one in parameters]
    if step.kind != "get" and step.kind != SENTINEL and step.pattern.page is not None:
        keywords.append(f"limit: int = {step.pattern.page}")
    if expires:
        keywords.append("now: int | None = None")
    signature = f"def {name}(client: Any{', *, ' + ', '.join(keywords) if keywords else ''}) -> {_returns(step)}:\n"
    doc = f'    """{said or _part_said(step)}"""\n'
    return signature + doc + "".join(f"    {line}\n" for line in _body(step, expires=expires))


def _part_said(step: Step) -> str:
    return f"{step.pattern.entity.capitalize()}: {step.pattern.name.replace(JOINT, ', ')}."


def _returns(step: Step) -> str:
    return "dict[str, Any] | None" if step.kind in {"get", SENTINEL} else "list[dict[str, Any]]"


def _body(step: Step, *, expires: bool) -> Iterator[str]:
    pattern = step.pattern
    if step.kind == SENTINEL:
        names = next(one for one in step.placement.entity.unique if set(one) <= set(pattern.equal))
        values = ", ".join(f"{one!r}: {identifier(one)}" for one in pattern.equal)
        strong = ", consistent=True" if pattern.consistency == "strong" else ""
        yield f"return by_unique(client, {pattern.entity!r}, {list(names)!r}, {{{values}}}{strong})"
        return
    if step.request is None:
        raise AssertionError(step.kind)
    if step.kind == "get":
        yield f"request = {step.request.python(4)}"
        yield f"return get(client, request{', now=now' if expires else ''})"
        return
    if expires and "str(now)" in step.request.python(0):
        yield "now = int(time.time()) if now is None else now"
    many = step.match is not None and step.match.fan_out > 1
    if many and step.match is not None:
        yield f"requests = [{step.request.python(4)} for number in range({step.match.fan_out})]"
    else:
        yield f"requests = [{step.request.python(4)}]"
    yield from _asked(step)


def _asked(step: Step) -> Iterator[str]:
    pattern, options = step.pattern, []
    if pattern.page is not None:
        options.append("limit=limit")
    if pattern.order and step.kind != "get":
        options.append(f"order={[key.attribute for key in pattern.order]!r}")
        if pattern.order[0].descending:
            options.append("descending=True")
    if step.match is not None and not step.match.ordered:
        options.append("sort=True")
    if step.kind == "scan":
        options += ["scan=True", *(["sort=True"] if pattern.order else [])]
    found = f"query(client, requests{''.join(', ' + one for one in options)})"
    strong = ", consistent=True" if pattern.consistency == "strong" else ""
    yield f"return fetch(client, {pattern.entity!r}, {found}{strong})" if step.fetch else f"return {found}"


def _joint(name: str, serving: Serving) -> str:
    first, *rest = serving.steps
    parameters = _parameters(first)
    keywords = ", ".join(f"{one}: Any" for one in parameters)
    given = ", ".join(f"{one}={one}" for one in parameters)
    lines = [
        f"def {name}(client: Any, *, {keywords}) -> dict[str, list[dict[str, Any]]]:",
        f'    """{_said(serving)} By entity."""',
        f"    own = {name}__{identifier(first.pattern.entity)}(client, {given})",
        "    items = own if isinstance(own, list) else [own] if own else []",
        f"    found: dict[str, list[dict[str, Any]]] = {{{first.pattern.entity!r}: items}}",
    ]
    for step in rest:
        relation = step.relation
        if relation is None:
            continue
        key = step.placement.entity.key
        below = relation.child == step.pattern.entity
        parent_key = first.placement.entity.key if below else relation.by
        targets = relation.by if below else key
        values = ", ".join(f"{identifier(to)}=one[{source!r}]" for to, source in zip(targets, parent_key, strict=False))
        call = f"{name}__{identifier(step.pattern.entity)}(client, {values})"
        lines.append(f"    found[{step.pattern.entity!r}] = []")
        lines.append("    for one in items:")
        if step.kind in {"get", SENTINEL}:
            lines.append(f"        if (other := {call}) is not None:")
            lines.append(f"            found[{step.pattern.entity!r}].append(other)")
        else:
            lines.append(f"        found[{step.pattern.entity!r}] += {call}")
    return "\n".join([*lines, "    return found", ""])


def _write(name: str, serving: Serving) -> str:
    step = next(one for one in serving.steps if not one.reads)
    if step.kind == "count":
        return _count(name, serving, step)
    if step.kind == "insert":
        return _insert(name, serving)
    return _change(name, serving, step)


def _count(name: str, serving: Serving, step: Step) -> str:
    counter = step.counter
    if counter is None:
        raise AssertionError(name)
    key = step.placement.entity.key
    keywords = ", ".join(f"{identifier(one)}: Any" for one in key)
    owner = ", ".join(f"text({identifier(one)})" for one in key)
    return "\n".join(
        [
            f"def {name}(client: Any, *, {keywords}, by: int = 1) -> None:",
            f'    """{_said(serving)} Counted on one of {counter.shards} shards."""',
            f"    count_up(client, {counter.table!r}, joined({owner}), {counter.shards}, by)",
            "",
        ]
    )


def _insert(name: str, serving: Serving) -> str:
    own, *rest = [one for one in serving.steps if not one.reads]
    keywords, also, assigned = [], [], []
    for one in rest:
        plural = f"{identifier(one.pattern.entity)}_items"
        keywords.append(f"{plural}: Sequence[Values] = ()")
        if one.kind == "insert":
            also.append(f"*(({one.pattern.entity!r}, one) for one in {plural})")
        else:
            by = one.pattern.changes
            changes = ", ".join(
                f"{to!r}: values[{source!r}]" for to, source in zip(by, own.placement.entity.key, strict=False)
            )
            needs = "".join(f", {extra!r}: one.get({extra!r})" for extra in _needs(one))
            assigned.append(f"*(({one.pattern.entity!r}, one, {{{changes}{needs}}}) for one in {plural})")
    more = f", *, {', '.join(keywords)}" if keywords else ""
    options = (f", also=[{', '.join(also)}]" if also else "") + (
        f", assign=[{', '.join(assigned)}]" if assigned else ""
    )
    return "\n".join(
        [
            f"def {name}(client: Any, values: Values{more}) -> None:",
            f'    """{_said(serving)}"""',
            f"    insert(client, {own.pattern.entity!r}, values{options})",
            "",
        ]
    )


def _needs(step: Step) -> list[str]:
    """Attributes beside the key and what changes that keys are made from: an update must know them to make those keys anew."""
    entity, changes = step.placement.entity, set(step.pattern.changes)
    found: dict[str, None] = {}
    for one in step.placement.made:
        if one.name not in step.placement.base_names and set(one.sources) & changes:
            found.update(dict.fromkeys(name for name in one.sources if name not in changes and name not in entity.key))
    return list(found)


def _change(name: str, serving: Serving, step: Step) -> str:
    pattern, entity = step.pattern, step.placement.entity
    found = [one for one in serving.steps if one.reads and one.pattern.entity == pattern.entity]
    keys = _parameters(found[0]) if found else [identifier(one) for one in entity.key]
    keywords = [f"{one}: Any" for one in keys]
    call = [f"client, {pattern.entity!r}, key"]
    beside = [one for one in serving.steps if step.kind == "update" and one.kind == "insert"]
    if step.kind == "update":
        keywords += _change_keywords(step, call)
        keywords += [f"{identifier(one.pattern.entity)}_items: Sequence[Values] = ()" for one in beside]
    if step.kind == "delete" and entity.unique:
        keywords.append("old: Values | None = None")
        call.append("old=old")
    lines = [f"def {name}(client: Any, *, {', '.join(keywords)}) -> None:", f'    """{_said(serving)}"""']
    if beside:
        also = ", ".join(
            f"*(({one.pattern.entity!r}, one) for one in {identifier(one.pattern.entity)}_items)" for one in beside
        )
        lines.append(f"    also: list[tuple[str, Values]] = [{also}]")
        call.append("also=also")
    if found:
        given = ", ".join(f"{one}={one}" for one in keys)
        lines.append(f"    for one in {name}__{FIND}_{identifier(pattern.entity)}(client, {given}):")
        lines.append(f"        key = {{name: one[name] for name in {list(entity.key)!r}}}")
        lines.append(f"        {step.kind}({', '.join(call)})")
        lines += ["        also = []"] if beside else []
        lines += _children(name, serving, step, "        ") if step.kind == "delete" else []
    else:
        lines.append(f"    key = {{{', '.join(f'{one!r}: {identifier(one)}' for one in entity.key)}}}")
        lines.append(f"    {step.kind}({', '.join(call)})")
        lines += _children(name, serving, step, "    ") if step.kind == "delete" else []
    return "\n".join([*lines, ""])


def _children(name: str, serving: Serving, own: Step, indent: str) -> Iterator[str]:
    """What is deleted with an item: found by what refers to it, one by one."""
    for step in serving.steps:
        if step.reads or step is own or step.relation is None:
            continue
        entity, relation = step.pattern.entity, step.relation
        below = relation.child == entity
        pairs = zip(
            relation.by if below else step.placement.entity.key,
            own.placement.entity.key if below else relation.by,
            strict=False,
        )
        given = ", ".join(f"{identifier(to)}=key[{source!r}]" for to, source in pairs)
        yield f"{indent}for child in {name}__{FIND}_{identifier(entity)}(client, {given}):"
        yield f"{indent}    delete(client, {entity!r}, {{name: child[name] for name in {list(step.placement.entity.key)!r}}})"


def _change_keywords(step: Step, call: list[str]) -> list[str]:
    """Parameters of an update; what they say of its call is appended to `call`."""
    pattern, entity = step.pattern, step.placement.entity
    if pattern.increments and len(pattern.changes) == 1 and not _in_key(step, pattern.changes[0]):
        call += ["{}", f"add={{{pattern.changes[0]!r}: by}}"]
        keywords = ["by: int = 1"]
        guarded: tuple[str, ...] = ()
    else:
        changes = pattern.changes or tuple(one.name for one in entity.attributes if one.name not in entity.key)
        needs = _needs(step)
        call.append("{" + ", ".join(f"{one!r}: {identifier(one)}" for one in (*changes, *needs)) + "}")
        keywords = [f"{identifier(one)}: Any" for one in (*changes, *needs)]
        guarded = changes
    if (pattern.atomic or pattern.increments or pattern.consistency == "strong") and guarded:
        keywords.append("expected: Values | None = None")
        call.append("expected=expected")
    if any(set(one) & set(guarded) for one in entity.unique):
        keywords.append("old: Values | None = None")
        call.append("old=old")
    return keywords


def _in_key(step: Step, name: str) -> bool:
    """Whether keys are made from an attribute: an ADD cannot make them anew."""
    return any(name in one.sources for one in step.placement.made)


def request_text(step: Step) -> str:
    """A read's request as JSON with placeholders."""
    if step.request is None:
        return ""
    return f"{step.request.operation} {json.dumps(step.request.plain(), ensure_ascii=False)}"
