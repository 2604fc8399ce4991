"""SQLite in memory, for SQL that nobody vouches for: it can touch no file, load nothing, and neither run nor grow without end."""

from __future__ import annotations

import sqlite3
import time

from dbdesign.errors import LimitError

SECONDS = 10.0
"""For everything that one connection executes."""
STEPS = 20_000
"""Of SQLite's virtual machine between looks at the clock."""
MAX_PAGES = 50_000
"""Of 4 KiB: how large the database may become."""
MAX_VALUE_BYTES = 10_000_000
"""Of one text or blob: `zeroblob(1000000000)` in a definition costs no memory."""

ALLOWED = frozenset(
    {
        sqlite3.SQLITE_ALTER_TABLE, sqlite3.SQLITE_CREATE_INDEX, sqlite3.SQLITE_CREATE_TABLE, sqlite3.SQLITE_CREATE_TRIGGER,
        sqlite3.SQLITE_CREATE_VIEW, sqlite3.SQLITE_DELETE, sqlite3.SQLITE_DROP_INDEX, sqlite3.SQLITE_DROP_TABLE,
        sqlite3.SQLITE_DROP_TRIGGER, sqlite3.SQLITE_DROP_VIEW, sqlite3.SQLITE_INSERT, sqlite3.SQLITE_READ, sqlite3.SQLITE_RECURSIVE,
        sqlite3.SQLITE_REINDEX, sqlite3.SQLITE_SELECT, sqlite3.SQLITE_UPDATE,
    }
)  # fmt: skip
"""What a statement may do. ATTACH and temporary objects are not among it."""
PRAGMAS = frozenset({"foreign_keys", "foreign_key_check", "data_version"})
MODULES = frozenset({"fts3", "fts4", "fts5", "rtree", "rtree_i32", "geopoly"})
"""Virtual tables that SQLite itself brings and that keep to the database."""
REFUSED_FUNCTIONS = frozenset({"load_extension", "readfile", "writefile", "edit", "fts3_tokenizer"})


class Sqlite:
    """A private SQLite in memory; use it as a context manager."""

    version = f"SQLite {sqlite3.sqlite_version}"

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        self.deadline = time.monotonic() + SECONDS

    def __enter__(self) -> Sqlite:
        self.connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_VALUE_BYTES)
        self.connection.execute(f"PRAGMA max_page_count = {MAX_PAGES}")
        self.connection.set_progress_handler(self._late, STEPS)
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def _late(self) -> bool:
        return time.monotonic() > self.deadline

    def run(self, sql: str) -> str | None:
        """Execute a statement and fetch one row; what SQLite said against it, or None.

        Raises:
            LimitError: where time is up.
        """
        self.connection.set_authorizer(_authorise)
        try:
            self.connection.execute(sql).fetchone()
        except (sqlite3.Error, sqlite3.Warning, ValueError) as error:
            if self._late():
                raise LimitError(
                    f"SQLite was stopped after {SECONDS:.0f} seconds",
                    remedy="Leave out tables made from queries, and recursive views",
                ) from error
            return str(error)
        finally:
            self.connection.set_authorizer(None)
        return None

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """The rows of a query of our own, to which nothing is refused."""
        return self.connection.execute(query).fetchall()


def _authorise(action: int, first: str | None, second: str | None, database: str | None, _trigger: str | None) -> int:
    """Called by SQLite for everything that a statement would do."""
    if action == sqlite3.SQLITE_FUNCTION:
        allowed = (second or "").lower() not in REFUSED_FUNCTIONS
    elif action == sqlite3.SQLITE_PRAGMA:
        allowed = (first or "").lower() in PRAGMAS
    elif action in {sqlite3.SQLITE_CREATE_VTABLE, sqlite3.SQLITE_DROP_VTABLE}:
        allowed = (second or "").lower() in MODULES
    elif action == sqlite3.SQLITE_ALTER_TABLE:
        allowed = first == "main"  # its arguments are the database, the table and, of DROP COLUMN, the column
    else:
        # ALTER TABLE … RENAME also looks through the temporary schema, which is empty: nothing can be created there.
        allowed = action in ALLOWED and database in {"main", "temp", None}
    return sqlite3.SQLITE_OK if allowed else sqlite3.SQLITE_DENY
