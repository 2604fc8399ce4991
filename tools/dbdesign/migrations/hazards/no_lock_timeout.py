"""The hazard no-lock-timeout."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.subject import TIMEOUT, Subject, script
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.migrations.hazards.brief_lock import described
from dbdesign.migrations.trace.kinds import needs_to_be_alone
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding, LockMode


class NoLockTimeout(Hazard):
    """A statement may wait for its lock without end, and everything that comes after it waits behind it.

    ## What it does
    Reports, once for a migration, the first statement that takes a lock which blocks writes or reads while no `lock_timeout` is set.

    ## Why is this bad?
    A lock is granted in the order of asking. While ALTER TABLE waits for one long query, every new query on the table waits behind
    ALTER TABLE: an outage of the length of that query, however short the change itself.

    ## Example
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY);
    -- migration
    ALTER TABLE orders ADD COLUMN note text;
    ```

    ## Use instead
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY);
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE orders ADD COLUMN note text;
    ```
    The tool, or a person, tries again when it is reached (55P03), a little later each time.

    ## When it does not apply
    Where the migration's role or the tool sets it: `ALTER ROLE migrator SET lock_timeout = '2s'`.

    ## References
    - PostgreSQL manual, [lock_timeout](https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-LOCK-TIMEOUT)
    """

    severity = Severity.LOW
    once = True

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """The first statement that may wait for ever."""
        if subject.session.lock_timeout or described(subject) is not None or needs_to_be_alone(subject.sql):
            return
        for name, mode in subject.trace.locks.items():
            if mode.rank >= LockMode.SHARE.rank and not subject.is_new(name):
                yield self.finding(
                    f"the statement waits for {mode.name.replace('_', ' ')} on {name} without end, and {mode.blocks} "
                    f"that come after it wait "
                    "behind it",
                    relation=name,
                    safe=script([TIMEOUT, subject.sql.strip()]),
                )
                return
