"""Requests to DynamoDB by its low-level client: keys that are made from attributes, sharded queries, transactions, unique values."""

from __future__ import annotations

import random
import time
import zlib
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

Values = Mapping[str, Any]
Item = dict[str, Any]

ENTITIES: dict[str, dict[str, Any]] = {}


def typed(kind: str, value: Any) -> Item:
    """A value in DynamoDB's JSON form."""
    if kind == "N":
        return {"N": str(value)}
    if kind in {"BOOL", "B"}:
        return {kind: value}
    if kind in {"M", "L"}:
        return untyped(value)
    return {"S": str(value)}


def untyped(value: Any) -> Item:
    """A value in DynamoDB's JSON form, its type by its Python type."""
    if value is None:
        return {"NULL": True}
    if isinstance(value, bool):
        return {"BOOL": value}
    if isinstance(value, (int, float, Decimal)):
        return {"N": str(value)}
    if isinstance(value, (bytes, bytearray)):
        return {"B": bytes(value)}
    if isinstance(value, Mapping):
        return {"M": {str(name): untyped(one) for name, one in value.items()}}
    if isinstance(value, (list, tuple)):
        return {"L": [untyped(one) for one in value]}
    return {"S": str(value)}


def plain(value: Mapping[str, Any]) -> Any:
    """A value of DynamoDB's JSON form as a Python value."""
    ((kind, content),) = value.items()
    if kind == "N":
        number = Decimal(content)
        return int(number) if number == number.to_integral_value() else number
    if kind == "M":
        return {name: plain(one) for name, one in content.items()}
    if kind == "L":
        return [plain(one) for one in content]
    return None if kind == "NULL" else content


def text(value: Any) -> str:
    """A value as a piece of a key: numbers padded so that they sort, `#` escaped."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float, Decimal)):
        whole, _, fraction = f"{Decimal(str(value)) + 10**15:f}".partition(".")
        fraction = fraction.rstrip("0")
        return whole.rjust(16, "0") + (f".{fraction}" if fraction else "")
    return str(value).replace("%", "%25").replace("#", "%23")


def joined(*parts: Any) -> str:
    """A key of several parts."""
    return "#".join(parts)


def shard(count: int, *values: Any) -> int:
    """The shard of an item: the same for the same values, evenly spread."""
    return zlib.crc32("#".join(text(one) for one in values).encode()) % count


def made(entity: str, values: Values) -> dict[str, str | None]:
    """Attributes that only exist for keys: None for those that the item must not have, absent where they cannot be told."""
    found: dict[str, str | None] = {}
    for name, parts in ENTITIES[entity]["made"].items():
        texts = [_piece(part, values) for part in parts]
        if any(one == "?" for one in texts) and None not in texts:
            continue
        found[name] = None if None in texts else joined(*[one[1:] for one in texts if one])
    return found


def _piece(part: Sequence[Any], values: Values) -> str | None:
    """A part of a key after a `=`; None where the item has no such key; `?` where a value is not given."""
    kind, name, *rest = part
    if kind == "literal":
        return f"={name}"
    sources = [name] if kind == "attribute" else rest[-1]
    if any(one not in values for one in sources):
        return "?"
    if any(values[one] is None for one in sources):
        return None
    if kind == "attribute":
        return f"={text(values[name])}"
    if kind == "shard":
        return f"={shard(rest[0], *[values[one] for one in sources])}"
    return f"={name}" if values[sources[0]] == rest[0] else None


def item_of(entity: str, values: Values) -> Item:
    """The item of an entity's values: those that are None are left out, keys are made, the expiry is set."""
    layout = ENTITIES[entity]
    types = {**layout["types"], **({layout["expires"][0]: "N"} if layout["expires"] else {})}
    item = {name: typed(types.get(name, "S"), one) for name, one in values.items() if one is not None}
    whole = {**dict.fromkeys(types), **values}
    item.update({name: {"S": one} for name, one in made(entity, whole).items() if one is not None})
    if layout["expires"] and layout["expires"][0] not in values:
        item[layout["expires"][0]] = {"N": str(int(time.time()) + layout["expires"][1])}
    return item


def key_of(entity: str, values: Values) -> Item:
    """The key of an item from the entity's key."""
    item = item_of(entity, values)
    return {name: item[name] for name in ENTITIES[entity]["key"]}


def values_of(item: Mapping[str, Any]) -> dict[str, Any]:
    """An item's values as Python values."""
    return {name: plain(one) for name, one in item.items()}


def get(client: Any, request: Mapping[str, Any], *, now: int | None = None) -> dict[str, Any] | None:
    """One item, or None where there is none or it has expired."""
    item = client.get_item(**request).get("Item")
    return values_of(item) if item and _alive(item, now) else None


def _alive(item: Mapping[str, Any], now: int | None) -> bool:
    expiry = item.get("expires_at")
    return expiry is None or int(expiry["N"]) > (now if now is not None else time.time())


