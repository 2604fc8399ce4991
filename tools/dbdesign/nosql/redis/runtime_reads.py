"""The second part of what every written module begins with: reads by key, by unique value and by index."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dbdesign.nosql.redis.runtime import (
    ENTITIES,
    INDEXES,
    Entity,
    Index,
    Row,
    key_name,
    of_member,
    part,
    record_field,
    record_key,
    score,
    unique_key,
    unpacked,
    unpart,
    unwire,
    wire,
)  # fmt: skip


def get(client: Any, name: str, row: Row, project: Sequence[str] = ()) -> dict[str, Any] | None:
    """An entity by its key."""
    return get_many(client, name, [row], project)[0]


def get_many(client: Any, name: str, rows: Sequence[Row], project: Sequence[str] = ()) -> list[dict[str, Any] | None]:
    """Entities by their keys, in one round trip (one to each node in a cluster)."""
    entity = ENTITIES[name]
    if not rows:
        return []
    fields = tuple(dict.fromkeys((*project, *entity.key))) if project else ()  # the key tells an entity from none
    pipeline = client.pipeline(transaction=False)
    for row in rows:
        ask(pipeline, entity, row, fields)
    found = [answer(entity, row, fields, one) for row, one in zip(rows, pipeline.execute(), strict=True)]
    return [projected(one, project) if one is not None else None for one in found]


def ask(pipeline: Any, entity: Entity, row: Row, project: Sequence[str]) -> None:
    """The command that reads an entity."""
    if entity.form == "edge":
        first = first_index(entity)
        key = index_key(first, entity, row)
        member = ":".join(part(entity.types[name], row[name]) for name in first.member)
        pipeline.zscore(key, member) if first.kind != "set" else pipeline.sismember(key, member)
    elif entity.form == "hash":
        pipeline.hmget(record_key(entity, row), *project) if project else pipeline.hgetall(record_key(entity, row))
    elif entity.form == "json":
        pipeline.get(record_key(entity, row))
    elif entity.form == "bucket":
        pipeline.hget(record_key(entity, row), record_field(entity, row))
    else:
        moment = str(wire("timestamp", row[entity.rest[0]]))
        pipeline.xrange(record_key(entity, row), moment, moment, count=1)


def answer(entity: Entity, row: Row, project: Sequence[str], found: Any) -> dict[str, Any] | None:
    """The entity of a reply."""
    if entity.form == "edge":
        first = first_index(entity)
        if found is None or (found == 0 and first.kind == "set"):
            return None
        keys = {name: row[name] for name in entity.key}
        return keys if not first.order else keys | {first.order: unscore_of(entity, first.order, found)}
    if entity.form == "stream":
        return of_stream(entity, row, *found[0]) if found else None
    if entity.form != "hash":
        return unpacked(entity, found)
    fields = (
        dict(zip(project, found, strict=True)) if project else {one.decode(): value for one, value in found.items()}
    )
    there = {name: unwire(entity.types[name], value) for name, value in fields.items() if value is not None}
    return there or None


def unscore_of(entity: Entity, name: str, number: float) -> Any:
    """The value of an entity's attribute that is kept as a score."""
    from_score = of_member(Index("", entity.name, "sorted set", "", (), (), (), name), {}, b"", number)
    return from_score[name]


def first_index(entity: Entity) -> Index:
    """The index that owns the edges of an entity that is kept in indexes alone."""
    return next(one for one in INDEXES.values() if one.entity == entity.name)


def of_stream(entity: Entity, row: Row, identifier: bytes, fields: Mapping[bytes, bytes]) -> dict[str, Any]:
    """The entity of a stream's entry."""
    stamp = entity.rest[0]
    found = {name: row[name] for name in entity.tag} | {stamp: unwire("timestamp", identifier.split(b"-")[0])}
    named = {one.decode(): value for one, value in fields.items() if one != b"_"}
    return found | {name: unwire(entity.types[name], value) for name, value in named.items()}


def projected(row: Row, project: Sequence[str]) -> dict[str, Any]:
    """The attributes asked for."""
    return {name: value for name, value in row.items() if not project or name in project}


def by_unique(
    client: Any, name: str, names: Sequence[str], row: Row, project: Sequence[str] = ()
) -> dict[str, Any] | None:
    """The entity that has a unique value: its key from the reservation, then the entity."""
    entity = ENTITIES[name]
    holder = client.get(unique_key(entity, names, row))
    if holder is None:
        return None
    parts = zip(entity.key, holder.decode().split(":"), strict=True)
    found = get(client, name, {one: unpart(entity.types[one], text) for one, text in parts})
    if found is None or any(found.get(one) != row[one] for one in names):
        return None
    return projected(found, project)


def bucket(
    client: Any, name: str, equal: Row, *, low: Any = None, high: Any = None, order: str | None = None,
    descending: bool = False, limit: int | None = None, filters: Row | None = None, project: Sequence[str] = (),
    ranged: str | None = None,
) -> list[dict[str, Any]]:  # fmt: skip
    """The entities of one bucket: all are read, what was asked for is returned."""
    entity = ENTITIES[name]
    found = [row for one in client.hvals(record_key(entity, equal)) if (row := unpacked(entity, one))]
    return chosen(found, {**equal, **(filters or {})}, ranged, low, high, order, descending, limit, project)


