"""Reads SQLite's SQL by executing it, in memory, and comparing what SQLite made of it with what its stored text says."""

from __future__ import annotations

import re

from dbdesign.readers.base import Reader, ReadResult

SIGNS: tuple[tuple[re.Pattern[str], float], ...] = (
    (re.compile(r"\bAUTOINCREMENT\b", re.IGNORECASE), 0.7),
    (re.compile(r"\bWITHOUT\s+ROWID\b|\)\s*STRICT\s*[;,]", re.IGNORECASE), 0.7),
    (re.compile(r"^[ \t]*PRAGMA\s+\w+", re.IGNORECASE | re.MULTILINE), 0.6),
    (re.compile(r"\bsqlite_(?:sequence|master|stat1)\b", re.IGNORECASE), 0.7),
    (re.compile(r"\bINTEGER\s+(?:NOT\s+NULL\s+)?PRIMARY\s+KEY\b", re.IGNORECASE), 0.4),
    (re.compile(r"\b(?:datetime|strftime|julianday|unixepoch)\s*\(\s*'", re.IGNORECASE), 0.5),
    (
        re.compile(
            r"\brandomblob\s*\(|\bnew\.rowid\b|\bON\s+CONFLICT\s+(?:ABORT|FAIL|IGNORE|ROLLBACK|REPLACE)\b",
            re.IGNORECASE,
        ),
        0.4,
    ),
    (re.compile(r"\bBEGIN\s+TRANSACTION\s*;", re.IGNORECASE), 0.2),
    (re.compile(r"\bINTEGER\s+NOT\s+NULL\s*,", re.IGNORECASE), 0.1),
)
"""What is written so for SQLite and hardly elsewhere, with how much it says."""

COUNTER_SIGNS = re.compile(
    r"\bAUTO_INCREMENT\b|\bENGINE\s*=|::\w|\b(?:BIG)?SERIAL\b|\$\$|^[ \t]*GO\s*$|\bIDENTITY\s*\("
    r"|\bCREATE\s+(?:SCHEMA|SEQUENCE|TYPE|EXTENSION)\b"
    r"|\bNVARCHAR\s*\(\s*MAX|\bplpgsql\b|\bNONCLUSTERED\b|^SET\s+\w",
    re.IGNORECASE | re.MULTILINE,
)


def recognise(text: str) -> float:
    """How sure it is that a text is SQLite's, 0 to 1."""
    sample = text[:200_000]
    sure = sum(weight for sign, weight in SIGNS if sign.search(sample))
    return min(1.0, sure) * (0.2 if COUNTER_SIGNS.search(sample) else 1.0)


def read(text: str, *, execute: bool = True) -> ReadResult:
    """Read a script; `execute=False` reads its tokens alone.

    Raises:
        SqlError: where a string, name or comment is never closed.
        InputError: where there is no statement at all.
        LimitError: where the script runs for too long or is too large.
    """
    from dbdesign.readers.sqlite.script import read_script

    return read_script(text, execute=execute)


READER = Reader(name="sqlite", title="SQLite", suffixes=(), recognise=recognise, read=read)
