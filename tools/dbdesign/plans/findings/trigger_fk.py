"""The finding trigger-fk."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.plan import PlanEngine
from dbdesign.plans.findings.base import PlanCheck, PlanFinding, Subject
from dbdesign.plans.wording import count, milliseconds, percent

SHARE = 0.1
"""Of the execution, as pgMustard has it."""
LEAST_MS_EACH = 1.0
"""Milliseconds of one check; one through an index takes some hundredths."""


class TriggerFk(PlanCheck):
    """Checking a foreign key takes a good part of the statement: the referencing column has no index.

    ## What it does
    Reports the trigger of a constraint that takes at least 10 % of the execution time and 1 ms a call.

    ## Why is this bad?
    For each row that is deleted, or whose key changes, PostgreSQL looks for rows that refer to it. Without an index
    on the referencing column it reads the whole table each time.

    ## Example
    ```text
    Delete on orders  (cost=0.42..9.10 rows=0 width=0) (actual time=0.140..0.140 rows=0 loops=1)
      ->  Index Scan using orders_pkey on orders  (cost=0.42..9.10 rows=21 width=6) (actual time=0.020..0.060 rows=21 loops=1)
            Index Cond: ((id >= 100) AND (id <= 120))
    Planning Time: 0.095 ms
    Trigger for constraint lines_order_id_fkey: time=231.120 calls=21
    Execution Time: 232.431 ms
    ```

    ## Use instead
    ```text
    Delete on orders  (cost=0.42..9.10 rows=0 width=0) (actual time=0.140..0.140 rows=0 loops=1)
      ->  Index Scan using orders_pkey on orders  (cost=0.42..9.10 rows=21 width=6) (actual time=0.020..0.060 rows=21 loops=1)
            Index Cond: ((id >= 100) AND (id <= 120))
    Planning Time: 0.095 ms
    Trigger for constraint lines_order_id_fkey: time=0.820 calls=21
    Execution Time: 1.231 ms
    ```

    ## References
    - PostgreSQL manual, [Foreign Keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK)
    """

    engines = (PlanEngine.POSTGRESQL,)

    def check(self, subject: Subject) -> Iterator[PlanFinding]:
        """Every constraint trigger."""
        total = subject.total_ms
        for one in subject.plan.triggers:
            if not total or one.time_ms is None or one.constraint is None or one.time_ms < total * SHARE:
                continue
            if one.time_ms < LEAST_MS_EACH * max(one.calls, 1):
                continue
            share = subject.known(one.time_ms / total)
            yield self.finding(
                None,
                f"checking {one.constraint} takes {milliseconds(one.time_ms)} for {count(one.calls)} rows"
                f" ({percent(one.time_ms / total)} of the time): each check reads the referencing table",
                _index_of(one.constraint),
                when=(
                    "helps where no index begins with that column yet; where one does, the time is in what ON DELETE"
                    " does to the rows found"
                ),
                share=share,
                saves=one.time_ms / total * 0.95,
                numbers={"trigger_ms": one.time_ms, "calls": one.calls},
            )


def _index_of(constraint: str) -> str:
    """The plan names the constraint alone: the catalog knows its table and columns."""
    name = constraint.replace("'", "''")
    return (
        "SELECT format('CREATE INDEX CONCURRENTLY ON %s (%s)', conrelid::regclass, (SELECT"
        " string_agg(quote_ident(attname), ', ' ORDER BY"
        " array_position(conkey, attnum)) FROM pg_attribute WHERE attrelid = conrelid AND attnum = ANY (conkey)))"
        f" FROM pg_constraint WHERE conname = '{name}'"
    )
