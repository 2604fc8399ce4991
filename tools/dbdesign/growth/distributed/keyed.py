"""The schema with the shard key in it: in every distributed table, at the head of its keys, and in the foreign keys between them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from dbdesign.growth.distributed.base import added_name
from dbdesign.model.schema import Column, ForeignKey, Index, IndexKey, Key, Schema, Table

if TYPE_CHECKING:
    from dbdesign.growth.sharding import KeyCandidate


def keyed_schema(schema: Schema, key: KeyCandidate) -> Schema:
    """The schema as Citus and YugabyteDB take it; partitions are left out, since shards take their place."""
    columns = dict(key.columns)
    columns |= {label: added_name(key) for label, role in key.roles.items() if role == "key to be added"}
    source = schema.table_by_label[key.table].column(key.key.rsplit(".", 1)[1])
    assert source is not None  # noqa: S101 - candidates are made of columns that are there
    tables = tuple(_keyed(table, columns, key.roles, source) for table in schema.tables if table.partition_of is None)
    return schema.model_copy(update={"tables": tables})


def _keyed(table: Table, columns: Mapping[str, str], roles: Mapping[str, str], source: Column) -> Table:
    name = columns.get(table.label)
    plain = table.model_copy(update={"partitioning": None})
    if name is None:
        return plain.model_copy(update={"foreign_keys": tuple(_kept(table, columns, roles))})
    own = table.column(name)
    fresh = Column(name=name, type=source.type, nullable=False)
    held = table.columns if own is not None else (*table.columns, fresh)
    return plain.model_copy(
        update={
            "columns": tuple(one.model_copy(update={"nullable": False}) if one.name == name else one for one in held),
            "primary_key": _led(table.primary_key, name) if table.primary_key else None,
            "unique_keys": tuple(_led(unique, name) for unique in table.unique_keys),
            "foreign_keys": tuple(_kept(table, columns, roles)),
            "indexes": tuple(_index(index, name) for index in table.indexes),
            "exclusions": (),
        }
    )


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
        role = roles.get(key.references)
        if role == "reference" or (name is None and key.references == table.label):
            found.append(key)
        elif name is not None and key.references in columns:
            theirs = columns[key.references]
            if name in key.columns and theirs in key.referenced_columns:
                found.append(key)
            else:
                found.append(
                    key.model_copy(
                        update={
                            "columns": (name, *(one for one in key.columns if one != name)),
                            "referenced_columns": (
                                theirs,
                                *(
                                    to
                                    for one, to in zip(key.columns, key.referenced_columns, strict=True)
                                    if one != name
                                ),
                            ),
                            "on_delete": "no action" if key.on_delete in {"set null", "set default"} else key.on_delete,
                        }
                    )
                )
    return found


def lost_references(schema: Schema, keyed: Schema) -> list[str]:
    """The foreign keys that a sharded schema cannot keep."""
    found = []
    for table in keyed.tables:
        before = schema.table_by_label[table.label]
        kept = {key.references for key in table.foreign_keys}
        found += [
            f"{table.label} ({', '.join(key.columns)}) → {key.references}"
            for key in before.foreign_keys
            if key.references not in kept
        ]
    return found
