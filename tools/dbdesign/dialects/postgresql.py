"""PostgreSQL 13 to 18: names, limits, types and features, each with its source (chapters are of the manual of PostgreSQL 18)."""

from __future__ import annotations

from collections.abc import Iterable

from dbdesign.dialects.base import Dialect, Feature
from dbdesign.model.schema import Engine
from dbdesign.model.types import Kind

# Appendix C, "SQL Key Words": everything that is reserved in PostgreSQL (`pg_get_keywords()`, categories R and T).
RESERVED = frozenset(
    """
    all analyse analyze and any array as asc asymmetric authorization binary both case cast check collate collation column
    concurrently constraint create cross current_catalog current_date current_role current_schema current_time
    current_timestamp current_user default deferrable desc distinct do else end except false fetch for foreign freeze from
    full grant group having ilike in initially inner intersect into is isnull join lateral leading left like limit localtime
    localtimestamp natural not notnull null offset on only or order outer overlaps placing primary references returning
    right select session_user similar some symmetric system_user table tablesample then to trailing true union unique user
    using variadic verbose when where window with
    """.split()  # noqa: SIM905 - a list of 100 words is unreadable
)

# Appendix C again, category C: may name a column or a table unquoted, but not a function or a type.
NOT_FUNCTION_OR_TYPE = frozenset(
    """
    between bigint bit boolean char character coalesce dec decimal exists extract float greatest grouping inout int integer
    interval json json_array json_arrayagg json_exists json_object json_objectagg json_query json_scalar json_serialize
    json_table json_value least merge_action national nchar none normalize nullif numeric out overlay position precision real
    row setof smallint substring time timestamp treat trim values varchar xmlattributes xmlconcat xmlelement xmlexists
    xmlforest xmlnamespaces xmlparse xmlpi xmlroot xmlserialize xmltable
    """.split()  # noqa: SIM905 - a list of 100 words is unreadable
)

FEATURES = {
    "partial_index": Feature((7, 2), "CREATE INDEX … WHERE; chapter 11.8"),
    "expression_index": Feature((7, 4), "chapter 11.7"),
    "include_columns": Feature((11,), "CREATE INDEX … INCLUDE; release notes of 11"),
    "descending_index": Feature((8, 3), "chapter 11.4"),
    "concurrent_index": Feature((8, 2), "CREATE INDEX CONCURRENTLY, not inside a transaction"),
    "check_constraint": Feature((6, 3), "chapter 5.5.1"),
    "exclusion_constraint": Feature((9, 0), "chapter 5.5.6"),
    "deferrable": Feature((7, 3), "foreign keys; unique keys since 9.0; chapter 5.5"),
    "not_valid": Feature((9, 2), "ALTER TABLE … ADD CONSTRAINT … NOT VALID for CHECK; foreign keys since 9.1"),
    "identity": Feature((10,), "GENERATED … AS IDENTITY; release notes of 10"),
    "stored_generated": Feature((12,), "chapter 5.4"),
    "virtual_generated": Feature((18,), "the default kind since 18; chapter 5.4"),
    "nulls_not_distinct": Feature((15,), "UNIQUE NULLS NOT DISTINCT; release notes of 15"),
    "set_null_columns": Feature((15,), "ON DELETE SET NULL (columns); release notes of 15"),
    "not_null_constraints": Feature((18,), "NOT NULL has a name, NO INHERIT and NOT VALID; release notes of 18"),
    "not_null_not_valid": Feature((18,), "release notes of 18"),
    "not_enforced": Feature((18,), "CHECK and FOREIGN KEY … NOT ENFORCED; release notes of 18"),
    "without_overlaps": Feature(
        (18,), "PRIMARY KEY and UNIQUE … WITHOUT OVERLAPS, FOREIGN KEY … PERIOD; release notes of 18"
    ),
    "partitioned_not_valid": Feature((18,), "NOT VALID foreign keys on partitioned tables; release notes of 18"),
    "partitioning": Feature(
        (10,), "PARTITION BY; keys, indexes and defaults on partitioned tables since 11; chapter 5.12"
    ),
    "partitioned_exclusion": Feature((17,), "exclusion constraints on partitioned tables; release notes of 17"),
    "partitioned_identity": Feature((17,), "identity columns on partitioned tables; release notes of 17"),
    "security_invoker": Feature((15,), "CREATE VIEW … WITH (security_invoker); release notes of 15"),
    "compression": Feature((14,), "column COMPRESSION pglz or lz4; release notes of 14"),
    "column_storage": Feature((16,), "STORAGE in CREATE TABLE; before that by ALTER TABLE; release notes of 16"),
    "multirange": Feature((14,), "chapter 8.17"),
    "sql_body": Feature((14,), "BEGIN ATOMIC; release notes of 14"),
    "merge": Feature((15,), "release notes of 15"),
    "unlogged_sequence": Feature((15,), "release notes of 15"),
    "builtin_collations": Feature((17,), "CREATE COLLATION (provider = builtin); release notes of 17"),
    "uuidv7": Feature((18,), "uuidv7(); chapter 9.14"),
    "gen_random_uuid": Feature((13,), "without an extension; chapter 9.14"),
    "brin_multi_minmax": Feature((14,), "chapter 65.5"),
    "btree_skip_scan": Feature((18,), "release notes of 18"),
    "enum": Feature((8, 3), "chapter 8.7"),
    "domain": Feature((7, 3), "chapter 8.18"),
    "array": Feature((6, 0), "chapter 8.15"),
    "row_security": Feature((9, 5), "chapter 5.9"),
    "jsonb": Feature((9, 4), "chapter 8.14"),
    "on_update": Feature(None, "no ON UPDATE for a column; a BEFORE UPDATE trigger does it; chapter 37"),
    "unsigned": Feature(None, "no unsigned integers; chapter 8.1"),
    "clustered_index": Feature(None, "tables are heaps; CLUSTER orders them once; chapter CLUSTER"),
    "invisible_index": Feature(None, "none without an extension"),
    "prefix_index": Feature(None, "an expression index on left(column, n) stands in; chapter 11.7"),
}

