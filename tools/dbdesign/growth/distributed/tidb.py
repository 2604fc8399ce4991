"""TiDB 8.5: rows lie in the order of the clustered primary key and are split by size, so that keys must not grow at one end.

Sources: docs.pingcap.com/tidb/stable, "auto-random", "shard-row-id-bits", "placement-rules-in-sql", "sql-statement-split-region".
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from dbdesign.dialects.tidb import SHARD_BITS
from dbdesign.growth.distributed.base import MYSQL, DistributedEngine, Sharded
from dbdesign.model.schema import Identity, Schema, Table
from dbdesign.model.types import Kind
from dbdesign.writers.base import WriteOptions, writer

VERSION = "8.5"
HOT = 100.0
"""Inserts a second from which on consecutive keys are worth scattering: below, one region takes them with ease (auto-random)."""
ANALYTIC = 10_000_000.0
"""Rows from which on scans belong on columns (TiFlash)."""


def files(design: Sharded) -> dict[str, str]:
    """The schema with scattered keys, and where its tables lie."""
    bits = min(15, max(1, math.ceil(math.log2(max(design.nodes, 2)))))
    scattered = [table.label for table in design.schema.tables if _counts_up(table, design)]
    written = writer("tidb").write(
        _scattered(design.schema, scattered, bits),
        WriteOptions(grants=False, comments=False, prove=False, version=VERSION),
    )
    lines = [
        f"-- TiDB {VERSION}: no key to shard by is chosen; rows are split by primary key.",
        f"-- {bits} shard bits = ⌈log2 of {max(design.nodes, 2)} nodes⌉.",
        written.text.strip().replace(f"AUTO_RANDOM({SHARD_BITS})", f"AUTO_RANDOM({bits})"),
        "",
        *_placement(design, bits),
        *(
            f"-- {note.object}: {note.lost}{f'; instead: {note.instead}' if note.instead else ''}"
            for note in written.notes
        ),
    ]
    return {"tidb.sql": "\n".join(lines) + "\n"}


def _counts_up(table: Table, design: Sharded) -> bool:
    """Whether its key is one number that counts up under many inserts."""
    key = table.primary_key
    if key is None or len(key.columns) != 1 or table.partition_of is not None:
        return False
    column = table.column(key.columns[0])
    return (
        column is not None
        and column.identity is not None
        and column.type.kind is Kind.INT64
        and design.rates.get(table.label, 0.0) >= HOT
    )


def _scattered(schema: Schema, labels: list[str], bits: int) -> Schema:
    tables = []
    for table in schema.tables:
        if table.partition_of is not None:
            continue
        name = table.primary_key.columns[0] if table.primary_key else ""
        columns = table.columns
        if table.label in labels:
            scatter = Identity(mode="auto_random", shard_bits=bits)
            columns = tuple(
                one.model_copy(update={"identity": scatter}) if one.name == name else one for one in table.columns
            )
        tables.append(table.model_copy(update={"columns": columns, "partitioning": None}))
    return schema.model_copy(update={"tables": tuple(tables)})


def _placement(design: Sharded, bits: int) -> Iterator[str]:
    regions = list(design.regions)
    if regions:
        listed = ",".join(regions)
        yield f'CREATE PLACEMENT POLICY everywhere PRIMARY_REGION="{regions[0]}" REGIONS="{listed}";'
        for table in design.schema.tables:
            if table.partition_of is None:
                yield f"ALTER TABLE {MYSQL.identifier(table.name)} PLACEMENT POLICY = everywhere;"
    for table in design.schema.tables:
        if table.partition_of is not None:
            continue
        name = MYSQL.identifier(table.name)
        if table.primary_key is None:
            yield f"ALTER TABLE {name} SHARD_ROW_ID_BITS = {bits}; -- in CREATE TABLE also PRE_SPLIT_REGIONS = {bits}"
        times = [index for index in table.indexes if index.columns and _is_time(table, index.columns[0])]
        for index in times:
            if design.rates.get(table.label, 0.0) >= HOT and index.name:
                yield (
                    f"-- {index.name} on {table.label} grows at its end: SPLIT TABLE {name} INDEX "
                    f"{MYSQL.identifier(index.name)} BETWEEN (…) AND (…) REGIONS "
                    f"{2**bits}; or begin it with another column"
                )
        if design.rows.get(table.label, 0.0) > ANALYTIC and design.bytes.get(table.label, 0.0) > 0:
            yield f"-- ALTER TABLE {name} SET TIFLASH REPLICA 1; where it is scanned for analysis ({design.rows[table.label]:,.0f} rows)"


def _is_time(table: Table, name: str) -> bool:
    column = table.column(name)
    return column is not None and column.type.is_time


ENGINE = DistributedEngine("tidb", "TiDB", VERSION, files)
