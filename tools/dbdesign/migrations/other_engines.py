"""The planners of the engines beside PostgreSQL: found by the engine's name, their plans executed where an engine is at hand."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Protocol, cast

from dbdesign.errors import InputError
from dbdesign.migrations.compare import Comparison, compare
from dbdesign.migrations.settings import PlanSettings
from dbdesign.model.migration import MigrationPlan, Verification
from dbdesign.model.schema import Engine, Schema


class Planner(Protocol):
    """What an engine's package has: `plan`, and `verify` where its plans can be executed (None: the engine is not installed)."""

    def plan(self, comparison: Comparison, settings: PlanSettings) -> MigrationPlan:
        """The plan."""
        ...

    def verify(self, comparison: Comparison, plan: MigrationPlan) -> Verification | None:
        """What executing it showed."""
        ...


def planner(engine: Engine) -> Planner:
    """The planner of an engine.

    Raises:
        InputError: there is none.
    """
    try:
        return cast("Planner", import_module(f"dbdesign.migrations.{engine.value}.planner"))
    except ModuleNotFoundError as error:
        raise InputError(f"there is no planner for {engine}", remedy="Plan for PostgreSQL") from error


def plan_other(
    before: Schema,
    after: Schema,
    settings: PlanSettings,
    *,
    tell: Callable[[float, str], None] = lambda _done, _message: None,
) -> MigrationPlan:
    """A plan for an engine that is not PostgreSQL.

    Raises:
        ConsentError: data would be lost and `allow_destructive` is False.
        InputError: the engine has no planner, the version is unknown, or the schemas are of two engines.
    """
    chosen = planner(after.engine)
    tell(0.1, "comparing the schemas")
    renames = dict(one.split(":", 1) for one in settings.renames)
    comparison = compare(before, after, renames=renames, drops=settings.drops)
    tell(0.3, "planning")
    result = chosen.plan(comparison, settings)
    if not settings.verify or not result.phases:
        return result
    tell(0.5, "executing the plan")
    return result.model_copy(update={"verification": chosen.verify(comparison, result)})
