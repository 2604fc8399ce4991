"""A benchmark in a database of the user's: what only its owner may ask for, at the command line; no tool of the server."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from dbdesign.api.benchmark_schema import Request, benchmarked
from dbdesign.api.benchmark_server import beside
from dbdesign.benchmark.place import Place

if TYPE_CHECKING:
    from dbdesign.api.benchmark_answer import BenchmarkSchemaAnswer
    from dbdesign.api.call import Call

SCHEMA = "dbdesign_benchmark"
"""The schema that is made where no other is named."""


def benchmark_database(
    wanted: Request, into: str, call: Call, *, schema: str = SCHEMA, keep: bool = False, engine: str | None = None
) -> BenchmarkSchemaAnswer:
    """A benchmark in a new schema of a configured database that is `writable`; the schema is dropped at the end unless it is kept.

    In PostgreSQL the rows are made there, and it is measured alone. MySQL, MariaDB, TiDB, CockroachDB, and with `engine` also Citus and
    PostgreSQL, get the rows that the embedded server makes; both servers run the workload, and their rows, plans and times are compared.

    Tables, types, sequences and indexes of the design are made there; functions, triggers, views and extensions are not. Queries are
    refused where they name anything of another schema; those that read run in read-only transactions, where the server has them.

    Raises:
        AccessError: where the database is not configured, or only to be read.
        InputError: where the schema is there, or the design or its workload leads out of it.
    """
    database = call.access.database(into)
    other = beside(database, schema, engine, keep=keep)
    if other is not None:
        return benchmarked(replace(wanted, beside=other), call)
    return benchmarked(replace(wanted, place=Place(database, schema, keep)), call)
