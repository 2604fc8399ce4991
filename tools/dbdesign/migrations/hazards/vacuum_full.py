"""The hazard vacuum-full."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.subject import Subject, script
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.migrations.trace.kinds import option
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding, LockMode


class VacuumFull(Hazard):
    """VACUUM FULL writes the table anew while nobody can read it.

    ## What it does
    Reports VACUUM with FULL.

    ## Why is this bad?
    It holds ACCESS EXCLUSIVE while it copies the table and builds its indexes.

    ## Example
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY);
    -- migration
    VACUUM FULL orders;
    ```

    ## Use instead
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY);
    -- migration
    VACUUM orders;
    ```
    Plain VACUUM makes the space usable again within the table. To give it back: pg_repack or pg_squeeze, which hold the lock for a moment.

    ## References
    - PostgreSQL manual, [VACUUM](https://www.postgresql.org/docs/current/sql-vacuum.html)
    - pg_repack, [documentation](https://reorg.github.io/pg_repack/)
    """

    severity = Severity.HIGH

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """The tables that are written anew."""
        node = subject.node
        if not subject.is_a("VacuumStmt") or node is None or not node.is_vacuumcmd or not option(node.options, "full"):
            return
        for name, mode in subject.trace.locks.items():
            table = subject.state.named(name)
            if table is None or subject.is_new(name) or mode is not LockMode.ACCESS_EXCLUSIVE:
                continue
            yield self.blocking(
                subject,
                name,
                mode,
                "the table is copied and its indexes are built",
                subject.work("rewrite", table) + subject.work("index build", table, len(subject.state.indexes(table))),
                safe=script([f"VACUUM {subject.name(table)}"]),
                advice="pg_repack gives space back while the table is used",
            )
