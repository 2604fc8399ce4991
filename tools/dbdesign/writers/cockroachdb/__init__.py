"""CockroachDB 24.3 to 25.4: its own idiom from schemas of any engine: hash-sharded sequential keys, STORING, inverted indexes.

Keys are never changed silently. An integer key that counts up keeps its column, its type and its numbers; because such a key sends
every insert to one range, its primary key is written `USING HASH`, and a note says what that costs and which keys avoid it.
"""

from __future__ import annotations

from dbdesign.dialects.cockroachdb import DIALECT
from dbdesign.model.schema import Schema
from dbdesign.writers.base import WriteOptions, Writer, WriteResult


def write(schema: Schema, options: WriteOptions | None = None) -> WriteResult:
    """The DDL for a schema.

    Raises:
        InputError: for a version that is not among `DIALECT.versions`.
    """
    from dbdesign.writers.cockroachdb.generate import generate

    return generate(schema, options or WriteOptions())


WRITER = Writer(
    name="cockroachdb", title="CockroachDB", kind="ddl", suffix=".sql", write=write, versions=DIALECT.versions
)
