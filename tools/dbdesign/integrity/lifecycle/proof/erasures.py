"""Erasure: after it, every column of every table is searched for the person's values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from dbdesign.integrity.lifecycle.base import Step, whole_tables
from dbdesign.integrity.lifecycle.person import Person
from dbdesign.integrity.lifecycle.postgresql.erasure import arguments, function_name
from dbdesign.integrity.lifecycle.proof.rows import changes
from dbdesign.integrity.lifecycle.proof.stand import Stand, attempt, listed, step, undone
from dbdesign.model.lifecycle import Erasure
from dbdesign.model.schema import Table
from dbdesign.model.types import TEXTS

TELLING = re.compile(r"[A-Za-z0-9][A-Za-z0-9@._+-]{3,}\Z")
"""Values that can be searched for: long enough not to be met by chance, and written alike wherever they stand."""
MOST_VALUES = 200


class _Trial:
    """One person: who has rows in the most tables."""

    def __init__(self, stand: Stand, erasure: Erasure) -> None:
        self.stand, self.erasure, self.target = stand, erasure, stand.target
        self.subject = stand.target.at(erasure.subject)
        self.keys = self.subject.primary_key.columns if self.subject.primary_key else ()
        self.person = Person(self.target, erasure, {name: f"s.{self.target.column(name)}" for name in self.keys})
        self.tables = whole_tables(self.target.schema)
        self.stores = self._stores()

    def _stores(self) -> list[str]:
        """Every table of the database, those of the scripts too."""
        found = self.stand.rows(
            "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE"
            " c.relkind IN ('r', 'p') AND NOT c.relispartition"
            " AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' AND has_table_privilege(c.oid, 'SELECT')"
            " ORDER BY 1"
        )
        return [str(row[0]) for row in found]

    def chosen(self) -> dict[str, Any] | None:
        """The key of the person."""
        rows = " + ".join(
            f"(EXISTS (SELECT FROM {self.stand.table(table)} t WHERE {self.person.condition(table)}))::int"
            for table in self.person.reached
        )
        hold = self.erasure.hold
        free = (
            f" WHERE NOT coalesce(s.{self.target.column(hold.rpartition('.')[2])}, false)"
            if hold and hold.rpartition(".")[0] == self.subject.label
            else ""
        )
        listed_keys = ", ".join(f"s.{self.target.column(one)}::text" for one in self.keys)
        found = self.stand.rows(
            f"SELECT {listed_keys} FROM {self.stand.table(self.subject)} s{free} ORDER BY {rows or '1'} DESC, 1 LIMIT 1"
        )
        return dict(zip(self.keys, found[0], strict=True)) if found else None

    def of(self, table: Table, key: dict[str, Any]) -> str:
        """The condition for a person's rows of a table, with his key in it."""
        given = {
            name: f"{self.target.literal(str(value))}::{column.type.native}"
            for name, value in key.items()
            if (column := self.subject.column(name))
        }
        return Person(self.target, self.erasure, given).condition(table)


def prove_erasure(stand: Stand) -> Iterator[Step]:
    """The steps for a design with an erasure."""
    erasure = stand.target.lifecycle.erasure
    if erasure is None:
        return
    if erasure.how == "crypto-shredding":
        yield from _shredded(stand, erasure)
        return
    trial = _Trial(stand, erasure)
    key = trial.chosen()
    if key is None:
        yield step(
            "erasure",
            "all that is stored about a person can be erased",
            f"looked for a row of {erasure.subject}",
            "there is none: not tried",
            holds=False,
        )
        return
    with undone(stand.jobs):
        yield from _erased(stand, trial, key)
    if erasure.hold is not None:
        yield _held(stand, trial, key)


def _call(stand: Stand, erasure: Erasure, key: dict[str, Any]) -> str:
    given = ", ".join(stand.target.literal(str(value)) for value in key.values())
    return f"SELECT * FROM {function_name(stand.target, erasure)}({given}, 'asked for')"