DIALECT = Dialect(
    engine=Engine.POSTGRESQL,
    title="PostgreSQL",
    sqlglot="postgres",
    versions=("14", "15", "16", "17", "18"),
    default_namespace="public",
    quote=('"', '"'),
    folds="lower",
    max_identifier=63,  # NAMEDATALEN - 1, chapter 4.1.1
    identifier_unit="bytes",
    reserved=RESERVED,
    features=FEATURES,
)

# Catalogue name of a type (pg_type.typname) → what it holds. Extensions' types are found by their bare name.
KIND_BY_NAME: dict[str, Kind] = {
    "bool": Kind.BOOLEAN,
    "int2": Kind.INT16,
    "int4": Kind.INT32,
    "int8": Kind.INT64,
    "numeric": Kind.DECIMAL,
    "money": Kind.MONEY,
    "float4": Kind.FLOAT32,
    "float8": Kind.FLOAT64,
    "bpchar": Kind.CHAR,
    "char": Kind.CHAR,
    "varchar": Kind.VARCHAR,
    "name": Kind.VARCHAR,
    "text": Kind.TEXT,
    "citext": Kind.CITEXT,
    "bytea": Kind.BLOB,
    "bit": Kind.BIT,
    "varbit": Kind.VARBIT,
    "date": Kind.DATE,
    "time": Kind.TIME,
    "timetz": Kind.TIMETZ,
    "timestamp": Kind.TIMESTAMP,
    "timestamptz": Kind.TIMESTAMPTZ,
    "interval": Kind.INTERVAL,
    "uuid": Kind.UUID,
    "json": Kind.JSON,
    "jsonb": Kind.JSONB,
    "xml": Kind.XML,
    "hstore": Kind.HSTORE,
    "ltree": Kind.LTREE,
    "inet": Kind.INET,
    "cidr": Kind.CIDR,
    "macaddr": Kind.MACADDR,
    "macaddr8": Kind.MACADDR,
    "tsvector": Kind.TSVECTOR,
    "tsquery": Kind.TSQUERY,
    "geometry": Kind.GEOMETRY,
    "geography": Kind.GEOGRAPHY,
    "vector": Kind.VECTOR,
    "halfvec": Kind.VECTOR,
    "sparsevec": Kind.VECTOR,
}

