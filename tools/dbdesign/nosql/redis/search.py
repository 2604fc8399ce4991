"""Search indexes (FT.CREATE) for patterns that combine conditions beyond what one sorted set holds.

Source: Redis documentation, FT.CREATE, FT.SEARCH, FT.AGGREGATE; executed on the query engine 2.10 under Redis 8.2 by the tests.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from dbdesign.model.patterns import AccessPattern, Attribute, Entity
from dbdesign.nosql.redis.plan import SCORES, Plan, Record

COMPARED = SCORES - {"date", "boolean"}
"""Types that the query engine keeps as numbers; the others are tags, which are equal or not."""

SEPARATOR = '"\\x1f"'
"""Of a tag's values: a comma, the default, would make two of one text. JSON has no separator unless it is asked for."""

MOST = 1_000_000
"""What a query may return (search-max-search-results); without LIMIT it is ten."""


@dataclass(frozen=True)
class SearchIndex:
    """An index of the query engine, and the query of each pattern that it would serve.

    Attributes:
        store: how an entity must be written so that it is indexed; empty for hashes as they are.
    """

    entity: str
    create: str
    queries: tuple[tuple[str, str], ...]
    reason: str
    store: str = ""


def search_indexes(plan: Plan) -> list[SearchIndex]:
    """One for each entity with patterns that are filtered or sorted after reading, or that filter by several attributes."""
    found = []
    for name, record in plan.records.items():
        wanted = [one for one in plan.model.patterns if one.entity == name and _combines(one, plan)]
        if wanted and record.form not in {"edge", "stream", "bucket"}:
            found.append(_index(record, wanted))
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
    return pattern.range is None or (attribute is not None and attribute.type in COMPARED)


def _index(record: Record, wanted: list[AccessPattern]) -> SearchIndex:
    entity, json = record.entity, record.form == "json"
    names: dict[str, None] = {}
    for one in wanted:
        names |= dict.fromkeys(
            (*one.equal, *one.filter, *filter(None, [one.range]), *(key.attribute for key in one.order))
        )
    sorting = {key.attribute for one in wanted for key in one.order}
    schema = " ".join(_field(entity.attribute_by_name.get(name), name, name in sorting, json) for name in names)
    create = f"FT.CREATE idx:{entity.name} ON {'JSON' if json else 'HASH'} PREFIX 1 {record.prefix}:{{ SCHEMA {schema}"
    queries = tuple((one.name, _query(entity, one, json=json)) for one in wanted)
    reason = "several conditions at once: " + ", ".join(repr(one.name) for one in wanted)
    if not json:
        return SearchIndex(entity.name, create, queries, reason)
    reason += "; the entities must be JSON documents then (JSON.SET), numbers as numbers, not JSON in strings"
    return SearchIndex(entity.name, create, queries, reason, f"JSON.SET {record.pattern} $ <{entity.name} as JSON>")


def alias(name: str) -> str:
    """The name of an attribute in queries: letters, digits and underscores need no escapes."""
    return re.sub(r"\W", "_", name)


def _field(attribute: Attribute | None, name: str, sortable: bool, json: bool) -> str:
    numeric = attribute is not None and attribute.type in COMPARED
    source = f"$['{name}']" if json and alias(name) != name else f"$.{name}" if json else name
    named = f'"{source}"' if "'" in source else source
    named += f" AS {alias(name)}" if source != alias(name) else ""
    separator = "" if json else f" SEPARATOR {SEPARATOR}"
    kind = "NUMERIC" if numeric else f"TAG{separator} CASESENSITIVE"
    order = "" if not sortable else " SORTABLE" if numeric else " SORTABLE UNF"
    return f"{named} {kind}{order}"


def _query(entity: Entity, pattern: AccessPattern, *, json: bool) -> str:
    names = list(dict.fromkeys((*pattern.equal, *pattern.filter)))
    conditions = [_condition(entity, name) for name in names]
    conditions += [f"@{alias(pattern.range)}:[$from $to]"] if pattern.range else []
    conditions += [
        f"@{alias(key.attribute)}:[-inf +inf]"
        for key in pattern.order
        if key.attribute != pattern.range and _may_lack(entity, key.attribute)
    ]
    given = [(alias(one), one) for one in names] + ([("from", "from"), ("to", "to")] if pattern.range else [])
    parameters = "".join(f" {one} <{name}>" for one, name in given)
    ending = (
        f" LIMIT 0 {pattern.page or MOST}" + (f" PARAMS {2 * len(given)}{parameters}" if given else "") + " DIALECT 2"
    )
    query = f"idx:{entity.name} '{' '.join(conditions) or '*'}'"
    keys = [f"@{alias(key.attribute)} {'DESC' if key.descending else 'ASC'}" for key in pattern.order]
    if len(keys) > 1:
        loaded = pattern.project or tuple(one.name for one in entity.attributes)
        return f"FT.AGGREGATE {query} LOAD {_fields(loaded, json, '@')} SORTBY {2 * len(keys)} {' '.join(keys)}{ending}"
    returned = f" RETURN {_fields(pattern.project, json, '')}" if pattern.project else ""
    return f"FT.SEARCH {query}{returned}{' SORTBY ' + keys[0].removeprefix('@') if keys else ''}{ending}"


def _fields(names: tuple[str, ...], json: bool, at: str) -> str:
    """Attributes as RETURN and LOAD take them, their number before them; of JSON by their paths."""
    if not json:
        return f"{len(names)} {' '.join(f'{at}{name}' for name in names)}"
    paths = [f"\"$['{name}']\" AS {alias(name)}" if alias(name) != name else f"$.{name} AS {name}" for name in names]
    return f"{3 * len(names)} {' '.join(paths)}"


def _condition(entity: Entity, name: str) -> str:
    attribute = entity.attribute_by_name.get(name)
    numeric = attribute is not None and attribute.type in COMPARED
    return f"@{alias(name)}:[${alias(name)} ${alias(name)}]" if numeric else f"@{alias(name)}:{{${alias(name)}}}"


def _may_lack(entity: Entity, name: str) -> bool:
    """Whether an entity may be without a number that is ordered by: such ones would be listed last instead of being left out."""
    attribute = entity.attribute_by_name.get(name)
    return attribute is not None and attribute.type in COMPARED and attribute.present < 1
