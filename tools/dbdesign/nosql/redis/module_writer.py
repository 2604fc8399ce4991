"""Writes the module for redis-py: the runtime, the design's tables, and a function for each pattern."""

from __future__ import annotations

import keyword
import re
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files

from dbdesign.model.patterns import AccessPattern, Entity
from dbdesign.nosql.redis.indexes import joined_name, joining
from dbdesign.nosql.redis.plan import IndexPlan, Plan, Record, Use
from dbdesign.nosql.redis.structures import slug

PARTS = ("runtime.py", "runtime_reads.py", "runtime_writes.py")
TAKEN = {"client", "limit", "expected", "by", "minimum", "changes"}
"""Names that the functions' own parameters have."""


def write_module(plan: Plan, version: str) -> str:
    """The module's text."""
    names = function_names(plan)
    functions = [_function(one, plan, names[one.name]) for one in plan.model.patterns]
    counts = [_count_function(one) for one in plan.indexes.values() if one.kind == "hyperloglog"]
    head = f'"""Reads and writes of the design for Redis {version}: a function for each access pattern.\n\nWritten by dbdesign."""\n\n'
    return head + "\n\n\n".join([runtime(), _tables(plan), *functions, *counts]) + "\n"


def function_names(plan: Plan) -> dict[str, str]:
    """The function of each pattern."""
    taken: set[str] = set(re.findall(r"^(?:def|class) (\w+)", runtime(), re.MULTILINE))
    found = {}
    for one in plan.model.patterns:
        name = plain = python_name(one.name)
        number = 2
        while name in taken:
            name, number = f"{plain}_{number}", number + 1
        taken.add(name)
        found[one.name] = name
    return found


def python_name(text: str) -> str:
    """A name that Python takes."""
    name = slug(text) or "pattern"
    name = f"p_{name}" if name[0].isdigit() else name
    return f"{name}_" if keyword.iskeyword(name) or name in TAKEN else name


@cache
def runtime() -> str:
    """The runtime's parts as one text: imports of the standard library first, those of the parts from each other left out."""
    bodies, imports = [], set()
    for name in PARTS:
        text = files("dbdesign.nosql.redis").joinpath(name).read_text(encoding="utf-8")
        _, _, text = text.partition('"""\n\n')
        text = re.sub(r"^from dbdesign\.[^\n]*import \((?:[^)]*)\)[^\n]*\n", "", text, flags=re.MULTILINE)
        text = re.sub(r"^from dbdesign\.[^\n]*\n", "", text, flags=re.MULTILINE)
        imports |= set(re.findall(r"^(?:from|import) [^\n]*$", text, re.MULTILINE))
        bodies.append(re.sub(r"^(?:from|import) [^\n]*\n", "", text, flags=re.MULTILINE).strip())
    future = "from __future__ import annotations"
    listed = sorted(_joined(imports - {future}), key=lambda line: (line.startswith("from"), line))
    apply = files("dbdesign.nosql.redis").joinpath("apply.lua").read_text(encoding="utf-8")
    text = "\n\n\n".join(bodies).replace("runtime.CLUSTER", "CLUSTER")
    text = text.replace('APPLY = ""', f'APPLY = """\n{apply}"""')
    return "\n".join([future, "", *listed]) + "\n\n" + text


def _joined(imports: set[str]) -> Iterator[str]:
    """One line a module."""
    names: dict[str, set[str]] = {}
    for line in imports:
        if line.startswith("import"):
            yield line
        else:
            module, _, listed = line.removeprefix("from ").partition(" import ")
            names.setdefault(module, set()).update(one.strip() for one in listed.split(","))
    for module, listed_names in names.items():
        yield f"from {module} import {', '.join(sorted(listed_names))}"


def _tables(plan: Plan) -> str:
    lines = [f"CLUSTER = {plan.cluster}", ""]
    lines += [_entity(one) for one in plan.records.values()]
    lines += [_index(one) for one in plan.indexes.values()]
    return "\n".join(lines)


