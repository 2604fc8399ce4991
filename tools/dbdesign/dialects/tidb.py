"""TiDB 7.5, 8.1 and 8.5 (self-hosted): what differs from MySQL 8.0.

Sources: the TiDB documentation, by the page named beside each fact (`foreign-key` is docs.pingcap.com/tidb/stable/foreign-key).
"""

from __future__ import annotations

from dbdesign.dialects import mysql
from dbdesign.dialects.base import Dialect, Feature
from dbdesign.model.schema import Engine

DEFAULT_COLLATION = "utf8mb4_bin"
"""TiDB's own default of utf8mb4 (character-set-and-collation); utf8mb4_0900_ai_ci is supported from 7.4 on."""

SHARD_BITS = 5
"""AUTO_RANDOM's default number of shard bits, 1 to 15 (auto-random)."""

EXPRESSION_INDEX_FUNCTIONS = frozenset(
    {
        "json_extract",
        "lower",
        "md5",
        "reverse",
        "tidb_shard",
        "upper",
        "vitess_hash",
        "json_array",
        "json_unquote",
        "cast",
    }
)
"""What tidb_allow_function_for_expression_index lists by default, abridged to what writers produce (system-variables): other functions need
the experimental switch allow-expression-index."""

FEATURES: dict[str, Feature] = {
    **mysql.FEATURES,
    "check_constraint": Feature(
        (7, 2), "enforced only while tidb_enable_check_constraint is ON; OFF by default (constraints)"
    ),
    "expression_index": Feature(
        (6, 0),
        "only the functions of tidb_allow_function_for_expression_index without the experimental switch (sql-statement-create-index)",
    ),
    "multi_valued_index": Feature((6, 6), "sql-statement-create-index"),
    "descending_index": Feature(
        None, "DESC is parsed and ignored; indexes are scanned backwards (sql-statement-create-index)"
    ),
    "invisible_column": Feature(None, "parsed as an error; only indexes can be invisible (sql-statement-create-table)"),
    "foreign_key": Feature((8, 5), "experimental from 6.6, generally available from 8.5 (foreign-key)"),
    "partitioned_foreign_key": Feature(None, "foreign keys on partitioned tables are not supported (foreign-key)"),
    "fulltext_index": Feature(None, "parsed and ignored by self-hosted clusters (mysql-compatibility)"),
    "spatial_index": Feature(None, "no spatial types, functions or indexes (mysql-compatibility)"),
    "spatial_type": Feature(None, "mysql-compatibility"),
    "trigger": Feature(None, "no triggers, stored procedures, functions or events (mysql-compatibility)"),
    "clustered_index": Feature((5, 0), "PRIMARY KEY ... CLUSTERED | NONCLUSTERED (clustered-indexes)"),
    "auto_random": Feature(
        (4, 0),
        "BIGINT that is the first column of a clustered primary key; replaces AUTO_INCREMENT and DEFAULT (auto-random)",
    ),
    "sequence": Feature((4, 0), "sql-statement-create-sequence"),
    "placement_policy": Feature((6, 3), "PLACEMENT POLICY (placement-rules-in-sql)"),
    "ttl": Feature((7, 0), "TTL = column + INTERVAL n unit (time-to-live)"),
    "vector": Feature(
        (8, 4), "VECTOR(n), with HNSW vector indexes that need a TiFlash replica (vector-search-data-types)"
    ),
    "global_index": Feature((8, 4), "a unique key without the partitioning columns needs GLOBAL (partitioned-table)"),
    "standard_referenced_key": Feature(None, "the referenced columns need an index (foreign-key)"),
}

DIALECT = Dialect(
    engine=Engine.TIDB,
    title="TiDB",
    sqlglot="mysql",
    versions=("7.5", "8.1", "8.5"),
    default_namespace="",
    quote=("`", "`"),
    folds="keep",
    max_identifier=64,
    identifier_unit="characters",
    reserved=mysql.RESERVED | {"array", "current_role", "ilike", "tablesample", "tidb_current_tso", "until"},
    features=FEATURES,
)
