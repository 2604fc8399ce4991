"""The rule duplicate-foreign-key."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import ForeignKey, Table
from dbdesign.rules.base import TableRule, on_constraint
from dbdesign.rules.subject import Subject


class DuplicateForeignKey(TableRule):
    """Two foreign keys of a table say the same.

    ## What it does
    Reports foreign keys over the same columns to the same columns of the same parent.

    ## Why is this bad?
    Every insert checks the parent twice, and every deletion of a parent the child twice. When the two differ in what they do on
    deletion, which one wins depends on the order of the constraints.

    ## Example
    ```sql
    CREATE TABLE depot (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, city text NOT NULL);
    CREATE TABLE van (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        depot_id bigint NOT NULL REFERENCES depot (id),
        CONSTRAINT van_home_fkey FOREIGN KEY (depot_id) REFERENCES depot (id)
    );
    CREATE INDEX van_depot_id_idx ON van (depot_id);
    ```

    ## Use instead
    ```sql
    CREATE TABLE depot (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, city text NOT NULL);
    CREATE TABLE van (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        depot_id bigint NOT NULL REFERENCES depot (id)
    );
    CREATE INDEX van_depot_id_idx ON van (depot_id);
    ```

    ## References
    - PostgreSQL manual, [Foreign Keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK)
    """

    severity = Severity.MEDIUM

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """Every foreign key that an earlier one makes superfluous."""
        seen: dict[object, ForeignKey] = {}
        for key in table.foreign_keys:
            shape = (key.references, frozenset(zip(key.columns, key.referenced_columns, strict=False)))
            earlier = seen.setdefault(shape, key)
            if earlier is key:
                continue
            differs = earlier.on_delete != key.on_delete
            yield self.finding(
                on_constraint(table, key),
                f"({', '.join(key.columns)}) refers to {key.references} twice"
                + (
                    f", with {earlier.on_delete} and with {key.on_delete} on deletion"
                    if differs
                    else ", so that every write is checked twice"
                ),
                severity=Severity.HIGH if differs else None,
                evidence={
                    "same_as": earlier.name or "an unnamed foreign key",
                    "on_delete": [earlier.on_delete, key.on_delete],
                },
                fix=subject.sql.drop_foreign_key(table, key),
            )