def query(
    client: Any, requests: Iterable[Mapping[str, Any]], *, limit: int | None = None, order: Sequence[str] = (),
    descending: bool = False, sort: bool = False, scan: bool = False,
) -> list[dict[str, Any]]:  # fmt: skip
    """Items of one query or of several, merged in the order; pages are followed until there are enough."""
    found: list[dict[str, Any]] = []
    requests = list(requests)
    merge = sort or len(requests) > 1
    for request in requests:
        found += _pages(client.scan if scan else client.query, request, None if sort else limit)
    if merge and order:
        found.sort(key=lambda one: [(name in one, one.get(name)) for name in order], reverse=descending)
    return found if limit is None else found[:limit]


def _pages(call: Any, request: Mapping[str, Any], limit: int | None) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    start: Mapping[str, Any] = {}
    while True:
        answer = call(**request, **start)
        found += [values_of(one) for one in answer["Items"]]
        if "LastEvaluatedKey" not in answer or (limit is not None and len(found) >= limit):
            return found
        start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}


def fetch(client: Any, entity: str, found: Sequence[Values], *, consistent: bool = False) -> list[dict[str, Any]]:
    """The whole items of entries that an index named, in their order; those that are gone are left out."""
    table, names = ENTITIES[entity]["table"], ENTITIES[entity]["key"]
    types = ENTITIES[entity]["types"]
    keys = [{name: typed(types.get(name, "S"), one[name]) for name in names} for one in found]
    items: dict[str, dict[str, Any]] = {}
    for start in range(0, len(keys), 100):
        asked = {table: {"Keys": keys[start : start + 100], "ConsistentRead": consistent}}
        while asked:
            answer = client.batch_get_item(RequestItems=asked)
            items.update({_place(one, names): values_of(one) for one in answer["Responses"].get(table, ())})
            asked = answer.get("UnprocessedKeys") or {}
    return [items[place] for key in keys if (place := _place(key, names)) in items]


def _place(item: Mapping[str, Any], names: Sequence[str]) -> str:
    return repr([plain(item[name]) for name in names])


def unique_item(entity: str, names: Sequence[str], values: Values) -> Item:
    """The item that keeps a unique value: it names its owner."""
    layout = ENTITIES[entity]
    owner = {name: typed(layout["types"].get(name, "S"), values[name]) for name in layout["identity"]}
    return {"unique_value": {"S": unique_value(names, values)}, **owner}


def unique_value(names: Sequence[str], values: Values) -> str:
    """The key of the item that keeps a unique value."""
    return joined("+".join(names), *[text(values[name]) for name in names])


def insert(
    client: Any, entity: str, values: Values, *, also: Iterable[tuple[str, Values]] = (),
    assign: Iterable[tuple[str, Values, Values]] = (),
) -> None:  # fmt: skip
    """Insert an entity that is not there yet, its unique values, and what is written with it, all or nothing.

    Raises:
        ClientError: ConditionalCheckFailedException or TransactionCanceledException where it or a unique value is there already.
    """
    writes = [*_puts(entity, values)]
    for child, one in also:
        writes += _puts(child, one)
    for child, key, changes in assign:
        writes.append({"Update": update_request(child, key, changes)})
    write(client, writes)


def _puts(entity: str, values: Values) -> list[Item]:
    layout = ENTITIES[entity]
    absent = {"ConditionExpression": "attribute_not_exists(#key)"}
    keyed = {"ExpressionAttributeNames": {"#key": layout["key"][0]}}
    found: list[Item] = [{"Put": {"TableName": layout["table"], "Item": item_of(entity, values), **absent, **keyed}}]
    for names in layout["unique"]:
        if all(values.get(name) is not None for name in names):
            named = {"ExpressionAttributeNames": {"#key": "unique_value"}}
            item = unique_item(entity, names, values)
            found.append({"Put": {"TableName": layout["unique_table"], "Item": item, **absent, **named}})
    return found


def write(client: Any, writes: Sequence[Item]) -> None:
    """One write as it is, several as a transaction."""
    if len(writes) == 1:
        ((kind, request),) = writes[0].items()
        {"Put": client.put_item, "Update": client.update_item, "Delete": client.delete_item}[kind](**request)
    else:
        client.transact_write_items(TransactItems=list(writes))


