"""The rule function-hides-index."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Engine, Table
from dbdesign.rules.access_paths import SMALL_TABLE
from dbdesign.rules.base import Rule, on_column
from dbdesign.rules.subject import POSTGRESQL_LIKE, Subject

_SPACES = re.compile(r"[\s\"`\[\]()]+|::\w+")
_IMMUTABLE = ("LOWER(", "UPPER(", "LENGTH(", "ABS(", "TRIM(")
"""Functions that may stand in an index: of the same value they always give the same result, whatever the session's settings."""


class FunctionHidesIndex(Rule):
    """A query compares a function of a column, which the index on the column cannot answer.

    ## What it does
    Reports queries of the workload that compare `lower(email)`, `date(created_at)` and the like, where no index has that expression.

    ## Why is this bad?
    An index is in the order of the column's values, not of the function's results: the whole table is read and the function called for
    every row.

    ## Example
    ```yaml
    engine: postgresql
    schema: |
      CREATE TABLE subscriber (
          id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
          mailbox text NOT NULL UNIQUE
      );
    workload:
      - name: subscriber by mailbox
        sql: select id from subscriber where lower(mailbox) = lower($1)
        rate: 30/s
    volumes:
      subscriber: {rows: 2e6}
    ```

    ## Use instead
    ```yaml
    engine: postgresql
    schema: |
      CREATE TABLE subscriber (
          id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
          mailbox text NOT NULL
      );
      CREATE UNIQUE INDEX subscriber_mailbox_key ON subscriber (lower(mailbox));
    workload:
      - name: subscriber by mailbox
        sql: select id from subscriber where lower(mailbox) = lower($1)
        rate: 30/s
    volumes:
      subscriber: {rows: 2e6}
    ```

    ## References
    - PostgreSQL manual, [Indexes on Expressions](https://www.postgresql.org/docs/current/indexes-expressional.html)
    - MySQL manual, [Functional Key Parts](https://dev.mysql.com/doc/refman/8.4/en/create-index.html#create-index-functional-key-parts)
    """

    severity = Severity.MEDIUM
    needs_workload = True

    def check(self, subject: Subject) -> Iterator[Finding]:
        """One finding for each expression, with the queries that compare it."""
        asked: dict[tuple[str, str, str], list[str]] = {}
        for query in subject.queries:
            for access in query.accesses:
                rows = subject.rows(access.table)
                if (rows is not None and rows < SMALL_TABLE) or _reached_otherwise(
                    access.table, access.equal | access.joined
                ):
                    continue
                for column, expression in access.wrapped:
                    if not _is_indexed(expression, access.table):
                        asked.setdefault((access.table.label, column, expression), []).append(query.query.name)
        for (label, column, expression), names in asked.items():
            table = subject.schema.table_by_label[label]
            yield self.finding(
                on_column(table, column),
                f"{', '.join(dict.fromkeys(names))} compares {expression}, which no index answers, and reads all of {label}",
                evidence={"queries": list(dict.fromkeys(names)), "expression": expression},
                fix=_expression_index(column, expression, table, subject),
            )


def _reached_otherwise(table: Table, columns: set[str]) -> bool:
    """Whether another condition of the query finds the rows already."""
    return any(prefix and prefix[0] in columns for prefix in table.index_prefixes())


def _normal(expression: str) -> str:
    return _SPACES.sub(
        "", expression.lower().split(".")[-1] if "." in expression and "(" not in expression else expression.lower()
    )


def _is_indexed(expression: str, table: Table) -> bool:
    wanted = _normal(re.sub(r"\b\w+\.(?=\w)", "", expression))
    computed = {
        column.name for column in table.columns if column.generated and _normal(column.generated.expression) == wanted
    }
    return any(
        (key.expression is not None and _normal(key.expression) == wanted)
        or (key.column is not None and key.column in computed)
        for index in table.indexes
        for key in index.keys[:1]
    )


def _expression_index(column: str, expression: str, table: Table, subject: Subject) -> str | None:
    bare = re.sub(r"\b\w+\.(?=\w)", "", expression)
    supports = subject.is_engine(*POSTGRESQL_LIKE, Engine.SQLITE) or (
        subject.is_engine(Engine.MYSQL) and subject.at_least(8, 0, 13)
    )
    if not supports or not bare.upper().startswith(_IMMUTABLE):
        return None
    sql = subject.sql
    name = sql.name(sql.free_name(table, (column, bare.partition("(")[0].lower()), "idx"))
    return f"CREATE INDEX {name} ON {sql.table(table)} (({bare}));"
