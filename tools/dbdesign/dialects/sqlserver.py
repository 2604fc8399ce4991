"""SQL Server 2019 and 2022: names, limits and features.

Sources: Microsoft's SQL Server documentation (learn.microsoft.com/sql), by the page named beside each fact.
"""

from __future__ import annotations

from dbdesign.dialects.base import Dialect, Feature
from dbdesign.model.schema import Engine
from dbdesign.model.types import Kind

MAX_KEY_BYTES_CLUSTERED = 900
"""Of an index key (Maximum capacity specifications for SQL Server)."""

MAX_KEY_BYTES_NONCLUSTERED = 1700
"""Of an index key, since 2016 (Maximum capacity specifications for SQL Server)."""

MAX_KEY_COLUMNS = 32
"""Of an index, a primary or foreign key (Maximum capacity specifications for SQL Server)."""

MAX_COLUMNS = 1024
"""Of a table without a column set (Maximum capacity specifications for SQL Server)."""

MAX_ROW_BYTES = 8060
"""Of the columns of fixed length (Maximum capacity specifications for SQL Server)."""

MAX_INDEXES = 999
"""Nonclustered, of a table (Maximum capacity specifications for SQL Server)."""

MAX_VARCHAR_BYTES, MAX_NVARCHAR_CHARACTERS = 8000, 4000
"""Of `varchar(n)`, `varbinary(n)` and of `nvarchar(n)`; beyond that there is only `max` (char and varchar; nchar and nvarchar)."""

MAX_DECIMAL_PRECISION = 38
"""Digits (decimal and numeric)."""

VERSIONS = {"2016": 13, "2017": 14, "2019": 15, "2022": 16, "2025": 17}
"""Product names and their major versions (SQL Server complete version list)."""

NATIVE_KINDS: dict[str, Kind] = {
    "bit": Kind.BOOLEAN,
    "tinyint": Kind.INT8,
    "smallint": Kind.INT16,
    "int": Kind.INT32,
    "bigint": Kind.INT64,
    "decimal": Kind.DECIMAL,
    "numeric": Kind.DECIMAL,
    "money": Kind.MONEY,
    "smallmoney": Kind.MONEY,
    "float": Kind.FLOAT64,
    "real": Kind.FLOAT32,
    "char": Kind.CHAR,
    "nchar": Kind.CHAR,
    "varchar": Kind.VARCHAR,
    "nvarchar": Kind.VARCHAR,
    "text": Kind.TEXT,
    "ntext": Kind.TEXT,
    "sysname": Kind.VARCHAR,
    "binary": Kind.BINARY,
    "varbinary": Kind.VARBINARY,
    "image": Kind.BLOB,
    "date": Kind.DATE,
    "time": Kind.TIME,
    "datetime": Kind.TIMESTAMP,
    "datetime2": Kind.TIMESTAMP,
    "smalldatetime": Kind.TIMESTAMP,
    "datetimeoffset": Kind.TIMESTAMPTZ,
    "timestamp": Kind.ROWVERSION,
    "rowversion": Kind.ROWVERSION,
    "uniqueidentifier": Kind.UUID,
    "xml": Kind.XML,
    "json": Kind.JSON,
    "geometry": Kind.GEOMETRY,
    "geography": Kind.GEOGRAPHY,
    "hierarchyid": Kind.HIERARCHYID,
    "sql_variant": Kind.VARIANT,
    "vector": Kind.VECTOR,
}
"""What each native type holds (Data types (Transact-SQL)); `tinyint` is unsigned there, `json` and `vector` are of 2025."""

SYNONYMS: dict[str, str] = {
    "integer": "int",
    "dec": "decimal",
    "character": "char",
    "character varying": "varchar",
    "char varying": "varchar",
    "national character": "nchar",
    "national char": "nchar",
    "national character varying": "nvarchar",
    "national char varying": "nvarchar",
    "national text": "ntext",
    "binary varying": "varbinary",
    "double precision": "float",
}
"""Data type synonyms (Transact-SQL)."""

