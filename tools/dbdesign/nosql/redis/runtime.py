"""What every module that `module_writer` writes begins with: how entities become keys and values, and how they are read and written.

The text of this file is copied into the written module, behind which stand its tables and a function for each pattern. It depends on
the standard library alone; `client` is a `redis.Redis` or `redis.RedisCluster` that does not decode responses.
"""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

Row = Mapping[str, Any]
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
RETRIES = 32
JITTER = 0.1
"""Share by which a time to live varies, so that what was written together does not expire together."""


class Conflict(Exception):  # noqa: N818 - the name that its users know it by
    """A write that a guard refused: the key or a unique value is taken, a value is not as expected, or a counter would fall too low."""


@dataclass(frozen=True)
class Entity:
    """How an entity is kept: as a `hash` or `json` by itself, in a `bucket` or `stream` with others, or (`edge`) in indexes alone."""

    name: str
    form: str
    prefix: str
    tag: tuple[str, ...]
    key: tuple[str, ...]
    types: Mapping[str, str]
    unique: tuple[tuple[str, ...], ...] = ()
    ttl: int | None = None

    @property
    def rest(self) -> tuple[str, ...]:
        """Attributes of the key that are not in the hash tag: the end of the key's name, or the field of a bucket."""
        return tuple(name for name in self.key if name not in self.tag)


@dataclass(frozen=True)
class Index:
    """A sorted set, lexicographic set, set, list, bitmap or HyperLogLog beside an entity; `where` holds the only value that it lists."""

    name: str
    entity: str
    kind: str
    prefix: str
    tag: tuple[str, ...]
    rest: tuple[str, ...]
    member: tuple[str, ...]
    order: str | None = None
    where: Mapping[str, str] = field(default_factory=dict)
    keep: int | None = None
    trim: bool = False

    @property
    def attributes(self) -> set[str]:
        """Attributes on which its entries depend."""
        return {*self.tag, *self.rest, *self.member, *self.where, *((self.order,) if self.order else ())}


ENTITIES: dict[str, Entity] = {}
INDEXES: dict[str, Index] = {}
CLUSTER = False
APPLY = ""


