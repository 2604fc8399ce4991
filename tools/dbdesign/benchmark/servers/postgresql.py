"""PostgreSQL, Citus and CockroachDB: rows as the text of COPY, which all three take from their clients.

Sources: PostgreSQL 18 manual, COPY; Citus documentation, "Ingesting, Modifying Data" (COPY on the coordinator); cockroachlabs.com/docs,
"COPY", "EXPLAIN ANALYZE", "Functions and Operators" (crc32ieee), "CREATE STATISTICS".
"""

from __future__ import annotations

from dbdesign.benchmark.quoting import name as quote
from dbdesign.benchmark.servers.base import Canonical, Pair, Server
from dbdesign.model.schema import Engine

UNLIKE = frozenset(
    {"json", "jsonb", "interval", "inet", "cidr", "time", "timetz", "tsvector", "tsquery", "xml", "hstore"}
)
"""Types whose text CockroachDB may write in another way than PostgreSQL."""


def literal(pair: Pair) -> str:
    """What COPY sends."""
    return (
        f"{pair.source.sql}::numeric"
        if pair.source.type == "money" and pair.target.type != "money"
        else pair.source.sql
    )


def canonical(pair: Pair) -> Canonical:
    """PostgreSQL's own text of a value, which Citus writes too; binary floats by their sum."""
    value, here = pair.source.sql, quote(pair.target.name)
    if pair.source.type in {"float4", "float8"}:
        return Canonical("sum", value, here)
    return Canonical("hash", f"{value}::text", f"{here}::text")


def cockroach_canonical(pair: Pair) -> Canonical:
    """As `canonical`, without what CockroachDB may spell otherwise; points in time as microseconds."""
    value, kind, here = pair.source.sql, pair.source.type, quote(pair.target.name)
    if kind in {"timestamp", "timestamptz"}:
        moment = "round(extract(epoch from {0}) * 1000000)::int8::text"
        return Canonical("hash", moment.format(value), moment.format(here))
    if kind == "bytea":
        return Canonical("hash", f"encode({value}, 'hex')", f"encode({here}, 'hex')")
    if kind == "money" and pair.target.type != "money":
        return Canonical("hash", f"round({value}::numeric, {pair.target.scale or 2})::text", f"{here}::text")
    if kind in UNLIKE or pair.source.category in {"A", "C"}:
        return Canonical("none")
    return canonical(pair)


COLUMNS = (
    "SELECT table_name::text, column_name::text, CASE WHEN data_type = 'USER-DEFINED' THEN udt_name ELSE data_type END::text, "
    "numeric_scale FROM information_schema.columns WHERE table_schema = '{0}' AND coalesce(generation_expression, '') = '' "
    "ORDER BY table_name, ordinal_position"
)
MD5 = "sum(('x' || substr(md5({0}), 1, 8))::bit(32)::bigint)"
"""Works on every version of PostgreSQL; crc32 came with 18."""
EXPLAIN = ("EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON)", "EXPLAIN (FORMAT JSON)")
LIMIT = "SET statement_timeout = '{ms}ms'"
READING = "SET default_transaction_read_only = on"
BEGINS = ("BEGIN READ ONLY", "BEGIN READ WRITE")
SUM = ("sum({0})::float8", "sum({0})::float8")

SERVERS = (
    Server(
        "postgresql", "PostgreSQL", Engine.POSTGRESQL, "postgresql", quote, COLUMNS, literal, canonical, (MD5, MD5), EXPLAIN,
        "ANALYZE {0}", LIMIT, READING, BEGINS, SUM,
    ),
    Server(
        "citus", "Citus", Engine.POSTGRESQL, "postgresql", quote, COLUMNS, literal, canonical, (MD5, MD5), EXPLAIN,
        "ANALYZE {0}", LIMIT, READING, BEGINS, SUM,
    ),
    Server(
        "cockroachdb", "CockroachDB", Engine.COCKROACHDB, "postgresql", quote, COLUMNS, literal, cockroach_canonical,
        ("sum(crc32(convert_to({0}, 'UTF8')))", "sum(crc32ieee({0}))"), ("EXPLAIN ANALYZE", "EXPLAIN"),
        "ANALYZE {0}", LIMIT, READING, BEGINS, SUM,
    ),
)  # fmt: skip
