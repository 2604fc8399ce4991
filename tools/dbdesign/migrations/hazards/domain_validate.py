"""The hazard domain-validate."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.subject import Subject
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding, LockMode


class DomainValidate(Hazard):
    """Validating a domain's constraint stops writes to every table that uses the domain.

    ## What it does
    Reports ALTER DOMAIN … VALIDATE CONSTRAINT of a domain that tables use.

    ## Why is this bad?
    Unlike a table's constraint, a domain's is validated under SHARE on every table with a column of the domain, until all have been read.

    ## Example
    ```sql
    CREATE DOMAIN quantity AS int;
    CREATE TABLE line (id bigint PRIMARY KEY, amount quantity);
    ALTER DOMAIN quantity ADD CONSTRAINT positive CHECK (VALUE > 0) NOT VALID;
    -- migration
    SET lock_timeout = '2s';
    ALTER DOMAIN quantity VALIDATE CONSTRAINT positive;
    ```

    ## Use instead
    A check on each table, which is validated while writes go on; the domain's own stays NOT VALID:
    ```sql
    CREATE DOMAIN quantity AS int;
    CREATE TABLE line (id bigint PRIMARY KEY, amount quantity);
    ALTER DOMAIN quantity ADD CONSTRAINT positive CHECK (VALUE > 0) NOT VALID;
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE line ADD CONSTRAINT line_amount_check CHECK (amount > 0) NOT VALID;
    ALTER TABLE line VALIDATE CONSTRAINT line_amount_check;
    ```

    ## References
    - PostgreSQL manual, [ALTER DOMAIN](https://www.postgresql.org/docs/current/sql-alterdomain.html)
    """

    severity = Severity.HIGH

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """The tables that are read."""
        node = subject.node
        if not subject.is_a("AlterDomainStmt") or node is None or node.subtype != "V":
            return
        tables = [
            one for name in subject.trace.scans if (one := subject.state.named(name)) and not subject.is_new(name)
        ]
        if tables:
            yield self.blocking(
                subject,
                ", ".join(one.label for one in tables),
                LockMode.SHARE,
                "the domain's constraint is validated in every table that uses it",
                [work for one in tables for work in subject.work("scan", one)],
                advice="Check each table by a constraint of its own, which is validated while writes go on, or wait for a quiet hour",
            )
