"""What `simulate_queries` answers, and how a simulation becomes entries of pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, Field

from dbdesign.api.answer import Answer, plural
from dbdesign.api.paging import Item, paginate, shortened

if TYPE_CHECKING:
    from dbdesign.api.twin_source import TwinInput
    from dbdesign.simulate.findings.base import Case, PlanFinding
    from dbdesign.simulate.growth import Growth
    from dbdesign.simulate.parameters import Parameter
    from dbdesign.simulate.simulator import Simulated
    from dbdesign.simulate.unused import UnusedIndex
    from dbdesign.simulate.writes import Written

Detail = Literal["names", "summary", "full"]
Level = Literal["info", "low", "medium", "high"]
SECTIONS = ("queries", "unused_indexes", "assumptions", "notes")
TITLES = {"queries": "Queries", "unused_indexes": "Indexes that no plan uses"}


class PlanFindingOut(BaseModel):
    """One thing that is wrong with a plan."""

    id: str
    severity: Level
    node: str = Field(description="of the plan")
    message: str
    numbers: dict[str, float | str] = Field(default_factory=dict)
    remedy: str


class ParameterOut(BaseModel):
    """What `$n` is compared with."""

    number: int
    type: str
    column: str | None = None


class CaseOut(BaseModel):
    """The custom plan for values of the parameters."""

    case: str = Field(description="common, typical or rare; of ranges wide, middle, narrow")
    values: list[str | None]
    cost: float
    rows: float
    shape: str | None = None
    plan: dict[str, Any] | None = None


class TargetOut(BaseModel):
    """Whether the latency target can be met: an order of magnitude with its reasoning, not a measurement."""

    target: str | None = None
    verdict: Literal["plausible", "doubtful", "implausible", "no target"]
    reasoning: str


class SimulatedQueryOut(BaseModel):
    """A query. `cost` is the planner's; `pages` are blocks of 8 kB that it touches."""

    name: str
    sql: str | None = None
    rate: float | None = Field(default=None, description="executions a second")
    cost: float | None = None
    rows: float | None = None
    width: int | None = None
    pages: float | None = None
    workers: int | None = None
    latency: TargetOut | None = None
    shape: str | None = Field(default=None, description="nodes, relations and indexes of the plan")
    plan: dict[str, Any] | None = Field(default=None, description="PostgreSQL's EXPLAIN (FORMAT JSON)")
    findings: list[PlanFindingOut] = Field(default_factory=list)
    parameters: list[ParameterOut] = Field(default_factory=list)
    parameter_sensitive: bool | None = None
    plan_kept: Literal["generic", "custom"] | None = Field(
        default=None,
        description="by the server: without the values, or made for them each time; what findings and latency are of",
    )
    custom_plans: list[CaseOut] = Field(default_factory=list)
    growth: dict[str, Any] | None = None
    writes: list[dict[str, Any]] = Field(default_factory=list)
    notes: list[str] = Field(default_factory=list)
    error: str | None = None


class UnusedIndexOut(BaseModel):
    """An index that no plan of the workload uses."""

    index: str
    table: str
    size_bytes: int
    reason: str


class SimulateQueriesAnswer(Answer):
    """What `simulate_queries` answers."""

    engine: str
    detail: Detail
    queries: list[SimulatedQueryOut]
    unused_indexes: list[UnusedIndexOut] = Field(default_factory=list)
    assumptions: list[str] = Field(default_factory=list)
    notes: list[str] = Field(default_factory=list)
    proof: str


@dataclass(frozen=True)
class Simulation:
    """A simulation as it was made, before it is cut into pages."""

    given: TwinInput
    queries: tuple[Simulated, ...]
    proof: str
    assumptions: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    unused: tuple[UnusedIndex, ...] = ()


def pages_of(simulation: Simulation, detail: Detail | None, budget: int | None) -> tuple[Detail, list[list[Item]]]:
    """The pages, in full where that fits one page or was asked for."""
    level: Detail = detail or "full"
    pages = paginate(_items(simulation, level, budget), budget)
    if detail is None and len(pages) > 1:
        level = "summary"
        pages = paginate(_items(simulation, level, budget), budget)
    return level, pages


def _items(simulation: Simulation, detail: Detail, budget: int | None) -> list[Item]:
    limit = budget * 0.4 if budget else float("inf")
    items = [_query_item(one, detail, limit) for one in simulation.queries]
    items += [_unused_item(one) for one in simulation.unused]
    assumptions = [*simulation.given.assumptions, *simulation.assumptions]
    items += [Item("assumptions", text, f"assumed: {text}") for text in assumptions]
    notes = [*simulation.given.notes, *dict.fromkeys(simulation.problems)]
    return [*items, *(Item("notes", text, text) for text in shortened(notes, 500))]


def _unused_item(one: UnusedIndex) -> Item:
    value = {"index": one.name, "table": one.table, "size_bytes": one.size, "reason": one.reason}
    return Item("unused_indexes", value, f"{one.name} on {one.table}: {one.reason}")


