"""CockroachDB 24.3 to 25.4: names, limits, types and features, each with its source.

Sources are pages of the CockroachDB documentation (cockroachlabs.com/docs, by page name) for the version that is named, the grammar
that is generated from its parser (docs/generated/sql/bnf/stmt_block.bnf of cockroachdb/cockroach), and issues of that repository.
"""

from __future__ import annotations

from dbdesign.dialects.base import Dialect, Feature
from dbdesign.model.schema import Engine
from dbdesign.model.types import Kind

# `reserved_keyword` and `cockroachdb_extra_reserved_keyword` of the generated grammar; FAMILY may name no table or column without
# quotes either (`type_func_name_crdb_extra_keyword`), nor may the words of `type_func_name_no_crdb_extra_keyword`.
RESERVED = frozenset(
    """
    all analyse analyze and any array as asc asymmetric both case cast check collate column concurrently constraint create
    current_catalog current_date current_role current_schema current_time current_timestamp current_user default deferrable desc
    distinct do else end except false fetch for foreign from grant group having in initially intersect into lateral leading limit
    localtime localtimestamp not null offset on only or order placing primary references returning select session_user some
    symmetric table then to trailing true union unique user using variadic when where window with index nothing family collation
    cross full inner ilike is isnull join left like natural none notnull outer overlaps right similar
    """.split()  # noqa: SIM905 - a list of 100 words is unreadable
)

FEATURES = {
    "partial_index": Feature((20, 2), "partial-indexes"),
    "expression_index": Feature((21, 2), "expression-indexes; the expressions may not name computed columns"),
    "include_columns": Feature((1, 1), "create-index: STORING; COVERING and INCLUDE are the same"),
    "descending_index": Feature((1, 0), "create-index"),
    "inverted_index": Feature(
        (2, 0), "inverted-indexes: for JSONB, arrays, trigrams and spatial types; they cannot STORE columns"
    ),
    "trigram_index": Feature((22, 2), "trigram-indexes"),
    "full_text_index": Feature((23, 1), "full-text-search: TSVECTOR, TSQUERY"),
    "vector": Feature((24, 2), "vector: the type of pgvector"),
    "vector_index": Feature((25, 2), "vector-indexes; preview in 25.2, to be enabled by feature.vector_index.enabled"),
    "hash_sharded_index": Feature((22, 1), "hash-sharded-indexes: USING HASH WITH (bucket_count = n)"),
    "check_constraint": Feature((1, 0), "check"),
    "exclusion_constraint": Feature(None, "sql-feature-support lists no such constraint"),
    "deferrable": Feature(None, "cockroachdb/cockroach issues 31632 and 158886, both open"),
    "not_valid": Feature((2, 1), "alter-table: ADD CONSTRAINT … NOT VALID, VALIDATE CONSTRAINT"),
    "identity": Feature((21, 2), "create-table: GENERATED … AS IDENTITY; a sequence behind it serialises on one range"),
    "unique_rowid": Feature((1, 0), "serial: unique_rowid() is what SERIAL stands for by default"),
    "gen_random_uuid": Feature((20, 2), "uuid; the recommended key"),
    "stored_generated": Feature((2, 0), "computed-columns: AS (…) STORED"),
    "virtual_generated": Feature((21, 1), "computed-columns: AS (…) VIRTUAL"),
    "on_update": Feature((21, 2), "create-table: ON UPDATE expressions"),
    "invisible_index": Feature((22, 2), "create-index: NOT VISIBLE"),
    "invisible_column": Feature((20, 1), "create-table: NOT VISIBLE"),
    "column_family": Feature((1, 0), "column-families"),
    "nulls_not_distinct": Feature(None, "unique: NULLs are distinct; the grammar has no NULLS NOT DISTINCT"),
    "set_null_columns": Feature(None, "foreign-key: SET NULL sets all columns of the key"),
    "match_full": Feature((19, 2), "foreign-key: MATCH SIMPLE and FULL"),
    "not_enforced": Feature(None, "the grammar has no NOT ENFORCED"),
    "without_overlaps": Feature(None, "no range types, so no periods"),
    "range": Feature(None, "data-types lists no range types"),
    "domain": Feature(None, "none up to 25.4; cockroachdb/cockroach pull request 165187 adds them after it"),
    "enum": Feature((20, 2), "enum"),
    "composite": Feature((23, 1), "create-type; composite types have limitations"),
    "array": Feature((1, 1), "array: one dimension, no arrays of arrays"),
    "jsonb": Feature((2, 0), "jsonb; JSON is the same type"),
    "citext": Feature((25, 3), "citext"),
    "ltree": Feature((25, 4), "ltree; preview"),
    "spatial": Feature((20, 2), "architecture/glossary, spatial-data-overview"),
    "xml": Feature(None, "sql-feature-support: no XML; BYTES may hold it"),
    "money": Feature(None, "data-types lists no MONEY"),
    "macaddr": Feature(None, "data-types lists no MACADDR; INET holds addresses with their network"),
    "inheritance": Feature(None, "the grammar has no INHERITS"),
    "partitioning": Feature((2, 0), "partitioning: of indexes, by LIST and RANGE, to place rows; not to split a table"),
    "row_level_ttl": Feature(
        (22, 1), "row-level-ttl: storage parameters ttl_expire_after, ttl_expiration_expression …"
    ),
    "locality": Feature((21, 1), "table-localities: GLOBAL, REGIONAL BY TABLE, REGIONAL BY ROW"),
    "materialized_view": Feature((20, 2), "views"),
    "security_barrier": Feature(None, "views take no options; known-limitations of 25.4: no security_invoker"),
    "user_defined_function": Feature((22, 2), "user-defined-functions"),
    "plpgsql": Feature((23, 2), "plpgsql; a part of the language"),
    "procedure": Feature((23, 2), "stored-procedures"),
    "trigger": Feature((24, 3), "triggers: row-level ones; known-limitations"),
    "statement_trigger": Feature(None, "triggers: FOR EACH STATEMENT is not supported"),
    "row_security": Feature((25, 2), "row-level-security"),
    "column_grants": Feature(None, "postgresql-compatibility: no column-level privileges"),
    "temporary_table": Feature((20, 1), "temporary-tables; experimental"),
    "unlogged": Feature(None, "create-table: UNLOGGED is accepted and has no effect"),
    "event_trigger": Feature(None, "postgresql-compatibility"),
    "rule": Feature(None, "the grammar has no CREATE RULE"),
    "unsigned": Feature(None, "sql-feature-support: there are no plans for it"),
    "prefix_index": Feature(None, "sql-feature-support: use an expression index"),
    "clustered_index": Feature((1, 0), "a table is stored in the order of its primary key; primary-key"),
}

