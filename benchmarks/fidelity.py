"""How faithful the twin is: EXPLAIN (FORMAT JSON) of TPC-H's 22 and TPC-DS's 99 queries on the loaded database and on the twin.

    python benchmarks/fidelity.py [SCALE] [tpch|tpcds]

(a) with primary keys only and (b) with indexes of every kind beside them, on twins from a dump and from a live reading: equal means equal
key by key and cost by cost. (c) hypothetical indexes, one by one and all at once: the plan that the twin predicts against the plan after
the index was really built on the loaded data.
"""

from __future__ import annotations

import os
import re
import statistics
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table

from dbdesign.engines.postgres import embedded
from dbdesign.engines.postgres.scratch import ScratchDatabase
from dbdesign.model.statistics import Statistics
from dbdesign.twin.catalog_statistics import read_document
from dbdesign.twin.dump import read_dump
from dbdesign.twin.plan_comparison import Plan, first_difference, shape
from dbdesign.twin.statistics_document import interpret, parse_document
from dbdesign.twin.twin import Hypothetical, Twin, production_twin
from index_sizes import joined
from tpc import ROOMY, TPC_DS, TPC_H, Benchmark, load, queries

CONSOLE = Console(width=int(os.environ.get("COLUMNS", "150")))


@dataclass
class Comparison:
    """What was compared, and what was not equal."""

    what: str
    equal: int = 0
    total: int = 0
    unequal: list[str] = field(default_factory=list)
    shapes: int = 0
    errors: list[float] = field(default_factory=list)

    def add(self, label: str, real: Plan, predicted: Plan) -> None:
        """One more pair of plans."""
        self.total += 1
        self.errors.append(abs(predicted["Plan"]["Total Cost"] / max(real["Plan"]["Total Cost"], 1e-9) - 1))
        self.shapes += shape(real["Plan"]) == shape(predicted["Plan"])
        difference = first_difference(real["Plan"], predicted["Plan"])
        self.equal += difference is None
        if difference:
            self.unequal.append(f"{label}: {difference}")

    @property
    def cells(self) -> tuple[str, ...]:
        """The row of the table."""
        median, worst = statistics.median(self.errors or [0.0]), max(self.errors or [0.0])
        return (
            self.what,
            f"{self.equal} of {self.total}",
            f"{100 * self.shapes / max(self.total, 1):.1f} %",
            f"{100 * median:.3f} %",
            f"{100 * worst:.2f} %",
        )


def renamed(plan: Plan, names: Mapping[str, str]) -> Plan:
    """With the twin's names of hypothetical indexes replaced."""

    def node(one: Plan) -> Plan:
        changed = {**one, "Index Name": names.get(one["Index Name"], one["Index Name"])} if "Index Name" in one else one
        return {**changed, "Plans": [node(child) for child in one["Plans"]]} if "Plans" in one else changed

    return {**plan, "Plan": node(plan["Plan"])}


def plans(database: ScratchDatabase, texts: Sequence[str]) -> list[Plan]:
    """As the loaded database plans them."""
    found = []
    for text in texts:
        row = database.user.execute(f"explain (format json) {text}".encode()).fetchone()
        found.append(row[0][0] if row else {})
    return found


def live_statistics(database: ScratchDatabase) -> Statistics:
    """A live reading, as a superuser with pageinspect."""
    admin = database.admin
    admin.execute("create schema if not exists inspection")
    admin.execute("create extension if not exists pageinspect schema inspection")
    with database.server.connect(database.name) as connection:
        connection.autocommit = False
        return interpret(parse_document(read_document(connection, values=True), where="live"), source="live")


@contextmanager
def twins(database: ScratchDatabase) -> Iterator[list[tuple[str, Twin]]]:
    """One from a dump, one from a live reading."""
    database.admin.execute("drop schema if exists inspection cascade")
    dump = read_dump(database.dump(statistics=True))
    live = live_statistics(database)
    with production_twin(dump.statements, dump.statistics) as one, production_twin(dump.statements, live) as other:
        for twin in (one, other):
            for problem in [*twin.problems, *(failure.message for failure in twin.failures)]:
                CONSOLE.print(f"  problem: {problem}", markup=False)
        yield [("dump", one), ("live", other)]


def equal_plans(what: str, database: ScratchDatabase, texts: Sequence[str]) -> Iterator[Comparison]:
    """All queries on the loaded database and on both twins."""
    real = plans(database, texts)
    with twins(database) as both:
        for source, twin in both:
            comparison = Comparison(f"{what}, twin from {source}")
            for number, (text, plan) in enumerate(zip(texts, real, strict=True), 1):
                comparison.add(f"query {number}", plan, twin.explain(text).plan)
            yield comparison


