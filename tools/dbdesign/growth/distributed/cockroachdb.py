"""CockroachDB 25.4: one table sorted by keys that begin with the shard key, split by itself; localities and zone configurations.

Sources: cockroachlabs.com/docs/v25.4, "hash-sharded-indexes", "table-localities", "configure-replication-zones", "alter-database".
"""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.dialects.base import dialect
from dbdesign.growth.distributed.base import DistributedEngine, Sharded
from dbdesign.model.schema import Engine
from dbdesign.writers.base import WriteOptions, writer

VERSION = "25.4"
COCKROACHDB = dialect(Engine.COCKROACHDB)
BUSY = 500.0
"""Rows a second beyond which one range should not take them all: a node writes a few thousand."""
SURVIVES = 3
"""Regions from which on a region may fail (SURVIVE REGION FAILURE)."""


def files(design: Sharded) -> dict[str, str]:
    """The schema, then where its tables lie."""
    written = writer("cockroachdb").write(design.across, WriteOptions(grants=False, comments=False, prove=False))
    lines = [
        f"-- CockroachDB {VERSION}: every distributed table begins with {design.key.key}: what belongs together lies together.",
        written.text.strip(),
        "",
        *_localities(design),
        *_growing_ends(design),
        *(
            f"-- {note.object}: {note.lost}{f'; instead: {note.instead}' if note.instead else ''}"
            for note in written.notes
        ),
    ]
    return {"cockroachdb.sql": "\n".join(lines) + "\n"}


def _localities(design: Sharded) -> Iterator[str]:
    regions = list(design.regions)
    name = "app"
    if len(regions) < 2:
        yield f"ALTER DATABASE {name} CONFIGURE ZONE USING num_replicas = 3, range_max_bytes = 536870912, gc.ttlseconds = 14400;"
        for label in design.tables("reference"):
            yield f"-- read everywhere; the nearest replica answers AS OF SYSTEM TIME follower_read_timestamp(): {label}"
            yield f"ALTER TABLE {_name(design, label)} CONFIGURE ZONE USING num_replicas = 5;"
        return
    yield f'ALTER DATABASE {name} SET PRIMARY REGION "{regions[0]}";'
    for region in regions[1:]:
        yield f'ALTER DATABASE {name} ADD REGION "{region}";'
    if len(regions) >= SURVIVES:
        yield f"ALTER DATABASE {name} SURVIVE REGION FAILURE;"
    for label in design.tables("reference"):
        yield f"ALTER TABLE {_name(design, label)} SET LOCALITY GLOBAL;"
    for label in design.tables("distributed", "key to be added"):
        yield f"ALTER TABLE {_name(design, label)} SET LOCALITY REGIONAL BY ROW;"
    for label in design.tables("apart"):
        yield f'ALTER TABLE {_name(design, label)} SET LOCALITY REGIONAL BY TABLE IN "{regions[0]}";'


def _growing_ends(design: Sharded) -> Iterator[str]:
    """Indexes of busy tables whose new entries all go to their last range ("hash-sharded-indexes")."""
    for table in design.across.tables:
        if design.rates.get(table.label, 0.0) < BUSY:
            continue
        for index in table.indexes:
            first = table.column(index.columns[0]) if index.columns and index.method == "btree" else None
            if first is not None and (first.type.is_time or first.identity is not None):
                columns = ", ".join(COCKROACHDB.identifier(one) for one in index.columns)
                yield (
                    f"-- {_name(design, table.label)} ({columns}): {design.rates[table.label]:,.0f} new rows a second all go to its last "
                    f"range: CREATE INDEX … USING HASH WITH (bucket_count = {max(design.nodes, 2)}), where ranges are read seldom"
                )


def _name(design: Sharded, label: str) -> str:
    table = design.across.table_by_label[label]
    return COCKROACHDB.qualified(table.namespace, table.name)


ENGINE = DistributedEngine("cockroachdb", "CockroachDB", VERSION, files)
