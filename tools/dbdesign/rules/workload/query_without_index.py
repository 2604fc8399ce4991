"""The rule query-without-index."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from dbdesign.model.finding import Finding, Severity
from dbdesign.rules.base import Rule
from dbdesign.rules.subject import Subject

if TYPE_CHECKING:
    from dbdesign.rules.queries import ParsedQuery

LARGE = 1_000_000
"""Rows from which on a scan takes longer than any request may: about a tenth of a second from memory, seconds from disk."""
SELDOM = 0.1
"""Executions a second below which a slow query without a latency target is bearable."""


class QueryWithoutIndex(Rule):
    """A query of the workload finds its rows by columns that lead no index.

    ## What it does
    For every table of every query, looks for an index that begins with a column that the query compares or joins by, and reports where
    there is none. Tables of fewer than 10,000 rows, and conditions on columns of a few values, are left alone.

    ## Why is this bad?
    The whole table is read each time. That is cheap on the developer's hundred rows; it grows with the table, and at the given rate it
    is the database's whole load.

    ## Example
    ```yaml
    engine: postgresql
    schema: |
      CREATE TABLE passenger (
          id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
          locator text NOT NULL,
          boarded_at timestamptz
      );
    workload:
      - name: passenger by locator
        sql: select * from passenger where locator = $1
        rate: 80/s
    volumes:
      passenger: {rows: 4e6}
    ```

    ## Use instead
    ```yaml
    engine: postgresql
    schema: |
      CREATE TABLE passenger (
          id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
          locator text NOT NULL,
          boarded_at timestamptz
      );
      CREATE INDEX passenger_locator_idx ON passenger (locator);
    workload:
      - name: passenger by locator
        sql: select * from passenger where locator = $1
        rate: 80/s
    volumes:
      passenger: {rows: 4e6}
    ```

    ## When it does not apply
    Reports that read most of a table anyway. `advise_indexes` weighs all queries together and proves its choice on the planner.

    ## References
    - PostgreSQL manual, [Indexes: Introduction](https://www.postgresql.org/docs/current/indexes-intro.html)
    - MySQL manual, [How MySQL Uses Indexes](https://dev.mysql.com/doc/refman/8.4/en/mysql-indexes.html)
    """

    severity = Severity.MEDIUM
    needs_workload = True

    def check(self, subject: Subject) -> Iterator[Finding]:
        """One finding for each table and set of columns, with every query that looks there."""
        for (label, columns), queries in subject.missing_indexes.items():
            table = subject.schema.table_by_label[label]
            names = list(dict.fromkeys(query.query.name for query in queries))
            rows, rate = subject.rows(table), sum(query.query.rate or 0 for query in queries)
            evidence: dict[str, str | int | float | bool | list[str]] = {"queries": names, "columns": list(columns)}
            evidence |= {name: value for name, value in (("rows", rows), ("rate", rate)) if value}
            yield self.finding(
                label,
                f"{', '.join(names[:3])}{' and others' if len(names) > 3 else ''} find{'s' if len(names) == 1 else ''} rows of {label} by"
                f" {', '.join(columns)}, which lead no index, and read{'s' if len(names) == 1 else ''} the whole table",
                severity=Severity.HIGH if rows is not None and rows >= LARGE and _matters(queries) else None,
                evidence=evidence,
                fix=subject.sql.create_index(table, columns),
            )


def _matters(queries: Iterable[ParsedQuery]) -> bool:
    return any(one.query.target or one.query.rate is None or one.query.rate >= SELDOM for one in queries)
