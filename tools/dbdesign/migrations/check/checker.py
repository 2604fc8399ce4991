"""Runs through migrations in their order: traces each statement, asks the hazards, and goes on in the state that it left."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Literal, Self

from dbdesign.errors import LimitError
from dbdesign.migrations.check.merge import merged
from dbdesign.migrations.check.migration import Migration, MigrationStatement
from dbdesign.migrations.check.settings import LockTimeout
from dbdesign.migrations.check.subject import Session, Subject, Transaction, first_node
from dbdesign.migrations.durations import Durations
from dbdesign.migrations.hazards.base import Hazard, hazards
from dbdesign.migrations.predict.predict import is_known, predict
from dbdesign.migrations.predict.state import State
from dbdesign.migrations.trace import Tracer
from dbdesign.migrations.trace.kinds import needs_to_be_alone, transaction_command
from dbdesign.model.finding import Proof
from dbdesign.model.migration import HazardFinding, LockMode, Trace
from dbdesign.model.schema import Engine, Schema, label

if TYPE_CHECKING:
    from dbdesign.engines.postgres import Limits

GENERIC = ("table-rewrite", "scan-under-lock")
"""Hazards about what a trace shows, told only of relations that no other hazard of the statement is about."""

FEWEST_LOADED, MOST_LOADED = 5, 500
"""Statements in a row that only insert rows, which are executed together."""

_INSERT = re.compile(
    r"INSERT\s+INTO\s+[^()\s]+\s*(?:\([^()]*\))?\s*(?:OVERRIDING\s+\w+\s+VALUE\s+)?VALUES\b", re.IGNORECASE
)


@dataclass(frozen=True)
class Checked:
    """A statement with what it does and what is dangerous about it.

    Attributes:
        allowed: findings that a comment allows.
        error: why the server would refuse it.
    """

    statement: MigrationStatement
    file: str
    trace: Trace
    findings: tuple[HazardFinding, ...] = ()
    allowed: tuple[HazardFinding, ...] = ()
    error: str | None = None


@dataclass
class _Run:
    """One migration on its way."""

    migration: Migration
    session: Session = field(default_factory=Session)
    timeout: LockTimeout = field(default_factory=LockTimeout)
    inside: bool = False
    earlier: list[str] = field(default_factory=list)
    held: dict[str, LockMode] = field(default_factory=dict)


class Checker:
    """Checks PostgreSQL migrations.

    Args:
        state: the schema that the first migration meets: a model, or SQL.
        version: of the target, from 12 on.
        durations: of work on its tables.
        execute: whether statements are executed on the embedded server; by rule alone otherwise.
        wanted: ids of the hazards to look for; all if None.
    """

    def __init__(
        self,
        state: Schema | str,
        *,
        version: str | None = None,
        durations: Durations | None = None,
        execute: bool = True,
        wanted: frozenset[str] | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.state = State.of(state)
        self.release = tuple(int(part) for part in (version or "18").split(".") if part.isdigit()) or (18,)
        self.durations = durations or Durations()
        self._tracer = Tracer(state, limits=limits, version=version) if execute else None
        chosen = [one for one in hazards().values() if Engine.POSTGRESQL in one.engines]
        chosen = [one for one in chosen if wanted is None or one.id in wanted]
        self._hazards = sorted(chosen, key=lambda one: one.id in GENERIC)
        self.problems: tuple[str, ...] = ()

    def __enter__(self) -> Self:
        if self._tracer is not None:
            self._tracer.__enter__()
            self.problems = self._tracer.problems
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._tracer is not None:
            self._tracer.__exit__(kind, error, trace)

    @property
    def proof(self) -> Proof:
        """How the traces were got."""
        if self._tracer is None:
            return Proof(level="by rule", detail=f"for PostgreSQL {'.'.join(map(str, self.release))}")
        same = self._tracer.major == self.release[0]
        detail = (
            None
            if same
            else f"locks for PostgreSQL {self.release[0]}, which is not installed, by rule where they differ"
        )
        return Proof(level="executed", by=f"PostgreSQL {self._tracer.server_version}", detail=detail)

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """The rows of a query in the migrated database, for looking at what became of them."""
        return [] if self._tracer is None else self._tracer.connection.execute(query.encode()).fetchall()

    # -- going through -----------------------------------------------------------------------------------------------------

    def check(self, migrations: Iterable[Migration]) -> Iterator[Checked]:
        """Every statement in order."""
        for migration in migrations:
            yield from self._migration(migration)

    def apply(self, history: Iterable[Migration]) -> list[str]:
        """Run migrations without looking for hazards; what the server refused, as sentences."""
        looked_for, self._hazards = self._hazards, []
        try:
            refused = [one for one in self.check(history) if one.error]
        finally:
            self._hazards = looked_for
        return [f"{one.file}, line {one.statement.line} of the history was refused: {one.error}" for one in refused]

    def _migration(self, migration: Migration) -> Iterator[Checked]:
        run = _Run(migration)
        if migration.transaction == "file":
            self._begin(run)
        statements = migration.statements
        tried = loaded = 0
        for number, statement in enumerate(statements):
            if number >= tried:
                tried = _end_of_inserts(statements, number)
                loaded = tried if self._load(statements[number:tried]) else 0
            if number < loaded:
                yield self._statement(run, statement, [], traced=False)
                continue
            command = transaction_command(statement.sql)
            if command in ("begin", "commit", "rollback"):
                yield self._control(run, statement, command)
                continue
            later = _until_end(statements[number + 1 :]) if run.inside else []
            yield self._statement(run, statement, later)
        if run.inside:
            error = self._end(run)
            if error is not None and statements:
                yield Checked(statements[-1], migration.file, Trace(proof=self.proof), error=f"at COMMIT: {error}")

    def _begin(self, run: _Run) -> None:
        if self._tracer is not None and not self._tracer.in_transaction:
            self._tracer.begin()
        run.inside, run.earlier, run.held = True, [], {}

    def _end(self, run: _Run, *, commit: bool = True) -> str | None:
        error = None
        if self._tracer is not None and self._tracer.in_transaction:
            if commit:
                error = self._tracer.commit()
            else:
                self._tracer.rollback()
        run.inside, run.earlier, run.held = False, [], {}
        run.timeout.end_transaction()
        return error

    def _control(
        self, run: _Run, statement: MigrationStatement, command: Literal["begin", "commit", "rollback"]
    ) -> Checked:
        """BEGIN, COMMIT, ROLLBACK."""
        error = None
        if command == "begin" and not run.inside:
            self._begin(run)
        elif command != "begin":
            error = self._end(run, commit=command == "commit")
            if command == "rollback":
                self._resync()
        return Checked(statement, run.migration.file, Trace(proof=self.proof), error=error)

    # -- one statement -----------------------------------------------------------------------------------------------------

    def _load(self, statements: Sequence[MigrationStatement]) -> bool:
        """Execute a run of statements that only insert rows at once; False where there are few, or the server refuses one."""
        if self._tracer is None or len(statements) < FEWEST_LOADED:
            return False
        return self._tracer.load([one.sql for one in statements])

    def _statement(self, run: _Run, statement: MigrationStatement, later: list[str], *, traced: bool = True) -> Checked:
        sql = statement.sql
        node = first_node(sql)
        predicted = predict(sql, self.state, str(self.release[0]))
        seen = self._traced(sql) if traced else None
        same = self._tracer is not None and self._tracer.major == self.release[0]
        counted = (
            self._tracer is None
            or self._tracer.counts_reported
            or self._tracer.in_transaction
            or not needs_to_be_alone(sql)
        )
        trace = merged(seen, predicted, same_version=same, known=is_known(sql), counted=counted)
        if self._tracer is None:
            trace = trace.model_copy(update={"held": _strongest(run.held, trace.locks) if run.inside else {}})
        run.session.lock_timeout = run.timeout.value
        run.session.invalid = set(self._tracer.invalid_indexes) if self._tracer is not None else self._invalid()
        subject = Subject(
            sql=sql,
            engine=Engine.POSTGRESQL,
            release=self.release,
            state=self.state,
            trace=trace,
            durations=self.durations,
            session=run.session,
            transaction=Transaction(run.inside, list(run.earlier), later),
        )
        found = sorted(self._found(subject), key=lambda one: -one.severity.rank)
        kept = [one for one in found if one.hazard not in statement.allowed]
        run.timeout.follow(sql, node, inside=run.inside)
        self._apply(run, sql, failed=seen is not None and seen.error is not None)
        if run.inside:
            run.earlier.append(sql)
            run.held = _strongest(run.held, trace.locks)
        return Checked(
            statement,
            run.migration.file,
            trace,
            findings=tuple(kept),
            allowed=tuple(one for one in found if one.hazard in statement.allowed),
            error=trace.error,
        )

    def _traced(self, sql: str) -> Trace | None:
        if self._tracer is None:
            return None
        try:
            return self._tracer.run(sql)
        except LimitError as error:
            return Trace(error=f"57014: {error}", proof=self.proof)

    def _invalid(self) -> set[str]:
        return {
            label(table.name[0], index.name or "")
            for table in self.state.drafts.tables.values()
            for index in table.indexes
            if not index.valid
        }

    def _found(self, subject: Subject) -> Iterator[HazardFinding]:
        explained: set[str] = set()
        for one in self._hazards:
            if one.once and one.id in subject.session.told:
                continue
            for finding in one.check(subject):
                if one.id in GENERIC and finding.relation in explained:
                    continue
                if one.once:
                    subject.session.told.add(one.id)
                elif finding.relation and not _is_slight(one):
                    explained |= self._family(finding.relation)
                yield finding

    def _family(self, relations: str) -> set[str]:
        """The labels that a finding is about (`a and b`), with those of their partitions."""
        names = set(relations.replace(" and ", ", ").split(", ")) | {relations}
        tables = [one for name in names if (one := self.state.named(name)) is not None]
        return names | {member.label for table in tables for member in self.state.family(table)}

    def _apply(self, run: _Run, sql: str, *, failed: bool) -> None:
        """Change the state as the statement did, by the server's catalogs where the grammar cannot tell."""
        if failed:
            return
        before = _names(self.state)
        self.state.apply(sql)
        if self._tracer is not None and self._tracer.changed and not is_known(sql):
            self._resync()
        run.session.new |= {label(*name) for name in _names(self.state) - before}

    def _resync(self) -> None:
        if self._tracer is None:
            return
        from dbdesign.readers.postgresql.catalog import read_whole_catalog

        path, zone = self.state.drafts.search_path, self.state.timezone
        inside = self._tracer.in_transaction
        connection = self._tracer.connection if inside else self._tracer.database.admin
        reading = read_whole_catalog(connection, version=self._tracer.major, facts=False)
        self.state = State.of(reading.schema)
        self.state.drafts.search_path, self.state.timezone = path, zone


