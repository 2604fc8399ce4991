"""Pipelines that take arrays apart: several at once, whose elements then multiply, and one that is put together again."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from dbdesign.model.documents import Collection, Pipeline
from dbdesign.model.finding import Finding, Severity

MANY = 1000
"""Documents that one document becomes from which on it is grave (proposal)."""


def unwinds(query: Pipeline, collection: Collection | None) -> Iterator[Finding]:
    """Both of them."""
    yield from _multiplied(query, collection)
    yield from _regrouped(query)


def _multiplied(query: Pipeline, collection: Collection | None) -> Iterator[Finding]:
    """Arrays that are independent of each other, taken apart one after the other: a document for every pair."""
    paths: list[str] = []
    single: set[str] = set()
    for stage in query.stages:
        name, value = next(iter(stage.items()))
        if name in {"$group", "$project", "$replaceRoot", "$replaceWith", "$facet", "$unionWith"}:
            paths = []
        elif name == "$lookup" and isinstance(value, Mapping) and value.get("foreignField") == "_id":
            single.add(str(value.get("as")))
        elif name == "$unwind" and (path := _path(value)) and path not in single:
            if not any(path.startswith(f"{one}.") for one in paths):
                paths.append(path)
            if len(paths) > 1:
                break
    if len(paths) < 2:
        return
    limits = _limits(collection, paths)
    each = math.prod(limits) if len(limits) == len(paths) else None
    yield Finding(
        rule="unwind-explosion", severity=Severity.HIGH if each is not None and each >= MANY else Severity.MEDIUM,
        object=query.name, line=query.line, path=query.path,
        message=f"$unwind of {' and of '.join(paths)}: every document becomes one for each pair of their elements"
        + (f", up to {each:,}" if each is not None else ""),
        evidence={"arrays": paths} | ({"documents_each": each} if each is not None else {}),
        fix="a $facet or a pipeline for each array; or $filter, $map and $reduce, which leave the arrays whole",
    )  # fmt: skip


def _path(value: Any) -> str:
    said = value.get("path") if isinstance(value, Mapping) else value
    return str(said).removeprefix("$") if isinstance(said, str) and said.startswith("$") else ""


def _limits(collection: Collection | None, paths: list[str]) -> list[int]:
    if collection is None:
        return []
    known = {path.replace("[]", ""): field.max_items for path, field in collection.paths() if field.type == "array"}
    return [limit for path in paths if (limit := known.get(path)) is not None]


def _regrouped(query: Pipeline) -> Iterator[Finding]:
    """`$unwind`, perhaps a `$match` on the elements, and `$group` by the document's own id."""
    stages = [next(iter(one.items())) for one in query.stages]
    for place, (name, value) in enumerate(stages):
        path = _path(value) if name == "$unwind" else ""
        joined = any(one == "$lookup" and _joins(said, path) for one, said in stages[:place])
        after = [one for one in stages[place + 1 : place + 3] if one[0] != "$match"]
        if path and not joined and after and after[0][0] == "$group" and _by_id(after[0][1]):
            yield Finding(
                rule="unwind-and-regroup", severity=Severity.LOW, object=query.name, line=query.line, path=query.path,
                message=f"{path} is taken apart and put together again by _id: every element becomes a document on the way,"
                " and $group may spill to disk",
                evidence={"array": path, "stage": place + 1},
                fix="compute in place: $filter, $map, $reduce or { $sum: '$array.field' } in $set or $project",
            )  # fmt: skip


def _joins(value: Any, path: str) -> bool:
    return isinstance(value, Mapping) and value.get("as") == path


def _by_id(value: Any) -> bool:
    return isinstance(value, Mapping) and value.get("_id") == "$_id"
