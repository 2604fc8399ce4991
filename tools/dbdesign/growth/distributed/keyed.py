"""The schema with the shard key in it: in every distributed table, at the head of its keys, and in the foreign keys between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from dbdesign.growth.distributed.base import added_name
from dbdesign.model.schema import Column, ForeignKey, Index, IndexKey, Key, Schema, Table

if TYPE_CHECKING:
    from dbdesign.growth.sharding import KeyCandidate


def keyed_schema(schema: Schema, key: KeyCandidate, *, across: bool = False) -> Schema:
    """The schema with the key at the head of its keys; partitions are left out, since shards take their place.

    Args:
        across: whether the engine keeps unique and foreign keys across shards (CockroachDB, YugabyteDB), or each shard only its own
            (Citus, Vitess).
    """
    columns = dict(key.columns)
    columns |= {label: added_name(key) for label, role in key.roles.items() if role == "key to be added"}
    source = schema.table_by_label[key.table].column(key.key.rsplit(".", 1)[1])
    assert source is not None  # noqa: S101 - candidates are made of columns that are there
    whole = [table for table in schema.tables if table.partition_of is None]
    tables = tuple(_keyed(table, columns, key.roles, source, across=across) for table in whole)
    if across:
        made = {table.label: table for table in tables}
        tables = tuple(_with_references(table, schema.table_by_label[table.label], made) for table in tables)
    return schema.model_copy(update={"tables": tables})


def _with_references(table: Table, before: Table, made: Mapping[str, Table]) -> Table:
    """Those of its foreign keys as they were whose columns are still a key there; the others as they were changed."""
    kept = [
        key
        for key in before.foreign_keys
        if any(set(key.referenced_columns) == one for one in made[key.references].candidate_keys)
    ]
    said = {(key.references, frozenset(key.columns)) for key in kept}
    changed = [
        key
        for key in table.foreign_keys
        if not any(parent == key.references and columns <= set(key.columns) for parent, columns in said)
    ]
    return table.model_copy(update={"foreign_keys": (*kept, *changed)})


def _keyed(
    table: Table, columns: Mapping[str, str], roles: Mapping[str, str], source: Column, *, across: bool
) -> Table:
    name = columns.get(table.label)
    plain = table.model_copy(update={"partitioning": None})
    if name is None:
        return plain.model_copy(update={"foreign_keys": tuple(_kept(table, columns, roles))})
    own = table.column(name)
    fresh = Column(name=name, type=source.type, nullable=False)
    held = table.columns if own is not None else (*table.columns, fresh)
    update: dict[str, object] = {
        "columns": tuple(one.model_copy(update={"nullable": False}) if one.name == name else one for one in held),
        "primary_key": _led(table.primary_key, name) if table.primary_key else None,
        "foreign_keys": tuple(_kept(table, columns, roles)),
        "exclusions": (),
    }
    if not across:
        update["unique_keys"] = tuple(_led(unique, name) for unique in table.unique_keys)
        update["indexes"] = tuple(_index(index, name) for index in table.indexes)
    return plain.model_copy(update=update)


def _led(key: Key, name: str) -> Key:
    """The key with the shard key before it."""
    if key.columns[0] == name:
        return key
    rest = tuple(column for column in key.columns if column != name)
    keys = (IndexKey(column=name), *(one for one in key.keys if one.column != name)) if key.keys else ()
    return key.model_copy(update={"columns": (name, *rest), "keys": keys})


def _index(index: Index, name: str) -> Index:
    if not index.unique or name in index.columns:
        return index
    return index.model_copy(update={"keys": (IndexKey(column=name), *index.keys)})


def _kept(table: Table, columns: Mapping[str, str], roles: Mapping[str, str]) -> list[ForeignKey]:
    """Foreign keys within a shard, with the key on both sides; those to copied tables as they are; the others cannot be kept."""
    found = []
    name = columns.get(table.label)
    for key in table.foreign_keys:
        if roles.get(key.references) == "reference" or (name is None and key.references == table.label):
            found.append(key)
        elif name is not None and key.references in columns:
            found += _within(key, name, columns[key.references])
    return found


def _within(key: ForeignKey, name: str, theirs: str) -> list[ForeignKey]:
    """The foreign key with the shard key on both sides; none where it says that another column holds it, which leads to any shard."""
    pairs = dict(zip(key.columns, key.referenced_columns, strict=True))
    if pairs.get(name) == theirs:
        return [key]
    if name in pairs or theirs in key.referenced_columns:
        return []
    update = {
        "columns": (name, *key.columns),
        "referenced_columns": (theirs, *key.referenced_columns),
        "on_delete": "no action" if key.on_delete in {"set null", "set default"} else key.on_delete,
    }
    return [key.model_copy(update=update)]


def lost_references(schema: Schema, keyed: Schema) -> list[str]:
    """The foreign keys that a sharded schema cannot keep."""
    found = []
    for table in keyed.tables:
        kept = [(key.references, set(key.columns)) for key in table.foreign_keys]
        found += [
            f"{table.label} ({', '.join(key.columns)}) → {key.references}"
            for key in schema.table_by_label[table.label].foreign_keys
            if not any(parent == key.references and set(key.columns) <= columns for parent, columns in kept)
        ]
    return found


def lost_uniqueness(schema: Schema, keyed: Schema) -> list[str]:
    """The unique keys that each shard keeps only for itself."""
    found = []
    for table in keyed.tables:
        kept = [columns for columns, _ in table.unique_column_sets]
        found += [
            f"UNIQUE ({', '.join(sorted(columns))}) of {table.label}"
            for columns, _ in schema.table_by_label[table.label].unique_column_sets
            if columns not in kept
        ]
    return found
