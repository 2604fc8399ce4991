"""The whole design of a model for MongoDB."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from dbdesign.errors import InputError
from dbdesign.model.finding import Proof
from dbdesign.model.patterns import AccessModel, AccessPattern
from dbdesign.nosql.base import Coverage, DesignOptions, StoreDesign
from dbdesign.nosql.mongodb.collections import document_schema, validator
from dbdesign.nosql.mongodb.concerns import check_limits, check_relations, concerns, unserved
from dbdesign.nosql.mongodb.consequences import alternatives, doors, duplicates, link_repairs, questions
from dbdesign.nosql.mongodb.costs import (
    collection_bytes,
    covered,
    examined,
    index_used,
    read_cost,
    stored_bytes,
    targeted,
    write_cost,
)
from dbdesign.nosql.mongodb.files import files
from dbdesign.nosql.mongodb.index_keys import Index, indexes
from dbdesign.nosql.mongodb.layout import Layout, layout
from dbdesign.nosql.mongodb.reading import read
from dbdesign.nosql.mongodb.requests import Request
from dbdesign.nosql.mongodb.sharding import Sharding, grown, sharding, with_shard_keys
from dbdesign.nosql.mongodb.sizes import index_bytes, large, largest
from dbdesign.nosql.mongodb.traffic import Traffic
from dbdesign.nosql.mongodb.writing import write

OLDEST = (5, 0)
"""The first version with time series collections and with `$lookup` by fields and pipeline at once."""


def design(model: AccessModel, options: DesignOptions) -> StoreDesign:
    """The design; raises `InputError` for what MongoDB cannot hold."""
    _version(options.version)
    _names(model)
    check_limits(model)
    check_relations(model)
    traffic = Traffic(model)
    placed = layout(traffic)
    sharded = sharding(placed, options.months)
    found = with_shard_keys(indexes(placed), sharded)
    keys = {one.collection: dict(one.chosen.keys) for one in sharded if one.needed and one.chosen is not None}
    schema = document_schema(placed, found, keys)
    requests = {one.name: request(one, placed) for one in model.patterns}
    repeated = tuple(duplicates(placed))
    links = dict(link_repairs(placed))
    review = options.settings.get("review")
    reviewed = _reviewed(review) if review else ()
    said = tuple(concerns(placed, found, sharded))
    return StoreDesign(
        engine="mongodb",
        summary=_summary(placed, len(schema.collections), found, sharded),
        design={
            "documents": schema.model_dump(mode="json", exclude_defaults=True),
            "validators": {one.name: validator(one) for one in schema.collections if not one.time_series},
            "placements": [one.as_json() for one in placed.placements],
            "patterns": [one.as_json() for one in placed.applied],
            "indexes": [_index(one) for one in found],
            "sizes": dict(_sizes(placed)),
            "sharding": [one.as_json() for one in sharded],
            "requests": {name: one.as_json() for name, one in requests.items()},
        },
        coverage=tuple(_coverage(one, requests[one.name], placed, found) for one in model.patterns),
        cannot_serve=tuple(unserved(placed, found)),
        alternatives=tuple(alternatives(placed)),
        one_way_doors=tuple(doors(placed, sharded)),
        duplicates=repeated,
        concerns=(*reviewed, *said),
        questions=tuple(questions(placed)),
        cost=_cost(placed, found, options.months),
        assumptions=(*model.assumptions, *_assumptions(traffic)),
        files=files(placed, schema, requests, repeated, links),
        proof=Proof(level="by rule"),
    )


def request(pattern: AccessPattern, placed: Layout) -> Request:
    """The commands of a pattern."""
    return read(pattern, placed) if pattern.operation == "reads" else write(pattern, placed)


def _reviewed(text: str) -> tuple[Any, ...]:
    from dbdesign.nosql.mongodb.review import review_concerns

    return review_concerns(text)


def _version(version: str | None) -> None:
    if version is None:
        return
    match = re.fullmatch(r"(\d+)(?:\.(\d+))?(?:\.\d+)?", version)
    if match is None or (int(match[1]), int(match[2] or 0)) < OLDEST:
        raise InputError(
            f"{version!r} is not a version of MongoDB that this designer knows",
            where="engine_version",
            remedy="Say 5.0 to 8.2, or leave it out",
        )


def _names(model: AccessModel) -> None:
    """Names that a field or collection cannot have (manual, "Naming Restrictions")."""
    for entity in model.entities:
        bad = [one.name for one in entity.attributes if one.name.startswith("$") or "." in one.name or "\0" in one.name]
        if bad:
            raise InputError(
                f"{', '.join(map(repr, bad))} cannot be a field: no $ at the beginning, no dot within",
                where=f"entities.{entity.name}",
                remedy="Rename it",
            )
        if "$" in entity.name or "\0" in entity.name or entity.name.startswith("system.") or not entity.name.strip():
            raise InputError(f"{entity.name!r} cannot be a collection", where="entities", remedy="Rename it")


def _coverage(pattern: AccessPattern, request: Request, placed: Layout, found: tuple[Index, ...]) -> Coverage:
    home = placed.home(pattern)
    index = index_used(pattern, home, found)
    if pattern.operation == "inserts":
        served = (
            f"{home.collection}: insert" if home.inside is None else f"{home.collection}: push into {home.inside.field}"
        )
    else:
        served = targeted(pattern, home, index)
    cost = read_cost(pattern, placed, found) if pattern.operation == "reads" else write_cost(pattern, placed, found)
    notes = [*request.notes, *_notes(pattern, placed, index)]
    return Coverage(pattern=pattern.name, served_by=served, request=request.text(), cost=cost, notes=tuple(notes))


def _notes(pattern: AccessPattern, placed: Layout, index: Index | None) -> Iterator[str]:
    home = placed.home(pattern)
    if pattern.operation == "reads":
        if covered(pattern, home, index):
            yield "covered: the index answers alone, no document is read"
        looked, returned = examined(pattern, home, index, placed), placed.traffic.returned(pattern)
        if looked > returned * 1.5:
            yield f"{looked:,.0f} keys examined for {returned:,.0f} returned"
        if pattern.consistency == "strong":
            yield "read from the primary with readConcern majority (linearizable where it must see every acknowledged write)"
        elif pattern.stale_seconds:
            least = max(pattern.stale_seconds, 90)
            yield f"readPreference secondaryPreferred, maxStalenessSeconds {least:,.0f} (90 is the least that there is)"
    elif pattern.consistency == "strong" or pattern.atomic:
        yield "writeConcern majority"
    home_embeds = [one for one in home.embeds if one.overflow and one.relation.child in pattern.together]
    for one in home_embeds:
        if pattern.operation == "reads":
            yield f"where has_overflow is not set the $lookup into {one.overflow} finds nothing: one seek in its index"
        else:
            yield f"more than {one.limit} {one.field} go on in {one.overflow}, {one.limit} a document by page, and has_overflow is set"
    if pattern.increments:
        yield "$inc is atomic within the document: no read before; add a condition ($gte) where the number must not fall below a limit"


def _index(index: Index) -> dict[str, Any]:
    found: dict[str, Any] = {"collection": index.collection, "keys": dict(index.keys), "why": index.why}
    if index.unique:
        found["unique"] = True
    if index.where:
        found["where"] = dict(index.where)
    if index.expire_after_seconds is not None:
        found["expire_after_seconds"] = index.expire_after_seconds
    return found | ({"serves": list(index.serves)} if index.serves else {})


def _sizes(placed: Layout) -> Iterator[tuple[str, dict[str, float]]]:
    for home in placed.homes.values():
        if home.inside is None:
            yield (
                home.collection,
                {
                    "documents": placed.traffic.count(home.entity.name),
                    "average_bytes": round(stored_bytes(home, placed)),
                    "p99_bytes": round(stored_bytes(home, placed, large)),
                    "maximum_bytes": round(stored_bytes(home, placed, largest)),
                    "collection_bytes": round(collection_bytes(home, placed)),
                },
            )


def _cost(placed: Layout, found: tuple[Index, ...], months: float) -> dict[str, float]:
    data = then = entries = 0.0
    for home in placed.homes.values():
        if home.inside is not None:
            continue
        size, count = collection_bytes(home, placed), placed.traffic.count(home.entity.name)
        data += size
        then += size / max(count, 1.0) * grown(home.entity, count, months)
        own = [one for one in found if one.collection == home.collection]
        of = {home.path(one.name): one for one in home.entity.attributes}
        for index in own:
            present = 1.0
            for path, value in index.where.items():
                present *= of[path].values.get(str(value), 1.0) if path in of else 1.0
            entries += count * present * index_bytes([of[path] for path, _ in index.keys if path in of])
    return {"data_bytes": data, "index_bytes": entries, "data_bytes_at_horizon": then}


def _assumptions(traffic: Traffic) -> Iterator[str]:
    for entity in traffic.model.entities:
        if entity.count is None:
            yield f"{entity.name}: no count is said; 1,000,000 are assumed"
    yield "sizes are those of BSON before compression; WiredTiger's snappy commonly halves them on disk"


def _summary(placed: Layout, collections: int, found: tuple[Index, ...], sharded: tuple[Sharding, ...]) -> str:
    embedded = [one for one in placed.placements if one.embeds]
    names: Mapping[str, None] = dict.fromkeys(one.pattern for one in placed.applied)
    needed = [one.collection for one in sharded if one.needed]
    parts = [
        f"{collections} collections for {len(placed.homes)} entities, {len(found)} indexes beside those on _id",
        f"embedded: {', '.join(f'{one.relation.child} in {one.relation.parent}' for one in embedded) or 'nothing'}",
    ]
    if names:
        parts.append(f"patterns: {', '.join(names)}")
    parts.append(
        f"to be sharded: {', '.join(needed)}" if needed else "one replica set carries it to the horizon: do not shard"
    )
    return "; ".join(parts) + "."
