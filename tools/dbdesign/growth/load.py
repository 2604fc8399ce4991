"""What the workload asks of the machine: processor time, blocks touched and written, log, transactions, for each query and in any month.

Each query is simulated on the twin of today and of the horizon; between both its costs are taken to grow evenly by a factor a month.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dbdesign.dialects.base import dialect
from dbdesign.errors import DesignError
from dbdesign.model.statistics import BLOCK
from dbdesign.model.types import Kind
from dbdesign.model.workload import Query
from dbdesign.queries.analysis import analyse
from dbdesign.simulate.latency import CACHED_READ, latency
from dbdesign.simulate.latency import Machine as Speed
from dbdesign.simulate.pages import node_pages, pages_of

if TYPE_CHECKING:
    from dbdesign.model.design import Design
    from dbdesign.model.schema import Table
    from dbdesign.model.statistics import ColumnStatistics
    from dbdesign.queries.uses import StatementUse, Write
    from dbdesign.simulate.plans import Plan
    from dbdesign.simulate.relations import Catalog
    from dbdesign.simulate.simulator import Simulated, Simulator
    from dbdesign.simulate.writes import Written

UNIT = 0.006
"""Milliseconds of a unit of processor cost: a row of `count(*)` over generate_series costs 0.0125 units and takes about 75 ns on current
server processors. Fixed, so that a plan is the same wherever it is made."""

STATEMENT = 0.05
"""Milliseconds of processor time of any statement beside its plan: protocol, parsing, planning, snapshot (`pgbench -S` reaches about
20,000 transactions a second and core)."""

ROW_WRITTEN = 0.01
"""Milliseconds of processor time of a row or an index entry that is written, its log included."""

ROUND_TRIP = 0.5
"""Milliseconds that a connection is kept busy beside the server's work: a network round trip within one region."""

LOG_RECORD = 54
"""Bytes of a log record beside its data: header 24, block reference 20, the insert's own 10 (xlogrecord.h, heapam_xlog.h), aligned."""

COMMIT_RECORD = 46
"""Bytes of a commit record (xactdesc, `XLOG_XACT_COMMIT` without invalidations)."""


@dataclass(frozen=True)
class Cost:
    """One execution.

    Attributes:
        processor: milliseconds.
        touched: blocks by table, its indexes counted in.
        written: rows written by table.
        dirtied: blocks written at random places, by table; those at the end of a table or of an ordered index are written together.
        advanced: blocks of indexes written at the ends of their groups, by table: a device's newest reading follows its last one.
        fronts: such ends, by table: groups of rows within which an index goes on in order.
        log: bytes of log without full-page images.
        plan: its shape in words, for people.
    """

    processor: float
    touched: Mapping[str, float]
    written: Mapping[str, float] = field(default_factory=dict)
    dirtied: Mapping[str, float] = field(default_factory=dict)
    log: float = 0.0
    advanced: Mapping[str, float] = field(default_factory=dict)
    fronts: Mapping[str, float] = field(default_factory=dict)

    @property
    def blocks(self) -> float:
        """All blocks touched."""
        return sum(self.touched.values())


@dataclass(frozen=True)
class QueryLoad:
    """A query with its rates and costs.

    Attributes:
        growth: by which its rate is multiplied each month.
        error: why it could not be simulated; it then counts nothing.
    """

    query: Query
    rate: float
    peak: float
    growth: float
    use: StatementUse | None
    now: Cost
    then: Cost
    error: str | None = None

    @property
    def writes(self) -> bool:
        """Whether it changes anything."""
        return bool(self.use and self.use.writes)