def _entity(record: Record) -> str:
    entity = record.entity
    types = {one.name: one.type for one in entity.attributes}
    types |= {name: "string" for name in (*entity.key, *record.tag) if name not in types}
    said = [f"ttl={record.ttl}"] if record.ttl else []
    said = [f"unique={entity.unique!r}", *said] if entity.unique else said
    arguments = [
        f"{entity.name!r}, {record.form!r}, {record.prefix!r}, tag={record.tag!r}, key={entity.key!r}",
        f"types={types!r}",
        *said,
    ]
    return f"ENTITIES[{entity.name!r}] = Entity(\n    " + ",\n    ".join(arguments) + ",\n)"


def _index(index: IndexPlan) -> str:
    said = [f"order={index.order!r}"] if index.order else []
    said += [f"where={dict(index.where)!r}"] if index.where else []
    said += [f"keep={index.keep}"] if index.keep else []
    said += ["trim=True"] if index.trim else []
    arguments = [
        f"{index.name!r}, {index.entity!r}, {index.kind!r}, {index.prefix!r}",
        f"tag={index.tag!r}, rest={index.rest!r}, member={index.member!r}",
        *said,
    ]
    return f"INDEXES[{index.name!r}] = Index(\n    " + ",\n    ".join(arguments) + ",\n)"


def _count_function(index: IndexPlan) -> str:
    by = python_name(index.tag[0])
    return (
        f"def count_{slug(index.name)}(client: Any, {by}: Any) -> int:\n"
        f'    """About how many different {index.member[0]} there are, within 0.81 % on average."""\n'
        f"    return int(client.pfcount(index_key(INDEXES[{index.name!r}], ENTITIES[{index.entity!r}], {{{index.tag[0]!r}: {by}}})))"
    )


def _row(pairs: dict[str, str]) -> str:
    return "{" + ", ".join(f"{name!r}: {value}" for name, value in pairs.items()) + "}"


def _function(pattern: AccessPattern, plan: Plan, name: str) -> str:
    use = plan.uses[pattern.name]
    writer = {"inserts": _insert, "updates": _update, "deletes": _delete, "reads": _read}[pattern.operation]
    parameters, returns, body = writer(pattern, use, plan)
    head = f"def {name}({', '.join(['client: Any', *parameters])}) -> {returns}:"
    return "\n".join([head, f'    """{_described(pattern)}"""', *(f"    {line}" for line in body)])


def _described(pattern: AccessPattern) -> str:
    verb = {"inserts": "Insert", "updates": "Update", "deletes": "Delete", "reads": "Read"}[pattern.operation]
    by = f" by {', '.join(pattern.equal)}" if pattern.equal else ""
    beside = f" with {', '.join(pattern.together)}" if pattern.together else ""
    text = f"{pattern.name}: {verb.lower()} {pattern.entity}{by}{beside}."
    return text.replace("\\", "\\\\").replace('"', "'").replace("\n", " ")


def _read(pattern: AccessPattern, use: Use, plan: Plan) -> tuple[list[str], str, list[str]]:
    parameters, call, many = read_call(pattern, use, plan)
    returns = "list[dict[str, Any]]" if many else "dict[str, Any] | None"
    if not pattern.together:
        return parameters, returns, [f"return {call}"]
    lines = [f"found = {call}", f"for row in {'found' if many else '[found] if found else []'}:"]
    lines += [f"    row[{other!r}] = {_related(pattern, other, plan)}" for other in pattern.together]
    return parameters, returns, [*lines, "return found"]


