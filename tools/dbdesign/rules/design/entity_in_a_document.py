"""The rule entity-in-a-document."""

from __future__ import annotations

import re
from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Column, Engine, Table
from dbdesign.model.types import Kind
from dbdesign.rules.base import ColumnRule, on_column
from dbdesign.rules.meaning import is_event_table, payload
from dbdesign.rules.subject import POSTGRESQL_LIKE, Subject
from dbdesign.rules.words import stem, vocabulary

_KEY = re.compile(r"->>?\s*'(?:\$\.)?([^']+)'")
_DOCUMENTS = vocabulary(
    "cache setting settings config configuration document payload snapshot response request webhook outbox inbox queue job"
)
OFTEN = 1.0
"""Executions a second from which on a filter on a document's key deserves a column."""


class EntityInADocument(ColumnRule):
    """Fields that queries filter by are kept inside a JSON document.

    ## What it does
    Reports JSON columns of which the workload, or at least two indexes or constraints of the schema, reads keys one by one that are no
    columns yet; and tables of which a JSON document is the only content. Caches, payloads and logs are left alone.

    ## Why is this bad?
    Inside a document nothing has a type, a NOT NULL, a check or a foreign key. The planner has no statistics on its keys and guesses; each
    access unpacks the whole document; and an update of one field writes all of them.

    ## Example
    ```yaml
    engine: postgresql
    schema: |
      CREATE TABLE policy (
          id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
          holder text NOT NULL,
          details jsonb NOT NULL
      );
    workload:
      - name: policies of an agent
        sql: select id from policy where details ->> 'agent' = $1
        rate: 40/s
    volumes:
      policy: {rows: 5e6}
    ```

    ## Use instead
    ```yaml
    engine: postgresql
    schema: |
      CREATE TABLE policy (
          id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
          holder text NOT NULL,
          agent text NOT NULL,
          details jsonb NOT NULL
      );
      CREATE INDEX policy_agent_idx ON policy (agent);
    workload:
      - name: policies of an agent
        sql: select id from policy where agent = $1
        rate: 40/s
    volumes:
      policy: {rows: 5e6}
    ```

    ## References
    - PostgreSQL manual, [Designing JSON Documents](https://www.postgresql.org/docs/current/datatype-json.html#JSON-DOC-DESIGN)
    - PostgreSQL manual, [Generated Columns](https://www.postgresql.org/docs/current/ddl-generated-columns.html)
    """

    severity = Severity.MEDIUM
    kinds = frozenset({Kind.JSON, Kind.JSONB})

    def check_column(self, column: Column, table: Table, subject: Subject) -> Iterator[Finding]:
        """A document that is a row in disguise."""
        if (
            subject.type_of(column).kind not in {Kind.JSON, Kind.JSONB}
            or _DOCUMENTS & set(stem(table.name))
            or is_event_table(table)
        ):
            return
        computed = {key for one in table.columns if one.generated for key in _KEY.findall(one.generated.expression)}
        asked = [key for key in _asked_by_workload(table, column, subject) if key not in computed]
        structural = [key for key in _asked_by_schema(table, column) if key not in computed]
        if asked or len(structural) > 1:
            keys = asked or structural
            yield self.finding(
                on_column(table, column),
                f"{', '.join(keys)} inside {on_column(table, column)} {'is' if len(keys) == 1 else 'are'} filtered by, but without type,"
                " statistics or constraint as columns would have",
                severity=None if asked else Severity.LOW,
                evidence={"keys": keys, "asked_by": "workload" if asked else "indexes and constraints"},
                fix=_columns(keys, column, table, subject),
            )
        elif payload(table) == [column] and table.primary_key and not computed and not table.foreign_keys:
            yield self.finding(
                on_column(table, column),
                f"{table.label} is a document under a key: nothing in it has a type or a constraint",
                severity=Severity.LOW,
                evidence={"columns": len(table.columns)},
            )


def _asked_by_workload(table: Table, column: Column, subject: Subject) -> list[str]:
    keys = {
        key
        for query in subject.queries
        if (query.query.rate or query.query.peak or OFTEN) >= OFTEN
        for label, name, key in query.json_keys
        if (label, name) == (table.label, column.name)
    }
    return sorted(key for key in keys if key.isidentifier())


def _asked_by_schema(table: Table, column: Column) -> list[str]:
    texts = [key.expression or "" for index in table.indexes for key in index.keys] + [
        one.expression for one in table.checks
    ]
    return sorted({key for text in texts if column.name in text for key in _KEY.findall(text)})


def _columns(keys: list[str], column: Column, table: Table, subject: Subject) -> str | None:
    """A generated column for each key, with an index: queries can move over one by one."""
    if any(table.column(key) for key in keys) or not subject.is_engine(*POSTGRESQL_LIKE, Engine.MYSQL):
        return None
    sql = subject.sql
    statements = []
    for key in keys:
        if subject.is_engine(Engine.MYSQL):
            path = sql.dialect.literal(f"$.{key}")
            definition = (
                f"varchar(255) GENERATED ALWAYS AS (json_unquote(json_extract({sql.name(column.name)}, {path}))) STORED"
            )
        else:
            definition = f"text GENERATED ALWAYS AS ({sql.name(column.name)} ->> {sql.dialect.literal(key)}) STORED"
        statements += [sql.add_column(table, f"{sql.name(key)} {definition}"), sql.create_index(table, (key,))]
    return "\n".join(statements)