@dataclass(frozen=True)
class Load:
    """The whole workload.

    Attributes:
        months: to the month of `QueryLoad.then`.
    """

    queries: tuple[QueryLoad, ...]
    months: float
    _costs: dict[tuple[int, float], Cost] = field(default_factory=dict, repr=False)
    _sums: dict[tuple[str, float], dict[str, float]] = field(default_factory=dict, repr=False)

    def rate(self, one: QueryLoad, months: float, *, peak: bool = True) -> float:
        """Executions a second in a month."""
        return float((one.peak if peak else one.rate) * one.growth**months)

    def cost(self, one: QueryLoad, months: float) -> Cost:
        """One execution in a month."""
        if months <= 0 or self.months <= 0:
            return one.now
        place = id(one), months
        if place not in self._costs:
            self._costs[place] = self._cost(one, months / self.months)
        return self._costs[place]

    @staticmethod
    def _cost(one: QueryLoad, share: float) -> Cost:
        return Cost(
            _between(one.now.processor, one.then.processor, share),
            _mapped(one.now.touched, one.then.touched, share),
            _mapped(one.now.written, one.then.written, share),
            _mapped(one.now.dirtied, one.then.dirtied, share),
            _between(one.now.log, one.then.log, share),
            _mapped(one.now.advanced, one.then.advanced, share),
            _mapped(one.now.fronts, one.then.fronts, share),
        )

    def processor(self, months: float) -> float:
        """Cores busy at peak."""
        return sum(self.rate(one, months) * self.cost(one, months).processor for one in self.queries) / 1000

    def touched(self, months: float) -> dict[str, float]:
        """Blocks touched a second at peak by table."""
        return self._summed(months, "touched", peak=True)

    def dirtied(self, months: float) -> dict[str, float]:
        """Blocks written at random places a second at peak by table."""
        return self._summed(months, "dirtied", peak=True)

    def advanced(self, months: float) -> dict[str, tuple[float, float]]:
        """Blocks written at the ends of groups a second at peak, and how many ends there are, by table."""
        fronts: dict[str, float] = {}
        for one in self.queries:
            for table, number in self.cost(one, months).fronts.items():
                fronts[table] = max(fronts.get(table, 0.0), number)
        return {table: (rate, fronts[table]) for table, rate in self._summed(months, "advanced", peak=True).items()}

    def written(self, months: float) -> dict[str, float]:
        """Rows written a second on average by table."""
        return self._summed(months, "written", peak=False)

    def _summed(self, months: float, part: str, *, peak: bool) -> dict[str, float]:
        if (part, months) not in self._sums:
            found: dict[str, float] = {}
            for one in self.queries:
                rate = self.rate(one, months, peak=peak)
                for table, number in getattr(self.cost(one, months), part).items():
                    found[table] = found.get(table, 0.0) + rate * number
            self._sums[part, months] = found
        return self._sums[part, months]

    def commits(self, months: float, *, peak: bool = True) -> float:
        """Transactions a second that write."""
        return sum(self.rate(one, months, peak=peak) for one in self.queries if one.writes)

    def log(self, months: float, *, peak: bool = False) -> float:
        """Bytes of log a second without full-page images."""
        return sum(
            self.rate(one, months, peak=peak) * self.cost(one, months).log for one in self.queries
        ) + COMMIT_RECORD * self.commits(months, peak=peak)

    def statements(self, months: float) -> float:
        """Statements a second at peak."""
        return sum(self.rate(one, months) for one in self.queries)


def _between(now: float, then: float, share: float) -> float:
    if now <= 0 or then <= 0:
        return max(0.0, now + (then - now) * share)
    return float(now * (then / now) ** min(share, 12.0))


def _mapped(now: Mapping[str, float], then: Mapping[str, float], share: float) -> dict[str, float]:
    return {one: _between(now.get(one, 0.0), then.get(one, 0.0), share) for one in dict.fromkeys([*now, *then])}


def costs_of(simulated: Sequence[Simulated], simulator: Simulator, cache: float) -> dict[str, Cost]:
    """What one execution of each query costs on the twin as it is filled now, by name; nothing for those that could not be planned."""
    speed = Speed(unit=UNIT, cached=1.0, cache=cache, touched=0.0)
    return {one.query.name: _cost(one, simulator.catalog, speed) for one in simulated if one.plan is not None}


def _cost(one: Simulated, catalog: Catalog, speed: Speed) -> Cost:
    plan = _usual(one)
    warm = latency(plan, pages_of(plan, catalog), catalog, speed).warm
    processes = plan.workers + 1.0  # a parallel plan is sooner done and takes no less
    touched = _touched(plan, catalog)
    written: dict[str, float] = {}
    dirtied: dict[str, float] = {}
    advanced: dict[str, float] = {}
    fronts: dict[str, float] = {}
    log = processor = 0.0
    for write in one.writes:
        written[write.table] = written.get(write.table, 0.0) + write.rows
        ends = _ends(write, catalog)
        dirtied[write.table] = dirtied.get(write.table, 0.0) + _dirtied(write, catalog) - write.rows * len(ends)
        if ends:
            advanced[write.table] = advanced.get(write.table, 0.0) + write.rows * len(ends)
            fronts[write.table] = fronts.get(write.table, 0.0) + sum(ends)
        log += _logged(write, catalog)
        processor += write.pages * ROW_WRITTEN
        for key in write.foreign_keys:
            blocks = min(key.blocks, 2.0) if key.indexed else key.blocks  # above the leaves all is in memory
            touched[key.table] = touched.get(key.table, 0.0) + blocks * write.rows
            processor += key.blocks * write.rows * CACHED_READ
        touched[write.table] = touched.get(write.table, 0.0) + write.rows * len(write.indexes)
    return Cost(STATEMENT + warm * processes + processor, touched, written, dirtied, log, advanced, fronts)


def _usual(one: Simulated) -> Plan:
    """The plan for typical values, else the generic one."""
    by_name = {case.name: case.plan for case in one.cases}
    plan = by_name.get("typical") or by_name.get("common") or one.plan
    assert plan is not None  # noqa: S101 - only planned queries have costs
    return plan


