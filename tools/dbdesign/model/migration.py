"""From one schema to another: operations (what differs), a plan (phases of steps), and what a statement does to the tables.

An operation says what, never how: `migrations/compare` finds them, a planner for each engine turns them into steps, a writer for
each migration tool turns steps into files. A `Trace` is what executing a statement showed, or what the rules say it would show.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from pydantic import Field

from dbdesign.model.base import Model
from dbdesign.model.finding import Proof, Severity
from dbdesign.model.schema import (
    Carried,
    Check,
    Column,
    CompositeType,
    Domain,
    EnumType,
    Exclusion,
    Extension,
    ForeignKey,
    Grant,
    Index,
    Key,
    Namespace,
    Partitioning,
    PartitionOf,
    Policy,
    Routine,
    Sequence,
    Table,
    Trigger,
    View,
)

Kind = Literal[
    "namespace",
    "extension",
    "enum",
    "domain",
    "composite",
    "sequence",
    "table",
    "column",
    "primary key",
    "unique key",
    "foreign key",
    "check",
    "exclusion",
    "index",
    "partitioning",
    "partition",
    "trigger",
    "policy",
    "row security",
    "grant",
    "owner",
    "comment",
    "option",
    "view",
    "routine",
    "carried",
]
"""The kinds of objects and properties that differ. `partition`: that a table is a partition of another (attach, detach)."""

Action = Literal["add", "drop", "alter", "rename", "rebuild"]
"""`rebuild`: equal in both schemas, but what it depends on changes, so that it has to be dropped and made again."""

Part = (
    Namespace
    | Extension
    | EnumType
    | Domain
    | CompositeType
    | Sequence
    | Table
    | Column
    | Key
    | ForeignKey
    | Check
    | Exclusion
    | Index
    | Partitioning
    | PartitionOf
    | Trigger
    | Policy
    | View
    | Routine
    | Carried
    | tuple[Grant, ...]
    | str
    | None
)
"""The object before or after: a model of the schema; a string for `row security`, `owner`, `comment`, `option`; None for none."""


class Operation(Model):
    """One difference between two schemas.

    Attributes:
        table: label, in the schema after, of the table or view that the object belongs to; None for one that stands by itself.
        name: of the object: its label where it stands by itself, its own name inside a table; of a `comment`, `owner`, `grant` or
            `option` the object that has it, with its kind before it (`column orders.note`), and for an option its keyword behind a colon.
        before, after: the object in the two schemas. In a renamed table's or column's operations `before` carries the old names.
        changed: names of the fields that differ, for `alter`.
        evidence: for `rename`: why it is taken for one, as sentences; for `rebuild`: what it depends on, and so for an altered view or
            routine that stands in the way of a change of what it depends on; for a destructive `alter`: what is lost.
        certain: for `rename`: False where dropping and adding is as likely; a planner must refuse to go on until it is confirmed.
        destructive: whether data can be lost (a dropped table or column, a narrowed type).
        renamed_values: for an altered enum: its values that get another name, old to new.
    """

    action: Action
    kind: Kind
    table: str | None = None
    name: str
    before: Part = None
    after: Part = None
    changed: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    certain: bool = True
    destructive: bool = False
    renamed_values: Mapping[str, str] = Field(default_factory=dict)


class LockMode(StrEnum):
    """PostgreSQL's table locks, weakest first (manual, chapter 13.3.1), by the names that pg_locks uses."""

    ACCESS_SHARE = "AccessShareLock"
    ROW_SHARE = "RowShareLock"
    ROW_EXCLUSIVE = "RowExclusiveLock"
    SHARE_UPDATE_EXCLUSIVE = "ShareUpdateExclusiveLock"
    SHARE = "ShareLock"
    SHARE_ROW_EXCLUSIVE = "ShareRowExclusiveLock"
    EXCLUSIVE = "ExclusiveLock"
    ACCESS_EXCLUSIVE = "AccessExclusiveLock"

    @property
    def rank(self) -> int:
        """0 for ACCESS SHARE to 7 for ACCESS EXCLUSIVE."""
        return list(LockMode).index(self)

    @property
    def blocks(self) -> Literal["nothing that an application does", "writes", "reads and writes"]:
        """What an application's statements wait for while it is held."""
        if self is LockMode.ACCESS_EXCLUSIVE:
            return "reads and writes"
        if self.rank >= LockMode.SHARE.rank:
            return "writes"
        return "nothing that an application does"


