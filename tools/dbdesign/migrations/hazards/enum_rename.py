"""The hazard enum-rename."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.subject import Subject, script
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding
from dbdesign.readers.postgresql import grammar_nodes as nodes


class EnumRename(Hazard):
    """Renaming an enum's value breaks every running version of the application that knows the old one.

    ## What it does
    Reports ALTER TYPE … RENAME VALUE of a type that stood before the migration.

    ## Why is this bad?
    Statements with the old value fail (22P02) from then on, and code that compares what it reads with it takes the wrong way.

    ## Example
    ```sql
    CREATE TYPE status AS ENUM ('open', 'closed');
    CREATE TABLE ticket (id bigint PRIMARY KEY, status status);
    -- migration
    ALTER TYPE status RENAME VALUE 'closed' TO 'done';
    ```

    ## Use instead
    ```sql
    CREATE TYPE status AS ENUM ('open', 'closed');
    CREATE TABLE ticket (id bigint PRIMARY KEY, status status);
    -- migration
    ALTER TYPE status ADD VALUE 'done';
    ```
    Then deploy code that reads both and writes the new one, and change the rows in batches.

    ## References
    - PostgreSQL manual, [ALTER TYPE](https://www.postgresql.org/docs/current/sql-altertype.html)
    """

    severity = Severity.MEDIUM

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """A value that loses its name."""
        node = subject.node
        if not subject.is_a("AlterEnumStmt") or node is None or not node.old_val:
            return
        parts = nodes.strings(node.type_name)
        if subject.is_new(".".join(parts)):
            return
        name = ".".join(subject.quoted(one) for one in parts)
        new = node.new_val.replace("'", "''")
        old = node.old_val.replace("'", "''")
        yield self.finding(
            f"versions of the application that know {node.old_val!r} of {parts[-1]} fail from then on",
            safe=script(
                [
                    f"ALTER TYPE {name} ADD VALUE IF NOT EXISTS '{new}' AFTER '{old}'",
                    "-- deploy code that reads both and writes the new one, then change the rows in batches",
                ]
            ),
        )
