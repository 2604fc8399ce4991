"""The hazard set-local-outside-tx."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.subject import Subject, script
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding


class SetLocalOutsideTx(Hazard):
    """SET LOCAL outside a transaction has no effect.

    ## What it does
    Reports SET LOCAL where no transaction is open.

    ## Why is this bad?
    The server warns (25P01) and sets nothing: the timeout that was to protect the next statement is not there.

    ## Example
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY);
    -- migration
    SET LOCAL lock_timeout = '2s';
    CREATE INDEX CONCURRENTLY orders_id_idx ON orders (id);
    ```

    ## Use instead
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY);
    -- migration
    SET lock_timeout = '2min';
    CREATE INDEX CONCURRENTLY orders_id_idx ON orders (id);
    RESET lock_timeout;
    ```

    ## References
    - PostgreSQL manual, [SET](https://www.postgresql.org/docs/current/sql-set.html)
    """

    severity = Severity.MEDIUM

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """A setting that is none."""
        node = subject.node
        if subject.is_a("VariableSetStmt") and node is not None and node.is_local and not subject.transaction.inside:
            plain = subject.changed(lambda copy: setattr(copy, "is_local", False))
            yield self.finding(f"no transaction is open, so {node.name} is not set", safe=script([plain]))