class Trace(Model):
    """What a statement does to relations that stood before its transaction.

    Labels leave out the default namespace (`public`). Relations that the same transaction made are left out; so are catalogs.

    Attributes:
        locks: the strongest lock that it took on each table or view, ACCESS SHARE left out. Of a statement that waits for others
            while it works (CONCURRENTLY): what it holds then.
        index_locks: the same for indexes.
        held: the strongest lock on each when it ended, with those of earlier statements of its transaction.
        momentary: locks that a statement outside transactions takes for a moment only, at its beginning or end.
        waits: what it waits for before it goes on, where it has to: `open transactions`.
        rewrites: tables whose file is written anew.
        index_rebuilds: indexes of an existing table that are built anew.
        new_indexes, dropped: labels.
        scans: tables read in full, and how often.
        error: SQLSTATE and message where the server refused it; nothing else is known then.
    """

    locks: Mapping[str, LockMode] = Field(default_factory=dict)
    index_locks: Mapping[str, LockMode] = Field(default_factory=dict)
    held: Mapping[str, LockMode] = Field(default_factory=dict)
    momentary: Mapping[str, LockMode] = Field(default_factory=dict)
    waits: Literal["open transactions"] | None = None
    rewrites: tuple[str, ...] = ()
    index_rebuilds: tuple[str, ...] = ()
    new_indexes: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    scans: Mapping[str, int] = Field(default_factory=dict)
    error: str | None = None
    proof: Proof


class Duration(Model):
    """How long something takes or holds its locks: seconds, and what they are computed from.

    `seconds` is None where no volume is known; `basis` says then which number is missing.
    """

    seconds: float | None = None
    basis: str


class HazardFinding(Model):
    """One danger in one statement of a migration.

    Attributes:
        hazard: the hazard's id: `set-not-null`.
        message: what it locks, what that blocks, and for how long.
        safe: the statements to write instead; None where there is none.
        relation: the relation that is blocked, rewritten or read.
    """

    hazard: str
    severity: Severity
    message: str
    safe: str | None = None
    relation: str | None = None


class Retry(Model):
    """How often a step that met `lock_timeout` is tried again, and how long to wait between: seconds, doubled each time, with jitter."""

    attempts: int = 10
    first_wait: float = 1.0
    longest_wait: float = 30.0


class Wait(Model):
    """That a step is done only when a query says so.

    Attributes:
        poll: SQL of one row with a column `done` (boolean) and a column `progress` (0 to 1, or NULL).
        seconds: between two polls.
        reason: what is waited for.
    """

    poll: str
    seconds: float = 5.0
    reason: str


class Batches(Model):
    """A backfill in batches by key, each in a transaction of its own, as large as can be done in the time that a batch may take.

    Attributes:
        table: label.
        key: columns of the key that the batches walk over, in order.
        types: of these columns, in the engine's spelling; parameters are cast to them. Empty where they need no cast.
        first: SQL of the first batch's `:after`: one row, with a column for each of the key's.
        last: SQL of the bound, read once at the start, so that the backfill ends under inserts; no row for an empty table.
        batch: SQL of a batch, with `:after` and `:last`, for each of which the values of the key stand, with commas between and
            without parentheses, and `:rows`; it returns the last key of the batch, no row at the end. Values are given as literals, or
            `plan_cache_mode` is `force_custom_plan`: planned without them, each batch reads the key's index from its beginning.
        rows: in the first batch; `following` says how many in the next, between `fewest` and `most`.
        seconds: that a batch may take, lock waits included: so long an application's statement waits for it at most. None: `rows` always.
        pause: seconds between batches at least; `rest_after` says how long.
        rest: seconds of rest for each second that the batch took: 0.25 leaves a fifth of the time to others.
        throttle: SQL that is true while replicas lag or the server is busy; None for none.
    """

    table: str
    key: tuple[str, ...]
    types: tuple[str, ...] = ()
    first: str
    last: str
    batch: str
    rows: int = 1000
    fewest: int = 50
    most: int = 20_000
    seconds: float | None = 0.05
    pause: float = 0.01
    rest: float = 0.25
    throttle: str | None = None

    def following(self, rows: int, taken: float) -> int:
        """How many rows the next batch has, where one of `rows` took `taken` seconds: at most twice, at least half as many."""
        if self.seconds is None:
            return rows
        wanted = rows * min(max(self.seconds / max(taken, 0.001), 0.5), 2.0)
        return round(min(max(wanted, self.fewest), self.most))

    def rest_after(self, taken: float) -> float:
        """Seconds to rest behind a batch that took `taken` seconds."""
        return max(self.pause, taken * self.rest)


