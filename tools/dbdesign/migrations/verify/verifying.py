"""Executes a plan: the start with generated rows, up by phases, down from each, and the end against a fresh target."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from dbdesign.benchmark.generate import generate
from dbdesign.benchmark.session import Session
from dbdesign.engines.postgres import EmbeddedPostgres, Limits, embedded, embedded_for, split_script
from dbdesign.engines.postgres.script import roles_named_in
from dbdesign.engines.postgres.splitter import Statement
from dbdesign.errors import DesignError, EngineError
from dbdesign.migrations.compare import Comparison, compare
from dbdesign.migrations.postgresql.not_null import NAMED_SINCE
from dbdesign.migrations.postgresql.planning import updated_by
from dbdesign.migrations.postgresql.statements import add_constraint, drop_constraint
from dbdesign.migrations.settings import PlanSettings
from dbdesign.migrations.trace import Tracer
from dbdesign.migrations.trace.observe import flush
from dbdesign.migrations.verify import rows as row_checks
from dbdesign.migrations.verify.dumps import difference
from dbdesign.migrations.verify.running import StepError, again, down, up
from dbdesign.migrations.verify.strict import leave, strict
from dbdesign.model.design import Design
from dbdesign.model.migration import MigrationPlan, Operation, Phase, Trace, Verification
from dbdesign.model.schema import Schema
from dbdesign.readers.postgresql.catalog import read_whole_catalog
from dbdesign.twin.profiles import resolve
from dbdesign.writers.base import WriteOptions
from dbdesign.writers.postgresql import WRITER
from dbdesign.writers.postgresql.spelling import qualified

LIMITS = Limits(seconds=120, disk=1 << 30, temporary=1 << 30, connections=10)

_INVALID = """
SELECT 'index ' || indexrelid::regclass FROM pg_index WHERE NOT indisvalid AND indexrelid >= 16384
UNION ALL SELECT 'constraint ' || conname || ' of ' || conrelid::regclass FROM pg_constraint one
    WHERE NOT convalidated AND conrelid >= 16384
    AND NOT EXISTS (SELECT FROM pg_constraint whole WHERE whole.oid = one.conparentid AND whole.convalidated)
