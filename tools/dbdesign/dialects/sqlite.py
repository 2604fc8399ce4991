"""SQLite 3: names, limits and features.

Sources: sqlite.org, by the page named beside each fact; versions by the release history (sqlite.org/changes.html).
"""

from __future__ import annotations

from dbdesign.dialects.base import Dialect, Feature
from dbdesign.model.schema import Engine

MAX_COLUMNS = 2000
"""Of a table, an index, a view, as built by default (limits.html)."""

MAX_SQL_BYTES = 1_000_000_000
"""Of one statement, as built by default (limits.html)."""

FEATURES: dict[str, Feature] = {
    "include_columns": Feature(None, "none; further key columns make an index covering (queryplanner.html)"),
    "partial_index": Feature((3, 8, 0), "deterministic expressions of the table's columns (partialindex.html)"),
    "expression_index": Feature((3, 9, 0), "deterministic functions (expridx.html)"),
    "descending_index": Feature((3, 3, 0), "lang_createindex.html"),
    "check_constraint": Feature((3, 3, 0), "deterministic, without subqueries (lang_createtable.html)"),
    "exclusion_constraint": Feature(None, "none"),
    "deferrable": Feature((3, 6, 19), "foreign keys alone (foreignkeys.html)"),
    "identity": Feature((3, 0), "INTEGER PRIMARY KEY is the rowid; AUTOINCREMENT only forbids reuse (autoinc.html)"),
    "stored_generated": Feature((3, 31, 0), "gencol.html"),
    "virtual_generated": Feature((3, 31, 0), "gencol.html"),
    "nulls_not_distinct": Feature(None, "NULLs are distinct in a unique index (nulls.html)"),
    "nulls_order": Feature((3, 30, 0), "in ORDER BY, not in CREATE INDEX (lang_createindex.html)"),
    "strict": Feature((3, 37, 0), "INT, INTEGER, REAL, TEXT, BLOB, ANY alone (stricttables.html)"),
    "without_rowid": Feature((3, 8, 2), "withoutrowid.html"),
    "foreign_key": Feature((3, 6, 19), "enforced only under PRAGMA foreign_keys = ON (foreignkeys.html)"),
    "alter_add_constraint": Feature(None, "constraints are declared with the table (lang_altertable.html)"),
    "json": Feature((3, 38, 0), "functions built in by default; stored as TEXT (json1.html)"),
    "json_arrows": Feature((3, 38, 0), "-> and ->> (json1.html)"),
    "regexp": Feature(None, "an operator without a function behind it (lang_expr.html)"),
    "boolean": Feature(None, "0 and 1 (datatype3.html); the words TRUE and FALSE from 3.23"),
    "enum": Feature(None, "a CHECK stands in"),
    "domain": Feature(None, "none"),
    "array": Feature(None, "none; JSON in TEXT stands in"),
    "sequence": Feature(None, "none"),
    "namespace": Feature(None, "a schema is an attached file (lang_attach.html)"),
    "comments": Feature(None, "none but SQL comments, which the stored text keeps"),
    "trigger": Feature((3, 0), "lang_createtrigger.html"),
    "on_update": Feature(None, "a trigger stands in"),
    "materialized_view": Feature(None, "none"),
    "partitioning": Feature(None, "none"),
    "row_security": Feature(None, "none"),
    "unsigned": Feature(None, "64-bit signed integers (datatype3.html)"),
}

WORDS = """
    add all alter and as autoincrement between case cast check collate commit constraint create current_date current_time
    current_timestamp default deferrable delete distinct drop else escape except exists foreign from group having if in index
    insert intersect into is isnull join limit not nothing notnull null on or order primary raise references returning select set
    table then to transaction union unique update using values when where
"""
"""Keywords that cannot be names without quotation marks (lang_keywords.html); the others fall back to names."""

DIALECT = Dialect(
    engine=Engine.SQLITE,
    title="SQLite",
    sqlglot="sqlite",
    versions=("3.37", "3.40", "3.45", "3.50"),
    default_namespace="main",
    quote=('"', '"'),
    folds="keep",
    max_identifier=1_000_000,
    reserved=frozenset(WORDS.split()),
    features=FEATURES,
)
