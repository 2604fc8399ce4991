"""The statements that drizzle-kit writes for an empty database, in an order that can be executed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbdesign.readers.drizzle.columns import quoted
from dbdesign.readers.drizzle.draft import ColumnDraft, Core, ForeignKeyDraft, ModulesDraft, TableDraft

_PLAIN_TYPE = re.compile(
    r'(?:[A-Za-z_][\w ]*(?:\([^()"]*\))?[\w ]*(?:\[\d*\])*|"[^"]+"(?:\."[^"]+")?(?:\[\d*\])*|enum\(.*\))\Z', re.DOTALL
)


_WORD = re.compile(r"[A-Za-z_]\w*\Z")
NATIVE = (
    "uuid", "smallint", "integer", "bigint", "boolean", "text", "varchar", "serial", "bigserial", "decimal", "numeric", "real", "json",
    "time", "date", "interval", "double precision", "char", "vector", "geometry", "halfvec", "sparsevec", "bit",
)  # fmt: skip
"""Beginnings of types that drizzle-kit 0.31 does not quote (`parseType`)."""
_TWO_NAMES = re.compile(r'[^"]+"\."[^"]+\Z')


def statements(draft: ModulesDraft) -> Iterator[str]:
    """All statements."""
    core = draft.core
    if core == "pg":
        yield from (f"CREATE SCHEMA {quoted(one, core)};" for one in draft.namespaces)
    yield from (f"{one.sql};" for one in (*draft.enums, *draft.sequences))
    yield from (_table(table, core) for table in draft.tables)
    if core != "sqlite":
        yield from (_foreign_key(table, key, core) for table in draft.tables for key in table.foreign_keys)
    for table in draft.tables:
        yield from (f"CREATE {text};" for _, text in table.indexes)
        if core == "sqlite":
            yield from _unique_indexes(table)
        if table.row_security and core == "pg":
            yield f"ALTER TABLE {path(table, core)} ENABLE ROW LEVEL SECURITY;"
        yield from (
            f"CREATE POLICY {quoted(name, core)} ON {path(table, core)} {text};" for name, text in table.policies
        )
    yield from (f"{one.sql};" for one in draft.views)


def path(table: TableDraft, core: Core) -> str:
    """A table's name in a statement."""
    return ".".join(quoted(one, core) for one in (table.namespace, table.name) if one)


def _table(table: TableDraft, core: Core) -> str:
    clauses = [_column(column, table, core) for column in table.columns]
    primary = table.primary or _primary_of_columns(table, core)
    if primary is not None:
        name, columns = primary
        constraint = f"CONSTRAINT {quoted(name, core)} " if core != "sqlite" else ""
        clauses.append(f"{constraint}PRIMARY KEY ({_list(columns, core)})")
    if core != "sqlite":
        for name, columns, nulls in all_uniques(table):
            clauses.append(
                f"CONSTRAINT {quoted(name, core)} UNIQUE{' NULLS NOT DISTINCT' if nulls else ''} ({_list(columns, core)})"
            )
    else:
        clauses += [_inline_foreign_key(key, core) for key in table.foreign_keys]
    clauses += [f"CONSTRAINT {quoted(name, core)} CHECK ({expression})" for name, expression in table.checks]
    body = ",\n".join(f"  {one}" for one in clauses)
    return f"CREATE TABLE {path(table, core)} (\n{body}\n);"


def _primary_of_columns(table: TableDraft, core: Core) -> tuple[str, list[str]] | None:
    """MySQL's primary keys stand behind the columns also where a column says so itself."""
    own = [one.name for one in table.columns if one.primary]
    return (f"{table.name}_{own[0]}", own[:1]) if own and core == "mysql" else None


def all_uniques(table: TableDraft) -> Iterator[tuple[str, list[str], bool]]:
    """The unique constraints, those of single columns first."""
    for column in table.columns:
        if column.unique is not None:
            yield unique_name(table, column), [column.name], column.nulls_not_distinct
    yield from table.uniques


def unique_name(table: TableDraft, column: ColumnDraft) -> str:
    """The name of a column's own unique constraint."""
    return column.unique or f"{table.name}_{column.key}_unique"


def _unique_indexes(table: TableDraft) -> Iterator[str]:
    for name, columns, _ in all_uniques(table):
        yield f"CREATE UNIQUE INDEX {quoted(name, 'sqlite')} ON {path(table, 'sqlite')} ({_list(columns, 'sqlite')});"


def _column(column: ColumnDraft, table: TableDraft, core: Core) -> str:
    parts = [quoted(column.name, core), _type(column.type, core)]
    in_key = table.primary is not None and column.name in table.primary[1]
    if column.primary and core != "mysql":
        parts.append("PRIMARY KEY")
    if column.autoincrement:
        parts.append("AUTOINCREMENT" if core == "sqlite" else "AUTO_INCREMENT")
    if column.default is not None:
        parts.append(f"DEFAULT {column.default}")
    if column.generated is not None:
        parts.append(f"GENERATED ALWAYS AS ({column.generated}) {column.generated_mode.upper()}")
    if (column.not_null or (in_key and core == "mysql")) and column.identity is None:
        parts.append("NOT NULL")
    if column.identity is not None:
        parts.append(column.identity)
    if column.on_update:
        parts.append("ON UPDATE CURRENT_TIMESTAMP")
    return " ".join(parts)


def _type(text: str, core: Core) -> str:
    """drizzle-kit quotes what it does not know as a name; types with arguments are left as they are."""
    if core != "pg":
        return text
    if _WORD.match(text) and not text.startswith(NATIVE):
        return quoted(text, core)
    if _PLAIN_TYPE.match(text):
        return text
    if _TWO_NAMES.match(text):  # a customType that knows of drizzle-kit's quotes: namespace"."name
        return f'"{text}"'
    return quoted(text, core)


def _list(columns: list[str], core: Core) -> str:
    return ", ".join(quoted(one, core) for one in columns)


def _references(key: ForeignKeyDraft, core: Core) -> str:
    text = f"FOREIGN KEY ({_list(key.columns, core)}) REFERENCES {path(key.target, core)} ({_list(key.target_columns, core)})"
    text += f" ON DELETE {key.on_delete.upper()}" if key.on_delete else ""
    return text + (f" ON UPDATE {key.on_update.upper()}" if key.on_update else "")


def _inline_foreign_key(key: ForeignKeyDraft, core: Core) -> str:
    return _references(key, core)


def _foreign_key(table: TableDraft, key: ForeignKeyDraft, core: Core) -> str:
    return f"ALTER TABLE {path(table, core)} ADD CONSTRAINT {quoted(key.name, core)} {_references(key, core)};"
