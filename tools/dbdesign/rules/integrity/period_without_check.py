"""The rule period-without-check."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Column, Table
from dbdesign.rules.base import TableRule, on_column
from dbdesign.rules.subject import Subject
from dbdesign.rules.value_lists import checks_on
from dbdesign.rules.words import words

ENDS = {
    "start": ("end", "stop", "finish"),
    "starts": ("ends",),
    "started": ("ended", "finished"),
    "begin": ("end",),
    "begins": ("ends",),
    "from": ("to", "until", "thru"),
    "since": ("until",),
    "checkin": ("checkout",),
    "arrival": ("departure",),
    "opens": ("closes",),
}


def periods(table: Table) -> Iterator[tuple[Column, Column]]:
    """Pairs of columns that are named as the beginning and the end of a period and are times of the same type."""
    by_words = {
        words(column.name): column for column in table.columns if column.type.is_time and column.generated is None
    }
    for parts, start in by_words.items():
        for place, word in enumerate(parts):
            ends = (by_words.get((*parts[:place], other, *parts[place + 1 :])) for other in ENDS.get(word, ()))
            end = next((one for one in ends if one is not None), None)
            if end is not None and end.type.kind is start.type.kind and not is_system_period(start):
                yield start, end


def is_system_period(column: Column) -> bool:
    """Whether the engine fills the column itself (SQL Server's temporal tables)."""
    return any("row_start" in name or "row start" in name for name in (*column.options, *column.options.values()))


class PeriodWithoutCheck(TableRule):
    """A period may end before it begins.

    ## What it does
    Reports pairs of columns named as the beginning and the end of a period (valid_from and valid_to, starts_at and ends_at) about whose
    order no check constraint says anything.

    ## Why is this bad?
    Swapped dates are a common slip of input. Such a row is in no range query, gives negative durations, and makes a later exclusion
    constraint on ranges fail.

    ## Example
    ```sql
    CREATE TABLE campaign (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        starts_on date NOT NULL,
        ends_on date NOT NULL
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE campaign (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        starts_on date NOT NULL,
        ends_on date NOT NULL,
        CHECK (starts_on <= ends_on)
    );
    ```

    ## References
    - PostgreSQL manual, [Check Constraints](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-CHECK-CONSTRAINTS)
    - MySQL manual, [CHECK Constraints](https://dev.mysql.com/doc/refman/8.4/en/create-table-check-constraints.html)
    """

    severity = Severity.LOW
    repeats = "{count} periods may end before they begin, since no constraint says otherwise"

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """Every period without a check; an exclusion constraint over a range of the two checks as well."""
        for start, end in periods(table):
            about_start = {check.expression for check in checks_on(start, table)}
            if about_start & {check.expression for check in checks_on(end, table)}:
                continue
            if any(start.name in (key.expression or "") for one in table.exclusions for key in one.keys):
                continue
            first, last = subject.sql.name(start.name), subject.sql.name(end.name)
            yield self.finding(
                on_column(table, end),
                f"{on_column(table, end)} may lie before {start.name}, since no constraint says otherwise",
                evidence={"start": start.name, "end": end.name},
                fix=subject.sql.add_check(table, (start.name, end.name), f"{first} <= {last}"),
            )
