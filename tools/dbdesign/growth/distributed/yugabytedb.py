"""YugabyteDB 2025.1 (YSQL): hash-sharded primary keys, small tables colocated in one tablet, tablespaces for regions.

Sources: docs.yugabyte.com, "CREATE TABLE" (PRIMARY KEY … HASH, SPLIT INTO), "Colocating tables", "Tablespaces" (replica_placement).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from dbdesign.growth.distributed.base import POSTGRESQL, DistributedEngine, Sharded
from dbdesign.growth.partition_proof import ddl_of

VERSION = "2025.1"
_CREATE = re.compile(r"CREATE TABLE (?:(?P<name>[^\s(]+(?:\s*\.\s*[^\s(]+)?)) \((?P<body>.*?)\n\);", re.DOTALL)
_PRIMARY = re.compile(r"PRIMARY KEY \(([^()]+)\)")
TABLETS_A_NODE = 8
"""Tablets of a table on each node; the default is one a core up to eight (ysql_num_shards_per_tserver)."""


def files(design: Sharded) -> dict[str, str]:
    """The database with colocation, and the tables: distributed ones hashed by the key, small ones in the colocated tablet."""
    small = set(design.tables("reference"))
    by_name = {POSTGRESQL.qualified(one.namespace, one.name): one.label for one in design.across.tables}

    def table(match: re.Match[str]) -> str:
        label = by_name.get(match["name"], match["name"])
        if label in small:
            return match[0]
        body = _PRIMARY.sub(lambda key: f"PRIMARY KEY ({_hashed(key[1])})", match["body"])
        split = f"SPLIT INTO {max(design.nodes, 3) * TABLETS_A_NODE} TABLETS"
        return f"CREATE TABLE {match['name']} ({body}\n) WITH (COLOCATION = false) {split};"

    text = _CREATE.sub(table, ddl_of(design.across).strip())
    lines = [
        f"-- YugabyteDB {VERSION}: distributed by the hash of {design.key.key}.",
        "CREATE DATABASE app WITH COLOCATION = true;",
        "\\c app",
        "",
        *_tablespaces(design),
        text,
        "",
    ]
    return {"yugabytedb.sql": "\n".join(lines)}


def _hashed(columns: str) -> str:
    """`a, b` → `(a) HASH, b ASC`."""
    first, *rest = [one.strip() for one in columns.split(",")]
    return ", ".join([f"({first}) HASH", *(f"{one} ASC" for one in rest)])


def _tablespaces(design: Sharded) -> Iterator[str]:
    for region in design.regions:
        placement = {
            "num_replicas": 3,
            "placement_blocks": [
                {"cloud": "aws", "region": region, "zone": f"{region}{zone}", "min_num_replicas": 1} for zone in "abc"
            ],
        }
        name = re.sub(r"\W", "_", region)
        yield f"CREATE TABLESPACE in_{name} WITH (replica_placement = '{json.dumps(placement)}');"
    if len(design.regions) > 1:
        yield "-- rows by home region: a list partition each, in its tablespace; copied tables: leaders where they are written"
    if design.regions:
        yield ""


ENGINE = DistributedEngine("yugabytedb", "YugabyteDB", VERSION, files)
