"""An execution plan as a tree of values, the same for every engine and every format that EXPLAIN writes.

Conventions that every reader keeps and everything that reads plans relies on:

- Counts are as the engine means them for **one loop** of the node: `estimated_rows`, `actual_rows`, `rows_removed_by_*`; where an engine
  gives totals, the reader divides. `total_rows` is the product with `loops`.
- Times are milliseconds, sizes bytes or, where named so, KiB, as the engines count them.
- `actual_startup_ms` and `actual_total_ms` are per loop, as PostgreSQL writes them. `total_ms` and `exclusive_ms` are of all loops, in
  time that passes on the clock: below a Gather they are divided by the number of processes (see `dbdesign.plans.metrics`).
- None means that the plan does not say. Zero means that it says zero.
- Names are unquoted; expressions are as the engine writes them.
- What only one engine has and no field is for stands in `extra`, by the engine's own names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from enum import StrEnum
from functools import cached_property
from typing import Any, Literal

from pydantic import Field

from dbdesign.model.base import Model
from dbdesign.model.plan_parts import (
    BitmapBlocks,
    Buffers,
    HashAggregate,
    HashTable,
    IoTimings,
    Jit,
    MemoizeCache,
    MemoryGrant,
    MissingIndex,
    PlanParameter,
    PlanWarning,
    RelationTotal,
    Serialization,
    SortGroups,
    SortSpace,
    TargetTable,
    Trigger,
    Wait,
    Wal,
    WorkerRun,
)


class PlanEngine(StrEnum):
    """The engines whose plans are read."""

    POSTGRESQL = "postgresql"
    MYSQL = "mysql"
    MARIADB = "mariadb"
    SQLSERVER = "sqlserver"
    SQLITE = "sqlite"
    COCKROACHDB = "cockroachdb"
    TIDB = "tidb"
    MONGODB = "mongodb"


NodeKind = Literal[
    "table scan",
    "index scan",
    "index only scan",
    "bitmap index scan",
    "bitmap heap scan",
    "lookup",
    "row source",
    "nested loop",
    "hash join",
    "merge join",
    "sort",
    "aggregate",
    "hash",
    "materialize",
    "limit",
    "filter",
    "set operation",
    "append",
    "exchange",
    "subquery",
    "modify",
    "other",
]
"""What a node does, whatever its engine calls it. A `lookup` fetches rows that an index pointed to (FETCH, Key Lookup, IndexLookUp); a
`row source` is VALUES, a function, a CTE or a working table; `exchange` moves rows between processes, threads or hosts; `subquery` is a
wrapper (Subquery Scan, a query block, a derived table)."""


class PlanNode(Model):
    """One node of a plan.

    Attributes:
        type: the engine's name of it, without what the other attributes say: `Seq Scan`, `Hash Join`, `Aggregate`, `ModifyTable` for
            PostgreSQL as its JSON has it; `Clustered Index Scan`, `COLLSCAN`, `TableReader` …
        number: its place in the tree, parents first, from 1. Findings name nodes by it.
        line: where it stands in the text that was read, from 1, where that is known.
        parent_relationship: PostgreSQL's `Outer`, `Inner`, `Member`, `Subquery`, `SubPlan`, `InitPlan`, `child`.
        subplan_name: `CTE recent`, `InitPlan 1 (returns $0)`, `SubPlan 2` as the engine names it.
        strategy: of Aggregate and SetOp: `Plain`, `Sorted`, `Hashed`, `Mixed`.
        partial_mode: `Simple`, `Partial`, `Finalize`.
        operation: of ModifyTable and remote changes: `Insert`, `Update`, `Delete`, `Merge`.
        command: of SetOp: `Except`, `Except All`, `Intersect`, `Intersect All`.
        relation, relation_schema, alias: the table that is read or written.
        index: the index that is used.
        possible_indexes, index_columns: which the engine considered (MySQL, MariaDB), which leading columns it uses.
        access_type: MySQL's and MariaDB's `ALL`, `ref`, `range` …; CockroachDB's, SQLite's and TiDB's way of access.
        estimated_rows, actual_rows: rows that one loop gives.
        rows_examined: rows or documents that one loop looked at before its filter, where the engine counts them (MySQL estimates it).
        keys_examined: index entries that one loop looked at (MongoDB, CockroachDB).
        filtered_percent: share of the examined rows that the engine expects to keep, in percent (MySQL, MariaDB).
        loops: how often it was run, summed over processes; 0 with `never_executed`.
        startup_cost, total_cost: the planner's, of one run, inclusive of what is below.
        width: bytes of a row, estimated.
        disabled: the planner was told not to use this (`enable_seqscan = off`) and found nothing else.
        recheck_condition … merge_condition: conditions as the engine writes them; `index_condition` is also MongoDB's index bounds,
            CockroachDB's spans, SQL Server's seek predicates, TiDB's range.
        hashed: of a SubPlan: its result is kept in a hash table, so that it runs once. Computed.
        cut_short: its parent did not ask for all its rows (Limit, a semi join, a merge join's end), so that fewer rows than estimated
            are no misestimate. Computed.
        total_ms, exclusive_ms: time of all loops on the clock, with and without what is below. Computed, or the engine's own.
        share: of `exclusive_ms` in the whole plan's time; without times, of `exclusive_cost` in its cost: see `Plan.measured_by`.
        estimate_factor: actual rows over estimated ones, both at least 1: 100 means 100 times more rows than expected, 0.01 that
            100 times fewer came. Computed; None where nothing ran.
        total_rows: `actual_rows` of all loops. Computed.
        total_rows_removed: rows read and thrown away in all loops by filter, join filter, recheck and conflict. Computed.
        exclusive_buffers, exclusive_io: those of the node itself. Computed.
        exclusive_cost: the part of the root's cost that is the node's own. Computed.
        flags: what MySQL and MariaDB say under Extra, SQLite in capitals, and the like.
        extra: everything else that the plan says of the node, by the engine's names.
    """

    type: str
    kind: NodeKind = "other"
    number: int = 0
    line: int | None = None

    parent_relationship: str | None = None
    subplan_name: str | None = None
    strategy: str | None = None
    partial_mode: str | None = None
    operation: str | None = None
    command: str | None = None
    join_type: str | None = None
    scan_direction: str | None = None
    parallel_aware: bool = False
    async_capable: bool = False
    inner_unique: bool | None = None
    single_copy: bool | None = None
    disabled: bool = False

    relation: str | None = None
    relation_schema: str | None = None
    alias: str | None = None
    index: str | None = None
    cte_name: str | None = None
    function_name: str | None = None
    possible_indexes: tuple[str, ...] = ()
    index_columns: tuple[str, ...] = ()
    access_type: str | None = None
    targets: tuple[TargetTable, ...] = ()

    startup_cost: float | None = None
    total_cost: float | None = None
    estimated_rows: float | None = None
    width: int | None = None
    filtered_percent: float | None = None

    actual_startup_ms: float | None = None
    actual_total_ms: float | None = None
    actual_rows: float | None = None
    loops: int | None = None
    never_executed: bool = False
    rows_examined: float | None = None
    keys_examined: float | None = None

    output: tuple[str, ...] = ()
    index_condition: str | None = None
    recheck_condition: str | None = None
    filter: str | None = None
    join_filter: str | None = None
    hash_condition: str | None = None
    merge_condition: str | None = None
    one_time_filter: str | None = None
    tid_condition: str | None = None
    order_by: str | None = None
    run_condition: str | None = None
    conflict_filter: str | None = None
    rows_removed_by_filter: float | None = None
    rows_removed_by_join_filter: float | None = None
    rows_removed_by_recheck: float | None = None
    rows_removed_by_conflict_filter: float | None = None
    sort_key: tuple[str, ...] = ()
    presorted_key: tuple[str, ...] = ()
    group_key: tuple[str, ...] = ()
    cache_key: str | None = None
    cache_mode: str | None = None

    sort: SortSpace | None = None
    full_sort_groups: SortGroups | None = None
    presorted_groups: SortGroups | None = None
    hash_table: HashTable | None = None
    aggregate: HashAggregate | None = None
    memoize: MemoizeCache | None = None
    bitmap: BitmapBlocks | None = None
    storage: str | None = None
    storage_kb: int | None = None
    memory_bytes: int | None = None
    disk_bytes: int | None = None
    heap_fetches: int | None = None
    index_searches: int | None = None
    subplans_removed: int | None = None
    partitions: tuple[str, ...] = ()
    workers_planned: int | None = None
    workers_launched: int | None = None
    workers: tuple[WorkerRun, ...] = ()
    buffers: Buffers | None = None
    io: IoTimings | None = None
    wal: Wal | None = None
    jit: Jit | None = None
    warnings: tuple[PlanWarning, ...] = ()
    flags: tuple[str, ...] = ()
    extra: Mapping[str, Any] = Field(default_factory=dict)

    hashed: bool = False
    cut_short: bool = False
    total_ms: float | None = None
    exclusive_ms: float | None = None
    exclusive_cost: float | None = None
    share: float | None = None
    estimate_factor: float | None = None
    total_rows: float | None = None
    total_rows_removed: float | None = None
    exclusive_buffers: Buffers | None = None
    exclusive_io: IoTimings | None = None

    children: tuple[PlanNode, ...] = ()

    def walk(self) -> Iterator[PlanNode]:
        """It and all below it, parents first, in the order of the text."""
        waiting: list[PlanNode] = [self]
        while waiting:
            node = waiting.pop()
            yield node
            waiting.extend(reversed(node.children))

    @property
    def name(self) -> str:
        """The node's name as PostgreSQL's text has it, of any engine: `Hash Left Join`, `HashAggregate`, `Parallel Seq Scan`."""
        return _name(self)

    @property
    def title(self) -> str:
        """Its name and what it works on: `Index Scan using orders_pkey on sales.orders o`."""
        said = self.name
        if self.index and self.kind == "bitmap index scan":
            return f"{said} on {self.index}"
        if self.index:
            said += f" using {self.index}"
        target = self.relation_label or self.cte_name or self.function_name
        if target:
            said += f" on {target}"
        alias = self.alias
        if alias and alias not in {target, self.relation, self.function_name}:
            said += f" {alias}" if target else f" on {alias}"
        return said

    @property
    def relation_label(self) -> str | None:
        """The relation with its schema, as people name it: `sales.orders`."""
        if self.relation is None:
            return None
        return f"{self.relation_schema}.{self.relation}" if self.relation_schema else self.relation

    @property
    def conditions(self) -> Mapping[str, str]:
        """Every condition of the node by attribute name."""
        found = {name: getattr(self, name) for name in CONDITIONS}
        return {name: value for name, value in found.items() if value}


def _join_name(type_: str, join: str) -> str:
    """PostgreSQL puts the kind of join into the name; other engines say it themselves, or it is put behind."""
    if type_ in {"Nested Loop", "Hash Join", "Merge Join"}:
        return f"{type_.removesuffix(' Join')} {join} Join"
    return type_ if join.lower() in type_.lower() else f"{type_} ({join.lower()})"


def _name(node: PlanNode) -> str:
    said = node.type
    if said == "Aggregate":
        said = {"Hashed": "HashAggregate", "Sorted": "GroupAggregate", "Mixed": "MixedAggregate"}.get(
            node.strategy or "", said
        )
    elif said == "SetOp":
        said = f"{'Hash' if node.strategy == 'Hashed' else ''}SetOp {node.command or ''}".rstrip()
    elif said == "ModifyTable" or (said == "Foreign Scan" and node.operation not in {None, "Select"}):
        said = f"{'Foreign ' if said == 'Foreign Scan' else ''}{node.operation or said}"
    elif node.join_type not in {None, "Inner"} and node.kind in {"nested loop", "hash join", "merge join"}:
        said = _join_name(said, str(node.join_type))
    if node.scan_direction == "Backward":
        said += " Backward"
    if node.partial_mode in {"Partial", "Finalize"}:
        said = f"{node.partial_mode} {said}"
    return f"{'Async ' if node.async_capable else ''}{'Parallel ' if node.parallel_aware else ''}{said}"


CONDITIONS = (
    "index_condition",
    "recheck_condition",
    "tid_condition",
    "hash_condition",
    "merge_condition",
    "join_filter",
    "one_time_filter",
    "run_condition",
    "conflict_filter",
    "filter",
)


class Plan(Model):
    """One statement's plan.

    Attributes:
        number: which of the plans in the text, from 1; `line` where it begins, from 1.
        analyzed: whether the statement was run, so that there are actual rows.
        version: what the plan itself says of the server's version, or what its form implies (`18`, `15+`).
        planning_ms, execution_ms: as the engine says them. `total_ms`: execution time, or the root's where there is none.
        nodes_ms: the sum of all exclusive times: the root's time, and that of data-modifying CTEs that run after it. Computed.
        unattributed_ms: of `total_ms`, what no node accounts for: triggers, start of JIT, executor start and end. Computed.
        measured_by: what shares are of: `time`, `cost`, or None where the plan has neither.
        query: the statement, where the text has it.
        rejected: other plans that the engine considered and shows (MongoDB).
        tables, indexes: totals, the dearest first. Computed.
        truncated: the text ended before the plan did; what was read until there is in the tree.
    """

    root: PlanNode
    number: int = 1
    line: int | None = None
    analyzed: bool = False
    version: str | None = None
    planning_ms: float | None = None
    execution_ms: float | None = None
    total_ms: float | None = None
    nodes_ms: float | None = None
    unattributed_ms: float | None = None
    measured_by: Literal["time", "cost"] | None = None
    planning_buffers: Buffers | None = None
    planning_io: IoTimings | None = None
    planning_memory_kb: int | None = None
    planning_memory_allocated_kb: int | None = None
    query: str | None = None
    query_id: str | None = None
    parameters: tuple[PlanParameter, ...] = ()
    settings: Mapping[str, str] = Field(default_factory=dict)
    triggers: tuple[Trigger, ...] = ()
    jit: Jit | None = None
    serialization: Serialization | None = None
    missing_indexes: tuple[MissingIndex, ...] = ()
    memory_grant: MemoryGrant | None = None
    waits: tuple[Wait, ...] = ()
    warnings: tuple[PlanWarning, ...] = ()
    rejected: tuple[PlanNode, ...] = ()
    tables: tuple[RelationTotal, ...] = ()
    indexes: tuple[RelationTotal, ...] = ()
    truncated: bool = False
    extra: Mapping[str, Any] = Field(default_factory=dict)

    @cached_property
    def nodes(self) -> tuple[PlanNode, ...]:
        """Every node, parents first: `nodes[n - 1].number == n`."""
        return tuple(self.root.walk())

    @cached_property
    def parents(self) -> Mapping[int, PlanNode]:
        """The parent of each node by the node's number; the root has none."""
        return {child.number: node for node in self.nodes for child in node.children}


class PlanNote(Model):
    """A piece of the text that was not understood, or what the reader should know. `text` is its beginning, at most 200 characters."""

    reason: str
    line: int | None = None
    text: str | None = None


class PlanText(Model):
    """What was read from a text.

    Attributes:
        engine: whose plans they are.
        format: `text`, `json`, `yaml`, `xml`, `table`, `tree`.
        pasted_as: what the plan was wrapped in, outermost first: `psql table`, `log`, `json string` …
    """

    engine: PlanEngine
    format: str
    plans: tuple[Plan, ...]
    notes: tuple[PlanNote, ...] = ()
    pasted_as: tuple[str, ...] = ()


__all__ = [
    "CONDITIONS",
    "BitmapBlocks",
    "Buffers",
    "HashAggregate",
    "HashTable",
    "IoTimings",
    "Jit",
    "MemoizeCache",
    "MemoryGrant",
    "MissingIndex",
    "NodeKind",
    "Plan",
    "PlanEngine",
    "PlanNode",
    "PlanNote",
    "PlanParameter",
    "PlanText",
    "PlanWarning",
    "RelationTotal",
    "Serialization",
    "SortGroups",
    "SortSpace",
    "TargetTable",
    "Trigger",
    "Wait",
    "Wal",
    "WorkerRun",
]
