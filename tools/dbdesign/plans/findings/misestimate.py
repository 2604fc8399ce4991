"""The finding misestimate."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine, PlanNode
from dbdesign.plans.findings.base import PlanCheck, PlanFinding, Subject, own
from dbdesign.plans.remedies import analyse, identifier, table
from dbdesign.plans.wording import count, rows, times

FACTOR = 10.0
"""The first of pev2's steps (10, 100 and 1,000 times)."""
LEAST_ROWS = 1_000.0
"""Rows, expected or found over all loops, below which a wrong guess changes no plan worth speaking of."""

JUDGED = frozenset(
    {
        "table scan",
        "index scan",
        "index only scan",
        "bitmap heap scan",
        "lookup",
        "row source",
        "nested loop",
        "hash join",
    }
    | {"merge join", "aggregate", "filter", "set operation", "subquery"}
)
WITHOUT_LIMIT = frozenset({PlanEngine.MYSQL, PlanEngine.MARIADB})
"""Engines whose plans do not always show a LIMIT, which ends a scan early, and which expect all rows where there are
no statistics."""
JOINS = frozenset({"nested loop", "hash join", "merge join"})


class Misestimate(PlanCheck):
    """The planner expected far more or far fewer rows than there were.

    ## What it does
    Reports the lowest node where the rows found differ ten times or more from the rows expected, either way, with
    1,000 rows or more at stake. A node that was stopped before its end (LIMIT, a semi join) found fewer rows for that
    reason and is not reported; neither is the error as it travels upwards, nor that of a
    join on top of the plan, by which nothing was chosen.

    ## Why is this bad?
    Join order, join method, memory and the choice of an index all follow from these numbers. Too few rows expected
    means nested loops that run a million times and hashes that do not fit; too many means hashes and sorts where a
    few look-ups would do.

    ## Example
    ```text
    Seq Scan on pairs  (cost=0.00..2685.00 rows=1 width=33) (actual time=0.034..48.874 rows=2000 loops=1)
      Filter: ((b = 7) AND (a = 7))
      Rows Removed by Filter: 3000
    Planning Time: 0.079 ms
    Execution Time: 48.941 ms
    ```

    ## Use instead
    ```text
    Seq Scan on pairs  (cost=0.00..2185.50 rows=1990 width=33) (actual time=0.007..43.748 rows=2000 loops=1)
      Filter: ((b = 7) AND (a = 7))
      Rows Removed by Filter: 3000
    Planning Time: 0.035 ms
    Execution Time: 43.779 ms
    ```

    ## References
    - PostgreSQL manual, [Extended Statistics](https://www.postgresql.org/docs/current/planner-stats.html#PLANNER-STATS-EXTENDED)
    - pev2, [source of the badge](https://github.com/dalibo/pev2)
    """

    yields_to = ("parameter-sniffing", "table-variable", "row-goal")

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """The lowest node of each wrong guess."""
        factor = node.estimate_factor
        if factor is None or node.kind not in JUDGED or node.cut_short or not _off(node):
            return
        if any(_off(below) and _same_way(below, node) for child in node.children for below in child.walk()):
            return
        loops, expected, found = float(node.loops or 1), node.estimated_rows or 0.0, node.actual_rows or 0.0
        if max(expected, found) * loops < LEAST_ROWS:
            return
        ancestors = list(subject.above(node))
        above = next((one for one in ancestors if one.kind in JOINS), None)
        if above is None and (subject.engine in WITHOUT_LIMIT or (node.kind in JOINS and not ancestors)):
            return
        share = subject.known(subject.inclusive(above or node))
        way = "fewer" if factor < 1 else "more"
        each = f" each of {count(loops)} times" if loops > 1 else ""
        yield self.finding(
            node,
            f"finds {rows(found)}{each} where {count(expected)} were expected: {times(factor)}"
            f" {way}{_consequence(above, factor)}",
            remedy_for(node, subject),
            when="helps where the plan above changes with the right number; compare the plans before and after",
            share=share,
            saves=(share or 0.0) * (0.3 if above is not None and factor > 1 else 0.05),
            numbers={"expected": expected, "found": found, "factor": round(factor, 4)},
        )


def _off(node: PlanNode) -> bool:
    factor = node.estimate_factor
    return factor is not None and not node.cut_short and (factor >= FACTOR or factor <= 1 / FACTOR)


def _same_way(one: PlanNode, other: PlanNode) -> bool:
    return ((one.estimate_factor or 1) > 1) == ((other.estimate_factor or 1) > 1)


def _consequence(join: PlanNode | None, factor: float) -> str:
    if join is None:
        return ""
    if join.kind == "nested loop" and factor > 1:
        return f", which is why a nested loop (#{join.number}) was thought cheap"
    return f"; the {join.kind} above (#{join.number}) was chosen by that number"


def remedy_for(node: PlanNode, subject: Subject) -> str:
    """Statistics that let the planner know."""
    engine = subject.engine
    if node.kind == "row source" and node.function_name and engine is PlanEngine.POSTGRESQL:
        return f"ALTER FUNCTION {node.function_name} ROWS {max(1, round(node.actual_rows or 1))}"
    parts = own(subject.comparisons(node.filter or ""), node) + own(
        subject.comparisons(node.index_condition or ""), node
    )
    columns = list(dict.fromkeys(one.column for one in parts if one.computed is None))
    computed = [one.computed for one in parts if one.computed is not None]
    if engine is PlanEngine.POSTGRESQL and node.relation:
        if computed:
            return f"CREATE STATISTICS ON ({computed[0]}) FROM {table(engine, node)}; ANALYZE {table(engine, node)}"
        if len(columns) > 1:
            names = ", ".join(identifier(engine, one) for one in columns)
            return (
                f"CREATE STATISTICS (dependencies, mcv) ON {names} FROM {table(engine, node)}; ANALYZE"
                f" {table(engine, node)}"
            )
    if node.kind == "aggregate" and engine is PlanEngine.POSTGRESQL:
        return _of_groups(node, subject)
    if node.kind in JOINS:
        return (
            "Collect the statistics of both tables anew (ANALYZE); where the joined columns go together with a filter, say the"
            " filter on both sides, or compute that part first (WITH … AS MATERIALIZED, a temporary table with statistics)"
        )
    return analyse(engine, node)


def _of_groups(node: PlanNode, subject: Subject) -> str:
    """Statistics of how many groups there are."""
    scans = [one for one in node.walk() if one.relation]
    keys = [key.rpartition(".")[2].strip('"') for key in node.group_key]
    if len({one.relation_label for one in scans}) != 1 or not keys:
        return "Collect the statistics of the tables of GROUP BY anew; CREATE STATISTICS (ndistinct) on columns that are of one table"
    name = table(subject.engine, scans[0])
    if any("(" in key for key in node.group_key):
        return f"CREATE STATISTICS ON ({node.group_key[0]}) FROM {name}; ANALYZE {name}"
    names = ", ".join(identifier(subject.engine, key) for key in keys)
    if len(keys) > 1:
        return f"CREATE STATISTICS (ndistinct) ON {names} FROM {name}; ANALYZE {name}"
    return f"ALTER TABLE {name} ALTER COLUMN {names} SET STATISTICS 1000; ANALYZE {name}"
