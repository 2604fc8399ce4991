"""The rule single-column-table."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Table
from dbdesign.rules.base import TableRule
from dbdesign.rules.subject import Subject


class SingleColumnTable(TableRule):
    """A table has a single column and no relation to any other.

    ## What it does
    Reports tables of one column that neither refer to another table nor are referred to.

    ## Why is this bad?
    The table only says which values exist, and nothing holds any other table to them: either the foreign keys are missing, or it is a
    leftover.

    ## Example
    ```sql
    CREATE TABLE colour (name text PRIMARY KEY);
    CREATE TABLE paint (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, colour text NOT NULL);
    CREATE TABLE tin (paint_id bigint PRIMARY KEY REFERENCES paint (id), litres numeric(6, 2) NOT NULL);
    ```

    ## Use instead
    ```sql
    CREATE TABLE colour (name text PRIMARY KEY);
    CREATE TABLE paint (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        colour text NOT NULL REFERENCES colour (name) ON UPDATE CASCADE
    );
    CREATE INDEX paint_colour_idx ON paint (colour);
    ```

    ## References
    - PostgreSQL manual, [Foreign Keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK)
    """

    severity = Severity.INFO
    repeats = "{count} tables have a single column and no relation, so that nothing holds other tables to their values"

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """A lone column."""
        relations = subject.relations
        if len(table.columns) != 1 or table.inherits or relations.references_in(table.label) or table.foreign_keys:
            return
        if not relations.all:
            return
        yield self.finding(
            table.label,
            f"{table.label} has a single column and no relation, so that nothing holds other tables to its values",
            evidence={"column": table.columns[0].name},
        )
