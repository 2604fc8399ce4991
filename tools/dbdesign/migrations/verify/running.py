"""Runs the steps of a plan on a scratch database, up and down, as a runner in production would."""

from __future__ import annotations

from typing import Any

from dbdesign.engines.postgres import split_script
from dbdesign.errors import EngineError
from dbdesign.migrations.trace import Tracer
from dbdesign.model.migration import Phase, Step, Trace


class StepError(EngineError):
    """A step of a plan that the server refused."""


def up(tracer: Tracer, step: Step) -> Trace:
    """Run a step and say what it did.

    Raises:
        StepError: where the server refuses it, or its pre- or postcondition does not hold.
    """
    _hold(tracer.database.user, step, step.precondition, "precondition")
    trace = tracer.run(step.sql, transactional=step.transactional)
    if trace.error is not None:
        raise StepError(f"{step.id} ({step.title}): {trace.error}", where=step.sql[:300])
    _hold(tracer.database.user, step, step.postcondition, "postcondition")
    return trace


def again(tracer: Tracer, step: Step) -> None:
    """Run a step again that was taken back; one that cannot be is still there."""
    if step.rollback is None and not step.reversible:
        return
    _execute(tracer, step, step.sql, transactional=step.transactional)


def down(tracer: Tracer, phase: Phase) -> None:
    """Take a phase back, its last step first.

    Raises:
        StepError: where the server refuses a rollback.
    """
    for step in reversed(phase.steps):
        if step.rollback is not None:
            _execute(tracer, step, step.rollback, transactional=step.rollback_transactional)


def _hold(connection: Any, step: Step, condition: str | None, what: str) -> None:
    if condition is not None and not connection.execute(condition.encode()).fetchone()[0]:
        raise StepError(f"{step.id} ({step.title}): its {what} does not hold", where=condition)


def _execute(tracer: Tracer, step: Step, sql: str, *, transactional: bool) -> None:
    import psycopg

    texts = [sql] if transactional else [one.sql for one in split_script(sql).statements]
    for text in texts:
        connection = tracer.database.user
        try:
            connection.execute(text.encode())
        except psycopg.Error as error:
            if not connection.closed and connection.info.transaction_status:
                connection.execute("ROLLBACK")
            raise StepError(f"{step.id} ({step.title}): {error.sqlstate}: {error}", where=text[:300]) from None
