"""The tool `simulate_queries`: what PostgreSQL's planner will do with each query at production scale, before a row exists."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import Field

from dbdesign.api.answer import paged, section, text_of
from dbdesign.api.arguments import Names, Page
from dbdesign.api.call import Call
from dbdesign.api.paging import chosen
from dbdesign.api.recent import Recent
from dbdesign.api.simulate_answer import (
    SECTIONS,
    TITLES,
    SimulateQueriesAnswer,
    Simulation,
    pages_of,
    summary_of,
)
from dbdesign.api.twin_source import At, QueriesSource, Settings, StatisticsSource
from dbdesign.errors import UnknownNameError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dbdesign.api.twin_source import TwinInput
    from dbdesign.model.workload import Query
    from dbdesign.simulate.simulator import Simulated, Simulator

Detail = Literal["names", "summary", "full"]
Only = Annotated[
    list[str],
    Names,
    Field(description="Only these queries: names or patterns."),
]

_recent: Recent[Simulation] = Recent(2)


def simulate_queries(
    source: Annotated[
        str | None,
        Field(
            description="A design file, a schema with `queries`, or `database:<name>`; none where `statistics` is a dump with the schema."
        ),
    ] = None,
    *,
    statistics: StatisticsSource = None,
    queries: QueriesSource = None,
    settings: Settings = [],  # noqa: B006 - never changed; the default that the schema shows
    at: At = None,
    only: Only = [],  # noqa: B006
    detail: Annotated[
        Detail | None,
        Field(description="names, summary or full (plans); what fits a page when left out."),
    ] = None,
    page: Page = 1,
    call: Call | None = None,
) -> SimulateQueriesAnswer:
    """Simulate a workload at production scale: the plan that PostgreSQL's own planner makes for each query, before a row exists.

    On the production twin: plan, cost, rows, blocks, findings with remedies, whether a latency target is plausible, plans for common and
    rare values; with `at`, how the cost grows and when the plan changes. Writes: indexes kept, keys checked. Nothing is executed.
    """
    call = call or Call()
    key = repr((source, statistics, queries, settings, at, only))
    found = _recent.get(key) if page > 1 else None
    if found is None:
        found = _simulation(source, statistics, queries, settings, at, only, call)
        _recent.put(key, found)
    return _answer(found, detail, page, call)


def _simulation(
    source: str | None,
    statistics: str | None,
    queries: str | None,
    settings: list[str],
    at: str | None,
    only: list[str],
    call: Call,
) -> Simulation:
    from dbdesign.api.twin_source import twin_input
    from dbdesign.simulate.clock import day_in
    from dbdesign.simulate.simulator import Simulator
    from dbdesign.simulate.unused import unused_indexes
    from dbdesign.twin.twin import production_twin

    given = twin_input(source, call, statistics=statistics, queries=queries, settings=settings, at=at)
    chosen_queries = _chosen(given.queries, only)
    call.step(0.2, "building the twin")
    with production_twin(given.ddl, given.statistics, settings=given.settings) as twin:
        simulator = Simulator(
            twin,
            given.design.schema_,
            tell=lambda done, said: call.step(0.3 + (0.3 if given.today else 0.6) * done, said),
        )
        simulator.day = day_in(given.months) if given.months else None
        simulated = simulator.simulate(chosen_queries)
        problems = [f"not in the twin: {one.message} (line {one.line})" for one in twin.failures] + list(twin.problems)
        unused = () if only else tuple(unused_indexes(given.design.schema_, simulated, simulator.catalog))
        if given.today is not None:
            _grow(simulator, given, simulated, call)
            unused = tuple(one for one in unused if not _used_before(one.name, simulated))
        return Simulation(given, tuple(simulated), twin.proof, simulator.assumptions, tuple(problems), unused)


def _used_before(index: str, simulated: list[Simulated]) -> bool:
    """Whether a plan on the way to the horizon uses an index."""
    points = [point.shape for one in simulated if one.growth for point in one.growth.points]
    return any(f"using {index} " in f"{shape.replace(']', ' ')} " for shape in points)


def _grow(simulator: Simulator, given: TwinInput, simulated: list[Simulated], call: Call) -> None:
    """Add the growth to each query; the twin is another one afterwards."""
    from dbdesign.simulate.growth import Grower

    grower = Grower(simulator, given.design, simulated, tell=lambda done, said: call.step(0.6 + 0.35 * done, said))
    growth = grower.grow(given.months)
    for one in simulated:
        one.growth = growth.get(one.query.name)


def _chosen(queries: Sequence[Query], only: list[str]) -> list[Query]:
    """The queries that were asked for.

    Raises:
        UnknownNameError: for a name or a pattern that none has.
    """
    if not only:
        return list(queries)
    found: list[Query] = []
    for pattern in only:
        matching = [one for one in queries if one.name == pattern or fnmatchcase(one.name, pattern)]
        if not matching:
            raise UnknownNameError.among("query", pattern, [one.name for one in queries], where="only")
        found += [one for one in matching if one not in found]
    return found


def _answer(simulation: Simulation, detail: Detail | None, page: int, call: Call) -> SimulateQueriesAnswer:
    level, pages = pages_of(simulation, detail, call.tokens)
    items = chosen(pages, page)
    summary = paged(summary_of(simulation, level), page, len(pages))
    found: dict[str, Any] = {
        "summary": summary,
        "page": page,
        "pages": len(pages),
        "engine": simulation.given.design.schema_.engine.value,
        "detail": level,
        **{name: section(items, name) for name in SECTIONS},
        "proof": f"{simulation.proof}, no data",
    }
    return SimulateQueriesAnswer.model_validate(found).with_text(text_of(summary, items, TITLES))
