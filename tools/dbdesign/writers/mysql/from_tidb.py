"""Adapts a TiDB schema to MySQL: the same dialect without what distributes rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from dbdesign.model.schema import Engine, Identity, Index, Key, Schema, Table
from dbdesign.model.types import DataType, Kind
from dbdesign.writers.mysql.context import Context

Kept = TypeVar("Kept", Key, Index)
DISTRIBUTION = {
    "shard_row_id_bits",
    "pre_split_regions",
    "auto_id_cache",
    "auto_random_base",
    "placement_policy",
    "tiflash_replica",
    "affinity",
}
LIFETIME = {"ttl", "ttl_enable", "ttl_job_interval"}


def adapt_tidb(schema: Schema, context: Context) -> Schema:
    """The schema without AUTO_RANDOM, placement, sharding, TTL and sequences; each a note."""
    for sequence in schema.sequences:
        context.note(sequence.label, "there are no sequences", "left out; AUTO_INCREMENT numbers a table's rows")
    for one in schema.carried:
        if one.kind == "placement policy":
            context.note(one.name, "there is no placement of rows", "left out")
    return schema.model_copy(
        update={
            "engine": Engine.MYSQL,
            "sequences": (),
            "carried": tuple(one for one in schema.carried if one.kind != "placement policy"),
            "tables": tuple(_table(table, context) for table in schema.tables),
        }
    )


def _table(table: Table, context: Context) -> Table:
    options = {}
    for word, value in table.options.items():
        if word in DISTRIBUTION:
            context.note(table.label, f"{word.upper()}: rows are not distributed", "left out")
        elif word in LIFETIME:
            context.note(table.label, "rows do not expire by themselves", "left out: an event that deletes them")
        else:
            options[word] = value
    columns = []
    for column in table.columns:
        if column.identity and column.identity.mode == "auto_random":
            context.note(f"{table.label}.{column.name}", "AUTO_RANDOM scatters keys over a cluster", "AUTO_INCREMENT")
            column = column.model_copy(
                update={"identity": Identity(mode="auto_increment", options=column.identity.options), "options": {}}
            )
        if column.default and "nextval" in column.default.lower():
            context.note(f"{table.label}.{column.name}", "there are no sequences", "no default")
            column = column.model_copy(update={"default": None})
        if column.type.kind is Kind.VECTOR and not context.has("vector"):
            context.note(f"{table.label}.{column.name}", "there is no vector type before MySQL 9", "json")
            column = column.model_copy(update={"type": DataType(kind=Kind.JSON, native="json")})
        columns.append(column)
    primary = table.primary_key
    if primary and primary.clustered is False:
        context.note(table.label, "NONCLUSTERED: InnoDB clusters by the primary key", "a clustered key")
    return table.model_copy(
        update={
            "options": options,
            "columns": tuple(columns),
            "primary_key": _plain(primary) if primary else None,
            "unique_keys": tuple(_plain(key) for key in table.unique_keys),
            "indexes": tuple(_indexes(table, context)),
        }
    )


def _indexes(table: Table, context: Context) -> Iterator[Index]:
    for index in table.indexes:
        if index.method in {"vector", "columnstore"}:
            context.note(f"{table.label} ({index.name or 'index'})", f"there are no {index.method} indexes", "left out")
        else:
            yield _plain(index)


def _plain(key: Kept) -> Kept:
    options = {word: value for word, value in key.options.items() if word != "global"}
    return key.model_copy(update={"clustered": None, "options": options})
