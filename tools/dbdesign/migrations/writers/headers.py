"""What is said above a unit of work: what it is, when it may run, what it locks. Every line begins with a word of ours.

Tools read directives from comments (`-- migrate:down`, `--rollback`): a line that began with a title's own words could become one.
"""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.writers.units import Unit, waits_by_itself
from dbdesign.model.migration import Duration, LockMode


def header(unit: Unit) -> list[str]:
    """Lines without a comment's mark, none of which holds a line break."""
    return [one_line(line) for line in _lines(unit)]


def undo_header(unit: Unit) -> list[str]:
    """The same for what takes the unit back."""
    lines = [f"Takes back step {unit.id}: {unit.title}"]
    if not unit.restores:
        lines.append("Cannot be taken back." if unit.down is None else "Does not bring back the data.")
    return [one_line(line) for line in lines]


def one_line(text: str) -> str:
    """The text with every run of white space, line breaks of any kind included, as one space."""
    return " ".join("".join(one if one.isprintable() or one.isspace() else " " for one in text).split())


def commented(lines: list[str], mark: str = "--") -> str:
    """The lines as comments."""
    return "\n".join(f"{mark} {line}" for line in lines)


def lock_name(mode: LockMode) -> str:
    """`ACCESS EXCLUSIVE`, as the manual writes it."""
    return mode.name.replace("_", " ")


def _lines(unit: Unit) -> Iterator[str]:
    step, phase = unit.step, unit.phase
    yield f"Step {unit.id}: {unit.title}"
    yield f"Phase {phase.name}, release {unit.release} of {unit.releases}. May run when: {phase.deploy_condition}"
    if phase.point_of_no_return:
        yield "Point of no return: data can be lost by going back behind this phase."
    if unit.kind == "wait":
        return
    if step.command:
        yield f"Run by hand: {step.command}"
        if step.sql.strip():
            yield f"What it is run instead of: {step.sql}"
    if step.trace and step.trace.locks:
        locks = ", ".join(f"{table} {lock_name(mode)}" for table, mode in step.trace.locks.items())
        yield f"Locks {locks}{_seconds(step.held, ', held for')}"
    if step.takes:
        yield f"Takes {_seconds(step.takes, 'about')}".replace("  ", " ")
    if step.retry and step.lock_timeout:
        yield f"Tries up to {step.retry.attempts} times where a lock is not had within {step.lock_timeout}."
    if step.wait and waits_by_itself(step, unit.engine):
        yield f"Its progress, from another session: {step.wait.poll}"
    if step.cleanup and unit.runs_outside:
        yield f"After a failed attempt, first: {step.cleanup}"
    if not step.reversible:
        yield "Cannot be taken back." if unit.down is None else "Taking it back does not bring back the data."
    yield from (f"Note: {note}" for note in step.notes)


def _seconds(duration: Duration | None, words: str) -> str:
    if duration is None:
        return ""
    if duration.seconds is None:
        return f"{words} a time that is not known ({duration.basis})"
    return f"{words} {duration.seconds:.3g} s ({duration.basis})"
