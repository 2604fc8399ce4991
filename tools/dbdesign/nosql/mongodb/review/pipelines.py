"""Anti-patterns of finds and aggregations."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from dbdesign.model.documents import Collection, DocumentIndex, Pipeline
from dbdesign.model.finding import Finding, Severity
from dbdesign.nosql.mongodb import limits
from dbdesign.nosql.mongodb.review.source import Reviewed
from dbdesign.nosql.mongodb.review.unwinding import unwinds

LOGICAL = frozenset({"$and", "$or", "$nor"})
EQUALITIES = frozenset({"$eq", "$in"})
JAVASCRIPT = frozenset({"$where", "$function", "$accumulator", "$mapReduce"})
FAR_SKIP = 1000
"""Documents passed over from which on paging by skip is judged slow (proposal)."""


def pipelines(reviewed: Reviewed) -> Iterator[Finding]:
    """All of them."""
    for query in reviewed.queries:
        collection = reviewed.collection(query.collection)
        yield from _javascript(query)
        yield from _regexes(query)
        yield from _lookups(query, reviewed)
        yield from _late_match(query)
        yield from _late_limit(query)
        yield from _skip(query)
        yield from _lists(query)
        yield from unwinds(query, collection)
        if collection is not None:
            yield from _scan(query, collection)
            yield from _sort(query, collection)


def _finding(
    rule: str, severity: Severity, query: Pipeline, message: str, evidence: dict[str, Any], fix: str
) -> Finding:
    said = evidence | ({"rate": query.rate} if query.rate is not None else {})
    return Finding(
        rule=rule, severity=severity, object=query.name, message=message, evidence=said, fix=fix, line=query.line, path=query.path,
    )  # fmt: skip


def _stage(one: Mapping[str, Any]) -> tuple[str, Any]:
    return next(iter(one.items()))


def _walk(value: Any) -> Iterator[tuple[str, Any]]:
    """Every name with its value, at any depth."""
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, Mapping):
            yield from one.items()
            left += one.values()
        elif isinstance(one, (list, tuple)):
            left += one


def _javascript(query: Pipeline) -> Iterator[Finding]:
    used = sorted({name for name, _ in _walk(list(query.stages)) if name in JAVASCRIPT})
    if used:
        yield _finding(
            "javascript-in-query", Severity.HIGH, query,
            f"{', '.join(used)} runs JavaScript for each document: no index serves it, and server-side JavaScript may be switched off",
            {"operators": used}, "say it with operators of the query or aggregation language ($expr)",
        )  # fmt: skip


def conditions(match: Any) -> Iterator[tuple[str, Any]]:
    """The fields of a filter with their conditions, those of $and and $or too."""
    left = [match]
    while left:
        one = left.pop()
        if not isinstance(one, Mapping):
            continue
        for name, value in one.items():
            if name in LOGICAL and isinstance(value, list):
                left += value
            elif not name.startswith("$"):
                yield name, value


def _matches(query: Pipeline) -> Iterator[Any]:
    for stage in query.stages:
        name, value = _stage(stage)
        if name == "$match":
            yield value


def _regexes(query: Pipeline) -> Iterator[Finding]:
    for match in _matches(query):
        for path, condition in conditions(match):
            if not isinstance(condition, Mapping) or "$regex" not in condition:
                continue
            pattern, options = condition["$regex"], str(condition.get("$options", ""))
            if isinstance(pattern, Mapping):
                pattern, options = pattern.get("$regex", ""), options or str(pattern.get("$options", ""))
            pattern = str(pattern)
            if "i" in options:
                yield _finding(
                    "case-insensitive-regex", Severity.MEDIUM, query,
                    f"{path}: a regular expression with i reads every key of the index, or every document",
                    {"field": path, "pattern": pattern, "options": options},
                    "an index with collation {locale: 'en', strength: 2} and an equality, or a lower-case copy of the field",
                )  # fmt: skip
            elif not re.match(r"\^|\\A", pattern):
                yield _finding(
                    "unanchored-regex", Severity.MEDIUM, query,
                    f"{path}: a regular expression that does not begin with ^ reads every key of the index, or every document",
                    {"field": path, "pattern": pattern}, "anchor it with ^, or use a text or search index",
                )  # fmt: skip


def _lookups(query: Pipeline, reviewed: Reviewed) -> Iterator[Finding]:
    joined = [
        value
        for stage in query.stages
        for name, value in [_stage(stage)]
        if name in {"$lookup", "$graphLookup"} and isinstance(value, Mapping)
    ]
    for one in joined:
        source = one.get("from")
        foreign = one.get("foreignField", one.get("connectToField"))
        other = reviewed.collection(str(source))
        if foreign is None or other is None or foreign == "_id":
            continue
        if not any(next(iter(index.keys)) == foreign and not index.where for index in other.indexes):
            yield _finding(
                "lookup-without-index", Severity.HIGH, query,
                f"$lookup compares {source}.{foreign}, which no index begins with: the whole collection is read for each document",
                {"from": str(source), "foreignField": str(foreign)},
                f"db.getCollection({json.dumps(str(source))}).createIndex({{ {json.dumps(str(foreign))}: 1 }})",
            )  # fmt: skip
    hot = query.rate is None or query.rate >= limits.HOT_PEAK
    if len(joined) >= 2 and hot:
        yield _finding(
            "many-lookups", Severity.MEDIUM if query.rate is not None else Severity.LOW, query,
            f"{len(joined)} $lookup in one pipeline: what is always read together is better stored together",
            {"from": [str(one.get("from")) for one in joined]},
            "embed what is bounded, copy what is shown (extended reference), or materialise with $merge",
        )  # fmt: skip


def _late_match(query: Pipeline) -> Iterator[Finding]:
    """A $match whose fields are there before the stage that it follows."""
    for place, stage in enumerate(query.stages):
        name, value = _stage(stage)
        if name != "$match" or place == 0:
            continue
        fields = {path for path, _ in conditions(value)}
        if not fields or any(one.startswith("$") and one not in LOGICAL for one in value):
            continue
        before, made = _stage(query.stages[place - 1])
        if before in {"$group", "$unwind", "$lookup", "$sort", "$project", "$set", "$addFields"}:
            movable = sorted(_before(before, made, fields))
            if movable and before != "$sort":
                yield _finding(
                    "late-match", Severity.HIGH if before in {"$group", "$unwind", "$lookup"} else Severity.LOW, query,
                    f"the $match on {', '.join(movable)} stands after {before}, which then works on documents that are thrown away",
                    {"stage": place + 1, "after": before, "fields": movable},
                    f"move it before {before}" + (" (as the field that is grouped by)" if before == "$group" else ""),
                )  # fmt: skip


def _before(stage: str, made: Any, fields: set[str]) -> set[str]:
    """The fields that are the same before the stage."""
    if stage == "$group" and isinstance(made, Mapping):
        keys = made.get("_id")
        if isinstance(keys, str) and keys.startswith("$"):
            return fields & {"_id"}
        names = (
            {f"_id.{name}" for name, one in keys.items() if isinstance(one, str) and one.startswith("$")}
            if isinstance(keys, Mapping)
            else set()
        )
        return fields & names
    if stage == "$unwind":
        path = made.get("path") if isinstance(made, Mapping) else made
        unwound = str(path).removeprefix("$")
        index = made.get("includeArrayIndex") if isinstance(made, Mapping) else None
        return {one for one in fields if one != unwound and not one.startswith(f"{unwound}.") and one != index}
    if stage == "$lookup" and isinstance(made, Mapping):
        joined = str(made.get("as"))
        return {one for one in fields if one != joined and not one.startswith(f"{joined}.")}
    if stage in {"$set", "$addFields"} and isinstance(made, Mapping):
        return {
            one
            for one in fields
            if not any(one == name or one.startswith(f"{name}.") or name.startswith(f"{one}.") for name in made)
        }
    if stage == "$project" and isinstance(made, Mapping):
        return {one for one in fields if made.get(one) in (1, True)}
    return set(fields) if stage == "$sort" else set()


def _late_limit(query: Pipeline) -> Iterator[Finding]:
    """A $limit behind joins that neither drop nor multiply documents."""
    names = [_stage(one)[0] for one in query.stages]
    if "$lookup" not in names or "$limit" not in names:
        return
    first, limit = names.index("$lookup"), names.index("$limit")
    between = names[first + 1 : limit]
    if first < limit and set(between) <= {"$lookup", "$set", "$addFields", "$project"}:
        yield _finding(
            "late-limit", Severity.MEDIUM, query, "$lookup is done for every document, and $limit keeps a few of them",
            {"stage": first + 1, "limit": limit + 1}, "put $limit before $lookup",
        )  # fmt: skip


def _skip(query: Pipeline) -> Iterator[Finding]:
    for stage in query.stages:
        name, value = _stage(stage)
        if name == "$skip" and (not isinstance(value, (int, float)) or value >= FAR_SKIP):
            yield _finding(
                "skip-paging", Severity.MEDIUM, query,
                "skip reads and throws away everything before the page: page n costs n pages",
                {"skip": value if isinstance(value, (int, float)) else "computed"},
                "page by the last key seen: { sortKey: { $gt: last } } with the same sort and a limit",
            )  # fmt: skip


def _lists(query: Pipeline) -> Iterator[Finding]:
    for match in _matches(query):
        for path, condition in conditions(match):
            values = condition.get("$in") if isinstance(condition, Mapping) else None
            if isinstance(values, list) and len(values) > limits.IN_LIST:
                yield _finding(
                    "large-in-list", Severity.LOW, query,
                    f"{path}: $in with {len(values):,} values counts as a range, and a sort after it is done in memory",
                    {"field": path, "values": len(values), "threshold": limits.IN_LIST},
                    "batches, or $lookup from a collection of the values",
                )  # fmt: skip


def _first_match(query: Pipeline) -> Mapping[str, Any]:
    name, value = _stage(query.stages[0]) if query.stages else ("", {})
    return value if name == "$match" and isinstance(value, Mapping) else {}


def _scan(query: Pipeline, collection: Collection) -> Iterator[Finding]:
    """The first match, if no index begins with one of its fields."""
    if query.stages and _stage(query.stages[0])[0] in {
        "$search",
        "$geoNear",
        "$mapReduce",
        "$collStats",
        "$vectorSearch",
    }:
        return
    match = _first_match(query)
    fields = {path for path, condition in conditions(match) if _narrows(condition)}
    if "_id" in dict(conditions(match)) or collection.time_series:
        return
    leading = {next(iter(one.keys)) for one in collection.indexes if not one.where or _implies(match, one.where)}
    if any(one.where and _implies(match, one.where) for one in collection.indexes):
        return
    if fields and not fields & leading and "$**" not in leading:
        yield _finding(
            "collection-scan", Severity.MEDIUM, query,
            f"no index begins with {' or '.join(sorted(fields))}: every document is read",
            {"fields": sorted(fields), "indexes": [json.dumps(dict(one.keys)) for one in collection.indexes]},
            f"db.getCollection({json.dumps(collection.name)}).createIndex({json.dumps(_wanted(query))})",
        )  # fmt: skip


def _narrows(condition: Any) -> bool:
    """Whether an index on the field would leave out much: not for what is unequal, and not for a pattern that has no beginning."""
    if not isinstance(condition, Mapping) or not condition:
        return True
    if "$regex" in condition:
        pattern = condition["$regex"]
        anchored = re.match(r"\^|\\A", str(pattern.get("$regex", "") if isinstance(pattern, Mapping) else pattern))
        return anchored is not None and "i" not in str(condition.get("$options", ""))
    return not set(condition) <= {"$ne", "$nin", "$not"}


def _implies(match: Mapping[str, Any], where: Mapping[str, Any]) -> bool:
    """Whether a filter has what a partial index asks for; a value that is computed may be it."""
    asked = dict(conditions(match))
    return all(
        path in asked
        and (
            asked[path] == said
            or (isinstance(asked[path], str) and asked[path].startswith(":"))
            or {"$eq": asked[path]} == said
            or said == {"$exists": True}
        )
        for path, said in where.items()
    )


def _wanted(query: Pipeline) -> dict[str, int]:
    """Equality, sort, range."""
    match = _first_match(query)
    equal = [path for path, condition in conditions(match) if _is_equality(condition)]
    ranged = [path for path, said in conditions(match) if not _is_equality(said) and _narrows(said)]
    sort = next(
        (
            value
            for stage in query.stages[1:2]
            for name, value in [_stage(stage)]
            if name == "$sort" and isinstance(value, Mapping)
        ),
        {},
    )
    ways = {path: int(way) for path, way in sort.items() if isinstance(way, (int, float))}
    return {
        **dict.fromkeys(equal, 1),
        **{p: w for p, w in ways.items() if p not in equal},
        **dict.fromkeys((p for p in ranged if p not in ways), 1),
    }


def _is_equality(condition: Any) -> bool:
    return (
        not isinstance(condition, Mapping)
        or not any(one.startswith("$") for one in condition)
        or set(condition) <= EQUALITIES
    )


def _sort(query: Pipeline, collection: Collection) -> Iterator[Finding]:
    names = [_stage(one)[0] for one in query.stages]
    if "$sort" not in names or set(names[: names.index("$sort")]) - {"$match"} or collection.time_series:
        return
    sort = _stage(query.stages[names.index("$sort")])[1]
    if not isinstance(sort, Mapping) or any(way not in (1, -1) for way in sort.values()) or list(sort) == ["_id"]:
        return
    match = _first_match(query)
    equal = {
        path
        for path, condition in conditions(match)
        if _is_equality(condition) and not (isinstance(condition, Mapping) and "$in" in condition)
    }
    usable = [one for one in collection.indexes if not one.where or _implies(match, one.where)]
    if any(_sorts(index, dict(sort), equal) for index in usable):
        return
    limited = "$limit" in names
    yield _finding(
        "sort-without-index", Severity.MEDIUM if limited else Severity.HIGH, query,
        f"no index gives the order of {json.dumps(dict(sort))}: all that matches is sorted in memory"
        + ("" if limited else ", without a limit"),
        {"sort": json.dumps(dict(sort)), "limit": limited},
        f"db.getCollection({json.dumps(collection.name)}).createIndex({json.dumps(_wanted(query))})",
    )  # fmt: skip


def _sorts(index: DocumentIndex, sort: dict[str, Any], equal: set[str]) -> bool:
    """Whether an index gives the order: its keys are equalities until the sort's begin, in its directions or all inverted."""
    wanted = [(path, way) for path, way in sort.items() if path not in equal]
    keys = list(index.keys.items())
    while keys and wanted and keys[0][0] != wanted[0][0] and keys[0][0] in equal:
        keys.pop(0)
    head = keys[: len(wanted)]
    if [path for path, _ in head] != [path for path, _ in wanted]:
        return False
    return len({way == other for (_, way), (_, other) in zip(head, wanted, strict=True)}) <= 1