class Step(Model):
    """One step of a plan: one transaction, or one statement outside any.

    Attributes:
        id: `expand-3`; unique in the plan, and stable as long as the plan is.
        title: what it does, in a few words.
        sql: statements, separated by `;` and newlines.
        transactional: False where the server refuses to run it in a transaction.
        lock_timeout, statement_timeout: as PostgreSQL writes them (`2s`); `0` for none.
        retry: where lock_timeout is met; None where it is not tried again.
        trace: what it locks, rewrites and reads.
        held: how long the strongest lock is held; `takes`: the whole.
        precondition, postcondition: SQL of one boolean that must be true before and after; None where the statement itself fails.
        cleanup: SQL that removes what a failed attempt left behind.
        rollback: SQL that takes the step back; None where it cannot be (`reversible` is False) or nothing is to be done.
        rollback_transactional: whether the rollback may run in a transaction.
        reversible: whether `rollback` restores what was there, data included.
        wait: what to wait for behind it.
        batches: where the step is a backfill; `sql` is then an equivalent that runs in one go in a script (a DO block or a procedure).
        command: a command line to run instead of SQL (gh-ost, pt-online-schema-change).
        notes: what an operator must know.
    """

    id: str
    title: str
    sql: str
    transactional: bool = True
    lock_timeout: str | None = None
    statement_timeout: str | None = None
    retry: Retry | None = None
    trace: Trace | None = None
    held: Duration | None = None
    takes: Duration | None = None
    precondition: str | None = None
    postcondition: str | None = None
    cleanup: str | None = None
    rollback: str | None = None
    rollback_transactional: bool = True
    reversible: bool = True
    wait: Wait | None = None
    batches: Batches | None = None
    command: str | None = None
    notes: tuple[str, ...] = ()


PhaseName = Literal["expand", "backfill", "validate", "switch", "contract"]


class Phase(Model):
    """Steps that may run while the same versions of the application run.

    Attributes:
        deploy_condition: which versions of the application may be running during and after it, and what has to be deployed before it.
        point_of_no_return: whether data can be lost by going back behind it.
    """

    name: PhaseName
    deploy_condition: str
    steps: tuple[Step, ...]
    point_of_no_return: bool = False


class Question(Model):
    """Something that the schemas cannot tell and the plan depends on: a doubtful rename, a value for a new mandatory column.

    `answers` are the arguments that settle it, each with what follows: `{"rename=orders.total:amount": "keeps the data"}`.
    """

    about: str
    text: str
    answers: Mapping[str, str] = Field(default_factory=dict)


class Verification(Model):
    """What was executed: up by phases, down from each, planned again, rows compared. `checks` has one sentence each, with its result."""

    ok: bool
    summary: str
    checks: Mapping[str, str] = Field(default_factory=dict)


class MigrationPlan(Model):
    """A plan from one schema to another.

    Attributes:
        operations: what differs.
        manual: what no step does, and how to do it by hand.
        questions: what has to be settled first; a plan with questions has no steps for what they are about.
        notes: assumptions and what to know.
    """

    engine: str
    version: str | None = None
    operations: tuple[Operation, ...] = ()
    phases: tuple[Phase, ...] = ()
    manual: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    notes: tuple[str, ...] = ()
    verification: Verification | None = None

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every step in order."""
        return tuple(step for phase in self.phases for step in phase.steps)
