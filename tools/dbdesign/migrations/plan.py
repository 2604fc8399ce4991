"""From one schema to another without stopping the application: the entry to every engine's planner."""

from __future__ import annotations

from collections.abc import Callable

from dbdesign.migrations.compare import compare
from dbdesign.migrations.settings import PlanSettings
from dbdesign.model.migration import MigrationPlan, Trace
from dbdesign.model.schema import Engine, Schema


def plan_migration(
    before: Schema,
    after: Schema,
    settings: PlanSettings | None = None,
    *,
    tell: Callable[[float, str], None] = lambda _done, _message: None,
) -> MigrationPlan:
    """A plan from `before` to `after`, executed on the embedded server before it is returned unless `settings.verify` is False.

    Raises:
        ConsentError: data would be dropped and `allow_destructive` is False.
        InputError: the engine has no planner, the version is unknown, or the schemas are of two engines.
    """
    chosen = settings or PlanSettings()
    if after.engine is not Engine.POSTGRESQL:
        from dbdesign.migrations.other_engines import plan_other

        return plan_other(before, after, chosen, tell=tell)
    from dbdesign.migrations.postgresql.planner import plan

    tell(0.1, "comparing the schemas")
    comparison = compare(
        before,
        after,
        renames=dict(one.split(":", 1) for one in chosen.renames),
        drops=(*chosen.drops, *_left_behind(before, chosen)),
    )
    tell(0.2, "planning")
    result = plan(comparison, chosen)
    traces: dict[str, Trace] = {}
    executed_by: int | None = None
    if chosen.verify and result.phases:
        from dbdesign.migrations.verify import verify

        tell(0.3, "executing the plan")
        verified = verify(comparison, result, chosen)
        result = result.model_copy(update={"verification": verified.verification})
        traces, executed_by = verified.traces, verified.major
    tell(0.95, "estimating durations")
    from dbdesign.migrations.postgresql.estimates import estimated

    return estimated(result, comparison.before, comparison.after, chosen, traces, executed_by)


def _left_behind(before: Schema, settings: PlanSettings) -> list[str]:
    """What a declared move takes away from its source: dropped, and never taken for renamed."""
    found = []
    for one in settings.intents:
        table = before.table_by_label.get(one.source)
        if table is not None:  # the planner says what is not there
            columns = [f"{one.source}.{name}" for name in one.columns if table.column(name)]
            found += [one.source] if one.kind == "merge" else columns
    return found