def wire(kind: str, value: Any) -> str | bytes:
    """A value as it is stored: timestamps as milliseconds since 1970, dates as ISO 8601, JSON as text, the rest as plain text."""
    if kind == "binary":
        return bytes(value)
    if kind == "timestamp" and isinstance(value, datetime):
        return str((value - EPOCH) // timedelta(milliseconds=1))
    if kind == "boolean":
        return "1" if value else "0"
    if kind in {"json", "list"}:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if isinstance(value, Decimal):
        return format(value, "f")
    return str(value)


def unwire(kind: str, stored: str | bytes) -> Any:
    """The value of what is stored."""
    if kind == "binary":
        return stored
    text = stored.decode() if isinstance(stored, bytes) else stored
    if kind == "timestamp":
        return EPOCH + timedelta(milliseconds=int(text))
    if kind == "number":
        return int(text) if text.lstrip("-").isdigit() else float(text)
    if kind in {"json", "list"}:
        return json.loads(text)
    makers: dict[str, Any] = {"boolean": lambda one: one == "1", "date": date.fromisoformat, "decimal": Decimal}
    return makers.get(kind, str)(text)


def score(kind: str, value: Any) -> float:
    """A value as the score of a sorted set: exact up to 2^53."""
    if kind == "date":
        return float(value.toordinal())
    return float(wire(kind, value))


def unscore(kind: str, number: float) -> Any:
    """The value of a score."""
    if kind == "date":
        return date.fromordinal(int(number))
    return unwire(kind, str(int(number)) if number == int(number) else repr(number))


def part(kind: str, value: Any) -> str:
    """A value as a part of a key or a member: what separates parts is escaped."""
    stored = wire(kind, value)
    text = stored.hex() if isinstance(stored, bytes) else stored
    return text.replace("%", "%25").replace(":", "%3A").replace("{", "%7B").replace("}", "%7D")


def unpart(kind: str, text: str) -> Any:
    """The value of a part."""
    plain = text.replace("%7D", "}").replace("%7B", "{").replace("%3A", ":").replace("%25", "%")
    return bytes.fromhex(plain) if kind == "binary" else unwire(kind, plain)


def key_name(prefix: str, tag: Sequence[str], rest: Sequence[str], types: Mapping[str, str], row: Row) -> str:
    """`prefix:{tag}:rest`."""
    tagged = ":{" + ":".join(part(types[name], row[name]) for name in tag) + "}" if tag else ""
    return prefix + tagged + "".join(":" + part(types[name], row[name]) for name in rest)


def record_key(entity: Entity, row: Row) -> str:
    """The key that holds an entity."""
    rest = () if entity.form in {"bucket", "stream"} else entity.rest
    return key_name(entity.prefix, entity.tag, rest, entity.types, row)


def record_field(entity: Entity, row: Row) -> str:
    """The field of an entity in its bucket."""
    return ":".join(part(entity.types[name], row[name]) for name in entity.rest)


def unique_key(entity: Entity, names: Sequence[str], row: Row) -> str:
    """The key that reserves a unique value; it has the entity's own hash tag where its attributes are among the unique ones."""
    tag = entity.tag if set(entity.tag) <= set(names) else names
    rest = [name for name in names if name not in tag]
    return key_name(f"{entity.prefix}.unique_{'_'.join(names)}", tag, rest, entity.types, row)


def owner(entity: Entity, row: Row) -> str:
    """What a reserved value holds: the entity's key."""
    return ":".join(part(entity.types[name], row[name]) for name in entity.key)


def packed(entity: Entity, row: Row) -> str:
    """An entity as a JSON object of strings."""
    return json.dumps(_texts(entity, row), ensure_ascii=False, separators=(",", ":"))


def _texts(entity: Entity, row: Row) -> dict[str, str | None]:
    return {name: text_of(entity.types[name], value) for name, value in row.items() if name in entity.types}


def text_of(kind: str, value: Any) -> str | None:
    """A value as text, bytes as base64; None for none."""
    stored = None if value is None else wire(kind, value)
    return base64.b64encode(stored).decode() if isinstance(stored, bytes) else stored


def unpacked(entity: Entity, stored: bytes | None) -> dict[str, Any] | None:
    """The entity of a JSON object of strings."""
    if stored is None:
        return None
    found = {name: text for name, text in json.loads(stored).items() if text is not None}
    return {
        name: base64.b64decode(text) if entity.types[name] == "binary" else unwire(entity.types[name], text)
        for name, text in found.items()
    }


def entry(index: Index, row: Row) -> tuple[str, str, float | None] | None:
    """Key, member and score of an entity in an index; None where it does not stand there."""
    types = ENTITIES[index.entity].types
    if any(row.get(name) is None for name in index.attributes):
        return None
    if any(wire(types[name], row[name]) != value for name, value in index.where.items()):
        return None
    key = key_name(index.prefix, index.tag, index.rest, types, row)
    member = ":".join(part(types[name], row[name]) for name in index.member)
    if index.kind == "lexicographic set" and index.order:
        member = f"{wire(types[index.order], row[index.order])!s}\0{member}"
    ordered = index.kind == "sorted set" and index.order
    return key, member, score(types[index.order], row[index.order]) if ordered and index.order else None


def of_member(index: Index, equal: Row, member: bytes, number: float | None) -> dict[str, Any]:
    """What an index's entry says of its entity."""
    types = ENTITIES[index.entity].types
    found = {name: equal[name] for name in (*index.tag, *index.rest)}
    text = member.decode()
    if index.kind == "lexicographic set" and index.order:
        value, _, text = text.rpartition("\0")
        found[index.order] = unwire(types[index.order], value)
    if index.kind == "sorted set" and index.order and number is not None:
        found[index.order] = unscore(types[index.order], number)
    found |= {name: unwire(types[name], value) for name, value in index.where.items()}
    return found | {name: unpart(types[name], one) for name, one in zip(index.member, text.split(":"), strict=False)}


def slot_text(key: str) -> str:
    """What of a key decides its slot."""
    return key.partition("{")[2].partition("}")[0] or key


def lifetime(entity: Entity) -> int:
    """Seconds to live, with jitter."""
    return round((entity.ttl or 0) * random.uniform(1 - JITTER, 1 + JITTER))  # noqa: S311 - spreads load, guards nothing


@dataclass
class Group:
    """Guards and commands of one script call: keys of one slot in a cluster, all of them elsewhere."""

    keys: list[str] = field(default_factory=list)
    guards: list[list[Any]] = field(default_factory=list)
    commands: list[list[Any]] = field(default_factory=list)
    arguments: list[bytes] = field(default_factory=list)
    reserved: list[tuple[int, str, str]] = field(default_factory=list)
    phases: set[int] = field(default_factory=set)

    @property
    def rank(self) -> int:
        """When it runs: the entity's own slot after those that only reserve."""
        return 1 if 1 in self.phases else min(self.phases)

    def place(self, key: str) -> int:
        """The number of a key among the script's."""
        if key not in self.keys:
            self.keys.append(key)
        return self.keys.index(key) + 1

    def wrapped(self, value: Any) -> Any:
        """Bytes apart from the JSON."""
        if not isinstance(value, bytes):
            return value
        self.arguments.append(value)
        return {"argument": len(self.arguments)}


class Batch:
    """Writes that belong together: reservations first, then entities, then what follows from them."""

    def __init__(self) -> None:
        self.groups: dict[str, Group] = {}

    def group(self, phase: int, key: str) -> Group:
        """The group of a key: 0 reserves, 1 stores the entity, 2 follows from it."""
        group = self.groups.setdefault(slot_text(key) if CLUSTER else "", Group())
        group.phases.add(phase)
        return group

    def guard(self, phase: int, kind: str, key: str, *arguments: Any) -> None:
        """Refuse everything unless this holds."""
        group = self.group(phase, key)
        group.guards.append([kind, group.place(key), *arguments])

    def command(self, phase: int, name: str, key: str, *arguments: Any) -> dict[str, int]:
        """Run a command; returns what stands for its result in later ones."""
        group = self.group(phase, key)
        group.commands.append([name, group.place(key), *map(group.wrapped, arguments)])
        return {"of": len(group.commands)}

    def run(self, client: Any) -> list[Any]:
        """Run all; a `Conflict` where a guard refuses: reservations of other slots are then given back."""
        taken: list[tuple[str, str]] = []
        results: list[Any] = []
        for group in sorted(self.groups.values(), key=lambda one: one.rank):
            found = run_group(client, group)
            if found[0] != b"ok":
                give_back(client, taken)
                raise Conflict(found[1].decode(), found[2].decode())
            given = json.loads(found[1])
            taken += [(key, holder) for number, key, holder in group.reserved if given[number - 1] == 1]
            results += given
        return results


def run_group(client: Any, group: Group) -> list[bytes]:
    """One call of the script."""
    arguments = [json.dumps(group.guards), json.dumps(group.commands), *group.arguments]
    found: list[bytes] = client.register_script(APPLY)(keys=group.keys, args=arguments)
    return found


def give_back(client: Any, taken: Iterable[tuple[str, str]]) -> None:
    """Free what a write had reserved before it was refused."""
    for key, holder in taken:
        run_group(client, Group(keys=[key], commands=[["FREE", 1, holder]]))


def write_row(batch: Batch, entity: Entity, row: Row) -> None:
    """Commands that store an entity, its unique values and its index entries."""
    key = record_key(entity, row)
    for names in entity.unique:
        if all(row.get(name) is not None for name in names):
            reserve(batch, entity, names, row)
    if entity.form == "hash":
        stored = [(name, wire(entity.types[name], value)) for name, value in row.items() if value is not None]
        batch.command(1, "HSET", key, *(one for pair in stored for one in pair))
    elif entity.form == "json":
        batch.command(1, "SET", key, packed(entity, row))
    elif entity.form == "bucket":
        batch.command(1, "HSET", key, record_field(entity, row), packed(entity, row))
    elif entity.form == "stream":
        append(batch, entity, key, row)
    if entity.ttl and entity.form != "edge":
        batch.command(1, "EXPIRE", key, lifetime(entity))
    for index in INDEXES.values():
        if index.entity == entity.name and (found := entry(index, row)):
            add_entry(batch, index, *found)


def append(batch: Batch, entity: Entity, key: str, row: Row) -> None:
    """An entry of a stream, numbered by its time; what is older than the retention goes."""
    (stamp,) = entity.rest
    moment = int(wire("timestamp", row[stamp]))
    values = [
        (name, wire(entity.types[name], value))
        for name, value in row.items()
        if value is not None and name not in entity.key
    ]
    bounds = ["MINID", "~", f"{moment - entity.ttl * 1000}"] if entity.ttl else []
    flat = [one for pair in values for one in pair] or ["_", ""]
    batch.command(1, "XADD", key, *bounds, f"{moment}-*", *flat)


def reserve(batch: Batch, entity: Entity, names: Sequence[str], row: Row) -> None:
    """Take a unique value, or refuse."""
    key, holder = unique_key(entity, names, row), owner(entity, row)
    batch.guard(0, "free", key, holder)
    number = batch.command(0, "SETNX", key, holder)["of"]
    batch.group(0, key).reserved.append((number, key, holder))
    if entity.ttl:
        batch.command(0, "EXPIRE", key, lifetime(entity))


def add_entry(batch: Batch, index: Index, key: str, member: str, number: Any) -> None:
    """Put an entry into an index; `number` is its score or what stands for one."""
    entity = ENTITIES[index.entity]
    if index.kind in {"sorted set", "lexicographic set"}:
        batch.command(2, "ZADD", key, 0 if number is None else number, member)
    elif index.kind == "set":
        batch.command(2, "SADD", key, member)
    elif index.kind == "bitmap":
        batch.command(2, "SETBIT", key, member, 1)
    elif index.kind == "hyperloglog":
        batch.command(2, "PFADD", key, member)
    elif index.kind == "list" and index.keep:
        batch.command(2, "LPUSH", key, member)
        batch.command(2, "LTRIM", key, 0, index.keep - 1)
    if entity.ttl and index.trim and isinstance(number, float):
        batch.command(2, "ZREMRANGEBYSCORE", key, "-inf", number - entity.ttl * 1000 * (1 + JITTER))
    if entity.ttl:
        batch.command(2, "EXPIRE", key, round(entity.ttl * (1 + JITTER)))


def remove_entry(batch: Batch, index: Index, key: str, member: str) -> None:
    """Take an entry out of an index."""
    names = {"set": ("SREM", member), "bitmap": ("SETBIT", member, 0), "list": ("LREM", 0, member)}
    if index.kind != "hyperloglog":
        name, *arguments = names.get(index.kind, ("ZREM", member))
        batch.command(2, str(name), key, *arguments)
