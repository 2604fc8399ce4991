"""The rule random-uuid-key."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Column, Engine, Table
from dbdesign.model.types import Kind
from dbdesign.rules.base import TableRule, on_column
from dbdesign.rules.meaning import is_event_table
from dbdesign.rules.subject import Subject
from dbdesign.rules.words import vocabulary, words

LARGE = 10_000_000
"""Rows from which on the primary key's index alone (16 bytes and overhead, about 40 a row) is some hundreds of megabytes, so that
inserting at random places begins to read from disk."""

_SECRETS = vocabulary("token secret nonce otp state challenge")
"""What nobody may guess, and so must be random."""


class RandomUuidKey(TableRule):
    """Rows are numbered by random UUIDs where a sequence, or UUIDs in order, would serve better.

    ## What it does
    Reports PostgreSQL primary keys whose default is a random UUID (`gen_random_uuid()`, `uuid_generate_v4()`) in tables that grow with
    use, or whose volume is ten million rows or more.

    ## Why is this bad?
    New entries go to random pages of the index: all of it must stay in memory, each checkpoint writes most of it anew as full pages, and
    rows made together are scattered. `bigint` is half the size; UUIDs of version 7, built in from 18 on, are in the order of time.

    ## Example
    ```sql
    CREATE TABLE notification (
        id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
        body text NOT NULL
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE notification (
        id uuid PRIMARY KEY DEFAULT uuidv7(),
        body text NOT NULL
    );
    ```

    ## When it does not apply
    Keys made by clients that are offline, and tokens and other identifiers that nobody may guess. Small tables lose nothing.

    ## References
    - PostgreSQL manual, [UUID Functions](https://www.postgresql.org/docs/current/functions-uuid.html)
    - RFC 9562, [UUID Version 7](https://www.rfc-editor.org/rfc/rfc9562#name-uuid-version-7)
    """

    severity = Severity.LOW
    engines = (Engine.POSTGRESQL,)
    repeats = "{count} tables that grow with use number their rows by random UUIDs, whose index must stay in memory as a whole"

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """A random key of a table that gets large."""
        key = table.primary_key
        column = table.column(key.columns[0]) if key and len(key.columns) == 1 else None
        if column is None or subject.type_of(column).kind is not Kind.UUID or not _is_random(column):
            return
        if _SECRETS & set(words(column.name)):
            return
        rows = subject.rows(table)
        if (rows is None and not is_event_table(table)) or (rows is not None and rows < LARGE):
            return
        ordered = subject.sql.alter(table, f"ALTER COLUMN {subject.sql.name(column.name)} SET DEFAULT uuidv7()")
        evidence: dict[str, str | int | float | bool | list[str]] = {"default": column.default or ""}
        if rows is not None:
            evidence["rows"] = rows
        yield self.finding(
            on_column(table, column),
            f"{table.label} numbers its rows by random UUIDs, whose index must stay in memory as a whole to take inserts",
            severity=Severity.MEDIUM if rows is not None else None,
            evidence=evidence,
            fix=ordered if subject.at_least(18) else None,
        )


def _is_random(column: Column) -> bool:
    default = (column.default or "").lower()
    return any(name in default for name in ("gen_random_uuid", "uuid_generate_v4", "uuidv4"))
