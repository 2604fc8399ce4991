"""Audit trails: rows are changed, deleted and put back, and afterwards the table is shown as it was at each of those moments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from dbdesign.integrity.lifecycle.base import Step, audited
from dbdesign.integrity.lifecycle.postgresql.audit import LOG, inherited
from dbdesign.integrity.lifecycle.proof.rows import changes, insertion
from dbdesign.integrity.lifecycle.proof.stand import Stand, attempt, listed, step, undone
from dbdesign.model.lifecycle import AuditTrail
from dbdesign.model.schema import Table

MOST_TABLES = 25
ACTOR = "somebody@example.com"


class _Trail:
    """What is tried on one table, in a transaction that is undone."""

    def __init__(self, stand: Stand, audit: AuditTrail, table: Table) -> None:
        self.stand, self.audit, self.table, self.target = stand, audit, table, stand.target
        self.name = stand.table(table)
        self.own = "ONLY " if table.label in inherited(stand.target) else ""
        self.moments: list[tuple[str, str, Counter[str]]] = []

    def run(self) -> tuple[int, int, list[str]]:
        """Moments that were looked at, changes that left a record, and which moments are shown otherwise than they were."""
        with undone(self.stand.jobs):
            self._acts()
            before = self._records()
            self._mark("at first")
            self._change()
            self._delete_and_put_back()
            self._give_up()
            wrong = [what for what, moment, rows in self.moments if self._shown(moment) != rows]
            return len(self.moments), self._records() - before, wrong

    def _acts(self) -> None:
        self.stand.jobs.execute(b"SELECT set_config(%s, %s, true)", (self.audit.actor, ACTOR))

    def _records(self) -> int:
        if self.audit.how == "trigger":
            return int(
                self.stand.value(
                    f"SELECT count(*) FROM {LOG} WHERE table_name = %s AND actor = %s",
                    (self.target.label(self.table), ACTOR),
                )
            )
        return int(
            self.stand.value(
                f"SELECT count(*) FROM {self.target.beside(self.table, 'history')} WHERE actor = %s", (ACTOR,)
            )
        )

    def _mark(self, what: str) -> None:
        """The rows of this moment."""
        rows = self._rows(f"SELECT to_jsonb(t) FROM {self.own}{self.name} t")
        self.moments.append((what, str(self.stand.value("SELECT clock_timestamp()::text")), rows))

    def _rows(self, sql: str, given: tuple[str, ...] = ()) -> Counter[str]:
        hidden = [
            *self.audit.exclude.get(self.table.label, ()),
            *(["valid_during", "actor"] if self.audit.how == "history" else []),
        ]
        return Counter(
            str(row[0]) for row in self.stand.rows(f"SELECT (r - %s::text[])::text FROM ({sql}) x(r)", (hidden, *given))
        )

    def _shown(self, moment: str) -> Counter[str]:
        return self._rows(f"SELECT to_jsonb(t) FROM {self.target.beside(self.table, 'as_of')}(%s) t", (moment,))

    def _change(self) -> None:
        for assignment in changes(self.target, self.table):
            before = self._records()
            attempt(self.stand.jobs, f"UPDATE {self.name} SET {assignment}")
            if self._records() > before:
                self._mark(f"after SET {assignment}")
                return

    def _delete_and_put_back(self) -> None:
        """A row that can go: nothing refers to it, or what does goes with it."""
        where = self._by_key()
        texts = self.stand.rows(f"SELECT to_jsonb(t)::text FROM {self.own}{self.name} t")
        for (text,) in texts:
            row = f"{self.target.literal(text)}::jsonb"
            if (
                attempt(
                    self.stand.jobs,
                    f"DELETE FROM {self.name} t USING jsonb_populate_record(NULL::{self.name}, {row}) r WHERE {where}",
                ).count
                == 1
            ):
                self._mark("after DELETE")
                if attempt(self.stand.jobs, insertion(self.target, self.table, row)).count == 1:
                    self._mark("after INSERT")
                return

    def _by_key(self) -> str:
        key = self.table.primary_key.columns if self.table.primary_key else ()
        return " AND ".join(f"t.{self.target.column(one)} = r.{self.target.column(one)}" for one in key)

    def _give_up(self) -> None:
        """What is rolled back leaves no record."""
        with undone(self.stand.jobs):
            for assignment in changes(self.target, self.table):
                attempt(self.stand.jobs, f"UPDATE {self.name} SET {assignment}")
        self._mark("after a transaction that was rolled back")


def prove_audit(stand: Stand) -> Iterator[Step]:
    """The steps for a design with an audit trail."""
    audit = stand.target.lifecycle.audit
    if audit is None:
        return
    keyed = [table for table in audited(stand.target.lifecycle, stand.target.schema) if table.primary_key is not None]
    told, wrong, silent = [], [], []
    for table in keyed[:MOST_TABLES]:
        moments, records, otherwise = _Trail(stand, audit, table).run()
        told.append(f"{table.label} {moments} moments, {records} records")
        wrong += [f"{table.label} {what}" for what in otherwise]
        silent += [] if records else [table.label]
    yield step(
        "audit",
        "the table can be shown as it was after every INSERT, UPDATE and DELETE",
        f"changed, deleted, inserted and rolled back in {len(told)} tables; compared all rows with …_as_of(moment)",
        f"otherwise than they were: {listed(wrong)}" if wrong else "; ".join(told),
        holds=bool(told) and not wrong,
    )
    yield step(
        "audit",
        "every change says who made it",
        f"set {audit.actor} and counted the records that name it",
        f"no record: {listed(silent)}" if silent else f"{ACTOR} in the records of {len(told)} tables",
        holds=bool(told) and not silent,
    )
    yield _untouchable(stand, audit, keyed)
    if audit.how == "trigger":
        yield _truncated(stand, keyed)


def _untouchable(stand: Stand, audit: AuditTrail, tables: list[Table]) -> Step:
    store = LOG if audit.how == "trigger" else stand.target.beside(tables[0], "history") if tables else LOG
    with stand.acting(stand.application) as connection:
        outcomes = [
            attempt(connection, sql)
            for sql in (
                f"DELETE FROM {store}",
                f"UPDATE {store} SET actor = 'nobody'",
                f"INSERT INTO {store} (actor) VALUES ('nobody')",
            )
        ]
    return step(
        "audit",
        "the program cannot change what was recorded",
        f"INSERT, UPDATE and DELETE in {store} as {stand.application}",
        "; ".join(one.told for one in outcomes),
        holds=all(one.state == "42501" for one in outcomes),
    )


def _truncated(stand: Stand, tables: list[Table]) -> Step:
    owner = stand.owner
    outcomes = [attempt(owner, f"TRUNCATE {stand.table(table)} CASCADE") for table in tables[:MOST_TABLES]]
    return step(
        "audit",
        "no table is emptied without a trace",
        f"TRUNCATE of {len(outcomes)} tables as the owner",
        outcomes[0].told if outcomes else "no table",
        holds=all(one.state for one in outcomes),
    )
