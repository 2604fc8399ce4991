"""Index selection at a budget: TPC-H and TPC-DS at SF 10, from statistics alone, beside the published algorithms and the exact optimum.

    python benchmarks/index_quality.py tpch STATISTICS.sql [--budgets 0.5,1,2] [--each] [--limit 600]

STATISTICS.sql is `pg_dump --no-data --statistics` of a loaded database of PostgreSQL 18. The queries are duckdb's (extra `bench`);
those that the literature leaves out are left out. A gigabyte is 1024³ bytes. All algorithms ask the same twin and take the same sizes.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from typing import Any

from dbdesign.indexes.advise import Advisor
from dbdesign.indexes.costs import Costs, Query
from dbdesign.model import workload
from dbdesign.model.schema import Schema
from dbdesign.queries.analysis import analyse
from dbdesign.readers.base import reader
from dbdesign.twin.dump import Dump, read_dump
from dbdesign.twin.twin import Twin, production_twin
from exact_selection import optimum
from processor import Meter
from published_advisors import Published

LEFT_OUT = {"tpch": (2, 17, 20), "tpcds": (4, 6, 9, 10, 11, 32, 35, 41, 95)}
"""By Kossmann et al. (VLDB 2020): too dear without an index for any to matter."""

SETTINGS = {"max_parallel_workers_per_gather": "8"}
GIGABYTE = 1024**3


def queries_of(name: str) -> list[workload.Query]:
    """The benchmark's queries as duckdb generates them."""
    import duckdb
    from duckdb_extensions import import_extension

    import_extension(name)
    connection = duckdb.connect()
    connection.execute(f"load {name}")
    rows = connection.execute(f"select query_nr, query from {name}_queries() order by query_nr").fetchall()
    return [
        workload.Query(name=f"Q{number}", sql=sql.strip().rstrip(";"))
        for number, sql in rows
        if number not in LEFT_OUT[name]
    ]


class OutOfTimeError(Exception):
    """An algorithm's time is up."""


def ours(
    twin: Twin, schema: Schema, queries: list[workload.Query], budgets: list[float]
) -> tuple[dict[float, str], Any]:
    """Our advisor at all budgets in one search; percent of the cost without indexes."""
    meter = Meter(twin.database.server.data_folder)
    advisor = Advisor(twin, schema, queries, least_gain=0.0)
    search = advisor.prepare()
    before = search.costs.total(0)
    search.explore()
    choices = search.choices([int(budget * GIGABYTE) for budget in budgets])
    effort = f"({search.costs.calls:,} what-ifs for all budgets, {meter})"
    return {
        budget: f"{100 * one.cost / before:6.2f}  {effort}" for budget, one in zip(budgets, choices, strict=True)
    }, search


def published(
    twin: Twin, schema: Schema, queries: list[workload.Query], name: str, budgets: list[float], limit: float
) -> dict[float, str]:
    """One of the published algorithms at every budget, as far as it comes in `limit` seconds."""
    costs = Costs(twin, [Query(one.name, one.sql) for one in queries])
    setting = Published(costs, [analyse(one.sql, schema, "postgres") for one in queries])
    costs.start()
    before = costs.total(0)
    said = {}
    meter, ends = Meter(twin.database.server.data_folder), time.perf_counter() + limit

    def watch() -> None:
        if time.perf_counter() > ends:
            raise OutOfTimeError

    setting.watch = watch
    for budget in budgets:
        effort = f"{setting.questions:,} what-ifs"
        try:
            _, cost = getattr(setting, name)(int(budget * GIGABYTE))
        except OutOfTimeError:
            reached = f"{100 * setting.reached / before:6.2f} reached" if setting.reached else "nothing"
            said[budget] = f"{reached} when the time was up  ({setting.questions:,} what-ifs, {meter})"
            break
        effort = f"{setting.questions:,} what-ifs, {costs.calls:,} planned, {meter}"
        said[budget] = f"{100 * cost / before:6.2f}  ({effort})"
    twin.drop_indexes(costs.indexes)
    return said


def exact(search: Any, budgets: list[float]) -> dict[float, str]:
    """The exact optimum over all answers that our search collected."""
    before = search.costs.total(0)
    sizes = [one.size for one in search.costs.indexes]
    said = {}
    for budget in budgets:
        found, bound, _ = optimum(search.costs.plannable, sizes, int(budget * GIGABYTE))
        said[budget] = f"{100 * found / before:6.2f}  (bound {100 * bound / before:.2f})"
    return said


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("benchmark", choices=sorted(LEFT_OUT))
    parser.add_argument("statistics", type=Path)
    parser.add_argument("--budgets", default="0.5,1,2,3,5,10", help="in GB")
    parser.add_argument("--each", action="store_true", help="our search anew for every budget, to time each by itself")
    parser.add_argument(
        "--algorithms", default="extend,db2advis,autoadmin", help="published ones to run; none if empty"
    )
    parser.add_argument("--limit", type=float, default=600.0, help="seconds for each published algorithm")
    parser.add_argument(
        "--counted",
        action="store_true",
        help="take ANALYZE's distinct values at their word, as sizes in the literature do",
    )
    parser.add_argument("--no-exact", action="store_true", help="without the integer program")
    chosen = parser.parse_args()
    budgets = [float(one) for one in chosen.budgets.split(",")]
    dump: Dump = read_dump(chosen.statistics.read_text(), name=chosen.statistics.name)
    schema = reader("postgresql").read(";\n".join(one.sql for one in dump.statements) + ";").schema_
    queries = queries_of(chosen.benchmark)
    statistics = dump.statistics.model_copy(update={"version": None}) if chosen.counted else dump.statistics
    with production_twin(dump.statements, statistics, settings=SETTINGS) as twin:
        for group in [[one] for one in budgets] if chosen.each else [budgets]:
            said, search = ours(twin, schema, queries, group)
            show("dbdesign", said)
            if not chosen.no_exact:
                show("exact optimum over the same answers", exact(search, group))
            twin.drop_indexes(search.costs.indexes)
        for name in filter(None, chosen.algorithms.split(",")):
            show(name, published(twin, schema, queries, name, budgets, chosen.limit))


def show(name: str, said: dict[float, str]) -> None:
    """One algorithm's lines."""
    print(name)
    for budget, text in said.items():
        print(f"  {budget:>5g} GB  {text}", flush=True)


if __name__ == "__main__":
    main()
