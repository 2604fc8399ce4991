"""PostgreSQL scripts and pg_dump output, executed on the embedded server and read back from its catalogues.

Where that cannot be done (an extension that the embedded server lacks, another version's syntax, `execute=False`) the script is
read by PostgreSQL's own grammar instead; `proof` and `notes` say which way was taken and why.
"""

from __future__ import annotations

from dbdesign.readers.base import Reader, ReadResult
from dbdesign.readers.postgresql.recognise import recognise


def read(text: str, *, execute: bool = True) -> ReadResult:
    """Read a PostgreSQL script.

    Args:
        text: DDL, or a plain-text dump; data in it (INSERT, COPY) is counted and left out.
        execute: False reads by the grammar alone.

    Raises:
        InputError: the text is empty or is no text.
        SqlError: nothing in it can be read; a quotation or comment does not end.
    """
    from dbdesign.readers.postgresql.executed import read_script

    return read_script(text, execute=execute)


READER = Reader(name="postgresql", title="PostgreSQL", suffixes=(".pgsql",), recognise=recognise, read=read)
