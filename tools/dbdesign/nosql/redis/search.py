"""Search indexes (FT.CREATE) for patterns that combine conditions beyond what one sorted set holds."""

from __future__ import annotations

from dataclasses import dataclass

from dbdesign.model.patterns import AccessPattern, Entity
from dbdesign.nosql.redis.plan import SCORES, Plan


@dataclass(frozen=True)
class SearchIndex:
    """An index of the query engine, and the query of each pattern that it would serve."""

    entity: str
    create: str
    queries: tuple[tuple[str, str], ...]
    reason: str


def search_indexes(plan: Plan) -> list[SearchIndex]:
    """One for each entity with patterns that are filtered or sorted after reading, or that filter by several attributes."""
    found = []
    for name, record in plan.records.items():
        wanted = [one for one in plan.model.patterns if one.entity == name and _combines(one, plan)]
        if wanted and record.form not in {"edge", "stream", "bucket"}:
            found.append(_index(record.entity, record.prefix, wanted, hashes=record.form == "hash"))
    return found


def _combines(pattern: AccessPattern, plan: Plan) -> bool:
    use = plan.uses[pattern.name]
    if pattern.operation != "reads" or use.by != "index" or not _rangeable(pattern, plan):
        return False
    return bool(
        use.filters or use.sorted_after or len(pattern.filter) + len(pattern.equal) >= 3 or len(pattern.order) > 1
    )


def _rangeable(pattern: AccessPattern, plan: Plan) -> bool:
    """Whether the query engine can compare the pattern's range: numbers alone, and dates are kept as text."""
    attribute = plan.records[pattern.entity].entity.attribute_by_name.get(pattern.range or "")
    return pattern.range is None or (attribute is not None and attribute.type in SCORES - {"date", "boolean"})


def _index(entity: Entity, prefix: str, wanted: list[AccessPattern], *, hashes: bool) -> SearchIndex:
    names: dict[str, None] = {}
    for one in wanted:
        names |= dict.fromkeys(
            (*one.equal, *one.filter, *filter(None, [one.range]), *(key.attribute for key in one.order))
        )
    sorting = {key.attribute for one in wanted for key in one.order}
    schema = " ".join(_field(entity, name, sortable=name in sorting) for name in names)
    create = f"FT.CREATE idx:{entity.name} ON HASH PREFIX 1 {prefix}:{{ SCHEMA {schema}"
    reason = "several conditions at once: " + ", ".join(repr(one.name) for one in wanted)
    reason += "" if hashes else "; the entities must be hashes then, not JSON in strings"
    return SearchIndex(entity.name, create, tuple((one.name, _query(entity, one)) for one in wanted), reason)


def _field(entity: Entity, name: str, *, sortable: bool) -> str:
    attribute = entity.attribute_by_name.get(name)
    numeric = attribute is not None and attribute.type in SCORES - {"date", "boolean"}
    return f"{name} {'NUMERIC' if numeric else 'TAG CASESENSITIVE'}{' SORTABLE' if sortable else ''}"


def _query(entity: Entity, pattern: AccessPattern) -> str:
    def condition(name: str) -> str:
        attribute = entity.attribute_by_name.get(name)
        numeric = attribute is not None and attribute.type in SCORES - {"date", "boolean"}
        return f"@{name}:[${name} ${name}]" if numeric else f"@{name}:{{${name}}}"

    parts = [condition(name) for name in dict.fromkeys((*pattern.equal, *pattern.filter))]
    parts += [f"@{pattern.range}:[$from $to]"] if pattern.range else []
    order = pattern.order[0] if pattern.order else None
    sort = f" SORTBY {order.attribute} {'DESC' if order.descending else 'ASC'}" if order else ""
    names = list(dict.fromkeys((*pattern.equal, *pattern.filter))) + (["from", "to"] if pattern.range else [])
    parameters = " ".join(f"{name} <{name}>" for name in names)
    page = f" LIMIT 0 {pattern.page}" if pattern.page else ""
    returned = f" RETURN {len(pattern.project)} {' '.join(pattern.project)}" if pattern.project else ""
    query = " ".join(parts) or "*"
    return f"FT.SEARCH idx:{entity.name} '{query}'{returned}{sort}{page} PARAMS {2 * len(names)} {parameters} DIALECT 2"
