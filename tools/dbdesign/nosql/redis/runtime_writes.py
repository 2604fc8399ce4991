"""The third part of what every written module begins with: inserts, updates, counters, deletes, and the repair of indexes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from dbdesign.nosql.redis import runtime
from dbdesign.nosql.redis.runtime import (
    ENTITIES,
    INDEXES,
    RETRIES,
    Batch,
    Conflict,
    Entity,
    Index,
    Row,
    add_entry,
    entry,
    of_member,
    owner,
    record_field,
    record_key,
    remove_entry,
    reserve,
    score,
    slot_text,
    text_of,
    unique_key,
    unpacked,
    unpart,
    wire,
    write_row,
)  # fmt: skip
from dbdesign.nosql.redis.runtime_reads import answer, first_index, get, index_page

SCANNED = 500
"""Keys that a repair asks for at once."""


def insert(client: Any, name: str, row: Row, together: Sequence[tuple[str, Row]] = ()) -> None:
    """Store an entity that is not there yet, and others with it, which are replaced where they are."""
    for _ in range(RETRIES):
        batch = Batch()
        entity = ENTITIES[name]
        if entity.form in {"hash", "json"}:
            batch.guard(1, "absent", record_key(entity, row))
        elif entity.form == "bucket":
            batch.guard(1, "without", record_key(entity, row), record_field(entity, row))
        write_row(batch, entity, row)
        for other, values in together:
            put(client, batch, ENTITIES[other], values)
        if attempt(client, batch):
            return
    raise Conflict("contended", name)


def attempt(client: Any, batch: Batch) -> bool:
    """Whether a batch ran; False where what it had read has changed meanwhile."""
    try:
        batch.run(client)
    except Conflict as refused:
        if refused.args[0] in {"same", "packed"}:
            return False
        raise
    return True


def put(client: Any, batch: Batch, entity: Entity, row: Row) -> None:
    """Store an entity whether it is there or not."""
    old = get(client, entity.name, row)
    if old is None:
        if entity.form == "bucket":
            batch.guard(1, "without", record_key(entity, row), record_field(entity, row))
        write_row(batch, entity, row)
        return
    change(batch, entity, old, {name: value for name, value in row.items() if old.get(name) != value})


def change(batch: Batch, entity: Entity, old: Row, changes: Row) -> None:
    """Commands that change an entity that was read, guarded by what its index entries depend on."""
    new = {**old, **changes}
    touched = [one for one in INDEXES.values() if one.entity == entity.name and one.attributes & changes.keys()]
    key = record_key(entity, old)
    for name in sorted({name for one in touched for name in one.attributes} - set(entity.key)):
        expect(batch, entity, key, old, name, old.get(name))
    for names in entity.unique:
        if set(names) & changes.keys():
            move_unique(batch, entity, names, old, new)
    store_changes(batch, entity, key, old, changes)
    for index in touched:
        before, after = entry(index, old), entry(index, new)
        if before and (not after or before[:2] != after[:2]):
            remove_entry(batch, index, before[0], before[1])
        if after and after != before:
            add_entry(batch, index, *after)


def expect(batch: Batch, entity: Entity, key: str, row: Row, name: str, value: Any) -> None:
    """Guard that an attribute has this value."""
    if entity.form == "hash":
        batch.guard(1, "same", key, name, text_of(entity.types[name], value))
    elif entity.form == "bucket":
        batch.guard(1, "packed", key, record_field(entity, row), name, text_of(entity.types[name], value))


def move_unique(batch: Batch, entity: Entity, names: Sequence[str], old: Row, new: Row) -> None:
    """Reserve the new value before the change, free the old one after it."""
    if all(new.get(name) is not None for name in names):
        reserve(batch, entity, names, new)
    if all(old.get(name) is not None for name in names) and any(old[name] != new.get(name) for name in names):
        batch.command(2, "FREE", unique_key(entity, names, old), owner(entity, old))


def store_changes(batch: Batch, entity: Entity, key: str, row: Row, changes: Row) -> None:
    """The entity's own part of a change."""
    if entity.form == "bucket":
        batch.guard(1, "with", key, record_field(entity, row))
        texts = {name: text_of(entity.types[name], value) for name, value in changes.items()}
        if texts:
            batch.command(1, "MERGE", key, record_field(entity, row), texts)
    elif entity.form == "hash":
        batch.guard(1, "present", key)
        there = [(name, wire(entity.types[name], value)) for name, value in changes.items() if value is not None]
        gone = [name for name, value in changes.items() if value is None]
        if there:
            batch.command(1, "HSET", key, *(one for pair in there for one in pair))
        if gone:
            batch.command(1, "HDEL", key, *gone)


