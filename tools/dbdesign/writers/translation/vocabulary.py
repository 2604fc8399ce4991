"""The words that a translation may use: nodes that every engine understands alike, and what CAST takes where."""

from __future__ import annotations

import re
from collections.abc import Mapping

from sqlglot import exp

from dbdesign.writers.translation.context import Family

SCALAR_NODES: frozenset[type[exp.Expr]] = frozenset(
    {
        exp.Abs, exp.Add, exp.And, exp.Between, exp.BitwiseAnd, exp.BitwiseOr, exp.Boolean, exp.Case, exp.Coalesce, exp.Column,
        exp.EQ, exp.Escape, exp.GT, exp.GTE, exp.Identifier, exp.If, exp.In, exp.Is, exp.LT, exp.LTE, exp.Like, exp.Literal,
        exp.Lower, exp.Mod, exp.Mul, exp.NEQ, exp.Neg, exp.Not, exp.Null, exp.Nullif, exp.Or, exp.Paren, exp.Replace, exp.Round,
        exp.Sub, exp.Tuple, exp.Upper, exp.Select,
    }
)  # fmt: skip
"""What every engine spells alike once the rewrites of this module have been applied."""

QUERY_NODES: frozenset[type[exp.Expr]] = SCALAR_NODES | {
    exp.Alias, exp.Avg, exp.Count, exp.CTE, exp.Distinct, exp.Except, exp.Exists, exp.From, exp.Group, exp.Having, exp.Intersect,
    exp.Join, exp.Max, exp.Min, exp.Order, exp.Ordered, exp.Star, exp.Subquery, exp.Sum, exp.Table, exp.TableAlias, exp.Union,
    exp.Where, exp.With,
}  # fmt: skip

RANDOM_UUID_SQLITE = (
    "lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-' || "
    "substr('89ab', abs(random()) % 4 + 1, 1) || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))"
)
"""A version 4 UUID (RFC 9562, 5.4); SQLite has no function of its own."""

STRFTIME = {"YEAR": "%Y", "MONTH": "%m", "DAY": "%d", "HOUR": "%H", "MINUTE": "%M", "SECOND": "%S"}
UNTOLD_REGEX = re.compile(r"\\[mMyYAZ]|\A\*\*\*|\A\(\?")
CAST_TYPES: Mapping[Family, Mapping[exp.DType, str]] = {
    Family.POSTGRES: {
        exp.DType.INT: "integer", exp.DType.BIGINT: "bigint", exp.DType.SMALLINT: "smallint", exp.DType.DECIMAL: "numeric",
        exp.DType.DOUBLE: "double precision", exp.DType.FLOAT: "double precision", exp.DType.DATE: "date",
        exp.DType.TEXT: "text", exp.DType.VARCHAR: "varchar", exp.DType.NVARCHAR: "varchar", exp.DType.CHAR: "varchar",
        exp.DType.TIMESTAMP: "timestamp", exp.DType.DATETIME: "timestamp", exp.DType.DATETIME2: "timestamp",
        exp.DType.TIMESTAMPTZ: "timestamptz", exp.DType.TIME: "time", exp.DType.UUID: "uuid", exp.DType.JSON: "jsonb",
        exp.DType.BOOLEAN: "boolean", exp.DType.BIT: "boolean",
    },
    Family.MYSQL: {
        exp.DType.INT: "SIGNED", exp.DType.BIGINT: "SIGNED", exp.DType.SMALLINT: "SIGNED", exp.DType.DECIMAL: "DECIMAL",
        exp.DType.DOUBLE: "DOUBLE", exp.DType.FLOAT: "DOUBLE", exp.DType.DATE: "DATE", exp.DType.TEXT: "CHAR",
        exp.DType.VARCHAR: "CHAR", exp.DType.NVARCHAR: "CHAR", exp.DType.CHAR: "CHAR", exp.DType.BPCHAR: "CHAR",
        exp.DType.TIMESTAMP: "DATETIME", exp.DType.TIMESTAMPTZ: "DATETIME", exp.DType.DATETIME: "DATETIME",
        exp.DType.DATETIME2: "DATETIME", exp.DType.TIME: "TIME", exp.DType.BOOLEAN: "SIGNED", exp.DType.BIT: "SIGNED",
        exp.DType.UUID: "CHAR",
    },
    Family.TSQL: {
        exp.DType.INT: "int", exp.DType.BIGINT: "bigint", exp.DType.SMALLINT: "smallint", exp.DType.DECIMAL: "decimal",
        exp.DType.DOUBLE: "float", exp.DType.FLOAT: "float", exp.DType.DATE: "date", exp.DType.TEXT: "nvarchar(max)",
        exp.DType.VARCHAR: "nvarchar", exp.DType.CHAR: "nchar", exp.DType.BPCHAR: "nchar", exp.DType.TIME: "time",
        exp.DType.TIMESTAMP: "datetime2", exp.DType.DATETIME: "datetime2", exp.DType.TIMESTAMPTZ: "datetimeoffset",
        exp.DType.BOOLEAN: "bit", exp.DType.UUID: "uniqueidentifier",
    },
    Family.SQLITE: {
        exp.DType.INT: "INTEGER", exp.DType.BIGINT: "INTEGER", exp.DType.SMALLINT: "INTEGER", exp.DType.DECIMAL: "NUMERIC",
        exp.DType.DOUBLE: "REAL", exp.DType.FLOAT: "REAL", exp.DType.TEXT: "TEXT", exp.DType.VARCHAR: "TEXT",
        exp.DType.NVARCHAR: "TEXT", exp.DType.CHAR: "TEXT", exp.DType.BOOLEAN: "INTEGER", exp.DType.BIT: "INTEGER",
        exp.DType.UUID: "TEXT",
    },
}  # fmt: skip
"""What CAST takes in each engine; a type that is missing ends the translation."""

SIZED = frozenset({exp.DType.DECIMAL, exp.DType.VARCHAR, exp.DType.CHAR, exp.DType.NVARCHAR, exp.DType.BPCHAR})
