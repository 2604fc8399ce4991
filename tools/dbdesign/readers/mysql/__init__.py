"""MySQL and MariaDB DDL, mysqldump and mariadb-dump output: a recursive-descent parser of its own, which loses nothing.

`READER` is light: the parser is imported when a text is read.
"""

from __future__ import annotations

from dbdesign.readers.base import Reader, ReadResult
from dbdesign.readers.mysql.recognise import recognise


def read(text: str, *, execute: bool = True) -> ReadResult:  # noqa: ARG001 - every reader's signature
    """Reads a text; nothing is executed, whatever `execute` says. Raises `SqlError` or `InputError` if nothing can be read."""
    from dbdesign.readers.mysql.script import read_script

    return read_script(text)


READER = Reader(name="mysql", title="MySQL or MariaDB DDL", suffixes=(), recognise=recognise, read=read)
