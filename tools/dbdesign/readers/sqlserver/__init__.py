"""Reads T-SQL: as SQL Server Management Studio scripts it, as SSDT keeps it, and as people write it."""

from __future__ import annotations

import re

from dbdesign.readers.base import Reader, ReadResult

SIGNS: tuple[tuple[re.Pattern[str], float], ...] = (
    (re.compile(r"^[ \t]*GO[ \t]*\d*[ \t\r]*$", re.IGNORECASE | re.MULTILINE), 0.5),
    (
        re.compile(
            r"\bCREATE\s+(?:TABLE|(?:OR\s+ALTER\s+)?(?:VIEW|PROC|PROCEDURE|FUNCTION|TRIGGER)|TYPE)\s+(?:\[|\w+\.\[)",
            re.IGNORECASE,
        ),
        0.5,
    ),
    (re.compile(r"\bCREATE\s+OR\s+ALTER\b", re.IGNORECASE), 0.5),
    (re.compile(r"\bSET\s+(?:ANSI_NULLS|QUOTED_IDENTIFIER|ANSI_PADDING|NOCOUNT|XACT_ABORT)\b", re.IGNORECASE), 0.4),
    (re.compile(r"\bIDENTITY\s*\(\s*-?\d+\s*,\s*-?\d+\s*\)", re.IGNORECASE), 0.4),
    (re.compile(r"\b(?:NON)?CLUSTERED\b|\bON\s+\[PRIMARY\]", re.IGNORECASE), 0.4),
    (
        re.compile(
            r"\b(?:NVARCHAR|UNIQUEIDENTIFIER|DATETIME2|DATETIMEOFFSET|SMALLDATETIME|VARBINARY\s*\(\s*MAX)\b",
            re.IGNORECASE,
        ),
        0.3,
    ),
    (re.compile(r"\b(?:sp_addextendedproperty|sp_rename|sp_executesql|GETDATE\s*\(|NEWID\s*\()", re.IGNORECASE), 0.3),
    (re.compile(r"\b(?:WITH\s+(?:NO)?CHECK\s+ADD|sys\.objects|OBJECT_ID\s*\()", re.IGNORECASE), 0.3),
)
"""What is written so in T-SQL and hardly elsewhere, with how much it says."""

COUNTER_SIGNS = re.compile(
    r"`\w+`|\bAUTO_INCREMENT\b|\bENGINE\s*=|::\w|\bSERIAL\b|\$\$|\bWITHOUT\s+ROWID\b", re.IGNORECASE
)


def recognise(text: str) -> float:
    """How sure it is that a text is T-SQL, 0 to 1."""
    sample = text[:200_000]
    sure = sum(weight for sign, weight in SIGNS if sign.search(sample))
    return min(1.0, sure) * (0.3 if COUNTER_SIGNS.search(sample) else 1.0)


def read(text: str, *, execute: bool = True) -> ReadResult:  # noqa: ARG001 - every reader takes it
    """Read a script. `execute` has no effect: there is no SQL Server to execute on.

    Raises:
        SqlError: where a string, name or comment is never closed.
        InputError: where there is no statement at all.
    """
    from dbdesign.readers.sqlserver.script import read_script

    return read_script(text)


READER = Reader(name="sqlserver", title="T-SQL (SQL Server)", suffixes=(), recognise=recognise, read=read)
