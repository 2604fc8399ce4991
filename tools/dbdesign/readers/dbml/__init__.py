"""Reads DBML (https://dbml.dbdiagram.io/docs) by a parser of our own.

pydbml reads an older form of the language (no checks, partials, records, array types, negative defaults), gives up on a whole
file at the first thing that it does not know, and takes 7 s for 400 tables; the tests compare with it where it can read.
"""

from __future__ import annotations

import re

from dbdesign.readers.base import Reader, ReadResult

_TABLE = re.compile(r'^[ \t]*Table[ \t]+["\w.][^{}\n;]*\{', re.IGNORECASE | re.MULTILINE)
_OTHER = re.compile(
    r"^[ \t]*(Ref\b[^\n:]*:[^\n<>-]*[<>-]|(Enum|TableGroup|TablePartial|Project)\b[^{}\n;]*\{)",
    re.IGNORECASE | re.MULTILINE,
)
_SQL = re.compile(r"^[ \t]*(CREATE|ALTER|INSERT|DROP|SELECT)\b", re.IGNORECASE | re.MULTILINE)
_PRISMA = re.compile(r"^[ \t]*(model|datasource|generator)[ \t]+\w+[ \t]*\{", re.MULTILINE)


def recognise(text: str) -> float:
    """Near 1 for text with `Table x {` blocks and no SQL."""
    if _SQL.search(text) or _PRISMA.search(text):
        return 0.0
    return 0.95 if _TABLE.search(text) else 0.6 if _OTHER.search(text) else 0.0


def read(text: str, *, execute: bool = True) -> ReadResult:  # noqa: ARG001 - DBML cannot be executed
    """The schema of a DBML document.

    Raises:
        InputError: empty text.
        LimitError: partials or enums that grow into far more than the text.
        SqlError: a quotation mark that is never closed, or text without anything that DBML knows; with the line.
    """
    from dbdesign.readers.dbml.build import build
    from dbdesign.readers.dbml.parser import parse

    return build(parse(text))


READER = Reader(name="dbml", title="DBML", suffixes=(".dbml",), recognise=recognise, read=read)