FEATURES: dict[str, Feature] = {
    "include_columns": Feature((2005,), "CREATE INDEX, INCLUDE"),
    "partial_index": Feature(
        (2008,), "a filtered index: AND of comparisons of columns with constants, IN, IS NULL (CREATE INDEX)"
    ),
    "expression_index": Feature(None, "an index on a computed column stands in (Indexes on computed columns)"),
    "descending_index": Feature((2000,), "CREATE INDEX"),
    "columnstore_index": Feature((2016,), "updatable (CREATE COLUMNSTORE INDEX)"),
    "clustered_index": Feature((2000,), "the default of a primary key (CREATE TABLE)"),
    "check_constraint": Feature((2000,), "CREATE TABLE"),
    "exclusion_constraint": Feature(None, "none"),
    "deferrable": Feature(None, "constraints are checked by statement"),
    "not_valid": Feature((2000,), "WITH NOCHECK (ALTER TABLE)"),
    "not_enforced": Feature((2000,), "NOCHECK CONSTRAINT (ALTER TABLE)"),
    "identity": Feature((2000,), "one column a table; CREATE TABLE (Transact-SQL) IDENTITY (Property)"),
    "sequence": Feature((2012,), "CREATE SEQUENCE"),
    "stored_generated": Feature((2005,), "PERSISTED; deterministic expressions alone (CREATE TABLE)"),
    "virtual_generated": Feature((2000,), "computed columns (CREATE TABLE)"),
    "nulls_not_distinct": Feature(
        (2000,), "the only way: a unique index treats NULLs as equal (Create unique indexes)"
    ),
    "nulls_distinct": Feature(None, "a unique index filtered by IS NOT NULL stands in (Create filtered indexes)"),
    "cascade_paths": Feature(None, "a table may appear once in the tree of cascading actions (error 1785)"),
    "restrict": Feature(None, "NO ACTION is the same where nothing is deferred (CREATE TABLE)"),
    "partitioning": Feature((2005,), "partition functions and schemes (Partitioned tables and indexes)"),
    "system_versioned": Feature((2016,), "Temporal tables"),
    "enum": Feature(None, "a CHECK stands in"),
    "domain": Feature((2000,), "alias types, without constraints (CREATE TYPE)"),
    "array": Feature(None, "none; JSON in nvarchar(max) stands in"),
    "json": Feature((2025,), "the type; before, nvarchar(max) with ISJSON (JSON data type, ISJSON)"),
    "isjson": Feature((2016,), "ISJSON"),
    "generate_series": Feature((2022,), "GENERATE_SERIES"),
    "greatest": Feature((2022,), "GREATEST, LEAST"),
    "is_distinct_from": Feature((2022,), "IS [NOT] DISTINCT FROM"),
    "row_security": Feature((2016,), "security policies over functions (CREATE SECURITY POLICY)"),
    "online_index": Feature((2005,), "Enterprise edition (Perform index operations online)"),
    "resumable_index": Feature((2019,), "CREATE INDEX, RESUMABLE"),
    "comments": Feature((2000,), "extended property MS_Description (sp_addextendedproperty)"),
    "on_update": Feature(None, "a trigger stands in"),
    "namespace": Feature((2005,), "CREATE SCHEMA"),
    "unsigned": Feature(None, "tinyint alone is unsigned"),
    "trigger": Feature((2000,), "CREATE TRIGGER"),
    "materialized_view": Feature(None, "an indexed view, with many restrictions (Create indexed views)"),
}

WORDS = """
    add all alter and any as asc authorization backup begin between break browse bulk by cascade case check checkpoint close
    clustered coalesce collate column commit compute constraint contains containstable continue convert create cross current
    current_date current_time current_timestamp current_user cursor database dbcc deallocate declare default delete deny desc
    disk distinct distributed double drop dump else end errlvl escape except exec execute exists exit external fetch file
    fillfactor for foreign freetext freetexttable from full function goto grant group having holdlock identity identity_insert
    identitycol if in index inner insert intersect into is join key kill left like lineno load merge national nocheck
    nonclustered not null nullif of off offsets on open opendatasource openquery openrowset openxml option or order outer over
    percent pivot plan precision primary print proc procedure public raiserror read readtext reconfigure references replication
    restore restrict return revert revoke right rollback rowcount rowguidcol rule save schema securityaudit select
    semantickeyphrasetable semanticsimilaritydetailstable semanticsimilaritytable session_user set setuser shutdown some
    statistics system_user table tablesample textsize then to top tran transaction trigger truncate try_convert tsequal union
    unique unpivot update updatetext use user values varying view waitfor when where while with within writetext
"""
"""Reserved keywords (Transact-SQL)."""

DIALECT = Dialect(
    engine=Engine.SQLSERVER,
    title="SQL Server",
    sqlglot="tsql",
    versions=("2019", "2022"),
    default_namespace="dbo",
    quote=("[", "]"),
    folds="keep",
    max_identifier=128,
    reserved=frozenset(WORDS.split()),
    features=FEATURES,
)
