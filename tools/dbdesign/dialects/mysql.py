"""MySQL 8.0 and 8.4 (and, where said, MariaDB): names, limits, features and types.

Sources: MySQL 8.0 and 8.4 Reference Manual, by the chapter named beside each
fact (`create-table` is dev.mysql.com/doc/refman/8.4/en/create-table.html).
"""

from __future__ import annotations

from dbdesign.dialects.base import Dialect, Feature
from dbdesign.model.schema import Engine
from dbdesign.model.types import Kind

MAX_KEY_BYTES = 3072
"""Of an InnoDB index with the DYNAMIC or COMPRESSED row format (innodb-limits); MyISAM and REDUNDANT/COMPACT have less."""

MAX_ROW_BYTES = 65_535
"""Of a row's columns together; BLOB and TEXT count 9 to 12 bytes each (column-count-limit)."""

MAX_COLUMNS = 1017
"""Of an InnoDB table; virtual generated columns count (innodb-limits)."""

MAX_SECONDARY_INDEXES = 64
"""Of an InnoDB table (innodb-limits)."""

MAX_KEY_PARTS = 16
"""Columns of one index (innodb-limits)."""

MAX_VARCHAR_BYTES = 65_535
"""Shared with the other columns of the row (char)."""

BYTES_PER_CHARACTER = {
    "utf8mb4": 4,
    "utf8mb3": 3,
    "utf8": 3,
    "latin1": 1,
    "ascii": 1,
    "binary": 1,
    "ucs2": 2,
    "utf16": 4,
    "utf32": 4,
}
"""The most that one character takes (charset-charsets); 4 for what is not listed."""

MAX_COMMENT_TABLE = 2048
MAX_COMMENT_COLUMN = 1024
MAX_COMMENT_INDEX = 1024
"""Characters (create-table, create-index)."""

DEFAULT_CHARSET = "utf8mb4"
DEFAULT_COLLATION = "utf8mb4_0900_ai_ci"
"""Of utf8mb4 from 8.0 on (charset-unicode-sets). MariaDB has utf8mb4_uca1400_ai_ci instead and knows this name as an alias from 11.4.5."""

FIRST_NOT_A_TIMESTAMP = "2038-01-19 03:14:08 UTC"
"""A TIMESTAMP ends before this, a DATETIME at the end of 9999 (datetime)."""

NATIVE_KINDS: dict[str, Kind] = {
    "tinyint": Kind.INT8,
    "smallint": Kind.INT16,
    "mediumint": Kind.INT24,
    "int": Kind.INT32,
    "bigint": Kind.INT64,
    "decimal": Kind.DECIMAL,
    "float": Kind.FLOAT32,
    "double": Kind.FLOAT64,
    "bit": Kind.BIT,
    "char": Kind.CHAR,
    "varchar": Kind.VARCHAR,
    "tinytext": Kind.TEXT,
    "text": Kind.TEXT,
    "mediumtext": Kind.TEXT,
    "longtext": Kind.TEXT,
    "binary": Kind.BINARY,
    "varbinary": Kind.VARBINARY,
    "tinyblob": Kind.BLOB,
    "blob": Kind.BLOB,
    "mediumblob": Kind.BLOB,
    "longblob": Kind.BLOB,
    "date": Kind.DATE,
    "time": Kind.TIME,
    "datetime": Kind.TIMESTAMP,
    "timestamp": Kind.TIMESTAMPTZ,
    "year": Kind.YEAR,
    "enum": Kind.ENUM,
    "set": Kind.SET,
    "json": Kind.JSON,
    "geometry": Kind.GEOMETRY,
    "point": Kind.GEOMETRY,
    "linestring": Kind.GEOMETRY,
    "polygon": Kind.GEOMETRY,
    "multipoint": Kind.GEOMETRY,
    "multilinestring": Kind.GEOMETRY,
    "multipolygon": Kind.GEOMETRY,
    "geometrycollection": Kind.GEOMETRY,
    "vector": Kind.VECTOR,
    "uuid": Kind.UUID,
    "inet4": Kind.INET,
    "inet6": Kind.INET,
    "xmltype": Kind.XML,
}
"""What each native type holds (data-types). `uuid`, `inet4`, `inet6` and `xmltype` are MariaDB's (10.7, 10.10, 10.5, 12.1);
`vector` is MySQL 9, MariaDB 11.7 and TiDB 8.4. A `tinyint(1)` is read as a boolean (numeric-type-syntax: BOOL is a synonym)."""

