"""The hazard domain-add-check."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.subject import Subject, script
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding, LockMode
from dbdesign.readers.postgresql import grammar_nodes as nodes


class DomainAddCheck(Hazard):
    """A constraint that is added to a domain reads every table that uses it, while their writes wait.

    ## What it does
    Reports ALTER DOMAIN … ADD CONSTRAINT without NOT VALID, and SET NOT NULL, of a domain that tables use.

    ## Why is this bad?
    It holds SHARE on every table with a column of the domain, none of which the statement names, until all have been read.

    ## Example
    ```sql
    CREATE DOMAIN quantity AS int;
    CREATE TABLE line (id bigint PRIMARY KEY, amount quantity);
    -- migration
    SET lock_timeout = '2s';
    ALTER DOMAIN quantity ADD CONSTRAINT positive CHECK (VALUE > 0);
    ```

    ## Use instead
    ```sql
    CREATE DOMAIN quantity AS int;
    CREATE TABLE line (id bigint PRIMARY KEY, amount quantity);
    -- migration
    SET lock_timeout = '2s';
    ALTER DOMAIN quantity ADD CONSTRAINT positive CHECK (VALUE > 0) NOT VALID;
    ```
    New values are checked from then on. VALIDATE takes SHARE on the tables just the same (see domain-validate).

    ## References
    - PostgreSQL manual, [ALTER DOMAIN](https://www.postgresql.org/docs/current/sql-alterdomain.html)
    """

    severity = Severity.HIGH

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """The tables that are read."""
        node = subject.node
        if not subject.is_a("AlterDomainStmt") or node is None or node.subtype not in {"C", "O"}:
            return
        tables = [
            one for name in subject.trace.scans if (one := subject.state.named(name)) and not subject.is_new(name)
        ]
        if not tables:
            return
        name = ".".join(subject.quoted(one) for one in nodes.strings(node.type_name))
        proven = f"ALTER DOMAIN {name} ADD CHECK (VALUE IS NOT NULL) NOT VALID"
        steps = [subject.changed(_not_valid) if node.subtype == "C" else proven]
        yield self.blocking(
            subject,
            ", ".join(one.label for one in tables),
            LockMode.SHARE,
            "the domain's constraint is checked in every table that uses it",
            [work for one in tables for work in subject.work("scan", one)],
            safe=script(steps),
        )


def _not_valid(copy: object) -> None:
    constraint = getattr(copy, "def").constraint
    constraint.skip_validation, constraint.initially_valid = True, False
