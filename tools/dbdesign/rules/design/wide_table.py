"""The rule wide-table."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Table
from dbdesign.rules.base import TableRule
from dbdesign.rules.subject import Subject

WIDE, VERY_WIDE = 30, 60
"""Columns. sqlcheck, tbls and schemacrawler draw the line between 20 and 30; at 60 the table is several, whatever it holds."""


class WideTable(TableRule):
    """A table has so many columns that it is several tables.

    ## What it does
    Reports tables of more than 30 columns of which most may be NULL, and of more than 60 columns in any case.

    ## Why is this bad?
    Groups of columns that are NULL together are tables of their own. Every update writes the whole row anew, and fewer rows fit into a
    page, so that queries for two of the columns read all of them.

    ## Example
    ```sql
    CREATE TABLE listing (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        title text NOT NULL, town text, floor text, rooms text, bath text, garden text, garage text, lift text, heating text,
        energy text, built text, renovated text, roof text, walls text, windows text, doors text, kitchen text, cellar text,
        attic text, balcony text, terrace text, pool text, sauna text, fence text, alarm text, internet text, cable text,
        parking text, bus text, school text, shop text
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE listing (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        title text NOT NULL,
        town text NOT NULL
    );
    CREATE TABLE listing_building (
        listing_id bigint PRIMARY KEY REFERENCES listing (id),
        heating text NOT NULL,
        roof text,
        walls text
    );
    ```

    ## References
    - PostgreSQL manual, [Database Page Layout](https://www.postgresql.org/docs/current/storage-page-layout.html)
    - MySQL manual, [Limits on Table Column Count and Row Size](https://dev.mysql.com/doc/refman/8.4/en/column-count-limit.html)
    """

    severity = Severity.LOW

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:  # noqa: ARG002
        """A table of too many columns."""
        count = len(table.columns)
        nullable = sum(column.nullable for column in table.columns)
        if count <= WIDE or (count <= VERY_WIDE and nullable * 2 <= count):
            return
        yield self.finding(
            table.label,
            f"{table.label} has {count} columns, {nullable} of them optional: groups that are filled together are tables of their own",
            evidence={"columns": count, "nullable": nullable},
        )