def _end_of_inserts(statements: Sequence[MigrationStatement], first: int) -> int:
    """Where the statements that only insert rows end, from `first` on; behind `first` where there is none."""
    end = first
    while end < len(statements) and end - first < MOST_LOADED and _INSERT.match(statements[end].sql):
        end += 1
    return max(end, first + 1)


def _until_end(statements: Sequence[MigrationStatement]) -> list[str]:
    """The statements that follow in the same transaction."""
    found = []
    for one in statements:
        if transaction_command(one.sql) in ("commit", "rollback"):
            break
        found.append(one.sql)
    return found


def _strongest(held: dict[str, LockMode], locks: object) -> dict[str, LockMode]:
    found = dict(held)
    for name, mode in locks.items():  # type: ignore[attr-defined]
        if name not in found or mode.rank > found[name].rank:
            found[name] = mode
    return found


def _names(state: State) -> set[tuple[str | None, str]]:
    drafts = state.drafts
    return {*drafts.relations, *drafts.enums, *drafts.domains}


def _is_slight(hazard: Hazard) -> bool:
    """Hazards that say nothing of work under the lock."""
    return hazard.id in {
        "drop-column",
        "drop-table",
        "drop-not-null",
        "rename-column",
        "drop-fk",
        "brief-lock",
    }
