"""Simulates a workload on a production twin: plans of every query, what they touch, what is wrong with them."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import psycopg
import sqlglot
from sqlglot.errors import SqlglotError

from dbdesign.errors import DesignError
from dbdesign.model.schema import Engine
from dbdesign.queries.analysis import analyse
from dbdesign.queries.placeholders import numbered
from dbdesign.simulate.clock import moved_to
from dbdesign.simulate.conditions import Asker
from dbdesign.simulate.findings.base import Case, PlanFinding, Subject, findings_of
from dbdesign.simulate.latency import STATEMENT, Latency, Machine, Plausibility, calibrate, latency
from dbdesign.simulate.pages import Pages, pages_of
from dbdesign.simulate.parameters import CASES, Parameter, parameters
from dbdesign.simulate.plans import SCANS, Plan, read_plan
from dbdesign.simulate.relations import Catalog
from dbdesign.simulate.unseen import unseen
from dbdesign.simulate.writes import Written, writes_of
from dbdesign.twin.statements import single_statement

if TYPE_CHECKING:
    from dbdesign.model.schema import Schema
    from dbdesign.model.workload import Query
    from dbdesign.queries.uses import StatementUse
    from dbdesign.simulate.growth import Growth
    from dbdesign.twin.twin import Explained, Twin

DIALECTS = {
    Engine.POSTGRESQL: "postgres",
    Engine.COCKROACHDB: "postgres",
    Engine.MYSQL: "mysql",
    Engine.TIDB: "mysql",
    Engine.SQLSERVER: "tsql",
    Engine.SQLITE: "sqlite",
}
_PARAMETER = re.compile(r"\$\d+")

_PLANNING = 2.5
"""Cost of planning for each relation of a statement, and once more: 1000 × cpu_operator_cost (`cached_plan_cost`, plancache.c)."""


@dataclass
class Simulated:
    """What the simulation says of one query.

    Attributes:
        sql: as it was planned: with `$1` … and in PostgreSQL's dialect.
        explained, plan: the generic plan, or the plan of a statement without parameters; None where there is an error.
        cases: custom plans.
        error: why it could not be planned.
    """

    query: Query
    sql: str
    explained: Explained | None = None
    plan: Plan | None = None
    use: StatementUse | None = None
    pages: Pages = field(default_factory=Pages)
    parameters: tuple[Parameter, ...] = ()
    cases: tuple[Case, ...] = ()
    findings: tuple[PlanFinding, ...] = ()
    latency: Latency | None = None
    verdict: tuple[Plausibility, str] | None = None
    writes: tuple[Written, ...] = ()
    growth: Growth | None = None
    notes: tuple[str, ...] = ()
    error: str | None = None

    @property
    def custom(self) -> tuple[str | None, ...] | None:
        """The typical values with which it is planned each time; None where the generic plan is the one that is used.

        PostgreSQL keeps to custom plans while they and their planning cost less on average than the generic one (`choose_custom_plan`
        and `cached_plan_cost`, plancache.c).
        """
        if self.explained is None or not self.cases:
            return None
        average = sum(one.cost + _planning(one.plan) for one in self.cases) / len(self.cases)
        return self.cases[0].values if average <= self.explained.cost else None

    @property
    def used(self) -> Plan | None:
        """The plan that the server keeps to: the one for typical values, or the generic one; None where there is none."""
        return self.plan if self.custom is None else self.cases[0].plan

    @property
    def sensitive(self) -> bool:
        """Whether its plan depends on the values of its parameters."""
        return len({case.plan.shape for case in self.cases}) > 1


def _planning(plan: Plan) -> float:
    return _PLANNING * (1 + sum(node.table is not None and node.type in SCANS for node in plan.nodes))


class Simulator:
    """Simulates queries on one twin."""

    def __init__(
        self, twin: Twin, schema: Schema, *, tell: Callable[[float, str], None] = lambda _done, _said: None
    ) -> None:
        self.twin, self.schema, self.tell = twin, schema, tell
        self.catalog = Catalog(twin)
        self.asker = Asker(twin)
        self.cases: tuple[str, ...] = CASES
        """For which values custom plans are made."""
        self.day: date | None = None
        """On which the statements are asked, as they read the clock; None for the server's own."""
        self._machine: Machine | None = None
        self._uses: dict[str, StatementUse | None] = {}
        self._known_types: dict[str, list[str]] = {}

    @property
    def assumptions(self) -> tuple[str, ...]:
        """What the latencies take for granted."""
        return self._machine.assumptions if self._machine else ()

    def simulate(self, queries: Sequence[Query]) -> list[Simulated]:
        """All queries; one that cannot be planned says so in its place."""
        found = []
        for number, query in enumerate(queries):
            self.tell(0.8 * number / len(queries), f"planning {query.name}")
            found.append(self._planned(query))
        machine = self.machine(found)
        for number, one in enumerate(found):
            self.tell(0.8 + 0.2 * number / len(queries), f"judging {one.query.name}")
            self._judge(one, machine)
        return found

    def machine(self, simulated: Iterable[Simulated]) -> Machine:
        """What latencies rest on: the cache against everything that the workload touches."""
        touched = {
            relation.oid: relation
            for one in simulated
            if one.plan
            for node in one.plan.nodes
            for relation in (node.table, node.index)
            if relation is not None
        }
        blocks = float(sum(self.twin.pages(one) for one in touched.values()))
        cache = self.catalog.settings.bytes("effective_cache_size")
        self._machine = Machine(
            unit=calibrate(self.catalog),
            cached=min(1.0, cache / (blocks * 8192)) if blocks else 1.0,
            cache=cache,
            touched=blocks * 8192,
        )
        return self._machine

    def planned(self, query: Query) -> Simulated:
        """One query's plans and pages, without findings and latency."""
        return self._planned(query)

    def _planned(self, query: Query) -> Simulated:
        try:
            sql = self.statement(query)
            explained = self.twin.explain(self.asked(sql))
        except DesignError as error:
            return Simulated(query, numbered(query.sql), error=str(error))
        one = Simulated(query, sql, explained, use=self._use(sql))
        one.plan = self.read(explained, one)
        one.pages = pages_of(one.plan, self.catalog)
        one.notes = tuple(unseen(sql, one.use, one.plan, self.schema))
        if _PARAMETER.search(sql):
            self._custom(one)
        if one.use and one.use.writes and one.used:
            one.writes = tuple(writes_of(one.use.writes, one.used, self.catalog, self.schema))
        return one

    def asked(self, sql: str) -> str:
        """A statement as it is asked on the day."""
        return sql if self.day is None else moved_to(sql, self.day)

    def read(self, explained: Explained, one: Simulated) -> Plan:
        """An EXPLAIN object as a tree."""
        tables = frozenset(one.use.tables) if one.use else frozenset()
        return read_plan(explained.plan, self.catalog, self.asker, tables=tables)

    def statement(self, query: Query) -> str:
        """The query as PostgreSQL plans it.

        Raises:
            InputError: where it is not one statement that can be planned.
        """
        dialect = DIALECTS[self.schema.engine]
        text = single_statement(query.sql, planned=False)
        if dialect == "postgres":
            return numbered(text)
        try:
            return numbered(sqlglot.transpile(text, read=dialect, write="postgres")[0])
        except (SqlglotError, RecursionError):
            return numbered(text)

    def _use(self, sql: str) -> StatementUse | None:
        """How a statement uses the schema, found out once."""
        if sql not in self._uses:
            try:
                self._uses[sql] = analyse(sql, self.schema, "postgres")
            except DesignError:
                self._uses[sql] = None
        return self._uses[sql]

    def _custom(self, one: Simulated) -> None:
        """Plans for representative values."""
        assert one.plan is not None  # noqa: S101 - it was planned
        found = parameters(one.plan, self._types(one.sql), self.catalog)
        one.parameters = tuple(found)
        unknown = [one for one in found if not one.values]
        if unknown or not found:
            if unknown:
                numbers = ", ".join(f"${one.number}" for one in unknown)
                one.notes = (
                    *one.notes,
                    f"no custom plans: nothing is known of values for {numbers} ({unknown[0].type})",
                )
            return
        cases: dict[tuple[str | None, ...], Case] = {}
        for name in self.cases:
            values = tuple((parameter.values or {}).get(name) for parameter in found)
            if values in cases:
                continue
            try:
                explained = self.twin.explain_with(self.asked(one.sql), values)
            except DesignError as error:
                one.notes = (*one.notes, f"no custom plan for {name} values: {error.what}")
                continue
            cases[values] = Case(name, values, self.read(explained, one), explained.plan)
        one.cases = tuple(cases.values())

    def _types(self, sql: str) -> list[str]:
        """The types of a statement's parameters, as PostgreSQL resolves them; asked once."""
        if sql not in self._known_types:
            self._known_types[sql] = self._asked_types(sql)
        return self._known_types[sql]

    def _asked_types(self, sql: str) -> list[str]:
        name = f"dbdesign_{secrets.token_hex(4)}"
        user = self.twin.database.user
        try:
            cursor = user.execute(
                f"PREPARE {name} AS {sql}; "
                f"select parameter_types::text[] from pg_catalog.pg_prepared_statements where name = '{name}'; "
                f"DEALLOCATE {name}".encode()
            )
            cursor.nextset()
            row = cursor.fetchone()
        except psycopg.Error:
            return []
        return list(row[0]) if row else []

    def _judge(self, one: Simulated, machine: Machine) -> None:
        if one.plan is None:
            return
        one.latency, one.verdict = self._latency(one, machine)
        one.findings = tuple(findings_of(self.subject(one)))

    def _latency(self, one: Simulated, machine: Machine) -> tuple[Latency, tuple[Plausibility, str] | None]:
        """The latency for typical values, and the verdict; a worse one for common values makes a plausible target doubtful.

        Where the server keeps to a generic plan of another shape, that one is judged, by its own estimates.
        """
        assert one.plan is not None  # noqa: S101 - only planned queries are judged
        other = one.custom is None and one.plan.shape not in {case.plan.shape for case in one.cases}
        plans = {} if other else {case.name: case.plan for case in one.cases}
        common = plans.get("common")
        typical = plans.get("typical") or common or one.plan

        def expected(plan: Plan) -> Latency:
            return latency(plan, pages_of(plan, self.catalog), self.catalog, machine, one.writes, beside=STATEMENT)

        usual = expected(typical)
        if one.query.target is None:
            return usual, None
        verdict = usual.against(one.query.target)
        if common is not None and common is not typical and verdict[0] == "plausible":
            worse, reason = expected(common).against(one.query.target)
            if worse != "plausible":
                return usual, ("doubtful", f"{verdict[1]} for typical values; for the commonest ones {reason}")
        return usual, verdict

    def subject(self, one: Simulated) -> Subject:
        """A query as the rules see it."""
        assert one.plan is not None and one.used is not None  # noqa: S101, PT018 - only planned queries are judged
        return Subject(
            one.query,
            one.sql,
            one.used,
            one.plan,
            one.cases,
            one.parameters,
            self.catalog,
            self.asker,
            self.schema,
            one.use,
            one.writes,
        )
