"""Loads the modules that are written for Redis designs."""

from __future__ import annotations

import sys
import types

from dbdesign.nosql.redis.module_writer import write_module
from dbdesign.nosql.redis.plan import Plan


def loaded(plan: Plan) -> types.ModuleType:
    """The module of a plan, executed."""
    module = types.ModuleType("redis_store")
    sys.modules["redis_store"] = module  # dataclasses look their module up
    exec(compile(write_module(plan, "8.2"), "redis_store.py", "exec"), module.__dict__)
    return module