def _query_item(one: Simulated, detail: Detail, limit: float) -> Item:
    value = query_value(one, detail)
    item = Item("queries", value, query_text(one, detail))
    if item.tokens <= limit:
        return item
    notes = [*value.get("notes", []), "too long for a page: plans are left out; `dbdesign simulate --json` prints them"]
    value = {key: part for key, part in value.items() if key != "plan"} | {"notes": notes}
    value["custom_plans"] = [{k: v for k, v in case.items() if k != "plan"} for case in value.get("custom_plans", [])]
    return Item("queries", shortened(value, 1500), shortened(query_text(one, "summary"), 4000))


def query_value(one: Simulated, detail: Detail) -> dict[str, Any]:
    """A query as JSON."""
    rate = {"rate": one.query.rate} if one.query.rate is not None else {}
    if one.plan is None or one.explained is None:
        return {"name": one.query.name, "sql": one.sql, **rate, "error": one.error, "findings": []}
    value: dict[str, Any] = {"name": one.query.name, **rate, "cost": one.explained.cost, "rows": one.explained.rows}
    if detail == "names":
        return value
    value = {"name": one.query.name, "sql": one.sql, **rate, "cost": one.explained.cost, "rows": one.explained.rows}
    value |= {"width": int(one.plan.root.width), "pages": round(one.pages.total), "workers": one.plan.workers}
    value |= {"latency": _target(one), "shape": one.plan.shape}
    if detail == "full":
        value["plan"] = dict(one.explained.plan)
    value["findings"] = [_finding(finding) for finding in one.findings]
    if one.parameters:
        value["parameters"] = [_parameter(parameter) for parameter in one.parameters]
    if one.cases:
        value["parameter_sensitive"] = one.sensitive
        value["plan_kept"] = "generic" if one.custom is None else "custom"
        value["custom_plans"] = [_case(case, detail) for case in one.cases]
    if one.growth is not None:
        value["growth"] = growth_value(one.growth)
    if one.writes:
        value["writes"] = [write_value(written) for written in one.writes]
    return value | ({"notes": list(one.notes)} if one.notes else {})


def growth_value(growth: Growth) -> dict[str, Any]:
    """How a cost grows, as JSON."""
    flips = [
        {
            "months": flip.months,
            "exact": flip.exact,
            "from": flip.before,
            "to": flip.after,
            "cost_before": flip.cost_before,
            "cost_after": flip.cost_after,
        }
        for flip in growth.flips
    ]
    return {
        "class": growth.kind,
        "factor": float(f"{growth.factor:.4g}"),
        "rows_factor": float(f"{growth.data:.4g}"),
        "points": [{"months": point.months, "cost": point.cost, "rows": point.rows} for point in growth.points],
        "flips": flips,
    }


def write_value(written: Written) -> dict[str, Any]:
    """What a write entails, as JSON; empty parts left out."""
    value: dict[str, Any] = {
        "table": written.table,
        "kind": written.kind,
        "rows": written.rows,
        "pages": round(written.pages),
    }
    value |= {"columns": list(written.columns)} if written.columns else {}
    if written.hot is not None:
        value |= {"hot": written.hot, "hot_reason": written.hot_reason}
    value["indexes"] = [asdict(one) for one in written.indexes]
    value["foreign_keys"] = [asdict(one) | {"columns": list(one.columns)} for one in written.foreign_keys]
    for name in ("triggers", "checks", "generated", "partitioned_by", "notes"):
        if found := getattr(written, name):
            value[name] = list(found)
    value |= {"partitions": written.partitions} if written.partitions else {}
    return value | {"said": list(write_lines(written))}


def _target(one: Simulated) -> dict[str, Any]:
    target = one.query.target
    if target is None or one.verdict is None:
        return {"verdict": "no target", "reasoning": one.latency.reasoning if one.latency else ""}
    seconds = target.milliseconds / 1000
    aim = f"p{target.percentile:g} {f'{seconds:g}s' if seconds >= 1 else f'{target.milliseconds:g}ms'}"
    return {"target": aim, "verdict": one.verdict[0], "reasoning": one.verdict[1]}


def _finding(finding: PlanFinding) -> dict[str, Any]:
    return {
        "id": finding.id,
        "severity": finding.severity.value,
        "node": finding.node,
        "message": finding.message,
        "numbers": dict(finding.numbers),
        "remedy": finding.remedy,
    }


def _parameter(one: Parameter) -> dict[str, Any]:
    column = {"column": f"{one.table}.{one.column}"} if one.column else {}
    return {"number": one.number, "type": one.type, **column}


def _case(case: Case, detail: Detail) -> dict[str, Any]:
    value = {
        "case": case.name,
        "values": list(case.values),
        "cost": case.cost,
        "rows": case.plan.root.rows,
        "shape": case.plan.shape,
    }
    return value | ({"plan": dict(case.raw)} if detail == "full" else {})