def _related(pattern: AccessPattern, other: str, plan: Plan) -> str:
    """The reading of what comes with a row: its children, or its parent."""
    relation = joining(plan, pattern.entity, other)
    parent = plan.records[relation.parent].entity
    if relation.child != other:
        keys = {key: f"row.get({by!r})" for key, by in zip(parent.key, relation.by, strict=False)}
        return f"get(client, {other!r}, {_row(keys)}) if row.get({relation.by[0]!r}) is not None else None"
    inner = plan.uses[joined_name(pattern, other)]
    values = {by: f"row[{key!r}]" for key, by in zip(parent.key, relation.by, strict=False)}
    return read_call(inner.pattern, inner, plan, values)[1]


def read_call(
    pattern: AccessPattern, use: Use, plan: Plan, values: dict[str, str] | None = None
) -> tuple[list[str], str, bool]:
    """Parameters, the call that reads, and whether it gives several."""
    entity = plan.records[pattern.entity].entity
    named = values or {name: python_name(name) for name in pattern.equal}
    parameters = [] if values else [f"{name}: Any" for name in named.values()]
    tested = {name: python_name(name) for name in use.filters if name not in pattern.equal}
    filters = {**{name: named[name] for name in use.filters if name in named}, **tested}
    extra = [name for name in pattern.filter if use.index and name in {*_of(plan, use).tag, *_of(plan, use).rest}]
    named |= {name: python_name(name) for name in extra}
    keywords = [f"{python_name(name)}: Any" for name in (*tested, *extra)]
    project = "" if pattern.together or not pattern.project else f", project={tuple(pattern.project)!r}"
    if use.by in {"key", "unique"}:
        parameters = parameters + (["*", *keywords] if keywords else [])
        return parameters, _single(entity, use, named, filters, project), False
    if pattern.range:
        keywords += [f"{python_name(pattern.range)}_{end}: Any = None" for end in ("from", "to")]
    if pattern.page:
        keywords.append(f"limit: int | None = {pattern.page}")
    parameters = parameters + (["*", *keywords] if keywords else [])
    return parameters, _several(pattern, use, plan, named, filters, project), True


def _of(plan: Plan, use: Use) -> IndexPlan:
    return plan.indexes[use.index or ""]


def _single(entity: Entity, use: Use, named: dict[str, str], filters: dict[str, str], project: str) -> str:
    if use.by == "unique":
        row = _row({name: named[name] for name in use.unique})
        call = f"by_unique(client, {entity.name!r}, {use.unique!r}, {row}{'' if filters else project})"
    else:
        call = f"get(client, {entity.name!r}, {_row({name: named[name] for name in entity.key})}{'' if filters else project})"
    return f"passing({call}, {_row(filters)}{project})" if filters else call


def _several(
    pattern: AccessPattern, use: Use, plan: Plan, named: dict[str, str], filters: dict[str, str], project: str
) -> str:
    record = plan.records[pattern.entity]
    entity = record.entity.name
    ranged = python_name(pattern.range) if pattern.range else None
    bounds = f", low={ranged}_from, high={ranged}_to" if ranged else ""
    limit = ", limit=limit" if pattern.page else ""
    order = pattern.order[0] if pattern.order else None
    down = ", descending=True" if order and order.descending else ""
    if use.by == "stream":
        return f"stream(client, {entity!r}, {_row({n: named[n] for n in record.tag})}{bounds}{down}{limit}{project})"
    tested = f", filters={_row(filters)}" if filters else ""
    if use.by == "bucket":
        ordered = f", order={order.attribute!r}" if order else ""
        by = f", ranged={pattern.range!r}" if pattern.range else ""
        key = _row({name: named[name] for name in record.tag})
        return f"bucket(client, {entity!r}, {key}{by}{bounds}{ordered}{down}{limit}{tested}{project})"
    index = _of(plan, use)
    key = _row({name: named[name] for name in (*index.tag, *index.rest)})
    said = f", share={use.share:g}" if filters else ""
    said += ", covered=True" if use.covered else ""
    said += f", ordered={use.sorted_after!r}" if use.sorted_after else ""
    return f"listed(client, {index.name!r}, {key}{bounds}{down}{limit}{tested}{said}{project})"


