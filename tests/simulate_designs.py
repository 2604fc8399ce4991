"""Simulates queries on designs that are written in a test."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from dbdesign.model.design import Design
from dbdesign.model.workload import LatencyTarget, Query
from dbdesign.simulate.simulator import Simulated, Simulator
from dbdesign.twin.profiles import resolve
from dbdesign.twin.twin import production_twin
from dbdesign.twin.volumes import as_statistics
from profile_designs import design

TODAY = date(2026, 7, 1)


def simulated(
    ddl: str,
    volumes: str,
    queries: Sequence[str | Query],
    *,
    settings: Mapping[str, str] | None = None,
    target: LatencyTarget | None = None,
) -> list[Simulated]:
    """The simulation of each query; `volumes` is YAML in braces or lines."""
    one = made(ddl, volumes)
    statistics = as_statistics(resolve(one, today=TODAY), one.schema_)
    with production_twin(ddl, statistics, settings=settings) as twin:
        assert not twin.failures
        asked = [
            query if isinstance(query, Query) else Query(name=f"q{number}", sql=query, target=target)
            for number, query in enumerate(queries)
        ]
        return Simulator(twin, one.schema_).simulate(asked)


def made(ddl: str, volumes: str) -> Design:
    """The design of a schema and volumes."""
    return design(ddl, volumes)