def query_text(one: Simulated, detail: Detail) -> str:
    """A query as text."""
    from dbdesign.simulate.latency import count
    from dbdesign.simulate.plans import readable

    name = one.query.name
    planned = one.plan
    if planned is None or one.explained is None:
        return f"{name}: not planned: {one.error}"
    said = f"{name}: cost {one.explained.cost:,.0f}, {count(one.explained.rows)} rows, {count(one.pages.total)} blocks"
    if detail == "names":
        return said
    target = _target(one)
    lines = [
        said,
        f"  latency {target.get('target', '')}: {target['verdict']}: {target['reasoning']}".replace(" :", ":"),
    ]
    lines += [f"  {found.severity.value} {found.id}: {found.message}\n    {found.remedy}" for found in one.findings]
    if one.cases:
        costs = ", ".join(f"{case.name} ({', '.join(map(str, case.values))}) {case.cost:,.0f}" for case in one.cases)
        kept = "the generic plan" if one.custom is None else "plans made for the values"
        depends = "; the plan depends on the values" if one.sensitive else ""
        lines.append(f"  cost by values: {costs}; the server keeps to {kept}{depends}")
    lines += [
        f"  {line}" for line in (*growth_lines(one.growth), *(said for one in one.writes for said in write_lines(one)))
    ]
    lines += [f"  note: {note}" for note in one.notes]
    plan = readable(planned) if detail == "full" else planned.shape
    return "\n".join([*lines, *(f"  {line}" for line in plan.splitlines())])


def growth_lines(growth: Growth | None) -> Iterator[str]:
    """How a cost grows, in sentences."""
    if growth is None:
        return
    last = growth.points[-1].months
    yield (
        f"growth: {growth.kind}: cost × {growth.factor:.3g} in {last:g} months, where the rows of its tables grow × {growth.data:.3g}"
    )
    for flip in growth.flips:
        when = f"in month {flip.months:g}" if flip.exact else f"before month {flip.months:g}"
        yield f"the plan changes {when}: {flip.before} → {flip.after} (cost {flip.cost_before:,.0f} → {flip.cost_after:,.0f})"


def write_lines(written: Written) -> Iterator[str]:
    """What a write entails, in sentences."""
    said = f"{written.kind} {written.table}: {plural(round(written.rows), 'row')}, about {plural(round(written.pages), 'block')} written"
    if written.kind != "delete":
        kept = ", ".join(one.name for one in written.indexes) or "none"
        said += f"; indexes maintained: {kept}"
    if written.hot is not None:
        said += f"; {'heap-only update possible' if written.hot else 'no heap-only update'}: {written.hot_reason}"
    yield said
    for key in written.foreign_keys:
        by = "by an index" if key.indexed else f"by a scan of {key.rows:,.0f} rows"
        what = "looks up the parent in" if key.side == "referencing" else "looks for rows that refer to it in"
        yield f"foreign key {key.name}: {what} {key.table} {by}" + (
            f", on delete {key.action}" if key.side == "referenced" else ""
        )
    for title, found in (("triggers", written.triggers), ("checks", written.checks), ("computes", written.generated)):
        if found:
            yield f"{title}: {', '.join(found)}"
    if written.partitions:
        yield f"routed to one of {written.partitions} partitions by {', '.join(written.partitioned_by)}"
    yield from written.notes


def summary_of(simulation: Simulation, detail: Detail) -> str:
    """The summary: what was planned, the verdicts, the worst findings."""
    given, queries = simulation.given, simulation.queries
    when = f" in {given.months:g} months" if given.months else ""
    tables = plural(len(given.design.schema_.tables), "table")
    said = [f"{given.name} ({tables}): {plural(len(queries), 'query')} simulated{when} ({simulation.proof}, no data)."]
    verdicts = Counter(one.verdict[0] for one in queries if one.verdict)
    if verdicts:
        said.append(
            f"Latency targets: {', '.join(f'{number} {verdict}' for verdict, number in verdicts.most_common())}."
        )
    found = [finding for one in queries for finding in one.findings]
    if found:
        by_severity = Counter(one.severity for one in found)
        ordered = sorted(by_severity.items(), key=lambda one: -one[0].rank)
        common = Counter(one.id for one in found).most_common(4)
        said.append(
            f"{plural(len(found), 'finding')} ({', '.join(f'{number} {severity.value}' for severity, number in ordered)}): "
            f"{', '.join(f'{name} {number}' for name, number in common)}."
        )
    else:
        said.append("No findings on the plans.")
    if sensitive := sum(one.sensitive for one in queries):
        said.append(f"{plural(sensitive, 'query')} with plans that depend on the parameters' values.")
    if flips := sum(bool(one.growth and one.growth.flips) for one in queries):
        said.append(
            f"{plural(flips, 'query')} {'changes its plan' if flips == 1 else 'change their plans'} on the way there."
        )
    if simulation.unused:
        said.append(f"{plural(len(simulation.unused), 'index')} used by no plan.")
    if failed := [one.query.name for one in queries if one.error]:
        said.append(f"{plural(len(failed), 'query')} could not be planned ({', '.join(failed[:4])}).")
    if given.assumptions:
        said.append("Contents were assumed where the design does not say them (see assumptions).")
    return " ".join([*said, f"Detail: {detail}."])
