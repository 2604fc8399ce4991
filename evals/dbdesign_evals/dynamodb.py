"""A design for DynamoDB, carried out on an emulator (moto): tables, items made from entities by templates, requests of access patterns
and writes.

A design is a YAML document:

table: what CreateTable takes (KeySchema, AttributeDefinitions, GlobalSecondaryIndexes, …); its name and billing are the grader's items:
for each kind of entity the items that it is stored as, each a mapping of attribute → template; an item also carries the entity's own
fields patterns: for each access pattern a list of requests, or `{requests: …, merge: {by, descending, limit}}` where several are put
together writes: for each write a list of requests

A request is `{operation: Query, …}` with what the API takes for GetItem, BatchGetItem (`Keys`), Query, Scan, PutItem, UpdateItem,
DeleteItem or TransactWriteItems (`TransactItems`); keys, items and values are plain values. Texts in it are templates over the
parameters; `for: {bucket: 8}` sends it eight times, with `{bucket}` from 0 to 7. A template is text with `{field}`, `{field:7}` (the
first seven characters), `{field:010}` (filled with zeros on the left to ten) and `{field%8}` (a hash of it, from 0 to 7). A template
that is one field alone keeps the field's type.
"""

from __future__ import annotations

import contextlib
import re
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from importlib.util import find_spec
from typing import Any
from zlib import crc32

from dbdesign.errors import InputError

_FIELD = re.compile(r"\{(\w+)(?::(0?)(\d+)|%(\d+))?\}")
_READS = frozenset({"GetItem", "BatchGetItem", "Query", "Scan"})
_WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems"})
_lock = threading.Lock()

BATCH = 25
"""Items of one BatchWriteItem (developer guide, "Quotas")."""

MOST_REQUESTS = 200
"""That one access pattern may send."""


def available() -> bool:
    """Whether the emulator is installed."""
    return find_spec("moto") is not None and find_spec("boto3") is not None


def filled(template: Any, values: Mapping[str, Any]) -> Any:
    """A template with its fields filled in, mappings and lists all through.

    Raises:
        InputError: for a field that there is not.
    """
    if isinstance(template, Mapping):
        return {str(key): filled(value, values) for key, value in template.items()}
    if isinstance(template, list):
        return [filled(value, values) for value in template]
    if not isinstance(template, str):
        return template
    whole = _FIELD.fullmatch(template)
    if whole and whole[3] is None and whole[4] is None:
        return _value(whole[1], values)
    return _FIELD.sub(lambda found: _part(found, values), template)


def _value(name: str, values: Mapping[str, Any]) -> Any:
    if name not in values:
        raise InputError(f"there is no field {{{name}}}", remedy=f"Known: {', '.join(sorted(values))}")
    return values[name]


def _part(found: re.Match[str], values: Mapping[str, Any]) -> str:
    text = str(_value(found[1], values))
    if found[4] is not None:
        return str(crc32(text.encode()) % max(1, int(found[4])))
    if found[3] is None:
        return text
    return text.rjust(int(found[3]), "0") if found[2] else text[: int(found[3])]


