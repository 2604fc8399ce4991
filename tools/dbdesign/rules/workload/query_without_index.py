"""The rule query-without-index."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Table
from dbdesign.model.types import Kind
from dbdesign.rules.base import Rule
from dbdesign.rules.queries import Access, ParsedQuery
from dbdesign.rules.subject import SMALL_TABLE, Subject

LARGE = 1_000_000
"""Rows from which on a scan takes longer than any request may: about a tenth of a second from memory, seconds from disk."""
UNSELECTIVE = 10
"""Different values up to which an equality alone leaves too much of the table for an index to help."""


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
        wanting: dict[tuple[str, tuple[str, ...]], list[ParsedQuery]] = {}
        for query in subject.queries:
            for access in query.accesses:
                columns = missing_index(access, query, subject)
                if columns:
                    wanting.setdefault((access.table.label, columns), []).append(query)
        for (label, columns), queries in wanting.items():
            table = subject.schema.table_by_label[label]
            names = list(dict.fromkeys(query.query.name for query in queries))
            rows, rate = subject.rows(table), sum(query.query.rate or 0 for query in queries)
            evidence: dict[str, str | int | float | bool | list[str]] = {"queries": names, "columns": list(columns)}
            evidence |= {name: value for name, value in (("rows", rows), ("rate", rate)) if value}
            yield self.finding(
                label,
                f"{', '.join(names[:3])}{' and others' if len(names) > 3 else ''} find{'s' if len(names) == 1 else ''} rows of {label} by"
                f" {', '.join(columns)}, which lead no index, and read{'s' if len(names) == 1 else ''} the whole table",
                severity=Severity.HIGH if rows is not None and rows >= LARGE else None,
                evidence=evidence,
                fix=subject.sql.create_index(table, columns),
            )


def missing_index(access: Access, query: ParsedQuery, subject: Subject) -> tuple[str, ...]:
    """The columns of the index that this access lacks; empty if it needs none."""
    table = access.table
    rows = subject.rows(table)
    if (rows is not None and rows < SMALL_TABLE) or (rows is None and subject.is_lookup(table)):
        return ()
    equal = {name for name in access.equal if _selective(name, table, subject)}
    usable = equal | access.joined | access.ranges
    leading = {prefix[0] for prefix in table.index_prefixes() if prefix}
    partial = {index.columns[0] for index in table.indexes if index.columns and index.visible}
    if usable & (leading | partial) or not (equal or access.ranges):
        return ()
    ordered = (
        [name for label, name in query.order_by if label == table.label and name not in equal] if query.limited else []
    )
    tail = ordered or sorted(access.ranges)[:1]
    return (*sorted(equal, key=lambda name: -_distinct(name, table, subject)), *tail)


def _distinct(name: str, table: Table, subject: Subject) -> float:
    volume = subject.design.workload.volumes.get(table.label)
    column = volume.columns.get(name) if volume else None
    return (column.distinct or float(len(column.values))) if column else 0.0


def _selective(name: str, table: Table, subject: Subject) -> bool:
    """Whether an equality leaves little enough of the table."""
    column = table.column(name)
    if column is None or subject.type_of(column).kind in {Kind.BOOLEAN, Kind.BIT}:
        return False
    distinct = _distinct(name, table, subject)
    return not 0 < distinct <= UNSELECTIVE
