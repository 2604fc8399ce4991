"""Facts that are stored more than once, and the script that finds and mends copies that differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dbdesign.nosql.base import DuplicatedFact
from dbdesign.nosql.dynamodb.functions import unique_table
from dbdesign.nosql.dynamodb.plan import Plan
from dbdesign.nosql.dynamodb.serve import Counter, Serving

SCRIPT = '''"""Finds and mends copies that differ from what they were made from; prints what it mends."""

from __future__ import annotations

from typing import Any

import access_patterns as ap

COUNTERS: list[tuple[str, str, str, int]] = {counters}

COPIES: list[tuple[str, str, str, str, dict[str, str]]] = {copies}


def items(client: Any, table: str) -> list[dict[str, Any]]:
    """All items of a table: run this in a quiet hour, or from an export."""
    return ap.query(client, [{{"TableName": table}}], scan=True)


def of_entity(client: Any, entity: str) -> list[dict[str, Any]]:
    """All items of an entity: in a table of several, those whose key is the one that their own attributes make."""
    layout = ap.ENTITIES[entity]
    found = [one for one in items(client, layout["table"]) if all(name in one for name in layout["identity"])]
    return [one for one in found if _same_key(entity, one)]


def _own(entity: str, item: dict[str, Any]) -> dict[str, Any]:
    return {{name: item[name] for name in ap.ENTITIES[entity]["types"] if name in item}}


def _same_key(entity: str, item: dict[str, Any]) -> bool:
    key = ap.values_of(ap.key_of(entity, _own(entity, item)))
    return all(item.get(name) == one for name, one in key.items())


def unique_values(client: Any, entity: str) -> list[str]:
    """Put the items that keep unique values and are missing, delete those whose owner is gone or has another value."""
    layout, mended = ap.ENTITIES[entity], []
    wanted = {{}}
    for item in of_entity(client, entity):
        for names in layout["unique"]:
            if all(item.get(name) is not None for name in names):
                one = ap.unique_item(entity, names, item)
                wanted[one["unique_value"]["S"]] = one
    there = {{one["unique_value"] for one in items(client, layout["unique_table"])}}
    for value in sorted(wanted.keys() - there):
        client.put_item(TableName=layout["unique_table"], Item=wanted[value])
        mended.append(f"put {{value}}")
    for value in sorted(there - wanted.keys()):
        client.delete_item(TableName=layout["unique_table"], Key={{"unique_value": {{"S": value}}}})
        mended.append(f"deleted {{value}}")
    return mended


def made_keys(client: Any, entity: str) -> list[str]:
    """Make index keys anew that differ from the attributes they are made from."""
    layout, mended = ap.ENTITIES[entity], []
    for item in of_entity(client, entity):
        own = {{**dict.fromkeys(layout["types"]), **_own(entity, item)}}
        wrong = {{n: one for n, one in ap.made(entity, own).items() if n not in layout["key"] and item.get(n) != one}}
        for number, (name, one) in enumerate(sorted(wrong.items())):
            request = {{"TableName": layout["table"], "Key": ap.key_of(entity, own)}}
            named = {{"ExpressionAttributeNames": {{"#n": name}}}}
            if one is None:
                client.update_item(**request, UpdateExpression="REMOVE #n", **named)
            else:
                client.update_item(
                    **request, UpdateExpression="SET #n = :v", **named, ExpressionAttributeValues={{":v": {{"S": one}}}}
                )
            mended.append(f"{{entity}} {{item}}: {{name}} ({{number + 1}})")
    return mended


def counters(client: Any) -> list[str]:
    """Set counted attributes to what their shards add up to."""
    mended = []
    for entity, attribute, table, shards in COUNTERS:
        layout = ap.ENTITIES[entity]
        for item in of_entity(client, entity):
            owner = ap.joined(*[ap.text(item[name]) for name in layout["identity"]])
            total = ap.counted(client, table, owner, shards)
            if item.get(attribute) != total:
                ap.update(client, entity, {{n: item[n] for n in layout["identity"]}}, {{attribute: total}})
                mended.append(f"{{entity}} {{owner}}: {{attribute}} {{item.get(attribute)}} -> {{total}}")
    return mended


def copies(client: Any) -> list[str]:
    """Report copies of another entity's attribute that differ; a copy may be meant to keep the value of its time."""
    found = []
    for owner, attribute, child, copy, by in COPIES:
        true = {{tuple(one[name] for name in by.values()): one.get(attribute) for one in of_entity(client, owner)}}
        for item in of_entity(client, child):
            place = tuple(item.get(name) for name in by)
            if place in true and item.get(copy) != true[place]:
                found.append(f"{{child}}.{{copy}} {{item.get(copy)!r}} differs from {{owner}}.{{attribute}} {{true[place]!r}}")
    return found


