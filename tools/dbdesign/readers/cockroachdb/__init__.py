"""CockroachDB DDL, as people write it and as SHOW CREATE TABLE prints it.

What CockroachDB adds to PostgreSQL's language is taken out of the statements and kept beside them; what is left is PostgreSQL's and is
read by its grammar; then what was taken out is laid over the result. Nothing is executed: there is no CockroachDB here.
"""

from __future__ import annotations

from dbdesign.readers.base import Reader, ReadResult
from dbdesign.readers.cockroachdb.recognise import recognise


def read(text: str, *, execute: bool = True) -> ReadResult:  # noqa: ARG001 - every reader takes it; this one never executes
    """Read a CockroachDB script.

    Raises:
        InputError: the text is empty.
        SqlError: a quotation or comment does not end.
    """
    from dbdesign.readers.cockroachdb.script import read_script

    return read_script(text)


READER = Reader(name="cockroachdb", title="CockroachDB", suffixes=(), recognise=recognise, read=read)
