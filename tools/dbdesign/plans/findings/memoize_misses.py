"""The finding memoize-misses."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine, PlanNode
from dbdesign.plans.findings.base import PlanCheck, PlanFinding, Subject
from dbdesign.plans.wording import count, percent

LEAST_HITS = 0.5
"""Share of look-ups below which a cache costs more than it saves: each miss is a look-up and an insertion."""
LEAST_LOOKUPS = 1_000


class MemoizeMisses(PlanCheck):
    """A Memoize node remembers results that are hardly asked for again, or has to forget them too early.

    ## What it does
    Reports a Memoize with 1,000 look-ups or more of which fewer than half were answered from the cache, or with more
    evictions than hits.

    ## Why is this bad?
    Every miss pays for the look-up, the work below and the place in the cache. The planner expected few distinct
    keys; where there are many, a plain nested loop or a hash join does less.

    ## Example
    ```text
    Nested Loop  (cost=0.43..4970.00 rows=50000 width=4) (actual time=0.043..92.320 rows=50000 loops=1)
      ->  Seq Scan on lines l  (cost=0.00..3082.00 rows=50000 width=4) (actual time=0.013..13.780 rows=50000 loops=1)
      ->  Memoize  (cost=0.43..0.50 rows=1 width=4) (actual time=0.001..0.001 rows=1 loops=50000)
            Cache Key: l.order_id
            Cache Mode: logical
            Hits: 10  Misses: 49990  Evictions: 40000  Overflows: 0  Memory Usage: 4097kB
            ->  Index Scan using orders_pkey on orders o  (cost=0.42..0.49 rows=1 width=4) (actual time=0.001..0.001 rows=1 loops=49990)
                  Index Cond: (id = l.order_id)
    Planning Time: 0.363 ms
    Execution Time: 95.360 ms
    ```

    ## Use instead
    ```text
    Nested Loop  (cost=0.43..4970.00 rows=50000 width=4) (actual time=0.043..22.320 rows=50000 loops=1)
      ->  Seq Scan on lines l  (cost=0.00..3082.00 rows=50000 width=4) (actual time=0.013..13.780 rows=50000 loops=1)
      ->  Memoize  (cost=0.43..0.50 rows=1 width=4) (actual time=0.000..0.000 rows=1 loops=50000)
            Cache Key: l.kind
            Cache Mode: logical
            Hits: 49990  Misses: 10  Evictions: 0  Overflows: 0  Memory Usage: 2kB
            ->  Index Scan using kinds_pkey on kinds k  (cost=0.42..0.49 rows=1 width=4) (actual time=0.001..0.001 rows=1 loops=10)
                  Index Cond: (id = l.kind)
    Planning Time: 0.363 ms
    Execution Time: 25.360 ms
    ```

    ## References
    - PostgreSQL manual, [enable_memoize](https://www.postgresql.org/docs/current/runtime-config-query.html#GUC-ENABLE-MEMOIZE)
    """

    engines = (PlanEngine.POSTGRESQL,)

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every Memoize that was asked often."""
        caches = [one for one in (node.memoize, *(worker.memoize for worker in node.workers)) if one is not None]
        hits, misses = sum(one.hits for one in caches), sum(one.misses for one in caches)
        evictions = sum(one.evictions for one in caches)
        if hits + misses < LEAST_LOOKUPS or (hits >= misses and evictions <= hits):
            return
        share = subject.inclusive(node)
        if subject.plan.measured_by and share < 0.05:
            return
        rate = hits / (hits + misses)
        forgot = f", {count(evictions)} results had to be forgotten" if evictions else ""
        yield self.finding(
            node,
            f"answers {percent(rate)} of {count(hits + misses)} look-ups by {node.cache_key or 'its key'} from"
            f" memory{forgot}"
            f"{subject.time_of(subject.known(share))}",
            "SET LOCAL work_mem = '64MB'" if evictions > hits and rate >= 0.2 else "SET LOCAL enable_memoize = off",
            when=(
                "helps where the keys are as different as here; ANALYZE of the outer table tells the planner how many distinct"
                " keys there are, so that it chooses by itself"
            ),
            share=subject.known(share),
            saves=share * (1 - rate) * 0.3,
            numbers={"hits": hits, "misses": misses, "evictions": evictions},
        )