def _insert(pattern: AccessPattern, _use: Use, _plan: Plan) -> tuple[list[str], str, list[str]]:
    own = python_name(pattern.entity)
    parameters = [f"{own}: Row", *(["*"] if pattern.together else [])]
    parameters += [f"{python_name(name)}: Sequence[Row] = ()" for name in pattern.together]
    beside = [f"*(({name!r}, one) for one in {python_name(name)})" for name in pattern.together]
    together = f", [{', '.join(beside)}]" if beside else ""
    return parameters, "None", [f"insert(client, {pattern.entity!r}, {own}{together})"]


def counted(pattern: AccessPattern, entity: Entity) -> str | None:
    """The attribute that a pattern counts up or down."""
    numbers = [
        name
        for name in pattern.changes
        if (one := entity.attribute_by_name.get(name)) and one.type in {"number", "decimal"}
    ]
    return numbers[0] if pattern.increments and numbers else None


def _update(pattern: AccessPattern, use: Use, plan: Plan) -> tuple[list[str], str, list[str]]:
    entity = plan.records[pattern.entity].entity
    count = counted(pattern, entity)
    changed = [name for name in pattern.changes if name != count]
    new = {name: f"new_{slug(name)}" if name in pattern.equal else python_name(name) for name in changed}
    keywords = [f"{name}: Any" for name in new.values()]
    changes = _row(new)
    if not pattern.changes:
        keywords, changes = ["changes: Row"], "changes"
    keywords += [f"{python_name(name)}: Row" for name in pattern.together]
    beside = [f"({name!r}, {python_name(name)})" for name in pattern.together]
    together = f", together=[{', '.join(beside)}]" if beside else ""
    if count:
        keywords = ["by: Any", *keywords, "minimum: Any = None"]
        tail = f", {count!r}, by" + (f", changes={changes}" if new else "") + f", minimum=minimum{together})"
        start = "increment"
    else:
        keywords.append("expected: Row | None = None")
        tail, start = f", {changes}, expected=expected{together})", "update"
    return _changing(pattern, use, plan, keywords, lambda row: f"{start}(client, {entity.name!r}, {row}{tail}")


def _delete(pattern: AccessPattern, use: Use, plan: Plan) -> tuple[list[str], str, list[str]]:
    entity = plan.records[pattern.entity].entity
    parameters, returns, body = _changing(
        pattern, use, plan, [], lambda row: f"delete(client, {pattern.entity!r}, {row})"
    )
    named = {name: python_name(name) for name in entity.key}
    lines = []
    for other in pattern.together if use.by == "key" else ():
        relation = joining(plan, pattern.entity, other)
        inner = plan.uses.get(joined_name(pattern, other))
        if inner is not None:
            values = {by: named[key] for by, key in zip(relation.by, entity.key, strict=False)}
            lines += [
                f"for row in {read_call(inner.pattern, inner, plan, values)[1]}:",
                f"    delete(client, {other!r}, row)",
            ]
    return parameters, returns, [*lines, *body]


def _changing(
    pattern: AccessPattern, use: Use, plan: Plan, keywords: list[str], call: Callable[[str], str]
) -> tuple[list[str], str, list[str]]:
    """A change of the one that the key names, or of all that are found."""
    parameters, reading, many = read_call(pattern.model_copy(update={"project": (), "together": ()}), use, plan)
    entity = plan.records[pattern.entity].entity
    if keywords:
        parameters = [*parameters, *(["*"] if "*" not in parameters else []), *keywords]
    if use.by == "key" and not use.filters:
        return parameters, "bool", [f"return {call(_row({name: python_name(name) for name in entity.key}))}"]
    rows = reading if many else f"filter(None, [{reading}])"
    return parameters, "int", [f"return sum({call('row')} for row in {rows})"]