SYNONYMS: dict[str, str] = {
    "bool": "tinyint(1)",
    "boolean": "tinyint(1)",
    "int1": "tinyint",
    "int2": "smallint",
    "int3": "mediumint",
    "middleint": "mediumint",
    "int4": "int",
    "integer": "int",
    "int8": "bigint",
    "dec": "decimal",
    "numeric": "decimal",
    "fixed": "decimal",
    "number": "decimal",
    "float4": "float",
    "float8": "double",
    "real": "double",
    "double precision": "double",
    "character": "char",
    "character varying": "varchar",
    "char varying": "varchar",
    "varcharacter": "varchar",
    "nchar": "char",
    "national char": "char",
    "national character": "char",
    "nvarchar": "varchar",
    "national varchar": "varchar",
    "national char varying": "varchar",
    "national character varying": "varchar",
    "nchar varchar": "varchar",
    "nchar varying": "varchar",
    "long": "mediumtext",
    "long varchar": "mediumtext",
    "long char varying": "mediumtext",
    "long character varying": "mediumtext",
    "long varbinary": "mediumblob",
    "char byte": "binary",
    "varchar2": "varchar",
    "raw": "varbinary",
    "clob": "longtext",
    "geomcollection": "geometrycollection",
}
"""Other spellings of native types (other-vendor-data-types, numeric-type-syntax, string-type-syntax)."""

FEATURES: dict[str, Feature] = {
    "check_constraint": Feature((8, 0, 16), "parsed and ignored before (create-table-check-constraints)"),
    "expression_index": Feature(
        (8, 0, 13), "functional key parts, in their own parentheses (create-index); MariaDB has none"
    ),
    "expression_default": Feature((8, 0, 13), "in parentheses (data-type-defaults); MariaDB 10.2"),
    "descending_index": Feature((8, 0), "stored descending (descending-indexes); MariaDB 10.8"),
    "invisible_index": Feature((8, 0), "not the primary key (invisible-indexes)"),
    "invisible_column": Feature((8, 0, 23), "invisible-columns"),
    "multi_valued_index": Feature((8, 0, 17), "CAST(... AS ... ARRAY) on a JSON column (create-index)"),
    "stored_generated": Feature((5, 7), "create-table-generated-columns"),
    "virtual_generated": Feature((5, 7), "create-table-generated-columns; InnoDB indexes them"),
    "partial_index": Feature(None, "create-index has no WHERE; an expression that is NULL for other rows stands in"),
    "include_columns": Feature(None, "create-index has no INCLUDE; InnoDB secondary indexes carry the primary key"),
    "nulls_not_distinct": Feature(None, "a UNIQUE index permits many NULLs (create-index)"),
    "nulls_order": Feature(None, "NULL sorts first ascending (working-with-null)"),
    "deferrable": Feature(None, "constraints are checked row by row (constraint-foreign-key)"),
    "exclusion_constraint": Feature(None, "none"),
    "foreign_key": Feature((5, 0), "InnoDB and NDB (create-table-foreign-keys)"),
    "foreign_key_set_default": Feature(None, "refused by InnoDB (create-table-foreign-keys)"),
    "foreign_key_match": Feature(None, "MATCH is not supported and disables the actions (create-table-foreign-keys)"),
    "partitioned_foreign_key": Feature(
        None,
        "partitioned InnoDB tables neither have nor are the target of foreign keys (partitioning-limitations-storage-engines)",
    ),
    "partitioning": Feature(
        (5, 1),
        "range, list, hash, key; every unique key must hold all partitioning columns (partitioning-limitations)",
    ),
    "fulltext_index": Feature((5, 6), "InnoDB (innodb-fulltext-index)"),
    "spatial_index": Feature((5, 7), "InnoDB, NOT NULL columns (spatial-types)"),
    "json": Feature((5, 7, 8), "json"),
    "array": Feature(None, "no array types; JSON stands in"),
    "enum_type": Feature(None, "ENUM is declared in the column (enum)"),
    "domain": Feature(None, "none"),
    "sequence": Feature(None, "none (MariaDB has: 10.3)"),
    "materialized_view": Feature(None, "none"),
    "namespace": Feature(None, "a schema is a database (create-database)"),
    "trigger": Feature((5, 0), "create-trigger"),
    "row_security": Feature(None, "none"),
    "inheritance": Feature(None, "none"),
    "vector": Feature((9, 0), "vector"),
    "comments": Feature((4, 1), "inline on columns, indexes and tables (create-table)"),
    "standard_referenced_key": Feature(
        (8, 4),
        "restrict_fk_on_non_standard_key: a foreign key must reference a whole primary or unique key (mysql-nutshell)",
    ),
    "system_versioned": Feature(None, "MariaDB 10.3"),
}

