"""The finding disabled-node."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine, PlanNode
from dbdesign.plans.findings.base import PlanCheck, PlanFinding, Subject
from dbdesign.plans.wording import title

DISABLE_COST = 1.0e10
"""What PostgreSQL added to a disabled node's cost until version 17 (costsize.c); from 18 on the plan says `Disabled:
true`."""

_SETTINGS = {
    "Seq Scan": "enable_seqscan",
    "Index Scan": "enable_indexscan",
    "Index Only Scan": "enable_indexonlyscan",
    "Bitmap Heap Scan": "enable_bitmapscan",
    "Tid Scan": "enable_tidscan",
    "Nested Loop": "enable_nestloop",
    "Hash Join": "enable_hashjoin",
    "Merge Join": "enable_mergejoin",
    "Sort": "enable_sort",
    "Aggregate": "enable_hashagg",
}


class DisabledNode(PlanCheck):
    """The planner was told not to use this, and had nothing else.

    ## What it does
    Reports a node that a setting such as `enable_seqscan = off` disables and that is in the plan all the same:
    `Disabled: true` from PostgreSQL 18 on, a cost above 10,000,000,000 before.

    ## Why is this bad?
    The setting does not do what it was made for, and it disturbs the choice of everything else. Often it was switched
    off for one query and forgotten.

    ## Example
    ```text
    Seq Scan on orders  (cost=0.00..4970.00 rows=40 width=4) (actual time=0.243..12.320 rows=150000 loops=1)
      Disabled: true
      Filter: (code > 'k77'::text)
      Rows Removed by Filter: 50000
    Settings: enable_seqscan = 'off'
    Planning Time: 0.363 ms
    Execution Time: 12.360 ms
    ```

    ## Use instead
    ```text
    Seq Scan on orders  (cost=0.00..4970.00 rows=150000 width=4) (actual time=0.243..12.320 rows=150000 loops=1)
      Filter: (code > 'k77'::text)
      Rows Removed by Filter: 50000
    Planning Time: 0.363 ms
    Execution Time: 12.360 ms
    ```

    ## References
    - PostgreSQL manual, [Planner Method Configuration](https://www.postgresql.org/docs/current/runtime-config-query.html#RUNTIME-CONFIG-QUERY-ENABLE)
    """

    engines = (PlanEngine.POSTGRESQL,)

    def check_node(self, node: PlanNode, subject: Subject) -> Iterator[PlanFinding]:
        """Every node that is disabled itself."""
        own_cost = (node.startup_cost or 0.0) - max((child.startup_cost or 0.0 for child in node.children), default=0.0)
        if not node.disabled and own_cost < DISABLE_COST:
            return
        setting = _SETTINGS.get(node.type, "the enable_ settings")
        yield self.finding(
            node,
            f"{title(node)} is disabled by {setting} = off, and there is no other way",
            f"RESET {setting}" if setting.startswith("enable_") else "RESET the enable_ settings that are off",
            when=(
                "helps the planner to weigh all plans again; if the scan should be spared, an index on its condition"
                " is what is missing"
            ),
            share=subject.known(node.share or 0.0),
            saves=0.02,
            numbers={"setting": setting},
        )