def _erased(stand: Stand, trial: _Trial, key: dict[str, Any]) -> Iterator[Step]:
    _leave_traces(stand, trial, key)
    values, kept = _values(stand, trial, key)
    before = {table.label: _others(stand, trial, table, key) for table in trial.tables}
    outcome = attempt(stand.jobs, _call(stand, trial.erasure, key))
    who = ", ".join(f"{name} {value}" for name, value in key.items())
    told = "; ".join(f"{row[0]} {row[1]} {row[2]}" for row in outcome.rows)
    executed = f"{function_name(stand.target, trial.erasure)} for {trial.subject.name} {who}"
    yield step(
        "erasure",
        "the erasure runs",
        executed,
        outcome.told if outcome.state else told,
        holds=outcome.state is None and bool(outcome.rows),
    )
    if outcome.state:
        return
    left = [f"{store}: {value}" for store in trial.stores for value in _met(stand, store, values)]
    on_purpose = f"; kept on purpose: {listed(kept)}" if kept else ""
    yield step(
        "erasure",
        "no value of the person is left in any column of any table",
        f"searched {len(trial.stores)} tables, logs and histories among them, for {len(values)} values that"
        " only his rows had",
        f"left: {listed(left)}" if left else f"none is left{on_purpose}",
        holds=bool(values) and not left,
    )
    now = {table.label: int(stand.value(f"SELECT count(*) FROM {stand.table(table)}")) for table in trial.tables}
    lost = [label for label, rows in now.items() if rows != before[label]]
    yield step(
        "erasure",
        "nobody else's row is gone",
        f"counted the rows of {len(trial.tables)} tables that are not the person's before and after",
        f"others in {listed(lost)}" if lost else "as many as before",
        holds=not lost,
    )


def _leave_traces(stand: Stand, trial: _Trial, key: dict[str, Any]) -> None:
    """Changes, so that logs have something of the person, of a row that is gone by then too."""
    hold = stand.target.column((trial.erasure.hold or ".").rpartition(".")[2])
    for table in trial.person.reached:
        for assignment in changes(stand.target, table):
            if assignment.startswith(f"{hold} ="):
                continue
            attempt(stand.jobs, f"UPDATE {stand.table(table)} t SET {assignment} WHERE {trial.of(table, key)}")
        for name in _texts(stand, table):  # values that nobody else has
            marked = f"{stand.target.column(name)} = 'Zq' || left(md5(random()::text), 10)"
            attempt(stand.jobs, f"UPDATE {stand.table(table)} t SET {marked} WHERE {trial.of(table, key)}")
    for table in reversed(trial.person.reached):
        if table.label != trial.subject.label and table.primary_key and table.label not in trial.person.kept:
            one = f"t.ctid = (SELECT min(t.ctid) FROM {stand.table(table)} t WHERE {trial.of(table, key)})"
            attempt(stand.jobs, f"DELETE FROM {stand.table(table)} t WHERE {one}")


def _texts(stand: Stand, table: Table) -> list[str]:
    keys = {name for key in table.foreign_keys for name in key.columns}
    keys |= set(table.primary_key.columns if table.primary_key else ())
    return [
        column.name
        for column in table.columns
        if column.name not in keys
        and column.generated is None
        and stand.target.schema.resolve_type(column.type).kind in TEXTS
    ]


