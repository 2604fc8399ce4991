"""The rule table-without-primary-key."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Engine, Index, Table
from dbdesign.rules.base import TableRule
from dbdesign.rules.subject import POSTGRESQL_LIKE, Subject
from dbdesign.rules.uniqueness import unique_over_columns


class TableWithoutPrimaryKey(TableRule):
    """A table has no primary key.

    ## What it does
    Reports tables without a primary key. Where a unique key over NOT NULL columns identifies the rows already, only the
    declaration is missing, and the finding is slight.

    ## Why is this bad?
    Rows that nothing identifies can be duplicated and then neither updated nor deleted one at a time. Logical replication refuses
    updates and deletes on them, and InnoDB and TiDB number the rows behind the scenes without letting queries use the number.

    ## Example
    ```sql
    CREATE TABLE measurement (
        sensor_code text NOT NULL,
        measured_at timestamptz NOT NULL,
        reading numeric NOT NULL
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE measurement (
        sensor_code text NOT NULL,
        measured_at timestamptz NOT NULL,
        reading numeric NOT NULL,
        PRIMARY KEY (sensor_code, measured_at)
    );
    ```

    ## References
    - PostgreSQL manual, [Primary Keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-PRIMARY-KEYS)
    - PostgreSQL manual, [Logical Replication: Publication](https://www.postgresql.org/docs/current/logical-replication-publication.html)
    - MySQL manual, [Clustered and Secondary Indexes](https://dev.mysql.com/doc/refman/8.4/en/innodb-index-types.html)
    """

    severity = Severity.HIGH
    repeats = "{count} tables have no primary key, so that replication, tools and other tables have nothing to name their rows by"

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """A table without a primary key; one that inherits from another is left to the rule on inheritance."""
        if table.primary_key or not table.columns or table.inherits:
            return
        key = next((one for one in _declared_keys(table)), None)
        if key is not None:
            yield self.finding(
                table.label,
                f"{table.label} is identified by ({', '.join(key)}) but has no primary key, so that replication and tools"
                " cannot tell which of its keys names a row",
                severity=Severity.LOW,
                evidence={"candidate_key": ", ".join(key)},
                fix=self._promote(table, key, subject),
            )
            return
        yield self.finding(
            table.label,
            f"{table.label} has no primary key and no other key, so that a row can be stored twice and neither copy can be named",
            severity=Severity.MEDIUM if subject.is_engine(Engine.SQLITE) else Severity.HIGH,
            evidence={"columns": len(table.columns)},
            fix=_add_surrogate(table, subject),
        )

    @staticmethod
    def _promote(table: Table, key: tuple[str, ...], subject: Subject) -> str | None:
        """PostgreSQL can turn a plain unique index into the primary key without building another."""
        indexes = [one for one in unique_over_columns(table) if isinstance(one, Index)]
        index = next((one for one in indexes if one.columns == key and one.name and not one.nulls_not_distinct), None)
        plain = index is not None and not any(one.descending or one.opclass or one.nulls for one in index.keys)
        if subject.is_engine(Engine.POSTGRESQL) and index is not None and plain and table.partitioning is None:
            return subject.sql.alter(table, f"ADD PRIMARY KEY USING INDEX {subject.sql.name(index.name or '')}")
        return subject.sql.add_primary_key(table, key)


def _declared_keys(table: Table) -> Iterator[tuple[str, ...]]:
    """Candidate keys with their columns in the order declared."""
    wanted = set(table.candidate_keys)
    for one in unique_over_columns(table):
        if frozenset(one.columns) in wanted:
            yield one.columns


def _add_surrogate(table: Table, subject: Subject) -> str | None:
    """A numbered column as the primary key; an existing column `id` is taken instead.

    None where the engine adds no column with a key (SQLite; TiDB: MySQL Compatibility, on ADD COLUMN). In CockroachDB numbers would
    all go to one range: the key is random there.
    """
    sql = subject.sql
    own = next((column for column in table.columns if column.name.lower() == "id"), None)
    if own is not None and not own.nullable and (own.type.is_integer or own.identity):
        return sql.add_primary_key(table, (own.name,))
    has_heirs = any(table.label in one.inherits for one in subject.schema.tables)
    if subject.is_engine(Engine.SQLITE, Engine.TIDB) or table.partitioning is not None or has_heirs:
        return None
    name = sql.name("id" if own is None else f"{table.name}_id")
    if subject.is_engine(Engine.COCKROACHDB):
        added = sql.add_column(table, f"{name} uuid NOT NULL DEFAULT gen_random_uuid()")
        return f"{added}\n{sql.alter(table, f'ALTER PRIMARY KEY USING COLUMNS ({name})')}"
    if subject.is_engine(*POSTGRESQL_LIKE):
        return sql.add_column(table, f"{name} bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY")
    if subject.is_engine(Engine.SQLSERVER):
        return sql.add_column(table, f"{name} bigint IDENTITY NOT NULL PRIMARY KEY")
    return sql.add_column(table, f"{name} bigint NOT NULL AUTO_INCREMENT PRIMARY KEY")
