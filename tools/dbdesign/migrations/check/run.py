"""A check of migrations for any engine: PostgreSQL by trace and rules, others by what their statements say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dbdesign.dialects.base import dialect
from dbdesign.errors import EngineError, InputError
from dbdesign.migrations.check.checker import Checked, Checker
from dbdesign.migrations.check.migration import Migration
from dbdesign.migrations.check.other_engines import OtherChecker
from dbdesign.migrations.durations import Durations
from dbdesign.migrations.predict.predict import NEWEST
from dbdesign.model.finding import Proof
from dbdesign.model.schema import Engine, Schema

if TYPE_CHECKING:
    from dbdesign.model.design import Design
    from dbdesign.model.statistics import Statistics

OLDEST = 12
Tell = Callable[[float, str], None]


@dataclass(frozen=True)
class CheckResult:
    """What came of it: every statement, and what was not applied."""

    version: str
    checked: tuple[Checked, ...]
    proof: Proof
    notes: tuple[str, ...] = ()


def _silent(_done: float, _said: str) -> None:
    """Nobody wants to know."""


def run_check(
    migrations: Sequence[Migration],
    *,
    engine: str = "postgresql",
    version: str | None = None,
    design: Design | None = None,
    history: Sequence[Migration] = (),
    statistics: Statistics | None = None,
    execute: bool = True,
    wanted: frozenset[str] | None = None,
    tell: Tell = _silent,
) -> CheckResult:
    """Check migrations.

    Args:
        design: the schema before, with its volumes; an empty one if None.
        history: migrations that were run before, on top of the schema; they are applied and not reported.
        statistics: of the database, in place of volumes.
        wanted: hazards to look for; all if None.

    Raises:
        InputError: for a version of PostgreSQL that the rules do not know.
    """
    if engine != Engine.POSTGRESQL.value:
        return _other(migrations, engine, version, design, history, statistics, wanted)
    _check_version(version)
    schema = design.schema_ if design is not None else Schema(engine=Engine.POSTGRESQL)
    try:
        return _postgresql(migrations, version, design, schema, history, statistics, execute, wanted, tell)
    except EngineError as error:
        if not execute:
            raise
        result = _postgresql(migrations, version, design, schema, history, statistics, False, wanted, tell)
        note = f"nothing was executed, the rules alone were asked: {error}"
        return CheckResult(result.version, result.checked, result.proof, (note, *result.notes))


def _check_version(version: str | None) -> None:
    major = (version or "").partition(".")[0]
    if version is not None and not (major.isdigit() and OLDEST <= int(major) <= NEWEST + 1):
        raise InputError(
            f"PostgreSQL {version} is not a version that migrations can be checked for",
            where="version",
            remedy=f"Use {OLDEST} to {NEWEST}",
        )


def _postgresql(
    migrations: Sequence[Migration],
    version: str | None,
    design: Design | None,
    schema: Schema,
    history: Sequence[Migration],
    statistics: Statistics | None,
    execute: bool,
    wanted: frozenset[str] | None,
    tell: Tell,
) -> CheckResult:
    notes: list[str] = []
    total = max(sum(len(one.statements) for one in migrations), 1)
    with Checker(schema, version=version, execute=execute, wanted=wanted) as checker:
        notes += [f"of the schema before: {one}" for one in checker.problems]
        notes += checker.apply(history)
        workload = design.workload if design is not None else None
        checker.durations = Durations.of(workload, statistics, checker.state.drafts.tables.values())
        checked: list[Checked] = []
        for one in checker.check(migrations):
            checked.append(one)
            if len(checked) % 20 == 0:
                tell(min(len(checked) / total, 1.0), f"{len(checked):,} of {total:,} statements")
        return CheckResult(version or str(NEWEST), tuple(checked), checker.proof, tuple(notes))


def _other(
    migrations: Iterable[Migration],
    engine: str,
    version: str | None,
    design: Design | None,
    history: Iterable[Migration],
    statistics: Statistics | None,
    wanted: frozenset[str] | None,
) -> CheckResult:
    facts = dialect(engine)
    schema = design.schema_ if design is not None else None
    workload = design.workload if design is not None else None
    durations = Durations.of(workload, statistics, schema.tables if schema is not None else ())
    release = facts.version_tuple(version)
    checker = OtherChecker(Engine(engine), release, schema, durations, wanted)
    checker.apply(history)
    checked = tuple(checker.check(migrations))
    proof = Proof(level="by rule", detail=f"for {facts.title} {version or facts.versions[-1]}")
    return CheckResult(version or facts.versions[-1], checked, proof)
