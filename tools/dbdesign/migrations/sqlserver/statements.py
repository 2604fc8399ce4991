"""T-SQL that the writer does not need: dropping, renaming and changing what is there."""

from __future__ import annotations

import re

from dbdesign.model.schema import Column, Table
from dbdesign.writers.sqlserver.clauses import default_text, identifier, object_name, text_literal

LOCK_TIMEOUT = "SET LOCK_TIMEOUT 5000"
"""Milliseconds that a statement waits for a lock, and everything behind its Sch-M with it; by default it waits for ever."""

_CREATE = re.compile(r"\bCREATE\b(?:\s+OR\s+ALTER\b)?", re.IGNORECASE)


def path(table: Table) -> str:
    """`dbo.orders`."""
    return object_name(table.namespace, table.name)


def rename(kind: str, old: str, new: str) -> str:
    """sp_rename: the old name as a path, the new one bare. `kind` is OBJECT, COLUMN or INDEX."""
    return f"EXEC sp_rename {text_literal(old)}, {text_literal(new)}, N'{kind}'"


def alter_column(table: str, column: Column, *, online: bool) -> str:
    """ALTER COLUMN says type, collation and nullability together."""
    collation = f" COLLATE {column.collation}" if column.collation else ""
    null = "NULL" if column.nullable else "NOT NULL"
    with_online = " WITH (ONLINE = ON)" if online else ""
    return f"ALTER TABLE {table} ALTER COLUMN {identifier(column.name)} {column.type.native}{collation} {null}{with_online}"


def drop_default(table: str, column: Column) -> list[str]:
    """Drops a column's default; by a name that is looked up where the source does not say it."""
    if column.default is None:
        return []
    if column.default_name and not re.match(r"DF__.*__[0-9A-F]{8}\Z", column.default_name):
        return [f"ALTER TABLE {table} DROP CONSTRAINT {identifier(column.default_name)}"]
    found = (
        "DECLARE @name sysname = (SELECT d.name FROM sys.default_constraints d JOIN sys.columns c "
        "ON c.object_id = d.parent_object_id AND c.column_id = d.parent_column_id "
        f"WHERE d.parent_object_id = OBJECT_ID({text_literal(table)}) AND c.name = {text_literal(column.name)})"
    )
    alter = text_literal(f"ALTER TABLE {table} DROP CONSTRAINT ")
    return [found, f"DECLARE @drop nvarchar(max) = {alter} + QUOTENAME(@name)", "EXEC sys.sp_executesql @drop"]


def add_default(table: str, column: Column) -> list[str]:
    """Adds a column's default."""
    if column.default is None:
        return []
    name = f"CONSTRAINT {identifier(column.default_name)} " if column.default_name else ""
    return [f"ALTER TABLE {table} ADD {name}DEFAULT {default_text(column.default)} FOR {identifier(column.name)}"]


def create_or_alter(definition: str) -> str:
    """A module's CREATE as CREATE OR ALTER (2016 SP1 on)."""
    return _CREATE.sub("CREATE OR ALTER", definition, count=1)


def comment(before: str | None, after: str | None, *place: tuple[str, str]) -> str:
    """The extended property MS_Description, added, changed or dropped."""
    verb = "add" if before is None else "drop" if after is None else "update"
    parts = ["@name = N'MS_Description'"]
    parts += [f"@value = {text_literal(after)}"] if after is not None else []
    parts += [
        f"@level{i}type = N'{kind}', @level{i}name = {text_literal(name)}" for i, (kind, name) in enumerate(place)
    ]
    return f"EXEC sys.sp_{verb}extendedproperty {', '.join(parts)}"
