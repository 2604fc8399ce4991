"""The rule btree-on-composite-value."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Engine, Table
from dbdesign.model.types import Kind
from dbdesign.rules.base import TableRule, on_constraint
from dbdesign.rules.subject import Subject

_METHOD = {Kind.ARRAY: "gin", Kind.JSONB: "gin", Kind.TSVECTOR: "gin", Kind.HSTORE: "gin", Kind.RANGE: "gist"}


class BtreeOnCompositeValue(TableRule):
    """A B-tree indexes whole arrays, documents or ranges.

    ## What it does
    Reports plain B-tree indexes whose only key is an array, a jsonb document, a tsvector, an hstore or a range.

    ## Why is this bad?
    A B-tree compares whole values: it finds rows whose array equals another array, not rows whose array contains an element. Queries
    with `@>`, `&&`, `?` or `@@` read the whole table. Entries over a third of a page make inserts fail.

    ## Example
    ```sql
    CREATE TABLE recipe (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        keywords text[] NOT NULL
    );
    CREATE INDEX recipe_keywords_idx ON recipe (keywords);
    ```

    ## Use instead
    ```sql
    CREATE TABLE recipe (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        keywords text[] NOT NULL
    );
    CREATE INDEX recipe_keywords_idx ON recipe USING gin (keywords);
    ```

    ## References
    - PostgreSQL manual, [GIN Indexes](https://www.postgresql.org/docs/current/gin.html)
    - PostgreSQL manual, [jsonb Indexing](https://www.postgresql.org/docs/current/datatype-json.html#JSON-INDEXING)
    """

    severity = Severity.MEDIUM
    engines = (Engine.POSTGRESQL,)

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """Every B-tree on such a value."""
        for index in table.indexes:
            column = table.column(index.columns[0]) if len(index.keys) == 1 and index.columns else None
            if column is None or index.unique or index.method != "btree":
                continue
            kind = subject.type_of(column).kind
            if kind not in _METHOD:
                continue
            yield self.finding(
                on_constraint(table, index),
                f"{index.name} compares whole values of {column.name}, so that queries for what they contain read all of {table.label}",
                evidence={"column": column.name, "type": column.type.native, "method": index.method},
                fix=subject.sql.recreate_index(table, index, method=_METHOD[kind], where=index.where),
            )