def predictions(benchmark: Benchmark, database: ScratchDatabase, texts: Sequence[str]) -> Iterator[Comparison]:
    """Hypothetical indexes against real ones, which are built here and stay."""
    with twins(database) as both:
        for _, twin in both:
            twin.learn_joins((one.table.label, one.joins) for one in joined(read_dump(database.dump()), texts))
        made = [(source, twin, twin.add_indexes(benchmark.indexes)) for source, twin in both]
        names = build(benchmark, database)
        for source, twin, indexes in made:
            good = [one for one in indexes if isinstance(one, Hypothetical)]
            for one in indexes:
                if isinstance(one, str):
                    CONSOLE.print(f"  problem: {one}", markup=False)
            sizes(database, good, names)
            known = {one.name: names[one.definition] for one in good}
            alone = Comparison(f"{benchmark.name}: hypothetical, each alone, twin from {source}")
            for one in good:
                show_only(database, list(names.values()), [names[one.definition]])
                for number, (text, plan) in enumerate(zip(texts, plans(database, texts), strict=True), 1):
                    if names[one.definition] in str(plan) or one.name in twin.explain(text, [one]).indexes:
                        alone.add(
                            f"query {number} {one.definition}", plan, renamed(twin.explain(text, [one]).plan, known)
                        )
            yield alone
            together = Comparison(f"{benchmark.name}: hypothetical, all at once, twin from {source}")
            show_only(database, list(names.values()), list(names.values()))
            for number, (text, plan) in enumerate(zip(texts, plans(database, texts), strict=True), 1):
                together.add(f"query {number}", plan, renamed(twin.explain(text, good).plan, known))
            yield together


def build(benchmark: Benchmark, database: ScratchDatabase) -> dict[str, str]:
    """The indexes on the loaded data, by definition."""
    names = {}
    for number, definition in enumerate(benchmark.indexes):
        names[definition] = f"real_{number:02}"  # pg_dump writes them in the order of their names
        database.user.execute(f"create index real_{number:02} {definition}".encode())
    return names


def show_only(database: ScratchDatabase, names: list[str], shown: list[str]) -> None:
    """Hide the other indexes of the loaded database from its planner."""
    database.admin.execute(
        "update pg_catalog.pg_index set indisvalid = c.relname = any(%s::text[]) "
        "from pg_catalog.pg_class c where c.oid = indexrelid and c.relname = any(%s::text[])",
        (shown, names),
    )


def sizes(database: ScratchDatabase, indexes: Sequence[Hypothetical], names: Mapping[str, str]) -> None:
    """Predicted beside real blocks."""
    table = Table(title="sizes of indexes", title_justify="left")
    for heading in ("definition", "real", "predicted", "error"):
        table.add_column(heading)
    for one in indexes:
        row = database.admin.execute(
            "select pg_relation_size(c.oid) / 8192 from pg_catalog.pg_class c where c.relname = %s",
            (names[one.definition],),
        ).fetchone()
        real = row[0] if row else 0
        table.add_row(one.definition, f"{real:,}", f"{one.pages:,}", f"{100 * (one.pages / max(real, 1) - 1):+.1f} %")
    CONSOLE.print(table)


def run(benchmark: Benchmark, scale: float) -> list[Comparison]:
    """All comparisons of one benchmark."""
    texts = queries(benchmark)
    found: list[Comparison] = []
    with embedded().scratch(limits=ROOMY) as database:
        began = time.perf_counter()
        load(benchmark, scale, database)
        CONSOLE.print(f"{benchmark.name} at scale {scale:g} loaded in {time.perf_counter() - began:.0f} s")
        found += equal_plans(f"{benchmark.name}: primary keys", database, texts)
        found += predictions(benchmark, database, texts)
        database.user.execute("vacuum analyze")
        found += equal_plans(f"{benchmark.name}: all indexes", database, texts)
    return found


def main(arguments: Sequence[str]) -> None:
    """Measure and print."""
    scale = float(arguments[0]) if arguments else 1.0
    chosen = [one for one in (TPC_H, TPC_DS) if len(arguments) < 2 or one.name == arguments[1]]
    found = [comparison for benchmark in chosen for comparison in run(benchmark, scale)]
    table = Table(title=f"plans of the twin against the loaded database, scale {scale:g}", title_justify="left")
    for heading in ("what", "equal, costs included", "same shape", "median cost error", "worst"):
        table.add_column(heading)
    for comparison in found:
        table.add_row(*comparison.cells)
    CONSOLE.print(table)
    for comparison in found:
        for line in comparison.unequal:
            CONSOLE.print(f"{comparison.what}, {line}\n    {cause(comparison.what, line)}", markup=False)


def cause(what: str, difference: str) -> str:
    """Why two plans may differ although the twin knows all that ANALYZE collected: what the planner looks up elsewhere."""
    if "hypothetical" in what:
        return "the size of an index that is not built is computed, and nothing is known of its expressions' values"
    sides = _SIDES.search(difference)
    if sides and sides[1] == sides[4] and sides[2] == sides[3]:
        return (
            "the same clause with its sides changed: which is made first follows the order in which indexes were made "
            "(create_join_clause, src/backend/optimizer/path/equivclass.c)"
        )
    if "Merge Join" in difference:
        return (
            "a merge join asks where both sides begin and end; the planner looks the ends of a column up in a B-tree that begins with it, "
            "which no statistics hold (mergejoinscansel → ineq_histogram_selectivity → get_actual_variable_range, "
            "src/backend/utils/adt/selfuncs.c)"
        )
    return "not explained"


_SIDES = re.compile(r"'\((\S+) = (\S+)\)' against '\((\S+) = (\S+)\)'")


if __name__ == "__main__":
    main(sys.argv[1:])
