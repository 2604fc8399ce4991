"""Queries of one boolean that say whether rows keep to a constraint before it is added."""

from __future__ import annotations

from dbdesign.model.schema import ForeignKey, Index, Key
from dbdesign.writers.mysql.printing import Printer


def no_nulls(table: str, column: str) -> str:
    """Whether no row lacks a value. Both names as SQL."""
    return f"SELECT NOT EXISTS (SELECT 1 FROM {table} WHERE {column} IS NULL)"


def no_duplicates(table: str, part: Key | Index, printer: Printer) -> str | None:
    """Whether no two rows are equal in a key's columns, NULLs aside; None for keys over expressions or prefixes."""
    keys = part.keys if isinstance(part, Index) else ()
    if any(key.column is None or key.length for key in (*keys, *getattr(part, "keys", ()))):
        return None
    columns = [printer.name(name) for name in part.columns]
    given = " AND ".join(f"{name} IS NOT NULL" for name in columns)
    grouped = f"SELECT 1 FROM {table} WHERE {given} GROUP BY {', '.join(columns)} HAVING count(*) > 1"
    return f"SELECT NOT EXISTS ({grouped})"


def no_orphans(table: str, key: ForeignKey, printer: Printer) -> str:
    """Whether every row finds the row that it references."""
    parent = printer.dialect.qualified(key.referenced_namespace, key.referenced_table)
    pairs = zip(key.columns, key.referenced_columns, strict=True)
    joined = " AND ".join(f"p.{printer.name(other)} = c.{printer.name(one)}" for one, other in pairs)
    given = " AND ".join(f"c.{printer.name(one)} IS NOT NULL" for one in key.columns)
    absent = f"NOT EXISTS (SELECT 1 FROM {parent} p WHERE {joined})"
    return f"SELECT NOT EXISTS (SELECT 1 FROM {table} c WHERE {given} AND {absent})"
