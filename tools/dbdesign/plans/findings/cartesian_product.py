"""The finding cartesian-product."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine, PlanNode
from dbdesign.plans.findings.base import MANY_ROWS, PlanCheck, PlanFinding, Subject
from dbdesign.plans.wording import count, rows

_LATERAL = frozenset({"row source", "aggregate", "limit", "subquery"})


class CartesianProduct(PlanCheck):
    """Two tables are joined without a condition: each row with each.

    ## What it does
    Reports a nested loop without a join condition, on whose inner side nothing refers to the outer side, that joins
    at least two rows with at least two and makes 10,000 or more.

    ## Why is this bad?
    The result has as many rows as the product of the two sides, and everything above works on them. Mostly a
    condition was forgotten, and a DISTINCT hides it.

    ## Example
    ```text
    Nested Loop  (cost=0.29..9105.15 rows=664000 width=0) (actual time=0.033..84.251 rows=668000 loops=1)
      ->  Seq Scan on customers c  (cost=0.00..478.00 rows=2000 width=0) (actual time=0.010..2.025 rows=2000 loops=1)
            Filter: (region = 'r1'::text)
            Rows Removed by Filter: 8000
      ->  Materialize  (cost=0.29..11.76 rows=332 width=0) (actual time=0.000..0.012 rows=334 loops=2000)
            ->  Index Only Scan using visits_tenant on visits v  (cost=0..10 rows=332 width=0) (actual time=0.021..0.039 rows=334 loops=1)
                  Index Cond: (tenant = 3)
    Planning Time: 0.135 ms
    Execution Time: 106.328 ms
    ```

    ## Use instead
    ```text
    Nested Loop  (cost=0.29..9105.15 rows=664000 width=0) (actual time=0.033..84.251 rows=668000 loops=1)
      ->  Seq Scan on customers c  (cost=0.00..478.00 rows=2000 width=4) (actual time=0.010..2.025 rows=2000 loops=1)
            Filter: (region = 'r1'::text)
            Rows Removed by Filter: 8000
      ->  Index Only Scan using visits_tenant on visits v  (cost=0..10 rows=332 width=0) (actual time=0.001..0.039 rows=334 loops=2000)
            Index Cond: (tenant = c.tenant)
    Planning Time: 0.135 ms
    Execution Time: 106.328 ms
    ```

    ## References
    - PostgreSQL manual, [Joined Tables](https://www.postgresql.org/docs/current/queries-table-expressions.html#QUERIES-JOIN)
    """

    engines = (PlanEngine.POSTGRESQL, PlanEngine.TIDB, PlanEngine.COCKROACHDB)
    yields_to = ("no-join-predicate",)

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every join without a condition."""
        if not _unconditional(node) or len(node.children) < 2:
            return
        outer, inner = node.children[0], node.children[1]
        if subject.engine is PlanEngine.POSTGRESQL and _refers_out(inner, outer):
            return
        left, right = _rows(outer), _rows(inner)
        made = (node.actual_rows if node.actual_rows is not None else node.estimated_rows or 0.0) * (node.loops or 1)
        if left < 2 or right < 2 or made < MANY_ROWS:
            return
        share = subject.known(subject.inclusive(node))
        yield self.finding(
            node,
            f"joins {rows(left)} with {rows(right)} without a condition: {count(made)} rows{subject.time_of(share)}",
            f"Add the condition that joins {_names(outer)} with {_names(inner)}",
            when="helps unless every combination is wanted",
            share=share,
            saves=(share if share is not None else 0.5) * 0.8,
            numbers={"left": round(left), "right": round(right), "rows": round(made)},
        )


def _unconditional(node: PlanNode) -> bool:
    if node.kind == "nested loop" and node.type == "Nested Loop":
        return not node.join_filter and node.join_type in {None, "Inner", "Left", "Full", "Right"}
    return node.type.lower().startswith(("cross join", "cartesian"))


def _rows(node: PlanNode) -> float:
    return node.actual_rows if node.actual_rows is not None else node.estimated_rows or 0.0


def _refers_out(inner: PlanNode, outer: PlanNode) -> bool:
    """Whether anything below the inner side names a table of the outer side, or is run with a parameter of it."""
    if inner.kind in _LATERAL and not inner.relation:
        return True  # a function or a lateral subquery may take its arguments from outside without the plan saying so
    names = {
        name for one in outer.walk() for name in (one.alias, one.relation, one.cte_name, one.function_name) if name
    }
    for one in inner.walk():
        texts = [*one.conditions.values(), one.cache_key or "", *one.output]
        if any(f"{name}." in text or f'"{name}".' in text for name in names for text in texts):
            return True
    return False


def _names(node: PlanNode) -> str:
    found = list(dict.fromkeys(one.alias or one.relation or "" for one in node.walk() if one.relation))
    return " and ".join(found[:3]) or "the outer side"
