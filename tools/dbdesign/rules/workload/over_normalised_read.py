"""The rule over-normalised-read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Table
from dbdesign.rules.base import Rule
from dbdesign.rules.meaning import payload
from dbdesign.rules.subject import Subject

if TYPE_CHECKING:
    from dbdesign.rules.queries import ParsedQuery

FREQUENT = 10.0
"""Executions a second from which on a query's joins are worth removing."""
ENOUGH = 3
"""Tables of next to no content that a query must join before their separation, rather than the query, is at fault."""
THIN = 2
"""Columns of content up to which a table is a name and perhaps a code."""


class OverNormalisedRead(Rule):
    """A frequent query pays for tables that hold next to nothing.

    ## What it does
    Reports queries of at least ten executions a second that join three or more tables which each hold one or two columns and are reached
    through a unique key: extensions of another table row by row, and chains of names.

    ## Why is this bad?
    Each such join is an index look-up and a page for a single word, at every execution, and each adds orders of joining for the planner to
    try. Data that are always read together and hardly change belong together.

    ## Example
    ```yaml
    engine: postgresql
    schema: |
      CREATE TABLE tone (id bigint PRIMARY KEY, title text NOT NULL);
      CREATE TABLE fabric (id bigint PRIMARY KEY, title text NOT NULL);
      CREATE TABLE cut (id bigint PRIMARY KEY, title text NOT NULL);
      CREATE TABLE garment (
          id bigint PRIMARY KEY,
          tone_id bigint NOT NULL REFERENCES tone (id),
          fabric_id bigint NOT NULL REFERENCES fabric (id),
          cut_id bigint NOT NULL REFERENCES cut (id),
          price numeric(12, 2) NOT NULL
      );
      CREATE INDEX ON garment (tone_id); CREATE INDEX ON garment (fabric_id); CREATE INDEX ON garment (cut_id);
    workload:
      - name: garment page
        sql: >
          select g.price, t.title, f.title, c.title from garment g join tone t on t.id = g.tone_id
          join fabric f on f.id = g.fabric_id join cut c on c.id = g.cut_id where g.id = $1
        rate: 900/s
    ```

    ## Use instead
    ```yaml
    engine: postgresql
    schema: |
      CREATE TABLE garment (
          id bigint PRIMARY KEY,
          tone text NOT NULL CHECK (tone IN ('light', 'dark')),
          fabric text NOT NULL,
          cut text NOT NULL,
          price numeric(12, 2) NOT NULL
      );
    workload:
      - name: garment page
        sql: select price, tone, fabric, cut from garment where id = $1
        rate: 900/s
    ```

    ## When it does not apply
    Where the lists are small and cached, or their entries are renamed often, the joins are the lesser evil: measure with
    `simulate_queries`.

    ## References
    - PostgreSQL manual, [Controlling the Planner with Explicit JOIN Clauses](https://www.postgresql.org/docs/current/explicit-joins.html)
    """

    severity = Severity.MEDIUM
    needs_workload = True

    def check(self, subject: Subject) -> Iterator[Finding]:
        """Every frequent query that joins thin tables."""
        for query in subject.queries:
            rate = query.query.peak or query.query.rate or 0.0
            if rate < FREQUENT:
                continue
            thin = [subject.schema.table_by_label[label] for label in self._thin(query, subject)]
            if len(thin) < ENOUGH:
                continue
            yield self.finding(
                thin[0].label,
                f"{query.query.name} joins {', '.join(table.label for table in thin)} for a word or two each, {rate:g} times a second",
                evidence={"query": query.query.name, "rate": rate, "tables": [table.label for table in thin]},
            )

    @staticmethod
    def _thin(query: ParsedQuery, subject: Subject) -> list[str]:
        """The tables joined by a unique key of theirs that hold next to nothing, in order."""
        found: dict[str, None] = {}
        for pair in query.joins:
            for label, name in pair:
                table = subject.schema.table_by_label[label]
                if table.is_unique((name,)) and _is_thin(table):
                    found[label] = None
        return list(found)


def _is_thin(table: Table) -> bool:
    return 0 < len(payload(table)) <= THIN and len(table.foreign_keys) <= 1
