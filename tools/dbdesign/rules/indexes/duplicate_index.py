"""The rule duplicate-index."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Index, Table
from dbdesign.rules.base import TableRule, on_constraint
from dbdesign.rules.subject import Subject


class DuplicateIndex(TableRule):
    """Two indexes of a table are the same.

    ## What it does
    Reports an index with the same method, keys, order, predicate and included columns as another index or as a primary or
    unique key of its table.

    ## Why is this bad?
    Every insert, and every update of an indexed column, writes both, and both take disk and memory. Queries use one of them.

    ## Example
    ```sql
    CREATE TABLE customer (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        email text NOT NULL UNIQUE
    );
    CREATE INDEX customer_email_idx ON customer (email);
    ```

    ## Use instead
    ```sql
    CREATE TABLE customer (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        email text NOT NULL UNIQUE
    );
    ```

    ## References
    - PostgreSQL manual, [Unique Indexes](https://www.postgresql.org/docs/current/indexes-unique.html)
    - MySQL manual, [sys.schema_redundant_indexes](https://dev.mysql.com/doc/refman/8.4/en/sys-schema-redundant-indexes.html)
    """

    severity = Severity.MEDIUM

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """Every index that repeats an earlier index or a key."""
        seen: dict[object, tuple[str, bool]] = {}
        if table.primary_key:
            seen[_plain(table.primary_key.columns)] = (table.primary_key.name or "the primary key", True)
        for key in table.unique_keys:
            if not key.keys and not key.include:
                seen.setdefault(_plain(key.columns), (key.name or f"the unique key ({', '.join(key.columns)})", True))
        for index in sorted(table.indexes, key=lambda one: not one.unique):
            shape = _shape(index)
            earlier = seen.get(shape)
            if earlier is None or (index.unique and not earlier[1]):
                seen.setdefault(shape, (index.name or "", index.unique))
                continue
            yield self.finding(
                on_constraint(table, index),
                f"{index.name} repeats {earlier[0]}, so that each write to {table.label} maintains the same index twice",
                evidence={"same_as": earlier[0], "columns": [key.column or key.expression or "" for key in index.keys]},
                fix=subject.sql.drop_index(table, index),
            )


def _plain(columns: tuple[str, ...]) -> object:
    return ("btree", tuple((name, None, False, None, None, None, None) for name in columns), None, frozenset[str]())


def _shape(index: Index) -> object:
    """What makes two indexes the same for queries; whether they are unique is not part of it."""
    keys = tuple(
        (key.column, key.expression, key.descending, key.nulls, key.length, key.opclass, key.collation)
        for key in index.keys
    )
    method = "btree" if index.method == "clustered" else index.method
    return (method, keys, index.where, frozenset(index.include))
