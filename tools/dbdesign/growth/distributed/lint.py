"""What of a schema and its statements a distributed engine does not have: one line a feature, with its version and its source.

CockroachDB's and TiDB's versions and sources of schema features stand in their dialects; here are those of engines without
a dialect, and of statements.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dbdesign.dialects.base import Feature, dialect
from dbdesign.model.schema import Engine, Index, Schema, Table
from dbdesign.model.types import Kind

if TYPE_CHECKING:
    from dbdesign.model.workload import Query

Objects = Callable[[Schema], Iterator[str]]


@dataclass(frozen=True)
class Unsupported:
    """A feature that a schema uses and an engine lacks.

    Attributes:
        objects: that use it.
        instead: what to do.
        source: the page that says so.
    """

    engine: str
    version: str
    feature: str
    objects: tuple[str, ...]
    instead: str
    source: str


def _types(*kinds: Kind) -> Objects:
    def found(schema: Schema) -> Iterator[str]:
        for table in schema.tables:
            for column in table.columns:
                data_type = column.type.element or column.type
                if {column.type.kind, schema.resolve_type(data_type).kind} & set(kinds):
                    yield f"{table.label}.{column.name}"

    return found


def _domains(schema: Schema) -> Iterator[str]:
    yield from (one.label for one in schema.domains)


def _exclusions(schema: Schema) -> Iterator[str]:
    yield from (table.label for table in schema.tables if table.exclusions)


def _deferrable(schema: Schema) -> Iterator[str]:
    for table in schema.tables:
        yield from (f"{table.label} ({', '.join(key.columns)})" for key in table.foreign_keys if key.deferrable)
    yield from _deferrable_keys(schema)


def _deferrable_keys(schema: Schema) -> Iterator[str]:
    for table in schema.tables:
        keys = [*table.unique_keys, *([table.primary_key] if table.primary_key else [])]
        yield from (f"{table.label} ({', '.join(key.columns)})" for key in keys if key.deferrable)


def _triggers(schema: Schema) -> Iterator[str]:
    yield from (f"{table.label}.{one.name}" for table in schema.tables for one in table.triggers)


def _statement_triggers(schema: Schema) -> Iterator[str]:
    for table in schema.tables:
        yield from (
            f"{table.label}.{one.name}"
            for one in table.triggers
            if re.search(r"\bfor\s+each\s+row\b", one.definition, re.IGNORECASE) is None
        )


def _routines(schema: Schema) -> Iterator[str]:
    yield from (one.label for one in schema.routines)


def _inherits(schema: Schema) -> Iterator[str]:
    yield from (table.label for table in schema.tables if table.inherits)


def _index(table: Table, index: Index) -> str:
    return f"{table.label}.{index.name}" if index.name else f"{table.label} ({', '.join(index.columns)})"


def _indexes(*methods: str) -> Objects:
    def found(schema: Schema) -> Iterator[str]:
        for table in schema.tables:
            yield from (_index(table, one) for one in table.indexes if one.method in methods)

    return found


def _partial(schema: Schema) -> Iterator[str]:
    yield from (_index(table, one) for table in schema.tables for one in table.indexes if one.where)


def _descending(schema: Schema) -> Iterator[str]:
    for table in schema.tables:
        yield from (_index(table, one) for one in table.indexes if any(key.descending for key in one.keys))


def _wide_gin(schema: Schema) -> Iterator[str]:
    for table in schema.tables:
        yield from (_index(table, one) for one in table.indexes if one.method == "gin" and len(one.keys) > 1)


def _foreign_keys(schema: Schema) -> Iterator[str]:
    for table in schema.tables:
        yield from (f"{table.label} ({', '.join(key.columns)})" for key in table.foreign_keys)


def _small_sequences(schema: Schema) -> Iterator[str]:
    for table in schema.tables:
        for column in table.columns:
            if column.identity is not None and column.type.kind in {Kind.INT16, Kind.INT32}:
                yield f"{table.label}.{column.name}"


def _policies(schema: Schema) -> Iterator[str]:
    yield from (table.label for table in schema.tables if table.policies or table.row_security != "off")


def _levels(schema: Schema) -> Iterator[str]:
    yield from (
        table.label for table in schema.tables if table.partition_of is not None and table.partitioning is not None
    )


def _rules(schema: Schema) -> Iterator[str]:
    yield from (one.name for one in schema.carried if one.kind == "rule")


def _materialized(schema: Schema) -> Iterator[str]:
    yield from (one.label for one in schema.views if one.materialized)


def _large_json(schema: Schema) -> Iterator[str]:
    for table in schema.tables:
        for key in table.candidate_keys:
            yield from (
                f"{table.label}.{name}"
                for name in sorted(key)
                if (column := table.column(name)) is not None and column.type.kind in {Kind.JSON, Kind.JSONB}
            )


@dataclass(frozen=True)
class SchemaFact:
    """A feature of schemas."""

    name: str
    feature: Feature
    objects: Objects
    instead: str


VERSIONS = {"citus": "13.0", "cockroachdb": "25.4", "tidb": "8.5", "vitess": "22.0", "yugabytedb": "2025.1"}
_CITUS = "docs.citusdata.com/en/stable/develop/reference_workarounds.html"
_YUGABYTE = "docs.yugabyte.com, explore/ysql-language-features/postgresql-compatibility"
_VITESS = "vitess.io/docs/22.0/reference/compatibility/mysql-compatibility"
_COCKROACH = dialect(Engine.COCKROACHDB).features
_TIDB = dialect(Engine.TIDB).features

SCHEMA: dict[str, tuple[SchemaFact, ...]] = {
    "citus": (
        SchemaFact("rule", Feature(None, _CITUS), _rules, "a trigger, or what the application does"),
        SchemaFact("partitions of partitions", Feature(None, _CITUS), _levels, "one level of partitions"),
        SchemaFact(
            "sequence smaller than bigint",
            Feature(None, f"{_CITUS}: node numbers are in the upper bits of sequences"),
            _small_sequences,
            "bigint",
        ),
        SchemaFact(
            "trigger on a distributed table",
            Feature(None, "citus.enable_unsafe_triggers: only where all it touches lies on the same shard"),
            _triggers,
            "keep triggers to rows of the same key, and say SET citus.enable_unsafe_triggers TO on",
        ),
        SchemaFact(
            "exclusion constraint without the key",
            Feature(None, "create_distributed_table: exclusion constraints must hold the distribution column with ="),
            _exclusions,
            "add the key with =",
        ),
        SchemaFact(
            "inheritance",
            Feature(None, "create_distributed_table refuses tables with children by INHERITS"),
            _inherits,
            "partitions, or tables of their own",
        ),
    ),
    "cockroachdb": (
        SchemaFact("domain", _COCKROACH["domain"], _domains, "the type with a CHECK in each table"),
        SchemaFact("range type", _COCKROACH["range"], _types(Kind.RANGE, Kind.MULTIRANGE), "two columns and a CHECK"),
        SchemaFact("XML", _COCKROACH["xml"], _types(Kind.XML), "STRING or JSONB"),
        SchemaFact("MONEY", _COCKROACH["money"], _types(Kind.MONEY), "DECIMAL"),
        SchemaFact("MACADDR", _COCKROACH["macaddr"], _types(Kind.MACADDR), "STRING"),
        SchemaFact(
            "deferrable constraint",
            _COCKROACH["deferrable"],
            _deferrable,
            "order the statements, or check at the end of the transaction",
        ),
        SchemaFact(
            "exclusion constraint",
            _COCKROACH["exclusion_constraint"],
            _exclusions,
            "SERIALIZABLE and a check in the transaction",
        ),
        SchemaFact("inheritance", _COCKROACH["inheritance"], _inherits, "a table each, or one with a discriminator"),
        SchemaFact(
            "statement-level trigger",
            _COCKROACH["statement_trigger"],
            _statement_triggers,
            "row-level triggers, or changefeeds",
        ),
        SchemaFact("trigger", _COCKROACH["trigger"], _triggers, "changefeeds"),
        SchemaFact("row-level security", _COCKROACH["row_security"], _policies, "views, or filters in the application"),
        SchemaFact("citext", _COCKROACH["citext"], _types(Kind.CITEXT), "an expression index on lower()"),
        SchemaFact(
            "JSONB in a key",
            Feature((23, 2), "jsonb: forward indexes of JSONB from 23.2"),
            _large_json,
            "a column of its own",
        ),
        SchemaFact("rule", _COCKROACH["rule"], _rules, "what the application does"),
    ),
    "tidb": (
        SchemaFact("routine", _TIDB["trigger"], _routines, "the application"),
        SchemaFact("trigger", _TIDB["trigger"], _triggers, "the application, or TiCDC"),
        SchemaFact("foreign key", _TIDB["foreign_key"], _foreign_keys, "checks in the application"),
        SchemaFact(
            "descending index", _TIDB["descending_index"], _descending, "scanned backwards; mixed directions sort"
        ),
        SchemaFact(
            "spatial type", _TIDB["spatial_type"], _types(Kind.GEOMETRY, Kind.GEOGRAPHY), "two numbers and a geohash"
        ),
        SchemaFact(
            "full-text index", _TIDB["fulltext_index"], _indexes("gin", "fulltext"), "a search engine beside it"
        ),
        SchemaFact(
            "partial index",
            Feature(None, "sql-statement-create-index: no WHERE"),
            _partial,
            "a generated column that is NULL outside",
        ),
        SchemaFact(
            "exclusion constraint",
            Feature(None, "mysql-compatibility: not in MySQL"),
            _exclusions,
            "a lock on a parent row and a check",
        ),
        SchemaFact(
            "materialised view",
            Feature(None, "mysql-compatibility: not in MySQL"),
            _materialized,
            "a table that is filled",
        ),
    ),
    "vitess": (
        SchemaFact(
            "routine",
            Feature(None, f"{_VITESS}: stored procedures only by direct call on unsharded keyspaces"),
            _routines,
            "the application",
        ),
        SchemaFact(
            "trigger",
            Feature(None, f"{_VITESS}: not on tables under online DDL or in sharded keyspaces"),
            _triggers,
            "the application, or VStream",
        ),
        SchemaFact(
            "foreign key across shards",
            Feature(None, "vitess.io/docs, foreign-keys: shard-scoped, foreignKeyMode: managed from 18"),
            _foreign_keys,
            "keep both rows on one shard; the others in the application",
        ),
        SchemaFact(
            "partial index",
            Feature(None, "MySQL 8.0 manual, CREATE INDEX: no WHERE"),
            _partial,
            "a generated column that is NULL outside",
        ),
        SchemaFact(
            "materialised view", Feature(None, "MySQL 8.0 has none"), _materialized, "VReplication's Materialize"
        ),
        SchemaFact(
            "exclusion constraint",
            Feature(None, "MySQL 8.0 has none"),
            _exclusions,
            "a lock on a parent row and a check",
        ),
        SchemaFact(
            "full-text or inverted index",
            Feature(None, "MySQL 8.0: no GIN; FULLTEXT works within each shard"),
            _indexes("gin"),
            "a search engine beside it",
        ),
    ),
    "yugabytedb": (
        SchemaFact("inheritance", Feature(None, f"{_YUGABYTE}: issue 5956"), _inherits, "a table each"),
        SchemaFact(
            "exclusion constraint",
            Feature(None, f"{_YUGABYTE}: issue 3944"),
            _exclusions,
            "SERIALIZABLE and a check in the transaction",
        ),
        SchemaFact(
            "deferrable unique key",
            Feature(None, f"{_YUGABYTE}: issue 1709; foreign keys may be deferred"),
            _deferrable_keys,
            "order the statements",
        ),
        SchemaFact(
            "GiST index",
            Feature(None, f"{_YUGABYTE}: issue 1337"),
            _indexes("gist", "spgist"),
            "GIN where the type has it",
        ),
        SchemaFact(
            "BRIN index",
            Feature(None, "docs.yugabyte.com, explore/ysql-language-features/indexes-constraints: no BRIN"),
            _indexes("brin"),
            "an index ASC on the column, SPLIT AT VALUES",
        ),
        SchemaFact(
            "GIN index on several columns",
            Feature(None, f"{_YUGABYTE}: issue 10652"),
            _wide_gin,
            "one GIN index a column",
        ),
        SchemaFact("XML", Feature(None, f"{_YUGABYTE}: XML functions, issue 1043"), _types(Kind.XML), "text or jsonb"),
    ),
}


@dataclass(frozen=True)
class StatementFact:
    """A construct of statements that an engine lacks where it crosses shards."""

    name: str
    pattern: re.Pattern[str]
    source: str
    instead: str
    crossing: bool = True


def _construct(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


_LOCKS = _construct(r"\bfor\s+(?:no\s+key\s+)?update\b|\bfor\s+(?:key\s+)?share\b")
_RECURSIVE = _construct(r"\bwith\s+recursive\b")
_GROUPING = _construct(r"\bgrouping\s+sets\b|\brollup\b|\bcube\s*\(")
_SAMPLE = _construct(r"\btablesample\b")
_LISTEN = _construct(r"^\s*(?:listen|notify)\b|\bpg_notify\s*\(")
_ADVISORY = _construct(r"\bpg_(?:try_)?advisory_")

STATEMENTS: dict[str, tuple[StatementFact, ...]] = {
    "citus": (
        StatementFact("SELECT … FOR UPDATE", _LOCKS, _CITUS, "give the key, so that one shard answers"),
        StatementFact("recursive CTE", _RECURSIVE, _CITUS, "give the key, so that one shard answers"),
        StatementFact("grouping sets", _GROUPING, _CITUS, "give the key, or one statement a grouping"),
        StatementFact("TABLESAMPLE", _SAMPLE, _CITUS, "give the key"),
    ),
    "cockroachdb": (
        StatementFact(
            "LISTEN, NOTIFY", _LISTEN, "cockroachlabs.com/docs/v25.4/postgresql-compatibility", "changefeeds", False
        ),
        StatementFact(
            "advisory lock",
            _ADVISORY,
            "cockroachlabs.com/docs/v25.4/postgresql-compatibility: defined, without effect",
            "a row that is locked",
            False,
        ),
    ),
    "tidb": (
        StatementFact(
            "recursive CTE in an UPDATE or DELETE",
            _construct(r"\bwith\s+recursive\b[\s\S]*\b(?:update|delete)\b"),
            "docs.pingcap.com/tidb/stable/sql-statement-with",
            "two statements",
            False,
        ),
        StatementFact(
            "advisory lock",
            _ADVISORY,
            "docs.pingcap.com/tidb/stable/mysql-compatibility: GET_LOCK instead",
            "GET_LOCK()",
            False,
        ),
    ),
    "vitess": (
        StatementFact(
            "recursive CTE",
            _RECURSIVE,
            f"{_VITESS}; experimental from 21",
            "give the key, or iterate in the application",
        ),
        StatementFact(
            "window function", _construct(r"\bover\s*\("), f"{_VITESS}: only where one shard answers", "give the key"
        ),
        StatementFact("grouping sets", _GROUPING, _VITESS, "one statement a grouping"),
        StatementFact("advisory lock", _ADVISORY, f"{_VITESS}: GET_LOCK on one keyspace", "GET_LOCK()", False),
    ),
    "yugabytedb": (
        StatementFact("LISTEN, NOTIFY", _LISTEN, f"{_YUGABYTE}: issue 1872", "logical replication", False),
        StatementFact("TABLESAMPLE", _SAMPLE, _YUGABYTE, "a random key range", False),
        StatementFact(
            "advisory lock",
            _ADVISORY,
            f"{_YUGABYTE}: behind ysql_yb_enable_advisory_locks until 2025.1",
            "a row that is locked",
            False,
        ),
    ),
}


def lint(schema: Schema, queries: Sequence[Query], crossing: frozenset[str]) -> list[Unsupported]:
    """What each engine lacks, by engine.

    Args:
        crossing: names of the queries that touch several shards.
    """
    return [*_schema_lint(schema), *_statement_lint(queries, crossing)]


def _schema_lint(schema: Schema) -> Iterator[Unsupported]:
    for engine, facts in SCHEMA.items():
        version = VERSIONS[engine]
        numbers = tuple(int(one) for one in version.split("."))
        for fact in facts:
            if fact.feature.since is not None and numbers >= fact.feature.since:
                continue
            objects = tuple(dict.fromkeys(fact.objects(schema)))
            if objects:
                since = f"; from {'.'.join(map(str, fact.feature.since))} on" if fact.feature.since else ""
                yield Unsupported(engine, version, fact.name, objects, fact.instead, f"{fact.feature.note}{since}")


def _statement_lint(queries: Sequence[Query], crossing: frozenset[str]) -> Iterator[Unsupported]:
    for engine, facts in STATEMENTS.items():
        for fact in facts:
            found = tuple(
                one.name
                for one in queries
                if fact.pattern.search(one.sql) and (not fact.crossing or one.name in crossing)
            )
            if found:
                yield Unsupported(engine, VERSIONS[engine], fact.name, found, fact.instead, fact.source)