def update(
    client: Any, name: str, row: Row, changes: Row, *, expected: Row | None = None,
    together: Sequence[tuple[str, Row]] = (),
) -> bool:  # fmt: skip
    """Change an entity; False where there is none, a `Conflict` where it is not as `expected`."""
    entity = ENTITIES[name]
    for _ in range(RETRIES):
        old = {**row} if depends_on_nothing(entity, changes) else get(client, name, row)
        if old is None:
            return False
        batch = Batch()
        change(batch, entity, old, changes)
        for attribute, value in (expected or {}).items():
            expect(batch, entity, record_key(entity, old), old, attribute, value)
        for other, values in together:
            put(client, batch, ENTITIES[other], values)
        try:
            batch.run(client)
        except Conflict as refused:
            if refused.args[0] in {"present", "with"}:
                return False
            there = get(client, name, row)
            if refused.args[0] not in {"same", "packed"} or differs(there, expected):
                raise
        else:
            return True
    raise Conflict("contended", name)


def differs(row: Row | None, expected: Row | None) -> bool:
    """Whether an entity is not as expected."""
    return row is None or any(row.get(name) != value for name, value in (expected or {}).items())


def depends_on_nothing(entity: Entity, changes: Row) -> bool:
    """Whether no index entry and no unique value follows from the attributes that change."""
    indexed = {name for one in INDEXES.values() if one.entity == entity.name for name in one.attributes}
    return not (indexed | {name for names in entity.unique for name in names}) & changes.keys()


def increment(
    client: Any, name: str, row: Row, attribute: str, by: Any, *, changes: Row | None = None, minimum: Any = None,
    together: Sequence[tuple[str, Row]] = (),
) -> bool:  # fmt: skip
    """Count an attribute of a hash up or down, never below the minimum; False where there is no such entity."""
    touched = [one for one in INDEXES.values() if one.entity == name and one.attributes & {attribute, *(changes or {})}]
    read = any(
        one.where or one.attributes & {*(changes or {})} or one.attributes - {attribute} - {*row} for one in touched
    )
    for _ in range(RETRIES):
        old = get(client, name, row) if read else {**row}
        if old is None:
            return False
        batch, key = Batch(), record_key(ENTITIES[name], old)
        if minimum is not None:
            batch.guard(1, "least", key, attribute, str(by), str(minimum))
        apart = count(batch, ENTITIES[name], old, attribute, by, {**(changes or {})}, touched if read else [], touched)
        for other, values in together:
            put(client, batch, ENTITIES[other], values)
        try:
            batch.run(client)
        except Conflict as refused:
            if refused.args[0] == "present":
                return False
            if refused.args[0] not in {"same", "packed"}:
                raise
        else:
            for index, found in apart:
                follow(client, name, row, index, found)
            return True
    raise Conflict("contended", name)


def count(
    batch: Batch,
    entity: Entity,
    old: Row,
    attribute: str,
    by: Any,
    changes: Row,
    guarded: Sequence[Index],
    touched: Sequence[Index],
) -> list[tuple[Index, tuple[str, str, float | None]]]:
    """Commands of an increment; returns the entries that another slot holds, which are scored after it."""
    key = record_key(entity, old)
    change(batch, entity, old, changes)
    for name in sorted({one for index in guarded for one in index.attributes} - {*entity.key, attribute}):
        expect(batch, entity, key, old, name, old.get(name))
    result = batch.command(1, "HINCRBYFLOAT", key, attribute, str(by))
    scored = [one for one in touched if one.order == attribute]
    entries = [(one, found) for one in scored if (found := entry(one, {**old, **changes, attribute: 0}))]
    apart = [one for one in entries if runtime.CLUSTER and slot_text(one[1][0]) != slot_text(key)]
    for index, found in entries:
        if (index, found) not in apart:
            add_entry(batch, index, found[0], found[1], result)
    return apart


def follow(client: Any, name: str, row: Row, index: Index, found: tuple[str, str, float | None]) -> None:
    """Score an entry in another slot by what its entity says by now."""
    now = get(client, name, row)
    if now and index.order and now.get(index.order) is not None:
        number = score(ENTITIES[name].types[index.order], now[index.order])
        client.zadd(found[0], {found[1]: number})