def _values(stand: Stand, trial: _Trial, key: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Values that stand in the person's rows, or in the logs of them, and in nobody else's; and what is kept of rows that stay."""
    found: dict[str, None] = {}
    kept: set[str] = set()
    said = []
    for table in trial.person.reached:
        rows = [
            json.loads(row[0])
            for row in stand.rows(f"SELECT to_jsonb(t)::text FROM {stand.table(table)} t WHERE {trial.of(table, key)}")
        ]
        overwritten = {
            name
            for action in trial.person.actions
            if action.does == "overwrite" and action.table.label == table.label
            for name in action.sets
        }
        stays = table.label in trial.person.kept
        if stays and rows:
            said.append(f"{table.label} ({len(rows)} rows without {', '.join(sorted(overwritten))})")
        for row in rows:
            for name, value in row.items():
                if isinstance(value, str) and TELLING.match(value):
                    if stays and name not in overwritten:
                        kept.add(value)
                    else:
                        found.setdefault(value)
    unlike = [value for value in found if value not in kept and not _elsewhere(stand, trial, key, value)]
    return unlike[:MOST_VALUES], said


def _elsewhere(stand: Stand, trial: _Trial, key: dict[str, Any], value: str) -> bool:
    """Whether somebody else's row has it too: a country, a status."""
    reached = {table.label for table in trial.person.reached}
    for table in trial.tables:
        mine = f" AND NOT coalesce({trial.of(table, key)}, false)" if table.label in reached else ""
        if stand.value(
            f"SELECT 1 FROM {stand.table(table)} t WHERE strpos(t::text, %s) > 0{mine.replace('%', '%%')} LIMIT 1",
            (value,),
        ):
            return True
    return False


def _met(stand: Stand, store: str, values: list[str]) -> list[str]:
    if not values:
        return []
    found = stand.rows(
        f"SELECT DISTINCT v FROM {store} t, unnest(%s::text[]) v WHERE strpos(t::text, v) > 0", (values,)
    )
    return [str(row[0]) for row in found]


def _others(stand: Stand, trial: _Trial, table: Table, key: dict[str, Any]) -> int:
    gone = table.label in {one.label for one in trial.person.reached} - trial.person.kept
    mine = trial.of(table, key) if gone else "false"
    return int(stand.value(f"SELECT count(*) FROM {stand.table(table)} t WHERE NOT coalesce({mine}, false)"))


def _held(stand: Stand, trial: _Trial, key: dict[str, Any]) -> Step:
    of, _, column = (trial.erasure.hold or "").rpartition(".")
    with undone(stand.jobs):
        if of == trial.subject.label:
            made = attempt(
                stand.jobs,
                f"UPDATE {stand.table(trial.subject)} t SET {stand.target.column(column)} = true WHERE"
                f" {trial.of(trial.subject, key)}",
            )
        else:
            made = attempt(
                stand.jobs,
                f"UPDATE {stand.table(stand.target.at(of))} SET {stand.target.column(column)} ="
                f" {stand.target.literal(str(next(iter(key.values()))))}",
            )
        outcome = attempt(stand.jobs, _call(stand, trial.erasure, key))
    seen = outcome.told if made.count else f"no hold could be made: {made.told}"
    return step(
        "erasure",
        "a legal hold forbids the erasure",
        f"set {trial.erasure.hold} and called the function",
        seen,
        holds=bool(made.count) and outcome.state == "55000",
    )


def _shredded(stand: Stand, erasure: Erasure) -> Iterator[Step]:
    subject = stand.target.at(erasure.subject)
    names = list(arguments(stand.target, erasure))
    listed_keys = ", ".join(stand.target.column(one) for one in names)
    read, gone = (stand.statement("erasure", name) for name in ("the key of", "erase one"))
    row = stand.rows(f"SELECT {listed_keys} FROM {stand.table(subject)} LIMIT 1")
    if not row:
        yield step(
            "erasure",
            "a person's key can be destroyed",
            f"looked for a row of {subject.label}",
            "there is none: not tried",
            holds=False,
        )
        return
    key = dict(zip(names, row[0], strict=True))
    store = stand.target.beside(subject, "encryption_key")
    with stand.acting(stand.application) as program:
        values = ", ".join(f":{one}" for one in names)
        kept = attempt(
            program,
            f"INSERT INTO {store} ({listed_keys}, wrapped_key, master_key_id) VALUES ({values}, decode(repeat('a7',"
            " 48), 'hex'), 'm1')",
            key,
        )
        before, forbidden = attempt(program, read, key), attempt(program, gone, key)
        done = attempt(stand.jobs, gone, key)
        after = attempt(program, read, key)
    found = int(stand.value(f"SELECT count(*) FROM {store} t WHERE strpos(t::text, repeat('a7', 48)) > 0"))
    yield step(
        "erasure",
        "after the erasure a person's key is nowhere, and only the jobs can destroy it",
        f"stored a key in {store} as {stand.application}, read it, destroyed it",
        f"stored {kept.told}, read {before.told}; as {stand.application}: {forbidden.state or forbidden.told}; as"
        f" {stand.roles.maintenance}: {done.told}; then read {after.told}; {found} rows with the key",
        holds=(kept.count, before.count, forbidden.state, done.count, after.count, found) == (1, 1, "42501", 1, 0, 0),
    )
