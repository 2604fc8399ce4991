"""The rule redundant-index."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Index, IndexKey, Key, Table
from dbdesign.rules.base import TableRule, on_constraint
from dbdesign.rules.subject import Subject


class RedundantIndex(TableRule):
    """An index is the beginning of another one.

    ## What it does
    Reports a plain, non-unique B-tree index whose keys are the leading keys, in the same order, of another index or key of the table.

    ## Why is this bad?
    The longer index answers every query that the shorter one answers. Each write maintains both.

    ## Example
    ```sql
    CREATE TABLE reading (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        sensor_no integer NOT NULL,
        taken_at timestamptz NOT NULL
    );
    CREATE INDEX reading_sensor_idx ON reading (sensor_no);
    CREATE INDEX reading_sensor_taken_idx ON reading (sensor_no, taken_at);
    ```

    ## Use instead
    ```sql
    CREATE TABLE reading (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        sensor_no integer NOT NULL,
        taken_at timestamptz NOT NULL
    );
    CREATE INDEX reading_sensor_taken_idx ON reading (sensor_no, taken_at);
    ```

    ## When it does not apply
    Where the longer index is much wider and scans of the shorter one are many, the smaller index may stay in memory when the larger
    does not.

    ## References
    - PostgreSQL manual, [Multicolumn Indexes](https://www.postgresql.org/docs/current/indexes-multicolumn.html)
    - MySQL manual, [Multiple-Column Indexes](https://dev.mysql.com/doc/refman/8.4/en/multiple-column-indexes.html)
    """

    severity = Severity.LOW
    repeats = "{count} indexes are the beginning of another index, which answers their queries too, so that writes pay for nothing"

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """Every index that is a proper prefix of another."""
        longer = [(one, _signatures(_keys_of(one))) for one in _access_paths(table)]
        for index in table.indexes:
            if (
                index.unique
                or index.where
                or index.include
                or index.method != "btree"
                or index.clustered
                or not index.valid
            ):
                continue
            keys = _signatures(index.keys)
            container = next(
                (one for one, whole in longer if len(whole) > len(keys) and whole[: len(keys)] == keys), None
            )
            if container is not None:
                longer_name = _named(container, table)
                yield self.finding(
                    on_constraint(table, index),
                    f"{_named(index, table)} is the beginning of {longer_name}, which answers the same queries, so that"
                    f" writes to {table.label} maintain it for nothing",
                    evidence={"contained_in": longer_name.removeprefix("the ")},
                    fix=subject.sql.drop_index(table, index),
                )


def _named(one: Index | Key, table: Table) -> str:
    """Its name; what stands for it where it has none."""
    if one is table.primary_key:
        return one.name or "the primary key"
    return one.name or f"the index on ({', '.join(one.columns)})"


def _access_paths(table: Table) -> Iterator[Index | Key]:
    if table.primary_key:
        yield table.primary_key
    yield from table.unique_keys
    yield from (
        one for one in table.indexes if one.where is None and one.method == "btree" and one.valid and one.visible
    )


def _keys_of(one: Index | Key) -> tuple[IndexKey, ...]:
    return one.keys or tuple(IndexKey(column=name) for name in getattr(one, "columns", ()))


def _signatures(keys: tuple[IndexKey, ...]) -> tuple[object, ...]:
    return tuple(
        (key.column, key.expression, key.descending, key.nulls, key.length, key.opclass, key.collation) for key in keys
    )
