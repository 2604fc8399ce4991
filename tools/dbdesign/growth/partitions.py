"""Which tables to partition, by what, in which steps, and what that does to their keys; `partition_proof` executes it."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Literal

from dbdesign.dialects.base import dialect
from dbdesign.growth.intervals import DAYS, PREMAKE, SMALLEST, bounds_of, interval_of
from dbdesign.growth.limits import meeting
from dbdesign.growth.load import DAYS_PER_MONTH, arrivals
from dbdesign.growth.machine import GB, TB
from dbdesign.growth.partition_price import price_of
from dbdesign.model.schema import Engine, IndexKey, Key, Partitioning, Table
from dbdesign.model.types import Kind
from dbdesign.twin.profile_rows import resolve_rows

if TYPE_CHECKING:
    from dbdesign.growth.limits import Situation
    from dbdesign.model.design import Design
    from dbdesign.model.schema import Column, Schema

TIMES = frozenset({Kind.DATE, Kind.TIMESTAMP, Kind.TIMESTAMPTZ})
LARGE = 100 * GB
"""Bytes of a table with its indexes from which on partitioning is worth its price."""
PRUNED = 0.9
"""Share of the weighted statements that must read a part of the partitions only."""
SQL = dialect(Engine.POSTGRESQL)
HASH_SIZE = 25 * GB
MOST_HASHED = 256
PRICE = 0.01
"""Share of the machine's cores that partitions may cost where they are for retention alone."""
MUST = 8 * TB
"""Bytes from which on a table is partitioned at any price: a quarter of the 32 TB at which it ends."""
PARTMAN_4 = {"day": "daily", "week": "weekly", "month": "monthly", "quarter": "quarterly", "year": "yearly"}
PARTMAN_5 = {"day": "1 day", "week": "1 week", "month": "1 month", "quarter": "3 months", "year": "1 year"}
"""pg_partman 5 took the specialised `quarterly` and ISO `weekly` away (doc/pg_partman_5.0.1_upgrade.md)."""