@dataclass
class Design:
    """A design as it was answered."""

    table: dict[str, Any]
    items: dict[str, list[dict[str, Any]]]
    patterns: dict[str, Any]
    writes: dict[str, Any]

    @classmethod
    def of(cls, value: Any, name: str) -> Design:
        """The design of a YAML value.

        Raises:
            InputError: where a part is missing or of another form.
        """
        if not isinstance(value, dict) or not isinstance(value.get("table"), dict):
            raise InputError("has no mapping `table`", where=name)
        items = {
            str(kind): [one] if isinstance(one, dict) else list(one or [])
            for kind, one in _mapping(value, "items", name).items()
        }
        return cls(value["table"], items, _mapping(value, "patterns", name), _mapping(value, "writes", name))

    def stored(self, kind: str, entity: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The items of an entity. An attribute that is filled with null is left out, as an index that is sparse wants it."""
        templates = self.items.get(kind)
        if templates is None:
            raise InputError(f"there are no items for {kind!r}", where="items")
        made = []
        for template in templates:
            item = {**entity, **filled(template, entity)}
            made.append({key: value for key, value in item.items() if value is not None})
        return made

    def keys(self) -> dict[str, tuple[str, str | None]]:
        """Partition and sort key attributes of the table (by the name `table`) and of each index."""
        found = {"table": _key_names(self.table.get("KeySchema"))}
        for kind in ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"):
            for index in self.table.get(kind) or []:
                found[str(index.get("IndexName"))] = _key_names(index.get("KeySchema"))
        return found


def _mapping(value: dict[str, Any], part: str, name: str) -> dict[str, Any]:
    found = value.get(part) or {}
    if not isinstance(found, dict):
        raise InputError(f"`{part}` is no mapping", where=name)
    return found


def _key_names(schema: Any) -> tuple[str, str | None]:
    names = {one.get("KeyType"): one.get("AttributeName") for one in schema or [] if isinstance(one, dict)}
    if "HASH" not in names:
        raise InputError("a key schema without a HASH key", where="table")
    return str(names["HASH"]), names.get("RANGE")


@dataclass
class Reading:
    """What an access pattern read: items in order, how many were looked at, how many requests it took."""

    items: list[dict[str, Any]] = field(default_factory=list)
    examined: int = 0
    requests: int = 0
    scans: int = 0


class Emulator:
    """A table of a design on the emulator."""

    def __init__(self, client: Any, design: Design) -> None:
        from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

        self._client, self._design = client, design
        self._serialise, self._deserialise = TypeSerializer().serialize, TypeDeserializer().deserialize

    def create(self) -> None:
        """Make the table.

        Raises:
            InputError: where DynamoDB refuses it.
        """
        arguments = {key: value for key, value in self._design.table.items() if key not in {"TableName", "BillingMode"}}
        arguments.pop("ProvisionedThroughput", None)
        for index in arguments.get("GlobalSecondaryIndexes") or []:
            index.pop("ProvisionedThroughput", None)
        self._call("create_table", TableName="t", BillingMode="PAY_PER_REQUEST", **arguments)

    def put(self, entities: Sequence[tuple[str, Mapping[str, Any]]]) -> None:
        """Store entities, each of a kind, as the design does.

        Raises:
            InputError: where DynamoDB refuses an item, or two items have the same key.
        """
        items = [self._typed(item) for kind, entity in entities for item in self._design.stored(kind, entity)]
        hash_key, range_key = self._design.keys()["table"]
        seen: set[str] = set()
        for item in items:
            key = str((item.get(hash_key), item.get(range_key or "")))
            if key in seen:
                raise InputError(f"two items have the key {key}", where="items")
            seen.add(key)
        for first in range(0, len(items), BATCH):
            puts = [{"PutRequest": {"Item": item}} for item in items[first : first + BATCH]]
            self._call("batch_write_item", RequestItems={"t": puts})

    def read(self, name: str, params: Mapping[str, Any]) -> Reading:
        """Carry out an access pattern.

        Raises:
            InputError: where the design has no such pattern, or DynamoDB refuses a request.
        """
        requests, merge = _requests(self._design.patterns, name, params)
        found = Reading()
        for request in requests:
            operation = request.pop("operation", "Query")
            if operation not in _READS:
                raise InputError(f"{operation} is no way to read", where=f"pattern {name}")
            self._read(str(operation), request, found)
        if merge:
            _merge(found, merge)
        return found

    def write(self, name: str, params: Mapping[str, Any]) -> str | None:
        """Carry out a write; why DynamoDB's conditions refused it, or None.

        Raises:
            InputError: where the design has no such write, or a request is wrong.
        """
        requests, _ = _requests(self._design.writes, name, params)
        for request in requests:
            operation = request.pop("operation", "UpdateItem")
            if operation not in _WRITES:
                raise InputError(f"{operation} is no write", where=f"write {name}")
            try:
                self._write(str(operation), request)
            except _RefusedError as refused:
                return str(refused)
        return None

    def _read(self, operation: str, request: dict[str, Any], found: Reading) -> None:
        found.scans += operation == "Scan"
        if operation == "GetItem":
            answer = self._call("get_item", TableName="t", **self._expressions(request))
            self._take(found, [answer["Item"]] if "Item" in answer else [], 1)
        elif operation == "BatchGetItem":
            keys = [self._typed(key) for key in request.get("Keys", [])]
            answer = self._call("batch_get_item", RequestItems={"t": {"Keys": keys}})
            self._take(found, answer["Responses"].get("t", []), len(keys))
        else:
            self._pages("query" if operation == "Query" else "scan", request, found)

    def _pages(self, method: str, request: dict[str, Any], found: Reading) -> None:
        arguments = self._expressions(request)
        while True:
            answer = self._call(method, TableName="t", **arguments)
            self._take(found, answer.get("Items", []), int(answer.get("ScannedCount", 0)))
            last = answer.get("LastEvaluatedKey")
            if not last or "Limit" in arguments or found.requests >= MOST_REQUESTS:
                return
            arguments["ExclusiveStartKey"] = last

    def _take(self, found: Reading, items: Sequence[dict[str, Any]], examined: int) -> None:
        found.requests += 1
        found.examined += examined
        found.items += [{key: self._deserialise(value) for key, value in item.items()} for item in items]

    def _write(self, operation: str, request: dict[str, Any]) -> None:
        if operation == "TransactWriteItems":
            items = [
                {kind: {"TableName": "t", **self._expressions(one)} for kind, one in item.items()}
                for item in request.get("TransactItems", [])
            ]
            self._call("transact_write_items", TransactItems=items)
        else:
            method = {"PutItem": "put_item", "UpdateItem": "update_item", "DeleteItem": "delete_item"}[operation]
            self._call(method, TableName="t", **self._expressions(request))

    def _expressions(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """A request's arguments with keys, items and values in DynamoDB's typed form."""
        typed = {"Key", "Item", "ExpressionAttributeValues", "ExclusiveStartKey"}
        return {
            key: self._typed(value) if key in typed else value
            for key, value in request.items()
            if key not in {"TableName", "for"}
        }

    def _typed(self, value: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            raise InputError("a key, an item or values that are no mapping")
        return {str(key): self._serialise(_decimal(one)) for key, one in value.items()}

    def _call(self, method: str, **arguments: Any) -> Any:
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            return getattr(self._client, method)(**arguments)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code in {"ConditionalCheckFailedException", "TransactionCanceledException"}:
                raise _RefusedError(error.response["Error"].get("Message", code)) from None
            raise InputError(f"DynamoDB refuses {method}: {error.response['Error'].get('Message', code)}") from None
        except (BotoCoreError, TypeError) as error:
            raise InputError(f"{method}: {' '.join(str(error).split())[:300]}") from None


class _RefusedError(Exception):
    """A condition did not hold."""


def _decimal(value: Any) -> Any:
    if isinstance(value, float):
        return Decimal(str(value))
    if isinstance(value, Mapping):
        return {str(key): _decimal(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_decimal(one) for one in value]
    return value if isinstance(value, (str, int, bool, bytes, Decimal)) or value is None else str(value)


def _requests(
    known: dict[str, Any], name: str, params: Mapping[str, Any]
) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    if name not in known:
        raise InputError(f"there is no {name!r}", remedy=f"Known: {', '.join(sorted(map(str, known)))}")
    value: Any = known[name]
    merge: dict[str, Any] = {}
    if isinstance(value, dict) and "requests" in value:
        value, merge = value["requests"], value.get("merge") or {}
    made: list[dict[str, Any]] = []
    for template in [value] if isinstance(value, dict) else value or []:
        if not isinstance(template, dict):
            raise InputError("a request that is no mapping", where=name)
        made += [filled(template, {**params, **turn}) for turn in _turns(template.get("for"))]
    if len(made) > MOST_REQUESTS:
        raise InputError(f"{len(made)} requests, more than {MOST_REQUESTS}", where=name)
    return made, merge


def _turns(loop: Any) -> list[dict[str, int]]:
    if not loop:
        return [{}]
    (variable, count), *_ = loop.items()
    return [{str(variable): number} for number in range(min(int(count), MOST_REQUESTS + 1))]


def _merge(found: Reading, merge: Mapping[str, Any]) -> None:
    if "by" in merge:
        found.items.sort(key=lambda item: str(item.get(str(merge["by"]), "")), reverse=bool(merge.get("descending")))
    if "limit" in merge:
        found.items = found.items[: int(merge["limit"])]


@contextlib.contextmanager
def emulator(design: Design) -> Iterator[Emulator]:
    """A fresh emulator with the design's table. One at a time in a process: the emulator's state is the process's.

    Raises:
        InputError: where DynamoDB refuses the table.
    """
    from moto import mock_aws

    with _lock, mock_aws():
        made = Emulator(_client(), design)
        made.create()
        yield made


@cache
def _client() -> Any:
    """A client of the emulator: making one takes longer than all that it is asked."""
    import boto3
    import moto  # noqa: F401 - has to be there before the client is made

    return boto3.client(
        "dynamodb",
        region_name="eu-west-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",  # noqa: S106 - the emulator's
    )
