"""The hazard matview-refresh."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.subject import TIMEOUT, Subject, script
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding, LockMode
from dbdesign.model.schema import View


class MatviewRefresh(Hazard):
    """Refreshing a materialized view stops its readers until the query is done.

    ## What it does
    Reports REFRESH MATERIALIZED VIEW without CONCURRENTLY.

    ## Why is this bad?
    It holds ACCESS EXCLUSIVE on the view while its query is executed and its indexes are built. CONCURRENTLY holds EXCLUSIVE, and readers
    go on; it needs a unique index over plain columns without a predicate.

    ## Example
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint);
    CREATE MATERIALIZED VIEW order_count AS SELECT customer_id, count(*) AS n FROM orders GROUP BY customer_id;
    CREATE UNIQUE INDEX order_count_key ON order_count (customer_id);
    -- migration
    SET lock_timeout = '2s';
    REFRESH MATERIALIZED VIEW order_count;
    ```

    ## Use instead
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY, customer_id bigint);
    CREATE MATERIALIZED VIEW order_count AS SELECT customer_id, count(*) AS n FROM orders GROUP BY customer_id;
    CREATE UNIQUE INDEX order_count_key ON order_count (customer_id);
    -- migration
    SET lock_timeout = '2s';
    REFRESH MATERIALIZED VIEW CONCURRENTLY order_count;
    ```

    ## References
    - PostgreSQL manual, [REFRESH MATERIALIZED VIEW](https://www.postgresql.org/docs/current/sql-refreshmaterializedview.html)
    """

    severity = Severity.MEDIUM

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """A refresh that readers wait for."""
        node = subject.node
        if not subject.is_a("RefreshMatViewStmt") or node is None or node.concurrent or node.skip_data:
            return
        view = subject.state.view(node.relation)
        if view is None or subject.is_new(view.label):
            return
        tables = [one for name in view.depends_on if (one := subject.state.named(name)) is not None]
        able = _has_key(view)
        yield self.blocking(
            subject,
            view.label,
            LockMode.ACCESS_EXCLUSIVE,
            "the view's query is executed",
            [work for one in tables for work in subject.work("scan", one)],
            safe=script([TIMEOUT, f"REFRESH MATERIALIZED VIEW CONCURRENTLY {subject.name(view)}"]) if able else None,
            advice=""
            if able
            else "CONCURRENTLY needs a unique index over its columns without a predicate: create one first",
        )


def _has_key(view: View) -> bool:
    return any(one.unique and one.where is None and all(key.column for key in one.keys) for one in view.indexes)
