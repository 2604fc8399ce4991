"""What the production twin says of each query at the size that was loaded, to be held against the loaded database's plan and its rows.

The twin is made of the same profile as the rows, at the number of rows that there really are, and with the planner's settings of the
server that was measured. So what differs is what ANALYZE saw of the rows: where it is much, the volumes are not what was generated, or
columns depend on each other.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from dbdesign.benchmark.results import Prediction, QueryResult, Run, factor, title
from dbdesign.benchmark.scale import scaled
from dbdesign.errors import DesignError
from dbdesign.model.profile import Profile
from dbdesign.model.schema import Schema
from dbdesign.twin.plan_comparison import Plan, shape_difference
from dbdesign.twin.settings import PLANNER_SETTINGS
from dbdesign.twin.twin import Twin, production_twin
from dbdesign.twin.volumes import as_statistics

if TYPE_CHECKING:
    from dbdesign.benchmark.generate import Loaded
    from dbdesign.benchmark.queries import Ready
    from dbdesign.benchmark.session import Session


def planner_settings(session: Session) -> dict[str, str]:
    """Those of a session, by name."""
    rows = session.rows("SELECT name, current_setting(name) FROM pg_catalog.pg_settings")
    return {name: value for name, value in rows if name in PLANNER_SETTINGS}


def rows_loaded(schema: Schema, loaded: Loaded) -> dict[str, int]:
    """The rows of every table, partitioned ones and partitions by hash too: those are their parent's in equal parts."""
    found = {one.label: one.rows for one in loaded.tables}
    members: dict[str, list[str]] = {}
    for table in schema.tables:
        if table.partition_of is not None:
            members.setdefault(table.partition_of.label, []).append(table.label)

    def down(label: str) -> None:
        for one in members.get(label, ()):
            if one not in found and label in found:
                found[one] = found[label] // len(members[label])
            down(one)

    def up(label: str) -> int:
        below = sum(up(one) for one in members.get(label, ()))
        return found.setdefault(label, below)

    for table in schema.tables:
        if table.partition_of is None:
            down(table.label)
            up(table.label)
    return found


def with_predictions(
    runs: Sequence[Run],
    ready: Sequence[Ready],
    *,
    schema: Schema,
    profile: Profile,
    ddl: str,
    loaded: Loaded,
    settings: Mapping[str, str],
    indexes: Sequence[str] = (),
) -> tuple[tuple[Run, ...], list[str]]:
    """The runs with what a twin says of their queries, and what could not be predicted, a sentence each.

    Args:
        settings: of the planner, as they were.
        indexes: DDL that was executed between the first run and the second.
    """
    sizes = Profile(months=profile.months, tables=scaled(profile, schema, rows_loaded(schema, loaded)))
    statistics = as_statistics(sizes, schema)
    found: list[Run] = []
    problems: list[str] = []
    for run in runs:
        script = ddl if run is runs[0] else ";\n".join([ddl.rstrip().rstrip(";"), *indexes]) + ";"
        with ExitStack() as stack:
            try:
                twin = stack.enter_context(production_twin(script, statistics, settings=settings))
            except DesignError as error:
                return tuple(runs), [f"The twin could not be made: {error}"]
            queries = [_with_prediction(twin, one, query) for one, query in zip(ready, run.queries, strict=True)]
        found.append(replace(run, queries=tuple(query for query, _ in queries)))
        problems += [said for _, said in queries if said and said not in problems]
    return tuple(found), problems


def _with_prediction(twin: Twin, ready: Ready, query: QueryResult) -> tuple[QueryResult, str | None]:
    if query.plan is None:
        return query, None
    values = ready.values[0]
    try:
        said = twin.explain_with(ready.sql, values) if values else twin.explain(ready.sql)
    except DesignError as error:
        return query, f"{query.name}: not predicted by the twin: {error}"
    real = query.plan.plan[0]["Plan"]
    difference = shape_difference(real, said.plan["Plan"])
    missed = [] if difference else list(rows_of_nodes(real, said.plan["Plan"]))
    prediction = Prediction(
        said.cost,
        said.rows,
        float(real["Total Cost"]),
        difference,
        max(missed, key=lambda one: factor(one[1], one[2]), default=None),
        said.plan,
    )
    return replace(query, prediction=prediction), None


def rows_of_nodes(real: Plan, predicted: Plan) -> Iterator[tuple[str, float, float]]:
    """Title, predicted and actual rows of the nodes of two plans of one shape; not of what was never executed, nor of what a LIMIT ended
    early, whose actual rows say nothing.
    """
    if real.get("Actual Loops"):
        yield title(real), float(predicted["Plan Rows"]), float(real["Actual Rows"])
    if real["Node Type"] != "Limit":
        for one, other in zip(real.get("Plans", ()), predicted.get("Plans", ()), strict=True):
            yield from rows_of_nodes(one, other)
