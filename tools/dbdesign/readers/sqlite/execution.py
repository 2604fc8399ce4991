"""Runs a script's definitions in an SQLite in memory that can touch nothing else, and asks it what it made of them."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator

from dbdesign.errors import LimitError
from dbdesign.model.schema import Table

SECONDS = 10.0
"""For all of a script's definitions; a table made from a query is the only one that can take long."""
STEPS = 20_000
"""Of SQLite's virtual machine between looks at the clock."""
MAX_PAGES = 50_000
"""Of 4 KiB: what a table made from a query may fill in memory."""

ALLOWED = frozenset(
    {
        sqlite3.SQLITE_ALTER_TABLE, sqlite3.SQLITE_CREATE_INDEX, sqlite3.SQLITE_CREATE_TABLE, sqlite3.SQLITE_CREATE_TRIGGER,
        sqlite3.SQLITE_CREATE_VIEW, sqlite3.SQLITE_DELETE, sqlite3.SQLITE_DROP_INDEX, sqlite3.SQLITE_DROP_TABLE,
        sqlite3.SQLITE_DROP_TRIGGER, sqlite3.SQLITE_DROP_VIEW, sqlite3.SQLITE_INSERT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE,
        sqlite3.SQLITE_REINDEX, sqlite3.SQLITE_SELECT, sqlite3.SQLITE_UPDATE,
    }
)  # fmt: skip
"""What a definition may do. ATTACH, PRAGMA, virtual tables and temporary objects are not among it."""
MAX_VALUE_BYTES = 10_000_000
"""Of one text or blob: `zeroblob(1000000000)` in a definition costs no memory."""
REFUSED_FUNCTIONS = frozenset({"load_extension", "readfile", "writefile", "edit", "fts3_tokenizer"})


class Database:
    """A private SQLite in memory.

    Use as a context manager; `run` one definition after another, then look at `objects` and `differences`.
    """

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        self.deadline = time.monotonic() + SECONDS

    def __enter__(self) -> Database:
        self.connection.execute(f"PRAGMA max_page_count = {MAX_PAGES}")
        self.connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES)
        self.connection.execute("PRAGMA trusted_schema = OFF")
        self.connection.execute("PRAGMA legacy_alter_table = OFF")
        self.connection.set_progress_handler(self._late, STEPS)
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def _late(self) -> bool:
        return time.monotonic() > self.deadline

    def run(self, sql: str) -> str | None:
        """Execute a definition; what SQLite said against it, or None.

        Raises:
            LimitError: where time is up.
        """
        self.connection.set_authorizer(_authorise)
        try:
            self.connection.execute(sql)
        except sqlite3.Error as error:
            if self._late():
                raise LimitError(
                    f"the script ran for more than {SECONDS:.0f} seconds", remedy="Leave CREATE TABLE … AS SELECT out"
                ) from error
            return str(error)
        except (ValueError, sqlite3.Warning) as error:
            return str(error)
        finally:
            self.connection.set_authorizer(None)
        return None

    def objects(self) -> Iterator[tuple[str, str, str, str]]:
        """(type, name, name of the table, SQL) of everything that has SQL, in the order in which it was made."""
        query = "SELECT type, name, tbl_name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'"
        yield from self.connection.execute(f"{query} ORDER BY rowid")

    def differences(self, table: Table) -> Iterator[str]:
        """Where SQLite's own catalog disagrees with what was read of the table's text: always a defect of ours."""
        quoted = table.name.replace('"', '""')
        columns = self.connection.execute(f'PRAGMA table_xinfo("{quoted}")').fetchall()
        if [row[1] for row in columns] != [column.name for column in table.columns]:
            yield f"SQLite has the columns {', '.join(row[1] for row in columns)}"
            return
        for row, column in zip(columns, table.columns, strict=True):
            if bool(row[3]) == column.nullable and not row[5]:
                yield f"SQLite says that {column.name} is {'NOT NULL' if row[3] else 'nullable'}"
        keyed = [row[1] for row in sorted(columns, key=lambda row: row[5]) if row[5]]
        if keyed != list(table.primary_key.columns if table.primary_key else ()):
            yield f"SQLite has the primary key ({', '.join(keyed)})"
        references = {row[0] for row in self.connection.execute(f'PRAGMA foreign_key_list("{quoted}")')}
        if len(references) != len(table.foreign_keys):
            yield f"SQLite has {len(references)} foreign keys"


def _authorise(action: int, first: str | None, second: str | None, database: str | None, trigger: str | None) -> int:
    """Called by SQLite for everything that a statement would do."""
    if action == sqlite3.SQLITE_FUNCTION:
        return sqlite3.SQLITE_DENY if (second or "").lower() in REFUSED_FUNCTIONS else sqlite3.SQLITE_OK
    return sqlite3.SQLITE_OK if action in ALLOWED and database in {"main", None, "temp"} else sqlite3.SQLITE_DENY
