"""The rule search-inside-text."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Engine, Table
from dbdesign.rules.access_paths import SMALL_TABLE
from dbdesign.rules.base import Rule, on_column
from dbdesign.rules.subject import Subject

_FULL = frozenset({"gin", "gist", "fulltext", "inverted", "bloom"})


class SearchInsideText(Rule):
    """A query looks for text in the middle of a column.

    ## What it does
    Reports queries of the workload with `LIKE '%…'` on columns without a trigram or full-text index.

    ## Why is this bad?
    A B-tree finds beginnings only. With a wildcard in front, every row is read and its whole text searched.

    ## Example
    ```yaml
    engine: postgresql
    schema: |
      CREATE TABLE clause (
          id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
          wording text NOT NULL
      );
    workload:
      - name: clauses with a word
        sql: select id from clause where wording ilike '%' || $1 || '%'
        rate: 5/s
    volumes:
      clause: {rows: 3e6}
    ```

    ## Use instead
    ```yaml
    engine: postgresql
    schema: |
      CREATE EXTENSION IF NOT EXISTS pg_trgm;
      CREATE TABLE clause (
          id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
          wording text NOT NULL
      );
      CREATE INDEX clause_wording_idx ON clause USING gin (wording gin_trgm_ops);
    workload:
      - name: clauses with a word
        sql: select id from clause where wording ilike '%' || $1 || '%'
        rate: 5/s
    volumes:
      clause: {rows: 3e6}
    ```

    ## References
    - PostgreSQL manual, [pg_trgm: Index Support](https://www.postgresql.org/docs/current/pgtrgm.html#PGTRGM-INDEX)
    - MySQL manual, [Full-Text Search Functions](https://dev.mysql.com/doc/refman/8.4/en/fulltext-search.html)
    """

    severity = Severity.MEDIUM
    needs_workload = True

    def check(self, subject: Subject) -> Iterator[Finding]:
        """One finding for each column that is searched."""
        asked: dict[tuple[str, str], list[str]] = {}
        for query in subject.queries:
            for access in query.accesses:
                rows = subject.rows(access.table)
                reached = any(
                    prefix and prefix[0] in access.equal | access.joined for prefix in access.table.index_prefixes()
                )
                if reached or (rows is not None and rows < SMALL_TABLE):
                    continue
                for column in sorted(access.wildcards):
                    if not _is_searchable(column, access.table):
                        asked.setdefault((access.table.label, column), []).append(query.query.name)
        for (label, column), names in asked.items():
            table = subject.schema.table_by_label[label]
            yield self.finding(
                on_column(table, column),
                f"{', '.join(dict.fromkeys(names))} searches inside {on_column(table, column)}, and reads every row to do so",
                evidence={"queries": list(dict.fromkeys(names))},
                fix=_search_index(column, table, subject),
            )


def _is_searchable(column: str, table: Table) -> bool:
    return any(
        index.method in _FULL and any(column in (key.column or key.expression or "") for key in index.keys)
        for index in table.indexes
    )


def _search_index(column: str, table: Table, subject: Subject) -> str | None:
    sql = subject.sql
    name = sql.name(sql.free_name(table, (column,), "search_idx"))
    if subject.is_engine(Engine.POSTGRESQL):
        create = f"CREATE INDEX {name} ON {sql.table(table)} USING gin ({sql.name(column)} gin_trgm_ops);"
        return f"CREATE EXTENSION IF NOT EXISTS pg_trgm;\n{create}"
    if subject.is_engine(Engine.COCKROACHDB):
        return f"CREATE INDEX {name} ON {sql.table(table)} USING GIN ({sql.name(column)} gin_trgm_ops);"
    if subject.is_engine(Engine.MYSQL):
        return f"CREATE FULLTEXT INDEX {name} ON {sql.table(table)} ({sql.name(column)});"
    return None
