"""Anomalies of a workload's transactions: each found by a run whose outcome no serial order has, with remedies that were run as well."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import TYPE_CHECKING, Any, Literal

from dbdesign.errors import DesignError
from dbdesign.integrity.client import RETRIED
from dbdesign.integrity.parameters import Pairing, pairings, parsed, tables_of, written_by
from dbdesign.integrity.remedies import Remedy, Sides, remedies
from dbdesign.integrity.stage import Observation, Schedule, Stage, schedules
from dbdesign.model.relations import Relations
from dbdesign.model.schema import Schema, Table
from dbdesign.model.workload import Transaction

if TYPE_CHECKING:
    from dbdesign.engines.postgres.scratch import ScratchDatabase

Kind = Literal["lost update", "write skew", "phantom", "inconsistent read"]
SEVERITIES: Mapping[Kind, Literal["high", "medium", "low"]] = {
    "lost update": "high",
    "write skew": "high",
    "phantom": "high",
    "inconsistent read": "low",
}


@dataclass(frozen=True)
class Tried:
    """A remedy and what came of it.

    Attributes:
        gone: whether no interleaving had an outcome that no serial order has.
        retried: share of the interleavings in which a transaction had to begin anew.
        refused: what the server said where the remedy cannot be applied.
    """

    remedy: Remedy
    gone: bool
    retried: float = 0.0
    refused: str | None = None


@dataclass(frozen=True)
class Anomaly:
    """Two transactions that are not correct together.

    Attributes:
        order: the turns, such as `L R L R`: whose statement was sent when; a small letter waited.
        values: what the parameters were.
        observed: what was left, or read; `expected` what each serial order leaves.
        interleavings: how many were run, and how many of them are wrong.
        certain: whether the tables are left as no serial order leaves them; else only what was read is.
    """

    kind: Kind
    left: str
    right: str
    order: str
    values: tuple[Mapping[str, Any], Mapping[str, Any]]
    words: str
    observed: str
    expected: tuple[str, str]
    interleavings: int
    wrong: int
    certain: bool
    tried: tuple[Tried, ...] = ()


@dataclass(frozen=True)
class Report:
    """What was found, which pairs were run, and what could not be."""

    anomalies: tuple[Anomaly, ...]
    pairs: int
    runs: int
    notes: tuple[str, ...]


def find_anomalies(
    database: ScratchDatabase,
    schema: Schema,
    transactions: Sequence[Transaction],
    *,
    most: int = 60,
    tell: Callable[[float, str], None] = lambda _done, _message: None,
) -> Report:
    """Run each pair of transactions that share a table which one of them writes, and each with itself, in every interleaving.

    Args:
        database: holds the schema, with a few rows in its tables; they are changed.
        most: pairs that are run; the notes say how many are left out.

    Raises:
        InputError: a statement cannot be parsed, or a `given` fails.
        LimitError: a statement does not end.
    """
    pairs = list(_pairs(transactions, schema))
    found: list[Anomaly] = []
    notes: list[str] = []
    runs = 0
    if len(pairs) > most:
        notes.append(f"{len(pairs) - most} of {len(pairs)} pairs of transactions were not run")
        pairs = pairs[:most]
    for number, (left, right) in enumerate(pairs):
        tell(number / max(len(pairs), 1), f"running {left.name} against {right.name}")
        tables = _involved(schema, [*tables_of(left, schema), *tables_of(right, schema)])
        stage = Stage(database, schema, tables)
        try:
            stage.keep(dict.fromkeys((*left.given, *right.given)))
            pair = _Pair(stage, schema, left, right)
            anomaly = pair.anomaly()
            runs += pair.runs
            notes += pair.notes
            stage.restore()
        finally:
            stage.close()
        if anomaly is not None:
            found.append(anomaly)
    return Report(tuple(found), len(pairs), runs, tuple(dict.fromkeys(notes)))


def _pairs(transactions: Sequence[Transaction], schema: Schema) -> Iterator[tuple[Transaction, Transaction]]:
    touched = {one.name: {table.label for table in tables_of(one, schema)} for one in transactions}
    written = {one.name: written_by(one, schema) for one in transactions}
    for left, right in combinations_with_replacement(transactions, 2):
        crossing = (touched[left.name] & written[right.name]) | (touched[right.name] & written[left.name])
        if crossing:
            yield left, right


def _involved(schema: Schema, named: Sequence[Table]) -> list[Table]:
    """The tables that a run can change, parents first: those that are named, those whose foreign keys follow them, and where triggers may
    write anywhere, all of them.
    """
    wanted = {table.label for table in named}
    if any(table.triggers for table in named):
        wanted = {table.label for table in schema.tables}
    grown = True
    while grown:
        before = len(wanted)
        wanted |= {table.label for table in schema.tables for key in table.foreign_keys if key.references in wanted}
        grown = len(wanted) > before
    order = Relations(schema).load_order()
    return [table for table in order if table.label in wanted and table.partition_of is None]


class _Pair:
    """Two transactions on a stage."""

    def __init__(self, stage: Stage, schema: Schema, left: Transaction, right: Transaction) -> None:
        self.stage, self.schema, self.sides = stage, schema, (left, right)
        self.runs = 0
        self.notes: list[str] = []

    @property
    def schedules(self) -> list[Schedule]:
        left, right = self.sides
        return list(schedules(len(left.steps) + 1, len(right.steps) + 1))

    def anomaly(self) -> Anomaly | None:
        """The worst that was found with any values: what changes the tables before what is only read."""
        found: Anomaly | None = None
        met = False
        for pairing in pairings(*self.sides, self.schema, self.stage.rows()):
            try:
                one = self._with(pairing)
            except DesignError as error:
                self.notes.append(f"{self.sides[0].name} and {self.sides[1].name} with {pairing.words}: {error}")
                continue
            met = met or self._did_something
            if one is not None and (found is None or (one.certain and not found.certain)):
                found = one
            if found is not None and found.certain:
                break
        if not met:
            self.notes.append(
                f"{self.sides[0].name} and {self.sides[1].name} did nothing with generated rows: say `given` and `parameters`"
            )
        return found

    def _with(self, pairing: Pairing) -> Anomaly | None:
        values = (pairing.left, pairing.right)
        serial = self._serial(values)
        wrong: list[Observation] = []
        runs = self.schedules
        for schedule in runs:
            seen = self._run(values, schedule)
            if seen not in serial:
                wrong.append(seen)
        if not wrong:
            return None
        worst = next((one for one in wrong if all(one.state != other.state for other in serial)), wrong[0])
        certain = all(worst.state != other.state for other in serial)
        kind = self._kind(worst, values) if certain else "inconsistent read"
        return Anomaly(
            kind=kind,
            left=self.sides[0].name,
            right=self.sides[1].name,
            order=" ".join(worst.order),
            values=values,
            words=pairing.words,
            observed=self._difference(worst, serial),
            expected=(self._difference(serial[0], [worst]), self._difference(serial[1], [worst])),
            interleavings=len(runs),
            wrong=len(wrong),
            certain=certain,
            tried=tuple(self._tried(remedy, values) for remedy in remedies(kind, self.sides, self.schema)),
        )

    def _serial(
        self, values: tuple[Mapping[str, Any], Mapping[str, Any]], **how: Any
    ) -> tuple[Observation, Observation]:
        left, right = (len(side.steps) + 1 for side in how.get("sides", self.sides))
        first = self._run(values, (True,) * left + (False,) * right, **how)
        second = self._run(values, (False,) * right + (True,) * left, **how)
        empty = all(isinstance(read, str) or not read[0] for reads in first.reads for read in reads)
        self._did_something = not empty and "committed" in first.ends
        if not how and "committed" not in first.ends:
            refused = ", ".join(sorted(set(first.ends)))
            self.notes.append(
                f"{self.sides[0].name} and {self.sides[1].name} fail one after the other as well ({refused})"
            )
        return first, second

    def _run(
        self,
        values: tuple[Mapping[str, Any], Mapping[str, Any]],
        schedule: Schedule,
        sides: Sides | None = None,
        **how: Any,
    ) -> Observation:
        self.runs += 1
        return self.stage.run(sides or self.sides, values, schedule, **how)

    def _tried(self, remedy: Remedy, values: tuple[Mapping[str, Any], Mapping[str, Any]]) -> Tried:
        """Run every interleaving again with a remedy, against serial orders with it."""
        self.stage.restore()
        for statement in remedy.before:
            if (refused := self.stage.execute(statement)) is not None:
                return Tried(remedy, gone=False, refused=refused)
        try:
            how: dict[str, Any] = {"sides": remedy.sides, "retry": RETRIED | remedy.retry}
            serial = self._serial(values, **how)
            if not any("committed" in one.ends for one in serial):
                return Tried(
                    remedy, gone=False, refused=f"statements fail with {', '.join(sorted(set(serial[0].ends)))}"
                )
            turns = [len(side.steps) + 1 for side in remedy.sides]
            seen = [self._run(values, one, **how) for one in schedules(*turns)]
        finally:
            for statement in remedy.after:
                self.stage.execute(statement)
        gone = all(one in serial for one in seen)
        failed = {end for one in seen for end in one.ends} - {"committed"} - {end for one in serial for end in one.ends}
        return Tried(
            remedy,
            gone=gone and not failed,
            retried=sum(1 for one in seen if one.retried) / len(seen),
            refused=f"statements fail with {', '.join(sorted(failed))}" if failed else None,
        )

    def _kind(self, worst: Observation, values: tuple[Mapping[str, Any], Mapping[str, Any]]) -> Kind:
        """Lost update: what is left is as if one of them had not been. Else each did its part, on what the other made untrue."""
        alone = [self.stage.run(self.sides, values, (), only=side).state for side in (0, 1)]
        self.runs += 2
        if worst.state in alone and not any("insert" in _writes(side) for side in self.sides):
            return "lost update"
        return "phantom" if any("insert" in _writes(side) for side in self.sides) else "write skew"

    def _difference(self, one: Observation, others: Sequence[Observation]) -> str:
        """What of an outcome differs from others: the rows, else what was read."""
        for table, rows in one.state.items():
            if any(rows != other.state[table] for other in others):
                unlike = list(
                    (Counter(rows) - Counter(next(o.state[table] for o in others if o.state[table] != rows))).elements()
                )
                return f"{table} has {', '.join(unlike[:3]) or 'a row less'}"
        for number, reads in enumerate(one.reads):
            if any(reads != other.reads[number] for other in others):
                return f"{self._called(number)} read {_shown(reads)}"
        return f"ended {' and '.join(one.ends)}"

    def _called(self, side: int) -> str:
        left, right = self.sides
        return (left, right)[side].name if left.name != right.name else ("the first", "the second")[side]


def _writes(side: Transaction) -> set[str]:
    trees = [parsed(step.sql) for step in side.steps]
    return {type(tree).__name__.lower() for tree in trees} & {"insert", "update", "delete", "merge"}


def _shown(reads: Sequence[Any]) -> str:
    said = [
        str([tuple(map(str, row)) for row in read[1][:2]]) for read in reads if not isinstance(read, str) and read[1]
    ]
    return "; ".join(said)[:200]