"""
"""Before 18 VALIDATE leaves the parts of a foreign key that stand for the partitions of the table referenced as they were."""


@dataclass(frozen=True)
class Verified:
    """A verification, the trace of each step by its id, and the major version of the server that executed them."""

    verification: Verification
    traces: dict[str, Trace]
    major: int


@dataclass
class _Run:
    comparison: Comparison
    plan: MigrationPlan
    settings: PlanSettings
    tracer: Tracer
    wanted: _Target
    checks: dict[str, str] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    traces: dict[str, Trace] = field(default_factory=dict)
    fired: set[str] = field(default_factory=set)

    @property
    def named(self) -> bool:
        """Whether NOT NULL constraints have names in the version that the plan is for."""
        return int(self.plan.version or 18) >= NAMED_SINCE

    def differences(self, now: Schema, wanted: Schema, phase: Phase | None = None) -> list[str]:
        """What differs between two states, as sentences."""
        if not self.named:
            now, wanted = _unnamed(now), _unnamed(wanted)
        return _difference(now, wanted, phase)

    def check(self, name: str, problems: list[str], fine: str) -> None:
        """Note the result of a check."""
        if problems:
            self.failed.append(name)
        self.checks[name] = "; ".join(problems)[:2000] if problems else fine


@dataclass(frozen=True)
class _Target:
    """What a fresh database with the target schema looks like."""

    dump: str
    schema: Schema
    invalid: frozenset[str]


def ddl(schema: Schema) -> str:
    """A schema as a script for the embedded server."""
    return WRITER.write(schema, WriteOptions(prove=False)).text


def catalog(admin: Any) -> Schema:
    """The schema of a scratch database."""
    return read_whole_catalog(admin, facts=False).schema


class _RefusedError(EngineError):
    """A server of another version than usual that refuses one of the schemas, as for an extension that it lacks."""


def verify(comparison: Comparison, plan: MigrationPlan, settings: PlanSettings) -> Verified:
    """Execute a plan, on a server of its version where one is installed. What fails is said in `checks`; `ok` is False then.

    Raises:
        EngineError: the embedded server cannot be used.
    """
    usual, server, why = embedded(), embedded_for(plan.version), "is not installed"
    if server is not usual:
        try:
            return _verified_on(server, comparison, plan, settings, picky=True)
        except _RefusedError as error:
            why = f"is installed and was not used: it refuses the schemas ({error.what})"
    found = _verified_on(usual, comparison, plan, settings)
    if usual.major == int(plan.version or 0):
        return found
    summary = f"{found.verification.summary}; PostgreSQL {plan.version} {why}: what differs there is by rule"
    return replace(found, verification=found.verification.model_copy(update={"summary": summary}))


def _verified_on(
    server: EmbeddedPostgres,
    comparison: Comparison,
    plan: MigrationPlan,
    settings: PlanSettings,
    *,
    picky: bool = False,
) -> Verified:
    wanted = _target(server, comparison.after, picky=picky)
    with Tracer(ddl(comparison.before), limits=LIMITS, version=server.major) as tracer:
        if picky and tracer.problems:
            raise _RefusedError(tracer.problems[0])
        run = _Run(comparison, plan, settings, tracer, wanted)
        loaded = _load(run)
        try:
            _walk(run)
        except StepError as error:
            run.check("steps", [str(error)], "")
    by = f"PostgreSQL {server.version}"
    ok = not run.failed
    summary = _verified(run, by, loaded) if ok else _said(run, by)
    return Verified(Verification(ok=ok, summary=summary, checks=run.checks), run.traces, server.major)


def _said(run: _Run, by: str) -> str:
    first = run.failed[0]
    return f"not verified on {by}: {first}: {run.checks[first][:500]}"


def _verified(run: _Run, by: str, loaded: int) -> str:
    """What was held, and what was not looked at."""
    rows = f"rows kept ({loaded:,} rows)" if loaded else "no rows were there"
    if run.plan.questions or run.plan.manual:
        text = f"verified on {by} as far as it goes: up, down, {rows}; the end state was not compared"
    else:
        text = f"verified on {by}: up, down, re-plan empty, {rows}"
    return text


def _target(server: EmbeddedPostgres, after: Schema, *, picky: bool) -> _Target:
    with server.scratch(limits=LIMITS) as database:
        failures = database.run_script(ddl(after)).failures
        if picky and failures:
            raise _RefusedError(f"{failures[0].message} ({failures[0].sqlstate})")
        return _Target(database.dump(), catalog(database.admin), _invalid(database.admin))


def _invalid(admin: Any) -> frozenset[str]:
    return frozenset(row[0] for row in admin.execute(_INVALID).fetchall())


def _load(run: _Run) -> int:
    """Rows of the start; how many."""
    before = run.comparison.before
    if not before.tables:
        return 0
    database = run.tracer.database
    session = Session(database, disk=LIMITS.disk, seconds=LIMITS.seconds)
    both = strict(session.connection, run.comparison, run.settings)
    profile = resolve(Design(schema=both.schema, workload=both.workload))
    try:
        loaded = generate(session, both.schema, profile, run.settings.rows * len(before.tables))
    except DesignError as error:
        run.checks["rows"] = f"none could be generated: {error}"
        return 0
    left = [*leave(session.connection, both), *_unvalidated(session, before)]
    if loaded.problems or left:
        run.checks["rows generated"] = "; ".join((*loaded.problems, *left))[:1000]
    run.tracer.reload()
    return loaded.rows


def _unvalidated(session: Session, before: Schema) -> Iterator[str]:
    """Foreign keys that are NOT VALID in the start are so again: generating rows has validated them."""
    import psycopg

    for table in before.tables:
        place = qualified(table.namespace, table.name)
        for key in table.foreign_keys:
            if not key.valid and key.enforced and not table.partition_of:
                again = f"{drop_constraint(place, key.name or '')}; {add_constraint(place, table, key, valid=False)}"
                try:
                    session.execute(again)
                except psycopg.Error as error:
                    yield f"{key.name} of {table.label} could not be made NOT VALID again: {error.diag.message_primary}"


def _walk(run: _Run) -> None:
    """Up, down and up again, phase by phase, and from where it can still be gone back all the way to the start; then the end."""
    admin, connection = run.tracer.database.admin, run.tracer.database.user
    texts = [text for step in run.plan.steps for text in (step.sql, step.rollback) if text]
    run.tracer.database.ensure_roles(roles_named_in([Statement(1, text) for sql in texts for text in _each(sql)]))
    start = _Start(catalog(admin), row_checks.Standing.of(admin, run.settings.fills))
    start.rows = row_checks.fingerprints(admin, connection, start.standing)
    start.fired = _fired(run, admin)
    kept = row_checks.taken_over(run.comparison.before, run.comparison.after, run.plan.operations, run.settings)
    sums = _sums(connection, {label: pair[0] for label, pair in kept.items()})
    phases = list(run.plan.phases)
    last = [phases.pop()] if phases and phases[-1].point_of_no_return else []
    state = start.schema
    for phase in phases:
        state = _phase(run, phase, state, start)
    _all_back(run, phases, start)
    for phase in phases:
        for step in phase.steps:
            again(run.tracer, step)
    for phase in last:
        _flush(run)
        for step in phase.steps:
            run.traces[step.id] = up(run.tracer, step)
    _end(run, {label: pair[1] for label, pair in kept.items()}, sums)
    for phase in last:
        if all(step.rollback for step in phase.steps):
            down(run.tracer, phase)
            run.check(f"{phase.name}: down", run.differences(catalog(admin), state, phase), _back(phase))


def _each(sql: str) -> list[str]:
    return [one.sql for one in split_script(sql).statements]


@dataclass
class _Start:
    """What was there before the plan."""

    schema: Schema
    standing: row_checks.Standing
    rows: dict[int, tuple[frozenset[str], int, str]] = field(default_factory=dict)
    fired: frozenset[int] = frozenset()

    def lost(self, now: dict[int, tuple[frozenset[str], int, str]]) -> list[int]:
        """Numbers of the tables whose rows differ, but for those whose own triggers a backfill fires."""
        return [oid for oid in row_checks.changed(self.rows, now) if oid not in self.fired]


def _fired(run: _Run, admin: Any) -> frozenset[int]:
    """Numbers of the tables that are filled in batches and have triggers on UPDATE of their own, which may change other columns."""
    filled = {step.batches.table for step in run.plan.steps if step.batches is not None}
    numbers, said = set[int](), []
    for one, was in zip(run.comparison.renamed.tables, run.comparison.before.tables, strict=True):
        names = updated_by(one)
        if one.label in filled and names:
            place = qualified(was.namespace or "public", was.name)
            numbers.add(admin.execute("SELECT to_regclass(%s)::oid::bigint", (place,)).fetchone()[0])
            said.append(f"{one.label} ({', '.join(names)})")
            run.fired.add(one.label)
    if said:
        run.checks["rows not compared"] = f"the backfill fires the tables' own triggers: {', '.join(said)}"
    return frozenset(numbers)


def _phase(run: _Run, phase: Phase, before: Schema, start: _Start) -> Schema:
    admin, connection = run.tracer.database.admin, run.tracer.database.user
    _flush(run)
    for step in phase.steps:
        run.traces[step.id] = up(run.tracer, step)
    now = catalog(admin)
    lost = start.lost(row_checks.fingerprints(admin, connection, start.standing))
    run.check(f"{phase.name}: rows", [_lost(admin, lost)] if lost else [], "kept")
    down(run.tracer, phase)
    run.check(f"{phase.name}: down", run.differences(catalog(admin), before, phase), _back(phase))
    for step in phase.steps:
        again(run.tracer, step)
    run.tracer.reload()
    return now


def _flush(run: _Run) -> None:
    """Send this session's counts of scans, so that they are not taken for a step's."""
    flush(run.tracer.database.user)
    run.tracer.reload()


def _back(phase: Phase) -> str:
    stays = [one.title for one in phase.steps if not one.reversible]
    return f"taken back, but for what cannot be: {'; '.join(stays)}" if stays else "taken back"


def _lost(admin: Any, tables: list[int]) -> str:
    names = admin.execute(
        "SELECT string_agg(oid::regclass::text, ', ') FROM pg_class WHERE oid = ANY(%s)", (tables,)
    ).fetchone()
    return f"rows of {names[0]} are no longer the same"


def _difference(now: Schema, wanted: Schema, phase: Phase | None = None) -> list[str]:
    operations = compare(now, wanted, execute=False).operations if now != wanted else ()
    if phase is not None and any(not one.reversible for one in phase.steps):
        operations = tuple(one for one in operations if one.kind not in {"enum", "column", "comment"})
    return [_words(one) for one in operations]


def _unnamed(schema: Schema) -> Schema:
    """The schema without the names of NOT NULL constraints."""
    tables = tuple(
        table.model_copy(
            update={"columns": tuple(one.model_copy(update={"not_null_name": None}) for one in table.columns)}
        )
        for table in schema.tables
    )
    return schema.model_copy(update={"tables": tables})


def _words(one: Operation) -> str:
    return (
        f"{one.action} {one.kind} {one.name}"
        + (f" of {one.table}" if one.table else "")
        + (f" ({', '.join(one.changed)})" if one.changed else "")
    )


def _sums(connection: Any, queries: dict[str, str]) -> dict[str, tuple[Any, ...]]:
    import psycopg

    found: dict[str, tuple[Any, ...]] = {}
    for label, query in queries.items():
        try:
            found[label] = connection.execute(query.encode()).fetchone()
        except psycopg.Error:  # a cast that some generated value does not allow: the plan's own backfill will say so
            continue
    return found


def _end(run: _Run, queries: dict[str, str], sums: dict[str, tuple[Any, ...]]) -> None:
    """The end against a fresh target."""
    admin, connection = run.tracer.database.admin, run.tracer.database.user
    whole = not run.plan.questions and not run.plan.manual
    if whole:
        run.check(
            "end state",
            difference(run.tracer.database.dump(), run.wanted.dump, names_of_not_null=run.named)[:6],
            "pg_dump equals that of a fresh target",
        )
        run.check("re-plan", run.differences(catalog(admin), run.wanted.schema), "empty")
    else:
        run.checks["end state"] = "not compared: questions are open or parts are done by hand"
    invalid = sorted(_invalid(admin) - run.wanted.invalid)
    run.check("invalid objects", invalid, "none")
    there = {label: query for label, query in queries.items() if label in sums and label not in run.fired}
    if not whole:
        names = {table.label for table in catalog(admin).tables}
        there = {label: query for label, query in there.items() if label in names}
    ends = _sums(connection, there)
    lost = [f"rows of {label} are not those of the start" for label in ends if ends[label] != sums[label]]
    run.check("rows", lost, f"{len(ends)} tables have the rows that they had")


def _all_back(run: _Run, phases: list[Phase], start: _Start) -> None:
    """From the last phase that can be taken back, all the way to the start."""
    for phase in reversed(phases):
        down(run.tracer, phase)
    admin = run.tracer.database.admin
    loose = [phase for phase in phases if any(not step.reversible for step in phase.steps)]
    run.check(
        "all the way back",
        run.differences(catalog(admin), start.schema, loose[0] if loose else None),
        "equals the start",
    )
    lost = start.lost(row_checks.fingerprints(admin, run.tracer.database.user, start.standing))
    run.check("rows after all the way back", [_lost(admin, lost)] if lost else [], "kept")
