"""What only a server can say of a schema: it is made in a scratch database and asked."""

from __future__ import annotations

from functools import cache

from dbdesign.model.schema import Schema, label

_CONSTRAINTS = """
SELECT n.nspname, c.relname, pg_get_partition_constraintdef(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relispartition AND c.relkind IN ('r', 'p')
"""


def partition_constraints(schema: Schema) -> dict[str, str]:
    """What a row of each partition must satisfy, by label, as the server itself would check it when the partition is attached."""
    from dbdesign.engines.postgres import embedded
    from dbdesign.writers.base import WriteOptions
    from dbdesign.writers.postgresql import WRITER

    with embedded().scratch() as database:
        database.run_script(WRITER.write(schema, WriteOptions(prove=False)).text)
        rows = database.admin.execute(_CONSTRAINTS.encode()).fetchall()
    return {label(None if space == "public" else space, name): text for space, name, text in rows if text}


@cache
def usual_storage(native: str) -> str:
    """How values of a type are stored where nothing is said: PLAIN, MAIN, EXTENDED; EXTENDED for a type that the server has not."""
    from dbdesign.engines.postgres import embedded

    rows = embedded().control("SELECT typstorage::text FROM pg_type WHERE oid = to_regtype(%s)", native)
    return {"p": "PLAIN", "m": "MAIN", "e": "EXTERNAL"}.get(rows[0][0] if rows else "x", "EXTENDED")
