"""Checks requests against table definitions, knowing nothing of how they were designed: is every key condition valid?

It reads the definition as CreateTable takes it and the request as Query or GetItem takes it, by the rules of the developer guide
(Query.KeyConditionExpressions, GSI.DesignPattern.MultiAttributeKeys).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_CONDITION = re.compile(
    r"\s*(?:begins_with\(\s*(?P<begins>#\w+)\s*,\s*(?P<prefix>:\w+)\s*\)"
    r"|(?P<between>#\w+)\s+BETWEEN\s+(?P<low>:\w+)\s+AND\s+(?P<high>:\w+)"
    r"|(?P<name>#\w+)\s*(?P<operator>=|<=|>=|<|>)\s*(?P<value>:\w+))\s*(?:AND\s+|\Z)"
)
_NAME = re.compile(r"#\w+")
_VALUE = re.compile(r":\w+")
EXPRESSIONS = (
    "KeyConditionExpression",
    "FilterExpression",
    "ProjectionExpression",
    "UpdateExpression",
    "ConditionExpression",
)


def problems(operation: str, request: Mapping[str, Any], tables: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """What is wrong with a read request; empty where DynamoDB takes it.

    Args:
        tables: definitions by name, as CreateTable takes them.
    """
    table = tables.get(request.get("TableName", ""))
    if table is None:
        return [f"there is no table {request.get('TableName')!r}"]
    if operation == "Scan":
        return []
    if operation == "GetItem":
        return list(_get(request, table))
    return list(_query(request, table))


def definition_problems(table: Mapping[str, Any]) -> list[str]:
    """What is wrong with a definition: counts of keys and indexes, attributes that are defined but in no key."""
    return list(_definition(table))


def _keys(schema: list[Mapping[str, str]], kind: str) -> list[str]:
    return [one["AttributeName"] for one in schema if one["KeyType"] == kind]


def _get(request: Mapping[str, Any], table: Mapping[str, Any]) -> Iterator[str]:
    wanted = {one["AttributeName"] for one in table["KeySchema"]}
    if set(request.get("Key", ())) != wanted:
        yield f"the key has {sorted(request.get('Key', ()))}, not {sorted(wanted)}"
    yield from _placeholders(request)


def _query(request: Mapping[str, Any], table: Mapping[str, Any]) -> Iterator[str]:
    index: Mapping[str, Any] | None = None
    is_global = False
    if name := request.get("IndexName"):
        every = [(one, True) for one in table.get("GlobalSecondaryIndexes", ())]
        every += [(one, False) for one in table.get("LocalSecondaryIndexes", ())]
        index, is_global = next(((one, kind) for one, kind in every if one["IndexName"] == name), (None, False))
        if index is None:
            yield f"there is no index {name!r}"
            return
    schema = (index or table)["KeySchema"]
    if is_global and request.get("ConsistentRead"):
        yield "a global index cannot be read consistently"
    names = request.get("ExpressionAttributeNames", {})
    yield from _conditions(request.get("KeyConditionExpression", ""), names, schema)
    keys = {one["AttributeName"] for one in schema}
    filtered = {names.get(one, one) for one in _NAME.findall(request.get("FilterExpression", ""))}
    if filtered & keys:
        yield f"a filter names attributes of the key: {sorted(filtered & keys)}"
    if index is not None:
        projected = {names.get(one, one) for one in _NAME.findall(request.get("ProjectionExpression", ""))}
        missing = (projected | filtered) - _stored(index, table)
        if missing and is_global and _stored(index, table) != {"*"}:
            yield f"the index does not hold {sorted(missing)}"
    yield from _placeholders(request)


def _stored(index: Mapping[str, Any], table: Mapping[str, Any]) -> set[str]:
    kind = index["Projection"]["ProjectionType"]
    if kind == "ALL":
        return {"*"}
    keys = {one["AttributeName"] for one in (*index["KeySchema"], *table["KeySchema"])}
    return keys | set(index["Projection"].get("NonKeyAttributes", ()))


def _conditions(text: str, names: Mapping[str, str], schema: list[Mapping[str, str]]) -> Iterator[str]:
    found: dict[str, str] = {}
    place = 0
    while place < len(text):
        match = _CONDITION.match(text, place)
        if match is None:
            yield f"the key condition cannot be read: {text[place:]!r}"
            return
        name = match["name"] or match["between"] or match["begins"]
        attribute = names.get(name, name)
        if attribute in found:
            yield f"{attribute} has two conditions"
        found[attribute] = match["operator"] or ("BETWEEN" if match["between"] else "begins_with")
        place = match.end()
    hashed, ranged = _keys(schema, "HASH"), _keys(schema, "RANGE")
    for name in hashed:
        if found.get(name) != "=":
            yield f"the partition key attribute {name} is not compared by equality"
    over = False
    for name in ranged:
        if name in found and over:
            yield f"{name} has a condition, but an attribute of the sort key before it has none or a range"
        over = over or found.get(name) != "="
    for name in found:
        if name not in {*hashed, *ranged}:
            yield f"{name} is no attribute of the key"


def _placeholders(request: Mapping[str, Any]) -> Iterator[str]:
    text = " ".join(str(request.get(one, "")) for one in EXPRESSIONS)
    for pattern, field in ((_NAME, "ExpressionAttributeNames"), (_VALUE, "ExpressionAttributeValues")):
        used, given = set(pattern.findall(text)), set(request.get(field, ()))
        if used != given:
            yield f"{field} has {sorted(given - used)} too many and lacks {sorted(used - given)}"


def _definition(table: Mapping[str, Any]) -> Iterator[str]:
    name = table["TableName"]
    if (len(_keys(table["KeySchema"], "HASH")), len(_keys(table["KeySchema"], "RANGE"))) not in {(1, 0), (1, 1)}:
        yield f"{name} must have one partition key attribute and at most one sort key attribute"
    every = [one for field in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes") for one in table.get(field, ())]
    used = {one["AttributeName"] for part in (table, *every) for one in part["KeySchema"]}
    defined = {one["AttributeName"] for one in table["AttributeDefinitions"]}
    if used != defined:
        yield f"{name} defines {sorted(defined - used)} too many and lacks {sorted(used - defined)}"
    for index in table.get("GlobalSecondaryIndexes", ()):
        hashed, ranged = len(_keys(index["KeySchema"], "HASH")), len(_keys(index["KeySchema"], "RANGE"))
        if not 1 <= hashed <= 4 or ranged > 4:
            yield f"{name}.{index['IndexName']} has {hashed} partition and {ranged} sort key attributes: 1 to 4 and 0 to 4 are allowed"
    for field, most in (("GlobalSecondaryIndexes", 20), ("LocalSecondaryIndexes", 5)):
        if len(table.get(field, ())) > most:
            yield f"{name} has {len(table[field])} {field}, {most} are allowed"
    projected = sum(len(one["Projection"].get("NonKeyAttributes", ())) for one in every)
    if projected > 100:
        yield f"{name} projects {projected} attributes by name, 100 are allowed"
