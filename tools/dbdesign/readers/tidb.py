"""TiDB DDL: the MySQL reader with TiDB's executable comments (`/*T![clustered_index] … */`), AUTO_RANDOM and table options."""

from __future__ import annotations

from dbdesign.readers.base import Reader, ReadResult
from dbdesign.readers.mysql.recognise import recognise_tidb


def read(text: str, *, execute: bool = True) -> ReadResult:  # noqa: ARG001 - every reader's signature
    """Reads a text; nothing is executed, whatever `execute` says. Raises `SqlError` or `InputError` if nothing can be read."""
    from dbdesign.model.schema import Engine
    from dbdesign.readers.mysql.script import read_script

    return read_script(text, Engine.TIDB)


READER = Reader(name="tidb", title="TiDB DDL", suffixes=(), recognise=recognise_tidb, read=read)
