"""The settings of a server that change its planner's choices, and how they are checked.

Source: PostgreSQL 18 manual, section 19.7 "Query Planning" and 19.4 (work_mem, hash_mem_multiplier), with the defaults.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from dbdesign.errors import InputError, UnknownNameError
from dbdesign.model.statistics import BLOCK

PLANNER_SETTINGS = frozenset(
    """
    constraint_exclusion cpu_index_tuple_cost cpu_operator_cost cpu_tuple_cost cursor_tuple_fraction default_statistics_target
    effective_cache_size effective_io_concurrency enable_async_append enable_bitmapscan enable_distinct_reordering
    enable_gathermerge enable_group_by_reordering enable_hashagg enable_hashjoin enable_incremental_sort enable_indexonlyscan
    enable_indexscan enable_material enable_memoize enable_mergejoin enable_nestloop enable_parallel_append
    enable_parallel_hash enable_partition_pruning enable_partitionwise_aggregate enable_partitionwise_join
    enable_presorted_aggregate enable_self_join_elimination enable_seqscan enable_sort enable_tidscan from_collapse_limit geqo
    geqo_effort geqo_generations geqo_pool_size geqo_seed geqo_selection_bias geqo_threshold hash_mem_multiplier jit jit_above_cost
    jit_inline_above_cost jit_optimize_above_cost join_collapse_limit max_parallel_workers max_parallel_workers_per_gather
    min_parallel_index_scan_size min_parallel_table_scan_size parallel_leader_participation parallel_setup_cost
    parallel_tuple_cost plan_cache_mode random_page_cost recursive_worktable_factor seq_page_cost work_mem
    """.split()  # noqa: SIM905
)

_VALUE = re.compile(r"[\w.+-]+(?:\s?(?:kB|MB|GB|TB|B|us|ms|s|min|h|d))?\Z")


def checked_settings(settings: Mapping[str, str]) -> dict[str, str]:
    """Settings by lower-case name.

    Raises:
        UnknownNameError: for one that does not change plans.
        InputError: for a value that cannot be one.
    """
    checked: dict[str, str] = {}
    for name, value in settings.items():
        lower = name.strip().lower()
        if lower not in PLANNER_SETTINGS:
            raise UnknownNameError.among("planner setting", name, PLANNER_SETTINGS, where="settings")
        if not _VALUE.match(value.strip()):
            raise InputError(
                f"{value[:60]!r} is not a value of {lower}", where="settings", remedy="Write 64MB, 1.1 or off"
            )
        checked[lower] = value.strip()
    return checked


@dataclass(frozen=True)
class ServerSettings:
    """Settings in force, as `pg_settings` shows them: name → (value, unit)."""

    values: Mapping[str, tuple[str, str]]

    def number(self, name: str) -> float:
        """A number without a unit, such as random_page_cost."""
        return float(self.values[name][0])

    def pages(self, name: str) -> float:
        """An amount of memory in blocks, such as effective_cache_size."""
        return self.bytes(name) / BLOCK

    def bytes(self, name: str) -> float:
        """An amount of memory in bytes, such as work_mem."""
        value, unit = self.values[name]
        return float(value) * {"8kB": BLOCK, "kB": 1024, "MB": 1024**2, "B": 1}[unit or "B"]


def parse_setting(text: str) -> tuple[str, str]:
    """`work_mem=64MB` as name and value."""
    name, equals, value = text.partition("=")
    if not equals or not name.strip() or not value.strip():
        raise InputError(f"{text!r} is not name=value", where="settings", remedy="Write work_mem=64MB")
    return name.strip(), value.strip()