# What `format_type()` calls the built-in types, by catalogue name, where the two differ.
NATIVE_BY_NAME: dict[str, str] = {
    "bool": "boolean",
    "int2": "smallint",
    "int4": "integer",
    "int8": "bigint",
    "float4": "real",
    "float8": "double precision",
    "bpchar": "character",
    "char": '"char"',
    "varchar": "character varying",
    "varbit": "bit varying",
    "time": "time without time zone",
    "timetz": "time with time zone",
    "timestamp": "timestamp without time zone",
    "timestamptz": "timestamp with time zone",
}

# How a kind is spelt when the schema comes from another engine; kinds that need more than a name are mapped by the writer.
NATIVE_BY_KIND: dict[Kind, str] = {
    Kind.BOOLEAN: "boolean",
    Kind.INT8: "smallint",
    Kind.INT16: "smallint",
    Kind.INT24: "integer",
    Kind.INT32: "integer",
    Kind.INT64: "bigint",
    Kind.FLOAT32: "real",
    Kind.FLOAT64: "double precision",
    Kind.TEXT: "text",
    Kind.CITEXT: "citext",
    Kind.BINARY: "bytea",
    Kind.VARBINARY: "bytea",
    Kind.BLOB: "bytea",
    Kind.DATE: "date",
    Kind.INTERVAL: "interval",
    Kind.YEAR: "smallint",
    Kind.UUID: "uuid",
    Kind.JSON: "jsonb",
    Kind.JSONB: "jsonb",
    Kind.XML: "xml",
    Kind.HSTORE: "hstore",
    Kind.LTREE: "ltree",
    Kind.INET: "inet",
    Kind.CIDR: "cidr",
    Kind.MACADDR: "macaddr",
    Kind.TSVECTOR: "tsvector",
    Kind.TSQUERY: "tsquery",
    Kind.GEOMETRY: "geometry",
    Kind.GEOGRAPHY: "geography",
    Kind.ROWVERSION: "bytea",
    Kind.HIERARCHYID: "text",
    Kind.VARIANT: "text",
}

# Kinds whose type comes with an extension, and which (all in the contrib modules of appendix F, or PostGIS, or pgvector).
EXTENSION_BY_KIND: dict[Kind, str] = {
    Kind.CITEXT: "citext",
    Kind.HSTORE: "hstore",
    Kind.LTREE: "ltree",
    Kind.GEOMETRY: "postgis",
    Kind.GEOGRAPHY: "postgis",
    Kind.VECTOR: "vector",
}

# Largest value of the integer types, chapter 8.1: what an unnamed MAXVALUE of a sequence of that type is.
INTEGER_MAXIMUM: dict[str, int] = {"smallint": 2**15 - 1, "integer": 2**31 - 1, "bigint": 2**63 - 1}

SERIAL_BY_INTEGER: dict[str, str] = {"smallint": "smallserial", "integer": "serial", "bigint": "bigserial"}


def clipped(text: str, size: int) -> str:
    """The longest beginning of `text` that is at most `size` bytes of UTF-8, never half a character."""
    return text.encode()[:size].decode(errors="ignore")


def chosen_name(first: str, second: str = "", suffix: str = "") -> str:
    """The name that the server makes of a table's, columns' and a suffix (`orders`, `id`, `seq` → `orders_id_seq`).

    Shortens the longer of the first two parts until the whole is at most 63 bytes (`makeObjectName` in indexcmds.c, all versions).
    """
    overhead = (1 if second else 0) + (len(suffix.encode()) + 1 if suffix else 0)
    room = DIALECT.max_identifier - overhead
    one, two = len(first.encode()), len(second.encode())
    while one + two > room:
        if one > two:
            one -= 1
        else:
            two -= 1
    return "_".join(part for part in (clipped(first, one), clipped(second, two), suffix) if part)


def joined_columns(names: Iterable[str]) -> str:
    """Column names as the server joins them in a constraint's or index's name: until 63 bytes are reached (ChooseIndexNameAddition)."""
    text = ""
    for name in names:
        text = f"{text}_{name}" if text else name
        if len(text.encode()) >= DIALECT.max_identifier:
            break
    return text