def _touched(plan: Plan, catalog: Catalog) -> dict[str, float]:
    seen = {node.table.oid: catalog.twin.pages(node.table) for node in plan.nodes if node.table is not None}
    every = max(1.0, float(sum(seen.values())))
    found: dict[str, float] = {}
    for node in plan.nodes:
        table = node.table or (catalog.by_oid.get(node.index.table or 0) if node.index else None)
        pages = node_pages(node, catalog, every)
        if table is not None and pages.total > 0:
            label = catalog.root(table).label
            found[label] = found.get(label, 0.0) + pages.sequential + pages.random
    return found


def _dirtied(write: Written, catalog: Catalog) -> float:
    """Blocks at random places: the row's where it was there before, an entry's in each index whose values do not come in order."""
    relation = catalog.twin.relation(write.table)
    by_name = {index.name: index for index in catalog.indexes(relation)} if relation else {}
    random = 0.0
    for kept in write.indexes:
        index = by_name.get(kept.name)
        first = index.attributes[0].table_column if index and index.attributes else None
        column = catalog.twin.column(relation, first) if relation and first else None
        ordered = column is not None and abs(column.correlation or 0.0) > 0.99
        random += 0.0 if ordered and write.kind == "insert" else 1.0
    if write.kind == "update" and write.hot:
        random = 0.0
    return write.rows * (random + (write.kind != "insert"))


def _ends(write: Written, catalog: Catalog) -> list[float]:
    """For each index that an insert goes on with in order within groups (device, time): how many groups, each of which has one last block.

    Measured on 18: 600,000 rows of 20,000 devices in turn, after 4 million, log images of 24,947 blocks, splits and heap included.
    """
    relation = catalog.twin.relation(write.table)
    if relation is None or write.kind != "insert":
        return []
    by_name = {index.name: index for index in catalog.indexes(relation)}
    found = []
    for kept in write.indexes:
        groups = 1.0
        for place, each in enumerate(by_name[kept.name].attributes if kept.name in by_name else ()):
            column = catalog.twin.column(relation, each.table_column) if each.table_column else None
            if column is None:
                break
            if abs(column.correlation or 0.0) > 0.99:
                if place:
                    found.append(groups)
                break
            groups *= _distinct(column, catalog.twin.rows(relation))
    return found


def _distinct(column: ColumnStatistics, rows: float) -> float:
    number = column.n_distinct
    return max(-number * rows if number < 0 else number, 1.0) if number else max(rows, 1.0)


def _logged(write: Written, catalog: Catalog) -> float:
    """Bytes of log of a write: the new row (an update's changed part is taken for all of it), and each index entry."""
    relation = catalog.twin.relation(write.table)
    rows = max(1.0, catalog.twin.rows(relation)) if relation else 1.0
    width = catalog.twin.pages(relation) * BLOCK / rows if relation else 100.0
    if relation is not None and relation.kind == "p":
        leaves = catalog.leaves(relation)
        width = (
            sum(catalog.twin.pages(one) for one in leaves)
            * BLOCK
            / max(1.0, sum(catalog.twin.rows(one) for one in leaves))
        )
    row = LOG_RECORD + (0.0 if write.kind == "delete" else min(width, BLOCK))
    entries = len(write.indexes) * (LOG_RECORD + 20.0) if write.kind != "delete" and not write.hot else 0.0
    return write.rows * (row + entries)


def workload(
    design: Design, simulated: Sequence[Simulated], now: Mapping[str, Cost], then: Mapping[str, Cost], months: float
) -> Load:
    """The load of all queries with a rate."""
    found = []
    for one in simulated:
        query = one.query
        rate = query.rate if query.rate is not None else query.peak
        if rate is None:
            continue
        cost = now.get(query.name, Cost(0.0, {}))
        found.append(
            QueryLoad(
                query,
                rate,
                query.peak if query.peak is not None else rate,
                _growth(design, one.use),
                one.use,
                cost,
                then.get(query.name, cost),
                one.error,
            )
        )
    return Load(tuple(found), months)


def _growth(design: Design, use: StatementUse | None) -> float:
    """By which a query's rate grows a month: as its fastest table does by a share; not at all where none of them does."""
    rates = [0.0]
    for label in use.tables if use else ():
        volume = design.workload.volumes.get(label)
        if volume and volume.growth and volume.growth.rate_per_month:
            rates.append(volume.growth.rate_per_month)
    return 1 + max(rates)


