"""TypeORM entities, one file each with an index, for TypeORM 0.3 and 1.x; `style` is `data-mapper` or `active-record`."""

from __future__ import annotations

from dbdesign.model.schema import Schema
from dbdesign.writers.base import WriteOptions, Writer, WriteResult


def write(schema: Schema, options: WriteOptions | None = None) -> WriteResult:
    """The entities of a schema; `parts` has the files by path.

    Raises:
        UnknownNameError: for a style that is not known.
    """
    from dbdesign.writers.typeorm.files import write_files

    return write_files(schema, options or WriteOptions())


WRITER = Writer(name="typeorm", title="TypeORM entities", kind="orm", suffix=".ts", write=write)
