"""Citus 13: tables distributed by the key and kept together, small ones copied to every node.

Sources: Citus documentation, "Table Management" and "SQL Functions" (`create_distributed_table`, `create_reference_table`), "Cluster
Management: Choosing the shard count": 32 shards below 100 GB, 64 to 128 above.
"""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.growth.distributed.base import POSTGRESQL, DistributedEngine, Sharded
from dbdesign.growth.distributed.keyed import lost_references, lost_uniqueness
from dbdesign.growth.machine import GB
from dbdesign.growth.partition_proof import ddl_of

VERSION = "13.0"


def shard_count(size: float) -> int:
    """Shards of one group of tables that lie together."""
    return 32 if size < 100 * GB else (64 if size < 1000 * GB else 128)


def files(design: Sharded) -> dict[str, str]:
    """The schema with the key in it, and the calls that distribute it."""
    lines = [
        f"-- Citus {VERSION}: distributed by {design.key.key}. Run on the coordinator of an empty database, before the data.",
        "CREATE EXTENSION IF NOT EXISTS citus;",
        "",
        ddl_of(design.keyed).strip(),
        "",
        *_calls(design),
    ]
    return {"citus.sql": "\n".join(lines) + "\n"}


def _calls(design: Sharded) -> Iterator[str]:
    for label in design.tables("reference"):
        yield f"SELECT create_reference_table({POSTGRESQL.literal(label)});"
    together = design.tables("distributed", "key to be added")
    count = shard_count(sum(design.bytes.get(label, 0.0) for label in together))
    for place, label in enumerate(together):
        with_ = f", shard_count => {count}" if place == 0 else f", colocate_with => {POSTGRESQL.literal(together[0])}"
        yield (
            f"SELECT create_distributed_table({POSTGRESQL.literal(label)}, {POSTGRESQL.literal(design.column(label))}{with_});"
        )
    for label in design.tables("apart"):
        table = design.keyed.table_by_label[label]
        key = table.primary_key.columns[0] if table.primary_key else None
        if key is None:
            yield f"SELECT citus_add_local_table_to_metadata({POSTGRESQL.literal(label)}); -- no primary key to distribute by"
        else:
            yield (
                f"SELECT create_distributed_table({POSTGRESQL.literal(label)}, {POSTGRESQL.literal(key)}, colocate_with => 'none'); "
                "-- does not hold the key: joins with it cross shards"
            )
    for label in design.tables("key to be added"):
        yield f"-- {label}: fill {design.column(label)} from its parent before SET NOT NULL; the application must write it from then on"
    for lost in lost_references(design.schema, design.keyed):
        yield f"-- not kept: the foreign key {lost} crosses shards"
    for unique in lost_uniqueness(design.schema, design.keyed):
        yield f"-- not kept: {unique}: each shard knows its own rows; keep the values in a table that is distributed by them"


ENGINE = DistributedEngine("citus", "Citus", VERSION, files)
