"""The Redis design as a whole: plan, sizes, settings, what breaks, and files."""

from __future__ import annotations

from dbdesign.model.patterns import AccessModel
from dbdesign.nosql.base import DesignOptions
from dbdesign.nosql.redis.indexes import add_uses
from dbdesign.nosql.redis.plan import Plan
from dbdesign.nosql.redis.store import Settings, settings_of
from dbdesign.nosql.redis.structures import record_of


def plan_of(model: AccessModel, options: DesignOptions) -> tuple[Plan, Settings]:
    """Structures for a model, and the settings that they follow."""
    settings = settings_of(options)
    plan = Plan(model, settings.prefix)
    for entity in model.entities:
        plan.records[entity.name] = record_of(entity, model, settings)
    add_uses(plan, settings)
    plan.cluster = settings.cluster == "yes"
    return plan, settings