DIALECT = Dialect(
    engine=Engine.COCKROACHDB,
    title="CockroachDB",
    sqlglot="postgres",
    versions=("24.3", "25.2", "25.4"),
    default_namespace="public",
    quote=('"', '"'),
    folds="lower",
    max_identifier=128,  # an advice of ours: CockroachDB has no limit, but what reads its catalogues may
    identifier_unit="bytes",
    reserved=RESERVED,
    features=FEATURES,
)

DEFAULT_BUCKETS = 16
"""`sql.defaults.default_hash_sharded_index_bucket_count` (hash-sharded-indexes)."""

# As SHOW CREATE TABLE prints them (data-types); those with arguments are spelt by `native_type`.
NATIVE_BY_KIND: dict[Kind, str] = {
    Kind.BOOLEAN: "BOOL",
    Kind.INT8: "INT2",
    Kind.INT16: "INT2",
    Kind.INT24: "INT4",
    Kind.INT32: "INT4",
    Kind.INT64: "INT8",
    Kind.DECIMAL: "DECIMAL",
    Kind.FLOAT32: "FLOAT4",
    Kind.FLOAT64: "FLOAT8",
    Kind.CHAR: "CHAR",
    Kind.VARCHAR: "VARCHAR",
    Kind.TEXT: "STRING",
    Kind.CITEXT: "CITEXT",
    Kind.BINARY: "BYTES",
    Kind.VARBINARY: "BYTES",
    Kind.BLOB: "BYTES",
    Kind.BIT: "BIT",
    Kind.VARBIT: "VARBIT",
    Kind.DATE: "DATE",
    Kind.TIME: "TIME",
    Kind.TIMETZ: "TIMETZ",
    Kind.TIMESTAMP: "TIMESTAMP",
    Kind.TIMESTAMPTZ: "TIMESTAMPTZ",
    Kind.INTERVAL: "INTERVAL",
    Kind.YEAR: "INT2",
    Kind.UUID: "UUID",
    Kind.JSON: "JSONB",
    Kind.JSONB: "JSONB",
    Kind.LTREE: "LTREE",
    Kind.INET: "INET",
    Kind.TSVECTOR: "TSVECTOR",
    Kind.TSQUERY: "TSQUERY",
    Kind.GEOMETRY: "GEOMETRY",
    Kind.GEOGRAPHY: "GEOGRAPHY",
    Kind.VECTOR: "VECTOR",
}
