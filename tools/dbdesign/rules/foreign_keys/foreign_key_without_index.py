"""The rule foreign-key-without-index."""

from __future__ import annotations

from collections.abc import Iterator

from dbdesign.model.finding import Finding, Severity
from dbdesign.model.schema import Engine, ForeignKey, Table
from dbdesign.rules.access_paths import SMALL_TABLE
from dbdesign.rules.base import TableRule, on_constraint
from dbdesign.rules.meaning import is_bookkeeping_name
from dbdesign.rules.subject import Subject

_BY = ("_by", "by_id", "_by_id", "By", "ById")


class ForeignKeyWithoutIndex(TableRule):
    """No index begins with the columns of a foreign key whose parent rows are deleted or looked up from.

    ## What it does
    Reports foreign keys whose columns lead no index, where that matters: the key acts when a parent is deleted (CASCADE, SET NULL, SET
    DEFAULT), the workload deletes parents or joins along the key, or the parent is an entity rather than a short list of values.
    MySQL and TiDB make these indexes themselves.

    ## Why is this bad?
    Each deletion of a parent row, and each change of its key, reads the whole child table to find the rows that refer to it, with the
    parent's row locked meanwhile. "All children of this parent", the commonest join there is, does the same.

    ## Example
    ```sql
    CREATE TABLE account (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        email text NOT NULL UNIQUE
    );
    CREATE TABLE access_token (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        account_id bigint NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        scope text NOT NULL
    );
    ```

    ## Use instead
    ```sql
    CREATE TABLE account (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        email text NOT NULL UNIQUE
    );
    CREATE TABLE access_token (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        account_id bigint NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        scope text NOT NULL
    );
    CREATE INDEX access_token_account_id_idx ON access_token (account_id);
    ```

    ## When it does not apply
    A reference to a short list of values (countries, statuses), or to whoever created or changed a row, is rarely followed
    from the parent's side, and an index on it costs every write. Where a query of the workload wants an index that begins with these
    columns, query-without-index proposes that one. Tables of fewer than 10,000 rows do not need it either, if the design's
    volumes say so.

    ## References
    - PostgreSQL manual, [Foreign Keys](https://www.postgresql.org/docs/current/ddl-constraints.html#DDL-CONSTRAINTS-FK), last paragraphs
    - SQL Server manual, [Indexes on FOREIGN KEY constraints](https://learn.microsoft.com/sql/relational-databases/tables/primary-and-foreign-key-constraints)
    - SQLite manual, [Required and Suggested Database Indexes](https://www.sqlite.org/foreignkeys.html#fk_indexes)
    """

    severity = Severity.MEDIUM
    engines = (Engine.POSTGRESQL, Engine.SQLSERVER, Engine.SQLITE, Engine.COCKROACHDB)
    repeats = "{count} foreign keys have no index, so that deleting a parent row, or listing its children, reads the whole child table"

    def check_table(self, table: Table, subject: Subject) -> Iterator[Finding]:
        """Every foreign key of the table for which an index would pay."""
        rows = subject.rows(table)
        if rows is not None and rows < SMALL_TABLE:
            return
        for relation, parent in subject.parents(table):
            key = relation.foreign_key
            if _served(table, key) or _left_to_query(table, key, subject):
                continue
            why = _reason(table, key, parent, subject)
            if why is None:
                continue
            severity, because = why
            evidence: dict[str, str | int | float | bool | list[str]] = {"on_delete": key.on_delete, "because": because}
            if rows is not None:
                evidence["rows"] = rows
            yield self.finding(
                on_constraint(table, key),
                f"no index begins with ({', '.join(key.columns)}), so that {_consequence(key, parent, table)}",
                severity=severity,
                evidence=evidence,
                fix=subject.sql.create_index(table, key.columns),
            )


def _served(table: Table, key: ForeignKey) -> bool:
    """Whether an index serves: also one on the last, selective column of several, and a partial one where only look-ups matter or
    only NULLs are left out.
    """
    if table.has_index_on(key.columns):
        return True
    acts = key.on_delete in {"cascade", "set null", "set default"}
    for index in table.indexes:
        partial = index.where is not None and (not acts or "IS NOT NULL" in index.where.upper())
        if (partial or index.method == "hash") and set(index.columns[: len(key.columns)]) == set(key.columns):
            return True
    return len(key.columns) > 1 and any(
        prefix[:1] and prefix[0] == key.columns[-1] for prefix in table.index_prefixes()
    )


def _left_to_query(table: Table, key: ForeignKey, subject: Subject) -> bool:
    """Whether query-without-index proposes an index that begins with these columns already."""
    size = len(key.columns)
    return any(
        label == table.label and set(columns[:size]) == set(key.columns) for label, columns in subject.missing_indexes
    )


def _reason(table: Table, key: ForeignKey, parent: Table, subject: Subject) -> tuple[Severity, str] | None:
    """How bad it is to have no index, and why; None if it is not."""
    if _workload_uses(table, key, parent, subject):
        return Severity.HIGH, "the workload joins along it or deletes parents"
    if key.on_delete in {"cascade", "set null", "set default"}:
        if _is_audit_reference(key) and key.on_delete != "cascade":
            return Severity.LOW, "deleting a parent acts on the child"
        return Severity.MEDIUM, "deleting a parent acts on the child"
    if subject.is_lookup(parent) or _is_audit_reference(key) or parent is table:
        return None
    return Severity.LOW, "the parent is an entity whose children are looked up"


def _is_audit_reference(key: ForeignKey) -> bool:
    return len(key.columns) == 1 and (key.columns[0].endswith(_BY) or is_bookkeeping_name(key.columns[0]))


def _workload_uses(table: Table, key: ForeignKey, parent: Table, subject: Subject) -> bool:
    """Whether some query comes to the table from the parent by this key alone, or deletes parents."""
    wanted = set(key.columns)
    leading = {prefix[0] for prefix in table.index_prefixes() if prefix}
    for query in subject.queries:
        if parent.label in query.writes and type(query.tree).__name__ == "Delete":
            return True
        for access in query.accesses:
            reached = leading & ((access.equal | access.ranges | access.joined) - wanted)
            if access.table is table and wanted <= access.joined and not reached:
                return True
    return False


def _consequence(key: ForeignKey, parent: Table, table: Table) -> str:
    if key.on_delete == "no action" or key.on_delete == "restrict":
        return f"finding the {table.name} rows of a {parent.name} row, also to check its deletion, reads all of {table.name}"
    return f"deleting a {parent.name} row reads all of {table.name} to {key.on_delete} there"
