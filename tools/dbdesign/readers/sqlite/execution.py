"""What SQLite made of a script: its catalog, and whether that agrees with what was read of its text."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.engines.sqlite import Sqlite
from dbdesign.model.schema import Table

OBJECTS = (
    "SELECT type, name, tbl_name, sql FROM sqlite_schema "
    "WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid"
)


def objects(database: Sqlite) -> Iterator[tuple[str, str, str, str]]:
    """(type, name, name of the table, SQL) of everything that has SQL, in the order in which it was made."""
    for kind, name, table, sql in database.rows(OBJECTS):
        yield str(kind), str(name), str(table), str(sql)


def differences(database: Sqlite, table: Table) -> Iterator[str]:
    """Where SQLite's own catalog disagrees with what was read of the table's text: always a defect of ours."""
    quoted = table.name.replace('"', '""')
    columns = database.rows(f'PRAGMA table_xinfo("{quoted}")')
    found = [str(row[1]) for row in columns]
    if found != [column.name for column in table.columns]:
        yield f"SQLite has the columns {', '.join(found)}"
        return
    for row, column in zip(columns, table.columns, strict=True):
        if bool(row[3]) == column.nullable and not row[5]:
            yield f"SQLite says that {column.name} is {'NOT NULL' if row[3] else 'nullable'}"
    keyed = [name for place, name in sorted((int(str(row[5])), str(row[1])) for row in columns) if place]
    if keyed != list(table.primary_key.columns if table.primary_key else ()):
        yield f"SQLite has the primary key ({', '.join(keyed)})"
    references = {row[0] for row in database.rows(f'PRAGMA foreign_key_list("{quoted}")')}
    if len(references) != len(table.foreign_keys):
        yield f"SQLite has {len(references)} foreign keys"