def chosen(
    rows: Sequence[Row], equal: Row, ranged: str | None, low: Any, high: Any, order: str | None, descending: bool,
    limit: int | None, project: Sequence[str],
) -> list[dict[str, Any]]:  # fmt: skip
    """What of some entities was asked for."""
    kept = [row for row in rows if all(row.get(name) == value for name, value in equal.items())]
    if ranged:
        kept = [row for row in kept if within(row.get(ranged), low, high)]
    if order:
        kept = sorted(
            (row for row in kept if row.get(order) is not None), key=lambda row: row[order], reverse=descending
        )
    return [projected(row, project) for row in kept[:limit]]


def within(value: Any, low: Any, high: Any) -> bool:
    """Whether a value is there and in a range whose ends belong to it."""
    return value is not None and (low is None or value >= low) and (high is None or value <= high)


def stream(
    client: Any, name: str, equal: Row, *, low: Any = None, high: Any = None, descending: bool = False,
    limit: int | None = None, project: Sequence[str] = (),
) -> list[dict[str, Any]]:  # fmt: skip
    """Entries of a stream by time."""
    entity = ENTITIES[name]
    first = "-" if low is None else str(wire("timestamp", low))
    last = "+" if high is None else str(wire("timestamp", high))
    key = record_key(entity, equal)
    found = (
        client.xrevrange(key, last, first, count=limit) if descending else client.xrange(key, first, last, count=limit)
    )
    return [projected(of_stream(entity, equal, *one), project) for one in found]


def listed(
    client: Any, name: str, equal: Row, *, low: Any = None, high: Any = None, descending: bool = False,
    limit: int | None = None, filters: Row | None = None, share: float = 1.0, project: Sequence[str] = (),
    covered: bool = False, ordered: str | None = None,
) -> list[dict[str, Any]]:  # fmt: skip
    """Entities by an index: its entries in order, then the entities themselves unless the entries say all that is asked for.

    `filters` are compared after reading: entries are read on until the page is full, more at once the fewer pass (`share`). Entries
    of entities that have expired are passed over.
    """
    index = INDEXES[name]
    if ordered is not None:
        rows = listed(client, name, equal, low=low, high=high, filters=filters)
        return chosen(rows, {}, None, None, None, ordered, descending, limit, project)
    found: list[dict[str, Any]] = []
    wanted = (*project, *(filters or {})) if project else ()
    step = None if limit is None else max(round(limit / share), limit)
    for page in pages(client, index, equal, low, high, descending, step):
        rows = (
            list(page) if covered else [row for row in get_many(client, index.entity, page, wanted) if row is not None]
        )
        found += [row for row in rows if all(row.get(one) == value for one, value in (filters or {}).items())]
        if limit is not None and len(found) >= limit:
            break
    return [projected(row, project) for row in found[:limit]]


def pages(
    client: Any, index: Index, equal: Row, low: Any, high: Any, descending: bool, step: int | None
) -> Iterator[list[dict[str, Any]]]:
    """What an index's entries say, page by page."""
    start = 0
    if index.kind in {"set", "bitmap"}:
        everything = index_page(client, index, equal, low, high, descending, 0, None)
        for at in range(0, len(everything), step or max(len(everything), 1)):
            yield [of_member(index, equal, *one) for one in everything[at : at + (step or len(everything))]]
        return
    while True:
        entries = index_page(client, index, equal, low, high, descending, start, step)
        yield [of_member(index, equal, member, number) for member, number in entries]
        if step is None or len(entries) < step or index.kind == "list":
            return
        start += step


def index_page(
    client: Any, index: Index, equal: Row, low: Any, high: Any, descending: bool, start: int, step: int | None
) -> list[tuple[bytes, float | None]]:
    """Members and scores of a page of an index."""
    entity = ENTITIES[index.entity]
    key = index_key(index, entity, equal)
    if index.kind == "set":
        return [(one, None) for one in sorted(client.smembers(key))]
    if index.kind == "list":
        return [(one, None) for one in client.lrange(key, 0, -1 if step is None else step - 1)]
    if index.kind == "bitmap":
        return [(str(one).encode(), None) for one in bits(client.get(key) or b"")]
    window: dict[str, Any] = {} if step is None else {"offset": start, "num": step}
    kind = entity.types[index.order] if index.order else "string"
    if index.kind == "lexicographic set":
        least: str | float = "-" if low is None else f"[{wire(kind, low)!s}"
        most: str | float = "+" if high is None else f"[{wire(kind, high)!s}\0\U0010ffff"
        lexical = (most, least) if descending else (least, most)
        return [(one, None) for one in client.zrange(key, *lexical, desc=descending, bylex=True, **window)]
    bounds = ("-inf" if low is None else score(kind, low), "+inf" if high is None else score(kind, high))
    ends = (bounds[1], bounds[0]) if descending else bounds
    found: list[tuple[bytes, float | None]] = client.zrange(
        key, *ends, desc=descending, byscore=True, withscores=True, **window
    )
    return found


def index_key(index: Index, entity: Entity, equal: Row) -> str:
    """The key of an index for these values."""
    return key_name(index.prefix, index.tag, index.rest, entity.types, equal)


def bits(stored: bytes) -> Iterator[int]:
    """Numbers of the bits that are set."""
    return (at * 8 + bit for at, byte in enumerate(stored) for bit in range(8) if byte & (128 >> bit))


def passing(row: dict[str, Any] | None, filters: Row, project: Sequence[str] = ()) -> dict[str, Any] | None:
    """An entity if it has these values."""
    if row is None or any(row.get(name) != value for name, value in filters.items()):
        return None
    return projected(row, project)
