"""The tools that copy a table while it is written to, and what each of them refuses.

Sources: gh-ost, doc/requirements-and-limitations.md and doc/shared-key.md; spirit, README and USAGE; Percona Toolkit,
pt-online-schema-change (--alter-foreign-keys-method, --preserve-triggers).
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass

from dbdesign.model.schema import Schema, Table

NO_KEY = (
    "no tool can copy it while it is written to: gh-ost and pt-online-schema-change walk over a unique key without NULLs, "
    "and the table has none. Add a primary key first, or run the statement in a window without writes"
)


@dataclass(frozen=True)
class CopyTool:
    """A command line that makes a change, and what to know of it. `command` is None where no tool can."""

    command: str | None
    notes: tuple[str, ...]


def copy_tool(schema: Schema, table: Table, clauses: str) -> CopyTool:
    """The tool for a change that MySQL itself makes by copying the table.

    Args:
        schema: the one that the table is in: other tables may reference it.
        clauses: of the ALTER TABLE.
    """
    referenced = any(key.references == table.label for one in schema.tables for key in one.foreign_keys)
    keyed = bool(table.candidate_keys)
    if not keyed:
        return CopyTool(None, (NO_KEY,))
    if table.foreign_keys or referenced or table.triggers:
        return _percona(table, clauses, referenced=referenced)
    return _ghost(table, clauses)


def _ghost(table: Table, clauses: str) -> CopyTool:
    parts = [
        "gh-ost",
        "--host=$MYSQL_HOST",
        "--user=$MYSQL_USER",
        "--ask-pass",
        "--database=$MYSQL_DATABASE",
        f"--table={shlex.quote(table.name)}",
        f"--alter={shlex.quote(clauses)}",
        "--chunk-size=1000",
        "--max-lag-millis=1500",
        "--max-load=Threads_running=50",
        "--critical-load=Threads_running=200",
        "--cut-over-lock-timeout-seconds=3",
        "--default-retries=120",
        "--postpone-cut-over-flag-file=/tmp/ghost.postpone.flag",
        "--execute",
    ]
    return CopyTool(
        " ".join(parts),
        (
            "gh-ost needs binlog_format=ROW, and refuses tables with foreign keys on either side or with triggers: this one has none",
            "remove the flag file to let it cut over"
            + (
                f"; spirit does the same: spirit --host=$MYSQL_HOST --username=$MYSQL_USER --password=$MYSQL_PASSWORD "
                f"--database=$MYSQL_DATABASE --table={shlex.quote(table.name)} --alter={shlex.quote(clauses)}"
                if table.primary_key
                else ""
            ),
        ),
    )


def _percona(table: Table, clauses: str, *, referenced: bool) -> CopyTool:
    parts = ["pt-online-schema-change", f"--alter {shlex.quote(clauses)}"]
    notes = ["gh-ost and spirit refuse the table: it has " + _why(table, referenced=referenced)]
    if referenced:
        parts.append("--alter-foreign-keys-method=rebuild_constraints")
        notes.append(
            "the tables that reference it get their foreign keys anew, which copies them or locks them for a time: see to their size"
        )
    if table.foreign_keys:
        notes.append("its foreign keys come back with an underscore before their names")
    if table.triggers:
        parts.append("--preserve-triggers")
        notes.append("--preserve-triggers needs Percona Toolkit 3.0.2 and MySQL 5.7.2: several triggers for one event")
    parts += [
        "--max-lag=2",
        "--max-load=Threads_running=50",
        "--critical-load=Threads_running=200",
        "--set-vars=lock_wait_timeout=3",
    ]
    parts += [f"h=$MYSQL_HOST,u=$MYSQL_USER,D=$MYSQL_DATABASE,t={shlex.quote(table.name)}", "--ask-pass", "--execute"]
    return CopyTool(" ".join(parts), tuple(notes))


def _why(table: Table, *, referenced: bool) -> str:
    reasons = ["foreign keys"] if table.foreign_keys else []
    reasons += ["tables that reference it"] if referenced else []
    reasons += ["triggers"] if table.triggers else []
    return " and ".join(reasons)
