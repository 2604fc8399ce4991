"""The hazard type-change."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.migrations.check.rewrites import shadow_column
from dbdesign.migrations.check.subject import Subject
from dbdesign.migrations.check.type_changes import TypeChange, type_changes
from dbdesign.migrations.hazards.base import Hazard
from dbdesign.model.finding import Severity
from dbdesign.model.migration import HazardFinding, LockMode


class TypeChangeRewrite(Hazard):
    """A column gets a type that its values have to be converted to, so that the table is written anew.

    ## What it does
    Reports ALTER COLUMN … TYPE where the rows change: int to bigint, text to varchar(20), varchar(20) to varchar(10), a numeric of another
    scale, timestamp to timestamptz unless the session's time zone is UTC, any USING that is more than a cast.

    ## Why is this bad?
    It holds ACCESS EXCLUSIVE while every row and every index is written anew. What keeps the rows is not reported: a longer varchar or
    none,
    varchar to text, a numeric of the same scale with more digits or none, more fractional seconds, cidr to inet, a domain without
    constraints.

    ## Example
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY, amount int);
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE orders ALTER COLUMN amount TYPE bigint;
    ```

    ## Use instead
    A column of the new type beside the old one, kept up to date by a trigger, filled in batches, and swapped by name:
    ```sql
    CREATE TABLE orders (id bigint PRIMARY KEY, amount int);
    -- migration
    SET lock_timeout = '2s';
    ALTER TABLE orders ADD COLUMN amount_new bigint;
    ```
    Where the column belongs to a key, `dbdesign migrate plan` makes the whole plan.

    ## References
    - PostgreSQL manual, [ALTER TABLE: Notes](https://www.postgresql.org/docs/current/sql-altertable.html#SQL-ALTERTABLE-NOTES)
    """

    severity = Severity.HIGH

    def check(self, subject: Subject) -> Iterator[HazardFinding]:
        """Each change that writes the rows anew."""
        for change in type_changes(subject):
            if not change.keeps:
                table = change.table
                steps = shadow_column(subject, table, change.column, change.spelt, change.using, change.collate)
                yield self.blocking(
                    subject,
                    table.label,
                    LockMode.ACCESS_EXCLUSIVE,
                    f"{change.column.name} from {change.column.type.native} to {change.new.native} writes the table and its indexes anew",
                    subject.work("rewrite", table)
                    + subject.work("index build", table, len(subject.state.indexes(table))),
                    safe=subject.instead_of(change.command, steps) if steps is not None else None,
                    advice=_advice(change, steps is None),
                )


def _advice(change: TypeChange, planned: bool) -> str:
    said = []
    if change.zoned:
        said.append("In a session with the time zone UTC the rows stay as they are")
    if planned:
        said.append(
            "The column belongs to a key, an identity or a partitioned table: dbdesign migrate plan makes the plan for it"
        )
    return ". ".join(said)