def update_request(
    entity: str, key: Values, changes: Values, *, add: Values | None = None, expected: Values | None = None
) -> Item:
    """An UpdateItem: attributes that become None are removed, keys that depend on what changes are made anew."""
    layout = ENTITIES[entity]
    known = {**key, **changes}
    new: dict[str, Item | None] = {
        name: None if one is None else typed(layout["types"].get(name, "S"), one)
        for name, one in changes.items()
        if name not in layout["identity"]
    }
    keys = {name for name, parts in layout["made"].items() if name not in layout["key"]}
    for name, key_text in made(entity, known).items():
        if name in keys and set(_sources(layout["made"][name])) & set(changes):
            new[name] = None if key_text is None else {"S": key_text}
    names: dict[str, str] = {"#key": layout["key"][0]}
    values: dict[str, Item] = {}
    sets, removes, adds, conditions = [], [], [], ["attribute_exists(#key)"]
    for number, (name, typed_value) in enumerate(new.items()):
        names[f"#n{number}"] = name
        if typed_value is None:
            removes.append(f"#n{number}")
        else:
            values[f":v{number}"] = typed_value
            sets.append(f"#n{number} = :v{number}")
    for number, (name, amount) in enumerate((add or {}).items()):
        names[f"#a{number}"], values[f":a{number}"] = name, typed("N", amount)
        adds.append(f"#a{number} :a{number}")
    for number, (name, old) in enumerate((expected or {}).items()):
        names[f"#e{number}"], values[f":e{number}"] = name, typed(layout["types"].get(name, "S"), old)
        conditions.append(f"#e{number} = :e{number}")
    clauses = {"SET": sets, "REMOVE": removes, "ADD": adds}
    request = {
        "TableName": layout["table"],
        "Key": key_of(entity, key),
        "UpdateExpression": " ".join(f"{word} {', '.join(one)}" for word, one in clauses.items() if one),
        "ConditionExpression": " AND ".join(conditions),
        "ExpressionAttributeNames": names,
    }
    return request | ({"ExpressionAttributeValues": values} if values else {})


def _sources(parts: Iterable[Sequence[Any]]) -> list[str]:
    return [
        name
        for part in parts
        for name in ([part[1]] if part[0] == "attribute" else part[-1] if part[0] != "literal" else [])
    ]


def update(
    client: Any, entity: str, key: Values, changes: Values, *, add: Values | None = None, expected: Values | None = None,
    old: Values | None = None, also: Iterable[tuple[str, Values]] = (),
) -> None:  # fmt: skip
    """Change an item that is there; `expected` values must still be stored; `old` unique values are given up for the new ones.

    What is inserted `also` is written with it, all or nothing.

    Raises:
        ClientError: ConditionalCheckFailedException where there is no such item or an expected value has changed;
            TransactionCanceledException where one of several writes is refused.
    """
    writes: list[Item] = [{"Update": update_request(entity, key, changes, add=add, expected=expected)}]
    layout = ENTITIES[entity]
    for names in layout["unique"]:
        if old is not None and set(names) & set(changes):
            before, after = {**key, **old}, {**key, **old, **changes}
            gone = {"unique_value": {"S": unique_value(names, before)}}
            writes.append({"Delete": {"TableName": layout["unique_table"], "Key": gone}})
            put = {"TableName": layout["unique_table"], "Item": unique_item(entity, names, after)}
            absent = {"ConditionExpression": "attribute_not_exists(unique_value)"}
            writes.append({"Put": put | absent})
    for other, one in also:
        writes += _puts(other, one)
    write(client, writes)


def delete(client: Any, entity: str, key: Values, *, old: Values | None = None) -> None:
    """Delete an item, and the items that keep its unique values."""
    layout = ENTITIES[entity]
    writes: list[Item] = [{"Delete": {"TableName": layout["table"], "Key": key_of(entity, key)}}]
    for names in layout["unique"]:
        gone = {"unique_value": {"S": unique_value(names, {**key, **(old or {})})}}
        writes.append({"Delete": {"TableName": layout["unique_table"], "Key": gone}})
    write(client, writes)


def by_unique(
    client: Any, entity: str, names: Sequence[str], values: Values, *, consistent: bool = False
) -> dict[str, Any] | None:
    """The item that owns a unique value: the item that keeps the value, then its owner."""
    layout = ENTITIES[entity]
    kept = {"unique_value": {"S": unique_value(names, values)}}
    found = client.get_item(TableName=layout["unique_table"], Key=kept, ConsistentRead=consistent).get("Item")
    if not found:
        return None
    key = key_of(entity, values_of(found))
    return get(client, {"TableName": layout["table"], "Key": key, "ConsistentRead": consistent})


def count_up(client: Any, table: str, owner: str, shards: int, by: int = 1) -> None:
    """Count on one of a counter's shards, taken at random."""
    client.update_item(
        TableName=table,
        Key={"counter": {"S": joined(owner, str(random.randrange(shards)))}},  # noqa: S311 - spreads load, hides nothing
        UpdateExpression="ADD #total :by",
        ExpressionAttributeNames={"#total": "total"},
        ExpressionAttributeValues={":by": {"N": str(by)}},
    )


def counted(client: Any, table: str, owner: str, shards: int) -> int:
    """What a counter's shards add up to."""
    keys = [{"counter": {"S": joined(owner, str(number))}} for number in range(shards)]
    answer = client.batch_get_item(RequestItems={table: {"Keys": keys}})
    return sum(int(one["total"]["N"]) for one in answer["Responses"].get(table, ()))
