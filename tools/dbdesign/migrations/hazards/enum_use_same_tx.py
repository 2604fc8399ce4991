"""The hazard enum-use-same-tx."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.subject import Subject, first_node, script
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.migrations.predict.predict import string_constants
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding
from dbdesign.model.schema import label
from dbdesign.readers.postgresql import grammar_nodes as nodes


class EnumUseSameTx(Hazard):
    """A value is added to an enum and used in the same transaction.

    ## What it does
    Reports a statement that names an enum value which ALTER TYPE … ADD VALUE added earlier in the same transaction.

    ## Why is this bad?
    The server refuses it (55P04), in an UPDATE as in SET DEFAULT, and the whole transaction with it. Only a type that the transaction
    itself
    created may be used so.

    ## Example
    ```sql
    CREATE TYPE status AS ENUM ('open', 'closed');
    CREATE TABLE ticket (id bigint PRIMARY KEY, status status);
    -- migration
    BEGIN;
    SET LOCAL lock_timeout = '2s';
    ALTER TYPE status ADD VALUE 'waiting';
    ALTER TABLE ticket ALTER COLUMN status SET DEFAULT 'waiting';
    COMMIT;
    ```

    ## Use instead
    ```sql
    CREATE TYPE status AS ENUM ('open', 'closed');
    CREATE TABLE ticket (id bigint PRIMARY KEY, status status);
    -- migration
    SET lock_timeout = '2s';
    ALTER TYPE status ADD VALUE 'waiting';
    ALTER TABLE ticket ALTER COLUMN status SET DEFAULT 'waiting';
    ```

    ## References
    - PostgreSQL manual, [ALTER TYPE: Notes](https://www.postgresql.org/docs/current/sql-altertype.html)
    """

    severity = Severity.HIGH

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """A use of a value of the same transaction."""
        if not subject.transaction.inside or subject.node is None:
            return
        used = set(string_constants(subject.node))
        for earlier in subject.transaction.earlier:
            node = first_node(earlier)
            if node is None or node.DESCRIPTOR.name != "AlterEnumStmt" or node.old_val or node.new_val not in used:
                continue
            parts = nodes.strings(node.type_name)
            if subject.is_new(label(nodes.plain(parts[-2]) if len(parts) > 1 else None, parts[-1])):
                continue
            yield self.finding(
                f"the value {node.new_val!r} of {parts[-1]} was added in the same transaction and cannot be used "
                f"before it is committed (55P04)",
                safe=script([earlier.strip(), "SET lock_timeout = '2s'", subject.sql.strip()]),
            )
