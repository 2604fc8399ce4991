"""What each step locks in the version that the plan is for, and how long it takes and holds its locks at the known volumes."""

from __future__ import annotations

from collections.abc import Mapping

from dbdesign.engines.postgres import split_script
from dbdesign.migrations.durations import Durations, Work
from dbdesign.migrations.predict import State, predict
from dbdesign.migrations.predict.predict import is_known
from dbdesign.migrations.settings import PlanSettings
from dbdesign.migrations.trace.observe import COUNTS_REPORTED_SINCE
from dbdesign.model.migration import Duration, MigrationPlan, Step, Trace
from dbdesign.model.schema import Schema


def estimated(
    plan: MigrationPlan,
    before: Schema,
    after: Schema,
    settings: PlanSettings,
    traces: Mapping[str, Trace],
    executed_by: int | None = None,
) -> MigrationPlan:
    """The plan with a trace and durations in each step.

    Args:
        traces: what executing the steps showed; they stand where the plan is for the version that executed them, and for what the rules
            cannot tell.
        executed_by: the major version of the server that executed them.
    """
    own = bool(traces) and plan.version is not None and int(plan.version) == executed_by
    said = traces if own else {**traces, **_predicted(plan, before)}
    if own and int(plan.version or 0) < COUNTS_REPORTED_SINCE:
        said = _with_scans(plan, traces, _predicted(plan, before))
    durations = Durations.of(settings.workload, None, (*before.tables, *after.tables))
    phases = tuple(
        phase.model_copy(update={"steps": tuple(_with(step, said.get(step.id), durations) for step in phase.steps)})
        for phase in plan.phases
    )
    return plan.model_copy(update={"phases": phases})


def _with_scans(plan: MigrationPlan, traces: Mapping[str, Trace], rules: Mapping[str, Trace]) -> dict[str, Trace]:
    """What was seen, with the rules' word on scans outside transactions, which an old server does not count at once."""
    alone = {step.id for step in plan.steps if not step.transactional}
    return {
        name: trace.model_copy(update={"scans": rules[name].scans}) if name in alone and name in rules else trace
        for name, trace in traces.items()
    }


def _predicted(plan: MigrationPlan, before: Schema) -> dict[str, Trace]:
    """By the rules, each step in the state that the earlier ones left."""
    state = State.of(before)
    found: dict[str, Trace] = {}
    for step in plan.steps:
        statements = [one.sql for one in split_script(step.sql).statements]
        if all(map(is_known, statements)):
            trace = predict("; ".join(statements), state, plan.version)
            if trace.error is None:
                found[step.id] = trace
        for one in statements:
            if is_known(one):
                state.apply(one)
    return found


def _with(step: Step, trace: Trace | None, durations: Durations) -> Step:
    if step.batches is not None:
        return step.model_copy(update={"trace": trace, "held": _batch(step), "takes": _walk(step, durations)})
    if trace is None:
        return step
    work = _work(step, trace, durations)
    takes = durations.total(work)
    held = (
        takes
        if step.transactional
        else Duration(seconds=0.0, basis="nothing that an application does waits for its lock")
    )
    return step.model_copy(update={"trace": trace, "takes": takes, "held": held})


def _work(step: Step, trace: Trace, durations: Durations) -> list[Duration]:
    found = [durations.of_work("rewrite", label) for label in trace.rewrites]
    building = bool(trace.new_indexes)
    kind: Work = "index build" if step.transactional else "concurrent index build"
    work: Work = kind if building else "scan"
    return found + [durations.of_work(work, label) for label in trace.scans if label not in trace.rewrites]


ROWS_A_SECOND = 20_000
"""What is locked and updated in a second of a batch, on a small server."""


def _batch(step: Step) -> Duration:
    """Row locks for the time that a batch may take."""
    batches = step.batches
    assert batches is not None  # noqa: S101 - by the caller
    if batches.seconds is not None:
        return Duration(
            seconds=batches.seconds, basis=f"row locks for a batch, as large as is done in {batches.seconds:g} s"
        )
    return Duration(seconds=batches.rows / ROWS_A_SECOND, basis=f"row locks for a batch of {batches.rows:,}")


def _walk(step: Step, durations: Durations) -> Duration:
    """The updates and the rests between the batches."""
    batches = step.batches
    assert batches is not None  # noqa: S101 - by the caller
    work, rows = durations.of_work("update", batches.table), durations.rows(batches.table)
    if work.seconds is None or rows is None:
        return work
    each = batches.seconds if batches.seconds is not None else batches.rows / ROWS_A_SECOND
    count = max(rows / batches.most, work.seconds / each) if batches.seconds is not None else rows / batches.rows
    rests = count * batches.rest_after(each)
    return Duration(seconds=work.seconds + rests, basis=f"{work.basis}, and {rests:,.0f} s of rests between batches")