@dataclass(frozen=True)
class Pruning:
    """How many partitions a statement reads.

    Attributes:
        scanned, of: by EXPLAIN; None where it could not be planned.
        early: whether it reads them one after the other in its own order, and stops when it has its page.
    """

    query: str
    share: float
    scanned: int | None = None
    of: int = 0
    early: bool = False

    @property
    def pruned(self) -> bool:
        """Whether it reads half of them at most."""
        return self.scanned is not None and 0 < self.scanned <= max(1, self.of // 2)


@dataclass(frozen=True)
class PartitionPlan:
    """How to partition one table.

    Attributes:
        interval: `month` …; None of hash partitioning.
        count: partitions at the horizon, those made ahead counted in.
        size: bytes of a partition at the horizon.
        consequences: what becomes of keys and references.
        statements: DDL of the new table and its partitions; `retention` of what goes.
        pruning: the statements that are claimed to prune, and those that do not.
        proof: how that was proven.
    """

    table: str
    key: str
    strategy: Literal["range", "hash"]
    interval: str | None
    count: int
    size: float
    threshold: str
    due: float | None
    why: str
    changed: Table
    bounds: tuple[tuple[str, str], ...]
    consequences: tuple[str, ...] = ()
    statements: tuple[str, ...] = ()
    retention: tuple[str, ...] = ()
    partman: Mapping[str, tuple[str, ...]] | None = None
    pruning: tuple[Pruning, ...] = ()
    proof: str = "by rule, not executed"


@dataclass(frozen=True)
class Refusal:
    """A table that is large and yet is better left in one piece."""

    table: str
    reason: str


def partition_plans(at: Situation, today: date) -> tuple[list[PartitionPlan], list[Refusal]]:
    """The tables that retention or size asks to partition, and those for which it would not help."""
    plans: list[PartitionPlan] = []
    refusals: list[Refusal] = []
    for table in at.design.schema_.tables:
        if table.partition_of is not None or table.partitioning is not None:
            continue
        found = _planned(at, table, today)
        if isinstance(found, Refusal):
            refusals.append(found)
        elif found is not None:
            plans.append(found)
    return plans, refusals


def _planned(at: Situation, table: Table, today: date) -> PartitionPlan | Refusal | None:
    volume = at.design.workload.volumes.get(table.label)
    retention = volume.retention_days if volume else None
    size = at.sizes.of_table(table.label, at.months)
    bound = min(LARGE, at.machine.memory)
    if size < bound and not (retention and size > SMALLEST):
        return None
    shares = _shares(at, table)
    time = time_key(table, shares, retained=retention is not None)
    dear, lost, found = "", "", None
    if time is not None and (retention or shares.get(time.name, 0.0) >= PRUNED):
        found = _by_time(at, table, time, retention, today, shares.get(time.name, 0.0))
        price = price_of(at, table, time.name, found.count)
        if not retention or price.cores <= max(PRICE * at.machine.cores, 2 * price.deleting):
            return found
        dear = price.said(time.name, found.count, retention)
    key = _hash_key(table, shares)
    if key is not None and size >= bound and not (lost := _lost(at, table, key.name)):
        hashed = _by_hash(at, table, key, shares[key.name])
        return replace(hashed, consequences=(*hashed.consequences, *([dear] if dear else [])))
    if dear and found is not None and size > MUST:
        return replace(found, consequences=(*found.consequences, f"{dear}; but {_ends(size)}"))
    return Refusal(table.label, dear or _why_whole(at, size, shares, key, lost if key is not None else ""))


def _ends(size: float) -> str:
    return f"a table ends at 32 TB, and it has {size / TB:,.1f}"


def _why_whole(at: Situation, size: float, shares: Mapping[str, float], key: Column | None, lost: str) -> str:
    said = f"{size / GB:,.0f} GB in month {at.months:g}, but "
    if key is not None and lost:
        return f"{said}by {key.name}, the only column that prunes, {lost}"
    if not shares:
        return f"{said}no statement compares one of its columns with a value: each would read every partition"
    best = max(shares.items(), key=lambda one: one[1])
    found = f"the best is {best[0]} with {best[1]:.0%}"
    return f"{said}no column prunes {PRUNED:.0%} of its statements ({found}): each would read every partition"


def _lost(at: Situation, table: Table, key: str) -> str:
    """What the database would no longer keep if the table were split by a key, which size alone does not outweigh."""
    for columns, _ in table.unique_column_sets:
        if key not in columns:
            return f"UNIQUE ({', '.join(sorted(columns))}) could not be kept"
    primary = table.primary_key
    referring = [
        one.label for one in at.design.schema_.tables for each in one.foreign_keys if each.references == table.label
    ]
    if primary is not None and key not in primary.columns and referring:
        return f"the foreign key of {referring[0]} could not be kept"
    return ""


def _shares(at: Situation, table: Table) -> dict[str, float]:
    """By column, the share of the weighted statements on a table that compare it; inserts aside, which go to one partition anyway."""
    found: dict[str, float] = {}
    every = 0.0
    for one in at.load.queries:
        uses = [use for use in (one.use.uses if one.use else ()) if use.table.label == table.label]
        if not uses:
            continue
        weight = at.load.rate(one, at.months)
        every += weight
        for column in set.intersection(*(use.equal | use.ranges for use in uses)):
            found[column] = found.get(column, 0.0) + weight
    return {column: weight / every for column, weight in found.items()} if every else {}


def time_key(table: Table, shares: Mapping[str, float], *, retained: bool) -> Column | None:
    """The point in time to partition by: what statements compare, or where rows are to go by age, when they came."""
    columns = [one for one in table.columns if one.type.kind in TIMES and not one.nullable and one.generated is None]

    def worth(column: Column) -> float:
        arrives = (column.default or "").lower().startswith(("now", "current", "clock_timestamp", "localtimestamp"))
        named = any(
            word in column.name.lower()
            for word in ("created", "occurred", "inserted", "recorded", "received", "placed")
        )
        return shares.get(column.name, 0.0) + (0.5 * arrives + 0.2 * named if retained else 0.0)

    return max(columns, key=worth, default=None)


def _hash_key(table: Table, shares: Mapping[str, float]) -> Column | None:
    columns = [
        one
        for one in table.columns
        if not one.nullable and shares.get(one.name, 0.0) >= PRUNED and one.type.kind not in TIMES
    ]
    keyed = set(table.primary_key.columns) if table.primary_key else set()
    return max(columns, key=lambda one: (shares[one.name], one.name in keyed), default=None)


def _by_time(
    at: Situation, table: Table, key: Column, retention: float | None, today: date, share: float
) -> PartitionPlan:
    size = at.sizes.of_table(table.label, at.months)
    rows = max(at.sizes.rows(table.label, at.months), 1.0)
    a_day = max(arrivals(at.design, table, rows), 1.0) * size / rows / DAYS_PER_MONTH
    span = retention or resolve_rows(at.design, at.months)[table.label].age * DAYS_PER_MONTH
    interval = interval_of(a_day, span, retention, lambda count: price_of(at, table, key.name, count).cores)
    days = DAYS[interval]
    count = math.ceil(span / days) + PREMAKE
    changed, consequences = _repartitioned(table, key.name, "range", at.design)
    bounds = bounds_of(interval, min(count - PREMAKE, 60), today)
    name, qualified = table.name, SQL.qualified(table.namespace, table.name)
    statements = [
        f"CREATE TABLE {_part(table, label)} PARTITION OF {qualified} FOR VALUES FROM ('{low}') TO ('{high}');"
        for label, low, high in bounds
    ]
    oldest = _part(table, bounds[0][0])
    dropping = (
        f"ALTER TABLE {qualified} DETACH PARTITION {oldest} CONCURRENTLY;",
        f"-- to object storage: \\copy {oldest} to program 'zstd | aws s3 cp - s3://archive/{name}/{bounds[0][0]}.csv.zst' csv",
        f"DROP TABLE {oldest};",
    )
    due = (
        0.0
        if retention
        else meeting(lambda month: at.sizes.of_table(table.label, month), min(LARGE, at.machine.memory))
    )
    reason = f"rows go after {retention:.0f} days" if retention else f"{share:.0%} of its statements compare {key.name}"
    return PartitionPlan(
        table.label,
        key.name,
        "range",
        interval,
        count,
        a_day * days,
        "a retention exists"
        if retention
        else f"the table exceeds {min(LARGE, at.machine.memory) / GB:,.0f} GB and {PRUNED:.0%} of its statements prune",
        due,
        f"by {key.name}, a {interval} each ({a_day * days / GB:,.1f} GB, {count} partitions in month {at.months:g}): {reason}",
        changed,
        tuple((_part(table, label), f"FOR VALUES FROM ('{low}') TO ('{high}')") for label, low, high in bounds),
        tuple(consequences),
        tuple(statements),
        dropping if retention else (),
        _partman(table, key.name, interval, retention),
    )


def _by_hash(at: Situation, table: Table, key: Column, share: float) -> PartitionPlan:
    size = at.sizes.of_table(table.label, at.months)
    modulus = min(max(2, 2 ** math.ceil(math.log2(size / HASH_SIZE))), MOST_HASHED)
    changed, consequences = _repartitioned(table, key.name, "hash", at.design)
    parts = [
        (_part(table, f"p{number}"), f"FOR VALUES WITH (MODULUS {modulus}, REMAINDER {number})")
        for number in range(modulus)
    ]
    return PartitionPlan(
        table.label,
        key.name,
        "hash",
        None,
        modulus,
        size / modulus,
        f"the table exceeds {min(LARGE, at.machine.memory) / GB:,.0f} GB and {PRUNED:.0%} of its statements prune",
        meeting(lambda month: at.sizes.of_table(table.label, month), min(LARGE, at.machine.memory)),
        f"by the hash of {key.name} into {modulus} of {size / modulus / GB:,.1f} GB: {share:.0%} of its statements give it; VACUUM, "
        "REINDEX and index builds then work on one at a time",
        changed,
        tuple(parts),
        tuple(consequences),
        tuple(
            f"CREATE TABLE {part} PARTITION OF {SQL.qualified(table.namespace, table.name)} {bound};"
            for part, bound in parts
        ),
    )


def _part(table: Table, suffix: str) -> str:
    return SQL.qualified(table.namespace, f"{table.name}_{suffix}")


def _repartitioned(table: Table, key: str, strategy: str, design: Design) -> tuple[Table, list[str]]:
    """The table partitioned, its keys as PostgreSQL demands them, and what that costs."""
    consequences: list[str] = []
    update: dict[str, object] = {"partitioning": Partitioning(strategy=strategy, keys=(IndexKey(column=key),))}
    primary = table.primary_key
    if primary is not None and key not in primary.columns:
        update["primary_key"] = _widened(primary, key)
        consequences.append(
            f"PRIMARY KEY ({', '.join(primary.columns)}) becomes ({', '.join((*primary.columns, key))}): {', '.join(primary.columns)} "
            "alone is no longer kept unique by the database; values of one sequence, or UUIDs, stay so"
        )
        consequences += [
            f"the foreign key of {child.label} ({', '.join(reference.columns)}) must hold {key} too, or be dropped"
            for child in design.schema_.tables
            for reference in child.foreign_keys
            if reference.references == table.label
        ]
    kept = []
    for unique in table.unique_keys:
        if key in unique.columns:
            kept.append(unique)
            continue
        kept.append(_widened(unique, key))
        consequences.append(
            f"UNIQUE ({', '.join(unique.columns)}) cannot be kept across partitions: it becomes ({', '.join((*unique.columns, key))}); "
            "keep the values in a table of their own where they must be unique"
        )
    update["unique_keys"] = tuple(kept)
    indexes = []
    for index in table.indexes:
        if index.unique and key not in index.columns:
            consequences.append(
                f"the unique index {index.name or index.columns} becomes a plain one: it does not hold {key}"
            )
            index = index.model_copy(update={"unique": False, "nulls_not_distinct": False})
        indexes.append(index)
    update["indexes"] = tuple(indexes)
    if table.exclusions:
        update["exclusions"] = ()
        consequences.append(
            "its exclusion constraints are gone: they would have to compare the key by equality (PostgreSQL 17)"
        )
    return table.model_copy(update=update), consequences


def _widened(key: Key, column: str) -> Key:
    wider = tuple(IndexKey(column=column) for _ in (0,)) if key.keys else ()
    return key.model_copy(update={"columns": (*key.columns, column), "keys": (*key.keys, *wider)})


def _partman(table: Table, key: str, interval: str, retention: float | None) -> dict[str, tuple[str, ...]]:
    """The calls of pg_partman 4.7 and 5 (doc/pg_partman.md of each: `create_parent`, `part_config`)."""
    name = table.label if table.namespace else f"public.{table.name}"
    drops = f"retention = '{retention:.0f} days', retention_keep_table = false, " if retention else ""
    keep = f"UPDATE partman.part_config SET {drops}infinite_time_partitions = true WHERE parent_table = '{name}';"
    create = f"SELECT partman.create_parent(p_parent_table := '{name}', p_control := '{key}', p_type := "
    old = f"'native', p_interval := '{PARTMAN_4[interval]}', p_premake := {PREMAKE});"
    new = f"'range', p_interval := '{PARTMAN_5[interval]}', p_premake := {PREMAKE}, p_default_table := false);"
    maintain = "CALL partman.run_maintenance_proc();"
    return {
        "4.7": (create + old, keep, maintain),
        "5": (create + new, keep, maintain),
    }


def partitioned_schema(schema: Schema, plans: Sequence[PartitionPlan]) -> Schema:
    """The schema with all plans carried out, without the foreign keys that cannot refer to a partitioned table's shorter key."""
    changed = {one.table: one.changed for one in plans}
    tables = []
    for table in schema.tables:
        kept = changed.get(table.label, table)
        references = tuple(
            key
            for key in kept.foreign_keys
            if key.references not in changed or _refers(key.referenced_columns, changed[key.references])
        )
        tables.append(kept.model_copy(update={"foreign_keys": references}))
    return schema.model_copy(update={"tables": tuple(tables)})


def _refers(columns: tuple[str, ...], table: Table) -> bool:
    return any(set(columns) == set(key) for key in table.candidate_keys)


def with_proof(plan: PartitionPlan, pruning: Sequence[Pruning], proof: str) -> PartitionPlan:
    """The plan with what EXPLAIN said."""
    return replace(plan, pruning=tuple(pruning), proof=proof)


def upheld(plans: Sequence[PartitionPlan]) -> tuple[list[PartitionPlan], list[Refusal]]:
    """The plans that EXPLAIN bears out. One that size alone asks for falls where less than nine tenths of the statements prune; with a
    retention it stands, and says which statements read every partition."""
    kept, fallen = [], []
    for one in plans:
        loose = [each for each in one.pruning if not each.pruned and not each.early]
        share = 1 - sum(each.share for each in loose)
        if one.pruning and not one.retention and share < PRUNED:
            named = "; ".join(f"{each.query} reads {each.scanned or 'all'} of {each.of}" for each in loose[:4])
            fallen.append(
                Refusal(
                    one.table,
                    f"partitions by {one.key} were tried, and EXPLAIN says that only {share:.0%} of its statements prune: {named}",
                )
            )
            continue
        told = tuple(
            f"{each.query} reads the partitions one after the other and stops when it has its page"
            if each.early
            else f"{each.query} reads {each.scanned or 'all'} of {each.of} partitions: let it give {one.key}, or accept that"
            for each in one.pruning
            if not each.pruned
        )
        kept.append(replace(one, consequences=(*one.consequences, *told)))
    return kept, fallen
