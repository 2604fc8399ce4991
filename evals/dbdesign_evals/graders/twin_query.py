"""At production volume a query takes the index it needs: PostgreSQL's planner on the production twin, under a cost bound.

with: `file` (the answer's DDL; its `create index` statements count), `volumes` (a file of the task: tables → rows and columns as in a
design file, whose ages count from `TODAY`; tables that the answer does not have are left out), `settings`; `cases`: each `sql` or
`named` (as of `query_returns`), `values` (texts for `$1` …: the custom plan; without them the generic one), `max_cost`, `most_scanned`
(rows of a table that may be read sequentially; 50,000 by default), `uses` (a table that has to be reached through an index), `because`.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import yaml
from pydantic import Field

from dbdesign.errors import DesignError
from dbdesign_evals.graders.base import Cases, Grader, Outcome, failed
from dbdesign_evals.probing import query_text, shortened
from dbdesign_evals.task import Data
from dbdesign_evals.workbench import Workbench

if TYPE_CHECKING:
    from dbdesign.twin.twin import Explained, Twin

TODAY = date(2026, 12, 1)
"""The day that ages in volumes count from, so that a plan is the same on every day."""

_INDEX_NODES = ("Index Scan", "Index Only Scan", "Bitmap Heap Scan", "Bitmap Index Scan")


class Case(Data):
    """A query and what its plan has to be."""

    sql: str | None = None
    named: str | None = None
    values: tuple[str | None, ...] = ()
    max_cost: float | None = None
    most_scanned: float = 50_000
    uses: str | None = None
    because: str = ""


class Parameters(Data):
    """`file`, `volumes`, `settings`, `cases`."""

    file: str
    volumes: str
    settings: dict[str, str] = Field(default_factory=dict)
    cases: tuple[Case, ...]


def grade(parameters: Parameters, bench: Workbench) -> Outcome:
    """Build the twin of the answer's schema and ask."""
    from dbdesign.twin.twin import production_twin

    ddl = bench.text(parameters.file)
    statistics = _statistics(ddl, bench.text(parameters.volumes))
    if isinstance(statistics, str):
        return failed(statistics)
    cases = Cases()
    with production_twin(ddl, statistics, settings=parameters.settings) as twin:
        cases.evidence.append(twin.proof)
        for case in parameters.cases:
            try:
                cases.add(_wrong(twin, case, query_text(bench, case.sql, case.named), cases.evidence))
            except DesignError as error:
                cases.add(f"{case.because or case.named or shortened(case.sql or '', 80)}: {error}")
    return cases.outcome()


def _statistics(ddl: str, volumes: str) -> Any:
    """The twin's statistics, or why there are none."""
    from dbdesign.model.design import Design
    from dbdesign.model.workload import Workload
    from dbdesign.readers.base import reader
    from dbdesign.readers.design import parse_design
    from dbdesign.twin.profiles import resolve
    from dbdesign.twin.volumes import as_statistics

    schema = reader("postgresql").read(ddl).schema_
    wanted = {name: value for name, value in yaml.safe_load(volumes).items() if schema.table(name) is not None}
    if not wanted:
        return "it has none of the tables whose volumes are known"
    for name, value in wanted.items():
        known = {column.name for column in schema.table(name).columns}  # type: ignore[union-attr]
        if isinstance(value, dict) and "columns" in value:
            value["columns"] = {one: said for one, said in value["columns"].items() if one in known}
    text = yaml.safe_dump({"engine": "postgresql 18", "schema": "schema.sql", "volumes": wanted})
    parsed = parse_design(text, lenient=True)
    volumes_by_table = {schema.table(name).label: one for name, one in parsed.workload.volumes.items()}  # type: ignore[union-attr]
    design = Design(schema=schema, workload=Workload(volumes=volumes_by_table))
    return as_statistics(resolve(design, today=TODAY), schema)


def _wrong(twin: Twin, case: Case, query: str, evidence: list[str]) -> str | None:
    explained = twin.explain_with(query, case.values) if case.values else twin.explain(query)
    name = case.because or case.named or shortened(query, 80)
    evidence.append(f"{name}: cost {explained.cost:,.0f}")
    if scanned := _scanned(twin, explained, case.most_scanned):
        return f"{name}: reads {scanned}"
    if case.max_cost is not None and explained.cost > case.max_cost:
        return f"{name}: costs {explained.cost:,.0f}, more than {case.max_cost:,.0f}"
    if case.uses and not any(_is_reached(node, case.uses) for node in explained.nodes()):
        return f"{name}: does not reach {case.uses} through an index"
    return None


def _is_reached(node: Any, table: str) -> bool:
    relation = str(node.get("Relation Name", ""))
    return node["Node Type"] in _INDEX_NODES and (relation == table or relation.startswith(f"{table}_"))


def _scanned(twin: Twin, explained: Explained, most: float) -> str | None:
    for node in explained.nodes():
        if node["Node Type"] == "Seq Scan":
            relation = next((one for one in twin.relations.values() if one.name == node["Relation Name"]), None)
            rows = twin.rows(relation) if relation else 0.0
            if rows > most:
                return f"all {rows:,.0f} rows of {node['Relation Name']}"
    return None


GRADER = Grader("twin_query", Parameters, grade)