def arrivals(design: Design, table: Table, rows: float) -> float:
    """Rows a month that a table gains before what retention takes away.

    Of rows that grow by a share r a month and are kept for R months, N are held when N·ln(1+r) / (1 − (1+r)^−R) arrive; without a
    retention N·ln(1+r).
    """
    volume = design.workload.volumes.get(table.label)
    growth = volume.growth if volume else None
    inserts = 0.0
    if growth is not None and growth.rows_per_second:
        inserts = growth.rows_per_second * SECONDS_PER_MONTH
    elif growth is not None and growth.rate_per_month and growth.rate_per_month > 0:
        by_log = math.log1p(growth.rate_per_month)
        kept = volume.retention_days / DAYS_PER_MONTH if volume and volume.retention_days else math.inf
        inserts = rows * by_log / (1 - (1 + growth.rate_per_month) ** -kept if math.isfinite(kept) else 1.0)
    elif volume is not None and volume.retention_days:
        inserts = rows / (volume.retention_days / DAYS_PER_MONTH)
    return inserts


def with_arrivals(design: Design) -> tuple[Design, list[str]]:
    """The design with a statement that inserts for each table that grows and that no statement of the workload inserts into; and which."""
    workload_of = design.workload
    written = {
        write.table.label
        for query in workload_of.queries
        for write in _writes(query, design)
        if write.kind in {"insert", "merge"}
    }
    queries, labels = list(workload_of.queries), []
    for table in design.schema_.tables:
        volume = workload_of.volumes.get(table.label)
        rate = arrivals(design, table, (volume.rows if volume else None) or 0.0) / SECONDS_PER_MONTH
        if rate <= 0 or table.label in written or table.partition_of is not None:
            continue
        labels.append(table.label)
        queries.append(Query(name=f"rows that arrive in {table.label}", sql=_insert(table, design), rate=rate))
    changed = workload_of.model_copy(update={"queries": tuple(queries)})
    return design.model_copy(update={"workload": changed}), labels


_INSERTS = re.compile(r"\b(?:insert|merge|replace)\b", re.IGNORECASE)


def _writes(query: Query, design: Design) -> list[Write]:
    if not _INSERTS.search(query.sql):
        return []
    try:
        return analyse(query.sql, design.schema_, dialect(design.schema_.engine).sqlglot).writes
    except DesignError:
        return []


def _insert(table: Table, design: Design) -> str:
    """An INSERT of one row, in the engine's dialect."""
    spelled = dialect(design.schema_.engine)
    columns = [
        spelled.identifier(one.name)
        for one in table.columns
        if one.generated is None and not (one.identity is not None and one.identity.mode in {"always", "identity"})
    ]
    values = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
    target = spelled.qualified(table.namespace, table.name)
    return (
        f"INSERT INTO {target} ({', '.join(columns)}) VALUES ({values})"
        if columns
        else f"INSERT INTO {target} DEFAULT VALUES"
    )


def contradictions(design: Design, load: Load) -> list[str]:
    """Tables that grow by far less, or more, than statements insert: one of the two numbers is wrong."""
    found = []
    for table in design.schema_.tables:
        volume = design.workload.volumes.get(table.label)
        if volume is None or not volume.rows or table.partition_of is not None:
            continue
        inserted = sum(
            load.rate(one, 0.0, peak=False) * one.now.written.get(table.label, 0.0)
            for one in load.queries
            if one.use and any(write.kind == "insert" and write.table.label == table.label for write in one.use.writes)
        )
        deleted = any(
            write.kind == "delete" and write.table.label == table.label
            for one in load.queries
            if one.use
            for write in one.use.writes
        )
        said = arrivals(design, table, volume.rows) / SECONDS_PER_MONTH
        if inserted * SECONDS_PER_MONTH < 0.01 * volume.rows and said * SECONDS_PER_MONTH < 0.01 * volume.rows:
            continue
        if not deleted and (inserted > FAR_APART * said or said > FAR_APART * inserted > 0):
            found.append(
                f"statements insert {inserted:,.3g} rows a second into {table.label}, but its growth and retention say {said:,.3g}: sizes "
                "follow the growth, load and log the statements; say which of the two holds"
            )
    return found


FAR_APART = 3.0
"""How many times as many rows statements may insert as a table's growth says, or the other way, before it is said."""
SECONDS_PER_MONTH = 2_629_746.0
DAYS_PER_MONTH = SECONDS_PER_MONTH / 86_400

CAPACITY: Mapping[Kind, float] = {
    Kind.INT8: 2.0**7 - 1,
    Kind.INT16: 2.0**15 - 1,
    Kind.INT24: 2.0**23 - 1,
    Kind.INT32: 2.0**31 - 1,
    Kind.INT64: 2.0**63 - 1,
}
"""Values above zero of an integer (manual, 8.1 "Numeric Types")."""


def refused(simulated: Sequence[Simulated]) -> list[str]:
    """The queries that count nothing, and why."""
    return [f"{one.query.name}: {one.error}" for one in simulated if one.error] + [
        f"{one.query.name}: has no rate" for one in simulated if one.query.rate is None and one.query.peak is None
    ]