WORDS = """
    accessible add all alter analyze and as asc asensitive before between bigint binary blob both by call
    cascade case change char character check collate column condition constraint continue convert create cross
    cube cume_dist current_date current_role current_time current_timestamp current_user cursor database
    databases day_hour day_microsecond day_minute day_second dec decimal declare default delayed delete
    delete_domain_id dense_rank desc describe deterministic distinct distinctrow div do_domain_ids double drop
    dual each else elseif empty enclosed escaped except exists exit explain false fetch first_value float
    float4 float8 for force foreign from fulltext function generated get grant group grouping groups having
    high_priority hour_microsecond hour_minute hour_second if ignore ignore_domain_ids in index infile inner
    inout insensitive insert int int1 int2 int3 int4 int8 integer intersect interval into io_after_gtids
    io_before_gtids is iterate join json_table key keys kill lag last_value lateral lead leading leave left
    like limit linear lines load localtime localtimestamp lock long longblob longtext loop low_priority manual
    master_bind master_demote_to_replica master_demote_to_slave master_ssl_verify_server_cert match maxvalue
    mediumblob mediumint mediumtext middleint minute_microsecond minute_second mod modifies natural
    no_write_to_binlog not nth_value ntile null numeric of offset on optimize optimizer_costs option
    optionally or order out outer outfile over page_checksum parallel parse_vcol_expr partition percent_rank
    portion precision primary procedure purge qualify range rank read read_write reads real recursive
    ref_system_id references regexp release rename repeat replace require resignal restrict return returning
    revoke right rlike row row_number rows schema schemas second_microsecond select sensitive separator set
    show signal smallint spatial specific sql sql_big_result sql_calc_found_rows sql_small_result sqlexception
    sqlstate sqlwarning ssl starting stats_auto_recalc stats_persistent stats_sample_pages stored
    straight_join system table tablesample terminated then tinyblob tinyint tinytext to trailing trigger true
    undo union unique unlock unsigned update usage use using utc_date utc_time utc_timestamp values varbinary
    varchar varcharacter varying virtual when where while window with write xor year_month zerofill
"""

LATEST_PATCH = 99
"""More than the releases of any series."""

RESERVED = frozenset(WORDS.split())
"""Reserved in 8.0 or 8.4 (keywords), and the few that only MariaDB reserves, so that what is written loads there too."""


class MySqlDialect(Dialect):
    """MySQL names its series by two numbers, and gives them features by three: a series stands for its latest release."""

    def version_tuple(self, version: str | None) -> tuple[int, ...]:
        """`8.0` → (8, 0, 99), the latest 8.0; `8.0.12` → (8, 0, 12)."""
        parts = super().version_tuple(version)
        return (*parts, LATEST_PATCH) if len(parts) == 2 else parts


DIALECT = MySqlDialect(
    engine=Engine.MYSQL,
    title="MySQL",
    sqlglot="mysql",
    versions=("8.0", "8.4"),
    default_namespace="",
    quote=("`", "`"),
    folds="keep",
    max_identifier=64,
    identifier_unit="characters",
    reserved=RESERVED,
    features=FEATURES,
)
