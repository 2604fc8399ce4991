"""How much memory would have sufficed, and the setting that gives it to one statement."""

from __future__ import annotations

import math
import re

from dbdesign.model.plan import PlanEngine
from dbdesign.plans.findings.base import Subject

ROW_OVERHEAD = 48
"""Bytes that a row takes in memory beside its columns: tuple header, alignment and the sort's own pointer (tuplesort.c: SortTuple of 24
bytes and a MinimalTuple of 16 with its chunk header of 8)."""

MOST_MB = 1024
"""More than this is rarely to be had for one statement."""

_UNITS = {"kb": 1024, "mb": 1024**2, "gb": 1024**3, "b": 1, "": 1024}


def setting_for(subject: Subject, spilled: float, width: int | None, rows: float, *, hashed: bool = False) -> str:
    """The setting, in the engine's words, under which so much would have stayed in memory.

    Args:
        spilled: bytes on disk, where they are packed more tightly than in memory.
        hashed: whether hash_mem_multiplier counts (2 from PostgreSQL 15 on).
    """
    wanted = max(spilled * 2.0, rows * ((width or 0) + ROW_OVERHEAD)) * (1.3 if hashed else 1.0)
    megabytes = 2 ** math.ceil(math.log2(max(wanted / 1024**2, 4)))
    engine = subject.engine
    if megabytes > MOST_MB:
        return f"Let fewer or narrower rows reach it: it would take some {megabytes:,} MB of memory"
    if engine is PlanEngine.POSTGRESQL:
        now = subject.plan.settings.get("work_mem")
        return f"SET LOCAL work_mem = '{max(megabytes, _megabytes(now) * 2)}MB'"
    if engine is PlanEngine.COCKROACHDB:
        return f"SET distsql_workmem = '{megabytes} MiB'"
    if engine is PlanEngine.TIDB:
        return f"SET SESSION tidb_mem_quota_query = {megabytes * 4 * 1024**2}"
    if engine in {PlanEngine.MYSQL, PlanEngine.MARIADB}:
        return f"SET SESSION sort_buffer_size = {megabytes * 1024**2}"
    if engine is PlanEngine.MONGODB:
        return (
            "Make an index in the order of the sort, or add $limit behind it, so that only the first documents are kept"
        )
    return "Let fewer or narrower rows reach it"


def _megabytes(setting: str | None) -> int:
    match = re.fullmatch(r"(\d+)\s*([kKmMgG]?[bB])?", setting.strip()) if setting else None
    return int(match[1]) * _UNITS[(match[2] or "").lower()] // 1024**2 if match else 0