def delete(client: Any, name: str, row: Row) -> bool:
    """Delete an entity with its unique values and index entries; False where there is none."""
    entity = ENTITIES[name]
    for _ in range(RETRIES):
        old = get(client, name, row)
        if old is None:
            return False
        batch, key = Batch(), record_key(entity, old)
        own = [one for one in INDEXES.values() if one.entity == name]
        for one in sorted({one for index in own for one in index.attributes} - set(entity.key)):
            expect(batch, entity, key, old, one, old.get(one))
        if entity.form in {"hash", "json"}:
            batch.command(1, "DEL", key)
        elif entity.form == "bucket":
            batch.command(1, "HDEL", key, record_field(entity, old))
        for names in entity.unique:
            if all(old.get(one) is not None for one in names):
                batch.command(2, "FREE", unique_key(entity, names, old), owner(entity, old))
        for index in own:
            if found := entry(index, old):
                remove_entry(batch, index, found[0], found[1])
        if attempt(client, batch):
            return True
    raise Conflict("contended", name)


def rows_of(client: Any, name: str) -> Iterator[dict[str, Any]]:
    """Every entity, by scanning: not at one moment, but each that is there all the while."""
    entity = ENTITIES[name]
    if entity.form == "edge":
        yield from entries_of(client, first_index(entity))
        return
    for key in client.scan_iter(match=f"{entity.prefix}:{{*", count=SCANNED):
        if entity.form == "bucket":
            yield from (row for _, one in client.hscan_iter(key) if (row := unpacked(entity, one)))
        elif entity.form == "json":
            if row := unpacked(entity, client.get(key)):
                yield row
        elif row := answer(entity, {}, (), client.hgetall(key)):
            yield row


def entries_of(client: Any, index: Index) -> Iterator[dict[str, Any]]:
    """What every entry of an index says."""
    entity = ENTITIES[index.entity]
    names = (*index.tag, *index.rest)
    pattern = f"{index.prefix}:{{*" if index.tag else index.prefix
    for key in client.scan_iter(match=pattern, count=SCANNED):
        text = key.decode()[len(index.prefix) + 1 :].replace("{", "").replace("}", "")
        equal = {one: unpart(entity.types[one], value) for one, value in zip(names, text.split(":"), strict=False)}
        for member, number in index_page(client, index, equal, None, None, False, 0, None):
            yield of_member(index, equal, member, number)


def repair(client: Any, name: str) -> tuple[int, int]:
    """Mend an index after a crash between slots, or what expired: entries added and removed."""
    index = INDEXES[name]
    entity = ENTITIES[index.entity]
    added = removed = 0
    for row in rows_of(client, index.entity):
        found = entry(index, row)
        if found and not stands(client, index, found):
            batch = Batch()
            add_entry(batch, index, *found)
            batch.run(client)
            added += 1
    for row in list(entries_of(client, index)):
        truth = get(client, entity.name, row)
        if truth is None or entry(index, truth) != entry(index, {**truth, **row}):
            said = entry(index, row)
            batch = Batch()
            if said:
                remove_entry(batch, index, said[0], said[1])
                batch.run(client)
            removed += 1
    return added, removed


def stands(client: Any, index: Index, found: tuple[str, str, float | None]) -> bool:
    """Whether an entry stands in an index as it should."""
    key, member, number = found
    if index.kind == "set":
        return bool(client.sismember(key, member))
    if index.kind == "bitmap":
        return bool(client.getbit(key, int(member)))
    there = client.zscore(key, member)
    return there is not None and (number is None or there == number)


def repair_unique(client: Any, name: str, names: Sequence[str]) -> tuple[int, int]:
    """Mend reservations of unique values: those added for entities without one, and those removed that no entity has."""
    entity = ENTITIES[name]
    added = removed = 0
    for row in rows_of(client, name):
        if all(row.get(one) is not None for one in names):
            added += bool(client.set(unique_key(entity, names, row), owner(entity, row), nx=True))
    for key in client.scan_iter(match=f"{entity.prefix}.unique_{'_'.join(names)}:{{*", count=SCANNED):
        holder = (client.get(key) or b"").decode()
        parts = dict(zip(entity.key, holder.split(":"), strict=False))
        held = (
            get(client, name, {one: unpart(entity.types[one], text) for one, text in parts.items()}) if holder else None
        )
        if (
            held is None
            or any(held.get(one) is None for one in names)
            or unique_key(entity, names, held).encode() != key
        ):
            removed += int(client.delete(key))
    return added, removed
