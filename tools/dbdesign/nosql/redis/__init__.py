"""Designs for Redis: a structure for each use, keys, memory, scripts, and what serves each pattern."""

from __future__ import annotations

from dbdesign.nosql.base import Designer
from dbdesign.nosql.redis.design import design
from dbdesign.nosql.redis.store import SETTINGS

DESIGNER = Designer("redis", "Redis", design, SETTINGS)
