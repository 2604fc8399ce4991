"""From files by unit to a `WrittenMigration`: releases, and the notes that hold for every tool."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from dbdesign.migrations.writers.base import Job, Release, WrittenMigration
from dbdesign.migrations.writers.guards import WAITS_IN_SQL
from dbdesign.migrations.writers.scripts import retries_in_sql
from dbdesign.migrations.writers.units import Unit
from dbdesign.model.migration import PhaseName

UnitFiles = tuple[Unit, dict[str, str]]
"""A unit and its files: text by path, the one that runs first."""


def sql_units(job: Job) -> tuple[Unit, ...]:
    """The units that a tool which runs nothing but SQL can say: waiting only where the engine's SQL has loops."""
    return tuple(one for one in job.units if one.kind != "wait" or job.plan.engine in WAITS_IN_SQL)


def by_release(parts: Sequence[UnitFiles]) -> list[list[UnitFiles]]:
    """The units of each release, in order."""
    return [list(group) for _, group in groupby(parts, key=lambda part: part[0].release)]


def assembled(
    job: Job,
    tool: str,
    parts: Sequence[UnitFiles],
    *,
    apply: Sequence[str] = (),
    revert: Sequence[str] = (),
    notes: Sequence[str] = (),
    code: bool = False,
    runs_all: bool = True,
) -> WrittenMigration:
    """The result; two units that share a file (a changelog) are written with the last one's text.

    Args:
        apply: one for each release, where the tool can stop behind it.
        code: whether the tool runs a program, which loops and waits by itself.
        runs_all: whether the tool runs all the files that it finds.
    """
    files = {path: text for _, some in parts for path, text in some.items()}
    return WrittenMigration(
        tool=tool,
        files=files,
        releases=tuple(_releases(parts)),
        apply=tuple(apply),
        revert=tuple(revert),
        notes=tuple(
            dict.fromkeys(
                [*(_release_notes(parts) if runs_all else ()), *notes, *_step_notes(job, code=code), *_plan_notes(job)]
            )
        ),
    )


def _releases(parts: Sequence[UnitFiles]) -> Iterator[Release]:
    for members in by_release(parts):
        phases: list[PhaseName] = [*dict.fromkeys(unit.phase.name for unit, _ in members)]
        yield Release(
            phases=tuple(phases),
            deploy_condition=_condition(members),
            files=tuple(dict.fromkeys(path for _, files in members for path in files)),
            point_of_no_return=any(unit.phase.point_of_no_return for unit, _ in members),
        )


def _condition(members: Sequence[UnitFiles]) -> str:
    """The phases' conditions; each with its phase's name where they differ."""
    said = {unit.phase.name: unit.phase.deploy_condition for unit, _ in members}
    if len(set(said.values())) == 1:
        return members[0][0].phase.deploy_condition
    return " ".join(f"{name}: {text}" for name, text in said.items())


def _release_notes(parts: Sequence[UnitFiles]) -> Iterator[str]:
    for release, members in enumerate(by_release(parts)[1:], start=2):
        first = next(iter(members[0][1]))
        yield (
            f"Release {release} begins with {first}: keep it out of the project until this holds: "
            f"{members[0][0].phase.deploy_condition.rstrip('.')}. The tool would run all that is there at once"
        )


def _step_notes(job: Job, *, code: bool) -> Iterator[str]:
    if not code:
        yield from _retry_notes([one for one in job.units if not retries_in_sql(one)])
    for unit in job.units:
        step = unit.step
        if unit.kind == "command":
            yield f"{unit.id}: a person runs this where its turn comes, and then the next file: {step.command}"
        elif unit.kind == "wait" and not code and job.plan.engine not in WAITS_IN_SQL and step.wait:
            yield f"{step.id}: wait before the next file until this says done ({step.wait.reason}): {step.wait.poll}"
        if unit.down is None:
            yield f"{unit.id}: cannot be taken back"


def _retry_notes(units: Sequence[Unit]) -> Iterator[str]:
    """One note about the units whose retries the tool cannot make, if there are any."""
    again = [one for one in units if one.kind == "sql" and one.step.retry]
    if again:
        said = [f"{one.id} (first {one.step.cleanup})" if one.step.cleanup else one.id for one in again]
        yield f"Where lock_timeout is met, run the tool again: {', '.join(said)}"


def _plan_notes(job: Job) -> Iterator[str]:
    yield from (f"By hand: {one}" for one in job.plan.manual)
    if job.plan.engine in {"tidb", "sqlite"} and any(one.step.lock_timeout for one in job.units):
        yield f"{job.plan.engine} has no lock timeout that a migration could set; set the connection's own"