def repair(client: Any) -> list[str]:
    """Everything."""
    mended = counters(client)
    for entity, layout in ap.ENTITIES.items():
        mended += made_keys(client, entity)
        if layout["unique"]:
            mended += unique_values(client, entity)
    return mended


if __name__ == "__main__":
    import boto3

    connected = boto3.client("dynamodb")
    for line in [*repair(connected), *copies(connected)]:
        print(line)
'''


def counters_of(servings: Sequence[Serving]) -> tuple[Counter, ...]:
    """The sharded counters of a design, each once."""
    found = [step.counter for serving in servings for step in serving.steps if step.counter is not None]
    return tuple(dict.fromkeys(found))


def copied(plan: Plan) -> Iterator[tuple[str, str, str, str, dict[str, str]]]:
    """Attributes of a child that its parent has under the same name, beside keys: owner, attribute, child, copy, child's to owner's key."""
    for relation in plan.model.relations:
        parent, child = plan.model.entity_by_name.get(relation.parent), plan.model.entity_by_name.get(relation.child)
        if parent is None or child is None or parent is child or len(relation.by) != len(parent.key):
            continue
        shared = set(child.attribute_by_name) & set(parent.attribute_by_name)
        for name in sorted(shared - {*relation.by, *parent.key, *child.key}):
            one, other = parent.attribute_by_name[name], child.attribute_by_name[name]
            if (
                one.type == other.type
                and one.type == "string"
                and not (one.values or name in {"state", "status", "cell"})
            ):
                yield parent.name, name, child.name, name, dict(zip(relation.by, parent.key, strict=True))


def repair_script(plan: Plan, servings: Sequence[Serving]) -> str:
    """The script's text."""
    counters = [(one.entity, one.attribute, one.table, one.shards) for one in counters_of(servings)]
    return SCRIPT.format(counters=repr(counters), copies=repr(list(copied(plan))))


def duplicates(plan: Plan, servings: Sequence[Serving]) -> Iterator[DuplicatedFact]:
    """Every fact that the application stores more than once. What DynamoDB itself keeps in indexes is not among them."""
    for placement in plan.placements.values():
        entity = placement.entity
        for names in entity.unique:
            yield DuplicatedFact(
                fact=f"{entity.name}: {', '.join(names)}",
                owner=f"{placement.table}.{', '.join(names)}",
                copies=(f"{unique_table(entity)}.unique_value",),
                updated_by="the same transaction as the item",
                staleness="none",
                repair=f"repair.unique_values(client, {entity.name!r})",
            )
        for one in placement.made:
            if one.name not in placement.base_names and one.sources:
                yield DuplicatedFact(
                    fact=f"{entity.name}: {', '.join(one.sources)}",
                    owner=f"{placement.table}.{', '.join(one.sources)}",
                    copies=(f"{placement.table}.{one.name}",),
                    updated_by="the same UpdateItem, which makes the key anew",
                    staleness="none",
                    repair=f"repair.made_keys(client, {entity.name!r})",
                )
    for counter in counters_of(servings):
        yield DuplicatedFact(
            fact=f"{counter.entity}: {counter.attribute}",
            owner=f"{counter.table} ({counter.shards} shards added up)",
            copies=(f"{plan.placements[counter.entity].table}.{counter.attribute}",),
            updated_by=f"a consumer of the stream of {counter.table}, which adds up and sets it",
            staleness="a few seconds, by the stream",
            repair="repair.counters(client)",
        )
    for owner, name, child, copy, _ in copied(plan):
        yield DuplicatedFact(
            fact=f"{owner}: {name}",
            owner=f"{plan.placements[owner].table}.{name}",
            copies=(f"{plan.placements[child].table}.{copy}",),
            updated_by="nothing after the insert: it is the value of that time; a consumer of the stream where it must follow",
            staleness="unbounded, on purpose or not: say which",
            repair="repair.copies(client) lists those that differ",
        )
