"""The rule table-not-in-workload."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.rules.base import Rule
from dbdesign.rules.subject import Subject

ENOUGH = 5
"""Queries that a workload must have before what it leaves out means anything."""
COVERED = 0.5
"""Share of the tables that it must touch for the same."""


class TableNotInWorkload(Rule):
    """No query of the workload touches a table.

    ## What it does
    Where a workload has at least five queries and touches at least half of the tables, reports the tables that it never reads or writes.

    ## Why is this bad?
    A table that serves no query was designed for nothing, or the query that it serves was forgotten, together with the index and the
    volume that it needs.

    ## Example
    ```yaml
    engine: postgresql
    schema: |
      CREATE TABLE vet (id bigint PRIMARY KEY, full_name text NOT NULL);
      CREATE TABLE pet (id bigint PRIMARY KEY, nickname text NOT NULL);
      CREATE TABLE forecast (id bigint PRIMARY KEY, outlook text NOT NULL);
    workload:
      - {name: vet, sql: "select * from vet where id = $1"}
      - {name: pet, sql: "select * from pet where id = $1"}
      - {name: new vet, sql: "insert into vet (id, full_name) values ($1, $2)"}
      - {name: new pet, sql: "insert into pet (id, nickname) values ($1, $2)"}
      - {name: rename, sql: "update pet set nickname = $2 where id = $1"}
    ```

    ## Use instead
    ```yaml
    engine: postgresql
    schema: |
      CREATE TABLE vet (id bigint PRIMARY KEY, full_name text NOT NULL);
      CREATE TABLE pet (id bigint PRIMARY KEY, nickname text NOT NULL);
    workload:
      - {name: vet, sql: "select * from vet where id = $1"}
      - {name: pet, sql: "select * from pet where id = $1"}
      - {name: new vet, sql: "insert into vet (id, full_name) values ($1, $2)"}
      - {name: new pet, sql: "insert into pet (id, nickname) values ($1, $2)"}
      - {name: rename, sql: "update pet set nickname = $2 where id = $1"}
    ```

    ## References
    - PostgreSQL manual, [The Cumulative Statistics System](https://www.postgresql.org/docs/current/monitoring-stats.html)
    """

    severity = Severity.INFO
    needs_workload = True
    repeats = "{count} tables are touched by no query of the workload: they serve nothing, or a query was forgotten"

    def check(self, subject: Subject) -> Iterator[Finding]:
        """The tables left out; views are followed to the tables that they read."""
        touched = {label for query in subject.queries for label in query.tables}
        words = {
            word.lower() for query in subject.design.workload.queries for word in query.sql.replace('"', " ").split()
        }
        for view in subject.schema.views:
            if view.name.lower() in words or view.label.lower() in words:
                touched.update(view.depends_on)
        left = [table for table in subject.tables if table.label not in touched]
        if len(subject.queries) < ENOUGH or len(left) > len(subject.tables) * (1 - COVERED):
            return
        for table in left:
            yield self.finding(
                table.label,
                f"no query of the workload touches {table.label}: it serves nothing, or a query was forgotten",
                evidence={"queries": len(subject.queries)},
                fix=None,
            )
