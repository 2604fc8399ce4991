"""What an answer's indexes cost on writes: the entries that PostgreSQL makes in them, counted on a small database where they are built."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, LiteralString

import psycopg
from psycopg import sql

from dbdesign.errors import InputError, UnknownNameError
from dbdesign_evals import structured
from dbdesign_evals.index_set import Priced, Subject, priced
from dbdesign_evals.probing import Connection, undone

if TYPE_CHECKING:
    from dbdesign_evals.workbench import Workbench

_TABLES: LiteralString = """select c.oid, c.relname, pg_stat_get_xact_tuples_inserted(c.oid),
    pg_stat_get_xact_tuples_updated(c.oid), pg_stat_get_xact_tuples_hot_updated(c.oid)
from pg_class c where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace"""
_INDEXES: LiteralString = """select coalesce(pg_get_expr(i.indpred, i.indrelid), 'true')
from pg_index i join pg_class c on c.oid = i.indexrelid join pg_am a on a.oid = c.relam
where i.indrelid = %s and a.amname <> 'brin'"""
_NEW = "select count(*) from {} where xmin = pg_current_xact_id()::xid and ({})"


class WrittenSubject(Subject):
    """What is priced, with its writes.

    Attributes:
        state: a small database with the tables, which the answer's indexes are built on.
        samples: a file of the task: for each writing statement of the workload, by name, one that does the same to rows of the state.
        entry: the planner's units that an entry in an index is put at.
    """

    state: str
    samples: str
    entry: float


@dataclass
class Balance:
    """Reads and writes with an answer's indexes.

    Attributes:
        reads: planner's units a second.
        entries: in indexes, a second; those of keys among them.
        by_write: entries that one row makes, by statement.
    """

    priced: Priced
    reads: float
    entries: float = 0.0
    by_write: dict[str, float] = field(default_factory=dict)

    def units(self, entry: float) -> float:
        """The sum that counts."""
        return self.reads + entry * self.entries


def balanced(bench: Workbench, subject: WrittenSubject) -> Balance:
    """What an answer's indexes cost in all; computed once an answer.

    Raises:
        MissingFileError: where the answer has no such file.
        InputError: where an index cannot be built, or a sample fails.
    """
    return bench.once(("balance", subject.source, subject.queries, subject.file), lambda: _balanced(bench, subject))


def _balanced(bench: Workbench, subject: WrittenSubject) -> Balance:
    given = {name: getattr(subject, name) for name in Subject.model_fields}
    found = priced(bench, Subject(**given))
    if found.refused:
        raise InputError(found.refused[0], where=subject.file)
    balance = Balance(found, found.after)
    samples = structured.fixture(bench.text(subject.samples), subject.samples)
    if unknown := sorted(set(samples) - set(found.rates)):
        raise UnknownNameError.among("statement", unknown[0], found.rates, where=subject.samples)
    with bench.fresh(subject.state) as state, state.session() as connection:
        try:
            for name, entries in entries_of(connection, found.definitions, samples):
                balance.by_write[name] = entries
                balance.entries += found.rates[name] * entries
        except psycopg.Error as error:
            raise InputError(str(error).splitlines()[0], where=subject.file) from None
    return balance


def entries_of(
    connection: Connection, indexes: Sequence[str], samples: Mapping[str, str]
) -> Iterator[tuple[str, float]]:
    """Build the indexes, execute each sample and undo it; the entries in indexes that one written row made.

    An insert makes one in each index whose condition the row meets; an update likewise, unless it is heap-only: then none.
    Summaries of block ranges are not counted.

    Raises:
        psycopg.Error: what the server said.
        InputError: where a sample writes nothing.
    """
    for definition in indexes:
        unique, plain = ("unique ", definition[7:]) if definition.startswith("UNIQUE ") else ("", definition)
        connection.execute(f"create {unique}index {plain}".encode())
    for name, sample in samples.items():
        with undone(connection):
            before = _counters(connection)
            connection.execute(sample.encode())
            yield name, _entries(connection, name, before)


def _counters(connection: Connection) -> dict[tuple[int, str], Sequence[int]]:
    """Rows inserted, updated, updated heap-only, by table. Counts of earlier transactions may be among them."""
    found = connection.execute(_TABLES).fetchall()
    return {(table, label): counts for table, label, *counts in found}


def _entries(connection: Connection, name: str, before: Mapping[tuple[int, str], Sequence[int]]) -> float:
    rows = entries = 0.0
    for (table, label), counts in _counters(connection).items():
        inserted, updated, hot = (now - then for now, then in zip(counts, before[table, label], strict=True))
        if not inserted + updated:
            continue
        rows += inserted + updated
        indexed = (inserted + updated - hot) / (inserted + updated)
        for (condition,) in connection.execute(_INDEXES, (table,)).fetchall():
            entries += indexed * _new_rows(connection, label, condition)
    if not rows:
        raise InputError("writes nothing", where=name)
    return entries / rows


def _new_rows(connection: Connection, table: str, condition: str) -> int:
    query = _NEW.format(sql.Identifier(table).as_string(connection), condition)
    row: Any = connection.execute(query.encode()).fetchone()
    return int(row[0])
