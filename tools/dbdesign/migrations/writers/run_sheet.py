"""The run sheet: what a person runs when, what has to hold before, what it locks, and how to go back."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from dbdesign.migrations.writers.assembly import UnitFiles
from dbdesign.migrations.writers.base import Job
from dbdesign.migrations.writers.headers import lock_name, one_line
from dbdesign.migrations.writers.units import Unit, waits_by_itself


def run_sheet(job: Job, parts: list[UnitFiles], scripts: list[str]) -> str:
    """A README in Markdown."""
    return "\n".join(_lines(job, parts, scripts)) + "\n"


def _lines(job: Job, parts: list[UnitFiles], scripts: list[str]) -> Iterator[str]:
    yield f"# {_plain(job.options.name)}"
    yield ""
    releases = [(number, list(group)) for number, group in groupby(parts, key=lambda part: part[0].release)]
    count = f"{len(releases)} release{'s' if len(releases) > 1 else ''}"
    yield f"{len(parts)} steps in {count}, for {job.plan.engine} {job.plan.version or ''}".rstrip() + "."
    if job.plan.verification:
        yield ""
        yield _plain(job.plan.verification.summary)
    for number, members in releases:
        yield ""
        yield f"## Release {number}"
        up, down = scripts[number * 2 - 2 : number * 2]
        yield ""
        yield f"All at once: `{_name(up)}`; back: `{_name(down)}`. Or a file at a time:"
        for name, some in groupby(members, key=lambda part: part[0].phase):
            yield from _phase(name.name, [(unit, next(iter(files))) for unit, files in some])
    if job.plan.manual or job.plan.notes:
        yield ""
        yield "## By hand, and to know"
        yield ""
        yield from (f"- {_plain(one)}" for one in [*job.plan.manual, *job.plan.notes])


def _phase(name: str, files: list[tuple[Unit, str]]) -> Iterator[str]:
    phase = files[0][0].phase
    yield ""
    yield f"### {name.capitalize()}"
    yield ""
    yield f"**May run when:** {_plain(phase.deploy_condition)}"
    if phase.point_of_no_return:
        yield ""
        yield "**Point of no return:** data can be lost by going back behind this phase."
    yield ""
    yield "| file | what | transaction | limits | locks | back |"
    yield "|---|---|---|---|---|---|"
    for unit, path in files:
        yield f"| `{_name(path)}` | {' | '.join(_cell(one) for one in _cells(unit))} |"
    for unit, _ in files:
        yield from _remarks(unit)


def _cells(unit: Unit) -> tuple[str, ...]:
    step = unit.step
    if unit.kind == "wait" and step.wait:
        return unit.title, "", "", "", ""
    limits = [
        f"{name} {one}" for name, one in (("lock", step.lock_timeout), ("statement", step.statement_timeout)) if one
    ]
    if step.retry:
        limits.append(f"{step.retry.attempts} attempts")
    locks = [f"{table}: {lock_name(mode)}" for table, mode in step.trace.locks.items()] if step.trace else []
    if step.held and step.held.seconds is not None:
        locks.append(f"for {step.held.seconds:.3g} s")
    back = "no" if unit.down is None else "yes" if unit.restores else "without the data"
    return unit.title, "yes" if unit.transactional else "no", ", ".join(limits), ", ".join(locks), back


def _remarks(unit: Unit) -> Iterator[str]:
    step = unit.step
    if unit.kind == "wait":
        if step.wait:
            yield from _remark(
                f"{unit.id}: wait until the column `done` is true; ask every {step.wait.seconds:g} s", step.wait.poll
            )
        return
    if step.command:
        yield from _remark(f"{unit.id}: run by hand", step.command)
        if step.sql.strip():
            yield from _remark(f"{unit.id}: what it is run instead of", step.sql)
    if step.wait and waits_by_itself(step, unit.engine):
        yield from _remark(f"{unit.id}: its progress, from another session", step.wait.poll)
    if step.cleanup:
        yield from _remark(f"{unit.id}: after a failed attempt, first", step.cleanup)
    for note in step.notes:
        yield ""
        yield f"{unit.id}: {_plain(note)}"


def _remark(words: str, code: str) -> Iterator[str]:
    fence = "```"
    while fence in code:
        fence += "`"
    yield from ("", f"{words}:", "", fence, code.strip(), fence)


def _name(path: str) -> str:
    """Of a file that stands beside the run sheet."""
    return path.rsplit("/", 1)[-1]


def _cell(text: str) -> str:
    return _plain(text).replace("|", "\\|")


def _plain(text: str) -> str:
    """A line of Markdown that is taken as it is: no tags."""
    return one_line(text).replace("<", "&lt;")
